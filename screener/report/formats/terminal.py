"""What the terminal shows: a company in at most 25 lines, several as a table, one finding in full.

Pure: every function gives a text. Colour (and with it rich) only when asked for; see `wants_colour`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TextIO

from screener.report import number_format as numbers
from screener.report.formats.terminal_text import Line, Span, cells, cut, pad, paint, wrap
from screener.report.views.flags import is_good, state, top_reasons, what_if
from screener.report.views.index_view import Row, row_of, worst_first
from screener.report.views.view_context import TITLE, Context, rank
from screener.report.wording import words
from screener.result.model import Finding, ResultDocument
from screener.text import Language

MOST_LINES = 25
MOST_FLAGS = 6
MOST_INPUTS = 5
MOST_LISTED = 2  # lines that name the flags for which there is no line
_BLANK: Line = ()


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether output to `stream` should be coloured: only a terminal, and never where NO_COLOR is set."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb" and stream.isatty()


def summary(
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
        return overview([row_of(r, language, "") for r in results], language, width=width, colour=colour, where=where)
    width = max(width, 40)
    context = Context(results, words(language))
    blocks = [_head(context, width), _why(context, width), _flags(context, width, verbose)]
    conflicts = _conflicts(context, width)
    used = sum(map(len, blocks)) + len(blocks) + len(conflicts) + 1 + bool(where)
    blocks.append(
        [*_open(context, width, None if verbose else min(max(MOST_LINES - used, 1), MOST_INPUTS)), *conflicts]
    )
    lines: list[Line] = []
    for block in blocks:
        lines += [_BLANK, *block] if lines and block else block
    if where:
        lines.append([(context.words("term.where", path=where), "muted")])
    return paint(lines, colour, width)


def overview(
    rows: Sequence[Row],
    language: Language = "en",
    *,
    width: int = 80,
    colour: bool = False,
    where: str | None = None,
    rest: int = 0,
) -> str:
    """Several companies as a table, worst first; `rest` are those for which there is no line."""
    said = words(language)
    width = max(width, 40)
    ordered = worst_first(rows)
    heads = (said("company"), said("index.verdict"), said("score.label"), said("term.coverage"))
    columns = [
        [r.name for r in ordered],
        [r.verdict.word for r in ordered],
        [f"{r.score} ({r.range})" if r.score != r.range else r.score for r in ordered],
        [r.coverage for r in ordered],
    ]
    most = (max(width // 4, 12), 16, 14, 9)
    wide = [min(max(map(cells, (h, *c))), m) for h, c, m in zip(heads, columns, most, strict=True)]
    room = width - sum(wide) - 2 * len(wide)
    lines: list[Line] = []
    head = "  ".join(pad(h, w) for h, w in zip(heads, wide, strict=True))
    lines.append([(head + ("  " + cut(said("index.reason"), room) if room >= 12 else ""), "muted")])
    for n, r in enumerate(ordered):
        looks = ("bold", r.verdict.look, "", "muted")
        spans: list[Span] = []
        for column, w, look in zip(columns, wide, looks, strict=True):
            spans += [(pad(column[n], w), look), ("  ", "")]
        lines.append([*spans, (cut(_with_number(r), room), "")] if room >= 12 else spans)
    if rest:
        lines.append([(said.count("term.more", rest), "muted")])
    if where:
        lines.append([(said("term.where", path=where), "muted")])
    return paint(lines, colour, width)


def _with_number(row: Row) -> str:
    figure = row.figure
    shown = " ".join(t for t in (figure.before, figure.number, figure.after) if t) if figure else ""
    return f"{row.reason} ({shown})" if shown else row.reason


def _head(c: Context, width: int) -> list[Line]:
    company, s, said = c.company, c.result.score, c.words
    as_of = numbers.date(company.as_of, c.language)
    meta = [numbers.tidy(company.ticker, 20), c.text(company.sector_title, 40)]
    meta.append(said("as_of", date=as_of) if as_of else said("undated"))
    name = cut(c.text(company.name, TITLE) or company.id, width - 2)
    tail = cut(" · ".join(m for m in meta if m), max(width - cells(name) - 2, 0))
    mark = c.verdict_mark()
    word = mark.word.upper() + (f" ({said('verdict.thin')})" if c.result.verdict.thin else "")
    k = c.result.coverage
    coverage = f"{said('term.coverage')} {k.decided}/{k.total}" if k.total else said("coverage.none")
    sure = c.result.verdict.word != "insufficient-data"
    score = f"{said('score.label')} {numbers.headline_score(s, sure)}"
    score += f" ({numbers.score_range(s.low, s.high)})" if sure else ""
    lines: list[Line] = [[(name, "bold"), ("  " + tail, "muted")]]
    lines.append([(word, mark.look), ("  ", ""), (cut(f"{score} · {coverage}", width - cells(word) - 2), "")])
    lines.append([("0 ", "muted"), *_bar(c, min(width - 8, 60), mark.look), (" 100", "muted")])
    if told := what_if(c):
        lines += [[(x, "bold")] for x in wrap(told, width, 2)]
    lines += [[(x, "")] for x in wrap(c.text(c.result.verdict.sentence, 400), width, 3)]
    held = c.result.calibration
    return lines + [[(x, "")] for x in (wrap(c.text(held.says, 600), width, 5) if held else ())]


def _bar(c: Context, width: int, look: str) -> list[Span]:
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


def _why(c: Context, width: int) -> list[Line]:
    lines: list[Line] = []
    for f in top_reasons(c):
        text = c.text(f.says, 300) or c.text(f.title, TITLE)
        lines.append([("› ", c.mark(f).look), (_one_line(text, width - 2), "")])
    return lines


def _one_line(text: str, width: int) -> str:
    """The first sentences that fit a line, or as much of the first as does."""
    kept = ""
    for sentence in re.findall(r".+?(?:[.!?](?=\s)|[。！？；]|$)\s*", text):
        if kept and cells((kept + sentence).rstrip()) > width:
            break
        kept += sentence
    return cut(kept.rstrip(), width)


def _flags(c: Context, width: int, verbose: bool) -> list[Line]:
    fired = c.of("fired")
    bad, good = [f for f in fired if not is_good(f)], [f for f in fired if is_good(f)]
    rest: list[Finding] = []
    if not verbose and len(fired) > MOST_FLAGS:
        keep = min(len(good), max(2, MOST_FLAGS - 1 - len(bad)))
        best = sorted(good, key=rank)[:keep]
        rest = [*bad[MOST_FLAGS - 1 - keep :], *(f for f in good if f not in best)]
        bad, good = bad[: MOST_FLAGS - 1 - keep], best
    lines: list[Line] = [_flag(c, f, width) for f in (*bad, *good)]
    if rest:
        listed = "; ".join(c.text(f.title, TITLE) for f in rest)
        told = f"{c.words.count('term.more', len(rest))}: {listed}"
        lines += [[("  " + line, "muted")] for line in wrap(told, width - 2, MOST_LISTED)]
    return lines


def _flag(c: Context, f: Finding, width: int) -> Line:
    mark = c.mark(f)
    label = mark.word if f.flag != "pattern" or is_good(f) else f"{mark.word} · {c.words('term.pattern')}"
    number = cut(c.text(f.headline, 40), max(width // 3, 12))
    room = width - 21 - cells(number)
    told = f" ({word})" if (word := state(c, f)[0]) else ""
    title = cut(c.text(f.title, TITLE), room - cells(told)) + told
    return [(pad(label, 19) + " ", mark.look), (pad(title, room), ""), (" " + number, "bold")]


def _open(c: Context, width: int, most: int | None) -> list[Line]:
    """What to look up next, first what narrows the range of the score most."""
    said = c.words
    unknown = c.of("unknown")
    if not unknown:
        return []
    inputs = c.result.inputs[:most]
    gains = [
        said.count("term.settles", len(i.settles), narrower=numbers.score(i.narrows))
        if i.settles
        else said.count("term.waits", len(i.waits))
        for i in inputs
    ]
    room = width - 5 - max(map(cells, gains), default=0)
    lines: list[Line] = [[(said.count("term.unknown", len(unknown)), "unknown")]]
    for i, gain in zip(inputs, gains, strict=True):
        whose = c.whose(i.company, i.about)
        title = c.text(i.title, TITLE) + (f" ({whose})" if whose else "")
        lines.append([("? ", "unknown"), (pad(title, room) if room >= 12 else cut(title, width - 2), ""),
                      (" · " + gain if room >= 12 else "", "muted")])  # fmt: skip
    return lines


def _conflicts(c: Context, width: int) -> list[Line]:
    shown = list(dict.fromkeys(c.text(x.title, 40) for x in c.result.conflicts))
    if not shown:
        return []
    names = numbers.listed(shown, c.language)
    return [[(cut(c.words.count("term.conflicts", len(c.result.conflicts), names=names), width), "medium")]]
