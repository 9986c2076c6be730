"""Views of fired flags in full, of the main reasons, and of rules that did not fire."""

import re
from collections.abc import Sequence
from itertools import takewhile

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import flag_anchor, severity_rank
from screener.report.views.basis_view import verdict_without
from screener.report.views.display_text import (
    HEADLINE_LENGTH,
    NAME_LENGTH,
    SENTENCE_LENGTH,
    TITLE_LENGTH,
    keep_units_together,
    safe_url,
    split_number,
)
from screener.report.views.view_context import ViewContext, is_open_loss
from screener.report.views.view_models import (
    ConditionView,
    EvidenceRow,
    FlagView,
    Link,
    NumberText,
    ThresholdView,
    UnfiredRule,
)
from screener.result.finding_records import ConditionTerm, Distance, Finding
from screener.text import shorten
from screener.units import with_currency
from screener.vocabulary import Flag, Outcome, Verdict

MAX_EVIDENCE_ROWS = 24
MAX_THRESHOLDS = 4
_OTHERS = re.compile(r"\s*[(（][^()（）]*(?:more|另有)[^()（）]*[)）]\Z")
_HOLDS = {"yes": "satisfied", "no": "not-satisfied"}


def fired_flags(context: ViewContext) -> tuple[FlagView, ...]:
    """Returns all findings that fired: those against the company, worst first, then those in its favour."""
    fired = context.with_outcome("fired")
    return tuple(
        _flag_view(context, f)
        for f in [f for f in fired if not is_favourable(f)] + [f for f in fired if is_favourable(f)]
    )


def is_favourable(finding: Finding) -> bool:
    """Returns whether a finding is in favour of the company: a green flag, or a pattern with the verdict watch."""
    return finding.flag == "green" or (finding.verdict is Verdict.WATCH)


def _flag_view(context: ViewContext, f: Finding) -> FlagView:
    wording = context.wording
    subtitle = context.text(f.category_title, 40)
    if f.flag == "pattern":
        subtitle = wording("flags.pattern", verdict=wording.label("verdict", f.verdict or Verdict.WATCH))
    rows = dict.fromkeys(context.evidence_row(e) for e in f.evidence[: MAX_EVIDENCE_ROWS * 2])
    evidence = tuple(row for row in rows if _adds_information(row))
    more = max(len(f.evidence) - MAX_EVIDENCE_ROWS * 2, 0) + max(len(evidence) - MAX_EVIDENCE_ROWS, 0)
    headline = headline_text(context, f)
    compared = [d for d in f.distances if d.holds != "unknown" or d.relative is not None]
    state, state_note = flag_state(context, f)
    return FlagView(
        anchor=flag_anchor(f.rule),
        badge=context.badge(f),
        title=context.text(f.title, TITLE_LENGTH),
        subtitle=subtitle,
        figure=split_number(headline) if headline else None,
        sentence=context.text(f.says),
        evidence=evidence[:MAX_EVIDENCE_ROWS],
        more_evidence=wording.plural("flags.more", more) if more else "",
        thresholds=tuple(threshold_view(context, d) for d in compared[:MAX_THRESHOLDS]),
        why=context.text(f.why),
        clears=context.text(f.clears),
        alone=verdict_without(context, f.rule),
        false_alarms=context.text(f.false_alarms),
        conditions=condition_views(context, f.terms) if len(f.terms) > 1 else (),
        mitigated_by=tuple(context.rule_link(r) for r in f.softened_by),
        state=state,
        state_note=state_note,
        references=tuple(Link(tidy(r, 300), safe_url(r)) for r in f.references),
    )


def condition_views(context: ViewContext, terms: Sequence[ConditionTerm]) -> tuple[ConditionView, ...]:
    """Returns the parts of a condition, each with its own parts."""
    found: list[ConditionView] = []
    for i, term in enumerate(terms):
        if term.depth == terms[0].depth:
            found.append(
                ConditionView(
                    answer=term.holds,
                    label=context.wording(f"holds.{_HOLDS.get(term.holds, 'undecided')}"),
                    text=context.text(term.text, SENTENCE_LENGTH),
                    href=context.rule_link(term.rule).href if term.rule else None,
                    parts=condition_views(context, _terms_below(terms, i)),
                )
            )
    return tuple(found)


