"""Measures whether the tests notice faults, on a seeded sample of mutants of the core packages, each run with its package's tests.

cosmic-ray makes the mutants. Some are excluded before the sample is drawn, since they cannot change what the program does: those
in type annotations, `__all__`, blocks under `if TYPE_CHECKING`, functions under `@overload` and protocols; the removal of `@cache`
and `@lru_cache`; `is` replaced by `==`, which is the same for `None`, booleans and members of enums; and those that do not
compile.

The tests of a mutant run in two passes, which end at the first failure:
1. the fastest tests that execute the mutated statement, with few examples of each property;
2. for mutants that pass: all tests that execute it, and all other tests of the package if it also runs on import or in a
   fixture; then the former with all their examples, and the tests that run in separate processes.

A mutant that passes them all is a survivor; so is one on a line that no test executes. tools/mutants_decided.yaml lists the
survivors that are equivalent to the original, with reasons. The folder stores the outcomes: the same command continues from there,
also after changes in the checkout, since the folder has its own copy. `--retry` copies test files again and tests the survivors
once more.

Usage: python tools/mutants.py [--number 300] [--seed 1] [--folder build/mutants] [--retry FILE]... [--write FILE.md]
"""

import argparse
import ast
import difflib
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TextIO, TypeAlias

import yaml
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from mutant_tests import FEW_EXAMPLES, IN_PROCESSES, ReachMap, a_test_fails, measure_reach, preload, read_reach

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "expression": ("tests/unit/expression", "tests/unit/facts", "tests/unit/engine/test_engines.py"),
    "facts": ("tests/unit/facts", "tests/unit/engine/test_engines.py", "tests/unit/explain"),
    "scoring": ("tests/unit/scoring", "tests/unit/explain", "tests/unit/validation"),
    "explain": ("tests/unit/explain", "tests/unit/result", "tests/golden"),
    "engine": ("tests/unit/engine", "tests/fuzz/test_engines_agree.py", "tests/fuzz/test_columns_agree.py"),
}
"""The packages that are mutated, and the tests that should notice it."""
COPIED = (
    *("screener", "tests", "rules", "templates", "fixtures", "examples", "seeds", "cases", "docs", "bench", "tools"),
    *("pyproject.toml", "README.md"),
)
QUICK_SECONDS = 3.0
"""CPU time of the tests in the quick pass, where no test fails."""
FIRST_TESTS = 8
"""Number of tests that run before the others; most mutants fail one of them."""
IDENTITY_AS_EQUALITY = ("_Is_Eq", "_IsNot_NotEq")
"""Excluded operators: the code tests identity only of `None`, booleans and members of enums."""
DECIDED = ROOT / "tools/mutants_decided.yaml"


class Mutant(NamedTuple):
    """One change of one module."""

    package: str
    path: str
    line: int
    operator: str
    occurrence: int
    before: str
    """The changed lines as they are in the module."""
    after: str


class Pass(Enum):
    """A pass: the tests that a mutant has to survive, in their order."""

    QUICK = "quick"
    FULL = "full"


class Outcome(Enum):
    """The result of the tests for a mutant."""

    NOTICED = "noticed"
    OPEN = "passes"
    """The quick tests pass, the others have not been run."""
    NOT_NOTICED = "NOT NOTICED"


Decided: TypeAlias = Mapping[tuple[str, str, str], tuple[bool, str]]
"""Module, lines before and lines after; whether the mutant is equivalent to the original, and why it is not noticed."""


