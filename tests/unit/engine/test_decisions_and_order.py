"""Tables of what the engines share: outcomes from matches, order of matches and rules, dependencies, ways to bind facts."""

from typing import Any

import pytest

from screener.engine.affected_rules import AffectedRules
from screener.engine.binding_search import cheapest_first, evaluation_order
from screener.engine.pattern_plan import plan_pattern
from screener.engine.protocol import (
    CLEAR,
    CLEAR_BY_APPLICABILITY,
    Conclusions,
    Decision,
    Match,
    decide,
    flag_fact,
    too_many_matches,
    unique_matches,
    unnamed_only,
    what_it_says,
)
from screener.engine.rule_context import amount_owners, applicability, known_id, name_lookup, owner_of, parameter_value
from screener.engine.rules_without_data import RulesWithoutData, setting_of
from screener.engine.search import SearchEngine
from screener.engine.selection import SelectedEngine, _combinations
from screener.expression.interval import Interval, Truth
from screener.expression.interval_ops import NoneOf
from screener.expression.parser import parse
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import Compare, Name
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED
from screener.profile.claims import Claim
from screener.profile.sector_scope import SectorScope
from screener.rules.rule import AnyOf, Pattern, patterns
from tests.fuzz.world import catalogue, program, world

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def fact(own: str, **fields: Any) -> Fact:
    return Fact(own, "client", "main", fields)


A, B, C = fact("a"), fact("b"), fact("c")


def match(*facts: Fact, alternative: int = 0) -> Match:
    return Match(alternative, tuple((f"p{i}", one) for i, one in enumerate(facts)))


ONE, TWO = match(A), match(B)


@pytest.mark.parametrize(
    ("certain", "possible", "applies", "outcome", "matches"),
    [
        ([ONE], [ONE, TWO], TRUE, TRUE, (ONE,)),
        ([ONE], [], TRUE, TRUE, (ONE,)),
        ([], [TWO], TRUE, UNKNOWN, (TWO,)),
        ([], [], TRUE, FALSE, ()),
        ([ONE], [ONE, TWO], UNKNOWN, UNKNOWN, (ONE, TWO)),
        ([ONE], [], UNKNOWN, UNKNOWN, (ONE,)),
        ([], [TWO], UNKNOWN, UNKNOWN, (TWO,)),
        ([], [], UNKNOWN, FALSE, ()),
        ([ONE], [ONE], FALSE, FALSE, ()),
    ],
)
def test_the_outcome_from_matches(certain: list[Match], possible: list[Match], applies: Truth, outcome: Truth, matches: Any) -> None:
    assert decide(certain, possible, applies) == Decision(outcome, applies, matches)
    ways = decide(certain, possible, applies, concludes=True).ways
    if applies is FALSE or outcome is FALSE:
        assert ways == ()
    else:
        every = sorted({m.facts[0][1].id for m in (*certain, *possible)})
        firm = {m.facts[0][1].id for m in certain} if applies is TRUE else set()
        assert [(m.facts[0][1].id, sure) for m, sure in ways] == [(own, own in firm) for own in every]


def test_where_nothing_matched() -> None:
    assert Decision(FALSE, TRUE, ()) == CLEAR
    assert dict(CLEAR_BY_APPLICABILITY) == {
        guard: Decision(FALSE, guard, ()) for guard in (FALSE, UNKNOWN, TRUE)
    }  # fmt: skip
    found = Conclusions({("r", "main"): Decision(TRUE, TRUE, ())}, ())
    assert (found.of("r", "main").outcome, found.of("r", "other"), found.note) == (TRUE, CLEAR, None)


def test_matches_of_the_same_facts_are_one() -> None:
    assert unique_matches([]) == ()
    assert unique_matches([TWO]) == (TWO,)
    assert unique_matches([TWO, ONE, TWO]) == (ONE, TWO)
    assert unique_matches([match(B, A), match(A, B)]) == (match(A, B),)
    assert unique_matches([match(A, B), match(B, A)]) == (match(A, B),)
    assert unique_matches([match(A, alternative=1), match(A)]) == (match(A), match(A, alternative=1))
    assert match(B, A).key == match(A, B).key == ("a", "b")
    assert match(B, A).binding == {"p0": B, "p1": A}


