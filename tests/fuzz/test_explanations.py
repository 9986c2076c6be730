"""Random profiles: explanations do not depend on the order of lists, and the parts of a condition agree with its outcome."""

import os
import re
from collections import Counter
from random import Random
from typing import Any

import pytest

from screener.engine.search import SearchEngine
from screener.explain.assessor import Assessor
from screener.facts.builder import build
from screener.profile.loader import profile_from_data
from screener.result.model import ResultDocument, to_dict
from screener.rules.compiler import compile_rules
from screener.rules.rulebook import Rulebook

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "3000")) // 5
PARTS = 4  # of the cases, which may run in several processes
ORDERS = 3  # other orders of one profile, each a case: it is screened once for all of them
PARTIES = ("acme", "beta", "gamma", "delta")
AMOUNTS = (1e6, 2.5e8, 3e9, 3e9, 7e10)
SHARES = (0.05, 0.31, 0.31, 0.62, 0.95, -0.51, -0.99)
COUNTS = (0, 1, 3, 11, 35, 200)


def random_value(rnd: Random, entry: Any) -> Any:
    if entry.unit == "truth":
        return rnd.random() < 0.7
    if entry.unit == "word":
        return rnd.choice(entry.words)
    if entry.unit == "company":
        return rnd.choice(PARTIES)
    if entry.unit == "text":
        return rnd.choice(("A", "B", "C"))
    if entry.unit == "date":
        return rnd.choice(("2024-06-30", "2025-03-01", "2026-12-31"))
    pool = AMOUNTS if entry.unit == "money" else SHARES if entry.unit in ("fraction", "multiple") else COUNTS
    low, high = entry.domain
    fits = [v for v in pool if (low is None or v >= low) and (high is None or v <= high)] or [low or high or 0]
    if rnd.random() < 0.1:
        a, b = sorted((rnd.choice(fits), rnd.choice(fits)))
        return {"low": a, "high": b}
    return rnd.choice(fits)


def random_member(rnd: Random, book: Rulebook, kind: str) -> dict[str, Any]:
    fields = book.catalogue.kinds[kind].fields
    return {
        name: random_value(rnd, entry)
        for name, entry in fields.items()
        if entry.given and (entry.required or rnd.random() < 0.7)
    }


def random_profile(rnd: Random, book: Rulebook) -> dict[str, Any]:
    """Returns a profile with lists of several members each."""
    figures = {name: random_value(rnd, f) for name, f in book.catalogue.figures.items() if rnd.random() < 0.4}
    found: dict[str, Any] = {
        "name": "Main",
        "currency": "USD",
        "figures": figures,
        "sector": rnd.choice(("software", "semiconductors")),
    }
    for name, kind in book.catalogue.lists.items():
        if rnd.random() < 0.8:
            members = [random_member(rnd, book, kind) for _ in range(rnd.choice((0, 1, 2, 3, 4)))]
            if kind == "supplier":  # members that hold lists may name a party once
                members = list({m.get("party"): m for m in members}.values())
            found[name] = members
    if rnd.random() < 0.3:
        found["incomplete"] = rnd.sample([n for n in book.catalogue.lists if n in found], 1)
    found["parties"] = {
        p: {"figures": {"net_income": rnd.choice((-1e9, 1e9)), "revenue": 5e9}} for p in PARTIES if rnd.random() < 0.5
    }
    return found


def shuffled(rnd: Random, profile: dict[str, Any]) -> dict[str, Any]:
    def shuffle(data: Any) -> Any:
        if isinstance(data, list):
            members = [shuffle(member) for member in data]
            rnd.shuffle(members)
            return members
        return {k: shuffle(v) for k, v in data.items()} if isinstance(data, dict) else data

    found: dict[str, Any] = shuffle(profile)
    return found


def without_places(result: ResultDocument) -> dict[str, Any]:
    """Returns a result without positions in lists (keys of inputs, notes), with lists of the profile in one order."""
    document = to_dict(result)
    titles = {
        i["key"]: (i["title"]["en"], i["company"]["en"], (i["about"] or {}).get("en")) for i in document["inputs"]
    }
    for entry in document["inputs"]:
        del entry["key"]
    for finding in document["findings"]:
        finding["missing"] = [titles.get(key, key) for key in finding["missing"]]
        finding["could_settle"] = [[titles.get(key, key) for key in keys] for keys in finding["could_settle"]]
    for key in ("notes", "doubts"):
        document[key] = [{lang: re.sub(r"\[\d+\]", "", note) for lang, note in texts.items()} for texts in document[key]]
    for key in ("facts", "flows", "notes", "doubts"):
        document[key] = sorted(document[key], key=repr)
    del document["profile_digest"], document["ignored"]
    return document


def same(one: Any, other: Any) -> bool:
    """Returns whether two results are equal except for rounding, which is compared if they are not."""
    return bool(one == other or _rounded(one) == _rounded(other))


def _rounded(found: Any) -> Any:
    """Rounds numbers to 12 digits, since a sum depends on the order of its terms in the last digit, as comparisons allow."""
    if isinstance(found, dict):
        return {key: _rounded(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [_rounded(value) for value in found]
    return float(f"{found:.12g}") if isinstance(found, float) else found


def _parts_agree(finding: dict[str, Any]) -> bool:
    """All parts of a fired rule hold; one of a clear rule fails; of an unknown rule not all hold, and none needs to fail."""
    holds = {term["holds"] for term in finding["terms"] if term["depth"] == 0}
    if finding["outcome"] == "fired":
        return holds == {"yes"}
    return "no" in holds if finding["outcome"] == "clear" else True


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_the_order_of_lists_does_not_matter(part: int, book: Rulebook) -> None:
    program = compile_rules(book.rules, book.catalogue, book.metrics, book.digest)
    engine, assessor = SearchEngine(program), Assessor(program, book)
    rnd = Random(f"order of lists {part}")
    seen: Counter[str] = Counter()

    def screen(data: dict[str, Any]) -> dict[str, Any]:
        profile = profile_from_data(data, book.catalogue)
        world = build(profile, book.catalogue, book.metrics, program.placeholders, ())
        return without_places(assessor.assess(world, engine.run(world)))

    for case in range(-(-CASES // ORDERS // PARTS)):
        data = random_profile(rnd, book)
        first = screen(data)
        for mine in first["findings"]:
            assert _parts_agree(mine), (case, mine["rule"], data)
            seen.update(["several"] if mine["others"] else [])
        for _ in range(ORDERS):
            second = screen(shuffled(rnd, data))
            if first == second:
                continue
            for mine, other in zip(first["findings"], second["findings"], strict=True):
                assert same(mine, other), (case, data)
            assert same({**first, "findings": ()}, {**second, "findings": ()}), (case, data)
    assert seen["several"] > CASES / ORDERS / PARTS / 4
