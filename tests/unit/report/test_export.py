"""JSON, CSV and Markdown are complete, stable and inert."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from screener.report.formats.markdown_format import markdown_escape, markdown_table
from screener.report.formats.table_columns import COMPANY_COLUMNS, FINDING_COLUMNS, company_row, finding_rows
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.model import ResultDocument, to_dict
from screener.text import Text
from tests.unit.report import sample
from tests.unit.report.changed import replace
from tests.unit.report.formats import streamed


def test_json_is_the_documented_form() -> None:
    text = streamed("json", [sample.oracle()])
    data = json.loads(text)
    assert data == json.loads(json.dumps(to_dict(sample.oracle())))
    assert next(iter(data)) == "schema"
    assert data["schema"] == "screener/result/1"
    assert "甲骨文公司" in text
    assert text.endswith("}\n")
    assert text == streamed("json", [sample.oracle()])


def test_json_of_unbounded_and_broken_things_can_be_read_and_written() -> None:
    base = sample.hostile()
    data = json.loads(streamed("json", [base]))
    assert data["findings"][0]["distances"][0]["value"] == {"low": None, "high": None}
    broken = replace(base, notes=(Text.of("lone \ud800 surrogate"),))
    assert "lone  surrogate" in streamed("json", [broken])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_one_row_a_finding() -> None:
    result = sample.oracle()
    table = rows(streamed("csv", [result, sample.empty()]))
    assert len(table) == len(result.findings) + 45
    assert list(table[0]) == list(FINDING_COLUMNS)
    row = next(r for r in table if r["rule"] == "leverage-versus-revenue")
    assert (row["company"], row["verdict"], row["outcome"], row["points"]) == ("oracle", "avoid", "fired", "8.4")
    assert (row["op"], row["threshold_low"], row["unit"]) == (">", "1.5", "multiple")
    assert float(row["value_low"]) == pytest.approx(92.6 / 57.4)
    unbounded = next(r for r in table if r["rule"] == "interest-cover")
    assert (unbounded["value_low"], unbounded["value_high"]) == ("0", "")


@pytest.mark.parametrize("result", [sample.oracle(), sample.empty(), sample.hostile()], ids=["oracle", "empty", "hostile"])
def test_rows_have_the_columns_of_their_table(result: ResultDocument) -> None:
    context = ViewContext(result, load_wording("en"))
    assert list(company_row(context)) == list(COMPANY_COLUMNS)
    assert {tuple(row) for row in finding_rows(context)} <= {tuple(FINDING_COLUMNS)}


def test_csv_speaks_the_language_asked_for() -> None:
    assert rows(streamed("csv", [sample.oracle()], "zh"))[0]["title"] == "高杠杆押注单一亏损客户"


@pytest.mark.parametrize("start", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", " =1"])
def test_no_cell_is_a_formula(start: str) -> None:
    base = sample.oracle()
    found = replace(base.findings[0], says=Text.of(start))
    cell = rows(streamed("csv", [replace(base, findings=(found,))]))[0]["says"]
    assert cell.startswith("'")


def test_numbers_below_zero_stay_numbers() -> None:
    points = [float(r["points"]) for r in rows(streamed("csv", [sample.oracle()]))]
    assert min(points) == -2.2


def test_csv_keeps_hostile_text_in_its_cell() -> None:
    for row in rows(streamed("csv", [sample.hostile()])):
        assert None not in row
        assert not any(c in value for value in row.values() for c in "\x1b\x00\n\r")


def test_markdown_has_the_memo() -> None:
    text = streamed("md", [sample.oracle()])
    for shown in ("# Oracle Corporation", "**Avoid**", "**67 (62–81)**", "## Flags", "5.23× of revenue", "- **Share of revenue",
                  "## Why", "## Who pays whom", "| Nvidia → OpenAI |", "## Sources that disagree", "not investment advice"):
        assert shown in text.replace("\u00a0", " ")
    assert "## 风险信号" in streamed("md", [sample.oracle()], "zh")


@pytest.mark.parametrize(
    "text",
    ["<script>", "[x](javascript:1)", "![i](u)", "**b** _i_ `c`", "a|b", "https://evil.example", "www.evil.example", "@someone",
     "#12", "&lt;", "~~s~~", "$x$", "# head", "- item", "+ item", "1. item", "> quote", "===", "a\\"],
)
def test_markdown_of_a_text_is_only_that_text(text: str) -> None:
    made = markdown_escape(text)
    bare = re.sub(r"\\(.)", "", made)
    assert not re.search(r"[<>\[\]`*_|~$&!#]|^[-+=]|^\d+\.\s|://|www\.|@\w", bare)
    assert re.sub(r"\\(.)", r"\1", made).replace("\u2060", "") == text


MARKDOWN_PIECES = ["a", "B7", " ", "_", "*", "[", "]", "(", ")", "!", "#", "$", "|", "~", "&", ";", "amp", "<", ">", "`", "\\", "^", ":",
                   "-", "+", "=", "1.", "@", "/", "http", "www", ".", "，", "%", "“", "{", "}", "x"]


@given(st.lists(st.sampled_from(MARKDOWN_PIECES), min_size=1, max_size=12).map("".join).map(str.strip).filter(bool))
def test_what_markdown_renders_of_a_text_is_that_text(text: str) -> None:
    """In a paragraph, an item and a cell, by the rules of CommonMark with tables and strike-through, and with links found in text."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    made = markdown_escape(text)
    table = "\n".join(markdown_table(["h"], [False], [[text]]))
    for document, depth in ((made, 1), (f"- **x**: {made}", 2), (table, 3)):
        tokens = [t for t in parser.parse(document) if t.type == "inline"]
        children = [c for c in tokens[-1].children or () if c.content or c.type not in ("text", "strong_open", "strong_close")]
        assert {c.type for c in children} <= {"text", "text_special"}, (made, depth)
        shown = "".join(c.content for c in children).removeprefix("x: ").replace("\u2060", "")
        assert shown.split() == text.split()


@pytest.mark.parametrize(
    "text", ["Debt (USD 92.6 bn) is 1.61× revenue [filed, Form 10-K]", "Nvidia → OpenAI, non-binding; S&P 500", "total_debt, 35 % (of 48)"]
)
def test_a_text_without_markup_is_not_escaped(text: str) -> None:
    assert markdown_escape(text) == text


def test_markdown_stays_one_line_a_text() -> None:
    text = streamed("md", [sample.hostile()])
    assert not re.search(r"^<|(?<!\\)<", text, re.MULTILINE)
    assert all(len(line) < 6000 for line in text.splitlines())
