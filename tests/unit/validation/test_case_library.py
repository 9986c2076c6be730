"""A folder of cases: how it is read, the report on each case, and errors."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import DocumentError, ProfileError
from screener.screening import Screener
from screener.validation.case_library import months_until, read_cases
from screener.validation.case_measures import CaseMeasures, measure_cases
from screener.validation.case_text import COLUMNS
from tests.scenarios.commands import screener

RULES = """
rule: indebted
flag: red
severity: critical
category: leverage
at_least: avoid
title: {en: Indebted, zh: 负债}
params: {most: {value: 2, unit: multiple, why: w}}
when: [{company: 'total_debt / revenue > params.most'}]
says: s
why: w
clears: c
false_alarms: f
---
rule: doubted
flag: red
severity: critical
category: leverage
at_least: caution
title: {en: Doubted, zh: 存疑}
when: [{company: going_concern_doubt}]
says: s
why: w
clears: c
false_alarms: f
"""


def profile(debt: float, day: str = "2010-03-01") -> str:
    stated = {"value": debt, "period": "2009-12-31"}
    return json.dumps({"name": f"Debtor {debt:g}", "currency": "USD", "as_of": day,
                       "figures": {"total_debt": stated, "revenue": {"value": 10, "period": "2009"}}})


def entry(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"profile": f"{name}.json", "outcome": outcome, "on": "2012-02-28", "event": {"en": "e", "zh": "事"}, "reference": "r", **more}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, debt in (("caught", 30), ("missed", 16), ("sound", 5)):
        (folder / f"{name}.json").write_text(profile(debt))
    cases = [entry("sound", "survived", peer_of="caught.json"), entry("missed", "failed", on="2015-03-01"), entry("caught", "failed")]
    (folder / "cases.yaml").write_text(json.dumps({"cases": cases}))
    (tmp_path / "rules.yaml").write_text(RULES)
    return folder


def measured(folder: Path) -> CaseMeasures:
    return measure_cases(Screener.load(packs=[], rules=[folder.parent / "rules.yaml"]), str(folder))


def command(*words: str) -> tuple[int, str, str]:
    done = screener("validate", *words)
    return done.code, done.out, done.err


def test_what_is_stated_of_each_case(library: Path) -> None:
    found = measured(library)
    assert (found.failures, found.failures_warned, found.failures_clear) == (2, 1, 0)
    assert (found.survivors, found.survivors_warned) == (1, 0)
    assert [(h.months_from, h.months_to, h.failures, h.warned) for h in found.horizons] == [(0, 36, 1, 1), (36, 72, 1, 0), (72, None, 0, 0)]
    caught, peer, missed = found.cases
    assert [c.profile for c in found.cases] == ["caught.json", "sound.json", "missed.json"]
    assert (caught.verdict, caught.months, caught.judged, [f.rule for f in caught.flags]) == ("avoid", 23, "2010-03-01", ["indebted"])
    assert (missed.verdict, missed.months, missed.flags) == ("open", 60, ())
    assert [rule.rule for rule in missed.undecided] == ["doubted"]
    assert [(near.rule, near.relative) for near in missed.nearest] == [("indebted", pytest.approx(0.2))]
    assert peer.nearest == ()  # 0.5 compared with 2 is too far to be reported
    assert (caught.is_right, peer.is_right, missed.is_right) == (True, True, False)


def test_text_in_both_languages(library: Path) -> None:
    rules = str(library.parent / "rules.yaml")
    code, english, _ = command(str(library), "--rules", rules)
    _, chinese, _ = command(str(library), "--rules", rules, "--lang", "zh")
    assert code == 0
    assert "Debtor 30, judged 2010-03-01: failed 2012-02-28, 23 months later" in english
    assert "Undecided, each of which would require caution or avoid: " in english
    assert "Debtor 30，判断日 2010-03-01：2012-02-28 失败，其后 23 个月" in chinese
    assert "Indebted" in english
    assert "负债" in chinese


def test_data_and_table_and_markdown(library: Path, tmp_path: Path) -> None:
    rules = str(library.parent / "rules.yaml")
    data = json.loads(command(str(library), "--rules", rules, "--format", "json")[1])
    assert data["schema"] == "screener/cases/1"
    assert data["cases"][0]["flags"][0] == {"rule": "indebted", "title": {"en": "Indebted", "zh": "负债"}}
    rows = list(csv.DictReader(io.StringIO(command(str(library), "--rules", rules, "--format", "csv")[1])))
    assert tuple(rows[0]) == COLUMNS
    assert next((r["profile"], r["verdict"], r["months"]) for r in rows) == ("caught.json", "avoid", "23")
    file = tmp_path / "cases.md"
    assert command(str(library), "--rules", rules, "--format", "md", "-o", str(file))[0] == 0
    assert file.read_text("utf-8").count("\n**") == 3


@pytest.mark.parametrize(("changed", "message"), [
    ({"profile": "nowhere.json"}, "cases[0].profile: there is no such file"),
    ({"peer_of": "missed"}, "cases[0].peer_of: is no failure"),
    ({"outcome": "won"}, "outcome"),
    ({"on": "soon"}, "on"),
])
def test_what_is_wrong_with_a_case(library: Path, changed: dict[str, str], message: str) -> None:
    (library / "cases.yaml").write_text(json.dumps({"cases": [entry("sound", "survived") | changed]}))
    with pytest.raises(DocumentError) as error:
        read_cases(library)
    assert message in str(error.value)


def test_a_profile_that_is_named_twice(library: Path) -> None:
    (library / "cases.yaml").write_text(json.dumps({"cases": [entry("sound", "survived")] * 2}))
    with pytest.raises(DocumentError, match="is named twice"):
        read_cases(library)


@pytest.mark.parametrize("day", ["2012-02-28", "2013-01-01"])
def test_a_case_is_judged_before_its_outcome(library: Path, day: str) -> None:
    (library / "caught.json").write_text(profile(30, day))
    with pytest.raises(ProfileError, match="not before 2012-02-28"):
        measured(library)


@pytest.mark.parametrize(("words", "message"), [
    (["{empty}"], "holds no cases.yaml"),
    (["{library}", "{library}"], "measured by itself"),
    (["{library}", "--label", "x"], "--label and --map are for tables"),
    (["{library}", "--format", "html"], "--format html is for tables"),
    (["t.csv"], "Missing option '--label'"),
    (["t.csv", "--label", "x", "--map", "y", "--format", "csv"], "--format csv is for a folder of cases"),
])
def test_misuse(library: Path, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = command(*(word.format(empty=tmp_path / "empty", library=library) for word in words))
    assert code != 0
    assert message in " ".join(err.split())


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_whole_months(day: date, months: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    later = date(year, month + 1, min(day.day, 28))
    assert months_until(day, later) == months - (day.day > 28)
