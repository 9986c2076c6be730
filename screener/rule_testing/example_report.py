"""The results of examples and mutations as data and as JUnit XML."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from screener.rule_testing.example_text import failure_text, position_text, unnoticed_text
from screener.rule_testing.examples import ExampleRun
from screener.rule_testing.mutation_run import MutationOutcome
from screener.text import clean


def report_data(runs: Sequence[ExampleRun], mutants: Sequence[MutationOutcome] | None = None) -> dict[str, Any]:
    """The counts and a row for each example; with `mutants` those that no example notices, each with its place."""
    found: dict[str, Any] = {
        "passed": sum(run.holds for run in runs),
        "failed": sum(not run.holds for run in runs),
        "examples": [
            {
                "rule": run.rule.id,
                "example": run.example.name,
                "expected": run.example.expect,
                "got": run.outcome,
                "holds": run.holds,
                "error": run.error,
                "file": run.rule.file,
            }
            for run in runs
        ],
    }
    if mutants is not None:
        unnoticed = [mutant for mutant in mutants if not mutant.noticed]
        found["mutations"] = {
            "total": len(mutants),
            "noticed": len(mutants) - len(unnoticed),
            "unnoticed": [
                {
                    "rule": tried.mutant.rule.id,
                    "file": tried.mutant.rule.file,
                    "line": tried.line,
                    "column": tried.column,
                    "mutation": tried.mutant.what,
                    "example": tried.mutant.example,
                }
                for tried in unnoticed
            ],
        }
    return found


def report_junit(runs: Sequence[ExampleRun], mutants: Sequence[MutationOutcome] | None = None) -> bytes:
    """JUnit XML: a suite for each rule, a test case for each example, and one for each mutation if they were run."""
    root = ElementTree.Element("testsuites", name="screener rules test")
    suites: dict[str, ElementTree.Element] = {}

    def case(rule: str, name: str, failure: str = "", place: str = "") -> None:
        if rule not in suites:
            suites[rule] = ElementTree.SubElement(root, "testsuite", name=rule, tests="0", failures="0")
        suite = suites[rule]
        suite.set("tests", f"{int(suite.attrib['tests']) + 1}")
        found = ElementTree.SubElement(suite, "testcase", classname=rule, name=clean(name))
        if failure:
            suite.set("failures", f"{int(suite.attrib['failures']) + 1}")
            ElementTree.SubElement(found, "failure", message=_plain(place)).text = _plain(failure)

    for run in runs:
        case(run.rule.id, run.example.name, "" if run.holds else failure_text(run), position_text(run))
    for tried in mutants or ():
        text = unnoticed_text(tried)
        case(tried.mutant.rule.id, f"mutation {tried.mutant.what}", "" if tried.noticed else text, text)
    content: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return content


def _plain(text: str) -> str:
    """A text without the characters that XML can't hold."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
