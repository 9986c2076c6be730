"""Results for the terminal: one company in as many lines as fit, several as a table."""

import re
from collections.abc import Sequence

from screener.report import number_format as numbers
from screener.report.terminal.text_layout import (
    Line,
    Span,
    cell_width,
    left_and_right,
    pad_to,
    paragraph,
    render_lines,
    truncate,
)
from screener.report.terminal.text_table import table_lines
from screener.report.views.badges import severity_rank
from screener.report.views.coverage_view import rule_tally
from screener.report.views.display_text import TITLE_LENGTH
from screener.report.views.flag_views import assumptions_text, flag_state, is_favourable, top_reasons
from screener.report.views.index_row import IndexRow, VerdictCounts, worst_first
from screener.report.views.peer_views import score_standing
from screener.report.views.standing import StandingTexts
from screener.report.views.view_context import ViewContext
from screener.report.wording import Wording, load_wording
from screener.result.finding_records import Finding, OpenInput
from screener.text import Language
from screener.vocabulary import Severity, Verdict

MAX_LINES = 25  # used if the height of the terminal is not known
MAX_INPUTS = 5
MIN_TITLE_WIDTH = 12  # in cells; in narrower columns nothing is shown beside a title
MAX_REMAINDER_LINES = 2  # greatest number of lines with the titles of flags that have no separate line
LEAST_OTHERS = 4  # number of lines of flags that are neither critical nor high, before other parts are shortened
MAX_SCOPE_LINES = 4  # greatest number of lines on what the verdict covers
# Numbers of lines for scope and reasons, in descending order: the first ones that leave space for the rest are used
MOST_DOUBTS = 2
_SPACE = ((MAX_SCOPE_LINES, 3), (3, 3), (2, 3), (2, 2), (2, 1), (1, 1))
_EMPTY_LINE: Line = ()


def company_text(
    context: ViewContext,
    *,
    width: int = 80,
    height: int = MAX_LINES,
    colour: bool = False,
    verbose: bool = False,
    report: str | None = None,
) -> str:
    """Returns a result in lines of `width` cells, at most `height` lines unless the critical and high flags, which all
    have a line, need more.

    With `verbose`, shows all flags and inputs. `report` is the path of the report, shown last.
    """
    width = max(width, 40)
    conflicts = [*_conflict_lines(context, width), *_doubt_lines(context, width, None if verbose else MOST_DOUBTS)]
    users_rules = _users_rules_lines(context, width)
    all_reasons = _reason_lines(context, width)
    ending = len(conflicts) + len(users_rules) + bool(report) + (3 if _has_unknowns(context) else 0)
    header, reasons, space = list[Line](), all_reasons, 0
    for most_scope, most_reasons in _SPACE[:1] if verbose else _SPACE:
        header, reasons = _header_lines(context, width, most_scope), all_reasons[:most_reasons]
        space = height - len(header) - len(reasons) - bool(reasons) - ending - 1
        if space >= _least_flag_lines(context):
            break
    flags = _flag_lines(context, width, None if verbose else space)
    most_inputs = None if verbose else min(max(1 + space - len(flags), 1), MAX_INPUTS)
    spare = None if most_inputs is None else 1 + space - len(flags) - most_inputs
    blocks = [header, reasons, flags, [*_unknown_lines(context, width, most_inputs, spare), *conflicts]]
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
    notes: Sequence[str] = (),
    report: str | None = None,
    more: int = 0,
) -> str:
    """Returns several companies as a table, worst first, then `notes` on all of them; `more` is the number of companies
    not in the table."""
    wording, width = load_wording(language), max(width, 40)
    columns = ("company", "index.verdict", "score.label", "score.range", "term.coverage", "index.reason")
    body = [
        [
            (row.name, "bold"),
            (row.verdict.label, row.verdict.css_class),
            (row.score if row.score != row.range else "–", ""),
            (row.range, ""),
            (row.coverage, "muted"),
            (_reason_with_figure(row), ""),
        ]
        for row in worst_first(rows)
    ]
    lines = table_lines([wording(key) for key in columns], body, (False, False, True, True, True, False), width)
    lines += [line for note in notes for line in paragraph(note, width)]
    footer = [wording.plural("term.more", more)] if more else []
    footer += [wording("term.where", path=report)] if report else []
    return render_lines([*lines, *([(text, "muted")] for text in footer)], colour, width)


