"""The sections after the flags: money flow, what is unknown, the waterfall, sources that disagree, the list of sources."""

import math
from itertools import groupby

from screener.report import number_format as numbers
from screener.report.charts.bars import WaterfallBar, waterfall_chart
from screener.report.charts.flow_chart import MAX_ARROWS, PaymentArrow, flow_chart
from screener.report.charts.shapes import Caption, Chart, fit_text
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
    flows = sorted(result.flows, key=lambda f: (not f.loop, -_flow_amount(f)))
    if not flows:
        return None
    ids = list(dict.fromkeys([context.company.id, *(i for f in flows for i in (f.payer, f.payee))]))
    largest = max(_flow_amount(f) for f in flows)
    payments = tuple(_payment(context, f) for f in flows)
    arrows = [_flow_arrow(context, f, row, ids, largest) for f, row in zip(flows, payments, strict=True)]
    loops = [[ids.index(m) for m in loop.members if m in ids] for loop in result.loops]
    sentences = [_loop_sentence(context, lp.members, lp.weakest) for lp in result.loops[:MAX_LOOPS] if lp.members]
    omitted = sum(f.payer != f.payee for f in flows) - MAX_ARROWS
    if omitted > 0:
        sentences.append(wording.plural("money.left_out", omitted))
    summary = "; ".join(_payment_sentence(context, row) for row in payments[:8])
    caption = Caption(wording("money.title"), wording("money.desc", text=summary))
    chart = flow_chart([context.company_name(i) for i in ids], 0, loops, arrows, caption)
    return MoneyFlows(chart, payments, tuple(sentences), wide=chart.width > 600)


def _flow_amount(line: FlowLine) -> float:
    if line.amount is None:
        return 0.0
    low, high = line.amount.finite()
    return max(low or 0.0, 0.0) or max(high or 0.0, 0.0)


def _flow_arrow(context: ViewContext, f: FlowLine, payment: Payment, ids: list[str], largest: float) -> PaymentArrow:
    amount = _flow_amount(f)
    size = None  # relative to the largest, over three orders of magnitude
    if amount > 0:
        size = 1.0 if largest <= 0 else max(0.0, 1 + (math.log10(amount) - math.log10(largest)) / 3)
    second_line = context.wording("money.not_binding") if f.binding is False else ""
    if f.amount is None and not second_line:
        second_line = context.wording("money.amount_unknown")
    known_amount = payment.amount if f.amount is not None else ""
    return PaymentArrow(
        payer=ids.index(f.payer),
        payee=ids.index(f.payee),
        text=" ".join(part for part in (fit_text(payment.kind, 80), known_amount) if part),
        second_line=second_line,
        size=size,
        dashed=f.binding is False,
        loop=f.loop,
    )


def _payment(context: ViewContext, f: FlowLine) -> Payment:
    wording = context.wording
    binding = {True: "money.is_binding", False: "money.not_binding", None: "money.binding_unknown"}[f.binding]
    return Payment(
        payer=context.company_name(f.payer),
        kind=wording.label("verb", f.what) if f.what else wording("verb.pays"),
        amount=context.value_text(f.amount, "money", "", None),
        payee=context.company_name(f.payee),
        binding=wording(binding),
        source=context.source_link(f.source),
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

    A flag whose cause is counted already moves nothing: it is in the table only. Of the flags that raise the score, and of those
    that lower it, the last beyond MAX_STEPS are drawn as one step.
    """
    wording, score = context.wording, context.result.score
    rows, steps = [], []
    for step in context.result.waterfall:
        title, badge = context.text(step.title, TITLE_LENGTH), _step_badge(context, step)
        points = numbers.signed(step.end - step.start)
        rows.append(WaterfallRow(title, badge, points, score_after=numbers.score(step.end)))
        if points != "0":
            steps.append(WaterfallBar(title, step.start, step.end, badge.css_class, points))
    if not steps:
        return None
    drawn: list[WaterfallBar] = []
    for _, group in groupby(steps, lambda step: step.end > step.start):
        alike = list(group)
        tail = alike[MAX_STEPS - 1 :]
        if len(tail) > 1:
            name, start, end = wording.plural("waterfall.rest", len(tail)), tail[0].start, tail[-1].end
            alike[MAX_STEPS - 1 :] = [WaterfallBar(name, start, end, "unknown", numbers.signed(end - start))]
        drawn += alike
    caption = Caption(wording("waterfall.title"), wording("waterfall.desc"))
    return waterfall_chart(drawn, (score.caution_from, score.avoid_from), caption), tuple(rows)


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
