"""What changed between two results, for the terminal."""

from collections.abc import Iterator

from screener.report.formats.terminal_text import Line, cells, cut, pad, paint, wrap
from screener.report.views.comparison_view import ChangeRow, ComparedSide, ComparisonView, Group, Stand, TurnView
from screener.report.wording import Words

_SIGN = {"new": "+", "gone": "−", "otherwise": "~", "numbers": "="}


def comparison_text(view: ComparisonView, said: Words, *, width: int = 80, colour: bool = False) -> str:
    """All of a comparison, in lines of at most `width` cells."""
    width = max(width, 40)
    lines: list[Line] = [*_head(view, width)]
    for note in view.notes:
        lines += [[(x, "bold")] for x in wrap(note, width)]
    lines.append(())
    lines += [
        [(x, "")] for sentence in (view.verdict, view.score, view.nothing) if sentence for x in wrap(sentence, width)
    ]
    for group in view.groups:
        lines += [(), [(group.title, "bold")], *_group(group, said, width)]
    for title, rows in (("inputs", view.inputs), ("sources", view.sources), ("rules", view.rules)):
        if rows:
            lines += [(), [(said(f"compare.{title}"), "bold")]]
            for row in rows:
                lines += _row(row, width, 2, moved=True, said=said)
    if view.same_rules:
        lines += [(), *([(x, "muted")] for x in wrap(view.same_rules, width))]
    return paint(lines, colour, width)


def _head(view: ComparisonView, width: int) -> Iterator[Line]:
    name = cut(view.name, width - 2)
    tail = cut(" · ".join(view.meta), max(width - cells(name) - 2, 0))
    yield [(name, "bold"), ("  " + tail, "muted")]
    label = max(cells(s.label) for s in (view.before, view.after))
    word = max(cells(_word(s)) for s in (view.before, view.after))
    for s in (view.before, view.after):
        score = f"{s.score} ({s.between})" if s.score != s.between else s.score
        rest = f"{score} · {s.coverage} · {s.day}"
        yield [(pad(s.label, label) + "  ", "muted"), (pad(_word(s), word), s.verdict.look),
               ("  " + cut(rest, max(width - label - word - 4, 0)), "")]  # fmt: skip


def _word(s: Stand) -> str:
    return s.verdict.word.upper()


def _group(group: Group, said: Words, width: int) -> Iterator[Line]:
    for t in group.turns:
        number = " ".join(x for x in (t.figure.before, t.figure.number, t.figure.after) if x) if t.figure else ""
        number = cut(number, width // 2)
        label = pad(t.mark.word, 10)
        room = width - 14 - cells(number)
        yield [
            (f"{_SIGN[group.change]} ", "bold"),
            (label + " ", t.mark.look),
            (pad(t.title, room), ""),
            (" " + number, "bold"),
        ]
        tail = " · ".join(x for x in (t.outcome, said("compare.points", points=t.points) if t.points else "") if x)
        yield [("    " + cut(tail, width - 4), "muted")]
        yield from _why(t, said, width)


def _why(t: TurnView, said: Words, width: int) -> Iterator[Line]:
    for row in t.causes:
        yield from _row(row, width, 4)
    if t.rests_on:
        told = said("compare.rests_on", rules=", ".join(link.text for link in t.rests_on))
        yield from ([(" " * 4 + x, "")] for x in wrap(told, width - 4))
    if t.no_cause:
        yield from ([(" " * 4 + x, "muted")] for x in wrap(t.no_cause, width - 4))
    for k in t.limits:
        told = said("compare.limit", title=k.title, before=k.before, after=k.after, limit=k.limit)
        yield from ([(" " * 6 + x, "muted")] for x in wrap(told, width - 6))


def _row(row: ChangeRow, width: int, indent: int, moved: bool = False, said: Words | None = None) -> Iterator[Line]:
    """What is otherwise, by whom it is said, and which rules it moves."""
    title = row.title + (f" ({row.whose})" if row.whose else "")
    values = " → ".join(v for v in (row.before.value, row.after.value) if v != "–")
    told = f"{row.word}: {title}" + (f": {values}" if values else "")
    for i, x in enumerate(wrap(told, width - indent - 2)):
        yield [(" " * indent + ("  " if i else "· ") + x, "")]
    room = width - indent - 4
    sources = [_source(s, room // 2 - 2) for s in (row.before, row.after)]
    if any(sources):
        yield [(" " * (indent + 4) + cut(" → ".join(s or "–" for s in sources), room), "muted")]
    if moved and said is not None and row.moved:
        names = ", ".join([*(link.text for link in row.moved), *([row.more] if row.more else [])])
        yield from ([(" " * (indent + 4) + x, "muted")] for x in wrap(said("compare.moves", rules=names), room))


def _source(s: ComparedSide, room: int) -> str:
    return cut(", ".join(x for x in (s.period.rpartition("/")[2], s.source) if x), room)
