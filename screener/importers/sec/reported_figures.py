"""Determines what filings state about a figure: by the right tag, from the latest filing, with earlier values."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from screener.importers.sec.amount_text import number, plain
from screener.importers.sec.choice_values import ChoiceReader, ChoiceValue
from screener.importers.sec.companyfacts import Filing, Span
from screener.importers.sec.fiscal_periods import BalanceDay, FiscalYear, TrailingYear
from screener.importers.sec.tags import Tags


class ReportedValue(NamedTuple):
    """The value from one filing; `rank` is the position of the choice in the table, 0 for the best."""

    filing: Filing
    stated: ChoiceValue
    rank: int

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The lower and upper bound."""
        return self.stated.low, self.stated.high

    @property
    def value(self) -> float | None:
        """The number, if the value is a single number."""
        return self.stated.low if self.stated.low == self.stated.high else None


class FiledFigures:
    """Reads figures from the filings of one company by a table of tags."""

    def __init__(self, filings: Sequence[Filing], tags: Tags) -> None:
        self.reader = ChoiceReader(tags)
        self._ends: dict[
            date, dict[str, Filing]
        ] = {}  # end of a span -> the filings with a fact for it, the oldest first
        self._seconds: dict[
            str, Filing
        ] = {}  # accession number -> the filing with the second values of facts stated twice
        for filing in filings:
            if (second := filing.second) is not None:
                self._seconds[filing.accession] = second
            for _, end in filing.spans():
                self._ends.setdefault(end, {})[filing.accession] = filing

    def claims(self, figure: str, time: FiscalYear | TrailingYear | BalanceDay, over: str) -> list[dict[str, Any]]:
        """Returns the claims on a figure for a time as a profile states them, the one to use first."""
        if over == "year" and isinstance(time, TrailingYear):
            claim = self._trailing(figure, time)
            return [claim] if claim else []
        spans = time.instants
        if over == "year":
            spans = time.spans if isinstance(time, FiscalYear) else ()
        return [_claim(value) for value in reversed(distinct_values(self.all_values(figure, spans)))]

    def all_values(self, figure: str, spans: Sequence[Span], rank: int | None = None) -> list[ReportedValue]:
        """Returns the values from filings by the best choice that any of them offers (or by `rank`), the oldest first."""
        at_all = {a: f for span in spans for a, f in self._ends.get(span[1], {}).items()}
        filings = sorted(at_all.values(), key=lambda f: (f.filed, f.accession))
        found = [reported for filing in filings if (reported := self._in(filing, figure, spans, rank))]
        best = min((reported.rank for reported in found), default=0)
        return [
            value
            for reported in found
            if reported.rank == best
            for value in self._with_second_value(reported, figure, spans)
        ]

    def _with_second_value(self, reported: ReportedValue, figure: str, spans: Sequence[Span]) -> list[ReportedValue]:
        """Returns a filing's value, and its second value if the filing states it twice with different values."""
        second = self._seconds.get(reported.filing.accession)
        other = self._in(second, figure, spans, reported.rank) if second is not None else None
        if other is None or other.bounds == reported.bounds:
            return [reported]
        note = f"{other.stated.tags}; the filing states it twice, with two values"
        return [reported, other._replace(filing=reported.filing, stated=other.stated._replace(tags=note))]

    def _in(self, filing: Filing, figure: str, spans: Sequence[Span], rank: int | None = None) -> ReportedValue | None:
        for taxonomy in self.reader.tags.choices.values():
            for at, choice in enumerate(taxonomy.get(figure, ())):
                for span in spans if rank in (None, at) else ():
                    if (found := self.reader.read(choice, filing, span, taxonomy)) is not None:
                        return ReportedValue(filing, found, at)
        return None

    def _trailing(self, figure: str, twelve: TrailingYear) -> dict[str, Any] | None:
        """Returns a fiscal year plus the time since then, less the same part of that year, as a claim.

        All three amounts must be stated by one choice; otherwise None.
        """
        parts = (twelve.year.spans, twelve.since, twelve.before)
        ranks = range(max((len(t.get(figure, ())) for t in self.reader.tags.choices.values()), default=0))
        for rank in ranks:
            amounts = [found[-1] for spans in parts if (found := distinct_values(self.all_values(figure, spans, rank)))]
            values = [part.value for part in amounts if part.value is not None]
            if len(values) == len(amounts) == len(parts):
                year, since, before = values
                note = (
                    f"{amounts[0].stated.tags}; twelve months: {number(year)} ({amounts[0].filing.accession}) + {number(since)} "
                    f"({amounts[1].filing.accession}) − {number(before)} ({amounts[2].filing.accession})"
                )
                return {
                    "value": plain(year + since - before),
                    "period": twelve.label,
                    "source": source_key(amounts[1].filing),
                    "note": note,
                }
        return None


def distinct_values(values: Sequence[ReportedValue]) -> list[ReportedValue]:
    """Returns the values that differ from the one before, the oldest first: a repeated value keeps its first source."""
    found: list[ReportedValue] = []
    for value in values:
        if not found or found[-1].bounds != value.bounds:
            found.append(value)
    return found


def source_key(filing: Filing) -> str:
    """Returns the key of a filing among the sources of a profile."""
    return f"{filing.form.lower().replace('/', '-')}-{filing.accession}"


def _claim(reported: ReportedValue) -> dict[str, Any]:
    (start, end), stated = reported.stated.span, reported.stated
    claim: dict[str, Any] = {
        key: plain(bound) for key, bound in (("low", stated.low), ("high", stated.high)) if bound is not None
    }
    if reported.value is not None:
        claim = {"value": True if stated.truth else plain(reported.value)}
    return {
        **claim,
        "period": f"{start}/{end}" if start else f"{end}",
        "source": source_key(reported.filing),
        "note": stated.tags,
    }
