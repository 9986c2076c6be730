"""Evidence, distance, missing inputs and the inputs that could decide a rule, on small profiles."""

import json
import re
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from screener.explain.open_inputs import MAX_SETS
from screener.expression.interval import Interval
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.result.detail import Detail
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument, to_dict
from screener.screening import Screener
from tests.conftest import LoadRules


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def screen(screener: Screener, **profile: Any) -> ResultDocument:
    data = {"name": "Example", "sector": "software", **profile}
    document = Document("example.json", json.dumps(data), data)
    return screener.assess(read_profile(document, screener.rulebook.catalogue))


def finding(result: ResultDocument, rule: str) -> Finding:
    return next(f for f in result.findings if f.rule == rule)


def test_a_metric_comes_with_its_inputs_and_their_sources(screener: Screener) -> None:
    sources = {"10k": {"title": "Form 10-K", "kind": "filed", "date": "2025-06-18"}}
    debt = [{"value": 92.6e9, "source": "10k", "period": "2025-05-31", "quote": "notes payable"}]
    found = finding(screen(screener, sources=sources, figures={"total_debt": debt, "revenue": 57.4e9}),
                    "leverage-versus-revenue")
    lines = {e.figure: e for e in found.evidence}
    assert lines["debt_to_revenue"].formula == "total_debt / revenue"
    assert (lines["total_debt"].kind, lines["total_debt"].source, lines["total_debt"].quote) == (
        "filed",
        "10k",
        "notes payable",
    )
    assert lines["revenue"].kind == "unsourced"
    assert found.says
    assert found.says.en.startswith("Total debt of 92.6 bn is 1.61×")


def test_the_headline_distance_of_a_fired_and_of_a_clear_rule(screener: Screener) -> None:
    fired = finding(screen(screener, figures={"total_debt": 18e9, "revenue": 10e9}), "leverage-versus-revenue")
    clear = finding(screen(screener, figures={"total_debt": 12e9, "revenue": 10e9}), "leverage-versus-revenue")
    assert (fired.outcome, fired.distances[0].relative, fired.distances[0].holds) == (
        "fired",
        pytest.approx(0.2),
        "yes",
    )
    assert (clear.outcome, clear.distances[0].relative, clear.distances[0].holds) == ("clear", pytest.approx(0.2), "no")
    assert fired.distances[0].param == "leverage-versus-revenue.most"


@pytest.mark.parametrize(
    ("condition", "unit", "value", "threshold"),
    [
        ("cash + inventory > revenue", "money", 30, 10),
        ("cash > 1", "money", 20, 1),
        ("(cash + inventory) / revenue > 2", "multiple", 3, 2),
        ("cash * inventory > revenue * revenue", "number", 200, 100),
    ],
)
def test_a_distance_has_the_unit_of_what_is_compared(
    rules: LoadRules, condition: str, unit: str, value: float, threshold: float
) -> None:
    screener = Screener(rules(RULE.format(condition=condition)))
    (found,) = screen(screener, figures={"cash": 20, "inventory": 10, "revenue": 10}).findings
    (distance,) = found.distances
    assert (distance.unit, distance.value, distance.threshold) == (unit, Interval.point(value), Interval.point(threshold))


def test_what_is_missing_reaches_through_metrics_and_flags(screener: Screener) -> None:
    result = screen(screener, figures={"revenue": 10e9})
    found = finding(result, "leverage-versus-revenue")
    assert (found.outcome, found.missing, found.could_settle) == ("unknown", ("total_debt",), (("total_debt",),))
    assert "leverage-versus-revenue" in next(i for i in result.inputs if i.key == "total_debt").settles


def test_two_figures_that_only_together_decide(screener: Screener) -> None:
    found = finding(screen(screener, figures={}), "leverage-versus-revenue")
    assert set(found.missing) == {"total_debt", "revenue"}
    assert [set(s) for s in found.could_settle] == [{"total_debt", "revenue"}]


RULE = """
rule: sums
flag: red
severity: low
category: leverage
title: t
when:
- company: {condition}
says: t
why: t
clears: t
false_alarms: t
"""


