"""One finding in full, for the terminal: facts, thresholds, the rules below it, and missing inputs."""

from screener.report import number_format as numbers
from screener.report.terminal.counterfactual_text import turn_text
from screener.report.terminal.text_layout import Line, cell_width, paragraph, render_lines, truncate, value_lines, wrap
from screener.report.views.display_text import SENTENCE_LENGTH, TITLE_LENGTH
from screener.report.views.flag_views import threshold_view
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import EvidenceRow
from screener.report.wording import load_wording
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.result.verdict_records import RuleTurn
from screener.text import Language, nearest_name
from screener.vocabulary import Outcome

MAX_DEPTH = 6
_ANSWER_MARKS = {"yes": ("✓", "clear"), "no": ("✗", "muted"), "unknown": ("?", "unknown")}


def finding_text(
    result: ResultDocument,
    rule: str,
    language: Language = "en",
    *,
    turn: RuleTurn | None = None,
    width: int = 80,
    colour: bool = False,
) -> str:
    """Returns why a rule fired, why not, or what is missing: its facts with sources and quotes, thresholds, and the
    rules below it.

    `turn` is the nearest change of a single figure that gives it another outcome, if known. Raises KeyError with a hint
    if the result has no finding of the rule.
    """
    context = ViewContext(result, load_wording(language))
    finding = context.findings.get(rule)
    if finding is None:
        near = nearest_name(rule, context.findings)
        hint = f" ({near}?)" if near else ""
        raise KeyError(context.wording("term.no_rule", rule=numbers.tidy(rule, TITLE_LENGTH)) + hint)
    width = max(width, 40)
    shown: set[EvidenceRow] = set()
    lines = _finding_lines(context, finding, width, shown)
    if turn is not None:
        text = turn_text(context, turn, "stands.clears")
        lines += [(), [(context.wording("term.turn"), "bold")], *paragraph(text, width, 2)]
    lines += _chain_lines(context, finding, width, {finding.rule}, shown)
    return render_lines(lines, colour, width)


def _finding_lines(c: ViewContext, f: Finding, width: int, shown: set[EvidenceRow]) -> list[Line]:
    wording = c.wording
    kind = f"{wording.label('flag', f.flag)}, {wording.label('severity', f.severity)}"
    subtitle = " · ".join((c.text(c.company.name, 40), kind, numbers.tidy(f.rule, TITLE_LENGTH)))
    outcome = (wording.label("outcome", f.outcome).upper(), c.outcome_class(f))
    title = c.clear_title(f) if f.outcome is Outcome.CLEAR else c.text(f.title, TITLE_LENGTH)
    lines: list[Line] = [
        [outcome, ("  ", ""), (truncate(title, width - 20), "bold")],
        *paragraph(subtitle, width, style="muted"),
    ]
    if f.says:
        lines += [(), *paragraph(c.text(f.says), width)]
    lines += _evidence_lines(c, f, width, shown) + _condition_lines(c, f, width)
    lines += _threshold_lines(c, f, width) + _missing_lines(c, f, width)
    for key, text in (("why", f.why), ("clears", f.clears), ("alarms", f.false_alarms)):
        if sentence := c.text(text, SENTENCE_LENGTH):
            lines += [(), [(wording(f"term.{key}"), "bold")], *paragraph(sentence, width, 2)]
    if f.references:
        lines += [(), [(wording("flags.references"), "bold")]]
        lines += [line for r in f.references for line in paragraph(numbers.tidy(r, 300), width, 2)]
    return lines


