"""The results of trying rules on companies as text: for each rule the companies by outcome, with the reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, paragraph, render_lines, truncate
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.flag_views import missing_inputs_text, nearest_limit
from screener.report.views.view_context import ViewContext
from screener.report.wording import Wording, load_wording
from screener.result.field_types import Value
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.rules.rule import Rule, patterns
from screener.text import Language, Text
from screener.vocabulary import Outcome

MAX_COMPANIES = 20  # greatest number of companies shown for one outcome


class RuleTrial(NamedTuple):
    """A rule, the number of its examples that were run, and those that failed."""

    rule: Rule
    examples: int
    failed: tuple[tuple[str, str, str], ...]  # name, expected, got


class TrialMetric(NamedTuple):
    """A metric in the tried files, and its value for each company."""

    name: str
    title: Text
    unit: str
    values: tuple[Value, ...]


def trial_text(
    tried: Sequence[RuleTrial],
    metrics: Sequence[TrialMetric],
    results: Sequence[ResultDocument],
    language: Language,
    *,
    width: int = 80,
    colour: bool = False,
    verbose: bool = False,
) -> str:
    """Returns each metric with its values, then each rule with its outcome for each company."""
    wording = load_wording(language)
    contexts = [ViewContext(r, wording) for r in results]
    lines: list[Line] = []
    for metric in metrics:
        lines += [*_metric_lines(metric, contexts, wording, width), ()]
    for one in tried:
        lines += [*_rule_lines(one, contexts, wording, max(width, 60), None if verbose else MAX_COMPANIES), ()]
    return render_lines(lines[:-1], colour, width)


def trial_counts(
    tried: Sequence[RuleTrial], results: Sequence[ResultDocument], language: Language, seconds: float | None
) -> str:
    """Returns how often the rules fired, were unknown, clear and not applicable, and how long it took (None: not
    shown)."""
    wording, rules = load_wording(language), {t.rule.id for t in tried}
    outcomes = Counter(f.outcome for r in results for f in r.findings if f.rule in rules)
    counts = [
        f"{outcomes[o]} {wording.label('outcome', o)}"
        for o in Outcome
        if o is not Outcome.NOT_APPLICABLE or o in outcomes
    ]
    counted = wording(
        "trial.sum",
        rules=wording.plural("trial.rules", len(tried)),
        companies=wording.plural("trial.companies", len(results)),
        outcomes=wording.enumerate(counts),
    )
    return counted if seconds is None else counted + wording("trial.time", seconds=f"{seconds:.2f}")


def _metric_lines(metric: TrialMetric, contexts: Sequence[ViewContext], wording: Wording, width: int) -> Iterable[Line]:
    yield [(truncate(metric.name, width), "bold"), _title_span(metric.name, metric.title.get(wording.language), width)]
    values = [
        (c.text(c.company.name, NAME_LENGTH), c.value_text(value, metric.unit, metric.name, c.company.currency))
        for c, value in zip(contexts, metric.values, strict=True)
    ]
    unknown = wording.label("outcome", "unknown")
    known = [f"{name} {value}" for name, value in values if value != unknown]
    unknown_for = [name for name, value in values if value == unknown]
    if known:
        yield from paragraph(" · ".join(known), width, 2)
    if unknown_for:
        yield from paragraph(" · ".join((unknown, *unknown_for)), width, 2, "muted")


def _title_span(before: str, title: str, width: int) -> Span:
    """Returns a title after a name, truncated to the width."""
    available = width - cell_width(before) - 3
    return (f" · {truncate(tidy(title, TITLE_LENGTH), available)}", "") if available > 8 else ("", "")


def _rule_lines(
    tried: RuleTrial, contexts: Sequence[ViewContext], wording: Wording, width: int, most: int | None
) -> Iterable[Line]:
    rule = tried.rule
    kind = f"{wording.label('flag', rule.flag)}, {wording.label('severity', rule.severity)}"
    available = width - cell_width(kind) - 3
    yield [
        (rule.id, "bold"),
        _title_span(rule.id, rule.title.get(wording.language), available),
        (f" · {kind}", "muted"),
    ]
    found = [(c, c.findings[rule.id]) for c in contexts]
    names = max((cell_width(c.text(c.company.name, NAME_LENGTH)) for c in contexts), default=0)
    name_width = min(names, max(width // 4, 12))
    labels = [wording("trial.examples"), *(wording.label("outcome", f.outcome) for _, f in found)]
    label_width = max(map(cell_width, labels)) + 2
    margin = 4 + label_width + name_width
    for outcome in Outcome:
        alike = [(c, f) for c, f in found if f.outcome == outcome]
        style = "" if outcome is Outcome.FIRED else "muted"
        for c, f in alike[:most]:
            label = "  " + pad_to(wording.label("outcome", outcome), label_width)
            name = pad_to(c.text(c.company.name, NAME_LENGTH), name_width) + "  "
            first, *others = paragraph(_outcome_reason(c, f, rule), width, margin, style)
            yield [(label, c.outcome_class(f)), (name, ""), (first[0][0][margin:], style)]
            yield from others
        if most is not None and len(alike) > most:
            more = wording.plural("term.more", len(alike) - most)
            yield [("  " + pad_to("", label_width) + more, "muted")]
    yield from _example_lines(tried, wording, label_width)


def _outcome_reason(c: ViewContext, f: Finding, rule: Rule) -> str:
    """Returns the sentence of a flag, the inputs that an unknown rule waits for, or what keeps a rule from firing."""
    if f.outcome == "fired":
        return c.text(f.says)
    if f.outcome == "unknown":
        return missing_inputs_text(c, f) or ", ".join(_unmet_flags(c, rule, c.findings))
    if f.outcome == "not-applicable":
        return c.text(c.company.sector_title, TITLE_LENGTH) if rule.names_sectors else ""
    limit = [nearest_limit(c, f)] if f.distances and f.distances[0].holds == "no" else []
    return ", ".join([*limit, *_unmet_flags(c, rule, c.findings)])


def _unmet_flags(c: ViewContext, rule: Rule, findings: Mapping[str, Finding]) -> Iterable[str]:
    """Returns the flags in the condition of a rule that keep it from holding."""
    for p in patterns(rule.when):
        below = findings.get(p.flag) if p.flag and p.owner is None else None
        if below and (below.outcome == "fired") == p.negated:
            yield f"{below.rule}: {c.wording.label('outcome', below.outcome)}"


def _example_lines(tried: RuleTrial, wording: Wording, label_width: int) -> Iterable[Line]:
    if tried.examples:
        passed = wording("trial.as_expected", passed=tried.examples - len(tried.failed), total=tried.examples)
        label = "  " + pad_to(wording("trial.examples"), label_width)
        yield [(label + passed, "high" if tried.failed else "muted")]
    for name, expected, got in tried.failed:
        labels = {"expected": _outcome_label(wording, expected), "got": _outcome_label(wording, got)}
        yield [(" " * (2 + label_width) + wording("trial.failed", name=tidy(name, 40), **labels), "high")]


def _outcome_label(wording: Wording, word: str) -> str:
    return wording.label("outcome", word) if word in tuple(Outcome) else numbers.tidy(word, 300)
