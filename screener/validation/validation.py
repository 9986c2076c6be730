"""A rulebook, or one metric, held against a table of companies of which it is known what became of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.column_values import IntervalColumn, SymbolColumn, numpy_warnings_off
from screener.engine.columns.company_columns import CompanyRows
from screener.errors import DocumentError, Problem, RulesError
from screener.importers.table.cell_values import cell_text
from screener.importers.table.company_table import CompanyTable
from screener.market.market_run import BatchScreener
from screener.market.sheet_batches import TableBatches, is_plain, table_columns
from screener.screening import Screener
from screener.text import Text, clean, did_you_mean, shorten
from screener.validation.measures import (
    Estimate,
    Floats,
    Mask,
    ScoreBand,
    cumulative_gains,
    deciles,
    roc_area,
    roc_area_with_interval,
    roc_curve,
    rule_counts,
    wilson_estimate,
)
from screener.vocabulary import Outcome, Verdict

SCHEMA = "screener/validation/1"
_CLEAR, _UNKNOWN, _FIRED = (OUTCOMES.index(o) for o in (Outcome.CLEAR, Outcome.UNKNOWN, Outcome.FIRED))
_FATES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class RuleMeasures(NamedTuple):
    """How one rule did. Coverage: the share of companies for which it is decided. Lift: precision over the share that failed."""

    rule: str
    title: Text
    flag: str
    coverage: float
    fired: int
    failed: int
    precision: Estimate
    recall: float
    lift: float
    area: Estimate | None


class VerdictMeasures(NamedTuple):
    """Companies with a verdict; and, if this verdict and all worse ones are a warning, how good the warning is."""

    verdict: str
    companies: int
    failed: int
    share: Estimate
    caught: int  # failed, warned of
    alarms: int  # survived, warned of
    missed: int
    calm: int
    precision: float
    recall: float


class Validation(NamedTuple):
    """All that was measured. Curves hold pairs of shares."""

    what: str  # the rulebook, or the metric
    version: str
    digest: str
    table: str
    label: str
    companies: int
    failed: int
    left_out: int  # rows that can't be read, have no label, or (of a metric) no value
    lower_is_worse: bool  # of a metric: the direction in which failures lie
    area: Estimate
    resamples: int
    seed: int
    deciles: tuple[ScoreBand, ...]
    verdicts: tuple[VerdictMeasures, ...]
    rules: tuple[RuleMeasures, ...]
    roc: tuple[tuple[float, float], ...]
    gains: tuple[tuple[float, float], ...]


def validate_rules(
    screener: Screener, table: CompanyTable, label: str, metric: str | None = None, resamples: int = 1000, seed: int = 0
) -> Validation:
    """Measures the rules and the score, or `metric` alone. Raises DocumentError or RulesError where that can't be done."""
    fates = failure_labels(table, label)
    here = np.array([fate is not None for fate in fates], np.bool_)
    if metric is None:
        outcomes, scores, verdicts = _judged(screener, table)
    else:
        scores = _metric(screener, table, metric)
        here &= np.isfinite(scores)
    failed = np.array([fate is True for fate in fates], np.bool_)[here]
    if not 0 < failed.sum() < len(failed):
        what = (
            f"of {len(failed):,} companies with a label and a score {int(failed.sum()):,} failed: nothing to tell apart"
        )
        raise DocumentError(Problem(what, "give a table with both", table.path))
    scores = scores[here]
    lower = metric is not None and roc_area(scores, failed) < 0.5
    scores = -scores if lower else scores
    book = screener.rulebook
    found = Validation(
        what=metric or book.name,
        version=book.version,
        digest=book.digest,
        table=Path(table.path).name,
        label=label,
        companies=len(failed),
        failed=int(failed.sum()),
        left_out=table.dropped + len(here) - len(failed),
        lower_is_worse=lower,
        area=roc_area_with_interval(scores, failed, resamples, seed),
        resamples=resamples,
        seed=seed,
        deciles=tuple(deciles(scores, failed)),
        verdicts=(),
        rules=(),
        roc=tuple(_thin(roc_curve(scores, failed))),
        gains=tuple(_thin(cumulative_gains(scores, failed))),
    )
    if metric is not None:
        return found
    return found._replace(
        verdicts=tuple(_verdicts(verdicts[here], failed)),
        rules=tuple(_rules(screener, outcomes[:, here], failed, resamples, seed)),
    )


