"""The sections after the flags: money flow, what is unknown, the waterfall, sources that disagree, the list of sources."""

import math
from itertools import groupby

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.flow_chart import MAX_ARROWS, PaymentArrow, flow_chart
from screener.report.charts.shapes import Chart, fit_text
from screener.report.number_format import tidy
from screener.report.views.view_context import NAME_LENGTH, TITLE_LENGTH, ViewContext, safe_url
from screener.report.views.view_models import (
    Badge,
    ClaimView,
    DisputedFigure,
    IgnoredClaim,
    Link,
    Lookup,
    MoneyFlows,
    Payment,
    SourceRow,
    WaterfallRow,
)
from screener.result.model import ClaimLine, FlowLine, OpenInput, WaterfallStep

MAX_LOOPS = 6
MAX_STEPS = 8


def money_flows(context: ViewContext) -> MoneyFlows | None:
    """Who pays whom; None where no flow is known."""
    result, wording = context.result, context.wording
    lines = sorted(result.flows, key=lambda f: (not f.loop, -_flow_amount(f)))
    if not lines:
        return None
    ids = list(dict.fromkeys([context.company.id, *(i for f in lines for i in (f.payer, f.payee))]))
    largest = max((_flow_amount(f) for f in lines), default=0.0)
    arrows = [_flow_arrow(context, f, ids, largest) for f in lines]
    loops = [[ids.index(m) for m in lp.members if m in ids] for lp in result.loops]
    rows = tuple(_payment(context, f) for f in lines)
    loop_sentences = tuple(
        _loop_sentence(context, lp.members, lp.weakest) for lp in result.loops[:MAX_LOOPS] if lp.members
    )
    first = "; ".join(_payment_sentence(context, r) for r in rows[:8])
    left = len([f for f in lines if f.payer != f.payee]) - MAX_ARROWS
    note = wording.plural("money.left_out", left) if left > 0 else ""
    chart = flow_chart(
        [context.company_name(i) for i in ids],
        0,
        loops,
        arrows,
        wording("money.title"),
        wording("money.desc", text=first),
    )
    return MoneyFlows(chart, rows, (*loop_sentences, *([note] if note else [])), chart.width > 600)


def _flow_amount(line: FlowLine) -> float:
    if line.amount is None:
        return 0.0
    low, high = line.amount.finite()
    return max(low or 0.0, 0.0) or max(high or 0.0, 0.0)


def _flow_arrow(context: ViewContext, f: FlowLine, ids: list[str], largest: float) -> PaymentArrow:
    row, size = _payment(context, f), _flow_amount(f)
    share = None
    if size > 0:
        share = 1.0 if largest <= 0 else max(0.0, 1 + (math.log10(size) - math.log10(largest)) / 3)
    known = row.amount if f.amount is not None else ""
    under = context.wording("money.not_binding") if f.binding is False else ""
    if f.amount is None and not under:
        under = context.wording("money.amount_unknown")
    text = " ".join(t for t in (fit_text(row.kind, 80), known) if t)
    return PaymentArrow(ids.index(f.payer), ids.index(f.payee), text, under, share, f.binding is False, f.loop)


def _payment(context: ViewContext, f: FlowLine) -> Payment:
    wording = context.wording
    amount = context.value_text(f.amount, "money", "", None)
    binding = {True: "money.is_binding", False: "money.not_binding", None: "money.binding_unknown"}[f.binding]
    return Payment(
        context.company_name(f.payer),
        wording.label("verb", f.what) if f.what else wording("verb.pays"),
        amount,
        context.company_name(f.payee),
        wording(binding),
        context.source_link(f.source),
    )


def _payment_sentence(context: ViewContext, row: Payment) -> str:
    return context.wording("money.flow", payer=row.payer, what=row.kind, payee=row.payee, amount=row.amount)


def _loop_sentence(context: ViewContext, members: tuple[str, ...], weakest: int) -> str:
    names = [context.company_name(m) for m in members]
    here = weakest % len(names)
    return context.wording(
        "money.loop",
        members=" → ".join([*names, names[0]]),
        payer=names[here],
        payee=names[(here + 1) % len(names)],
    )


def lookups(context: ViewContext) -> tuple[Lookup, ...]:
    """What to find out, most useful first."""
    return tuple(_lookup(context, i) for i in context.result.inputs)


