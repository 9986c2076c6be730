"""The list of the article's claims: each has a rule that names it and a fixture that contains its facts."""

import json
import re
from typing import Any

import pytest
import yaml
from commands import FIXTURES, ROOT, built_in

LEDGER: list[dict[str, Any]] = yaml.safe_load((ROOT / "seeds/claims.yaml").read_text("utf-8"))
BY_ID = {c["id"]: c for c in LEDGER}
RULES = built_in().rulebook.rules
PROFILES = {p.stem: json.loads(p.read_text("utf-8")) for p in FIXTURES.glob("*.json")}

each_claim = pytest.mark.parametrize("claim", sorted(BY_ID))


def test_all_claims_are_there() -> None:
    assert [c["id"] for c in LEDGER] == [f"C{n:02}" for n in range(1, 35)]


@each_claim
def test_a_claim_says_what_where_and_of_whom(claim: str) -> None:
    entry = BY_ID[claim]
    assert set(entry) >= {"id", "section", "says", "companies", "rules", "reached_by"}
    assert set(entry["says"]) == {"en", "zh"}
    assert entry["says"]["en"].strip()
    assert re.search("[\u4e00-\u9fff]", entry["says"]["zh"])
    assert all(1 <= n <= 8 for n in entry["section"])
    assert entry["section"]
    assert set(entry["companies"]) <= {*PROFILES, *(p for d in PROFILES.values() for p in d.get("parties", {}))}


@each_claim
def test_a_claim_reaches_a_rule_that_names_it(claim: str) -> None:
    rules = BY_ID[claim]["rules"]
    assert rules
    for rule in rules:
        assert rule in RULES, f"{claim} names {rule}, which is not in the pack"
        assert claim in RULES[rule].claims, f"{rule} does not name {claim}"


@each_claim
def test_a_claim_reaches_a_fixture(claim: str) -> None:
    places = BY_ID[claim]["reached_by"]
    assert places
    for place in places:
        assert reached(PROFILES[place["profile"]], place["path"]), f"{claim}: {place['profile']} has no {place['path']}"


def reached(data: Any, path: str) -> bool:
    """Returns whether a path such as figures.revenue, customers[0].dominant or parties.openai.figures.revenue has a value."""
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(data, list):
            if not step.isdigit():
                data = next((item[step] for item in data if isinstance(item, dict) and step in item), None)
                continue
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data not in (None, [], {})


def test_paths_can_lead_nowhere() -> None:
    oracle = PROFILES["oracle"]
    for path in ("figures.revenue", "customers", "customers[0].dominant", "parties.openai.figures.revenue"):
        assert reached(oracle, path)
    for path in ("figures.cash", "figures.revenu", "rivals", "customers[5]", "parties.openai.figures.cash", "moats.kind"):
        assert not reached(oracle, path)


@each_claim
def test_where_a_claim_is_reached_the_rule_is_decided(claim: str) -> None:
    """At least one rule of the claim is decided for a company that the claim is about."""
    screener = built_in()
    outcomes = set()
    for place in BY_ID[claim]["reached_by"]:
        result = _screened(place["profile"])
        outcomes |= {f.outcome for f in result.findings if f.rule in BY_ID[claim]["rules"]}
    assert outcomes & {"fired", "clear"}, f"{claim}: {', '.join(BY_ID[claim]['rules'])} all unknown"
    assert screener.rulebook.rules


def test_rules_name_only_claims_that_exist() -> None:
    named = {c for r in RULES.values() for c in r.claims}
    assert named <= set(BY_ID)
    assert named == set(BY_ID), "a claim that no rule names"


_results: dict[str, Any] = {}


def _screened(name: str) -> Any:
    if name not in _results:
        screener = built_in()
        _results[name] = screener.assess(screener.profile(str(FIXTURES / f"{name}.json")))
    return _results[name]