def claimed(own: str, note: str, **fields: Any) -> Fact:
    return Fact(own, "client", "main", fields, claims={"n": Claim(value=1, note=note)})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (fact("z", x="a"), fact("a", x="b")),  # by their content, not by their ids
        (fact("z", x=Interval.point(1.0)), fact("a", x=Interval.point(2.0))),
        (fact("z", x="a", y="z"), fact("a", x="b", y="a")),  # the first field, by name, in which they differ
        (fact("z", y="a", x="same"), fact("a", y="b", x="same")),
        (claimed("z", "a"), claimed("a", "b")),  # by claims where the fields are the same
        (fact("z", x="a"), fact("a", y="a")),  # other fields: by the texts of all
        (fact("a", x="a"), fact("z", x="a")),  # by id if their content is the same
    ],
)
def test_which_of_two_ways_to_bind_the_same_facts_is_taken(first: Fact, second: Fact) -> None:
    one, other = match(first, second), match(second, first)
    assert unique_matches([one, other]) == unique_matches([other, one]) == (one,)


def test_facts_that_differ_in_what_they_are_not_are_ordered_by_their_claims() -> None:
    """The excluded values of a missing word are not part of a fact's order."""
    apart = claimed("a", "z", x="a", y=NoneOf(frozenset("b")))
    plain = claimed("z", "a", x="a")
    assert unique_matches([match(apart, plain), match(plain, apart)]) == (match(plain, apart),)


def test_what_a_fact_says() -> None:
    apart = Fact("i", "client", "main", {"b": None, "a": Interval.point(1.0), "c": NoneOf(frozenset("x"))}, claims={"n": Claim(value=1)})  # type: ignore[dict-item]
    fields, claims = what_it_says(apart)
    assert fields == [("a", repr(Interval.point(1.0))), ("b", "None")]
    assert claims == [("n", repr(Claim(value=1)))]
    assert flag_fact("r", "acme") == Fact("flag:r:acme", "flag", "acme", {"rule": "r"})


def test_too_many_matches() -> None:
    (problem,) = too_many_matches("r").problems
    assert problem.what.endswith("sets of facts, last 'r'")
    assert problem.hint == "join its patterns by equality, or shorten the lists"


RULES: list[dict[str, Any]] = [
    {"rule": "owing", "when": [{"company": "debt > params.p"}], "params": {"p": {"value": 5, "unit": "money"}}},
    {"rule": "loaded", "when": [{"company": "load > 2"}]},
    {"rule": "guarded", "when": [{"company": "share > 0.5"}], "applies": "income > 0"},
    {"rule": "linking", "when": [{"client as c": "sure"}], "concludes": {"link": {"who": "c.party", "size": "company.staff"}}},
    {"rule": "linked", "when": [{"link": "size > 1"}]},
    {"rule": "conflicting", "when": [{"conflict": "gap > 0.1"}]},
    {"rule": "asking", "when": [{"client as c": "true"}, {"flag of c.party": "owing"}]},
    {"rule": "not-asking", "when": [{"not flag": "asking"}]},
    {"rule": "counting", "when": [{"company": "many > 1"}, {"source": "true"}]},
    {"rule": "sparing", "when": [{"spare": "sure"}]},
]


def test_which_rules_a_figure_can_change() -> None:
    affected = AffectedRules(program(RULES))
    assert affected.by_figure("debt") == {"owing", "loaded", "conflicting"}
    assert affected.by_figure("income") == {"loaded", "guarded", "conflicting"}
    assert affected.by_figure("staff") == {"linking", "conflicting"}
    assert affected.by_figure("share") == {"guarded", "conflicting"}
    assert affected.by_figure("load") == {"loaded", "conflicting"}
    assert affected.by_figure("rate") == {"conflicting"}
    assert affected.all_by_figure("debt") == {"owing", "loaded", "conflicting", "asking", "not-asking"}
    assert affected.all_by_figure("staff") == {"linking", "linked", "conflicting"}
    assert affected.by_rule("owing") == {"asking"}
    named = AffectedRules(program([*RULES, {"rule": "sized", "when": [{"link as s": "size > 1"}]}]))  # a metric has that name, too
    assert "sized" not in named.by_figure("debt") | named.by_figure("size")
    assert affected.by_rule("linking") == {"linked"}
    assert affected.by_rule("linked") == frozenset()


