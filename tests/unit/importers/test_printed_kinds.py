"""Variants of printed statements: units, currencies, notations of numbers, columns and labels."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from screener.importers.filing.money_words import MoneyWords
from screener.importers.filing.printed_columns import years_of_columns
from screener.importers.filing.printed_table import printed_tables
from screener.importers.filing.report_document import report_from_bytes
from screener.importers.filing.statement_rules import read_statement_table
from screener.importers.filing.text_blocks import TextBlock
from tests.unit.importers.printed_reports import (
    BALANCE,
    DAYS,
    INCOME,
    YEARS,
    amount,
    expected,
    imported,
    page,
    stated,
    statement,
    statements,
    table,
)

DOLLARS = "(In thousands, except per share data)"


def check(raw: bytes, times: float, currency: str | None, **more: object) -> None:
    found = imported(raw)
    wanted = expected(times, **more)  # type: ignore[arg-type]
    assert {figure: stated(found, figure) for figure in wanted} == wanted, found.remarks
    assert found.document.get("currency") == currency


@pytest.mark.parametrize("form", ["10-K", "10-K405", "10-KSB"])
def test_forms_of_annual_reports(form: str) -> None:
    check(page(statements(), form=form), 1e3, "USD")


@pytest.mark.parametrize(
    ("unit", "times", "currency"),
    [
        ("(in thousands of euros)", 1e3, "EUR"),
        ("(EUR thousand)", 1e3, "EUR"),
        ("€’000", 1e3, "EUR"),
        ("€ million", 1e6, "EUR"),
        ("(in € m)", 1e6, "EUR"),
        ("£m", 1e6, "GBP"),
        ("(£ millions)", 1e6, "GBP"),
        ("(Amounts in millions of Renminbi)", 1e6, "CNY"),
        ("RMB’000", 1e3, "CNY"),
        ("(Millions of yen)", 1e6, "JPY"),
        ("(Yen in millions)", 1e6, "JPY"),
        ("(¥ in millions)", 1e6, "JPY"),
        ("(Rs. in crore)", 1e7, "INR"),
        ("(All amounts in Indian rupees lakhs)", 1e5, "INR"),
        ("(In thousands of New Taiwan dollars)", 1e3, "TWD"),
        ("(in millions of Korean won)", 1e6, "KRW"),
        ("(in millions of Canadian dollars)", 1e6, "CAD"),
        ("(US$ million)", 1e6, "USD"),
        ("(in US$’000)", 1e3, "USD"),
    ],
)
def test_units_and_currencies_of_titles(unit: str, times: float, currency: str) -> None:
    check(page(statements(unit), form="20-F"), times, currency)


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        ("(Dollars in thousands)", 1e3),
        ("(Thousands)", 1e3),
        ("(000's omitted)", 1e3),
        ("($000s)", 1e3),
        ("$ in Millions", 1e6),
        ("", 1),
    ],
)
def test_units_of_domestic_reports(unit: str, times: float) -> None:
    check(page(statements(unit)), times, "USD")


@pytest.mark.parametrize("group", [",", "\u2009", "\u202f", "\u00a0", " ", "’"])
def test_groups_of_digits(group: str) -> None:
    raw = page(statements("(in thousands of euros)", printed=lambda value: amount(value, group)), form="20-F")
    check(raw, 1e3, "EUR")


@pytest.mark.parametrize(
    "printed",
    [
        lambda value: amount(value, minus="-"),
        lambda value: amount(value, minus="−"),
        lambda value: amount(value) if value >= 0 else f"({abs(value):,}</td><td>)",
        lambda value: f"$</td><td>{amount(value)}",
        lambda value: f"&nbsp;</td><td>$&nbsp;{amount(value)}&nbsp;",
    ],
    ids=["minus", "true minus", "brackets over two cells", "dollar in its own cell", "no-break spaces"],
)
def test_signs_of_amounts(printed: object) -> None:
    check(page(statements(printed=printed)), 1e3, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "years",
    [
        ("2003", "2002<br>(as restated)", "2001 (Restated)"),
        ("2003", "2002 As Restated", "2001 As Restated"),
        ("Dec. 31, 2003", "Dec. 31, 2002", "Dec. 31, 2001"),
        ("12/31/2003", "12/31/2002", "12/31/2001"),
        ("31 December 2003", "31 December 2002", "31 December 2001"),
    ],
)
def test_headers_of_years(years: tuple[str, ...]) -> None:
    check(page(statements(years=years)), 1e3, "USD")


def test_years_of_fifty_two_or_three_weeks() -> None:
    days = ("December 28, 2003", "December 29, 2002", "December 30, 2001")
    raw = page(statements(years=days, over="Fiscal year ended"), end="December 28, 2003")
    check(raw, 1e3, "USD", ends=("2003-12-28", "2002-12-29", "2001-12-30"))


def test_dashes_are_zeros() -> None:
    found = imported(page(statements(printed=lambda value: amount(value) if value != 4000 else "—")))
    assert stated(found, "long_term_debt") == {"2003-12-31": 0, "2002-12-31": 0}


def test_the_unit_of_all_amounts() -> None:
    general = (
        "<p>All amounts are in thousands of U.S. dollars unless otherwise indicated.</p>"
        + 40 * "<p>The company makes widgets.</p>"
    )
    check(page(general, statements("&nbsp;")), 1e3, "USD")


def test_a_unit_in_a_title_elsewhere_is_not_that_of_all_statements() -> None:
    far = "<p>ACME WIDGETS (Dollars in thousands)</p>" + 40 * "<p>The company makes widgets.</p>"
    found = imported(page(far, statements("")))
    assert "total_assets" not in found.document["figures"]
    assert any("does not say in which unit" in remark for remark in found.remarks)


def test_translations_for_convenience_are_not_read() -> None:
    balance = [(label, before, now, round(now / 8.27)) for label, now, before in BALANCE]
    income = [(label, oldest, before, now, round(now / 8.27)) for label, now, before, oldest in INCOME]
    header = ["As of December 31,", "2002", "2003", "2003"], ["", "RMB", "RMB", "US$"]
    rows = table([*header, *([label, *map(amount, values)] for label, *values in balance)])
    over = ["Year ended December 31,", "2001", "2002", "2003", "2003"], ["", "RMB", "RMB", "RMB", "US$"]
    more = table([*over, *([label, *map(amount, values)] for label, *values in income)])
    title = "<p>CONSOLIDATED STATEMENTS</p><p>(Amounts in thousands)</p>"
    check(page(title, rows, title, more, form="20-F"), 1e3, "CNY", figures=(*DAYS, "revenue", "net_income"))
    yen = table(
        [
            ["", "Millions of yen", "Thousands of U.S. dollars"],
            ["December 31,", "2002", "2003", "2003"],
            *([label, amount(before), amount(now), amount(now * 8)] for label, now, before in BALANCE),
        ]
    )
    check(page(title.replace("(Amounts in thousands)", ""), yen, form="20-F"), 1e6, "JPY", figures=tuple(DAYS))


def test_pro_forma_columns_are_not_read() -> None:
    lines = [(label, now + 77, now, before) for label, now, before in BALANCE]
    raw = page(
        statement("CONSOLIDATED BALANCE SHEETS", DOLLARS, ["December 31,", "Pro forma 2003", "2003", "2002"], lines)
    )
    check(raw, 1e3, "USD", figures=tuple(DAYS))


def test_the_same_year_twice_is_not_read() -> None:
    lines = [(label, now, now + 77, before) for label, now, before in BALANCE]
    found = imported(
        page(statement("CONSOLIDATED BALANCE SHEETS", DOLLARS, ["December 31,", "2003", "2003", "2002"], lines))
    )
    assert "total_assets" not in found.document["figures"]


@pytest.mark.parametrize("note", ["7", "12, 13", "5(a)", "3 and 4", ""])
def test_columns_of_notes(note: str) -> None:
    rows = [
        [label, note if n % 3 == 0 else "", amount(now), amount(before)]
        for n, (label, now, before) in enumerate(BALANCE)
    ]
    for header in ([["", "Notes", "2003<br>£m", "2002<br>£m"]], [["", "Note", "2003", "2002"], ["", "", "£m", "£m"]]):
        raw = page("<p>CONSOLIDATED BALANCE SHEET</p>", table([*header, *rows]), form="20-F")
        check(raw, 1e6, "GBP", figures=tuple(DAYS))


def test_the_oldest_year_first() -> None:
    balance = statement("BALANCE SHEETS", DOLLARS, ["December 31,", "2002", "2003"], BALANCE, columns=(1, 0))
    income = statement(
        "STATEMENTS OF INCOME", DOLLARS, ["Year ended December 31,", "2001", "2002", "2003"], INCOME, columns=(2, 1, 0)
    )
    check(page(balance, income), 1e3, "USD", figures=(*DAYS, "revenue", "net_income"))


def test_international_statements() -> None:
    check(page(statements("in thousands of euros", ifrs=True), form="20-F"), 1e3, "EUR")
    found = imported(page(statements("in thousands of euros", ifrs=True), form="20-F"))
    assert stated(found, "pretax_income")["2003-12-31"] == 0.7e6
    assert stated(found, "interest_expense")["2003-12-31"] == 0.3e6


@pytest.mark.parametrize(
    "between",
    [
        "<tr><td>F-4</td></tr><tr><td>Table of Contents</td></tr>",
        "</table><p>F-4</p><p>See accompanying notes to consolidated financial statements.</p><p>CONSOLIDATED BALANCE SHEETS (continued)</p>"
        "<p>(In thousands)</p><table><tr><td>December 31,</td><td>2003</td><td>2002</td></tr>",
        "</table><p>F-4</p><p>LIABILITIES AND STOCKHOLDERS' EQUITY</p><table>",
    ],
)
def test_a_statement_over_two_pages(between: str) -> None:
    check(
        page(statements().replace("<tr><td>Total current liabilities", f"{between}<tr><td>Total current liabilities")),
        1e3,
        "USD",
    )


def test_other_tables_of_the_same_lines_are_not_read() -> None:
    contents = table(
        [
            ["CONSOLIDATED BALANCE SHEETS", "42"],
            ["December 31, 2003 and 2002", "44"],
            ["Item 8. Financial Statements", "41"],
        ]
    )
    five = table(
        [
            ["", "2003", "2002", "2001", "2000", "1999"],
            ["Net sales", "1", "2", "3", "4", "5"],
            ["Net income", "1", "2", "3", "4", "5"],
        ]
    )
    quarters = table(
        [
            ["Three months ended December 31,", "Year ended December 31,"],
            ["2003", "2002", "2003", "2002"],
            *([label, *map(amount, (now // 4, before // 4, now, before))] for label, now, before, _ in INCOME),
        ]
    )
    parent = "<p>SCHEDULE I - CONDENSED INFORMATION OF REGISTRANT (PARENT ONLY)</p>" + statements().replace(
        "12,000", "9,000"
    )
    check(page(contents, five, quarters, statements(), parent), 1e3, "USD")


@pytest.mark.parametrize(
    "over", ["Ten months ended December 31,", "Three months ended December 31,", "Quarter ended", "39 weeks ended"]
)
def test_a_part_of_a_year_is_no_year(over: str) -> None:
    raw = page(statements(over=over), form="10-KT", period="For the transition period from March 1, 2003 to")
    found = imported(raw)
    assert stated(found, "total_assets")["2003-12-31"] == 12e6
    assert not any(stated(found, figure) for figure in YEARS)


def test_a_balance_sheet_of_one_year() -> None:
    lines = [(label, now * 1000, before * 1000) for label, now, before in BALANCE]
    titled = statement("BALANCE SHEET", "December 31, 2003", ["ASSETS", ""], lines, columns=(0,))
    headed = statement("BALANCE SHEET", "", ["", "December 31, 2003"], lines, columns=(0,))
    for balance in (titled, headed):
        found = imported(page(balance, form="10-KSB"))
        assert stated(found, "total_assets") == {"2003-12-31": 12e6}
        assert stated(found, "equity") == {"2003-12-31": 6e6}


def test_totals_without_a_label_in_sections_of_cash_flows() -> None:
    rows = [
        ["Amounts in million EUR", "2003", "2002", "2001"],
        ["Cash flow from operating activities"],
        ["Net income", "500", "1,000", "900"],
        ["Change in provisions", "900", "300", "200"],
        ["", "1,400", "1,300", "1,100"],
        ["Cash flow from investing activities"],
        ["Bought"],
        ["Equipment", "(1,400)", "(1,000)", "(800)"],
        ["Sold"],
        ["Equipment", "100", "0", "-"],
        ["(1,300) (1,000) (800)"],
        ["Cash flow from financing activities"],
        ["Dividend paid", "200", "100", "(50)"],
        ["", "200", "100", "(50)"],
        ["Change in liquid assets", "300", "400", "250"],
    ]
    found = imported(page(table(rows), form="20-F"))
    assert stated(found, "operating_cash_flow") == {"2003-12-31": 1.4e9, "2002-12-31": 1.3e9, "2001-12-31": 1.1e9}


def test_the_operating_cash_flow_is_the_one_that_adds_up() -> None:
    continuing = "<tr><td>Net cash from continuing operations</td><td>1,300</td><td>1,250</td><td>1,100</td></tr>"
    rest = "<tr><td>Net cash from discontinued operations</td><td>100</td><td>50</td><td>0</td></tr>"
    text = statements().replace(
        "<tr><td>Net cash provided by operating", f"{continuing}{rest}<tr><td>Net cash provided by operating"
    )
    check(page(text), 1e3, "USD")


def test_amortisation_on_a_line_of_its_own_is_added_to_depreciation() -> None:
    flows = statements().replace("Depreciation and amortization", "Depreciation")
    lines = ("Amortization of acquired intangibles", "Amortization of debt issue costs")
    more = "".join(
        f"<tr><td>{line}</td><td>{at}0</td><td>{at}0</td><td>{at}0</td></tr>" for at, line in enumerate(lines, 1)
    )
    found = imported(page(flows.replace("<tr><td>Capital expenditures", f"{more}<tr><td>Capital expenditures")))
    assert stated(found, "depreciation")["2003-12-31"] == 910e3


def test_flows_that_stand_many_times_are_tried_once() -> None:
    again = "<tr><td>Net cash used in investing activities</td><td>(9)</td><td>(9)</td><td>(9)</td></tr>" * 40
    loans = "".join(
        f"<tr><td>Net cash from financing activities</td><td>{n}</td><td>{n}</td><td>{n}</td></tr>" for n in (7, 8) * 20
    )
    text = statements().replace("<tr><td>Capital expenditures", f"{again}{loans}<tr><td>Capital expenditures")
    check(page(text), 1e3, "USD")


def test_each_row_is_in_few_tables() -> None:
    tables = "".join(table([["", "2003", "2002"], ["Net sales", str(n), "1"]]) for n in range(100))
    blocks = report_from_bytes(page(tables), "acme.htm").blocks
    read = list(printed_tables(blocks, read_statement_table().money))
    assert len(read) == 100
    assert max(len(found.rows) for found in read) <= 4


def test_tables_after_thousands_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.importers.filing.printed_statements.MOST_TABLES", 20)
    tables = "".join(table([["", "2003", "2002"], ["Net sales", str(n), "1"]]) for n in range(30))
    found = imported(page(tables, statements()))
    assert "total_assets" not in found.document["figures"]
    assert any("has more than 20 tables" in remark for remark in found.remarks)


def test_no_more_rows_of_years_are_looked_for_than_tables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.importers.filing.printed_statements.MOST_TABLES", 20)
    seen: list[str] = []

    def counted(block: TextBlock, words: MoneyWords) -> tuple[int, ...]:
        seen.append(block.text)
        return years_of_columns(block, words)

    monkeypatch.setattr("screener.importers.filing.printed_table.years_of_columns", counted)
    counts = []
    for tables in (30, 300):
        seen.clear()
        imported(page("".join(table([["", "2003", "2002"], ["Net sales", str(n), "1"]]) for n in range(tables))))
        counts.append(len(seen))
    assert counts[0] == counts[1]


MONEY = read_statement_table().money
WORDS_OF_UNITS = ("thousand", "Millions", "billion", "crore", "lakhs", "m", "mn", "bn", "k", "'000", "000s", "000 omitted")
WORDS_BESIDE = ("in ", "of ", "the ", "U.S. ", "$", "US$", "dollars", "£", "€ ", "Rs.", "RMB ", "(", ")", " ", "except per share data")


@given(st.lists(st.sampled_from((*WORDS_OF_UNITS, *WORDS_BESIDE)), min_size=1, max_size=8).map("".join))
@example("(in thousands)")
@example("€ million")
@example("$m")
@example("£'000")
def test_what_is_searched_first_stands_in_each_title_with_a_unit(title: str) -> None:
    """`unit` looks for a unit only where `_any_unit` finds a word of one."""
    assert MONEY.unit([title]) is not None or MONEY._unit.search(title) is None


@pytest.mark.parametrize(
    "over", ["53 weeks ended 52 weeks ended", "For the fiscal years ended December 31,", "Years Ended December 31"]
)
def test_words_over_years(over: str) -> None:
    check(page(statements(over=over)), 1e3, "USD")


def test_a_row_that_says_which_years_are_restated() -> None:
    row = "<tr><td></td><td></td><td>(As restated)</td><td>(As restated)</td></tr><tr><td>Year ended"
    check(page(statements().replace("<tr><td>Year ended", row)), 1e3, "USD")


def test_each_statement_has_its_own_unit() -> None:
    balance, rest = statements().split("<p>CONSOLIDATED STATEMENTS OF INCOME")
    others = rest.replace("(In thousands", "(In millions")
    found = imported(page(balance, f"<p>CONSOLIDATED STATEMENTS OF INCOME{others}"))
    assert stated(found, "total_assets")["2003-12-31"] == 12e6
    assert stated(found, "revenue")["2003-12-31"] == 20e9
