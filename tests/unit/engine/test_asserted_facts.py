"""Compares the facts passed to the C library, with order and properties, and the facts it concludes, with a stored listing.

SCREENER_UPDATE=1 writes `asserted_facts.txt` again; check that each line of the difference is intended.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screener.engine.durable import engine as durable
from screener.engine.durable.c_library import load_c_library
from screener.engine.protocol import Conclusions
from screener.engine.search import SearchEngine
from tests.fuzz.world import program, world

WRITTEN = Path(__file__).with_name("asserted_facts.txt")

RULES: list[dict[str, Any]] = [
    {"rule": "owing", "when": [{"company": "debt > 5 and share <= 0.5 and stage == 'a'"}]},
    {"rule": "asking", "when": [{"client as c": "sure"}, {"flag of c.party": "owing"}]},
    {"rule": "without", "when": [{"client as c": "sure"}, {"not source": "party == c.party"}]},
    {"rule": "alone", "when": [{"client as c": "amount > 1"}, {"not client": "what == 'a'"}]},
    {"rule": "linking", "when": [{"client as c": "sure"}], "concludes": {"link": {"who": "c.party", "size": "c.amount"}}},
    {"rule": "linked", "when": [{"link as l": "size > 2"}, {"not flag": "owing"}]},
    {"rule": "guarded", "when": [{"company": "debt > 5"}, {"client": "sure"}], "applies": "listed"},
    {"rule": "resting", "when": [{"flag": "guarded"}]},
    {"rule": "ratio", "when": [{"company": "debt / income > 2"}]},
    {"rule": "after-ratio", "when": [{"flag": "ratio"}, {"client": "sure"}]},
]
WORLDS: dict[str, dict[str, Any]] = {
    "nothing is known": {},
    "all is known": {
        "figures": {"debt": 9, "share": 0.5, "stage": "a", "income": 3, "listed": True},
        "clients": [{"party": "acme", "amount": 3, "sure": True, "what": "b"}, {"party": "beta", "sure": False, "what": "c", "amount": 0}],
        "sources_": [{"party": "beta"}],
        "parties": {"acme": {"figures": {"debt": 7, "share": 0.25, "stage": "a"}}},
    },
    "ranges, and lists that may have more": {
        "figures": {"debt": {"low": 4, "high": 9}, "share": {"low": 0.25}, "income": {"high": 2}},
        "clients": [{"amount": {"low": 1, "high": 6}}, {"party": "acme", "sure": True}],
        "sources_": [{"party": "acme"}, {}], "incomplete": ["clients"],
    },
}


class RecordingLibrary:
    """The C library with a record of the asserted facts."""

    def __init__(self, asserted: list[str]) -> None:
        self._library, self._asserted = load_c_library(), asserted

    def assert_facts(self, handle: int, batch: str) -> Any:
        """Asserts facts and records each."""
        self._asserted.extend(f"  {json.dumps(fact, ensure_ascii=False)}" for fact in json.loads(batch))
        self._asserted.append("  end of batch")
        return self._library.assert_facts(handle, batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def conclusions(found: Conclusions) -> Iterator[str]:
    """Yields each decision with its matches, and the concluded facts, as lines."""
    for (rule, company), decision in sorted(found.decisions.items()):
        matches = ["+".join(f"{name}={fact.id}" for name, fact in match.facts) for match in decision.matches]
        ways = [f"{match.alternative}:{'+'.join(fact.id for _, fact in match.facts)} {sure}" for match, sure in decision.ways]
        names = decision.outcome.name, decision.applicability.name
        yield f"  {rule} of {company}: {' '.join(names)} {matches} {ways}"
    for fact in found.concluded:
        yield f"  concluded {fact.id} of {fact.of}: {dict(fact.fields)} {dict(fact.companies)} {fact.certain}"


def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yields all worlds as text, after checking that `search` makes the same decisions."""
    made = program(RULES)
    asserted: list[str] = []
    monkeypatch.setattr(durable, "load_c_library", lambda: RecordingLibrary(asserted))
    engine = durable.DurableEngine(made)
    for name, data in WORLDS.items():
        asserted.clear()
        found = list(conclusions(engine.run(world(made, data))))
        yield f"{name}: the facts"  # the facts of the unnamed company precede those of the first world
        yield from asserted
        yield f"{name}: the conclusions"
        yield from found
        assert found == list(conclusions(SearchEngine(made).run(world(made, data)))), name
    engine.close()


def test_facts_are_asserted_and_conclusions_drawn_like_this(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(written(monkeypatch))
    if os.environ.get("SCREENER_UPDATE") == "1":
        WRITTEN.write_text("\n".join(found) + "\n", "utf-8")
    assert found == WRITTEN.read_text("utf-8").splitlines()