@pytest.mark.parametrize(
    ("condition", "could_settle"),
    [
        ("cash + inventory > revenue", [{"cash", "inventory", "revenue"}]),
        ("cash + inventory > revenue + receivables", []),  # sets of four inputs are not searched
        ("cash > revenue and inventory > receivables", [{"cash", "revenue"}, {"inventory", "receivables"}]),
    ],
)
def test_three_inputs_that_only_together_decide(rules: LoadRules, condition: str, could_settle: list[set[str]]) -> None:
    (found,) = screen(Screener(rules(RULE.format(condition=condition)))).findings
    assert found.outcome == "unknown"
    assert [set(keys) for keys in found.could_settle] == could_settle


def test_an_interval_that_crosses_the_threshold_is_missing_too(screener: Screener) -> None:
    found = finding(screen(screener, figures={"total_debt": {"low": 10e9, "high": 20e9}, "revenue": 10e9}),
                    "leverage-versus-revenue")
    assert (found.outcome, found.missing) == ("unknown", ("total_debt",))
    assert found.distances[0].value == Interval(1.0, 2.0)


def test_an_input_says_how_far_the_score_could_go(screener: Screener) -> None:
    result = screen(screener, figures={"revenue": 10e9})
    entry = next(i for i in result.inputs if i.key == "total_debt")
    assert entry.low == result.score.value < entry.high <= result.score.high
    assert 0 < entry.narrows <= round(result.score.high - result.score.low, 1)
    narrowed = [i.narrows for i in result.inputs]
    assert narrowed == sorted(narrowed, reverse=True)


def test_a_counterparty_is_part_of_the_chain_and_of_the_evidence(screener: Screener) -> None:
    customers = [{"party": "acme", "dominant": True}]
    parties = {"acme": {"name": "Acme", "figures": {"net_income": -5e6}}}
    found = finding(screen(screener, customers=customers, parties=parties), "loss-making-customer")
    assert found.outcome == "fired"
    assert "loss-making" in found.because
    assert any(e.figure == "net_income" and e.company.en == "Acme" for e in found.evidence)


def test_a_softened_flag_says_by_what(screener: Screener) -> None:
    flows = [{"from": "example", "to": "acme", "what": "invests", "amount": 1e9}]
    result = screen(screener, figures={"revenue": 2e9}, flows=flows, customers=[{"party": "acme"}], plans=[{"what": "cash-only"}])
    assert finding(result, "vendor-financing").softened_by == ("cash-not-equity",)
    assert finding(result, "cash-not-equity").points < 0 < finding(result, "vendor-financing").points


def test_points_add_up_to_the_score(screener: Screener) -> None:
    result = screen(screener, figures={"total_debt": 30e9, "revenue": 10e9, "net_income": -1e9, "total_costs": 20e9})
    assert sum(f.points for f in result.findings) == pytest.approx(result.score.value, abs=0.3)


def test_the_document_is_plain_data(screener: Screener) -> None:
    document = to_dict(screen(screener, figures={"revenue": {"low": 1}}))
    assert document["schema"] == "screener/result/1"
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_loop_lists_its_flows_and_the_weakest_link(screener: Screener) -> None:
    flows = [
        {"from": "example", "to": "b", "what": "invests", "amount": 5e9},
        {"from": "b", "to": "c", "what": "buys", "amount": 4e9, "binding": False},
        {"from": "c", "to": "example", "what": "buys", "amount": 1e9},
    ]
    result = screen(screener, flows=flows)
    assert [(loop.members, loop.members[loop.weakest]) for loop in result.loops] == [(("b", "c", "example"), "b")]
    assert len([e for e in finding(result, "circular-financing").evidence if e.figure == "flows"]) == 3
    assert all(flow.loop for flow in result.flows)
    assert finding(screen(screener, flows=flows[:2]), "circular-financing").outcome == "clear"


