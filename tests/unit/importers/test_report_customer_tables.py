"""Customers with their shares of revenue from printed tables."""

from datetime import date

import pytest

from screener.importers.filing.customer_tables import table_customers
from screener.importers.filing.text_blocks import TextBlock

END = date(2024, 12, 31)
LEAD = "The following table sets forth customers that represented 10% or more of our total revenue:"
YEARS = "Year ended December 31, | 2024 | 2023"


def found(*texts: str, lead: str = LEAD) -> list[tuple[str, float]]:
    blocks = [TextBlock(lead), *(TextBlock(text, is_table="|" in text) for text in texts)]
    return [(c.name or c.label, c.share) for c in table_customers(blocks, END)]


def test_the_column_of_the_year_is_read() -> None:
    assert found(YEARS, "Customer A | 21% | 14%", "Bolt Inc. | 13 | % | * | %") == [
        ("Customer A", 0.21),
        ("Bolt Inc.", 0.13),
    ]
    assert found("2023 | 2024", "Customer A | 21% | 14%") == [("Customer A", 0.14)]


def test_what_is_below_a_tenth_or_not_stated_is_left_out() -> None:
    assert (
        found(YEARS, "Customer A | * | 14%", "Customer B | 9% | 14%", "Customer C | <10% | 14%", "Total | 40% | 42%")
        == []
    )


@pytest.mark.parametrize(
    "lead",
    [
        "The following table sets forth customers of 10% or more of accounts receivable and revenue:",
        "The following table sets forth revenue by geographic region of our customers as a percentage:",
        "The following table sets forth revenue by segment and type of customer as a percentage:",
    ],
)
def test_other_tables_are_not_read(lead: str) -> None:
    assert found(YEARS, "Customer A | 21% | 14%", lead=lead) == []


def test_a_table_ends_where_another_begins() -> None:
    assert found(YEARS, "Customer A | 21% | 14%", "Accounts receivable:", "Customer B | 30% | 20%") == [
        ("Customer A", 0.21)
    ]
    assert found(YEARS, "Customer A | 21% | 14%", YEARS, "Customer B | 30% | 20%") == [("Customer A", 0.21)]


@pytest.mark.parametrize(
    "row", ["Customer A | $21 | $14", "Customer A | 21%", "Subscriptions | 60% | 50%", "Americas | 60% | 50%"]
)
def test_rows_that_are_no_customer(row: str) -> None:
    assert found(YEARS, row) == []
