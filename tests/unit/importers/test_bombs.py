"""Tables that are small on disk and large in memory, or damaged inside their archive, are refused early."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screener import limits
from screener.errors import DocumentError
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_sheet import ReadOptions
from tests.conftest import problems

HOW = ReadOptions()


def workbook(folder: Path, *cells: tuple[int, int]) -> Path:
    book = openpyxl.Workbook()
    for row, column in ((1, 1), *cells):
        book.active.cell(row, column, "x")
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def rewritten(path: Path, part: str, text: bytes) -> str:
    """Returns the archive with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    path.write_bytes(out.getvalue())
    return str(path)


def test_an_archive_that_unpacks_to_more_than_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 10_000_000)
    monkeypatch.setattr(limits, "UNPACKED_FREELY", 100_000_000)
    path = rewritten(workbook(tmp_path), "xl/worksheets/sheet1.xml", b" " * 20_000_000)
    assert Path(path).stat().st_size < 50_000
    (found,) = problems(read_sheet, path, HOW)
    assert found.what == "unpacks to 19 MiB"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_part_that_is_packed_too_tightly(part: str, tmp_path: Path) -> None:
    """Such a file, with millions of equal texts in half a megabyte, once took two minutes."""
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"")
    (found,) = problems(read_sheet, rewritten(path, part, b"<si><t>x</t></si>" * 2_000_000), HOW)
    assert "unpacks to" in found.what
    assert "times its size" in found.what


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.arff"])
@pytest.mark.parametrize("endless", [False, True])
def test_a_text_file_that_is_too_large(
    name: str, endless: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TABLE_BYTES", 2**20)
    path = tmp_path / name
    if endless:
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"name,revenue\n" * 100_000)
    (found,) = problems(read_sheet, str(path), HOW)
    assert found.what == "is larger than 1 MiB"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_blank_lines_count(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SHEET_CELLS", 100_000)
    (tmp_path / "a.csv").write_bytes(f"name,revenue{end}A,1{end}{end * 60_000}".encode())
    (found,) = problems(read_sheet, str(tmp_path / "a.csv"), HOW)
    assert found.what.endswith("lines of 2 columns, more than 100,000 cells")


def test_columns_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name," + ",".join(f"c{i}" for i in range(200_000)) + "\nA\n", "utf-8")
    (found,) = problems(read_sheet, str(tmp_path / "a.csv"), HOW)
    assert found.what == "has 200,001 columns, more than 16,384"


def test_lines_that_end_in_carriage_returns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"name;revenue\rA;1\r\rB;2\r")
    found = read_sheet(str(tmp_path / "a.csv"), HOW)
    assert found.frame.to_dict("list") == {"name": ["A", "B"], "revenue": [1.0, 2.0]}
    assert list(found.frame.index) == [2, 4]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_cell_longer_than_any(rows: int, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x" * 300_000 + ",revenue\nA,1\n" * rows, "utf-8")
    with pytest.raises(DocumentError):
        read_sheet(str(tmp_path / "a.csv"), HOW)


@pytest.mark.parametrize("empty", [(), (2,), (2, 3), (1, 2, 3)])
def test_columns_of_a_workbook_in_which_nothing_stands(empty: tuple[int, ...], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for column, header in enumerate(("name", "revenue", "cash"), 1):
        book.active.cell(1, column, header)
        for row in (2, 3):
            if column not in empty:
                book.active.cell(row, column, row)
    book.save(tmp_path / "a.xlsx")
    found = read_sheet(str(tmp_path / "a.xlsx"), HOW)
    assert list(found.frame.columns) == ["name", "revenue", "cash"]
    assert len(found.frame) == (0 if len(empty) == 3 else 2)


def test_a_cell_far_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading fills the cells in between: a million rows of one cell each."""
    monkeypatch.setattr(limits, "SHEET_CELLS", 1000)
    (found,) = problems(read_sheet, str(workbook(tmp_path, (2000, 3))), HOW)
    assert found.what == "has more than 1,000 cells, empty ones too"


@pytest.mark.parametrize("text", [b"", b"<", b"<a/>", b"\xff", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_damaged_archives(tmp_path: Path, part: str, text: bytes) -> None:
    with pytest.raises(DocumentError):
        read_sheet(rewritten(workbook(tmp_path), part, text), HOW)


def test_a_column_that_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_wide_row_and_one_far_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows missing from the file are empty, and get the width of the headers only when the table is built."""
    monkeypatch.setattr(limits, "SHEET_CELLS", 1000)
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    text = '<c r="A1" t="inlineStr"><is><t>Company</t></is></c><c r="B1" t="inlineStr"><is><t>Revenue</t></is></c>'
    rows = f'<row r="1">{text}</row><row r="800"><c r="B800"><v>1</v></c></row>'
    sheet = f"<worksheet {namespace}><sheetData>{rows}</sheetData></worksheet>"
    path = rewritten(workbook(tmp_path), "xl/worksheets/sheet1.xml", sheet.encode())
    (found,) = problems(read_sheet, path, HOW)
    assert found.what == "has 799 lines of 2 columns, more than 1,000 cells"


@pytest.mark.parametrize("name", ["endless.xlsx", "endless.ods", "endless.xlsm"])
def test_a_workbook_that_is_a_device_is_not_read_to_its_end(name: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(DocumentError, match="is a device or a pipe, not a file"):
        read_sheet(str(tmp_path / name), HOW)
