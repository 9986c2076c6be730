"""The tables of a validation, with every text final; one table for each question, several populations side by side."""

import math
from collections.abc import Iterator, Sequence

from screener.scoring.calibration import times_text
from screener.text import clean
from screener.validation.firm_years import Unit
from screener.validation.measures import Estimate, ScoreBand
from screener.validation.validation import RuleMeasures, Validation, reverse_hint

ReportTable = tuple[str, str, Sequence[str], Sequence[Sequence[str]]]
"""Title, note, headers, rows; the first column names the row."""


def percent_text(share: float) -> str:
    """A share in percent; a dash where there is none."""
    return f"{share * 100:.1f} %" if math.isfinite(share) else "–"


def area_text(e: Estimate | None) -> str:
    """An area with its interval."""
    return f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f})" if e else "–"


def share_text(e: Estimate) -> str:
    """A share with its interval."""
    return f"{percent_text(e.value)} ({e.low * 100:.1f}–{e.high * 100:.1f})" if math.isfinite(e.value) else "–"


def lift_text(rule: RuleMeasures) -> str:
    """A lift with its interval."""
    if not math.isfinite(rule.lift):
        return "–"
    return f"{rule.lift:.2f} ({rule.lift_low:.2f}–{rule.lift_high:.2f})"


def heading_lines(found: Validation) -> list[str]:
    """The lines that say what was measured, on whom."""
    out = f"; {found.left_out:,} rows left out" if found.left_out else ""
    way = " Lower is riskier, as stated." if found.lower_is_worse else ""
    if found.unit == Unit.FIRM_YEAR.value:
        whom = f"{found.companies:,} firm-years of {found.firms:,} companies"
    else:
        whom = f"{found.companies:,} companies"
    share = percent_text(found.failed / found.companies)
    hint = reverse_hint(found)
    return [
        f"{clean(found.what)} {found.version} on {clean(found.table)}: {whom}, {found.failed:,} failed "
        f"({share}) by column '{clean(found.label)}'{out}.{way}",
        f"Area under the ROC curve {area_text(found.area)}: 95 % interval of {found.resamples:,} resamples of companies, "
        f"seed {found.seed}; {found.distinct_scores:,} different scores.",
        *([hint] if hint else []),
    ]


def warning_lines(found: Validation) -> list[str]:
    """The rules that point the wrong way on this population, and the rows or packs whose calibration was not compared."""
    lines = [f"Calibration of {clean(note)}" for note in found.reliability.notes]
    wrong = sorted((rule for rule in found.rules if rule.points_the_wrong_way), key=lambda rule: rule.lift)
    if wrong:
        names = ", ".join(f"{rule.rule} {lift_text(rule)}" for rule in wrong)
        lines.append(
            f"Warning: of these rules the lift points the wrong way here (red below 1, green above 1): {names}"
        )
    return ["", *lines] if lines else []


def validation_tables(found: Validation) -> list[ReportTable]:
    """The tables of one population that have rows."""
    parts = [
        _deciles(found),
        _bands(found),
        _reliability(found),
        _verdicts(found),
        _lead_times(found),
        _rules(found),
    ]
    return [part for part in parts if part[3]]


def side_by_side_tables(found: Sequence[Validation]) -> Iterator[ReportTable]:
    """Several populations in one table each: scores and verdicts, and the lift of each rule."""
    yield (
        "Populations",
        "Caught and alarms: failures and survivors with the verdict avoid or caution.",
        ["population", "unit", "measured", "failed", "area", "caught", "alarms"],
        [_population(one) for one in found],
    )
    lifts = [{rule.rule: rule for rule in one.rules} for one in found]
    names = list(dict.fromkeys(name for rules in lifts for name in rules))
    if names:
        yield (
            "Lift by rule and population",
            "With its 95 % interval; a dash: never fired, or no failure for which it is decided.",
            ["rule", *(clean(one.table) for one in found)],
            [[name, *(lift_text(rules[name]) if name in rules else "–" for rules in lifts)] for name in names],
        )


def _population(found: Validation) -> list[str]:
    warned = [v for v in found.verdicts if v.verdict in ("avoid", "caution")]
    caught, alarms = (warned[-1].caught, warned[-1].alarms) if warned else (0, 0)
    survived = found.companies - found.failed
    rates = [percent_text(caught / found.failed), percent_text(alarms / survived)] if found.verdicts else ["–", "–"]
    head = [clean(found.table), found.unit, f"{found.companies:,}", f"{found.failed:,}"]
    return [*head, area_text(found.area), *rates]


