"""A validation as text, as data and as a page."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from screener.io.package_data import TEMPLATES_FOLDER
from screener.report.charts.shapes import Chart, Dot, Label, px
from screener.report.charts.shapes import Path as Line
from screener.report.pages.html_pages import page
from screener.text import Text, clean
from screener.validation.measures import Estimate, ScoreBand
from screener.validation.validation import SCHEMA, Validation

_WIDE, _HIGH = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 446.0, 14.0, 276.0


def validation_data(found: Validation) -> dict[str, Any]:
    """The validation as JSON-able data."""
    return {"schema": SCHEMA, **_plain(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        return {n: _plain(v) for n, v in zip(names, value, strict=True)} if names else [_plain(v) for v in value]
    return value


def percent_text(share: float) -> str:
    """A share in percent; a dash where there is none."""
    return f"{share * 100:.1f} %" if math.isfinite(share) else "–"


def area_text(e: Estimate | None) -> str:
    """An area with its interval."""
    return f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f})" if e else "–"


def share_text(e: Estimate) -> str:
    """A share with its interval."""
    return f"{percent_text(e.value)} ({e.low * 100:.1f}–{e.high * 100:.1f})" if math.isfinite(e.value) else "–"


def heading_lines(found: Validation) -> list[str]:
    """The lines that say what was measured, on whom."""
    out = f"; {found.left_out:,} rows left out" if found.left_out else ""
    way = " Lower is riskier, as this table has it." if found.lower_is_worse else ""
    return [
        f"{clean(found.what)} {found.version} on {clean(found.table)}: {found.companies:,} companies, {found.failed:,} failed "
        f"({percent_text(found.failed / found.companies)}) by column '{clean(found.label)}'{out}.{way}",
        f"Area under the ROC curve {area_text(found.area)}: 95 % interval of {found.resamples:,} resamples, "
        f"seed {found.seed}.",
    ]


def validation_tables(found: Validation) -> list[tuple[str, str, list[str], list[list[str]]]]:
    """The tables: title, note, headers, rows. The first column names the row."""
    ten = [
        [f"{i}", _range(b, found.lower_is_worse), f"{b.companies:,}", f"{b.failed:,}", share_text(b.share)]
        for i, b in enumerate(found.deciles, 1)
    ]
    words = [
        [
            v.verdict,
            f"{v.companies:,}",
            f"{v.failed:,}",
            share_text(v.share),
            f"{v.caught:,}",
            f"{v.alarms:,}",
            f"{v.missed:,}",
            f"{v.calm:,}",
            percent_text(v.precision),
            percent_text(v.recall),
        ]
        for v in found.verdicts
    ]
    rules = [
        [
            r.rule,
            r.flag,
            percent_text(r.coverage),
            f"{r.fired:,}",
            f"{r.failed:,}",
            percent_text(r.precision.value),
            percent_text(r.recall),
            f"{r.lift:.2f}" if math.isfinite(r.lift) else "–",
            area_text(r.area),
        ]
        for r in found.rules
    ]
    parts = [
        (
            "By decile of the score",
            "Tenths of the companies, from the least risky. In brackets: Wilson's 95 % interval.",
            ["decile", "score", "companies", "failed", "share failed"],
            ten,
        ),
        (
            "By verdict",
            "The last six columns: this verdict and all worse ones taken as a warning.",
            [
                "verdict",
                "companies",
                "failed",
                "share failed",
                "warned, failed",
                "warned, survived",
                "not warned, failed",
                "not warned, survived",
                "precision",
                "recall",
            ],
            words,
        ),
        (
            "By rule",
            "Coverage: companies for which the rule is decided. Area: of fired against clear, among those.",
            ["rule", "flag", "coverage", "fired", "failed", "precision", "recall", "lift", "area"],
            rules,
        ),
    ]
    return [part for part in parts if part[3]]


def _range(band: ScoreBand, turned: bool) -> str:
    low, high = (-band.high, -band.low) if turned else (band.low, band.high)
    return f"{low:.4g} – {high:.4g}"


def validation_text(found: Validation) -> str:
    """For a terminal."""
    lines = heading_lines(found)
    for title, note, headers, rows in validation_tables(found):
        widths = [max(len(r[i]) for r in [headers, *rows]) for i in range(len(headers))]
        lines += ["", f"{title}. {note}"]
        lines += [
            "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True)))
            for r in [headers, *rows]
        ]
    return "\n".join(line.rstrip() for line in lines)


class ValidationView(NamedTuple):
    """What the template shows: final texts and charts."""

    heading: str
    lines: Sequence[str]
    charts: Sequence[
        tuple[str, Chart, tuple[str, str], Sequence[tuple[str, str]]]
    ]  # note, drawing, the table behind it
    tables: Sequence[tuple[str, str, Sequence[str], Sequence[Sequence[str]]]]


def validation_page(found: Validation, templates: Path = TEMPLATES_FOLDER) -> str:
    """A page of its own, with the curves."""
    survivors, companies, caught = "survivors flagged", "companies flagged", "failures caught"
    charts = [
        (
            "Failures caught against survivors flagged (ROC). The broken line is chance.",
            _roc(found),
            (survivors, caught),
            _tenths(found.roc),
        ),
        (
            "Share that failed in each tenth of the companies, by score, with its interval; the table is below.",
            _calibration(found),
            ("", ""),
            (),
        ),
        (
            "Share of all failures among the companies with the highest scores (lift). The broken line is chance.",
            _lift(found),
            (companies, caught),
            _tenths(found.gains),
        ),
    ]
    view = ValidationView(
        f"Validation of {clean(found.what)}",
        [clean(line) for line in heading_lines(found)],
        charts,
        validation_tables(found),
    )
    return page("validation.html.jinja", "en", templates, view=view)


def _tenths(points: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    """A curve at each tenth of its way across."""
    share_text = [i / 10 for i in range(11)]
    return [(percent_text(at), percent_text(max(y for x, y in points if x <= at + 1e-9))) for at in share_text]


def _roc(found: Validation) -> Chart:
    return _curve("ROC curve", f"area {found.area.value:.3f}", found.roc, "survivors flagged", "failures caught")


def _lift(found: Validation) -> Chart:
    tenth = next((y for x, y in found.gains if x >= 0.1), 1.0)
    return _curve(
        "Cumulative gains",
        f"the first tenth holds {percent_text(tenth)} of the failures",
        found.gains,
        "companies flagged",
        "failures caught",
    )


def _curve(title: str, desc: str, points: Sequence[tuple[float, float]], across: str, up: str) -> Chart:
    line = "M" + "L".join(f"{px(_x(x))} {px(_y(y))}" for x, y in points)
    chance = f"M{px(_x(0))} {px(_y(0))}L{px(_x(1))} {px(_y(1))}"
    return Chart(
        title,
        desc,
        _WIDE,
        _HIGH,
        False,
        "low",
        (_axes(), Line(chance, "line dashed unknown", 1), Line(line, "line", 2)),
        labels=(*_ticks(1.0), *_names(across, up), Label(_RIGHT, _BOTTOM - 12, desc, "end", "strong")),
    )


def _calibration(found: Validation) -> Chart:
    most = math.ceil(max(b.share.high for b in found.deciles) * 5) / 5  # so that the marks are whole
    paths, dots, labels = [_axes()], [], []
    for i, band in enumerate(found.deciles):
        x = px(_x((i + 0.5) / len(found.deciles)))
        low, at, high = (px(_y(v / most)) for v in (band.share.low, band.share.value, band.share.high))
        paths.append(Line(f"M{x} {low}V{high}", "line", 2))
        dots.append(Dot(x, at, 4, ""))
        labels.append(Label(x, _BOTTOM + 16, str(i + 1), "middle", ""))
    upright = [t for t in _ticks(most) if t.anchor == "end"]
    return Chart(
        title="Calibration",
        description="share that failed by decile of the score",
        width=_WIDE,
        height=_HIGH,
        fluid=False,
        css_class="low",
        paths=tuple(paths),
        rects=(),
        dots=tuple(dots),
        labels=(*upright, *labels, *_names("decile of the score", "share that failed")),
    )


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _axes() -> Line:
    return Line(f"M{px(_LEFT)} {px(_TOP)}V{px(_BOTTOM)}H{px(_RIGHT)}", "line unknown", 1)


def _ticks(most: float) -> list[Label]:
    found = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        found.append(Label(_LEFT - 6, px(_y(share) + 4), f"{share * most * 100:.0f} %", "end", ""))
        found.append(Label(px(_x(share)), _BOTTOM + 16, f"{share * 100:.0f} %", "middle", ""))
    return found


def _names(across: str, up: str) -> tuple[Label, Label]:
    return Label(px((_LEFT + _RIGHT) / 2), _HIGH - 10, across, "middle", ""), Label(
        _LEFT + 8, _TOP + 4, up, "start", ""
    )
