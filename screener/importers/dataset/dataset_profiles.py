"""Turns the filers of data sets into profiles: their figures, and customers with their shares of revenue."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from screener.errors import Problem
from screener.importers.dataset.dataset_facts import DatasetFiler, DatasetReader, ShareFact, WantedFacts, local_name
from screener.importers.dataset.dataset_files import find_datasets
from screener.importers.filing.dimension_rules import DimensionTable, RelationRow, read_dimension_table
from screener.importers.filing.relations import ALL_DISCLOSED, UNDISCLOSED, member_name
from screener.importers.filing_options import FilingOptions
from screener.importers.sec.companyfacts import company_of_facts, is_year_long
from screener.importers.sec.filer_profile import profile_document, source_of
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.reported_figures import source_key
from screener.importers.sec.tags import read_forms, read_tags
from screener.profile.catalogue import Catalogue
from screener.text import slug

CUSTOMERS = "customers"


class DatasetImport:
    """Imports the filers of data sets one after the other. Raises DocumentError if a table is missing or invalid."""

    def __init__(self, paths: Sequence[str], catalogue: Catalogue, options: FilingOptions = FilingOptions()) -> None:  # noqa: B008
        self.catalogue, self.options = catalogue, options
        self.tags, self.forms, self.table = read_tags(), read_forms(), read_dimension_table()
        self.row = next(row for row in self.table.relations if row.list_ == CUSTOMERS)
        self.reader = DatasetReader(find_datasets(paths), self.forms, options.as_of)

    @property
    def filers(self) -> int:
        """The number of filers with a report of a form that counts."""
        return len(self.reader.ciks)

    @property
    def bytes(self) -> int:
        """The size of all tables of facts in bytes, unpacked."""
        return self.reader.bytes

    @property
    def problems(self) -> list[Problem]:
        """Problems with invalid rows, complete once the facts have been read."""
        return self.reader.problems.summary(self.reader.datasets[0].num.name)

    @contextmanager
    def staged(self, progress: Callable[[int], None] = lambda amount: None) -> Iterator[Iterator[dict[str, Any]]]:
        """Reads all facts once, and yields the profile document of each filer with figures, ordered by number (CIK)."""
        axis = local_name(self.row.party[0], "Axis")
        fractions = frozenset(concept.partition(":")[2] for concept in self.row.concepts)
        with self.reader.staged(WantedFacts(self.tags.wanted(), fractions, axis), progress) as filers:
            yield (document for filer in filers if (document := self._document(filer))["figures"])

    def _document(self, filer: DatasetFiler) -> dict[str, Any]:
        known = {filing.accession: (filing.form, filing.filed) for filing in filer.filings}
        last = filer.filings[-1]
        company = company_of_facts(filer.cik, last.name, known, filer.facts, self.forms)
        sector = self.options.sector or sector_of(last.sic)
        head = {"id": f"cik-{filer.cik}", **({"sector": sector} if sector else {})}
        options = self.options
        made = profile_document(company, self.tags, self.catalogue, options.basis, options.years, options.as_of, head)
        document = made.document
        annual = [filing for filing in company.filings if filing.part == "annual"]
        for filing in reversed(annual or company.filings):
            shares = filer.shares.get(filing.accession)
            members, parties = customers_of(shares or (), self.row, self.table, f"cik-{filer.cik}-{filing.filed}")
            if members:
                key = source_key(filing)
                document["sources"].setdefault(key, source_of(filing, company))
                document[CUSTOMERS] = [{**member, "source": key} for member in members]
                document["parties"] = parties
                if filing.part == "annual":
                    bound = {"high": UNDISCLOSED, "source": key, "note": ALL_DISCLOSED}
                    document["others"] = {CUSTOMERS: {self.row.field: bound}}
                else:
                    document["incomplete"] = [CUSTOMERS]
                break
        return document


def customers_of(
    shares: Sequence[ShareFact], row: RelationRow, table: DimensionTable, scope: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Returns customers with their share of revenue in the latest year, and the parties to which they refer.

    For a quarterly report it is the share in the longest span. `scope` is the prefix of ids for unnamed customers, which
    identify a customer within one filing only.
    """
    fitting = [(member, fact) for fact in shares if (member := _customer(fact, row)) and 0 < fact.value <= 1]
    if not fitting:
        return [], {}
    end = max(fact.span[1] for _, fact in fitting)
    latest = [(member, fact) for member, fact in fitting if fact.span[1] == end]
    yearly = [pair for pair in latest if is_year_long(pair[1].span)]
    if not yearly:
        first = min((f.span[0] for _, f in latest if f.span[0]), default=None)
        yearly = [pair for pair in latest if pair[1].span[0] == first]
    members: dict[str, dict[str, Any]] = {}
    parties: dict[str, Any] = {}
    for member, fact in sorted(yearly, key=lambda pair: -pair[1].value):
        unnamed = table.is_anonymous(member)
        key = f"{scope}-{slug(member_name(member)) or 'party'}" if unnamed else slug(member_name(member)) or "party"
        start, last = fact.span
        claim = {
            "value": fact.value,
            "period": f"{start}/{last}" if start else f"{last}",
            "note": f"{fact.concept} of {member}",
        }
        if key not in members:
            members[key] = {"party": key, row.field: claim}
            parties[key] = {
                "name": f"{member_name(member)} (not named in the report)" if unnamed else member_name(member)
            }
    return list(members.values()), parties


def _customer(fact: ShareFact, row: RelationRow) -> str | None:
    """Returns the member that stands for a customer; None if the fact is about something else."""
    dimensions = dict(fact.dimensions)
    axes = {local_name(axis, "Axis") for axis in row.axes}
    if not axes.issuperset(dimensions) or fact.span[0] is None:
        return None
    if not all(known.passes(dimensions.get(local_name(axis, "Axis"))) for axis, known in row.need.items()):
        return None
    member = dimensions.get(local_name(row.party[0], "Axis"))
    return None if member is None or (row.not_party and re.search(row.not_party, member)) else member
