"""Statements on undecided rules that were written for the company's own sector."""

from typing import Any

import pytest

from screener.result.model import ResultDocument
from screener.screening import Screener
from screener.text import Text
from screener.vocabulary import Verdict
from tests.conftest import profile_of


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(engine="search")


def result(screener: Screener, **data: Any) -> ResultDocument:
    return screener.assess(profile_of(screener.rulebook.catalogue, **data))


def test_a_bank_without_figures_on_deposits_names_the_bank_rules(screener: Screener) -> None:
    sentence = result(screener, sector="banks", figures={"equity": 16e9, "total_assets": 200e9}).verdict.own_sector
    assert sentence is not None
    assert sentence.en.startswith("Of the rules for banks, ")
    for rule in ("bank-run-prone", "bank-capital-short", "bank-hidden-loss"):
        assert f"“{screener.rulebook.rules[rule].title.en}”" in sentence.en
        assert f"“{screener.rulebook.rules[rule].title.zh}”" in sentence.zh
    assert "They would be decided by " in sentence.en
    assert sentence.zh.startswith("银行专用规则共 ")
    assert "可据以判定的数据：" in sentence.zh


def test_a_rule_that_is_decided_is_not_named(screener: Screener) -> None:
    """Nor is a fired one: only rules that could not be decided are named."""
    title = screener.rulebook.rules["property-cash"].title.en.lower()
    unknown = result(screener, sector="property-developers").verdict.own_sector
    decided = result(
        screener, sector="property-developers", figures={"cash": 5e9, "short_term_debt": 1e9}
    ).verdict.own_sector
    assert unknown is not None
    assert title in unknown.en.lower()
    assert decided is None or title not in decided.en.lower()


@pytest.mark.parametrize("sector", ["software", "retail"])
def test_without_decisive_rules_nothing_is_stated_beside_a_verdict(screener: Screener, sector: str) -> None:
    found = result(screener, sector=sector, figures={"going_concern_doubt": True}).verdict
    assert found.word is Verdict.AVOID
    assert found.own_sector is None


def test_a_company_without_a_sector_gets_no_remark(screener: Screener) -> None:
    assert result(screener).verdict.own_sector is None


def test_without_a_verdict_undecided_rules_are_named_that_are_not_decisive(screener: Screener) -> None:
    found = result(screener, sector="lenders").verdict
    assert found.word is Verdict.INSUFFICIENT_DATA
    assert found.own_sector == Text(
        "Of the rules for specialty lenders and leasing, 1 of 1 could not be decided: “Equity below 4 % of assets”. "
        "It would be decided by equity, total assets.",
        "专业放贷与租赁专用规则共 1 条，其中 1 条无法判定：“权益低于总资产的 4%”。可据以判定的数据：股东权益、总资产。",
    )


def test_without_a_verdict_decided_rules_are_counted(screener: Screener) -> None:
    found = result(screener, sector="lenders", figures={"equity": 10, "total_assets": 100}).verdict
    assert found.own_sector is not None
    assert found.own_sector.en.startswith("All rules for specialty lenders and leasing (1) are decided")
    assert found.own_sector.zh.startswith("专业放贷与租赁专用规则（1 条）均已判定")


def test_without_a_verdict_a_sector_without_rules_is_named(screener: Screener) -> None:
    found = result(screener, sector="asset-managers").verdict
    assert found.own_sector == Text(
        "There are no rules for asset managers; only those for any company apply.",
        "没有资产管理专用规则，仅适用通用规则。",
    )


@pytest.mark.parametrize("sector", ["insurers", "life-insurers", "property-insurers", "health-insurers"])
def test_insurers_without_figures_name_the_capital_rule(screener: Screener, sector: str) -> None:
    sentence = result(screener, sector=sector).verdict.own_sector
    assert sentence is not None
    assert "“Insurer's capital below requirement”" in sentence.en
    assert "“保险公司资本低于监管要求”" in sentence.zh


def test_a_broad_sector_names_the_rules_of_its_parts(screener: Screener) -> None:
    sentence = result(screener, sector="financials").verdict.own_sector
    assert sentence is not None
    assert sentence.en.startswith("Of the rules for financials, ")
    assert "narrower sector (banks, brokers and investment banks, insurers, specialty lenders and leasing)" in sentence.en
    assert "更具体的行业（银行、证券与投资银行、保险、专业放贷与租赁）" in sentence.zh
