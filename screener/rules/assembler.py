"""A rulebook put together from the texts of its files: catalogue, metrics, rules, parameters, what is disabled."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import ConfigDict, Field

from screener import __version__, limits
from screener.errors import Problem, ProblemList, RulesError
from screener.facts.metrics import Metric
from screener.io.document import Document, ValuePath, parse_recovering
from screener.profile.catalogue import Catalogue, CatalogueEntry, Figure, Kind, Sector, read_text
from screener.profile.model import ProfileHeader
from screener.profile.strict_model import Strict, validate
from screener.rules.metric_reader import RESERVED_NAMES, MetricFile, read_metrics
from screener.rules.rule import Rule
from screener.rules.rule_reader import RuleReader, Where
from screener.rules.rulebook import FileText, PackFile, Rulebook, VerdictTable
from screener.rules.settings import Settings
from screener.text import Text, clean, did_you_mean


class Additions(Strict):
    """A document of a rule file that is no rule: what it adds to the catalogue, changes or disables."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    figures: dict[str, Figure] = Field({}, description="Figures or statements that profiles may give from now on.")
    metrics: dict[str, MetricFile] = Field({}, description="Formulas over figures, other metrics and lists.")
    kinds: dict[str, Kind] = Field({}, description="Kinds of relations, or of facts that rules conclude.")
    disable: list[str] = Field([], description="Rules to leave out.")
    set: dict[str, float | bool | str] = Field(
        {}, description="Other values of parameters: RULE.PARAM or RULE.PARAM.SECTOR: VALUE."
    )


def assemble_rulebook(
    files: Iterable[FileText],
    names: Sequence[str],
    settings: Sequence[str],
    disabled: Sequence[str],
    digest: str,
    preview: bool = False,
) -> Rulebook:
    """The rulebook that the files make; `names` are those of added rule files. Raises RulesError with all problems."""
    found = read_parts(files, settings, disabled)
    if any(p.level == "error" for p in found.problems):
        raise RulesError(found.problems)
    changed = bool(names or settings or disabled or preview)
    return make_rulebook(found, names, digest, preview, changed)


def make_rulebook(found: "RulebookParts", names: Sequence[str], digest: str, preview: bool, changed: bool) -> Rulebook:
    """The rulebook of what was gathered without an error."""
    name = " + ".join([*(p.name for p in found.packs), *names]) or "none"
    version = " + ".join(p.version for p in found.packs)
    warnings = tuple(p for p in found.problems if p.level == "warning")
    altered = changed or found.house.model_copy(update={"packs": ()}) != Settings()
    return Rulebook(name, version, digest, found.catalogue, found.metrics, found.rules, found.table, warnings,
                    found.packs, found.house.waivers, preview or found.house.preview, altered)  # fmt: skip


class RulebookParts(NamedTuple):
    """All that files say, and all that is wrong with it: a rule is there if nothing is wrong with it alone."""

    catalogue: Catalogue
    metrics: dict[str, Metric]
    rules: dict[str, Rule]
    table: VerdictTable
    packs: tuple[PackFile, ...]
    house: Settings
    documents: dict[str, Document]  # of each rule
    additions: list[Document]
    problems: list[Problem]


ParsedFiles = dict[FileText, tuple[list[Document], list[Problem]]]
"""The documents of files, and what can't be read of them."""


def read_parts(
    files: Iterable[FileText],
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    parsed: ParsedFiles | None = None,
) -> RulebookParts:
    """Reads as much as can be read. Raises RulesError only where the catalogue or a pack itself is wrong.

    What `parsed` holds is not parsed again; afterwards it holds these files.
    """
    return _Assembler(files, {} if parsed is None else parsed).read_parts(settings, disabled)


_KEY = re.compile(r"^[ -]*(?:rule:[ ]*)?[\"']?([A-Za-z_][\w-]*)", re.MULTILINE)


