"""Measures whether the tests notice faults: a seeded sample of mutants of the core packages, each against the tests of its package.

cosmic-ray makes the mutants, in a copy of the checkout. Those that the tests of their package do not notice are listed; most of
them are equivalent to the original or change what only whole-run tests see, which the list is there to decide.

Usage: python tools/mutants.py [--number 300] [--seed 1] [--jobs 2] [--list SURVIVORS.txt]
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from cosmic_ray.commands import init
from cosmic_ray.modules import find_modules
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome, WorkItem

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "expression": "tests/unit/expression tests/unit/facts tests/unit/engine/test_engines.py",
    "facts": "tests/unit/facts tests/unit/engine/test_engines.py tests/unit/explain",
    "scoring": "tests/unit/scoring tests/unit/explain tests/unit/validation",
    "explain": "tests/unit/explain tests/unit/result tests/golden",
    "engine": "tests/unit/engine tests/fuzz/test_engines_agree.py",
}
"""The packages that are mutated, and the tests that have to notice it."""
SECONDS = 300  # for the tests of one mutant: what runs longer has been noticed, too
COPIED = (
    *("screener", "tests", "rules", "templates", "fixtures", "examples", "seeds", "docs", "bench"),
    *("pyproject.toml", "README.md"),
)


ONE = """
import json, sys
from pathlib import Path
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_item import MutationSpec
path, operator, occurrence, arguments, command, seconds = sys.argv[1:]
spec = MutationSpec(Path(path), operator, int(occurrence), (1, 0), (1, 1), json.loads(arguments))
result = mutate_and_test([spec], command, float(seconds))
print(result.test_outcome.value if result.test_outcome else "incompetent")
print(result.diff or "")
"""
"""Makes one mutant in the current folder and tests it: a process for each, so that imports are the copy's."""


class Judged(NamedTuple):
    """A mutant, and whether a test noticed it."""

    package: str
    place: str
    operator: str
    noticed: bool
    diff: str


def main() -> None:
    """Runs the sample and prints the score of each package."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--number", type=int, default=300, help="how many mutants, spread over the packages by their size"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", type=Path, help="a file for the mutants that were not noticed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        sample = sorted(_sample(Path(folder), options.number, options.seed), key=lambda pair: pair[1].job_id)
        copies = [_copy(Path(folder) / f"checkout-{job}") for job in range(options.jobs)]
        with ThreadPoolExecutor(options.jobs) as pool:
            parts = pool.map(_judge_all, copies, [sample[job :: options.jobs] for job in range(options.jobs)])
            judged = [one for part in parts for one in part]
    _report(judged, options.list)
    sys.exit(0 if judged else 1)


def _copy(target: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        target.mkdir(parents=True, exist_ok=True)
        copy(source, target / name)
    return target


def _sample(folder: Path, number: int, seed: int) -> list[tuple[str, WorkItem]]:
    """Work items of all packages, drawn without replacement; not those of `|`, which stands in annotations as a rule."""
    found: list[tuple[str, WorkItem]] = []
    for package in TESTS:
        with closing(WorkDB(str(folder / f"{package}.sqlite"), WorkDB.Mode.create)) as database:
            init(find_modules([ROOT / "screener" / package]), database, {})
            found.extend(
                (package, item) for item in database.work_items if "BitOr" not in item.mutations[0].operator_name
            )
    found.sort(key=lambda pair: str(pair[1].mutations))
    return Random(seed).sample(found, min(number, len(found)))


def _judge_all(checkout: Path, sample: list[tuple[str, WorkItem]]) -> list[Judged]:
    return list(_judge(checkout, sample))


def _judge(checkout: Path, sample: list[tuple[str, WorkItem]]) -> Iterator[Judged]:
    for done, (package, item) in enumerate(sample, 1):
        (mutation,) = item.mutations
        relative = Path(mutation.module_path).resolve().relative_to(ROOT)
        command = f"{sys.executable} -m pytest -x -q -n 0 -p no:cacheprovider {TESTS[package]}"
        arguments = [mutation.operator_name, str(mutation.occurrence), json.dumps(dict(mutation.operator_args or {}))]
        run = subprocess.run(
            [sys.executable, "-c", ONE, str(relative), *arguments, command, str(SECONDS)],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        outcome, _, diff = run.stdout.partition("\n")
        place = f"{relative}:{mutation.start_pos[0]}"
        if outcome == TestOutcome.INCOMPETENT.value or run.returncode:
            continue  # not a program
        judged = Judged(package, place, mutation.operator_name, outcome != TestOutcome.SURVIVED.value, diff)
        print(
            f"{done}/{len(sample)} {'noticed    ' if judged.noticed else 'NOT NOTICED'} {place} {mutation.operator_name}",
            flush=True,
        )
        yield judged


def _report(judged: list[Judged], listing: Path | None) -> None:
    survivors = [one for one in judged if not one.noticed]
    for package in TESTS:
        own = [one for one in judged if one.package == package]
        if own:
            noticed = sum(one.noticed for one in own)
            print(f"{package}: {noticed} of {len(own)} noticed ({noticed / len(own):.0%})")
    print(
        f"all: {len(judged) - len(survivors)} of {len(judged)} noticed ({1 - len(survivors) / max(len(judged), 1):.1%})"
    )
    if listing is not None:
        text = "\n".join(f"{one.place} {one.operator}\n{one.diff}\n" for one in sorted(survivors))
        listing.write_text(text or "none\n", "utf-8")


if __name__ == "__main__":
    main()
