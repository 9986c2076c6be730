"""Excel workbooks: numbers are numbers, texts are texts, the same input gives the same bytes."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from screener import Screener
from screener.cli import group
from screener.io.replacing import written_by_screener
from screener.report import workbook
from screener.report.comparison_workbook import comparison_workbook
from screener.report.formats.csv_format import in_encoding
from screener.report.record_workbook import records_workbook
from screener.report.workbook import Column, Linked, WorkbookWriter
from screener.result.comparison import compare
from screener.text import LANGUAGES
from screener.validation.measures import Estimate, ScoreBand

ROOT = Path(__file__).parents[3]


def run(*arguments: str) -> None:
    done = CliRunner().invoke(group, list(arguments))
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("workbook") / "out"
    run("run", str(ROOT / "fixtures"), "--config", "none", "--out", str(out), "--format", "html,xlsx,csv,json", "-q")
    return out


def test_a_run_as_a_workbook(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "screening.xlsx")
    assert book.sheetnames == ["Companies", "Flags", "Figures", "Unknowns", "Method"]
    companies = book["Companies"]
    assert companies.max_row == 1 + len(list(folder.glob("*.json")))
    head = [cell.value for cell in companies[1]]
    scores = [row[head.index("Risk score")] for row in companies.iter_rows(min_row=2)]
    assert all(isinstance(cell.value, int | float) for cell in scores)
    assert [cell.hyperlink.target for cell in companies["A"][1:]] == [
        f"{row[-1].value}.html" for row in companies.iter_rows(min_row=2)
    ]
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    figures = book["Figures"]
    values = [row for row in figures.iter_rows(min_row=2) if row[1].value == "Revenue" and row[0].value == "Oracle"]
    assert (values[0][3].value, values[0][3].number_format) == (57_400_000_000, "#,##0")


def test_the_worst_company_stands_first(folder: Path) -> None:
    rows = list(openpyxl.load_workbook(folder / "screening.xlsx")["Companies"].iter_rows(min_row=2, values_only=True))
    assert rows[0][1] == "avoid"
    assert [row[2] for row in rows if row[1] == "avoid"] == sorted((row[2] for row in rows if row[1] == "avoid"), reverse=True)


def test_the_same_run_gives_the_same_workbook_which_may_be_replaced(folder: Path, tmp_path: Path) -> None:
    run("run", str(ROOT / "fixtures"), "--config", "none", "--out", str(tmp_path), "--format", "html,xlsx", "-q")
    assert (tmp_path / "screening.xlsx").read_bytes() == (folder / "screening.xlsx").read_bytes()
    assert written_by_screener(tmp_path / "screening.xlsx")


def test_companies_stand_beside_findings_as_csv(folder: Path) -> None:
    companies, findings = ((folder / f"{name}.csv").read_bytes() for name in ("companies", "findings"))
    assert companies.startswith(b"\xef\xbb\xbfcompany,name,sector,as_of,verdict")
    assert findings.startswith(b"\xef\xbb\xbfcompany,")
    assert len(companies.splitlines()) == 1 + len(list(folder.glob("*.json")))


def test_csv_in_other_encodings(tmp_path: Path) -> None:
    assert in_encoding("\ufeff公司\n".encode(), "utf-8") == "公司\n".encode()
    assert in_encoding("\ufeff公司\n".encode(), "utf-16-le").decode("utf-16") == "公司\n"
    assert in_encoding("\ufeff公司é\n".encode(), "cp1252") == b"??\xe9\n"
    run("run", str(ROOT / "fixtures/oracle.json"), "--config", "none", "--out", str(tmp_path), "--format", "csv",
        "--csv-encoding", "gb18030", "--lang", "zh", "-q")
    assert (tmp_path / "findings.csv").read_text("gb18030").startswith("company,name")
    assert "公司" in (tmp_path / "findings.csv").read_text("gb18030")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@x", "{=A1}", "http://example.org", "'x", "0012", "\t=1"])
def test_no_text_becomes_anything_else(text: str) -> None:
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        sheet = book.sheet("S", [Column("a"), Column("b", "unit")])
        sheet.row([text, -2.5], "multiple")
        sheet.row([Linked(text, "javascript://alert(1)"), None])
    cells = openpyxl.load_workbook(io.BytesIO(file.getvalue()))["S"]
    assert (cells["A2"].data_type, cells["B2"].value) == ("s", -2.5)
    assert cells["A2"].value.strip() == text.strip()
    assert cells["A2"].hyperlink is None
    assert cells["A3"].hyperlink is None


def test_a_workbook_that_fails_leaves_nothing() -> None:
    file = io.BytesIO()
    with pytest.raises(ZeroDivisionError), WorkbookWriter(file) as book:
        book.sheet("S", [Column("a")]).row([1 / 0])
    assert not file.getvalue()


def test_records_are_rows_of_numbers() -> None:
    bands = [ScoreBand(0.0, 5.0, 10, 1.5, Estimate(0.15, 0.02, 0.4)), ScoreBand(5.0, 9.0, 10, 2.5, Estimate(0.25, 0.1, 0.5))]
    sheet = openpyxl.load_workbook(io.BytesIO(records_workbook({"Bands": bands, "None": []})))["Bands"]
    assert [cell.value for cell in sheet[1]] == ["Low", "High", "Companies", "Failed", "Share value", "Share low", "Share high"]
    assert [cell.value for cell in sheet[3]] == [5, 9, 10, 2.5, 0.25, 0.1, 0.5]
    assert sheet["E2"].number_format == "0.0%"


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "fixtures/nvidia.json", "fixtures/later/nvidia-2026-03.json", "--config", "none"),
        ("validate", "tests/data/polish-sample.arff", "--map", "polish", "--label", "class", "--pack", "distress",
         "--resamples", "100", "--config", "none"),
    ],
)
def test_other_commands_write_workbooks(arguments: tuple[str, ...], tmp_path: Path) -> None:
    paths = [str(ROOT / a) if "/" in a else a for a in arguments]
    run(*paths, "--format", "xlsx", "-o", str(tmp_path / "x.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert len(book.sheetnames) >= 3
    assert CliRunner().invoke(group, [*paths, "--format", "xlsx"]).exit_code == 2


MARKET = "Company,Year,Revenue,Net income,Total debt\nAlder,2024,100,-5,900\nBirch,2024,100,5,\n"
MARKET_MAP = "name: {column: Company}\ncurrency: USD\ncolumns: {Revenue: revenue, Net income: net_income, Total debt: total_debt}\n"


@pytest.mark.parametrize("singly", [False, True])
def test_a_market_as_a_workbook(tmp_path: Path, singly: bool) -> None:
    """The sheets of `run`, whether companies are screened on columns or, for their several years, singly."""
    more = "Alder,2023,90,1,800\n" if singly else ""
    (tmp_path / "t.csv").write_text(MARKET + more)
    (tmp_path / "m.yaml").write_text(MARKET_MAP + ("period: {column: Year}\n" if singly else ""))
    shared = ("market", str(tmp_path / "t.csv"), "--map", str(tmp_path / "m.yaml"), "--config", "none", "-q")
    run(*shared, "--out", str(tmp_path / "m.xlsx"))
    run(*shared, "--out", str(tmp_path / "m.csv"))
    book = openpyxl.load_workbook(tmp_path / "m.xlsx")
    assert book.sheetnames == ["Companies", "Flags", "Figures", "Unknowns", "Method"]
    assert all(sheet.freeze_panes and sheet.auto_filter.ref for sheet in book)
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    with (tmp_path / "m.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    fired = {(row["company"], rule) for row in rows for kind in ("pattern", "red", "green", "data") for rule in row[kind].split()}
    assert {(row[-1], row[-2]) for row in sheets["Flags"][1:]} == fired
    assert ("alder", "loss-making") in fired
    figures = {(row[-1], row[-2], row[8]): row[2] for row in sheets["Figures"][1:]}
    assert figures["alder", "total_debt", None] == 900
    assert ("birch", "total_debt", None) not in figures
    assert any(row[0] == "Birch" and row[2] > 1 for row in sheets["Unknowns"][1:])
    assert len(sheets["Companies"]) == 3
    assert dict(sheets["Method"][1:])["Empty cells"] == "unknown or unbounded, never zero"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("short", 10, 1),
        ("one-customer single-customer-dependence stranded-asset", 20, 4),
        ("x" * 100, 26, 5),
        ("公司" * 10, 22, 3),
        ("a b c d e f", 7, 2),
    ],
)
def test_a_row_is_as_high_as_its_texts(text: str, width: int, lines: int) -> None:
    """Not all spreadsheet programs compute the height."""
    assert workbook._lines(text, width) == lines


def test_lists_of_rules_wrap(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as file, workbook.WorkbookWriter(file) as book:
        sheet = book.sheet("A", [workbook.Column("Rules", "list"), workbook.Column("Sector"), workbook.Column("Score", "score")])
        sheet.row([" ".join(f"rule-number-{i}" for i in range(9)), "cloud-infrastructure", 1.0])
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx")["A"]
    assert cells["A2"].alignment.wrap_text
    assert cells["B2"].alignment.wrap_text
    assert cells.row_dimensions[2].height >= 5 * 15


def test_texts_stand_apart_from_the_numbers_before_them(tmp_path: Path) -> None:
    with (tmp_path / "b.xlsx").open("wb") as file, WorkbookWriter(file) as book:
        book.sheet("s", [Column("Count", "count"), Column("Reason", "wide")]).row([3, "why"])
    cells = openpyxl.load_workbook(tmp_path / "b.xlsx")["s"]
    assert [cells[place].alignment.horizontal for place in ("A1", "B1", "B2")] == ["right", "left", "left"]
    assert cells["B1"].alignment.indent == cells["B2"].alignment.indent == 1


def test_a_comparison_as_a_workbook_has_titles_in_the_language() -> None:
    screener = Screener.load(packs=["ai-era"])
    before, after = (
        screener.assess(screener.profile(str(ROOT / "fixtures" / name))) for name in ("nvidia.json", "later/nvidia-2026-03.json")
    )
    in_english, in_chinese = (
        openpyxl.load_workbook(io.BytesIO(comparison_workbook(compare(before, after), language))) for language in LANGUAGES
    )
    assert in_english.sheetnames == ["Companies", "Flags", "Figures"]
    assert [row[0].value for row in in_chinese["公司"]][1:] == ["之前", "之后"]
    chinese = re.compile("[一-鿿]")
    for sheet, translated in zip(in_english, in_chinese, strict=True):
        assert not [cell.value for cell in sheet[1] if chinese.search(str(cell.value))]
        titles = [translated.title, *(cell.value for cell in translated[1] if cell.value)]
        assert all(chinese.search(title) for title in titles), titles
        assert translated.max_row == sheet.max_row
