"""What the terminal shows: a company in at most 25 lines, several as a table, one finding in full.

Pure: every function gives a text. Colour (and with it rich) only when asked for; see `wants_colour`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TextIO

from screener.report import number_format as numbers
from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, render_lines, truncate, wrap
from screener.report.views.flag_views import assumptions_text, flag_state, is_favourable, top_reasons
from screener.report.views.index_view import IndexRow, worst_first
from screener.report.views.view_context import TITLE_LENGTH, ViewContext, severity_rank
from screener.report.wording import load_wording
from screener.result.model import Finding
from screener.text import Language

MAX_LINES = 25
MAX_FLAGS = 6
MAX_INPUTS = 5
MIN_REASON_WIDTH = 12  # cells; with less room there is no reason
MAX_REMAINDER_LINES = 2  # lines that name the flags for which there is no line
_EMPTY_LINE: Line = ()


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether output to `stream` should be coloured: only a terminal, and never where NO_COLOR is set."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


def company_text(
    context: ViewContext, *, width: int = 80, colour: bool = False, verbose: bool = False, report: str | None = None
) -> str:
    """A result in at most 25 lines of `width` cells; with `verbose` all its flags and inputs.

    `report` is the path of the report, shown last.
    """
    width = max(width, 40)
    blocks = [_header_lines(context, width), _reason_lines(context, width), _flag_lines(context, width, verbose)]
    conflicts = _conflict_lines(context, width)
    used = sum(map(len, blocks)) + len(blocks) + len(conflicts) + 1 + bool(report)
    most_inputs = None if verbose else min(max(MAX_LINES - used, 1), MAX_INPUTS)
    blocks.append([*_unknown_lines(context, width, most_inputs), *conflicts])
    lines: list[Line] = []
    for block in blocks:
        lines += [_EMPTY_LINE, *block] if lines and block else block
    if report:
        lines.append([(context.wording("term.where", path=report), "muted")])
    return render_lines(lines, colour, width)


def companies_text(
    rows: Sequence[IndexRow],
    language: Language = "en",
    *,
    width: int = 80,
    colour: bool = False,
    report: str | None = None,
    more: int = 0,
) -> str:
    """Several companies as a table, worst first; `more` are those for which there is no line."""
    wording = load_wording(language)
    width = max(width, 40)
    ordered = worst_first(rows)
    heads = (wording("company"), wording("index.verdict"), wording("score.label"), wording("term.coverage"))
    columns = [
        [r.name for r in ordered],
        [r.verdict.label for r in ordered],
        [f"{r.score} ({r.range})" if r.score != r.range else r.score for r in ordered],
        [r.coverage for r in ordered],
    ]
    limits = (max(width // 4, 12), 16, 14, 9)
    widths = [
        min(max(map(cell_width, (head, *column))), limit)
        for head, column, limit in zip(heads, columns, limits, strict=True)
    ]
    room = width - sum(widths) - 2 * len(widths)  # for the reason
    head_line = "  ".join(pad_to(head, w) for head, w in zip(heads, widths, strict=True))
    if room >= MIN_REASON_WIDTH:
        head_line += "  " + truncate(wording("index.reason"), room)
    lines: list[Line] = [[(head_line, "muted")]]
    for n, row in enumerate(ordered):
        spans: list[Span] = []
        for column, w, style in zip(columns, widths, ("bold", row.verdict.css_class, "", "muted"), strict=True):
            spans += [(pad_to(column[n], w), style), ("  ", "")]
        if room >= MIN_REASON_WIDTH:
            spans.append((truncate(_reason_with_figure(row), room), ""))
        lines.append(spans)
    if more:
        lines.append([(wording.plural("term.more", more), "muted")])
    if report:
        lines.append([(wording("term.where", path=report), "muted")])
    return render_lines(lines, colour, width)


def _reason_with_figure(row: IndexRow) -> str:
    return f"{row.reason} ({row.figure.text})" if row.figure else row.reason


def _header_lines(c: ViewContext, width: int) -> list[Line]:
    company, s, wording = c.company, c.result.score, c.wording
    as_of = numbers.date(company.as_of, c.language)
    meta = [numbers.tidy(company.ticker, 20), c.text(company.sector_title, 40)]
    meta.append(wording("as_of", date=as_of) if as_of else wording("undated"))
    name = truncate(c.text(company.name, TITLE_LENGTH) or company.id, width - 2)
    tail = truncate(" · ".join(m for m in meta if m), max(width - cell_width(name) - 2, 0))
    mark = c.verdict_badge()
    word = mark.label.upper() + (f" ({wording('verdict.thin')})" if c.result.verdict.thin else "")
    k = c.result.coverage
    coverage = f"{wording('term.coverage')} {k.decided}/{k.total}" if k.total else wording("coverage.none")
    sure = c.result.verdict.word != "insufficient-data"
    score = f"{wording('score.label')} {numbers.headline_score(s, sure)}"
    score += f" ({numbers.score_range(s.low, s.high)})" if sure else ""
    lines: list[Line] = [[(name, "bold"), ("  " + tail, "muted")]]
    lines.append(
        [(word, mark.css_class), ("  ", ""), (truncate(f"{score} · {coverage}", width - cell_width(word) - 2), "")]
    )
    lines.append([("0 ", "muted"), *_score_bar(c, min(width - 8, 60), mark.css_class), (" 100", "muted")])
    if told := assumptions_text(c):
        lines += [[(x, "bold")] for x in wrap(told, width, 2)]
    lines += [[(x, "")] for x in wrap(c.text(c.result.verdict.sentence, 400), width, 3)]
    held = c.result.calibration
    return lines + [[(x, "")] for x in (wrap(c.text(held.says, 600), width, 5) if held else ())]


def _score_bar(c: ViewContext, width: int, look: str) -> list[Span]:
    """The scale as text: the score a dot, its range a line, the bands' edges as ticks."""
    s = c.result.score

    def at(value: float) -> int:
        return min(int(min(max(value, 0.0), 100.0) / 100 * width), width - 1)

    marks = ["·"] * width
    for edge in (s.caution_from, s.avoid_from):
        marks[at(edge)] = "|"
    low, high = at(s.low), at(s.high)
    marks[low : high + 1] = ["─"] * (high - low + 1)
    if c.result.verdict.word != "insufficient-data":
        marks[at(s.value)] = "●"
    return [
        ("".join(marks[:low]), "muted"),
        ("".join(marks[low : high + 1]), look),
        ("".join(marks[high + 1 :]), "muted"),
    ]


