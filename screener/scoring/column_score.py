"""Score, range, coverage and verdict of many companies at once: the formulas of `score` and `verdict` on columns."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_engine import OUTCOMES
from screener.engine.columns.column_values import BoolArray, FloatArray
from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import NumberOperations, ScoreFormula
from screener.scoring.verdict import verdict_cases
from screener.vocabulary import Outcome, Verdict

_FIRED, _UNKNOWN, _NOT_APPLICABLE = (
    OUTCOMES.index(outcome) for outcome in (Outcome.FIRED, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)
)


class ColumnScores(NamedTuple):
    """One value for each company; `verdicts` are ranks of `Verdict`."""

    verdicts: npt.NDArray[np.int8]
    thin: BoolArray
    value: FloatArray
    low: FloatArray
    high: FloatArray
    decided: npt.NDArray[np.int64]
    total: npt.NDArray[np.int64]


def score_columns(rules: Sequence[Rule], outcomes: npt.NDArray[np.int8], table: VerdictTable) -> ColumnScores:
    """Scores and verdicts from the outcomes of `rules`, an array of codes, rules × companies.

    The outcome of a rule that does not count is given as not applicable.
    """
    companies = outcomes.shape[1]
    fired = {rule.id: row == _FIRED for rule, row in zip(rules, outcomes, strict=True)}
    open_too = {rule.id: (row == _FIRED) | (row == _UNKNOWN) for rule, row in zip(rules, outcomes, strict=True)}
    formula = ScoreFormula((rule for rule in rules if rule.flag.scores), table)
    value, low, high = (
        np.zeros(companies) + formula.score(reds.__getitem__, greens.__getitem__, COLUMNS)
        for reds, greens in ((fired, fired), (fired, open_too), (open_too, fired))
    )
    scored = outcomes[np.array([rule.flag.scores for rule in rules], np.bool_)]
    total = (scored != _NOT_APPLICABLE).sum(0)
    decided = total - (scored == _UNKNOWN).sum(0)
    with np.errstate(invalid="ignore"):
        enough = (total > 0) & (decided / total >= table.coverage_at_least)
    avoid, watch = (
        _any_of((fired[rule.id] for rule in rules if rule.verdict is verdict), companies)
        for verdict in (Verdict.AVOID, Verdict.WATCH)
    )
    cases = verdict_cases(avoid, watch, enough, value, table)
    ranks = np.select(
        [holds for holds, _ in cases], [verdict.rank for _, verdict in cases], Verdict.INSUFFICIENT_DATA.rank
    )
    return ColumnScores(
        verdicts=ranks.astype(np.int8),
        thin=watch & ~avoid & ~enough,
        value=value,
        low=low,
        high=high,
        decided=decided,
        total=total,
    )


def round_to_tenth(values: FloatArray) -> FloatArray:
    """`round(value, 1)` of each value, exact near the middle between two tenths, where Python's own function is called."""
    values = np.atleast_1d(values)
    tenths = values * 10
    rounded = np.rint(tenths) / 10
    near_middle = np.abs(tenths - np.floor(tenths) - 0.5) < 1e-6
    rounded[near_middle] = [round(float(v), 1) for v in values[near_middle]]
    return rounded


COLUMNS = NumberOperations(np.maximum, np.minimum, round_to_tenth)


def _any_of(columns: Iterable[BoolArray], companies: int) -> BoolArray:
    found = np.zeros(companies, np.bool_)
    for column in columns:
        found |= column
    return found
