"""Measures a rulebook, or one metric, on a table of companies that are known to have failed or survived."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.column_values import IntervalColumn, SymbolColumn, numpy_warnings_off
from screener.engine.columns.company_rows import CompanyRows
from screener.errors import DocumentError, Problem, RulesError
from screener.importers.table.company_table import CompanyTable
from screener.market.market_run import BatchScreener
from screener.market.sheet_batches import TableBatches, table_columns
from screener.screening import Screener
from screener.text import Text, clean, did_you_mean
from screener.validation.firm_years import FirmYears, Unit, firm_years
from screener.validation.fitted_samples import fitted_samples
from screener.validation.labels import USUAL_WORDS, LabelWords, failure_labels
from screener.validation.measures import (
    Estimate,
    Floats,
    RuleCounts,
    cumulative_gains,
    deciles,
    roc_area_with_interval,
    roc_curve,
    rule_counts,
    score_bands,
    wilson_estimate,
)
from screener.validation.reliability import reliability
from screener.validation.resampling import Mask, Resampler
from screener.validation.validation_records import LeadTime, PackTitle, RuleMeasures, Validation, VerdictMeasures
from screener.vocabulary import Outcome, Verdict

_CLEAR, _FIRED = (OUTCOMES.index(o) for o in (Outcome.CLEAR, Outcome.FIRED))


class Plan(NamedTuple):
    """The choice of what is measured and how; see `screener validate --help`."""

    label: str
    unit: Unit = Unit.FIRM
    metric: str | None = None
    lower_is_worse: bool = False
    words: LabelWords = USUAL_WORDS
    resamples: int = 1000
    seed: int = 0


class JudgedRows(NamedTuple):
    """Outcomes of shape (rules, rows), scores and verdicts; for a metric only its values, as scores."""

    scores: Floats
    outcomes: Any = None
    verdicts: Any = None


def validate_rules(screener: Screener, table: CompanyTable, plan: Plan) -> Validation:
    """Measures the rules and the score, or one metric alone. Raises DocumentError or RulesError if that is not
    possible."""
    fates = failure_labels(table, plan.label, plan.words)
    years = firm_years(table)
    if plan.unit is Unit.FIRM_YEAR and table.map.period is None:
        hint = "name the column of the year in the map: period: {column: HEADER}"
        raise DocumentError(Problem("has no periods, so there are no firm-years", hint, table.path))
    judged = _metric(screener, table, years, plan.metric) if plan.metric else judge_rows(screener, table, years)
    measured = years.last if plan.unit is Unit.FIRM else np.ones(len(table), np.bool_)
    labelled = np.array([fate is not None for fate in fates], np.bool_) & np.isfinite(judged.scores)
    here = measured & labelled
    all_failed = np.array([fate is True for fate in fates], np.bool_)
    failed = all_failed[here]
    if not 0 < failed.sum() < len(failed):
        what = (
            f"of {len(failed):,} companies with a label and a score {int(failed.sum()):,} failed: nothing to tell apart"
        )
        raise DocumentError(Problem(what, "give a table with both", table.path))
    scores = -judged.scores[here] if plan.lower_is_worse else judged.scores[here]
    resampler = Resampler(failed, plan.resamples, plan.seed, years.firms[here])
    book = screener.rulebook
    packs = tuple(PackTitle(pack.name, pack.short_title) for pack in book.packs)
    found = Validation(
        what=plan.metric or book.name,
        version=book.version,
        digest=book.digest,
        table=Path(table.path).name,
        label=plan.label,
        unit=plan.unit.value,
        companies=len(failed),
        firms=len(np.unique(years.firms[here])),
        failed=int(failed.sum()),
        left_out=table.dropped + int((measured & ~labelled).sum()),
        lower_is_worse=plan.lower_is_worse,
        distinct_scores=len(np.unique(scores)),
        area=roc_area_with_interval(scores, failed, resampler),
        resamples=plan.resamples,
        seed=plan.seed,
        deciles=tuple(deciles(scores, failed)),
        bands=(),
        verdicts=(),
        lead_times=(),
        rules=(),
        roc=tuple(_thin(roc_curve(scores, failed))),
        gains=tuple(_thin(cumulative_gains(scores, failed))),
        title=_metric_title(screener, plan.metric) if plan.metric else _title_of_rulebook(book.name, packs),
        packs=packs,
    )
    if plan.metric is not None:
        return found
    bands = book.table.bands
    return found._replace(
        bands=tuple(score_bands(scores, failed, (0.0, bands.caution, bands.avoid))),
        verdicts=tuple(_verdicts(judged.verdicts[here], failed)),
        lead_times=tuple(_lead_times(judged, years, all_failed)),
        rules=tuple(_rules(screener, judged.outcomes[:, here], failed, resampler)),
        reliability=reliability(screener, table, judged.outcomes, all_failed, here, plan.unit, years.several),
        fitted=fitted_samples(screener, table, judged.outcomes, all_failed, here, plan.unit),
    )


def _title_of_rulebook(name: str, packs: tuple[PackTitle, ...]) -> Text:
    """Returns the name of a rulebook, made of the names of its packs and rule files, with the titles of the packs."""
    titles = {pack.pack: pack.title for pack in packs}
    parts = [titles.get(part, Text.of(part)) for part in name.split(" + ")]
    return Text(" + ".join(part.en for part in parts), " + ".join(part.zh for part in parts))


def _metric_title(screener: Screener, name: str) -> Text:
    book = screener.rulebook
    return (book.metrics[name] if name in book.metrics else book.catalogue.figures[name]).title


def judge_rows(screener: Screener, table: CompanyTable, years: FirmYears) -> JudgedRows:
    """Screens each row of a table, with the earlier rows of its firm as prior periods."""
    screen, sheet = BatchScreener(screener), TableBatches(screener, table)
    found = [screen.judge(sheet.read(start)) for start in sheet.batches()]
    value, verdicts = (np.concatenate([getattr(p.scores, name) for p in found]) for name in ("value", "verdicts"))
    return JudgedRows(value, np.concatenate([part.outcomes for part in found], axis=1), verdicts)


def _metric(screener: Screener, table: CompanyTable, years: FirmYears, name: str) -> JudgedRows:
    """Returns a metric of each company; NaN if it is not known exactly."""
    book = screener.rulebook
    if name not in book.metrics and name not in book.catalogue.figures:
        known = [*book.metrics, *book.catalogue.figures]
        raise RulesError(
            Problem(f"there is no metric '{clean(name)}'", did_you_mean(name, known, "see docs/classic.md"))
        )
    program = replace(screener.program, metrics=book.metrics)
    rows = CompanyRows(table_columns(table), program, ColumnEngine(program).empty_company)
    with numpy_warnings_off():
        value = rows.value(name)
    if isinstance(value, SymbolColumn):
        raise RulesError(Problem(f"'{name}' is not a number", "name a metric that is"))
    if not isinstance(value, IntervalColumn):
        return JudgedRows(np.full(len(table), np.nan))
    return JudgedRows(np.where(np.isfinite(value.lo) & (value.lo == value.hi), value.lo, np.nan))


def _verdicts(verdicts: Any, failed: Mask) -> list[VerdictMeasures]:
    found, warned = [], np.zeros(len(failed), np.bool_)
    base = float(failed.mean())
    for verdict in Verdict:
        mine = verdicts == verdict.rank
        warned = warned | mine
        if not mine.any():
            continue
        hits, caught, many = int((mine & failed).sum()), int((warned & failed).sum()), int(warned.sum())
        share = wilson_estimate(hits, int(mine.sum()))
        found.append(
            VerdictMeasures(
                verdict=verdict,
                companies=int(mine.sum()),
                failed=hits,
                share=share,
                caught=caught,
                alarms=many - caught,
                missed=int(failed.sum()) - caught,
                calm=int((~failed).sum()) - many + caught,
                precision=caught / many,
                recall=caught / int(failed.sum()),
                relative_risk=share.value / base,
            )
        )
    return found


def _lead_times(judged: JudgedRows, years: FirmYears, failed: Mask) -> Iterator[LeadTime]:
    """Returns the verdicts in each earlier year of firms that failed after their last year; nothing if firms have one
    year only."""
    if not years.several:
        return
    doomed = np.isin(years.firms, years.firms[years.last & failed])
    for years_before in range(int(years.years_left[doomed].max(initial=-1)) + 1):
        mine = doomed & (years.years_left == years_before)
        warned = judged.verdicts[mine] <= Verdict.CAUTION.rank
        median = float(np.median(judged.scores[mine]))
        yield LeadTime(years_before, int(mine.sum()), int(warned.sum()), median)


def _rules(screener: Screener, outcomes: Any, failed: Mask, resampler: Resampler) -> list[RuleMeasures]:
    fired, decided = outcomes == _FIRED, (outcomes == _FIRED) | (outcomes == _CLEAR)
    rules = screener.program.rules.values()
    counted = rule_counts(fired, decided, failed, resampler)
    found = [_rule_measures(rule.id, rule.title, rule.flag, n, failed) for rule, n in zip(rules, counted, strict=True)]
    return sorted(found, key=lambda r: (r.area is None, -(r.area.value if r.area else 0), r.rule))


def _rule_measures(
    rule: str, title: Text, flag: str, counts: RuleCounts, failed: npt.NDArray[np.bool_]
) -> RuleMeasures:
    survived, alarms = counts.decided - counts.failed_decided, counts.fired - counts.failed_fired
    nothing = float("nan")
    lift = counts.lift or Estimate(nothing, nothing, nothing)
    return RuleMeasures(
        rule=rule,
        title=title,
        flag=flag,
        coverage=counts.decided / len(failed),
        fired=counts.fired,
        failed=counts.failed_fired,
        precision=wilson_estimate(counts.failed_fired, counts.fired),
        recall=counts.failed_fired / int(failed.sum()),
        lift=lift.value,
        lift_low=lift.low,
        lift_high=lift.high,
        hit_rate=counts.failed_fired / counts.failed_decided if counts.failed_decided else nothing,
        false_alarm_rate=alarms / survived if survived else nothing,
        area=counts.area,
    )


def _thin(points: list[tuple[float, float]], most: int = 400) -> list[tuple[float, float]]:
    """Returns at most `most` points of a curve, including its ends, rounded to four decimals."""
    step = max(1, -(-len(points) // most))
    return [(round(x, 4), round(y, 4)) for x, y in [*points[:-1:step], points[-1]]]
