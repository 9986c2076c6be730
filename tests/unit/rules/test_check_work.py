"""Checking rule files takes work in proportion to their size; the work is counted, not timed."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.rules.assembler import ParsedFiles
from screener.rules.compiler import compile_rules
from screener.rules.lint.checks import check_rule_files
from tests.unit.rules.test_errors import rule

SHAPES: dict[str, Callable[[int], str]] = {
    # many thresholds of one cause: each is compared with the others
    "nested": lambda i: rule(rule=f"r{i}", cause="debt", params=f"{{most: {{value: {i + 1}, unit: multiple}}}}"),
    "apart": lambda i: rule(f"company: 'revenue == {i + 1}'", rule=f"r{i}", cause="size", params=None),
    "equal": lambda i: rule(rule=f"r{i}"),
    # each depends on the one before, in the order of ids and in reverse
    "chain": lambda i: rule(f"flag: r{i - 1:05}", rule=f"r{i:05}", params=None) if i else rule(rule="r00000"),
    "reversed chain": lambda i: rule(f"flag: r{99998 - i + 1}", rule=f"r{99998 - i}", params=None) if i else rule(rule="r99998"),
    "negated chain": lambda i: rule(f"not flag: r{i - 1:05}", rule=f"r{i:05}", params=None) if i else rule(rule="r00000"),
    "broken": lambda i: rule(rule=f"r{i}", severity="strong", category="leverge"),
    "text problems": lambda i: rule(rule=f"r{i}", says="'{company.revenu} and {company.cash'"),
    "many examples": lambda i: rule(rule=f"r{i}", examples="{fires: {metrics: {debt_to_revenue: 2}}, clear: {figures: {x: 1}}}"),
}


def calls(act: Callable[[], Any]) -> int:
    """Returns the number of calls of Python and C functions."""
    count = 0

    def profile(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


PARSED: ParsedFiles = {}  # the catalogue


def checked(folder: Path, shape: str, size: int) -> Callable[[], Any]:
    """Checks a file with this many rules."""
    file = folder / f"{shape.replace(' ', '-')}-{size}.yaml"
    file.write_text("---\n".join(SHAPES[shape](i) for i in range(size)), "utf-8")

    def act() -> None:
        report = check_rule_files([str(file)], [str(file)], packs=[], parsed=dict(PARSED))
        if report.parts is not None and not report.errors:
            compile_rules(report.parts.rules, report.parts.catalogue, report.parts.metrics)

    return act


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=2, deadline=None, derandomize=True)
@given(size=st.integers(50, 60))
def test_twice_the_rules_take_at_most_three_times_the_work(
    tmp_path_factory: pytest.TempPathFactory, shape: str, size: int
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    if not PARSED:
        check_rule_files([], [], packs=[], parsed=PARSED)
    checked(folder, shape, 1)()  # memory that is kept from now on is not counted
    nothing = calls(checked(folder, shape, 1))  # the catalogue is checked each time
    once = calls(checked(folder, shape, size)) - nothing
    twice = calls(checked(folder, shape, 2 * size)) - nothing
    assert twice <= 3 * once


@pytest.mark.parametrize("shape", ["many examples", "text problems"])
def test_a_file_is_composed_split_and_hashed_once(tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single call of these processes a whole file, so that counting calls is not enough."""
    composed, compose_all = [], yaml.compose_all

    def counted(text: str, **options: Any) -> Any:
        composed.append(text)
        return compose_all(text, **options)

    monkeypatch.setattr(yaml, "compose_all", counted)
    checked(tmp_path, shape, 20)()
    assert len(composed) == len(set(composed)) == 1
