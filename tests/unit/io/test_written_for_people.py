"""Text pasted from web pages, spreadsheets and other countries: the message names it and states what to write."""

from pathlib import Path

import pytest

from screener.errors import DocumentError
from screener.expression.parser import parse
from screener.io.document import parse_documents
from screener.io.file_text import read_text
from screener.profile.loader import profile_warnings
from screener.units import numeral_hint
from tests.conftest import ReadProfile, problems


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("0,199", "write 0.199"),
        ("-0,5", "write -0.5"),
        ("\u22120.2", "write -0.2"),
        ("\u20130.2", "write -0.2"),
        ("1\u00a0000", "write 1000"),
        ("1 000 000", "write 1000000"),
        ("1'000'000", "write 1000000"),
        ("1,234", "write 1234, or 1.234 if the comma is a decimal sign"),
        ("1,234,567", "write 1234567"),
        ("1.234.567", "write 1234567"),
        ("1,234.5", "write 1234.5"),
        ("1.234,5", "write 1234.5"),
        ("20%", "write 0.2"),
        ("12,5 %", "write 0.125"),
        ("５.２", "write 5.2"),
        ("5bn", "write 5e9"),
        ("1,5 bn", "write 1.5e9"),
        ("2亿", "write 2e8"),
        ("about 5", ""),
        ("1.2.3,4", ""),
        ("", ""),
    ],
)
def test_numbers(written: str, hint: str) -> None:
    assert numeral_hint(written) == hint


def test_the_hint_is_given_where_a_number_is_read(read: ReadProfile) -> None:
    found = problems(read, figures={"revenue": "1,5", "net_income": {"value": "\u22125"}})
    assert [p.hint for p in found] == ["write 1.5", "write -5"]


@pytest.mark.parametrize(("text", "hint"), [("x < 0,050", "write 0.05"), ("x\u00a0< 2", "U+00A0 (non-breaking space)")])
def test_in_expressions(text: str, hint: str) -> None:
    (found,) = problems(parse, text)
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\u00a0\u00a0b:\n\u00a0\u00a0\u00a0\u00a0c: 1\n    d: 2\n", (2, 1), "U+00A0 (non-breaking space)"),
        ("a:\n  b:\u00a00.2\n  c: 1\n", (2, 5), "a plain space instead of U+00A0"),
        ("a: 1\n\ufeffb: 2\n", (2, 1), "U+FEFF (byte order mark)"),
        ("{a: 1,5, b: 2}\n", (1, 7), "write 1.5 with a decimal point"),
        ("{a: 0,050}\n", (1, 7), "write 0.050 with a decimal point"),
        ("{a: [1], 5: 2}\n", (1, 10), "put it in quotes"),
    ],
)
def test_in_yaml(text: str, place: tuple[int, int], hint: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_documents(text, "x.yaml")
    (found,) = caught.value.problems
    assert hint in found.hint
    assert (found.line, found.column) == place


@pytest.mark.parametrize("character", ["\u00a0", "\u200b", "\u3000"])
def test_a_key_that_starts_with_what_is_not_seen(character: str) -> None:
    (found,) = problems(parse_documents, f"a: 1\n{character}b: 2\n", "x.yaml")
    assert f"starts with U+{ord(character):04X}" in found.what


def test_joined_files_may_each_have_a_byte_order_mark(tmp_path: Path) -> None:
    one, two = tmp_path / "a.yaml", tmp_path / "both.yaml"
    one.write_text("---\na: 1\n", "utf-8-sig")
    two.write_bytes(one.read_bytes() * 2)
    assert [d.data for d in parse_documents(read_text(two), "both.yaml")] == [{"a": 1}, {"a": 1}]


def test_chinese_paragraphs_in_a_block_keep_their_spaces() -> None:
    (found,) = parse_documents("a: |\n  \u3000\u3000一段\n  \u3000\u3000二段\n", "x.yaml")
    assert found.data == {"a": "\u3000\u3000一段\n\u3000\u3000二段\n"}


def test_texts_of_profiles_that_a_comment_cuts(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "name: Lender #1 Holdings\naliases: ['Lender #1']\ncurrency: USD  # of the accounts\n"
        "figures:\n  revenue: 5  # thousands\n  cash:\n    note: see note #7\nsummary: >\n  folded # text\n",
        "utf-8",
    )
    assert [(p.line, p.column, p.level, p.code) for p in profile_warnings(str(file))] == [
        (1, 14, "warning", "cut-by-comment"),
        (7, 20, "warning", "cut-by-comment"),
    ]
