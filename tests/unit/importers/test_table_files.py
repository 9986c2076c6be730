"""File types of tables: OpenDocument, compressed CSV, and files whose content does not match their names."""

import gzip
import zipfile
from pathlib import Path

import openpyxl
import pytest

from screener import limits
from screener.errors import DocumentError
from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.map_proposal import propose_map
from screener.profile.catalogue import Catalogue

MAP = "name: {column: Company}\ncurrency: USD\nperiod: {column: Day}\ncolumns:\n  Revenue: {figure: revenue}\n  Margin: {metric: net_margin, unit: percent}\n"
CSV = b"Company,Day,Revenue,Margin\nAlder,2024-12-31,100,12\nBirch,2024-12-31,7,3\n"
NAMES = ["office", "table", "text", "style"]
SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMES)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def opendocument(path: Path, *tables: str, styles: str = "") -> str:
    """Writes an OpenDocument spreadsheet from tables given as XML, and returns its path."""
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml", f"<office:document-content {SPACES} {CALC}>{automatic}{body}</office:document-content>"
        )
    return str(path)


def cells(*texts: str) -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>' for t in texts
    )


def number(value: float, kind: str = "float", shown: str = "", more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" office:value="{value}" {more}>'
        f"<office:annotation><text:p>a remark</text:p></office:annotation><text:p>{shown or value}</text:p></table:table-cell>"
    )


def row(*parts: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(parts)}<table:table-cell table:number-columns-repeated='16380'/></table:table-row>"


DAY = '<table:table-cell office:value-type="date" office:date-value="2024-12-31"><text:p>31.12.24</text:p></table:table-cell>'
HEAD = row(cells("Company", "Day", "Revenue", "Margin"))
EMPTY = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"


def table(*rows: str, name: str = "Data", more: str = "") -> str:
    return f'<table:table table:name="{name}" {more}>{"".join(rows)}{EMPTY}</table:table>'


def read(path: Path, catalogue: Catalogue, says: str = MAP) -> CompanyTable:
    (path.parent / "m.yaml").write_text(says)
    return read_table(str(path), str(path.parent / "m.yaml"), catalogue)


def test_opendocument_says_what_its_cells_show(tmp_path: Path, catalogue: Catalogue) -> None:
    error = '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    rows = (
        row(
            cells("Alder"),
            DAY,
            number(100, "currency", "$100", 'office:currency="USD"'),
            number(0.12, "percentage", "12 %"),
        ),
        row(cells("Birch<text:s/>Lines"), DAY, number(7), error, more='table:visibility="filter"'),
        row(cells("Cedar"), DAY, number(9, "currency", "€9", 'office:currency="EUR"'), number(3)),
        row(cells("Dogwood"), DAY, "<table:table-cell table:formula='of:=1'/>", number(3)),
    )
    opendocument(tmp_path / "t.ods", table(HEAD, *rows))
    found = read(tmp_path / "t.ods", catalogue)
    assert found.meta["name"].tolist() == ["Alder", "Birch Lines", "Cedar", "Dogwood"]
    assert found.meta["period"].tolist() == ["2024-12-31"] * 4
    assert found.frame["revenue"].fillna(-1).tolist() == [100, 7, -1, -1]  # euros on a row in dollars; no stored value
    assert found.frame["net_margin"].fillna(-1).tolist() == [0.12, -1, 0.03, 0.03]
    assert [problem.path for problem in found.problems] == ["row 4, column 'Revenue'", "row 5, column 'Revenue'"]
    assert "row 3 is hidden by a filter" in found.notes[0]


def test_the_first_visible_sheet_of_an_opendocument_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    one = table(HEAD, row(cells("Alder"), DAY, number(1), number(2)), name="Old", more='table:style-name="h"')
    two = table(HEAD, row(cells("Birch"), DAY, number(1), number(2)), name="New")
    opendocument(tmp_path / "t.ods", one, two, styles=hidden)
    found = read(tmp_path / "t.ods", catalogue)
    assert found.meta["name"].tolist() == ["Birch"]
    assert "the sheet 'New' was read (1 hidden)" in found.notes[0]


