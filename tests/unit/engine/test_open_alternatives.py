"""The C library runs an alternative in its possible form only if some of its inputs are unknown."""

from typing import Any

import pytest

from screener.engine.durable import durable_run
from screener.engine.durable.engine import DurableEngine
from screener.engine.durable.fact_writer import FactWriter
from screener.engine.durable.open_alternatives import AlternativeInputs, OpenAlternatives
from screener.engine.protocol import TooManyRules
from screener.engine.search import SearchEngine
from screener.engine.selection import SelectedEngine
from tests.fuzz.world import program, show, world

TESTED = {"rule": "tested", "when": [{"company": "debt > 5"}]}
JOINED = {"rule": "joined", "when": [{"client as c": "amount > 5"}, {"source as s": "party == c.party"}]}
ON_FLAG = {"rule": "on-flag", "when": [{"flag": "tested"}]}
COMPARED = {"rule": "compared", "when": [{"company": "debt > 2 * income"}]}
LISTS = {"clients": [{"party": "acme", "amount": 6}], "sources_": [{"party": "acme"}]}


def inputs(*fields: tuple[str, str], flags: tuple[str, ...] = (), **more: bool) -> AlternativeInputs:
    facts = {"in_python": False, "negates_in_python": False, **more}
    return AlternativeInputs(fields=frozenset(fields), flags=frozenset(flags), **facts)


def test_an_alternative_is_open_by_what_it_reads_and_by_the_rules_it_rests_on() -> None:
    a, b, c, d = ("a", 0), ("b", 0), ("c", 0), ("d", 0)
    found = OpenAlternatives(
        {
            a: inputs(("company", "debt")),
            b: inputs(flags=("a",)),
            c: inputs(flags=("b",)),
            d: inputs(("client", "party")),
        },
        counterparty_rules=(),
    )
    assert found.of([], []) == set()
    assert found.of([("company", "debt")], []) == {a, b, c}
    assert found.of([("client", "party")], []) == {d}
    assert found.of([], ["b"]) == {c}


def test_what_python_decides_leaves_the_rules_that_rest_on_it_open() -> None:
    a, b, c = ("a", 0), ("b", 0), ("c", 0)
    alternatives = {a: inputs(in_python=True), b: inputs(flags=("a",)), c: inputs(negates_in_python=True)}
    assert OpenAlternatives(alternatives, ()).of([], []) == {b, c}
    assert OpenAlternatives({b: inputs(flags=("a",))}, ("a",)).of([], []) == {b}


def run(
    rules: list[dict[str, Any]], data: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[set[str], list[str]]:
    """Returns the unknown rules and the asserted facts, after checking that both engines agree."""
    compiled = program(rules)
    asserted: list[str] = []
    runs: list[durable_run.DurableRun] = []
    write, matches = FactWriter.to_json, durable_run.DurableRun._match_rules

    def to_json(self: Any, *given: Any) -> list[str]:
        found = write(self, *given)
        asserted.extend(found)
        return found

    def match_rules(self: durable_run.DurableRun, stratum: Any) -> None:
        runs.append(self)
        matches(self, stratum)

    monkeypatch.setattr(FactWriter, "to_json", to_json)
    monkeypatch.setattr(durable_run.DurableRun, "_match_rules", match_rules)
    engine = DurableEngine(compiled)
    try:
        engine.run(world(compiled, {}))  # with the company that represents all unnamed ones
        asserted.clear()
        of = world(compiled, data)
        found = engine.run(of)
        assert show(found, compiled, of) == show(SearchEngine(compiled).run(of), compiled, of)
    finally:
        engine.close()
    return {rule for rule, _ in runs[-1].open}, list(asserted)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"figures": {"debt": 6, "income": 1}, **LISTS}, set()),
        ({"figures": {"debt": 5, "income": 1}, **LISTS}, set()),
        ({"figures": {"debt": {"low": 6}, "income": 1}, **LISTS}, set()),  # Python decides alternatives that bind no facts
        ({"figures": {"income": 1}, **LISTS}, {"on-flag"}),
        ({"figures": {"debt": 6}, **LISTS}, set()),  # Python compares two figures once for all outcomes
        ({"figures": {"debt": 6}, **LISTS, "sources_": [{"amount": 1}]}, {"joined"}),
        ({"figures": {"debt": 6}, **LISTS, "clients": [{"party": "acme"}]}, {"joined"}),
        ({"figures": {"debt": 6}, **LISTS, "incomplete": ["clients"]}, {"joined"}),
        ({"figures": {"debt": 6}, "clients": LISTS["clients"]}, {"joined"}),  # no list of sources
    ],
)
def test_rules_are_run_once_where_all_that_is_tested_is_known(
    data: dict[str, Any], expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = run([TESTED, JOINED, ON_FLAG, COMPARED], data, monkeypatch)
    assert found == expected


def test_facts_are_asserted_for_the_possible_form_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = {"rule": "beside", "when": [{"company": "debt > 5"}, {"client as c": "amount > 5"}]}
    _, known = run([beside, JOINED], {"figures": {"debt": 6}, **LISTS}, monkeypatch)
    _, unknown = run([beside, JOINED], LISTS, monkeypatch)
    assert len(known) == 3  # company, client, source
    assert len(unknown) == 6


def test_rules_with_guards_that_are_unknown_leave_open_what_rests_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = {**TESTED, "applies": "income > 0"}
    known = {"figures": {"debt": 6, "income": 1}}
    assert run([guarded, ON_FLAG], known, monkeypatch)[0] == set()
    assert run([guarded, ON_FLAG], {"figures": {"debt": 6}}, monkeypatch)[0] == {"on-flag"}


def test_flags_of_what_python_compares_leave_open_what_rests_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rests = {"rule": "rests", "when": [{"flag": "compared"}]}
    for figures, expected in (({"debt": 6, "income": 1}, set()), ({"debt": 6}, {"rests"})):
        assert run([COMPARED, rests], {"figures": figures}, monkeypatch)[0] == expected


NOT_A = {"rule": "r0", "when": [{"client as c": "sure"}, {"not source": "what == 'a' and party == c.party"}]}
EXCLUDED = {
    "clients": [{"party": "acme", "sure": True}],
    "incomplete": ["sources_"],
    "others": {"sources_": {"what": {"none_of": ["a"]}}},
}


def test_words_that_are_known_not_to_be_decide_negations(monkeypatch: pytest.MonkeyPatch) -> None:
    run([NOT_A], EXCLUDED, monkeypatch)  # both engines agree
    compiled = program([NOT_A])
    of = world(compiled, EXCLUDED)
    for engine in (DurableEngine(compiled), SearchEngine(compiled)):
        assert engine.run(of).of("r0", of.main).outcome.name == "TRUE"


def test_too_many_rules_for_words_that_are_known_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = program([NOT_A])
    of, usual = world(compiled, EXCLUDED), world(compiled, LISTS)
    chosen, given = SelectedEngine(compiled), SelectedEngine(compiled, "durable")
    monkeypatch.setattr("screener.engine.durable.engine.MOST_RULES", 0)
    try:
        assert chosen.run(usual).note is None
        for _ in range(2):
            found = chosen.run(of)
            assert found.note is not None
            assert "too many rules" in found.note.en
            with pytest.raises(TooManyRules):
                given.run(of)
        assert chosen.run(usual).note is None
    finally:
        chosen.close()
        given.close()
