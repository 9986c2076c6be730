"""Determines the times of a company's figures: its fiscal years, and the twelve months up to its latest quarter."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from screener.importers.sec.companyfacts import Filing, Span, filings_of, is_year_long, within_days

DAY = timedelta(1)
YEAR = timedelta(365)
MOST_DAYS = 8  # number of balance sheets that are read for a company without a fiscal year


class FiscalYear(NamedTuple):
    """A fiscal year; filings may give first and last days that differ slightly."""

    spans: tuple[Span, ...]

    @property
    def end(self) -> date:
        """The last day."""
        return self.spans[0][1]

    @property
    def instants(self) -> tuple[Span, ...]:
        """The dates of its balance sheet, as spans."""
        return tuple(dict.fromkeys((None, end) for _, end in self.spans))


class TrailingYear(NamedTuple):
    """Twelve months up to a quarter: a fiscal year, plus the time since then, less the same part of that year."""

    year: FiscalYear
    since: tuple[Span, ...]  # from the end of the fiscal year
    before: tuple[Span, ...]  # the same time a year earlier

    @property
    def end(self) -> date:
        """The last day."""
        return self.since[0][1]

    @property
    def instants(self) -> tuple[Span, ...]:
        """The dates of its balance sheet, as spans."""
        return tuple(dict.fromkeys((None, end) for _, end in self.since))

    @property
    def label(self) -> str:
        """The twelve months as the period of a claim."""
        return f"{self.before[0][1] + DAY}/{self.end}"


class BalanceDay(NamedTuple):
    """A balance sheet that is not at the end of a fiscal year: before a changed calendar, or at the end of a short year."""

    instants: tuple[Span, ...]

    @property
    def end(self) -> date:
        """Its date."""
        return self.instants[0][1]


def balance_days(filings: tuple[Filing, ...], every: Sequence[FiscalYear], years: int) -> list[BalanceDay]:
    """Returns the balance sheets other than those of the latest fiscal years (`every`, the latest first), the latest first.

    From annual reports these are the day before a fiscal year if no other year ended there, and the end of a short year. For
    a company without a fiscal year they are the balance sheet of its latest report and earlier ones.
    """
    tags = [spans for f in filings for tag, spans in f.values.items() if not tag.startswith("dei:")]
    stated = sorted({span[1] for spans in tags for span in spans if span[0] is None}, reverse=True)
    if every:
        wanted = [span[0] - DAY for year in every[:years] for span in year.spans if span[0]]
        first = min(wanted, default=every[0].end)
        wanted += [own for f in filings_of(filings, "annual") if (own := _own_balance(f)) and own >= first]
        wanted = [day for day in wanted if not any(within_days(day, year.end) for year in every)]
    else:
        latest = next((own for f in reversed(filings) if (own := _own_balance(f))), None)
        wanted = [day for day in stated if latest and day <= latest][:MOST_DAYS]
    found: list[BalanceDay] = []
    for day in sorted(set(wanted), reverse=True):
        near = tuple((None, end) for end in stated if within_days(end, day, 3))
        if near and not any(within_days(day, other.end) for other in found):
            found.append(BalanceDay(near))
    return found


def _own_balance(filing: Filing) -> date | None:
    """Returns the date of a filing's own balance sheet: the last one with many amounts; None if there is none."""
    stated = [spans for tag, spans in filing.values.items() if not tag.startswith("dei:")]
    counted = Counter(span for spans in stated for span in spans if span[0] is None)
    return max((end for (_, end), n in counted.items() if 2 * n >= max(counted.values())), default=None)


def fiscal_years(filings: tuple[Filing, ...]) -> list[FiscalYear]:
    """Returns the fiscal years of annual reports (or of all filings if there are none), the latest first.

    `fy` and `fp` of a fact describe the report, not the fact's own time, and are ignored. The year of a report is the last
    for which it states many amounts; other years count if they end a whole number of years earlier. Twelve months up to a
    quarter are no fiscal year.
    """
    found: list[set[Span]] = []
    for filing in list(filings_of(filings, "annual")) or list(reversed(filings)):
        counted = {span: n for span, n in filing.spans().items() if is_year_long(span)}
        if not counted:
            continue
        most = max(counted.values())
        own = max(end for (_, end), n in counted.items() if 2 * n >= most)
        for span in counted:
            if any(within_days(span[1], _years_before(own, k)) for k in range(12)) and span[1] <= own:
                group = next((g for g in found if any(within_days(span[1], end) for _, end in g)), None)
                if group is None:
                    found.append({span})
                else:
                    group.add(span)
    years = [FiscalYear(tuple(sorted(group, key=lambda s: (s[1], s[0] or s[1]), reverse=True))) for group in found]
    return sorted(years, key=lambda year: year.end, reverse=True)


def _years_before(day: date, years: int) -> date:
    return day - timedelta(round(365.25 * years))


def trailing_years(filings: tuple[Filing, ...], years: list[FiscalYear]) -> list[TrailingYear]:
    """Returns the twelve months up to the latest quarter after the last fiscal year, and those whole years earlier."""
    if not years:
        return []
    spans = sorted({s for f in filings for s in f.spans() if s[0] is not None}, key=lambda s: (s[1], s), reverse=True)
    interim = [s for f in filings_of(filings, "interim") for s in f.spans()]
    latest = max((s[1] for s in interim if s[0] and _follows(s, years[0])), default=None)
    if latest is None:
        return []
    found = []
    for k, year in enumerate(years):
        end = _years_before(latest, k)
        since = tuple(s for s in spans if _follows(s, year) and within_days(s[1], end))
        before = tuple(s for s in spans if within_days(s[1], _years_before(end, 1)) and _leads(s, year))
        if since and before:
            found.append(TrailingYear(year, since, before))
    return found


def _follows(span: Span, year: FiscalYear) -> bool:
    """Whether a span begins where a fiscal year ended, and is shorter than a year."""
    return (
        span[0] is not None
        and within_days(span[0] - DAY, year.end)
        and not is_year_long(span)
        and span[1] - span[0] < YEAR
    )


def _leads(span: Span, year: FiscalYear) -> bool:
    """Whether a span begins with a fiscal year, and is shorter than a year."""
    first = year.spans[0][0]
    return (
        span[0] is not None
        and first is not None
        and within_days(span[0], first)
        and span[1] - span[0] < YEAR - 20 * DAY
    )
