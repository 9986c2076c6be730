"""The tables of a validation, with every text final; one table for each question, several populations side by side."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.wording import Wording
from screener.scoring.calibration import times_text
from screener.text import clean
from screener.validation.firm_years import Unit
from screener.validation.measures import Estimate, ScoreBand
from screener.validation.validation_records import RuleMeasures, Validation


class RuleCell(NamedTuple):
    """The cell that names a rule: its title, and its id in small print."""

    title: str
    rule: str


ReportRow = Sequence[str | RuleCell]
ReportTable = tuple[str, str, Sequence[str], Sequence[ReportRow]]
"""Title, note, headers, rows; the first column names the row."""


def percent_text(share: float, w: Wording) -> str:
    """A share in percent; a dash where there is none."""
    return numbers.share(share, w.language, 1) if math.isfinite(share) else "–"


def area_text(e: Estimate | None) -> str:
    """An area with its interval."""
    return f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f})" if e else "–"


def share_text(e: Estimate, w: Wording) -> str:
    """A share with its interval."""
    return f"{percent_text(e.value, w)} ({e.low * 100:.1f}–{e.high * 100:.1f})" if math.isfinite(e.value) else "–"


def lift_text(rule: RuleMeasures) -> str:
    """A lift with its interval."""
    if not math.isfinite(rule.lift):
        return "–"
    return f"{rule.lift:.2f} ({rule.lift_low:.2f}–{rule.lift_high:.2f})"


def heading_lines(found: Validation, w: Wording) -> list[str]:
    """The lines that say what was measured, on whom, and which packs were fitted on companies that may be among them."""
    whom = w("validation.companies", companies=f"{found.companies:,}")
    if found.unit == Unit.FIRM_YEAR.value:
        whom = w("validation.firm_years", companies=f"{found.companies:,}", firms=f"{found.firms:,}")
    said = [
        w(
            "validation.measured",
            what=title_text(found, w),
            version=found.version,
            table=clean(found.table),
            whom=whom,
            failed=f"{found.failed:,}",
            share=percent_text(found.failed / found.companies, w),
            label=clean(found.label),
        )
    ]
    if found.left_out:
        said.append(w("validation.left_out", n=f"{found.left_out:,}"))
    if found.lower_is_worse:
        said.append(w("validation.lower"))
    auc = w(
        "validation.auc",
        area=area_text(found.area),
        resamples=f"{found.resamples:,}",
        seed=found.seed,
        scores=f"{found.distinct_scores:,}",
    )
    hint = reverse_hint(found, w)
    return [(" " if w.language == "en" else "").join(said), auc, *([hint] if hint else []), *_fitted_lines(found, w)]


def title_text(found: Validation, w: Wording) -> str:
    """The title of what was measured."""
    return clean(found.title.get(w.language)) or clean(found.what)


def _fitted_lines(found: Validation, w: Wording) -> list[str]:
    return [
        w(
            "validation.fitted_same" if sample.same_counts else "validation.fitted_maybe",
            pack=clean(sample.title.get(w.language)),
            population=clean(sample.population.get(w.language)),
        )
        for sample in found.fitted
    ]


def reverse_hint(found: Validation, w: Wording) -> str | None:
    """What to say where a metric was measured in the direction in which it ranks worse than chance."""
    if found.area.value >= 0.5:
        return None
    key = "validation.reverse_lower" if found.lower_is_worse else "validation.reverse_higher"
    return w(key, area=f"{1 - found.area.value:.3f}")


def note_lines(found: Validation, w: Wording) -> list[str]:
    """The rows or packs whose calibration was not compared."""
    return [
        w(f"validation.note_{note.kind}", pack=pack_text(found, note.pack, w), n=f"{note.rows:,}")
        for note in found.reliability.notes
    ]


def warning_lines(found: Validation, w: Wording) -> list[str]:
    """The rules that point the wrong way on this population, and the rows or packs whose calibration was not compared."""
    lines = note_lines(found, w)
    wrong = sorted((rule for rule in found.rules if rule.points_the_wrong_way), key=lambda rule: rule.lift)
    if wrong:
        names = w.enumerate(
            w("validation.rule_lift", rule=_rule_cell(rule, w).title, lift=lift_text(rule)) for rule in wrong
        )
        lines.append(w("validation.wrong_way", rules=names))
    return ["", *lines] if lines else []


def pack_text(found: Validation, name: str, w: Wording) -> str:
    """The title of a pack; its name where it has none."""
    return next((clean(pack.title.get(w.language)) for pack in found.packs if pack.pack == name), clean(name))


def _rule_cell(rule: RuleMeasures, w: Wording) -> RuleCell:
    return RuleCell(clean(rule.title.get(w.language)), rule.rule)


def _headers(w: Wording, names: Sequence[str]) -> list[str]:
    return [w(f"validation.column.{name}") for name in names]


def validation_tables(found: Validation, w: Wording) -> list[ReportTable]:
    """The tables of one population that have rows."""
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
    """Several populations in one table each: scores and verdicts, and the lift of each rule."""
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
    warned = [v for v in found.verdicts if v.verdict in ("avoid", "caution")]
    caught, alarms = (warned[-1].caught, warned[-1].alarms) if warned else (0, 0)
    survived = found.companies - found.failed
    rates = (
        [percent_text(caught / found.failed, w), percent_text(alarms / survived, w)] if found.verdicts else ["–", "–"]
    )
    unit = w(f"validation.unit.{found.unit}")
    return [
        clean(found.table),
        unit,
        f"{found.companies:,}",
        f"{found.failed:,}",
        area_text(found.area),
        *rates,
    ]


def _number_text(count: float) -> str:
    """A number of companies; where some are shared between bands, to one decimal."""
    return f"{count:,.1f}".removesuffix(".0")


def _deciles(found: Validation, w: Wording) -> ReportTable:
    rows = [
        [f"{i}", _range(b, found.lower_is_worse), f"{b.companies:,}", _number_text(b.failed), share_text(b.share, w)]
        for i, b in enumerate(found.deciles, 1)
    ]
    headers = _headers(w, ("decile", "score", "companies", "failed", "share_failed"))
    return w("validation.deciles"), w("validation.deciles_note"), headers, rows


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
    headers = _headers(w, ("score", "companies", "failed", "share_failed", "relative_risk"))
    return w("validation.bands"), w("validation.bands_note"), headers, rows


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
    headers = _headers(w, ("score", "companies", "failed", "observed", "stated", "within"))
    return w("validation.reliability"), w("validation.reliability_note"), headers, rows


def times_interval_text(e: Estimate) -> str:
    """A multiple of the average with its interval."""
    return f"{times_text(e.value)} ({times_text(e.low)}–{times_text(e.high)})"


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
    headers = _headers(
        w,
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
    )
    return w("validation.verdicts"), w("validation.verdicts_note"), headers, rows


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
    headers = _headers(w, ("years_before", "companies", "warned", "share_warned", "median_score"))
    return w("validation.lead_times"), w("validation.lead_times_note"), headers, rows


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
    headers = _headers(
        w, ("rule", "flag", "coverage", "fired", "failed", "hits", "alarms", "precision", "lift", "area")
    )
    return w("validation.rules"), w("validation.rules_note"), headers, rows


def _range(band: ScoreBand, turned: bool) -> str:
    low, high = (-band.high, -band.low) if turned else (band.low, band.high)
    return f"{low:.4g} – {high:.4g}"
