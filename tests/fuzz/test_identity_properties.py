"""Outcomes do not depend on the order of files, lists and keys, nor on the ids of companies."""

import json
import os
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.errors import ProfileError
from tests.fuzz.dated import dated
from tests.fuzz.refine import shuffled
from tests.fuzz.rulebooks import IDS
from tests.fuzz.test_knowledge_by_day import outcomes, rules_of
from tests.fuzz.world import profile

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "2000"))
SEEDS = st.integers(0, 2**32)
PROPERTY = settings(max_examples=CASES, deadline=None, derandomize=True)


def profiles(rnd: Random) -> list[dict[str, Any]]:
    """Generates a main profile and others, of which two may be of one company, with statements on each other's parties."""
    others = [i for i in IDS if i != "main"]
    return [dated(rnd), *(dated(rnd, context=rnd.choice(others)) for _ in range(rnd.choice((1, 2, 3))))]


def renamed(data: Any, names: dict[str, str]) -> Any:
    """Returns the data with other ids wherever a company is named, and in texts that equal an id by chance."""
    if isinstance(data, dict):
        return {names.get(k, k): renamed(v, names) for k, v in data.items()}
    if isinstance(data, list):
        return [renamed(v, names) for v in data]
    return names.get(data, data) if isinstance(data, str) else data


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_no_outcome_depends_on_an_order(seed: int) -> None:
    rnd = Random(seed)
    compiled, found = rules_of(seed), profiles(rnd)
    again = [shuffled(rnd, data) for data in found]
    others = rnd.sample(again[1:], len(again) - 1)
    try:
        main, *context = map(profile, found)
        main_again, *context_again = map(profile, (again[0], *others))
    except ProfileError:
        return
    assert outcomes(compiled, main, tuple(context)) == outcomes(compiled, main_again, tuple(context_again)), json.dumps(found)


@pytest.mark.slow
@PROPERTY
@given(SEEDS)
def test_an_alias_is_as_good_as_the_id(seed: int) -> None:
    rnd = Random(seed)
    compiled, found = rules_of(seed), profiles(rnd)
    plain = [{**data, "parties": {}} for data in found]
    company = rnd.choice([data.get("id", "main") for data in found])
    with_alias = [
        {**(data if data.get("id", "main") == company and i == 0 else renamed(data, {company: "also-known"})), "aliases": aliases}
        for i, data in enumerate(plain)
        for aliases in [["Also known"] if data.get("id", "main") == company else []]
    ]
    for data, other in zip(plain, with_alias, strict=True):
        if "id" in data:
            other["id"] = data["id"]
    try:
        main, *context = map(profile, plain)
        main_again, *context_again = map(profile, with_alias)
    except ProfileError:
        return
    assert outcomes(compiled, main, tuple(context)) == outcomes(compiled, main_again, tuple(context_again))
