"""The key figures of a company over its latest periods, and expected figures that are missing."""

import math
from collections.abc import Iterator, Sequence
from datetime import date

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.charts.shapes import Rect, px
from screener.report.number_format import tidy
from screener.report.views.display_text import TITLE_LENGTH
from screener.report.views.view_context import ViewContext, is_open_loss
from screener.report.views.view_models import FigureRow, FigureTable, LackingFigure, MiniChart
from screener.result.model import FigureSeries, PeriodValue
from screener.units import SCALES, significant

MAX_FIGURES = 9  # number of rows in the first table; the others follow in a collapsed part
MAX_COLUMNS = 5
MOST_IN_COLUMN = 1e6  # upper limit of an amount in the scale of its table
SAME_TIME = 20  # greatest number of days between the ends of periods in one column

FIRST_FIGURES = (
    "revenue",
    "operating_income",
    "net_income",
    "operating_cash_flow",
    "capital_expenditure",
    "free_cash_flow",
    "interest_expense",
    "total_debt",
    "cash",
    "equity",
)
"""The figures that credit analysts read first, in the order of the accounts; the others follow in the order of the
catalogue."""

EXPECTED = (
    "revenue",
    "operating_income",
    "operating_cash_flow",
    "cash",
    "total_debt",
    "interest_expense",
    "depreciation",
    "short_term_debt",
    "due_within_24_months",
    "equity",
    "covenants",
    "undrawn_lines",
)
"""The figures that a credit analyst expects in a profile; those that a rule waits for are listed as missing."""


def figure_table(context: ViewContext) -> FigureTable | None:
    """Returns the figures of the company over its latest periods; None if none is known."""
    series = sorted((s for s in context.result.history if s.unit in ("money", "count")), key=_figure_order)
    if not series:
        return None
    columns = _columns([p for s in series for p in s.periods])
    scale, suffix = _scale(context, series)
    rows = tuple(_figure_row(context, s, columns, scale) for s in series)
    currency = tidy(context.company.currency, 8)
    sources = {p.source for s in series for p in s.periods}
    known = next((s for s in context.result.sources if s.key in sources), None)
    note = ""
    if len(sources) == 1 and known is not None:
        title, kind = context.source_link(known.key).text, context.wording.label("kind", known.kind)
        note = context.wording("figures.one_source", kind=kind, source=title)
    more = len(rows) - MAX_FIGURES
    return FigureTable(
        unit=_unit(context, currency, suffix),
        periods=tuple(_heading(context, c) for c in columns),
        rows=rows[:MAX_FIGURES],
        more_rows=rows[MAX_FIGURES:],
        more=context.wording.plural("figures.more", more) if more > 0 else "",
        note=note,
    )


def _unit(context: ViewContext, currency: str, scale: str) -> str:
    """Returns the currency and scale of the amounts: `USD bn`, `亿美元`."""
    if context.language == "zh":
        return scale + context.wording.label("currency", currency)
    return " ".join(part for part in (currency, scale) if part)


def _figure_order(series: FigureSeries) -> int:
    return FIRST_FIGURES.index(series.figure) if series.figure in FIRST_FIGURES else len(FIRST_FIGURES)


def _columns(values: Sequence[PeriodValue]) -> list[list[PeriodValue]]:
    """Groups values by time, the latest last; values without a period form a column only if there are no others."""
    dated = sorted((v for v in values if v.end), key=lambda v: str(v.end), reverse=True)
    columns: list[list[PeriodValue]] = []
    for value in dated:
        if columns and _days_between(columns[-1][0], value) <= SAME_TIME:
            columns[-1].append(value)
        else:
            columns.append([value])
    return columns[:MAX_COLUMNS][::-1] or [list(values)]


def _days_between(one: PeriodValue, other: PeriodValue) -> int:
    return abs((date.fromisoformat(str(one.end)) - date.fromisoformat(str(other.end))).days)


def _heading(context: ViewContext, column: Sequence[PeriodValue]) -> str:
    """Returns the name of a column: the year of most of its values, else the month of its day."""
    years = [v.period for v in column if v.period and v.period.startswith("FY")]
    if years:
        return tidy(years[0], 12)
    if not column[0].end:
        return context.wording("figures.undated")
    return numbers.month(column[0].end, context.language)


def _scale(context: ViewContext, series: Sequence[FigureSeries]) -> tuple[float, str]:
    """Returns the divisor of amounts and its name: the largest scale in which each amount has a nonzero digit within
    two decimals.

    If there is none, the scale of the largest amount is used.
    """
    ends = {abs(end) for s in series if s.unit == "money" for p in s.periods for end in _ends(p.value)} - {0.0}
    largest, least = max(ends, default=0.0), min(ends, default=0.0)
    scales = [(scale, name) for scale, name in (*SCALES[context.language], (1.0, "")) if largest >= scale]
    readable = (found for found in scales if least >= 0.01 * found[0] and largest < MOST_IN_COLUMN * found[0])
    return next(readable, scales[0] if scales else (1.0, ""))


