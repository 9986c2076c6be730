"""Probable slips are reported with the value that may be meant."""

from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

from screener.errors import RulesError
from screener.market.market_run import open_table, screen_table
from screener.market.result_tables import COMPANY_SCHEMA, FINDING_SCHEMA
from screener.market.table_writer import table_writer
from screener.report.terminal.company_text import company_text
from screener.report.views.result_view import ResultView
from screener.screening import EngineName, Screener
from tests.conftest import profile_of


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["core"])


def remarks(screener: Screener, **data: Any) -> list[str]:
    found = profile_of(screener.rulebook.catalogue, currency="USD", **data)
    return [remark.en for remark in screener.world(found).remarks]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"figures": {"net_revenue_retention": 95}}, "Net revenue retention: 95 is 9,500 %; did you mean 0.95?"),
        ({"metrics": {"gross_margin": 30}}, "Gross margin: 30 is 3,000 %; did you mean 0.3?"),
        ({"metrics": {"net_margin": -25}}, "Net margin: -25 is -2,500 %; did you mean -0.25?"),
        ({"metrics": {"gross_margin": 3}}, "Gross margin: 3 is 300 %; did you mean 0.03?"),
        ({"metrics": {"current_ratio": 150}}, "Current ratio: 150 is outside of what is usual, 0 to 50; did you mean 1.5?"),
        ({"figures": {"months_of_cash": 900}}, "Months of cash left: 900 is outside of what is usual, 0 to 600: check it."),
        (
            {"figures": {"revenue": 33.8, "total_debt": 6.5e9}},
            "Debt (6,500,000,000) is 192,307,692 times Revenue (33.8): are both in whole units?",
        ),
        (
            {"figures": {"revenue": [{"value": 5e9, "period": "2025"}, {"value": 4.4e6, "period": "2024"}]}},
            "Revenue: 5,000,000,000 and 4,400,000 (2024) differ by about 1,000 times; is one of them in thousands?",
        ),
    ],
)
def test_a_slip_is_reported(screener: Screener, data: dict[str, Any], expected: str) -> None:
    assert remarks(screener, **data) == [expected.replace("-", "−") if "−" not in expected and "margin: -" in expected else expected]


def test_that_of_a_party_names_it(screener: Screener) -> None:
    found = remarks(screener, parties={"p": {"name": "P", "figures": {"net_revenue_retention": 95}}})
    assert found == ["P: Net revenue retention: 95 is 9,500 %; did you mean 0.95?"]


@pytest.mark.parametrize(
    "data",
    [
        {"figures": {"net_revenue_retention": 1.3, "revenue": 1e6, "total_debt": 5e9, "net_income": -8e8}},
        {"figures": {"revenue": [{"value": 5e9, "period": "2025"}, {"value": 4e8, "period": "2024"}]}},
        {"figures": {"revenue": 0, "total_debt": 5e9}, "metrics": {"revenue_growth": 8}},
        {"figures": {"revenue": {"low": 1}, "total_debt": 5e9}},
    ],
)
def test_what_is_only_unusual_is_not(screener: Screener, data: dict[str, Any]) -> None:
    assert remarks(screener, **data) == []


@pytest.mark.parametrize(
    ("value", "what"), [(30, "can then never hold; write 0.3 for 30 %"), (1.5, "can then never hold"), (-1, "then always holds")]
)
def test_a_setting_that_makes_a_condition_meaningless_is_refused(value: float, what: str) -> None:
    with pytest.raises(RulesError, match=r"single-customer-dependence\.most") as refused:
        Screener.load(packs=["ai-era"], settings=[f"single-customer-dependence.most={value}"])
    assert what in str(refused.value)


def test_a_parameter_that_is_set_twice_is_refused() -> None:
    with pytest.raises(RulesError, match=r"'net-cash\.most' is set twice"):
        Screener.load(packs=["core"], settings=["net-cash.most=1", "net-cash.most=2"])


def test_the_terminal_says_what_to_check(screener: Screener) -> None:
    figures = {"net_revenue_retention": 95, "months_of_cash": 900}
    customers = [{"party": "self", "share_of_revenue": 0.2}]
    main = profile_of(screener.rulebook.catalogue, id="self", currency="USD", figures=figures, customers=customers)
    result = screener.assess(main)
    assert [doubt.en for doubt in result.doubts if "counterparty" in doubt.en] == [
        "customers[0] names self as its own counterparty: left out."
    ]
    context = ResultView.of(result).context
    lines = [line for line in company_text(context, width=120).splitlines() if line.startswith("Check the profile")]
    assert len(lines) == 2
    assert lines[1].startswith("Check the profile (and 1 more note): ")
    every = [line for line in company_text(context, width=120, verbose=True).splitlines() if line.startswith("Check the profile")]
    assert any("did you mean 0.95?" in line for line in every)
    assert len(every) == 3


