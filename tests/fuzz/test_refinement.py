"""More knowledge keeps decided outcomes and stays within the range of the score; no order matters."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from screener.errors import ProfileError, RulesError
from screener.rules.compiler import Program
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.score import CompanyScore, ScoreRange, scored_rules
from screener.vocabulary import Flag, Outcome
from tests.fuzz import templates
from tests.fuzz.profiles import profile
from tests.fuzz.refine import differences, outcome, outcomes, refined, run, shuffled, steps
from tests.fuzz.rulebooks import rulebook
from tests.fuzz.world import Circle, program

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "3000"))


def cases(seed: str, many: int) -> Iterator[tuple[Program, dict[str, Any]]]:
    """Yields random rules, red and green, each with three profiles and refining steps; compiled once for the three."""
    made, i = 0, 0
    while made < many:
        rnd = Random(f"{seed}/{i}")
        i += 1
        rules = flagged(rnd, templates.rulebook(rnd) if rnd.random() < 0.7 else rulebook(rnd))
        try:
            compiled = program(rules)
        except (Circle, RulesError):
            continue
        for _ in range(3):
            data = profile(rnd)
            chosen_steps = steps(rnd, data, rnd.choice((2, 8, 30, 100)))
            yield compiled, {"seed": f"{seed}/{i - 1}", "rules": rules, "profile": data, "steps": chosen_steps}
            made += 1


def flagged(rnd: Random, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the rules with flags, severities, causes, and green ones that soften red ones."""
    found: list[dict[str, Any]] = []
    for rule in rules:
        flag = rnd.choice(("red", "red", "green"))
        more: dict[str, Any] = {"flag": flag, "severity": rnd.choice(Flag(flag).severities).value}
        if rnd.random() < 0.5:
            more["cause"] = rnd.choice(("one", "two"))
        reds = [r["rule"] for r in found if r["flag"] == "red"]
        if flag == "green" and reds and rnd.random() < 0.5:
            more["softens"] = rnd.sample(reds, 1)
        found.append({**rule, **more})
    return found


def scored(compiled: Program, data: dict[str, Any]) -> ScoreRange:
    found = run(compiled, data)
    return CompanyScore(scored_rules((r, Outcome(outcome(found.of(r.id, "main")))) for r in compiled.rules.values()), TABLE).range


TABLE = load_rulebook(packs=[]).table


@pytest.mark.slow
def test_a_decided_outcome_stays_decided() -> None:
    for compiled, case in cases("refine", CASES):
        assert not (found := differences(case, compiled)), f"{found}\n{json.dumps(case, ensure_ascii=False)}"


@pytest.mark.slow
def test_the_range_of_the_score_only_narrows() -> None:
    seen: Counter[str] = Counter()
    for compiled, case in cases("score", CASES // 8):
        try:
            before, after = scored(compiled, case["profile"]), scored(compiled, refined(case["profile"], case["steps"]))
        except ProfileError:
            continue
        ends = (before.low, after.low, after.value, after.high, before.high)
        assert list(ends) == sorted(ends), f"{ends}\n{json.dumps(case, ensure_ascii=False)}"
        seen.update(["narrowed" if after.high - after.low < before.high - before.low else "same"])
    assert seen["narrowed"] > sum(seen.values()) * 0.05


@pytest.mark.slow
def test_order_does_not_matter() -> None:
    rnd = Random("order")
    for compiled, case in cases("order", CASES // 8):
        other = shuffled(rnd, case["profile"])
        first, then = outcomes(compiled, case["profile"]), outcomes(program(case["rules"][::-1]), other)
        assert first == then, f"{json.dumps([case, other], ensure_ascii=False)}"
