"""After a change of one figure, deciding only the affected rules again agrees with a complete new run."""

from typing import Any

import pytest

from screener.engine.search import SearchEngine
from tests.fuzz.refine import outcome
from tests.fuzz.world import program, show, world

CLIENTS = [{"party": "acme"}, {"party": "beta"}]
PARTIES = {"acme": {"clients": [{"party": "beta"}]}, "beta": {"clients": [{"party": "main"}]}}
"""Flags spread from a company to those whose client it is, and reach acme last, which is decided first."""
RESTING = [
    {"rule": "owing", "when": [{"company": "debt > 5"}]},
    {"rule": "on-owing", "when": [{"flag": "owing"}]},
    {"rule": "not-owing", "when": [{"not flag": "owing"}]},
    {"rule": "on-income", "when": [{"company": "income > 5"}]},
    {"rule": "client-of-owing", "when": [{"client as c": True}, {"flag of c.party": "owing"}]},
]
IN_A_RING = [
    {"rule": "spreads", "when": [{"any": [{"company": "debt > 5"}, [{"client as c": True}, {"flag of c.party": "spreads"}]]}]},
    {"rule": "on-spreads", "when": [{"flag": "spreads"}]},
]
CONCLUDING = [
    {"rule": "links", "when": [{"company": "debt > 5"}, {"client as c": True}], "concludes": {"link": {"who": "c.party", "size": "company.debt"}}},
    {"rule": "large-link", "when": [{"link as l": "size > 8"}]},
]


@pytest.mark.parametrize("rules", [RESTING, IN_A_RING, CONCLUDING], ids=["resting", "ring", "concluding"])
@pytest.mark.parametrize("figure", ["debt", "income"])
@pytest.mark.parametrize(("before", "after"), [(1.0, 10.0), (10.0, 1.0), (10.0, 7.0), (6.0, 7.0)])
def test_the_affected_rules_are_decided_again(rules: list[dict[str, Any]], figure: str, before: float, after: float) -> None:
    compiled = program(rules)
    engine = SearchEngine(compiled, everyone=True)

    def made(value: float) -> Any:
        figures = {"debt": 2.0, "income": 2.0, figure: value}
        return world(compiled, {"figures": figures, "clients": CLIENTS, "parties": PARTIES})

    first = engine.run(made(before))
    expected = engine.run(made(after))
    assert show(engine.run_again(made(after), first, figure), compiled, made(after)) == show(expected, compiled, made(after))
    if rules is RESTING and figure == "debt" and (before, after) == (1.0, 10.0):
        changed = [r for r in compiled.rules if outcome(first.of(r, "main")) != outcome(expected.of(r, "main"))]
        assert sorted(changed) == ["not-owing", "on-owing", "owing"]
