"""Flags that fired, the top reasons, and the lines of rules that did not fire."""

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.number_format import tidy
from screener.report.views.parts import Check, EvidenceRow, FlagView, Link, Measure, NumberText, Reason
from screener.report.views.view_context import (
    NAME,
    SEVERITY_LOOK,
    TITLE,
    Context,
    flag_anchor,
    rank,
    safe_url,
    set_off,
    unbroken,
)
from screener.result.model import Distance, Finding
from screener.text import shorten

MOST_FACTS = 24
MOST_MEASURES = 4
_HOLDS = {"yes": "satisfied", "no": "not-satisfied"}


def flags(context: Context) -> tuple[FlagView, ...]:
    """All findings that fired: troubles worst first, then relief."""
    fired = context.of("fired")
    return tuple(_flag(context, f) for f in [f for f in fired if not is_good(f)] + [f for f in fired if is_good(f)])


def is_good(finding: Finding) -> bool:
    """Whether what fired speaks for the company: a green flag, or a pattern that says watch."""
    return finding.flag == "green" or (finding.flag == "pattern" and finding.verdict == "watch")


def _flag(context: Context, f: Finding) -> FlagView:
    words = context.words
    aside = context.text(f.category_title, 40)
    if f.flag == "pattern":
        aside = words("flags.pattern", verdict=words.of("verdict", f.verdict or "watch"))
    facts = tuple(
        fact for fact in dict.fromkeys(context.fact(e) for e in f.evidence[: MOST_FACTS * 2]) if _says_something(fact)
    )
    left = max(len(f.evidence) - MOST_FACTS * 2, 0) + max(len(facts) - MOST_FACTS, 0)
    headline = context.text(f.headline, 48)
    told = [d for d in f.distances if d.holds != "unknown" or d.relative is not None]
    return FlagView(
        flag_anchor(f.rule),
        context.mark(f),
        context.text(f.title, TITLE),
        aside,
        set_off(headline) if headline else None,
        f.severity in ("critical", "high") and not is_good(f) and f.scored,
        context.text(f.says),
        facts[:MOST_FACTS],
        words.count("flags.more", left) if left else "",
        tuple(measure(context, d, f) for d in told[:MOST_MEASURES]),
        context.text(f.why),
        context.text(f.clears),
        context.text(f.false_alarms),
        tuple(context.rule_link(r) for r in f.because),
        tuple(context.rule_link(r) for r in f.softened_by),
        *state(context, f),
        tuple(Link(tidy(r, 300), safe_url(r)) for r in f.references),
    )


def _says_something(fact: EvidenceRow) -> bool:
    """Whether a row tells more than the name of what the rows beside it are about."""
    return fact.value != fact.whose or bool(fact.source.quote or fact.source.note)


def state(context: Context, f: Finding) -> tuple[str, str]:
    """In a word why a flag does not count, or that its rule may go; and the sentence for it."""
    words = context.words
    if f.waived is not None:
        until = numbers.date(f.waived.until, context.language)
        reason, by = (tidy(t, 300) for t in (f.waived.reason, f.waived.by))
        return words("state.waived"), words("state.waived_note", until=until, by=by, reason=reason)
    if f.status == "stable":
        return "", ""
    note = words(f"state.{f.status}_{'note' if f.scored else 'out'}")
    other = words("state.replaced_by", rule=f.replaced_by) if f.replaced_by else ""
    return words(f"state.{f.status}"), note + other


def what_if(context: Context) -> str:
    """What was assumed instead of claimed, in a sentence; empty where nothing was."""
    told = []
    for a in context.result.assumed:
        whose = "" if a.company == context.company.name else f" ({context.text(a.company, NAME)})"
        told.append(f"{context.text(a.title, TITLE)}{whose} {context.value(a.value, a.unit, '', a.currency)}")
    return context.words("assumed", figures=numbers.listed(told, context.language)) if told else ""


def measure(context: Context, d: Distance, finding: Finding) -> Measure:
    """A comparison with its drawing."""
    words, language = context.words, context.language
    title = context.text(d.title, TITLE)
    value = context.value(d.value, d.unit, "", d.currency)
    limit = unbroken(numbers.limit(d.op, d.threshold, d.unit, language))
    distance = numbers.distance(d.value, d.threshold, d.relative, language) or ""
    look = "clear" if is_good(finding) else SEVERITY_LOOK.get(finding.severity, "medium")
    limit_mark = words("distance.limit_mark", limit=numbers.interval(d.threshold, d.unit, language))
    chart = bars.distance(
        d.value,
        d.op,
        d.threshold,
        look,
        (value, limit_mark),
        title,
        words("distance.against", value=value, limit=limit),
    )
    holds = words(f"holds.{_HOLDS.get(d.holds, 'undecided')}")
    return Measure(title, value, limit, distance, holds, context.text(d.why, 300), chart)


