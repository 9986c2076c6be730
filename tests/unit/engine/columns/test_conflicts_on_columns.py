"""Stated metrics, and statements that figures contradict: columns agree with single companies."""

from typing import Any

import numpy as np
import pytest

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.company_columns import CompanyColumns
from screener.screening import Screener
from tests.conftest import LoadRules, ReadProfile

RULE = """
rule: contradicted
flag: data
severity: low
category: data-quality
title: t
when:
- conflict as x: "figure == '{figure}'"
says: s
why: w
clears: c
false_alarms: f
"""


@pytest.mark.parametrize(
    ("figure", "stated", "expected"),
    [
        ("debt_to_revenue", [2.0, 2.05, 3.0, 1.0, None], ["clear", "clear", "fired", "fired", "clear"]),
        ("profitable", [True, False, None, True, False], ["clear", "fired", "clear", "fired", "clear"]),
    ],
)
def test_what_figures_contradict_is_a_conflict(
    rules: LoadRules, read: ReadProfile, figure: str, stated: list[Any], expected: list[str]
) -> None:
    """Debt is twice the revenue of each company; the last two make a loss."""
    screener = Screener(rules(RULE.format(figure=figure)))
    catalogue, ids = screener.rulebook.catalogue, [f"c{i}" for i in range(5)]
    income = [1e6, 1e6, 1e6, -1e6, -1e6]
    is_number = figure in catalogue.metrics
    columns = {
        "total_debt": np.full(5, 4e6), "revenue": np.full(5, 2e6), "net_income": np.array(income),
        figure: np.array([np.nan if v is None else v for v in stated]) if is_number else np.array(stated, object),
    }
    table = CompanyColumns.of(ids, [None] * 5, columns, catalogue, ["USD"] * 5)
    (codes,) = ColumnEngine(screener.program).run(table)
    found = [OUTCOMES[code] for code in codes]
    for row, value in enumerate(stated):
        figures: dict[str, Any] = {"total_debt": 4e6, "revenue": 2e6, "net_income": income[row]}
        metrics: dict[str, Any] = {}
        if value is not None:
            (metrics if is_number else figures)[figure] = value
        (finding,) = screener.assess(read(currency="USD", figures=figures, metrics=metrics)).findings
        assert finding.outcome == found[row]
    assert found == expected
