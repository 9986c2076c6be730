"""Maps industry codes (SIC and NAICS) to sectors (`rules/filings/sic.yaml`, `rules/filings/naics.yaml`)."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from screener.importers.sec.filing_rule_files import filing_document
from screener.profile.catalogue import Catalogue
from screener.text import clean, did_you_mean, shorten, whole_number

CodeSystem = Literal["sic", "naics"]


def sector_of(code: Any) -> str | None:
    """Returns the sector of a Standard Industrial Classification code, such as "7372"; None if the table has none."""
    if not _is_code(code):
        return None
    return next((sector for first, last, sector in _ranges() if first <= int(code) <= last), None)


def sector_of_naics(code: Any) -> str | None:
    """Returns the sector of a NAICS code of two to six digits, such as "513210"; None if the table has none."""
    if not _is_code(code):
        return None
    digits, table = str(code), _prefixes()
    return next((table[digits[:n]] for n in range(len(digits), 1, -1) if digits[:n] in table), None)


SECTOR_OF_CODE: Mapping[CodeSystem, Callable[[Any], str | None]] = {"sic": sector_of, "naics": sector_of_naics}


def sector_named(text: str, catalogue: Catalogue) -> str:
    """Returns the sector for a name, or for an industry code such as naics:513210 or sic:7372.

    Raises ValueError with the error and what to do.
    """
    system, _, code = text.partition(":")
    meaning = next((meaning for known, meaning in SECTOR_OF_CODE.items() if text.startswith(f"{known}:")), None)
    if meaning is not None:
        found = meaning(code.strip())
        if found is None:
            raise ValueError(
                f"no sector has the {system.upper()} code '{clean(shorten(code, 40))}'; name the sector itself"
            )
        return found
    if text not in catalogue.sectors:
        hint = did_you_mean(text, catalogue.sectors, "see rules/catalog/sectors.yaml, or give naics:513210 or sic:7372")
        raise ValueError(f"there is no sector '{clean(shorten(text, 80))}'; {hint}")
    return text


def _is_code(code: Any) -> bool:
    return isinstance(code, str | int) and whole_number(str(code)) is not None


@cache
def _ranges() -> tuple[tuple[int, int, str], ...]:
    """Returns the rows of the SIC table: first code, last code, sector."""
    return tuple((row["from"], row["to"], row["sector"]) for row in filing_document("sic.yaml").data)


@cache
def _prefixes() -> Mapping[str, str]:
    """Returns the sector for each leading part of a NAICS code."""
    return dict(filing_document("naics.yaml").data)
