"""A summary of many companies for the terminal: counts by verdict, and the rules that fired most often."""

from collections.abc import Mapping

from screener.report.terminal.text_layout import Line, Span, render_lines
from screener.report.terminal.text_table import table_lines
from screener.report.views.badges import flag_badge, verdict_badge
from screener.report.wording import load_wording
from screener.rules.rule import Rule
from screener.text import Language
from screener.units import show_number

MOST_RULES = 10  # greatest number of rules listed by how often they fired


def market_text(
    companies: int,
    verdicts: Mapping[str, int],
    fired: Mapping[str, int],
    rules: Mapping[str, Rule],
    language: Language = "en",
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    """Returns a summary of `companies`: counts by verdict, and the rules that `fired`, ordered from the most frequent."""
    wording = load_wording(language)

    def row(label: str, style: str, count: int, name: str = "") -> list[Span]:
        share = show_number(round(count / companies, 3), "fraction", language) if companies else "–"
        return [(label, style), (f"{count:,}", ""), (share, "muted"), (name, "muted")]

    numeric = (False, True, True, False)
    badges = [(verdict_badge(word, wording), count) for word, count in verdicts.items()]
    by_verdict = [row(badge.label, badge.css_class, count) for badge, count in badges]
    most = list(fired.items())[:MOST_RULES]
    by_rule = [row(*_title(rules[rule], language), count, rule) for rule, count in most if rule in rules]
    lines: list[Line] = [[(wording.plural("trial.companies", companies), "bold")]]
    lines += table_lines(("", "", "", ""), by_verdict, numeric, width)
    if by_rule:
        lines += [(), [(wording("term.fired_most"), "bold")], *table_lines(("", "", "", ""), by_rule, numeric, width)]
    return render_lines(lines, colour, width)


def _title(rule: Rule, language: Language) -> tuple[str, str]:
    """Returns the title of a rule, and its colour class."""
    badge = flag_badge(rule.flag, rule.severity, rule.verdict, load_wording(language))
    return rule.title.get(language), badge.css_class
