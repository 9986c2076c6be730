"""The sections after the flags: money flow, what is unknown, the waterfall, sources that disagree, the list of sources."""

import math
from itertools import groupby

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.flow_chart import MOST_ARROWS, Arrow, flow
from screener.report.charts.shapes import Chart, fit
from screener.report.number_format import tidy
from screener.report.views.parts import (
    Dispute,
    Flow,
    Ignored,
    Link,
    Lookup,
    Mark,
    Money,
    Saying,
    SourceRow,
    WaterfallRow,
)
from screener.report.views.view_context import NAME, TITLE, Context, safe_url
from screener.result.model import ClaimLine, FlowLine, OpenInput, WaterfallStep

MOST_LOOPS = 6
MOST_STEPS = 8


def money(context: Context) -> Money | None:
    """Who pays whom; None where no flow is known."""
    result, words = context.result, context.words
    lines = sorted(result.flows, key=lambda f: (not f.loop, -_size(f)))
    if not lines:
        return None
    ids = list(dict.fromkeys([context.company.id, *(i for f in lines for i in (f.payer, f.payee))]))
    largest = max((_size(f) for f in lines), default=0.0)
    arrows = [_arrow(context, f, ids, largest) for f in lines]
    loops = [[ids.index(m) for m in lp.members if m in ids] for lp in result.loops]
    rows = tuple(_flow(context, f) for f in lines)
    said = tuple(_loop(context, lp.members, lp.weakest) for lp in result.loops[:MOST_LOOPS] if lp.members)
    first = "; ".join(_sentence(context, r) for r in rows[:8])
    left = len([f for f in lines if f.payer != f.payee]) - MOST_ARROWS
    note = words.count("money.left_out", left) if left > 0 else ""
    chart = flow(
        [context.name(i) for i in ids], 0, loops, arrows, words("money.title"), words("money.desc", text=first)
    )
    return Money(chart, rows, (*said, *([note] if note else [])), chart.width > 600)


def _size(line: FlowLine) -> float:
    if line.amount is None:
        return 0.0
    low, high = line.amount.finite()
    return max(low or 0.0, 0.0) or max(high or 0.0, 0.0)


def _arrow(context: Context, f: FlowLine, ids: list[str], largest: float) -> Arrow:
    row, size = _flow(context, f), _size(f)
    share = None
    if size > 0:
        share = 1.0 if largest <= 0 else max(0.0, 1 + (math.log10(size) - math.log10(largest)) / 3)
    known = row.amount if f.amount is not None else ""
    under = context.words("money.not_binding") if f.binding is False else ""
    if f.amount is None and not under:
        under = context.words("money.amount_unknown")
    text = " ".join(t for t in (fit(row.what, 80), known) if t)
    return Arrow(ids.index(f.payer), ids.index(f.payee), text, under, share, f.binding is False, f.loop)


def _flow(context: Context, f: FlowLine) -> Flow:
    words = context.words
    amount = context.value(f.amount, "money", "", None)
    binding = {True: "money.is_binding", False: "money.not_binding", None: "money.binding_unknown"}[f.binding]
    return Flow(
        context.name(f.payer),
        words.of("verb", f.what) if f.what else words("verb.pays"),
        amount,
        context.name(f.payee),
        words(binding),
        context.source_link(f.source),
    )


def _sentence(context: Context, row: Flow) -> str:
    return context.words("money.flow", payer=row.payer, what=row.what, payee=row.payee, amount=row.amount)


def _loop(context: Context, members: tuple[str, ...], weakest: int) -> str:
    names = [context.name(m) for m in members]
    here = weakest % len(names)
    return context.words(
        "money.loop",
        members=" → ".join([*names, names[0]]),
        payer=names[here],
        payee=names[(here + 1) % len(names)],
    )


def lookups(context: Context) -> tuple[Lookup, ...]:
    """What to find out, most useful first."""
    return tuple(_lookup(context, i) for i in context.result.inputs)


