"""The sections after the flags: money flow, what is unknown, sources that disagree, the list of sources."""

import math
import re
from collections.abc import Sequence

from screener.report import number_format as numbers
from screener.report.charts.flow_chart import MAX_ARROWS, PaymentArrow, Remark, flow_chart
from screener.report.charts.shapes import Caption, Rect, fit_text, px
from screener.report.number_format import tidy
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH, safe_url
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import (
    ClaimView,
    DisputedFigure,
    IgnoredClaim,
    Link,
    Lookup,
    LookupGroup,
    MiniChart,
    MoneyFlows,
    Payment,
    SourceRow,
)
from screener.result.finding_records import ClaimLine, OpenInput
from screener.result.model import FlowLine
from screener.units import significant

MAX_LOOPS = 6
_MEMBER = re.compile(r"\[\d+\]")


def money_flows(context: ViewContext) -> MoneyFlows | None:
    """Returns the payments between companies; None if no flow is known."""
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
    summary = wording.series(_payment_sentence(context, row) for row in payments[:8])
    caption = Caption(wording("money.title"), wording("money.desc", text=summary))
    remarks = {n: _remarks(context, i) for n, i in enumerate(ids)}
    chart = flow_chart([context.company_name(i) for i in ids], 0, loops, arrows, caption, remarks=remarks)
    return MoneyFlows(chart, payments, tuple(sentences), wide=chart.width > 600)


def _remarks(context: ViewContext, company: str) -> list[Remark]:
    """Returns the revenue of a company, and whether it makes a loss, if known."""
    revenue, income = (context.latest_of(company, figure) for figure in ("revenue", "net_income"))
    remarks = []
    if revenue is not None and revenue.is_point:
        amount = context.value_text(revenue, "money", "revenue", None)
        remarks.append(Remark(context.wording("money.revenue", amount=amount)))
    if income is not None and income.hi < 0:
        remarks.append(Remark(context.wording("money.loss_making"), "critical"))
    return remarks


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
    remarks = (context.wording("money.not_binding") if f.binding is False else "", payment.against)
    second_line = context.wording("comma").join(filter(None, remarks))
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
        against=_against_revenue(context, f),
    )


def _against_revenue(context: ViewContext, f: FlowLine) -> str:
    """Returns an amount as a multiple of the payer's yearly revenue, if it exceeds that."""
    revenue = context.latest_of(f.payer, "revenue")
    if f.amount is None or revenue is None or not (f.amount.is_point and revenue.is_point and revenue.lo > 0):
        return ""
    times = f.amount.lo / revenue.lo
    if times < 1:
        return ""
    return context.wording("money.times_revenue", times=f"{significant(times, 2)}×")


def _payment_sentence(context: ViewContext, row: Payment) -> str:
    return context.wording("money.flow", payer=row.payer, what=row.kind, payee=row.payee, amount=row.amount)


def _loop_sentence(context: ViewContext, members: tuple[str, ...], weakest: int) -> str:
    names = [context.company_name(m) for m in members]
    here = weakest % len(names)
    return context.wording(
        "money.loop", members=" → ".join([*names, names[0]]), payer=names[here], payee=names[(here + 1) % len(names)]
    )


def lookups(context: ViewContext) -> tuple[Lookup, ...]:
    """Returns the inputs to look up, the most useful first."""
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
    return Lookup(
        title=context.text(line.title, TITLE_LENGTH),
        whose=context.whose(line.company, line.about),
        decides=shown,
        more=more,
        score_after=then,
        look_at=context.look_at(line),
    )


def lookup_groups(context: ViewContext) -> tuple[LookupGroup, ...]:
    """Returns the inputs to look up, grouped by field over several relations, the most useful first."""
    groups: dict[tuple[str, str], list[OpenInput]] = {}
    for line in context.result.inputs:
        groups.setdefault((_MEMBER.sub("[]", line.key), line.title.en), []).append(line)
    return tuple(_lookup_group(context, lines) for lines in groups.values() if any(line.settles for line in lines))


def _lookup_group(context: ViewContext, lines: Sequence[OpenInput]) -> LookupGroup:
    wording, score = context.wording, context.result.score
    first = lines[0]
    low, high = min(line.low for line in lines), max(line.high for line in lines)
    whose = context.whose(first.company, first.about)
    if len(lines) > 1:
        whose = wording("unknown.whose_more", first=whose, n=f"{len(lines) - 1:,}") if whose else ""
    rules = {rule for line in lines for rule in line.settles}
    bars = (
        Rect(px(score.low), 3, px(max(score.high - score.low, 0.8)), 4, 0, "span"),
        Rect(px(low), 1, px(max(high - low, 1.5)), 8, 0, "then"),
    )
    return LookupGroup(
        title=context.text(first.title, TITLE_LENGTH),
        whose=whose,
        rules=wording.plural("unknown.decides", len(rules)),
        score_after=numbers.score_range(low, high),
        chart=MiniChart(100, 10, bars),
        look_at=next((found for line in lines if (found := context.look_at(line))), ""),
    )


def disputed_figures(context: ViewContext) -> tuple[DisputedFigure, ...]:
    """Returns figures whose sources disagree, each with the claim that is used first."""
    shown = []
    for c in context.result.conflicts:
        gap = ""
        if c.gap is not None and math.isfinite(c.gap):
            gap = context.wording("conflicts.gap", gap=numbers.amount(c.gap, "fraction", context.language))
        sayings = tuple(_claim_view(context, line, c.unit, c.figure, c.currency) for line in c.claims[:12])
        shown.append(DisputedFigure(context.text(c.title, TITLE_LENGTH), context.whose(c.company), gap, sayings))
    return tuple(shown)


def ignored_claim_views(context: ViewContext) -> tuple[IgnoredClaim, ...]:
    """Returns the claims that are not used, and why."""
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
    """Returns the sources of the profile."""
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