def test_what_was_published_later_does_not_count(screener: Screener) -> None:
    sources = {"late": {"title": "Later", "kind": "filed", "date": "2026-03-01"}}
    profile = {"as_of": "2026-02-06", "sources": sources, "figures": {"revenue": 10e9},
               "customers": [{"party": "acme", "dominant": True, "source": "late"}]}
    result = screen(screener, **profile)
    assert (
        finding(result, "single-customer-dependence").outcome == "unknown"
    )  # the list lost a member, so that others may be missing, too
    assert [name for name, _ in result.ignored] == ["customers[0].party", "customers[0].dominant"]


def test_a_context_profile_that_says_otherwise_is_a_conflict(screener: Screener) -> None:
    def profile(**data: Any) -> Any:
        return read_profile(Document("x.json", json.dumps(data), data), screener.rulebook.catalogue)

    main = profile(name="Example", parties={"acme": {"figures": {"revenue": 3e9}}}, customers=[{"party": "acme"}])
    other = profile(name="Acme", figures={"revenue": 9e9})
    result = screener.assess(main, [other])
    assert [(c.figure, c.company.en) for c in result.conflicts] == [("revenue", "Acme")]
    assert finding(result, "source-conflict").outcome == "fired"
    assert screener.assess(main).conflicts == ()


def test_relief_of_a_cause_is_named_at_the_flags_of_that_cause() -> None:
    figures = {"operating_income": 0.9, "interest_expense": 1, "total_debt": 20, "lease_liabilities": 5, "cash": 50,
               "pension_deficit": 0, "supplier_finance": 0, "receivables_sold": 0, "equity": -5}
    result = screen(Screener.load(packs=["core"]), sector="manufacturing", figures=figures)
    assert finding(result, "net-cash").outcome == "fired"
    assert finding(result, "interest-not-earned").softened_by == ("net-cash",)  # the cause debt-service
    assert finding(result, "negative-equity").outcome == "fired"
    assert finding(result, "negative-equity").softened_by == ()  # the cause equity


def test_a_watch_pattern_is_named_at_the_flags_that_it_softens(screener: Screener) -> None:
    nvidia = Path(__file__).parents[3] / "fixtures" / "nvidia.json"
    result = screener.assess(screener.profile(str(nvidia)))
    assert result.verdict.word == "watch"
    assert "ecosystem-moat" in finding(result, "circular-financing").softened_by


NAMES = ("cash", "inventory", "revenue", "receivables", "total_assets", "total_debt")


