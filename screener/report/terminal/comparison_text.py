"""The changes between two results, for the terminal."""

from collections.abc import Iterator

from screener.report.terminal.text_layout import (
    Line,
    cell_width,
    left_and_right,
    pad_to,
    padded_columns,
    paragraph,
    render_lines,
    truncate,
)
from screener.report.views.comparison_rows import ChangeRow, ComparedSide
from screener.report.views.comparison_view import ComparisonView, StandingView, TurnGroup, TurnView
from screener.report.wording import Wording

_CHANGE_SIGNS = {"new": "+", "gone": "−", "otherwise": "~", "numbers": "="}
_BADGE_WIDTH = 10


def comparison_text(view: ComparisonView, wording: Wording, *, width: int = 80, colour: bool = False) -> str:
    """Returns a whole comparison, in lines of at most `width` cells."""
    width = max(width, 40)
    lines: list[Line] = [*_header_lines(view, width)]
    for note in view.notes:
        lines += paragraph(note, width, style="bold")
    lines.append(())
    for sentence in filter(None, (view.verdict, view.score, view.unchanged)):
        lines += paragraph(sentence, width)
    for group in view.groups:
        lines += [(), [(group.title, "bold")], *_group_lines(group, wording, width)]
    for title, rows in (("inputs", view.inputs), ("sources", view.sources), ("rules", view.rules)):
        if rows:
            lines += [(), [(wording(f"compare.{title}"), "bold")]]
        for row in rows:
            lines += [*_change_lines(row, width, 2), *_source_lines(row, width), *_affected_lines(row, wording, width)]
    if view.same_rules:
        lines += [(), *paragraph(view.same_rules, width, style="muted")]
    return render_lines(lines, colour, width)


def _header_lines(view: ComparisonView, width: int) -> Iterator[Line]:
    yield left_and_right([(truncate(view.name, width - 2), "bold")], " · ".join(view.meta), width, "muted")
    standings = (view.before, view.after)
    labels = [[(s.label, "muted"), (s.verdict.label.upper(), s.verdict.css_class)] for s in standings]
    padded, used = padded_columns(labels, (width, width))
    texts = [_standing_text(s) for s in standings]
    if used + max(map(cell_width, texts)) <= width:
        yield from ([*spans, (text, "")] for spans, text in zip(padded, texts, strict=True))
        return
    for spans, text in zip(padded, texts, strict=True):
        yield spans
        yield from paragraph(text, width, 2)


def _standing_text(s: StandingView) -> str:
    score = f"{s.score} ({s.score_range})" if s.score != s.score_range else s.score
    return f"{score} · {s.coverage} · {s.day}"


def _group_lines(group: TurnGroup, wording: Wording, width: int) -> Iterator[Line]:
    for t in group.turns:
        number = t.figure.text if t.figure else ""
        space = width - _BADGE_WIDTH - 4 - cell_width(number)
        fits = space >= cell_width(t.title)
        yield [
            (f"{_CHANGE_SIGNS[group.change]} ", "bold"),
            (pad_to(t.badge.label, _BADGE_WIDTH) + " ", t.badge.css_class),
            (pad_to(t.title, space) if fits else truncate(t.title, width - _BADGE_WIDTH - 3), ""),
            (" " + number if fits else "", "bold"),
        ]
        if number and not fits:
            yield from paragraph(number, width, _BADGE_WIDTH + 3, "bold")
        points = wording("compare.points", points=t.points) if t.points else ""
        yield from paragraph(" · ".join(filter(None, (t.outcome, points))), width, 4, "muted")
        yield from _cause_lines(t, wording, width)


def _cause_lines(t: TurnView, wording: Wording, width: int) -> Iterator[Line]:
    for row in t.causes:
        yield from _change_lines(row, width, 4)
    if t.follows_from:
        rules = wording.enumerate(link.text for link in t.follows_from)
        yield from paragraph(wording("compare.rests_on", rules=rules), width, 4)
    if t.no_cause:
        yield from paragraph(t.no_cause, width, 4, "muted")
    for k in t.thresholds:
        text = wording("compare.limit", title=k.title, before=k.before, after=k.after, limit=k.limit)
        yield from paragraph(text, width, 6, "muted")


def _change_lines(row: ChangeRow, width: int, indent: int) -> Iterator[Line]:
    title = row.title + (f" ({row.whose})" if row.whose else "")
    values = " → ".join(v for v in (row.before.value, row.after.value) if v != "–")
    yield from paragraph(f"{row.change}: {title}" + (f": {values}" if values else ""), width, indent, mark="· ")


def _source_lines(row: ChangeRow, width: int) -> Iterator[Line]:
    """Returns the full sources of both values of a change."""
    sources = [_source_text(side) for side in (row.before, row.after)]
    if any(sources):
        yield from paragraph(" → ".join(s or "–" for s in sources), width, 6, "muted")


def _affected_lines(row: ChangeRow, wording: Wording, width: int) -> list[Line]:
    if not row.affected_rules:
        return []
    names = wording.enumerate(filter(None, (*(link.text for link in row.affected_rules), row.more_rules)))
    return paragraph(wording("compare.moves", rules=names), width, 6, "muted")


def _source_text(side: ComparedSide) -> str:
    return ", ".join(filter(None, (side.period, side.source)))