class _Assembler:
    def __init__(self, files: Iterable[FileText], parsed: ParsedFiles) -> None:
        self.problems = ProblemList(limits.PROBLEMS)
        self.parts: dict[str, list[Document]] = {}
        self.promised: set[str] = set()  # names in what can't be read: that they are unknown is no further problem
        before_that = dict(parsed)
        parsed.clear()
        for file in files:
            before = len(self.problems)
            documents, problems = parsed[file] = before_that.get(file) or _parse(file)
            self.parts.setdefault(file.part, []).extend(documents)
            self.problems.extend(problems)
            if problems:
                self.promised.update(_KEY.findall(file.text))
                if file.part != "rules":
                    self._stop(before)

    def read_parts(self, settings: Sequence[str], disabled: Sequence[str]) -> RulebookParts:
        catalogue = self._catalogue()
        before = len(self.problems)
        document = self.parts["verdict"][0]
        table = validate(VerdictTable, document.data, document, [], self.problems)
        packs = self._packs()
        self._stop(before)
        additions, rules = self._sort(self.parts.get("rules", []))
        own, catalogue = catalogue.figures, self._extend(catalogue, additions)
        tables: list[tuple[Document, Mapping[str, MetricFile | Figure]]] = [
            (self.parts["figures"][0], own), *self._metric_documents(),
            *((doc, extra.figures) for doc, extra in additions), *((doc, extra.metrics) for doc, extra in additions),
        ]  # fmt: skip
        metrics = read_metrics(tables, catalogue, self.problems)
        stated = {n: Figure.model_validate({"title": m.title, "unit": m.unit}) for n, m in metrics.items()
                  if n not in catalogue.figures}  # fmt: skip
        catalogue = replace(catalogue, metrics=stated)
        reader = RuleReader(catalogue, metrics, self.problems)
        for document in rules:
            reader.read(document)
        for document, extra in additions:
            for key, value in extra.set.items():
                reader.set(key, value, _at(document, ["set", key], key=True))
            for i, rule in enumerate(extra.disable):
                reader.disable(rule, _at(document, ["disable", i]))
        house = self._settings(reader)
        for text in settings:
            name, sign, given = text.partition("=")
            where = _option(f"--set {text}")
            if sign:
                reader.set(name.strip(), _scalar(given), where)
            else:
                self.problems.append(where("is not RULE.PARAM=VALUE", "for example leverage-versus-revenue.most=2", ""))
        for rule in disabled:
            reader.disable(rule, _option(f"--disable {rule}"))
        found = reader.finish()
        assert table is not None
        self.promised |= reader.broken | {n for d in self.broken for t in _TABLES for n in _keys(d, t)}
        told = [p for p in self.problems if not (p.code in _MISSING and self.promised & set(_QUOTED.findall(p.what)))]
        return RulebookParts(catalogue, metrics, found, table, packs, house, reader.documents, [d for d, _ in additions],
                        [*told, *reader.warnings])  # fmt: skip

    def _settings(self, reader: RuleReader) -> Settings:
        """What a `screener.yaml` changes."""
        if "settings" not in self.parts:
            return Settings()
        document = self.parts["settings"][0]
        house = validate(Settings, document.data or {}, document, [], self.problems) or Settings()
        for rule, params in house.params.items():
            for param, chosen in params.items():
                where = _at(document, ["params", rule, param], key=True)
                reader.set(f"{rule}.{param}", chosen.value, where, chosen.why)
        for sector, rules in house.sector_params.items():
            for rule, params in rules.items():
                for param, chosen in params.items():
                    where = _at(document, ["sector_params", sector, rule, param], key=True)
                    reader.set(f"{rule}.{param}.{sector}", chosen.value, where, chosen.why)
        for i, rule in enumerate(house.disable):
            reader.disable(rule, _at(document, ["disable", i]))
        for i, waiver in enumerate(house.waivers):
            if waiver.rule not in reader.rules:
                hint = did_you_mean(waiver.rule, reader.rules, "see screener rules list")
                what = f"there is no rule '{clean(waiver.rule)}'"
                self.problems.append(document.problem(["waivers", i, "rule"], what, hint, code="unknown-rule"))
        return house

    def _stop(self, since: int = 0) -> None:
        if any(p.level == "error" for p in self.problems[since:]):
            raise RulesError(self.problems)

    def _catalogue(self) -> Catalogue:
        before = len(self.problems)
        models: dict[str, type[CatalogueEntry]] = {"figures": Figure, "kinds": Kind, "sectors": Sector}
        tables: dict[str, dict[str, Any]] = {}
        for name, model in models.items():
            document = self.parts[name][0]
            tables[name] = {k: validate(model, v, document, [k], self.problems) for k, v in document.data.items()}
        document = self.parts["categories"][0]
        categories = {key: Text.of(read_text(value)) for key, value in document.data.items()}
        self._stop(before)
        return Catalogue(tables["figures"], tables["kinds"], tables["sectors"], categories)

    def _metric_documents(self) -> list[tuple[Document, dict[str, MetricFile]]]:
        document = self.parts["metrics"][0]
        read = {k: validate(MetricFile, v, document, [k], self.problems) for k, v in document.data.items()}
        return [(document, {k: v for k, v in read.items() if v is not None})]

    def _packs(self) -> tuple[PackFile, ...]:
        found = []
        for document in self.parts.get("pack", ()):
            pack = validate(PackFile, document.data, document, [], self.problems)
            if pack is not None:
                found.append((document, pack))
        versions = {"screener": __version__, **{pack.name: pack.version for _, pack in found}}
        for document, pack in found:
            for i, need in enumerate(pack.needs):
                if why := _unmet(need, versions):
                    self.problems.append(document.problem(["needs", i], *why, code="unmet-need"))
        return tuple(pack for _, pack in found)

    def _sort(self, documents: list[Document]) -> tuple[list[tuple[Document, Additions]], list[Document]]:
        additions, rules = [], []
        self.broken: list[Document] = []
        known = sorted(Additions.model_fields)
        for document in documents:
            if isinstance(document.data, dict) and "rule" in document.data:
                rules.append(document)
            elif not isinstance(document.data, dict) or not set(document.data) & set(known):
                hint = "start with rule: ID, or one of " + ", ".join(f"{k}:" for k in known)
                self.problems.append(
                    document.problem([], "is neither a rule nor additions to a pack", hint, code="not-a-rule")
                )
            elif (extra := validate(Additions, document.data, document, [], self.problems)) is not None:
                additions.append((document, extra))
            else:
                self.broken.append(document)
        return additions, rules

    def _extend(self, catalogue: Catalogue, additions: list[tuple[Document, Additions]]) -> Catalogue:
        figures, kinds = dict(catalogue.figures), dict(catalogue.kinds)
        taken = {*figures, *kinds, *catalogue.aliases, *RESERVED_NAMES}
        lists = {*catalogue.all_lists, "figures", "metrics", "parties"}
        lists |= {f.alias or n for n, f in ProfileHeader.model_fields.items()}
        for document, extra in additions:
            figures.update({k: v for k, v in extra.figures.items() if k not in taken})
            kinds.update({k: v for k, v in extra.kinds.items() if k not in taken})
            for name, figure in extra.figures.items():
                self._take(document, ["figures", name], [name, *figure.aliases], taken)
            for name, kind in extra.kinds.items():
                self._take(document, ["kinds", name], [name], taken)
                if kind.list_name:
                    self._take(document, ["kinds", name, "list"], [kind.list_name], lists)
                parents = [k for k, entry in kinds.items() if entry.list_name and not entry.within]
                if kind.within is not None and kind.within not in parents:
                    hint = did_you_mean(kind.within, parents, "name a kind with a list")
                    what = f"there is no kind '{kind.within}' with a list of its own"
                    self.problems.append(document.problem(["kinds", name, "within"], what, hint, code="unknown-kind"))
        return Catalogue(figures, kinds, catalogue.sectors, catalogue.categories)

    def _take(self, document: Document, loc: ValuePath, names: Sequence[str], taken: set[str]) -> None:
        """Adds new names to those that are taken; each must be a name, and free."""
        for name in names:
            if name in taken or not name.isidentifier() or not name.islower():
                what = f"'{name}' exists already" if name in taken else f"'{name}' is not a name"
                hint = "choose another name of lower-case letters, digits and _"
                code = "name-taken" if name in taken else "bad-value"
                self.problems.append(document.problem(loc, what, hint, key=loc[-1] == name, code=code))
            taken.add(name)