def _lookup(context: Context, line: OpenInput) -> Lookup:
    words = context.words
    most = 3
    shown = tuple(context.title(r) for r in line.settles[:most])
    rest = len(line.settles) - len(shown)
    more = words.count("unknown.more", rest) if rest else ""
    if not shown:
        more = words.count("unknown.alone", len(line.waits))
    then = numbers.score_range(line.low, line.high)
    return Lookup(context.text(line.title, TITLE), context.whose(line.company, line.about), shown, more, then)


def waterfall(context: Context) -> tuple[Chart, tuple[WaterfallRow, ...]] | None:
    """How each flag moves the score; None where none does.

    A flag whose cause is counted already moves nothing: it stands in the table only. Of what raises it, and of what
    lowers it, the last beyond MOST_STEPS are drawn as one.
    """
    words, steps = context.words, context.result.waterfall
    rows = tuple(
        WaterfallRow(
            context.text(s.title, TITLE),
            _step_mark(context, s),
            numbers.signed(s.end - s.start),
            numbers.score(s.end),
        )
        for s in steps
    )
    moving = [
        (r.title, s.start, s.end, r.mark.look, r.points) for r, s in zip(rows, steps, strict=True) if r.points != "0"
    ]
    if not moving:
        return None
    drawn = []
    for _, group in groupby(moving, lambda step: step[2] > step[1]):
        alike = list(group)
        tail = alike[MOST_STEPS - 1 :]
        if len(tail) > 1:
            start, end = tail[0][1], tail[-1][2]
            rest = words.count("waterfall.rest", len(tail))
            alike[MOST_STEPS - 1 :] = [(rest, start, end, "unknown", numbers.signed(end - start))]
        drawn += alike
    score = context.result.score
    bands = (score.caution_from, score.avoid_from)
    return bars.waterfall(drawn, bands, words("waterfall.title"), words("waterfall.desc")), rows


def _step_mark(context: Context, step: WaterfallStep) -> Mark:
    finding = context.findings.get(step.rule)
    if finding:
        return context.mark(finding)
    return Mark("clear" if step.flag == "green" else "medium", context.words.of("severity", step.severity))


def disputes(context: Context) -> tuple[Dispute, ...]:
    """Figures whose sources disagree, the claim that is used first."""
    shown = []
    for c in context.result.conflicts:
        gap = ""
        if c.gap is not None and math.isfinite(c.gap):
            gap = context.words("conflicts.gap", gap=numbers.amount(c.gap, "fraction", context.language))
        sayings = tuple(_saying(context, line, c.unit, c.figure, c.currency) for line in c.claims[:12])
        shown.append(Dispute(context.text(c.title, TITLE), context.whose(c.company), gap, sayings))
    return tuple(shown)


def ignored(context: Context) -> tuple[Ignored, ...]:
    """Claims that do not count, and why."""
    titles = {e.figure: (e.title, e.unit) for f in context.result.findings for e in f.evidence}
    shown = []
    for figure, line in context.result.ignored[:60]:
        title, unit = titles.get(figure, (None, ""))
        name = context.text(title, TITLE) if title else tidy(figure, NAME).replace("_", " ")
        shown.append(Ignored(name, _saying(context, line, unit, figure, None)))
    return tuple(shown)


def _saying(context: Context, line: ClaimLine, unit: str, figure: str, currency: str | None) -> Saying:
    value, period, source = context.claim(line, unit or "number", figure, currency)
    return Saying(value, period, line.used, context.text(line.why_not, 200), source)


def sources(context: Context) -> tuple[SourceRow, ...]:
    """The sources of the profile."""
    return tuple(
        SourceRow(
            Link(context.text(s.title, 160) or tidy(s.key, NAME), safe_url(s.url)),
            context.words.of("kind", s.kind),
            " · ".join(
                d
                for d in (
                    tidy(s.publisher, NAME),
                    numbers.date(s.date, context.language),
                    context.words.count("method.used", s.figures),
                )
                if d
            ),
        )
        for s in context.result.sources
    )
