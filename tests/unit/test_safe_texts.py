"""Hostile texts: invisible characters are removed, and no cell begins like a formula."""

import sys
import unicodedata

import pytest

from screener.report.formats.csv_format import _cell
from screener.text import FORMULA_STARTS, clean

pa = pytest.importorskip("pyarrow")

SIGNS = frozenset("=+-@\u2212")


def test_no_format_character_is_left() -> None:
    kept = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Cf" and clean(f"a{c}b") != "ab")
    assert {unicodedata.name(c).split()[0] for c in kept} == {"ARABIC", "SYRIAC", "KAITHI"}  # visible characters


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\U000e0041", "\u3164", "\ufeff", "\u202e", "\u2060", "\u034f", "\x07"])
def test_what_is_not_shown_is_removed(character: str) -> None:
    assert clean(f"Or{character}acle") == "Oracle"
    assert clean(f"{character}=1") == "=1"


@pytest.mark.parametrize("text", ["Société Générale", "北京字节跳动", "شركة الاتصالات", "ﬁ ＡＢ", "नेटफ्लिक्स", "i\u0307", "👍\ufe0f"])
def test_what_is_shown_stays(text: str) -> None:
    assert clean(text) == text


def test_every_form_of_a_sign_is_a_start_of_a_formula() -> None:
    forms = {c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.normalize("NFKC", c) in SIGNS}
    assert forms <= set(FORMULA_STARTS)


@pytest.mark.parametrize("start", "".join(FORMULA_STARTS.split()))
def test_csv_marks_it_as_text_wherever_it_is_written(start: str) -> None:
    from screener.market.table_writer import _cells

    text = f"{start}cmd"
    assert _cell(text) == f"'{text}"
    assert _cells(pa.table({"name": [text, "plain"]})).to_pydict() == {"name": [f"'{text}", "plain"]}


@pytest.mark.parametrize("number", [-1.5, -3, "-2.5"])
def test_numbers_stay_numbers(number: float | str) -> None:
    assert _cell(number) == str(number)
