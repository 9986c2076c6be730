"""Ranks, percentiles and quartiles among peers, compared with a plain count; ranks among the company's own years."""

import json
import pickle
import random
import statistics
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.explain.peer_population import LEAST_PEERS, MOST_NAMED, PeerPopulation, PeerRecord, peer_record
from screener.report.rendering import RenderOptions
from screener.result.peer_records import SCORE, PeerComparison, PeerStanding
from screener.runs.task import ScreeningTask
from screener.screening import Screener
from screener.text import Text

SECTORS = ("software", "semiconductors", "banks", "technology", None)
MEASURES = {"debt_to_revenue": "high", "net_margin": "low", "revenue USD": "neither", SCORE: "high"}

_values = st.dictionaries(st.sampled_from(list(MEASURES)), st.integers(-3, 3).map(float))
_companies = st.lists(st.tuples(st.sampled_from(SECTORS), _values), min_size=1, max_size=14)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def records(companies: list[tuple[str | None, dict[str, float]]]) -> list[PeerRecord]:
    return [
        PeerRecord(f"c{i}", Text.of(f"C{i}"), None, sector, tuple(sorted(values.items())))
        for i, (sector, values) in enumerate(companies)
    ]


def population(screener: Screener, found: list[PeerRecord]) -> PeerPopulation:
    peers = PeerPopulation(screener.rulebook.catalogue)
    for record in found:
        peers.add(record)
    return peers


def counted(value: float, others: list[float], worse: str) -> dict[str, Any]:
    """Returns the rank of a value by a plain count."""
    is_worse = (lambda v: v < value) if worse == "low" else (lambda v: v > value)
    equal = sum(v == value for v in others)
    rank = 1 + sum(map(is_worse, others))
    low, median, high = statistics.quantiles(others, n=4, method="inclusive")
    better = len(others) - equal - rank + 1
    percentile = round(100 * (better + equal / 2) / len(others), 1)
    return {"rank": rank, "percentile": percentile, "low": low, "median": median, "high": high, "peers": len(others)}


def test_a_rulebook_from_the_cache_ranks_alike(screener: Screener) -> None:
    """Its words are equal to those of the program, but other objects."""
    found = records([("banks", {"net_margin": float(n)}) for n in range(LEAST_PEERS + 1)])
    catalogue = pickle.loads(pickle.dumps(screener.rulebook.catalogue))
    peers = PeerPopulation(catalogue)
    for record in found:
        peers.add(record)
    comparison = peers.compare(found[0])
    assert comparison == population(screener, found).compare(found[0])
    assert comparison is not None
    assert [(s.rank, s.percentile) for s in comparison.standings] == [(1, 100.0)] * len(comparison.standings)


@given(_companies)
def test_standings_are_as_counted(companies: list[tuple[str | None, dict[str, float]]]) -> None:
    screener = Screener.load()
    catalogue, found = screener.rulebook.catalogue, records(companies)
    peers = population(screener, found)
    for own in found:
        comparison = peers.compare(own)
        if comparison is None:
            assert len(found) == 1
            continue
        standings = {(s.measure, s.sector is None): s for s in comparison.standings}
        for key, value in own.values:
            others = [(r.sector, dict(r.values)[key]) for r in found if r.id != own.id and key in dict(r.values)]
            everybody = [v for _, v in others]
            check(standings.get((key.split()[0], True)), value, everybody, MEASURES[key])
            groups = [
                (wider, [v for s, v in others if s in catalogue.below(wider)])
                for wider in (catalogue.ancestry(own.sector) if own.sector else ())
            ]
            wide_enough = [(w, g) for w, g in groups if LEAST_PEERS <= len(g) < len(everybody)]
            within = standings.get((key.split()[0], False))
            assert (within is None) == (not wide_enough)
            if within is not None:
                assert within.sector == wide_enough[0][0]
                check(within, value, wide_enough[0][1], MEASURES[key])


def check(standing: PeerStanding | None, value: float, others: list[float], worse: str) -> None:
    if len(others) < LEAST_PEERS:
        assert standing is None
        return
    assert standing is not None
    expected = counted(value, others, worse)
    assert {name: getattr(standing, name) for name in expected} == pytest.approx(expected)


