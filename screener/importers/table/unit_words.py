"""Defines words and signs of scales and currencies in headers, cells, titles and columns of units."""

from collections.abc import Mapping

SCALES: Mapping[str, float] = {
    "thousands": 1e3,
    "ten-thousands": 1e4,
    "lakhs": 1e5,
    "crores": 1e7,
    "millions": 1e6,
    "hundred-millions": 1e8,
    "billions": 1e9,
    "percent": 0.01,
    "basis-points": 0.0001,
}
"""The values of `scale` in a map, with the factor for numbers."""
RATIO_SCALES = ("percent", "basis-points")
"""The scales that apply to ratios only."""
TIMES: Mapping[tuple[str, str], float] = {("years", "months"): 12.0, ("months", "years"): 1 / 12}
"""Factors from one unit of time to another."""
_WORDS = {
    "thousands": ("k", "tsd", "tausend", "milliers", "thousand", "thousands", "thsd", "000", "000s", "千", "千元"),
    "ten-thousands": ("万", "万元", "萬"),
    "millions": (
        *("m", "mn", "mm", "mln", "mio", "mill", "million", "millions"),
        *("millionen", "millones", "milioni", "miljoen", "百万", "百万元", "百萬"),
    ),
    "lakhs": ("lakh", "lakhs", "lac", "lacs"),
    "crores": ("cr", "crs", "crore", "crores"),
    "hundred-millions": ("亿", "亿元", "億"),
    "billions": (
        *("b", "bn", "bln", "billion", "billions", "mrd", "mia", "mld", "milliarden", "milliards"),
        *("十亿", "十亿元"),
    ),
    "percent": ("%", "pct", "percent", "per cent", "百分比"),
    "basis-points": ("bp", "bps", "basis points"),
}
SCALE_OF = {word: scale for scale, words in _WORDS.items() for word in words}
"""Word in lower case -> scale."""
CELL_SCALES = {
    word: SCALES[scale]
    for word, scale in SCALE_OF.items()
    if scale not in RATIO_SCALES and word not in ("cr", "crs")  # beside a number in accounts these mean a credit
} | dict.fromkeys(("t", "tn", "trillion"), 1e12)
"""Word beside a number -> factor."""
CURRENCY_CODES = (
    *("USD", "EUR", "GBP", "JPY", "CNY", "CHF", "PLN", "SEK", "NOK", "DKK", "CAD", "AUD", "NZD", "INR", "KRW"),
    *("TWD", "HKD", "SGD", "BRL", "MXN", "ZAR", "TRY", "CZK", "HUF", "ILS", "SAR", "THB", "IDR", "MYR", "RON"),
)
_SIGNS_OF = {
    "USD": ("us$", "$", "us dollar", "us dollars", "美元"),
    "EUR": ("€", "euro", "euros", "欧元"),
    "GBP": ("£", "sterling"),
    "INR": ("₹", "rs.", "rs", "rupees"),
    "JPY": ("yen", "日元", "日圓", "円"),
    "CNY": ("yuan", "renminbi", "rmb", "人民币"),
    "PLN": ("zł",),
    "HKD": ("港元",),
}
CURRENCY_OF = {code.lower(): code for code in CURRENCY_CODES} | {
    sign: code for code, signs in _SIGNS_OF.items() for sign in signs
}
"""Code, sign or word in lower case -> the most likely currency."""
_RUPEES = ("INR", "PKR", "LKR", "NPR", "MUR")
MEANT: Mapping[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "BRL", "ARS", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "£": ("GBP",),
    "€": ("EUR",),
    "rs": _RUPEES,
    "rs.": _RUPEES,
    "₩": ("KRW",),
    "kr": ("SEK", "NOK", "DKK", "ISK", "CZK"),
}
"""The currencies that a sign beside a number may mean."""


def currencies_meant(sign: str) -> tuple[str, ...]:
    """Returns the currencies that a code, sign or word in lower case may mean; empty if it means none."""
    return MEANT.get(sign) or ((CURRENCY_OF[sign],) if sign in CURRENCY_OF else ())
