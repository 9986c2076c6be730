"""Cells of spreadsheets and exports: the cell takes precedence over the header, and a bad cell costs only its figure."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.header import read_header
from screener.importers.table.map_proposal import propose_map
from screener.importers.table.number_cells import bare_digits, cell_number, is_nothing
from screener.importers.table.number_notation import NumberNotation, digits_value
from screener.importers.table.text_dialect import decode, delimiter_of, header_row
from screener.importers.table.workbook_reader import number_format
from screener.profile.catalogue import Catalogue

POINT, GROUPED, COMMA = NumberNotation(), NumberNotation(".", ","), NumberNotation(",", ".")


@pytest.mark.parametrize(
    ("cell", "notation", "unit", "value", "absolute"),
    [
        ("1,200", GROUPED, "money", 1200.0, False),
        ("12,34,567", GROUPED, "money", 1234567.0, False),
        ("1,00,000.5", GROUPED, "money", 100000.5, False),
        ("1,234,567", POINT, "money", 1234567.0, False),
        ("1,234.5", POINT, "money", 1234.5, False),
        ("1.234.567,5", COMMA, "money", 1234567.5, False),
        ("1.234,5", NumberNotation(","), "money", 1234.5, False),
        ("1 234 567", POINT, "money", 1234567.0, False),
        ("1\u202f234,5", NumberNotation(","), "money", 1234.5, False),
        ("1'234.5", POINT, "money", 1234.5, False),
        ("1,200.00-", GROUPED, "money", -1200.0, False),
        ("(35.5)", POINT, "money", -35.5, False),
        ("$ (35.5)", POINT, "money", -35.5, False),
        ("($35.5)", POINT, "money", -35.5, False),
        ("-$35.5", POINT, "money", -35.5, False),
        ("\u221235", POINT, "money", -35.0, False),
        ("+7", POINT, "money", 7.0, False),
        ("EUR 12", POINT, "money", 12.0, False),
        ("12 €", POINT, "money", 12.0, False),
        ("1.2bn", POINT, "money", 1.2e9, True),
        ("$3.5M", POINT, "money", 3.5e6, True),
        ("1.2 bln", POINT, "money", 1.2e9, True),
        ("3,5 Milliarden", COMMA, "money", 3.5e9, True),
        ("12 thousands", POINT, "count", 12e3, True),
        ("-12k", POINT, "money", -12000.0, True),
        ("1.5亿", POINT, "money", 1.5e8, True),
        ("12.5%", POINT, "fraction", 0.125, True),
        ("(4.0%)", POINT, "fraction", -0.04, True),
        ("(4.0)%", POINT, "fraction", -0.04, True),
        ("12,5 %", COMMA, "fraction", 0.125, True),
        ("50 bps", POINT, "fraction", 0.005, True),
        ("3.5x", POINT, "multiple", 3.5, False),
        ("1e3", POINT, "money", 1000.0, False),
        ("'0012", POINT, "money", 12.0, False),
    ],
)
def test_what_a_cell_says(cell: str, notation: NumberNotation, unit: str, value: float, absolute: bool) -> None:
    found = cell_number(cell, notation, unit)
    assert (found.value, found.absolute) == (pytest.approx(value), absolute)


@pytest.mark.parametrize(
    ("cell", "notation"),
    [
        *(
            (cell, GROUPED)
            for cell in ("12,5", "1,23,4567", "1,2345", "0,123", "12,34", "1,200,5", "--5", "-(5)", "5-5", "(5-)")
        ),
        *(
            (cell, POINT)
            for cell in ("1,500", "12%", "3.5x", "five", "1.2.3", "0x10", "TRUE", "1_000", "12 apples", "12 CR", "₀1")
        ),
        *((cell, COMMA) for cell in ("1.5", "12.34", "1.234.5")),
    ],
)
def test_what_no_number_says(cell: str, notation: NumberNotation) -> None:
    with pytest.raises(ValueError, match="is not a number; "):
        cell_number(cell, notation, "money")


@given(st.integers(0, 10**15), st.integers(0, 99), st.sampled_from([GROUPED, COMMA, NumberNotation(".", " ")]))
def test_grouped_numbers_are_read_as_they_were_written(whole: int, cents: int, notation: NumberNotation) -> None:
    text = f"{whole:,}".replace(",", notation.thousands or "") + f"{notation.decimal}{cents:02}"
    assert digits_value(text, notation) == float(f"{whole}.{cents:02}")


@given(st.text("0123456789,.' -", max_size=12), st.sampled_from([POINT, GROUPED, COMMA]))
def test_signs_between_digits_are_never_just_dropped(text: str, notation: NumberNotation) -> None:
    """A text of digits and signs is a number only if writing it gives the same digits; otherwise it is refused."""
    value = digits_value(text, notation)
    if value is not None:
        whole = text.partition(notation.decimal)[0]
        groups = whole.replace("'", ",").replace(" ", ",").replace(".", ",").split(",")
        assert len(groups) == 1 or all(len(group) in (2, 3) for group in groups[1:])
        assert len(groups[-1]) == 3 or len(groups) == 1


@pytest.mark.parametrize(
    "cell", ["-", " -   ", "–", "$ -", "- €", "-%", "#DIV/0!", "#N/A", "#WERT!", "#REF!", "--", ""]
)
def test_cells_that_stand_for_nothing(cell: str) -> None:
    assert is_nothing(cell)


Read = Callable[..., CompanyTable]


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Read:
    def make(content: Any, map_text: str | None = None, name: str = "t.csv") -> CompanyTable:
        file, map_file = tmp_path / name, tmp_path / "map.yaml"
        content(file) if callable(content) else file.write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
        map_file.write_text(propose_map(str(file), catalogue).text if map_text is None else map_text, "utf-8")
        return read_table(str(file), str(map_file), catalogue)

    return make


def workbook(build: Callable[[Any, Any], None]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        build(book, book.active)
        book.save(path)

    return write


REVENUE = "name: {column: Company}\ncurrency: USD\ncolumns: {Revenue: revenue, Debt: total_debt}\n"


def test_a_column_in_two_notations_is_not_trusted(read: Read) -> None:
    found = read("Company;Revenue;Debt\nA;1,234;5\nB;12,5;6\nC;77;7\n", "thousands: ','\n" + REVENUE)
    assert found.frame["revenue"].isna().to_list() == [True, True, False]
    assert [p.what for p in found.problems] == [
        "'1,234' may be two numbers, as the column has both notations",
        "'12,5' is not a number",
    ]


def test_a_currency_in_a_cell_is_held_against_the_row(read: Read) -> None:
    found = read("Company;Revenue;Debt\nA;$5;€7\nB;USD 6;7 £\n", REVENUE)
    assert found.frame["revenue"].to_list() == [5.0, 6.0]
    assert found.frame["total_debt"].isna().all()
    assert [p.what for p in found.problems] == ["is in EUR", "is in GBP"]


def test_all_outflows_below_zero_are_a_convention(read: Read) -> None:
    text = "Company,Revenue,Capex\nA,1000,-40\nB,500,-10\n"
    found = read(text)
    assert found.frame["capital_expenditure"].to_list() == [40.0, 10.0]
    found = read(text, "name: {column: Company}\ncolumns: {Capex: capital_expenditure}\n")
    assert "say negate: true in the map" in found.problems[0].hint
    assert len(found) == 2


def test_a_truth_value_is_no_number(read: Read) -> None:
    found = read("Company,Revenue,Debt\nA,TRUE,5\nB,FALSE,6\n", REVENUE)
    assert found.frame["revenue"].isna().all()
    assert len(found.problems) == 2


def test_what_formats_of_a_spreadsheet_say(read: Read) -> None:
    def build(_: Any, sheet: Any) -> None:
        sheet.append(["Company", "Net margin %", "Revenue (USD m)", "Total debt (USD m)", "Cash"])
        sheet.append(["A", 0.125, 1_200_000_000, 300, 5])
        sheet.append(["B", 0.07, 800_000_000, 200, 6])
        for row in (2, 3):
            sheet.cell(row, 2).number_format = "0.0%"
            sheet.cell(row, 3).number_format = "#,##0.0,,"
            sheet.cell(row, 4).number_format = '"$"#,##0'
            sheet.cell(row, 5).number_format = "[$€-407] #,##0"

    found = read(workbook(build), name="t.xlsx")
    assert found.frame["net_margin"].to_list() == [0.125, 0.07]
    assert found.frame["revenue"].to_list() == [1.2e9, 8e8]
    assert found.frame["total_debt"].to_list() == [3e8, 2e8]
    assert found.frame["cash"].isna().all()
    assert [p.what for p in found.problems] == ["is in EUR", "is in EUR"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("General", None),
        ("#,##0.00", None),
        ("0.0%", (True, (), 1.0, False, 0)),
        ("0000000000", (False, (), 1.0, False, 10)),
        ('#,##0,,"m"', (False, (), 1e6, True, 0)),
        ('#,##0,"Tsd"', (False, (), 1e3, True, 0)),
        ('#,##0,,"Mill"', (False, (), 1e6, True, 0)),
        ("#,##0,", (False, (), 1e3, False, 0)),
        ('_-* #,##0.00 "€"_-', (False, ("EUR",), 1.0, False, 0)),
        ("[$USD] #,##0", (False, ("USD",), 1.0, False, 0)),
        ('0"m"', None),
    ],
)
def test_number_formats(code: str, expected: Any) -> None:
    found = number_format(code)
    assert (None if found is None else tuple(found)) == expected


def test_error_values_and_formulas_without_a_value(read: Read) -> None:
    def build(_: Any, sheet: Any) -> None:
        for row in (["Company", "Revenue", "Debt"], ["A", "#DIV/0!", 5], ["B", "=1+1", 6], ["C", 7, "=A1"]):
            sheet.append(row)
        sheet["B2"].data_type = "e"

    found = read(workbook(build), REVENUE, "t.xlsx")
    assert (len(found), found.frame["revenue"].isna().to_list()) == (3, [True, True, False])
    assert [p.path for p in found.problems] == ["row 3, column 'Revenue'", "row 4, column 'Debt'"]


def test_the_first_visible_sheet_is_read_and_named(read: Read) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.append(["Company", "Revenue", "Debt"])
        sheet.append(["A", 1, 2])
        sheet.sheet_state = "hidden"
        for title, debt in (("Data", 20), ("More", 30)):
            other = book.create_sheet(title)
            other.append(["Company", "Revenue", "Debt"])
            other.append(["A", 10, debt])

    found = read(workbook(build), REVENUE, "t.xlsm")
    assert found.frame.iloc[0].to_list() == [10.0, 20.0]
    assert "the sheet 'Data' was read (others: More; 1 hidden)" in found.notes[0]
    assert read(workbook(build), None, "t.xlsx").map.sheet == "Data"
    assert read(workbook(build), "sheet: More\n" + REVENUE, "t.xlsx").frame.iloc[0, 1] == 30.0


def test_the_row_of_headers_below_titles(read: Read) -> None:
    text = "Peer set,,\nUSD in millions,,\n,,\nCompany,Revenue,Debt\nA,5,6\nB,7,8\nSource: vendor,,\n"
    for map_text in (None, REVENUE, "header: 4\n" + REVENUE):
        found = read(text, map_text)
        assert found.meta["id"].to_list() == ["a", "b"]
        assert found.frame.index.to_list() == [5, 6]
    assert header_row([["Company", "2023", "2024"], ["A", "1", "2"]]) == 0
    assert header_row([["a", None], [1, 2]]) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(read: Read, encoding: str) -> None:
    found = read("Company,Revenue,Debt\nSociété Crédit,1000,200\nMüller & Söhne,800,90\n".encode(encoding))
    assert found.meta["name"].to_list() == ["Société Crédit", "Müller & Söhne"]
    assert not found.problems


def test_chinese_code_pages() -> None:
    text = "公司名称,营业收入\n华东制造,100\n"
    assert decode(text.encode("gb18030")) == (text, "gb18030", True, 0)


def test_separators(read: Read) -> None:
    assert delimiter_of("Company;Revenue;Debt\nA;1,234,567;12,5\nB;2,000,000;1,5\n") == ";"
    assert delimiter_of("Firm, Inc|Revenue\nA, B|1\nC|2\n") == "|"
    assert delimiter_of('a,b\n"x;y",1\n"z;w;v",2\n') == ","
    assert delimiter_of("name\nA\nB\n") == ","
    for first in ("sep=;", '"sep=;"', "SEP=;"):
        found = read(f"{first}\r\nCompany;Revenue;Debt\r\nA;1000;200\r\n")
        assert found.frame.iloc[0].to_list() == [1000.0, 200.0]
        assert found.frame.index.to_list() == [3]


def test_serial_numbers_and_midnight(read: Read) -> None:
    def build(_: Any, sheet: Any) -> None:
        days = (datetime.datetime(2025, 3, 31), 45747, "31/03/2025", "2025-03-31 00:00:00", "31-Mar-2025", "31.3.2025")
        sheet.append(["Company", "As of", "Revenue", "Debt"])
        for i, day in enumerate(days):
            sheet.append([f"Company {i}", day, 1, 2])

    found = read(workbook(build), name="t.xlsx")
    assert set(found.meta["as_of"]) == {"2025-03-31"}
    assert not found.problems


def test_error_values_and_formulas_in_names(read: Read) -> None:
    def build(_: Any, sheet: Any) -> None:
        for row in (
            ["Company", "Ticker", "Revenue", "Debt"],
            ["#N/A", "A", 1, 5],
            ["=B2", "B", 2, 6],
            ["C", "#N/A", 7, 8],
        ):
            sheet.append(row)
        sheet["A2"].data_type = sheet["B4"].data_type = "e"

    found = read(workbook(build), REVENUE.replace("currency", "ticker: {column: Ticker}\ncurrency"), "t.xlsx")
    assert (found.meta["id"].to_list(), found.meta["ticker"].to_list()) == (["c"], [None])
    assert [p.what for p in found.problems] == [
        "the name is missing",
        "a formula without a stored value",
        "the name is missing",
    ]


def test_percent_in_the_header_over_fractions_is_asked_about(read: Read, tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "p.csv").write_text("Company,Net margin %\nA,0.12\nB,0.3\n")
    assert "if they are fractions, leave the unit out" in propose_map(str(tmp_path / "p.csv"), catalogue).text


def test_texts_that_are_too_long_are_no_numbers() -> None:
    """A thousand footnote marks are read in linear time, although their pattern alone would take quadratic time."""
    long = "1" + "(1)" * 40_000 + "x"
    assert not is_nothing(long)
    assert bare_digits(long) == ""
    with pytest.raises(ValueError, match="is not a number"):
        cell_number(long, NumberNotation(), "money")
    assert cell_number("1" + "(1)" * 100, NumberNotation(), "money").value == 1
    assert read_header("Revenue " + "(" * 40_000).words == "revenue"
