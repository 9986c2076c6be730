"""What is said of undecided rules that were written for the company's own sector."""

from typing import Any

import pytest

from screener.result.model import ResultDocument
from screener.screening import Screener
from tests.conftest import profile_of


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(engine="search")


def result(screener: Screener, **data: Any) -> ResultDocument:
    return screener.assess(profile_of(screener.rulebook.catalogue, **data))


def test_a_bank_without_figures_on_deposits_names_the_bank_rules(screener: Screener) -> None:
    said = result(screener, sector="banks", figures={"equity": 16e9, "total_assets": 200e9}).verdict.own_sector
    assert said is not None
    assert said.en.startswith("Rules for banks: ")
    for rule in ("bank-run-prone", "bank-capital-short", "bank-hidden-loss"):
        assert screener.rulebook.rules[rule].title.en.lower() in said.en.lower()
        assert screener.rulebook.rules[rule].title.zh in said.zh
    assert "; they need " in said.en
    assert said.zh.startswith("银行专用规则：")


def test_a_rule_that_is_decided_is_not_named(screener: Screener) -> None:
    """Of a fired one neither: what is named is what could not be decided."""
    title = screener.rulebook.rules["property-cash"].title.en.lower()
    unknown = result(screener, sector="property-developers").verdict.own_sector
    decided = result(screener, sector="property-developers", figures={"cash": 5e9, "short_term_debt": 1e9}).verdict.own_sector
    assert unknown is not None
    assert title in unknown.en.lower()
    assert decided is None or title not in decided.en.lower()


@pytest.mark.parametrize("sector", ["software", "retail", None])
def test_others_and_companies_without_a_sector_are_told_nothing(screener: Screener, sector: str | None) -> None:
    assert result(screener, **({"sector": sector} if sector else {})).verdict.own_sector is None


def test_a_broad_sector_names_the_rules_of_its_parts(screener: Screener) -> None:
    said = result(screener, sector="financials").verdict.own_sector
    assert said is not None
    assert said.en.startswith("Rules for financials: ")
    assert "; they need a narrower sector (banks)" in said.en
    assert "更具体的行业（银行）" in said.zh
