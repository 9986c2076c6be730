"""Verdicts depend neither on the currency of amounts, given an exchange rate, nor on the names of parties."""

import json
import os
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.errors import ProfileError, RulesError
from screener.rules.compiler import Program
from tests.fuzz.profiles import copied
from tests.fuzz.profiles import profile as random_profile
from tests.fuzz.rulebooks import COMPARISONS
from tests.fuzz.test_identity_properties import renamed
from tests.fuzz.test_knowledge_by_day import outcomes
from tests.fuzz.world import FIGURES, KINDS, Circle, profile, program

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "2000"))
SEEDS = st.integers(0, 2**32)
PROPERTY = settings(max_examples=CASES, deadline=None, derandomize=True)
AMOUNTS = ("0", "0.3", "1", "2", "3", "5", "1e24")
LISTS = {entry["list"]: kind for kind, entry in KINDS.items() if "list" in entry}

_SHAPES = [
    [{"company": "debt {op} params.p"}],
    [{"company": "income - params.p {op} debt"}],
    [{"company": "owed {op} params.p or load > 2"}],
    [{"company": "bulk {op} 1"}, {"client": "amount {op} params.p"}],
    [{"client as c": "amount {op} params.p"}, {"company of c.party": "debt {op} params.q"}],
    [{"client as c": "sure"}, {"client of c.party as d": "amount {op} c.amount"}],
    [{"client as c": "sure"}, {"client of c.party": "amount {op} params.p"}],
    [{"client as c": "sure"}, {"client of c.party": "amount {op} company.debt + params.p"}],
    [{"source as s": "gain {op} params.p"}, {"not spare": "amount {op} params.q"}],
    [{"flow": "direction == 'out' and amount {op} params.p"}],
    [{"loop": "weakest {op} params.p"}],
    [{"not client": "amount {op} params.p"}],
    [{"client as c": "amount {op} params.p"}, {"flag of c.party": "r0"}],
]


def rules_of(seed: int) -> Program:
    """Returns one of fifty rulebooks in which every amount has a currency."""
    return _rulebook(seed % 50)


@cache
def _rulebook(number: int) -> Program:
    for attempt in range(100):
        rnd = Random(f"currency/{number}/{attempt}")
        files = []
        for i, shape in enumerate([_SHAPES[0], *rnd.sample(_SHAPES, 4)]):
            op = rnd.choice(COMPARISONS)
            when = [{key: value.replace("{op}", op) for key, value in item.items()} for item in shape]
            text = str(when)
            params = {
                name: {"value": float(rnd.choice(AMOUNTS)), "unit": "money", "currency": rnd.choice(("USD", "USD", "EUR"))}
                for name in "pq"
                if f"params.{name}" in text
            }
            files.append({"rule": f"r{i}", "when": when, "params": params})
        try:
            return program(files)
        except (Circle, RulesError):
            continue
    raise AssertionError("no rulebook")


def scaled(data: dict[str, Any], factor: float) -> dict[str, Any]:
    """Returns a body with all amounts of money in another unit."""
    found = copied(data)
    for name, typed in FIGURES.items():
        if typed["unit"] == "money" and found.get("figures", {}).get(name) is not None:
            found["figures"][name] = _times(found["figures"][name], factor)
    _scale_lists(found, factor)
    for list_name, stated in found.get("others", {}).items():
        _scale_member(stated, LISTS[list_name], factor)
    return found


def _scale_lists(owner: dict[str, Any], factor: float) -> None:
    for list_name, kind in LISTS.items():
        for member in owner.get(list_name) or ():
            _scale_member(member, kind, factor)
            _scale_lists(member, factor)


def _scale_member(member: dict[str, Any], kind: str, factor: float) -> None:
    for name, typed in KINDS[kind]["fields"].items():
        if typed["unit"] == "money" and member.get(name) is not None:
            member[name] = _times(member[name], factor)


def _times(claim: Any, factor: float) -> Any:
    if isinstance(claim, list):
        return [_times(one, factor) for one in claim]
    if isinstance(claim, dict):
        return {key: value * factor if key in ("value", "low", "high") and value is not None else value for key, value in claim.items()}
    return claim * factor


@pytest.mark.slow
@PROPERTY
@given(SEEDS, st.sampled_from([2.0**-10, 2.0**-7, 0.5]))
def test_the_outcomes_are_those_in_another_currency_at_its_rate(seed: int, factor: float) -> None:
    """The same amounts in JPY, with USD 1 / factor per unit (a power of 2, so that no amount is rounded)."""
    rnd = Random(seed)
    data = json.loads(json.dumps(random_profile(rnd)).replace("5e-324", "0.25"))  # half of the smallest float is 0
    data["currency"] = "USD"
    data["rates"] = {"EUR": {"USD": 2.0}}
    parties = data.get("parties", {})
    for party in parties.values():
        party.setdefault("currency", "USD")
    yen = {**scaled(data, factor), "currency": "JPY", "parties": {
        name: {**scaled(party, factor), "currency": "JPY"} if party["currency"] == "USD" else party for name, party in parties.items()
    }}
    yen["rates"] = {"JPY": {"USD": 1 / factor, "EUR": 0.5 / factor}, "EUR": {"USD": 2.0}}
    compiled = rules_of(seed)
    try:
        dollars, others = profile(data), profile(yen)
    except ProfileError:  # such as a source named twice
        return
    assert outcomes(compiled, dollars) == outcomes(compiled, others)


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_a_rate_decides_and_changes_nothing_that_is_decided(seed: int) -> None:
    rnd = Random(seed)
    data = random_profile(rnd)
    data.pop("rates", None)
    compiled = rules_of(seed)
    try:
        without, known = profile(data), profile({**data, "rates": {"EUR": {"USD": rnd.choice((0.1, 1.1, 2.0))}}})
    except ProfileError:
        return
    before, after = outcomes(compiled, without), outcomes(compiled, known)
    assert all(after[key] == word for key, word in before.items() if word != "unknown")


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_the_outcomes_do_not_depend_on_what_parties_are_called(seed: int) -> None:
    """No rule here names a company."""
    rnd = Random(seed)
    data = json.loads(json.dumps(random_profile(rnd)).replace('"out"', '"o"'))  # a text that is a direction, too
    names = dict(zip(("acme", "beta", "gone"), rnd.sample(("zeta", "alpha", "one-more", "b2"), 3), strict=True))
    compiled = rules_of(seed)
    try:
        main, again = profile(data), profile(renamed(data, names))
    except ProfileError:
        return
    assert outcomes(compiled, main) == outcomes(compiled, again)
