"""Tables in the conventions of other countries: digits, notations, footnotes, headers in several rows, totals, several tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.day_cells import DayNotation, read_period_cell
from screener.importers.table.estimate_words import is_estimate
from screener.importers.table.map_proposal import propose_map
from screener.importers.table.number_cells import cell_number, is_nothing
from screener.importers.table.number_notation import NumberNotation
from screener.profile.catalogue import Catalogue
from screener.profile.claims import FiscalCalendar, read_period

Guess = Callable[..., CompanyTable]


@pytest.fixture
def guess(tmp_path: Path, catalogue: Catalogue) -> Guess:
    """Reads a table (lines of CSV, or rows of a workbook) by the map guessed for it."""

    def read(content: str | bytes | list[list[Any]]) -> CompanyTable:
        path = tmp_path / ("t.xlsx" if isinstance(content, list) else "t.csv")
        if isinstance(content, list):
            book = openpyxl.Workbook()
            for row in content:
                book.worksheets[0].append(row)
            book.save(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (tmp_path / "map.yaml").write_text(propose_map(str(path), catalogue).text, encoding="utf-8")
        return read_table(str(path), str(tmp_path / "map.yaml"), catalogue)

    return read


def _values(table: CompanyTable, figure: str) -> list[float]:
    return list(table.frame[figure])


@pytest.mark.parametrize(
    ("cell", "decimal", "unit", "value"),
    [
        ("１，２３４．５", ".", "money", 1234.5),
        ("（１２）", ".", "money", -12.0),
        ("١٢٣٤٫٥", ".", "money", 1234.5),
        ("١٬٢٣٤٬٥٦٧", ".", "money", 1234567.0),
        ("१२३४", ".", "money", 1234.0),
        ("▲56", ".", "money", -56.0),
        ("△1'234", ".", "money", -1234.0),
        ("Rs. 500", ".", "money", 500.0),
        ("25 lakh", ".", "money", 2.5e6),
        ("1.5 crore", ".", "money", 1.5e7),
        ("1.234,5 €", ",", "money", 1234.5),
        ("US$ 1'200", ".", "money", 1200.0),
        ("１.5億", ".", "money", 1.5e8),
        ("12.5 pct", ".", "fraction", 0.125),
        ("%12,5", ",", "fraction", 0.125),
        ("５％", ".", "fraction", 0.05),
        ("500*", ".", "money", 500.0),
        ("12 [a]", ".", "money", 12.0),
        ("13²", ".", "money", 13.0),
        ("1'234(1)", ".", "money", 1234.0),
        ("345 (2)", ".", "money", 345.0),
        ("(35)†", ".", "money", -35.0),
    ],
)
def test_numbers(cell: str, decimal: str, unit: str, value: float) -> None:
    assert cell_number(cell, NumberNotation(decimal), unit).value == pytest.approx(value)


@pytest.mark.parametrize("cell", ["1234 CR", "12 (345)", "x", "1²3", "1.5 Cr"])
def test_what_may_be_another_number_is_none(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        cell_number(cell, NumberNotation(), "money")


@pytest.mark.parametrize(
    "cell",
    [
        "nm",
        "NMF",
        "N.A",
        "n. a.",
        "not available",
        "k.A.",
        "n.d.",
        "s.o.",
        ".",
        "*",
        "(-)",
        "―",
        "暂无",
        "\\N",
        "(null)",
    ],
)
def test_what_says_nothing(cell: str) -> None:
    assert is_nothing(cell)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2024.0", "2024"),
        ("CY2024", "2024"),
        ("Fiscal 2024", "FY2024"),
        ("4Q24", "2024-Q4"),
        ("1Q 2024", "2024-Q1"),
        ("H1 2024", "2024-01-01/2024-06-30"),
        ("2H24", "2024-07-01/2024-12-31"),
        ("9M 2024", "2024-01-01/2024-09-30"),
        ("FYE 12/2024", "2024-12-31"),
        ("Year ended 31 December 2024", "2024-12-31"),
        ("31-Dez-2024", "2024-12-31"),
        ("31 déc. 2024", "2024-12-31"),
        ("15 juil. 2024", "2024-07-15"),
        ("15 juin 2024", "2024-06-15"),
        ("2024年12月31日", "2024-12-31"),
        ("2024年12月", "2024-12-31"),
        ("Tue 31 Dec 2024", "2024-12-31"),
        ("12/31/2024 12:00:00 AM", "2024-12-31"),
        ("Dec'24", "2024-12-31"),
        ("31st December 2024", "2024-12-31"),
        ("31 de diciembre de 2024", "2024-12-31"),
        ("31 gru 2024", "2024-12-31"),
        ("2024 (restated)", "2024"),
        ("12M 2024", "2024"),
    ],
)
def test_periods(cell: str, period: str) -> None:
    assert read_period_cell(cell, DayNotation(), FiscalCalendar()) == period


def test_halves_are_two_quarters() -> None:
    calendar = FiscalCalendar(6, 30)
    first, second, both = (
        read_period(read_period_cell(f"{part} 2024", DayNotation(), calendar), calendar) for part in ("Q1", "Q2", "H1")
    )
    assert (first.start, second.end) == (both.start, both.end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((cell, True) for cell in ("2025E", "FY26F", "2024 (E)", "E2024", "2025 Guidance", "Budget 2024", "Dec-24E")),
        *((cell, True) for cell in ("24/25E", "CY2025e", "Est. 2025", "NTM", "Revenue FY25 (est.)", "2025预计")),
        *((cell, False) for cell in ("2024A", "2024", "FY24", "Q3'24", "2024 EBITDA", "Planned debt", "P/E 2024")),
        *((cell, False) for cell in ("Pension plan assets 2024", "E 2024", "Interest expense", "2024 Backlog")),
    ],
)
def test_estimates(text: str, expected: bool) -> None:
    assert is_estimate(text) is expected


def test_rows_of_estimates_say_nothing(guess: Guess) -> None:
    table = guess("Company,Year,Revenue,Total debt\nAlder,2024A,10,2\nAlder,2025E,99,1\nBirch,2025E,5,5\n")
    assert _values(table, "revenue") == [10.0]
    assert "2 rows of estimates are left out: 2025E" in table.notes


@pytest.mark.parametrize("header", ["Revenue 2025E", "Revenue FY25 (est.)", "Consensus revenue 2025", "Revenue NTM"])
def test_columns_of_estimates_are_not_proposed(tmp_path: Path, catalogue: Catalogue, header: str) -> None:
    (tmp_path / "t.csv").write_text(f"Company,Revenue FY24A,{header}\nAlder,10,99\nBirch,5,6\n")
    text = propose_map(str(tmp_path / "t.csv"), catalogue).text
    assert "Revenue FY24A: {figure: revenue, period: FY2024}" in text
    assert header in text.partition("# not known:")[2]
    assert "of estimates" in text


def test_characters_that_are_not_shown_are_no_part_of_numbers_and_headers(guess: Guess) -> None:
    table = guess("\ufeffCompany,Revenue\nAlder,\u200b10\n\ufeffBirch,\u20605\n\ufeffCompany,Revenue\nCedar,7\n")
    assert (_values(table, "revenue"), table.problems) == ([10.0, 5.0, 7.0], ())


def test_a_nul_is_no_end_of_a_cell(guess: Guess) -> None:
    table = guess(b"Company,Revenue\nAlder,1\x0023\nBirch,5\n")
    assert [problem.path for problem in table.problems] == ["row 2, column 'Revenue'"]
    assert any("1 NUL character" in note for note in table.notes)


def test_cells_with_line_breaks_do_not_move_the_table(guess: Guess) -> None:
    table = guess('Company,"Revenue\n(USD m)","Total\r\ndebt (USD m)"\n"Alder\nWorks",10,20\nBirch,5,6\n')
    assert _values(table, "revenue") == [1e7, 5e6]
    assert list(table.frame.index) == [2, 3]


def test_a_row_with_too_many_cells_is_reported_wherever_it_stands(guess: Guess) -> None:
    table = guess("Company,Revenue,Total debt\nAlder,1,000,2\nBirch,3,4\nCedar,5,6,,\nDogwood,1,000,2\n")
    assert [p.path for p in table.problems] == ["row 2", "row 5"]
    assert list(table.meta["name"]) == ["Birch", "Cedar"]


@pytest.mark.parametrize(
    ("head", "scale"),
    [
        ("in EUR m", 1e6),
        ("Balance sheet, EUR m", 1e6),
        ("(EUR in thousands)", 1e3),
        ("Alle Angaben in TEUR", 1e3),
    ],
)
def test_units_in_titles(guess: Guess, head: str, scale: float) -> None:
    table = guess([[head], ["Company", "Revenue", "Total debt"], ["Alder", 10, 3], ["Birch", 50, 7]])
    assert _values(table, "revenue") == [10 * scale, 50 * scale]
    assert list(table.meta["currency"]) == ["EUR", "EUR"]


def test_a_unit_over_the_items(guess: Guess) -> None:
    table = guess("USD m,FY22,FY23,FY24,FY25E\nRevenue,1,2,3,4\nTotal debt,5,6,7,8\n")
    assert _values(table, "revenue") == [3e6]
    assert table.meta["currency"].iat[0] == "USD"


def test_a_row_of_units(guess: Guess, tmp_path: Path, catalogue: Catalogue) -> None:
    rows = [["Company", "Revenue", "Net margin"], [None, "USD m", "%"], ["Alder", 10, 12.5], ["Birch", 50, 6]]
    table = guess(rows)
    assert _values(table, "revenue") == [1e7, 5e7]
    assert _values(table, "net_margin") == [0.125, 0.06]
    own = "name: {column: Company}\ncolumns: {Revenue: {figure: revenue, scale: millions}}\n"
    (tmp_path / "own.yaml").write_text(own)
    plain = read_table(str(tmp_path / "t.xlsx"), str(tmp_path / "own.yaml"), catalogue)
    assert _values(plain, "revenue") == [1e7, 5e7]
    assert not plain.problems


def test_years_over_figures(guess: Guess) -> None:
    table = guess(
        [
            ["Peer set"],
            ["Company", "2023", None, "2024", None],
            [None, "Revenue", "Total debt", "Revenue", "Total debt"],
            ["Alder", 1, 2, 3, 4],
            ["Birch", 5, 6, 7, 8],
        ]
    )
    assert list(table.meta["name"]) == ["Alder", "Birch"]
    assert _values(table, "revenue@2024") == [3.0, 7.0]
    assert _values(table, "total_debt@2023") == [2.0, 6.0]


def test_statements_over_figures(guess: Guess) -> None:
    table = guess(
        [
            ["Company", "Income statement", None, "Balance sheet", None],
            [None, "Revenue", "Net income", "Total debt", "Total assets"],
            ["Alder", 1, 2, 3, 4],
            ["Birch", 5, 6, 7, 8],
        ]
    )
    assert list(table.meta["name"]) == ["Alder", "Birch"]
    assert _values(table, "total_assets") == [4.0, 8.0]


def test_totals_and_averages_are_no_companies(guess: Guess) -> None:
    table = guess("Company,Revenue,Total debt\nAlder,10,3\nBirch,50,7\nTotal,60,10\nAverage,30,5\n")
    assert list(table.meta["name"]) == ["Alder", "Birch"]
    assert not table.dropped


def test_a_company_called_total_stays(guess: Guess) -> None:
    table = guess("Company,Revenue,Total debt\nAlder,10,3\nBirch,50,7\nTotal,200,80\n")
    assert list(table.meta["name"]) == ["Alder", "Birch", "Total"]


@pytest.mark.parametrize(
    "table",
    [
        [
            ["Company", "Revenue", "Total debt"],
            ["Alder", 10, 3],
            ["Birch", 50, 7],
            [],
            ["Company", "Employees", "Equity"],
            ["Alder", 5, 6],
        ],
        [
            ["Company", "Revenue", "Total debt", None, "Company", "Employees"],
            ["Alder", 10, 3, None, "Birch", 5],
            ["Birch", 50, 7, None, "Alder", 6],
        ],
    ],
)
def test_only_the_first_of_several_tables_is_read(guess: Guess, table: list[list[Any]]) -> None:
    found = guess(table)
    assert _values(found, "revenue") == [10.0, 50.0]
    assert list(found.frame.columns) == ["revenue", "total_debt"]
    assert any("was not read" in note for note in found.notes)


def test_headers_that_are_repeated(guess: Guess) -> None:
    found = guess("Company,Revenue,Total debt\nAlder,10,3\nCompany,Revenue,Total debt\nBirch,50,7\n")
    assert _values(found, "revenue") == [10.0, 50.0]
    assert not found.problems


def test_sections_of_a_statement_are_one_table(guess: Guess) -> None:
    found = guess("Item,2023,2024\nRevenue,1,2\n\nItem,2023,2024\nTotal debt,3,4\n")
    assert (_values(found, "revenue"), _values(found, "total_debt")) == ([2.0], [4.0])


def test_a_row_with_amounts_in_several_currencies_and_none_of_its_own(guess: Guess) -> None:
    found = guess("Company,Revenue (EUR m),Total debt (USD m),Employees\nAlder,1,2,3\nBirch,1,,4\n")
    assert found.problems[0].what == "has amounts in several currencies (EUR, USD)"
    assert found.frame["revenue"].isna().tolist() == [True, False]
    assert _values(found, "employees") == [3.0, 4.0]


@pytest.mark.parametrize(
    "header", ["Revenue (1)", "Revenue*", "Revenue¹", "Revenue [2]", "Revenue (current)", "Revenue CY"]
)
def test_marks_and_this_year_in_headers(guess: Guess, header: str) -> None:
    assert _values(guess(f"Company,{header},Total debt\nAlder,1,2\nBirch,3,4\n"), "revenue") == [1.0, 3.0]


def test_words_for_yes_and_no(guess: Guess) -> None:
    found = guess("Company,Revenue,Going concern doubt\nAlder,1,ja\nBirch,3,non\nCedar,1,是\nDogwood,1,k.A.\n")
    assert _values(found, "going_concern_doubt") == [True, False, True, None]


def test_a_dash_of_printers_is_a_minus(guess: Guess) -> None:
    assert _values(guess("Company,Revenue,Net income\nAlder,1,–8\nBirch,3,–\n"), "net_income")[0] == -8.0


def test_years_of_companies_without_latin_letters_stay_together(guess: Guess) -> None:
    found = guess("公司,报告期,营业收入（亿元）,净利润（万元）\n东方,2024年报,1,2\n东方,2023年报,3,4\n西方,2024,5,6\n")
    assert list(found.meta["name"]) == ["东方", "西方"]
    assert found.panel is not None
    assert len(set(found.meta["id"])) == 2


def test_the_units_of_a_column_of_units(guess: Guess) -> None:
    lines = "ticker,metric,fiscal_year,amount,unit\nAAA,Revenue,2023,10,USD m\nAAA,Net income,2023,1,USD m\nBBB,Revenue,2023,5,USD m\n"
    found = guess(lines + "BBB,Net income,2023,1,USD m\n")
    assert _values(found, "revenue") == [1e7, 5e6]
    assert list(found.meta["currency"]) == ["USD", "USD"]


def test_a_cover_before_the_table(tmp_path: Path, catalogue: Catalogue) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Prepared by the credit team"])
    for row in (["Company", "Revenue", "Total debt"], ["Alder", 1, 2]):
        (book["Data"] if "Data" in book.sheetnames else book.create_sheet("Data")).append(row)
    book.save(tmp_path / "t.xlsx")
    proposal = propose_map(str(tmp_path / "t.xlsx"), catalogue)
    assert (proposal.columns, "sheet: Data" in proposal.text) == (2, True)


def test_a_label_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "t.csv").write_text("Company,Revenue,Total debt,failed_next_year\nAlder,1,2,0\n")
    assert "validate --label" in propose_map(str(tmp_path / "t.csv"), catalogue).text


def test_a_number_for_nothing_however_it_is_written(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "t.csv").write_text("n;a\nAlder;-999,00\nBirch;12,5\n")
    (tmp_path / "m.yaml").write_text(
        "name: {column: n}\ndecimal: ','\ncolumns: {a: {figure: net_income, missing: [-999]}}\n"
    )
    found = read_table(str(tmp_path / "t.csv"), str(tmp_path / "m.yaml"), catalogue)
    assert found.frame["net_income"].isna().tolist() == [True, False]
