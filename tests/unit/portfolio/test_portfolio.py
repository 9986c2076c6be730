"""A portfolio: sums by exposure, what companies share, and what moved from one stored run to the next."""

from pathlib import Path
from typing import Any

import pytest

from screener import Profile, Screener
from screener.portfolio.holdings import Holdings, equal_holdings
from screener.portfolio.movements import movements_since, store_results
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.screening_set import screen_together

SCREENER = Screener.load(packs=["ai-era"])
FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.fixture(scope="module")
def profiles() -> list[Profile]:
    return [SCREENER.profile(path) for path in sorted(FIXTURES.glob("*.json"))]


def test_exposures_add_up(profiles: list[Profile]) -> None:
    results = list(screen_together(SCREENER, profiles).values())
    holdings = Holdings({"oracle": 10.0, "nvidia": 20.0, "openai": 30.0, "adobe": 40.0}, "USD")
    built = build_portfolio(results, holdings)
    assert sum(e.amount for _, e in built.verdicts) == built.total == 100.0
    assert sum(e.share for _, e in built.verdicts) == pytest.approx(1)
    assert [line.company for line in built.lines[:4]] == ["adobe", "openai", "nvidia", "oracle"]
    assert built.concentration == pytest.approx(0.3)
    assert (built.largest, built.top_five) == (0.4, 1.0)
    scores = {r.company.id: r.score.value for r in results}
    assert built.score == pytest.approx(sum(scores[c] * x / 100 for c, x in holdings.exposures.items()))
    assert built.score_low <= built.score <= built.score_high


def test_a_loop_and_the_exposure_behind_it(profiles: list[Profile]) -> None:
    built = build_portfolio(
        list(screen_together(SCREENER, profiles).values()), Holdings({"oracle": 10.0, "nvidia": 20.0, "adobe": 70.0})
    )
    (loop,) = (c for c in built.counterparties if c.is_loop)
    assert loop.exposure == (("nvidia", "openai", "oracle"), 30.0, 0.3)
    openai = next(c for c in built.counterparties if c.key == "openai")
    assert {"nvidia", "oracle"} <= set(openai.exposure.companies)
    assert openai.verdict == "avoid"
    causes = {c.rule: c.exposure.companies for c in built.causes}
    assert causes["circular-financing"] == ("nvidia", "openai", "oracle")
    assert all(len(companies) > 1 for companies in causes.values())


def test_the_order_of_profiles_does_not_matter(profiles: list[Profile]) -> None:
    forwards = build_portfolio(list(screen_together(SCREENER, profiles).values()), equal_holdings(profiles))
    backwards = build_portfolio(list(screen_together(SCREENER, profiles[::-1]).values()), equal_holdings(profiles[::-1]))
    assert forwards == backwards


def company(**figures: Any) -> Profile:
    given = {name: [{"value": value}] for name, value in figures.items()}
    return SCREENER.profile({"id": "one", "name": "One", "as_of": "2026-01-31", "currency": "USD", "sector": "software", "figures": given})


def test_what_moved_and_why(tmp_path: Path) -> None:
    file = tmp_path / "results.sqlite"

    def next_run(*profiles: Profile) -> Any:
        results = list(screen_together(SCREENER, profiles).values())
        moved = movements_since(file, results)
        store_results(file, SCREENER, profiles, results)
        return moved

    before = next_run(company(revenue=100e6, total_debt=10e6))
    assert (before.movements, before.new_companies) == ((), ("one",))
    same = next_run(company(revenue=100e6, total_debt=10e6))
    assert (same.movements, same.new_companies) == ((), ())
    (worse,) = next_run(company(revenue=100e6, total_debt=400e6)).movements
    assert worse.is_worse
    assert [title.en for title in worse.new_flags] == [SCREENER.rulebook.rules["leverage-versus-revenue"].title.en]
    assert worse.because == ("profile",)
    (better,) = next_run(company(revenue=100e6, total_debt=10e6)).movements
    assert not better.is_worse
    assert better.gone_flags == worse.new_flags
