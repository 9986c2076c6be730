"""A portfolio: sums by exposure, shared dependencies, and changes between stored runs."""

import io
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from screener import Profile, Screener
from screener.portfolio.holdings import Holdings, equal_holdings, find_holdings
from screener.portfolio.movements import movements_between, movements_since, store_results
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.portfolio_workbook import portfolio_workbook, shock_workbook
from screener.portfolio.screening_set import screen_together
from screener.portfolio.shock import read_shocks
from screener.portfolio.shock_run import run_shocks
from screener.result.model import ResultDocument
from screener.text import LANGUAGES

SCREENER = Screener.load(packs=["ai-era"])
CHINESE = re.compile("[一-鿿]")
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
    (flag,) = worse.new_flags
    assert (flag.rule, flag.title) == ("leverage-versus-revenue", SCREENER.rulebook.rules["leverage-versus-revenue"].title)
    assert [text.en for text in flag.because] == ["Debt 10 m → 400 m"]
    assert (worse.because, worse.figures) == (("profile",), flag.because)
    (better,) = next_run(company(revenue=100e6, total_debt=10e6)).movements
    assert not better.is_worse
    assert [f.rule for f in better.gone_flags] == [f.rule for f in worse.new_flags]
    assert [text.en for text in better.gone_flags[0].because] == ["Debt 400 m → 10 m"]


def test_what_became_known_and_what_is_no_longer() -> None:
    def results(**figures: Any) -> list[ResultDocument]:
        return list(screen_together(SCREENER, [company(revenue=100e6, **figures)]).values())

    less, more = results(), results(total_debt=10e6)
    (known,) = movements_between(less, more, "12:00:00").movements
    assert "leverage-versus-revenue" in {f.rule for f in known.became_known}
    assert {text.en for f in known.became_known for text in f.because} >= {"Debt 10 m"}
    (lost,) = movements_between(more, less, "12:00:00").movements
    assert "leverage-versus-revenue" in {f.rule for f in lost.became_unknown}
    assert movements_between(more, more, "12:00:00").movements == ()


def test_a_database_of_an_earlier_version_has_no_figures_and_gets_them(tmp_path: Path) -> None:
    file, profiles = tmp_path / "results.sqlite", [company(revenue=100e6, total_debt=10e6)]
    store_results(file, SCREENER, profiles, list(screen_together(SCREENER, profiles).values()))
    with sqlite3.connect(file) as db:
        db.execute("drop view figures")
        db.execute("drop table figure")
    changed = [company(revenue=100e6, total_debt=400e6)]
    results = list(screen_together(SCREENER, changed).values())
    (movement,) = movements_since(file, results).movements
    assert (movement.figures, movement.because) == ((), ("profile",))
    store_results(file, SCREENER, changed, results)
    with sqlite3.connect(file) as db:
        assert db.execute("select high from figures where figure = 'total_debt'").fetchall() == [(400e6,)]


def numbers_of(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: [tuple(c.value for c in row) for row in sheet] for sheet in load_workbook(io.BytesIO(content))}


def test_a_portfolio_and_a_shock_as_workbooks(profiles: list[Profile]) -> None:
    results = list(screen_together(SCREENER, profiles).values())
    built = build_portfolio(results, Holdings({"oracle": 10e6, "nvidia": 30e6}, "USD"))
    sheets = numbers_of(portfolio_workbook(built, movements_between(results[:2], results, "12:00:00"), "en"))
    companies = {row[-1]: row for row in sheets["Companies"]}
    assert companies["nvidia"][7:10] == (30_000_000, "USD", 0.75)
    assert sum(float(str(row[3])) for row in sheets["Verdicts"][1:]) == pytest.approx(1)
    assert ("Nvidia → OpenAI → Oracle → Nvidia", "loop", True) in {row[:3] for row in sheets["Counterparties"]}
    assert "Movements" in sheets
    shock = run_shocks(SCREENER, profiles, read_shocks(["openai: stops paying"], SCREENER.rulebook.catalogue))
    sheets = numbers_of(shock_workbook(shock, "en"))
    assert {row[-1] for row in sheets["Companies"] if row[1] is True} == {"oracle", "nvidia", "openai"}
    assert any("openai: stops paying → " in str(row[5]) for row in sheets["Flags"])


def test_workbooks_have_titles_in_the_language(profiles: list[Profile]) -> None:
    results = list(screen_together(SCREENER, profiles).values())
    built = build_portfolio(results, equal_holdings(profiles))
    before, after = (
        list(screen_together(SCREENER, [company(revenue=100e6, total_debt=debt)]).values()) for debt in (10e6, 400e6)
    )
    moved = movements_between(before, after, "12:00:00")
    shock = run_shocks(SCREENER, profiles, read_shocks(["openai: stops paying"], SCREENER.rulebook.catalogue))
    for in_english, in_chinese in (
        [numbers_of(portfolio_workbook(built, moved, language)) for language in LANGUAGES],
        [numbers_of(shock_workbook(shock, language)) for language in LANGUAGES],
    ):
        for (name, rows), (chinese_name, chinese_rows) in zip(in_english.items(), in_chinese.items(), strict=True):
            assert not CHINESE.search(f"{name} {rows[0]}")
            assert all(CHINESE.search(str(title)) for title in (chinese_name, *chinese_rows[0])), chinese_rows[0]
            assert len(rows) == len(chinese_rows)
    sheets = numbers_of(portfolio_workbook(built, moved, "zh"))
    assert {row[2] for row in sheets["变化"][1:]} == {"新增旗标"}
    assert all(CHINESE.search(str(title)) and CHINESE.search(str(unit)) for title, _, unit in sheets["投资组合"])


def test_holdings_in_a_folder_are_found(tmp_path: Path) -> None:
    assert find_holdings(tmp_path) is None
    (tmp_path / "portfolio.yaml").write_text("name: Portfolio plc\nfigures: {}\n", "utf-8")
    assert find_holdings(tmp_path) is None
    (tmp_path / "portfolio.yaml").write_text("holdings: {one: 3}\n", "utf-8")
    assert find_holdings(tmp_path) == tmp_path / "portfolio.yaml"
    (tmp_path / "holdings.csv").write_text("company,weight\none,3\n", "utf-8")
    assert find_holdings(tmp_path) == tmp_path / "holdings.csv"
