"""The time at which comparisons take figures, and the company whose amounts they compare."""

from typing import Any

import pytest

from screener.engine.rule_context import RuleContext, amount_owners, compared_at, parameter_value
from screener.expression.interval import UNBOUNDED, Interval, Truth
from screener.expression.parser import parse
from screener.facts.builder import build
from screener.facts.world import World
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.conftest import LoadRules, ReadProfile


@pytest.fixture
def world(book: Rulebook, read: ReadProfile) -> Any:
    def make(**data: Any) -> World:
        return build(read(**data), book.catalogue, book.metrics, {})

    return make


def test_only_a_comparison_of_several_figures_takes_them_at_one_time(world: Any) -> None:
    claims = [{"value": 10, "period": "FY2025"}, {"value": 8, "period": "FY2024"}]
    company = world(figures={"revenue": claims, "total_costs": claims[1:]}).companies["main"]
    several = compared_at(company, parse("company.total_costs > company.revenue"))
    assert several is not None
    assert company.value("revenue", 0, several) == company.value("total_costs", 0, several) == Interval.point(8.0)
    assert compared_at(company, parse("company.total_costs"), parse("company.revenue")) == several
    assert compared_at(company, parse("company.revenue > 9")) is None
    assert compared_at(company, parse("company.revenue > 9"), parse("company.revenue")) is None
    assert compared_at(company, parse("company.id == 'main'")) is None
    assert compared_at(company, parse("c.party == company.id and company.revenue > 0")) is None


RULE = """
rule: owes-more
flag: red
severity: low
category: leverage
title: t
params: {least: {value: 5e9, unit: money, currency: USD, why: w}, word: {value: a, unit: text, why: w}}
when:
- customer as c: true
- funding of c.party as f: 'amount > company.revenue'
says: s
why: w
clears: c
false_alarms: f
"""


def owning(currency: str, **more: Any) -> dict[str, Any]:
    """Returns a company with a customer that reports in another currency and owes 10."""
    funding = [{"party": "bank", "amount": 10e9}]
    return {
        "currency": "USD", "figures": {"revenue": 12e9},
        "customers": [{"party": "acme"}], "parties": {"acme": {"currency": currency, "funding": funding}}, **more,
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (owning("USD"), Truth.FALSE),
        (owning("EUR"), Truth.UNKNOWN),
        (owning("EUR", rates={"EUR": {"USD": 1.1}}), Truth.FALSE),
        (owning("EUR", rates={"EUR": {"USD": 1.3}}), Truth.TRUE),
    ],
)
def test_amounts_of_several_companies_are_compared_in_one_currency(
    rules: LoadRules, read: ReadProfile, data: dict[str, Any], expected: Truth
) -> None:
    screener = Screener(rules(RULE))
    made = screener.world(read(**data))
    rule = screener.rulebook.rules["owes-more"]
    (customer,), (funding,) = made.base.of("main", "customer"), made.base.of("acme", "funding")
    binding = {"c": customer, "f": funding}
    company = made.companies["main"]
    condition = parse("f.amount > company.revenue")
    assert RuleContext(screener.program, made).evaluator(rule, company, binding).truth(condition) is expected
    assert amount_owners(screener.program, condition, "main", binding) == {"main", "acme"}  # type: ignore[arg-type]
    with_threshold = parse("f.amount > company.revenue - 1.5e9 + 0 * params.least")
    holds = RuleContext(screener.program, made).evaluator(rule, company, binding).truth(with_threshold)
    assert holds is (Truth.UNKNOWN if expected is Truth.UNKNOWN else Truth.of(data["parties"]["acme"]["currency"] == "EUR"))
    alone = parse("f.amount > 1")
    assert amount_owners(screener.program, alone, "main", binding) == {"acme"}  # type: ignore[arg-type]
    assert amount_owners(screener.program, parse("c.party == 'x'"), "main", {"c": customer}) == frozenset()  # type: ignore[arg-type]


def test_a_threshold_is_converted_into_the_currency_of_the_company(rules: LoadRules, read: ReadProfile) -> None:
    screener = Screener(rules(RULE))
    rule, catalogue = screener.rulebook.rules["owes-more"], screener.rulebook.catalogue
    rates = {"EUR": {"USD": 1.25}}

    def least(**data: Any) -> Any:
        return parameter_value(rule, "least", screener.world(read(**data)).companies["main"], catalogue)

    assert least(currency="USD") == Interval.point(5e9)
    assert least(currency="EUR", rates=rates) == Interval.point(4e9)
    assert least(currency="EUR") == UNBOUNDED
    company = screener.world(read(currency="EUR", rates=rates)).companies["main"]
    assert parameter_value(rule, "least", company, catalogue, "USD") == Interval.point(5e9)
    assert parameter_value(rule, "word", company, catalogue) == "a"


def test_a_condition_takes_the_figures_that_it_compares_at_one_time(rules: LoadRules, read: ReadProfile) -> None:
    """Last year's costs are above last year's revenue, and below this year's."""
    screener = Screener(rules(RULE))
    revenue = [{"value": 10, "period": "FY2025"}, {"value": 8, "period": "FY2024"}]
    made = screener.world(read(figures={"revenue": revenue, "total_costs": {"value": 9, "period": "FY2024"}}))
    truth = RuleContext(screener.program, made).evaluator(screener.rulebook.rules["owes-more"], made.companies["main"], {}).truth
    assert truth(parse("company.total_costs > company.revenue")) is Truth.TRUE
    assert truth(parse("company.revenue > 9")) is Truth.TRUE
    assert truth(parse("company.total_costs > 9 or company.revenue < 9")) is Truth.FALSE
