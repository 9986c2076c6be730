"""One rule under fixed headings, for the terminal, its page and JSON."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from screener.expression.printer import format_expression
from screener.expression.syntax_tree import Expression, names_in
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.report.views.condition_text import (
    ConditionLine,
    applicability_text,
    condition_lines,
    parameter_text,
    text_with_thresholds,
)
from screener.report.wording import Wording
from screener.rules.rule import Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Text, clean
from screener.units import significant

_PLAIN = re.compile(r"[A-Za-z_][\w.-]*\Z")
_YAML_KEYWORDS = ("true", "false", "null")


CONDITION_NOTES = ("applies", "only_for", "not_for", "concludes")
"""Fields that state which companies a rule applies to, and what it concludes."""


class RuleInput(NamedTuple):
    """A figure, metric or list that a rule reads; a metric with its formula."""

    name: str
    title: str
    formula: str


class ParameterRow(NamedTuple):
    """A row of the parameters; `sector` is empty for all the others."""

    name: str
    sector: str
    value: str
    why: str


class ExampleView(NamedTuple):
    """A worked example, with its profile in YAML."""

    name: str
    outcome: str
    profile: str


class RuleUse(NamedTuple):
    """A rule that names this one, and how."""

    rule: str
    title: str
    relation: str  # rested_on, softened_by, replacement


class RuleView(NamedTuple):
    """One rule in one language: final texts, not escaped for anything."""

    id: str
    title: str
    clear_title: str
    attributes: tuple[str, ...]  # flag, severity, category …
    file: str
    sentence: str
    headline: str
    why: str
    condition: tuple[ConditionLine, ...]
    source_conditions: tuple[str, ...]
    applies: str
    only_for: tuple[str, ...]
    not_for: tuple[str, ...]
    reads: tuple[RuleInput, ...]
    concludes: str
    params: tuple[ParameterRow, ...]
    clears: str
    false_alarms: str
    softens: tuple[str, ...]
    relieves: tuple[str, ...]
    examples: tuple[ExampleView, ...]
    references: tuple[str, ...]
    claims: tuple[str, ...]
    used_by: tuple[RuleUse, ...]


def rule_view(rule: Rule, book: Rulebook, wording: Wording) -> RuleView:
    """Returns all information on one rule of a rulebook, in the language of the wording."""
    language = wording.language

    def text(template: Text | None) -> str:
        return text_with_thresholds(template, rule, book, wording)

    def titles(sectors: Iterable[str]) -> tuple[str, ...]:
        return tuple(clean(book.catalogue.sectors[sector].title.get(language)) for sector in sorted(sectors))

    return RuleView(
        id=rule.id,
        title=clean(rule.title.get(language)),
        clear_title=text(rule.clear_title),
        attributes=tuple(_attributes(rule, book, wording)),
        file=clean(rule.file),
        sentence=text(rule.says),
        headline=text(rule.headline),
        why=text(rule.why),
        condition=tuple(condition_lines(rule, book, wording)),
        source_conditions=tuple(map(clean, rule.conditions)),
        applies=applicability_text(rule, book, wording),
        only_for=titles(rule.only_for),
        not_for=titles(rule.not_for),
        reads=tuple(_inputs(rule, book, wording)),
        concludes=_conclusions(rule),
        params=tuple(_parameter_rows(rule, book, wording)),
        clears=text(rule.clears),
        false_alarms=text(rule.false_alarms),
        softens=rule.softens,
        relieves=rule.relieves,
        examples=tuple(
            ExampleView(clean(e.name), wording.label("outcome", e.expect), yaml_text(e.profile)) for e in rule.examples
        ),
        references=tuple(map(clean, rule.references)),
        claims=tuple(map(clean, rule.claims)),
        used_by=tuple(_used_by(rule, book, wording)),
    )


def _attributes(rule: Rule, book: Rulebook, wording: Wording) -> Iterator[str]:
    yield rule.flag
    yield rule.severity
    yield clean(book.catalogue.categories[rule.category].get(wording.language))
    if rule.cause:
        yield wording("rule.cause", cause=clean(rule.cause))
    if rule.verdict:
        yield wording("rule.verdict", verdict=wording.label("verdict", rule.verdict).lower())
    if rule.at_least:
        yield wording("rule.at_least", verdict=wording.label("verdict", rule.at_least).lower())
    if rule.weight is not None:
        yield wording("rule.weight", weight=significant(rule.weight))
    if rule.status != "stable":
        yield wording("rule.status", status=wording.label("state", rule.status))
    if rule.since:
        yield wording("rule.since", version=clean(rule.since))
    if rule.replaced_by:
        yield wording("rule.replaced_by", rule=rule.replaced_by)


def rule_notes(rule: RuleView, wording: Wording, *names: str) -> list[str]:
    """Returns a sentence for each of these fields of a rule that is not empty: applies, only_for, concludes, softens …"""
    values = ((name, getattr(rule, name)) for name in names)
    return [
        wording(f"rule.{name}", value=value if isinstance(value, str) else wording("comma").join(value))
        for name, value in values
        if value
    ]


def parameter_name(row: ParameterRow, wording: Wording) -> str:
    """Returns the name of a parameter, with the sector that the value is for."""
    return wording("rule.by_sector", name=row.name, sector=row.sector) if row.sector else row.name


def expressions(rule: Rule) -> list[Expression]:
    """Returns all expressions of a rule: its conditions, its guard and its conclusions."""
    found = [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])
    return found + [value for fields in rule.concludes.values() for value in fields.values()]


def own_inputs(rule: Rule) -> list[str]:
    """Returns the figures and metrics of the company that a rule itself names, each once."""
    read = [n.field for e in expressions(rule) for n in names_in(e) if n.scope == COMPANY and n.field != "id"]
    return list(dict.fromkeys(read))


def _inputs(rule: Rule, book: Rulebook, wording: Wording) -> Iterator[RuleInput]:
    kinds = [p.kind for p in patterns(rule.when)]
    for kind in dict.fromkeys(k for k in kinds if k in book.catalogue.kinds):
        yield RuleInput(
            book.catalogue.kinds[kind].list_name or kind,
            clean(book.catalogue.kinds[kind].title.get(wording.language)),
            "",
        )
    for name in closure(own_inputs(rule), book.metrics):
        metric, figure = book.metrics.get(name), book.catalogue.figures.get(name)
        known = metric or figure
        if known is not None:
            yield RuleInput(name, clean(known.title.get(wording.language)), clean(metric.text) if metric else "")


def _conclusions(rule: Rule) -> str:
    conclusions = (
        f"{kind} ({', '.join(f'{f} = {format_expression(v)}' for f, v in fields.items())})"
        for kind, fields in rule.concludes.items()
    )
    return clean("; ".join(conclusions))


def _parameter_rows(rule: Rule, book: Rulebook, wording: Wording) -> Iterator[ParameterRow]:
    for name, param in rule.params.items():
        why = clean(param.why.get(wording.language)) if param.why else wording("rule.no_reason")
        yield ParameterRow(name, "", parameter_text(param, wording), why)
        for sector, override in param.by_sector.items():
            why = clean(override.why.get(wording.language)) if override.why else wording("rule.no_reason")
            title = clean(book.catalogue.sectors[sector].title.get(wording.language))
            yield ParameterRow(name, title, parameter_text(param, wording, sector), why)


def _used_by(rule: Rule, book: Rulebook, wording: Wording) -> Iterator[RuleUse]:
    for other in book.rules.values():
        title = clean(other.title.get(wording.language))
        if rule.id in {p.flag for p in patterns(other.when)}:
            yield RuleUse(other.id, title, "rested_on")
        if rule.id in other.softens:
            yield RuleUse(other.id, title, "softened_by")
        if other.replaced_by == rule.id:
            yield RuleUse(other.id, title, "replacement")


def yaml_text(value: Any) -> str:
    """Returns a part of a profile in YAML, in flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_yaml_word(k)}: {yaml_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(yaml_text, value)) + "]"
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return _yaml_number(value)
    return _yaml_word(str(value))


def _yaml_word(text: str) -> str:
    text = clean(text)
    if _PLAIN.match(text) and text.lower() not in _YAML_KEYWORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _yaml_number(value: float) -> str:
    for scale in (12, 9, 6):
        short = f"{value / 10**scale:.6g}e{scale}"
        if abs(value) >= 10.0**scale and float(short) == value:
            return short
    return f"{value:.15g}"
