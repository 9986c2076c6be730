"""Score, range, coverage and verdict of many companies at once: the formulas of `score` and `verdict` on columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_engine import OUTCOMES
from screener.engine.columns.column_values import BoolArray, FloatArray
from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.scope import pack_members, pack_reach, scope_of
from screener.scoring.score import NumberOperations, ScoreFormula
from screener.scoring.verdict import DEMANDED, Demands, VerdictInputs, verdict_cases
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


def score_columns(
    rules: Sequence[Rule],
    outcomes: npt.NDArray[np.int8],
    table: VerdictTable,
    formula: ScoreFormula | None = None,
    demands: Demands | None = None,
) -> ColumnScores:
    """Scores and verdicts from the outcomes of `rules`, an array of codes, rules × companies.

    The outcome of a rule that does not count is given as not applicable. `formula` and `demands` are those of the
    rules, if they have been made already.
    """
    companies = outcomes.shape[1]
    fired, unknown = (_columns(rules, np.equal(outcomes, code)) for code in (_FIRED, _UNKNOWN))
    decided = _columns(rules, np.not_equal(outcomes, _UNKNOWN) & np.not_equal(outcomes, _NOT_APPLICABLE))
    members = pack_members(rules, table)
    packs = pack_reach(members, decided.__getitem__, unknown.__getitem__, fired.__getitem__)
    scope = scope_of(packs, table)
    demands = demands or Demands(rules, table)
    in_scope = {
        rule.id: False if unknown[rule.id] is False else unknown[rule.id] & scope.included[rule.pack] for rule in rules
    }
    open_too = {rule: fired[rule] | in_scope[rule] for rule in fired}
    formula = formula or ScoreFormula((rule for rule in rules if rule.flag.scores), table)
    value, low, high = (
        np.zeros(companies) + formula.score(reds.__getitem__, greens.__getitem__, COLUMNS)
        for reds, greens in ((fired, fired), (fired, open_too), (open_too, fired))
    )
    avoid, watch = (_pattern(rules, verdict, fired, companies) for verdict in (Verdict.AVOID, Verdict.WATCH))
    may_demand = {rule: unknown[rule] if rule in demands.decisive else in_scope[rule] for rule in fired}
    none = np.zeros(companies, np.bool_)
    inputs = VerdictInputs(
        avoid=avoid,
        watch=watch,
        enough=none | scope.enough,
        score=value,
        highest=high,
        demanded={v: demands.at_least(v, fired.__getitem__, fired.__getitem__) for v in DEMANDED},
        demand_open=demands.at_least(Verdict.OPEN, may_demand.__getitem__, fired.__getitem__),
        avoid_open=_pattern(rules, Verdict.AVOID, in_scope, companies),
    )
    cases = verdict_cases(inputs, table)
    ranks = np.select(
        [np.broadcast_to(holds, companies) for holds, _ in cases],
        [verdict.rank for _, verdict in cases],
        Verdict.CLEAR.rank,
    )
    return ColumnScores(
        verdicts=ranks.astype(np.int8),
        thin=~inputs.enough & (ranks != Verdict.INSUFFICIENT_DATA.rank),
        value=value,
        low=low,
        high=high,
        decided=_sum((reach.decided for reach in packs.values()), companies),
        total=_sum((reach.total for reach in packs.values()), companies),
    )


def _columns(rules: Sequence[Rule], holds: BoolArray) -> dict[str, Any]:
    """The rows of `holds` by rule; False for one that holds of no company, so that it need not be counted."""
    return {rule.id: row if row.any() else False for rule, row in zip(rules, holds, strict=True)}


def _sum(counts: Iterable[Any], companies: int) -> npt.NDArray[np.int64]:
    """The sum of columns of counts; of none, zeros."""
    total = np.zeros(companies, np.int64)
    for count in counts:
        total += count
    return total


def round_to_tenth(values: FloatArray) -> FloatArray:
    """`round(value, 1)` of each value, exact near the middle between two tenths, where Python's own function is called."""
    values = np.atleast_1d(values)
    tenths = values * 10
    rounded = np.rint(tenths) / 10
    near_middle = np.abs(tenths - np.floor(tenths) - 0.5) < 1e-6
    rounded[near_middle] = [round(float(v), 1) for v in values[near_middle]]
    return rounded


COLUMNS = NumberOperations(np.maximum, np.minimum, round_to_tenth)


def _pattern(rules: Sequence[Rule], verdict: Verdict, holds: Mapping[str, Any], companies: int) -> BoolArray:
    """Whether any pattern of a verdict `holds`, for each company."""
    found = np.zeros(companies, np.bool_)
    for rule in rules:
        if rule.verdict is verdict:
            found |= holds[rule.id]
    return found
