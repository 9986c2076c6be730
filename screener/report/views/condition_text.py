"""The condition of a rule in words: who knows no Python reads what must hold."""

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
from screener.report.wording import Words
from screener.rules.rule import PLACEHOLDER, AnyOf, Item, Pattern, Rule, RuleParam, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Text, clean
from screener.units import show_number

_BEFORE_MARK = re.compile(" (?=[。，：；（])")
_SIGNS = {"*": "×", "/": "÷", "+": "+", "-": "−"}


class ConditionLine(NamedTuple):
    """One thing that must hold; `depth` 1 and more stands under the line before it."""

    depth: int
    text: str


def condition(rule: Rule, book: Rulebook, said: Words) -> list[ConditionLine]:
    """What must hold for the rule to fire, in words."""
    return list(_Teller(rule, book, said).items(rule.when, 0))


def guard(rule: Rule, book: Rulebook, said: Words) -> str:
    """For which companies the rule is meant, in words; empty where it is meant for all."""
    return _Teller(rule, book, said).capital(rule.applies) if rule.applies is not None else ""


def filled(text: Text | None, rule: Rule, book: Rulebook, said: Words) -> str:
    """A text of a rule where no company is judged: thresholds with their values, anything else by its title."""
    return _Teller(rule, book, said).filled(text.get(said.language)) if text is not None else ""


def threshold(param: RuleParam, said: Words, sector: str = "") -> str:
    """The value of a parameter in its unit."""
    value = param.sectors[sector] if sector else param.value
    if isinstance(value, bool):
        return said("rule.is_true") if value else said("rule.is_false")
    return clean(value) if isinstance(value, str) else show_number(value, param.unit, said.language)


