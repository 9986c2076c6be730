"""What the terminal shows: a company in at most 25 lines, several as a table, one finding in full.

Pure: every function gives a text. Colour (and with it rich) only when asked for; see `wants_colour`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TextIO

from screener.report import number_format as numbers
from screener.report.terminal.text_layout import Line, Span, cell_width, pad_to, render_lines, truncate, wrap
from screener.report.views.flag_views import assumptions_text, flag_state, is_favourable, top_reasons
from screener.report.views.index_view import IndexRow, index_row, worst_first
from screener.report.views.view_context import TITLE_LENGTH, ViewContext, severity_rank
from screener.report.wording import load_wording
from screener.result.model import Finding, ResultDocument
from screener.text import Language

MAX_LINES = 25
MAX_FLAGS = 6
MAX_INPUTS = 5
MAX_REMAINDER_LINES = 2  # lines that name the flags for which there is no line
_EMPTY_LINE: Line = ()


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether output to `stream` should be coloured: only a terminal, and never where NO_COLOR is set."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


def company_text(
    results: ResultDocument | Sequence[ResultDocument],
    language: Language = "en",
    *,
    width: int = 80,
    colour: bool = False,
    verbose: bool = False,
    where: str | None = None,
) -> str:
    """One result in at most 25 lines of 80 cells (all flags and inputs with `verbose`), several as a table.

    `where` is the path of the report, shown last. Callers that don't hold their results use `overview`.
    """
    if not isinstance(results, ResultDocument):
        return companies_text(
            [index_row(r, language, "") for r in results], language, width=width, colour=colour, where=where
        )
    width = max(width, 40)
    context = ViewContext(results, load_wording(language))
    blocks = [_header_lines(context, width), _reason_lines(context, width), _flag_lines(context, width, verbose)]
    conflicts = _conflict_lines(context, width)
    used = sum(map(len, blocks)) + len(blocks) + len(conflicts) + 1 + bool(where)
    blocks.append(
        [*_unknown_lines(context, width, None if verbose else min(max(MAX_LINES - used, 1), MAX_INPUTS)), *conflicts]
    )
    lines: list[Line] = []
    for block in blocks:
        lines += [_EMPTY_LINE, *block] if lines and block else block
    if where:
        lines.append([(context.wording("term.where", path=where), "muted")])
    return render_lines(lines, colour, width)


def companies_text(
    rows: Sequence[IndexRow],
    language: Language = "en",
    *,
    width: int = 80,
    colour: bool = False,
    where: str | None = None,
    rest: int = 0,
) -> str:
    """Several companies as a table, worst first; `rest` are those for which there is no line."""
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
    most = (max(width // 4, 12), 16, 14, 9)
    wide = [min(max(map(cell_width, (h, *c))), m) for h, c, m in zip(heads, columns, most, strict=True)]
    room = width - sum(wide) - 2 * len(wide)
    lines: list[Line] = []
    head = "  ".join(pad_to(h, w) for h, w in zip(heads, wide, strict=True))
    lines.append([(head + ("  " + truncate(wording("index.reason"), room) if room >= 12 else ""), "muted")])
    for n, r in enumerate(ordered):
        looks = ("bold", r.verdict.css_class, "", "muted")
        spans: list[Span] = []
        for column, w, look in zip(columns, wide, looks, strict=True):
            spans += [(pad_to(column[n], w), look), ("  ", "")]
        lines.append([*spans, (truncate(_reason_with_figure(r), room), "")] if room >= 12 else spans)
    if rest:
        lines.append([(wording.plural("term.more", rest), "muted")])
    if where:
        lines.append([(wording("term.where", path=where), "muted")])
    return render_lines(lines, colour, width)


def _reason_with_figure(row: IndexRow) -> str:
    figure = row.figure
    shown = " ".join(t for t in (figure.before, figure.number, figure.after) if t) if figure else ""
    return f"{row.reason} ({shown})" if shown else row.reason


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
    names = numbers.comma_list(shown, c.language)
    return [[(truncate(c.wording.plural("term.conflicts", len(c.result.conflicts), names=names), width), "medium")]]
