"""Probable slips in members of lists: unusual fractions, and shares of one total that exceed it."""

from typing import Any

import pytest

from screener import Screener

SCREENER = Screener.load()


def remarks(**lists: Any) -> list[str]:
    profile = {"name": "Beta", "currency": "USD", "figures": {"revenue": 100e6}, **lists}
    return [text.en for text in SCREENER.screen(profile).document.doubts]


@pytest.mark.parametrize(
    ("shares", "shown"),
    [
        ([0.9, 0.4], "130 %"),
        ([0.5, {"low": 0.6, "high": 0.9}], "110 %"),
        ([0.335, 0.335, 0.335], ""),  # rounded
        ([0.5, {"low": 0.1, "high": 0.9}], ""),
        ([0.5, None], ""),
    ],
)
def test_shares_of_one_total(shares: list[Any], shown: str) -> None:
    customers = [{"party": f"c{i}", **({"share_of_revenue": share} if share is not None else {})} for i, share in enumerate(shares)]
    found = [text for text in remarks(customers=customers) if "in all" in text]
    assert [shown in text for text in found] == ([True] if shown else [])


def test_every_list_with_shares_of_a_total_is_looked_at() -> None:
    kinds = SCREENER.rulebook.catalogue.kinds
    marked = {(kind.list_name, name) for kind in kinds.values() for name, field in kind.fields.items() if field.of_whole}
    assert marked == {("customers", "share_of_revenue"), ("suppliers", "share_of_costs"), ("channels", "share_of_sales")}
    suppliers = [{"party": f"s{i}", "share_of_costs": 0.7} for i in range(2)]
    assert any("Share of costs is 140 %" in text for text in remarks(suppliers=suppliers))


def test_a_fraction_of_a_member_within_a_member() -> None:
    suppliers = [{"party": "s", "alternatives": [{"party": "t", "capacity": 80}]}]
    assert any("80 is 8,000 %; did you mean 0.8?" in text for text in remarks(suppliers=suppliers))


def test_members_of_another_company_are_named_with_it() -> None:
    parties = {"c": {"name": "Gamma", "customers": [{"party": f"x{i}", "share_of_revenue": 0.8} for i in range(2)]}}
    found = remarks(customers=[{"party": "c"}], parties=parties)
    assert any(text.startswith("Gamma: customers: ") and "160 %" in text for text in found)
