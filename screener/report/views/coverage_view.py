"""How much is decided: the outcomes of all rules that count, as numbers that add up and as one bar."""

from typing import NamedTuple

from screener.report.charts.shapes import Caption, Chart, Rect, chart_of, px
from screener.report.views.view_context import ViewContext
from screener.vocabulary import Flag, Outcome


class TallyItem(NamedTuple):
    """How many rules have one outcome."""

    number: int
    text: str
    css_class: str  # of its part of the bar


def tally_items(context: ViewContext) -> tuple[TallyItem, ...]:
    """The red and green rules that count, by outcome; they add up to the rules that apply."""
    counted = [f for f in context.result.findings if f.scored and f.flag.scores]

    def number(flag: Flag, outcome: Outcome) -> int:
        return sum(f.flag is flag and f.outcome is outcome for f in counted)

    counts = (
        ("red", number(Flag.RED, Outcome.FIRED), "critical"),
        ("green", number(Flag.GREEN, Outcome.FIRED), "clear"),
        ("clear", number(Flag.RED, Outcome.CLEAR), "pass"),
        ("not_earned", number(Flag.GREEN, Outcome.CLEAR), "unearned"),
        ("unknown", number(Flag.RED, Outcome.UNKNOWN) + number(Flag.GREEN, Outcome.UNKNOWN), "open"),
    )
    total = context.result.coverage.total
    return tuple(
        TallyItem(n, context.wording.plural(f"tally.{kind}", n, total=f"{total:,}"), css_class)
        for kind, n, css_class in counts
        if n or kind in ("red", "unknown")
    )


def other_tally(context: ViewContext) -> tuple[str, ...]:
    """What else fired: patterns, flags on the data, flags that do not count."""
    fired = context.with_outcome("fired")
    counts = (
        ("pattern", sum(f.scored and f.flag is Flag.PATTERN for f in fired)),
        ("data", sum(f.scored and f.flag is Flag.DATA for f in fired)),
        ("aside", sum(not f.scored for f in fired)),
    )
    return tuple(context.wording.plural(f"tally.{kind}", n) for kind, n in counts if n)


def coverage_chart(items: tuple[TallyItem, ...], title: str) -> Chart:
    """The outcomes as one stacked bar over all rules that apply."""
    total, at = sum(item.number for item in items) or 1, 0.0
    rects = []
    for item in items:
        share = item.number / total * 100
        if item.number:
            rects.append(Rect(px(at), 0, px(max(share - 0.4, 0.4)), 12, 0, item.css_class))
        at += share
    caption = Caption(title, "; ".join(item.text for item in items))
    return chart_of(rects, "stack", caption, (400, 12), fluid=True)