def failing_term(finding: Finding) -> ConditionTerm | None:
    """Returns the first part of a condition that fails and contains no other failing part."""
    for i, term in enumerate(finding.terms):
        if term.holds == "no" and not any(t.holds == "no" for t in _terms_below(finding.terms, i)):
            return term
    return None


def _terms_below(terms: Sequence[ConditionTerm], index: int) -> list[ConditionTerm]:
    depth = terms[index].depth
    return list(takewhile(lambda term: term.depth > depth, terms[index + 1 :]))


def _adds_information(row: EvidenceRow) -> bool:
    """Returns whether a row contains more than the name of the subject of the neighbouring rows."""
    return row.value != row.whose or bool(row.source.quote or row.source.note)


def flag_state(context: ViewContext, f: Finding) -> tuple[str, str]:
    """Returns a word and a sentence on whether a flag is waived, or of a preview or deprecated rule."""
    wording = context.wording
    if f.waived is not None:
        until = numbers.date(f.waived.until, context.language)
        reason, by = (tidy(t, 300) for t in (f.waived.reason, f.waived.by))
        return wording("state.waived"), wording("state.waived_note", until=until, by=by, reason=reason)
    if f.status == "stable":
        return "", ""
    note = wording(f"state.{f.status}_{'note' if f.scored else 'out'}")
    other = wording("state.replaced_by", rule=f.replaced_by) if f.replaced_by else ""
    return wording(f"state.{f.status}"), note + other


def assumptions_text(context: ViewContext) -> str:
    """Returns the assumed figures in a sentence; empty if there are none."""
    figures = []
    for a in context.result.assumed:
        whose = "" if a.company == context.company.name else f" ({context.text(a.company, NAME_LENGTH)})"
        value = context.value_text(a.value, a.unit, "", a.currency)
        figures.append(f"{context.text(a.title, TITLE_LENGTH)}{whose} {value}")
    return context.wording("assumed", figures=context.wording.enumerate(figures)) if figures else ""


def threshold_view(context: ViewContext, d: Distance) -> ThresholdView:
    """Returns a comparison with its threshold."""
    wording, language = context.wording, context.language
    title = context.text(d.title, TITLE_LENGTH)
    value = context.value_text(d.value, d.unit, "", d.currency)
    limit = keep_units_together(numbers.limit(d.op, d.threshold, d.unit, language))
    return ThresholdView(
        title=title,
        value=value,
        limit=limit,
        distance=numbers.distance(d.value, d.threshold, d.relative, language) or "",
        holds=wording(f"holds.{_HOLDS.get(d.holds, 'undecided')}"),
        why=context.text(d.why, 300),
    )


def top_reasons(context: ViewContext, most: int = 3) -> list[Finding]:
    """Returns the main reasons of the verdict: findings below the deciding pattern, then those of the greatest weight,
    one for each cause."""
    result = context.result
    fired = {f.rule: f for f in context.with_outcome("fired") if f.scored}
    deciding = [fired[r] for r in result.verdict.because if r in fired]
    under = [fired[r] for f in deciding for r in f.because if r in fired]
    first = {f.rule for f in (*under, *(f for f in deciding if f.flag != "pattern")) if f.flag != "pattern"}
    good = result.verdict.word.is_favourable
    side = [f for f in fired.values() if f.flag == ("green" if good else "red") or f.rule in first]
    other = [f for f in fired.values() if f.flag in ("red", "green") and f not in side]
    order = sorted(side, key=lambda f: (f.rule not in first, f.headline is None, severity_rank(f)))
    order += sorted(other, key=severity_rank) + [f for f in fired.values() if f.flag == "pattern"]
    chosen: list[Finding] = []
    for f in order:
        if len(chosen) < most and (f.cause is None or f.cause not in [c.cause for c in chosen]):
            chosen.append(f)
    return sorted(chosen, key=lambda f: (f.flag == "pattern", severity_rank(f)))


