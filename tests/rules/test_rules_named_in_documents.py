"""The documents on verdicts and on other products name rules that exist, and name all decisive ones."""

import re
from pathlib import Path

import pytest

from screener.rules.rulebook import Rulebook
from screener.vocabulary import Verdict

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("least", [Verdict.AVOID, Verdict.CAUTION])
def test_the_decisive_rules_are_those_of_the_rule_files(book: Rulebook, least: Verdict) -> None:
    table = (DOCS / "verdict.md").read_text("utf-8").split("## Decisive rules")[1]
    (row,) = re.findall(rf"^\| {least} \| (.+?) \|$", table, re.MULTILINE)
    named = set(row.split(";")[0].split(", "))
    assert named == {rule.id for rule in book.rules.values() if rule.at_least is least}


def test_checks_of_other_products_name_rules_that_exist(book: Rulebook) -> None:
    text = (DOCS / "coverage-of-peers.md").read_text("utf-8")
    rows = [line.split("|")[2] for line in text.splitlines() if line.startswith("|") and "---" not in line]
    lists = re.findall(r"((?:[a-z]+(?:-[a-z0-9]+)+, )*[a-z]+(?:-[a-z0-9]+)+) \((?:c|k|ai-era)\b", "\n".join(rows))
    named = {rule for found in lists for rule in found.split(", ")}
    assert len(named) > 40
    assert named <= set(book.rules)
