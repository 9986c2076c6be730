"""Infers a filer's possible sectors from the form of its statements, by the table `rules/filings/sectors.yaml`."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from pydantic import Field

from screener.importers.sec.filing_rule_files import read_filing_table
from screener.profile.catalogue import Catalogue
from screener.profile.sector_scope import SectorEvidence, evidence_remarks, possible_sectors, sector_scope
from screener.profile.strict_model import ListOf, Strict

TaggedValues = Mapping[str, Mapping[tuple[date | None, date], float]]
"""TAXONOMY:TAG -> span (None as the start of an instant) -> amount, for one filing."""


class SectorRow(Strict):
    """Conditions on a filing which show that the filer is within a sector, or outside of sectors."""

    within: str | None = None
    outside: ListOf[str] = ()
    all: ListOf[str] = Field((), description="Names or groups of tags that one balance sheet must all contain.")
    any: ListOf[str] = Field((), description="Names or groups of tags of which one must be stated and differ from 0.")
    none: ListOf[str] = Field((), description="Names or groups of tags of which none may be stated, except as 0.")
    says: str

    def shown(self) -> str:
        """Describes the row in a few words."""
        where = [f"within {self.within}"] if self.within else []
        where += [f"outside {', '.join(self.outside)}"] if self.outside else []
        return f"{' and '.join(where)} ({self.says})"

    def evidence(self, source: str | None) -> SectorEvidence:
        """Returns the row as sector evidence of a profile."""
        return SectorEvidence(within=self.within, outside=self.outside, source=source, note=self.says)


class SectorRows(Strict):
    """The rows of one taxonomy, or of printed statements, and the groups of names that they use."""

    groups: dict[str, list[str]] = {}
    rows: ListOf[SectorRow]

    def names(self) -> Iterator[str]:
        """Yields all names that the rows use, with groups replaced by their members."""
        for row in self.rows:
            yield from self._members((*row.all, *row.any, *row.none))

    def holds(self, row: SectorRow, values: TaggedValues, taxonomy: str) -> bool:
        """Whether a filing meets the conditions of a row."""

        def instants(name: str) -> set[date]:
            members = self._members([name])
            return {end for m in members for start, end in values.get(f"{taxonomy}:{m}", ()) if start is None}

        def is_stated(name: str) -> bool:
            return any(any(values.get(f"{taxonomy}:{m}", {}).values()) for m in self._members([name]))

        at_one_time = not row.all or bool(set.intersection(*map(instants, row.all)))
        return at_one_time and (not row.any or any(map(is_stated, row.any))) and not any(map(is_stated, row.none))

    def holds_printed(self, row: SectorRow, labels: Collection[str]) -> bool:
        """Whether the labels of printed statements meet the conditions of a row; its names are patterns of whole labels."""

        def is_there(name: str) -> bool:
            patterns = [_pattern(m) for m in self._members([name])]
            return any(pattern.fullmatch(label) for pattern in patterns for label in labels)

        return (
            all(map(is_there, row.all))
            and (not row.any or any(map(is_there, row.any)))
            and not any(map(is_there, row.none))
        )

    def _members(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield from self.groups.get(name, (name,))


class SectorTable(Strict):
    """The whole table, with rows for the tags of each taxonomy."""

    tagged: dict[str, SectorRows]
    printed: SectorRows
    schedules: dict[str, SectorRow] = Field(description="The sector by the ARTICLE of a financial data schedule.")

    def tags(self) -> frozenset[str]:
        """Returns every TAXONOMY:TAG that the table uses."""
        return frozenset(f"{taxonomy}:{name}" for taxonomy, rows in self.tagged.items() for name in rows.names())


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def read_sector_table() -> SectorTable:
    """Reads the table. Raises DocumentError with all problems."""
    return read_filing_table(SectorTable, "sectors.yaml")


def tagged_rows(values: TaggedValues, table: SectorTable) -> list[SectorRow]:
    """Returns the rows whose conditions a filing meets."""
    every = ((taxonomy, rows, row) for taxonomy, rows in table.tagged.items() for row in rows.rows)
    return [row for taxonomy, rows, row in every if rows.holds(row, values, taxonomy)]


def printed_rows(labels: Collection[str], table: SectorTable) -> list[SectorRow]:
    """Returns the rows whose conditions the labels of printed statements meet."""
    return [row for row in table.printed.rows if table.printed.holds_printed(row, labels)]


def written_evidence(
    rows: Iterable[tuple[SectorRow, str | None]], stated: str | None, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Returns rows with the keys of their sources as a profile states them, without rows that narrow nothing further."""
    kept: list[SectorEvidence] = []
    for row, source in rows:
        item = row.evidence(source)
        before, after = possible_sectors(kept, catalogue), possible_sectors([*kept, item], catalogue)
        if after != before:
            kept.append(item)
    if stated is not None and sector_scope(stated, kept, catalogue).possible == catalogue.below(stated):
        return []  # no part of the stated sector is ruled out
    return [item.model_dump(exclude_defaults=True, mode="json") for item in kept]


def sector_remarks(document: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    """Yields remarks on a profile's sector: what shows it, what contradicts it, and whether it is missing."""
    stated = document.get("sector")
    evidence = [SectorEvidence.model_validate(item) for item in document.get("sector_evidence", ())]
    yield from (remark.en for remark in evidence_remarks(stated, evidence, catalogue))
    if stated is None:
        yield "the sector is not known, and many rules are for some only: say --sector NAME"
