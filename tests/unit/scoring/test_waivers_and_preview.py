"""Findings that are visible but do not score (waived flags, preview rules), and explicit weights of rules."""

from pathlib import Path

import pytest

from screener.io.document import parse_documents
from screener.profile.loader import read_profile
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import problems
from tests.unit.rules.test_errors import RULE, rule

DEBT = "name: X\nas_of: 2026-03-01\nfigures: {total_debt: 20, revenue: 10}\n"
WAIVER = "waivers:\n- {rule: mine, company: x, until: 2026-06-30, reason: Guaranteed by the parent, by: Committee}\n"


def screen(folder: Path, rules: str, settings: str = "{}", profile: str = DEBT, preview: bool = False) -> ResultDocument:
    file, settings_file = folder / "rules.yaml", folder / "screener.yaml"
    file.write_text(rules, "utf-8")
    settings_file.write_text(settings, "utf-8")
    screener = Screener.load([str(file)], packs=[], config=settings_file, preview=preview)
    return screener.assess(read_profile(parse_documents(profile, "p.yaml")[0], screener.rulebook.catalogue))


def mine(result: ResultDocument) -> Finding:
    return next(f for f in result.findings if f.rule == "mine")


def test_a_waived_flag_is_visible_and_out_of_the_score(tmp_path: Path) -> None:
    plain, waived = screen(tmp_path, RULE), screen(tmp_path, RULE, WAIVER)
    assert plain.score.value > 0
    assert mine(plain).waived is None
    assert waived.score.value == waived.score.high == 0
    found = mine(waived)
    assert (found.outcome, found.scored, found.points) == ("fired", False, 0)
    assert found.waived == ("2026-06-30", "Guaranteed by the parent", "Committee")
    assert waived.coverage.total == plain.coverage.total - 1


@pytest.mark.parametrize(
    ("profile", "note"),
    [
        (DEBT.replace("2026-03-01", "2026-06-30"), None),  # its last day
        (DEBT.replace("2026-03-01", "2026-07-01"), "ended on 2026-06-30"),
        (DEBT.replace("as_of: 2026-03-01\n", ""), "has no date"),
        (DEBT.replace("name: X", "name: Y"), ""),  # of another company
    ],
)
def test_when_a_waiver_holds(tmp_path: Path, profile: str, note: str | None) -> None:
    result = screen(tmp_path, RULE, WAIVER, profile)
    assert (mine(result).waived is not None) == (note is None)
    assert (result.score.value > 0) == (note is not None)
    if note:
        assert any(note in n.en for n in result.notes)


def test_a_waived_pattern_does_not_decide(tmp_path: Path) -> None:
    pattern = rule(flag="pattern", verdict="avoid")
    assert screen(tmp_path, pattern).verdict.word == "avoid"
    assert screen(tmp_path, pattern, WAIVER).verdict.word != "avoid"


def test_a_preview_rule_shows_but_does_not_score_unless_asked(tmp_path: Path) -> None:
    text = rule(status="preview", since="'1.1'")
    shown = screen(tmp_path, text)
    assert (mine(shown).outcome, mine(shown).status, shown.score.high) == ("fired", "preview", 0)
    for result in (screen(tmp_path, text, preview=True), screen(tmp_path, text, "preview: true\n")):
        assert result.score.value == screen(tmp_path, RULE).score.value > 0


def test_a_deprecated_rule_scores_and_names_its_heir(tmp_path: Path) -> None:
    old = rule(status="deprecated", replaced_by="yours")
    result = screen(tmp_path, old + "---\n" + rule(rule="yours"))
    assert mine(result).status == "deprecated"
    assert mine(result).scored
    (found,) = problems(screen, tmp_path, old)
    assert "there is no rule 'yours'" in found.what


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"replaced_by": "yours"}, "only a deprecated rule"),
        ({"status": "beta"}, "expected"),
        ({"flag": "data", "weight": "{value: 0.1}"}, "does not score"),
        ({"weight": "{value: 1}"}, "out of bounds"),
    ],
)
def test_a_life_cycle_that_makes_no_sense(tmp_path: Path, given: dict[str, str], what: str) -> None:
    assert any(what in p.what for p in problems(screen, tmp_path, rule(**given)))


def test_resting_on_a_rule_that_may_go_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    for status in ("preview", "deprecated"):
        file.write_text(rule(rule="yours", status=status) + "---\n" + rule(when="flag: yours"), "utf-8")
        (found,) = Screener.load([str(file)], packs=[]).rulebook.warnings
        assert status in found.what


def test_a_weight_of_its_own_stands_for_the_severity(tmp_path: Path) -> None:
    assert screen(tmp_path, rule(weight="{value: 0.07}")).score.value == 7.0


PATTERN = """\
rule: both
flag: pattern
verdict: avoid
severity: critical
category: leverage
title: T
when:
  - any: [flag: mine, flag: yours]
says: S
why: W
clears: C
false_alarms: F
"""
BOTH = rule() + "---\n" + rule(rule="yours") + "---\n" + PATTERN
OTHER = "- {rule: yours, company: x, until: 2026-04-30, reason: Repaid, by: Board}\n"


@pytest.mark.parametrize(("waivers", "waived"), [("", False), (WAIVER, False), (WAIVER + OTHER, True)])
def test_a_pattern_that_fired_only_through_waived_flags_is_waived(tmp_path: Path, waivers: str, waived: bool) -> None:
    result = screen(tmp_path, BOTH, waivers or "{}")
    found = next(f for f in result.findings if f.rule == "both")
    assert (found.outcome, found.scored, found.waived is not None) == ("fired", not waived, waived)
    assert (result.verdict.word == "avoid") == (not waived)
    if found.waived:
        assert (found.waived.until, found.waived.by) == ("2026-04-30", "Committee; Board")
        assert "mine, yours" in found.waived.reason


def test_a_pattern_on_figures_alone_is_not_waived_by_others(tmp_path: Path) -> None:
    pattern = PATTERN.replace("any: [flag: mine, flag: yours]", "company: 'total_debt > 1'")
    result = screen(tmp_path, rule() + "---\n" + pattern, WAIVER)
    assert result.verdict.word == "avoid"
