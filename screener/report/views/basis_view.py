"""What a verdict depends on, in sentences and as a table: filings alone, the deciding flags, what is unknown."""

from collections.abc import Iterator

from screener.report import number_format as numbers
from screener.report.views.badges import verdict_badge
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import Link, StandsLine, WhatIfRow
from screener.result.verdict_records import FigureChange, VerdictBasis, VerdictIf
from screener.vocabulary import ClaimKind, Flag, Verdict

MAX_FLAGS_NAMED = 3
MAX_ROWS = 6  # greatest number of flags in the table


def stands_lines(context: ViewContext) -> tuple[StandsLine, ...]:
    """Returns sentences on what the verdict depends on; none for results of earlier versions."""
    basis = context.result.basis
    if basis is None:
        return ()
    lines = (_filed(context, basis), _deciding_flags(context, basis), _unknown(context, basis))
    return tuple(line for line in lines if line is not None)


def _filed(context: ViewContext, basis: VerdictBasis) -> StandsLine | None:
    wording, kinds = context.wording, {kind for kind, number in context.result.kinds if number}
    if not kinds:
        return None
    if ClaimKind.FILED not in kinds:
        return StandsLine(wording("basis.none_filed"), ())
    if kinds == {ClaimKind.FILED}:
        return StandsLine(wording("basis.all_filed"), ())
    alone = basis.filed_alone
    values = {"decided": alone.decided, "total": alone.total, "score": _score(context, alone)}
    if alone.word is context.result.verdict.word:
        return StandsLine("", (Link(wording("basis.filed_same", **values)),))
    other = [s for s in context.result.sources if s.kind != ClaimKind.FILED and s.figures]
    strong = wording("basis.one_source" if len(other) == 1 else "basis.not_on_filings")
    text = wording("basis.filed_alone", verdict=wording.label("verdict", alone.word), **values)
    return StandsLine(strong, (Link(text),))


def _deciding_flags(context: ViewContext, basis: VerdictBasis) -> StandsLine | None:
    """Returns the flags without which the verdict would change."""
    wording = context.wording
    deciding = [w for w in basis.without if w.then.word is not context.result.verdict.word]
    plain = [w for w in deciding if _flag(context, w.rule) is not Flag.PATTERN] or deciding
    if not plain:
        return StandsLine("", (Link(wording("basis.no_single_flag")),)) if basis.without else None
    parts: list[Link] = []
    for word in dict.fromkeys(w.then.word for w in plain):
        rules = [w.rule for w in plain if w.then.word is word]
        start = wording("basis.without", verdict=wording.label("verdict", word))
        for n, rule in enumerate(rules[:MAX_FLAGS_NAMED]):
            parts += [Link(wording("basis.or") if n else start), context.rule_link(rule)]
        rest = len(rules) - MAX_FLAGS_NAMED
        parts.append(Link((wording("basis.or_more", n=rest) if rest > 0 else "") + wording("rule.stop")))
    return StandsLine("", tuple(parts))


def _unknown(context: ViewContext, basis: VerdictBasis) -> StandsLine | None:
    wording, word = context.wording, context.result.verdict.word
    if context.result.coverage.decided == context.result.coverage.total:
        return None
    best, worst = basis.best.word, basis.worst.word
    if best is worst:
        key = "basis.unknown_nothing" if best is word else "basis.unknown_one"
    else:
        key = "basis.unknown_best" if worst is word else "basis.unknown_worst" if best is word else "basis.unknown_both"
    names = {"best": wording.label("verdict", best), "worst": wording.label("verdict", worst)}
    return StandsLine("", (Link(wording(key, **names)),))


def _flag(context: ViewContext, rule: str) -> Flag | None:
    finding = context.findings.get(rule)
    return finding.flag if finding else None


def what_if_rows(context: ViewContext) -> tuple[WhatIfRow, ...]:
    """Returns the verdict as it is and under other circumstances; no rows if the result does not contain them."""
    if context.result.basis is None:
        return ()
    return tuple(_what_if_rows(context, context.result.basis))


def _what_if_rows(context: ViewContext, basis: VerdictBasis) -> Iterator[WhatIfRow]:
    wording, result = context.wording, context.result
    score, coverage = result.score, result.coverage
    now = VerdictIf(result.verdict.word, score.value, score.low, score.high, coverage.decided, coverage.total)
    as_it_is = _row(context, Link(wording("basis.as_it_is")), now)
    yield as_it_is._replace(verdict=context.verdict_badge())
    if any(kind != ClaimKind.FILED and number for kind, number in result.kinds):
        yield _row(context, Link(wording("basis.if_filed")), basis.filed_alone)
    flags = [w for w in basis.without if _flag(context, w.rule) is not Flag.PATTERN]
    flags.sort(key=lambda w: (w.then.word is now.word, -abs(w.then.score - now.score)))
    for without in flags[:MAX_ROWS]:
        if without.then != now:
            title = wording("basis.if_without", flag=context.rule_title(without.rule))
            yield _row(context, Link(title, context.rule_link(without.rule).href), without.then)
    for change in result.counterfactuals.changes if result.counterfactuals else ():
        badge = verdict_badge(change.verdict, wording)
        yield WhatIfRow(Link(_change(context, change)), badge, "", "")
    if coverage.decided < coverage.total:
        yield _row(context, Link(wording("basis.if_best")), basis.best)
        yield _row(context, Link(wording("basis.if_worst")), basis.worst)


def _change(context: ViewContext, change: FigureChange) -> str:
    """Returns a figure with a changed value, in words."""
    from screener.expression.interval import Interval

    now, to = (context.value_text(Interval.point(v), change.unit, "", change.currency) for v in (change.now, change.to))
    return context.wording("basis.if_figure", figure=context.text(change.title, 90), now=now, to=to)


def _row(context: ViewContext, what: Link, then: VerdictIf) -> WhatIfRow:
    decided = context.wording("basis.decided", decided=then.decided, total=then.total)
    return WhatIfRow(what, verdict_badge(then.word, context.wording), _score(context, then), decided)


def _score(context: ViewContext, then: VerdictIf) -> str:
    """Returns a score with its range; only the range if too little is known."""
    span = numbers.score_range(then.low, then.high)
    score = numbers.score(then.score)
    return span if Verdict(then.word).withholds_score or span == score else f"{score} ({span})"


def verdict_without(context: ViewContext, rule: str) -> str:
    """Returns a sentence with the verdict without one flag; empty if the result does not contain it."""
    basis = context.result.basis
    found = next((w.then for w in basis.without if w.rule == rule), None) if basis else None
    if found is None:
        return ""
    same = found.word is context.result.verdict.word
    verdict = context.wording.label("verdict", found.word)
    key = "basis.alone_same" if same else "basis.alone_other"
    return context.wording(key, verdict=verdict, score=_score(context, found))
