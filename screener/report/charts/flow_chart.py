"""Who pays whom: a ring for few companies, columns around the judged one for many."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from screener.report.charts.curves import (
    ChartBox,
    Curve,
    Point,
    Route,
    arrow_paths,
    bent_curve,
    between_boxes,
    point_on,
)
from screener.report.charts.flow_columns import column_layout
from screener.report.charts.shapes import Chart, Label, Path, Rect, fit_text, px, text_width

MAX_ARROWS = 40
_SIZE = 14  # reckoned for text of 13 pixels that is set strong
_RING = 5  # companies; beyond that columns are easier to read
_WIDTHS = (2.0, 3.0, 4.5, 6.0, 7.5, 9.0)  # pixels


class PaymentArrow(NamedTuple):
    """A payment: indexes into the list of names, two lines of text, how large (0…1, None unknown)."""

    payer: int
    payee: int
    text: str
    second_line: str
    size: float | None
    dashed: bool
    loop: bool


def flow_chart(names: Sequence[str], subject: int, loops: Sequence[Sequence[int]], arrows: Sequence[PaymentArrow], title: str,
         desc: str) -> Chart:  # fmt: skip
    """Companies as boxes and payments as arrows.

    `subject` is the judged company, `loops` hold indexes in the order of payment. At most MOST_ARROWS are drawn: the caller
    puts those that matter first.
    """
    drawn = [a for a in arrows[:MAX_ARROWS] if a.payer != a.payee]
    used = sorted({i for a in drawn for i in (a.payer, a.payee)} | {subject})
    in_loop = {i for a in drawn if a.loop for i in (a.payer, a.payee)}
    if len(used) <= _RING and len(drawn) <= 9:
        width, height, boxes, routes = _ring_layout(used, subject, loops, drawn)
    else:
        ways = [(a.payer, a.payee) for a in drawn]
        width, height, boxes, routes = column_layout(used, subject, ways, [text_width(a.text, _SIZE) for a in drawn])
    rects, labels = [], []
    for i in used:
        box, look = boxes[i], "subject" if i == subject else "looped" if i in in_loop else "node"
        rects.append(Rect(px(box.x), px(box.y), px(box.width), px(box.height), 9, look))
        x, y = box.middle
        labels.append(
            Label(px(x), px(y + 4), fit_text(names[i], box.width - 14, _SIZE), "middle", f"strong {look}-name")
        )
    paths: list[Path] = []
    taken = list(boxes.values())
    trail = [point for route in routes for point in route.trail()]
    for a, route in sorted(zip(drawn, routes, strict=True), key=lambda pair: pair[0].loop):
        look = ("loop" if a.loop else "pays") + (" dashed" if a.dashed else "")
        paths += arrow_paths(route, _arrow_width(a), look)
        if route.label:
            (x, y), held = route.label
            labels.append(Label(px(x), px(y + 4.5), a.text, "end" if held == "end" else "start", "halo strong"))
        else:
            labels += _arrow_labels(a, route.curve, taken, trail, width, height)
    look = "money" + (" wide" if width > 600 else "")
    top = int(min([b.y for b in taken] + [y for _, y in trail]) - 8)
    bottom = int(max([b.y + b.height for b in taken] + [y for _, y in trail]) + 8)
    return Chart(title, desc, width, bottom - top, False, look, tuple(paths), tuple(rects), (), tuple(labels), top)


def _width_step(a: PaymentArrow) -> int:
    step = 1 if a.size is None else 1 + round(min(max(a.size, 0.0), 1.0) * 3)
    return min(step + (1 if a.loop else 0), len(_WIDTHS)) - 1


def _arrow_width(a: PaymentArrow) -> float:
    return _WIDTHS[_width_step(a)]


def _ring_layout(
    used: Sequence[int], subject: int, loops: Sequence[Sequence[int]], arrows: Sequence[PaymentArrow]
) -> tuple[int, int, dict[int, ChartBox], list[Route]]:
    """The longest loop in the order of payment, clockwise, the judged company below; the others after it."""
    longest = max((lp for lp in loops if subject in lp), key=len, default=max(loops, key=len, default=()))
    order = [i for i in longest if i in used]
    order += [i for i in used if i not in order]
    start = order.index(subject)
    order = order[start:] + order[:start]
    n, wide, high = len(order), 128, 42
    width, height = 520, (190 if n <= 2 else 330 if n == 3 else 380)
    rx, ry = width / 2 - wide / 2 - 14, height / 2 - high / 2 - 34
    boxes = {}
    for k, i in enumerate(order):
        angle = math.pi * (1 if n == 2 else 0.5) + 2 * math.pi * k / n
        x, y = width / 2 + rx * math.cos(angle), height / 2 + ry * math.sin(angle) + (16 if n == 3 else 0)
        boxes[i] = ChartBox(px(x - wide / 2), px(y - high / 2), wide, high)
    seen: dict[tuple[int, int], int] = {}
    routes = []
    for a in arrows:
        nth = seen[a.payer, a.payee] = seen.get((a.payer, a.payee), -1) + 1
        curve = bent_curve(boxes[a.payer].middle, boxes[a.payee].middle, 34 + 46 * nth)
        routes.append(Route(between_boxes(curve, boxes[a.payer], boxes[a.payee])))
    return width, height, boxes, routes


def _arrow_labels(
    a: PaymentArrow, curve: Curve, taken: list[ChartBox], trail: Sequence[Point], width: int, height: int
) -> list[Label]:
    """The text of an arrow where it covers least; `taken` grows by it."""
    lines = [line for line in (a.text, a.second_line) if line]
    if not lines:
        return []
    wide, high = max(text_width(line, _SIZE if line == a.text else 12) for line in lines) + 6, 15 * len(lines)
    best: tuple[float, ChartBox] | None = None
    for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.85, 0.15):
        far = abs(t - 0.5) * 20
        if best is not None and far >= best[0]:
            continue
        x, y = point_on(curve, t)
        x0, y0 = point_on(curve, max(t - 0.05, 0))
        x1, y1 = point_on(curve, min(t + 0.05, 1))
        long = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = (y1 - y0) / long, -(x1 - x0) / long
        for side in (1, -1, 0):
            away = side * (_arrow_width(a) / 2 + 5 + abs(nx) * wide / 2 + abs(ny) * high / 2)
            left = min(max(x + nx * away - wide / 2, 0), width - wide)
            box = ChartBox(left, min(max(y + ny * away - high / 2, -20), height - high), wide, high)
            cost = sum(box.overlap_area(other) for other in taken) + (20 if side == 0 else 10 if side < 0 else 0) + far
            if best is None or cost < best[0]:
                cost += 25 * box.count_inside(trail, 2)
            if best is None or cost < best[0]:
                best = cost, box
    assert best is not None
    box = best[1]
    taken.append(box)
    x = px(box.x + wide / 2)
    return [
        Label(x, px(box.y + 12 + 15 * k), line, "middle", "halo strong" if k == 0 else "halo")
        for k, line in enumerate(lines)
    ]