def verdict_totals(counts: VerdictCounts, companies: int, language: Language = "en") -> str:
    """Returns a sentence with the number of companies in total and by verdict."""
    wording = load_wording(language)
    found = [f"{badge.label} {n:,}" for _, (badge, n) in sorted(counts.items(), key=lambda item: Verdict(item[0]).rank)]
    return f"{wording.plural('trial.companies', companies)}: {' · '.join(found)}"


def pack_notes(rows: Sequence[IndexRow], day: str | None, language: Language = "en") -> list[str]:
    """Returns the packs used with their versions, and the day of the screening if one was named."""
    wording = load_wording(language)
    shown = numbers.date(day, language)
    as_of = f" · {wording('as_of', date=shown)}" if shown else ""
    packs = dict.fromkeys(row.pack for row in rows if row.pack.strip())
    return [wording("term.packs", packs=pack) + as_of for pack in packs]


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
    lines: list[Line] = [left_and_right([(name, "bold")], " · ".join(m for m in meta if m), width, "muted")]
    lines.append(left_and_right([(verdict, css_class)], f"{score} · {coverage}", width))
    lines.append([("0 ", "muted"), *_score_bar(c, min(width - 8, 60), css_class), (" 100", "muted")])
    lines += paragraph(" · ".join(rule_tally(c)), width, most=2)
    if assumptions := assumptions_text(c):
        lines += paragraph(assumptions, width, style="bold", most=2)
    lines += paragraph(c.text(c.result.verdict.sentence, 400), width, most=3)
    lines += paragraph(c.text(c.result.verdict.scope, 600), width, most=most_scope)
    if own_sector := c.text(c.result.verdict.own_sector, 600):
        lines += paragraph(own_sector, width, most=most_scope)
    lines += paragraph(standing.packs_by_weight, width, style="muted", most=2) if standing.packs else []
    if standing_among_peers := score_standing(c):
        lines += paragraph(standing_among_peers, width, most=1)
    if c.result.calibration:
        lines += paragraph(c.text(c.result.calibration.says, 600), width, most=5)
    return lines


def _score_bar(c: ViewContext, width: int, css_class: str) -> list[Span]:
    """Returns the scale as text: the score as a dot, its range as a line, the edges of the bands as ticks."""
    s = c.result.score

    def cell(value: float) -> int:
        return min(int(min(max(value, 0.0), 100.0) / 100 * width), width - 1)

    marks = ["·"] * width
    for edge in (s.caution_from, s.avoid_from):
        marks[cell(edge)] = "|"
    low, high = cell(s.low), cell(s.high)
    marks[low : high + 1] = ["─"] * (high - low + 1)
    if not c.result.verdict.word.withholds_score:
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
    """Returns the first sentences that fit in a line, or as much of the first as fits."""
    kept = ""
    for sentence in re.findall(r".+?(?:[.!?](?=\s)|[。！？；]|$)\s*", text):
        if kept and cell_width((kept + sentence).rstrip()) > width:
            break
        kept += sentence
    return truncate(kept.rstrip(), width)


def _is_heavy(f: Finding) -> bool:
    """Returns whether a flag always has a separate line: critical and high ones against the company that count."""
    return not is_favourable(f) and f.scored and f.severity in (Severity.CRITICAL, Severity.HIGH)


def _least_flag_lines(c: ViewContext) -> int:
    """Returns the least number of lines for flags: those of the heavy ones, and a few for all others."""
    fired = c.with_outcome("fired")
    heavy = sum(map(_is_heavy, fired))
    return heavy + min(len(fired) - heavy, LEAST_OTHERS)


def _flag_lines(c: ViewContext, width: int, most: int | None) -> list[Line]:
    """Returns the flags, worst first, in at most `most` lines (None: all); all critical and high ones, and one
    mitigant, have a line."""
    fired = c.with_outcome("fired")
    heavy = [f for f in fired if _is_heavy(f)]
    red = [f for f in fired if not is_favourable(f) and f not in heavy]
    green = sorted((f for f in fired if is_favourable(f)), key=severity_rank)
    omitted: list[Finding] = []
    if most is not None and len(fired) > most:
        space = max(most - 1 - len(heavy), 0)
        kept = max(min(len(green), space - len(red)), min(len(green), 1))
        red, omitted = red[: max(space - kept, 0)], red[max(space - kept, 0) :]
        green, omitted = green[:kept], [*omitted, *green[kept:]]
    lines: list[Line] = [_flag_line(c, f, width) for f in (*heavy, *red, *green)]
    if omitted:
        titles = c.wording.series(c.text(f.title, TITLE_LENGTH) for f in omitted)
        text = f"{c.wording.plural('term.more', len(omitted))}: {titles}"
        spare = MAX_REMAINDER_LINES if most is None else most - len(lines)
        lines += paragraph(text, width, 2, "muted", most=min(max(spare, 1), MAX_REMAINDER_LINES))
    return lines


