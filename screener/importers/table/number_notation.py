"""Defines the notation of numbers in texts, with decimal and thousands separators, and reads digits in it."""

import math
import re
from functools import lru_cache
from typing import NamedTuple


class NumberNotation(NamedTuple):
    """The decimal and thousands separators of numbers in texts."""

    decimal: str = "."
    thousands: str | None = None

    @property
    def other(self) -> "NumberNotation":
        """The notation with the two separators exchanged."""
        return NumberNotation(",", ".") if self.decimal == "." else NumberNotation(".", ",")


def digits_value(text: str, notation: NumberNotation) -> float | None:
    """Reads digits with complete groups of thousands (also Indian ones); None if the text is no such number.

    Spaces and apostrophes can only separate groups; so can a separator that occurs twice, or before the decimal separator.
    """
    if not text.isascii():
        return None
    plain, grouped = _patterns(notation)
    if not plain.match(text):
        if not (found := grouped.match(text)):
            return None
        text = text.replace(found["sign"] or found["sure"], "")
    value = float(text.replace(notation.decimal, "."))
    return value if math.isfinite(value) else None


@lru_cache(maxsize=16)
def _patterns(notation: NumberNotation) -> tuple[re.Pattern[str], re.Pattern[str]]:
    point = re.escape(notation.decimal)
    sure = "[" + ("," if notation.decimal == "." else ".") + "]"
    signs = "[ '" + re.escape(notation.thousands or "") + "]"
    plain = re.compile(rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
    western, indian = r"[1-9][0-9]{{0,2}}(?:{0}[0-9]{{3}})", r"[1-9][0-9]?(?:{0}[0-9]{{2}})*{0}[0-9]{{3}}"
    by_sign = (
        rf"(?=[0-9]+(?P<sign>{signs}))(?:{western.format('(?P=sign)')}+|{indian.format('(?P=sign)')})(?:{point}[0-9]+)?"
    )
    twice = rf"{western.format('(?P=sure)')}{{2,}}|{indian.format('(?P=sure)').replace('*', '+')}"
    before_point = rf"(?:{western.format('(?P=sure)')}|{indian.format('(?P=sure)')}){point}[0-9]+"
    by_sure = rf"(?=[0-9]+(?P<sure>{sure}))(?:(?:{twice})(?:{point}[0-9]+)?|{before_point})"
    return plain, re.compile(rf"(?:{by_sign}|{by_sure})\Z")
