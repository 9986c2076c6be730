"""The inputs of formulas and metrics, and the facts and companies of a run that are found together."""

from typing import Any

import pytest

from screener.expression.interval import INF, UNBOUNDED, Interval, Missing
from screener.expression.parser import parse
from screener.expression.syntax_tree import Call
from screener.facts.builder import build
from screener.facts.company import clip_to_domain, shown_truth
from screener.facts.fact import Fact, FactBase
from screener.facts.metrics import (
    Metric,
    RestingMetrics,
    aggregated_list,
    closure,
    dependency_order,
    formula_inputs,
    is_money,
    metric_inputs,
    nesting_levels,
    value_inputs,
    with_domain,
)
from screener.facts.neighbours import Components, Neighbourhood
from screener.profile.catalogue import Catalogue
from screener.rules.rulebook import Rulebook
from screener.text import Text
from tests.conftest import ReadProfile


def metric(name: str, formula: str, **more: Any) -> Metric:
    return Metric(name, parse(formula), formula, "money", Text.of(name), **more)


METRICS = {m.name: m for m in (
    metric("a", "b + c * revenue"), metric("b", "cash - one_if(c > 0)", valid=parse("debt > 0")), metric("c", "sum(customers.share) + d"),
    metric("d", "count(customers, customers.share > 0 and suppliers.share > 0) + max(customers.x, 1) + prior(cash)"), metric("e", "2"),
)}


@pytest.mark.parametrize(
    ("formula", "own", "lists", "values"),
    [
        ("a + b * a - prior(c)", ("a", "b", "c"), (), ("a", "b", "c")),
        ("sum(l.x) + max(m.y) / a", ("a",), ("l", "m"), ("a",)),
        ("count(l)", (), ("l",), ()), ("count(l, l.x > 1) + a", ("a",), ("l", "l"), ("a",)),
        ("a * one_if(b > c) + one_if(a > 1)", ("a", "b", "c"), (), ("a",)),
        ("-(a) / 2", ("a",), (), ("a",)), ("3", (), (), ()),
    ],
)
def test_what_a_formula_reads(formula: str, own: tuple[str, ...], lists: tuple[str, ...], values: tuple[str, ...]) -> None:
    node = parse(formula)
    for _ in range(2):  # found and stored
        assert formula_inputs(node) == (own, tuple(dict.fromkeys(lists)))
        assert value_inputs(node) == values


def test_what_metrics_read() -> None:
    assert metric_inputs(METRICS["b"]) == ["cash", "c", "debt"]
    assert metric_inputs(METRICS["a"]) == ["b", "c", "revenue"]
    assert closure(["a", "x"], METRICS) == ["a", "x", "b", "c", "revenue", "cash", "debt", "d"]
    assert closure([], METRICS) == []
    assert dependency_order(METRICS) == (["d", "c", "b", "a", "e"], None)
    assert dependency_order({**METRICS, "d": metric("d", "a")}) == ([], ["a", "b", "c", "d", "a"])
    assert with_domain(["a", "b", "a", "c", "cash"], METRICS) == ("a", "b")
    assert with_domain(["a"], {name: m._replace(valid=None) for name, m in METRICS.items()}) == ()


def test_how_deep_metrics_are_nested() -> None:
    table = {"a": metric("a", "revenue"), "b": metric("b", "a + 1", valid=parse("a * (a + (a + a)) > 0")), "c": metric("c", "b - prior(a)")}
    assert nesting_levels(table) == {"a": 4, "b": 4 + 5 + 3, "c": 12 + 3 + 3}


def test_which_metrics_rest_on_a_figure() -> None:
    resting = RestingMetrics.of(METRICS)
    assert resting is RestingMetrics.of(METRICS)
    assert RestingMetrics.of(dict(METRICS)) is not resting
    assert resting.on("debt") == {"debt", "b", "a"}
    assert resting.on("cash") == {"cash", "a", "b", "c", "d"}
    assert resting.on("d") == {"d", "a", "b", "c"}
    assert resting.on("nothing") == {"nothing"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("revenue", True), ("prior(revenue)", True), ("net_margin", False), ("net_debt", True), ("employees", False), ("nothing", False),
        ("sum(customers.commitment)", True), ("max(customers.commitment, customers.dominant)", True), ("min(customers.share_of_revenue)", False),
        ("count(customers)", False), ("revenue + 1", False), ("max(revenue, 1)", True), ("abs(revenue)", False),
    ],
)
def test_what_is_an_amount_of_money(book: Rulebook, formula: str, expected: bool) -> None:
    assert is_money(parse(formula), book.catalogue, book.metrics) is expected


