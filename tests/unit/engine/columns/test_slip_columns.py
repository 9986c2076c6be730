"""Probable slips on columns are those of the single companies."""

import math

import numpy as np
import pytest

from screener.engine.columns.column_values import SymbolColumn, numpy_warnings_off
from screener.engine.columns.company_columns import CompanyColumns
from screener.engine.columns.slip_columns import find_slips
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.conftest import ReadProfile

YEARS = [
    (5e9, 4.4e6), (5e9, 4e8), (4.4e3, 5e9), (-5e9, -4.4e6), (-5e9, 4.4e6), (5e9, -4.4e6), (0.0, 5e9), (5e9, 0.0), (0.0, -5e9),
    (500.0, 0.5), (-500.0, 0.5), (2400e9, 1e9), (2600e9, 1e9), (1e9, math.nan), (math.nan, 1e9), (3e3, 1.0), (390.0, 1.0),
]
"""A value and that of the year before; NaN: not stated."""


@pytest.mark.parametrize(
    ("figure", "rows"),
    [
        ("net_income", YEARS),
        ("employees", [(81000, 90), (81000, 80000), (90, 81000), (0, 90)]),
        (
            "net_revenue_retention",
            [(95, math.nan), (-12, math.nan), (0.95, math.nan), (1.1, 95), (-95, 1.1), (math.nan, 95)],
        ),
    ],
)
def test_each_row_has_the_slips_of_its_company(
    book: Rulebook, read: ReadProfile, figure: str, rows: list[tuple[float, float]]
) -> None:
    now, before = (np.array(values, float) for values in zip(*rows, strict=True))
    bounds = book.catalogue.figures[figure].bounds
    columns = {
        name: np.where((c < bounds.lo) | (c > bounds.hi), np.nan, c)
        for name, c in ((figure, now), (f"prior({figure})", before))
    }
    table = CompanyColumns.of([f"c{i}" for i in range(len(rows))], [None] * len(rows), columns, book.catalogue)
    found: list[set[str]] = [set() for _ in rows]
    with numpy_warnings_off():
        for slip in find_slips(table, book.catalogue):
            assert slip.figure == figure
            for row in np.flatnonzero(slip.exists):
                found[row].add(slip.what)
    screener = Screener(book)
    for row, own in enumerate(found):
        stated = [
            (float(c[row]), f"FY{2025 - back}") for back, c in enumerate(columns.values()) if not np.isnan(c[row])
        ]
        if not stated or np.isnan(columns[figure][row]):
            continue  # a claim of last year is the latest in a profile without others
        world = screener.world(read(figures={figure: [{"value": value, "period": period} for value, period in stated]}))
        assert {str(fact.fields["what"]) for fact in world.base.of("main", "slip")} == own, rows[row]


def test_an_amount_far_beyond_the_size_of_the_company_is_one_only_of_money(book: Rulebook) -> None:
    """Numbers of employees, shares and years are not amounts, and are not compared with the revenue."""
    columns = {
        "revenue": np.array([33.8, 33.8, 5e9]),
        "total_debt": np.array([np.nan, 6.5e9, 6.5e9]),
        "employees": np.array([1e6] * 3),
    }
    table = CompanyColumns.of(["a", "b", "c"], [None] * 3, columns, book.catalogue)
    with numpy_warnings_off():
        (found,) = find_slips(table, book.catalogue)
    assert (found.what, found.exists.tolist()) == ("amounts", [False, True, False])
    assert isinstance(found.figure, SymbolColumn)
    assert found.figure.words == ("revenue", "total_debt")
