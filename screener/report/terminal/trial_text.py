"""Rules that were tried on companies, as text: of each rule who fires, who is unknown and why, who is clear."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, render_lines, truncate, wrap
from screener.report.views.flag_views import is_favourable, missing_inputs_text, nearest_limit
from screener.report.views.view_context import NAME_LENGTH, SEVERITY_CLASSES, TITLE_LENGTH, ViewContext
from screener.report.wording import Wording, load_wording
from screener.result.model import Finding, ResultDocument, Value
from screener.rules.rule import Rule, patterns
from screener.text import Language, Text
from screener.vocabulary import Outcome

MAX_COMPANIES = 20  # companies of one outcome that are shown


class RuleTrial(NamedTuple):
    """A rule, and what its examples came to: how many were run, and of those that fail which, what for and what."""

    rule: Rule
    examples: int
    failed: tuple[tuple[str, str, str], ...]  # name, expected, got


class TrialMetric(NamedTuple):
    """A metric of the files that were tried, and its value for each company."""

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
    """Each metric with its values, then each rule with what it says of each company."""
    wording = load_wording(language)
    contexts = [ViewContext(r, wording) for r in results]
    lines: list[Line] = []
    for metric in metrics:
        lines += [*_metric_lines(metric, contexts, wording, width), ()]
    for one in tried:
        lines += [*_rule_lines(one, contexts, wording, max(width, 60), None if verbose else MAX_COMPANIES), ()]
    return render_lines(lines[:-1], colour, width)


def trial_counts(
    tried: Sequence[RuleTrial], results: Sequence[ResultDocument], language: Language, seconds: float
) -> str:
    """How often the rules fired, were unknown, clear and not applicable, and how long it took."""
    wording, wanted = load_wording(language), {t.rule.id for t in tried}
    met: list[str] = [f.outcome for r in results for f in r.findings if f.rule in wanted]
    told = [
        f"{met.count(o)} {wording.label('outcome', o)}" for o in Outcome if o is not Outcome.NOT_APPLICABLE or o in met
    ]
    rules, companies = wording.plural("trial.rules", len(tried)), wording.plural("trial.companies", len(results))
    outcomes = wording.enumerate(told)
    return wording("trial.sum", rules=rules, companies=companies, outcomes=outcomes, seconds=f"{seconds:.2f}")


def _metric_lines(metric: TrialMetric, contexts: Sequence[ViewContext], wording: Wording, width: int) -> Iterable[Line]:
    yield [(truncate(metric.name, width), "bold"), _title_span(metric.name, metric.title.get(wording.language), width)]
    shown = [(c.text(c.company.name, NAME_LENGTH), c.value_text(v, metric.unit, metric.name, c.company.currency))
             for c, v in zip(contexts, metric.values, strict=True)]  # fmt: skip
    none = wording.label("outcome", "unknown")
    known = [f"{name} {value}" for name, value in shown if value != none]
    open_for = [name for name, value in shown if value == none]
    if known:
        yield from ([("  " + row, "")] for row in wrap(" · ".join(known), width - 2))
    if open_for:
        yield from ([("  " + row, "muted")] for row in wrap(" · ".join((none, *open_for)), width - 2))


def _title_span(before: str, title: str, width: int) -> Span:
    """A title behind a name, as far as there is room."""
    room = width - cell_width(before) - 3
    return (f" · {truncate(tidy(title, TITLE_LENGTH), room)}", "") if room > 8 else ("", "")


def _rule_lines(
    tried: RuleTrial, contexts: Sequence[ViewContext], wording: Wording, width: int, most: int | None
) -> Iterable[Line]:
    rule = tried.rule
    kind = f"{wording.label('flag', rule.flag)}, {wording.label('severity', rule.severity)}"
    room = width - cell_width(kind) - 3
    yield [(rule.id, "bold"), _title_span(rule.id, rule.title.get(wording.language), room), (f" · {kind}", "muted")]
    found = [(c, c.findings[rule.id]) for c in contexts]
    names = max((cell_width(c.text(c.company.name, NAME_LENGTH)) for c in contexts), default=0)
    room = min(names, max(width // 4, 12))
    labels = [wording("trial.examples"), *(wording.label("outcome", f.outcome) for _, f in found)]
    first = max(map(cell_width, labels)) + 2
    for outcome in Outcome:
        those = [(c, f) for c, f in found if f.outcome == outcome]
        for c, f in those[:most]:
            head = [("  " + pad_to(wording.label("outcome", outcome), first), _outcome_style(f)),
                    (pad_to(c.text(c.company.name, NAME_LENGTH), room) + "  ", "")]  # fmt: skip
            why = wrap(_outcome_reason(c, f, rule), width - 4 - first - room)
            yield [*head, (why[0], "" if outcome == "fired" else "muted")]
            yield from ([(" " * (4 + first + room) + row, "muted")] for row in why[1:])
        if most is not None and len(those) > most:
            yield [("  " + pad_to("", first) + wording.plural("term.more", len(those) - most), "muted")]
    yield from _example_lines(tried, wording, first)


def _outcome_style(finding: Finding) -> str:
    if finding.outcome == "fired":
        return "clear" if is_favourable(finding) else SEVERITY_CLASSES.get(finding.severity, "medium")
    return "clear" if finding.outcome == "clear" else "unknown"


def _outcome_reason(c: ViewContext, f: Finding, rule: Rule) -> str:
    """What a finding says, waits for, or is short of."""
    if f.outcome == "fired":
        return c.text(f.says)
    if f.outcome == "unknown":
        return missing_inputs_text(c, f) or ", ".join(_unmet_flags(c, rule, c.findings))
    if f.outcome == "not-applicable":
        return c.text(c.company.sector_title, TITLE_LENGTH) if rule.names_sectors else ""
    told = [nearest_limit(c, f)] if f.distances and f.distances[0].holds == "no" else []
    return ", ".join([*told, *_unmet_flags(c, rule, c.findings)])


def _unmet_flags(c: ViewContext, rule: Rule, findings: Mapping[str, Finding]) -> Iterable[str]:
    """The flags that a rule asks for and that are not so."""
    for p in patterns(rule.when):
        below = findings.get(p.flag) if p.flag and p.owner is None else None
        if below and (below.outcome == "fired") == p.negated:
            yield f"{below.rule}: {c.wording.label('outcome', below.outcome)}"


def _example_lines(tried: RuleTrial, wording: Wording, first: int) -> Iterable[Line]:
    held = tried.examples - len(tried.failed)
    if tried.examples:
        look = "high" if tried.failed else "muted"
        yield [
            (
                "  "
                + pad_to(wording("trial.examples"), first)
                + wording("trial.held", held=held, total=tried.examples),
                look,
            )
        ]
    for name, expected, got in tried.failed:
        told = wording(
            "trial.failed",
            name=tidy(name, 40),
            expected=_outcome_label(wording, expected),
            got=_outcome_label(wording, got),
        )
        yield [(" " * (2 + first) + told, "high")]


def _outcome_label(wording: Wording, word: str) -> str:
    return wording.label("outcome", word) if word in tuple(Outcome) else numbers.tidy(word, 300)
