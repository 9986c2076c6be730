"""`rules test` as JSON and JUnit XML: every example, failures with their reasons, and every mutation."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.scenarios.commands import screener

RULE = """rule: thin-margin
flag: red
severity: medium
category: profitability
title: Thin margin
when:
  - company: 'gross_margin < 0.2'
says: "Little is left \\x01 of revenue."
why: Little is left.
clears: A margin of 20 %.
false_alarms: Trading.
examples:
  fires: {metrics: {gross_margin: 0.1}}
  clear: {metrics: {gross_margin: 0.3}}
  unknown: {figures: {revenue: 5}}
  "w\\x01rong <&>": {expect: fired, metrics: {gross_margin: 0.5}}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "thin.yaml"
    path.write_text(RULE)
    return str(path)


def test_json(file: str) -> None:
    done = screener("rules", "test", file, "--format", "json")
    found = json.loads(done.out)
    assert done.code == 3
    assert (found["passed"], found["failed"], len(found["examples"])) == (3, 1, 4)
    assert [e["got"] for e in found["examples"] if not e["holds"]] == ["clear"]
    assert "mutations" not in found


def test_junit(file: str, tmp_path: Path) -> None:
    out = tmp_path / "rules.xml"
    assert screener("rules", "test", file, "--format", "junit", "-o", str(out)).code == 3
    (suite,) = ElementTree.parse(out).getroot()
    assert (suite.attrib["name"], suite.attrib["tests"], suite.attrib["failures"]) == ("thin-margin", "4", "1")
    (failure,) = suite.iter("failure")
    assert "expected  fired" in str(failure.text)
    assert "thin.yaml" in failure.attrib["message"]


def test_mutations_that_no_example_notices(file: str, tmp_path: Path) -> None:
    Path(file).write_text(RULE[: RULE.index('  "w')])
    found = json.loads(screener("rules", "test", file, "--format", "json", "--mutate").out)["mutations"]
    assert found["noticed"] + len(found["unnoticed"]) == found["total"] > 0
    assert found["unnoticed"], "0.1 and 0.3 leave room for another threshold"
    assert found["unnoticed"][0]["rule"] == "thin-margin"
    out = tmp_path / "rules.xml"
    assert screener("rules", "test", file, "--format", "junit", "--mutate", "-o", str(out)).code == 0
    (suite,) = ElementTree.parse(out).getroot()
    assert int(suite.attrib["failures"]) == len(found["unnoticed"])


def test_the_first_failure_ends_it(file: str) -> None:
    Path(file).write_text(RULE.replace("fires: {metrics: {gross_margin: 0.1}}", "fires: {expect: clear, metrics: {gross_margin: 0.1}}"))
    assert len(json.loads(screener("rules", "test", file, "-x", "--format", "json").out)["examples"]) == 1


def test_text_goes_to_a_file(file: str, tmp_path: Path) -> None:
    out = tmp_path / "said.txt"
    done = screener("rules", "test", file, "-o", str(out))
    assert (done.code, done.out) == (3, "")
    assert "1 failed, 3 passed" in out.read_text()
