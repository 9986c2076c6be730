"""Reads numbers in the notations of tables: signs, currencies, percentages, scales, thousands separators.

The content of a cell takes precedence over its header: 12.5% in a column of percentages is 0.125, and 1.2bn is 1.2e9 in a
column of millions.
"""

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from screener.importers.table.cell_kinds import ErrorCell, MergedCell, ShownNumber, UncomputedCell
from screener.importers.table.cell_text import short_text
from screener.importers.table.number_notation import NumberNotation, digits_value
from screener.importers.table.unit_words import (
    CELL_SCALES,
    CURRENCY_OF,
    MEANT,
    RATIO_SCALES,
    SCALE_OF,
    SCALES,
    currencies_meant,
)

MOST_CHARACTERS = 512
"""Greatest length of a text that may be a number, with its signs, unit and footnotes."""
CORRECT_THE_CELL = "correct the cell, or add what it says to `missing` in the map"
_SIGNS = str.maketrans(
    {
        **dict.fromkeys(
            "\u2212\u2010\u2011\u2013\u2014\uff0d\u25b2\u25b3", "-"
        ),  # triangles mark losses in Japanese accounts
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u2019\u02bc\u066c", "'"),
        **dict.fromkeys("\uff05\u066a\ufe6a", "%"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", None),  # invisible characters
        **dict(zip("（）［］．，＋￥＄￡", "()[].,+¥$£", strict=True)),
    }
)
_ARABIC_POINT = "\u066b"
_DASH = re.compile(r"(?:[-–—―]+|\([-–—]\)|[-–—]\s*%)\Z")
_NOTHING = re.compile(
    r"n\.?\s?/?\s?[amd]\.?(?:f\.?)?|not? (?:available|applicable|meaningful|disclosed|reported|data)"
    r"|unavailable|missing|unknown|tbd|tba"
    r"|k\.\s?a\.?|s\.\s?o\.?|n\.\s?c\.?|n\.\s?v\.\s?t\.?|\(?(?:null|none|nil|nan|n/a)\)?|\\n|\.|\*+|[无無]|暂无|不适用|不適用|未披露|該当なし|-na-",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(
    r"(?<=[\d%)])(?:\s?[*†‡§¹²³⁰⁴-⁹ᵃᵇᶜ]+|\s?\[\w{1,3}\]|\(\d{1,2}\)|\s\(\d\)|\s?\([a-hivx]{1,3}\))+\Z"
)
_ERROR = re.compile(r"#(?:[A-ZÄÖÜÉ0-9/_]+)[!?]?\Z")
_RATIOS = {word: SCALES[scale] for word, scale in SCALE_OF.items() if scale in RATIO_SCALES}
_TAIL = re.compile(r"(?<=[\d.)])\s*(%|bps?|x|[A-Za-z]+\.?|[万亿百萬億]+)\Z", re.IGNORECASE)
_CODES = sorted({*CURRENCY_OF, *MEANT}, key=len, reverse=True)
_MARK = "|".join(map(re.escape, _CODES))
_HEAD = re.compile(rf"({_MARK})\s*(?=[\d.(+-])", re.IGNORECASE)
_END = re.compile(rf"(?<=[\d.)%-])\s*({_MARK})\Z", re.IGNORECASE)


class CellNumber(NamedTuple):
    """The number in a cell and its possible currencies; `absolute`: in the catalogue's unit, whatever the header says."""

    value: float
    absolute: bool = False
    currencies: tuple[str, ...] = ()


def is_error_text(text: str) -> bool:
    """Whether a text is an error value of a spreadsheet."""
    return _ERROR.match(text) is not None


def is_nothing(cell: Any) -> bool:
    """Whether a cell means a missing number in any table: an error value, a dash."""
    if isinstance(cell, ErrorCell):
        return True
    if not isinstance(cell, str) or len(cell) > MOST_CHARACTERS:
        return False
    text = cell.strip().translate(_SIGNS).strip()
    if _NOTHING.fullmatch(text):
        return True
    text = re.sub(rf"\A(?:{_MARK})\s*|\s*(?:{_MARK})\Z", "", text, flags=re.IGNORECASE)
    return not text or bool(_DASH.match(text)) or is_error_text(text)


def cell_number(cell: Any, notation: NumberNotation, unit: str) -> CellNumber:
    """Reads the number in a cell, for a figure in `unit`. Raises ValueError with the error and what to do."""
    beside = getattr(cell, "beside", None)  # a unit from elsewhere in the table (cell_units)
    return _own_number(cell, notation, unit) if beside is None else beside.of(_own_number(cell, notation, unit), unit)


def _own_number(cell: Any, notation: NumberNotation, unit: str) -> CellNumber:
    """Reads the number in a cell without units from elsewhere."""
    if isinstance(cell, ShownNumber):
        return _shown_number(cell, unit)
    if isinstance(cell, MergedCell):
        raise ValueError(cell.wrong)
    if isinstance(cell, UncomputedCell):
        raise ValueError(f"{cell}; {cell.HINT}")
    if (
        isinstance(cell, int | float | np.number | Decimal)
        and not isinstance(cell, bool | np.bool_)
        and math.isfinite(cell)
    ):
        return CellNumber(float(cell))
    short = isinstance(cell, str) and len(cell) <= MOST_CHARACTERS
    if short and (found := _of_text(cell, notation, unit)) is not None:
        return found
    raise ValueError(f"'{short_text(cell)}' is not a number; {_what_to_do(cell, notation)}")


def _shown_number(cell: ShownNumber, unit: str) -> CellNumber:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(f"'{value}' is not a number; {CORRECT_THE_CELL}")
    if cell.percent:
        if unit not in ("fraction", "multiple", "number"):
            raise ValueError(f"'{value:.10g}' is shown as a percentage; correct the cell, or map the column to a ratio")
        return CellNumber(value, unit != "number")
    return CellNumber(value, cell.scale_is_shown, cell.currencies)


def _of_text(cell: str, notation: NumberNotation, unit: str) -> CellNumber | None:
    text = _written(cell, notation)
    text, currencies = _without_currency(text)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
        text, inner = _without_currency(text)
        currencies = currencies or inner
    tail = _TAIL.search(text)
    scale, absolute = 1.0, False
    if tail is not None:
        suffix = tail[1].lower().rstrip(".")
        text = text[: tail.start()].strip()
        if text.startswith("(") and text.endswith(")") and not negative:  # (12)%
            negative, text = True, text[1:-1].strip()
        if suffix in _RATIOS:
            if unit not in ("fraction", "multiple"):
                return None
            scale, absolute = _RATIOS[suffix], True
        elif suffix in CELL_SCALES and unit in ("money", "count", "number"):
            scale, absolute = CELL_SCALES[suffix], True
        elif not (suffix == "x" and unit in ("multiple", "fraction", "number")):
            return None
    if text.endswith("-"):  # trailing minus sign, as mainframes write it
        if negative or text.startswith(("-", "+")):
            return None
        negative, text = True, text[:-1].strip()
    elif text.startswith("-"):
        if negative:
            return None
        negative, text = True, text[1:].strip()
    value = digits_value(text.removeprefix("+").strip() if not negative else text, notation)
    if value is None:
        return None
    value = value / (1 / scale) if scale < 1 else value * scale
    return CellNumber(-value if negative else value, absolute, currencies)


def _written(cell: str, notation: NumberNotation) -> str:
    """Returns a text with ASCII digits and signs, without footnote marks."""
    text = _FOOTNOTE.sub("", cell.strip().translate(_SIGNS).strip().removeprefix("'").strip())
    if not text.isascii():
        text = "".join(str(digit) if (digit := unicodedata.decimal(c, None)) is not None else c for c in text)
        text = text.replace(_ARABIC_POINT, notation.decimal)
    return text[1:] + "%" if text.startswith("%") else text  # leading percent sign, as in Turkish


def bare_digits(cell: str) -> str:
    """Returns the digits of a text with points and commas, without signs, currency and scale; empty if it is too long."""
    if len(cell) > MOST_CHARACTERS:
        return ""
    text, _ = _without_currency(_written(cell, NumberNotation()).strip("()"))
    tail = _TAIL.search(text)
    if tail is not None and (tail[1].lower().rstrip(".") in CELL_SCALES or tail[1].lower() in (*_RATIOS, "x")):
        text = text[: tail.start()]
    return text.strip("-+() ")


def _without_currency(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns a text without the sign or code of a currency at either end, and the currencies that it may mean."""
    sign = ""
    lead = "-" if text.startswith("-") else ""
    if found := _HEAD.match(text[len(lead) :]):
        sign, text = found[1].lower(), lead + text[len(lead) + found.end() :]
    elif found := _END.search(text):
        sign, text = found[1].lower(), text[: found.start()]
    return text.strip(), currencies_meant(sign)


def _what_to_do(cell: Any, notation: NumberNotation) -> str:
    if isinstance(cell, str):
        text = bare_digits(cell)
        if notation.thousands is None and re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) and notation.decimal == ".":
            return "say thousands: ',' in the map if the comma groups digits"
        if digits_value(text, notation) is None and digits_value(text, notation.other) is not None:
            return f"say decimal: '{notation.other.decimal}' in the map if that is how the column is written"
    return CORRECT_THE_CELL


def contradicts(cell: Any, notation: NumberNotation) -> bool:
    """Whether a text is a number in the other notation only, such as 12,5 if the decimal sign is a point."""
    if not isinstance(cell, str):
        return False
    text = bare_digits(cell)
    return digits_value(text, notation) is None and digits_value(text, notation.other) is not None


def may_be_either(cell: Any, notation: NumberNotation) -> bool:
    """Whether a text is a different number in the other notation, such as 1,234."""
    if not isinstance(cell, str):
        return False
    text = bare_digits(cell)
    with_own, with_other = digits_value(text, notation), digits_value(text, notation.other)
    return with_own is not None and with_other is not None and with_own != with_other
