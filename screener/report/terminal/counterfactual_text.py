"""What a verdict depends on, for the terminal."""

from collections.abc import Iterator, Sequence

from screener.report import number_format as numbers
from screener.report.terminal.text_layout import Line, paragraph, render_lines
from screener.report.views.display_text import TITLE_LENGTH
from screener.report.views.standing import StandingTexts
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.model import ResultDocument
from screener.result.verdict_records import Counterfactuals, FigureChange, RuleTurn
from screener.text import Language
from screener.units import show_number

MAX_OPEN_INPUTS = 10


def counterfactual_text(
    result: ResultDocument, found: Counterfactuals, language: Language = "en", *, width: int = 80, colour: bool = False
) -> str:
    """Returns what the verdict of a result depends on, as lines of at most `width` cells."""
    c = ViewContext(result, load_wording(language))
    standing, wording = StandingTexts(result, c.wording), c.wording
    lines: list[Line] = [[(c.text(result.company.name, TITLE_LENGTH), "bold")]]
    verdict = (standing.badge.label, standing.badge.css_class)
    lines.append([verdict, (f", {wording('score.label')} {standing.score} ({standing.score_range})", "")])
    filed = found.filed_alone
    text = wording(
        "stands.filed",
        verdict=wording.label("verdict", filed.word),
        range=numbers.score_range(filed.low, filed.high),
        decided=filed.decided,
        total=filed.total,
    )
    lines += [(), *paragraph(text, width)]
    parts: tuple[tuple[str, Sequence[str]], ...] = (
        ("without", [" + ".join(c.rule_link(rule).text for rule in rules) for rules in found.without]),
        ("changes", list(_changes(c, found.changes))),
        ("turns", [turn_text(c, turn) for turn in found.turns]),
        ("open", list(_open_inputs(c, found))),
    )
    for name, items in parts:
        lines += [(), [(wording(f"stands.{name}"), "bold")]]
        for item in items or [wording("stands.none")]:
            lines += paragraph(item, width, 2)
    return render_lines(lines, colour, width)


def turn_text(c: ViewContext, turn: RuleTurn, key: str = "stands.turn") -> str:
    """Returns the nearest change of a figure with which a rule has another outcome, and the resulting verdict."""
    outcome = c.wording.label("outcome", turn.outcome)
    return c.wording(
        key,
        rule=c.rule_link(turn.rule).text,
        change=change_text(c, turn.change),
        outcome=outcome,
        verdict=c.wording.label("verdict", turn.change.verdict),
    )


def change_text(c: ViewContext, change: FigureChange) -> str:
    """Returns a figure with its present and its changed value."""
    now, to = (show_number(value, change.unit, c.language) for value in (change.now, change.to))
    shown = f"{c.text(change.title, TITLE_LENGTH)}: {now} → {to}"
    if change.change is None:
        return shown
    sign = "+" if change.change > 0 else ""
    return f"{shown} ({sign}{show_number(change.change, 'fraction', c.language)})"


def _changes(c: ViewContext, changes: Sequence[FigureChange]) -> Iterator[str]:
    for change in changes:
        verdict = c.wording.label("verdict", change.verdict)
        option = f"--fact {change.figure}={change.to:.12g}"
        yield c.wording("stands.change", change=change_text(c, change), verdict=verdict, option=option)


def _open_inputs(c: ViewContext, found: Counterfactuals) -> Iterator[str]:
    for influence in found.open[:MAX_OPEN_INPUTS]:
        (title,) = c.input_titles([influence.key])
        best, worst = (c.wording.label("verdict", word) for word in (influence.best, influence.worst))
        yield c.wording("stands.influence", input=title, best=best, worst=worst)
    if len(found.open) > MAX_OPEN_INPUTS:
        yield c.wording.plural("term.more", len(found.open) - MAX_OPEN_INPUTS)
