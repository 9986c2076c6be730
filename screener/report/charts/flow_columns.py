"""Companies in columns: who pays the judged one on its left, whom it pays on its right."""

from collections.abc import Sequence

from screener.report.charts.curves import ChartBox, Point, Route

_WIDE, _HIGH, _GAP, _PORT, _SIDE = 136, 34, 16, 20, 84
_LANE, _RUN = 10, 24  # between arrows that lead back: beside the columns, and above them
Pair = tuple[int, int]


def column_layout(
    used: Sequence[int], subject: int, arrows: Sequence[Pair], texts: Sequence[float]
) -> tuple[int, int, dict[int, ChartBox], list[Route]]:
    """Width and height of the drawing, a box for each company, a way for each arrow (payer, payee; the width of its text)."""
    layer = _layers(used, subject, arrows)
    kept = sorted(set(layer.values()))
    rows = {k: [i for i in used if layer[i] == k] for k in kept}
    _untangle(rows, kept, arrows)
    ends = {
        i: ([n for n, a in enumerate(arrows) if a[0] == i], [n for n, a in enumerate(arrows) if a[1] == i])
        for i in used
    }
    tall = {i: max(_HIGH, _PORT * max(map(len, ends[i])) + 6) for i in used}
    heights = {k: sum(tall[i] + _GAP for i in rows[k]) - _GAP for k in kept}
    back = [n for n, (a, b) in enumerate(arrows) if layer[a] > layer[b]]
    shift = {layer[i]: 20 + _LANE * len(back) for n in back for i in arrows[n]}
    top = 20 + _RUN * len(back) + (8 if back else 0)
    height = int(max(heights.values())) + top + 20
    aside = {layer[a] for a, b in arrows if layer[a] == layer[b]}
    left, right = (_SIDE if any(k <= 0 for k in aside) else 4), (_SIDE if any(k > 0 for k in aside) else 4)
    right = max(right, shift.get(kept[-1], 0))
    between = max(texts, default=0) + 84 + _WIDE + max(shift.values(), default=0)
    width = max(860, int(between) * (len(kept) - 1) + _WIDE + left + right)
    gap = (width - _WIDE * len(kept) - left - right) / max(len(kept) - 1, 1)
    boxes: dict[int, ChartBox] = {}
    for c, k in enumerate(kept):
        y = top + (height - top - 20 - heights[k]) / 2
        for i in rows[k]:
            boxes[i] = ChartBox(left + c * (_WIDE + gap), y, _WIDE, tall[i])
            y += tall[i] + _GAP
    out = _ports(boxes, {i: e[0] for i, e in ends.items()}, {n: boxes[a[1]].middle[1] for n, a in enumerate(arrows)})
    into = _ports(boxes, {i: e[1] for i, e in ends.items()}, {n: boxes[a[0]].middle[1] for n, a in enumerate(arrows)})
    busy = {i: len(e[0]) + len(e[1]) for i, e in ends.items()}
    back.sort(key=lambda n: (boxes[arrows[n][1]].y, n))
    ways = [
        _back(boxes[a], boxes[b], back.index(n), len(back), top)
        if n in back
        else _route(
            boxes[a], boxes[b], out[n], into[n], texts[n], busy[a] <= busy[b], layer[a] <= 0, shift.get(layer[a], 0)
        )
        for n, (a, b) in enumerate(arrows)
    ]
    return width, height, boxes, ways


def _layers(used: Sequence[int], subject: int, arrows: Sequence[Pair]) -> dict[int, int]:
    """Steps of payment from the judged company: below 0 it is paid by them, above 0 it pays them; at most 2."""
    layer = {subject: 0}
    frontier = [subject]
    while frontier:
        after: list[int] = []
        for i in frontier:
            for a, b in arrows:
                if b == i and a not in layer and layer[i] <= 0:
                    layer[a] = max(layer[i] - 1, -2)
                    after.append(a)
            for a, b in arrows:
                if a == i and b not in layer and layer[i] >= 0:
                    layer[b] = min(layer[i] + 1, 2)
                    after.append(b)
        frontier = after or _hanging(used, layer, arrows)
    return layer


