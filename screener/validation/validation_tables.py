"""The tables of a validation, as final texts: one table for each question, with several populations side by side."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from screener.report.wording import Wording
from screener.text import clean
from screener.validation.measures import ScoreBand
from screener.validation.validation_records import RuleMeasures, Validation
from screener.validation.validation_texts import (
    area_text,
    lift_text,
    pack_text,
    percent_text,
    share_text,
    times_interval_text,
)
from screener.vocabulary import Verdict


class RuleCell(NamedTuple):
    """The cell that names a rule: its title, and its id in small type."""

    title: str
    rule: str


ReportRow = Sequence[str | RuleCell]
ReportTable = tuple[str, str, Sequence[str], Sequence[ReportRow]]
"""Title, note, headers, rows; the first column names the row."""


def _rule_cell(rule: RuleMeasures, w: Wording) -> RuleCell:
    return RuleCell(clean(rule.title.get(w.language)), rule.rule)


def _headers(w: Wording, names: Sequence[str]) -> list[str]:
    return [w(f"validation.column.{name}") for name in names]


def _table(name: str, columns: Sequence[str], rows: Sequence[ReportRow], w: Wording) -> ReportTable:
    return w(f"validation.{name}"), w(f"validation.{name}_note"), _headers(w, columns), rows


def validation_tables(found: Validation, w: Wording) -> list[ReportTable]:
    """Returns those tables of one population that have rows."""
    parts = [
        _deciles(found, w),
        _bands(found, w),
        _reliability(found, w),
        _verdicts(found, w),
        _lead_times(found, w),
        _rules(found, w),
    ]
    return [part for part in parts if part[3]]


def side_by_side_tables(found: Sequence[Validation], w: Wording) -> Iterator[ReportTable]:
    """Returns tables that compare several populations: scores and verdicts, and the lift of each rule."""
    yield (
        w("validation.populations"),
        w("validation.populations_note"),
        _headers(w, ("population", "unit", "measured", "failed", "area", "caught", "alarms")),
        [_population(one, w) for one in found],
    )
    lifts = [{_rule_cell(rule, w): rule for rule in one.rules} for one in found]
    names = list(dict.fromkeys(name for rules in lifts for name in rules))
    if names:
        yield (
            w("validation.lifts"),
            w("validation.lifts_note"),
            [*_headers(w, ("rule",)), *(clean(one.table) for one in found)],
            [[name, *(lift_text(rules[name]) if name in rules else "–" for rules in lifts)] for name in names],
        )


def _population(found: Validation, w: Wording) -> list[str]:
    warned = [v for v in found.verdicts if Verdict(v.verdict).is_warning]
    caught, alarms = (warned[-1].caught, warned[-1].alarms) if warned else (0, 0)
    survived = found.companies - found.failed
    rates = (
        [percent_text(caught / found.failed, w), percent_text(alarms / survived, w)] if found.verdicts else ["–", "–"]
    )
    unit = w(f"validation.unit.{found.unit}")
    return [clean(found.table), unit, f"{found.companies:,}", f"{found.failed:,}", area_text(found.area), *rates]


def _number_text(count: float) -> str:
    """Returns a number of companies as text; with one decimal if companies are divided between bands."""
    return f"{count:,.1f}".removesuffix(".0")


def _deciles(found: Validation, w: Wording) -> ReportTable:
    rows = [
        [f"{i}", _range(b, found.lower_is_worse), f"{b.companies:,}", _number_text(b.failed), share_text(b.share, w)]
        for i, b in enumerate(found.deciles, 1)
    ]
    return _table("deciles", ("decile", "score", "companies", "failed", "share_failed"), rows, w)


def _bands(found: Validation, w: Wording) -> ReportTable:
    base = found.failed / found.companies
    rows = [
        [
            w("validation.band_open", low=f"{b.low:g}")
            if math.isinf(b.high)
            else w("validation.band", low=f"{b.low:g}", high=f"{b.high:g}"),
            f"{b.companies:,}",
            _number_text(b.failed),
            share_text(b.share, w),
            f"{b.share.value / base:.2f}",
        ]
        for b in found.bands
    ]
    return _table("bands", ("score", "companies", "failed", "share_failed", "relative_risk"), rows, w)


def _reliability(found: Validation, w: Wording) -> ReportTable:
    rows = [
        [
            w("validation.pack_from", pack=pack_text(found, b.pack, w), at_least=f"{b.at_least:g}"),
            f"{b.companies:,}",
            f"{b.failed:,}",
            times_interval_text(b.observed),
            times_interval_text(b.stated),
            w("validation.within.yes_" if b.holds else "validation.within.no_"),
        ]
        for b in found.reliability.bands
    ]
    return _table("reliability", ("score", "companies", "failed", "observed", "stated", "within"), rows, w)


def _verdicts(found: Validation, w: Wording) -> ReportTable:
    rows = [
        [
            w.label("verdict", v.verdict),
            f"{v.companies:,}",
            f"{v.failed:,}",
            share_text(v.share, w),
            f"{v.relative_risk:.2f}",
            f"{v.caught:,}",
            f"{v.alarms:,}",
            f"{v.missed:,}",
            f"{v.calm:,}",
            percent_text(v.precision, w),
            percent_text(v.recall, w),
        ]
        for v in found.verdicts
    ]
    return _table(
        "verdicts",
        (
            "verdict",
            "companies",
            "failed",
            "share_failed",
            "relative_risk",
            "warned_failed",
            "warned_survived",
            "calm_failed",
            "calm_survived",
            "precision",
            "recall",
        ),
        rows,
        w,
    )


def _lead_times(found: Validation, w: Wording) -> ReportTable:
    rows = [
        [
            f"{t.years_before + 1}",
            f"{t.firms:,}",
            f"{t.warned:,}",
            percent_text(t.warned / t.firms, w) if t.firms else "–",
            f"{t.median_score:.1f}",
        ]
        for t in found.lead_times
    ]
    return _table("lead_times", ("years_before", "companies", "warned", "share_warned", "median_score"), rows, w)


def _rules(found: Validation, w: Wording) -> ReportTable:
    rows: list[ReportRow] = [
        [
            _rule_cell(r, w),
            w.label("flag", r.flag),
            percent_text(r.coverage, w),
            f"{r.fired:,}",
            f"{r.failed:,}",
            percent_text(r.hit_rate, w),
            percent_text(r.false_alarm_rate, w),
            percent_text(r.precision.value, w),
            lift_text(r),
            area_text(r.area),
        ]
        for r in found.rules
    ]
    return _table(
        "rules", ("rule", "flag", "coverage", "fired", "failed", "hits", "alarms", "precision", "lift", "area"), rows, w
    )


def _range(band: ScoreBand, turned: bool) -> str:
    low, high = (-band.high, -band.low) if turned else (band.low, band.high)
    return f"{low:.4g} – {high:.4g}"