def test_what_an_aggregate_runs_over(catalogue: Catalogue) -> None:
    def over(formula: str) -> tuple[str, Interval]:
        node = parse(formula)
        assert isinstance(node, Call)
        return aggregated_list(node, catalogue)

    assert over("count(customers, customers.dominant)") == ("customer", Interval.point(1.0))
    assert over("sum(customers.share_of_revenue)") == ("customer", Interval(0.0, 1.0))
    assert over("max(customers.share_of_revenue * 2 + 1)") == ("customer", Interval(1.0, 3.0))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Interval.point(1.0), True), (Interval.point(0.0), False), (Interval.point(2.0), None), (Interval(0.0, 1.0), None),
     (True, None), (None, None), ("1", None)],
)
def test_what_a_formula_shows_a_statement_to_be(value: Any, expected: bool | None) -> None:
    assert shown_truth(value) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [(Interval(-5.0, 5.0), Interval(0.0, 5.0)), (Interval(1.0, INF), Interval(1.0, INF)), (Interval(-9.0, -5.0), Interval(0.0, 0.0)),
     (Interval(-5.0, INF), Missing(0.0, INF)), (UNBOUNDED, Missing(0.0, INF))],
)
def test_a_formula_gives_what_is_inside_the_domain(found: Interval, expected: Interval) -> None:
    clipped = clip_to_domain(found, Missing(0.0, INF))
    assert clipped == expected
    assert isinstance(clipped, Missing) is isinstance(expected, Missing)


@pytest.mark.parametrize(("end", "ignored"), [("2025-11-30", False), ("2025-11-29", True)])
def test_when_a_stated_metric_is_outdated(book: Rulebook, read: ReadProfile, end: str, ignored: bool) -> None:
    """It is if its formula has a value for a period that ends more than a month later."""
    figures = {name: {"value": 10.0, "period": "2025-12-31"} for name in ("total_debt", "equity")}
    given = read(figures=figures, metrics={"debt_to_equity": {"value": 3, "period": end}}, as_of="2026-02-06")
    company = build(given, book.catalogue, book.metrics, {}).companies["main"]
    assert company.value("debt_to_equity") == Interval.point(1.0 if ignored else 3.0)
    reasons = [(name, claim.reason_unused.en) for name, claim in company.ignored if claim.reason_unused]
    assert reasons == ([("debt_to_equity", "its formula gives it for 2025-12-31")] if ignored else [])



def test_a_base_of_facts() -> None:
    one, two, three = (Fact(name, kind, of, {}) for name, kind, of in (("1", "x", "a"), ("2", "y", "a"), ("3", "x", "b")))
    base = FactBase()
    for fact in (one, two, three):
        base.add(fact)
    assert [*base] == [one, two, three]
    assert base.of("a", "x") == [one]
    assert base.of("b", "y") == []
    assert [*base.kind("x")] == [one, three]
    assert base.relevant("b", frozenset()) == [three]
    assert base.relevant("b", {"y"}) == [two, three]
    other = base.replacing("a", "y", [three])
    assert (other.of("a", "y"), base.of("a", "y")) == ([three], [two])
    assert base.differing_kinds(other) == other.differing_kinds(base) == {"y"}
    assert base.differing_kinds(FactBase()) == {"x", "y"}
    assert base.differing_kinds(base) == set()


def test_ids_that_belong_together() -> None:
    parts = Components()
    parts.join(["a", "b"])
    parts.join(["c", "d"])
    assert parts.of("a") == parts.of("b") != parts.of("c") == parts.of("d")
    parts.join(["d", "b", "e"])
    assert len({parts.of(one) for one in "abcde"}) == 1
    parts.join([])
    assert parts.of("f") == "f"


def test_the_profiles_around_another(read: ReadProfile, catalogue: Catalogue) -> None:
    profiles = [read(id="a", customers=[{"party": "b"}]), read(id="x", customers=[{"party": "y"}]), read(id="c", suppliers=[{"party": "b"}])]
    known = Neighbourhood(profiles, catalogue)
    assert [p.id for p in known.around(read(id="new", rivals=[{"party": "b"}]))] == ["a", "c"]
    assert [p.id for p in known.around(read(id="new", rivals=[{"party": "y"}, {"party": "a"}]))] == ["a", "x", "c"]
    assert known.around(read(id="new", rivals=[{"party": "unheard-of"}])) == ()
    assert known.roots(["unheard-of"]) == frozenset()
    assert Neighbourhood([], catalogue).around(profiles[0]) == ()


def test_names_of_companies(book: Rulebook, read: ReadProfile) -> None:
    world = build(read(parties={"acme": {"name": "Acme Corp"}}, customers=[{"party": "beta"}]), book.catalogue, book.metrics, {})
    assert [world.name(company).en for company in ("main", "acme", "beta", "nobody")] == ["Main", "Acme Corp", "beta", "nobody"]
