"""Texts in two languages, sanitised for display; slugs; suggestions of similar names."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from screener.limits import KNOWN
from screener.records import PickledByValues

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

CSV_START = "\ufeff"
"""The byte order mark with which CSV files begin: without it, Excel takes UTF-8 for the code page of the country."""

_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_RESERVED_STEM = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|index(?:-[0-9]+)?)\Z")
_UNSHOWN = ("Cc", "Cf", "Cs", "Cn")  # categories: control, format, surrogate, unassigned
_SHOWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are signs of their own: numbers and years in Arabic, Syriac and Kaithi."""
_FILLERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]")
"""Letters and marks that Unicode defines as not shown (Default_Ignorable_Code_Point), variation selectors excepted."""

FORMULA_STARTS = "=+-@\t\r'" + "＝＋－＠" + "﹦﹢﹣﹫" + "⁼⁺⁻₌₊₋" + "\u2212\ufb29"
"""Characters with which a text may begin a formula in a spreadsheet: the signs, their full-width, small, raised and lowered forms,
and the apostrophe that marks a text."""


@dataclass(frozen=True, slots=True)
class Text(PickledByValues):
    """A text in English and Chinese; where one is missing the other is used."""

    en: str
    zh: str

    @classmethod
    def of(cls, value: "str | dict[str, str] | Text") -> "Text":
        """A text from a plain string (both languages) or a mapping with `en` and/or `zh`."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(value, value)
        en, zh = value.get("en"), value.get("zh")
        return cls(en if en is not None else zh or "", zh if zh is not None else en or "")

    def get(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en

    def map(self, change: Any) -> "Text":
        """The same function applied to both languages."""
        return Text(change(self.en), change(self.zh))


def counted(number: int, what: str, several: str = "") -> str:
    """A number with what it counts, in English: 1 rule, 12 rules; `several` is the plural where it is not in -s."""
    return f"{number} {what if number == 1 else several or what + 's'}"


def clean(text: str) -> str:
    """`text` without control, format, filler and surrogate characters; white space runs become one space."""
    if not text.isascii():
        text = _FILLERS.sub("", text)
    if text.isprintable():  # no control, format, surrogate or unassigned character
        return " ".join(text.split())
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in _UNSHOWN or c in _SHOWN_FORMATS)
    return " ".join("".join(kept).split())


_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format (bidi), surrogates, line and paragraph separators


def printable(text: str) -> str:
    """`text` with a replacement character for each character that could control a terminal; line ends are kept."""
    return "\n".join(line if line.isprintable() else "".join(map(_shown, line)) for line in text.split("\n"))


def _shown(character: str) -> str:
    steers = unicodedata.category(character) in _STEERING and character not in _SHOWN_FORMATS
    return "\N{REPLACEMENT CHARACTER}" if steers else character


INVISIBLE = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]")
"""Spaces other than the plain one, and characters that are not shown at all."""
_INVISIBLE_NAMES = {"\u00a0": "non-breaking space", "\ufeff": "byte order mark", "\u00ad": "soft hyphen"}


def character_name(character: str) -> str:
    """The code point and name of a character, such as U+00A0 (non-breaking space)."""
    name = _INVISIBLE_NAMES.get(character) or unicodedata.name(character, "character").lower()
    return f"U+{ord(character):04X} ({name})"


def within_sentence(title: str) -> str:
    """An English title as it stands within a sentence: without its capital, unless it begins with an abbreviation."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut with an ellipsis."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


_LARGEST_WHOLE = 18  # digits: more do not fit into 64 bits


def whole_number(text: str) -> int | None:
    """The number that a text of digits 0 to 9 states; None for any other text, raised digits too, and from 10¹⁸ on."""
    return int(text) if len(text) <= _LARGEST_WHOLE and text.isascii() and text.isdecimal() else None


def is_slug(text: str) -> bool:
    """Whether `text` is lower-case letters and digits in groups joined by single hyphens (at most 80 characters)."""
    return len(text) <= 80 and _SLUG.match(text) is not None


