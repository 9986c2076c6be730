"""Metrics: named formulas over figures, other metrics and lists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.expression.checker import ExpressionType
from screener.expression.interval import Interval
from screener.expression.interval_ops import number
from screener.expression.syntax_tree import Call, Expression, Name, children, names_in
from screener.profile.catalogue import Catalogue, Figure, Worse
from screener.text import Text

LEVELS_OF_A_METRIC = 3  # what evaluating a metric adds to the levels of its formula


class Metric(NamedTuple):
    """A formula with its unit and title; `text` is the formula as it was written."""

    name: str
    formula: Expression
    text: str
    unit: str
    title: Text
    reference: str | None = None
    currency: str | None = None  # of the amounts that the formula takes, where that matters
    valid: Expression | None = (
        None  # the condition under which the formula means something; elsewhere it gives any number
    )
    worse: Worse | None = None  # which value is the worse one, of a metric that is compared with peers
    plausible: tuple[float, float] | None = None  # its usual values, beyond which a stated one may be a slip

    @property
    def type(self) -> ExpressionType:
        """Its type in expressions."""
        return ExpressionType(self.unit)

    @property
    def as_figure(self) -> Figure:
        """What a profile may state in place of the formula."""
        return Figure.model_validate(
            {"title": self.title, "unit": self.unit, "over": "any", "worse": self.worse, "plausible": self.plausible}
        )


def formula_inputs(node: Expression) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The figures and metrics, and the lists, that a formula reads, each once; kept with the formula."""
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
    """The figures and metrics on which the value of a formula rests; not those in one_if, which is 0 or 1 whatever they are.

    They are kept with the formula.
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
    """The figures and metrics that the formula of a metric and its condition read."""
    read = formula_inputs(metric.formula)[0]
    if metric.valid is not None:
        read += formula_inputs(metric.valid)[0]
    return list(dict.fromkeys(read))


def find_cycle(metrics: Mapping[str, Metric]) -> list[str] | None:
    """A cycle of metrics that use each other, if there is one."""
    return dependency_order(metrics)[1]


def nesting_levels(metrics: Mapping[str, Metric]) -> dict[str, int]:
    """How deeply nested the evaluation of each metric is, through the metrics that it reads. There must be no circle."""
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
    """The metrics, those first that others read; or a chain that closes a circle. Without recursion: chains may be long."""
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
    """The wanted names and all that their formulas read, each once, inputs after what reads them."""
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
    """Finds the metrics that depend on a figure, through their formulas and conditions."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._found: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, metrics: Mapping[str, Metric]) -> "RestingMetrics":
        """That of a set of metrics; the one that was made last is kept."""
        global _latest
        latest = _latest  # which another thread may replace
        if latest is None or latest._metrics is not metrics:
            _latest = latest = cls(metrics)
        return latest

    def on(self, figure: str) -> frozenset[str]:
        """The figure itself and the metrics that depend on it, directly or through others."""
        if figure not in self._found:
            names = (name for name in self._metrics if figure in closure([name], self._metrics))
            self._found[figure] = frozenset((figure, *names))
        return self._found[figure]


_latest: RestingMetrics | None = None


def with_domain(names: Iterable[str], metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """Those of some metrics that are valid under a condition only, by themselves or through a metric in their formula."""
    valid = frozenset(name for name, metric in metrics.items() if metric.valid is not None)
    return tuple(name for name in dict.fromkeys(names) if valid and not valid.isdisjoint(_resting_on(name, metrics)))


def _resting_on(name: str, metrics: Mapping[str, Metric]) -> set[str]:
    """A figure or metric with those on which its value depends."""
    found, queue = set[str](), [name]
    while queue:
        if (name := queue.pop()) not in found:
            found.add(name)
            queue.extend(value_inputs(metrics[name].formula) if name in metrics else ())
    return found


def is_money(node: Expression, catalogue: Catalogue, metrics: Mapping[str, Metric]) -> bool:
    """Whether a name in a formula, prior(name), or a sum, max or min over a list is an amount of money."""
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
    """The kind of the members that a sum, count, max or min runs over, and all that the amount of a member may be."""
    first = names_in(call)[0]
    if call.function == "count":
        return catalogue.all_lists[first.field], Interval.point(1.0)
    kind = catalogue.all_lists[first.scope]
    fields = catalogue.kinds[kind].fields
    return kind, number(call.arguments[0], lambda name: fields[name.field].bounds)
