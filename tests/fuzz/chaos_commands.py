"""The other half of `make chaos`: every command that writes is killed at random moments while it does.

After each kill every file in the folder is as it was before the command, or as an undisturbed command leaves it; what is unfinished
has a name that says so. A database is whole, and the command that is given again ends as if nobody had disturbed it. What `serve`
acknowledged is kept by tests/unit/serve/test_serve_process.py.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from screener.io.atomic import UNFINISHED
from tests.scenarios.writing_commands import COMMANDS, write_inputs

ROOT = Path(__file__).parents[2]
FIXTURES, TABLE = str(ROOT / "fixtures"), ["--map", "m.yaml"]
FOLDERS = {
    "run table": ["run", "t.csv", *TABLE, "--out", "OUT", "--format", "html,csv,xlsx"],
    "run folder": ["run", FIXTURES, "--out", "OUT", "--format", "html,json,md"],
    "import table": ["import", "table", "t.csv", *TABLE, "-o", "OUT/"],
}
DATABASES = {
    "run with a database": ["run", FIXTURES, "--out", "reports", "--db", "OUT"],
    "portfolio with a database": ["portfolio", FIXTURES, "--db", "OUT"],
}


def start(words: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "screener", *words, *([] if "--db" in words else ["--force"])]
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=quiet, stderr=quiet, env=environment)


def written(folder: Path) -> dict[str, bytes]:
    """Returns what a reader of a folder sees: neither unfinished files nor the journal of a run."""
    files = (path for path in folder.rglob("*") if path.is_file())
    shown = {str(path.relative_to(folder)): path for path in files}
    hidden = (UNFINISHED, ".screener")
    return {name: path.read_bytes() for name, path in shown.items() if not any(part.startswith(hidden) for part in Path(name).parts)}


def runs_in(database: Path) -> list[tuple[object, ...]]:
    """Returns the runs in a database if it is intact."""
    if not database.exists():
        return []
    with sqlite3.connect(database) as opened:
        if opened.execute("pragma integrity_check").fetchone() != ("ok",):
            raise SystemExit(f"FAULT {database.name} is damaged")
        tables = {name for (name,) in opened.execute("select name from sqlite_master where type = 'table'")}
        return opened.execute("select * from run").fetchall() if "run" in tables else []


def kill_one(rnd: random.Random, name: str, words: list[str], folder: Path, right: dict[str, bytes], takes: float) -> str:
    """Runs a command and kills it; returns the fault that it left, if any."""
    before = written(folder)
    process = start(words, folder)
    try:
        process.wait(rnd.uniform(0.2, 1.0) * takes)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if name in DATABASES:
        runs_in(folder / "OUT")
        return ""
    for file, content in written(folder).items():
        if content not in (before.get(file), right.get(file)):
            return f"{file} is neither as before nor as {name} writes it"
    if lost := set(before) - set(written(folder)):
        return f"{sorted(lost)} are gone"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rnd, seen, began = random.Random(given.seed), Counter[str](), time.monotonic()
    commands = {name: words for name, (words, _) in COMMANDS.items() if name != "import filing"} | FOLDERS | DATABASES
    with tempfile.TemporaryDirectory() as place:
        inputs = Path(place) / "inputs"
        inputs.mkdir()
        os.chdir(inputs)
        write_inputs(inputs)
        while sum(seen.values()) < given.kills:
            for name in rnd.sample(sorted(commands), len(commands)):
                folder = Path(place) / f"{len(seen)}-{sum(seen.values())}"
                subprocess.run(["cp", "-r", str(inputs), str(folder)], check=True)
                before = time.monotonic()
                code = start(commands[name], folder).wait()
                takes, right = time.monotonic() - before, written(folder)
                subprocess.run(["rm", "-rf", str(folder)], check=True)
                subprocess.run(["cp", "-r", str(inputs), str(folder)], check=True)
                for _ in range(2):
                    if fault := kill_one(rnd, name, commands[name], folder, right, takes):
                        print(f"FAULT {name}: {fault}")
                        return 1
                    seen[name] += 1
                again = start(commands[name], folder).wait()
                ended = written(folder)
                if name not in DATABASES and (again != code or ended != right):
                    print(f"FAULT {name}: given again it ends with {again}, not {code}, or leaves other files: {sorted(set(ended) ^ set(right))}")
                    return 1
                if name in DATABASES and (again != code or not runs_in(folder / "OUT")):
                    print(f"FAULT {name}: given again it ends with {again}, not {code}, or its run is not stored")
                    return 1
                subprocess.run(["rm", "-rf", str(folder)], check=True)
                if sum(seen.values()) >= given.kills:
                    break
    print(f"{sum(seen.values())} kills of {len(seen)} commands: each file whole; {time.monotonic() - began:.0f} s, seed {given.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
