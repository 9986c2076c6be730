"""The condition of a rule in words, for readers who know no Python."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from screener.expression.syntax_tree import (
    And,
    Binary,
    Bool,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
)
from screener.facts.fact import COMPANY, FLAG
from screener.report.wording import Wording
from screener.rules.rule import PLACEHOLDER, AnyOf, Item, Pattern, Rule, RuleParam, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Text, clean, within_sentence
from screener.units import show_number

_BEFORE_MARK = re.compile(" (?=[。，：；（])")
_OPERATOR_SIGNS = {"*": "×", "/": "÷", "+": "+", "-": "−"}


class ConditionLine(NamedTuple):
    """One part of a condition; with a `depth` of 1 or more it belongs to the line above."""

    depth: int
    text: str


def condition_lines(rule: Rule, book: Rulebook, wording: Wording) -> list[ConditionLine]:
    """Returns the condition of a rule, in words."""
    return list(_ConditionWriter(rule, book, wording).item_lines(rule.when, 0))


def applicability_text(rule: Rule, book: Rulebook, wording: Wording) -> str:
    """Returns the companies that the rule applies to, in words; empty if it applies to all."""
    return _ConditionWriter(rule, book, wording).sentence_start(rule.applies) if rule.applies is not None else ""


def text_with_thresholds(text: Text | None, rule: Rule, book: Rulebook, wording: Wording) -> str:
    """Returns a text of a rule without a company: thresholds as values, other placeholders as titles."""
    return (
        _ConditionWriter(rule, book, wording).fill_placeholders(text.get(wording.language)) if text is not None else ""
    )


def parameter_text(param: RuleParam, wording: Wording, sector: str = "") -> str:
    """Returns the value of a parameter in its unit."""
    value = param.sectors[sector] if sector else param.value
    if isinstance(value, bool):
        return wording("rule.is_true") if value else wording("rule.is_false")
    return clean(value) if isinstance(value, str) else show_number(value, param.unit, wording.language)


class _ConditionWriter:
    def __init__(self, rule: Rule, book: Rulebook, wording: Wording) -> None:
        self.rule, self.book, self.wording = rule, book, wording
        self.kinds: dict[str, str] = {p.name: p.kind for p in patterns(rule.when)}

    def item_lines(self, items: tuple[Item, ...], depth: int) -> Iterator[ConditionLine]:
        for item in items:
            if isinstance(item, Pattern):
                yield ConditionLine(depth, self._pattern_line(item))
                continue
            yield ConditionLine(depth, self.wording("rule.any"))
            for branch in item.branches:
                yield from self._branch_lines(branch, depth + 1)

    def fill_placeholders(self, text: str) -> str:
        def title(found: re.Match[str]) -> str:
            scope, field, _ = found.groups()
            name = Name(scope, field)
            if scope == "params":
                return parameter_text(self.rule.params[field], self.wording)
            if (scope, field) == (COMPANY, "name"):
                return f"‹{self.wording('rule.name')}›"
            return f"‹{self._company_field_title(field) if scope == COMPANY else self._field_title(name)}›"

        return clean(PLACEHOLDER.sub(title, text))

    def _branch_lines(self, branch: tuple[Item, ...], depth: int) -> Iterator[ConditionLine]:
        if len(branch) == 1 or any(isinstance(i, AnyOf) for i in branch):
            if len(branch) > 1:
                yield ConditionLine(depth, self.wording("rule.all"))
            yield from self.item_lines(branch, depth + (len(branch) > 1))
        else:
            texts = [self._pattern_line(p).rstrip(".。") for p in branch if isinstance(p, Pattern)]
            yield ConditionLine(depth, self.wording("rule.stop").join([self.wording("rule.also").join(texts), ""]))

    def _pattern_line(self, p: Pattern) -> str:
        return _BEFORE_MARK.sub("", self._pattern_text(p))

    def _pattern_text(self, p: Pattern) -> str:
        wording = self.wording
        self.kinds[p.name] = p.kind  # two alternatives may use the same name for different kinds
        of = (
            wording("rule.of", kind=self._binding_title(p.owner.scope), field=self._name_text(p.owner, p.owner.scope))
            if p.owner
            else ""
        )
        if p.kind == FLAG:
            rule = self.book.rules.get(p.flag or "")
            title = clean(rule.title.get(wording.language)) if rule else ""
            return wording("rule.not_flag_of" if p.negated else "rule.flag_of", title=title, rule=p.flag, of=of)
        if p.kind == COMPANY:
            return self.sentence_start(p.condition) + wording("rule.stop")
        name, kind = self._name_suffix(p.name), self._kind_title(p.kind)
        key = "rule.no_fact" if p.negated else "rule.fact"
        if p.condition == Bool(True) or p.condition == And(()):
            return wording(f"{key}_at_all", kind=kind, name=name, of=of)
        return wording(key, kind=kind, name=name, of=of, condition=self._expression_text(p.condition, p.name))

    def sentence_start(self, node: Expression) -> str:
        """Returns a condition on the company, as the beginning of a sentence."""
        text = self._expression_text(node, COMPANY)
        return text[:1].upper() + text[1:]

    def _expression_text(self, node: Expression, own: str) -> str:
        match node:
            case And(items) | Or(items):
                parts = [
                    f"({self._expression_text(i, own)})" if isinstance(i, And | Or) else self._expression_text(i, own)
                    for i in items
                ]
                return self.wording("rule.and" if isinstance(node, And) else "rule.or").join(parts)
            case Not(item):
                return self.wording("rule.not", what=self._expression_text(item, own))
            case Compare(op, left, right):
                unit = self._unit_of(left) or self._unit_of(right)
                return self.wording(
                    f"rule.op.{_OPERATOR_KEYS[op]}",
                    left=self._operand_text(left, own, unit),
                    right=self._operand_text(right, own, unit),
                )
            case Bool(value):
                return self.wording("rule.always" if value else "rule.never")
            case Name():
                return self.wording("rule.holds", what=self._name_text(node, own))
            case Call("known", (what, *_)):
                return self.wording("rule.known", what=self._operand_text(what, own, ""))
        return self._operand_text(node, own, "")

    def _operand_text(self, node: Expression, own: str, unit: str) -> str:
        match node:
            case Number(value):
                return show_number(value, unit or "number", self.wording.language)
            case Negative(Number(value)):
                return show_number(-value, unit or "number", self.wording.language)
            case Word(value):
                return f"“{clean(value)}”"
            case Name():
                return self._name_text(node, own)
            case Negative(item):
                return f"−{self._nested_operand(item, own)}"
            case Binary(op, left, right):
                return f"{self._nested_operand(left, own)} {_OPERATOR_SIGNS[op]} {self._nested_operand(right, own)}"
            case Call(function, arguments):
                inside = self.wording("comma").join(
                    self._expression_text(a, own) if function == "one_if" else self._operand_text(a, own, unit)
                    for a in arguments
                )
                return self.wording(f"rule.call.{function}", what=inside)
        return f"({self._expression_text(node, own)})"

    def _nested_operand(self, node: Expression, own: str) -> str:
        text = self._operand_text(node, own, self._unit_of(node))
        return f"({text})" if isinstance(node, Binary) else text

    def _name_text(self, name: Name, own: str) -> str:
        if name.scope == "params":
            param = self.rule.params[name.field]
            shown = parameter_text(param, self.wording)
            titles = {s: self.book.catalogue.sectors[s].title.get(self.wording.language) for s in param.by_sector}
            sectors = [
                self.wording("rule.in_sector", value=parameter_text(param, self.wording, s), sector=clean(title))
                for s, title in titles.items()
            ]
            return f"{shown} ({self.wording('comma').join(sectors)})" if sectors else shown
        if name.scope == COMPANY:
            field = self.wording("rule.quoted", what=self._company_field_title(name.field))
            return field if own == COMPANY else self.wording("rule.of_company", field=field)
        field = self.wording("rule.quoted", what=self._field_title(name))
        return (
            field
            if name.scope == own
            else self.wording("rule.of_fact", field=field, kind=self._binding_title(name.scope))
        )

    def _company_field_title(self, field: str) -> str:
        if field in self.book.metrics:
            return clean(self.book.metrics[field].title.get(self.wording.language))
        if field in self.book.catalogue.figures:
            return clean(self.book.catalogue.figures[field].title.get(self.wording.language))
        return self.wording("rule.itself") if field == "id" else clean(field)

    def _field_title(self, name: Name) -> str:
        fields = self.book.catalogue.kinds[self.kinds[name.scope]].fields
        return clean(fields[name.field].title.get(self.wording.language)) if name.field in fields else clean(name.field)

    def _binding_title(self, scope: str) -> str:
        return self._kind_title(self.kinds[scope]) + self._name_suffix(scope)

    def _name_suffix(self, name: str) -> str:
        """Returns the name that a rule gives to a fact of a kind, as a suffix."""
        return "" if name.startswith("_") else self.wording("rule.called", name=name)

    def _kind_title(self, kind: str) -> str:
        title = clean(self.book.catalogue.kinds[kind].title.get(self.wording.language))
        return within_sentence(title)

    def _unit_of(self, node: Expression) -> str:
        match node:
            case Name("params", field):
                return self.rule.params[field].unit
            case Name(scope, field) if scope == COMPANY:
                known = self.book.catalogue.claimable.get(field)
                return known.unit if known else ""
            case Name(scope, field):
                typed = self.book.catalogue.kinds[self.kinds[scope]].fields.get(field)
                return typed.unit if typed else ""
            case Negative(item):
                return self._unit_of(item)
            case Binary("+" | "-", left, right):
                return self._unit_of(left) or self._unit_of(right)
        return ""


_OPERATOR_KEYS = {">": "above", ">=": "least", "<": "below", "<=": "most", "==": "is", "!=": "is_not"}
