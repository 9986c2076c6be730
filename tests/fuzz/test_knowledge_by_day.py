"""Screening as of a day equals screening a profile with only what was known; an earlier day never adds knowledge."""

import os
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.errors import ProfileError, RulesError
from screener.facts.builder import build
from screener.profile.model import Profile
from screener.rules.compiler import Program
from tests.fuzz import templates
from tests.fuzz.dated import DAYS, as_known, dated
from tests.fuzz.refine import outcome, read_conflicts
from tests.fuzz.rulebooks import IDS, rulebook
from tests.fuzz.world import Circle, catalogue, metrics, profile, program, search_engine

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "2000"))
SEEDS = st.integers(0, 2**32)
PROPERTY = settings(max_examples=CASES, deadline=None, derandomize=True)


def rules_of(seed: int) -> Program:
    """Returns one of fifty random rulebooks."""
    return _rulebook(seed % 50)


@cache
def _rulebook(number: int) -> Program:
    for attempt in range(100):
        rnd = Random(f"knowledge/{number}/{attempt}")
        try:
            return program(templates.rulebook(rnd) if rnd.random() < 0.5 else rulebook(rnd))
        except (Circle, RulesError):
            continue
    raise AssertionError("no rulebook")


def outcomes(compiled: Program, main: Profile, context: tuple[Profile, ...] = ()) -> dict[tuple[str, str], str]:
    world = build(main, catalogue(), metrics(), compiled.placeholders, context)
    return {key: outcome(d) for key, d in search_engine(compiled).run(world).decisions.items() if key[1] == "main"}


def context_of(rnd: Random, data: dict[str, Any], late: int | None = None) -> dict[str, Any]:
    """Returns a profile of a company that the main profile does not describe, since a conflict is more than knowledge.

    For the same reason it has no payment of the main company that is missing from that company's complete list.
    """
    beside = dated(
        rnd, context=rnd.choice([i for i in IDS if i != "main" and i not in data.get("parties", {})]), late=late
    )
    if "flows" in beside and "flows" in data and "flows" not in data.get("incomplete", ()):
        beside["flows"] = [f for f in beside["flows"] if "main" not in (_named(f["from"]), _named(f["to"]))]
    return beside


def _named(party: Any) -> Any:
    return party["value"] if isinstance(party, dict) else party


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_on_a_day_a_profile_is_as_one_that_says_no_more(seed: int) -> None:
    rnd = Random(seed)
    compiled, data, day = rules_of(seed), dated(rnd), rnd.choice(DAYS)
    beside = context_of(rnd, data)
    try:
        read = profile(data), profile(beside)
        known = profile(as_known(data, day)), profile(as_known(beside, day))
    except ProfileError:  # such as a supplier named twice
        return
    assert outcomes(compiled, read[0].on(day), (read[1],)) == outcomes(compiled, known[0], (known[1],))


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_no_more_is_decided_on_an_earlier_day(seed: int) -> None:
    rnd = Random(seed)
    late = rnd.choice((0, 0, 1))
    compiled, data = rules_of(seed), dated(rnd, late=late)
    beside = context_of(rnd, data, late)
    earlier, later = sorted(rnd.sample(DAYS, 2))
    try:
        main, other = profile(data), profile(beside)
    except ProfileError:
        return
    worlds = [build(main.on(day), catalogue(), metrics(), compiled.placeholders, (other,)) for day in (earlier, later)]
    if read_conflicts(compiled, worlds[0]) != read_conflicts(compiled, worlds[1]):
        return  # a statement that figures contradict, once both are known, is a conflict: more than knowledge
    before, after = (outcomes(compiled, main.on(day), (other,)) for day in (earlier, later))
    undecided = {key for key, found in after.items() if found == "unknown"}
    assert {key for key in undecided if before[key] != "unknown"} == set()
