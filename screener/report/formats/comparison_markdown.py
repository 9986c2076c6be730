"""The comparison of two results of a company as Markdown."""

from collections.abc import Iterator

from screener.report.formats.markdown_format import markdown_escape, markdown_table
from screener.report.views.comparison_rows import ChangeRow
from screener.report.views.comparison_view import ComparisonView, TurnView
from screener.report.wording import Wording


def comparison_markdown(view: ComparisonView, wording: Wording) -> str:
    """Returns verdict, score, the changed flags with their causes, and the changes in profiles and rules."""
    sides = (view.before, view.after)
    heads = (
        "",
        wording("verdict.label"),
        wording("score.label"),
        wording("score.range"),
        wording("coverage.label"),
        "",
    )
    rows = [(s.label, s.verdict.label, s.score, s.score_range, s.coverage, s.day) for s in sides]
    lines = [f"# {markdown_escape(wording('compare.title', name=view.name))}", ""]
    lines += [*markdown_table(heads, (False, False, True, True, False, False), rows), ""]
    for sentence in filter(None, (*view.notes, view.verdict, view.score, view.unchanged)):
        lines += [markdown_escape(sentence), ""]
    for group in view.groups:
        lines += [f"## {markdown_escape(group.title)}", ""]
        lines += [line for turn in group.turns for line in _turn_lines(turn, wording)] + [""]
    columns = ("compare.what", "compare.before", "compare.after", "compare.moves_head")
    for title, changes in (("inputs", view.inputs), ("sources", view.sources), ("rules", view.rules)):
        if changes:
            cells = [_change_cells(row) for row in changes]
            lines += [f"## {markdown_escape(wording(f'compare.{title}'))}", ""]
            lines += [*markdown_table([wording(key) for key in columns], (False,) * 4, cells), ""]
    return "\n".join([*lines, *([markdown_escape(view.same_rules), ""] if view.same_rules else [])])


def _turn_lines(turn: TurnView, wording: Wording) -> Iterator[str]:
    number = f" ({markdown_escape(turn.figure.text)})" if turn.figure else ""
    yield f"- **{markdown_escape(f'{turn.badge.label}: {turn.title}')}**{number}: {markdown_escape(turn.outcome)}"
    for row in turn.causes:
        values = " → ".join(v for v in (row.before.value, row.after.value) if v != "–")
        yield f"  - {markdown_escape(f'{row.change}: {_title(row)}' + (f': {values}' if values else ''))}"
    if turn.follows_from:
        rules = wording.enumerate(link.text for link in turn.follows_from)
        yield f"  - {markdown_escape(wording('compare.rests_on', rules=rules))}"


def _change_cells(row: ChangeRow) -> tuple[str, ...]:
    moved = [link.text for link in row.affected_rules] + ([row.more_rules] if row.more_rules else [])
    sides = (", ".join(filter(None, (s.value, s.period.rpartition("/")[2], s.source))) for s in (row.before, row.after))
    return (f"{row.change}: {_title(row)}", *sides, ", ".join(moved))


def _title(row: ChangeRow) -> str:
    return row.title + (f" ({row.whose})" if row.whose else "")
