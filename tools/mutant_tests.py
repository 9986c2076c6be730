"""Runs chosen tests of a checkout in a forked process for tools/mutants.py, to find the lines that each test executes or a failure.

A process that has already imported pytest, hypothesis, numpy and the other packages is forked for each run, which saves their
import. The fork imports the code and the tests of the project from the folder of the checkout.
"""

import contextlib
import importlib
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest
from hypothesis import Phase, settings

PRELOADED = (
    *("numpy", "pandas", "pyarrow", "pyarrow.parquet", "networkx", "lxml.html", "openpyxl", "xlsxwriter", "pydantic"),
    *("jinja2", "yaml"),
)
"""Modules imported before forking, so that the forks do not import them."""
WALL_SECONDS = 1800  # limit for a test that waits forever without using CPU time
FEW_EXAMPLES = 25
"""Number of examples of each property in the first pass and in the measurement of reach."""


class Reach(NamedTuple):
    """The lines that one test executes, and its CPU time, without any mutant."""

    lines: Mapping[str, frozenset[int]]
    """The lines that the test executes, for each file of the package `screener`."""
    seconds: float
    """CPU time of the test, under measurement and with few examples."""


class ReachMap(NamedTuple):
    """The reach of all tests."""

    tests: Mapping[str, Reach]
    shared: Mapping[str, frozenset[int]]
    """Lines that run on import or in fixtures: any test may depend on them."""

    def candidates(self, path: str, lines: frozenset[int]) -> list[str]:
        """Returns the tests that execute one of the lines, the fastest first."""
        found = [name for name, reach in self.tests.items() if lines & reach.lines.get(path, frozenset())]
        return sorted(found, key=lambda name: (self.tests[name].seconds, name))

    def others(self, path: str, lines: frozenset[int]) -> list[str]:
        """Returns other tests that may depend on the lines: all of them if the lines run in fixtures or on import."""
        if not lines & self.shared.get(path, frozenset()):
            return []
        known = set(self.candidates(path, lines))
        return sorted((name for name in self.tests if name not in known), key=lambda name: self.tests[name].seconds)

    def quickest(self, names: Sequence[str], seconds: float) -> list[str]:
        """Returns the first of these tests that together take at most this much CPU time; at least one."""
        return [name for place, name in enumerate(names) if not place or self.seconds(names[: place + 1]) <= seconds]

    def seconds(self, names: Sequence[str]) -> float:
        """Returns the CPU time of these tests together; tests missing from the map count as a minute."""
        return sum(self.tests[name].seconds if name in self.tests else 60.0 for name in names)


def preload() -> None:
    """Imports the packages that the tests need and the project does not contain."""
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class _Chosen:
    """A pytest plugin that runs only the named tests, in order, with a limited number of examples for each property."""

    def __init__(self, names: Sequence[str] | None, examples: int | None) -> None:
        self.rank = None if names is None else {name: place for place, name in enumerate(names)}
        self.examples = examples

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.rank is not None:
            rank = self.rank
            items[:] = sorted((i for i in items if _base(i.nodeid) in rank), key=lambda i: rank[_base(i.nodeid)])
        for item in items:
            _repeatable(getattr(item, "obj", None), self.examples)


def _base(nodeid: str) -> str:
    """Returns the name by which a test is chosen: the file if its tests run other processes, else the single test."""
    path = nodeid.partition("::")[0]
    return path if path in IN_PROCESSES else nodeid


IN_PROCESSES = ("tests/fuzz/test_engines_agree.py",)
"""Tests that run other processes, in which no lines are measured: they may notice any mutant of their package."""


def _repeatable(function: Any, examples: int | None) -> None:
    """Makes hypothesis use the same limited number of examples each time, without shrinking."""
    function = getattr(function, "__func__", function)
    known = getattr(function, "_hypothesis_internal_use_settings", None)
    if known is None:
        return
    number = known.max_examples if examples is None else min(examples, known.max_examples)
    function._hypothesis_internal_use_settings = settings(
        known, max_examples=number, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate, Phase.target)
    )


class _Measured:
    """A pytest plugin that records the lines and the CPU time of each test."""

    def __init__(self, measure: coverage.Coverage) -> None:
        self.measure = measure
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        self.measure.switch_context("")
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.measure.switch_context(item.nodeid)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - started
            self.measure.switch_context("")


