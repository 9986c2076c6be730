"""Debt by year of maturity, from notes whose names contain the year."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.importers.reports import END, Report, annual, profile

AXIS = "us-gaap__DebtInstrumentAxis"


def with_notes(*notes: tuple[str, float], debt: float = 1500) -> Report:
    report = annual().fact("LongTermDebtNoncurrent", debt, END).fact("DebtCurrent", 0, END)
    for name, amount in notes:
        report.fact("DebtInstrumentCarryingAmount", amount, END, dimensions={AXIS: f"acme:{name}Member"})
    return report


def maturities(tmp_path: Path, report: Report) -> Any:
    found = profile(tmp_path, report.render()).document.get("maturities")
    return found and [(m["what"], m["due"], m["amount"]["value"]) for m in found]


def test_notes_that_are_all_debt_are_listed_by_year(tmp_path: Path) -> None:
    report = with_notes(("A2029Notes", 1000), ("SeniorNotesDueMarch2026", 510), ("A2024Notes", 0))
    assert maturities(tmp_path, report) == [("Senior Notes Due March2026", "2026", 510), ("2029 Notes", "2029", 1000)]


@pytest.mark.parametrize(
    "notes",
    [
        [("A2029Notes", 1000)],  # a third of the debt is missing
        [("A2029Notes", 1000), ("TermLoan", 500)],  # of which the year is not known
        [("A2029Notes", 1000), ("SeniorNotesDue2026", 500), ("SeniorNotes", 1500)],  # a sum beside its parts
        [("A2029Notes", 1000), ("BondsDue2035To2040", 500)],  # a span of years
        [("A2019SeniorNotesIssued2019", 1500)],  # a year that is over
    ],
)
def test_notes_that_may_not_be_all_debt_are_left_out(tmp_path: Path, notes: list[tuple[str, float]]) -> None:
    assert maturities(tmp_path, with_notes(*notes)) is None


def test_a_year_of_issue_is_no_due_year(tmp_path: Path) -> None:
    report = with_notes(("A2017SeniorNotesDueDecember2047", 1500))
    assert maturities(tmp_path, report) == [("2017 Senior Notes Due December2047", "2047", 1500)]