def _flag_line(c: ViewContext, f: Finding, width: int) -> Line:
    badge = c.badge(f)
    label = badge.label if f.flag != "pattern" or is_favourable(f) else f"{badge.label} · {c.wording('term.pattern')}"
    headline = truncate(c.text(f.headline, 60), max(width * 2 // 5, 12))
    title_width = width - 21 - cell_width(headline)
    state = f" ({word})" if (word := flag_state(c, f)[0]) else ""
    title = truncate(c.text(f.title, TITLE_LENGTH), title_width - cell_width(state)) + state
    return [(pad_to(label, 19) + " ", badge.css_class), (pad_to(title, title_width), ""), (" " + headline, "bold")]


def _has_unknowns(c: ViewContext) -> bool:
    return bool(c.result.coverage.total - c.result.coverage.decided or c.result.inputs)


def _unknown_lines(c: ViewContext, width: int, most: int | None, spare: int | None) -> list[Line]:
    """Returns what to look up next, first the inputs that narrow the range of the score most.

    The place to look follows in up to two lines, or in one while `spare` lines are left.
    """
    if not _has_unknowns(c):
        return []
    unknown = c.result.coverage.total - c.result.coverage.decided
    inputs = c.result.inputs[:most]
    gains = [_gain_text(c.wording, i) for i in inputs]
    title_width = width - 5 - max(map(cell_width, gains), default=0)
    lines: list[Line] = [[(c.wording.plural("term.unknown", unknown), "unknown")]]
    for i, gain in zip(inputs, gains, strict=True):
        whose = c.whose(i.company, i.about)
        title = c.text(i.title, TITLE_LENGTH) + (f" ({whose})" if whose else "")
        if title_width >= MIN_TITLE_WIDTH:
            lines.append([("? ", "unknown"), (pad_to(title, title_width), ""), (" · " + gain, "muted")])
        else:
            lines.append([("? ", "unknown"), (truncate(title, width - 2), "")])
        if i.look_at and (spare is None or spare > 0):
            lines.extend(paragraph(c.look_at(i), width, 2, "muted", most=2 if spare is None else 1))
            spare = None if spare is None else spare - 1
    return lines


def _gain_text(wording: Wording, i: OpenInput) -> str:
    if not i.settles:
        return wording.plural("term.waits", len(i.waits))
    return wording.plural("term.settles", len(i.settles), range=numbers.score_range(i.low, i.high))


def _conflict_lines(c: ViewContext, width: int) -> list[Line]:
    titles = list(dict.fromkeys(c.text(conflict.title, 40) for conflict in c.result.conflicts))
    if not titles:
        return []
    text = c.wording.plural("term.conflicts", len(c.result.conflicts), names=c.wording.enumerate(titles))
    return [[(truncate(text, width), "medium")]]


def _doubt_lines(c: ViewContext, width: int, most: int | None) -> list[Line]:
    """Returns values that are probably mistakes, and parts of the profile that were left out, in at most `most` lines."""
    texts = [c.text(doubt) for doubt in c.result.doubts]
    shown = texts[:most]
    lines: list[Line] = [[(truncate(c.wording("term.doubt", doubt=text), width), "medium")] for text in shown]
    rest = len(texts) - len(shown)
    if rest:
        lines[-1] = [(truncate(c.wording.plural("term.doubts", rest, doubt=shown[-1]), width), "medium")]
    return lines


def _users_rules_lines(c: ViewContext, width: int) -> list[Line]:
    """Returns the packs, rule files and settings of the user that the rules come from."""
    found = StandingTexts(c.result, c.wording).users_rules
    text = c.wording("term.rules", rules=c.wording.series(found))
    return paragraph(text, width, style="medium", most=3) if found else []