@pytest.mark.parametrize(
    ("data", "informed"),
    [
        ({}, set()),
        ({"figures": {"debt": 1}}, {"owing", "loaded", "asking", "not-asking"}),
        ({"figures": {"income": 1}}, {"loaded", "guarded"}),
        ({"figures": {"share": 1}}, {"guarded"}),
        ({"figures": {"rate": 1}}, set()),
        ({"clients": []}, {"asking", "not-asking", "counting"}),
        ({"clients": [{}]}, {"asking", "not-asking", "counting"}),
        ({"sources_": []}, {"counting", "sparing"}),
        ({"clients": [{}], "incomplete": ["clients"]}, {"asking", "not-asking", "counting"}),
        ({"others": {"clients": {"amount": {"high": 1}}}}, {"asking", "not-asking", "counting"}),
        ({"flows": []}, set()),
    ],
)
def test_which_rules_read_something_known(data: dict[str, Any], informed: set[str]) -> None:
    compiled = program(RULES)
    never = {"linking", "linked"}
    judged = {"conflicting"}  # the claims of every company are searched
    assert RulesWithoutData(compiled).of(world(compiled, data)) == set(compiled.rules) - never - judged - informed
    alike = RulesWithoutData(compiled).alike(world(compiled, data), world(compiled, {}))
    assert alike == RulesWithoutData(compiled).alike(world(compiled, {}), world(compiled, data))
    assert alike == set(compiled.rules) - never - informed


def test_what_else_rules_without_data_read_of_a_company() -> None:
    compiled = program(RULES)
    setting = setting_of(world(compiled, {"sector": "chips", "currency": "EUR"}))
    assert (setting.scope, setting.currency) == (SectorScope("chips"), "EUR")
    one, other = world(compiled, {"parties": {"acme": {"figures": {"debt": 1}}}}), world(compiled, {})
    finder = RulesWithoutData(compiled)
    assert set(compiled.rules) - finder.alike(one, other) >= {"owing", "loaded", "asking"}
    for data in ({"sector": "chips"}, {"currency": "EUR"}, {"rates": {"EUR": {"USD": 1.1}}}):
        assert finder.alike(world(compiled, data), other) == frozenset()


def test_the_order_in_which_rules_are_decided() -> None:
    def order(rules: list[dict[str, Any]]) -> tuple[tuple[str, bool], ...]:
        made = program(rules)
        return tuple(found for stratum in made.strata for found in evaluation_order(made, stratum))

    flag = {"flag": "b"}
    assert order([{"rule": "a", "when": [flag]}, {"rule": "b", "when": [{"company": "debt > 1"}]}]) == (("b", False), ("a", False))
    ring = [{"any": [{"company": "debt > 1"}, [{"client as c": True}, {"flag of c.party": "a"}]]}]
    assert order([{"rule": "a", "when": ring}]) == (("a", True),)
    assert order([{"rule": "b", "when": ring}, {"rule": "a", "when": [{"flag": "b"}]}]) == (("b", False), ("a", True))


def test_patterns_on_figures_alone_come_first() -> None:
    when = [
        {"client as c": "sure"}, {"any": [[{"source": "true"}, {"company": "debt > 1"}], {"company": "share > 0.5"}]},
        {"company": "c.amount > debt"}, {"company": "income > params.p"}, {"not source": "sure"},
    ]  # fmt: skip
    made = program([{"rule": "r", "when": when, "params": {"p": {"value": 1, "unit": "money"}}}])
    ordered = cheapest_first(made.rules["r"].when)

    def shown(items: Any) -> list[Any]:
        return [[shown(b) for b in i.branches] if isinstance(i, AnyOf) else f"{i.kind} {format_expression(i.condition)}" for i in items]

    assert shown(ordered) == [
        "company company.income > params.p", "client c.sure", [["company company.debt > 1", "source true"], ["company company.share > 0.5"]],
        "company c.amount > company.debt", "source _7.sure",
    ]  # fmt: skip


