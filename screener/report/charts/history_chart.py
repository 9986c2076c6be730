"""Draws the score of a company by day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from screener.report.charts.bars import ScorePosition
from screener.report.charts.shapes import (
    Anchor,
    Caption,
    Chart,
    Dot,
    Label,
    Rect,
    Shape,
    chart_of,
    fit_text,
    px,
    text_width,
)

_LEFT, _RIGHT = 10.0, 97.0  # range of the points, in percent of the width
_TOP, _BOTTOM, _HEIGHT = 28, 188, 240  # heights of a score of 100 and of 0, and of the drawing, in pixels
_LABEL_SPAN = 42.0  # greatest width of the texts of a point, in percent of the width
_NARROWEST = 320  # in pixels: the least width in which the texts must not overlap
_MOST_PIXELS = _NARROWEST * _LABEL_SPAN / 100
_SAME_DAY_STEP, _SAME_DAY_SPREAD = (
    2.0,
    8.0,
)  # percent between results of one day, and the most between the first and the last of them


class HistoryPoint(NamedTuple):
    """A result: its day, its texts, score with range, and the colour class of its verdict."""

    day: date
    day_text: str
    verdict: str
    score_text: str
    score: ScorePosition
    css_class: str


def history_chart(points: Sequence[HistoryPoint], caption: Caption) -> Chart:
    """Returns a drawing of the score (a dot) and range (a bar) of each result at its day; results of one day are side
    by side in their order.

    The horizontal axis is proportional to time, the vertical one is the score from 0 to 100. `points` are ordered by day. Texts
    are shown for as many points as there is space for, with precedence for the first and the last.
    """
    places = _places([p.day for p in points])
    shapes: list[Shape] = []
    for value in (0, 50, 100):
        shapes.append(Rect(_LEFT - 3, px(_height_of(value)), px(100 - _LEFT + 3), 1, 0, "track"))
        shapes.append(Label(0, px(_height_of(value) + 4), str(value), "start", ""))
    for x, point in zip(places, points, strict=True):
        high, low = _height_of(point.score.high), _height_of(point.score.low)
        shapes.append(Rect(px(x - 0.6), px(high), 1.2, px(max(low - high, 2)), 3, f"{point.css_class} range"))
        if point.score.value is not None:
            shapes.append(Dot(px(x), px(_height_of(point.score.value)), 6, f"{point.css_class} mark"))
    for i, anchor in _labelled(places, [_span(p) for p in points]):
        point, x = points[i], px(places[i])
        top = _height_of(max(point.score.high, point.score.value or 0)) - 10
        shapes.append(Label(x, px(top), point.score_text, anchor, "strong"))
        for line, text in enumerate((point.day_text, point.verdict)):
            shapes.append(Label(x, _BOTTOM + 22 + 16 * line, fit_text(text, _MOST_PIXELS), anchor, ""))
    return chart_of(shapes, "over-time", caption, (400, _HEIGHT), fluid=True)


def _height_of(score: float) -> float:
    return _BOTTOM - min(max(score, 0.0), 100.0) / 100 * (_BOTTOM - _TOP)


def _places(days: Sequence[date]) -> list[float]:
    """Returns the horizontal place of each result, in percent of the width."""
    if not days:
        return []
    span = (days[-1] - days[0]).days
    of_day, seen = Counter(days), Counter[date]()
    places = []
    for day in days:
        middle = _LEFT + (_RIGHT - _LEFT) * ((day - days[0]).days / span if span else 0.5)
        spread = min(_SAME_DAY_STEP * (of_day[day] - 1), _SAME_DAY_SPREAD)
        start = min(max(middle - spread / 2, _LEFT), _RIGHT - spread)
        places.append(start + spread * (seen[day] / (of_day[day] - 1) if of_day[day] > 1 else 0))
        seen[day] += 1
    return list(accumulate(places, max))  # in order even if days are close to each other


def _span(point: HistoryPoint) -> float:
    """Returns the width of a point's texts and a space beside them, in percent of the narrowest drawing."""
    longest = max(map(text_width, (point.day_text, point.verdict, point.score_text)))
    return (min(longest, _MOST_PIXELS) + 4) / _NARROWEST * 100


def _labelled(places: Sequence[float], spans: Sequence[float]) -> list[tuple[int, Anchor]]:
    """Returns the points whose texts have space, with the anchor of the texts; the last and the first take precedence,
    then later ones."""
    order = dict.fromkeys([len(places) - 1, 0, *reversed(range(len(places)))]) if places else {}
    occupied: list[tuple[float, float]] = []
    found: list[tuple[int, Anchor]] = []
    for i in order:
        x, span = places[i], spans[i]
        anchor: Anchor = "start" if x - span / 2 < 0 else "end" if x + span / 2 > 100 else "middle"
        start = {"start": x, "middle": x - span / 2, "end": x - span}[anchor]
        if all(start >= b or start + span <= a for a, b in occupied):
            occupied.append((start, start + span))
            found.append((i, anchor))
    return found
