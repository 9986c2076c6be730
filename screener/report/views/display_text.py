"""Prepares texts for pages and terminals: greatest lengths, numbers kept with their units, safe addresses."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from screener.report.charts.shapes import fit_text, text_width
from screener.report.number_format import tidy
from screener.report.views.view_models import NumberText
from screener.text import clean
from screener.units import SCALES

NAME_LENGTH, TITLE_LENGTH, SENTENCE_LENGTH, QUOTE_LENGTH = 60, 90, 700, 400  # greatest length of each, in characters
HEADLINE_LENGTH = 90  # length of the number of a flag with its limit and the number of further matches
_SCALE_NAMES = {language: "|".join(name for _, name in scales) for language, scales in SCALES.items()}
_SUFFIX = rf"(?:\s?(?:×|%|倍|(?:{_SCALE_NAMES['en']})\b|{_SCALE_NAMES['zh']}))?"
_NUMBER = re.compile(rf"[−+≈~]?\d[\d,.]*(?:{_SUFFIX}[–-]−?\d[\d,.]*)?{_SUFFIX}")
_UNITS = "|".join((*_SCALE_NAMES.values(), "%|倍|年|月|日|个月|小时"))
_UNIT_SPACE = re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![A-Za-z]))")
_ASIDE = re.compile(r"[(（:：]")


def safe_url(url: str | None) -> str | None:
    """Returns the address if it is plain http or https with a host, else None."""
    if url is None or len(url) > 2000 or url != clean(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and host else None


def short_source_title(title: str) -> str:
    """Returns the title of a source for a table; if it is too long, without text in brackets or after a colon."""
    if text_width(title) > 200:
        head = _ASIDE.split(title, maxsplit=1)[0].strip()
        title = head if len(head) > 3 else title
    return fit_text(title, 200)


def keep_units_together(text: str) -> str:
    """Returns the text with a no-break space between a number and its unit."""
    return _UNIT_SPACE.sub("\u00a0", text)


@lru_cache(maxsize=8192)
def display_text(text: str, width: int) -> str:
    """Returns a text ready to show; cached, since those of rules are the same in every report."""
    return keep_units_together(tidy(text, width))


@lru_cache(maxsize=4096)
def split_number(text: str) -> NumberText:
    """Returns a short text, split at its first number."""
    found = _NUMBER.search(text)
    if not found:
        return NumberText("", text, "")
    return NumberText(text[: found.start()].strip(), found[0].strip(), text[found.end() :].strip())
