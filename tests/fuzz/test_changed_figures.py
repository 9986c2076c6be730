"""Deciding only the affected rules again after a change of one figure agrees with a complete new run."""

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.engine.search import SearchEngine
from screener.errors import EngineError, ProfileError
from screener.expression.interval import Interval
from screener.facts.builder import build
from screener.facts.changed_world import ChangedWorlds
from screener.profile.loader import profile_from_data
from screener.profile.what_if import assume
from screener.rules.compiler import compile_rules
from screener.screening import Screener
from tests.fuzz.dated import DAYS, dated
from tests.fuzz.test_explanations import AMOUNTS, random_profile
from tests.fuzz.test_knowledge_by_day import context_of, rules_of
from tests.fuzz.world import catalogue, metrics, profile, show

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "1000"))
VALUES = (0.0, 0.25, 1.0, -3e9, 2e6, 4.5e9)


@pytest.mark.slow
@settings(max_examples=CASES, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_deciding_affected_rules_again_is_running_all_of_them(seed: int) -> None:
    rnd = Random(seed)
    compiled, data = rules_of(seed), dated(rnd)
    try:
        main, other = profile(data).on(rnd.choice(DAYS)), profile(context_of(rnd, data))
    except ProfileError:  # such as a supplier named twice
        return
    engine = SearchEngine(compiled, everyone=rnd.random() < 0.5)
    worlds = ChangedWorlds(main, catalogue(), metrics(), compiled.placeholders, (other,))
    try:
        before = engine.run(worlds.world)
        for name, figure in worlds.world.companies["main"].reconciled.items():
            bounds, now = catalogue().claimable[name].bounds, figure.chosen.value
            value = rnd.choice(VALUES)
            if not isinstance(now, Interval) or not bounds.lo <= value <= bounds.hi:
                continue
            changed = assume(main, [f"{name}={value!r}"], catalogue())
            anew = build(changed, catalogue(), metrics(), compiled.placeholders, (other,))
            again = engine.run_again(worlds.with_number(name, value), before, name)
            assert show(again, compiled, anew) == show(engine.run(anew), compiled, anew)
    except EngineError:  # too many matches
        return


@pytest.mark.slow
def test_the_same_of_the_default_packs() -> None:
    """Their rules depend on each other, on metrics with a domain and on conflicts of claims."""
    book = Screener.load().rulebook
    compiled = compile_rules(book.rules, book.catalogue, book.metrics)
    engine, other_outcomes = SearchEngine(compiled), 0
    for seed in range(CASES // 25):
        rnd = Random(f"changed/{seed}")
        data = random_profile(rnd, book)
        figures = data["figures"]
        for name in rnd.sample(sorted(figures), min(4, len(figures))):
            if isinstance(figures[name], float):
                figures[name] = [{"value": figures[name]}, {"value": figures[name] * rnd.choice((1.5, 0.25))}]
        try:
            main = profile_from_data(data, book.catalogue)
        except ProfileError:
            continue
        worlds = ChangedWorlds(main, book.catalogue, book.metrics, compiled.placeholders)
        before = engine.run(worlds.world)
        stated = worlds.world.companies[worlds.world.main].reconciled
        money = [name for name in sorted(stated) if book.catalogue.claimable[name].unit == "money"]
        for name in rnd.sample(money, min(6, len(money))):
            changed = assume(main, [f"{name}={(value := rnd.choice(AMOUNTS))!r}"], book.catalogue)
            anew = build(changed, book.catalogue, book.metrics, compiled.placeholders)
            again = show(engine.run_again(worlds.with_number(name, value), before, name), compiled, anew)
            assert again == show(engine.run(anew), compiled, anew)
            other_outcomes += again != show(before, compiled, anew)
    assert other_outcomes > CASES // 100
