"""Printed balance sheets of quarterly reports: the column of the report's date is used, whatever the other columns."""

import pytest

from tests.unit.importers.printed_reports import imported, quarter, stated

DAY = "2004-09-30"


@pytest.mark.parametrize(
    "raw",
    [
        quarter(["", "September 30, 2004", "December 31, 2003"], (0, 1)),
        quarter(["", "2004", "2003"], (0, 1), over=("September 30,", "December 31,")),
        quarter(["", "2004", "2004"], (0, 1), over=("September 30,", "June 30,")),
        quarter(["", "September 30, 2004", "June 30, 2004"], (0, 1)),
        quarter(["", "September 30, 2004", "January 31, 2004", "September 30, 2003"], (0, 1, 1)),
        quarter(["", "December 31, 2003", "September 30, 2004"], (1, 0)),
        quarter(["", "June 30, 2004", "September 30, 2004"], (1, 0)),
        quarter(["", "X", "Y"], (0, 1), stacked=("September 30,", "2004", "June 30,", "2004")),
        quarter(["", "X", "Y"], (0, 1), stacked=("September 30, 2004", "December 31, 2003")),
    ],
    ids=[
        "days",
        "two rows",
        "one year",
        "days of one year",
        "three",
        "reversed",
        "one year reversed",
        "lines",
        "lines of days",
    ],
)
def test_the_column_of_the_day(raw: bytes) -> None:
    found = imported(raw)
    assert [stated(found, figure) for figure in ("total_assets", "cash", "equity")] == [
        {DAY: 12e6},
        {DAY: 1.2e6},
        {DAY: 6e6},
    ]
    assert found.document["currency"] == "USD"
    assert not {"revenue", "net_income"} & set(found.document["figures"])


@pytest.mark.parametrize(
    "raw",
    [
        quarter(["", "2004", "2004"], (0, 1)),
        quarter(["", "June 30, 2004", "December 31, 2003"], (0, 1)),
        quarter(["", "2005", "2004"], (0, 1)),
    ],
    ids=["which is not said", "another quarter", "a later year"],
)
def test_another_or_an_unknown_day_is_not_read(raw: bytes) -> None:
    found = imported(raw)
    assert "total_assets" not in found.document["figures"]
    assert any("no balance sheet was recognised" in remark for remark in found.remarks)


def test_a_closing_line_over_two_lines() -> None:
    raw = quarter(["", "September 30, 2004", "December 31, 2003"], (0, 1)).replace(
        b"<tr><td>Total liabilities and stockholders' equity",
        b"<tr><td>Total liabilities, redeemable convertible preferred stock, and</td></tr><tr><td>stockholders' equity (deficit)",
    )
    assert stated(imported(raw), "total_assets") == {DAY: 12e6}
