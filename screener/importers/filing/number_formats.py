"""Reads printed numbers of inline XBRL by the formats of its transformation registries, in decimal arithmetic.

Registries: https://www.xbrl.org/specification/inlinexbrl-transformationregistry and the SEC's own (ixt-sec).
"""

import re
from decimal import Decimal, InvalidOperation

MOST_DIGITS = 60
MOST_SCALE = 30
_ZEROS = frozenset(("fixedzero", "zerodash", "numdash"))
_NOTHING = frozenset(("nocontent", "fixedempty"))
_UNIT_DECIMAL = "numunitdecimal"
_SMALL_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_SMALL = _SMALL_TEXT.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: n for n, word in enumerate(_SMALL)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NONE_WORDS = frozenset(("no", "none", "nil", "zero", "-", "–", "—"))
_NOT_DIGITS = re.compile(r"[^0-9]+")


def printed_number(text: str, number_format: str, scale: int = 0, negative: bool = False) -> Decimal | None:
    """Reads a number in a format (`ixt:num-dot-decimal`, or empty), times ten to the power of `scale`.

    Returns None if the format stands for no value. Raises ValueError if the text is no number in the format.
    """
    if abs(scale) > MOST_SCALE:
        raise ValueError(f"a scale of {scale}")
    kind = number_format.rpartition(":")[2].replace("-", "").lower()
    if kind in _NOTHING:
        return None
    number = _number(text.strip(), kind).scaleb(scale)
    return -number if negative else number


def _number(text: str, kind: str) -> Decimal:
    if kind in _ZEROS:
        return Decimal(0)
    if len(text) > 3 * MOST_DIGITS:
        raise ValueError("too many digits")
    if kind.startswith("numwords"):
        return Decimal(number_in_words(text))
    if kind == _UNIT_DECIMAL:
        parts = [part for part in _NOT_DIGITS.split(text) if part]
        if not 1 <= len(parts) <= 2:
            raise ValueError(f"'{text}' is not two numbers")
        return _decimal(".".join(parts))
    comma = ("comma" in kind and not kind.startswith(("numcommadot", "numdot"))) or kind == "numdotcomma"
    if comma:
        text = text.replace(".", "").replace(",", ".")
    return _decimal(re.sub(r"[\s\u00a0\u2009\u202f,'’`´]", "", text))


def _decimal(text: str) -> Decimal:
    """Reads a plain number; digits of other scripts (full-width ones) are accepted."""
    if not re.fullmatch(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d{1,2})?|[-+]?\d+\.", text):
        raise ValueError(f"'{text[:40]}' is not a number")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"'{text[:40]}' is not a number") from error


def number_in_words(text: str) -> int:
    """Reads a number in English words: forty-two thousand, no. Raises ValueError."""
    words = re.sub(r"[-,\s\u00a0]+", " ", text.lower()).strip()
    if words in _NONE_WORDS:
        return 0
    if words.isdecimal():
        return int(words)
    total = part = 0
    seen = False
    for word in words.split():
        if word in ("and", "a", "an"):
            part = part or (1 if word != "and" else 0)
        elif word in _WORDS:
            part += _WORDS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0
        else:
            raise ValueError(f"'{text[:40]}' is not a number in words")
        seen = seen or word != "and"
    if not seen:
        raise ValueError("there is no number")
    return total + part
