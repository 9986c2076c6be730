"""Names and units in rules: what each name in a pattern refers to."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from screener.errors import ExpressionError, Problem
from screener.expression.checker import ExpressionChecker, ExpressionType, TypeOf, expression_error
from screener.expression.parser import parse
from screener.expression.syntax_tree import (
    And,
    Binary,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Not,
    Or,
    names_in,
    negation_normal_form,
)
from screener.facts.fact import COMPANY, FLAG
from screener.facts.metrics import Metric
from screener.profile.catalogue import Catalogue
from screener.rules.rule import AnyOf, Item, Pattern, RuleParam
from screener.text import did_you_mean, shorten

_KEY = re.compile(r"(?P<negated>not )?(?P<kind>[a-z][a-z0-9_]*)"
                  r"(?: of (?P<scope>[a-z_][a-z0-9_]*)\.(?P<field>[a-z_][a-z0-9_]*))?"
                  r"(?: as (?P<name>[a-z][a-z0-9_]*))?\Z")  # fmt: skip
_RESERVED = (COMPANY, "params", "true", "false", "not", "and", "or", FLAG)
_ITEM = "write each pattern as an item of its own: - KIND: 'expression'"
_INSTEAD = {"all": f"all patterns of `when` must hold anyway; {_ITEM}", "and": f"all patterns of `when` must hold anyway; {_ITEM}",
            "or": "write any: and below it a list of patterns", "not": "write not KIND: 'expression'"}  # fmt: skip
IDENTITY = "id"

Report = Callable[[tuple[str | int, ...], str, str, int, bool, str], None]
"""Takes a problem: its path in the rule, what, hint, offset in the expression, whether it is the key, its code."""


class Resolver:
    """Turns the `when` of one rule into patterns, telling `report` what does not exist or fit."""

    def __init__(
        self,
        catalogue: Catalogue,
        metrics: Mapping[str, Metric],
        params: Mapping[str, RuleParam],
        data_rule: bool,
        report: Report,
    ) -> None:
        self.catalogue, self.metrics, self.params = catalogue, metrics, params
        self.data_rule, self.report, self.count = data_rule, report, 0
        self.elsewhere: set[str] = set()  # names that some pattern binds, wherever it stands
        self.used: set[str] = set()  # names that one alternative may already hold, those that have ended too

    def when(
        self, items: list[Any], loc: tuple[str | int, ...], bound: Mapping[str, str]
    ) -> tuple[tuple[Item, ...], dict[str, str]]:
        """The patterns of a list, and the names bound after it (name -> kind)."""
        names = dict(bound)
        self.elsewhere.update(
            m["name"] for i in items if isinstance(i, dict) for k in i if (m := _KEY.match(k)) and m["name"]
        )
        found: list[Item] = []
        for i, item in enumerate(items):
            at = (*loc, i)
            if not isinstance(item, dict) or len(item) != 1:
                what = "two patterns in one item" if isinstance(item, dict) and len(item) > 1 else "not a pattern"
                self.report(at, what, _ITEM, 0, False, "bad-pattern")
                continue
            ((key, value),) = item.items()
            read = self._any(value, (*at, key), names) if key == "any" else self._pattern(key, value, (*at, key), names)
            if read is not None:
                found.append(read)
        return tuple(found), names

    def _any(self, value: Any, loc: tuple[str | int, ...], bound: Mapping[str, str]) -> AnyOf | None:
        if not isinstance(value, list) or not value:
            self.report(
                loc, "any: takes a list of patterns", "put each into an item of its own", 0, False, "bad-pattern"
            )
            return None
        branches = []
        before, after = frozenset(self.used), set(self.used)
        for i, branch in enumerate(value):
            self.used = set(before)
            inside = branch if isinstance(branch, list) else [branch]
            if not inside:
                self.report(
                    (*loc, i), "an empty list of patterns", "write a pattern, or leave it out", 0, False, "bad-pattern"
                )
            if isinstance(branch, list):
                items, _ = self.when(inside, (*loc, i), bound)
            else:
                items, _ = _Shift(self, (*loc, i)).when(inside, bound)
            branches.append(items)
            after |= self.used
        self.used = after
        return AnyOf(tuple(branches))

    def _pattern(self, key: str, value: Any, loc: tuple[str | int, ...], names: dict[str, str]) -> Pattern | None:
        match = _KEY.match(key)
        if match is None:
            hint = "write KIND, KIND as NAME, not KIND, flag of c.party; all in small letters"
            self.report(loc, f"'{key}' is not a pattern", hint, 0, True, "bad-pattern")
            return None
        kind, negated = match["kind"], bool(match["negated"])
        if kind not in (COMPANY, FLAG) and kind not in self.catalogue.kinds:
            known = [COMPANY, FLAG, *self.catalogue.kinds]
            lists = {entry.list_name: k for k, entry in self.catalogue.kinds.items()}
            hint = _INSTEAD.get(kind) or (
                f"write '{lists[kind]}'" if kind in lists else did_you_mean(kind, known, "known: " + ", ".join(known))
            )
            self.report(loc, f"there is no kind '{kind}'", hint, 0, True, "unknown-kind")
            return None
        owner = Name(match["scope"], match["field"]) if match["scope"] else None
        if owner and not self._names_company(owner, names):
            hint = "name a field that holds a company, such as c.party"
            self.report(loc, f"'{owner}' does not name a company", hint, 0, True, "type-mismatch")
            return None
        if owner and kind == COMPANY:
            self.report(
                loc,
                "company is always the company that is judged",
                "use a flag of that company",
                0,
                True,
                "bad-pattern",
            )
            return None
        if match["name"] and kind in (COMPANY, FLAG):
            self.report(loc, f"{kind} takes no name", f"write {kind}: …", 0, True, "bad-pattern")
            return None
        if kind == FLAG:
            return self._flag(value, loc, owner, negated)
        return self._fact(kind, match["name"], owner, negated, value, loc, names)

    def _flag(self, value: Any, loc: tuple[str | int, ...], owner: Name | None, negated: bool) -> Pattern | None:
        if not isinstance(value, str) or " " in value:
            hint = "write each as an item of its own: - flag: other-rule"
            self.report(loc, "flag: takes the id of one rule", hint, 0, False, "bad-pattern")
            return None
        self.count += 1
        return Pattern(FLAG, f"_{self.count}", owner, And(()), negated, value)

    def _fact(
        self,
        kind: str,
        name: str | None,
        owner: Name | None,
        negated: bool,
        value: Any,
        loc: tuple[str | int, ...],
        names: dict[str, str],
    ) -> Pattern | None:
        if name is not None and (
            name in _RESERVED or name in self.used or (name in self.catalogue.kinds and name != kind)
        ):
            self.report(loc, f"the name '{name}' is taken", "choose another after 'as'", 0, True, "name-taken")
            return None
        self.count += 1
        bound = COMPANY if kind == COMPANY else name or f"_{self.count}"
        inside = {**names, bound: kind}
        condition = self.condition(value, loc, bound, inside)
        if condition is None:
            return None
        if name is not None:
            self.used.add(name)
            if not negated:
                names[name] = kind
        if kind == COMPANY and negated:
            condition, negated = negation_normal_form(condition, negated=True), False
        return Pattern(kind, bound, owner, condition, negated)

    def condition(
        self, value: Any, loc: tuple[str | int, ...], own: str, names: Mapping[str, str]
    ) -> Expression | None:
        """A condition in negation normal form, all names scoped; None after reporting what is wrong."""
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str):
            nothing = "write a condition such as 'revenue > 0', or true"
            hint = nothing if value is None else "write it in single quotes, and names without { }"
            what = f"expected an expression, got {'nothing' if value is None else shorten(repr(value), 60)}"
            self.report(loc, what, hint, 0, False, "wrong-type")
            return None
        if hyphened := self._hyphened(value):
            self.report(loc, *hyphened)
            return None
        try:
            found, types = parse(value), self.type_of(names)
            self._check_names(scoped(found, own), types)
            checker = ExpressionChecker(
                lambda n: types(n if n.scope else Name(own, n.field, n.offset)), data_rule=self.data_rule
            )
            checker.condition(found)
        except ExpressionError as error:
            for problem in error.problems:
                self.report(loc, problem.what, problem.hint, (problem.column or 1) - 1, False, problem.code)
            return None
        return negation_normal_form(scoped(found, own))

    def _hyphened(self, value: str) -> tuple[str, str, int, bool, str] | None:
        """A name that was written with hyphens, which would be read as differences."""
        for found in re.finditer(r"(?<![\w.'\"-])[a-z][a-z0-9]*(?:-[a-z][a-z0-9_]*)+(?![\w'\"-])", value):
            meant = found[0].replace("-", "_")
            if meant in self.metrics or meant in self.catalogue.figures:
                return (
                    f"there is no figure or metric '{found[0]}'",
                    f"write {meant}",
                    found.start(),
                    False,
                    "unknown-figure",
                )
        return None

    @staticmethod
    def _check_names(node: Expression, types: TypeOf) -> None:
        """Raises ExpressionError with all names that do not exist."""
        problems: dict[Problem, None] = {}
        for name in names_in(node):
            try:
                types(name)
            except ExpressionError as error:
                problems.update(dict.fromkeys(error.problems))
        if problems:
            raise ExpressionError(problems)

    def type_of(self, names: Mapping[str, str]) -> TypeOf:
        """Types of names where `names` (name -> kind) are bound."""

        def resolve(name: Name) -> ExpressionType:
            if name.scope == "params":
                if name.field not in self.params:
                    raise expression_error(name, f"there is no parameter '{name.field}'", did_you_mean(name.field, self.params,
                               "declare it under params"), "unknown-param")  # fmt: skip
                return ExpressionType(self.params[name.field].unit)
            kind = COMPANY if name.scope == COMPANY else names.get(name.scope)
            if kind is None:
                raise expression_error(
                    name, f"nothing is called '{name.scope}' here", self._how_to_name(name, names), "unknown-name"
                )
            return self._company_type(name) if kind == COMPANY else self._field_type(name, kind)

        return resolve

    def _how_to_name(self, name: Name, names: Mapping[str, str]) -> str:
        if name.scope in ("figures", "metrics"):
            return f"write {name.field}"
        if name.scope in self.catalogue.all_lists:
            kind = self.catalogue.all_lists[name.scope]
            return f"define a metric that sums the list, or write a pattern {kind}: '{name.field} …'"
        if name.scope in self.elsewhere:
            return f"'{name.scope}' holds only below the pattern that binds it, and not outside `any` or `not`"
        return did_you_mean(name.scope, [*names, COMPANY, "params"], "bind it in an earlier pattern: KIND as NAME")

    def _company_type(self, name: Name) -> ExpressionType:
        if name.field == IDENTITY:
            return ExpressionType("company")
        if name.field in self.metrics:
            return self.metrics[name.field].type
        if name.field in self.catalogue.figures:
            return self.catalogue.figures[name.field].type
        if name.field in self.catalogue.aliases:
            raise expression_error(
                name,
                f"'{name.field}' is another name",
                f"write '{self.catalogue.aliases[name.field]}'",
                "unknown-figure",
            )
        known = [*self.catalogue.figures, *self.metrics]
        hint = did_you_mean(name.field, known, "see rules/catalog/figures.yaml and metrics.yaml")
        if name.field in self.params:
            hint = f"write params.{name.field}"
        elif name.field.lower() in ("yes", "no"):
            hint = "write the truth value alone, or 'not …'"
        elif name.field == "sector":
            hint = "say for which sectors it does not hold: not_for: [banks, …]"
        raise expression_error(name, f"there is no figure or metric '{name.field}'", hint, "unknown-figure")

    def _field_type(self, name: Name, kind: str) -> ExpressionType:
        fields = self.catalogue.kinds[kind].fields
        if name.field in fields:
            return fields[name.field].type
        if name.field in self.catalogue.figures or name.field in self.metrics:
            raise expression_error(
                name, f"'{name.field}' is not a field of {kind}", f"write company.{name.field}", "unknown-field"
            )
        raise expression_error(name, f"{kind} has no field '{name.field}'", did_you_mean(name.field, fields,
                   "known are " + ", ".join(fields)), "unknown-field")  # fmt: skip

    def _names_company(self, name: Name, names: Mapping[str, str]) -> bool:
        try:
            return self.type_of(names)(name).unit == "company"
        except ExpressionError:
            return False


class _Shift:
    """A pattern that stands directly in `any`, whose place has no list index of its own."""

    def __init__(self, resolver: Resolver, loc: tuple[str | int, ...]) -> None:
        self.resolver, self.loc = resolver, loc

    def when(self, items: list[Any], bound: Mapping[str, str]) -> tuple[tuple[Item, ...], dict[str, str]]:
        report = self.resolver.report
        at = self.loc

        def moved(loc: tuple[str | int, ...], what: str, hint: str, offset: int, key: bool, code: str) -> None:
            report((*at, *loc[len(at) + 1 :]), what, hint, offset, key, code)

        self.resolver.report = moved
        try:
            return self.resolver.when(items, at, bound)
        finally:
            self.resolver.report = report


def scoped(node: Expression, own: str) -> Expression:
    """The same expression with bare names made fields of `own`."""
    match node:
        case Name("", field, at):
            return Name(own, field, at)
        case Negative(item, at):
            return Negative(scoped(item, own), at)
        case Not(item, at):
            return Not(scoped(item, own), at)
        case Binary(op, left, right, at):
            return Binary(op, scoped(left, own), scoped(right, own), at)
        case Compare(op, left, right, at):
            return Compare(op, scoped(left, own), scoped(right, own), at)
        case Call(function, items, at):
            return Call(function, tuple(scoped(i, own) for i in items), at)
        case And(items, at):
            return And(tuple(scoped(i, own) for i in items), at)
        case Or(items, at):
            return Or(tuple(scoped(i, own) for i in items), at)
    return node