def _lookup(context: ViewContext, line: OpenInput) -> Lookup:
    wording = context.wording
    most = 3
    shown = tuple(context.rule_title(r) for r in line.settles[:most])
    rest = len(line.settles) - len(shown)
    more = wording.plural("unknown.more", rest) if rest else ""
    if not shown:
        more = wording.plural("unknown.alone", len(line.waits))
    then = numbers.score_range(line.low, line.high)
    return Lookup(context.text(line.title, TITLE_LENGTH), context.whose(line.company, line.about), shown, more, then)


def score_waterfall(context: ViewContext) -> tuple[Chart, tuple[WaterfallRow, ...]] | None:
    """How each flag moves the score; None where none does.

    A flag whose cause is counted already moves nothing: it stands in the table only. Of what raises it, and of what
    lowers it, the last beyond MOST_STEPS are drawn as one.
    """
    wording, steps = context.wording, context.result.waterfall
    rows = tuple(
        WaterfallRow(
            context.text(s.title, TITLE_LENGTH),
            _step_badge(context, s),
            numbers.signed(s.end - s.start),
            numbers.score(s.end),
        )
        for s in steps
    )
    moving = [
        (r.title, s.start, s.end, r.badge.css_class, r.points)
        for r, s in zip(rows, steps, strict=True)
        if r.points != "0"
    ]
    if not moving:
        return None
    drawn = []
    for _, group in groupby(moving, lambda step: step[2] > step[1]):
        alike = list(group)
        tail = alike[MAX_STEPS - 1 :]
        if len(tail) > 1:
            start, end = tail[0][1], tail[-1][2]
            rest = wording.plural("waterfall.rest", len(tail))
            alike[MAX_STEPS - 1 :] = [(rest, start, end, "unknown", numbers.signed(end - start))]
        drawn += alike
    score = context.result.score
    bands = (score.caution_from, score.avoid_from)
    return bars.waterfall_chart(drawn, bands, wording("waterfall.title"), wording("waterfall.desc")), rows


def _step_badge(context: ViewContext, step: WaterfallStep) -> Badge:
    finding = context.findings.get(step.rule)
    if finding:
        return context.badge(finding)
    return Badge("clear" if step.flag == "green" else "medium", context.wording.label("severity", step.severity))


def disputed_figures(context: ViewContext) -> tuple[DisputedFigure, ...]:
    """Figures whose sources disagree, the claim that is used first."""
    shown = []
    for c in context.result.conflicts:
        gap = ""
        if c.gap is not None and math.isfinite(c.gap):
            gap = context.wording("conflicts.gap", gap=numbers.amount(c.gap, "fraction", context.language))
        sayings = tuple(_claim_view(context, line, c.unit, c.figure, c.currency) for line in c.claims[:12])
        shown.append(DisputedFigure(context.text(c.title, TITLE_LENGTH), context.whose(c.company), gap, sayings))
    return tuple(shown)


def ignored_claims(context: ViewContext) -> tuple[IgnoredClaim, ...]:
    """Claims that do not count, and why."""
    titles = {e.figure: (e.title, e.unit) for f in context.result.findings for e in f.evidence}
    shown = []
    for figure, line in context.result.ignored[:60]:
        title, unit = titles.get(figure, (None, ""))
        name = context.text(title, TITLE_LENGTH) if title else tidy(figure, NAME_LENGTH).replace("_", " ")
        shown.append(IgnoredClaim(name, _claim_view(context, line, unit, figure, None)))
    return tuple(shown)


def _claim_view(context: ViewContext, line: ClaimLine, unit: str, figure: str, currency: str | None) -> ClaimView:
    value, period, source = context.claim(line, unit or "number", figure, currency)
    return ClaimView(value, period, line.used, context.text(line.why_not, 200), source)


def source_rows(context: ViewContext) -> tuple[SourceRow, ...]:
    """The sources of the profile."""
    return tuple(
        SourceRow(
            Link(context.text(s.title, 160) or tidy(s.key, NAME_LENGTH), safe_url(s.url)),
            context.wording.label("kind", s.kind),
            " · ".join(
                d
                for d in (
                    tidy(s.publisher, NAME_LENGTH),
                    numbers.date(s.date, context.language),
                    context.wording.plural("method.used", s.figures),
                )
                if d
            ),
        )
        for s in context.result.sources
    )
