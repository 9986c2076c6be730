"""Suggestions for unknown names: variants of spelling, never another quantity."""

import pytest

from screener.rules.packs import built_in_packs
from screener.rules.rulebook_loader import load_rulebook
from screener.text import nearest_name

BOOK = load_rulebook(packs=list(built_in_packs()))
QUANTITIES = [*BOOK.catalogue.figures, *BOOK.metrics]
NAMES = {
    "quantities": QUANTITIES,
    "lists": list(BOOK.catalogue.all_lists),
    "sectors": list(BOOK.catalogue.sectors),
    "categories": list(BOOK.catalogue.categories),
    "rules": list(BOOK.rules),
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("revenues", "revenue"), ("Revenue", "revenue"), ("revenu", "revenue"), ("revneue", "revenue"), ("reveneu", "revenue"),
        ("total-debt", "total_debt"), ("totalDebt", "total_debt"), ("grossmargin", "gross_margin"), ("gros_margin", "gross_margin"),
        ("margin_gross", "gross_margin"), ("debt_revenue", "debt_to_revenue"), ("interst_expense", "interest_expense"),
        ("gross_profits", "gross_profit"), ("equities", "equity"), ("ebidta", "ebitda"),
    ],
)
def test_spelling_variants(written: str, meant: str) -> None:
    assert nearest_name(written, [*QUANTITIES, "ebitda"]) == meant


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ("ebitda", ["ebit"]), ("ebita", ["ebit", "ebitda"]), ("ebitdar", ["ebitda"]), ("ebt", ["ebit"]), ("debt_to_ebita", ["debt_to_ebitda"]),
        ("lease_liabilities", ["liabilities"]), ("deposits", ["costs"]), ("covenants", ["events"]), ("payables", ["receivables"]),
        ("goodwill_to_equity", ["debt_to_equity"]), ("net_debt", ["total_debt", "net_income"]), ("majority_interest", ["minority_interest"]),
        ("tangible_assets", ["intangible_assets", "total_assets"]), ("short_term_debt", ["long_term_debt"]), ("debit", ["debt"]),
        ("operating_profit", ["operating_cash_flow", "gross_profit"]), ("cost_to_revenue", ["cost_of_revenue"]), ("roa", ["roe"]),
        ("current_assets_to_liabilities", ["current_liabilities_to_assets"]), ("asset-quality", ["data-quality"]), ("capex", ["opex"]),
        ("car-rental", ["retail"]), ("circular-financing", ["vendor-financing"]), ("below-0-3-percent", ["below-3-percent"]),
    ],
)
def test_another_quantity_is_never_suggested(other: str, known: list[str]) -> None:
    assert nearest_name(other, known) is None


@pytest.mark.parametrize("kind", NAMES)
def test_no_known_name_is_a_variant_of_another(kind: str) -> None:
    """Otherwise the other name would be suggested if it were unknown."""
    names = [n for n in NAMES[kind] if not n.startswith("beneish_")]  # indices of one letter: SGI and SGAI
    found = {name: near for name in names if (near := nearest_name(name, [n for n in names if n != name]))}
    assert found == {}


@pytest.mark.parametrize("name", ["of", "a", "in_the", "", "_", "the-of-and", "per_per_per"])
def test_names_of_link_words_only(name: str) -> None:
    assert nearest_name(name, [*QUANTITIES, "on", "a_of_b"]) in (None, "on")
