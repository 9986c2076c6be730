"""A rule as text, for the terminal."""

from collections.abc import Iterable

from screener.report.terminal.text_layout import Line, paragraph, render_lines
from screener.report.views.rule_view import CONDITION_NOTES, RuleView, parameter_name, rule_notes
from screener.report.wording import Wording

_HANGING = 2  # cells by which the further lines of a text are indented


def rule_text(rule: RuleView, wording: Wording, width: int, colour: bool = False) -> str:
    """Returns all information on a rule, under fixed headings."""
    lines: list[Line] = [*paragraph(f"{rule.id}: {rule.title}", width, style="bold")]
    for about in (wording("comma").join(rule.attributes), rule.file):
        lines += paragraph(about, width, style="muted")

    def section(head: str, parts: Iterable[str]) -> None:
        lines.extend([(), [(wording(f"rule.{head}"), "bold")]])
        for part in [p for p in parts if p] or [wording("rule.none")]:
            text = part.lstrip(" ")
            indent = 2 + len(part) - len(text)
            first, *others = paragraph(text, max(width - _HANGING, indent + 20), indent)
            lines.extend([first, *([(" " * _HANGING + line[0][0], "")] for line in others)])

    def notes(*names: str) -> list[str]:
        return rule_notes(rule, wording, *names)

    section("says", [rule.sentence, *notes("headline", "clear_title")])
    section("why", [rule.why])
    section("condition", [*_condition_lines(rule, wording)])
    section("params", [f"{parameter_name(p, wording)} = {p.value}: {p.why}" for p in rule.params])
    section("clears", [rule.clears])
    section("false_alarms", [rule.false_alarms, *notes("softens", "relieves")])
    examples = [(wording("rule.expects", name=e.name, outcome=e.outcome), f"  {e.profile}") for e in rule.examples]
    section("examples", [text for example in examples for text in example])
    section("references", [*rule.references, *notes("claims")])
    section("used_by", [wording(f"rule.{u.relation}", rule=f"{u.rule}: {u.title}") for u in rule.used_by])
    return render_lines(lines, colour, width)


def _condition_lines(rule: RuleView, wording: Wording) -> Iterable[str]:
    yield from (f"{'  ' * line.depth}- {line.text}" for line in rule.condition)
    yield from rule_notes(rule, wording, *CONDITION_NOTES)
    yield from (wording("rule.written"), *(f"  {text}" for text in rule.source_conditions))
    if rule.reads:
        yield wording("rule.reads")
    for read in rule.reads:
        yield f"  {read.name}: {read.title}" + (f" = {read.formula}" if read.formula else "")
