"""Peers from a run or a table: the same bytes for any order, number of processes and resumption."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from commands import ROOT, Done, screener

COUNT = 8
ROWS = [
    (f"c{n}", 100 * (n + 1), 20 * n + 5, (n % 4 - 1) * 10, "software" if n % 2 else "hardware") for n in range(COUNT)
]


@pytest.fixture
def companies(here: Path) -> Path:
    """Returns eight companies as profiles, and the same companies as a table with its map."""
    folder = here / "companies"
    folder.mkdir()
    for id_, revenue, debt, profit, sector in ROWS:
        figures = {"revenue": revenue, "total_debt": debt, "net_income": profit}
        (folder / f"{id_}.json").write_text(json.dumps(profile(id_, figures, sector)), "utf-8")
    lines = ["id,sector,revenue,debt,profit", *(f"{i},{s},{r},{d},{p}" for i, r, d, p, s in ROWS)]
    (here / "table.csv").write_text("\n".join(lines), "utf-8")
    figures = "revenue: {figure: revenue}, debt: {figure: total_debt}, profit: {figure: net_income}"
    map_text = (
        f"id: {{column: id}}\nname: {{column: id}}\nsector: {{column: sector}}\ncurrency: USD\ncolumns: {{{figures}}}\n"
    )
    (here / "map.yaml").write_text(map_text, "utf-8")
    return folder


def profile(id_: str, figures: dict[str, float], sector: str) -> dict[str, Any]:
    return {"id": id_, "name": id_.upper(), "sector": sector, "currency": "USD", "figures": figures}


def run(*words: str, out: str) -> Done:
    done = screener("run", *words, "--format", "html,json", "--out", out, "-q")
    assert (done.code, done.err) == (0, "")
    return done


def results(folder: str) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_bytes()) for path in Path(folder).glob("*.json")}


def written(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


def standing(result: dict[str, Any], measure: str, sector: str | None = None) -> dict[str, Any] | None:
    found = result["peers"]["standings"]
    return next((s for s in found if s["measure"] == measure and s["sector"] == sector), None)


def test_ranks_within_a_run(companies: Path) -> None:
    run("companies", out="out")
    found = results("out")
    ratios = {i: debt / revenue for i, revenue, debt, _, _ in ROWS}
    for id_, ratio in ratios.items():
        own = standing(found[id_], "debt_to_revenue")
        assert own is not None
        assert (own["peers"], own["rank"]) == (COUNT - 1, 1 + sum(other > ratio for other in ratios.values()))
    assert standing(found["c0"], "debt_to_revenue", "hardware") is None  # four companies: the sector above has all
    page = Path("out/c7.html").read_text("utf-8")
    assert "7 other companies of this run" in page
    assert "worst of 8" in page


def test_order_and_processes_change_nothing(companies: Path) -> None:
    run("companies", out="one")
    run(*sorted(map(str, companies.iterdir()), reverse=True), "-j", "2", out="two")
    assert {n: b for n, b in written("one").items() if n != "index.html"} == {
        n: b for n, b in written("two").items() if n != "index.html"
    }


def test_a_changed_company_changes_the_reports_of_its_peers(companies: Path) -> None:
    run("companies", "--resume", out="out")
    kept = screener("run", "companies", "--resume", "--format", "html,json", "--out", "out")
    assert "8 of 8 profiles are unchanged" in kept.err
    changed = json.dumps(profile("c7", {"revenue": 800, "total_debt": 1, "net_income": 20}, "software"))
    (companies / "c7.json").write_text(changed, "utf-8")
    run("companies", "--resume", out="out")
    run("companies", out="fresh")
    assert written("out") == written("fresh")


def test_a_run_that_was_stopped_goes_on(companies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("companies", "--resume", out="out")
    for name in ("c3.html", "c5.json"):
        (Path("out") / name).unlink()
    run("companies", "--resume", out="out")
    run("companies", out="fresh")
    assert written("out") == written("fresh")


def test_a_table_gives_the_peers_that_its_companies_are_to_each_other(companies: Path) -> None:
    run("table.csv", "--map", "map.yaml", out="table")
    run("companies", "--peers", "table.csv", "--peers-map", "map.yaml", out="profiles")
    run("companies", out="run")
    by_table, by_profile, by_run = results("table"), results("profiles"), results("run")
    assert len(by_table) == COUNT
    for id_, result in by_table.items():
        assert result["peers"] == by_profile[id_]["peers"]
        assert result["peers"]["table"] == "table.csv"
        assert result["peers"]["standings"] == by_run[id_]["peers"]["standings"]


def test_one_company_against_a_table(companies: Path) -> None:
    done = screener(
        "run", str(companies / "c7.json"), "--peers", "table.csv", "--peers-map", "map.yaml", "--lang", "zh"
    )
    assert done.code == 0
    page = Path("reports/c7.html").read_text("utf-8")
    assert "table.csv 中的 7 家公司" in page
    assert "8 家中最差" in page


def test_few_companies_have_no_ranks(companies: Path) -> None:
    (companies / "c0.json").unlink()
    (companies / "c1.json").unlink()
    (companies / "c2.json").unlink()
    run("companies", out="few")
    assert [result["peers"]["companies"] for result in results("few").values()] == [4] * 5
    assert not any(result["peers"]["standings"] for result in results("few").values())
    run("companies", "--peers", "none", out="none")
    assert all(result["peers"] is None for result in results("none").values())


def test_what_can_not_be_compared_is_stated(companies: Path) -> None:
    assert "neither a table" in screener("run", "companies", "--peers", "nobody").err
    assert "name the table with --peers" in screener("run", "companies", "--peers-map", "map.yaml").err
    assert "reads each profile twice" in screener("run", "-", "--peers", "run", stdin="{}").err
    assert "no such file" in screener("run", "companies", "--peers", "no.csv", "--peers-map", "map.yaml").err


def test_the_nearest_peers_are_named(here: Path) -> None:
    run("fixtures", out="out")
    named = results("out")["oracle"]["peers"]["named"]
    assert [peer["ticker"] for peer in named] == ["MSFT", "NVDA", "ADBE"]
    assert dict(named[1]["values"])["debt_to_revenue"] == pytest.approx(8.463 / 130.497, rel=1e-3)


def test_pages_are_linked_to_the_index_and_to_those_of_parties(here: Path) -> None:
    folder = here / "linked"
    folder.mkdir()
    buyer = {"id": "con", "name": "Con", "figures": {"net_income": -1}}
    seller = {
        "id": "seller",
        "name": "Seller",
        "customers": [{"party": "con", "share_of_revenue": 0.6}, {"party": "elsewhere", "share_of_revenue": 0.1}],
        "suppliers": [{"party": "con"}],
    }
    for data in (buyer, seller):
        (folder / f"{data['id']}.json").write_text(json.dumps(data), "utf-8")
    run("linked", out="out")
    related = results("out")["seller"]["peers"]["related"]
    verdict = results("out")["con_"]["verdict"]["word"]
    assert [(r["id"], r["how"], r["verdict"]) for r in related] == [("con", ["customer", "supplier"], verdict)]
    page = Path("out/seller.html").read_text("utf-8")
    links = {href for href in re.findall(r'<a href="([^"#]*)', page) if href and "/" not in href}
    assert links == {"index.html", "con_.html"}
    assert links < set(written("out"))
    run(str(folder / "seller.json"), out="alone")
    assert "index.html" not in Path("alone/seller.html").read_text("utf-8")


def test_a_company_has_the_same_colour_on_the_pages_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amber if its verdict is good and a critical flag fired; also if the run is resumed from a journal."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "fixtures", "nine", ignore=shutil.ignore_patterns("later", "*.md"))
    for _ in range(2):
        run("nine", "--resume", out="out")
        result = json.loads(Path("out/oracle.json").read_text("utf-8"))
        assert {r["id"]: r["critical"] for r in result["peers"]["related"]} == {"nvidia": True, "openai": True}
        nav = Path("out/oracle.html").read_text("utf-8").partition("<nav")[2].partition("</nav>")[0]
        assert '<span class="i medium eye">Worth following</span>' in nav
        Path("out/oracle.html").unlink()