def nested(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Generates nested conditions of `and`, `or` and `not`."""

    def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = st.tuples(st.sampled_from((" and ", " or ")), st.lists(parts, min_size=2, max_size=3))
        return several.map(lambda t: "(" + t[0].join(t[1]) + ")") | parts.map(lambda part: f"not {part}")

    return st.recursive(atoms, joined, max_leaves=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_sets_that_could_decide_are_those_of_which_some_values_do(rules: LoadRules, data: st.DataObject) -> None:
    """Each figure occurs once; if one occurs several times, fewer values may decide."""
    shape = data.draw(nested(st.just("ATOM")))
    count = shape.count("ATOM")
    assume(count <= len(NAMES))
    for name in NAMES[:count]:
        shape = shape.replace("ATOM", f"({name} > 10)", 1)
    known = data.draw(st.dictionaries(st.sampled_from(NAMES[:count]), st.sampled_from((0, 20))))
    screener = Screener(rules(RULE.format(condition=shape)), engine_name="search")

    def outcome(figures: dict[str, Any]) -> str:
        return screen(screener, figures=figures).findings[0].outcome

    assume(outcome(known) == "unknown")
    open_names = [name for name in NAMES[:count] if name not in known]
    expected: set[frozenset[str]] = set()
    for size in (1, 2, 3):
        if not expected:
            expected = {
                frozenset(chosen)
                for chosen in combinations(open_names, size)
                if any(
                    outcome({**known, **dict(zip(chosen, values, strict=True))}) != "unknown"
                    for values in product((0, 20), repeat=size)
                )
            }
    found = screen(screener, figures=known).findings[0]
    assert set(map(frozenset, found.could_settle)) == expected if len(expected) <= MAX_SETS else found.could_settle
    assert set().union(*expected) <= set(found.missing) <= set(open_names)


def test_findings_are_in_the_order_of_their_weight(rules: LoadRules) -> None:
    """Fired before unknown and clear, red before green, avoid patterns before other patterns, then by severity."""

    def rule(name: str, flag: str, severity: str, condition: str, more: str = "") -> str:
        text = RULE.format(condition=condition).replace("rule: sums", f"rule: {name}")
        text = re.sub(r"(?m)^flag: .*$", f"flag: {flag}", text)
        return re.sub(r"(?m)^severity: .*$", f"severity: {severity}{more}", text)

    texts = [
        rule("a-clear", "red", "critical", "cash > 100"),
        rule("b-unknown", "red", "critical", "inventory > 1"),
        rule("c-low", "red", "low", "cash > 1"),
        rule("d-critical", "red", "critical", "cash > 1"),
        rule("e-medium", "red", "medium", "cash > 1"),
        rule("f-medium-too", "red", "medium", "cash > 1"),
        rule("g-watch", "pattern", "high", "cash > 1", "\nverdict: watch"),
        rule("h-avoid", "pattern", "low", "cash > 1", "\nverdict: avoid"),
        rule("i-strong", "green", "strong", "cash > 1"),
    ]
    found = screen(Screener(rules("---".join(texts))), figures={"cash": 20}).findings
    assert [f.rule[0] for f in found if f.flag == "red"] == list("defcba")
    assert [f.rule[0] for f in found if f.flag == "pattern"] == list("hg")
    fired = [f.outcome == "fired" for f in found]
    assert fired == sorted(fired, reverse=True)


def test_an_input_narrows_the_range_by_what_the_other_unknown_rules_leave_of_it(rules: LoadRules) -> None:
    """Of two equal rules one is decided by cash: the range that is left is narrower where that one fires."""
    cash, inventory = (RULE.format(condition=f"{name} > 10").replace("rule: sums", f"rule: {name}-is-high") for name in ("cash", "inventory"))
    both = screen(Screener(rules(f"{cash}---{inventory}")))
    fired = screen(Screener(rules(f"{cash}---{inventory}")), figures={"cash": 20})
    clear = screen(Screener(rules(f"{cash}---{inventory}")), figures={"cash": 0})
    left = min(result.score.high - result.score.low for result in (fired, clear))
    assert (both.score.low, fired.score.low) == (0.0, clear.score.high)
    assert 0 < left < clear.score.high - clear.score.low
    assert [i.narrows for i in both.inputs] == [pytest.approx(both.score.high - left)] * 2
    assert {(i.low, i.high) for i in both.inputs} == {(0.0, fired.score.low)}


def test_a_figure_of_another_time_than_the_one_it_is_compared_with_is_missing(rules: LoadRules) -> None:
    figures = {"cash": {"value": 20, "period": "2025-12-31"}, "revenue": {"value": 10, "period": "FY2019"}}
    result = screen(Screener(rules(RULE.format(condition="cash > revenue"))), figures=figures)
    (found,) = result.findings
    assert (found.outcome, found.missing) == ("unknown", ("revenue",))
    (entry,) = result.inputs
    assert entry.about is not None
    assert entry.about.en == "near 2025-12-31; known: FY2019"


def test_no_more_than_five_sets_that_could_decide_are_named(rules: LoadRules) -> None:
    names = ["cash", "inventory", "revenue", "receivables", "total_assets", "total_debt"]
    for number, expected in ((5, 5), (6, 5)):
        condition = " or ".join(f"{name} > 10" for name in names[:number])
        (found,) = screen(Screener(rules(RULE.format(condition=condition)))).findings
        assert len(found.could_settle) == expected
        assert len(found.missing) == number


def test_a_flag_that_one_of_two_inputs_raises_is_cleared_by_both_only(rules: LoadRules) -> None:
    below = RULE.format(condition="cash > 10 or inventory > 10").replace("rule: sums", "rule: either")
    above = RULE.format(condition="revenue > 10").replace("when:\n", "when:\n- flag: either\n")
    result = screen(Screener(rules(f"{below}---{above}")))
    assert set(finding(result, "either").could_settle) == {("cash",), ("inventory",)}  # each may raise it
    assert finding(result, "sums").could_settle == (("revenue",),)  # neither alone fires or clears this one
    assert set(finding(result, "sums").missing) == {"cash", "inventory", "revenue"}


def test_of_a_customer_that_is_not_named_its_name_is_missing_not_a_figure_of_the_company(screener: Screener) -> None:
    figures = {"revenue": 1e9, "net_income": 1e8}
    unnamed = finding(screen(screener, figures=figures, customers=[{"share_of_revenue": 0.6}]), "loss-making-customer")
    assert (unnamed.outcome, unnamed.missing) == ("unknown", ("customers[0].party",))
    unlisted = finding(screen(screener, figures=figures), "loss-making-customer")
    assert (unlisted.outcome, unlisted.missing) == ("unknown", ("customers",))


@pytest.mark.parametrize("name", ["oracle", "nvidia", "groq"])
def test_what_is_not_explained_is_judged_the_same(name: str, screener: Screener) -> None:
    profile = screener.profile(str(Path(__file__).parents[3] / f"fixtures/{name}.json"))
    whole, short = screener.assess(profile), screener.assess(profile, detail=Detail.OUTCOMES)
    plain = [f._replace(terms=(), distances=()) for f in whole.findings]
    assert short == whole._replace(findings=tuple(plain), basis=short.basis, history=(), measures=())
    assert short.basis != whole.basis


def test_of_a_customer_that_is_named_the_input_of_its_flag_is_missing(screener: Screener) -> None:
    """For any beginning of its id."""
    for party in ("acme", "zeta", "3com"):
        found = finding(screen(screener, customers=[{"party": party, "dominant": True}]), "loss-making-customer")
        assert (found.outcome, found.missing) == ("unknown", (f"{party}.net_income",))


NAMESAKES = """
metrics:
  commitment: {formula: revenue * 2, unit: money, title: {en: Namesake of a field, zh: 同名}}
---
""" + RULE.replace("- company: {condition}", "- customer as c: 'commitment > 5'")


def test_the_evidence_of_a_members_field_is_no_figure_of_the_same_name(rules: LoadRules) -> None:
    (found,) = screen(Screener(rules(NAMESAKES)), figures={"revenue": 10}, customers=[{"party": "acme", "commitment": 7}]).findings
    assert found.outcome == "fired"
    assert "revenue" not in {e.figure for e in found.evidence}
    assert all(e.formula is None for e in found.evidence)


TEXTS_WITH_VALUES = """
rule: texts
flag: red
severity: low
category: leverage
title: t
params: {most: {value: 2, unit: multiple, why: w}}
when:
- company: debt_to_revenue > params.most
says: s
why: "{company.name} may not exceed {params.most}."
clears: "At most {params.most}."
false_alarms: "{company.name} sold a part."
"""


def test_texts_of_findings_show_the_values_of_each_company(rules: LoadRules) -> None:
    """Also if several companies of one sector and currency are screened one after the other."""
    screener = Screener(rules(TEXTS_WITH_VALUES))
    for name in ("Acme", "Beta", "Gamma"):
        (found,) = screen(screener, name=name, figures={"total_debt": 30, "revenue": 10}).findings
        assert found.why is not None
        assert (found.why.en, found.clears.en, found.false_alarms.en) == (  # type: ignore[union-attr]
            f"{name} may not exceed 2×.", "At most 2×.", f"{name} sold a part.",
        )


def test_the_evidence_of_what_is_not_known_names_each_company(rules: LoadRules) -> None:
    """An explanation shared by companies of one sector and currency names the one that is screened."""
    screener = Screener(rules(TEXTS_WITH_VALUES))
    for name in ("Acme", "Beta", "Gamma", "Gamma"):
        (found,) = screen(screener, name=name).findings
        assert [(line.figure, line.company.en) for line in found.evidence] == [("debt_to_revenue", name)]
