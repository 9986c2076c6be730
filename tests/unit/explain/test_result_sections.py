"""Sections of a result besides its findings: sources with the values taken from them."""

import pytest

from screener.explain.pack_scope import scope_text
from screener.result.verdict_records import PackCoverage
from screener.screening import Screener
from screener.text import Text
from tests.conftest import profile_of


def test_each_source_says_how_many_figures_and_fields_are_taken_from_it() -> None:
    screener = Screener.load(packs=["core"])
    sources = {
        "report": {"title": "10-K", "kind": "filed", "date": "2026-01-31"},
        "news": {"title": "News", "kind": "reported"},
        "unused": {"title": "Unused", "kind": "reported"},
    }
    figures = {
        "revenue": {"value": 5e9, "source": "report"},
        "cash": {"value": 1e9, "source": "report"},
        "net_income": {"value": 1e8, "source": "news"},
        "total_debt": 1e9,
    }
    customers = [{"party": {"value": "acme", "source": "report"}, "share_of_revenue": 0.4}]
    flows = [{"from": "acme", "to": "main", "what": {"value": "buys", "source": "news"}}]
    profile = profile_of(screener.rulebook.catalogue, sources=sources, figures=figures, customers=customers, flows=flows)
    result = screener.assess(profile)
    assert {line.key: line.figures for line in result.sources} == {"report": 3, "news": 2, "unused": 0}
    kinds = dict(result.kinds)
    assert (kinds["filed"], kinds["reported"]) == (3, 2)  # type: ignore[index]
    assert kinds["unsourced"] == 4  # type: ignore[index]  # debt, the share, and both ends of the payment


def test_who_pays_others_is_no_payer_of_the_company() -> None:
    screener = Screener.load(packs=["core"])
    flows = [{"from": payer, "to": payee, "what": "buys"} for payer, payee in (("acme", "zeta"), ("beta", "main"), ("zeta", "acme"), ("main", "acme"))]
    result = screener.assess(profile_of(screener.rulebook.catalogue, flows=flows))
    assert [(d.party, d.how) for d in result.ties] == [("beta", "payer")]


def pack(name: str, assessed: bool) -> PackCoverage:
    return PackCoverage(name=name, label=Text(f"pack {name}", f"规则包{name}"), decided=1, total=9, weight=0.1, assessed=assessed)


@pytest.mark.parametrize(
    ("assessed", "covers", "left"),
    [
        ("ab", "Covers pack a and pack b.", ""),
        ("a", "Covers pack a.", "b"),
        ("b", "Covers pack b.", "a"),
        ("", "No pack is assessed.", "ab"),
    ],
)
def test_the_scope_names_the_packs_that_are_assessed_first(assessed: str, covers: str, left: str) -> None:
    sentence = scope_text([pack(name, name in assessed) for name in "ab"])
    assert sentence is not None
    assert sentence.en.startswith(covers)
    rest = sentence.en[len(covers):]
    assert [name for name in "ab" if f"ack {name}" in rest] == list(left)
