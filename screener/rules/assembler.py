"""Assembles a rulebook from the texts of its files: catalogue, metrics, rules, parameters, what is disabled."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from screener import limits
from screener.errors import Problem, ProblemList, RulesError
from screener.facts.metrics import Metric
from screener.io.document import Document, ValuePath, parse_recovering
from screener.profile.catalogue import Catalogue, CatalogueEntry, Figure, Kind, Sector, read_bilingual
from screener.profile.strict_model import validate
from screener.rules.additions import Added, extend_catalogue, split_documents
from screener.rules.metric_reader import MetricFile, MetricReader
from screener.rules.pack_file import PackFile, pack_of_file, packs_by_folder, read_pack_files
from screener.rules.parameter_overrides import MakeProblem, ParameterOverrides
from screener.rules.rule import Rule
from screener.rules.rule_evidence import with_evidence
from screener.rules.rule_reader import RuleReader
from screener.rules.rulebook import NO_OVERRIDES, FileText, Overrides, Rulebook, VerdictTable
from screener.rules.settings import Settings
from screener.text import Text, clean, did_you_mean

ParsedFiles = dict[FileText, tuple[list[Document], list[Problem]]]
"""The documents of files, and what can't be read of them."""

_TEXT_KEYS = {
    *("title", "clear_title", "headline", "says", "why", "clears", "false_alarms"),
    *("about", "reference", "references", "claims"),
    *("applies", "formula", "outcome", "population", "source", "reason", "by"),
}
_FIRST_KEY = re.compile(r"^[ -]*(?:rule:[ ]*)?[\"']?([A-Za-z_][\w-]*)", re.MULTILINE)
_QUOTED = re.compile("'([^']*)'")
_NAME_CODES = ("unknown-figure", "unknown-kind", "unknown-rule", "unknown-name")
"""Codes of problems with a name that does not exist."""


class RulebookParts(NamedTuple):
    """The contents of the files as far as they can be read, and all problems found in them.

    `metrics` and `rules` are those without errors.
    """

    catalogue: Catalogue
    metrics: dict[str, Metric]
    rules: dict[str, Rule]
    table: VerdictTable
    packs: tuple[PackFile, ...]
    settings: Settings
    documents: dict[str, Document]  # of each rule
    additions: list[Document]
    problems: list[Problem]

    @property
    def has_errors(self) -> bool:
        """Whether any problem is an error, not only a warning."""
        return any(p.level == "error" for p in self.problems)


def assemble_rulebook(
    files: Iterable[FileText], overrides: Overrides, rule_files: Sequence[str], digest: str
) -> Rulebook:
    """The rulebook that files make; `rule_files` are the names of those that were added to packs.

    Raises RulesError with all problems.
    """
    parts = read_parts(files, overrides)
    if parts.has_errors:
        raise RulesError(parts.problems)
    return make_rulebook(parts, overrides, rule_files, digest)


def make_rulebook(
    parts: RulebookParts, overrides: Overrides, rule_files: Sequence[str] = (), digest: str = ""
) -> Rulebook:
    """The rulebook of parts that have no errors."""
    by_settings = parts.settings.model_copy(update={"packs": ()}) != Settings()
    return Rulebook(
        name=" + ".join([*(p.name for p in parts.packs), *rule_files]) or "none",
        version=" + ".join(p.version for p in parts.packs),
        digest=digest,
        catalogue=parts.catalogue,
        metrics=parts.metrics,
        rules=parts.rules,
        table=parts.table,
        warnings=tuple(p for p in parts.problems if p.level == "warning"),
        packs=parts.packs,
        waivers=parts.settings.waivers,
        preview=overrides.preview or parts.settings.preview,
        altered=bool(rule_files or overrides or by_settings),
    )


def read_parts(
    files: Iterable[FileText], overrides: Overrides = NO_OVERRIDES, parsed: ParsedFiles | None = None
) -> RulebookParts:
    """Reads as much as can be read. Raises RulesError only where the catalogue or a pack itself is wrong.

    Files in `parsed` are not parsed again; afterwards `parsed` contains these files.
    """
    return _Assembler(files, {} if parsed is None else parsed).read_parts(overrides)


