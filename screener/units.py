"""Units of figures and how numbers are shown in them."""

import math
import re
import unicodedata
from typing import Literal

from screener.text import Language

Unit = Literal[
    "money",
    "fraction",
    "multiple",
    "count",
    "months",
    "hours",
    "years",
    "truth",
    "word",
    "text",
    "date",
    "company",
    "number",
]

Dimension = tuple[int, int, int, int]  # exponents of money, months, hours, years

NUMERIC: dict[str, Dimension] = {
    "money": (1, 0, 0, 0),
    "fraction": (0, 0, 0, 0),
    "multiple": (0, 0, 0, 0),
    "count": (0, 0, 0, 0),
    "number": (0, 0, 0, 0),
    "months": (0, 1, 0, 0),
    "hours": (0, 0, 1, 0),
    "years": (0, 0, 0, 1),
}
DIMENSIONLESS: Dimension = (0, 0, 0, 0)
SYMBOLIC = ("truth", "word", "text", "date", "company")
UNITS = (*NUMERIC, *SYMBOLIC)

_WORDS = {
    "en": {"least": "at least {}", "most": "at most {}", "unknown": "unknown", "yes": "yes", "no": "no"},
    "zh": {"least": "至少 {}", "most": "至多 {}", "unknown": "未知", "yes": "是", "no": "否"},
}
_NOT_STATED = {
    "en": {
        "": "a value not stated",
        "money": "an amount not stated",
        "fraction": "a share not stated",
        "percent": "a share not stated",
        "multiple": "a multiple not stated",
        "count": "a number not stated",
        "number": "a number not stated",
        "months": "a time not stated",
        "hours": "a time not stated",
        "years": "a time not stated",
        "date": "a day not stated",
        "company": "an unnamed company",
    },
    "zh": {
        "": "未披露的数值",
        "money": "未披露的金额",
        "fraction": "未披露的比例",
        "percent": "未披露的比例",
        "multiple": "未披露的倍数",
        "count": "未披露的数量",
        "number": "未披露的数值",
        "months": "未披露的时长",
        "hours": "未披露的时长",
        "years": "未披露的时长",
        "date": "未披露的日期",
        "company": "未具名的公司",
    },
}
SCALES = {
    "en": ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
"""In what large numbers are shown in each language, from the largest: a factor and its name."""
_CURRENCIES_ZH = {
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "CNY": "元人民币",
    "HKD": "港元",
    "TWD": "新台币",
    "JPY": "日元",
    "KRW": "韩元",
    "INR": "印度卢比",
    "CHF": "瑞士法郎",
    "CAD": "加元",
    "AUD": "澳元",
    "SGD": "新加坡元",
}
_FIRST_NUMBER = re.compile(r"−?[0-9]")
_TIMES = {
    "months": {"en": " months", "zh": " 个月"},
    "hours": {"en": " hours", "zh": " 小时"},
    "years": {"en": " years", "zh": " 年"},
}

CURRENCY_PATTERN = r"^[A-Z]{3}$"
"""The pattern of the code of a currency (ISO 4217)."""


def how_to_write(value: object, unit: str) -> str:
    """How to write a value of a unit, for hints on values that are not one."""
    if unit not in NUMERIC:
        return "write true or false" if unit == "truth" else "put it in quotes"
    if not isinstance(value, str):
        return (
            "write a number"
            if isinstance(value, bool)
            else "write 40 % as 0.4"
            if unit == "fraction"
            else "check the figure and its sign"
        )
    return numeral_hint(value) or "write it without quotes or units, such as 57.4e9"


_NUMERAL = re.compile(r"(?P<sign>[-+]?)(?P<digits>[0-9][0-9.,']*)(?P<scale>%|k|m|mn|b|bn|tn|万|亿)?", re.IGNORECASE)
_MINUS_SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_POWERS = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12, "万": 4, "亿": 8}


