"""Arrows as cubic Bézier curves, and boxes that do not overlap."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts.shapes import Path

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


class Route(NamedTuple):
    """The course of an arrow: a curve, with the corners before it and the place of its text."""

    curve: Curve
    tail: Point | None = None  # its end, if its text is between the curve and the head
    label: tuple[Point, str] | None = None  # point and anchor of the text
    lead: tuple[Point, ...] = ()  # corners before the curve

    def trail(self) -> list[Point]:
        """Returns points along the route."""
        return [*self.lead, *(point_on(self.curve, k / 16) for k in range(17)), *([self.tail] if self.tail else [])]


class ChartBox(NamedTuple):
    """A rectangle by its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    def overlap_area(self, other: "ChartBox") -> float:
        """Returns the area of the intersection with another box."""
        w = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        h = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(w, 0.0) * max(h, 0.0)

    def contains(self, point: Point, margin: float = 0.0) -> bool:
        """Returns whether a point lies inside, or less than `margin` outside."""
        return (
            self.x - margin < point[0] < self.x + self.width + margin
            and self.y - margin < point[1] < self.y + self.height + margin
        )

    def count_inside(self, points: Sequence[Point], margin: float) -> int:
        """Returns the number of points inside, or less than `margin` outside."""
        left, right = self.x - margin, self.x + self.width + margin
        top, bottom = self.y - margin, self.y + self.height + margin
        return sum(left < x < right and top < y < bottom for x, y in points)

    @property
    def middle(self) -> Point:
        """Returns the centre."""
        return self.x + self.width / 2, self.y + self.height / 2


def bent_curve(a: Point, b: Point, bend: float) -> Curve:
    """Returns a curve from a to b that bends `bend` pixels to the left of its direction."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy) or 1.0
    nx, ny = dy / length, -dx / length
    c = ((a[0] + b[0]) / 2 + nx * bend, (a[1] + b[1]) / 2 + ny * bend)
    return a, _interpolate(a, c, 2 / 3), _interpolate(b, c, 2 / 3), b


def point_on(curve: Curve, t: float) -> Point:
    """Returns the point at t in 0…1."""
    u = 1 - t
    ka, kb, kc, kd = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    return ka * ax + kb * bx + kc * cx + kd * dx, ka * ay + kb * by + kc * cy + kd * dy


def between_boxes(curve: Curve, start: ChartBox, end: ChartBox, gap: float = 3.0) -> Curve:
    """Returns the part of a curve between two boxes."""
    steps = 48
    first = next((i for i in range(steps) if not start.contains(point_on(curve, i / steps), gap)), 0)
    last = next((i for i in range(steps, 0, -1) if not end.contains(point_on(curve, i / steps), gap)), steps)
    if first >= last:
        return curve
    return _partial_curve(curve, first / steps, last / steps)


def arrow_paths(route: Route, width: float, look: str) -> tuple[Path, Path]:
    """Returns the line and the head of an arrow; the line ends where the head begins."""
    size = 7 + width * 1.3
    if route.tail:
        tip = route.tail
        base = (tip[0] - size, tip[1])
        stub = f"M{_coordinates((base[0] - 6, tip[1]))}H{base[0] + size * 0.3:.1f}"
        line = _curve_path(route.curve) + stub
    else:
        tip = route.curve[3]
        base, shortened = _shortened_for_head(route.curve, size)
        line = (
            _rounded_corners(route.lead) + _curve_path(shortened)[len(f"M{_coordinates(shortened[0])}") :]
            if route.lead
            else _curve_path(shortened)
        )
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    long = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / long * size * 0.48, dx / long * size * 0.48
    head = "L".join(map(_coordinates, (tip, (base[0] + nx, base[1] + ny), (base[0] - nx, base[1] - ny))))
    return Path(line, f"line {look}", width), Path(f"M{head}z", f"head {look}")


def _coordinates(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"


def _curve_path(curve: Curve) -> str:
    return f"M{_coordinates(curve[0])}C" + " ".join(map(_coordinates, curve[1:]))


def _rounded_corners(corners: Sequence[Point], radius: float = 9.0) -> str:
    """Returns straight lines with rounded corners."""
    path = f"M{_coordinates(corners[0])}"
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        near, far = ((_point_towards(corner, p, radius)) for p in (before, after))
        path += f"L{_coordinates(near)}Q{_coordinates(corner)} {_coordinates(far)}"
    return f"{path}L{_coordinates(corners[-1])}"


def _point_towards(a: Point, b: Point, most: float) -> Point:
    long = math.dist(a, b) or 1.0
    return _interpolate(a, b, min(most, long / 2) / long)


def _shortened_for_head(curve: Curve, size: float) -> tuple[Point, Curve]:
    """Returns where the head begins, and the curve up to slightly beyond that point."""
    length = sum(math.dist(point_on(curve, i / 8), point_on(curve, (i + 1) / 8)) for i in range(8)) or 1.0
    neck = max(1 - size / length, 0.2)
    return point_on(curve, neck), _partial_curve(curve, 0.0, neck + (1 - neck) * 0.3)


def _interpolate(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def _split_curve(curve: Curve, t: float) -> tuple[Curve, Curve]:
    """Splits a curve at t with de Casteljau's algorithm (1959)."""
    a, b, c, d = curve
    ab, bc, cd = _interpolate(a, b, t), _interpolate(b, c, t), _interpolate(c, d, t)
    abc, bcd = _interpolate(ab, bc, t), _interpolate(bc, cd, t)
    m = _interpolate(abc, bcd, t)
    return (a, ab, abc, m), (m, bcd, cd, d)


def _partial_curve(curve: Curve, t0: float, t1: float) -> Curve:
    right = _split_curve(curve, t0)[1] if t0 > 0 else curve
    return _split_curve(right, (t1 - t0) / (1 - t0))[0] if t1 < 1 else right
