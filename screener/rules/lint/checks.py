"""Checks rule files: all that is wrong with them at once, and all that is hardly meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem, RulesError, TooManyProblems
from screener.io.document import Document, read_documents
from screener.rules.assembler import ParsedFiles, RulebookParts, read_parts
from screener.rules.lint.rule_lints import LANGUAGES, LINTS, LintContext, missing_languages
from screener.rules.lint.rule_pairs import lint_flag_cycles, lint_rule_pairs
from screener.rules.lint.satisfiability import FigureDomains
from screener.rules.packs import DEFAULT_PACK
from screener.rules.rulebook_loader import read_rulebook_files


@dataclass(frozen=True)
class CheckReport:
    """What was found in rule files, in the order of their lines, with the texts for showing it."""

    problems: tuple[Problem, ...]
    rules: int
    files: int
    texts: Mapping[str, str]
    gathered: RulebookParts | None = None

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(p.level == "error" for p in self.problems)


def check_rule_files(
    paths: Sequence[str],
    own: Sequence[str],
    settings: Sequence[str] = (),
    disabled: Sequence[str] = (),
    packs: Sequence[str] = (DEFAULT_PACK,),
    config: Path | None = None,
    parsed: ParsedFiles | None = None,
) -> CheckReport:
    """Checks the files named `paths` in messages (none: all), with the rule files `own` added to packs and settings."""
    problems: list[Problem] = []
    files = read_rulebook_files(own, problems, packs, config)
    texts = {file.name: file.text for file in files}
    try:
        found = read_parts(files, settings, disabled, parsed)
    except (RulesError, TooManyProblems) as error:
        return CheckReport(_ordered([*problems, *error.problems]), 0, len(paths), texts)
    wanted = set(paths) or {r.file for r in found.rules.values()}
    problems += [p for p in found.problems if p.file in wanted or p.level == "error"]
    checked = {r.id for r in found.rules.values() if r.file in wanted}
    files_checked = len({found.rules[r].file for r in checked})
    problems += _lint(found, checked)
    problems += [p for document in found.additions if document.name in wanted for p in _titles(document)]
    return CheckReport(_ordered(problems), len(checked), files_checked, texts, found)


def _ordered(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(dict.fromkeys(problems), key=lambda p: (p.file or "", p.line or 0, p.column or 0, p.code, p.what))
    )


def _lint(found: RulebookParts, checked: set[str]) -> Iterator[Problem]:
    domains = FigureDomains(found.catalogue, found.metrics)
    for rule in sorted(checked):
        document = found.documents[rule]
        desk = LintContext(domains, _languages(document))
        for lint in LINTS:
            yield from lint(found.rules[rule], document, desk)
    yield from lint_rule_pairs(found.rules, checked, found.documents, LintContext(domains))
    yield from lint_flag_cycles(found.rules, checked, found.documents)


def _languages(document: Document) -> tuple[str, ...]:
    """The languages of the pack that a file lies in; English and Chinese where it says nothing."""
    pack = Path(document.name).parent / "pack.yaml"
    try:
        data: Any = read_documents(pack)[0].data if pack.is_file() else {}
    except DocumentError:
        return ("en", "zh")
    said = data.get("languages") if isinstance(data, dict) else None
    return tuple(map(str, said)) if isinstance(said, list) else ("en", "zh")


def _titles(document: Document) -> Iterator[Problem]:
    """Titles of added figures, metrics and kinds that are not there in each language."""
    for table in ("figures", "metrics", "kinds"):
        for name, entry in (document.data.get(table) or {}).items():
            for language in missing_languages(entry.get("title"), _languages(document)):
                what = f"no {LANGUAGES[language]} title of '{name}'"
                yield document.problem([table, name, "title"], what, "write {en: …, zh: …}", key=True,
                                       code="no-text").located(level="warning")  # fmt: skip
