"""Splits the header of a column into the words of its name, and scale, unit, currency and period."""

import re
from typing import NamedTuple

from screener.importers.table.unit_words import CURRENCY_CODES, CURRENCY_OF, SCALE_OF

_PRIOR = re.compile(
    r"\b(prior|previous|last|py)[ _-]*(year|period|fy|yr)?\b|\b[tny][ _]?-[ _]?1\b|前期|上年|上期|去年", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?<![0-9])(?P<fiscal>FY[ _'-]?)?(?P<year>(?:19|20)[0-9]{2})A?(?![0-9])|FY[ _'-]?(?P<short>[0-9]{2})(?:A(?![A-Z]))?(?![0-9])",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![0-9])(?:(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>(?:19|20)[0-9]{2})|(?P<iso>(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}))(?![0-9])"
)
_NO_UNIT = ("", "x", "times", "ratio", "number", "#", "current", "current year", "current period", "cy")
_CURRENT = re.compile(r"\b(?:current (?:year|period)|cy)\b", re.IGNORECASE)
_FOOTNOTE = re.compile(r"(?:\s*(?:[*†‡§¹²³⁰⁴-⁹]|\[\w\]|\(\d\)))+\Z")
_SCALED = re.compile(rf"(k|t|m|mn|mm|mln|mio|bn)({'|'.join(CURRENCY_CODES)}|€|\\$|£)", re.IGNORECASE)  # kEUR, m€
_BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]*)[)\]）】]")


MOST_CHARACTERS = 512
"""Greatest length of a header in characters: a longer text is not a name."""


class Header(NamedTuple):
    """The parts of a header; `scale` is in the words of maps, `words` is the rest in lower case."""

    words: str
    scale: str | None = None
    currency: str | None = None
    period: str | None = None
    prior: bool = False


def read_header(text: str) -> Header:
    """Reads a header such as "Revenue FY2024 (USD m)": words revenue, millions, USD, FY2024."""
    rest, period = _CURRENT.sub(" ", _FOOTNOTE.sub("", text[:MOST_CHARACTERS])), None
    if day := _DAY.search(rest):
        period = day["iso"] or f"{day['y']}-{int(day['m']):02}-{int(day['d']):02}"
        rest = rest[: day.start()] + " " + rest[day.end() :]
    elif year := _YEAR.search(rest):
        number = year["year"] or f"20{year['short']}"
        period = f"FY{number}" if year["fiscal"] or year["short"] else number
        rest = rest[: year.start()] + " " + rest[year.end() :]
    prior = _PRIOR.search(rest) is not None
    rest = _PRIOR.sub(" ", rest) if prior else rest
    scale = currency = None
    for bracketed in _BRACKETS.findall(rest):
        found, money = _unit(bracketed)
        if found or money or bracketed.strip().lower() in _NO_UNIT:
            scale, currency = scale or found, currency or money
            rest = _BRACKETS.sub(lambda m, bracketed=bracketed: " " if m[1] == bracketed else m[0], rest)  # type: ignore[misc]
    rest, found, money = _tail(rest)
    scale, currency = scale or found, currency or money
    if rest.rstrip().endswith("%"):
        scale, rest = scale or "percent", rest.rstrip()[:-1]
    return Header(plain(rest), scale, currency, period, prior)


def _tail(text: str) -> tuple[str, str | None, str | None]:
    """Splits a unit off the end of a text: "Revenue, USD m", "revenue_usd_m", "Sales in Mio EUR".

    Returns the rest of the text, the scale and the currency, each None if it is not stated.
    """
    head, comma, last = text.rpartition(",")
    scale, currency = _unit(last) if comma and head.strip() else (None, None)
    if scale or currency:
        return head, scale, currency
    words = [word for word in re.split(r"[\s_]+", text.strip()) if word]
    for count in (4, 3, 2, 1):
        if len(words) > count:
            scale, currency = _unit(" ".join(words[-count:]))
            alone = count == 1 and not currency and words[-1].lower() in ("b", "m", "k", "mia")  # may belong to a name
            if (scale or currency) and not alone:
                return " ".join(words[:-count]), scale, currency
    return text, None, None


def plain(text: str) -> str:
    """Returns the words of a text in lower case, without punctuation."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)  # splits camel case: totalDebt, TotalDebt
    return " ".join(re.sub(r"[^\w]+|_", " ", spaced.lower()).split())


def unit_of(text: str, alone: bool = False) -> tuple[str | None, str | None]:
    """Returns scale and currency in a text, in brackets or at its end: "Balance sheet, EUR m", "(in thousands of USD)".

    Each is None if it is not stated. With `alone`, they count only if the text says nothing else.
    """
    for candidate in (text.strip(" :()[]（）"), *(() if alone else _BRACKETS.findall(text))):
        scale, currency = _unit(candidate)
        if scale or currency:
            return scale, currency
    _, scale, currency = ("", None, None) if alone else _tail(text)
    return scale, currency


def _unit(text: str) -> tuple[str | None, str | None]:
    """Returns scale and currency of a text such as "USD m", "in k€", "$000", "亿元"; None for both if it says more."""
    name = text.strip().lower().removeprefix("in ").strip().replace("'", "").replace("’", "")
    name = re.sub(r"\b(?:of|in)\b", " ", name)
    name = _SCALED.sub(lambda m: f"{'tsd' if m[1] == 't' else m[1]} {m[2]}", name)  # TEUR means thousands of euros
    currency = None
    for sign in sorted(CURRENCY_OF, key=len, reverse=True):
        at = name.find(sign)
        if at >= 0 and not (sign.isascii() and sign.isalpha() and re.search(rf"[a-z]{sign}|{sign}[a-jln-z]", name)):
            currency, name = CURRENCY_OF[sign], name.replace(sign, " ", 1)
            break
    rest = " ".join(name.replace(".", " ").split())
    if not rest:
        return None, currency
    if rest == "元":
        return None, currency or "CNY"
    scale = SCALE_OF.get(rest)
    if scale is None:
        return None, None
    return scale, currency or ("CNY" if rest.endswith("元") else None)
