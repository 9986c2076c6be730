"""Debt reconciled from all its tags: one line under two names, parts and totals, bounds if lines may be nested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.importers.sec.debt import reconcile_debt
from screener.importers.sec.debt_lines import distinct
from screener.importers.sec.tags import read_tags

LINES = read_tags().debt
TAGS = sorted(LINES.names)


def debt(with_notes: bool = True, **stated: float) -> tuple[float, float] | None:
    """Returns the bounds of debt from us-gaap tags."""
    found = reconcile_debt({f"us-gaap:{tag}": v for tag, v in stated.items()}, LINES, with_notes).total
    return None if found is None else (found.low, found.high)


def test_one_line_under_two_names_counts_once() -> None:
    """As for Marvell: notes due within a year are also short-term borrowings."""
    assert debt(LongTermDebtNoncurrent=3_970.8, LongTermDebtCurrent=499.8, ShortTermBorrowings=499.8) == (4_470.6,) * 2
    found = reconcile_debt({"us-gaap:LongTermDebtCurrent": 5.0, "us-gaap:ShortTermBorrowings": 5.0}, LINES, True)
    assert found.current is not None
    assert (found.current.low, found.current.high) == (5.0, 5.0)


def test_lines_with_leases_and_without_make_a_range() -> None:
    """As for Tesla: the balance sheet includes finance leases, the notes do not."""
    low, high = debt(LongTermDebtAndCapitalLeaseObligations=5_757, LongTermDebtAndCapitalLeaseObligationsCurrent=2_456,
                     LongTermDebtNoncurrent=5_535, LongTermDebtCurrent=2_343) or (0, 0)
    assert (low, high) == (7_878, 8_213)


def test_a_line_under_a_tag_of_its_own_raises_the_upper_bound() -> None:
    """As for Coca-Cola: loans and notes payable under the company's own tag."""
    stated = {
        "ko:LoansAndNotesPayable": 6_749.0,
        "us-gaap:LongTermDebtCurrent": 51.0,
        "us-gaap:LongTermDebtNoncurrent": 5_059.0,
    }
    found = reconcile_debt(stated, LINES, with_notes=False)
    assert found.total is not None
    assert (found.total.low, found.total.high) == (5_110, 11_859)


def test_notes_beside_long_term_debt() -> None:
    """As for Allergan: convertible notes on a separate line beside long-term debt, and notes payable within a year."""
    lines = {"LongTermDebtNoncurrent": 874.0, "ConvertibleDebtNoncurrent": 617.3, "NotesPayableCurrent": 18.1}
    low, high = debt(with_notes=False, **lines) or (0.0, 0.0)
    assert 874.0 + 18.1 <= low <= 1_509.4 * (1 + 1e-9)
    assert high >= 1_509.4 * (1 - 1e-9)
    whole = {"LongTermDebtNoncurrent": 874.0, "ConvertibleDebtNoncurrent": 617.3, "LongTermDebtCurrent": 18.1}
    assert debt(with_notes=False, **whole, LongTermDebt=1_509.4) == pytest.approx((1_509.4, 1_509.4))


def test_a_total_that_holds_what_is_due_is_not_added_to_it() -> None:
    assert debt(LongTermDebt=100, LongTermDebtNoncurrent=90, LongTermDebtCurrent=10) == (100, 100)
    assert debt(LongTermDebt=100, LongTermDebtCurrent=10) == (100, 110)  # it may also be the line after a year


def test_loans_and_what_is_due_are_two_lines_beside_their_total() -> None:
    lines = {"LongTermDebtNoncurrent": 70, "LongTermDebtCurrent": 5, "ShortTermBorrowings": 3}
    assert debt(**lines) == (78, 78)
    assert debt(**lines, DebtCurrent=8) == (78, 78)


def test_parts_of_long_term_debt_that_no_total_names_are_added() -> None:
    assert debt(SeniorLongTermNotes=40, ConvertibleDebtNoncurrent=30, LongTermLoansPayable=5) == (75, 75)
    assert debt(SeniorLongTermNotes=40, ConvertibleDebtNoncurrent=30, LongTermNotesPayable=70) == (70, 70)


def test_lines_of_which_the_name_does_not_say_when_they_are_due_are_a_range() -> None:
    assert debt(SeniorNotes=60, LineOfCredit=20) == (60, 80)
    assert debt(LongTermDebtNoncurrent=100, SeniorNotes=60) == (100, 160)


def test_a_total_of_the_notes_before_discounts_is_no_further_debt() -> None:
    lines = {"LongTermDebtNoncurrent": 100, "LongTermDebtCurrent": 10, "NotesPayable": 113}
    assert debt(with_notes=True, **lines) == (110, 110)
    assert debt(with_notes=False, **lines) == (110, 223)  # where notes are not tagged it is a line


def test_leases_that_no_line_holds_raise_the_upper_bound() -> None:
    assert debt(LongTermDebtNoncurrent=100, FinanceLeaseLiabilityNoncurrent=30) == (100, 130)
    assert debt(LongTermDebtAndCapitalLeaseObligations=100, FinanceLeaseLiabilityNoncurrent=30) == (100, 100)


def test_nothing_stated_is_nothing_known() -> None:
    assert debt() is None


@given(st.dictionaries(st.sampled_from(TAGS), st.floats(0, 1e12), max_size=12), st.booleans())
def test_bounds_are_in_order_and_never_above_all_that_is_stated(stated: dict[str, float], notes: bool) -> None:
    found = reconcile_debt(stated, LINES, notes)
    if found.total is not None:
        assert -1e-3 <= found.total.low <= found.total.high * (1 + 1e-9)
        assert found.total.high <= 2.1 * sum(stated.values()) + 1e-3


@given(st.dictionaries(st.sampled_from(TAGS), st.floats(0, 1e12), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(stated: dict[str, float], chance: object) -> None:
    other = list(stated.items())
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert reconcile_debt(stated, LINES, True) == reconcile_debt(dict(other), LINES, True)


@pytest.mark.parametrize(("stated", "kept"), [
    ({"a": 5, "b": 5}, {"a": 5}), ({"a": 2, "b": 3, "c": 5}, {"c": 5}), ({"a": 0, "b": -1}, {}), ({"a": 2, "b": 3}, {"a": 2, "b": 3}),
])
def test_equal_and_nested_amounts_count_once(stated: dict[str, float], kept: dict[str, float]) -> None:
    assert distinct(stated) == kept
