"""How far each comparison of a rule is from its threshold."""

from collections.abc import Iterator

from screener.engine.base import Match, lookup
from screener.expression.evaluate import number
from screener.expression.interval import LARGEST, Interval, Truth, compare
from screener.expression.parse import Compare, Expression, Name, children, names, show
from screener.facts.build import World
from screener.facts.derive import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.rulebook.compile import Program
from screener.rulebook.rule import Rule
from screener.text import Text
from screener.units import NUMERIC
from screener.verdict.describe import title_of
from screener.verdict.result import Distance

_FLIP = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
_WORDS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}
MOST = 20


def distances(
    rule: Rule, company: CompanyFacts, outcome: str, matches: tuple[Match, ...], program: Program, world: World
) -> tuple[Distance, ...]:
    """One a comparison; first that which would flip the outcome with the least change."""
    found: dict[tuple[str, str], Distance] = {}
    if matches:
        settings = [(m.alternative, m.binding) for m in matches[:MOST]]
    else:
        settings = [
            (i, b)
            for i in range(len(program.alternatives[rule.id]))
            for b in _bindings(rule, i, company, program, world)
        ]
    for index, binding in settings:
        for pattern in program.alternatives[rule.id][index].items:
            if pattern.negated or pattern.kind == FLAG or (pattern.kind != COMPANY and pattern.name not in binding):
                continue
            for atom in _comparisons(pattern.condition):
                distance = _distance(atom, rule, company, binding, program)
                if distance is not None:
                    key = (show(atom), distance.title.en)
                    if key not in found or _rank(distance, outcome) < _rank(found[key], outcome):
                        found[key] = distance
    return tuple(sorted(found.values(), key=lambda d: _rank(d, outcome)))


def _bindings(
    rule: Rule, index: int, company: CompanyFacts, program: Program, world: World
) -> Iterator[dict[str, Fact]]:
    """Nothing bound, and each fact alone that a pattern could look at."""
    yield {}
    for pattern in program.alternatives[rule.id][index].bound:
        if pattern.owner is None and pattern.kind != FLAG:
            for fact in world.base.of(company.id, pattern.kind)[:MOST]:
                if fact.certain:
                    yield {pattern.name: fact}


def _comparisons(node: Expression) -> Iterator[Compare]:
    if isinstance(node, Compare):
        yield node
        return
    for child in children(node):
        yield from _comparisons(child)


def _distance(
    atom: Compare, rule: Rule, company: CompanyFacts, binding: dict[str, Fact], program: Program
) -> Distance | None:
    left, right, op = atom.left, atom.right, atom.op
    if _is_threshold(left) and not _is_threshold(right):
        left, right, op = right, left, _FLIP[op]
    bound = {n.scope for n in (*names(left), *names(right))} - {COMPANY, "params"}
    if not bound <= binding.keys():
        return None
    look = lookup(rule, company, binding, program.catalogue)
    kinds = {name: fact.kind for name, fact in binding.items()}
    if isinstance(left, Name):
        title, unit = title_of(left, program, kinds)
        if unit not in NUMERIC:
            return None
    else:
        title, unit = _readable(left, program, kinds), "multiple"
    if isinstance(right, Name) and right.scope == COMPANY and program.catalogue.figures.get(right.field):
        unit = program.catalogue.figures[right.field].unit if unit == "number" else unit
    value, threshold = number(left, look), number(right, look)
    why = param = None
    if isinstance(right, Name) and right.scope == "params":
        why, param = rule.params[right.field].why, f"{rule.id}.{right.field}"
        unit = rule.params[right.field].unit if not isinstance(left, Name) else unit
    holds = compare(op, value, threshold)
    currency = company.subject.currency if unit == "money" else None
    return Distance(title, value, op, threshold, unit, currency, _relative(value, threshold), _WORDS[holds], why, param)


def _is_threshold(node: Expression) -> bool:
    return all(n.scope == "params" for n in names(node))


def _readable(node: Expression, program: Program, kinds: dict[str, str]) -> Text:
    """A formula with titles for names."""
    text = Text.of(show(node))
    for name in sorted(set(names(node)), key=lambda n: -len(str(n))):
        if name.scope != "params":
            title = title_of(name, program, kinds)[0]
            text = Text(text.en.replace(str(name), title.en), text.zh.replace(str(name), title.zh))
    return text


def _relative(value: Interval, threshold: Interval) -> float | None:
    """The gap between the two, relative to the threshold (absolute where that is 0); None where they may meet."""
    if value.is_open and threshold.is_open:
        return None
    above = value.lo > threshold.hi
    near = threshold.hi if above else threshold.lo
    gap = value.lo - threshold.hi if above else threshold.lo - value.hi
    if not gap < float("inf"):
        return None
    if gap < 0:
        return None if not (value.is_point and threshold.is_point) else 0.0
    return min(round(gap / abs(near) if near else gap, 6), LARGEST)


def _rank(distance: Distance, outcome: str) -> tuple[bool, bool, float, str]:
    """Of a fired rule the comparison that is easiest to flip; of a clear one the nearest that does not hold."""
    wanted = {"fired": "yes", "clear": "no", "unknown": "unknown"}.get(outcome)
    relative = distance.relative
    return (distance.holds != wanted, relative is None, relative or 0.0, distance.title.en)
