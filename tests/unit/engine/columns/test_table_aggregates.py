"""Figures, values of the year before, and aggregates over lists that a table does not have."""

import pickle

import numpy as np
import pytest

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.company_columns import CompanyColumns
from screener.screening import Screener
from tests.conftest import LoadRules

RULES = """
metrics:
  made: {{formula: {formula}, unit: {unit}, title: {{en: Made of others, zh: 所得}}}}
---
rule: tested
flag: red
severity: low
category: leverage
title: t
when:
- company: made {condition}
says: s
why: w
clears: c
false_alarms: f
"""


@pytest.mark.parametrize("is_cached", [False, True])
@pytest.mark.parametrize(
    ("formula", "unit", "condition", "expected"),
    [
        ("revenue", "money", "> 5", ["fired", "clear"]),
        ("prior(revenue)", "money", "> 5", ["clear", "fired"]),
        ("sum(customers.commitment)", "money", ">= 0", ["fired", "fired"]),
        ("sum(customers.commitment)", "money", "> 5", ["unknown", "unknown"]),
        ("count(customers)", "count", ">= 0", ["fired", "fired"]),
        ("max(customers.share_of_revenue)", "fraction", "<= 1", ["fired", "fired"]),
        ("min(customers.share_of_revenue)", "fraction", ">= 0", ["fired", "fired"]),
    ],
)
def test_what_a_row_gives(
    rules: LoadRules, formula: str, unit: str, condition: str, expected: list[str], is_cached: bool
) -> None:
    program = Screener(rules(RULES.format(formula=formula, unit=unit, condition=condition))).program
    if is_cached:  # the strings of a program from the cache are equal to those of the modules, not the same objects
        program = pickle.loads(pickle.dumps(program))
    columns = {"revenue": np.array([10.0, 1.0]), "prior(revenue)": np.array([1.0, 10.0])}
    table = CompanyColumns.of(["a", "b"], [None] * 2, columns, program.catalogue, ["USD"] * 2)
    (codes,) = ColumnEngine(program).run(table)
    assert [OUTCOMES[code] for code in codes] == expected
