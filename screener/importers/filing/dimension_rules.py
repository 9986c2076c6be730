"""Defines the table of dimensions (`rules/filings/dimensions.yaml`): which facts state which relations and figures."""

import re
from functools import cached_property
from typing import Literal

from pydantic import Field

from screener.importers.sec.filing_rule_files import read_filing_table
from screener.profile.strict_model import ListOf, Strict


class MemberFilter(Strict):
    """Selects members of an axis; a fact without the axis is selected only if `like` is not given."""

    like: str | None = None
    unlike: str | None = None

    def passes(self, member: str | None) -> bool:
        """Whether a member is selected; it is a name without prefix, or None if the fact lacks the axis."""
        if member is None:
            return self.like is None
        wanted = self.like is None or re.search(self.like, member) is not None
        return wanted and not (self.unlike and re.search(self.unlike, member))


class RelationRow(Strict):
    """Describes the facts that state members of a list."""

    list_: str = Field(alias="list")
    why: str
    concepts: ListOf[str]
    field: str
    over: Literal["year", "instant"]
    party: ListOf[str] = ()
    what: ListOf[str] = ()
    need: dict[str, MemberFilter] = {}
    allowed: ListOf[str] = ()
    not_party: str | None = None
    say: dict[str, str] = {}
    names: dict[str, str] = {}
    largest: str | None = None

    @cached_property
    def axes(self) -> frozenset[str]:
        """All axes that a fact may have."""
        return frozenset((*self.party, *self.what, *self.need, *self.allowed))


class DimensionFigure(Strict):
    """Describes a figure that is stated by parts, the largest of which is a lower bound."""

    figure: str
    why: str
    concepts: ListOf[str]
    axes: ListOf[str]
    take: Literal["largest"]
    bounded_by: str | None = Field(None, description="The list whose amounts add up to the upper bound of the figure.")


class MaturityRow(Strict):
    """Describes the facts on single notes and loans, and how their names state the year of maturity."""

    why: str
    concepts: ListOf[str]
    axes: ListOf[str]
    allowed: ListOf[str] = ()
    due: ListOf[str] = Field(description="Patterns with a group `year`, the most reliable first.")


class AbsentRow(Strict):
    """A figure that is absent if neither a tag nor a word of a whole annual report mentions it."""

    figure: str | None = None
    value: bool | int = 0
    over: Literal["year", "instant"]
    why: str
    statement: ListOf[str]
    unless_concept: str
    unless_words: str | None = None
    not_in: str | None = None
    also: dict[str, bool | int] = {}
    lists: ListOf[str] = ()


class DimensionTable(Strict):
    """The whole table."""

    anonymous: str
    relations: ListOf[RelationRow]
    figures: ListOf[DimensionFigure]
    maturities: MaturityRow
    absent: ListOf[AbsentRow]

    def is_anonymous(self, member: str) -> bool:
        """Whether a member is not a company's name, but an id within one report."""
        return re.search(self.anonymous, member) is not None


def read_dimension_table() -> DimensionTable:
    """Reads the table. Raises DocumentError with all problems."""
    return read_filing_table(DimensionTable, "dimensions.yaml")
