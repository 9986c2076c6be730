"""The formats of numbers in both languages."""

import math

import pytest

from screener.expression.interval import INF, Interval
from screener.report import number_format as numbers
from screener.report.views.display_text import keep_units_together, split_number
from screener.report.views.view_models import NumberText
from screener.result.verdict_records import Score
from screener.text import Language


@pytest.mark.parametrize(
    ("low", "high", "unit", "en", "zh"),
    [
        (57.4e9, 57.4e9, "money", "57.4 bn", "574 亿"),
        (300e9, 300e9, "money", "300 bn", "3,000 亿"),
        (-394e6, -394e6, "money", "−394 m", "−3.94 亿"),
        (5e9, INF, "money", "at least 5 bn", "至少 50 亿"),
        (-INF, -5e9, "money", "at most −5 bn", "至多 −50 亿"),
        (20e9, 30e9, "money", "20–30 bn", "200–300 亿"),
        (850e6, 1.2e9, "money", "850 m–1.2 bn", "8.5–12 亿"),
        (-5e9, 3e9, "money", "−5 bn to 3 bn", "−50 亿 至 30 亿"),
        (2000, 9000, "count", "2,000–9,000", "2,000–9,000"),
        (167, 750, "multiple", "167–750×", "167–750 倍"),
        (5.226, 5.226, "multiple", "5.23×", "5.23 倍"),
        (0.3, 0.3, "fraction", "30 %", "30%"),
        (-0.9, -0.9, "fraction", "−90 %", "−90%"),
        (1, 1, "months", "1 month", "1 个月"),
        (3, 5, "months", "3–5 months", "3–5 个月"),
        (48, 48, "hours", "48 hours", "48 小时"),
        (-INF, INF, "money", "unknown", "未知"),
        (0, INF, "money", "unknown", "未知"),
        (0, 1, "fraction", "unknown", "未知"),
        (1.5001, 1.5002, "multiple", "1.5×", "1.5 倍"),
        (1e300, 1e300, "money", "1.00e300", "1.00e300"),
    ],
)
def test_intervals(low: float, high: float, unit: str, en: str, zh: str) -> None:
    assert numbers.value(Interval(low, high), unit, "en") == en
    assert numbers.value(Interval(low, high), unit, "zh") == zh


def test_other_values() -> None:
    assert numbers.value(None, "money", "en") == "unknown"
    assert [numbers.value(v, "truth", "zh") for v in (True, False)] == ["是", "否"]
    assert numbers.value("a\u202eb\x1b[31m\n c", "text", "en") == "ab[31m c"
    assert numbers.value(Interval.point(2026), "count", "en", year=True) == "2026"
    assert len(numbers.value("x" * 10_000, "text", "en")) == numbers.MAX_TEXT
    assert numbers.amount(math.nan, "money", "en") == "unknown"


@pytest.mark.parametrize(
    ("value", "threshold", "relative", "shown"),
    [
        (Interval.point(1.61), 1.5, 0.0733, "7.33 % above"),
        (Interval.point(5.23), 1.0, 4.23, "5.2× the limit"),
        (Interval.point(1.2), 1.5, 0.2, "20 % below"),
        (Interval.point(1.5), 1.5, 0.0, "at the limit"),
        (Interval.point(-5.0), 0.0, 5.0, None),
        (Interval(1.0, 2.0), 1.5, 0.1, None),
        (Interval(1.0, INF), 1.5, None, None),
    ],
)
def test_distance(value: Interval, threshold: float, relative: float | None, shown: str | None) -> None:
    assert numbers.distance(value, Interval.point(threshold), relative, "en") == shown


def test_scores_do_not_round_over_a_band() -> None:
    bands = Score(59.7, 40, 70, 35, 60)
    assert numbers.score(59.7, bands) == "59.7"
    assert numbers.score(34.96, bands) == "34.9"
    assert numbers.score(60.2, bands) == "60"
    assert numbers.score(59.4, bands) == "59"
    assert numbers.score_range(36.2, 81.4) == "36–81"
    assert numbers.score_range(40.0, 40.0) == "40"
    assert numbers.score_range(63.3, 63.3) == "63"
    assert numbers.score_range(37.8, 63.3) == "38–63"  # the end that equals the score has the same text
    assert [numbers.signed(p) for p in (35, -2.24, 0.01)] == ["+35.0", "−2.2", "0"]


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("2026-02-06", "en", "6 February 2026"),
        ("2026-02-06", "zh", "2026 年 2 月 6 日"),
        ("2025-06", "en", "June 2025"),
        ("2025", "zh", "2025 年"),
        ("2025-13-01", "en", "2025-13-01"),
        ("last \x1bspring", "en", "last spring"),
        (None, "en", None),
    ],
)
def test_dates(text: str | None, language: Language, shown: str | None) -> None:
    assert numbers.date(text, language) == shown


def test_the_number_of_a_headline_is_set_off() -> None:
    assert split_number("5.23× of revenue") == NumberText("", "5.23×", "of revenue")
    assert split_number("营收的 5.23 倍") == NumberText("营收的", "5.23 倍", "")
    assert split_number("20,000–30,000 jobs") == NumberText("", "20,000–30,000", "jobs")
    assert split_number("at least 167×") == NumberText("at least", "167×", "")
    assert split_number("Revenue") == NumberText("", "Revenue", "")


def test_a_number_keeps_its_unit_on_the_line() -> None:
    assert keep_units_together("a commitment of 300 bn, 36 % of 5 banks") == "a commitment of 300\u00a0bn, 36\u00a0% of 5 banks"
    assert keep_units_together("与 3,000 亿元") == "与 3,000\u00a0亿元"


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (0.0649, "multiple", "0.06×", "0.06 倍"),
        (5.226, "multiple", "5.23×", "5.23 倍"),
        (423.4, "multiple", "423×", "423 倍"),
        (0.002, "multiple", "< 0.01×", "< 0.01 倍"),
        (-0.002, "multiple", "> −0.01×", "> −0.01 倍"),
        (0, "multiple", "0×", "0 倍"),
        (-0.00654, "fraction", "−0.7 %", "−0.7%"),
        (0.36234, "fraction", "36.2 %", "36.2%"),
        (0.0001, "fraction", "< 0.1 %", "< 0.1%"),
        (math.inf, "multiple", "unknown", "未知"),
        (12.5, "months", "12.5 months", "12.5 个月"),
    ],
)
def test_numbers_of_a_column_have_no_more_than_two_decimals(value: float, unit: str, en: str, zh: str) -> None:
    assert numbers.in_column(value, unit, "en") == en
    assert numbers.in_column(value, unit, "zh") == zh


@pytest.mark.parametrize(
    ("text", "number"), [("0×–0.104× EBITDA", "0×–0.104×"), ("0–0.1× EBITDA", "0–0.1×"), ("USD 20 bn–30 bn", "20 bn–30 bn")]
)
def test_a_range_with_a_unit_at_both_ends_is_one_number(text: str, number: str) -> None:
    assert split_number(text).number == number
