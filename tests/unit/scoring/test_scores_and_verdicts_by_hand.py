"""Tables of scores, scopes and verdicts computed by hand, with each limit on both sides."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from screener.rules.rule import Rule
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.calibration import times_text, wilson_interval
from screener.scoring.column_score import COLUMNS, round_to_tenth
from screener.scoring.scope import ADDED, PackReach, company_scope, pack_members, scope_of
from screener.scoring.score import (
    CompanyScore,
    ScoredRule,
    ScoreFormula,
    coverage_counts,
    flag_weight,
    relieves,
    scored_rules,
)
from screener.scoring.verdict import Demands, VerdictInputs, verdict_cases
from screener.vocabulary import Flag, Outcome, Severity, Verdict

BOOK = load_rulebook()
TABLE = BOOK.table
SAMPLE = BOOK.rules["leverage-versus-revenue"]
FIRED, CLEAR, UNKNOWN, OUT = Outcome.FIRED, Outcome.CLEAR, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def rule(name: str, severity: str, **more: Any) -> Rule:
    flag = Flag.GREEN if severity in ("weak", "moderate", "strong") else Flag.RED
    plain: dict[str, Any] = {"cause": None, "softens": (), "relieves": (), "pack": "p", "weight": None, "at_least": None}
    return replace(SAMPLE, id=name, flag=flag, severity=Severity(severity), **{**plain, **more})


RULES = {r.id: r for r in (
    rule("c", "critical"), rule("h", "high", cause="debt"), rule("m", "medium", cause="debt"), rule("l", "low", weight=0.5, cause="x"),
    rule("w", "weak"), rule("s", "strong"), rule("soft", "moderate", softens=("c", "h")), rule("eased", "strong", relieves=("debt",)),
    rule("own", "weak", weight=0.9), rule("both", "weak", weight=0.2, softens=("h",), relieves=("debt", "x")),
)}
"""c 0.35 · h 0.2 and m 0.1 of one cause · l 0.5; w 0.05, s 0.25, own 0.9 relieve all; soft 0.12, eased 0.25, both 0.2 some."""


@pytest.mark.parametrize(
    ("fired", "score"),
    [
        ("", 0.0), ("c", 35.0), ("h", 20.0), ("m", 10.0), ("l", 50.0), ("w s own", 0.0),
        ("h m", 20.0),  # the largest of one cause
        ("c h", 48.0),  # 1 - 0.65 · 0.8
        ("c h l", 74.0),
        ("c w", 33.2),  # 35 · 0.95 = 33.25, to the even tenth
        ("c w s", 24.9), ("c s", 26.2),
        ("c own", 17.5),  # relief is at most a half
        ("c soft", 30.8), ("h soft", 17.6), ("m soft", 10.0),
        ("h eased", 15.0), ("m eased", 7.5), ("h m eased", 15.0), ("c eased", 35.0),
        ("h soft eased", 13.2),  # 20 · 0.88 · 0.75
        ("h m soft", 17.6), ("h both", 16.0),  # softened only once, although by name and by cause
        ("l both", 40.0), ("c both", 35.0), ("h soft s", 13.2),
    ],
)
def test_scores(fired: str, score: float) -> None:
    names = fired.split()
    company = CompanyScore([ScoredRule(r, FIRED if r.id in names else CLEAR) for r in RULES.values()], TABLE)
    assert company.range.value == company.range.low == company.range.high == score
    columns = ScoreFormula(RULES.values(), TABLE)
    counts = {name: np.array([name in names, False]) for name in RULES}
    assert np.broadcast_to(columns.score(counts.__getitem__, counts.__getitem__, COLUMNS), 2).tolist() == [score, 0.0]
    among = ScoreFormula(RULES.values(), TABLE).among(set(names))
    assert among.score(names.__contains__, names.__contains__) == score


@pytest.mark.parametrize(
    ("fired", "unknown", "value", "low", "high"),
    [
        ("c", "h", 35.0, 35.0, 48.0), ("c", "s", 35.0, 26.2, 35.0), ("c", "h s", 35.0, 26.2, 48.0), ("", "c soft", 0.0, 0.0, 35.0),
        ("h", "m", 20.0, 20.0, 20.0), ("c s", "soft l", 26.2, 23.1, 50.6),
    ],
)
def test_ranges(fired: str, unknown: str, value: float, low: float, high: float) -> None:
    outcome = {**dict.fromkeys(unknown.split(), UNKNOWN), **dict.fromkeys(fired.split(), FIRED)}
    company = CompanyScore([ScoredRule(r, outcome.get(r.id, OUT)) for r in RULES.values()], TABLE)
    assert company.range == (value, low, high)
    best, worst = company.ranges_if_decided(frozenset(unknown.split()))
    assert (best.low, best.value, best.high) == (low, low if not set(unknown.split()) & {"h", "m", "c", "l"} else best.value, best.value)
    assert (worst.value, worst.low, worst.high) == (worst.value, worst.value, high)
    none_best, none_worst = company.ranges_if_decided(frozenset())
    assert none_best == none_worst == company.range


def test_the_steps_to_a_score() -> None:
    fired = ["w", "soft", "m", "c", "h", "s", "eased"]
    company = CompanyScore([ScoredRule(RULES[name], FIRED) for name in fired], TABLE)
    assert [(step.rule.id, step.start, step.end) for step in company.steps()] == [
        ("c", 0.0, 35.0), ("h", 35.0, 48.0), ("m", 48.0, 48.0), ("soft", 48.0, 43.0), ("eased", 43.0, 39.9),
        ("s", 39.9, 30.0), ("w", 30.0, 28.5),
    ]
    assert CompanyScore([], TABLE).steps() == []


def test_weights_and_what_relieves_what() -> None:
    assert {name: flag_weight(r, TABLE) for name, r in RULES.items()} == {
        "c": 0.35, "h": 0.2, "m": 0.1, "l": 0.5, "w": 0.05, "s": 0.25, "soft": 0.12, "eased": 0.25, "own": 0.9, "both": 0.2,
    }
    about = {(green, red) for green, red in product(RULES, RULES) if relieves(RULES[green], RULES[red])}
    assert about == {("soft", "c"), ("soft", "h"), ("eased", "h"), ("eased", "m"), ("both", "h"), ("both", "m"), ("both", "l")}


def test_which_rules_score_and_how_many_are_decided() -> None:
    pattern = replace(RULES["c"], id="p", flag=Flag.PATTERN)
    found = scored_rules([(RULES["c"], FIRED), (RULES["w"], CLEAR), (pattern, FIRED), (RULES["h"], UNKNOWN)], excluded={"w"})
    assert [r.rule.id for r in found] == ["c", "h"]
    assert coverage_counts([ScoredRule(RULES["c"], o) for o in (FIRED, CLEAR, UNKNOWN, UNKNOWN, OUT)]) == (2, 4)
    assert coverage_counts([ScoredRule(RULES["c"], OUT)]) == (0, 0)


def test_the_reach_of_packs() -> None:
    pattern = replace(RULES["c"], id="p", flag=Flag.PATTERN, pack="q")
    data = replace(RULES["c"], id="d", flag=Flag.DATA, pack="q")
    members = pack_members([RULES["c"], pattern, data, RULES["w"]], TABLE)
    assert members == {"p": [("c", True, 0.35), ("w", False, 0.05)], "q": [("p", True, None), ("d", False, None)]}
    outcomes = [(RULES["c"], UNKNOWN), (RULES["h"], CLEAR), (RULES["w"], FIRED), (RULES["m"], OUT), (pattern, FIRED), (data, FIRED)]
    found = company_scope(outcomes, TABLE)
    assert found.packs == {"p": (2, 3, pytest.approx(0.25), pytest.approx(0.6), False), "q": (0, 0, 0.0, 0.0, True)}
    assert found.packs["p"].weight_share == pytest.approx(0.25 / 0.6)
    assert found.packs["q"].weight_share == 0
    assert (found.assessed, found.included, found.enough) == ({"p": True, "q": True}, {"p": True, "q": True}, True)


def reach(decided: int, total: int, raised: bool = False) -> PackReach:
    return PackReach(decided, total, 0.0, 0.0, raised)


@pytest.mark.parametrize(
    ("packs", "assessed", "included", "enough"),
    [
        ({"a": reach(7, 20)}, {"a"}, {"a"}, True),  # 35 % is the bar
        ({"a": reach(6, 20)}, set(), {"a"}, False),
        ({"a": reach(0, 0)}, set(), {"a"}, False),
        ({"a": reach(6, 20), "b": reach(7, 20)}, {"b"}, {"b"}, True),
        ({"a": reach(6, 20, True), "b": reach(0, 20)}, {"a"}, {"a"}, False),
        ({"a": reach(6, 20), ADDED: reach(9, 9)}, {ADDED}, {"a", ADDED}, False),
        ({ADDED: reach(9, 9)}, {ADDED}, {ADDED}, True),
        ({ADDED: reach(1, 9)}, set(), {ADDED}, False),
        ({}, set(), set(), False),
    ],
)
def test_which_packs_are_assessed(packs: dict[str, PackReach], assessed: set[str], included: set[str], enough: bool) -> None:
    found = scope_of(packs, TABLE)
    assert {name for name, flag in found.assessed.items() if flag} == assessed
    assert {name for name, flag in found.included.items() if flag} == included
    assert bool(found.enough) is enough


def expected_verdict(given: dict[str, Any]) -> Verdict:
    """Returns the verdict by the order of verdict.yaml, in plain conditions."""
    if given["avoid"] or given["demands"] == "avoid":
        return Verdict.AVOID
    if given["enough"] and given["score"] >= 60 and not given["watch"]:
        return Verdict.AVOID
    if given["demands"] == "caution" or (given["watch"] and given["score"] >= 60):
        return Verdict.CAUTION
    if given["watch"]:
        return Verdict.WATCH
    if given["enough"] and given["score"] >= 35:
        return Verdict.CAUTION
    if not given["enough"]:
        return Verdict.INSUFFICIENT_DATA
    if given["demands"] == "open" or given["highest"] >= 35 or given["demand_open"] or given["avoid_open"]:
        return Verdict.OPEN
    return Verdict.CLEAR


GRID = {
    "avoid": (False, True), "watch": (False, True), "enough": (False, True), "score": (0.0, 34.9, 35.0, 59.9, 60.0),
    "highest": (34.9, 35.0, 99.0), "demands": (None, "avoid", "caution", "open"), "demand_open": (False, True), "avoid_open": (False, True),
}
WORSE = {None: (), "open": ("open",), "caution": ("open", "caution"), "avoid": ("open", "caution", "avoid")}


def test_every_combination_of_what_decides_a_verdict() -> None:
    grid = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    single, columns = [], {}
    for given in grid:
        demanded = {v: v.value in WORSE[given["demands"]] for v in (Verdict.AVOID, Verdict.CAUTION, Verdict.OPEN)}
        inputs = {**{key: given[key] for key in GRID if key != "demands"}, "demanded": demanded}
        cases = verdict_cases(VerdictInputs(**inputs), TABLE)
        single.append(next((word for holds, word in cases if holds), Verdict.CLEAR))
        for key, value in inputs.items():
            columns.setdefault(key, []).append(value)
    assert single == list(map(expected_verdict, grid))
    demanded = {v: np.array([d[v] for d in columns["demanded"]]) for v in columns["demanded"][0]}
    rows = VerdictInputs(**{k: np.array(v) for k, v in columns.items() if k != "demanded"}, demanded=demanded)
    cases = verdict_cases(rows, TABLE)
    ranks = np.select([holds for holds, _ in cases], [word.rank for _, word in cases], Verdict.CLEAR.rank)
    assert ranks.tolist() == [word.rank for word in single]


def test_what_rules_demand() -> None:
    rules = [
        rule("crit", "critical"), rule("high", "high"), rule("med", "medium"), rule("asks", "medium", at_least=Verdict.AVOID),
        rule("less", "critical", at_least=Verdict.OPEN), rule("soft", "weak", softens=("crit", "asks")), rule("two", "weak", softens=("crit",)),
    ]
    demands = Demands(rules, TABLE)
    every = frozenset(r.id for r in rules)
    assert demands.decisive == {"asks", "less"}
    assert demands.demanding(Verdict.OPEN, every, frozenset()) == ("asks", "crit", "less", "high")
    assert demands.demanding(Verdict.CAUTION, every, frozenset()) == ("asks", "crit", "less")
    assert demands.demanding(Verdict.AVOID, every, frozenset()) == ("asks",)
    assert demands.demanding(Verdict.OPEN, every, frozenset({"two"})) == ("asks", "less", "high")
    assert demands.demanding(Verdict.OPEN, every - {"high"}, frozenset({"soft"})) == ("less",)
    for verdict, fired, expected in (
        (Verdict.OPEN, {"high"}, True), (Verdict.CAUTION, {"high"}, False), (Verdict.CAUTION, {"crit"}, True), (Verdict.AVOID, {"crit"}, False),
        (Verdict.AVOID, {"asks"}, True), (Verdict.AVOID, {"asks", "soft"}, False), (Verdict.OPEN, {"med"}, False),
        (Verdict.CAUTION, {"crit", "two"}, False), (Verdict.CAUTION, {"crit", "two", "less"}, True),
    ):
        assert bool(demands.at_least(verdict, fired.__contains__, fired.__contains__)) is expected, (verdict, fired)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0), (5, 10, 0.23659, 0.76341), (1, 100, 0.00177, 0.05449)],
)
def test_the_interval_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    """Against the published formula, to five digits."""
    assert wilson_interval(hits, of) == (pytest.approx(low, abs=5e-6), pytest.approx(high, abs=5e-6))


@pytest.mark.parametrize(
    ("times", "text"), [(0, "0.0"), (0.04, "0.04"), (0.944, "0.94"), (0.95, "0.9"), (0.951, "1.0"), (1.25, "1.2"), (12.34, "12.3")]
)
def test_multiples_of_the_average_in_words(times: float, text: str) -> None:
    assert times_text(times) == text


def test_tenths_of_columns() -> None:
    values = [0.0, 0.04, 0.05, 0.15, 0.25, 33.25, 33.249999999, 33.250000001, 99.95, 100.0]
    assert round_to_tenth(np.array(values)).tolist() == [round(value, 1) for value in values]
    assert round_to_tenth(np.float64(2.25)).tolist() == [2.2]  # type: ignore[arg-type]
