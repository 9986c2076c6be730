"""Lists of relations as columns: the first member of every company, the second, and so on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from screener.engine.columns.column_formula import Value, number, truth
from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    UNKNOWN,
    BoolArray,
    FloatArray,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
    add,
)
from screener.expression.interval import INF, Interval
from screener.expression.syntax_tree import Bool, Call, Name
from screener.profile.catalogue import Kind

FieldColumn: TypeAlias = "IntervalColumn | SymbolColumn"


class MemberSlot(NamedTuple):
    """One member a row, on the rows that have so many: elsewhere its fields say nothing."""

    held: BoolArray
    fields: Mapping[str, FieldColumn]


@dataclass(frozen=True, slots=True, eq=False)
class MemberColumns:
    """The members of one list of every company."""

    places: tuple[MemberSlot, ...]
    more: TruthColumn  # UNKNOWN where there may be further ones, FALSE where these are all

    def aggregate(self, call: Call, kind: Kind, rows: int) -> IntervalColumn:
        """count, sum, max or min over them, as `screener.facts.company` has it for one company."""
        counts = call.function == "count"
        condition = call.arguments[1] if len(call.arguments) == 2 else Bool(True)
        domain = Interval.point(0.0)
        if not counts:
            found = number(call.arguments[0], lambda name: kind.fields[name.field].bounds)
            assert isinstance(found, Interval)
            domain = found
        members = []
        for place in self.places:

            def look(name: Name, place: MemberSlot = place) -> Value:
                return place.fields.get(name.field, kind.fields[name.field].missing)

            holds = np.where(place.held, truth(condition, look), np.int8(FALSE))
            members.append((holds, domain if counts else number(call.arguments[0], look)))
        complete = np.broadcast_to(np.equal(self.more, FALSE), (rows,))
        return _combine(call.function, members, domain, complete, rows)


def _combine(
    function: str, members: Iterable[tuple[TruthColumn, NumberColumn]], domain: Interval, complete: BoolArray, rows: int
) -> IntervalColumn:
    """Over members of which some may not count and, where the list is not complete, more may follow."""
    if function == "count":
        least, most = np.zeros(rows), np.zeros(rows)
        for holds, _ in members:
            least += np.equal(holds, TRUE)
            most += np.not_equal(holds, FALSE)
        return IntervalColumn(least, np.where(complete, most, INF))
    if function == "sum":
        total: NumberColumn = IntervalColumn(np.zeros(rows), np.zeros(rows))
        for holds, value in members:
            sure, maybe = np.equal(holds, TRUE), np.equal(holds, UNKNOWN)
            low = np.where(sure, value.lo, np.where(maybe, np.minimum(value.lo, 0.0), 0.0))
            high = np.where(sure, value.hi, np.where(maybe, np.maximum(value.hi, 0.0), 0.0))
            total = add(total, IntervalColumn(low, high))
        return IntervalColumn(np.where(complete, total.lo, -INF) if domain.lo < 0 else np.asarray(total.lo),
                      np.where(complete, total.hi, INF) if domain.hi > 0 else np.asarray(total.hi))  # fmt: skip
    largest = function == "max"
    extreme, floor = (np.maximum, -INF) if largest else (np.minimum, INF)
    sure_end: FloatArray = np.full(rows, floor)
    any_end: FloatArray = np.full(rows, floor)
    held = np.zeros(rows, np.bool_)
    for holds, value in members:
        sure, maybe = np.equal(holds, TRUE), np.not_equal(holds, FALSE)
        near, far = (value.lo, value.hi) if largest else (value.hi, value.lo)
        sure_end = np.where(sure, extreme(sure_end, near), sure_end)
        any_end = np.where(maybe, extreme(any_end, far), any_end)
        held |= sure
    any_end = np.where(complete, any_end, domain.hi if largest else domain.lo)
    low, high = (sure_end, any_end) if largest else (any_end, sure_end)
    return IntervalColumn(np.where(held, low, domain.lo), np.where(held, high, domain.hi), ~held)
