"""Tables that are small on disk and large in memory, or damaged inside their archive, are refused before they do harm."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screener import limits
from screener.errors import DocumentError
from screener.importers.table.sheet_reader import ReadOptions, read_sheet
from tests.conftest import problems

HOW = ReadOptions()


def workbook(folder: Path, *cells: tuple[int, int]) -> Path:
    book = openpyxl.Workbook()
    for row, column in ((1, 1), *cells):
        book.active.cell(row, column, "x")
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def rewritten(path: Path, part: str, text: bytes) -> str:
    """The archive with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    path.write_bytes(out.getvalue())
    return str(path)


def test_an_archive_that_unpacks_to_more_than_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 10_000_000)
    path = rewritten(workbook(tmp_path), "xl/worksheets/sheet1.xml", b" " * 20_000_000)
    assert Path(path).stat().st_size < 50_000
    (found,) = problems(read_sheet, path, HOW)
    assert found.what == "unpacks to 19 MiB"


def test_a_cell_far_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading fills what lies between: a million rows of one cell each."""
    monkeypatch.setattr(limits, "EXCEL_CELLS", 1000)
    (found,) = problems(read_sheet, str(workbook(tmp_path, (2000, 3))), HOW)
    assert found.what == "has more than 1,000 cells, empty ones too"


@pytest.mark.parametrize("text", [b"", b"<", b"<a/>", b"\xff", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_damaged_archives(tmp_path: Path, part: str, text: bytes) -> None:
    with pytest.raises(DocumentError):
        read_sheet(rewritten(workbook(tmp_path), part, text), HOW)


def test_a_column_that_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS", 1_000_000)
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": pa.array([1.0]).take(pa.array([0] * 2_000_000))}), path)
    assert Path(path).stat().st_size < 10_000
    (found,) = problems(read_sheet, path, HOW)
    assert found.what == "has 2,000,000 cells, more than 1,000,000"


@pytest.mark.parametrize("raw", [b"", b"PAR1", b"PAR1" * 10, b"not Parquet at all"])
def test_what_is_no_parquet(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(raw)
    with pytest.raises(DocumentError):
        read_sheet(str(tmp_path / "a.parquet"), HOW)
