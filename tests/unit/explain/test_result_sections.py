"""Parts of a result beside its findings: sources with what is taken from them."""

from screener.screening import Screener
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
