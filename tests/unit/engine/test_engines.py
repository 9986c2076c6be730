"""The meaning of rules on small cases, checked with both engines. The catalogue is that of tests/fuzz."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from screener.engine import search
from screener.engine.durable import c_library
from screener.engine.durable.engine import DurableEngine
from screener.engine.protocol import Conclusions
from screener.engine.search import SearchEngine
from screener.errors import EngineError
from screener.expression.interval import lower, upper
from screener.facts.world import UNNAMED, World
from tests.fuzz.refine import outcome
from tests.fuzz.world import program, show, world

A, B = {"party": "acme"}, {"party": "beta"}


def both(rules: Any, data: dict[str, Any]) -> tuple[Conclusions, World]:
    """Returns the conclusions, after checking that both engines agree."""
    if not isinstance(rules, list):
        rules = [rules]
    compiled = program([{"rule": f"r{i}", **r} for i, r in enumerate(rules)])
    of = world(compiled, data)
    durable = DurableEngine(compiled, everyone=True)
    try:
        found = durable.run(of)
        assert show(found, compiled, of) == show(SearchEngine(compiled, everyone=True).run(of), compiled, of)
    finally:
        durable.close()
    return found, of


def says(rules: Any, data: dict[str, Any], rule: str = "r0", company: str = "main") -> str:
    return outcome(both(rules, data)[0].of(rule, company))


def when(*patterns: Any, **more: Any) -> dict[str, Any]:
    return {"when": list(patterns), **more}


@pytest.mark.parametrize(
    ("rule", "data", "expected"),
    [
        # numbers are intervals
        (when({"company": "debt > 5"}), {"figures": {"debt": {"low": 6}}}, "fired"),
        (when({"company": "debt > 5"}), {"figures": {"debt": {"low": 5}}}, "unknown"),
        (when({"company": "debt > 5"}), {"figures": {"debt": 5}}, "clear"),
        (when({"company": "debt >= 5"}), {"figures": {"debt": 5}}, "fired"),
        (when({"company": "debt > 5"}), {}, "unknown"),
        (when({"company": "debt >= 0"}), {}, "fired"),  # debt is never negative
        (when({"company": "debt == 5"}), {"figures": {"debt": {"low": 4, "high": 6}}}, "unknown"),
        (when({"company": "debt != 5"}), {"figures": {"debt": {"low": 6}}}, "fired"),
        (when({"company": "debt > 1e200"}), {"figures": {"debt": 1e24}}, "clear"),
        (when({"company": "debt < 1e200"}), {"figures": {"debt": 1e24}}, "fired"),
        (when({"company": "debt >= 0.30000000000000004"}), {"figures": {"debt": 0.3}}, "fired"),  # within the tolerance
        (when({"company": "debt >= 0.3000000007"}), {"figures": {"debt": 0.3}}, "clear"),
        (when({"company": "debt + income > 0.3"}), {"figures": {"debt": 0.1, "income": 0.2}}, "clear"),
        (when({"company": "debt / income > 1.5"}), {"figures": {"debt": 0.525, "income": 0.35}}, "clear"),
        (when({"company": "debt - income - 0.2 > 0"}), {"figures": {"debt": 0.3, "income": 0.1}}, "clear"),
        (when({"company": "debt > 0"}), {"figures": {"debt": 5e-324}}, "fired"),
        (when({"company": "debt > income"}), {"figures": {"debt": 5, "income": {"low": 1, "high": 4}}}, "fired"),
        # words and truth values
        (when({"company": "stage == 'a'"}), {"figures": {"stage": "a"}}, "fired"),
        (when({"company": "stage != 'a'"}), {}, "unknown"),
        (when({"company": "stage != 'a'"}), {"figures": {"stage": "b"}}, "fired"),
        (when({"company": "not listed"}), {"figures": {"listed": False}}, "fired"),
        (when({"company": "listed or not listed"}), {}, "unknown"),  # Kleene's logic
        (when({"company": "company.id == 'main'"}), {}, "fired"),
        (when({"client": "note == '?'"}), {"clients": [{}]}, "unknown"),  # a missing value is not a text
        (when({"client": "note == '?'"}), {"clients": [{"note": "?"}]}, "fired"),
        # lists
        (when({"client": True}), {}, "unknown"),
        (when({"client": True}), {"clients": []}, "clear"),
        (when({"client": True}), {"clients": [{}]}, "fired"),
        (when({"client": "sure"}), {"clients": [{"sure": False}], "incomplete": ["clients"]}, "unknown"),
        (when({"client": "sure"}, {"client": "not sure"}), {"clients": [{"sure": True}]}, "clear"),
        (when({"client": "sure"}, {"client": "not sure"}), {"clients": [{"sure": True}, {}]}, "unknown"),
        (when({"client": True}, {"client": True}), {"clients": [{}]}, "clear"),  # two patterns, two facts
        (when({"client": True}, {"client": True}), {"clients": [{}, {}]}, "fired"),
        (when({"client": True}, {"client": True}), {"clients": [{}], "incomplete": ["clients"]}, "unknown"),
        # negations
        (when({"not client": "sure"}), {}, "unknown"),
        (when({"not client": "sure"}), {"clients": []}, "fired"),
        (when({"not client": "sure"}), {"clients": [{}]}, "unknown"),
        (when({"not client": "sure"}), {"clients": [{"sure": False}]}, "fired"),
        (when({"not client": "sure"}), {"clients": [{"sure": True}], "incomplete": ["clients"]}, "clear"),
        (when({"client": "not sure"}), {"clients": []}, "clear"),  # another thing
        (when({"client as c": "sure"}, {"not client": "sure"}), {"clients": [{"sure": True}]}, "fired"),  # no other
        (when({"client as c": "sure"}, {"not client": "sure"}), {"clients": [{"sure": True}] * 2}, "clear"),
        (when({"client as c": True}, {"not source": "party == c.party"}), {"clients": [A], "sources_": [B]}, "fired"),
        (when({"client as c": True}, {"not source": "party == c.party"}), {"clients": [A], "sources_": [A]}, "clear"),
        (when({"client as c": True}, {"not source": "party == c.party"}), {"clients": [A], "sources_": [{}]}, "unknown"),
        (when({"client as c": True}, {"not source": "amount > c.amount"}),
         {"clients": [{"amount": 5}], "sources_": [{"amount": 4}]}, "fired"),
        # joins
        (when({"client as c": True}, {"source": "party == c.party"}), {"clients": [A], "sources_": [A]}, "fired"),
        (when({"client as c": True}, {"source": "c.party == party"}), {"clients": [A], "sources_": [B]}, "clear"),
        (when({"client as c": True}, {"source": "party == c.party"}), {"clients": [{}], "sources_": [B]}, "unknown"),
        (when({"client as c": True}, {"source": "party == c.party"}), {"clients": [{}], "sources_": [{}]}, "unknown"),
        (when({"client": "party == company.id"}), {"clients": [{}]}, "unknown"),
        (when({"client": "party == company.id"}), {"clients": [{"party": "main"}]}, "fired"),
        (when({"client as c": True}, {"source as s": "party == c.party and of == c.of and what == c.what"}),
         {"clients": [{"party": "acme", "what": "a"}], "sources_": [{"of": "beta", "what": "a"}]}, "unknown"),
        (when({"client as c": True}, {"source as s": "party == c.party and of == c.of and what == c.what"}),
         {"clients": [{"party": "acme", "what": "a"}], "sources_": [{"of": "beta", "what": "b"}]}, "clear"),
        (when({"client as c": True}, {"company": "c.amount > 0.5 * debt"}),
         {"clients": [{"amount": 6}], "figures": {"debt": 10}}, "fired"),
        # any
        (when({"any": [{"company": "debt > 5"}, {"client": "sure"}]}), {"clients": [{"sure": True}]}, "fired"),
        (when({"any": [{"company": "debt > 5"}, [{"client": "sure"}, {"company": "debt > 1"}]]}),
         {"clients": [{"sure": True}], "figures": {"debt": 1}}, "clear"),
        # guards
        (when({"company": "debt > 5"}, not_for=["tech"]), {"sector": "chips", "figures": {"debt": 9}}, "not-applicable"),
        (when({"company": "debt > 5"}, not_for=["chips"]), {"sector": "tech", "figures": {"debt": 9}}, "fired"),
        (when({"company": "debt > 5"}, only_for=["tech"]), {"sector": "chips", "figures": {"debt": 9}}, "fired"),
        (when({"company": "debt > 5"}, only_for=["chips"]), {"sector": "tech", "figures": {"debt": 9}}, "unknown"),
        (when({"company": "debt > 5"}, only_for=["chips"]), {"figures": {"debt": 9}}, "unknown"),
        (when({"company": "debt > 5"}, only_for=["chips"]), {"figures": {"debt": 5}}, "clear"),
        (when({"company": "debt > 5"}, not_for=["tech"]), {"figures": {"debt": 5}}, "clear"),
        (when({"company": "debt > 5"}, applies="listed"), {"figures": {"debt": 9, "listed": False}}, "not-applicable"),
        (when({"company": "debt > params.p"}, params={"p": {"value": 1, "unit": "money", "by_sector": {"tech": {"value": 9}}}}),
         {"figures": {"debt": 5}}, "unknown"),
        (when({"company": "debt > params.p"}, params={"p": {"value": 1, "unit": "money", "by_sector": {"tech": {"value": 9}}}}),
         {"figures": {"debt": 5}, "sector": "chips"}, "clear"),
        # lists inside lists: an unlisted source differs from those listed
        (when({"source as s": "sure"}, {"spare": "source == s.party"}),
         {"sources_": [{"party": "acme", "sure": True, "spares": []}], "incomplete": ["sources_"]}, "unknown"),
        (when({"spare": "source == 'acme'"}),
         {"sources_": [{"party": "acme", "spares": []}], "incomplete": ["sources_"]}, "clear"),
        (when({"client as c": True}, {"spare": "source == c.party"}),
         {"clients": [B], "sources_": [{"party": "acme", "spares": []}], "incomplete": ["sources_"]}, "unknown"),
        (when({"spare as s": True}, {"not client": "party == s.source"}),
         {"clients": [A], "sources_": [{"party": "acme", "spares": []}, {"spares": [{}]}]}, "fired"),
    ],
)
def test_outcomes(rule: dict[str, Any], data: dict[str, Any], expected: str) -> None:
    assert says(rule, data) == expected


@pytest.mark.parametrize("op", [">", ">=", "<", "<=", "==", "!="])
@pytest.mark.parametrize("limit", [0.3, 1.5, -2.0, 57.4e9, 1e-12])
def test_engines_agree_around_a_threshold(op: str, limit: float) -> None:
    rules = [when({"company": f"income {op} {limit}"}), when({"client": f"{limit} {op} amount"})]
    near = {end(limit) for end in (lower, upper)} | {limit}
    for value in {f for n in near for f in (math.nextafter(n, -math.inf), n, math.nextafter(n, math.inf))}:
        for claim in ({"value": value}, {"low": value}, {"high": value}):
            says(rules, {"figures": {"income": claim}, "clients": [{"amount": claim}] if limit > 0 else []}, "r0")


def test_names_that_the_engine_uses_are_free() -> None:
    rule = when({"client as c0": "certain and kind == 'a' and of == company.id and id > 1"},
                {"client as sid": "id > c0.id"}, {"not client as n0": "id > sid.id"})
    clients = [{"certain": True, "kind": "a", "of": "main", "id": 2}, {"id": 3}, {"id": 1}]
    assert says(rule, {"clients": clients}) == "fired"
    assert says(rule, {"clients": clients[:1] + clients[2:]}) == "clear"


LONG = "x" * 65_536


@pytest.mark.parametrize(
    ("one", "other"),
    [("ab", "ab" + LONG), ("", LONG), (LONG, LONG + "y"), ("\ud800", "\udfff"), ("\ud800", "?"), ("a\0b", "a\0c"), ("?", "=?"), ('"', "\\\"")],
)
def test_texts_of_all_kinds_are_distinguished(one: str, other: str) -> None:
    join = when({"client as c": True}, {"source": "note == c.note"})
    assert says(join, {"clients": [{"note": one}], "sources_": [{"note": other}]}) == "clear"
    assert says(join, {"clients": [{"note": other}], "sources_": [{"note": other}]}) == "fired"


def test_a_match_counts_once_however_its_facts_are_bound() -> None:
    found, _ = both(when({"client as a": True}, {"client as b": True}), {"clients": [{}, {}, {}]})
    matches = found.of("r0", "main").matches
    assert [m.key for m in matches] == [
        (f"main.clients[{i}]", f"main.clients[{j}]") for i, j in ((0, 1), (0, 2), (1, 2))
    ]


def test_what_is_concluded_from_a_pair_is_so_both_ways() -> None:
    pair = when({"client as a": True}, {"client as b": "party != a.party"}, concludes={"link": {"who": "a.party"}})
    for name in ("acme", "beta"):
        assert says([pair, when({"link": f"who == '{name}'"})], {"clients": [A, B]}, "r1") == "fired"


def test_a_rule_that_fired_concludes_what_is_possible_beside() -> None:
    rules = [when({"client as c": "sure"}, concludes={"mark": {"who": "c.party"}}), when({"mark": "who == 'beta'"})]
    certain = {**A, "sure": True}
    assert says(rules, {"clients": [certain, B]}, "r1") == "unknown"
    assert says(rules, {"clients": [certain, {**B, "sure": True}]}, "r1") == "fired"
    assert says(rules, {"clients": [certain, {**B, "sure": False}]}, "r1") == "clear"


def test_a_chain_of_flags_over_counterparties() -> None:
    rules = [
        when({"company": "debt > 5"}),
        when({"client as c": True}, {"flag of c.party": "r0"}),
        when({"flag": "r1"}, {"not flag": "r0"}),
    ]
    parties = {"acme": {"figures": {"debt": 9}}, "beta": {"figures": {"debt": 1}}}
    data = {"figures": {"debt": 0}, "clients": [A], "parties": parties}
    assert [says(rules, data, f"r{i}") for i in range(3)] == ["clear", "fired", "fired"]
    assert says(rules, {**data, "clients": [B]}, "r1") == "clear"
    assert says(rules, {**data, "clients": [B], "incomplete": ["clients"]}, "r1") == "unknown"
    assert says(rules, {**data, "clients": [{"party": "gone"}]}, "r2") == "unknown"


def test_flags_run_in_circles_until_nothing_changes() -> None:
    """A flag spreads to companies whose clients have it; a circle of companies without it stays clear."""
    rule = when({"any": [{"company": "debt > 5"}, [{"client as c": True}, {"flag of c.party": "r0"}]]})

    def ring(debt: float) -> dict[str, Any]:
        acme = {"figures": {"debt": 0}, "clients": [B]}
        beta = {"figures": {"debt": debt}, "clients": [{"party": "main"}]}
        return {"figures": {"debt": 0}, "clients": [A], "parties": {"acme": acme, "beta": beta}}

    assert [says(rule, ring(9), company=c) for c in ("main", "acme", "beta")] == ["fired"] * 3
    assert [says(rule, ring(0), company=c) for c in ("main", "acme", "beta")] == ["clear"] * 3


def test_the_company_that_is_not_named_may_be_any() -> None:
    rules = [when({"company": "company.id == 'gone'"}), when({"client as c": True}, {"flag of c.party": "r0"})]
    assert says(rules, {"clients": [{}]}, company=UNNAMED) == "unknown"
    assert says(rules, {"clients": [{}]}, "r1") == "unknown"
    assert says(rules, {"clients": [{"party": "gone"}]}, "r1") == "fired"


@pytest.mark.parametrize(
    ("currency", "theirs", "expected"),
    [("USD", "USD", "fired"), ("USD", "EUR", "unknown"), (None, None, "unknown")],
)
def test_money_of_two_companies_compares_in_one_currency_only(
    currency: str | None, theirs: str | None, expected: str
) -> None:
    rule = when({"client as c": True}, {"client of c.party as d": "amount > company.debt"})
    acme = {"currency": theirs, "clients": [{"amount": 9}]}
    data = {"currency": currency, "figures": {"debt": 5}, "clients": [A], "parties": {"acme": acme}}
    assert says(rule, data) == expected


def test_conclusions_that_say_the_same_are_no_more_than_can_be_distinguished() -> None:
    rules = [
        when({"client": True}, {"client": True}, {"client": True}, concludes={"link": {"size": 1.0}}),
        when({"link as a": True}, {"link as b": True}, {"not link": True}),
    ]
    found, _ = both(rules, {"clients": [{}] * 12})
    assert len(found.of("r0", "main").matches) == 12 * 11 * 10 // 6
    assert sum(f.of == "main" for f in found.concluded) == 3


def many(n: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yields rulebooks of n similar rules, each of which once exceeded a limit of the C layer."""
    figures = ("debt", "income", "share", "staff", "load", "owed", "top", "many")
    yield "tests of the company", [when({"company": f"{figures[i % 8]} > {i}"}) for i in range(n)]
    yield "tests of a list", [when({"client": f"amount > {i}"}) for i in range(n)]
    yield "nothing to test", [when({"company": f"debt > {i} * income"}) for i in range(n)]
    yield "joins", [when({"client as c": True}, {"source": f"party == c.party and amount > {i}"}) for i in range(n)]
    yield "negations", [when({"client as c": True}, {"not client": f"amount > {i} + c.amount"}) for i in range(n)]
    yield "flags", [when({"company": "debt > 1"}), *(when({"flag": f"r{i}"}) for i in range(n))]
    one = {"any": [{"client": "amount > 1"}, {"source": "amount > 1"}, {"company": "debt > 1"}]}
    yield "alternatives", [when(one, one) for _ in range(n // 3)]


@pytest.mark.parametrize(("rules"), [pytest.param(r, id=name) for name, r in many(150)])
def test_many_rules(rules: list[dict[str, Any]]) -> None:
    for data in ({}, {"clients": [{**A, "amount": 99}], "sources_": [{**A, "amount": 5}], "figures": {"debt": 70}}):
        found, _ = both(rules, data)
        seen = {outcome(found.of(f"r{i}", "main")) for i in range(len(rules))}
        assert seen & {"unknown", "fired"}


def test_long_conditions() -> None:
    wide = " and ".join(f"(amount > {i} or part > {i} or sure)" for i in range(24))
    for sure, expected in ((True, "fired"), (False, "clear"), (None, "unknown")):
        assert says(when({"client": wide}), {"clients": [{"amount": 1, "part": 0.1, "sure": sure}]}) == expected


def test_many_tests_of_one_pattern() -> None:
    rule = when(
        {
            "client": " and ".join(f"note != 'n{i}'" for i in range(35))
            + " and "
            + " and ".join(f"id > -{i}" for i in range(15))
        }
    )
    assert says(rule, {"clients": [{"note": "n35", "id": 1}]}) == "fired"
    assert says(rule, {"clients": [{"note": "n34", "id": 1}]}) == "clear"
    assert says(rule, {"clients": [{"note": "n35"}]}) == "unknown"


def test_as_many_patterns_as_a_rule_may_have() -> None:
    of_a_kind = [{kind: f"amount == {i}"} for kind in ("client", "source", "spare") for i in range(3)]
    others = [{"loop": True}, {"flow as f": "direction == 'in'"}, {"not client": "amount == 9"}]
    rule = when(*of_a_kind, *others)
    numbered = [{"amount": i} for i in range(3)]
    flows = [{"from": "main", "to": "acme"}, {"from": "acme", "to": "main"}]
    lists = {
        "clients": numbered,
        "sources_": [{**m, "spares": numbered * (not m["amount"])} for m in numbered],
        "flows": flows,
    }
    more = {**lists, "clients": [*lists["clients"], {"amount": 9}]}
    assert says(rule, lists) == "fired"
    assert says(rule, more) == "clear"


@pytest.mark.parametrize("party", ["3com", "0", "acme", "zeta"])
def test_every_counterparty_is_judged_whatever_its_id_begins_with(party: str) -> None:
    rules = [when({"company": "debt > 5"}), when({"client as c": True}, {"flag of c.party": "r0"})]
    data = {"clients": [{"party": party}, {}], "parties": {party: {"figures": {"debt": 9}}}}
    assert says(rules, data, "r1") == says(rules, data, "r0", party) == "fired"
    assert says(rules, {**data, "parties": {party: {"figures": {"debt": 1}}}}, "r0", party) == "clear"


@pytest.mark.parametrize("module", [search, c_library])
def test_as_many_matches_as_the_limit_are_found_and_no_more(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    compiled = program([{"rule": "r0", "when": [{"client": True}]}])
    of = world(compiled, {"clients": [{}] * 7, "incomplete": []})
    for limit, fits in ((7, True), (6, False)):
        monkeypatch.setattr(module, "MATCHES", limit)
        engine = SearchEngine(compiled) if module is search else DurableEngine(compiled)
        if fits:
            assert len(engine.run(of).of("r0", "main").matches) == 7
        else:
            with pytest.raises(EngineError, match="r0"):
                engine.run(of)
        engine.close()


@pytest.mark.parametrize(("not_so", "expected"), [(["b"], "clear"), (["a"], "unknown"), (["a", "c"], "unknown")])
def test_what_members_are_not_is_known_of_facts_that_are_concluded_from_them(not_so: list[str], expected: str) -> None:
    """Unlisted members no longer count as possible links of a kind that is excluded for them."""
    rules = [
        when({"source as x": "amount > 5"}, concludes={"link": {"what": "x.kind"}}),
        when({"link as c": "what == 'b'"}),
    ]
    data = {"incomplete": ["sources_"], "others": {"sources_": {"kind": {"none_of": not_so}}}}
    assert says(rules, data, "r1") == expected
