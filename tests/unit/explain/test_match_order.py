"""Of several matches the most serious one is described, with the number of others and the sum of amounts."""

import itertools
from typing import Any

import pytest

from screener.expression.interval import Interval
from screener.profile.loader import profile_from_data
from screener.report.formats.table_columns import finding_rows
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.comparison import compare
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import LoadRules


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def screen(screener: Screener, **data: Any) -> ResultDocument:
    data = {"name": "Main", "currency": "USD", "sector": "software", "figures": {"revenue": 1e9}, **data}
    return screener.assess(profile_from_data(data, screener.rulebook.catalogue))


def finding(result: ResultDocument, rule: str) -> Finding:
    return next(f for f in result.findings if f.rule == rule)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_match_farthest_beyond_its_threshold_is_described(screener: Screener, order: tuple[int, ...]) -> None:
    products = [
        {"what": "A", "price_change": -0.6},
        {"what": "B", "price_change": -0.84},
        {"what": "C", "price_change": -0.72},
    ]
    found = finding(screen(screener, products=[products[i] for i in order]), "price-collapse")
    assert found.headline
    assert found.headline.en == "−84 % (and 2 more)"
    assert found.says
    assert found.says.en.startswith("The price of B has changed")
    assert found.distances[0].value.lo == -0.84
    assert [e.value.lo for e in found.evidence if e.figure == "products.price_change"] == [-0.84, -0.72, -0.6]  # type: ignore[union-attr]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_amounts_of_money_are_added(screener: Screener, order: tuple[int, int]) -> None:
    customers = [{"party": "small", "commitment": 2e9}, {"party": "large", "commitment": 6.1e9}]
    result = screen(screener, customers=[customers[i] for i in order])
    found = finding(result, "commitment-versus-revenue")
    assert found.says
    assert found.says.en.startswith("The commitment from large is USD 6.1 bn")
    assert found.says.en.endswith("And 1 more, USD 8.1 bn in total.")
    assert found.says.zh.endswith("另有 1 项，合计 81 亿美元。")
    assert found.total
    assert found.total.lo == found.total.hi == 8.1e9
    row = next(
        r for r in finding_rows(ViewContext(result, load_wording("en"))) if r["rule"] == "commitment-versus-revenue"
    )
    assert (row["value_low"], row["value_high"], row["matches"]) == (6.1, 6.1, 2)


def test_an_unknown_amount_leaves_the_sum_open(screener: Screener) -> None:
    funding = [
        {"party": "a", "amount": 5e9, "binding": False},
        {"party": "b", "amount": {"low": 2e9}, "binding": False},
    ]
    found = finding(screen(screener, funding=funding), "headline-funding-not-binding")
    assert found.says
    assert "at least USD 7 bn in total" in found.says.en


def test_one_match_has_no_others(screener: Screener) -> None:
    found = finding(screen(screener, products=[{"what": "A", "price_change": -0.6}]), "price-collapse")
    assert (found.others, found.total) == (0, None)
    assert found.headline
    assert found.headline.en == "−60 %"


def test_a_comparison_sees_that_the_sum_rose(screener: Screener) -> None:
    """The largest amount fell from 6.1 bn to 5 bn, while the exposure rose."""
    before = screen(screener, customers=[{"party": "a", "commitment": 6.1e9}])
    after = screen(screener, customers=[{"party": "b", "commitment": 4e9}, {"party": "a", "commitment": 5e9}])
    turn = next(t for t in compare(before, after).turns if t.rule == "commitment-versus-revenue")
    assert turn.says[1]
    assert "USD 9 bn in total" in turn.says[1].en


def test_the_verdict_names_the_same_match(screener: Screener) -> None:
    customers = [
        {"party": "a", "dominant": True, "share_of_revenue": 0.4},
        {"party": "b", "dominant": True, "share_of_revenue": 0.9},
    ]
    for order in (customers, customers[::-1]):
        found = finding(screen(screener, customers=order), "single-customer-dependence")
        assert found.says
        assert "90 %" in found.says.en


TWO_OWNERS = """
rule: financed-customers
flag: red
severity: low
category: leverage
title: t
when:
- customer as c: true
- funding of c.party as f: 'amount > 1e9'
headline: "{f.amount:money}"
says: "{f.amount:money}"
why: w
clears: c
false_alarms: f
"""


def test_amounts_of_one_company_are_added_but_not_those_of_several(rules: LoadRules) -> None:
    """Amounts of several companies may be in several currencies."""
    screener = Screener(rules(TWO_OWNERS))

    def financed(*amounts: tuple[str, float]) -> Finding:
        customers = sorted({name for name, _ in amounts})
        parties = {
            name: {"currency": "USD", "funding": [{"party": f"bank-{i}", "amount": a} for i, (n, a) in enumerate(amounts) if n == name]}
            for name in customers
        }
        data = {"name": "Main", "currency": "USD", "customers": [{"party": name} for name in customers], "parties": parties}
        return finding(screener.assess(profile_from_data(data, screener.rulebook.catalogue)), "financed-customers")

    alone = financed(("acme", 2e9), ("acme", 3e9))
    assert (alone.others, alone.total) == (1, Interval.point(5e9))
    several = financed(("acme", 2e9), ("beta", 3e9))
    assert (several.others, several.total) == (1, None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_without_a_threshold_the_largest_amount_is_described(rules: LoadRules, order: tuple[int, ...]) -> None:
    screener = Screener(rules(LARGEST))
    customers = [
        {"party": "small", "dominant": True, "commitment": 1e9},
        {"party": "large", "dominant": True, "commitment": 3e9},
        {"party": "open", "dominant": True},
    ]
    found = finding(screen(screener, customers=[customers[i] for i in order]), "dominant-customer")
    assert found.headline
    assert found.headline.en == "USD 3 bn (and 2 more)"


LARGEST = """
rule: dominant-customer
flag: red
severity: low
category: leverage
title: t
when:
- customer as c: dominant
headline: "{c.commitment:money}"
says: "{c.party}"
why: w
clears: c
false_alarms: f
"""