def headline_text(context: ViewContext, f: Finding) -> str:
    """Returns the headline of a flag; a loss of which only a lower bound is known is shown as a loss, not as a negative
    number."""
    headline = context.text(f.headline, HEADLINE_LENGTH)
    for e in f.evidence:
        if isinstance(e.value, Interval) and e.unit == "money" and is_open_loss(e.value, e.figure):
            stated = numbers.interval(e.value, "money", context.language)
            if e.currency:
                stated = with_currency(stated, e.currency, context.language)
            if headline == keep_units_together(stated):
                return context.value_text(e.value, e.unit, e.figure, e.currency)
    return headline


def leading_figure(context: ViewContext, f: Finding) -> NumberText | None:
    """Returns the number of a flag: its headline, else the first number among its evidence, with its title."""
    headline = headline_text(context, f)
    if headline and any(c.isdigit() for c in headline):
        return split_number(_OTHERS.sub("", headline))
    for e in f.evidence:
        if isinstance(e.value, Interval) and e.unit != "count":
            fact = context.evidence_row(e)
            figure = split_number(fact.value)
            what = " · ".join(t for t in (fact.title, fact.whose) if t)
            return figure._replace(after=" ".join(t for t in (figure.after, shorten(what, 40)) if t))
    return None


def passed_rules(context: ViewContext, flag: Flag) -> tuple[UnfiredRule, ...]:
    """Returns the rules of a flag that count and are clear, with the comparison that is nearest to firing."""
    return _clear_rules(context, [f for f in context.with_outcome("clear") if f.scored and f.flag is flag])


def other_clear_rules(context: ViewContext) -> tuple[UnfiredRule, ...]:
    """Returns clear rules without weight: patterns, checks of the data, rules in preview."""
    return _clear_rules(context, [f for f in context.with_outcome("clear") if not (f.scored and f.flag.scores)])


def _clear_rules(context: ViewContext, findings: Sequence[Finding]) -> tuple[UnfiredRule, ...]:
    return tuple(UnfiredRule(context.clear_title(f), nearest_limit(context, f)) for f in findings)


def nearest_limit(context: ViewContext, finding: Finding) -> str:
    """Returns the comparison nearest to another outcome, with its value; for a clear rule without one, the failing
    part."""
    near = finding.distances[0] if finding.distances else None
    if near is None or (finding.outcome is Outcome.CLEAR and near.holds != "no"):
        failing = failing_term(finding)
        return context.text(failing.text, SENTENCE_LENGTH) if failing else ""
    value = context.value_text(near.value, near.unit, "", near.currency)
    shown = numbers.interval(near.threshold, near.unit, context.language)
    return f"{value} · {context.wording('distance.limit_mark', limit=shown)}"


def inapplicable_rules(context: ViewContext) -> tuple[UnfiredRule, ...]:
    """Returns the rules that do not apply."""
    return tuple(UnfiredRule(context.text(f.title, TITLE_LENGTH), "") for f in context.with_outcome("not-applicable"))


def undecided_rules(context: ViewContext) -> tuple[UnfiredRule, ...]:
    """Returns the rules that count and are unknown, each with the inputs that could decide it or that are missing.

    Rules that wait for the same inputs are combined, with their titles separated by middle dots.
    """
    either = context.wording("unknown.or")
    titles: dict[str, list[str]] = {}
    for f in (f for f in context.with_outcome("unknown") if f.scored and f.flag.scores):
        reason = either.join(_settling_inputs(context, f)) or missing_inputs_text(context, f, most=2)
        titles.setdefault(reason, []).append(context.text(f.title, TITLE_LENGTH))
    return tuple(UnfiredRule(" · ".join(waiting), reason) for reason, waiting in titles.items())


def missing_inputs_text(context: ViewContext, finding: Finding, most: int = 4) -> str:
    """Returns a sentence with the inputs that could decide an unknown finding, or that are missing (at most `most`)."""
    wording = context.wording
    sets = _settling_inputs(context, finding)
    if sets:
        return wording("unknown.settle", names=wording("unknown.or").join(sets))
    if finding.missing:
        return wording("unknown.missing", names=context.wording.enumerate(context.input_titles(finding.missing, most)))
    return ""


def _settling_inputs(context: ViewContext, finding: Finding) -> list[str]:
    """Returns the inputs that would decide an unknown finding, each alone or several together."""
    return [" + ".join(context.input_titles(keys)) for keys in finding.could_settle[:3] if keys]