def main() -> None:
    """Tests the sample, or what remains of it, and prints the score of each package."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--number", type=int, default=300, help="the number of mutants, drawn from all packages together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="the number of mutants that are tested at the same time")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/mutants", help="stores the copy, the map and the outcomes")
    parser.add_argument(
        "--retry", nargs="+", default=(), metavar="FILE", help="copy these test files again, and test the survivors once more"
    )
    parser.add_argument("--write", type=Path, help="the Markdown file for the scores and the survivors")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    checkouts = [_copy(folder / f"checkout-{job}", options.retry) for job in range(options.jobs)]
    preload()
    sample = _sample(checkouts[0], folder / f"sample-{options.number}-{options.seed}.json", options.number, options.seed)
    reach = _reach(checkouts[0], folder / "reach.json", options.retry)
    record = folder / f"judged-{options.seed}.jsonl"
    decided = _decided()
    if options.retry:
        kept = {mutant: outcome for mutant, outcome in _read(record).items() if outcome is Outcome.NOTICED}
        record.write_text("".join(_line(mutant, outcome) for mutant, outcome in kept.items()), "utf-8")
    for this_pass in Pass:
        todo = _todo(sample, _read(record), decided, this_pass)
        print(f"{len(sample)} mutants, {len(todo)} to test in the {this_pass.value} pass", flush=True)
        with record.open("a", encoding="utf-8") as stream, ThreadPoolExecutor(options.jobs) as pool:
            parts = [
                pool.submit(_judge_all, checkout, reach, todo[job :: options.jobs], this_pass, stream)
                for job, checkout in enumerate(checkouts)
            ]
            for part in parts:
                part.result()
    known = _read(record)
    report = _report({mutant: known[mutant] for mutant in sample if mutant in known}, decided, options.seed)
    print(report)
    if options.write is not None:
        options.write.write_text(report, "utf-8")


def _todo(
    sample: Sequence[Mutant], known: Mapping[Mutant, Outcome], decided: Decided, this_pass: Pass
) -> list[Mutant]:
    """Returns the mutants left to test in a pass, without those that are equivalent to the original."""
    if this_pass is Pass.QUICK:
        return [mutant for mutant in sample if mutant not in known]
    passed = (mutant for mutant in sample if known.get(mutant) is Outcome.OPEN)
    return [mutant for mutant in passed if not _decision(mutant, decided)[0]]


def _copy(target: Path, again: Iterable[str]) -> Path:
    """Makes the checkout that is mutated; the files in `again` are copied from the current state."""
    if target.exists():
        for name in again:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    else:
        target.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, target / name)
    return target


def _reach(checkout: Path, target: Path, again: Sequence[str]) -> ReachMap:
    """Returns the lines that each test executes: stored ones where known, measured anew for the tests in `again`."""
    if not target.exists():
        print("measuring which lines each test executes", flush=True)
        measure_reach(checkout, sorted({name for names in TESTS.values() for name in names}), target)
    elif again:
        measure_reach(checkout, again, target, replacing=read_reach(target))
    return read_reach(target)


def _sample(checkout: Path, target: Path, number: int, seed: int) -> list[Mutant]:
    """Draws mutants of all packages without replacement, and stores them in the target."""
    if target.exists():
        return [Mutant(*row) for row in json.loads(target.read_text("utf-8"))]
    print("drawing the sample", flush=True)
    found = [mutant for package in TESTS for mutant in _mutants(checkout, package)]
    Random(seed).shuffle(found)
    sample: list[Mutant] = []
    for mutant in found:
        if len(sample) == number:
            break
        changed = _changed(checkout, mutant)
        if changed is not None:
            sample.append(mutant._replace(before=changed[0], after=changed[1]))
    target.write_text(json.dumps(sample), "utf-8")
    return sample


def _mutants(checkout: Path, package: str) -> Iterator[Mutant]:
    """Yields all mutants of a package in a fixed order, without the texts of their lines."""
    operators = {name: get_operator(name) for name in sorted(operator_names()) if not name.endswith(IDENTITY_AS_EQUALITY)}
    for path in sorted((checkout / "screener" / package).glob("**/*.py")):
        nodes = list(ast_nodes(get_ast_from_path(path)))
        still = _without_effect(path.read_text("utf-8"))
        for name, operator in operators.items():
            if operator.arguments():
                continue
            places = (start for node in nodes for start, _ in operator().mutation_positions(node))
            for occurrence, (line, column) in enumerate(places):
                if (line, column) not in still:
                    yield Mutant(package, path.relative_to(checkout).as_posix(), line, name, occurrence, "", "")


def _without_effect(text: str) -> set[tuple[int, int]]:
    """Returns the places (line and column) where a mutant cannot change what the program does."""
    lines = text.split("\n")
    found: set[tuple[int, int]] = set()
    for node in ast.walk(ast.parse(text)):
        for part in _parts_without_effect(node):
            for line in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                first = part.col_offset if line == part.lineno else 0
                last = part.end_col_offset if line == part.end_lineno else None
                # ast counts columns in bytes, cosmic-ray in characters
                encoded = lines[line - 1].encode()
                start = len(encoded[:first].decode(errors="ignore"))
                found.update((line, column) for column in range(start, len(encoded[:last].decode(errors="ignore"))))
    return found


def _parts_without_effect(node: ast.AST) -> Iterator[Any]:
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if node.returns is not None:
            yield node.returns
        if any(_last_name(decorator) == "overload" for decorator in node.decorator_list):
            yield node
    if isinstance(node, ast.ClassDef) and any(_last_name(getattr(b, "value", b)) == "Protocol" for b in node.bases):
        yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if _last_name(called) in ("cache", "lru_cache"):
                # cosmic-ray removes a decorator at its @, one column before the expression
                yield ast.Name(
                    id=_last_name(called),
                    lineno=decorator.lineno, col_offset=decorator.col_offset - 1,
                    end_lineno=decorator.end_lineno, end_col_offset=decorator.end_col_offset,
                )
    if isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING":
        yield from node.body
    if isinstance(node, ast.Assign) and any(_last_name(target) == "__all__" for target in node.targets):
        yield node


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _mutated(checkout: Path, mutant: Mutant) -> str | None:
    text = (checkout / mutant.path).read_text("utf-8")
    mutated: str | None = mutate_code(text, get_operator(mutant.operator)(), mutant.occurrence)
    return mutated


def _changed(checkout: Path, mutant: Mutant) -> tuple[str, str] | None:
    """Returns the changed lines before and after; None for a mutant that does not compile or is the same program."""
    text = (checkout / mutant.path).read_text("utf-8")
    mutated = _mutated(checkout, mutant)
    try:
        if mutated is None or ast.dump(ast.parse(mutated)) == ast.dump(ast.parse(text)):
            return None
        compile(mutated, mutant.path, "exec")
    except SyntaxError:
        return None
    lines = list(difflib.unified_diff(text.split("\n"), mutated.split("\n"), lineterm="", n=0))[2:]
    before, after = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return before, after


def _judge_all(
    checkout: Path, reach: ReachMap, mutants: Sequence[Mutant], this_pass: Pass, stream: TextIO
) -> None:
    """Tests mutants one after the other, and appends each outcome to the record at once."""
    for done, mutant in enumerate(mutants, 1):
        started = time.monotonic()
        outcome = _judge(checkout, reach, mutant, this_pass)
        stream.write(_line(mutant, outcome))
        stream.flush()
        took = f"{time.monotonic() - started:5.1f} s"
        print(f"{done}/{len(mutants)} {outcome.value:11} {took} {mutant.path}:{mutant.line} {mutant.operator}", flush=True)


def _judge(checkout: Path, reach: ReachMap, mutant: Mutant, this_pass: Pass) -> Outcome:
    """Returns the outcome of the tests of this pass for a mutant."""
    own = ReachMap(
        {name: known for name, known in reach.tests.items() if name.startswith(TESTS[mutant.package])}, reach.shared
    )
    path = checkout / mutant.path
    original = path.read_text("utf-8")
    lines = _statement_lines(original, mutant.line)
    mutated = _mutated(checkout, mutant)
    if mutated is None:
        raise ValueError(f"{mutant.path} is not the file that the sample was drawn from")
    direct = own.candidates(mutant.path, lines)
    for cached in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        cached.unlink()
    path.write_text(mutated, "utf-8")
    try:
        others = own.others(mutant.path, lines)
        if this_pass is Pass.QUICK:
            chosen = own.quickest(direct or others, QUICK_SECONDS)
            file = chosen[0].partition("::")[0] if chosen else ""
            first = [name for name in chosen if name.startswith(file)][:FIRST_TESTS]  # tests of one file are collected quickly
            for names in (first, [name for name in chosen if name not in first]):
                if a_test_fails(checkout, names, FEW_EXAMPLES, 8 + 3 * own.seconds(names)):
                    return Outcome.NOTICED
            return Outcome.OPEN
        more = [*direct, *(name for name in IN_PROCESSES if name in TESTS[mutant.package])]
        noticed = a_test_fails(
            checkout, [*direct, *others], FEW_EXAMPLES, 30 + 5 * own.seconds([*direct, *others])
        ) or a_test_fails(
            checkout, more, None, 30 + 100 * own.seconds(more)
        )
        return Outcome.NOTICED if noticed else Outcome.NOT_NOTICED
    finally:
        path.write_text(original, "utf-8")


def _statement_lines(text: str, line: int) -> frozenset[int]:
    """Returns the lines of the innermost statement around a line, since the lines of tests are measured by statement."""
    best: tuple[int, int] | None = None
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body and line < body[0].lineno else node.end_lineno
            span = (min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]), last or node.lineno)
            if best is None or span[1] - span[0] <= best[1] - best[0]:
                best = span
    first, last = best or (line, line)
    return frozenset(range(first, last + 1))


def _line(mutant: Mutant, outcome: Outcome) -> str:
    return json.dumps({**mutant._asdict(), "outcome": outcome.value}) + "\n"


def _read(record: Path) -> dict[Mutant, Outcome]:
    """Reads the latest outcome of each mutant."""
    if not record.exists():
        return {}
    rows = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    return {Mutant(*(row[name] for name in Mutant._fields)): Outcome(row["outcome"]) for row in rows}


def _decided() -> Decided:
    return {
        (entry["module"], entry["before"], after): (entry["equivalent"], entry["why"])
        for entry in yaml.safe_load(DECIDED.read_text("utf-8"))
        for after in ([entry["after"]] if isinstance(entry["after"], str) else entry["after"])
    }


def _decision(mutant: Mutant, decided: Decided) -> tuple[bool, str]:
    return decided.get((mutant.path, mutant.before, mutant.after), (False, "not decided"))


def _report(judged: Mapping[Mutant, Outcome], decided: Decided, seed: int) -> str:
    """Returns the scores and survivors as Markdown."""
    survivors = {m: _decision(m, decided) for m in sorted(judged) if judged[m] is not Outcome.NOTICED}
    rows = []
    for package in (*TESTS, "all"):
        own = [mutant for mutant in judged if package in ("all", mutant.package)]
        noticed = sum(mutant not in survivors for mutant in own)
        same = sum(survivors[mutant][0] for mutant in own if mutant in survivors)
        score = f"{noticed / (len(own) - same):.1%}" if len(own) > same else "-"
        rows.append(f"| {package} | {len(own)} | {noticed} | {same} | {len(own) - noticed - same} | {score} |")
    parts = [
        "# Mutants of the core packages",
        f"`make mutants` tested {len(judged)} mutants, drawn with seed {seed}. The score is the share of mutants that a test of"
        "\ntheir package notices, among those that change what the program does. [tools/mutants.py](../tools/mutants.py) states"
        "\nhow they are drawn and tested.",
        "\n".join(
            ["| package | mutants | noticed | equivalent | not noticed | score |", "|---|---:|---:|---:|---:|---:|", *rows]
        ),
    ]
    for title, same in (("Not noticed", False), ("Equivalent to the original", True)):
        listed = [
            f"- `{m.path}`: `{m.before}` → `{m.after}`: {why}" for m, (kind, why) in survivors.items() if kind == same
        ]
        parts.append("\n".join([f"## {title}", *(listed or ["None."])]))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
