"""Every script of bench/ runs on a tiny input, so that none becomes outdated. Nothing is timed."""

import importlib
import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.importers.filings import document, fact

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "bench"
SCRIPTS = sorted(path.stem for path in BENCH.glob("*.py"))


@pytest.fixture(autouse=True)
def _path_of_scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets scripts import each other by base name, as on the command line, and unloads their modules afterwards."""
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    before = {name: sys.modules.pop(name) for name in SCRIPTS if name in sys.modules}
    yield
    for name in SCRIPTS:
        sys.modules.pop(name, None)
    sys.modules.update(before)


def script(name: str) -> Any:
    return importlib.import_module(name)


def run_script(monkeypatch: pytest.MonkeyPatch, name: str, *words: str) -> None:
    """Runs a script in this process, as from its command line."""
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *words])
    runpy.run_path(str(BENCH / f"{name}.py"), run_name="__main__")


@pytest.fixture
def filings(tmp_path: Path) -> Path:
    """Returns a folder with one companyfacts document."""
    folder = tmp_path / "filings"
    folder.mkdir()
    year = "2024-01-01/2024-12-31"
    of_year = [fact(tag, value, year, "2025-02-20") for tag, value in (("Revenues", 900.0), ("NetIncomeLoss", 50.0))]
    made = document(*of_year, fact("Assets", 1000.0, "2024-12-31", "2025-02-20"))
    (folder / "CIK0000000009.json").write_text(json.dumps(made.data), "utf-8")
    return folder


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_can_be_imported(name: str) -> None:
    if name == "report":
        pytest.importorskip("playwright")
    assert script(name)


def test_the_engines_find_the_same_flags() -> None:
    peers = script("peers")
    found = {engine: peers.measure_one(engine, size=3, tests=20, members=3) for engine in peers.installed()}
    assert {"screener", "screener, on columns", "durable_rules alone", "plain Python"} <= set(found)
    assert len({row["digest"] for row in found.values()}) == 1
    assert all(row["flags"] > 0 for row in found.values())


def test_an_engine_runs_in_a_process_of_its_own() -> None:
    assert script("peers").apart("plain Python", 2)["flags"] > 0


def test_companies_stream_through_the_engine() -> None:
    assert [done for done, _, _ in script("stream").measure([2, 3])] == [2, 3]


@pytest.mark.slow
def test_many_profiles_are_written_alike_in_every_way() -> None:
    rows = list(script("many").measure(10, "ai-era", dask=False))
    assert len({digest for *_, digest in rows if digest}) == 1


def test_two_checkouts_are_compared(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    many = script("many")
    monkeypatch.setattr(many, "TURNS", 1)
    many.compare(1, "ai-era", ROOT)
    assert "median" in capsys.readouterr().out


def test_a_market_with_lists_is_screened(tmp_path: Path) -> None:
    market = script("market")
    path = tmp_path / "universe.parquet"
    market.write_universe(20, path, ("ai-era",))
    assert market.write_lists(path, ("ai-era",)) > 0
    found = market.measure_one(str(path), ["ai-era"], jobs=1, findings=True)
    assert found["companies"] == 20


@pytest.mark.parametrize("listed", [False, True])
def test_columns_and_engine_agree(listed: bool) -> None:
    assert script("market").differences(4, ("ai-era",), listed) == 0


def test_pages_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = script("pages")
    monkeypatch.setattr(pages, "FACTORS", (1,))
    assert all(seconds > 0 for seconds in pages.make(2))


def test_the_budgets_of_pages_are_listed() -> None:
    pytest.importorskip("playwright")
    report = script("report")
    measured = report.Measured(
        raw=1000, gzipped=100, css=10, script=10, requests=0, nodes=9, paint=1.0, throttled=2.0, axe=0
    )
    pages = {"en/oracle": measured, "en/index": measured, "en/hundred/index": measured}
    text = report.text(pages, report.table(pages, report.rendering(1)), 1, "0")
    assert "rendering, after a first page" in text


def test_a_start_is_measured() -> None:
    start_up = script("start_up")
    assert start_up.seconds([sys.executable, "-c", start_up.LAZILY + start_up.IMPORTS]) > 0


def test_a_saved_rule_is_tried_again() -> None:
    example, profile = ROOT / "examples/my-rules/capital-intensity.yaml", ROOT / "fixtures/oracle.json"
    command = [sys.executable, BENCH / "try_loop.py", "1", example, profile]  # in a separate process, since an alarm ends it
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 profiles, 1 saves" in done.stdout


def test_a_universe_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run_script(monkeypatch, "universe", "5", str(tmp_path / "u.parquet"))
    assert (tmp_path / "u.parquet").stat().st_size > 0
    universe = script("universe")
    assert len(list(universe.profiles(script("peers")._program(1).catalogue, 3))) == 3


def test_a_sample_of_filings_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_script(monkeypatch, "dataset_sample", "2", str(tmp_path / "sample"), "--notes")
    assert (tmp_path / "sample/num.tsv").exists()
    run_script(monkeypatch, "dataset", "3")
    shown = capfd.readouterr().out
    assert "failed" not in shown
    assert len(shown.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("decided", ["--rules", "--figures"], "1 profiles: of the applicable rules"),
        ("verdicts", ["--list", "--sector", "software"], "non-financial: 1 companies"),
    ],
)
def test_filings_are_counted(
    name: str, words: list[str], message: str, filings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    run_script(monkeypatch, name, str(filings), "--pack", "core", *words)
    assert message in capsys.readouterr().out


def test_all_results_are_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests the report of `make bench` with invented figures, since its parts are tested above."""
    every = script("all")
    row = {"rate": 10.0, "peak": 1.0, "flags": 1, "digest": "0"}
    market_row = {"rules": 1, "wall": 1.0, "processor": 1.0, "peak": 1.0}

    def apart(engine: str, size: int, *_: int) -> dict[str, Any]:
        return {**row, "engine": engine, "size": size}

    monkeypatch.setattr(every.peers, "apart", apart)
    monkeypatch.setattr(every.peers, "installed", lambda: list(every.peers.ENGINES))
    monkeypatch.setattr(every.start_up, "measure", lambda runs: {"report": 1, "imports": 1, "ratio": 1, "help": 1})
    monkeypatch.setattr(every.pages, "measure", lambda pages: {"processor": 1, "oracle": 1})
    monkeypatch.setattr(every.many, "measure", lambda *_, **__: [("-j 1", 1.0, 1.0, 1.0, "0")])
    monkeypatch.setattr(every.market, "apart", lambda *_, **__: market_row)
    monkeypatch.setattr(every.market, "write_universe", lambda rows, path, packs: path.touch())
    monkeypatch.setattr(every.market, "write_lists", lambda *_: 1)
    monkeypatch.setattr(every.market, "differences", lambda *_: 0)
    monkeypatch.setattr(every.stream, "measure", lambda sizes: [(size, 1.0, 1.0) for size in sizes])
    monkeypatch.setattr(sys, "argv", ["all.py", "--peers", "2", "--out", str(tmp_path / "RESULTS.md")])
    every.main()
    assert "All engines find the same flags." in (tmp_path / "RESULTS.md").read_text("utf-8")
