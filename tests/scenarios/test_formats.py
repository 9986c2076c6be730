"""Output in files and on standard output, in each format, can be read by the programs for which it is meant."""

import csv
import io
import json
from pathlib import Path

import pytest
from commands import FIXTURES, screener

from screener.report.formats.output_format import OutputFormat, utf8
from screener.report.formats.registry import FORMATS
from screener.report.views.result_view import ResultView
from screener.text import CSV_START

ORACLE, GROQ = str(FIXTURES / "oracle.json"), str(FIXTURES / "groq.json")


@pytest.mark.parametrize("form", ["html", "json", "md", "csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_standard_output_has_the_same_as_the_file(form: str, language: str, here: Path) -> None:
    words = ("--format", form, "--lang", language)
    printed = screener("run", ORACLE, *words, "--out", "-")
    assert (printed.code, printed.err) == (0, "")
    assert screener("run", ORACLE, *words, "--out", "out", "--quiet").out == ""
    (file,) = (file for file in (here / "out").iterdir() if file.name != "companies.csv")
    assert file.name == ("findings.csv" if form == "csv" else f"oracle.{form}")
    text = file.read_text("utf-8")
    assert text.startswith(CSV_START) == (form == "csv")  # in a file only: a stream has no byte order mark
    assert text.removeprefix(CSV_START).rstrip("\n") == printed.out.rstrip("\n")


def test_json(here: Path) -> None:
    result = json.loads(screener("run", ORACLE, "--format", "json", "--out", "-").out)
    assert result["schema"] == "screener/result/1"
    assert result["company"]["name"] == {"en": "Oracle", "zh": "甲骨文"}
    assert {f["outcome"] for f in result["findings"]} <= {"fired", "clear", "unknown", "not-applicable"}
    assert len(result["findings"]) == result["pack"]["rules"]


def test_json_of_several_is_one_document_after_the_other(here: Path) -> None:
    text = screener("run", ORACLE, GROQ, "--format", "json", "--out", "-").out
    found, decoder = [], json.JSONDecoder()
    while text:
        value, end = decoder.raw_decode(text)
        found.append(value["company"]["id"])
        text = text[end:].lstrip()
    assert found == ["oracle", "groq"]


def test_csv_of_several_is_one_table(here: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(screener("run", ORACLE, GROQ, "--format", "csv", "--out", "-").out)))
    assert list(dict.fromkeys(row["company"] for row in rows)) == ["oracle", "groq"]
    assert all(None not in row and None not in row.values() for row in rows)
    (leverage,) = (r for r in rows if r["company"] == "oracle" and r["rule"] == "leverage-versus-revenue")
    assert (leverage["outcome"], leverage["threshold_low"]) == ("fired", "1.5")
    assert float(leverage["value_low"]) == pytest.approx(92.6 / 57.4)


def test_markdown(here: Path) -> None:
    done = screener("run", ORACLE, "--format", "md", "--out", "-")
    assert done.out.startswith("# Oracle\n")
    assert "**Avoid**" in done.out


def test_html(here: Path) -> None:
    for language, title in (("en", "Oracle"), ("zh", "甲骨文")):
        page = screener("run", ORACLE, "--out", "-", "--lang", language).out
        assert page.lower().startswith("<!doctype html>")
        assert f'<html lang="{language}' in page
        assert title in page
        assert page.rstrip().endswith("</html>")


def test_bad_profiles_stay_out_of_standard_output(here: Path) -> None:
    (here / "bad.json").write_text('{"name": 5}')
    done = screener("run", "bad.json", GROQ, "--format", "json", "--out", "-")
    assert done.code == 3
    assert json.loads(done.out)["company"]["id"] == "groq"
    assert done.errors[0].startswith("bad.json:1:10: name: ")


def test_nothing_but_bad_profiles_says_nothing_on_standard_output(here: Path) -> None:
    (here / "bad.json").write_text('{"name": 5}')
    done = screener("run", "bad.json", "--format", "json", "--out", "-")
    assert (done.code, done.out) == (3, "")


def test_the_index_lists_what_could_not_be_read(here: Path) -> None:
    (here / "several").mkdir()
    (here / "several" / "bad.yaml").write_text("name: A\nfigures: {revenu: 5}\n")
    (here / "several" / "good.yaml").write_text("name: Good\n")
    assert screener("run", "several", "--out", "out").code == 3
    index = (here / "out" / "index.html").read_text("utf-8")
    assert "good.html" in index
    assert "several/bad.yaml" in index
    assert "unknown figure &#39;revenu&#39;; did you mean &#39;revenue&#39;?" in index


def test_the_stamp_is_the_only_thing_that_changes(here: Path) -> None:
    plain = screener("run", GROQ, "--out", "-").out
    stamped = screener("run", GROQ, "--out", "-", "--stamp").out
    assert stamped != plain
    assert " UTC" in stamped
    assert " UTC" not in plain


def test_old_reports_are_replaced_whole(here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "groq.html").write_text("<!-- written by screener --> old")
    (here / "out" / "groq.html").chmod(0o640)
    assert screener("run", GROQ, "--out", "out").code == 0
    assert (here / "out" / "groq.html").read_text("utf-8").startswith("<!doctype")
    assert (here / "out" / "groq.html").stat().st_mode & 0o777 == 0o640
    assert [p.name for p in (here / "out").iterdir()] == ["groq.html"]


def test_schema_names_custom_figures(here: Path) -> None:
    plain = json.loads(screener("profile", "schema").out)
    mine = json.loads(screener("profile", "schema", "--rules", "examples/my-rules").out)
    assert "capital_commitments" not in json.dumps(plain)
    assert "capital_commitments" in mine["$defs"]["figures"]["properties"]


class LineFormat(OutputFormat):
    """A format as a developer would add it."""

    name, suffix = "line", ".txt"

    def render(self, view: ResultView) -> bytes:
        return utf8(f"{view.company.name}: {view.company.verdict.label}")


def test_a_format_needs_a_class_and_a_place_in_the_registry(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "line", LineFormat)
    done = screener("run", ORACLE, "--format", "line,json", "--out", "out", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert sorted(p.name for p in (here / "out").iterdir()) == ["oracle.json", "oracle.txt"]
    assert (here / "out" / "oracle.txt").read_text("utf-8") == "Oracle: Avoid"
    assert screener("run", ORACLE, "--format", "line", "--out", "-").out == "Oracle: Avoid\n"
