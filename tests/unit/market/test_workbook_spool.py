"""Large Excel sheets: plain ones go through Parquet in batches, others are read as a whole, with the same results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.market import workbook_spool
from screener.market.market_run import open_table
from screener.market.parquet_reader import ParquetTable
from screener.market.workbook_spool import spooled_workbook
from screener.screening import Screener

MAP = "name: {column: Company}\ncurrency: USD\ncolumns:\n  Revenue: {figure: revenue, scale: millions}\n  Total debt: {figure: total_debt}\n"
ROWS = [["Company", "Revenue", "Total debt", "Other"], ["Alder", 5, 2.5, "x"], ["Birch", None, 3, None], [1998, 7, 8, True]]


def merged(sheet: Any) -> None:
    sheet.merge_cells("B2:B3")


def hidden(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def percent(sheet: Any) -> None:
    sheet["B2"].number_format = "0.0%"


def formula(sheet: Any) -> None:
    sheet["B2"] = "=C2*2"


def text(sheet: Any) -> None:
    sheet["B2"] = "5 m"


def total(sheet: Any) -> None:
    sheet.append(["Total", 12, 13.5])


def footnote(sheet: Any) -> None:
    sheet.append(["Source: a vendor"])


def blank(sheet: Any) -> None:
    sheet["A6"], sheet["B6"] = "Cedar", 4


def repeated(sheet: Any) -> None:
    sheet.append(["Company", "Revenue", "Total debt"])


def wide(sheet: Any) -> None:
    sheet["H2"] = "beside"


def error(sheet: Any) -> None:
    sheet["B2"] = "#DIV/0!"
    sheet["B2"].data_type = "e"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, str]]:
    monkeypatch.setattr(workbook_spool, "SPOOLED_FROM", 0)

    def write(change: Callable[[Any], None] | None = None, table_map: str = MAP) -> tuple[str, str]:
        file = openpyxl.Workbook()
        for row in (["A title"], *ROWS):
            file.active.append(row)
        file.active.delete_rows(1)
        if change is not None:
            change(file.active)
        file.create_sheet("Notes")
        file.save(tmp_path / "t.xlsx")
        (tmp_path / "map.yaml").write_text(table_map, "utf-8")
        return str(tmp_path / "t.xlsx"), str(tmp_path / "map.yaml")

    return write


def test_a_plain_sheet_goes_in_batches(book: Callable[..., tuple[str, str]]) -> None:
    screener = Screener.load(packs=["classic"])
    rows: list[int] = []
    source = open_table(screener, *book(), rows.append)
    assert isinstance(source, ParquetTable)
    assert sum(rows) == 3
    assert source.notes[0].startswith("the sheet 'Sheet' was read (others: Notes)")
    (batch,) = [source.read(raw) for raw in source.batches()]
    assert [str(name) for name in batch.names] == ["Alder", "Birch", "1998"]
    assert list(batch.rows) == [2, 3, 4]


@pytest.mark.parametrize(
    "change", [merged, hidden, percent, formula, text, total, footnote, blank, repeated, wide, error]
)
def test_what_needs_the_whole_sheet_is_read_as_a_whole(
    book: Callable[..., tuple[str, str]], change: Callable[[Any], None]
) -> None:
    catalogue = Screener.load(packs=["classic"]).rulebook.catalogue
    assert spooled_workbook(*book(), catalogue) is not None
    assert spooled_workbook(*book(change), catalogue) is None


@pytest.mark.parametrize("line", ["filters: {Other: x}\n", "unit: Other\n", "period: {column: Other}\n"])
def test_maps_that_need_the_whole_sheet(book: Callable[..., tuple[str, str]], line: str) -> None:
    catalogue = Screener.load(packs=["classic"]).rulebook.catalogue
    assert spooled_workbook(*book(table_map=line + MAP), catalogue) is None


def test_damaged_and_small_files_are_left_to_the_reader(
    book: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Screener.load(packs=["classic"]).rulebook.catalogue
    path, table_map = book()
    monkeypatch.setattr(workbook_spool, "SPOOLED_FROM", 10**9)
    assert spooled_workbook(path, table_map, catalogue) is None
    monkeypatch.setattr(workbook_spool, "SPOOLED_FROM", 0)
    Path(path).write_bytes(Path(path).read_bytes()[:900])
    assert spooled_workbook(path, table_map, catalogue) is None