def failure_labels(table: CompanyTable, label: str) -> list[bool | None]:
    """What became of each company: failed, not, or not known. Raises DocumentError."""
    known = [str(c) for c in table.raw.columns]
    if label not in known:
        hint = did_you_mean(label, known, "its columns are " + shorten(", ".join(map(clean, known)), 200))
        raise DocumentError(Problem(f"has no column '{clean(label)}'", hint, table.path))
    found: list[bool | None] = []
    for row, cell, there in zip(table.raw.index, table.raw[label], table.raw[label].notna(), strict=True):
        said = cell_text(cell).lower() if there else None
        if said is not None and said not in _FATES:
            what = f"'{shorten(said, 40)}' does not say whether the company failed"
            raise DocumentError(
                Problem(
                    what,
                    "write 1 for failed and 0 for not, or true and false",
                    table.path,
                    path=f"row {row}, column '{clean(label)}'",
                )
            )
        found.append(None if said is None else _FATES[said])
    return found


def _judged(screener: Screener, table: CompanyTable) -> tuple[Any, Floats, Any]:
    """Outcomes (rules × companies), scores and verdicts."""
    screen, sheet = BatchScreener(screener), TableBatches(table, is_plain(screener, table))
    found = [screen.judge(sheet.read(start)) for start in sheet.batches()]
    outcomes = np.concatenate([part.outcomes for part in found], axis=1)
    value, verdicts = (np.concatenate([getattr(p.scores, name) for p in found]) for name in ("value", "verdicts"))
    return outcomes, value, verdicts


def _metric(screener: Screener, table: CompanyTable, name: str) -> Floats:
    """A metric of each company, NaN where it is not known to a point."""
    book = screener.rulebook
    if name not in book.metrics and name not in book.catalogue.figures:
        known = [*book.metrics, *book.catalogue.figures]
        raise RulesError(
            Problem(f"there is no metric '{clean(name)}'", did_you_mean(name, known, "see docs/classic.md"))
        )
    program = replace(screener.program, metrics=book.metrics)
    rows = CompanyRows(table_columns(table), program, ColumnEngine(program).empty_company)
    if any("@" in column for column in table.frame.columns):
        raise DocumentError(
            Problem(
                "columns of a period of their own can't be measured alone",
                "leave `period` of columns out of the map",
                table.path,
            )
        )
    with numpy_warnings_off():
        value = rows.value(name)
    if isinstance(value, SymbolColumn):
        raise RulesError(Problem(f"'{name}' is no number", "name a metric that is"))
    if not isinstance(value, IntervalColumn):
        return np.full(len(table), np.nan)
    return np.where(np.isfinite(value.lo) & (value.lo == value.hi), value.lo, np.nan)


def _verdicts(verdicts: Any, failed: Mask) -> list[VerdictMeasures]:
    found, warned = [], np.zeros(len(failed), np.bool_)
    for verdict in Verdict:
        mine = verdicts == verdict.rank
        warned = warned | mine
        if not mine.any():
            continue
        hits, caught, many = int((mine & failed).sum()), int((warned & failed).sum()), int(warned.sum())
        found.append(
            VerdictMeasures(
                verdict=verdict,
                companies=int(mine.sum()),
                failed=hits,
                share=wilson_estimate(hits, int(mine.sum())),
                caught=caught,
                alarms=many - caught,
                missed=int(failed.sum()) - caught,
                calm=int((~failed).sum()) - many + caught,
                precision=caught / many,
                recall=caught / int(failed.sum()),
            )
        )
    return found


def _rules(screener: Screener, outcomes: Any, failed: Mask, resamples: int, seed: int) -> list[RuleMeasures]:
    fired, decided = outcomes == _FIRED, (outcomes == _FIRED) | (outcomes == _CLEAR)
    base, found = float(failed.mean()), []
    rules = screener.program.rules.values()
    for rule, n in zip(rules, rule_counts(fired, decided, failed, resamples, seed), strict=True):
        precision = wilson_estimate(n.failed_fired, n.fired)
        lift = precision.value / base
        recall = n.failed_fired / int(failed.sum())
        found.append(
            RuleMeasures(
                rule=rule.id,
                title=rule.title,
                flag=rule.flag,
                coverage=n.decided / len(failed),
                fired=n.fired,
                failed=n.failed_fired,
                precision=precision,
                recall=recall,
                lift=lift,
                area=n.area,
            )
        )
    return sorted(found, key=lambda r: (r.area is None, -(r.area.value if r.area else 0), r.rule))


def _thin(points: list[tuple[float, float]], most: int = 400) -> list[tuple[float, float]]:
    """At most so many points of a curve, its ends among them, in four decimals."""
    step = max(1, -(-len(points) // most))
    return [(round(x, 4), round(y, 4)) for x, y in [*points[:-1:step], points[-1]]]