def parse_file(file: FileText) -> tuple[list[Document], list[Problem]]:
    """The documents of a file that can be read, and what is wrong with the others."""
    problems: list[Problem] = []
    return parse_recovering(file.text, file.name, problems), problems


class _Assembler:
    """Reads the parts of a rulebook, each from the documents of its files."""

    def __init__(self, files: Iterable[FileText], parsed: ParsedFiles) -> None:
        self.problems = ProblemList(limits.PROBLEMS)
        self.documents: dict[str, list[Document]] = {}  # by the part that they are for
        self.unreadable_names: set[str] = set()  # what uses these is not reported again as using an unknown name
        known = dict(parsed)
        parsed.clear()
        for file in files:
            before = len(self.problems)
            documents, problems = parsed[file] = known.get(file) or parse_file(file)
            self.documents.setdefault(file.part, []).extend(documents)
            self.problems.extend(problems)
            if problems:
                self.unreadable_names.update(_FIRST_KEY.findall(file.text))
                if file.part != "rules":
                    self._raise_errors(before)

    def read_parts(self, overrides: Overrides) -> RulebookParts:
        built_in = self._catalogue()
        before = len(self.problems)
        document = self.documents["verdict"][0]
        table = validate(VerdictTable, document.data, document, [], self.problems)
        packs = read_pack_files(self.documents.get("pack", ()), self.problems)
        self._raise_errors(before)
        assert table is not None
        rules, additions, broken = split_documents(self.documents.get("rules", []), self.problems)
        catalogue = extend_catalogue(built_in, additions, self.problems)
        formulas = MetricReader(catalogue, self.problems)
        formulas.read(self._formulas(built_in, additions))
        stated = {name: m.as_figure for name, m in formulas.metrics.items() if name not in catalogue.figures}
        catalogue = replace(catalogue, metrics=stated)
        reader = RuleReader(catalogue, formulas.metrics, self.problems)
        for document in rules:
            reader.read(document)
        parameters = ParameterOverrides(reader)
        settings = self._apply_overrides(parameters, additions, overrides)
        folders = packs_by_folder(self.documents.get("pack", ()))
        in_force = {
            name: replace(rule, pack=pack_of_file(rule.file, folders)) for name, rule in reader.finish().items()
        }
        evidence = self.documents.get("evidence", ())
        in_force = with_evidence(in_force, evidence, frozenset(parameters.changed), self.problems)
        self.unreadable_names |= reader.broken
        for document in broken:
            for key in ("figures", "metrics", "kinds"):
                self.unreadable_names.update(document.data[key] if isinstance(document.data.get(key), dict) else ())
        return RulebookParts(
            catalogue=replace(catalogue, fiscal_year_named=settings.fiscal_year_named),
            metrics=formulas.sound,
            rules=in_force,
            table=table,
            packs=packs,
            settings=settings,
            documents=reader.documents,
            additions=[document for document, _ in additions],
            problems=[
                *(p for p in self.problems if not self._follows(p)),
                *reader.warnings,
                *(p for part in ("rules", "pack", "settings") for p in self._cut_texts(part)),
            ],
        )

    def _cut_texts(self, part: str) -> Iterator[Problem]:
        for document in self.documents.get(part, ()):
            yield from document.cut_texts(_is_text)

    def _follows(self, problem: Problem) -> bool:
        """Whether a name is unknown only because its definition can't be read."""
        return problem.code in _NAME_CODES and bool(self.unreadable_names & set(_QUOTED.findall(problem.what)))

    def _raise_errors(self, since: int) -> None:
        """Raises RulesError where there are errors after the first `since` problems."""
        if any(p.level == "error" for p in self.problems[since:]):
            raise RulesError(self.problems)

    def _catalogue(self) -> Catalogue:
        before = len(self.problems)
        models: dict[str, type[CatalogueEntry]] = {"figures": Figure, "kinds": Kind, "sectors": Sector}
        tables: dict[str, dict[str, Any]] = {}
        for name, model in models.items():
            document = self.documents[name][0]
            tables[name] = {k: validate(model, v, document, [k], self.problems) for k, v in document.data.items()}
        document = self.documents["categories"][0]
        categories = {key: Text.of(read_bilingual(value)) for key, value in document.data.items()}
        self._raise_errors(before)
        return Catalogue(tables["figures"], tables["kinds"], tables["sectors"], categories)

    def _formulas(
        self, built_in: Catalogue, additions: Sequence[Added]
    ) -> list[tuple[Document, Mapping[str, MetricFile | Figure]]]:
        """Metrics, and figures that may have a formula, each with its document."""
        document = self.documents["metrics"][0]
        metrics = {k: validate(MetricFile, v, document, [k], self.problems) for k, v in document.data.items()}
        return [
            (self.documents["figures"][0], built_in.figures),
            (document, {k: v for k, v in metrics.items() if v is not None}),
            *((document, added.figures) for document, added in additions),
            *((document, added.metrics) for document, added in additions),
        ]

    def _apply_overrides(self, rules: ParameterOverrides, additions: Sequence[Added], overrides: Overrides) -> Settings:
        """Applies the changes of rule files, then of settings, then of the command line; returns the settings."""
        for document, added in additions:
            for key, value in added.set.items():
                rules.set_parameter(key, value, _in_document(document, ["set", key], key=True))
            for i, rule in enumerate(added.disable):
                rules.disable(rule, _in_document(document, ["disable", i]))
        settings = self._apply_settings(rules)
        seen: set[str] = set()
        for text in overrides.settings:
            key, sign, value = text.partition("=")
            problem_at = _in_option(f"--set {text}")
            if key.strip() in seen:
                self.problems.append(problem_at(f"'{clean(key.strip())}' is set twice", "give it once", ""))
                continue
            seen.add(key.strip())
            if sign:
                rules.set_parameter(key.strip(), _scalar(value), problem_at)
            else:
                hint = "for example leverage-versus-revenue.most=2"
                self.problems.append(problem_at("is not RULE.PARAM=VALUE", hint, ""))
        for rule in overrides.disabled:
            rules.disable(rule, _in_option(f"--disable {rule}"))
        return settings

    def _apply_settings(self, rules: ParameterOverrides) -> Settings:
        if "settings" not in self.documents:
            return Settings()
        document = self.documents["settings"][0]
        settings = validate(Settings, document.data or {}, document, [], self.problems) or Settings()
        for sector, params_of_rules in [("", settings.params), *settings.sector_params.items()]:
            above = ["sector_params", sector] if sector else ["params"]
            for rule, params in params_of_rules.items():
                for param, chosen in params.items():
                    key = f"{rule}.{param}.{sector}" if sector else f"{rule}.{param}"
                    at = _in_document(document, [*above, rule, param], key=True)
                    rules.set_parameter(key, chosen.value, at, chosen.why)
        for i, rule in enumerate(settings.disable):
            rules.disable(rule, _in_document(document, ["disable", i]))
        known = rules.reader.rules
        for i, waiver in enumerate(settings.waivers):
            if waiver.rule not in known:
                hint = did_you_mean(waiver.rule, known, "see screener rules list")
                what = f"there is no rule '{clean(waiver.rule)}'"
                self.problems.append(document.problem(["waivers", i, "rule"], what, hint, code="unknown-rule"))
        return settings


def _is_text(keys: tuple[str, ...]) -> bool:
    """Whether a value is a text or an expression, in which ` #` may be meant; ids and words are whole before a comment."""
    if keys[:1] == ("when",):
        return not keys[-1].endswith(("flag", "when"))
    return bool(keys) and keys[-1] in _TEXT_KEYS


def _in_document(document: Document, path: ValuePath, key: bool = False) -> MakeProblem:
    """Makes problems at a place of a document."""
    return lambda what, hint, code: document.problem(path, what, hint, key=key, code=code)


def _in_option(text: str) -> MakeProblem:
    """Makes problems of an option of the command line."""
    return lambda what, hint, _: Problem(what, hint, text, code="bad-option")


def _scalar(text: str) -> float | bool | str:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if math.isfinite(float(text)) else text
    except ValueError:
        return text
