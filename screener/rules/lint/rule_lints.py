"""What is allowed in a rule but hardly meant: conditions that decide nothing, parameters, texts and examples that lack."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from screener.errors import Problem, ScreenerError
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import (
    And,
    Compare,
    Expression,
    Name,
    Number,
    Or,
    children,
    comparisons,
    names_in,
    negation_normal_form,
)
from screener.facts.fact import COMPANY
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.loader import read_profile
from screener.rules.compiler import expand_alternatives
from screener.rules.lint.satisfiability import FigureDomains, SatisfiabilityChecker
from screener.rules.pattern_paths import KeyPath, pattern_paths
from screener.rules.rule import EXAMPLE_OUTCOMES, PLACEHOLDER, Pattern, Rule, patterns

TEXTS = ("title", "headline", "says", "why", "clears", "false_alarms")
PERCENT = 10.0  # a fraction of 10 is 1,000 %: whoever writes it means 10 %
CHINESE_CHARACTER = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class LintContext:
    """What lints look things up in."""

    domains: FigureDomains
    languages: tuple[str, ...] = ("en", "zh")

    @property
    def catalogue(self) -> Catalogue:
        """The figures, kinds and sectors that exist."""
        return self.domains.catalogue


Lint = Callable[[Rule, Document, LintContext], Iterator[Problem]]


def kinds_by_name(rule: Rule) -> dict[str, str]:
    """Pattern name -> kind, for all that a rule binds."""
    return {p.name: p.kind for p in patterns(rule.when)}


def _say(
    document: Document, loc: KeyPath | list[str | int], code: str, what: str, hint: str, offset: int = 0,
    key: bool = False, level: Literal["error", "warning"] = "warning",
) -> Problem:  # fmt: skip
    return document.problem(loc, what, hint, offset, key, code).located(level=level)


def lint_conditions(rule: Rule, document: Document, desk: LintContext) -> Iterator[Problem]:
    """Conditions that can never or always hold, and thresholds without a reason."""
    possible = SatisfiabilityChecker(rule, desk.domains, kinds_by_name(rule))
    told = False
    spots: list[tuple[Expression, KeyPath]] = [(p.condition, loc) for p, loc in pattern_paths(rule, document)]
    if rule.applies is not None:
        spots.append((rule.applies, ("applies",)))
    for condition, loc in spots:
        found = _condition(condition, loc, rule, document, desk, possible)
        told = told or any(p.code == "never-holds" for p in found)
        yield from found
    if not told:
        yield from _together(rule, document, possible)


def _condition(
    node: Expression, loc: KeyPath, rule: Rule, document: Document, desk: LintContext, possible: SatisfiabilityChecker
) -> list[Problem]:
    """What is decided in a condition, its smallest parts first: of a whole only if none of its parts is."""
    found: list[Problem] = []
    if isinstance(node, And | Or):
        found = [p for item in node.items for p in _condition(item, loc, rule, document, desk, possible)]
        if not node.items or any(p.code in ("never-holds", "always-holds") for p in found):
            return found
    elif not isinstance(node, Compare):
        return []
    if verdict := _decided(node, possible):
        return [*found, _decision(verdict, node, loc, document, possible)]
    if isinstance(node, Compare):
        for sector, param in _sectors(node, rule):
            there = SatisfiabilityChecker(rule, desk.domains, possible.kinds, (param, sector))
            if verdict := _decided(node, there):
                at: KeyPath = ("params", param, "by_sector", sector, "value")
                found.append(_decision(verdict, node, at, document, there, f" in {sector}"))
        found.extend(_bare(node, loc, document, possible))
    return found


def _decided(condition: Expression, possible: SatisfiabilityChecker) -> str | None:
    if not possible.can_hold(condition):
        return "never-holds"
    return None if possible.can_hold(negation_normal_form(condition, negated=True)) else "always-holds"


def _decision(
    verdict: str, node: Expression, loc: KeyPath, document: Document, possible: SatisfiabilityChecker, where: str = ""
) -> Problem:
    never = verdict == "never-holds"
    hint = "mend it, or leave it out"
    if isinstance(node, Compare):
        free = next((s for s in (node.left, node.right) if not possible.domain(s).is_point), node.left)
        domain = possible.domain(free)
        low, high = (f"{x:g}" if abs(x) < 1e300 else None for x in (domain.lo, domain.hi))
        reach = (
            f"from {low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
        )
        if reach and not domain.is_point:
            other = possible.domain(node.right if free is node.left else node.left)
            per_cent = never and (low, high) == ("0", "1") and 1 < other.lo == other.hi
            hint = f"'{source_text(free)}' is {reach}" + ("; write 0.30 for 30 %" if per_cent else "")
    what = f"'{source_text(node)}' can never hold{where}" if never else f"'{source_text(node)}' always holds{where}"
    offset = 0 if "by_sector" in loc else start_offset(node)
    return _say(document, loc, verdict, what, hint, offset, level="error" if never else "warning")


def source_text(node: Expression) -> str:
    """The expression as it was written: without the names that bare fields were given."""
    return re.sub(r"\b(?:company|_[0-9]+)\.", "", format_expression(node))


def start_offset(node: Expression) -> int:
    """Where an expression begins in its text."""
    return min([node.offset, *(start_offset(c) for c in children(node))])


def _sectors(atom: Expression, rule: Rule) -> Iterator[tuple[str, str]]:
    for name in names_in(atom):
        if name.scope == "params":
            for sector in rule.params[name.field].by_sector:
                yield sector, name.field


def _bare(atom: Compare, loc: KeyPath, document: Document, possible: SatisfiabilityChecker) -> Iterator[Problem]:
    for free, side in ((atom.left, atom.right), (atom.right, atom.left)):
        if not isinstance(side, Number) or not any(n.scope != "params" for n in names_in(free)):
            continue
        unit = getattr(possible.typed(free), "unit", None) if isinstance(free, Name) else None
        if unit == "fraction" and abs(side.value) >= PERCENT:
            hint = f"write {side.value / 100:g} for {side.value:g} %"
            yield _say(
                document,
                loc,
                "percent",
                f"the fraction '{source_text(free)}' is compared with {side.value:g}",
                hint,
                side.offset,
            )
        elif side.value not in (0, 1):
            hint = "make it a parameter with value, unit and why"
            yield _say(
                document, loc, "no-reason", f"no reason is given for the threshold {side.value:g}", hint, side.offset
            )


def _together(rule: Rule, document: Document, possible: SatisfiabilityChecker) -> Iterator[Problem]:
    """Conditions that can hold, but not all together."""
    guard = (rule.applies,) if rule.applies is not None else ()
    ways = [And((*(p.condition for p in a.items if not p.negated), *guard)) for a in expand_alternatives(rule.when)]
    if ways and not any(possible.can_hold(way) for way in ways):
        hint = "no company can meet them; mend one of them"
        yield _say(
            document, ["when"], "never-holds", "these conditions can never hold together", hint, key=True, level="error"
        )


def lint_parameters(rule: Rule, document: Document, desk: LintContext) -> Iterator[Problem]:
    """Parameters that nothing reads, that give no reason, or that look like per cent."""
    conditions = [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])
    conditions += [value for fields in rule.concludes.values() for value in fields.values()]
    read = {n.field for c in conditions for n in names_in(c) if n.scope == "params"}
    for name, param in rule.params.items():
        loc: list[str | int] = ["params", name]
        if name not in read:
            hint = "use it in a condition as params." + name + ", or leave it out"
            yield _say(document, loc, "unused-param", f"no condition reads the parameter '{name}'", hint, key=True)
        if isinstance(param.value, bool) or not isinstance(param.value, int | float):
            continue
        if param.why is None:
            hint = "add why: with a source, or say that it is a judgement"
            yield _say(document, loc, "no-reason", f"no reason is given for the threshold '{name}'", hint, key=True)
        for sector, held in param.by_sector.items():
            if held.why is None:
                what = f"no reason is given for the threshold '{name}' in {sector}"
                yield _say(document, [*loc, "by_sector", sector], "no-reason", what, "add why: with a source", key=True)
        if param.unit == "fraction" and abs(param.value) >= PERCENT:
            hint = f"write {param.value / 100:g} for {param.value:g} %"
            yield _say(document, [*loc, "value"], "percent", f"the fraction '{name}' is {param.value:g}", hint)


def lint_texts(rule: Rule, document: Document, desk: LintContext) -> Iterator[Problem]:
    """Texts that are not there in each language, and rules that name no source."""
    lacking: dict[str, list[str]] = {}
    for key in TEXTS:
        said = document.data.get(key)
        for language in missing_languages(said, desk.languages):
            lacking.setdefault(language, []).append(key)
    for language, keys in lacking.items():
        what = f"no {LANGUAGES[language]} text in {', '.join(keys)}"
        yield _say(document, [keys[0]], "no-text", what, "write {en: …, zh: …}", key=True)
    if not rule.references and not rule.claims:
        hint = "add references: with what it rests on, or claims:"
        yield _say(document, ["rule"], "no-reference", "names neither a reference nor a claim", hint)


LANGUAGES = {"en": "English", "zh": "Chinese"}


def missing_languages(said: Any, wanted: tuple[str, ...]) -> list[str]:
    """The languages in which a text says nothing; a plain text is in the language of its letters."""
    if said is None:
        return []
    if isinstance(said, str):
        if not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", said)):
            return []
        said = {"zh" if CHINESE_CHARACTER.search(said) else "en": said}
    return [language for language in wanted if language in LANGUAGES and not str(said.get(language) or "").strip()]


def lint_examples(rule: Rule, document: Document, desk: LintContext) -> Iterator[Problem]:
    """Examples that lack: each rule shows itself fired, on the boundary, clear and unknown."""
    wanted = [n for n in EXAMPLE_OUTCOMES if n != "boundary" or _has_threshold(rule)]
    if rule.flag == "data":
        wanted.remove("unknown")
    lacking = [n for n in wanted if n not in {e.name for e in rule.examples}]
    if lacking:
        at: list[str | int] = ["examples"] if rule.examples else ["rule"]
        what = f"has no example {', '.join(lacking)}" if rule.examples else "has no examples"
        hint = "add examples: with small profiles (" + ", ".join(lacking) + "); see docs/writing-rules.md"
        yield _say(document, at, "no-example", what, hint, key=bool(rule.examples))


def lint_example_profiles(rule: Rule, document: Document, desk: LintContext) -> Iterator[Problem]:
    """Examples that are no profiles."""
    for example in rule.examples:
        whole = {"name": "Example company", "id": "example", **example.profile}
        try:
            read_profile(document.part(example.loc, whole), desk.catalogue)
        except ScreenerError as error:
            yield from (p.located(code="bad-example") for p in error.problems)


def _has_threshold(rule: Rule) -> bool:
    return any(c.op not in ("==", "!=") for p in patterns(rule.when) for c in comparisons(p.condition))


LINTS: tuple[Lint, ...] = (lint_conditions, lint_parameters, lint_texts, lint_examples, lint_example_profiles)


def company_condition(rule: Rule) -> Expression | None:
    """The condition of a rule that looks at nothing but the company's own figures; None for any other."""
    found: list[Pattern] = list(patterns(rule.when))
    if len(found) != len(rule.when) or any(p.kind != COMPANY for p in found):
        return None
    return And(tuple(p.condition for p in found))
