"""Facts on every row of a table: those that rules conclude, conflicts, and values that are probably mistakes."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from screener.engine.columns.column_ops import ColumnValue
from screener.engine.columns.column_values import FALSE, TRUE, IntervalColumn, SymbolColumn, TruthColumn, clip
from screener.engine.columns.company_rows import CompanyRows
from screener.engine.columns.slip_columns import find_slips
from screener.expression.interval import Interval
from screener.facts.changed_world import CONFLICT
from screener.facts.plausibility import SLIP
from screener.facts.world import UNNAMED
from screener.profile.catalogue import Catalogue, Kind

ROW = "row"  # the id that represents every company of the table


class FactColumn(NamedTuple):
    """A fact on every row, with whether it exists there. Facts that differ only in their id have the same `twin`."""

    id: str
    kind: str
    of: str
    fields: Mapping[str, ColumnValue]
    companies: Mapping[str, str]
    exists: TruthColumn
    twin: str


def conflict_columns(catalogue: Catalogue, rows: CompanyRows) -> Iterator[FactColumn]:
    """Yields conflicts: facts on the rows on which a stated metric differs from the result of its formula."""
    for name, gap, exists in rows.conflicts():
        at = f"{rows.id}.figures.{name}~0"
        yield fact_column(catalogue.kinds[CONFLICT], CONFLICT, rows.id, at, {"figure": name, "gap": gap}, exists)


def slip_fact_columns(catalogue: Catalogue, rows: CompanyRows) -> Iterator[FactColumn]:
    """Yields facts of stated values that are probably mistakes."""
    for i, (figure, what, exists) in enumerate(find_slips(rows.table, catalogue)):
        truth = np.where(exists, np.int8(TRUE), np.int8(FALSE))
        values: dict[str, ColumnValue] = {"figure": figure, "what": what}
        yield fact_column(catalogue.kinds[SLIP], SLIP, rows.id, f"{rows.id}.{SLIP}[{i}]", values, truth)


def fact_column(
    entry: Kind, kind: str, of: str, at: str, values: Mapping[str, ColumnValue], exists: TruthColumn
) -> FactColumn:
    """Returns a fact of a kind (its `entry` in the catalogue), with missing fields filled in as unknown."""
    fields: dict[str, ColumnValue] = {}
    companies: dict[str, str] = {}
    for name, typed in entry.fields.items():
        found = values.get(name)
        if isinstance(found, IntervalColumn | Interval):
            found = clip(found, typed.bounds)
        fields[name] = typed.missing if found is None else found
        if typed.unit == "company":  # a column of companies refers to the rows themselves
            companies[name] = found if isinstance(found, str) else ROW if isinstance(found, SymbolColumn) else UNNAMED
    return FactColumn(at, kind, of, fields, companies, exists, at)
