"""Fluid charts of the score with its range."""

from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts.shapes import Caption, Chart, Dot, Label, Rect, Shape, chart_of, px

_NAMED_BAND = 18  # in points: the narrowest band that can contain its name


class ScorePosition(NamedTuple):
    """A score and its range, from 0 to 100."""

    value: float | None  # None if too little is known for one number
    low: float
    high: float


def score_scale(
    score: ScorePosition, bands: tuple[float, float], names: Sequence[str], css_class: str, caption: Caption
) -> Chart:
    """Returns the score over three bands with `names`, which start at 0 and at `bands`; `css_class` is that of the
    marker."""
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
    """Returns the score and its range for a line of the index."""
    low, high = _clamped(score.low), _clamped(score.high)
    line = Rect(0, 8, 100, 4, 2, "track")
    extent = Rect(px(low), 6, px(max(high - low, 0.8)), 8, 4, f"{css_class} range")
    return chart_of([line, extent, *_score_dot(score, 10, 5, css_class)], "mini", caption, (100, 20), fluid=True)


def _clamped(value: float) -> float:
    return min(max(value, 0.0), 100.0)


def _score_dot(score: ScorePosition, y: float, radius: float, css_class: str) -> list[Shape]:
    return [] if score.value is None else [Dot(px(_clamped(score.value)), y, radius, css_class)]
