"""A pattern is waived if each of its matches depends on waived flags of the company itself."""

import pytest

from screener.engine.search import SearchEngine
from screener.explain.waived_patterns import waived_patterns
from screener.result.finding_records import AppliedWaiver
from tests.fuzz.world import program, world

WAIVER = AppliedWaiver(until="2026-06-30", reason="repaid", by="Board")
RULES = [
    {"rule": "owes", "when": [{"company": "debt > 5"}]},
    {"rule": "listed", "when": [{"company": "listed"}]},
    {"rule": "own", "flag": "pattern", "verdict": "avoid", "severity": "critical", "when": [{"flag": "owes"}]},
    {"rule": "both", "flag": "pattern", "verdict": "avoid", "severity": "critical", "when": [{"any": [{"flag": "owes"}, {"flag": "listed"}]}]},
    {"rule": "of-client", "flag": "pattern", "verdict": "avoid", "severity": "critical",
     "when": [{"client as c": True}, {"flag of c.party": "owes"}]},
    {"rule": "figures", "flag": "pattern", "verdict": "avoid", "severity": "critical", "when": [{"company": "debt > 5"}]},
]


@pytest.mark.parametrize("party", ["acme", "zeta"])
@pytest.mark.parametrize(
    ("waived", "expected"), [((), set()), (("owes",), {"own"}), (("listed",), set()), (("owes", "listed"), {"own", "both"})]
)
def test_which_patterns_are_waived(party: str, waived: tuple[str, ...], expected: set[str]) -> None:
    compiled = program(RULES)
    figures = {"debt": 9, "listed": True}
    of = world(compiled, {"figures": figures, "clients": [{"party": party}], "parties": {party: {"figures": figures}}})
    conclusions = SearchEngine(compiled).run(of)
    assert set(waived_patterns(compiled, conclusions, "main", dict.fromkeys(waived, WAIVER))) == expected
