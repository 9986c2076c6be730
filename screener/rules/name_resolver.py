"""Resolves the names in a rule's conditions, and determines their types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from screener.errors import ExpressionError, Problem
from screener.expression.checker import ExpressionType, TypeOf, expression_error
from screener.expression.syntax_tree import Expression, Name, names_in, replace_names
from screener.facts.fact import COMPANY, COMPANY_ID
from screener.facts.metrics import Metric
from screener.profile.catalogue import Catalogue
from screener.rules.rule import RuleParam
from screener.text import did_you_mean

_HYPHENATED = re.compile(r"(?<![\w.'\"-])[a-z][a-z0-9]*(?:-[a-z][a-z0-9_]*)+(?![\w'\"-])")


@dataclass
class NameResolver:
    """Types of the names that one rule may use: figures, metrics, its parameters, and the facts that its patterns bind."""

    catalogue: Catalogue
    metrics: Mapping[str, Metric]
    params: Mapping[str, RuleParam]
    names_bound_anywhere: set[str] = field(default_factory=set)  # by any pattern of the rule, in scope or not

    def type_of(self, bound: Mapping[str, str]) -> TypeOf:
        """The types of names where `bound` (name -> kind) are in scope."""

        def resolve(name: Name) -> ExpressionType:
            if name.scope == "params":
                return self._param_type(name)
            kind = COMPANY if name.scope == COMPANY else bound.get(name.scope)
            if kind is None:
                hint = self._unbound_hint(name, bound)
                raise expression_error(name, f"the name '{name.scope}' is not bound here", hint, "unknown-name")
            return self._company_type(name) if kind == COMPANY else self._field_type(name, kind)

        return resolve

    def names_a_company(self, name: Name, bound: Mapping[str, str]) -> bool:
        """Whether a name refers to the id of a company."""
        try:
            return self.type_of(bound)(name).unit == "company"
        except ExpressionError:
            return False

    def check_all_names(self, node: Expression, type_of: TypeOf) -> None:
        """Raises ExpressionError with every name in the expression that does not exist."""
        problems: dict[Problem, None] = {}
        for name in names_in(node):
            try:
                type_of(name)
            except ExpressionError as error:
                problems.update(dict.fromkeys(error.problems))
        if problems:
            raise ExpressionError(problems)

    def hyphenated_name(self, text: str) -> Problem | None:
        """A figure or metric written with hyphens, which would be read as a subtraction."""
        for found in _HYPHENATED.finditer(text):
            meant = found[0].replace("-", "_")
            if meant in self.metrics or meant in self.catalogue.figures:
                what = f"there is no figure or metric '{found[0]}'"
                return Problem(what, f"write {meant}", column=found.start() + 1, code="unknown-figure")
        return None

    def _param_type(self, name: Name) -> ExpressionType:
        if name.field not in self.params:
            hint = did_you_mean(name.field, self.params, "declare it under params")
            raise expression_error(name, f"there is no parameter '{name.field}'", hint, "unknown-param")
        return ExpressionType(self.params[name.field].unit)

    def _company_type(self, name: Name) -> ExpressionType:
        if name.field == COMPANY_ID:
            return ExpressionType("company")
        if name.field in self.metrics:
            return self.metrics[name.field].type
        if name.field in self.catalogue.figures:
            return self.catalogue.figures[name.field].type
        if name.field in self.catalogue.aliases:
            hint = f"write '{self.catalogue.aliases[name.field]}'"
            raise expression_error(name, f"'{name.field}' is another name of a figure", hint, "unknown-figure")
        known = [*self.catalogue.figures, *self.metrics]
        hint = did_you_mean(name.field, known, "see rules/catalog/figures.yaml and metrics.yaml")
        if name.field in self.params:
            hint = f"write params.{name.field}"
        elif name.field.lower() in ("yes", "no"):
            hint = "write the truth value alone, or 'not …'"
        elif name.field == "sector":
            hint = "name sectors with only_for: [banks, …] or not_for: [banks, …]"
        raise expression_error(name, f"there is no figure or metric '{name.field}'", hint, "unknown-figure")

    def _field_type(self, name: Name, kind: str) -> ExpressionType:
        fields = self.catalogue.kinds[kind].fields
        if name.field in fields:
            return fields[name.field].type
        what, hint = f"'{name.field}' is not a field of {kind}", f"write company.{name.field}"
        if name.field not in self.catalogue.figures and name.field not in self.metrics:
            hint = did_you_mean(name.field, fields, "its fields are " + ", ".join(fields))
        raise expression_error(name, what, hint, "unknown-field")

    def _unbound_hint(self, name: Name, bound: Mapping[str, str]) -> str:
        if name.scope in ("figures", "metrics"):
            return f"write {name.field}"
        if kind := self.catalogue.all_lists.get(name.scope):
            return f"define a metric that sums the list, or write a pattern {kind}: '{name.field} …'"
        if name.scope in self.names_bound_anywhere:
            return (
                f"'{name.scope}' is in scope only below the pattern that binds it, and not outside its `any` or `not`"
            )
        return did_you_mean(name.scope, [*bound, COMPANY, "params"], "bind it in an earlier pattern: KIND as NAME")


def with_scope(node: Expression, scope: str) -> Expression:
    """The same expression with `scope` added to the names that have none."""
    return replace_names(node, lambda name: name if name.scope else Name(scope, name.field, name.offset))
