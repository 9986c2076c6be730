"""Hints on the most likely intention behind expressions that can't be parsed."""

import re
import unicodedata
from collections.abc import Iterator

from screener.text import INVISIBLE, character_name
from screener.units import numeral_hint

_TEXTS = re.compile("'[^']*'|\"[^\"]*\"")
_WIDE = re.compile("[\uff01-\uff5e\u2018-\u201d\u3001\u3002\u2264\u2265\u2260\u00d7\u00f7\u2212\u2013]")
_ASCII = {
    "‘": "'",
    "’": "'",
    "“": "'",
    "”": "'",
    "、": ",",
    "。": ".",
    "×": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "\u2212": "-",
    "\u2013": "-",
}
"""Characters of Chinese keyboards and of typesetting, and what the grammar has for them."""
_POWERS = {"k": "e3", "m": "e6", "mn": "e6", "bn": "e9", "b": "e9", "tn": "e12", "万": "e4", "亿": "e8"}
_SUFFIX = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?) ?(bn|mn|tn|[kmb]|[万亿])(?![\w])", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\w.])[0-9]+(?:,[0-9]+)+(?![\w.])")
_SIGNS = (
    ("%", "write a fraction instead: 0.30 for 30 %"),
    ("&&", "write 'and'"),
    ("||", "write 'or'"),
    ("!==", "write !="),
    ("===", "write =="),
    ("<>", "write !="),
    ("=>", "write >="),
    ("=<", "write <="),
    ("$", "write the number alone: money is in the profile's currency"),
    ("€", "write the number alone: money is in the profile's currency"),
    ("£", "write the number alone: money is in the profile's currency"),
    ("¥", "write the number alone: money is in the profile's currency"),
    ("{", "write names without { }"),
    ("?", "there is no '? :'; write two rules, or 'any:' with two patterns"),
    ("!", "write 'not', or != between two values"),
    (":=", "write == to compare"),
    ("=", "write == to compare"),
    (";", "leave it out; join conditions with 'and'"),
)
_WORDS = (
    (re.compile(r"\bwithin\b", re.IGNORECASE), "write months_ago <= 24, or months_until <= 24 of a plan"),
    (re.compile(r"\b(?:days|months|years)\s+ago\b", re.IGNORECASE), "write months_ago <= 24"),
    (re.compile(r"\bbetween\b", re.IGNORECASE), "write 1 <= x <= 2"),
    (
        re.compile(r"\bis\s+(?:null|none|missing)\b", re.IGNORECASE),
        "what is missing is unknown by itself; leave it out",
    ),
    (re.compile(r"\b(?:AND|OR|NOT)\b"), "write and, or, not in small letters"),
)


def hint_for_syntax_error(text: str, offset: int) -> tuple[int, str]:
    """The position of a syntax error and what to write instead; `offset` is where Python's parser stopped."""
    # without texts, and without the two-character comparisons that are allowed
    plain = _TEXTS.sub(lambda m: " " * len(m[0]), text)
    bare = re.sub("(?<![<>=!])[<>=!]=(?!=)", "  ", plain)
    return next(_likely_slips(plain, bare), (offset, "see docs/writing-rules.md"))


def _likely_slips(plain: str, bare: str) -> Iterator[tuple[int, str]]:
    if not plain.strip():
        yield 0, "write a condition such as 'revenue > 0', or true"
    if wide := _WIDE.search(bare):
        yield wide.start(), f"write {_ASCII.get(wide[0]) or unicodedata.normalize('NFKC', wide[0])} for {wide[0]}"
    if hidden := INVISIBLE.search(bare):
        yield hidden.start(), f"write a plain space instead of {character_name(hidden[0])}"
    if grouped := _GROUPED.search(bare):
        yield grouped.start(), numeral_hint(grouped[0])
    if number := _SUFFIX.search(bare):
        yield number.start(), f"write {number[1]}{_POWERS[number[2].lower()]} for {number[0]}"
    for sign, hint in _SIGNS:
        if sign in bare:
            yield bare.index(sign), hint
    for pattern, hint in _WORDS:
        if word := pattern.search(bare):
            yield word.start(), hint
    if quote := re.search("['\"]", plain):
        yield quote.start(), "close the quote that opens here"
    yield from _unbalanced_brackets(plain)
    if ends := re.search(r"(?:\b(?:and|or|not)|[-+*/<>=,.])\s*\Z", plain):
        yield ends.start(), "something is missing behind it"
    names = re.sub(r"\b(?:and|or|not|in|is)\b", lambda m: "." * len(m[0]), plain)
    if two := re.search(r"\w\s+(?=[A-Za-z_])", names):
        yield two.end(), "join conditions with 'and' or 'or'; a name has _ for spaces"


def _unbalanced_brackets(plain: str) -> Iterator[tuple[int, str]]:
    opened: list[int] = []
    for i, sign in enumerate(plain):
        if sign in "([":
            opened.append(i)
        elif sign in ")]" and not opened:
            yield i, "take it out: no bracket is open here"
        elif sign in ")]":
            opened.pop()
    if opened:
        yield opened[-1], "close the bracket that opens here"
