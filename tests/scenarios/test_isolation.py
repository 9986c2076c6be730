"""No code from the current folder is run and no port is open to others: folders from strangers are data only."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT
from writing_commands import COMMANDS, write_inputs

from screener.cli import COMMANDS as screener_commands
from tests.waiting import PATIENCE

PLANTS = ("json", "pickle", "screener/__init__", "multiprocessing/__init__", "sitecustomize", "usercustomize", "click",
          "jinja2/__init__", "numpy/__init__", "numexpr", "distributed/__init__", "_pickle", "signal", "encodings/idna")
RUN_ALL = """
import json, sys
from screener.__main__ import main
from tests.rulebooks_once import load_rulebooks_once
load_rulebooks_once()
failed = []
for words in json.load(sys.stdin):
    sys.argv = ["screener", *words]
    try:
        main()
    except SystemExit as left:
        if left.code:
            failed.append([words, left.code])
print(failed, file=sys.stderr)
sys.exit(1 if failed else 0)
"""


def plant(folder: Path) -> None:
    """Writes modules that leave a trace if they are imported."""
    for name in PLANTS:
        file = folder / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"open({str(folder / 'TRACES')!r}, 'a').write({name + chr(10)!r})\n")


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with inputs and planted modules; the program is elsewhere, as an installed command."""
    folder, program = tmp_path / "stranger", tmp_path / "bin"
    folder.mkdir()
    program.mkdir()
    monkeypatch.chdir(folder)
    write_inputs(folder)
    many = folder / "many"
    many.mkdir()
    for n in range(24):
        (many / f"{n}.json").write_text(json.dumps({"name": f"Company {n}"}))
    plant(folder)
    (program / "screener").write_text(RUN_ALL)
    return folder


def run_all(folder: Path, commands: list[list[str]], **env: str) -> subprocess.CompletedProcess[str]:
    program = folder.parent / "bin" / "screener"
    known = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    known |= {"PYTHONPATH": str(ROOT), **env}
    return subprocess.run([sys.executable, str(program)], input=json.dumps(commands), env=known, cwd=folder, text=True,
                          capture_output=True, check=False, timeout=PATIENCE)


def test_no_command_imports_from_the_current_folder(hostile: Path) -> None:
    commands = [["out" if word == "OUT" else word for word in words] for words, _ in COMMANDS.values()]
    commands = [[f"out{n}.yaml" if word == "out" else word for word in words] for n, words in enumerate(commands)]
    commands += [
        ["run", str(FIXTURES / "groq.json"), "--templates", str(ROOT / "examples/custom-templates"), "-q"],
        ["run", "many", "--format", "html,csv,parquet", "-j", "2", "--out", "pooled", "-q"],
        ["run", "t.csv", "--map", "m.yaml", "--out", "table", "-q"],
        ["try", str(ROOT / "rules/classic/slow-repayment.yaml"), str(FIXTURES / "groq.json")],
        ["rules", "test", "-k", "leverage-versus-revenue"],
        ["rules", "packs"],
        ["version"],
        ["mcp"],  # whose standard input has ended
    ]
    tried = {words[0] for words in commands}
    assert tried == set(screener_commands) - {"serve"}  # which the next test starts
    done = run_all(hostile, commands)
    assert done.returncode == 0, done.stderr
    assert not (hostile / "TRACES").exists(), (hostile / "TRACES").read_text()


def test_the_server_imports_nothing_from_the_current_folder(hostile: Path) -> None:
    pytest.importorskip("starlette", reason="the extra serve is not installed")
    program = hostile.parent / "bin" / "screener"
    program.write_text("from screener.__main__ import main\nmain()\n")
    known = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    words = [sys.executable, str(program), "serve", ".", "--port", "0", "--config", "none"]
    with subprocess.Popen(words, env={**known, "PYTHONPATH": str(ROOT)}, cwd=hostile, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), address
            with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address, timeout=PATIENCE) as page:
                assert b"<html" in page.read()
        finally:
            server.terminate()
            server.wait(PATIENCE)
    assert not (hostile / "TRACES").exists(), (hostile / "TRACES").read_text()


def test_the_plants_would_be_found(hostile: Path) -> None:
    """Checks that the test above can fail."""
    subprocess.run([sys.executable, "-c", "import json, numexpr"], cwd=hostile, check=False, capture_output=True)
    assert "json" in (hostile / "TRACES").read_text()


LISTENING = """
import os, re, sys, threading, time
from pathlib import Path

def sockets():
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.add(fields[9])
    ours = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if match := re.match(r"socket:\\[(\\d+)\\]", target):
            ours.add(match[1])
    return found & ours

from screener.runs import dask_cluster
real = dask_cluster.DaskCluster.map
def watched(self, *given):
    print("workers", len(self._client.nthreads()), "listening", len(sockets()), file=sys.stderr)
    return real(self, *given)
dask_cluster.DaskCluster.map = watched
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="the tables of sockets of Linux")
def test_a_scheduler_on_this_machine_opens_no_port_and_imports_nothing_from_here(hostile: Path) -> None:
    pytest.importorskip("distributed")
    program = hostile.parent / "bin" / "screener"
    program.write_text(LISTENING + RUN_ALL)
    done = run_all(hostile, [["run", "many", "--scheduler", "local", "-j", "2", "--out", "dask", "-q"]])
    assert done.returncode == 0, done.stderr
    assert "workers 2 listening 0" in done.stderr
    assert len(list((hostile / "dask").glob("company-*.html"))) == 24
    assert not (hostile / "TRACES").exists(), (hostile / "TRACES").read_text()
