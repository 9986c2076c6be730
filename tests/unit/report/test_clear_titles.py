"""A clear rule is shown everywhere with its `clear_title`, since the title of its flag would state the opposite."""

import csv
import io
from pathlib import Path

import pytest

from screener.report.formats.table_columns import FINDING_COLUMNS, finding_rows
from screener.report.terminal.finding_text import finding_text
from screener.report.views.result_view import ResultView
from screener.screening import Screener
from screener.text import Language
from screener.vocabulary import Outcome
from tests.scenarios.commands import ROOT, built_in, screener

OWN_RULE = """rule: old-plant
flag: red
severity: low
category: market
title: {en: Plant is old, zh: 设备老化}
%s
params: {most: {value: 5, unit: multiple, why: {en: A judgement., zh: 为判断。}}}
when: [{company: 'total_debt > params.most * revenue'}]
says: s
why: w
clears: c
false_alarms: f
"""
OWN_TITLE = "clear_title: {en: 'Debt at most {params.most} revenue', zh: '债务不超过营收的 {params.most}'}"
TITLES: dict[tuple[str, Language], str] = {
    (OWN_TITLE, "en"): "Debt at most 7× revenue",
    (OWN_TITLE, "zh"): "债务不超过营收的 7\u00a0倍",
    ("", "en"): "Not the case: Plant is old",
    ("", "zh"): "未触发：设备老化",
}


@pytest.mark.parametrize(("written", "language"), TITLES, ids=str)
def test_of_rules_of_users(tmp_path: Path, written: str, language: Language) -> None:
    """They use the parameters in force; without a clear title, neutral words are shown."""
    path, title = tmp_path / "old.yaml", TITLES[written, language]
    path.write_text(OWN_RULE % written, "utf-8")
    loaded = Screener.load([path], settings=["old-plant.most=7"])
    view = ResultView.of(loaded.assess(loaded.profile(str(ROOT / "fixtures/oracle.json"))), language)
    assert title in [rule.title for rule in view.company.passed]
    assert title in finding_text(view.context.result, "old-plant", language)
    row = next(row for row in finding_rows(view.context) if row["rule"] == "old-plant")
    assert row["clear_title"] == title


def test_only_clear_findings_have_one() -> None:
    """Findings that fired, are unknown or do not apply have none."""
    result = built_in().assess(built_in().profile(str(ROOT / "fixtures/oracle.json")))
    assert {f.outcome for f in result.findings} == set(Outcome)
    for f in result.findings:
        assert (f.clear_title is not None) is (f.outcome is Outcome.CLEAR), f.rule


def test_of_every_built_in_rule() -> None:
    """None repeats the title of the flag."""
    for rule in built_in().rulebook.rules.values():
        assert rule.clear_title is not None
        assert rule.clear_title.en != rule.title.en
        assert rule.clear_title.zh != rule.title.zh


def test_tables_have_it(tmp_path: Path) -> None:
    """In addition to the title of the rule, which is the same for all companies."""
    done = screener("run", "fixtures/oracle.json", "--format", "csv", "--out", str(tmp_path))
    assert done.code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "findings.csv").read_text("utf-8-sig"))))
    assert "clear_title" in FINDING_COLUMNS
    for row in rows:
        assert bool(row["clear_title"]) is (row["outcome"] == "clear")
