"""Rules that were tried on companies, as text: of each rule who fires, who is unknown and why, who is clear."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.formats.terminal_text import Line, Span, cells, cut, pad, paint, wrap
from screener.report.number_format import tidy
from screener.report.views.flags import is_good, nearest_limit, waits_for
from screener.report.views.view_context import NAME, SEVERITY_LOOK, TITLE, Context
from screener.report.wording import Words, words
from screener.result.model import Finding, ResultDocument, Value
from screener.rules.rule import Rule, patterns
from screener.text import Language, Text

OUTCOMES = ("fired", "unknown", "clear", "not-applicable")
MOST = 20  # companies of one outcome that are shown


class RuleTrial(NamedTuple):
    """A rule, and what its examples came to: how many were run, and of those that fail which, what for and what."""

    rule: Rule
    examples: int
    failed: tuple[tuple[str, str, str], ...]  # name, expected, got


class Measured(NamedTuple):
    """A metric of the files that were tried, and its value for each company."""

    name: str
    title: Text
    unit: str
    values: tuple[Value, ...]


def trial_text(
    tried: Sequence[RuleTrial],
    metrics: Sequence[Measured],
    results: Sequence[ResultDocument],
    language: Language,
    *,
    width: int = 80,
    colour: bool = False,
    verbose: bool = False,
) -> str:
    """Each metric with its values, then each rule with what it says of each company."""
    said = words(language)
    contexts = [Context(r, said) for r in results]
    lines: list[Line] = []
    for metric in metrics:
        lines += [*_metric(metric, contexts, said, width), ()]
    for one in tried:
        lines += [*_rule(one, contexts, said, max(width, 60), None if verbose else MOST), ()]
    return paint(lines[:-1], colour, width)


def counts(tried: Sequence[RuleTrial], results: Sequence[ResultDocument], language: Language, seconds: float) -> str:
    """How often the rules fired, were unknown, clear and not applicable, and how long it took."""
    said, wanted = words(language), {t.rule.id for t in tried}
    met: list[str] = [f.outcome for r in results for f in r.findings if f.rule in wanted]
    told = [f"{met.count(o)} {said.of('outcome', o)}" for o in OUTCOMES if o in OUTCOMES[:3] or o in met]
    rules, companies = said.count("trial.rules", len(tried)), said.count("trial.companies", len(results))
    outcomes = numbers.listed(told, language)
    return said("trial.sum", rules=rules, companies=companies, outcomes=outcomes, seconds=f"{seconds:.2f}")


def _metric(metric: Measured, contexts: Sequence[Context], said: Words, width: int) -> Iterable[Line]:
    yield [(cut(metric.name, width), "bold"), _rest(metric.name, metric.title.get(said.language), width)]
    shown = [(c.text(c.company.name, NAME), c.value(v, metric.unit, metric.name, c.company.currency))
             for c, v in zip(contexts, metric.values, strict=True)]  # fmt: skip
    none = said.of("outcome", "unknown")
    known = [f"{name} {value}" for name, value in shown if value != none]
    open_for = [name for name, value in shown if value == none]
    if known:
        yield from ([("  " + row, "")] for row in wrap(" · ".join(known), width - 2))
    if open_for:
        yield from ([("  " + row, "muted")] for row in wrap(" · ".join((none, *open_for)), width - 2))


def _rest(before: str, title: str, width: int) -> Span:
    """A title behind a name, as far as there is room."""
    room = width - cells(before) - 3
    return (f" · {cut(tidy(title, TITLE), room)}", "") if room > 8 else ("", "")


def _rule(tried: RuleTrial, contexts: Sequence[Context], said: Words, width: int, most: int | None) -> Iterable[Line]:
    rule = tried.rule
    kind = f"{said.of('flag', rule.flag)}, {said.of('severity', rule.severity)}"
    room = width - cells(kind) - 3
    yield [(rule.id, "bold"), _rest(rule.id, rule.title.get(said.language), room), (f" · {kind}", "muted")]
    found = [(c, c.findings[rule.id]) for c in contexts]
    names = max((cells(c.text(c.company.name, NAME)) for c in contexts), default=0)
    room = min(names, max(width // 4, 12))
    labels = [said("trial.examples"), *(said.of("outcome", f.outcome) for _, f in found)]
    first = max(map(cells, labels)) + 2
    for outcome in OUTCOMES:
        those = [(c, f) for c, f in found if f.outcome == outcome]
        for c, f in those[:most]:
            head = [("  " + pad(said.of("outcome", outcome), first), _look(f)),
                    (pad(c.text(c.company.name, NAME), room) + "  ", "")]  # fmt: skip
            why = wrap(_why(c, f, rule), width - 4 - first - room)
            yield [*head, (why[0], "" if outcome == "fired" else "muted")]
            yield from ([(" " * (4 + first + room) + row, "muted")] for row in why[1:])
        if most is not None and len(those) > most:
            yield [("  " + pad("", first) + said.count("term.more", len(those) - most), "muted")]
    yield from _examples(tried, said, first)


def _look(finding: Finding) -> str:
    if finding.outcome == "fired":
        return "clear" if is_good(finding) else SEVERITY_LOOK.get(finding.severity, "medium")
    return "clear" if finding.outcome == "clear" else "unknown"


def _why(c: Context, f: Finding, rule: Rule) -> str:
    """What a finding says, waits for, or is short of."""
    if f.outcome == "fired":
        return c.text(f.says)
    if f.outcome == "unknown":
        return waits_for(c, f) or ", ".join(_below(c, rule, c.findings))
    if f.outcome == "not-applicable":
        return c.text(c.company.sector_title, TITLE) if rule.names_sectors else ""
    told = [nearest_limit(c, f)] if f.distances and f.distances[0].holds == "no" else []
    return ", ".join([*told, *_below(c, rule, c.findings)])


def _below(c: Context, rule: Rule, findings: Mapping[str, Finding]) -> Iterable[str]:
    """The flags that a rule asks for and that are not so."""
    for p in patterns(rule.when):
        below = findings.get(p.flag) if p.flag and p.owner is None else None
        if below and (below.outcome == "fired") == p.negated:
            yield f"{below.rule}: {c.words.of('outcome', below.outcome)}"


def _examples(tried: RuleTrial, said: Words, first: int) -> Iterable[Line]:
    held = tried.examples - len(tried.failed)
    if tried.examples:
        look = "high" if tried.failed else "muted"
        yield [("  " + pad(said("trial.examples"), first) + said("trial.held", held=held, total=tried.examples), look)]
    for name, expected, got in tried.failed:
        told = said("trial.failed", name=tidy(name, 40), expected=_outcome(said, expected), got=_outcome(said, got))
        yield [(" " * (2 + first) + told, "high")]


def _outcome(said: Words, word: str) -> str:
    return said.of("outcome", word) if word in OUTCOMES else numbers.tidy(word, 300)
