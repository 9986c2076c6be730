"""Formulas over figures and lists: missing inputs make the result wider, never wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.expression.interval import INF, UNBOUNDED, Interval, Missing
from screener.expression.parser import parse
from screener.facts.builder import build
from screener.facts.company import CompanyFacts
from screener.facts.metrics import Metric, closure, find_cycle, nesting_levels
from screener.facts.world import UNNAMED
from screener.profile.catalogue import Catalogue
from screener.profile.sector_scope import SectorScope, in_scope, parameter_for_sector
from screener.rules.rulebook import Rulebook
from screener.text import Text
from tests.conftest import ReadProfile, profile_of


@pytest.fixture
def value(book: Rulebook, read: ReadProfile) -> Any:
    def run(formula: str, **data: Any) -> Interval:
        world = build(read(**data), book.catalogue, book.metrics, {})
        return world.companies["main"].compute(parse(formula))

    return run


SHARES = {"customers": [{"share_of_revenue": 0.2}, {"share_of_revenue": {"low": 0.1, "high": 0.4}}]}
NO_NAME = {"customers": [{"share_of_revenue": 0.2}, {}]}


@pytest.mark.parametrize(
    ("formula", "closed", "open_"),
    [
        ("count(customers)", (2, 2), (2, INF)),
        ("sum(customers.share_of_revenue)", (pytest.approx(0.3), pytest.approx(0.6)), (pytest.approx(0.3), INF)),
        ("max(customers.share_of_revenue)", (0.2, 0.4), (0.2, 1)),
        ("min(customers.share_of_revenue)", (0.1, 0.2), (0, 0.2)),
    ],
)
def test_aggregates_over_closed_and_open_lists(value: Any, formula: str, closed: Any, open_: Any) -> None:
    assert closed == _ends(value(formula, **SHARES))
    assert open_ == _ends(value(formula, **SHARES, incomplete=["customers"]))


@pytest.mark.parametrize(
    ("formula", "absent", "empty", "missing_member"),
    [
        ("count(customers)", (0, INF), (0, 0), (2, 2)),
        ("sum(customers.share_of_revenue)", (0, INF), (0, 0), (0.2, 1.2)),
        ("max(customers.share_of_revenue)", (0, 1), (0, 1), (0.2, 1)),
        ("min(customers.share_of_revenue)", (0, 1), (0, 1), (0, 0.2)),
    ],
)
def test_aggregates_over_absent_and_empty_lists_and_missing_fields(
    value: Any, formula: str, absent: Any, empty: Any, missing_member: Any
) -> None:
    assert _ends(value(formula)) == absent
    assert _ends(value(formula, customers=[])) == empty
    assert _ends(value(formula, **NO_NAME)) == missing_member


def test_an_aggregate_may_be_over_a_formula_of_the_members_fields(value: Any) -> None:
    square = "sum(customers.share_of_revenue * customers.share_of_revenue)"
    assert _ends(value(square, **SHARES)) == (pytest.approx(0.05), pytest.approx(0.20))
    assert _ends(value(square, **SHARES, incomplete=["customers"])) == (pytest.approx(0.05), INF)
    assert _ends(value(square, **NO_NAME)) == (pytest.approx(0.04), pytest.approx(1.04))
    over = "max(customers.commitment / customers.years, customers.dominant)"
    some = [{"commitment": 300, "years": 5, "dominant": True}, {"commitment": 900, "years": 1, "dominant": False}]
    assert value(over, customers=some) == Interval.point(60)


def test_the_largest_and_the_smallest_of_amounts_of_one_sign(value: Any) -> None:
    below, above = [{"amount": -5}, {"amount": {"low": -4, "high": -3}}], [{"amount": 5}, {"amount": {"low": 3, "high": 4}}]
    assert _ends(value("max(events.amount)", events=below)) == (-4, -3)
    assert _ends(value("min(events.amount)", events=below)) == (-5, -5)
    assert _ends(value("max(events.amount)", events=above)) == (5, 5)
    assert _ends(value("min(events.amount)", events=above)) == (3, 4)
    assert _ends(value("max(events.amount)", events=below, incomplete=["events"])) == (-4, INF)
    assert _ends(value("min(events.amount)", events=above, incomplete=["events"])) == (-INF, 4)


def test_the_largest_of_no_members_is_not_known(value: Any) -> None:
    assert isinstance(value("max(customers.share_of_revenue)", customers=[]), Missing)


def test_a_sum_of_what_may_be_negative_is_open_both_ways(value: Any) -> None:
    assert value("sum(events.amount)", events=[{"amount": 5}], incomplete=["events"]) == UNBOUNDED


def test_members_that_may_count_widen_the_result(value: Any) -> None:
    plans = [{"what": "borrow", "amount": 5}, {"amount": 7}, {"what": "build", "amount": 100}]
    assert value("sum(plans.amount, plans.what == 'borrow')", plans=plans) == Interval(5, 12)
    assert value("count(plans, plans.what == 'borrow')", plans=plans) == Interval(1, 2)
    assert value("max(plans.amount, plans.what == 'borrow')", plans=plans) == Interval(5, 7)
    assert _ends(value("min(plans.amount, plans.what == 'borrow')", plans=plans[1:])) == (0, INF)  # possibly of no member


def test_lists_inside_a_list_are_closed_only_if_all_are(value: Any) -> None:
    def count(**more: Any) -> tuple[float, float]:
        first = {"party": "a", "alternatives": [{"party": "x"}]}
        second = {"party": "b", **more.pop("second", {"alternatives": []})}
        return _ends(value("count(alternatives)", suppliers=[first, second], **more))

    assert count() == (1, 1)
    assert count(second={}) == (1, INF)
    assert count(second={"alternatives": [{}], "incomplete": ["alternatives"]}) == (2, INF)
    assert count(incomplete=["suppliers"]) == (1, INF)


def test_prior_is_the_figure_one_period_before(value: Any) -> None:
    claims = [{"value": 50, "period": "2024"}, {"value": 40, "period": "2023"}]
    assert value("total_costs - prior(total_costs)", figures={"total_costs": claims}) == Interval.point(10)
    assert value("total_costs - prior(total_costs)", figures={"total_costs": claims[:1]}) == Interval(-INF, 50)
    assert _ends(value("prior(net_income)", figures={"net_income": 5})) == (-INF, INF)


def years(*values: float) -> list[dict[str, Any]]:
    return [{"value": v, "period": str(2024 - i)} for i, v in enumerate(values)]


def test_prior_of_a_metric_takes_all_its_figures_one_period_before(value: Any) -> None:
    figures = {"net_income": years(30, 10, 4), "revenue": years(100, 50, 40)}
    assert value("net_margin", figures=figures) == Interval.point(0.3)
    assert value("prior(net_margin)", figures=figures) == Interval.point(0.2)
    assert value("prior(net_income_before)", figures=figures) == Interval.point(4)  # two periods before
    assert value("prior(revenue_growth)", figures=figures) == Interval.point(0.25)
    assert value("one_if(net_margin > prior(net_margin))", figures=figures) == Interval.point(1)
    assert value("one_if(prior(net_income) < 0)", figures=figures) == Interval.point(0)


def test_a_figure_with_a_formula_is_worked_out_where_nothing_is_claimed_of_it(value: Any) -> None:
    parts = {"revenue": years(100, 80), "cost_of_revenue": years(60, 50)}
    assert value("gross_profit", figures=parts) == Interval.point(40)
    assert value("gross_margin - prior(gross_margin)", figures=parts) == Interval.point(0.4 - 0.375)
    assert value("gross_profit", figures={**parts, "gross_profit": 45}) == Interval.point(45)  # the claim is used
    assert value("total_debt", figures={"long_term_debt": 30}) == Interval(30, INF)
    assert value("total_liabilities", figures={"total_assets": 5, "equity": 9}) == Interval.point(0)  # within its domain


def test_a_figure_of_which_the_formula_says_nothing_is_missing(value: Any) -> None:
    for figure in ("gross_profit", "free_cash_flow", "total_debt", "total_liabilities"):
        assert isinstance(value(figure), Missing)
        assert isinstance(value(f"prior({figure})"), Missing)
    assert isinstance(value("total_liabilities", figures={"equity": 5}), Missing)


def test_a_period_that_is_missing_ends_what_is_known_before(value: Any) -> None:
    gap = [{"value": 30, "period": "2024"}, {"value": 4, "period": "2022"}]
    figures = {"net_income": gap, "revenue": years(100, 50)}
    assert value("prior(net_margin)", figures=figures) == UNBOUNDED
    assert _ends(value("prior(net_income_before)", figures=figures)) == (-INF, INF)
    assert value("prior(revenue_growth)", figures=figures) == UNBOUNDED
    assert value("one_if(net_income > prior(net_income))", figures=figures) == Interval(0, 1)


def test_one_missing_part_does_not_blind_a_formula(value: Any) -> None:
    plans = [{"what": "borrow", "amount": 10e9}]
    wide = value("total_debt + sum(plans.amount)", figures={"total_debt": 92.6e9}, plans=plans, incomplete=["plans"])
    assert wide == Interval(102.6e9, INF)


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10), st.sampled_from([True, False, None])), max_size=4), st.data()
)
def test_what_a_list_turns_out_to_be_stays_inside(
    book: Rulebook, members: list[tuple[float, float, bool | None]], data: st.DataObject
) -> None:
    """Fields narrow, unknown truth values become known, the list is completed with or without further members."""
    known, stated = [], []
    for a, b, shared in members:
        low, high = sorted((a, b))
        known.append({"amount": {"low": low, "high": high}, **({} if shared is None else {"shared": shared})})
        narrow = data.draw(st.floats(low, high))
        stated.append({"amount": narrow, "shared": data.draw(st.booleans()) if shared is None else shared})
    stated += [{"amount": data.draw(st.floats(-5, 5)), "shared": data.draw(st.booleans())}
             for _ in range(data.draw(st.integers(0, 2)))]
    before = _company(book, profile_of(book.catalogue, events=known, incomplete=["events"]))
    after = _company(book, profile_of(book.catalogue, events=stated))
    for function in ("sum", "max", "min", "count"):
        over = "events" if function == "count" else "events.amount"
        for condition in ("", ", events.shared"):
            formula = parse(f"{function}({over}{condition})")
            wide, narrow_ = before.compute(formula), after.compute(formula)
            assert wide.lo <= narrow_.lo, (function, condition)
            assert narrow_.hi <= wide.hi, (function, condition)


def test_a_parameter_of_a_sector(catalogue: Catalogue) -> None:
    values = {"financials": 4.0, "banks": 9.0}
    assert parameter_for_sector(1.5, values, SectorScope("banks"), catalogue) == Interval.point(9)
    assert parameter_for_sector(1.5, values, SectorScope("insurers"), catalogue) == Interval.point(4)
    assert parameter_for_sector(1.5, values, SectorScope("software"), catalogue) == Interval.point(1.5)
    assert parameter_for_sector(1.5, values, SectorScope("financials"), catalogue) == Interval.point(4)  # the sector counts as it is stated
    assert parameter_for_sector(1.5, values, SectorScope(), catalogue) == Interval(1.5, 9)


def test_a_guard_on_sectors(catalogue: Catalogue) -> None:
    none, banks, all_ = frozenset(), frozenset({"banks"}), frozenset({"financials"})
    cases = {
        (none, banks, "banks"): "FALSE", (none, banks, "software"): "TRUE", (none, banks, "financials"): "TRUE",
        (none, banks, None): "UNKNOWN", (none, all_, "banks"): "FALSE", (none, none, None): "TRUE",
        (banks, none, "banks"): "TRUE", (banks, none, "software"): "FALSE", (banks, none, "financials"): "UNKNOWN",
        (banks, none, None): "UNKNOWN", (all_, none, "banks"): "TRUE", (all_, banks, "banks"): "FALSE",
        (all_, banks, "insurers"): "TRUE",
    }
    found = {case: in_scope(*case[:2], SectorScope(case[2]), catalogue).name for case in cases}
    assert found == cases


def test_what_a_metric_reads(book: Rulebook) -> None:
    assert closure(["planned_debt_to_revenue"], book.metrics) == [
        "planned_debt_to_revenue", "total_debt", "planned_debt", "revenue", "long_term_debt", "short_term_debt"
    ]
    assert find_cycle(book.metrics) is None


def _company(book: Rulebook, profile: Any) -> CompanyFacts:
    return build(profile, book.catalogue, book.metrics, {}).companies["main"]


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.lo, interval.hi


def _chain(length: int, formula: str) -> dict[str, Metric]:
    """Returns metrics m0, m1, …, each of which uses the one before by `formula`."""
    texts = ["revenue", *(formula.replace("it", f"m{i}") for i in range(length - 1))]
    return {f"m{i}": Metric(f"m{i}", parse(text), text, "money", Text.of("t")) for i, text in enumerate(texts)}


def test_a_chain_of_metrics_is_nested_as_deeply_as_its_formulas() -> None:
    assert nesting_levels(_chain(3, "it + it")) == {"m0": 4, "m1": 9, "m2": 14}
    assert nesting_levels(_chain(3, "prior(it)")) == {"m0": 4, "m1": 9, "m2": 14}


def test_a_circle_is_found_at_the_end_of_a_long_chain() -> None:
    metrics = _chain(5000, "it + it")
    assert find_cycle(metrics) is None
    metrics["m0"] = metrics["m0"]._replace(formula=parse("m4 + 1"))
    assert find_cycle(metrics) == ["m0", "m4", "m3", "m2", "m1", "m0"]


def test_the_latest_value_does_not_depend_on_what_was_asked_before(book: Rulebook, read: ReadProfile) -> None:
    claims = [{"value": 10, "period": "FY2025"}, {"value": 8, "period": "FY2024"}]
    company = build(read(figures={"revenue": claims}), book.catalogue, book.metrics, {}).companies["main"]
    assert [company.value("revenue", back).lo for back in (1, 0, 1)] == [8, 10, 8]  # type: ignore[union-attr]


def test_of_which_companies_the_profile_says_something(book: Rulebook, read: ReadProfile) -> None:
    given = read(customers=[{"party": "acme"}, {"party": "beta"}, {}], parties={"acme": {"figures": {"revenue": 1}}})
    companies = build(given, book.catalogue, book.metrics, {}).companies
    assert {name: company.known for name, company in companies.items()} == {"main": True, "acme": True, "beta": False, UNNAMED: False}