SLIPS: list[tuple[dict[str, Any], bool]] = [
    ({"net_revenue_retention": 95}, True),
    ({"net_revenue_retention": 0.95}, False),
    ({"net_revenue_retention": (0.95, 95)}, True),
    ({"revenue": 33.8, "total_debt": 6.5e9}, True),
    ({"revenue": 1e6, "net_income": -2e10}, True),
    ({"revenue": 1e6, "net_income": -9e9}, False),
    ({"revenue": (5e9, 4.4e6)}, True),
    ({"revenue": (5e9, 4.4e8)}, False),
    ({"net_income": (-5e9, -4.4e3)}, True),
    ({"net_income": (-5e9, 4.4e3)}, False),
    ({"net_income": (500.0, 0.5)}, True),
    ({"net_income": (-500.0, 0.5)}, False),
    ({"employees": (81000, 90)}, True),
    ({"gross_margin": 62}, True),
    ({"gross_margin": 0.62}, False),
    ({}, False),
]
"""Values of the present year, or with those of the year before; and whether they are probable slips."""


def claims_of(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the figures and metrics of a profile."""
    found: dict[str, Any] = {"figures": {}, "metrics": {}}
    for name, value in values.items():
        numbers = value if isinstance(value, tuple) else (value,)
        claims = [{"value": number, "period": f"FY{2025 - back}"} for back, number in enumerate(numbers)]
        found["metrics" if name == "gross_margin" else "figures"][name] = claims
    return found


@pytest.mark.parametrize("engine", list(get_args(EngineName)))
@pytest.mark.parametrize(("values", "is_slip"), SLIPS)
def test_a_slip_is_a_finding_on_the_data(screener: Screener, engine: EngineName, values: dict[str, Any], is_slip: bool) -> None:
    of = Screener.load(packs=["core"], engine=engine)
    result = of.assess(profile_of(screener.rulebook.catalogue, currency="USD", **claims_of(values)))
    finding = next(f for f in result.findings if f.rule == "possible-slip")
    assert finding.outcome == ("fired" if is_slip else "clear")
    if is_slip:
        assert finding.says.en in [doubt.en for doubt in result.doubts]
    assert finding.flag == "data"


def test_a_table_has_the_same_slips(screener: Screener, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = []
    for i, (values, _) in enumerate(SLIPS):
        row: dict[str, Any] = {"id": f"company-{i}", "currency": "USD"}
        for name, value in values.items():
            pair = value if isinstance(value, tuple) else (value,)
            row |= dict(zip((name, f"prior({name})"), map(float, pair), strict=False))
        rows.append(row)
    pd.DataFrame(rows).to_parquet(tmp_path / "table.parquet", index=False)
    found = tmp_path / "findings.parquet"
    tables = table_writer(tmp_path / "out.parquet", COMPANY_SCHEMA), table_writer(found, FINDING_SCHEMA)
    screen_table(screener, open_table(screener, str(tmp_path / "table.parquet"), None), *tables)
    fired = pd.read_parquet(found).query("rule == 'possible-slip' and outcome == 'fired'")
    assert sorted(fired["company"]) == sorted(f"company-{i}" for i, (_, is_slip) in enumerate(SLIPS) if is_slip)


def test_a_slip_changes_neither_score_nor_verdict(screener: Screener) -> None:
    figures = {"revenue": 5e9, "net_income": 4e8, "total_debt": 1e9, "cash": 2e9, "equity": 3e9, "total_assets": 6e9}
    results = [
        screener.assess(profile_of(screener.rulebook.catalogue, currency="USD", figures={**figures, **further}))
        for further in ({}, {"employees": [{"value": 81000, "period": "2025"}, {"value": 90, "period": "2024"}]})
    ]
    assert ["possible-slip" in {f.rule for f in r.findings if f.outcome == "fired"} for r in results] == [False, True]
    assert {result.verdict.word for result in results} == {results[0].verdict.word}
    assert {result.score.value for result in results} == {results[0].score.value}