def test_merged_names_and_zeros_of_an_opendocument(tmp_path: Path, catalogue: Catalogue) -> None:
    covered = "<table:covered-table-cell/>"
    span = '<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>Alder</text:p></table:table-cell>'
    rows = (
        row(span, number(2023), number(1), number(2)),
        row(covered, number(2024), number(3), number(2)),
        row(number(42, shown="0042"), number(2024), number(3), number(2)),
    )
    opendocument(tmp_path / "t.ods", table(HEAD, *rows))
    found = read(tmp_path / "t.ods", catalogue)
    assert found.meta["name"].tolist() == ["Alder", "0042"]
    assert found.problems == ()


def test_repeated_cells_of_an_opendocument_are_limited(tmp_path: Path, catalogue: Catalogue) -> None:
    many = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    opendocument(tmp_path / "t.ods", table(HEAD, row(many, more='table:number-rows-repeated="1000000"')))
    with pytest.raises(DocumentError, match="cells, empty ones too"):
        read(tmp_path / "t.ods", catalogue)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.zip", "t.csv.zip", "T.CSV.GZ"])
def test_packed_tables_are_read_as_the_table_in_them(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    path = tmp_path / name
    if name.lower().endswith(".gz"):
        path.write_bytes(gzip.compress(CSV))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("folder/data.csv", CSV)
            archive.writestr("__MACOSX/._data.csv", b"x")
            archive.writestr("readme.pdf", b"x")
    else:
        path.write_bytes(CSV)
    assert propose_map(str(path), catalogue).columns == 1
    assert read(path, catalogue).frame["revenue"].tolist() == [100, 7]


def _other(path: Path) -> None:
    """Writes a file of each kind under the name of another."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Company"])
    with zipfile.ZipFile(path.parent / "two.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    with zipfile.ZipFile(path.parent / "none.zip", "w") as archive:
        archive.writestr("a.pdf", CSV)
    book.save(path.parent / "book.xlsx")
    (path.parent / "book.csv").write_bytes((path.parent / "book.xlsx").read_bytes())
    (path.parent / "old.csv").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (path.parent / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (path.parent / "page.csv").write_bytes(b"<html><table><tr><td>Company</td></tr></table></html>")
    (path.parent / "page.xlsx").write_bytes(b"<html><table><tr><td>Company</td></tr></table></html>")
    (path.parent / "text.xlsx").write_bytes(CSV)
    (path.parent / "text.ods").write_bytes(CSV)
    (path.parent / "binary.xls").write_bytes(b"x")
    (path.parent / "binary.xlsb").write_bytes(b"x")
    (path.parent / "bad.csv.gz").write_bytes(gzip.compress(CSV)[:-12])
    (path.parent / "text.csv.gz").write_bytes(CSV)
    (path.parent / "bomb.csv.gz").write_bytes(gzip.compress(bytes(limits.UNPACKED_FREELY + 2)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("two.zip", "holds several tables: a.csv, b.csv; unpack it"),
        ("none.zip", "holds no CSV or TSV: a.pdf"),
        ("book.csv", "is an Excel or OpenDocument file or an archive, not a text; rename it"),
        ("old.csv", "is a workbook of Excel before 2007; open it"),
        ("old.xlsx", "is a workbook of Excel before 2007; open it"),
        ("page.csv", "is a page"),
        ("page.xlsx", "is a page"),
        ("text.xlsx", "is a text, not a workbook; rename it to .csv"),
        ("text.ods", "is a text, not a workbook; rename it to .csv"),
        ("binary.xls", "is a workbook of a kind that is not read (.xls); save it as .xlsx or .ods"),
        ("binary.xlsb", "is a workbook of a kind that is not read (.xlsb)"),
        ("bad.csv.gz", "can't be unpacked"),
        ("text.csv.gz", "can't be unpacked"),
        ("bomb.csv.gz", "unpacks to more than 16 MiB"),
    ],
)
def test_files_that_are_something_else_are_named(tmp_path: Path, catalogue: Catalogue, name: str, message: str) -> None:
    _other(tmp_path / name)
    with pytest.raises(DocumentError) as error:
        read(tmp_path / name, catalogue)
    assert message in str(error.value)
