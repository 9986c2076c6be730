"""Conflicts between sources on an unnamed company are unknown: neither found nor excluded."""

from typing import Any

import pytest

from screener import Screener
from tests.conftest import LoadRules

RULE = """
rule: doubtful-customer
flag: data
severity: medium
category: data-quality
title: Sources disagree on a customer
when:
- customer as c: share_of_revenue > 0.50
- {negation}conflict of c.party: gap > 0
says: t
why: t
clears: t
false_alarms: t
"""
AGREED = {"name": "Acme", "figures": {"revenue": [{"value": 1e9, "source": "one"}]}}


@pytest.mark.parametrize("engine", ["durable", "search"])
@pytest.mark.parametrize(
    ("customer", "conflicts", "none"),
    [
        ({"share_of_revenue": 0.6}, "unknown", "unknown"),
        ({"party": "acme", "share_of_revenue": 0.6}, "clear", "fired"),
        ({"party": "acme", "share_of_revenue": 0.4}, "clear", "clear"),
    ],
)
def test_conflicts_of_a_customer(customer: dict[str, Any], conflicts: str, none: str, engine: str, rules: LoadRules) -> None:
    if engine == "durable":
        pytest.importorskip("durable_rules_engine")
    for negation, expected in (("", conflicts), ("not ", none)):
        screener = Screener(rules(RULE.format(negation=negation)), engine_name=engine)  # type: ignore[arg-type]
        data = {"name": "Seller", "customers": [customer], "parties": {"acme": AGREED}, "sources": {"one": {"title": "t", "kind": "filed"}}}
        (finding,) = screener.screen(data).document.findings
        assert finding.outcome == expected, negation