def file_stem(slug: str) -> str:
    """The file name for a slug, without a suffix; different slugs have different names.

    An underscore, which no slug contains, is appended to names that are devices on Windows with any suffix (con, prn),
    and to the names of index pages.
    """
    return f"{slug}_" if _RESERVED_STEM.match(slug) else slug


def slug(text: str) -> str:
    """A slug made from any text; empty if no character of it can be kept."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_IN_SLUGS.sub("-", plain.lower()).strip("-")[:80].rstrip("-")


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name of which `name` is a spelling variant: another separator or order, the plural, a mistyped letter.

    Similar names often mean different things (ebitda and ebit, lease liabilities and liabilities), so each word must
    have a counterpart, and a word of another known name, or a financial term, does not count as mistyped.
    """
    words = _words(name)
    names = {k: _words(k) for k in known}
    terms = _TERMS.union(*names.values())
    variants = [k for k, parts in names.items() if words and _is_variant(words, parts, terms)]
    return min(variants, key=lambda k: (_edits("".join(words), "".join(names[k])), k), default=None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the known name that `name` is a spelling variant of, or `otherwise`."""
    near = nearest_name(name, known)
    return f"did you mean '{near}'?" if near else otherwise


_LINK_WORDS = frozenset(("a", "and", "in", "of", "on", "over", "per", "the", "to"))
_TERMS = frozenset(
    """
    affo arr aum capex cogs cost credit debit debt dscr ebit ebita ebitda ebitdar ebitdax ebt eps fcf fcfe fcff ffo gain gmv
    icr intangible irr lease loan loss ltv majority minority mrr nav nim nopat npl nrr ocf opex rent roa roce roe roi roic
    rwa secured tangible tax tpv unsecured wacc
    """.split()  # noqa: SIM905
)
"""Terms of finance that are one letter from others; none of them is a mistyped other one."""


_ABBREVIATED = {"vs": "versus", "avg": "average", "mgmt": "management"}


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name[:KNOWN])
    return tuple(_ABBREVIATED.get(word, word) for word in re.split(r"[\W_]+", spaced.lower()) if word)


def _is_variant(words: tuple[str, ...], known: tuple[str, ...], terms: frozenset[str]) -> bool:
    """Whether words spell the same name as others."""
    links = [[w for w in name if w in _LINK_WORDS] for name in (words, known)]
    if len(words) != len(known) and not all(links):  # debt_revenue for debt_to_revenue
        words, known = (tuple(w for w in name if w not in _LINK_WORDS) for name in (words, known))
    if not words or not known:  # of link words only
        return False
    if len(words) == len(known):
        differing = [(a, b) for a, b in zip(words, known, strict=True) if _singular(a) != _singular(b)]
        if len(differing) <= 2 and all(_is_mistyped(a, b, terms) for a, b in differing):
            return True
        return not any(links) and sorted(map(_singular, words)) == sorted(map(_singular, known))
    if 1 in (len(words), len(known)):
        one, other = _singular("".join(words)), _singular("".join(known))
        return one == other or (len(other) >= 8 and _is_mistyped(one, other, terms))
    return False


@lru_cache(maxsize=8192)
def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_DOUBLED = re.compile(r"(.)\1")


def _is_mistyped(word: str, known: str, terms: frozenset[str]) -> bool:
    """Whether a word is another one with two letters swapped, or one too many, missing or wrong; two in long words."""
    if word in terms or any(c.isdigit() for c in word + known):
        return False
    edits, shorter = _edits(word, known), min(len(word), len(known))
    if edits == 1 and shorter > 2 and (sorted(word) == sorted(known) or _DOUBLED.sub(r"\1", word) == known):
        return True
    if word[0] != known[0]:
        return False
    return (edits == 1 and (shorter >= 4 or (shorter == 3 and len(word) == 3))) or (edits == 2 and shorter >= 8)


@lru_cache(maxsize=8192)  # the same words come in many names
def _edits(one: str, other: str) -> int:
    """How many letters are inserted, left out, changed or swapped with their neighbour (Damerau 1964); 3 for more than 2."""
    if abs(len(one) - len(other)) > 2:
        return 3
    two_before, before, row = list[int](), list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > 2:
            return 3
    return min(row[-1], 3)
