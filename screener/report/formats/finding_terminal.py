"""One finding in full, for the terminal: facts, thresholds, what led to it, what is missing."""

from screener.report import number_format as numbers
from screener.report.formats.terminal_text import Line, cells, cut, pad, paint, wrap
from screener.report.views.flags import measure
from screener.report.views.view_context import SENTENCE, TITLE, Context
from screener.report.wording import words
from screener.result.model import Finding, ResultDocument
from screener.text import Language, nearest

MOST_DEPTH = 6


def explain(
    result: ResultDocument, rule: str, language: Language = "en", *, width: int = 80, colour: bool = False
) -> str:
    """Why a rule fired, why not, or what is missing: its facts with sources and quotes, thresholds, the chain below it.

    Raises KeyError with a hint where the result has no finding of the rule.
    """
    context = Context(result, words(language))
    finding = context.findings.get(rule)
    if finding is None:
        near = nearest(rule, context.findings)
        hint = f" ({near}?)" if near else ""
        raise KeyError(context.words("term.no_rule", rule=numbers.tidy(rule, TITLE)) + hint)
    width = max(width, 40)
    lines = _finding(context, finding, width)
    lines += _chain(context, finding, width, 1, {finding.rule})
    return paint(lines, colour, width)


def _look(context: Context, finding: Finding) -> str:
    if finding.outcome == "fired":
        return context.mark(finding).look
    return "clear" if finding.outcome == "clear" else "unknown"


def _finding(c: Context, f: Finding, width: int) -> list[Line]:
    said = c.words
    word = said.of("outcome", f.outcome)
    kind = f"{said.of('flag', f.flag)}, {said.of('severity', f.severity)}"
    tail = f" · {kind} · {numbers.tidy(f.rule, TITLE)}"
    lines: list[Line] = [[(word.upper(), _look(c, f)), ("  ", ""), (cut(c.text(f.title, TITLE), width - 20), "bold")]]
    lines.append([(cut(f"{c.text(c.company.name, 40)}{tail}", width), "muted")])
    if f.says:
        lines += [(), *_paragraph(c.text(f.says), width)]
    lines += _facts(c, f, width) + _thresholds(c, f, width) + _missing(c, f, width)
    for key, text in (("why", f.why), ("clears", f.clears), ("alarms", f.false_alarms)):
        shown = c.text(text, SENTENCE)
        if shown:
            lines += [(), [(said(f"term.{key}"), "bold")], *_paragraph(shown, width, 2)]
    if f.references:
        lines += [(), [(said("flags.references"), "bold")]]
        for r in f.references:
            lines += _paragraph(numbers.tidy(r, 300), width, 2)
    return lines


def _paragraph(text: str, width: int, indent: int = 0, look: str = "") -> list[Line]:
    return [[(" " * indent + x, look)] for x in wrap(text, width - indent)]


def _facts(c: Context, f: Finding, width: int, indent: int = 2) -> list[Line]:
    if not f.evidence:
        return []
    lines: list[Line] = [(), [(" " * (indent - 2) + c.words("term.facts"), "bold")]]
    facts = list(dict.fromkeys(c.fact(e) for e in f.evidence))
    names = [f"{e.title} ({e.whose})" if e.whose else e.title for e in facts]
    room = min(max(map(cells, names)), max(width // 2 - indent, 16))
    for name, e in zip(names, facts, strict=True):
        period = f" ({e.period})" if e.period else ""
        lines.append(
            [(" " * indent + pad(name, room) + "  ", ""), (cut(e.value + period, width - room - indent - 2), "bold")]
        )
        s = e.source
        from_where = ", ".join(t for t in (s.kind, s.link.text, s.note, s.formula) if t)
        lines += _paragraph(from_where, width, indent + 2, "muted")
        if s.quote:
            left, right = ("“", "”")
            lines += _paragraph(left + s.quote + right, width, indent + 2, "muted")
    return lines


def _thresholds(c: Context, f: Finding, width: int) -> list[Line]:
    if not f.distances:
        return []
    lines: list[Line] = [(), [(c.words("term.thresholds"), "bold")]]
    for d in f.distances:
        m = measure(c, d, f)
        against = c.words("distance.against", value=m.value, limit=m.limit)
        tail = " · ".join(t for t in (m.holds, m.distance, numbers.tidy(d.param, TITLE)) if t)
        lines += _paragraph(f"{m.title}: {against}", width, 2)
        lines += _paragraph(tail, width, 4, "muted")
        if m.why:
            lines += _paragraph(m.why, width, 4, "muted")
    return lines


def _missing(c: Context, f: Finding, width: int) -> list[Line]:
    lines: list[Line] = []
    if f.missing:
        lines += [(), [(c.words("term.missing"), "bold")]]
        for title in c.input_titles(f.missing, most=99):
            lines += _paragraph("? " + title, width, 2)
    if f.could_settle:
        lines += [(), [(c.words("term.settle"), "bold")]]
        for keys in f.could_settle:
            lines += _paragraph("→ " + " + ".join(c.input_titles(keys, most=99)), width, 2)
    return lines


def _chain(c: Context, f: Finding, width: int, depth: int, seen: set[str]) -> list[Line]:
    """The rules below a finding, each with its facts, every rule once."""
    lines: list[Line] = []
    if f.because and depth == 1:
        lines += [(), [(c.words("term.chain"), "bold")]]
    for rule in f.because:
        below = c.findings.get(rule)
        mark = "└ " if rule not in seen else "↑ "
        room = width - depth * 2 - 2
        lines.append([(" " * (depth * 2) + mark, "muted"), (cut(c.title(rule), room), "bold")])
        if below is None or rule in seen or depth > MOST_DEPTH:
            continue
        seen.add(rule)
        indent = depth * 2 + 2
        outcome = c.words.of("outcome", below.outcome)
        lines += _paragraph(f"{outcome}: {c.text(below.says)}" if below.says else outcome, width, indent, "muted")
        lines += _facts(c, below, width, indent + 2)[2:]
        lines += _chain(c, below, width, depth + 1, seen)
    return lines
