"""Reads the `when` of a rule: patterns, with the names that they bind, and the conditions in them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from screener.errors import ExpressionError, Problem
from screener.expression.checker import ExpressionChecker
from screener.expression.parser import parse
from screener.expression.syntax_tree import And, Expression, Name, negation_normal_form
from screener.facts.fact import COMPANY, FLAG
from screener.rules.name_resolver import NameResolver, with_scope
from screener.rules.rule import AnyOf, Item, KeyPath, Pattern
from screener.text import did_you_mean, shorten

_KEY = re.compile(
    r"(?P<negated>not )?(?P<kind>[a-z][a-z0-9_]*)"
    r"(?: of (?P<scope>[a-z_][a-z0-9_]*)\.(?P<field>[a-z_][a-z0-9_]*))?"
    r"(?: as (?P<name>[a-z][a-z0-9_]*))?\Z"
)
_RESERVED = (COMPANY, "params", "true", "false", "not", "and", "or", FLAG)
_ONE_PER_ITEM = "write each pattern as an item of its own: - KIND: 'expression'"
_INSTEAD_OF = {
    "all": f"all patterns of `when` must hold anyway; {_ONE_PER_ITEM}",
    "and": f"all patterns of `when` must hold anyway; {_ONE_PER_ITEM}",
    "or": "write any: and below it a list of patterns",
    "not": "write not KIND: 'expression'",
}
"""Keys that are no kinds -> what to write instead."""


class Report(Protocol):
    """Reports a problem of a rule: its path, an offset in the value or the key, the error, a hint and its code."""

    def __call__(self, path: KeyPath, what: str, hint: str, code: str, *, offset: int = 0, key: bool = False) -> None:
        """Records the problem."""


class PatternReader:
    """Reads the patterns of one rule; reports names that do not exist and values that do not fit."""

    def __init__(self, names: NameResolver, report: Report, data_rule: bool = False) -> None:
        self.names, self.report, self.data_rule = names, report, data_rule
        self._unnamed = 0  # patterns without a name so far
        self._used: set[str] = set()  # names bound earlier in the same alternative, in scope or not

    def when(self, items: list[Any]) -> tuple[tuple[Item, ...], dict[str, str]]:
        """The patterns of `when`, and the names that are in scope after it (name -> kind)."""
        return self._items((((i,), item) for i, item in enumerate(items)), ("when",), {})

    def _items(
        self, items: Iterable[tuple[KeyPath, Any]], path: KeyPath, bound: Mapping[str, str]
    ) -> tuple[tuple[Item, ...], dict[str, str]]:
        """Patterns that must hold together, each with its path below `path`, and the names in scope after them."""
        names, found, items = dict(bound), list[Item](), list(items)
        keys = [_KEY.match(key) for _, item in items if isinstance(item, dict) for key in item]
        self.names.names_bound_anywhere.update(key["name"] for key in keys if key and key["name"])
        for below, item in items:
            at = (*path, *below)
            if not isinstance(item, dict) or len(item) != 1:
                what = "two patterns in one item" if isinstance(item, dict) and len(item) > 1 else "not a pattern"
                self.report(at, what, _ONE_PER_ITEM, "bad-pattern")
                continue
            ((key, value),) = item.items()
            read = self._any(value, (*at, key), names) if key == "any" else self._pattern(key, value, (*at, key), names)
            if read is not None:
                found.append(read)
        return tuple(found), names

    def _any(self, value: Any, path: KeyPath, bound: Mapping[str, str]) -> AnyOf | None:
        if not isinstance(value, list) or not value:
            self.report(path, "any: takes a list of patterns", "put each into an item of its own", "bad-pattern")
            return None
        branches = []
        used_before, used_after = frozenset(self._used), set(self._used)
        for i, branch in enumerate(value):
            self._used = set(used_before)
            if branch == []:
                self.report((*path, i), "an empty list of patterns", "write a pattern, or leave it out", "bad-pattern")
            items = [((j,), item) for j, item in enumerate(branch)] if isinstance(branch, list) else [((), branch)]
            branches.append(self._items(items, (*path, i), bound)[0])
            used_after |= self._used
        self._used = used_after
        return AnyOf(tuple(branches))

    def _pattern(self, key: str, value: Any, path: KeyPath, names: dict[str, str]) -> Pattern | None:
        """One pattern; adds the name that it binds to `names`."""
        match = _KEY.match(key)
        if problem := self._key_problem(key, match, names):
            self.report(path, problem.what, problem.hint, problem.code, key=True)
            return None
        assert match is not None
        kind, negated = match["kind"], bool(match["negated"])
        owner = Name(match["scope"], match["field"]) if match["scope"] else None
        if kind == FLAG and (not isinstance(value, str) or " " in value):
            hint = "write each as an item of its own: - flag: other-rule"
            self.report(path, "flag: takes the id of one rule", hint, "bad-pattern")
            return None
        self._unnamed += 1
        if kind == FLAG:
            return Pattern(FLAG, f"_{self._unnamed}", owner, And(()), negated, flag=value, path=path)
        name = COMPANY if kind == COMPANY else match["name"] or f"_{self._unnamed}"
        condition = self.condition(value, path, name, {**names, name: kind})
        if condition is None:
            return None
        if match["name"]:
            self._used.add(name)
            if not negated:
                names[name] = kind
        if kind == COMPANY and negated:
            condition, negated = negation_normal_form(condition, negated=True), False
        return Pattern(kind, name, owner, condition, negated, path=path)

    def _key_problem(self, key: str, match: re.Match[str] | None, names: Mapping[str, str]) -> Problem | None:
        """What is wrong with the key of a pattern."""
        if match is None:
            hint = "write KIND, KIND as NAME, not KIND, flag of c.party; all in lower-case letters"
            return Problem(f"'{key}' is not a pattern", hint, code="bad-pattern")
        kind, name, kinds = match["kind"], match["name"], self.names.catalogue.kinds
        if kind not in (COMPANY, FLAG) and kind not in kinds:
            return Problem(f"there is no kind '{kind}'", self._kind_hint(kind), code="unknown-kind")
        owner = Name(match["scope"], match["field"]) if match["scope"] else None
        if owner and not self.names.names_a_company(owner, names):
            hint = "name a field that holds a company, such as c.party"
            return Problem(f"'{owner}' does not name a company", hint, code="type-mismatch")
        if owner and kind == COMPANY:
            what = "`company` is always the company that is screened"
            return Problem(what, "use a flag of the other company", code="bad-pattern")
        if name and kind in (COMPANY, FLAG):
            return Problem(f"{kind} takes no name", f"write {kind}: …", code="bad-pattern")
        if name and (name in _RESERVED or name in self._used or (name in kinds and name != kind)):
            return Problem(f"the name '{name}' is taken", "choose another after 'as'", code="name-taken")
        return None

    def _kind_hint(self, kind: str) -> str:
        catalogue = self.names.catalogue
        if kind in _INSTEAD_OF:
            return _INSTEAD_OF[kind]
        if kind in catalogue.all_lists:
            return f"write '{catalogue.all_lists[kind]}'"
        known = [COMPANY, FLAG, *catalogue.kinds]
        return did_you_mean(kind, known, "the kinds are " + ", ".join(known))

    def condition(self, value: Any, path: KeyPath, scope: str, bound: Mapping[str, str]) -> Expression | None:
        """A condition in negation normal form, its bare names read as fields of `scope`; None after reporting problems."""
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str):
            what = f"expected an expression, got {'nothing' if value is None else shorten(repr(value), 60)}"
            hint = "write it in single quotes, and names without { }"
            self.report(
                path, what, "write a condition such as 'revenue > 0', or true" if value is None else hint, "wrong-type"
            )
            return None
        try:
            if hyphenated := self.names.hyphenated_name(value):
                raise ExpressionError(hyphenated)
            written, types = parse(value), self.names.type_of(bound)
            scoped = with_scope(written, scope)
            self.names.check_all_names(scoped, types)
            ExpressionChecker(
                lambda name: types(with_scope(name, scope)),  # type: ignore[arg-type]
                data_rule=self.data_rule,
            ).condition(written)
        except ExpressionError as error:
            for problem in error.problems:
                self.report(path, problem.what, problem.hint, problem.code, offset=(problem.column or 1) - 1)
            return None
        return negation_normal_form(scoped)
