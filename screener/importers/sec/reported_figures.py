"""What filings say of a figure at a time: the right tag, the latest filing, and those that said otherwise before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from screener.importers.sec.companyfacts import Filing, Span
from screener.importers.sec.fiscal_periods import FiscalYear, TrailingYear
from screener.importers.sec.tags import TagChoice, Tags

COVER_WITHIN = timedelta(100)  # so long after the balance sheet a report's cover is dated


class ReportedValue(NamedTuple):
    """What one filing says: a value (`low` is `high`), or bounds; `rank` 0 is the best choice."""

    filing: Filing
    span: Span
    low: float | None
    high: float | None
    tags: str
    rank: int

    @property
    def value(self) -> float | None:
        """The number, if it is one."""
        return self.low if self.low == self.high else None


class Statement:
    """The filings of one company, read by a table of tags."""

    def __init__(self, filings: Sequence[Filing], tags: Tags) -> None:
        self.tags = tags
        self._ends: dict[
            date, dict[str, Filing]
        ] = {}  # day -> the filings that state something to it, the oldest first
        for filing in filings:
            for _, end in filing.spans():
                self._ends.setdefault(end, {})[filing.accession] = filing

    def claims(self, figure: str, year: FiscalYear | TrailingYear, over: str) -> list[dict[str, Any]]:
        """The claims of a figure at a time, as they stand in a profile: what holds first."""
        if over == "year" and isinstance(year, TrailingYear):
            claim = self._trailing(figure, year)
            return [claim] if claim else []
        spans = year.spans if over == "year" and isinstance(year, FiscalYear) else year.instants
        return [_claim(said) for said in reversed(distinct_values(self.all_said(figure, spans)))]

    def all_said(self, figure: str, spans: Sequence[Span], rank: int | None = None) -> list[ReportedValue]:
        """What filings say by the best choice that any of them has (or by that of `rank`), the oldest first."""
        at_all = {a: f for span in spans for a, f in self._ends.get(span[1], {}).items()}
        filings = sorted(at_all.values(), key=lambda f: (f.filed, f.accession))
        found = [said for filing in filings if (said := self._in(filing, figure, spans, rank))]
        best = min((said.rank for said in found), default=0)
        return [said for said in found if said.rank == best]

    def _in(self, filing: Filing, figure: str, spans: Sequence[Span], rank: int | None = None) -> ReportedValue | None:
        for taxonomy in self.tags.choices.values():
            for at, choice in enumerate(taxonomy.get(figure, ())):
                for span in spans if rank in (None, at) else ():
                    if (found := self._by(choice, filing, span, taxonomy)) is not None:
                        low, high, tags, when = found
                        return ReportedValue(filing, when, low, high, tags, at)
        return None

    def _by(
        self, choice: TagChoice, filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> tuple[float | None, float | None, str, Span] | None:
        """Bounds, the tags they are of, and the span that they are of."""
        for tag in choice.tags:
            if (when := _cover(filing, tag, span) if tag.startswith("dei:") else span) and (
                value := filing.values.get(tag, {}).get(when)
            ) is not None:
                return value, value, tag, when
        if choice.sum:
            added = [self._term(term, filing, span, taxonomy) for term in choice.sum]
            taken = [self._term(term, filing, span, taxonomy) for term in choice.less]
            whole = [*added, *taken]
            if all(whole):
                total = sum(t[0] for t in added if t) - sum(t[0] for t in taken if t)
                shown = " + ".join(t[1] for t in added if t) + "".join(f" − {t[1]}" for t in taken if t)
                return total, total, shown, span
        elif not choice.tags:
            low, high = (self._term(term or (), filing, span, taxonomy) for term in (choice.low, choice.high))
            if low and high and low[0] > high[0]:
                high = None
            if low or high:
                shown = "; ".join(f"{word} {t[1]}" for word, t in (("at least", low), ("at most", high)) if t)
                return low[0] if low else None, high[0] if high else None, shown, span
        return None

    def _term(
        self, term: Iterable[str], filing: Filing, span: Span, taxonomy: Mapping[str, tuple[TagChoice, ...]]
    ) -> tuple[float, str] | None:
        """The first of some tags or figures that the filing states, with the tags."""
        for name in term:
            if ":" in name:
                if (value := filing.values.get(name, {}).get(span)) is not None:
                    return value, name
            else:
                for choice in taxonomy.get(name, ()):
                    found = self._by(choice, filing, span, taxonomy)
                    if found and found[0] is not None and found[0] == found[1]:
                        return found[0], found[2]
        return None

    def _trailing(self, figure: str, twelve: TrailingYear) -> dict[str, Any] | None:
        """A fiscal year plus what followed less the same part of that year, all by one choice."""
        parts = (twelve.year.spans, twelve.since, twelve.before)
        ranks = range(max((len(t.get(figure, ())) for t in self.tags.choices.values()), default=0))
        for rank in ranks:
            held = [found[-1] for spans in parts if (found := distinct_values(self.all_said(figure, spans, rank)))]
            values = [said.value for said in held if said.value is not None]
            if len(values) == len(held) == len(parts):
                year, since, before = values
                note = (
                    f"{held[0].tags}; twelve months: {_number(year)} ({held[0].filing.accession}) + {_number(since)} "
                    f"({held[1].filing.accession}) − {_number(before)} ({held[2].filing.accession})"
                )
                return {
                    "value": _plain(year + since - before),
                    "period": twelve.label,
                    "source": source_key(held[1].filing),
                    "note": note,
                }
        return None


def distinct_values(all_said: Sequence[ReportedValue]) -> list[ReportedValue]:
    """The filings that said something new, the oldest first: a figure that is repeated has its first source."""
    found: list[ReportedValue] = []
    for said in all_said:
        if not found or (found[-1].low, found[-1].high) != (said.low, said.high):
            found.append(said)
    return found


def source_key(filing: Filing) -> str:
    """What a profile calls a filing."""
    return f"{filing.form.lower().replace('/', '-')}-{filing.accession}"


def _cover(filing: Filing, tag: str, span: Span) -> Span | None:
    """The day on a report's cover, where the report is of this balance sheet."""
    own = max((s[1] for t, spans in filing.values.items() if not t.startswith("dei:") for s in spans), default=None)
    days = [s for s in filing.values.get(tag, {}) if span[1] < s[1] <= span[1] + COVER_WITHIN]
    return max(days, key=lambda s: s[1]) if days and own == span[1] else None


def _claim(said: ReportedValue) -> dict[str, Any]:
    start, end = said.span
    claim: dict[str, Any] = (
        {"value": _plain(said.value)}
        if said.value is not None
        else {key: _plain(bound) for key, bound in (("low", said.low), ("high", said.high)) if bound is not None}
    )
    return {
        **claim,
        "period": f"{start}/{end}" if start else f"{end}",
        "source": source_key(said.filing),
        "note": said.tags,
    }


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _number(value: float) -> str:
    return f"{_plain(value):,}" if value >= 0 else f"({_plain(value):,})"
