"""Layout of companies in columns: those that pay the screened one on its left, those that it pays on its right."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from screener.report.charts.curves import ChartBox, Point, Route

BOX_WIDTH, _BOX_HEIGHT, _GAP = 136, 34, 16
_PORT = 20  # pixels along the side of a box for each arrow
_SIDE = 84  # pixels beside the columns, for arrows within one of them
_LANE, _RUN = 10, 24  # pixels between backward arrows: beside the columns, and above them
Pair = tuple[int, int]


class FlowLayout(NamedTuple):
    """The places of companies and arrows: boxes by company, routes in the order of the arrows."""

    width: int
    height: int
    boxes: dict[int, ChartBox]
    routes: list[Route]


def column_layout(
    companies: Sequence[int],
    subject: int,
    arrows: Sequence[Pair],
    text_widths: Sequence[float],
    least_heights: Mapping[int, int],
) -> FlowLayout:
    """Computes the layout of `arrows` (payer, payee) with texts of the given widths, around the screened company
    `subject`.

    `least_heights` are the heights in pixels that the texts in the boxes need.
    """
    return _ColumnLayout(companies, subject, arrows, text_widths, least_heights).layout()


class _ColumnLayout:
    def __init__(
        self,
        companies: Sequence[int],
        subject: int,
        arrows: Sequence[Pair],
        text_widths: Sequence[float],
        least_heights: Mapping[int, int],
    ) -> None:
        self.arrows, self.text_widths, self.least_heights = arrows, text_widths, least_heights
        self.layer = _layers(companies, subject, arrows)
        self.columns = sorted(set(self.layer.values()))
        self.members = {column: [i for i in companies if self.layer[i] == column] for column in self.columns}
        _reduce_crossings(self.members, self.columns, arrows)
        self.leaving = {i: [n for n, arrow in enumerate(arrows) if arrow[0] == i] for i in companies}
        self.entering = {i: [n for n, arrow in enumerate(arrows) if arrow[1] == i] for i in companies}
        self.backward = [n for n, (payer, payee) in enumerate(arrows) if self.layer[payer] > self.layer[payee]]
        lanes = 20 + _LANE * len(self.backward)
        self.lanes_beside = {self.layer[i]: lanes for n in self.backward for i in arrows[n]}  # by column, in pixels
        self.top = 20 + _RUN * len(self.backward) + (8 if self.backward else 0)

    def layout(self) -> FlowLayout:
        """Returns boxes and routes."""
        self.backward.sort(key=lambda n: (self.boxes[self.arrows[n][1]].y, n))
        return FlowLayout(self.width, self.height, self.boxes, [self._route_of(n) for n in range(len(self.arrows))])

    def _box_height(self, company: int) -> int:
        ports = max(len(self.leaving[company]), len(self.entering[company]))
        return max(_BOX_HEIGHT, self.least_heights[company], _PORT * ports + 6)

    @cached_property
    def _column_heights(self) -> dict[int, int]:
        return {c: sum(self._box_height(i) + _GAP for i in self.members[c]) - _GAP for c in self.columns}

    @cached_property
    def height(self) -> int:
        """Returns the height of the drawing in pixels."""
        return int(max(self._column_heights.values())) + self.top + 20

    @cached_property
    def _margins(self) -> tuple[int, int]:
        """Returns the margins left and right of the columns, for arrows within the outer columns and for lanes of
        backward arrows."""
        within = {self.layer[payer] for payer, payee in self.arrows if self.layer[payer] == self.layer[payee]}
        left = _SIDE if any(column <= 0 for column in within) else 4
        right = _SIDE if any(column > 0 for column in within) else 4
        return left, max(right, self.lanes_beside.get(self.columns[-1], 0))

    @cached_property
    def width(self) -> int:
        """Returns the width of the drawing in pixels, in which the longest text fits between two columns."""
        lanes = max(self.lanes_beside.values(), default=0)
        pitch = int(max(self.text_widths, default=0) + 84 + BOX_WIDTH + lanes)
        return max(860, pitch * (len(self.columns) - 1) + BOX_WIDTH + sum(self._margins))

    @cached_property
    def boxes(self) -> dict[int, ChartBox]:
        """Returns a box for each company, each column centred vertically."""
        left, right = self._margins
        free = self.width - BOX_WIDTH * len(self.columns) - left - right
        pitch = BOX_WIDTH + free / max(len(self.columns) - 1, 1)
        boxes = {}
        for place, column in enumerate(self.columns):
            y = self.top + (self.height - self.top - 20 - self._column_heights[column]) / 2
            for i in self.members[column]:
                boxes[i] = ChartBox(left + place * pitch, y, BOX_WIDTH, self._box_height(i))
                y += self._box_height(i) + _GAP
        return boxes

    @cached_property
    def _ports(self) -> tuple[dict[int, float], dict[int, float]]:
        """Returns the heights at which arrows leave and enter their boxes."""
        payee_heights = {n: self.boxes[payee].middle[1] for n, (_, payee) in enumerate(self.arrows)}
        payer_heights = {n: self.boxes[payer].middle[1] for n, (payer, _) in enumerate(self.arrows)}
        return (
            _port_heights(self.boxes, self.leaving, payee_heights),
            _port_heights(self.boxes, self.entering, payer_heights),
        )

    def _route_of(self, n: int) -> Route:
        payer, payee = self.arrows[n]
        start, end = self.boxes[payer], self.boxes[payee]
        if n in self.backward:
            return self._backward_route(start, end, self.backward.index(n))
        out, into = (ports[n] for ports in self._ports)
        if start.x >= end.x:
            return _route_within_column(start, out, into, leftwards=self.layer[payer] <= 0)
        at_payer = self._arrow_count(payer) <= self._arrow_count(payee)
        label_shift = self.lanes_beside.get(self.layer[payer], 0)
        return _forward_route(
            (start.x + start.width + 2, out), (end.x - 3, into), self.text_widths[n] + 14, at_payer, label_shift
        )

    def _arrow_count(self, company: int) -> int:
        return len(self.leaving[company]) + len(self.entering[company])

    def _backward_route(self, payer: ChartBox, payee: ChartBox, nth: int) -> Route:
        """Returns the route of a backward arrow: out on the right, over the top in a separate lane, and in from the
        right.

        The lower the payee, the lower the horizontal part and the further out the lane, so that backward arrows do not
        cross.
        """
        before = len(self.backward) - 1 - nth
        y = float(self.top - 14 - _RUN * before)
        start, end = (payer.x + payer.width + 2, payer.y + payer.height - 7), (payee.x + payee.width + 3, payee.y + 8)
        up, down = payer.x + payer.width + 20 + _LANE * before, payee.x + payee.width + 20 + _LANE * nth
        corner = (down, end[1])
        lead = (start, (up, start[1]), (up, y), (down, y), (down, end[1] - 8))
        return Route((lead[-1], corner, corner, end), label=((down + 14, y - 11), "start"), lead=lead)


def _layers(companies: Sequence[int], subject: int, arrows: Sequence[Pair]) -> dict[int, int]:
    """Returns the steps of payment from the screened company, at most 2: negative for payers, positive for payees."""
    layer = {subject: 0}
    frontier = [subject]
    while frontier:
        found: list[int] = []
        for i in frontier:
            for payer, payee in arrows:
                if payee == i and payer not in layer and layer[i] <= 0:
                    layer[payer] = max(layer[i] - 1, -2)
                    found.append(payer)
            for payer, payee in arrows:
                if payer == i and payee not in layer and layer[i] >= 0:
                    layer[payee] = min(layer[i] + 1, 2)
                    found.append(payee)
        frontier = found or _next_unplaced(companies, layer, arrows)
    return layer


def _next_unplaced(companies: Sequence[int], layer: dict[int, int], arrows: Sequence[Pair]) -> list[int]:
    """Places one company that is connected only by arrows of the other direction, or by none."""
    for payer, payee in arrows:
        if (payer in layer) != (payee in layer):
            known, new = (payer, payee) if payer in layer else (payee, payer)
            layer[new] = max(min(layer[known] + (1 if new == payee else -1), 2), -2) or -1
            return [new]
    for i in companies:
        if i not in layer:
            layer[i] = -1
            return [i]
    return []


def _reduce_crossings(members: dict[int, list[int]], columns: Sequence[int], arrows: Sequence[Pair]) -> None:
    """Sorts each column by the mean place of its neighbours (Sugiyama 1981); payees of backward arrows come first."""
    column_of = {i: column for column in columns for i in members[column]}
    backward = {i for payer, payee in arrows if column_of[payer] > column_of[payee] for i in (payer, payee)}
    for _ in range(4):
        place = {i: n / max(len(members[c]) - 1, 1) for c in columns for n, i in enumerate(members[c])}
        for column in columns:

            def mean_place(i: int, place: dict[int, float] = place) -> float:
                near = [place[b if a == i else a] for a, b in arrows if i in (a, b) and a != b]
                return sum(near) / len(near) if near else 0.5

            members[column].sort(key=lambda i: (i not in backward, round(mean_place(i), 6), i))


def _port_heights(
    boxes: dict[int, ChartBox], arrows_of: dict[int, list[int]], other_ends: dict[int, float]
) -> dict[int, float]:
    """Returns the height at which each arrow meets its box, in the order of the heights of the other ends."""
    ports: dict[int, float] = {}
    for i, numbers in arrows_of.items():
        box = boxes[i]
        for n, arrow in enumerate(sorted(numbers, key=lambda n: (other_ends[n], n))):
            ports[arrow] = box.y + box.height * (n + 0.5) / len(numbers)
    return ports


def _forward_route(start: Point, end: Point, text_pixels: float, at_payer: bool, label_shift: int) -> Route:
    """Returns a curve to the right, with `text_pixels` for the text at the end with fewer arrows."""
    if at_payer:
        curve = _s_curve((start[0] + text_pixels + label_shift, start[1]), end)
        return Route(curve, label=((start[0] + 6 + label_shift, start[1]), "start"))
    bent: Point = (end[0] - text_pixels - 22, end[1])
    return Route(_s_curve(start, bent), tail=end, label=((end[0] - 30, end[1]), "end"))


def _route_within_column(box: ChartBox, out: float, into: float, leftwards: bool) -> Route:
    """Returns a curve between two companies of a column, around its outer side."""
    sign, x = (-1, box.x) if leftwards else (1, box.x + box.width)
    far = x + sign * min(_SIDE - 16, 44 + abs(out - into) / 8)
    return Route(((x + sign * 2, out), (far, out), (far, into), (x + sign * 3, into)))


def _s_curve(start: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    half = (end[0] - start[0]) * 0.5
    return start, (start[0] + half, start[1]), (end[0] - half, end[1]), end