def top_reasons(context: Context, most: int = 3) -> list[Finding]:
    """The findings that carry the verdict: those the deciding pattern rests on, then the heaviest, one a cause."""
    result = context.result
    fired = {f.rule: f for f in context.of("fired") if f.scored}
    deciding = [fired[r] for r in result.verdict.because if r in fired]
    under = [fired[r] for f in deciding for r in f.because if r in fired]
    first = {f.rule for f in (*under, *(f for f in deciding if f.flag != "pattern")) if f.flag != "pattern"}
    good = result.verdict.word in ("watch", "clear")
    side = [f for f in fired.values() if f.flag == ("green" if good else "red") or f.rule in first]
    other = [f for f in fired.values() if f.flag in ("red", "green") and f not in side]
    order = sorted(side, key=lambda f: (f.rule not in first, f.headline is None, rank(f)))
    order += sorted(other, key=rank) + [f for f in fired.values() if f.flag == "pattern"]
    chosen: list[Finding] = []
    for f in order:
        if len(chosen) < most and (f.cause is None or f.cause not in [c.cause for c in chosen]):
            chosen.append(f)
    return sorted(chosen, key=lambda f: (f.flag == "pattern", rank(f)))


def reasons(context: Context) -> tuple[Reason, ...]:
    """The top three as the page shows them."""
    shown = []
    for f in top_reasons(context):
        text = context.text(f.says, 150)
        title = context.text(f.title, TITLE)
        shown.append(Reason(_figure(context, f), title, text, f"#{flag_anchor(f.rule)}"))
    return tuple(shown)


def _figure(context: Context, f: Finding) -> NumberText | None:
    """The number of a reason: its headline, else the first number among its evidence, with what it is."""
    headline = context.text(f.headline, 48)
    if headline:
        return set_off(headline)
    for e in f.evidence:
        if isinstance(e.value, Interval) and e.unit != "count":
            fact = context.fact(e)
            figure = set_off(fact.value)
            what = " · ".join(t for t in (fact.title, fact.whose) if t)
            return figure._replace(after=" ".join(t for t in (figure.after, shorten(what, 40)) if t))
    return None


def passed(context: Context) -> tuple[Check, ...]:
    """Rules that are clear, with the comparison that is nearest to firing."""
    lines = []
    for f in context.of("clear"):
        lines.append(Check(context.text(f.title, TITLE), nearest_limit(context, f)))
    return tuple(lines)


def nearest_limit(context: Context, finding: Finding) -> str:
    """The comparison that is nearest to another outcome, with its value; "" where nothing is compared."""
    if not finding.distances:
        return ""
    near = finding.distances[0]
    value = context.value(near.value, near.unit, "", near.currency)
    shown = numbers.interval(near.threshold, near.unit, context.language)
    return f"{value} · {context.words('distance.limit_mark', limit=shown)}"


def skipped(context: Context) -> tuple[Check, ...]:
    """Rules that do not apply."""
    return tuple(Check(context.text(f.title, TITLE), "") for f in context.of("not-applicable"))


def undecided(context: Context) -> tuple[Check, ...]:
    """Rules that are unknown, each with what it misses or what could settle it."""
    either = context.words("unknown.or")
    return tuple(
        Check(context.text(f.title, TITLE), either.join(_settlers(context, f)) or waits_for(context, f))
        for f in context.of("unknown")
    )


def waits_for(context: Context, finding: Finding) -> str:
    """What could settle a finding that is unknown, or what it misses."""
    words = context.words
    sets = _settlers(context, finding)
    if sets:
        return words("unknown.settle", names=words("unknown.or").join(sets))
    if finding.missing:
        return words("unknown.missing", names=numbers.listed(context.input_titles(finding.missing), context.language))
    return ""


def _settlers(context: Context, finding: Finding) -> list[str]:
    """What would settle a finding that is unknown: each alone, or several together."""
    return [" + ".join(context.input_titles(keys)) for keys in finding.could_settle[:3] if keys]
