"""Metrics: named formulas over figures, other metrics and lists."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.expression.checker import ExpressionType
from screener.expression.interval import Interval
from screener.expression.interval_ops import number
from screener.expression.syntax_tree import Call, Expression, Name, children, names_in
from screener.profile.catalogue import Catalogue
from screener.text import Text


class Metric(NamedTuple):
    """A formula with its unit and title; `text` is the formula as it was written."""

    name: str
    formula: Expression
    text: str
    unit: str
    title: Text
    reference: str | None = None

    @property
    def type(self) -> ExpressionType:
        """Its type in expressions."""
        return ExpressionType(self.unit)


def formula_inputs(node: Expression) -> tuple[list[str], list[str]]:
    """The figures and metrics, and the lists, that a formula reads."""
    own: list[str] = []
    lists: list[str] = []
    _collect(node, own, lists)
    return list(dict.fromkeys(own)), list(dict.fromkeys(lists))


def _collect(node: Expression, own: list[str], lists: list[str]) -> None:
    match node:
        case Call("count", (Name(_, field), *rest)):
            lists.append(field)
            lists.extend(n.scope for r in rest for n in names_in(r) if n.scope)
        case Name(scope, field):
            (lists if scope else own).append(scope or field)
        case _:
            for child in children(node):
                _collect(child, own, lists)


def find_cycle(metrics: Mapping[str, Metric]) -> list[str] | None:
    """A chain of metrics that read each other in a circle, if there is one."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done or name not in metrics:
            return None
        for below in formula_inputs(metrics[name].formula)[0]:
            if found := visit(below, [*path, name]):
                return found
        done.add(name)
        return None

    return next((found for name in metrics if (found := visit(name, []))), None)


def closure(wanted: Iterable[str], metrics: Mapping[str, Metric]) -> list[str]:
    """The wanted names and all that their formulas read, each once, inputs after what reads them."""
    found: dict[str, None] = {}
    queue = list(wanted)
    while queue:
        name = queue.pop(0)
        if name not in found:
            found[name] = None
            if name in metrics:
                queue.extend(formula_inputs(metrics[name].formula)[0])
    return list(found)


def aggregated_list(call: Call, catalogue: Catalogue) -> tuple[str, Interval]:
    """The kind of the members that a sum, count, max or min runs over, and all that the amount of a member may be."""
    first = names_in(call)[0]
    if call.function == "count":
        return catalogue.all_lists[first.field], Interval.point(1.0)
    kind = catalogue.all_lists[first.scope]
    fields = catalogue.kinds[kind].fields
    return kind, number(call.arguments[0], lambda name: fields[name.field].bounds)
