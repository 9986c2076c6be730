"""Defines the user's options for imports of filings."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Basis = Literal["annual", "ttm"]


@dataclass(frozen=True)
class FilingOptions:
    """Selects the figures of a profile; `sector` replaces the sector that follows from the industry code.

    `name` replaces the name on the cover of a report.
    """

    basis: Basis = "annual"
    years: int = 5
    as_of: date | None = None
    sector: str | None = None
    name: str | None = None
