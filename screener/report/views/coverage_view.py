"""The coverage: the outcomes of all rules that count, as numbers that add up and as one bar."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from screener.report.charts.shapes import Caption, Chart, Rect, chart_of, px
from screener.report.views.view_context import ViewContext
from screener.vocabulary import Flag, Outcome


class TallyItem(NamedTuple):
    """The number of rules with one outcome."""

    number: int
    text: str
    css_class: str  # CSS class of its part of the bar


def tally_items(context: ViewContext) -> tuple[TallyItem, ...]:
    """Returns the red and green rules that count, by outcome; they add up to the rules that apply."""
    classes = {"red": "critical", "green": "clear", "clear": "pass", "not_earned": "unearned", "unknown": "open"}
    counts = _counted_rules(context)
    return tuple(TallyItem(counts[kind], text, classes[kind]) for kind, text in _texts(context, counts))


def rule_tally(context: ViewContext) -> tuple[str, ...]:
    """Returns the same as texts, with all clear rules as one number, then the other rules that fired."""
    counts = _counted_rules(context)
    counts["clear"] += counts.pop("not_earned")
    return (*(text for _, text in _texts(context, counts)), *other_tally(context))


def _counted_rules(context: ViewContext) -> dict[str, int]:
    """Returns the number of red and green rules that count by outcome; a green rule that is clear is `not_earned`."""
    found = Counter((f.flag, f.outcome) for f in context.result.findings if f.scored and f.flag.scores)
    return {
        "red": found[Flag.RED, Outcome.FIRED],
        "green": found[Flag.GREEN, Outcome.FIRED],
        "clear": found[Flag.RED, Outcome.CLEAR],
        "not_earned": found[Flag.GREEN, Outcome.CLEAR],
        "unknown": found[Flag.RED, Outcome.UNKNOWN] + found[Flag.GREEN, Outcome.UNKNOWN],
    }


def _texts(context: ViewContext, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Returns the text of each kind that occurs, and in any case those of red flags and undecided rules."""
    total = f"{context.result.coverage.total:,}"
    for kind, n in counts.items():
        if n or kind in ("red", "unknown"):
            yield kind, context.wording.plural(f"tally.{kind}", n, total=total)


def other_tally(context: ViewContext) -> tuple[str, ...]:
    """Returns the other fired rules: patterns, flags on the data, flags that do not count."""
    fired = context.with_outcome("fired")
    counts = (
        ("pattern", sum(f.scored and f.flag is Flag.PATTERN for f in fired)),
        ("data", sum(f.scored and f.flag is Flag.DATA for f in fired)),
        ("aside", sum(not f.scored for f in fired)),
    )
    return tuple(context.wording.plural(f"tally.{kind}", n) for kind, n in counts if n)


def coverage_chart(items: tuple[TallyItem, ...], title: str) -> Chart:
    """Returns the outcomes as one stacked bar over all rules that apply."""
    total, at = sum(item.number for item in items) or 1, 0.0
    rects = []
    for item in items:
        share = item.number / total * 100
        if item.number:
            rects.append(Rect(px(at), 0, px(max(share - 0.4, 0.4)), 12, 0, item.css_class))
        at += share
    caption = Caption(title, "; ".join(item.text for item in items))
    return chart_of(rects, "stack", caption, (400, 12), fluid=True)