class _Teller:
    def __init__(self, rule: Rule, book: Rulebook, said: Words) -> None:
        self.rule, self.book, self.said = rule, book, said
        self.kinds: dict[str, str] = {p.name: p.kind for p in patterns(rule.when)}

    def items(self, items: tuple[Item, ...], depth: int) -> Iterator[ConditionLine]:
        for item in items:
            if isinstance(item, Pattern):
                yield ConditionLine(depth, self._pattern(item))
                continue
            yield ConditionLine(depth, self.said("rule.any"))
            for branch in item.branches:
                yield from self._branch(branch, depth + 1)

    def filled(self, text: str) -> str:
        def title(found: re.Match[str]) -> str:
            scope, field, _ = found.groups()
            name = Name(scope, field)
            if scope == "params":
                return threshold(self.rule.params[field], self.said)
            if (scope, field) == (COMPANY, "name"):
                return f"‹{self.said('rule.name')}›"
            return f"‹{self._company(field) if scope == COMPANY else self._field(name)}›"

        return clean(PLACEHOLDER.sub(title, text))

    def _branch(self, branch: tuple[Item, ...], depth: int) -> Iterator[ConditionLine]:
        if len(branch) == 1 or any(isinstance(i, AnyOf) for i in branch):
            if len(branch) > 1:
                yield ConditionLine(depth, self.said("rule.all"))
            yield from self.items(branch, depth + (len(branch) > 1))
        else:
            texts = [self._pattern(p).rstrip(".。") for p in branch if isinstance(p, Pattern)]
            yield ConditionLine(depth, self.said("rule.stop").join([self.said("rule.also").join(texts), ""]))

    def _pattern(self, p: Pattern) -> str:
        return _BEFORE_MARK.sub("", self._said(p))

    def _said(self, p: Pattern) -> str:
        said = self.said
        self.kinds[p.name] = p.kind  # two alternatives may give one name to different kinds
        of = (
            said("rule.of", kind=self._bound(p.owner.scope), field=self._name(p.owner, p.owner.scope))
            if p.owner
            else ""
        )
        if p.kind == FLAG:
            rule = self.book.rules.get(p.flag or "")
            title = clean(rule.title.get(said.language)) if rule else ""
            return said("rule.not_flag_of" if p.negated else "rule.flag_of", title=title, rule=p.flag, of=of)
        if p.kind == COMPANY:
            return self.capital(p.condition) + said("rule.stop")
        name, kind = self._called(p.name), self._title(p.kind)
        key = "rule.no_fact" if p.negated else "rule.fact"
        if p.condition == Bool(True) or p.condition == And(()):
            return said(f"{key}_at_all", kind=kind, name=name, of=of)
        return said(key, kind=kind, name=name, of=of, condition=self._text(p.condition, p.name))

    def capital(self, node: Expression) -> str:
        """A condition on the company, as the beginning of a sentence."""
        text = self._text(node, COMPANY)
        return text[:1].upper() + text[1:]

    def _text(self, node: Expression, own: str) -> str:
        match node:
            case And(items) | Or(items):
                parts = [f"({self._text(i, own)})" if isinstance(i, And | Or) else self._text(i, own) for i in items]
                return self.said("rule.and" if isinstance(node, And) else "rule.or").join(parts)
            case Not(item):
                return self.said("rule.not", what=self._text(item, own))
            case Compare(op, left, right):
                unit = self._unit(left) or self._unit(right)
                return self.said(
                    f"rule.op.{_OPS[op]}", left=self._side(left, own, unit), right=self._side(right, own, unit)
                )
            case Bool(value):
                return self.said("rule.always" if value else "rule.never")
            case Name():
                return self.said("rule.holds", what=self._name(node, own))
            case Call("known", (what, *_)):
                return self.said("rule.known", what=self._side(what, own, ""))
        return self._side(node, own, "")

    def _side(self, node: Expression, own: str, unit: str) -> str:
        match node:
            case Number(value):
                return show_number(value, unit or "number", self.said.language)
            case Negative(Number(value)):
                return show_number(-value, unit or "number", self.said.language)
            case Word(value):
                return f"“{clean(value)}”"
            case Name():
                return self._name(node, own)
            case Negative(item):
                return f"−{self._inner(item, own)}"
            case Binary(op, left, right):
                return f"{self._inner(left, own)} {_SIGNS[op]} {self._inner(right, own)}"
            case Call(function, arguments):
                inside = self.said("comma").join(
                    self._text(a, own) if function == "one_if" else self._side(a, own, unit) for a in arguments
                )
                return self.said(f"rule.call.{function}", what=inside)
        return f"({self._text(node, own)})"

    def _inner(self, node: Expression, own: str) -> str:
        text = self._side(node, own, self._unit(node))
        return f"({text})" if isinstance(node, Binary) else text

    def _name(self, name: Name, own: str) -> str:
        if name.scope == "params":
            param = self.rule.params[name.field]
            shown = threshold(param, self.said)
            sectors = [self.said("rule.in_sector", value=threshold(param, self.said, s),
                                 sector=clean(self.book.catalogue.sectors[s].title.get(self.said.language)))
                       for s in param.by_sector]  # fmt: skip
            return f"{shown} ({self.said('comma').join(sectors)})" if sectors else shown
        if name.scope == COMPANY:
            field = self.said("rule.quoted", what=self._company(name.field))
            return field if own == COMPANY else self.said("rule.of_company", field=field)
        field = self.said("rule.quoted", what=self._field(name))
        return field if name.scope == own else self.said("rule.of_fact", field=field, kind=self._bound(name.scope))

    def _company(self, field: str) -> str:
        if field in self.book.metrics:
            return clean(self.book.metrics[field].title.get(self.said.language))
        if field in self.book.catalogue.figures:
            return clean(self.book.catalogue.figures[field].title.get(self.said.language))
        return self.said("rule.itself") if field == "id" else clean(field)

    def _field(self, name: Name) -> str:
        fields = self.book.catalogue.kinds[self.kinds[name.scope]].fields
        return clean(fields[name.field].title.get(self.said.language)) if name.field in fields else clean(name.field)

    def _bound(self, scope: str) -> str:
        return self._title(self.kinds[scope]) + self._called(scope)

    def _called(self, name: str) -> str:
        """What follows a kind: the name that the rule gives to one of it."""
        return "" if name.startswith("_") else self.said("rule.called", name=name)

    def _title(self, kind: str) -> str:
        title = clean(self.book.catalogue.kinds[kind].title.get(self.said.language))
        return title[:1].lower() + title[1:] if title[1:2].islower() else title

    def _unit(self, node: Expression) -> str:
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
                return self._unit(item)
            case Binary("+" | "-", left, right):
                return self._unit(left) or self._unit(right)
        return ""


_OPS = {">": "above", ">=": "least", "<": "below", "<=": "most", "==": "is", "!=": "is_not"}
