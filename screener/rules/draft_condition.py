"""Reads the condition of a new rule: patterns as on a command line, whose numbers become parameters."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from screener.errors import Problem, RulesError
from screener.expression.checker import ExpressionChecker
from screener.expression.parser import parse
from screener.expression.syntax_tree import Expression, Name, Negative, Number, comparisons, names_in
from screener.facts.fact import COMPANY, FLAG
from screener.io.document import parse_documents
from screener.rules.name_resolver import NameResolver, with_scope
from screener.rules.pattern_reader import PatternReader
from screener.rules.rule import Item, KeyPath, Pattern, RuleParam, patterns
from screener.rules.rulebook import Rulebook
from screener.text import clean, did_you_mean
from screener.units import DIMENSIONLESS, NUMERIC

DEFAULT_CONDITION = "gross_margin < 0.2"
_KEYED = re.compile(r"\s*((?:not )?[a-z_][a-z0-9_]*(?: of [a-z_][\w.]*)?(?: as [a-z_]\w*)?)\s*:(?!=)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"-?\s*[0-9.]+(?:[eE][-+]?[0-9]+)?")
_PARAM_NAMES = {">": "most", ">=": "most", "<": "least", "<=": "least"}
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


class DraftCondition(NamedTuple):
    """The patterns of a draft as (key, expression) texts, in which names of parameters stand for numbers."""

    items: tuple[tuple[str, Any], ...]
    params: dict[str, RuleParam]
    when: tuple[Item, ...]

    @property
    def company_names(self) -> tuple[str, ...]:
        """The figures and metrics of the company that it reads, each once."""
        found = (n for p in patterns(self.when) for n in names_in(p.condition) if n.scope == COMPANY)
        return tuple(dict.fromkeys(name.field for name in found))


class _Threshold(NamedTuple):
    """A number that a comparison has on one side: where it stands, and what it is compared with."""

    item: int
    start: int
    end: int
    value: float
    op: str  # with the number on the right
    unit: str
    compared: str


def read_condition(texts: Sequence[str], book: Rulebook) -> DraftCondition:
    """The condition of one or more patterns, each KIND: EXPRESSION, or an expression on the company.

    Raises RulesError with what to write.
    """
    items = [_split(text) for text in texts]
    when = _read(texts, items, NameResolver(book.catalogue, book.metrics, {}), book)
    thresholds = [t for i, item in enumerate(when) for t in _thresholds(i, items[i][1], item, when, book)]
    if len(thresholds) > 1:  # 0 and 1 need no reason where they are not the only threshold
        thresholds = [t for t in thresholds if t.value not in (0, 1)]
    names = [_PARAM_NAMES[t.op] for t in thresholds]
    params: dict[str, RuleParam] = {}
    for threshold, name in reversed(list(zip(thresholds, names, strict=True))):
        if names.count(name) > 1:
            name = f"{name}_{threshold.compared}"
        while name in params:
            name += "_2"
        params[name] = RuleParam.model_validate({"value": threshold.value, "unit": threshold.unit})
        key, text = items[threshold.item]
        items[threshold.item] = key, f"{text[: threshold.start]}params.{name}{text[threshold.end :]}"
    params = dict(reversed(params.items()))
    when = _read(texts, items, NameResolver(book.catalogue, book.metrics, params), book)
    return DraftCondition(tuple(items), params, when)


def _split(text: str) -> tuple[str, Any]:
    """The key and the expression of a pattern; without a key it is on the company itself."""
    keyed = _KEYED.fullmatch(text)
    key, value = (keyed[1], keyed[2].strip()) if keyed else (COMPANY, text.strip())
    if key == "any":
        return key, parse_documents(f"any: {value}", clean(text))[0].data["any"]
    quoted = re.fullmatch(r"(['\"])(.*)\1", value, re.DOTALL)
    return key, quoted[2] if quoted and quoted[1] not in quoted[2] else value


def _read(
    texts: Sequence[str], items: Sequence[tuple[str, Any]], names: NameResolver, book: Rulebook
) -> tuple[Item, ...]:
    problems: list[Problem] = []

    def report(path: KeyPath, what: str, hint: str, code: str, *, offset: int = 0, key: bool = False) -> None:
        problems.append(Problem(what, hint, clean(texts[int(path[1])]), code=code))

    when, _ = PatternReader(names, report).when([{key: value} for key, value in items])
    for pattern in patterns(when):
        if pattern.flag is not None and pattern.flag not in book.rules:
            hint = did_you_mean(pattern.flag, book.rules, "see screener rules list")
            report(pattern.path, f"there is no rule '{clean(pattern.flag)}'", hint, "unknown-rule")
    if problems:
        raise RulesError(problems)
    return when


def _thresholds(index: int, text: Any, pattern: Item, when: Sequence[Item], book: Rulebook) -> Iterator[_Threshold]:
    """The numbers of a pattern that can become parameters; those inside `any` stay."""
    if not isinstance(pattern, Pattern) or pattern.kind == FLAG:
        return
    types = NameResolver(book.catalogue, book.metrics, {}).type_of({p.name: p.kind for p in patterns(tuple(when))})
    checker = ExpressionChecker(lambda name: types(with_scope(name, pattern.name)))  # type: ignore[arg-type]
    for node in comparisons(parse(text)):
        for number, other, op in (
            (node.right, node.left, node.op),
            (node.left, node.right, _MIRRORED.get(node.op, "")),
        ):
            value = _constant(number)
            if value is None or op not in _PARAM_NAMES or not names_in(other):
                continue
            written = _NUMBER.match(text, number.offset)
            if written is not None:
                unit, compared = _unit(other, checker), names_in(other)[-1].field
                yield _Threshold(index, number.offset, written.end(), value, op, unit, compared)


def _constant(node: Expression) -> float | None:
    if isinstance(node, Negative) and isinstance(node.item, Number):
        return -node.item.value
    return node.value if isinstance(node, Number) else None


def _unit(node: Expression, checker: ExpressionChecker) -> str:
    if isinstance(node, Name):
        return checker.type_of(node).unit
    dimension = checker.number(node)
    if dimension in (None, DIMENSIONLESS):
        return "multiple"
    return next((unit for unit, known in NUMERIC.items() if known == dimension), "number")
