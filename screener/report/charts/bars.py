"""Fluid charts: the score with its range, the distance to a threshold, the waterfall of the score."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from screener.expression.interval import Interval
from screener.report.charts.shapes import Caption, Chart, Dot, Label, Rect, Shape, anchor_at, chart_of, fit_text, px

_MARGIN = 0.14  # beyond the outermost value, as a share of the span
_NAMED_BAND = 18  # points: the narrowest band with room for its name
_STEP_HEIGHT = 38  # pixels of a step of the waterfall


class ScorePosition(NamedTuple):
    """A score and its range, from 0 to 100."""

    value: float | None  # None: too little is known for one number
    low: float
    high: float


class WaterfallBar(NamedTuple):
    """What moves the score from `start` to `end`, by so many `points`, as text."""

    name: str
    start: float
    end: float
    css_class: str
    points: str


def score_scale(
    score: ScorePosition, bands: tuple[float, float], names: Sequence[str], css_class: str, caption: Caption
) -> Chart:
    """The score over three bands with `names`, which start at 0 and at `bands`; `css_class` is that of the marker."""
    low, high = _clamped(score.low), _clamped(score.high)
    edges = (0.0, *map(_clamped, bands), 100.0)
    shapes: list[Shape] = [
        Rect(px(start), 12, px(max(end - start - 0.5, 0)), 8, 4, f"{tint} soft")
        for start, end, tint in zip(edges, edges[1:], ("clear", "medium", "critical"), strict=False)
    ]
    shapes.append(Rect(px(low), 8, px(max(high - low, 0.6)), 16, 8, f"{css_class} range"))
    shapes.append(Label(0, 44, f"0 {names[0]}", "start", ""))
    for start, end, name in zip(edges[1:], edges[2:], names[1:], strict=False):
        if end - start >= _NAMED_BAND and start >= 16:
            shapes.append(Label(px(start), 44, f"{start:.0f} {name}", "start", ""))
    shapes += [Label(100, 44, "100", "end", ""), *_score_dot(score, 16, 8, f"{css_class} mark")]
    return chart_of(shapes, "scale", caption, (400, 50), fluid=True)


def score_bar(score: ScorePosition, css_class: str, caption: Caption) -> Chart:
    """The score and its range on a line of the index."""
    low, high = _clamped(score.low), _clamped(score.high)
    line = Rect(0, 8, 100, 4, 2, "track")
    extent = Rect(px(low), 6, px(max(high - low, 0.8)), 8, 4, f"{css_class} range")
    return chart_of([line, extent, *_score_dot(score, 10, 5, css_class)], "mini", caption, (100, 20), fluid=True)


def _clamped(value: float) -> float:
    return min(max(value, 0.0), 100.0)


def _score_dot(score: ScorePosition, y: float, radius: float, css_class: str) -> list[Shape]:
    return [] if score.value is None else [Dot(px(_clamped(score.value)), y, radius, css_class)]


class _ThresholdScale:
    """Percent of the width of a chart that shows a value, its threshold and 0."""

    def __init__(self, value: Interval, threshold: Interval) -> None:
        ends = [0.0, *(end for part in (value, threshold) for end in part.finite() if end is not None)]
        low, high = min(ends), max(ends)
        span = (high - low) or 1.0
        if not math.isfinite(span):
            low, high, span = low / 4, high / 4, high / 4 - low / 4
        self.low = low - span * _MARGIN if low < 0 else low
        self.high = high + span * _MARGIN if high > 0 or low == 0 else high

    def __call__(self, x: float) -> float:
        """Where a number is; an infinite one is at the edge."""
        if not math.isfinite(x):
            return 0.0 if x < 0 else 100.0
        return px(min(max((x - self.low) / (self.high - self.low), 0.0), 1.0) * 100)


def threshold_bar(
    value: Interval, op: str, threshold: Interval, texts: tuple[str, str], css_class: str, caption: Caption
) -> Chart:
    """A value as a bar from zero, with the side of the threshold on which the comparison holds tinted.

    A range is solid up to its lower end and pale beyond; an unbounded one runs to the edge. `texts` are those of value and
    threshold, `css_class` is that of the bar.
    """
    scale = _ThresholdScale(value, threshold)
    shapes: list[Shape] = [Rect(0, 18, 100, 10, 5, "track"), *_threshold_zone(op, threshold, scale, css_class)]
    shapes += _value_bars(value, scale, css_class)
    tick, middle = px((scale(threshold.lo) + scale(threshold.hi)) / 2), _value_label_position(value, scale)
    shapes.append(Rect(px(min(tick, 99.4)), 13, 0.6, 20, 0, "tick"))
    shapes.append(Label(middle, 10, fit_text(texts[0], 200), anchor_at(middle), "strong"))
    shapes.append(Label(tick, 46, fit_text(texts[1], 200), anchor_at(tick), ""))
    if value.is_point:
        shapes.append(Dot(scale(value.lo), 23, 6, f"{css_class} mark"))
    return chart_of(shapes, "distance", caption, (340, 50), fluid=True)


def _threshold_zone(op: str, threshold: Interval, scale: _ThresholdScale, css_class: str) -> list[Rect]:
    """The side of the threshold on which the comparison holds, if it has a side."""
    if op in (">", ">="):
        edge = scale(threshold.hi)
        return [Rect(edge, 18, px(100 - edge), 10, 5, f"{css_class} zone")]
    if op in ("<", "<="):
        return [Rect(0, 18, scale(threshold.lo), 10, 5, f"{css_class} zone")]
    return []


def _value_bars(value: Interval, scale: _ThresholdScale, css_class: str) -> list[Rect]:
    """A solid bar from zero to the end that is nearer to it, and a pale one over the range."""
    left, right, zero = scale(value.lo), scale(value.hi), scale(0)
    rects = []
    if value.lo >= 0 or value.hi <= 0:
        near = max(left, zero) if value.lo >= 0 else min(right, zero)
        rects.append(Rect(min(zero, near), 19, px(abs(near - zero)), 8, 4, css_class))
    if not value.is_point:
        rects.append(Rect(left, 19, px(max(right - left, 0.8)), 8, 4, f"{css_class} range"))
    return rects


def _value_label_position(value: Interval, scale: _ThresholdScale) -> float:
    """The middle of the value; of a range with one open end its other end."""
    left, right = scale(value.lo), scale(value.hi)
    if not value.is_open:
        return px((left + right) / 2)
    if value.lo == -math.inf and value.hi == math.inf:
        return 50.0
    return px(left if value.hi == math.inf else right)


def waterfall_chart(steps: Sequence[WaterfallBar], bands: tuple[float, float], caption: Caption) -> Chart:
    """Steps of the score, one below the other, on a scale of 0 to 100; its upper bands start at `bands`."""
    height, bottom = len(steps) * _STEP_HEIGHT - 8, len(steps) * _STEP_HEIGHT + 12
    shapes: list[Shape] = [Rect(px(band), 20, 0.15, height - 20, 0, "track") for band in bands if 0 < band < 100]
    for i, step in enumerate(steps):
        top = i * _STEP_HEIGHT
        left, right = sorted((_clamped(step.start), _clamped(step.end)))
        shapes.append(Rect(px(left), top + 20, px(max(right - left, 0.4)), 10, 3, step.css_class))
        if i + 1 < len(steps):
            shapes.append(Rect(px(min(_clamped(step.end), 99.8)), top + 30, 0.2, 28, 0, "thread"))
        shapes.append(Label(0, top + 14, fit_text(step.name, 280, 13), "start", "strong halo"))
        shapes.append(Label(100, top + 14, step.points, "end", "strong"))
    shapes.append(Label(0, bottom, "0", "start", ""))
    shapes += [Label(px(band), bottom, f"{band:.0f}", "middle", "") for band in bands if 6 < band < 92]
    shapes.append(Label(100, bottom, "100", "end", ""))
    return chart_of(shapes, "falls", caption, (640, bottom + 6), fluid=True)
