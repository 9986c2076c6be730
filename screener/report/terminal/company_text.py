"""What the terminal shows of results: a company in at most 25 lines, several as a table."""

import re
from collections.abc import Sequence

from screener.report import number_format as numbers
from screener.report.terminal.text_layout import (
    Line,
    Span,
    beside,
    cell_width,
    pad_to,
    padded_columns,
    paragraph,
    render_lines,
    truncate,
)
from screener.report.views.flag_views import assumptions_text, flag_state, is_favourable, top_reasons
from screener.report.views.index_view import IndexRow, worst_first
from screener.report.views.standing import StandingTexts
from screener.report.views.view_context import TITLE_LENGTH, ViewContext, severity_rank
from screener.report.wording import Wording, load_wording
from screener.result.model import Finding, OpenInput
from screener.text import Language
from screener.vocabulary import Verdict

MAX_LINES = 25
MAX_FLAGS = 6
MAX_INPUTS = 5
MIN_REASON_WIDTH, MIN_TITLE_WIDTH = 12, 12  # cells; in narrower columns there is no reason, or nothing beside a title
MAX_REMAINDER_LINES = 2  # lines with the titles of the flags that have no line of their own
MAX_SCOPE_LINES = 4  # lines of what the verdict covers
# Lines of other flags and of what the verdict covers, from the most to the fewest: the first that leave room for the rest
_ROOM = ((MAX_REMAINDER_LINES, MAX_SCOPE_LINES), (1, MAX_SCOPE_LINES), (1, 3), (1, 2))
_EMPTY_LINE: Line = ()


