"""Recognises units and currencies in titles of printed tables: "(in thousands, except per share data)", "Rs. in crore"."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from screener.importers.filing.text_blocks import TextBlock
from screener.profile.strict_model import Strict

TITLE = 220
"""Greatest length of a title in characters."""
_GENERAL = 400  # greatest length of a sentence about all amounts
_HINTED = 120  # greatest length of a title in which a unit word counts
DOLLAR = "$"
"""A dollar without a country."""
_ALL_AMOUNTS = re.compile(
    r"\b(?:all|tabular|unless|except (?:as|where)|otherwise)\b.*\b(?:amounts?|figures|dollars?|stated|expressed|presented)\b"
    r"|\b(?:amounts?|figures|dollars?)\b.*\b(?:unless|except (?:as|where)|otherwise)\b",
    re.IGNORECASE,
)


class MoneyWords(Strict):
    """The words for units and currencies in titles: patterns by factor, and by currency code.

    `units` are whole words, `short_units` count only beside a currency (£m); `dollars` are the currencies with the sign $.
    """

    units: dict[str, str]
    short_units: dict[str, str]
    factors: dict[str, float]
    currencies: dict[str, str]
    signs: dict[str, str]
    dollars: list[str]

    @cached_property
    def currency(self) -> str:
        """The pattern of any currency, including a dollar without a country."""
        return "|".join((*self.currencies.values(), r"\$", r"\bdollars?\b"))

    @cached_property
    def _unit(self) -> re.Pattern[str]:
        money = f"(?:{self.currency})"
        return re.compile(
            rf"\b(?:in|of)\s+(?:the\s+)?(?:{money}\s*)*{_groups('a', self.units)}\b"
            rf"|\b{_groups('b', self.units)}\s+of\s+(?:the\s+)?(?:\w+\s+)?{money}"
            rf"|{money}\s*(?:in\s+)?(?:{_groups('c', self.units)}|{_groups('d', self.short_units)})(?!\w)"
            r"|(?P<e_thousand>(?<![\d,.])000)['’‘]?s?\s+omitted|\(\s*\$?\s*['’‘]?(?P<f_thousand>000)['’‘]?s?\s*\)"
            rf"|(?:\A|\()\W*{_groups('g', self.units)}\b(?:\W*\Z|[^)]{{0,120}}\))",
            re.IGNORECASE,
        )

    @cached_property
    def _any_unit(self) -> re.Pattern[str]:
        """A much faster pattern that matches every text in which `_unit` matches."""
        whole, short = "|".join(self.units.values()), "|".join(self.short_units.values())
        return re.compile(rf"000|(?<!\w)(?:{whole}|{short})(?!\w)", re.IGNORECASE)

    @cached_property
    def _hint(self) -> re.Pattern[str]:
        words = "|".join(self.units.values())
        return re.compile(rf"(?<![\d.]\s)(?<!\d)\b(?:{words})\b|['’‘]000\b|\b000['’‘]s", re.IGNORECASE)

    @cached_property
    def _codes(self) -> dict[str, re.Pattern[str]]:
        return {code: re.compile(pattern, re.IGNORECASE) for code, pattern in self.currencies.items()}

    @cached_property
    def marks(self) -> re.Pattern[str]:
        """The pattern of currency signs and codes beside amounts."""
        return re.compile(self.currency, re.IGNORECASE)

    @cached_property
    def in_headers(self) -> re.Pattern[str]:
        """The pattern of all unit and currency words, which may be ignored in the header of a table."""
        words = "|".join((*self.units.values(), *self.short_units.values()))
        return re.compile(rf"{self.currency}|\b(?:{words})\b|['’‘]?\b000\b", re.IGNORECASE)

    def unit(self, titles: Iterable[str]) -> float | None:
        """Returns the factor of the first title that states a unit; None if none does."""
        for title in titles:
            if self._any_unit.search(title) and (found := self._unit.search(title)):
                name = next(key.partition("_")[2] for key, text in found.groupdict().items() if text is not None)
                return self.factors[name]
        return None

    def named(self, text: str) -> frozenset[str]:
        """Returns the codes of the currencies in a text; '$' for a dollar without a country."""
        found = {code for code, pattern in self._codes.items() if pattern.search(text)}
        for sign, code in self.signs.items():
            if sign in text and not found:
                found.add(code)
        if "$" in text and not found & {*self.dollars, "USD"}:
            found.add(DOLLAR)
        return frozenset(found)

    def hints(self, text: str) -> bool:
        """Whether a title contains a unit word, so that amounts below it may not be in single units."""
        return len(text) <= _HINTED and not text.endswith(".") and self._hint.search(text) is not None


def _groups(prefix: str, words: dict[str, str]) -> str:
    """Returns a pattern of all words, each in a group whose name ends in the word's meaning."""
    return f"(?:{'|'.join(f'(?P<{prefix}_{name}>{pattern})' for name, pattern in words.items())})"


class GeneralUnit(NamedTuple):
    """The unit of all amounts in a report (None if not stated), and whether any title states a unit."""

    unit: float | None
    is_stated: bool


def general_unit(blocks: Sequence[TextBlock], words: MoneyWords) -> GeneralUnit:
    """Returns the unit of all amounts "unless otherwise stated"; None if sentences contradict each other."""
    found = {
        unit
        for block in blocks
        if len(block.text) <= _GENERAL and _ALL_AMOUNTS.search(block.text) and (unit := words.unit([block.text]))
    }
    stated = any(len(b.text) <= TITLE and (words.hints(b.text) or words.unit([b.text]) is not None) for b in blocks)
    return GeneralUnit(next(iter(found)) if len(found) == 1 else None, stated)