def _parse(file: FileText) -> tuple[list[Document], list[Problem]]:
    problems: list[Problem] = []
    return parse_recovering(file.text, file.name, problems), problems


_TABLES = ("figures", "metrics", "kinds")
_MISSING = ("unknown-figure", "unknown-kind", "unknown-rule", "unknown-name")
_QUOTED = re.compile("'([^']*)'")


def _keys(document: Document, table: str) -> Iterable[str]:
    found = document.data.get(table)
    return found.keys() if isinstance(found, dict) else ()


def _at(document: Document, loc: ValuePath, key: bool = False) -> Where:
    """Problems at a place of a document."""
    return lambda what, hint, code: document.problem(loc, what, hint, key=key, code=code)


def _option(text: str) -> Where:
    """Problems of an option of the command line."""
    return lambda what, hint, _: Problem(what, hint, text, code="bad-option")


def _unmet(need: str, versions: Mapping[str, str]) -> tuple[str, str] | None:
    """What is wrong, and what to do, where a pack needs what is not there."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(need)
    except InvalidRequirement:
        return f"'{clean(need)}' is not a name with a version", "write a name, or for example screener>=0.2"
    have = versions.get(wanted.name)
    if have is None:
        return f"needs the pack '{clean(wanted.name)}'", f"add --pack {clean(wanted.name)}"
    if not wanted.specifier.contains(have, prereleases=True):
        return f"needs {clean(need)}; {wanted.name} is {have}", "install a version that fits"
    return None


def _scalar(text: str) -> float | bool | str:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if math.isfinite(float(text)) else text
    except ValueError:
        return text
