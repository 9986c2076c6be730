"""A histogram of the scores with a bar for each ten points."""

from collections.abc import Sequence

from screener.report.charts.shapes import Caption, Chart, Label, Rect, Shape, chart_of, px

BINS = 10  # bins of ten points each
_HEIGHT, _TOP, _FOOT = 120, 18, 20  # heights in pixels: of the highest bar, above it, below the line


def score_spread(counts: Sequence[int], caption: Caption) -> Chart:
    """Returns a fluid chart of the numbers of companies by score; `counts` has BINS numbers, those of the lowest scores
    first."""
    most, width = max((*counts, 1)), 100 / BINS
    shapes: list[Shape] = [Rect(0, _TOP + _HEIGHT, 100, 1, 0, "track")]
    for n, count in enumerate(counts):
        left, size = n * width, count / most * _HEIGHT
        if count:
            shapes.append(Rect(px(left + 0.5), px(_TOP + _HEIGHT - size), px(width - 1), px(max(size, 1)), 0, "low"))
            shapes.append(Label(px(left + width / 2), px(_TOP + _HEIGHT - size - 5), f"{count:,}", "middle", ""))
        shapes.append(Label(px(left), _TOP + _HEIGHT + 16, f"{n * 10}", "start", ""))
    shapes.append(Label(100, _TOP + _HEIGHT + 16, "100", "end", ""))
    return chart_of(shapes, "spread", caption, (0, _HEIGHT + _TOP + _FOOT), fluid=True)