def _ends(value: object) -> list[float]:
    return [end for end in value.finite() if end is not None] if isinstance(value, Interval) else []


def _figure_row(
    context: ViewContext, series: FigureSeries, columns: Sequence[Sequence[PeriodValue]], scale: float
) -> FigureRow:
    found = [next((p for p in column if p in series.periods), None) for column in columns]
    title = context.text(series.title, TITLE_LENGTH)
    if found[-1] is None and not series.periods[0].end:
        found[-1] = series.periods[0]
        title = context.wording("figures.without_date", figure=title)
    values = [p.value if p and isinstance(p.value, Interval) else None for p in found]
    factor = scale if series.unit == "money" else 1.0
    return FigureRow(
        title=title,
        values=tuple(_short_number(context, v, series, factor) if v else "" for v in values),
        change=_change(context, values),
        chart=_bars(values),
        kind=context.wording.label("kind", series.periods[0].kind),
    )


def _short_number(context: ViewContext, value: Interval, series: FigureSeries, scale: float) -> str:
    """Returns a number in the scale of its table: 57.4, ≥ 5, 20–30."""
    unit = series.unit
    low, high = value.finite()

    def shown(end: float) -> str:
        return (
            numbers.value(Interval.point(end), unit, context.language) if scale == 1.0 else numbers.scaled(end, scale)
        )

    if is_open_loss(value, series.figure):
        return context.wording("why.loss", amount=shown(-value.hi))
    if low is not None and high is not None:
        return shown(low) if low == high else f"{shown(low)}–{shown(high)}"
    return f"≥ {shown(low)}" if low is not None else f"≤ {shown(high)}" if high is not None else ""


def _change(context: ViewContext, values: Sequence[Interval | None]) -> str:
    """Returns the change of the latest value from the one in the previous column."""
    if len(values) < 2 or not (before := values[-2]) or not (after := values[-1]):
        return ""
    if not (before.is_point and after.is_point):
        return ""
    old, new = before.lo, after.lo
    if old > 0 > new:
        return context.wording("figures.negative")
    if old < 0 < new:
        return context.wording("figures.positive")
    if old == 0 or old == new:
        return "" if old else "–"
    return relative_change(old, new, context.language)


def relative_change(old: float, new: float, language: str) -> str:
    """Returns the change of a number relative to its previous size: `+8 %`, `−30 %`, `12×`."""
    change = (new - old) / abs(old)
    if change >= 9.995:
        return f"{significant(new / old, 2)}×" if old > 0 else "> 999 %"
    digits = 0 if abs(change) >= 0.0995 else 1
    shown = f"{change * 100:+.{digits}f}".replace("-", "−")
    return f"{shown} %" if language == "en" else f"{shown}%"


def _bars(values: Sequence[Interval | None]) -> MiniChart | None:
    """Returns a bar for each period, with the latest highlighted; None if there are fewer than two."""
    points = [v.lo if v is not None and v.is_point else None for v in values]
    known = [p for p in points if p is not None]
    if len(known) < 2 or not any(known):
        return None
    top, bottom = max(0.0, *known), min(0.0, *known)
    span, height, width = top - bottom, 16, 7
    if not math.isfinite(span):
        return None
    zero = top / span * height
    rects = []
    for n, point in enumerate(points):
        if point is not None:
            size = max(abs(point) / span * height, 0.8)
            y = zero - size if point >= 0 else zero
            rects.append(Rect(n * (width + 2), px(y), width, px(size), 0, "now" if n == len(points) - 1 else "old"))
    return MiniChart(len(points) * (width + 2) - 2, height, tuple(rects))


def lacking_figures(context: ViewContext) -> tuple[LackingFigure, ...]:
    """Returns figures that a credit analyst expects, a rule needs, and the profile does not state."""
    return tuple(_lacking(context))


def _lacking(context: ViewContext) -> Iterator[LackingFigure]:
    inputs = {i.key: i for i in context.result.inputs}
    known = {s.figure for s in context.result.history}
    for name in EXPECTED:
        if name in inputs and name not in known:
            yield LackingFigure(context.text(inputs[name].title, TITLE_LENGTH), context.wording(f"lacks.{name}"))
    share = next(
        (i for key, i in inputs.items() if key.startswith("customers[") and key.endswith("].share_of_revenue")), None
    )
    if share is not None:
        yield LackingFigure(context.text(share.title, TITLE_LENGTH), context.whose(share.company, share.about))
