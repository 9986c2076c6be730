"""Fluid charts: the score with its range, the distance to a threshold, the waterfall of the score."""

import math
from collections.abc import Sequence

from screener.expression.interval import Interval
from screener.report.charts.shapes import Chart, Dot, Label, Rect, anchor_at, fit_text, px

_MARGIN = 0.14  # room beyond the outermost value, as a share of the span


def score_scale(
    score: tuple[float | None, float, float], bands: tuple[float, float], look: str, band_names: tuple[str, str, str], title: str,
    desc: str,
) -> Chart:  # fmt: skip
    """The score (value or None, low, high; 0 to 100) over the three bands that begin at 0 and at the two `bands`.

    `look` is the class of the marker, `band_names` name the bands.
    """
    low, high = _clamped(score[1]), _clamped(score[2])
    edges = (0.0, *map(_clamped, bands), 100.0)
    rects = [
        Rect(px(a), 12, px(max(b - a - 0.5, 0)), 8, 4, f"{tint} soft")
        for a, b, tint in zip(edges, edges[1:], ("clear", "medium", "critical"), strict=False)
    ]
    rects.append(Rect(px(low), 8, px(max(high - low, 0.6)), 16, 8, f"{look} range"))
    labels = [Label(0, 44, f"0 {band_names[0]}", "start", "")]
    for edge, after, word in ((edges[1], edges[2], band_names[1]), (edges[2], 100.0, band_names[2])):
        if after - edge >= 18 and edge >= 16:
            labels.append(Label(px(edge), 44, f"{edge:.0f} {word}", "start", ""))
    labels.append(Label(100, 44, "100", "end", ""))
    dots = () if score[0] is None else (Dot(px(_clamped(score[0])), 16, 8, f"{look} mark"),)
    return Chart(title, desc, 400, 50, True, "scale", (), tuple(rects), dots, tuple(labels))


def _clamped(value: float) -> float:
    return min(max(value, 0.0), 100.0)


def score_bar(score: tuple[float | None, float, float], look: str, title: str, desc: str) -> Chart:
    """The score and its range on a line of the index."""
    low, high = _clamped(score[1]), _clamped(score[2])
    rects = (
        Rect(0, 8, 100, 4, 2, "track"),
        Rect(px(low), 6, px(max(high - low, 0.8)), 8, 4, f"{look} range"),
    )
    dots = () if score[0] is None else (Dot(px(_clamped(score[0])), 10, 5, look),)
    return Chart(title, desc, 100, 20, True, "mini", (), rects, dots)


def threshold_bar(
    value: Interval, op: str, threshold: Interval, look: str, shown: tuple[str, str], title: str, desc: str
) -> Chart:
    """A value as a bar from zero, with the side of the threshold on which the rule holds tinted.

    A range is solid up to its lower end and pale beyond; an unbounded one runs to the edge. `shown` are the texts of value
    and threshold, `look` the class of the bar.
    """
    ends = [0.0, *(e for i in (value, threshold) for e in i.finite() if e is not None)]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    if not math.isfinite(span):
        low, high, span = low / 4, high / 4, high / 4 - low / 4
    low, high = (low - span * _MARGIN if low < 0 else low), (high + span * _MARGIN if high > 0 or low == 0 else high)

    def at(x: float) -> float:
        return px(min(max((x - low) / (high - low), 0.0), 1.0) * 100) if math.isfinite(x) else (0.0 if x < 0 else 100.0)

    rects = [Rect(0, 18, 100, 10, 5, "track")]
    edge = at(threshold.hi if op in (">", ">=") else threshold.lo)
    if op in (">", ">="):
        rects.append(Rect(edge, 18, px(100 - edge), 10, 5, f"{look} zone"))
    elif op in ("<", "<="):
        rects.append(Rect(0, 18, edge, 10, 5, f"{look} zone"))
    left, right, zero = at(value.lo), at(value.hi), at(0)
    near = max(min(left, right), zero) if value.lo >= 0 else min(right, zero)
    if value.lo >= 0 or value.hi <= 0:
        rects.append(Rect(min(zero, near), 19, px(abs(near - zero)), 8, 4, look))
    if not value.is_point:
        rects.append(Rect(left, 19, px(max(right - left, 0.8)), 8, 4, f"{look} range"))
    tick = px((at(threshold.lo) + at(threshold.hi)) / 2)
    rects.append(Rect(px(min(tick, 99.4)), 13, 0.6, 20, 0, "tick"))
    middle = px((left + right) / 2) if not value.is_open else px(left if value.hi == math.inf else right)
    if value.lo == -math.inf and value.hi == math.inf:
        middle = 50.0
    labels = (
        Label(middle, 10, fit_text(shown[0], 200), anchor_at(middle), "strong"),
        Label(tick, 46, fit_text(shown[1], 200), anchor_at(tick), ""),
    )
    dots = (Dot(left, 23, 6, f"{look} mark"),) if value.is_point else ()
    return Chart(title, desc, 340, 50, True, "distance", (), tuple(rects), dots, labels)


def waterfall_chart(
    steps: Sequence[tuple[str, float, float, str, str]], bands: tuple[float, float], title: str, desc: str
) -> Chart:
    """Steps of the score, one below the other, each (name, start, end, class, points as text) on a scale of 0 to 100."""
    tall = len(steps) * 38 - 8
    rects = [Rect(px(b), 20, 0.15, tall - 20, 0, "track") for b in bands if 0 < b < 100]
    labels: list[Label] = []
    for i, (name, start, end, look, points) in enumerate(steps):
        top = i * 38
        a, b = sorted((min(max(start, 0.0), 100.0), min(max(end, 0.0), 100.0)))
        rects.append(Rect(px(a), top + 20, px(max(b - a, 0.4)), 10, 3, look))
        if i + 1 < len(steps):
            rects.append(Rect(px(min(max(end, 0.0), 99.8)), top + 30, 0.2, 28, 0, "thread"))
        labels.append(Label(0, top + 14, fit_text(name, 280, 13), "start", "strong halo"))
        labels.append(Label(100, top + 14, points, "end", "strong"))
    bottom = len(steps) * 38 + 12
    labels.append(Label(0, bottom, "0", "start", ""))
    labels += [Label(px(b), bottom, f"{b:.0f}", "middle", "") for b in bands if 6 < b < 92]
    labels.append(Label(100, bottom, "100", "end", ""))
    return Chart(title, desc, 640, bottom + 6, True, "falls", (), tuple(rects), (), tuple(labels))
