"""Defines the model of a company profile: claims about a company, their sources, and its relations to others."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from pydantic import Field

from screener.profile.catalogue import Bilingual
from screener.profile.claims import Claim, FiscalCalendar, IsoDay, Source
from screener.profile.currency import StatedRate
from screener.profile.sector_scope import SectorEvidence, SectorScope
from screener.profile.strict_model import ListOf, Strict
from screener.text import Text
from screener.units import CURRENCY_PATTERN


class ProfileHeader(Strict):
    """The keys of a profile other than figures, relations and parties."""

    schema_: str | None = Field(None, alias="$schema")
    id: str | None = None
    name: Bilingual
    aliases: ListOf[str] = ()
    ticker: str | None = None
    as_of: IsoDay | None = None
    currency: str | None = Field(
        None, pattern=CURRENCY_PATTERN, description="The code of the currency: three capital letters, such as USD."
    )
    rates: dict[str, Any] = {}
    fiscal_year_end: str | None = Field(
        None,
        pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="month and day, such as 05-31",
    )
    fiscal_year_named: Literal["start", "end"] | None = None
    sector: str | None = None
    sector_evidence: ListOf[SectorEvidence] = ()
    summary: Bilingual | None = None
    sources: dict[str, Source] = {}
    incomplete: ListOf[str] = ()
    others: dict[str, Any] = {}


class PartyHeader(Strict):
    """The keys of a party other than its figures and relations."""

    name: Bilingual | None = None
    unnamed: bool | None = Field(None, description="Whether it stands for companies that are not named.")
    currency: str | None = Field(
        None, pattern=CURRENCY_PATTERN, description="The code of the currency: three capital letters, such as USD."
    )
    sector: str | None = None
    incomplete: ListOf[str] = ()
    others: dict[str, Any] = {}


class Relation(NamedTuple):
    """One member of a list: its fields, each a claim, and the lists inside it (None: absent)."""

    fields: Mapping[str, Claim]
    nested: Mapping[str, "tuple[Relation, ...] | None"] = {}
    incomplete: frozenset[str] = frozenset()
    place: int = 0  # its index in the list of the document


class Subject(NamedTuple):
    """A company with the claims about it: a party, or the profile's own company."""

    id: str
    name: Text
    currency: str | None = None
    sector: str | None = None
    figures: Mapping[str, tuple[Claim, ...]] = {}
    relations: Mapping[str, tuple[Relation, ...]] = {}  # list name -> members; absent lists have no entry
    incomplete: frozenset[str] = frozenset()
    others: Mapping[
        str, Mapping[str, Claim]
    ] = {}  # list name -> claims that hold for the fields of every member outside of the list
    unnamed: bool | None = None  # whether it stands for companies without names; None: the id decides
    possible_sectors: frozenset[str] | None = None  # those that the form of its statements leaves; None: any

    @property
    def scope(self) -> SectorScope:
        """What is known about its sector."""
        return SectorScope(self.sector, self.possible_sectors)

    def is_complete(self, list_name: str) -> bool:
        """Whether the list is stated and has no unknown members."""
        return list_name in self.relations and list_name not in self.incomplete


class Profile(NamedTuple):
    """A whole profile, checked against the catalogue."""

    subject: Subject
    parties: Mapping[str, Subject] = {}
    sources: Mapping[str, Source] = {}
    ticker: str | None = None
    aliases: tuple[str, ...] = ()
    as_of: date | None = None
    fiscal_calendar: FiscalCalendar = FiscalCalendar()
    summary: Text | None = None
    file: str = ""
    digest: str = ""
    file_day: date | None = None  # the day in the file, if another `as_of` was given
    remarks: tuple[Text, ...] = ()  # on what was left out of it, and on what its statements show about the sector
    rates: tuple[StatedRate, ...] = ()

    @property
    def id(self) -> str:
        """The slug that names the company and its report."""
        return self.subject.id

    @property
    def day(self) -> date | None:
        """The day on which the company is screened: `as_of`, else the latest source date, else None."""
        return self.as_of or max((s.date for s in self.sources.values() if s.date), default=None)

    @property
    def own_day(self) -> date | None:
        """The day on which the file was written, regardless of the day that was given."""
        return self.file_day or self.day

    def on(self, day: date) -> "Profile":
        """Returns the profile as of another day."""
        return self._replace(as_of=day, file_day=self.own_day)
