"""Inputs beyond a limit are refused early, with one message that names the limit."""

import ast
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from screener import limits
from screener.errors import DocumentError, Problem, TooManyProblems
from screener.expression.interval import Interval
from screener.facts.loops import find_loops
from screener.facts.relation_facts import make_fact
from screener.io.document import Document, parse_documents
from screener.profile.catalogue import Catalogue, Kind
from screener.profile.loader import read_profile
from screener.rules.lint.checks import check_rule_files
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from screener.text import file_stem
from tests.conftest import LoadRules, problems
from tests.waiting import within


def wrong(catalogue: Catalogue, **data: Any) -> list[Problem]:
    whole = {"name": "Main", **data}
    text = json.dumps(whole)
    return problems(read_profile, Document("main.json", text, whole), catalogue)


def flows(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"from": a, "to": b, "what": "buys", "amount": 1} for a, b in pairs]


def test_a_list_that_is_too_long(catalogue: Catalogue) -> None:
    (found,) = wrong(catalogue, customers=[{}] * (limits.MEMBERS + 1))
    assert found.path == "customers"
    assert found.what == "has 1,001 members; a profile has at most 1,000 in one list, 5,000 in all"


def test_all_lists_together(catalogue: Catalogue) -> None:
    inside = [{"party": f"s{i}", "alternatives": [{"party": "a"}] * 900} for i in range(6)]
    (found,) = wrong(catalogue, suppliers=inside)
    assert found.path == "suppliers[5].alternatives"


def test_companies_that_are_too_many(catalogue: Catalogue) -> None:
    (found,) = wrong(catalogue, parties={f"p{i}": {} for i in range(600)}, customers=[{"party": f"c{i}"} for i in range(600)])
    assert found.what == "names 1,200 companies, more than 1,000"


def test_claims_that_are_too_many(catalogue: Catalogue) -> None:
    (found,) = wrong(catalogue, figures={"revenue": [1] * (limits.CLAIMS + 1)})
    assert found.what == "has 1,001 claims, more than 1,000"


@pytest.mark.parametrize("data", [
    {f"figure-{i}": 1 for i in range(30_000)},
    {"figures": {f"figure_{i}": 1 for i in range(30_000)}},
    {"figures": {"revenue": ["x"] * 900, "total_debt": ["x"] * 900}},
    {"aliases": [5] * 30_000},
    {"customers": [{"part": "x"}] * 900},
], ids=["keys", "figures", "claims", "aliases", "members"])
def test_faults_that_are_too_many_are_reported_up_to_a_bound(catalogue: Catalogue, data: dict[str, Any]) -> None:
    found = within(8, lambda: wrong(catalogue, **data))
    assert limits.PROBLEMS <= len(found) <= limits.PROBLEMS + 2
    assert found[-1].hint == "correct those above first"


def test_faults_of_rules_that_are_too_many(rules: LoadRules) -> None:
    added = "\n".join(f"  metric_{i}: {{formula: 'reveneu_{i}', unit: money, title: t}}" for i in range(5000))
    with pytest.raises(TooManyProblems) as caught:
        within(20, lambda: rules(f"metrics:\n{added}\n"))
    assert len(caught.value.problems) == limits.PROBLEMS + 1


def chain(length: int) -> str:
    """Returns metrics each of which uses the one before twice, and a rule on the last."""
    metrics = ["  m0: {formula: revenue, unit: money, title: t}"]
    metrics += [f"  m{i}: {{formula: 'm{i - 1} + m{i - 1}', unit: money, title: t}}" for i in range(1, length)]
    return "metrics:\n" + "\n".join(metrics) + f"""
---
rule: last
flag: red
severity: low
category: leverage
title: t
when:
- company: m{length - 1} > 1e30
says: t
why: t
clears: t
false_alarms: t
"""


def test_metrics_that_read_one_another_twice_are_worked_out_once(read: Any, rules: LoadRules, tmp_path: Path) -> None:
    book = rules(chain(60))
    found = Screener(book).assess(read(figures={"revenue": 2.0}))
    (last,) = found.findings
    assert last.outcome == "clear"
    assert len(last.evidence) == 61  # sixty metrics and one figure, each once
    (last,) = Screener(book).assess(read(figures={"revenue": {"low": 1.0, "high": 1e24}})).findings
    assert last.missing == ("revenue",)
    file = tmp_path / "chain.yaml"
    file.write_text(chain(60), "utf-8")
    assert check_rule_files([str(file)], [str(file)], packs=[]).errors == 0


