"""Reliability of a calibrated pack: compares the relative risk that it states for a score with the one observed on a
table."""

from typing import Any, Literal, NamedTuple

import numpy as np

from screener.engine.columns.column_engine import OUTCOMES
from screener.importers.table.company_table import CompanyTable
from screener.rules.calibration_table import Calibration
from screener.rules.rulebook import Rulebook
from screener.scoring.calibration import is_of_sectors, relative_risk
from screener.scoring.column_score import COLUMNS
from screener.scoring.score import ScoreFormula
from screener.screening import Screener
from screener.validation.firm_years import Unit
from screener.validation.measures import Estimate, wilson_estimate
from screener.validation.resampling import Mask
from screener.vocabulary import Outcome

_FIRED, _UNKNOWN, _NOT_APPLICABLE = (
    OUTCOMES.index(outcome) for outcome in (Outcome.FIRED, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)
)


class ReliabilityBand(NamedTuple):
    """A band of the score of a calibrated pack: the stated relative risk and the observed one.

    The interval of `observed` covers the sampling error of this table only (Wilson's interval divided by the average).
    """

    pack: str
    at_least: float
    stated: Estimate
    companies: int
    failed: int
    observed: Estimate

    @property
    def holds(self) -> bool:
        """Returns whether the observed risk lies within the stated interval."""
        return self.stated.low <= self.observed.value <= self.stated.high


class ReliabilityNote(NamedTuple):
    """Why a calibrated pack, or on which rows it, was not compared; `kind` selects the text `validation.note_KIND`."""

    pack: str
    kind: Literal["altered", "unit_firm", "unit_firm-year", "one_fate", "outside"]
    rows: int = 0


class Reliability(NamedTuple):
    """The bands of all calibrated packs that were compared, and notes on packs or rows that were not."""

    bands: tuple[ReliabilityBand, ...]
    notes: tuple[ReliabilityNote, ...]


def reliability(
    screener: Screener, table: CompanyTable, outcomes: Any, failed: Mask, measured: Mask, unit: Unit, several: bool
) -> Reliability:
    """Returns the reliability of each calibrated pack on the `measured` rows of a table to which its calibration
    applies.

    `outcomes` is an array of codes of shape (rules, rows); `several` says whether firms have several rows.
    """
    book = screener.rulebook
    bands: list[ReliabilityBand] = []
    notes: list[ReliabilityNote] = []
    for pack in book.packs:
        calibration = pack.calibration
        if calibration is None:
            continue
        if book.altered:
            notes.append(ReliabilityNote(pack.name, "altered"))
            continue
        if several and calibration.unit != unit.value:
            kind: Literal["unit_firm", "unit_firm-year"] = (
                "unit_firm" if calibration.unit == "firm" else "unit_firm-year"
            )
            notes.append(ReliabilityNote(pack.name, kind))
            continue
        rules = [rule for rule in screener.program.rules.values() if rule.pack == pack.name and rule.flag.scores]
        places = [i for i, rule in enumerate(screener.program.rules.values()) if rule in rules]
        scores, applies = _own_scores(rules, outcomes[places], book, calibration)
        inside = applies & in_population(calibration, table, book) & measured
        if not 0 < failed[inside].sum() < inside.sum():
            notes.append(ReliabilityNote(pack.name, "one_fate", int(inside.sum())))
            continue
        if (left := int((measured & ~inside).sum())) > 0:
            notes.append(ReliabilityNote(pack.name, "outside", left))
        bands += _bands(pack.name, calibration, scores[inside], failed[inside])
    return Reliability(tuple(bands), tuple(notes))


def _own_scores(rules: list[Any], outcomes: Any, book: Rulebook, calibration: Calibration) -> tuple[Any, Mask]:
    """Returns the score of a pack alone for each row, and whether enough of its rules are decided."""
    fired, unknown = (
        {rule.id: row == code for rule, row in zip(rules, outcomes, strict=True)} for code in (_FIRED, _UNKNOWN)
    )
    open_too = {rule: fired[rule] | unknown[rule] for rule in fired}
    formula = ScoreFormula(rules, book.table)
    value, high = (
        np.zeros(outcomes.shape[1]) + formula.score(reds.__getitem__, fired.__getitem__, COLUMNS)
        for reds in (fired, open_too)
    )
    total = (outcomes != _NOT_APPLICABLE).sum(axis=0)
    decided = total - (outcomes == _UNKNOWN).sum(axis=0)
    enough = (total > 0) & (decided >= calibration.coverage_at_least * total)
    return value, enough & (high - value <= calibration.open_at_most)


def in_population(calibration: Calibration, table: CompanyTable, book: Rulebook) -> Mask:
    """Returns a mask of the rows whose companies belong to the population of the calibration."""
    sectors = table.meta["sector"].to_list()
    known = {sector: is_of_sectors(calibration, book.catalogue, sector) for sector in set(sectors)}
    found = np.array([known[sector] for sector in sectors], np.bool_)
    if calibration.currencies:
        found &= table.meta["currency"].isin(calibration.currencies).to_numpy()
    if calibration.listed is not None and "listed" in table.frame:
        found &= np.array([listed is not (not calibration.listed) for listed in table.frame["listed"]], np.bool_)
    return found


def _bands(pack: str, calibration: Calibration, scores: Any, failed: Mask) -> list[ReliabilityBand]:
    base = failed.mean()
    starts = [band.at_least for band in calibration.bands]
    band_of = np.searchsorted(starts, scores, side="right") - 1
    found = []
    for i, band in enumerate(calibration.bands):
        mine = band_of == i
        if not mine.any():
            continue
        share = wilson_estimate(int(failed[mine].sum()), int(mine.sum()))
        found.append(
            ReliabilityBand(
                pack=pack,
                at_least=band.at_least,
                stated=Estimate(*relative_risk(calibration, band)),
                companies=int(mine.sum()),
                failed=int(failed[mine].sum()),
                observed=Estimate(*(float(part / base) for part in share)),
            )
        )
    return found
