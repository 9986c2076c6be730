"""Lists of relations as columns: the first member of every company, the second, and so on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from screener.engine.columns.column_ops import COLUMNS
from screener.engine.columns.column_values import (
    FALSE,
    TRUE,
    BoolArray,
    IntervalColumn,
    NumberColumn,
    SymbolColumn,
    TruthColumn,
)
from screener.expression.backend import Lookup
from screener.expression.interval import Interval, Missing
from screener.expression.list_aggregates import aggregate
from screener.expression.syntax_tree import Call
from screener.profile.catalogue import Kind

FieldColumn: TypeAlias = "IntervalColumn | SymbolColumn"


class MemberSlot(NamedTuple):
    """The n-th member in each row. On rows with fewer members its fields have no meaning."""

    exists: BoolArray
    fields: Mapping[str, FieldColumn]


@dataclass(frozen=True, slots=True, eq=False)
class MemberColumns:
    """The members of one list of every company."""

    slots: tuple[MemberSlot, ...]
    may_have_more: TruthColumn  # UNKNOWN where there may be further members, FALSE where these are all
    others: Mapping[str, FieldColumn] = field(default_factory=dict)  # bounds of the fields of further members

    def aggregate(self, call: Call, kind: Kind, domain: Interval) -> NumberColumn:
        """Returns count, sum, max or min over the members; `domain` bounds the amount of a member."""
        complete = np.where(np.equal(self.may_have_more, FALSE), np.int8(TRUE), np.int8(FALSE))
        fields = {**_missing_fields(kind), **self.others}
        others: Lookup | None = (lambda name: fields.get(name.field)) if self.others else None
        return aggregate(COLUMNS, call, domain, self._members(kind), complete, others)

    def _members(self, kind: Kind) -> Iterator[tuple[TruthColumn, Lookup]]:
        for slot in self.slots:
            fields = {**_missing_fields(kind), **slot.fields}
            yield np.where(slot.exists, np.int8(TRUE), np.int8(FALSE)), lambda name, f=fields: f.get(name.field)  # type: ignore[misc]


def _missing_fields(kind: Kind) -> dict[str, Missing | None]:
    return {name: typed.missing for name, typed in kind.fields.items()}
