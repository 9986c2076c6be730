"""Checks rule files: reports all errors at once, and warns of what is allowed but probably unintended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem, RulesError, TooManyProblems
from screener.io.document import Document, read_documents
from screener.io.paths import file_exists
from screener.rules.assembler import ParsedFiles, RulebookParts, read_parts
from screener.rules.lint.divisors import lint_metric_divisors
from screener.rules.lint.flag_cycles import lint_flag_cycles
from screener.rules.lint.linted_rule import LintContext, LintedRule
from screener.rules.lint.rule_lints import LANGUAGES, LINTS, missing_languages
from screener.rules.lint.rule_overlap import lint_rule_overlap
from screener.rules.lint.satisfiability import FigureDomains
from screener.rules.packs import DEFAULT_PACKS, PACK_FILE
from screener.rules.rulebook import NO_OVERRIDES, Overrides
from screener.rules.rulebook_loader import read_rulebook_files


@dataclass(frozen=True)
class CheckReport:
    """What was found in rule files, in the order of their lines, with the texts for showing it.

    `parts` is what the files hold; None where the catalogue or a pack can't be read.
    """

    problems: tuple[Problem, ...]
    rules: int
    files: int
    texts: Mapping[str, str]
    parts: RulebookParts | None = None

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(p.level == "error" for p in self.problems)


def check_rule_files(
    names: Sequence[str],
    added: Sequence[str],
    *,
    overrides: Overrides = NO_OVERRIDES,
    packs: Sequence[str] = DEFAULT_PACKS,
    config: Path | None = None,
    parsed: ParsedFiles | None = None,
) -> CheckReport:
    """Checks the files with these names in messages (none: all) among those of packs and settings and the files `added`.

    `parsed` holds files that need not be parsed again; see `read_parts`.
    """
    problems: list[Problem] = []
    files = read_rulebook_files(added, problems, packs, config)
    texts = {file.name: file.text for file in files}
    try:
        parts = read_parts(files, overrides, parsed)
    except (RulesError, TooManyProblems) as error:
        return CheckReport(_in_order([*problems, *error.problems]), 0, len(names), texts)
    shown = set(names) or {rule.file for rule in parts.rules.values()}
    problems += [p for p in parts.problems if p.file in shown or p.level == "error"]
    checked = {rule.id for rule in parts.rules.values() if rule.file in shown}
    problems += _lint(parts, checked)
    domains = FigureDomains(parts.catalogue, parts.metrics)
    for document in parts.additions:
        if document.name in shown:
            problems += [*_lint_titles(document), *lint_metric_divisors(document, domains)]
    file_count = len({parts.rules[rule].file for rule in checked})
    return CheckReport(_in_order(problems), len(checked), file_count, texts, parts)


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    def position(problem: Problem) -> tuple[str, int, int, str, str]:
        return problem.file or "", problem.line or 0, problem.column or 0, problem.code, problem.what

    return tuple(sorted(dict.fromkeys(problems), key=position))


def _lint(parts: RulebookParts, checked: set[str]) -> Iterator[Problem]:
    domains, languages = FigureDomains(parts.catalogue, parts.metrics), cache(_languages)
    for rule in sorted(checked):
        document = parts.documents[rule]
        context = LintContext(domains, languages(Path(document.name).parent))
        linted = LintedRule(parts.rules[rule], document, context)
        for lint in LINTS:
            yield from lint(linted)
    yield from lint_rule_overlap(parts.rules, checked, parts.documents, LintContext(domains))
    yield from lint_flag_cycles(parts.rules, checked, parts.documents)


def _languages(folder: Path) -> tuple[str, ...]:
    """The languages of the pack in a folder; English and Chinese where there is no pack or it names none."""
    file = folder / PACK_FILE
    try:
        data: Any = read_documents(file)[0].data if file_exists(file) else {}
    except DocumentError:
        return ("en", "zh")
    named = data.get("languages") if isinstance(data, dict) else None
    return tuple(map(str, named)) if isinstance(named, list) else ("en", "zh")


def _lint_titles(document: Document) -> Iterator[Problem]:
    """Titles of added figures, metrics and kinds that are missing in a language."""
    languages = _languages(Path(document.name).parent)
    for table in ("figures", "metrics", "kinds"):
        for name, entry in (document.data.get(table) or {}).items():
            for language in missing_languages(entry.get("title"), languages):
                what, path = f"no {LANGUAGES[language]} title of '{name}'", [table, name, "title"]
                problem = document.problem(path, what, "write {en: …, zh: …}", key=True, code="no-text")
                yield problem.located(level="warning")
