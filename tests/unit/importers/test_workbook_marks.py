"""Workbook features besides cell values: merged cells, hidden rows, formats with leading zeros, names given once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.map_proposal import propose_map
from screener.profile.catalogue import Catalogue

MAP = "name: {column: Company}\nperiod: {column: Year}\ncolumns:\n  Revenue: {figure: revenue}\n  Debt: {figure: total_debt}\n"
HEAD = ["Company", "Year", "Revenue", "Debt"]


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Callable[..., CompanyTable]:
    """Reads rows below HEAD from a workbook that `change` modifies."""

    def reader(
        rows: list[list[Any]], change: Callable[[Any], object] = lambda sheet: None, says: str = MAP
    ) -> CompanyTable:
        book = openpyxl.Workbook()
        for row in [HEAD, *rows]:
            book.worksheets[0].append(row)
        change(book.worksheets[0])
        book.save(tmp_path / "t.xlsx")
        (tmp_path / "m.yaml").write_text(says)
        return read_table(str(tmp_path / "t.xlsx"), str(tmp_path / "m.yaml"), catalogue)

    return reader


def _claims(table: CompanyTable) -> dict[str, list[tuple[str, float]]]:
    return {
        data["id"]: [(c["period"], c["value"]) for c in data["figures"]["revenue"]] for _, data in table.documents()
    }


PANEL = [["Alder", 2023, 1, 2], ["Alder", 2024, 3, 4], ["Birch", 2023, 5, 6], ["Birch", 2024, 7, 8]]
EXPECTED = {"alder": [("2024", 3.0), ("2023", 1.0)], "birch": [("2024", 7.0), ("2023", 5.0)]}


def test_a_merged_name_is_that_of_all_its_rows(read: Callable[..., CompanyTable]) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("A4:A5")

    table = read(PANEL, merge)
    assert (_claims(table), table.problems, table.notes) == (EXPECTED, (), ())


def test_a_merged_year_is_that_of_all_its_rows(read: Callable[..., CompanyTable]) -> None:
    table = read([["Alder", 2024, 1, 2], ["Birch", 2024, 5, 6]], lambda sheet: sheet.merge_cells("B2:B3"))
    assert _claims(table) == {"alder": [("2024", 1.0)], "birch": [("2024", 5.0)]}


def test_a_merged_number_is_not_that_of_its_lower_rows(read: Callable[..., CompanyTable]) -> None:
    table = read([["Alder", 2024, 1, 10], ["Birch", 2024, 5, 10]], lambda sheet: sheet.merge_cells("D2:D3"))
    assert [problem.path for problem in table.problems] == ["row 3, column 'Debt'"]
    assert table.frame["total_debt"].isna().tolist() == [False, True]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_name_that_stands_once_is_that_of_the_rows_below(tmp_path: Path, catalogue: Catalogue, suffix: str) -> None:
    rows = [HEAD, *([name if year == 2023 else None, year, *cells] for name, year, *cells in PANEL)]
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    guessed = tmp_path / "guessed.yaml"
    guessed.write_text(propose_map(str(path), catalogue).text)
    table = read_table(str(path), str(guessed), catalogue)
    assert (_claims(table), table.problems) == (EXPECTED, ())
    assert "2 rows without a name are of the company above them, the first is row 3" in table.notes


@pytest.mark.parametrize("blank", [[1], [1, 3]])
def test_a_forgotten_name_is_reported(read: Callable[..., CompanyTable], blank: list[int]) -> None:
    rows = [*PANEL, ["Cedar", 2023, 1, 1], ["Cedar", 2024, 1, 1]]
    table = read([[None if i in blank else row[0], *row[1:]] for i, row in enumerate(rows)])
    assert [problem.what for problem in table.problems] == ["the name is missing"] * len(blank)


@pytest.mark.parametrize(("filtered", "why"), [(False, "hidden"), (True, "hidden by a filter")])
def test_hidden_rows_are_read_and_named(read: Callable[..., CompanyTable], filtered: bool, why: str) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.auto_filter.ref = "A1:D5" if filtered else None

    table = read(PANEL, hide)
    assert _claims(table) == EXPECTED
    assert table.notes == (f"row 3 is {why}, and read as all others; `filters` in the map leaves rows out",)


def test_a_format_of_zeros_keeps_the_zeros_of_an_id(read: Callable[..., CompanyTable]) -> None:
    def form(sheet: Any) -> None:
        sheet["A2"].number_format = "0000000000"

    table = read([[320193, 2024, 1, 2], [320194, 2024, 3, 4]], form)
    assert table.meta["id"].tolist() == ["0000320193", "320194"]


def test_marks_of_other_sheets_do_not_count(tmp_path: Path, catalogue: Catalogue) -> None:
    book = openpyxl.Workbook()
    for row in [HEAD, *PANEL]:
        book.worksheets[0].append(row)
    other = book.create_sheet("Other")
    other.append([1, 2])
    other.append([3, 4])
    other.merge_cells("A1:A2")
    other.row_dimensions[2].hidden = True
    book.save(tmp_path / "t.xlsx")
    (tmp_path / "m.yaml").write_text(MAP)
    table = read_table(str(tmp_path / "t.xlsx"), str(tmp_path / "m.yaml"), catalogue)
    assert _claims(table) == EXPECTED
    assert not any("hidden" in note and "row" in note for note in table.notes)
