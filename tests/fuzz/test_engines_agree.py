"""Compares the engines on random rulebooks and profiles, in separate processes: a crash counts as a failure."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

CASES = int(os.environ.get("SCREENER_FUZZ_CASES", "2100"))
WORKERS = 3
ROOT = Path(__file__).parents[2]


def tally(folder: Path) -> Counter[str]:
    """Counts the outcomes over all workers."""
    report = folder / "case.json"
    total: Counter[str] = Counter()
    for seed in range(WORKERS):
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.fuzz.worker", "--seed", str(seed), "--cases", str(-(-CASES // WORKERS))]
        run = subprocess.run(
            [*command, "--report", str(report)], capture_output=True, text=True, cwd=ROOT, timeout=max(300, CASES / 5)
        )
        if run.returncode:
            why = f"killed by signal {-run.returncode}" if run.returncode < 0 else "disagreed or failed"
            case = report.read_text("utf-8") if report.exists() else "(none was begun)"
            pytest.fail(f"the worker of seed {seed} {why}\n{run.stdout}{run.stderr}\nThe case:\n{case}", pytrace=False)
        total.update(json.loads(run.stdout))
    return total


@pytest.mark.slow
def test_both_engines_say_the_same(tmp_path: Path) -> None:
    seen = tally(tmp_path)
    assert seen["cases"] >= CASES
    # The cases reach every outcome: a generator that makes every rule clear would agree with anything.
    decided = sum(seen[outcome] for outcome in ("TRUE", "UNKNOWN", "FALSE", "NOT APPLICABLE"))
    for outcome in ("TRUE", "UNKNOWN", "FALSE", "NOT APPLICABLE"):
        assert seen[outcome] > decided * 0.03, f"{outcome}: {seen[outcome]} of {decided}"
