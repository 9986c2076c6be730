"""Runs on a cluster: a Dask scheduler and two workers, one of them killed, give the bytes of a single process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ROOT, process, screener

from screener.facts.neighbours import Neighbourhood
from screener.runs.dask_cluster import ClusterPart, group_by_context
from screener.screening import Screener
from tests.waiting import PATIENCE, wait_until

distributed = pytest.importorskip("distributed")
COMPANIES = 24


@pytest.fixture
def market(here: Path) -> Path:
    """Writes companies that pay each other in rings of four, their context, a broken file, and an id that occurs twice."""
    for folder in ("market", "others", "small"):
        (here / folder).mkdir()
    for n in range(COMPANIES):
        ring = n // 4 * 4
        flow = {"from": f"c{n}", "to": f"c{ring + (n + 1) % 4}", "what": "invests", "amount": 1e9 + n}
        figures = {"revenue": 1e9, "total_debt": n * 1e8}
        whole = {"name": f"Company {n}", "id": f"c{n}", "as_of": "2026-02-06", "currency": "USD", "figures": figures, "flows": [flow]}
        (here / "market" / f"{n:03}.json").write_text(json.dumps(whole), "utf-8")
        (here / "others" / f"{n:03}.json").write_text(json.dumps(whole), "utf-8")
    (here / "market" / "020-twin.json").write_text(json.dumps({"name": "Twin", "id": "c3"}), "utf-8")
    (here / "market" / "broken.json").write_text("{", "utf-8")
    (here / "small" / "pack.yaml").write_text('name: small\nversion: "1"\ntitle: {en: Small, zh: 小}\n', "utf-8")
    for rule in ("leverage-versus-revenue", "circular-financing"):
        (here / "small" / f"{rule}.yaml").write_text((ROOT / f"rules/ai-era/{rule}.yaml").read_text("utf-8"), "utf-8")
    return here


WORDS = ("run", "market", "--with", "others", "--pack", "small", "--format", "html,json,csv,parquet", "-q")


def written(folder: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in Path(folder).iterdir() if p.is_file()}


@pytest.fixture
def workers(here: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Returns the address of a scheduler with two workers."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env, "start_new_session": True}
    file = here / "scheduler.json"
    run = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen([*run, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                                  "--scheduler-file", str(file)], **quiet)  # type: ignore[call-overload]
    worker = [*run, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
              "--local-directory", str(here / "dask")]
    found = [subprocess.Popen(worker, **quiet) for _ in range(2)]  # type: ignore[call-overload]
    try:
        wait_until(lambda: file.exists() and file.read_text().rstrip().endswith("}"), scheduler)
        address = json.loads(file.read_text())["address"]
        with distributed.Client(address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield address, found
    finally:
        for started in (*found, scheduler):
            os.killpg(started.pid, signal.SIGKILL)  # the nannies' children, too
            started.wait()


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(market: Path, workers: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    address, (one, _) = workers
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-m", "screener", *WORDS, "--out", "there", "--scheduler", address],
                               env=env, stderr=subprocess.PIPE)
    wait_until(lambda: len(list(Path("there").glob("*.json"))) >= 5, running)
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(one.pid)], capture_output=True, text=True, check=False)
    for pid in (*map(int, children.stdout.split()), one.pid):  # the nanny's child does the work
        os.kill(pid, signal.SIGKILL)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 3
    here = process(*WORDS, "--out", "here")
    assert sorted(err.decode().splitlines()) == sorted(here.err.splitlines())
    assert "the id 'c3' is also that of market/003.json" in here.err
    assert written("there") == written("here")
    assert len(written("here")) == COMPANIES * 2 + 5
    assert b"circular" in Path("here/c7.html").read_bytes()
    kept = process(*WORDS[:-1], "--out", "there", "--resume", "--scheduler", address)
    assert f"{COMPANIES} of {COMPANIES + 2} profiles are unchanged, as are the rules and options" in kept.err
    assert written("there") == written("here")


@pytest.mark.slow
def test_a_cluster_on_this_machine(market: Path) -> None:
    words = (*WORDS, "-j", "2")
    clustered = process(*words, "--out", "there", "--scheduler", "local")
    assert clustered.code == 3
    process(*words, "--out", "here")
    assert written("there") == written("here")


def test_no_scheduler(market: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screener.runs.dask_cluster._CONNECT", 0.5)
    done = screener(*WORDS, "--out", "out", "--scheduler", "tcp://127.0.0.1:1")
    assert done.code == 4
    assert done.errors[-1].startswith("tcp://127.0.0.1:1: no scheduler with a worker answers")
    assert screener("run", "market", "--out", "-", "--format", "json", "--scheduler", "local").code == 2


def test_a_scheduler_that_does_not_start(market: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(jobs: int) -> None:
        raise RuntimeError("no more threads")

    monkeypatch.setattr("screener.runs.dask_cluster._workers_in_this_process", fail)
    done = screener(*WORDS, "--out", "out", "--scheduler", "local")
    assert (done.code, done.out) == (4, "")
    assert done.errors[-1].startswith("local: no scheduler with a worker answers: no more threads; ")


def test_what_belongs_together_stays_together() -> None:
    def item(n: int, *roots: str) -> tuple[tuple[int, str], frozenset[str]]:
        return (n, str(n)), frozenset(roots)

    items = [item(0, "a"), item(1), item(2, "b"), item(3, "a", "c"), item(4, "c"), item(5, "b"), item(6), item(7, "d")]
    parts = list(group_by_context(items, 4))
    assert sorted(i for p in parts for i in p.items) == [i for i, _ in items]
    assert all(len(p.items) <= 4 for p in parts)
    where = {n: i for i, p in enumerate(parts) for n, _ in p.items}
    assert where[0] == where[3] == where[4]
    assert where[2] == where[5]
    assert parts[where[0]].roots >= {"a", "c"}


def test_a_giant_part_is_split_and_each_piece_has_the_context_that_it_needs() -> None:
    items = [((n, str(n)), frozenset({f"r{n // 10}", f"r{n // 10 + 1}"})) for n in range(95)]
    parts = list(group_by_context(items, 20))
    assert [len(p.items) for p in parts] == [20, 20, 20, 20, 15]
    needed = dict(items)
    assert all(needed[i] <= p.roots for p in parts for i in p.items)
    assert all(isinstance(p, ClusterPart) and len(p.roots) <= 4 for p in parts)


def test_context_that_has_nothing_to_do_with_a_company_changes_nothing(market: Path) -> None:
    """A worker's part of the context gives the results of the whole; payments among other companies are not shown."""
    judge = Screener.load(packs=["small"])
    others = judge.context([f"others/{n:03}.json" for n in range(16)])
    near = Neighbourhood(others, judge.rulebook.catalogue)
    for n in (1, 7, 14):
        profile = judge.profile(f"market/{n:03}.json")
        around = near.around(profile)
        assert [p.id for p in around] == [f"c{n // 4 * 4 + i}" for i in range(4)]
        found, whole = judge.assess(profile, around), judge.assess(profile, others)
        assert (found.findings, found.score, found.inputs) == (whole.findings, whole.score, whole.inputs)
        assert [f.outcome for f in found.findings if f.rule == "circular-financing"] == ["fired"]
        assert set(found.flows) == {f for f in whole.flows if f.payer in {p.id for p in around}}
