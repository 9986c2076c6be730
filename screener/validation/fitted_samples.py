"""Finds packs that were fitted on companies that may be in a table: measures on the same companies are optimistic."""

from typing import Any, NamedTuple

from screener.engine.columns.column_engine import OUTCOMES
from screener.importers.table.company_table import CompanyTable
from screener.screening import Screener
from screener.text import Text
from screener.validation.firm_years import Unit
from screener.validation.reliability import in_population
from screener.validation.resampling import Mask
from screener.vocabulary import Outcome

_DECIDED = tuple(OUTCOMES.index(outcome) for outcome in (Outcome.FIRED, Outcome.CLEAR))


class FittedSample(NamedTuple):
    """The companies that a pack was fitted or calibrated on and that may be in the table.

    `same_counts`: the table has as many rows and as many failures, in the same unit.
    """

    pack: str
    title: Text
    population: Text
    same_counts: bool


def fitted_samples(
    screener: Screener, table: CompanyTable, outcomes: Any, failed: Mask, measured: Mask, unit: Unit
) -> tuple[FittedSample, ...]:
    """Returns the samples of packs that may include the `measured` rows.

    That is excluded if no rule of the pack is decided for any row, or if the calibration is for other sectors,
    currencies or listings than those of all rows. `outcomes` is an array of codes of shape (rules, rows).
    """
    book, found = screener.rulebook, []
    counts = (int(measured.sum()), int(failed[measured].sum()), unit.value)
    for pack in book.packs:
        population, calibration = pack.sample, pack.calibration
        places = [i for i, rule in enumerate(screener.program.rules.values()) if rule.pack == pack.name]
        if population is None or not places:
            continue
        possible = measured
        if calibration is not None:
            possible = possible & in_population(calibration, table, book)
        if not bool((_is_decided(outcomes[places]) & possible).any()):
            continue
        same = calibration is not None and counts == (calibration.companies, calibration.failed, calibration.unit)
        found.append(FittedSample(pack.name, pack.short_title, population, same))
    return tuple(found)


def _is_decided(outcomes: Any) -> Any:
    return (outcomes == _DECIDED[0]) | (outcomes == _DECIDED[1])
