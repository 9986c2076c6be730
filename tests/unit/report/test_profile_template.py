"""The comments on each figure in a new profile."""

from pathlib import Path

from screener.report.profile_template import profile_template, uses_by_input
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener

FIXTURES = Path(__file__).parents[3] / "fixtures"
BOOK = load_rulebook()


def test_each_figure_names_the_packs_of_the_rules_that_read_it() -> None:
    use = uses_by_input(BOOK, BOOK.rules.values())["net_income"]
    assert set(use.packs) == {"core", "classic", "ai-era"}
    assert use.packs == tuple(BOOK.rules[rule].pack for rule in use.rules)
    text = profile_template("Example", None, "software", BOOK, "en")
    assert "core: " in text
    assert "classic: " in text


def test_a_favourable_verdict_is_not_green_over_a_critical_flag() -> None:
    screener = Screener(BOOK)
    nvidia, adobe = (screener.screen(FIXTURES / f"{name}.json").document for name in ("nvidia", "adobe"))
    assert (nvidia.verdict.word, adobe.verdict.word) == ("watch", "watch")
    badges = [ViewContext(result, load_wording("en")).verdict_badge() for result in (nvidia, adobe)]
    assert [badge.css_class for badge in badges] == ["medium eye", "clear eye"]