def _deciles(found: Validation) -> ReportTable:
    rows = [
        [f"{i}", _range(b, found.lower_is_worse), f"{b.companies:,}", f"{b.failed:,.6g}", share_text(b.share)]
        for i, b in enumerate(found.deciles, 1)
    ]
    note = "Tenths, from the least risky; equal scores are shared in proportion. In brackets: Wilson's 95 % interval."
    return "By decile of the score", note, ["decile", "score", "companies", "failed", "share failed"], rows


def _bands(found: Validation) -> ReportTable:
    base = found.failed / found.companies
    rows = [
        [
            f"{b.low:g} and more" if math.isinf(b.high) else f"{b.low:g} to below {b.high:g}",
            f"{b.companies:,}",
            f"{b.failed:,.6g}",
            share_text(b.share),
            f"{b.share.value / base:.2f}",
        ]
        for b in found.bands
    ]
    note = "The bands of the verdict. Relative risk: the share that failed over that of all."
    return "By band of the score", note, ["score", "companies", "failed", "share failed", "relative risk"], rows


def _reliability(found: Validation) -> ReportTable:
    rows = [
        [
            f"{clean(b.pack)}, from {b.at_least:g}",
            f"{b.companies:,}",
            f"{b.failed:,}",
            times_interval_text(b.observed),
            times_interval_text(b.stated),
            "yes" if b.holds else "no",
        ]
        for b in found.reliability.bands
    ]
    note = (
        "Failures as a multiple of the average, by the score of the calibrated pack by itself: observed here (in brackets the "
        "sampling error), and stated by the pack (with the spread between populations and years where it states one)."
    )
    return "Reliability", note, ["score", "companies", "failed", "observed", "stated", "within"], rows


def times_interval_text(e: Estimate) -> str:
    """A multiple of the average with its interval."""
    return f"{times_text(e.value)} ({times_text(e.low)}–{times_text(e.high)})"


def _verdicts(found: Validation) -> ReportTable:
    rows = [
        [
            v.verdict,
            f"{v.companies:,}",
            f"{v.failed:,}",
            share_text(v.share),
            f"{v.relative_risk:.2f}",
            f"{v.caught:,}",
            f"{v.alarms:,}",
            f"{v.missed:,}",
            f"{v.calm:,}",
            percent_text(v.precision),
            percent_text(v.recall),
        ]
        for v in found.verdicts
    ]
    headers = [
        "verdict",
        "companies",
        "failed",
        "share failed",
        "relative risk",
        "warned, failed",
        "warned, survived",
        "not warned, failed",
        "not warned, survived",
        "precision",
        "recall",
    ]
    return "By verdict", "The last six columns: this verdict and all worse ones taken as a warning.", headers, rows


def _lead_times(found: Validation) -> ReportTable:
    rows = [
        [
            f"{t.years_before + 1}",
            f"{t.firms:,}",
            f"{t.warned:,}",
            percent_text(t.warned / t.firms) if t.firms else "–",
            f"{t.median_score:.1f}",
        ]
        for t in found.lead_times
    ]
    note = "Companies that failed, by the accounts so many years before; warned: verdict avoid or caution."
    return "Lead time", note, ["years before", "companies", "warned", "share warned", "median score"], rows


def _rules(found: Validation) -> ReportTable:
    rows = [
        [
            r.rule,
            r.flag,
            percent_text(r.coverage),
            f"{r.fired:,}",
            f"{r.failed:,}",
            percent_text(r.hit_rate),
            percent_text(r.false_alarm_rate),
            percent_text(r.precision.value),
            lift_text(r),
            area_text(r.area),
        ]
        for r in found.rules
    ]
    note = (
        "Coverage: companies for which the rule is decided; all other shares are of these. Hits and alarms: failures and "
        "survivors for which it fired. Lift: share that failed where it fired, over the share of all. Area: fired against clear."
    )
    headers = ["rule", "flag", "coverage", "fired", "failed", "hits", "alarms", "precision", "lift", "area"]
    return "By rule", note, headers, rows


def _range(band: ScoreBand, turned: bool) -> str:
    low, high = (-band.high, -band.low) if turned else (band.low, band.high)
    return f"{low:.4g} – {high:.4g}"
