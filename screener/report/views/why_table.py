"""Every fired flag on one line: its figure and limit, the weakest source that it depends on, and its points."""

import re
from collections.abc import Iterator

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.charts.shapes import Rect, px
from screener.report.views.badges import flag_anchor
from screener.report.views.display_text import TITLE_LENGTH, keep_units_together
from screener.report.views.flag_views import flag_state, headline_text, is_favourable, leading_figure
from screener.report.views.view_context import ViewContext, is_open_loss
from screener.report.views.view_models import MiniChart, NumberText, WhyRow
from screener.result.field_types import Value
from screener.result.finding_records import Finding
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag

_WORD = re.compile(r"[a-z-]+")
MAX_NAMES = 3  # greatest number of companies and relations named
MAX_FIGURE = 14  # width of the column of figures, in characters


def why_rows(context: ViewContext) -> tuple[WhyRow, ...]:
    """Returns all findings that fired: those against the company, worst first, those in its favour, and those on the
    data."""
    fired = context.with_outcome("fired")
    order = sorted(fired, key=lambda f: (f.flag is Flag.DATA, is_favourable(f), not f.scored))
    return tuple(_why_row(context, f) for f in order)


def _why_row(context: ViewContext, f: Finding) -> WhyRow:
    figure, limit = _figure_and_limit(context, f)
    kind = weakest_kind(f)
    return WhyRow(
        href=f"#{flag_anchor(f.rule)}",
        badge=context.badge(f),
        title=context.text(f.title, TITLE_LENGTH),
        figure=figure,
        limit=limit,
        details=" · ".join(_details(context, f)),
        kind=context.wording.label("kind", kind) if kind else "",
        kind_class=kind or "",
        points=_points(context, f),
        moves=_moves(context, f),
        is_brief=not f.points and f.rule not in context.result.verdict.because,
    )


def weakest_kind(finding: Finding) -> ClaimKind | None:
    """Returns the least trusted kind of source among the evidence; a computed value is as reliable as its inputs."""
    kinds = [ClaimKind(e.kind) for e in finding.evidence if e.kind != ClaimKind.COMPUTED]
    return max(kinds, default=None)


def _figure_and_limit(context: ViewContext, f: Finding) -> tuple[str, str]:
    """Returns the number that decided a flag, with its limit; else that of its headline or evidence."""
    headline = leading_figure(context, f)
    near = f.distances[0] if f.distances else None
    is_count = near is not None and near.unit == "count" and headline is not None
    if near is None or near.holds != "yes" or is_count:
        return _loss(context, f) or (_short(headline) if headline else ""), ""
    compared = next((e.figure for e in f.evidence if e.title == near.title), "")
    if is_open_loss(near.value, compared):
        return _least_loss(context, near.value), ""
    value = context.value_text(near.value, near.unit, compared, near.currency)
    if near.threshold.is_point and near.threshold.lo == 0 and near.unit == "money":
        return value, ""
    if not near.threshold.is_point:
        return value, ""
    shown = numbers.interval(near.threshold, near.unit, context.language)
    return value, context.wording("distance.limit_mark", limit=keep_units_together(shown))


def _loss(context: ViewContext, f: Finding) -> str:
    """Returns a loss of which only a lower bound is known, if that is the first number among the evidence."""
    first = next((e for e in f.evidence if isinstance(e.value, Interval) and e.unit != "count"), None)
    if first is None or not is_open_loss(first.value, first.figure):
        return ""
    if f.headline is not None and headline_text(context, f) == context.text(f.headline, 48):
        return ""
    return _least_loss(context, first.value)


def _least_loss(context: ViewContext, value: Value) -> str:
    assert isinstance(value, Interval)
    amount = numbers.amount(-value.hi, "money", context.language)
    return context.wording("why.loss", amount=keep_units_together(amount))


def _short(figure: NumberText) -> str:
    """Returns a figure for its column; if it is too long, without the text after the number, or also without that
    before it."""
    candidates = (figure.text, f"{figure.before} {figure.number}".strip(), f"{figure.number} {figure.after}".strip())
    return next((text for text in candidates if len(text) <= MAX_FIGURE), figure.number)


def _details(context: ViewContext, f: Finding) -> Iterator[str]:
    """Returns the company that a flag concerns, its headline, and the number and sum of further matches."""
    if any(e.figure == "flows" for e in f.evidence) and context.result.loops:
        members = [context.company_name(m) for m in context.result.loops[0].members]
        yield " → ".join([*members[:5], "…"] if len(members) > 5 else [*members, members[0]])
    else:
        yield from _names(context, f)
    headline = context.text(f.headline, 48)
    if f.flag is Flag.DATA and headline and not any(c.isdigit() for c in headline):
        yield headline
    if f.others:
        total = context.value_text(f.total, "money", "", None) if f.total is not None else ""
        key = "why.others_total" if total else "why.others"
        yield context.wording(key, n=f"{f.others:,}", total=total)


def _names(context: ViewContext, f: Finding) -> Iterator[str]:
    names = dict.fromkeys(_name(context, e.company, e.about) for e in f.evidence)
    names.pop("", None)
    shown = list(names)[:MAX_NAMES]
    if shown and not f.others:
        yield context.wording.enumerate(shown)
    elif shown:
        yield shown[0]


def _name(context: ViewContext, company: Text, about: Text | None) -> str:
    """Returns the subject of evidence: the other company or the relation, unless the relation has only a word of the
    catalogue."""
    named = about if about is None or not _WORD.fullmatch(about.en) or about.en != about.zh else None
    return context.whose(company, named).rpartition(" · ")[2]


def _points(context: ViewContext, f: Finding) -> str:
    """Returns the points of a flag, or why it has none."""
    wording = context.wording
    if not f.scored:
        return flag_state(context, f)[0] or wording("compare.not_scored")
    if f.flag is Flag.PATTERN:
        return wording("why.decides") if f.rule in context.result.verdict.because else ""
    if f.flag is Flag.DATA:
        return ""
    if f.points:
        return numbers.signed(f.points)
    counted = {o.cause for o in context.with_outcome("fired") if o.scored and o.points and o.flag is f.flag}
    return wording("why.same_cause") if f.cause and f.cause in counted else "0"


def _moves(context: ViewContext, f: Finding) -> MiniChart | None:
    step = next((s for s in context.result.waterfall if s.rule == f.rule and s.start != s.end), None)
    if step is None or numbers.signed(step.end - step.start) == "0":
        return None
    low, high = sorted((step.start, step.end))
    bar = Rect(px(low), 0, px(max(high - low, 0.8)), 8, 0, context.badge(f).css_class)
    return MiniChart(100, 8, (bar,))
