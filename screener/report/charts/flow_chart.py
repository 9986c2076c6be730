"""Draws payments between companies: as a ring for few companies, in columns around the screened one for many."""

import math
from collections.abc import Iterator, Mapping, Sequence
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
from screener.report.charts.flow_columns import BOX_WIDTH, FlowLayout, column_layout
from screener.report.charts.shapes import (
    Caption,
    Chart,
    Label,
    Rect,
    Shape,
    chart_of,
    fit_text,
    px,
    text_width,
    wrap_text,
)

MAX_ARROWS = 40
_SIZE = 14  # pixels estimated for text of 13 pixels in bold
_RING_BOX = 128  # pixels, the width of a box on a ring
_LINE = 16  # pixels from one line of text to the next
_RING = 5  # number of companies beyond which columns are easier to read
_WIDTHS = (2.0, 3.0, 4.5, 6.0, 7.5, 9.0)  # pixels


class PaymentArrow(NamedTuple):
    """A payment: indexes into the list of names, two lines of text, and its size (0…1, None if unknown)."""

    payer: int
    payee: int
    text: str
    second_line: str
    size: float | None
    dashed: bool
    loop: bool


class Remark(NamedTuple):
    """A line below the name in a box, and the CSS class of its colour ("" for the colour of notes)."""

    text: str
    css_class: str = ""


def flow_chart(
    names: Sequence[str],
    subject: int,
    loops: Sequence[Sequence[int]],
    arrows: Sequence[PaymentArrow],
    caption: Caption,
    *,
    node_classes: Mapping[int, str] | None = None,
    remarks: Mapping[int, Sequence[Remark]] | None = None,
) -> Chart:
    """Returns a drawing with companies as boxes and payments as arrows.

    `subject` is the screened company; `loops` contain indexes in the order of payment. At most MAX_ARROWS are drawn, so
    callers pass the most important ones first. `node_classes` are CSS classes of boxes; by default they mark the
    screened company and those in loops. `remarks` are shown below the names.
    """
    drawn = [a for a in arrows[:MAX_ARROWS] if a.payer != a.payee]
    companies = sorted({i for a in drawn for i in (a.payer, a.payee)} | {subject})
    on_ring = len(companies) <= _RING and len(drawn) <= 9
    text_width_limit = (_RING_BOX if on_ring else BOX_WIDTH) - 14
    texts = {i: _box_lines(names[i], (remarks or {}).get(i, ()), text_width_limit) for i in companies}
    heights = {i: 12 + _LINE * len(lines) for i, lines in texts.items()}
    if on_ring:
        layout = _ring_layout(companies, subject, loops, drawn, max(42, *heights.values()))
    else:
        widths = [text_width(a.text, _SIZE) for a in drawn]
        layout = column_layout(companies, subject, [(a.payer, a.payee) for a in drawn], widths, heights)
    in_loop = {i for a in drawn if a.loop for i in (a.payer, a.payee)}
    shapes: list[Shape] = []
    for i in companies:
        css_class = "subject" if i == subject else "looped" if i in in_loop else "node"
        if node_classes is not None:
            css_class = node_classes.get(i, "node")
        shapes += _company_shapes(texts[i], layout.boxes[i], css_class)
    occupied = list(layout.boxes.values())
    trail = [point for route in layout.routes for point in route.trail()]
    for a, route in sorted(zip(drawn, layout.routes, strict=True), key=lambda pair: pair[0].loop):
        shapes += arrow_paths(route, _arrow_width(a), ("loop" if a.loop else "pays") + (" dashed" if a.dashed else ""))
        if route.label:
            (x, y), anchor = route.label
            shapes.append(Label(px(x), px(y + 4.5), a.text, "end" if anchor == "end" else "start", "halo strong"))
        else:
            shapes += _arrow_labels(a, route.curve, occupied, trail, layout)
    above = [shape.y - 13.0 for shape in shapes if isinstance(shape, Label)]
    top = int(min([b.y for b in occupied] + [y for _, y in trail] + above) - 8)
    bottom = int(max([b.y + b.height for b in occupied] + [y for _, y in trail]) + 8)
    css_class = "money wide" if layout.width > 600 else "money"
    return chart_of(shapes, css_class, caption, (layout.width, bottom - top), top=top)


def _box_lines(name: str, remarks: Sequence[Remark], width: float) -> list[Remark]:
    """Returns the lines of a box: the name in one or two, then the remarks."""
    lines = [Remark(line, "strong") for line in wrap_text(name, width, _SIZE)]
    return lines + [r._replace(text=fit_text(r.text, width)) for r in remarks]


