"""Reads properties of a company other than figures from cells and maps: id, sector, currency."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from screener.importers.sec.industry_codes import SECTOR_OF_CODE, CodeSystem
from screener.importers.table.cell_text import cell_text, short_text
from screener.importers.table.day_cells import DayNotation, read_day, read_period_cell
from screener.profile.claims import FiscalCalendar
from screener.text import did_you_mean, is_slug, shorten, slug

NOTHING = ("", "?")
"""Texts that mean a missing property."""
NO_NAME = ("the name is missing", "every row needs a name")
NO_ID = ("the name gives no id", "map a column to `id`, or write id: 'company-{row}'")


def id_of_cell(cell: Any) -> str:
    """Returns the id for a cell. Raises ValueError with the error and what to do."""
    shown = cell_text(cell)
    text = slug(shown)
    if not text and any(map(str.isalnum, shown)):  # text in other scripts: encoded as in internationalised domain names
        text = slug(f"xn-{shown.encode('punycode').decode()}")
    if not is_slug(text):
        raise ValueError(f"'{short_text(cell)}' gives no id; write letters and digits")
    return text


def sector_of_cell(cell: Any, codes: CodeSystem | None, known: Collection[str]) -> str:
    """Returns the sector for a cell with its name or an industry code. Raises ValueError with the error and what to do."""
    text = cell_text(cell)
    if text in known:
        return text
    if codes is not None:
        if found := SECTOR_OF_CODE[codes](text):
            return found
        hint = f"translate it in the map: words: {{'{text}': SECTOR}}"
        raise ValueError(f"no sector has the {codes.upper()} code '{short_text(text)}'; {hint}")
    hint = did_you_mean(text, known, f"translate it in the map: words: {{'{text}': SECTOR}}")
    raise ValueError(f"unknown sector '{short_text(text)}'; {hint}")


def currency_of_cell(cell: Any) -> str:
    """Returns the currency in a cell. Raises ValueError with the error and what to do."""
    text = cell_text(cell)
    if len(text) == 3 and text.isascii() and text.isalpha() and text.isupper():
        return text
    raise ValueError(f"'{shorten(text, 40)}' is not a currency; write three capital letters, such as USD")


def head_checks(
    sectors: Collection[str], codes: CodeSystem | None, notation: DayNotation, calendar: FiscalCalendar
) -> Mapping[str, Callable[[Any], str]]:
    """Returns the reader for each property that is not a plain text. Readers raise ValueError with the error and a hint."""
    return {
        "id": id_of_cell,
        "sector": partial(sector_of_cell, codes=codes, known=sectors),
        "currency": currency_of_cell,
        "as_of": partial(read_day, notation=notation),
        "period": partial(read_period_cell, notation=notation, calendar=calendar),
    }