def test_a_chain_of_metrics_that_is_too_long(rules: LoadRules, tmp_path: Path) -> None:
    (found,) = problems(rules, chain(400))
    assert found.what == "'m64' depends on too long a chain of metrics: more than 320 nested levels"
    file = tmp_path / "chain.yaml"
    file.write_text(chain(400), "utf-8")
    assert check_rule_files([str(file)], [str(file)], packs=[]).errors == 1


@pytest.mark.parametrize(("name", "text", "place", "code"), [
    ("a.json", '{"name": "A",\n "x": "b\\u0000c"}', (2, 7), 0),
    ("a.json", '{"name": "\\ud83d\\ude00",\n "x": "b\\udc00c"}', (2, 7), 0xDC00),
    ("a.json", '{"a\\ud800": 1}', (1, 2), 0xD800),
    ("a.yaml", 'name: A\nx: "b\\0c"', (2, 4), 0),
    ("a.yaml", 'name: A\nx: "b\\x00c"', (2, 4), 0),
])
def test_escapes_of_what_is_no_character(name: str, text: str, place: tuple[int, int], code: int) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_documents(text, name)
    (found,) = caught.value.problems
    assert (found.line, found.column) == place
    assert found.what == f"the text has U+{code:04X}, which is not a character"


def test_whole_pairs_are_characters() -> None:
    assert parse_documents('{"a": "\\ud83d\\ude00 \\\\ud800 \\\\0"}', "a.json")[0].data == {"a": "😀 \\ud800 \\0"}


@pytest.mark.parametrize("own", ["con", "nul", "com1", "LPT9", "index", "Index-12"])
def test_names_of_devices_and_of_the_index_are_ids_whose_files_differ(catalogue: Catalogue, own: str) -> None:
    profile = read_profile(Document("a", "", {"name": own}), catalogue)
    assert profile.subject.id == own.lower()
    assert file_stem(own.lower()) == f"{own.lower()}_"


@pytest.mark.parametrize("own", ["icon", "con-1", "com", "com10", "indexes", "index-a"])
def test_other_names_are_those_of_their_files(own: str) -> None:
    assert file_stem(own) == own


def test_yaml_that_is_too_large() -> None:
    with pytest.raises(DocumentError, match="is larger than 2 MiB of YAML; split it, or write it as JSON"):
        parse_documents("a: " + "x" * limits.YAML_BYTES, "a.yaml")


def test_loops_without_end_are_cut_and_reported(read: Any, book: Rulebook) -> None:
    names = [f"p{i}" for i in range(12)]
    screener = Screener(book)
    profile = read(flows=flows(*((a, b) for a in names for b in names if a != b)))
    world = screener.world(profile)
    assert len(world.loops) == limits.LOOPS
    assert not world.loops_complete
    assert any("more than 200 loops" in note.en for note in screener.assess(profile).notes)


def test_loops_that_are_cut_are_the_same_whatever_the_order_of_the_flows() -> None:
    flow = Kind.model_validate({"list": "flows", "title": "t", "fields": {
        "from": {"unit": "company", "title": "t"}, "to": {"unit": "company", "title": "t"},
        "amount": {"unit": "money", "title": "t"}}})
    given = [make_fact(flow, "flow", "a", str(i), {"from": "ab"[i % 2], "to": "ba"[i % 2], "amount": Interval.point(i)})
             for i in range(60)]
    found, finished = find_loops(given)
    assert (len(found), finished) == (limits.LOOPS, False)
    assert find_loops(given[::-1]) == (found, False)


def test_the_table_of_limits_is_that_of_the_code() -> None:
    root = Path(__file__).parents[2]
    body = ast.parse((root / "screener/limits.py").read_text("utf-8")).body
    page = (root / "docs/security.md").read_text("utf-8")
    named = 0
    for line, reason in pairwise(body):
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            assert isinstance(reason, ast.Expr), "a limit without its reason"
            assert isinstance(reason.value, ast.Constant)
            value = getattr(limits, line.targets[0].id)
            shown = f"{value:,}" if isinstance(value, int) else f"{value:g}"
            assert f"| `{line.targets[0].id}` | {shown} | {reason.value.value} |" in page
            named += 1
    assert named > 10
