"""Score, range, coverage and verdict of many companies at once: what `screener.result` gives, on every row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_engine import OUTCOMES
from screener.engine.columns.column_values import BoolArray, FloatArray
from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import weight
from screener.vocabulary import Flag, Verdict

CLEAR, UNKNOWN, FIRED, OUTSIDE = range(len(OUTCOMES))


class Scores(NamedTuple):
    """One value a row; `verdicts` are ranks of `Verdict`."""

    verdicts: npt.NDArray[np.int8]
    thin: BoolArray
    value: FloatArray
    low: FloatArray
    high: FloatArray
    decided: npt.NDArray[np.int64]
    total: npt.NDArray[np.int64]


def judge(rules: Sequence[Rule], outcomes: npt.NDArray[np.int8], table: VerdictTable) -> Scores:
    """Scores and verdicts from the outcomes of `rules` (rules × rows); what is left out of them stands there as OUTSIDE."""
    lines = dict(zip((rule.id for rule in rules), outcomes, strict=True))
    fired = {rule: line == FIRED for rule, line in lines.items()}
    possible = {rule: fired[rule] | (line == UNKNOWN) for rule, line in lines.items()}
    rows = outcomes.shape[1]
    value, low, high = (_value(rules, reds, greens, table, rows)
                        for reds, greens in ((fired, fired), (fired, possible), (possible, fired)))  # fmt: skip
    scored = np.array([rule.flag.scores for rule in rules], np.bool_)
    total = (outcomes[scored] != OUTSIDE).sum(0)
    decided = total - (outcomes[scored] == UNKNOWN).sum(0)
    with np.errstate(invalid="ignore"):
        enough = (total > 0) & (decided / total >= table.coverage_at_least)
    avoid, watch = (_any((fired[r.id] for r in rules if r.verdict is v), rows) for v in (Verdict.AVOID, Verdict.WATCH))
    bands = [(value >= table.bands.avoid, Verdict.AVOID), (value >= table.bands.caution, Verdict.CAUTION)]
    cases = [
        (avoid, Verdict.AVOID),
        (watch & (value >= table.bands.avoid), Verdict.CAUTION),
        (watch, Verdict.WATCH),
        (~enough, Verdict.INSUFFICIENT_DATA),
        *bands,
    ]
    ranks = np.select([holds for holds, _ in cases], [verdict.rank for _, verdict in cases], Verdict.CLEAR.rank)
    return Scores(ranks.astype(np.int8), watch & ~avoid & ~enough, value, low, high, decided, total)


def _value(
    rules: Sequence[Rule],
    reds: Mapping[str, BoolArray],
    greens: Mapping[str, BoolArray],
    table: VerdictTable,
    rows: int,
) -> FloatArray:
    """`screener.scoring.score.Stakes.value` with which reds and which greens count; the same products in the same order."""
    softeners = [r for r in rules if r.flag is Flag.GREEN and r.softens]
    worst: dict[str, FloatArray] = {}
    for rule in (r for r in rules if r.flag is Flag.RED):
        kept = np.ones(rows)
        for green in softeners:
            if rule.id in green.softens:
                kept *= np.where(greens[green.id], 1 - weight(green, table), 1.0)
        p = np.where(reds[rule.id], weight(rule, table) * kept, 0.0)
        cause = rule.cause or f"={rule.id}"
        worst[cause] = np.maximum(worst[cause], p) if cause in worst else p
    calm = np.ones(rows)
    for _, p in sorted(worst.items()):
        calm *= 1 - p
    quiet = np.ones(rows)
    for green in sorted((r for r in rules if r.flag is Flag.GREEN and not r.softens), key=lambda r: r.id):
        quiet *= np.where(greens[green.id], 1 - weight(green, table), 1.0)
    relief = np.minimum(1 - quiet, table.relief_at_most)
    return rounded(100 * ((1 - calm) * (1 - relief)))


def rounded(values: FloatArray) -> FloatArray:
    """`round(value, 1)` of each, which rounds the exact number: near the middle between two tenths Python's own is asked."""
    tenths = values * 10
    found = np.rint(tenths) / 10
    middle = np.abs(tenths - np.floor(tenths) - 0.5) < 1e-6
    found[middle] = [round(float(v), 1) for v in values[middle]]
    return found


def _any(masks: Iterable[BoolArray], rows: int) -> BoolArray:
    found = np.zeros(rows, np.bool_)
    for mask in masks:
        found |= mask
    return found
