"""`rules diff`: differences in the texts and outcomes of two rule sets, and the change that causes each."""

from pathlib import Path

import pytest

from screener.io.document import parse_documents
from screener.profile.loader import read_profile
from screener.rule_testing.impact import CompanyImpact, RulebookComparison
from screener.rules.rulebook_diff import RulebookChange, revert_change, rulebook_changes
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from tests.unit.rules.test_errors import RULE, rule

METRIC = "metrics:\n  twice_debt: {formula: '2 * debt_to_revenue', unit: multiple, title: T}\n---\n"
ABOVE = rule("flag: mine", rule="above", params=None)
DEBT = "name: X\nas_of: 2026-03-01\nfigures: {total_debt: 20, revenue: 10}\n"


def screener(folder: Path, name: str, text: str, settings_text: str = "{}") -> Screener:
    file, settings = folder / f"{name}.yaml", folder / name / "screener.yaml"
    settings.parent.mkdir()
    file.write_text(text, "utf-8")
    settings.write_text(settings_text, "utf-8")
    return Screener.load([str(file)], packs=[], config=settings)


@pytest.fixture
def compare(tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(old: str, new: str, settings: str = "{}", profile: str = DEBT) -> tuple[RulebookComparison, CompanyImpact | None]:
        comparison = RulebookComparison(screener(tmp_path, "old", old), screener(tmp_path, "new", new, settings))
        catalogue = comparison.new.rulebook.catalogue
        return comparison, comparison.shift(read_profile(parse_documents(profile, "p.yaml")[0], catalogue))

    return run


def change_texts(changes: tuple[RulebookChange, ...]) -> list[str]:
    return [str(c) for c in changes]


def test_nothing_changed(compare) -> None:  # type: ignore[no-untyped-def]
    comparison, shift = compare(RULE, "# a comment\n" + RULE.replace("  - company: '", "  -   company: ' "))
    assert comparison.changes == ()
    assert shift is None


def test_a_parameter_is_the_cause(compare) -> None:  # type: ignore[no-untyped-def]
    comparison, shift = compare(RULE, RULE.replace("value: 1.5", "value: 2.5"))
    assert change_texts(comparison.changes) == ["rule mine: param most 1.5 multiple → 2.5 multiple"]
    (moved,) = shift.moved
    assert (moved.rule, moved.before, moved.after) == ("mine", "fired", "clear")
    assert moved.causes == comparison.changes
    assert shift.before.score > shift.after.score == 0


def test_of_two_parameters_only_the_one_that_matters(compare) -> None:  # type: ignore[no-untyped-def]
    old = rule("company: 'debt_to_revenue > params.most and revenue > params.least'",
               params="{most: {value: 1.5, unit: multiple}, least: {value: 1, unit: money}}")
    new = old.replace("value: 1.5", "value: 2.5").replace("value: 1,", "value: 2,")
    comparison, shift = compare(old, new)
    assert len(comparison.changes) == 2
    assert change_texts(shift.moved[0].causes) == ["rule mine: param most 1.5 multiple → 2.5 multiple"]


def test_two_that_each_would_do_are_both_reported(compare) -> None:  # type: ignore[no-untyped-def]
    old = rule("company: 'debt_to_revenue > params.most or revenue < params.least'",
               params="{most: {value: 2.5, unit: multiple}, least: {value: 1, unit: money}}")
    new = old.replace("value: 2.5", "value: 1.5").replace("value: 1,", "value: 20,")
    _, shift = compare(old, new)
    assert len(shift.moved[0].causes) == 2


def test_a_metric_is_the_cause_and_a_rule_above_rests_on_it(compare) -> None:  # type: ignore[no-untyped-def]
    old = METRIC + RULE.replace("debt_to_revenue", "twice_debt") + "---\n" + ABOVE
    _, shift = compare(old, old.replace("2 * debt", "0.5 * debt"))
    by = {m.rule: m for m in shift.moved}
    assert change_texts(by["mine"].causes) == ["metric twice_debt: formula 2 * debt_to_revenue [multiple] → 0.5 * debt_to_revenue [multiple]"]
    assert (by["above"].causes, by["above"].rests_on) == ((), ("mine",))


def test_conditions_and_texts(compare) -> None:  # type: ignore[no-untyped-def]
    comparison, shift = compare(RULE, rule("company: 'debt_to_revenue > 3 * params.most'", why="Other words"))
    assert [(c.what, c.decides) for c in comparison.changes] == [("condition", True), ("why", False)]
    assert [c.what for c in shift.moved[0].causes] == ["condition"]


def test_rules_that_come_and_go(compare) -> None:  # type: ignore[no-untyped-def]
    comparison, shift = compare(RULE, RULE.replace("rule: mine", "rule: yours"))
    assert change_texts(comparison.changes) == ["rule mine: removed", "rule yours: added"]
    assert {(m.rule, m.before, m.after) for m in shift.moved} == {("mine", "fired", None), ("yours", None, "fired")}


def test_a_severity_moves_the_score_alone(compare) -> None:  # type: ignore[no-untyped-def]
    _, shift = compare(RULE, rule(severity="critical"))
    assert shift.moved == ()
    assert change_texts(shift.scored) == ["rule mine: severity low → critical"]


def test_waivers_and_settings(compare) -> None:  # type: ignore[no-untyped-def]
    waiver = "waivers:\n- {rule: mine, company: x, until: 2026-06-30, reason: Guaranteed, by: Committee}\n"
    comparison, shift = compare(RULE, RULE, waiver)
    assert change_texts(comparison.changes) == ["waiver mine of x: until none → 2026-06-30"]
    assert (shift.moved[0].before, shift.moved[0].after) == ("fired", "fired (not scored)")
    assert shift.moved[0].causes == comparison.changes


def test_each_change_of_the_packs_can_be_taken_back() -> None:
    old, new = load_rulebook(packs=["ai-era"]), load_rulebook(packs=["ai-era"], settings=["leverage-versus-revenue.most=9"])
    (change,) = rulebook_changes(old, new)
    assert rulebook_changes(old, revert_change(change, old, new)) == ()
    classic = load_rulebook(packs=["classic"])
    for change in rulebook_changes(old, classic):
        if change.what not in ("added", "removed"):
            assert change not in rulebook_changes(old, revert_change(change, old, classic))


def test_of_several_waivers_the_one_of_the_rule_and_the_company(compare) -> None:  # type: ignore[no-untyped-def]
    entry = "- {{rule: {}, company: {}, until: 2026-06-30, reason: Guaranteed, by: Committee}}\n"
    settings = "waivers:\n" + entry.format("mine", "x") + entry.format("mine", "y")
    comparison, shift = compare(RULE, RULE, settings)
    assert len(comparison.changes) == 2
    assert [c.name for c in shift.moved[0].causes] == ["mine of x"]
