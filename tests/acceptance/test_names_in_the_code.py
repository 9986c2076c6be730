"""Names in the code are unique, and records are built by keyword."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "screener"
SHARED_MODULE_NAMES = 5  # number of base names of modules that may occur in more than one package
POSITIONAL_ARGUMENTS = 8  # calls with this many arguments cannot be read without the definition
UNCLEAR_NAMES = frozenset(("asked", "floor", "gone", "held", "house", "kin", "room", "said", "spoken", "taken", "there", "told"))
"""Words that do not state what a value is: a name is a term of finance or of Python that a reader would search for."""


@cache
def modules() -> dict[Path, ast.Module]:
    """Returns the syntax tree of each module of the package."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def twice(names: "list[str]") -> set[str]:
    """Returns the names that occur more than once."""
    return {name for name, times in Counter(names).items() if times > 1}


def test_a_class_name_is_defined_once() -> None:
    names = [node.name for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert len(names) > 100
    assert not twice(names)


def test_few_module_names_occur_in_more_than_one_package() -> None:
    shared = twice([path.name for path in modules() if path.name != "__init__.py"])
    assert len(shared) <= SHARED_MODULE_NAMES, shared


def test_no_call_has_many_positional_arguments() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) >= POSITIONAL_ARGUMENTS
    ]
    assert not found


def test_no_line_is_kept_from_the_formatter() -> None:
    assert not [path for path in modules() if "fmt: skip" in path.read_text("utf-8")]


def defined_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yields each name that a module defines or assigns, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno


def test_defined_names_include_functions_parameters_and_variables() -> None:
    tree = ast.parse("class A:\n    b: int\ndef f(x, *y, **z):\n    v = [w for w in x]\n")
    assert {name for name, _ in defined_names(tree)} == {"A", "b", "f", "x", "y", "z", "v", "w"}


@pytest.mark.parametrize("folder", ["screener", "tests", "tools", "bench"])
def test_names_state_what_a_value_is(folder: str) -> None:
    unclear = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name, line in defined_names(ast.parse(path.read_text("utf-8")))
        if name.lower().strip("_") in UNCLEAR_NAMES
    ]
    assert not unclear