def _reason_lines(c: ViewContext, width: int) -> list[Line]:
    lines: list[Line] = []
    for f in top_reasons(c):
        text = c.text(f.says, 300) or c.text(f.title, TITLE_LENGTH)
        lines.append([("› ", c.badge(f).css_class), (_first_sentences(text, width - 2), "")])
    return lines


def _first_sentences(text: str, width: int) -> str:
    """The first sentences that fit a line, or as much of the first as does."""
    kept = ""
    for sentence in re.findall(r".+?(?:[.!?](?=\s)|[。！？；]|$)\s*", text):
        if kept and cell_width((kept + sentence).rstrip()) > width:
            break
        kept += sentence
    return truncate(kept.rstrip(), width)


def _flag_lines(c: ViewContext, width: int, verbose: bool) -> list[Line]:
    fired = c.with_outcome("fired")
    bad, good = [f for f in fired if not is_favourable(f)], [f for f in fired if is_favourable(f)]
    rest: list[Finding] = []
    if not verbose and len(fired) > MAX_FLAGS:
        keep = min(len(good), max(2, MAX_FLAGS - 1 - len(bad)))
        best = sorted(good, key=severity_rank)[:keep]
        rest = [*bad[MAX_FLAGS - 1 - keep :], *(f for f in good if f not in best)]
        bad, good = bad[: MAX_FLAGS - 1 - keep], best
    lines: list[Line] = [_flag_line(c, f, width) for f in (*bad, *good)]
    if rest:
        listed = "; ".join(c.text(f.title, TITLE_LENGTH) for f in rest)
        told = f"{c.wording.plural('term.more', len(rest))}: {listed}"
        lines += [[("  " + line, "muted")] for line in wrap(told, width - 2, MAX_REMAINDER_LINES)]
    return lines


def _flag_line(c: ViewContext, f: Finding, width: int) -> Line:
    mark = c.badge(f)
    label = mark.label if f.flag != "pattern" or is_favourable(f) else f"{mark.label} · {c.wording('term.pattern')}"
    number = truncate(c.text(f.headline, 40), max(width // 3, 12))
    room = width - 21 - cell_width(number)
    told = f" ({word})" if (word := flag_state(c, f)[0]) else ""
    title = truncate(c.text(f.title, TITLE_LENGTH), room - cell_width(told)) + told
    return [(pad_to(label, 19) + " ", mark.css_class), (pad_to(title, room), ""), (" " + number, "bold")]


def _unknown_lines(c: ViewContext, width: int, most: int | None) -> list[Line]:
    """What to look up next, first what narrows the range of the score most."""
    wording = c.wording
    unknown = c.with_outcome("unknown")
    if not unknown:
        return []
    inputs = c.result.inputs[:most]
    gains = [
        wording.plural("term.settles", len(i.settles), narrower=numbers.score(i.narrows))
        if i.settles
        else wording.plural("term.waits", len(i.waits))
        for i in inputs
    ]
    room = width - 5 - max(map(cell_width, gains), default=0)
    lines: list[Line] = [[(wording.plural("term.unknown", len(unknown)), "unknown")]]
    for i, gain in zip(inputs, gains, strict=True):
        whose = c.whose(i.company, i.about)
        title = c.text(i.title, TITLE_LENGTH) + (f" ({whose})" if whose else "")
        lines.append([("? ", "unknown"), (pad_to(title, room) if room >= 12 else truncate(title, width - 2), ""),
                      (" · " + gain if room >= 12 else "", "muted")])  # fmt: skip
    return lines


def _conflict_lines(c: ViewContext, width: int) -> list[Line]:
    shown = list(dict.fromkeys(c.text(x.title, 40) for x in c.result.conflicts))
    if not shown:
        return []
    names = c.wording.enumerate(shown)
    return [[(truncate(c.wording.plural("term.conflicts", len(c.result.conflicts), names=names), width), "medium")]]
