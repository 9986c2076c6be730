"""The numbers of a company over its latest periods: figures as used, and ratios by their formulas."""

from collections.abc import Iterator

from screener.explain.rule_texts import figure_title
from screener.expression.interval import Interval, Missing
from screener.facts.alignment import Alignment
from screener.facts.company import CompanyFacts
from screener.facts.world import World
from screener.profile.claims import Period
from screener.profile.reconcile import RankedClaim
from screener.result.model import FigureSeries, PeriodValue
from screener.rules.compiler import Program
from screener.units import NUMERIC
from screener.vocabulary import ClaimKind

MAX_PERIODS = 5
_RATIOS = ("fraction", "multiple", "months", "years")


def figure_history(world: World, program: Program) -> Iterator[FigureSeries]:
    """Returns figures and ratios of the screened company in the order of the catalogue, with up to MAX_PERIODS periods.

    Figures are included if they are stated or formulas give them exactly; metrics if they are exactly known and are
    ratios or compared with peers.
    """
    company = world.companies[world.main]
    figures = program.catalogue.figures
    for name in dict.fromkeys((*figures, *program.metrics)):
        if name not in company.reconciled and name not in program.metrics:
            continue
        title, unit = figure_title(name, program)
        if unit not in (NUMERIC if name in figures else _RATIOS) and name not in program.catalogue.compared:
            continue
        periods = tuple(_stated(company, name) if name in company.reconciled else _computed(company, name))
        if periods:
            currency = company.subject.currency if unit == "money" else None
            yield FigureSeries(figure=name, title=title, unit=unit, currency=currency, periods=periods)


def _stated(company: CompanyFacts, name: str) -> Iterator[PeriodValue]:
    figure = company.reconciled[name]
    claim: RankedClaim | None = figure.chosen
    for _ in range(MAX_PERIODS):
        if claim is None or not _is_known(claim.value):
            return
        yield PeriodValue(
            period=claim.period.label if claim.period else None,
            end=claim.period.end.isoformat() if claim.period else None,
            value=claim.value,
            kind=claim.kind,
            source=claim.claim.source,
        )
        claim = figure.before(claim) if claim.period else None


def _computed(company: CompanyFacts, name: str) -> Iterator[PeriodValue]:
    """Returns the results of the formula of a figure or metric by period."""
    at = company.alignment(name)
    for back in range(MAX_PERIODS):
        value = company.value(name, back, at)
        if not (isinstance(value, Interval) and value.is_point):
            return
        period = _period_of_inputs(company, name, back, at)
        if back and period is None:
            return
        yield PeriodValue(
            period=period.label if period else None,
            end=period.end.isoformat() if period else None,
            value=value,
            kind=ClaimKind.COMPUTED,
            source=None,
        )


def _period_of_inputs(company: CompanyFacts, name: str, back: int, at: Alignment) -> Period | None:
    """Returns the period of a formula's inputs: the latest year, or the latest day if none is of a year."""
    claims = (company.claim(read, back, at) for read in sorted(company.stated_inputs(name)))
    periods = [claim.period for claim in claims if claim and claim.period]
    return max(periods, key=lambda period: (period.start is not None, period.end), default=None)


def _is_known(value: object) -> bool:
    """Returns whether a value is a number with at least one bound."""
    return isinstance(value, Interval) and not isinstance(value, Missing) and any(v is not None for v in value.finite())
