"""Defines metrics: named formulas over figures, other metrics and lists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.expression.checker import ExpressionType
from screener.expression.interval import Interval
from screener.expression.interval_ops import number
from screener.expression.syntax_tree import Call, Expression, Name, children, names_in
from screener.profile.catalogue import Catalogue, Figure, Worse
from screener.text import Text

LEVELS_OF_A_METRIC = 3  # levels of recursion that a metric adds to those of its formula


class Metric(NamedTuple):
    """A formula with its unit and title; `text` is its source."""

    name: str
    formula: Expression
    text: str
    unit: str
    title: Text
    reference: str | None = None
    currency: str | None = None  # currency of the amounts in the formula, where it matters
    valid: Expression | None = None  # condition under which the formula is meaningful; otherwise the value is unbounded
    worse: Worse | None = None  # which direction is worse, for a metric that is compared with peers
    plausible: tuple[float, float] | None = None  # usual range; a stated value outside of it may be a slip

    @property
    def type(self) -> ExpressionType:
        """The type in expressions."""
        return ExpressionType(self.unit)

    @property
    def as_figure(self) -> Figure:
        """The metric as a figure that a profile may state in place of the formula."""
        return Figure.model_validate(
            {"title": self.title, "unit": self.unit, "over": "any", "worse": self.worse, "plausible": self.plausible}
        )


def formula_inputs(node: Expression) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the names of figures and metrics, and the lists, that a formula uses, each once. Cached with the formula."""
    try:
        return node._inputs
    except AttributeError:
        own: list[str] = []
        lists: list[str] = []
        _collect(node, own, lists)
        found = tuple(dict.fromkeys(own)), tuple(dict.fromkeys(lists))
        object.__setattr__(node, "_inputs", found)
        return found


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


def value_inputs(node: Expression) -> tuple[str, ...]:
    """Returns the figures and metrics that affect a formula's value. Cached with the formula.

    Names inside `one_if` are left out, since its value is 0 or 1 whatever they are.
    """
    try:
        return node._value_inputs
    except AttributeError:
        if isinstance(node, Call) and node.function == "one_if":
            found: tuple[str, ...] = ()
        elif isinstance(node, Name) or (isinstance(node, Call) and node.function == "count"):
            found = formula_inputs(node)[0]
        else:
            found = tuple(dict.fromkeys(name for child in children(node) for name in value_inputs(child)))
        object.__setattr__(node, "_value_inputs", found)
        return found


def metric_inputs(metric: Metric) -> list[str]:
    """Returns the figures and metrics that a metric's formula and validity condition use."""
    read = formula_inputs(metric.formula)[0]
    if metric.valid is not None:
        read += formula_inputs(metric.valid)[0]
    return list(dict.fromkeys(read))


def find_cycle(metrics: Mapping[str, Metric]) -> list[str] | None:
    """Returns a cycle of metrics that use each other; None if there is none."""
    return dependency_order(metrics)[1]


def nesting_levels(metrics: Mapping[str, Metric]) -> dict[str, int]:
    """Returns how deeply the evaluation of each metric is nested, through the metrics that it uses.

    There must be no cycle.
    """
    levels: dict[str, int] = {}
    for name in dependency_order(metrics)[0]:
        formula = metrics[name].formula
        below = max((levels.get(read, 0) for read in metric_inputs(metrics[name])), default=0)
        valid = metrics[name].valid
        levels[name] = below + max(_depth(formula), _depth(valid) if valid else 0) + LEVELS_OF_A_METRIC
    return levels


def _depth(node: Expression) -> int:
    return 1 + max(map(_depth, children(node)), default=0)


def dependency_order(metrics: Mapping[str, Metric]) -> tuple[list[str], list[str] | None]:
    """Returns the metrics with inputs first, and a chain that closes a cycle (None without one).

    It is not recursive, since chains may be long.
    """
    order: dict[str, None] = {}
    for start in metrics:
        path: list[tuple[str, Iterator[str]]] = [(start, _metrics_read(start, metrics))]
        on_path = {start}
        while path:
            name, unread = path[-1]
            below = next((read for read in unread if read not in order), None)
            if below is None:
                path.pop()
                on_path.discard(name)
                order[name] = None
            elif below in on_path:
                names = [name for name, _ in path]
                return list(order), [*names[names.index(below) :], below]
            else:
                path.append((below, _metrics_read(below, metrics)))
                on_path.add(below)
    return list(order), None


def _metrics_read(name: str, metrics: Mapping[str, Metric]) -> Iterator[str]:
    return (read for read in metric_inputs(metrics[name]) if read in metrics)


def closure(wanted: Iterable[str], metrics: Mapping[str, Metric]) -> list[str]:
    """Returns the wanted names and all inputs of their formulas, each once; inputs come after the metrics that use them."""
    found: dict[str, None] = {}
    queue = list(wanted)
    while queue:
        name = queue.pop(0)
        if name not in found:
            found[name] = None
            if name in metrics:
                queue.extend(metric_inputs(metrics[name]))
    return list(found)


class RestingMetrics:
    """Finds the metrics that depend on a figure through their formulas and conditions."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._found: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, metrics: Mapping[str, Metric]) -> "RestingMetrics":
        """Returns the instance for a set of metrics; the latest one is cached."""
        global _latest
        latest = _latest  # a local copy, since another thread may replace it
        if latest is None or latest._metrics is not metrics:
            _latest = latest = cls(metrics)
        return latest

    def on(self, figure: str) -> frozenset[str]:
        """Returns the figure itself and all metrics that depend on it, directly or indirectly."""
        if figure not in self._found:
            names = (name for name in self._metrics if figure in closure([name], self._metrics))
            self._found[figure] = frozenset((figure, *names))
        return self._found[figure]


_latest: RestingMetrics | None = None


def with_domain(names: Iterable[str], metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Returns those names whose metric, or a metric in its formula, is valid only under a condition."""
    valid = frozenset(name for name, metric in metrics.items() if metric.valid is not None)
    return tuple(name for name in dict.fromkeys(names) if valid and not valid.isdisjoint(_resting_on(name, metrics)))


def _resting_on(name: str, metrics: Mapping[str, Metric]) -> set[str]:
    """Returns a figure or metric and everything on which its value depends."""
    found, queue = set[str](), [name]
    while queue:
        if (name := queue.pop()) not in found:
            found.add(name)
            queue.extend(value_inputs(metrics[name].formula) if name in metrics else ())
    return found


def is_money(node: Expression, catalogue: Catalogue, metrics: Mapping[str, Metric]) -> bool:
    """Whether a name in a formula, `prior(name)`, or a sum, max or min over a list is an amount of money."""
    match node:
        case Call("prior", (Name() as name,)):
            return is_money(name, catalogue, metrics)
        case Call("sum" | "max" | "min", (Name() as name, *_)):
            return is_money(name, catalogue, metrics)
        case Name("", field):
            entry = metrics.get(field) or catalogue.figures.get(field)
            return entry is not None and entry.unit == "money"
        case Name(list_name, field):
            return catalogue.kinds[catalogue.all_lists[list_name]].fields[field].unit == "money"
    return False


def aggregated_list(call: Call, catalogue: Catalogue) -> tuple[str, Interval]:
    """Returns the kind of member that a sum, count, max or min covers, and the possible values of one member's amount."""
    first = names_in(call)[0]
    if call.function == "count":
        return catalogue.all_lists[first.field], Interval.point(1.0)
    kind = catalogue.all_lists[first.scope]
    fields = catalogue.kinds[kind].fields
    return kind, number(call.arguments[0], lambda name: fields[name.field].bounds)