def ways_of(when: list[Any], data: dict[str, Any]) -> list[tuple[int, str]]:
    made = program([{"rule": "r", "when": when}])
    found = SearchEngine(made).run(world(made, data)).of("r", "main")
    return [(m.alternative, " ".join(f.id.removeprefix("main.") for _, f in m.facts)) for m in found.matches]


def test_each_way_to_bind_facts_has_the_number_of_its_alternative() -> None:
    two = {"clients": [{"sure": True}, {"sure": True, "amount": 9}], "sources_": [{"sure": True}], "figures": {"debt": 5}}
    assert ways_of([{"client as a": "sure"}, {"client as b": "sure"}], two) == [(0, "clients[1] clients[0]")]
    assert ways_of([{"any": [{"company": "debt > 1"}, {"client": "sure"}, {"source": "sure"}]}], two) == [
        (0, ""), (1, "clients[0]"), (1, "clients[1]"), (2, "sources_[0]"),
    ]  # fmt: skip
    nested = [{"any": [{"company": "debt > 1"}, {"source": "sure"}]}, {"any": [{"company": "debt > 9"}, {"client": "amount > 1"}]}]
    assert ways_of(nested, two) == [(1, "clients[1]"), (3, "sources_[0] clients[1]")]
    deep = [{"any": [{"company": "debt > 9"}, [{"any": [{"source": "sure"}, {"client": "amount > 1"}]}]]}, {"any": [{"company": "debt > 9"}, {"company": "debt > 2"}]}]
    assert ways_of(deep, two) == [(3, "sources_[0]"), (5, "clients[1]")]


@pytest.mark.parametrize(
    ("condition", "own", "joined", "field", "other"),
    [
        ("sure and amount > company.debt", "s.sure and s.amount > company.debt", "", None, None),
        ("party == c.party and sure", "s.sure", "s.party == c.party", "party", "c.party"),
        ("c.what == what and amount > c.amount", "", "c.what == s.what and s.amount > c.amount", "what", "c.what"),
        ("amount == c.amount", "", "s.amount == c.amount", None, None),  # numbers are not words
        ("party != c.party", "", "s.party != c.party", None, None),
        ("of == party and note == c.note", "s.of == s.party", "s.note == c.note", "note", "c.note"),
        ("party == company.id", "s.party == company.id", "", None, None),
    ],
)
def test_how_a_pattern_is_matched(condition: str, own: str, joined: str, field: str | None, other: str | None) -> None:
    made = program([{"rule": "r", "when": [{"client as c": "true"}, {"source as s": condition}]}])
    pattern = patterns(made.rules["r"].when)
    (found,) = (plan_pattern(p, made) for p in pattern if p.kind == "source")
    assert [" and ".join(map(format_expression, part.items)) for part in (found.own, found.joined)] == [own, joined]
    assert (found.field, found.other and format_expression(found.other)) == (field, other)


def test_what_rules_see_of_companies_and_parameters() -> None:
    params = {"p": {"value": 5, "unit": "money", "by_sector": {"tech": {"value": 9}}}, "w": {"value": "b", "unit": "text"}, "t": {"value": True, "unit": "truth"}}
    made = program([{"rule": "r", "when": [{"client as c": "amount > params.p and note == params.w and sure == params.t"}], "params": params}])
    of = world(made, {"sector": "chips", "figures": {"debt": 4}, "clients": [{"party": "acme", "amount": 3}]})
    rule, company = made.rules["r"], of.companies["main"]
    assert [parameter_value(rule, name, company, catalogue()) for name in "pwt"] == [Interval.point(9.0), "b", True]
    assert parameter_value(rule, "p", of.companies[UNNAMED], catalogue()) == Interval(5.0, 9.0)
    assert (known_id("acme"), known_id(UNNAMED)) == ("acme", None)
    (client,) = of.base.of("main", "client")[:1]
    find = name_lookup(rule, company, {"c": client}, catalogue())
    names = [("company", "debt"), ("company", "id"), ("params", "w"), ("c", "amount"), ("c", "party"), ("d", "party"), ("c", "no")]
    assert [find(Name(*name)) for name in names] == [Interval.point(4.0), "main", "b", Interval.point(3.0), "acme", None, None]
    assert applicability(rule, company, catalogue()) is TRUE


