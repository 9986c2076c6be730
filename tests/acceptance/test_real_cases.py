"""The library of real cases, and the page on them."""

from pathlib import Path

import pytest
import yaml
from commands import ROOT, screener

from screener.validation.case_library import read_cases

CASES = ROOT / "cases"


def test_the_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = screener("validate", "cases/", "--format", "md")
    assert done.code == 0
    assert (ROOT / "docs/cases.md").read_text("utf-8").endswith("\n\n" + done.out), "make docs"


def test_each_failure_has_a_survivor_that_is_judged_by_the_same_report_year() -> None:
    cases = read_cases(CASES)
    failures = {case.profile: case for case in cases if case.outcome == "failed"}
    peers = {case.peer_of: case for case in cases if case.outcome == "survived"}
    assert len(failures) >= 12
    assert failures.keys() == peers.keys()
    for profile, case in failures.items():
        assert peers[profile].on == case.on


def test_profiles_are_of_cited_filings() -> None:
    files = sorted((CASES / "profiles").glob("*.yaml"))
    assert {f"profiles/{file.name}" for file in files} == {case.profile for case in read_cases(CASES)}
    for file in files:
        data = yaml.safe_load(file.read_text("utf-8"))
        assert {source["kind"] for source in data["sources"].values()} == {"filed"}, file
        claims = [claim for claims in data["figures"].values() for claim in claims]
        assert all(claim["source"] in data["sources"] for claim in claims), Path(file).name
