"""PDF: one browser prints all files, with the same bytes each time, no requests and no files left behind."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.errors import OutputError
from screener.report.pages import pdf_printer as pdf
from screener.report.pages.pdf_printer import PdfPrinter, find_browser
from tests.scenarios.commands import ROOT, screener

PAGE = "<!doctype html><title>T</title><h1>One</h1><p>甲骨文 text</p><img src='file:///etc/hostname'><img src='http://127.0.0.1:9/x'>"


@pytest.fixture(scope="module")
def printer() -> Iterator[PdfPrinter]:
    try:
        program = find_browser()
    except OutputError as error:
        pytest.skip(str(error))
    found = PdfPrinter(program)
    yield found
    found.close()


def test_a_page_is_printed_the_same_each_time(printer: PdfPrinter) -> None:
    one = printer.print_page(PAGE, "2026-02-06")
    other = printer.print_page(PAGE.replace("One", "Two"), "2026-02-06")
    again = printer.print_page(PAGE, "2026-02-06")
    assert one.startswith(b"%PDF-")
    assert one.rstrip().endswith(b"%%EOF")
    assert one == again
    assert one != other
    assert re.findall(rb"/(?:Creation|Mod)Date \(D:(\d+)", one) == [b"20260206000000"] * 2


@pytest.mark.parametrize("day", [None, "no day at all"])
def test_whatever_the_profile_says_of_its_day(day: str | None, printer: PdfPrinter) -> None:
    made = printer.print_page(PAGE, day)
    assert len(re.findall(rb"/(?:Creation|Mod)Date \(D:\d{14}\+00'00'\)", made)) == 2


def test_scripts_do_not_run(printer: PdfPrinter) -> None:
    alone = printer.print_page("<title>T</title><p>x</p>", None)
    scripted = printer.print_page("<title>T</title><p>x</p><script>document.body.textContent='a longer text'.repeat(999)</script>", None)
    assert abs(len(alone) - len(scripted)) < 200


def test_a_folder_for_temporary_files_that_is_not_there(printer: PdfPrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/proc/nothing")
    other = PdfPrinter(printer.program)
    assert other.print_page(PAGE, None).startswith(b"%PDF-")
    other.close()


def test_nothing_is_left_behind(printer: PdfPrinter) -> None:
    other = PdfPrinter(printer.program)
    folder = Path(other._folder)
    assert folder.is_dir()
    other.close()
    assert not folder.exists()


def test_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MACOS_CHROME", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("SCREENER_CHROMIUM", raising=False)
    with pytest.raises(OutputError, match="needs Chromium or Chrome, and none is found; install it"):
        find_browser()
    monkeypatch.setenv("SCREENER_CHROMIUM", "/nowhere/chrome")
    with pytest.raises(OutputError, match="SCREENER_CHROMIUM names no program: /nowhere/chrome"):
        find_browser()


def test_a_program_that_is_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(OutputError, match="the browser stopped; name another browser"):
        PdfPrinter(sys.executable)
    with pytest.raises(OutputError, match="can't be started"):
        PdfPrinter(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_index_is_printed_where_there_are_several_companies(printer: PdfPrinter, tmp_path: Path) -> None:
    """In landscape, dated as the latest profile, with the names of all."""
    out = tmp_path / "out"
    paths = [str(ROOT / f"fixtures/{name}.json") for name in ("oracle", "groq")]
    assert screener("run", *paths, "--format", "pdf", "--out", str(out), "-q").code == 0
    assert sorted(p.name for p in out.iterdir()) == ["groq.pdf", "index.pdf", "oracle.pdf"]
    index = (out / "index.pdf").read_bytes()
    assert re.findall(rb"/(?:Creation|Mod)Date \(D:(\d+)", index) == [b"20260206000000"] * 2
    width, height = map(float, re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", index)[0])
    assert width > height


@pytest.mark.parametrize("several", [False, True])
def test_a_report_has_at_most_five_pages(several: bool, printer: PdfPrinter, tmp_path: Path) -> None:
    """For Oracle, alone and with peers; page one is a summary."""
    paths = [str(ROOT / f"fixtures/{name}.json") for name in ("oracle", *(("nvidia", "openai") if several else ()))]
    assert screener("run", *paths, "--format", "pdf", "--out", str(tmp_path), "-q", "--force").code == 0
    pages = re.findall(rb"/Type /Page\b", (tmp_path / "oracle.pdf").read_bytes())
    assert 2 <= len(pages) <= 5


def test_comparisons_are_printed(printer: PdfPrinter, tmp_path: Path) -> None:
    """Of two results and of two folders, with the later date, to files only."""
    before, after = (str(ROOT / "fixtures" / name) for name in ("nvidia.json", "later/nvidia-2026-03.json"))
    folders = [tmp_path / "then", tmp_path / "now"]
    for folder, file in zip(folders, (before, after), strict=True):
        folder.mkdir()
        (folder / "nvidia.json").write_bytes(Path(file).read_bytes())
    for pair in ((before, after), tuple(map(str, folders))):
        path = tmp_path / "changed.pdf"
        done = screener("compare", *pair, "--format", "pdf", "--out", str(path), "--force")
        assert (done.code, done.err) == (0, "")
        made = path.read_bytes()
        assert made.startswith(b"%PDF-")
        assert b"/CreationDate (D:20260315" in made
    refused = screener("compare", before, after, "--format", "pdf")
    assert refused.code == 2
    assert "name one with --out" in refused.err


def test_comparisons_say_before_screening_that_no_browser_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pdf.BROWSER_VARIABLE, str(tmp_path / "none"))
    done = screener("compare", "missing-a.json", "missing-b.json", "--format", "pdf", "--out", str(tmp_path / "c.pdf"))
    assert done.code == 3
    assert "names no program" in done.err
    assert not (tmp_path / "c.pdf").exists()