def numeral_hint(text: str) -> str:
    """A hint on how to write a number given with a decimal comma, separators, a Unicode minus, % or a scale.

    Empty if the text is not such a number.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text).translate(_MINUS_SIGNS))
    found = _NUMERAL.fullmatch(plain)
    if not found:
        return ""
    scale, sign = (found["scale"] or "").lower(), found["sign"]
    readings = [
        f"{float(sign + digits) / 100:.12g}" if scale == "%" else f"{float(sign + digits):.12g}"
        for digits in _readings(found["digits"])
    ]
    if power := _POWERS.get(scale):
        readings = [f"{number}e{power}" for number in readings]
    otherwise = "".join(f", or {other} if the comma is a decimal sign" for other in readings[1:])
    return f"write {readings[0]}{otherwise}" if readings else ""


def _readings(digits: str) -> list[str]:
    """The numbers that digits with separators may stand for: 1,234 may be 1234 or 1.234."""
    whole, mark, decimals = digits, "", ""
    if {",", "."} <= set(digits):  # the last of them is the decimal sign
        mark = max(",.", key=digits.rindex)
        whole, mark, decimals = digits.rpartition(mark)
    grouped = re.fullmatch(r"[1-9][0-9]{0,2}(?:([.,'])[0-9]{2,3}(?:\1[0-9]{2,3})*)?(?<=[0-9]{3})|[0-9]+", whole)
    if grouped and (mark or whole.count(",") > 1 or whole.count(".") > 1 or "'" in whole):
        return [re.sub("[.,']", "", whole) + (f".{decimals}" if mark else "")]
    if mark or max(map(digits.count, ",.'")) > 1:
        return []
    return [digits.replace(",", "")] * bool(grouped and "," in digits) + [digits.replace(",", ".")]


def significant(value: float, digits: int = 3) -> str:
    """`value` in fixed notation with at most `digits` significant digits (all of those before the point), grouped."""
    if value == 0:
        return "0"
    if math.isinf(value):  # a ratio of two numbers may be beyond all numbers
        return "∞" if value > 0 else "−∞"
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    shown = f"{value:,.{min(places, 12)}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return shown.replace("-", "−")


def show_number(value: float, unit: str, language: Language) -> str:
    """One number in its unit: money as 57.4 bn, fractions as 46 %, multiples as 5.2×; very large and very small numbers
    in powers of ten."""
    if abs(value) >= 1e18:
        return f"{value:.2e}".replace("e+", "e").replace("-", "−")
    if unit == "money":
        for scale, name in SCALES[language]:
            if abs(value) >= scale * 0.9995:
                return f"{significant(value / scale)} {name}"
        return significant(value)
    if unit in ("fraction", "percent"):
        return significant(value * 100) + (" %" if language == "en" else "%")
    if unit == "multiple":
        return significant(value) + ("×" if language == "en" else " 倍")
    if unit in _TIMES:
        shown, suffix = significant(value), _TIMES[unit][language]
        return shown + (suffix[:-1] if language == "en" and shown == "1" else suffix)
    if unit == "count" and abs(value) >= 1e6:
        return show_number(value, "money", language)
    return significant(value, 6 if unit == "count" else 4)


def show_interval(lo: float, hi: float, unit: str, language: Language) -> str:
    """An interval in words: a number, a range, 'at least …', 'at most …' or 'unknown'."""
    words = _WORDS[language]
    if lo == hi:
        return show_number(lo, unit, language)
    if math.isinf(lo) and math.isinf(hi):
        return words["unknown"]
    if math.isinf(hi):
        return words["least"].format(show_number(lo, unit, language))
    if math.isinf(lo):
        return words["most"].format(show_number(hi, unit, language))
    low, high = show_number(lo, unit, language), show_number(hi, unit, language)
    return low if low == high else f"{low}–{high}"


def says_nothing(lo: float, hi: float, unit: str) -> bool:
    """Whether bounds carry no information because every value of the unit has them: at least 0, or 0 to 1 for a fraction."""
    return (lo == 0 and math.isinf(hi)) or (unit == "fraction" and lo <= 0 and hi >= 1)


def with_currency(shown: str, currency: str, language: Language) -> str:
    """An amount in words with its currency: 'USD 57.4 bn', 'at least USD 5 bn', '574 亿美元'."""
    if language == "zh":
        name = _CURRENCIES_ZH.get(currency)
        return shown + name if name else f"{shown} {currency}"
    return _FIRST_NUMBER.sub(rf"{currency} \g<0>", shown, count=1)


def show_truth(value: bool | None, language: Language) -> str:
    """yes, no or unknown."""
    return _WORDS[language]["unknown" if value is None else "yes" if value else "no"]


def unknown(language: Language) -> str:
    """The word for what is not known."""
    return _WORDS[language]["unknown"]


def not_stated(unit: str, language: Language) -> str:
    """The words used in a sentence for an unknown value of a unit or form, such as 'an amount not stated'."""
    table = _NOT_STATED[language]
    return table.get(unit, table[""])
