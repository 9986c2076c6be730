"""Values as text in reports: numbers in their units, ranges, thresholds, scores and dates, in both languages."""

import math
import re
from datetime import date as Day

from screener.expression.interval import Interval
from screener.result.field_types import Value
from screener.result.verdict_records import Score
from screener.text import Language, clean, shorten
from screener.units import SYMBOLIC, says_nothing, show_interval, show_number, show_truth, significant, unknown

_SUFFIX = re.compile(r"[−\d.,]+(.*)\Z", re.DOTALL)
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DIRECTION = {
    "en": ("{} above", "{} below", "at the limit", "{:s}× the limit"),
    "zh": ("高出 {}", "低出 {}", "恰在界限", "为界限的 {:s} 倍"),
}
NOTABLE_POINTS = 0.05  # least points of a score that do not round to 0
OPERATOR_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "=", "!=": "≠"}
_COLUMN_PLACES = {"multiple": 2, "fraction": 3}  # decimals; 3 for a fraction are 1 for its percentage
MAX_TEXT = 160  # greatest length of a text value


def tidy(text: str | None, width: int) -> str:
    """Returns a text made safe to show, at most `width` characters; "" for None. Only the beginning of a very long text
    is read."""
    return shorten(clean(text[: width * 8 + 64]), width) if text else ""


def amount(value: float, unit: str, language: Language) -> str:
    """Returns one finite number in its unit, e.g. `57.4 bn`, `5.23×`, `46 %`; very large numbers in powers of ten."""
    if not math.isfinite(value):
        return unknown(language)
    if value and abs(value) < 1e-6:
        return f"{value:.1e}".replace("-", "−")
    return show_number(value, unit, language)


def share(value: float, language: Language, places: int = 0) -> str:
    """Returns a share in per cent, with `places` decimals: `35 %`, in Chinese `35%`."""
    return f"{value * 100:.{places}f}" + ("%" if language == "zh" else " %")


def in_column(value: float, unit: str, language: Language) -> str:
    """Returns a number for a column of ratios: multiples with at most two decimals, percentages with one, others with
    three digits."""
    places = _COLUMN_PLACES.get(unit)
    return amount(value, unit, language) if places is None else _rounded(value, places, unit, language)


def _rounded(value: float, places: int, unit: str, language: Language) -> str:
    """Returns a number with at most `places` decimals (for a fraction, of the fraction itself); `< 0.01×` if it would
    round to 0."""
    if not math.isfinite(value) or abs(value) >= 1e6 or value == 0:
        return amount(value, unit, language)
    least = 10.0**-places
    if abs(value) < least / 2:
        return f"{'<' if value > 0 else '>'} {amount(math.copysign(least, value), unit, language)}"
    return amount(round(value, places), unit, language)


def scaled(value: float, scale: float) -> str:
    """Returns an amount for a column with its scale in the header: at most three significant digits and two decimals."""
    return _rounded(value / scale, 2, "multiple", "en").removesuffix("×")


def interval(value: Interval, unit: str, language: Language) -> str:
    """Returns an interval in words: `57.4 bn`, `20–30 bn`, `at least 5 bn`, `unknown`. Ends with the same text are
    shown once."""
    if value.lo > value.hi or says_nothing(value.lo, value.hi, unit):
        return unknown(language)
    if value.is_open:
        return show_interval(value.lo, value.hi, unit, language)
    low, high = amount(value.lo, unit, language), amount(value.hi, unit, language)
    if low == high:
        return low
    if value.lo < 0:
        return f"{low} to {high}" if language == "en" else f"{low} 至 {high}"
    suffix, other = _SUFFIX.match(low), _SUFFIX.match(high)
    if suffix and other and suffix[1].rstrip("s") == other[1].rstrip("s"):
        low = low[: len(low) - len(suffix[1])]
    return f"{low}–{high}"


