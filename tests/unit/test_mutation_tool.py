"""tools/mutants.py: the places that are excluded, and the statement to which a mutated line belongs."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="cosmic-ray is not installed: pip install 'risk-screener[mutants]'")
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import mutant_tests
import mutants

CODE = '''\
"""文字 | more."""
from functools import lru_cache
from typing import TYPE_CHECKING, overload

__all__ = ["a" + "b"]

if TYPE_CHECKING:
    LIMIT = 1 + 1


@lru_cache(maxsize=8)
def size(text: "str" | None, other: int = 2 + 3) -> int | None:
    found: int | None = 4 + 5
    return (
        found
        + 6
    )


@overload
def both(a: int = 7 + 8) -> int: ...


class Sized(Protocol[int]):
    SMALL = 8 + 9
'''


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ('"a" + "b"', True),
        ("1 + 1", True),
        ("@lru_cache", True),
        ('"str" | None', True),
        ("2 + 3", False),
        ("int | None:", True),
        ("int | None =", True),
        ("4 + 5", False),
        ("+ 6", False),
        ("7 + 8", True),
        ("8 + 9", True),
    ],
)
def test_what_cannot_change_the_program_is_left_out(text: str, left_out: bool) -> None:
    line, place = next((i, row.index(text)) for i, row in enumerate(CODE.split("\n"), 1) if text in row)
    sign = place + max(text.find(c) for c in "@+|") if not text.startswith("@") else place
    assert ((line, sign) in mutants._without_effect(CODE)) is left_out


def test_a_line_belongs_to_the_whole_of_its_statement() -> None:
    lines = CODE.split("\n")
    first = lines.index("    return (") + 1
    assert mutants._statement_lines(CODE, first + 2) == set(range(first, first + 4))
    head = lines.index("@lru_cache(maxsize=8)") + 1
    assert mutants._statement_lines(CODE, head + 1) == {head, head + 1}


def test_tests_that_reach_a_line_come_first_and_the_quickest_of_them() -> None:
    reach = mutant_tests.ReachMap(
        {
            "slow": mutant_tests.Reach({"a.py": frozenset({1, 2})}, 3.0),
            "quick": mutant_tests.Reach({"a.py": frozenset({2})}, 1.0),
            "apart": mutant_tests.Reach({"b.py": frozenset({2})}, 0.5),
        },
        {"a.py": frozenset({1})},
    )
    assert reach.candidates("a.py", frozenset({2})) == ["quick", "slow"]
    assert reach.quickest(["quick", "slow"], 2.0) == ["quick"]
    assert reach.quickest(["slow"], 2.0) == ["slow"]
    assert reach.others("a.py", frozenset({2})) == []
    assert reach.others("a.py", frozenset({1})) == ["apart", "quick"]