def measure_reach(checkout: Path, files: Sequence[str], target: Path, replacing: ReachMap | None = None) -> None:
    """Runs all tests of the files once without a mutant, and writes the lines that they execute to the target.

    With `replacing`, the entries of that map for other tests are written, too.

    Raises:
        RuntimeError: if a test fails, since it would appear to notice every mutant.
    """
    code = _forked(checkout, 86_400.0, _measure, files, target, replacing)
    if code:
        raise RuntimeError(f"the tests fail without any mutant (pytest ended with {code}); see {target.with_suffix('.txt')}")


def read_reach(source: Path) -> ReachMap:
    """Reads the map that `measure_reach` wrote."""
    data = json.loads(source.read_text("utf-8"))
    tests = {
        name: Reach({path: frozenset(lines) for path, lines in known["lines"].items()}, known["seconds"])
        for name, known in data["tests"].items()
    }
    return ReachMap(tests, {path: frozenset(lines) for path, lines in data["shared"].items()})


def _measure(files: Sequence[str], target: Path, replacing: ReachMap | None) -> int:
    measure = coverage.Coverage(data_file=None, include=["screener/*"], config_file=False)
    measured = _Measured(measure)
    measure.start()
    arguments = [*files, *(f"--deselect={name}" for name in IN_PROCESSES)]
    code = _pytest(arguments, [_Chosen(None, FEW_EXAMPLES), measured], target.with_suffix(".txt"))
    measure.stop()
    found = measure.get_data()
    tests: dict[str, dict[str, Any]] = {n: {"lines": {}, "seconds": s} for n, s in measured.seconds.items()}
    shared: dict[str, list[int]] = {}
    for name in sorted(found.measured_files()):
        path = Path(name).relative_to(Path.cwd()).as_posix()
        for line, contexts in found.contexts_by_lineno(name).items():
            for context in contexts:
                lines = tests[context]["lines"].setdefault(path, []) if context else shared.setdefault(path, [])
                lines.append(line)
    if code == pytest.ExitCode.OK:
        for name, known in (replacing.tests if replacing else {}).items():
            if not name.startswith(tuple(files)):
                lines = {path: sorted(of_path) for path, of_path in known.lines.items()}
                tests.setdefault(name, {"lines": lines, "seconds": known.seconds})
        for path, of_path in (replacing.shared if replacing else {}).items():
            shared[path] = sorted({*shared.get(path, ()), *of_path})
        target.write_text(json.dumps({"tests": tests, "shared": shared}), "utf-8")
    return code


def a_test_fails(checkout: Path, names: Sequence[str], examples: int | None, cpu_seconds: float) -> bool:
    """Returns whether one of these tests fails, ends the process or exceeds the CPU time; stops at the first that does."""
    if not names:
        return False
    return _forked(checkout, cpu_seconds, _run, names, examples) != pytest.ExitCode.OK


def _run(names: Sequence[str], examples: int | None) -> int:
    if examples is not None:
        os.environ["SCREENER_FUZZ_CASES"] = str(10 * examples)
    files = sorted({name.partition("::")[0] for name in names})
    return _pytest(["-x", *files], [_Chosen(names, examples)], Path(os.devnull))


def _pytest(arguments: Sequence[str], plugins: Sequence[object], output: Path) -> int:
    with output.open("w", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        sys.path.insert(0, str(Path.cwd()))
        return int(pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", *arguments], plugins=list(plugins)))


def _forked(checkout: Path, cpu_seconds: float, work: Any, *arguments: Any) -> int:
    child = multiprocessing.get_context("fork").Process(target=_child, args=(checkout, cpu_seconds, work, arguments))
    child.start()
    child.join(WALL_SECONDS if cpu_seconds < WALL_SECONDS else None)
    if child.is_alive():
        child.kill()
        child.join()
    return child.exitcode or 0


def _child(checkout: Path, cpu_seconds: float, work: Any, arguments: Sequence[Any]) -> None:
    limit = int(cpu_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    os.chdir(checkout)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = work is not _measure  # compiled files of the original must not replace those of a mutant
    code = work(*arguments)
    sys.stdout.flush()
    os._exit(code)