def company_text(
    context: ViewContext, *, width: int = 80, colour: bool = False, verbose: bool = False, report: str | None = None
) -> str:
    """A result in at most 25 lines of `width` cells; with `verbose` all its flags and inputs.

    `report` is the path of the report, shown last.
    """
    width = max(width, 40)
    conflicts = _conflict_lines(context, width)
    users_rules = _users_rules_lines(context, width)
    reasons = _reason_lines(context, width)
    blocks: list[list[Line]] = []
    used = 0
    for most_others, most_scope in _ROOM:
        blocks = [_header_lines(context, width, most_scope), reasons, _flag_lines(context, width, verbose, most_others)]
        used = sum(map(len, blocks)) + len(blocks) + len(conflicts) + len(users_rules) + 1 + bool(report)
        if verbose or used < MAX_LINES:  # at least one input has room
            break
    most_inputs = None if verbose else min(max(MAX_LINES - used, 1), MAX_INPUTS)
    blocks.append([*_unknown_lines(context, width, most_inputs), *conflicts])
    lines: list[Line] = []
    for block in blocks:
        lines += [_EMPTY_LINE, *block] if lines and block else block
    lines += users_rules
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
    """Several companies as a table, worst first; `more` companies are not in the table."""
    wording, width = load_wording(language), max(width, 40)
    ordered = worst_first(rows)
    heads = (wording("company"), wording("index.verdict"), wording("score.label"), wording("term.coverage"))
    table: list[list[Span]] = [[(head, "muted") for head in heads]]
    for row in ordered:
        score = f"{row.score} ({row.range})" if row.score != row.range else row.score
        verdict = (row.verdict.label, row.verdict.css_class)
        table.append([(row.name, "bold"), verdict, (score, ""), (row.coverage, "muted")])
    lines, used = padded_columns(table, (max(width // 4, 12), 16, 14, 9))
    room = width - used
    if room >= MIN_REASON_WIDTH:
        lines[0].append((truncate(wording("index.reason"), room), "muted"))
        for line, row in zip(lines[1:], ordered, strict=True):
            line.append((truncate(_reason_with_figure(row), room), ""))
    footer = [wording.plural("term.more", more)] if more else []
    footer += [wording("term.where", path=report)] if report else []
    return render_lines([*lines, *([(text, "muted")] for text in footer)], colour, width)


def _reason_with_figure(row: IndexRow) -> str:
    return f"{row.reason} ({row.figure.text})" if row.figure else row.reason


def _header_lines(c: ViewContext, width: int, most_scope: int) -> list[Line]:
    company, standing, wording = c.company, StandingTexts(c.result, c.wording), c.wording
    meta = (numbers.tidy(company.ticker, 20), c.text(company.sector_title, 40), standing.day)
    name = truncate(c.text(company.name, TITLE_LENGTH) or company.id, width - 2)
    verdict = standing.badge.label.upper() + (f" ({standing.thin_evidence})" if standing.thin_evidence else "")
    k = c.result.coverage
    coverage = f"{wording('term.coverage')} {k.decided}/{k.total}" if k.total else wording("coverage.none")
    score = f"{wording('score.label')} {standing.score}"
    score += f" ({standing.score_range})" if standing.enough_data else ""
    css_class = standing.badge.css_class
    lines: list[Line] = [beside([(name, "bold")], " · ".join(m for m in meta if m), width, "muted")]
    lines.append(beside([(verdict, css_class)], f"{score} · {coverage}", width))
    lines.append([("0 ", "muted"), *_score_bar(c, min(width - 8, 60), css_class), (" 100", "muted")])
    if assumptions := assumptions_text(c):
        lines += paragraph(assumptions, width, style="bold", most=2)
    lines += paragraph(c.text(c.result.verdict.sentence, 400), width, most=3)
    lines += paragraph(c.text(c.result.verdict.scope, 600), width, most=most_scope)
    if own_sector := c.text(c.result.verdict.own_sector, 600):
        lines += paragraph(own_sector, width, most=most_scope)
    lines += paragraph(" · ".join(standing.packs), width, style="muted", most=3)
    if c.result.calibration:
        lines += paragraph(c.text(c.result.calibration.says, 600), width, most=5)
    return lines


def _score_bar(c: ViewContext, width: int, css_class: str) -> list[Span]:
    """The scale as text: the score a dot, its range a line, the edges of the bands as ticks."""
    s = c.result.score

    def cell(value: float) -> int:
        return min(int(min(max(value, 0.0), 100.0) / 100 * width), width - 1)

    marks = ["·"] * width
    for edge in (s.caution_from, s.avoid_from):
        marks[cell(edge)] = "|"
    low, high = cell(s.low), cell(s.high)
    marks[low : high + 1] = ["─"] * (high - low + 1)
    if c.result.verdict.word != Verdict.INSUFFICIENT_DATA:
        marks[cell(s.value)] = "●"
    parts = ((marks[:low], "muted"), (marks[low : high + 1], css_class), (marks[high + 1 :], "muted"))
    return [("".join(part), style) for part, style in parts]


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


def _flag_lines(c: ViewContext, width: int, verbose: bool, most_others: int) -> list[Line]:
    fired = c.with_outcome("fired")
    red, green = [f for f in fired if not is_favourable(f)], [f for f in fired if is_favourable(f)]
    omitted: list[Finding] = []
    if not verbose and len(fired) > MAX_FLAGS:
        kept = min(len(green), max(2, MAX_FLAGS - 1 - len(red)))
        best = sorted(green, key=severity_rank)[:kept]
        omitted = [*red[MAX_FLAGS - 1 - kept :], *(f for f in green if f not in best)]
        red, green = red[: MAX_FLAGS - 1 - kept], best
    lines: list[Line] = [_flag_line(c, f, width) for f in (*red, *green)]
    if omitted:
        titles = "; ".join(c.text(f.title, TITLE_LENGTH) for f in omitted)
        text = f"{c.wording.plural('term.more', len(omitted))}: {titles}"
        lines += paragraph(text, width, 2, "muted", most=most_others)
    return lines


def _flag_line(c: ViewContext, f: Finding, width: int) -> Line:
    badge = c.badge(f)
    label = badge.label if f.flag != "pattern" or is_favourable(f) else f"{badge.label} · {c.wording('term.pattern')}"
    headline = truncate(c.text(f.headline, 40), max(width // 3, 12))
    room = width - 21 - cell_width(headline)
    state = f" ({word})" if (word := flag_state(c, f)[0]) else ""
    title = truncate(c.text(f.title, TITLE_LENGTH), room - cell_width(state)) + state
    return [(pad_to(label, 19) + " ", badge.css_class), (pad_to(title, room), ""), (" " + headline, "bold")]


def _unknown_lines(c: ViewContext, width: int, most: int | None) -> list[Line]:
    """What to find out next, first what narrows the range of the score most."""
    unknown = c.result.coverage.total - c.result.coverage.decided
    if not unknown and not c.result.inputs:
        return []
    inputs = c.result.inputs[:most]
    gains = [_gain_text(c.wording, i) for i in inputs]
    room = width - 5 - max(map(cell_width, gains), default=0)
    lines: list[Line] = [[(c.wording.plural("term.unknown", unknown), "unknown")]]
    for i, gain in zip(inputs, gains, strict=True):
        whose = c.whose(i.company, i.about)
        title = c.text(i.title, TITLE_LENGTH) + (f" ({whose})" if whose else "")
        if room >= MIN_TITLE_WIDTH:
            lines.append([("? ", "unknown"), (pad_to(title, room), ""), (" · " + gain, "muted")])
        else:
            lines.append([("? ", "unknown"), (truncate(title, width - 2), "")])
    return lines


def _gain_text(wording: Wording, i: OpenInput) -> str:
    if not i.settles:
        return wording.plural("term.waits", len(i.waits))
    return wording.plural("term.settles", len(i.settles), narrower=numbers.score(i.narrows))


def _conflict_lines(c: ViewContext, width: int) -> list[Line]:
    titles = list(dict.fromkeys(c.text(conflict.title, 40) for conflict in c.result.conflicts))
    if not titles:
        return []
    text = c.wording.plural("term.conflicts", len(c.result.conflicts), names=c.wording.enumerate(titles))
    return [[(truncate(text, width), "medium")]]


def _users_rules_lines(c: ViewContext, width: int) -> list[Line]:
    """Which packs, rule files and settings of the user the rules come from."""
    found = StandingTexts(c.result, c.wording).users_rules
    text = c.wording("term.rules", rules="; ".join(found))
    return paragraph(text, width, style="medium", most=3) if found else []