def _hanging(used: Sequence[int], layer: dict[int, int], arrows: Sequence[Pair]) -> list[int]:
    """Places one company that hangs on by arrows of the other direction, or by none."""
    for a, b in arrows:
        if (a in layer) != (b in layer):
            known, new = (a, b) if a in layer else (b, a)
            layer[new] = max(min(layer[known] + (1 if new == b else -1), 2), -2) or -1
            return [new]
    for i in used:
        if i not in layer:
            layer[i] = -1
            return [i]
    return []


def _untangle(rows: dict[int, list[int]], kept: Sequence[int], arrows: Sequence[Pair]) -> None:
    """Sorts each column by the mean place of its neighbours (Sugiyama 1981); those paid backwards come first."""
    column = {i: k for k in kept for i in rows[k]}
    backward = {i for a, b in arrows if column[a] > column[b] for i in (a, b)}
    for _ in range(4):
        place = {i: n / max(len(rows[k]) - 1, 1) for k in kept for n, i in enumerate(rows[k])}
        for k in kept:

            def mean(i: int, place: dict[int, float] = place) -> float:
                near = [place[b if a == i else a] for a, b in arrows if i in (a, b) and a != b]
                return sum(near) / len(near) if near else 0.5

            rows[k].sort(key=lambda i: (i not in backward, round(mean(i), 6), i))


def _ports(boxes: dict[int, ChartBox], ends: dict[int, list[int]], far: dict[int, float]) -> dict[int, float]:
    """The height at which each arrow leaves or enters its box, in the order of their other ends."""
    ports: dict[int, float] = {}
    for i, numbers in ends.items():
        box = boxes[i]
        for n, arrow in enumerate(sorted(numbers, key=lambda n: (far[n], n))):
            ports[arrow] = box.y + box.height * (n + 0.5) / len(numbers)
    return ports


def _route(
    a: ChartBox, b: ChartBox, out: float, into: float, text: float, at_payer: bool, leftwards: bool, shift: int
) -> Route:
    if a.x < b.x:  # forwards: the text at the end with fewer arrows, and a curve
        start, end, run = (a.x + a.width + 2, out), (b.x - 3, into), text + 14
        if at_payer:
            return Route(_bend((start[0] + run + shift, out), end), label=((start[0] + 6 + shift, out), "start"))
        bent: Point = (end[0] - run - 22, into)
        return Route(_bend(start, bent), tail=end, label=((end[0] - 30, into), "end"))
    x = a.x if leftwards else a.x + a.width  # within a column, round its outer side
    sign = -1 if leftwards else 1
    far = x + sign * min(_SIDE - 16, 44 + abs(out - into) / 8)
    return Route(((x + sign * 2, out), (far, out), (far, into), (x + sign * 3, into)))


def _back(a: ChartBox, b: ChartBox, nth: int, count: int, top: int) -> Route:
    """Backwards: out on the right, over the top in a lane of its own, and in from the right.

    The lower the payee, the lower its run and the further out its lane, so that arrows that lead back do not cross.
    """
    y = float(top - 14 - _RUN * (count - 1 - nth))
    start, end = (a.x + a.width + 2, a.y + a.height - 7), (b.x + b.width + 3, b.y + 8)
    up, down = a.x + a.width + 20 + _LANE * (count - 1 - nth), b.x + b.width + 20 + _LANE * nth
    lead = (start, (up, start[1]), (up, y), (down, y), (down, end[1] - 8))
    return Route(
        ((down, end[1] - 8), (down, end[1]), (down, end[1]), end), label=((down + 14, y - 11), "start"), lead=lead
    )


def _bend(start: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    half = (end[0] - start[0]) * 0.5
    return start, (start[0] + half, start[1]), (end[0] - half, end[1]), end