def value(what: Value, unit: str, language: Language, *, year: bool = False, width: int = MAX_TEXT) -> str:
    """Returns any value as text: an interval in its unit, yes or no, a cleaned text; None is `unknown`. `year`: without
    digit grouping."""
    if what is None:
        return unknown(language)
    if isinstance(what, bool):
        return show_truth(what, language)
    if isinstance(what, Interval):
        if year and what.is_point and abs(what.lo) < 1e5:
            return f"{what.lo:.0f}"
        return interval(what, "number" if unit in SYMBOLIC else unit, language)
    return tidy(what, width)


def limit(op: str, threshold: Interval, unit: str, language: Language) -> str:
    """Returns the right side of a comparison: `> 1.5×`, `≥ 30 %`."""
    return f"{OPERATOR_SIGNS.get(op, op)} {interval(threshold, unit, language)}"


def distance(value: Interval, threshold: Interval, relative: float | None, language: Language) -> str | None:
    """Returns the distance of a value from its threshold: `65 % above`, `5.23× the limit`; None if there is none.

    An unbounded or straddling value has no distance. `relative` is that of `screener.result.finding_records.Distance`.
    """
    if relative is None or not math.isfinite(relative):
        return None
    above, below, at, times = _DIRECTION[language]
    if relative == 0:
        return at
    higher = value.lo > threshold.hi
    if not higher and not value.hi < threshold.lo:
        return None
    if threshold.is_point and threshold.lo == 0:
        return None
    if higher and relative >= 1 and threshold.lo > 0:
        return times.format(significant(relative + 1, 2 if relative < 99 else 3))
    return (above if higher else below).format(show_number(round(relative, 4), "fraction", language))


def signed(points: float) -> str:
    """Returns points of the score with their sign and one decimal: `+35.0`, `−2.2`, `0`."""
    shown = f"{abs(points):.1f}"
    return "0" if shown == "0.0" else ("−" if points < 0 else "+") + shown


def score(value: float, bands: Score | None = None) -> str:
    """Returns a score as a whole number, with one decimal if rounding would move it to another band of the verdict
    table."""
    for edge in (bands.caution_from, bands.avoid_from) if bands else ():
        if value < edge <= round(value):
            return f"{math.floor(value * 10) / 10:.1f}"
    return f"{value + 0.0:.0f}"


def headline_score(bands: Score, sure: bool) -> str:
    """Returns the score, or its range if too little is known for one number."""
    return score(bands.value, bands) if sure else score_range(bands.low, bands.high)


def score_range(low: float, high: float) -> str:
    """Returns the range of a score: `74–91`, both ends rounded like a score, or one number if they have the same text."""
    a, b = score(low), score(high)
    return a if a == b else f"{a}–{b}"


def month(day: str, language: Language) -> str:
    """Returns the month of an ISO date, in short: `May 2025`."""
    year, number = int(day[:4]), int(day[5:7])
    return f"{year}-{number:02d}" if language == "zh" else f"{_MONTHS[number - 1][:3]} {year}"


def period(text: str | None, language: Language) -> str:
    """Returns a period in the usual notation: `FY2025`, `year to 26 January 2025`, `31 May 2025`; any other text
    unchanged."""
    shown = tidy(text, 40)
    start, slash, end = shown.partition("/")
    if not slash:
        return date(shown, language) or "" if len(shown) == 10 else shown
    try:
        days = (Day.fromisoformat(end) - Day.fromisoformat(start)).days + 1
    except ValueError:
        return shown
    last = date(end, language) or end
    if 350 <= days <= 380:
        return f"year to {last}" if language == "en" else f"截至 {last}的一年"
    return f"{date(start, language)} to {last}" if language == "en" else f"{date(start, language)} 至 {last}"


def date(text: str | None, language: Language) -> str | None:
    """Returns an ISO date (or year and month, or year) as written in the language; any other text only cleaned."""
    if not (text := tidy(text, 40)):
        return None
    found = _ISO.match(text)
    if not found or not 1 <= int(found[2] or 1) <= 12:
        return text
    year, month, day = found[1], int(found[2] or 0), int(found[3] or 0)
    if language == "zh":
        return f"{year} 年" + (f" {month} 月" if month else "") + (f" {day} 日" if day else "")
    return (f"{day} " if day else "") + (f"{_MONTHS[month - 1]} " if month else "") + year