def _company_shapes(lines: Sequence[Remark], box: ChartBox, css_class: str) -> list[Shape]:
    x, y = box.middle
    name_class = f"{css_class.split()[0]}-name"
    first = y + 4 - _LINE * (len(lines) - 1) / 2
    shapes: list[Shape] = [Rect(px(box.x), px(box.y), px(box.width), px(box.height), 9, css_class)]
    for n, line in enumerate(lines):
        classes = line.css_class if css_class != "subject" or line.css_class == "strong" else ""
        shapes.append(Label(px(x), px(first + _LINE * n), line.text, "middle", f"{classes} {name_class}".strip()))
    return shapes


def _width_step(a: PaymentArrow) -> int:
    step = 1 if a.size is None else 1 + round(min(max(a.size, 0.0), 1.0) * 3)
    return min(step + (1 if a.loop else 0), len(_WIDTHS)) - 1


def _arrow_width(a: PaymentArrow) -> float:
    return _WIDTHS[_width_step(a)]


def _ring_layout(
    companies: Sequence[int],
    subject: int,
    loops: Sequence[Sequence[int]],
    arrows: Sequence[PaymentArrow],
    box_height: int,
) -> FlowLayout:
    """Returns a ring: the longest loop clockwise in the order of payment, with the screened company at the bottom, then
    the others."""
    longest = max((loop for loop in loops if subject in loop), key=len, default=max(loops, key=len, default=()))
    order = [i for i in longest if i in companies]
    order += [i for i in companies if i not in order]
    start = order.index(subject)
    order = order[start:] + order[:start]
    count, box_width, taller = len(order), _RING_BOX, box_height - 42
    width = 580 if count == 4 else 520  # with four companies, arrows between opposite boxes need space for their texts
    height = (190 if count <= 2 else 330 if count == 3 else 380) + taller
    radius_x, radius_y = width / 2 - box_width / 2 - 14, height / 2 - box_height / 2 - 34
    boxes = {}
    for k, i in enumerate(order):
        angle = math.pi * (1 if count == 2 else 0.5) + 2 * math.pi * k / count
        x = width / 2 + radius_x * math.cos(angle)
        y = height / 2 + radius_y * math.sin(angle) + (16 if count == 3 else 0)
        boxes[i] = ChartBox(px(x - box_width / 2), px(y - box_height / 2), box_width, box_height)
    parallel: dict[tuple[int, int], int] = {}  # number of arrows between two companies so far; each bends further
    routes = []
    for a in arrows:
        nth = parallel[a.payer, a.payee] = parallel.get((a.payer, a.payee), -1) + 1
        curve = bent_curve(boxes[a.payer].middle, boxes[a.payee].middle, 34 + 46 * nth)
        routes.append(Route(between_boxes(curve, boxes[a.payer], boxes[a.payee])))
    return FlowLayout(width, height, boxes, routes)


def _arrow_labels(
    a: PaymentArrow, curve: Curve, occupied: list[ChartBox], trail: Sequence[Point], layout: FlowLayout
) -> list[Label]:
    """Returns the text of an arrow at the place where it covers least, and adds it to `occupied`."""
    lines = [line for line in (a.text, a.second_line) if line]
    if not lines:
        return []
    best: tuple[float, ChartBox] | None = None
    for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.85, 0.15):
        off_centre = abs(t - 0.5) * 20
        if best is not None and off_centre >= best[0]:
            continue
        for preference, box in _label_boxes(a, lines, curve, t, layout):
            cost = sum(box.overlap_area(other) for other in occupied) + preference + off_centre
            if best is None or cost < best[0]:
                cost += 25 * box.count_inside(trail, 2)
            if best is None or cost < best[0]:
                best = cost, box
    assert best is not None
    box = best[1]
    occupied.append(box)
    x = px(box.x + box.width / 2)
    return [
        Label(x, px(box.y + 12 + 15 * k), line, "middle", "halo strong" if k == 0 else "halo")
        for k, line in enumerate(lines)
    ]


def _label_boxes(
    a: PaymentArrow, lines: Sequence[str], curve: Curve, t: float, layout: FlowLayout
) -> Iterator[tuple[float, ChartBox]]:
    """Yields boxes for the text of an arrow at a point of its curve: on either side and on the line, each with its
    cost."""
    width = max(text_width(line, _SIZE if line == a.text else 12) for line in lines) + 6
    height = 15 * len(lines)
    x, y = point_on(curve, t)
    (x0, y0), (x1, y1) = point_on(curve, max(t - 0.05, 0)), point_on(curve, min(t + 0.05, 1))
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    nx, ny = (y1 - y0) / length, -(x1 - x0) / length
    for side, cost in ((1, 0), (-1, 10), (0, 20)):
        offset = side * (_arrow_width(a) / 2 + 5 + abs(nx) * width / 2 + abs(ny) * height / 2)
        left = min(max(x + nx * offset - width / 2, 0), layout.width - width)
        top = min(max(y + ny * offset - height / 2, -20), layout.height - height)
        yield cost, ChartBox(left, top, width, height)
