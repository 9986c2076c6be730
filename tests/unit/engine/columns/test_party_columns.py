"""Companies named by other rows: their own row if they have one, otherwise a company about which nothing is known."""

from typing import Any

import numpy as np
import pytest

from screener.engine.columns.column_values import SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns, PartyColumns
from screener.profile.catalogue import Catalogue


@pytest.fixture
def parties(catalogue: Catalogue) -> PartyColumns:
    def part(ids: list[str], revenue: list[float], listed: list[Any], **more: Any) -> CompanyColumns:
        columns = {"revenue": np.array(revenue), "listed": np.array(listed, object), **more}
        sectors = ["software", *([None] * (len(ids) - 1))]
        return CompanyColumns.of(ids, sectors, columns, catalogue, ["USD"] * len(ids))

    return PartyColumns(
        [part(["a", "b"], [1.0, np.nan], [True, None]), part(["c", "a"], [3.0, 4.0], [False, True])], catalogue
    )


def test_each_row_has_the_company_that_it_names(parties: PartyColumns) -> None:
    found = parties.rows(SymbolColumn.of(["c", "a", None, "nowhere", "b"]))
    assert list(found.ids) == ["c", "a", None, None, "b"]
    revenue, listed = found.values["revenue", 0], found.values["listed", 0]
    assert revenue.claimed.tolist() == [True, True, False, False, False]  # type: ignore[union-attr]
    assert revenue.lo[:2].tolist() == revenue.hi[:2].tolist() == [3.0, 1.0]  # type: ignore[union-attr]
    assert words(listed) == [False, True, None, None, None]
    assert words(found.sectors) == ["software", "software", None, None, None]
    assert words(found.currencies) == ["USD", "USD", None, None, "USD"]


def test_of_an_id_that_stands_twice_the_first_row_counts(parties: PartyColumns) -> None:
    assert parties.rows(SymbolColumn.of(["a"])).values["revenue", 0].lo.tolist() == [1.0]  # type: ignore[union-attr]


def test_of_what_is_not_known_the_whole_domain_is_possible(parties: PartyColumns, catalogue: Catalogue) -> None:
    found = parties.rows(SymbolColumn.of([None, "a"]))
    revenue, domain = found.values["revenue", 0], catalogue.claimable["revenue"].bounds
    assert (revenue.lo[0], revenue.hi[0]) == (domain.lo, domain.hi)  # type: ignore[union-attr]


def test_columns_are_claims_with_an_end_for_each_finite_number(catalogue: Catalogue) -> None:
    """NaN and infinite numbers are no claims; a pair of columns gives the bounds of each claim."""
    columns = {
        "revenue": np.array([1.0, np.nan, np.inf]),
        "cash": (np.array([1.0, 2.0, -np.inf]), np.array([3.0, np.inf, np.nan])),
        "prior(revenue)": np.array([2.0, 2.0, np.nan]),
        "listed": np.array([True, None, False], object),
    }
    found = CompanyColumns.of(["a", "b", "c"], [None] * 3, columns, catalogue)
    revenue, cash, before = (found.values[key] for key in (("revenue", 0), ("cash", 0), ("revenue", 1)))
    assert revenue.claimed.tolist() == [True, False, False]  # type: ignore[union-attr]
    assert cash.claimed.tolist() == [True, True, False]  # type: ignore[union-attr]
    assert (cash.lo[:2].tolist(), cash.hi[:2].tolist()) == ([1.0, 2.0], [3.0, np.inf])  # type: ignore[union-attr]
    assert before.claimed.tolist() == [True, True, False]  # type: ignore[union-attr]
    assert words(found.values["listed", 0]) == [True, None, False]
    assert words(found.currencies) == [None, None, None]
    only = found.with_only({"cash"})
    assert set(only.values) == {("cash", 0)}
    assert list(only.ids) == ["a", "b", "c"]


def words(column: Any) -> list[Any]:
    return [column.words[code] if code >= 0 else None for code in column.codes]
