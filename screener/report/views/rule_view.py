"""All that is to be said of one rule, under fixed headings; the terminal, the pages and JSON show the same."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from screener.expression.printer import format_expression
from screener.expression.syntax_tree import Expression, names_in
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.report.views.condition_text import ConditionLine, condition, filled, guard, threshold
from screener.report.wording import Words
from screener.rules.rule import Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.text import clean
from screener.units import significant

_PLAIN = re.compile(r"[A-Za-z_][\w.-]*\Z")
_WORDS = ("true", "false", "null")


class RuleInput(NamedTuple):
    """A figure, metric or list that a rule reads; a metric with its formula."""

    name: str
    title: str
    formula: str


class Threshold(NamedTuple):
    """A row of the parameters; `sector` is empty for all the others."""

    name: str
    sector: str
    value: str
    why: str


class Case(NamedTuple):
    """A worked example: the profile as it would be written."""

    name: str
    outcome: str
    profile: str


class User(NamedTuple):
    """A rule that names this one, and how."""

    rule: str
    title: str
    relation: str  # rested_on, softened_by, replacement


class RuleView(NamedTuple):
    """One rule in one language: final texts, not escaped for anything."""

    id: str
    title: str
    facts: tuple[str, ...]  # flag, severity, category …
    file: str
    says: str
    headline: str
    why: str
    condition: tuple[ConditionLine, ...]
    written: tuple[str, ...]
    applies: str
    only_for: tuple[str, ...]
    not_for: tuple[str, ...]
    reads: tuple[RuleInput, ...]
    concludes: str
    params: tuple[Threshold, ...]
    clears: str
    false_alarms: str
    softens: tuple[str, ...]
    relieves: tuple[str, ...]
    examples: tuple[Case, ...]
    references: tuple[str, ...]
    claims: tuple[str, ...]
    used_by: tuple[User, ...]


def sheet(rule: Rule, book: Rulebook, said: Words) -> RuleView:
    """What is to be said of a rule of a rulebook."""
    language = said.language

    def titles(sectors: Iterable[str]) -> tuple[str, ...]:
        return tuple(clean(book.catalogue.sectors[sector].title.get(language)) for sector in sorted(sectors))

    return RuleView(
        rule.id, clean(rule.title.get(language)), tuple(_facts(rule, book, said)), clean(rule.file),
        filled(rule.says, rule, book, said), filled(rule.headline, rule, book, said), filled(rule.why, rule, book, said),
        tuple(condition(rule, book, said)), tuple(map(clean, rule.conditions)),
        guard(rule, book, said), titles(rule.only_for), titles(rule.not_for),
        tuple(_reads(rule, book, said)), _conclusions(rule), tuple(_params(rule, book, said)),
        filled(rule.clears, rule, book, said), filled(rule.false_alarms, rule, book, said), rule.softens, rule.relieves,
        tuple(Case(clean(e.name), said.of("outcome", e.expect), written(e.profile)) for e in rule.examples),
        tuple(map(clean, rule.references)), tuple(map(clean, rule.claims)), tuple(_used_by(rule, book, said)),
    )  # fmt: skip


def _facts(rule: Rule, book: Rulebook, said: Words) -> Iterator[str]:
    yield rule.flag
    yield rule.severity
    yield clean(book.catalogue.categories[rule.category].get(said.language))
    if rule.cause:
        yield said("rule.cause", cause=clean(rule.cause))
    if rule.verdict:
        yield said("rule.verdict", verdict=said.of("verdict", rule.verdict).lower())
    if rule.at_least:
        yield said("rule.at_least", verdict=said.of("verdict", rule.at_least).lower())
    if rule.weight is not None:
        yield said("rule.weight", weight=significant(rule.weight))
    if rule.status != "stable":
        yield said("rule.status", status=said.of("state", rule.status))
    if rule.since:
        yield said("rule.since", version=clean(rule.since))
    if rule.replaced_by:
        yield said("rule.replaced_by", rule=rule.replaced_by)


def expressions(rule: Rule) -> list[Expression]:
    """All conditions of a rule, its guard and what it concludes."""
    found = [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])
    return found + [value for fields in rule.concludes.values() for value in fields.values()]


def own_inputs(rule: Rule) -> list[str]:
    """The figures and metrics of the company that a rule itself names, each once."""
    read = [n.field for e in expressions(rule) for n in names_in(e) if n.scope == COMPANY and n.field != "id"]
    return list(dict.fromkeys(read))


def _reads(rule: Rule, book: Rulebook, said: Words) -> Iterator[RuleInput]:
    kinds = [p.kind for p in patterns(rule.when)]
    for kind in dict.fromkeys(k for k in kinds if k in book.catalogue.kinds):
        yield RuleInput(
            book.catalogue.kinds[kind].list_name or kind, clean(book.catalogue.kinds[kind].title.get(said.language)), ""
        )
    for name in closure(own_inputs(rule), book.metrics):
        metric, figure = book.metrics.get(name), book.catalogue.figures.get(name)
        known = metric or figure
        if known is not None:
            yield RuleInput(name, clean(known.title.get(said.language)), clean(metric.text) if metric else "")


def _conclusions(rule: Rule) -> str:
    said = (f"{kind} ({', '.join(f'{f} = {format_expression(v)}' for f, v in fields.items())})"
            for kind, fields in rule.concludes.items())  # fmt: skip
    return clean("; ".join(said))


def _params(rule: Rule, book: Rulebook, said: Words) -> Iterator[Threshold]:
    for name, param in rule.params.items():
        why = clean(param.why.get(said.language)) if param.why else said("rule.no_reason")
        yield Threshold(name, "", threshold(param, said), why)
        for sector, held in param.by_sector.items():
            why = clean(held.why.get(said.language)) if held.why else said("rule.no_reason")
            title = clean(book.catalogue.sectors[sector].title.get(said.language))
            yield Threshold(name, title, threshold(param, said, sector), why)


def _used_by(rule: Rule, book: Rulebook, said: Words) -> Iterator[User]:
    for other in book.rules.values():
        title = clean(other.title.get(said.language))
        if rule.id in {p.flag for p in patterns(other.when)}:
            yield User(other.id, title, "rested_on")
        if rule.id in other.softens:
            yield User(other.id, title, "softened_by")
        if other.replaced_by == rule.id:
            yield User(other.id, title, "replacement")


def written(value: Any) -> str:
    """A piece of a profile as somebody would write it in YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_word(k)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return _number(value)
    return _word(str(value))


def _word(text: str) -> str:
    text = clean(text)
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(value: float) -> str:
    for scale in (12, 9, 6):
        short = f"{value / 10**scale:.6g}e{scale}"
        if abs(value) >= 10.0**scale and float(short) == value:
            return short
    return f"{value:.15g}"