def _evidence_lines(c: ViewContext, f: Finding, width: int, shown: set[EvidenceRow], indent: int = 2) -> list[Line]:
    """Returns the facts of a finding that are not `shown` above, each with its source."""
    rows = [row for row in dict.fromkeys(c.evidence_row(e) for e in f.evidence) if row not in shown]
    if not rows:
        return []
    shown.update(rows)
    lines: list[Line] = [(), [(" " * (indent - 2) + c.wording("term.facts"), "bold")]]
    names = [f"{row.title} ({row.whose})" if row.whose else row.title for row in rows]
    space = min(max(map(cell_width, names)), max(width // 2 - indent, 16))
    for name, row in zip(names, rows, strict=True):
        value = row.value + (f" ({row.period})" if row.period else "")
        lines += value_lines(name, value, width, space, indent)
        s = row.source
        source = c.wording("comma").join(filter(None, (s.kind, s.link.text, s.note, s.formula)))
        lines += paragraph(source, width, indent + 2, "muted")
        if s.quote:
            lines += paragraph(f"“{s.quote}”", width, indent + 2, "muted")
    return lines


def _condition_lines(c: ViewContext, f: Finding, width: int) -> list[Line]:
    """Returns the condition part by part, with whether each holds, fails or is unknown; nothing if there is only one
    comparison."""
    if len(f.terms) == 1 and f.distances:
        return []
    lines: list[Line] = [(), [(c.wording("term.condition"), "bold")]] if f.terms else []
    for term in f.terms:
        mark, style = _ANSWER_MARKS[term.holds]
        indent = 2 + 2 * term.depth
        first, *rest = wrap(c.text(term.text, SENTENCE_LENGTH), width - indent - 2) or [""]
        lines.append([(" " * indent + mark + " ", style), (first, "")])
        lines += [[(" " * (indent + 2) + line, "")] for line in rest]
    return lines


def _threshold_lines(c: ViewContext, f: Finding, width: int) -> list[Line]:
    if not f.distances:
        return []
    lines: list[Line] = [(), [(c.wording("term.thresholds"), "bold")]]
    for d in f.distances:
        m = threshold_view(c, d)
        against = c.wording("distance.against", value=m.value, limit=m.limit)
        tail = " · ".join(t for t in (m.holds, m.distance, numbers.tidy(d.param, TITLE_LENGTH)) if t)
        lines += paragraph(f"{m.title}: {against}", width, 2)
        lines += paragraph(tail, width, 4, "muted")
        if m.why:
            lines += paragraph(m.why, width, 4, "muted")
    return lines


def _missing_lines(c: ViewContext, f: Finding, width: int) -> list[Line]:
    lines: list[Line] = []
    if set(f.missing) != {key for keys in f.could_settle for key in keys}:
        lines += [(), [(c.wording("term.missing"), "bold")]]
        lines += [line for title in c.input_titles(f.missing, most=99) for line in paragraph("? " + title, width, 2)]
    if f.could_settle:
        lines += [(), [(c.wording("term.settle"), "bold")]]
        for keys in f.could_settle:
            lines += paragraph("→ " + " + ".join(c.input_titles(keys, most=99)), width, 2)
    return lines


def _chain_lines(
    c: ViewContext, f: Finding, width: int, seen: set[str], shown: set[EvidenceRow], depth: int = 1
) -> list[Line]:
    """Returns the rules below a finding, each once, with those of its facts that are not shown above."""
    lines: list[Line] = []
    if f.because and depth == 1:
        lines += [(), [(c.wording("term.chain"), "bold")]]
    for rule in f.because:
        below = c.findings.get(rule)
        mark = "└ " if rule not in seen else "↑ "
        title_width = width - depth * 2 - 2
        lines.append([(" " * (depth * 2) + mark, "muted"), (truncate(c.rule_title(rule), title_width), "bold")])
        if below is None or rule in seen or depth > MAX_DEPTH:
            continue
        seen.add(rule)
        indent = depth * 2 + 2
        outcome = c.wording.label("outcome", below.outcome)
        lines += paragraph(f"{outcome}: {c.text(below.says)}" if below.says else outcome, width, indent, "muted")
        lines += _evidence_lines(c, below, width, shown, indent + 2)[2:]
        lines += _chain_lines(c, below, width, seen, shown, depth + 1)
    return lines
