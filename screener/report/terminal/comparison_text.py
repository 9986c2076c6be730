"""What changed between two results, for the terminal."""

from collections.abc import Iterator

from screener.report.terminal.text_layout import Line, cell_width, pad_to, render_lines, truncate, wrap
from screener.report.views.comparison_rows import ChangeRow, ComparedSide
from screener.report.views.comparison_view import ComparisonView, StandingView, TurnGroup, TurnView
from screener.report.wording import Wording

_CHANGE_SIGNS = {"new": "+", "gone": "−", "otherwise": "~", "numbers": "="}


def comparison_text(view: ComparisonView, wording: Wording, *, width: int = 80, colour: bool = False) -> str:
    """All of a comparison, in lines of at most `width` cells."""
    width = max(width, 40)
    lines: list[Line] = [*_header_lines(view, width)]
    for note in view.notes:
        lines += [[(x, "bold")] for x in wrap(note, width)]
    lines.append(())
    lines += [
        [(x, "")] for sentence in (view.verdict, view.score, view.unchanged) if sentence for x in wrap(sentence, width)
    ]
    for group in view.groups:
        lines += [(), [(group.title, "bold")], *_group_lines(group, wording, width)]
    for title, rows in (("inputs", view.inputs), ("sources", view.sources), ("rules", view.rules)):
        if rows:
            lines += [(), [(wording(f"compare.{title}"), "bold")]]
            for row in rows:
                lines += _change_lines(row, width, 2, moved=True, wording=wording)
    if view.same_rules:
        lines += [(), *([(x, "muted")] for x in wrap(view.same_rules, width))]
    return render_lines(lines, colour, width)


def _header_lines(view: ComparisonView, width: int) -> Iterator[Line]:
    name = truncate(view.name, width - 2)
    tail = truncate(" · ".join(view.meta), max(width - cell_width(name) - 2, 0))
    yield [(name, "bold"), ("  " + tail, "muted")]
    label = max(cell_width(s.label) for s in (view.before, view.after))
    word = max(cell_width(_verdict_label(s)) for s in (view.before, view.after))
    for s in (view.before, view.after):
        score = f"{s.score} ({s.score_range})" if s.score != s.score_range else s.score
        rest = f"{score} · {s.coverage} · {s.day}"
        yield [(pad_to(s.label, label) + "  ", "muted"), (pad_to(_verdict_label(s), word), s.verdict.css_class),
               ("  " + truncate(rest, max(width - label - word - 4, 0)), "")]  # fmt: skip


def _verdict_label(s: StandingView) -> str:
    return s.verdict.label.upper()


def _group_lines(group: TurnGroup, wording: Wording, width: int) -> Iterator[Line]:
    for t in group.turns:
        number = t.figure.text if t.figure else ""
        number = truncate(number, width // 2)
        label = pad_to(t.badge.label, 10)
        room = width - 14 - cell_width(number)
        yield [
            (f"{_CHANGE_SIGNS[group.change]} ", "bold"),
            (label + " ", t.badge.css_class),
            (pad_to(t.title, room), ""),
            (" " + number, "bold"),
        ]
        tail = " · ".join(x for x in (t.outcome, wording("compare.points", points=t.points) if t.points else "") if x)
        yield [("    " + truncate(tail, width - 4), "muted")]
        yield from _cause_lines(t, wording, width)


def _cause_lines(t: TurnView, wording: Wording, width: int) -> Iterator[Line]:
    for row in t.causes:
        yield from _change_lines(row, width, 4)
    if t.follows_from:
        told = wording("compare.rests_on", rules=", ".join(link.text for link in t.follows_from))
        yield from ([(" " * 4 + x, "")] for x in wrap(told, width - 4))
    if t.no_cause:
        yield from ([(" " * 4 + x, "muted")] for x in wrap(t.no_cause, width - 4))
    for k in t.thresholds:
        told = wording("compare.limit", title=k.title, before=k.before, after=k.after, limit=k.limit)
        yield from ([(" " * 6 + x, "muted")] for x in wrap(told, width - 6))


def _change_lines(
    row: ChangeRow, width: int, indent: int, moved: bool = False, wording: Wording | None = None
) -> Iterator[Line]:
    """What is otherwise, by whom it is wording, and which rules it moves."""
    title = row.title + (f" ({row.whose})" if row.whose else "")
    values = " → ".join(v for v in (row.before.value, row.after.value) if v != "–")
    told = f"{row.change}: {title}" + (f": {values}" if values else "")
    for i, x in enumerate(wrap(told, width - indent - 2)):
        yield [(" " * indent + ("  " if i else "· ") + x, "")]
    room = width - indent - 4
    sources = [_source_text(s, room // 2 - 2) for s in (row.before, row.after)]
    if any(sources):
        yield [(" " * (indent + 4) + truncate(" → ".join(s or "–" for s in sources), room), "muted")]
    if moved and wording is not None and row.affected_rules:
        names = ", ".join([*(link.text for link in row.affected_rules), *([row.more_rules] if row.more_rules else [])])
        yield from ([(" " * (indent + 4) + x, "muted")] for x in wrap(wording("compare.moves", rules=names), room))


def _source_text(s: ComparedSide, room: int) -> str:
    return truncate(", ".join(x for x in (s.period.rpartition("/")[2], s.source) if x), room)