@given(_companies, st.randoms(use_true_random=False))
def test_the_order_of_companies_changes_nothing(
    companies: list[tuple[str | None, dict[str, float]]], order: random.Random
) -> None:
    screener = Screener.load()
    found = records(companies)
    mixed = order.sample(found, len(found))
    for own in found:
        assert population(screener, found).compare(own) == population(screener, mixed).compare(own)


@given(_companies)
def test_named_peers_are_those_of_the_nearest_sectors_that_share_most_ratios(
    companies: list[tuple[str | None, dict[str, float]]],
) -> None:
    screener = Screener.load()
    catalogue, found = screener.rulebook.catalogue, records(companies)
    peers = population(screener, found)

    def ratios(record: PeerRecord) -> set[str]:
        return {key for key, _ in record.values} - {SCORE, "revenue USD"}

    def order(own: PeerRecord, peer: PeerRecord) -> tuple[int, int, str]:
        line, above = (catalogue.ancestry(r.sector) if r.sector else () for r in (own, peer))
        steps = [i for i, wider in enumerate(line) if wider in above]
        return min(steps, default=len(line)), -len(ratios(own) & ratios(peer)), peer.id

    for own in found:
        sharing = (peer for peer in found if peer.id != own.id and ratios(own) & ratios(peer))
        nearest = sorted(sharing, key=lambda peer: order(own, peer))[:MOST_NAMED]
        comparison = peers.compare(own)
        assert [named.id for named in comparison.named] == [p.id for p in nearest] if comparison else not nearest


def test_each_company_is_compared_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compared: list[str] = []
    compare = PeerPopulation.compare

    def counting(population: PeerPopulation, own: PeerRecord) -> PeerComparison | None:
        compared.append(own.id)
        return compare(population, own)

    monkeypatch.setattr(PeerPopulation, "compare", counting)
    screener = Screener.load(packs=["core"])
    peers = population(screener, records([("software", {SCORE: float(i)}) for i in range(3)]))
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"name": "A"}), "utf-8")
    outcome = ScreeningTask(screener, (), RenderOptions(("html",)), peers=peers)(str(path))
    assert outcome.compared
    assert compared == ["a"]


def test_a_company_outside_the_population_meets_all_of_it(screener: Screener) -> None:
    found = records([("software", {"net_margin": float(i)}) for i in range(6)])
    own = PeerRecord("other", Text.of("Other"), None, "software", (("net_margin", -1.0),))
    comparison = population(screener, found).compare(own)
    assert comparison is not None
    assert comparison.companies == 6
    assert (comparison.standings[0].rank, comparison.standings[0].percentile) == (1, 100.0)


def profile(**figures: Any) -> dict[str, Any]:
    claims = {
        name: [{"value": value, "period": f"FY{2025 - back}"} for back, value in enumerate(values)]
        for name, values in figures.items()
    }
    return {"id": "acme", "name": "Acme", "currency": "USD", "as_of": "2026-02-01", "figures": claims}


def test_a_withheld_score_and_a_range_are_no_values(screener: Screener) -> None:
    data = profile(revenue=[100])
    data["figures"]["net_income"] = {"low": 1, "high": 5, "period": "FY2025"}
    result = screener.screen(data)
    assert result.verdict == "insufficient-data"
    record = peer_record(result.document)
    assert dict(record.values) == {"revenue USD": 100.0}


def test_places_among_own_years(screener: Screener) -> None:
    data = profile(revenue=[100, 90, 120], net_income=[10, 18, 6], total_debt=[50, 40])
    found = {m.name: (m.value, m.years, m.own_rank) for m in screener.screen(data).document.measures}
    assert found["net_margin"] == (0.1, 3, 2)  # 10 %, 20 %, 5 %
    assert found["revenue"] == (100.0, 3, 2)
    assert found["total_debt"] == (50.0, 2, None)  # two years are too few


def test_amounts_without_a_currency_are_not_compared(screener: Screener) -> None:
    data = profile(revenue=[100], total_debt=[50])
    del data["currency"]
    assert dict(peer_record(screener.screen(data).document).values) == {"debt_to_revenue": 0.5}