@pytest.mark.parametrize(
    ("guard", "data", "expected"),
    [
        ({}, {}, TRUE),
        ({"only_for": ["chips"]}, {"sector": "chips"}, TRUE), ({"only_for": ["chips"]}, {"sector": "banks"}, FALSE),
        ({"only_for": ["chips"]}, {}, UNKNOWN), ({"not_for": ["chips"]}, {"sector": "chips"}, FALSE),
        ({"applies": "debt > 1"}, {"figures": {"debt": 2}}, TRUE), ({"applies": "debt > 1"}, {"figures": {"debt": 1}}, FALSE),
        ({"applies": "debt > 1"}, {}, UNKNOWN),
        ({"applies": "debt > 1", "only_for": ["chips"]}, {"figures": {"debt": 2}}, UNKNOWN),
        ({"applies": "debt > 1", "only_for": ["chips"]}, {"figures": {"debt": 1}}, FALSE),
    ],
)  # fmt: skip
def test_whether_a_rule_applies(guard: dict[str, Any], data: dict[str, Any], expected: Truth) -> None:
    made = program([{"rule": "r", "when": [{"company": "share > 0.5"}], **guard}])
    assert applicability(made.rules["r"], world(made, data).companies["main"], catalogue()) is expected


def test_whose_facts_a_pattern_looks_at_and_whose_amounts_are_compared() -> None:
    made = program([{"rule": "r", "when": [{"client as c": "true"}, {"source of c.party as s": "amount > c.amount"}]}])
    of = world(made, {"clients": [{"party": "acme", "amount": 3}], "parties": {"acme": {"sources_": [{"amount": 4}]}}})
    (client,), (source,) = of.base.of("main", "client"), of.base.of("acme", "source")
    first, second = (p for p in made.rules["r"].when if isinstance(p, Pattern))
    assert (owner_of(first, "main", {}), owner_of(second, "main", {"c": client})) == ("main", "acme")
    binding = {"c": client, "s": source}

    def owners(text: str) -> frozenset[str]:
        comparison = parse(text)
        assert isinstance(comparison, Compare)
        return amount_owners(made, comparison, "main", binding)

    assert owners("s.amount > c.amount") == {"acme", "main"}
    assert owners("s.amount > company.debt") == owners("company.debt + c.part < s.amount") == {"acme", "main"}
    assert owners("s.amount > 1") == owners("s.amount > company.share") == {"acme"}
    assert owners("c.amount > company.debt") == owners("s.part > c.part") == frozenset()
    assert owners("company.owed > s.gain") == {"acme", "main"}


def test_the_company_that_is_not_named_by_itself() -> None:
    made = program(RULES)
    of = world(made, {"clients": [{"party": "acme"}], "figures": {"debt": 1}})
    alone = unnamed_only(of)
    assert (alone.main, [*alone.companies]) == (UNNAMED, [UNNAMED])
    assert list(alone.base) == [f for f in of.base if f.of == UNNAMED] != []


def test_the_lists_that_rules_combine() -> None:
    made = program([
        {"rule": "alone", "when": [{"client": "sure"}]},
        {"rule": "both", "when": [{"client": "sure"}, {"source": "sure"}, {"flag": "alone"}]},
        {"rule": "absent", "when": [{"client": "sure"}, {"not flow": "binding"}]},
        {"rule": "linking", "when": [{"client as c": "sure"}, {"source": "sure"}], "concludes": {"link": {"who": "c.party"}}},
        {"rule": "linked", "when": [{"link": "sure"}]},
        {"rule": "theirs", "when": [{"client as c": "sure"}, {"flag of c.party": "both"}]},
    ])  # fmt: skip
    assert _combinations(made, made.rules) == [["client", "flow"], ["client", "source"], ["client", "source"], ["client", "source"]]
    of = world(made, {"clients": [{"party": "acme"}] * 3, "sources_": [{}] * 2, "flows": [],
                      "parties": {"acme": {"clients": [{}] * 5, "sources_": [{}] * 7}}})  # fmt: skip
    engine = SelectedEngine(made)
    assert engine._lists.pairs(of) == 3 * 2 + 3 * 0 + 3 * 2 + 3 * 2 + 5 * 7
    engine.close()
