"""The interface of the evaluator's backends: operations on numbers and truths."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from screener.expression.syntax_tree import Name

N = TypeVar("N")
T = TypeVar("T")


class TruthOps(Protocol[T]):
    """Kleene's logic on the truths of a backend."""

    @property
    def true(self) -> T:
        """True for all companies."""
        ...

    @property
    def false(self) -> T:
        """False for all companies."""
        ...

    @property
    def unknown(self) -> T:
        """Unknown for all companies."""
        ...

    def both(self, a: T, b: T, /) -> T:
        """Conjunction."""
        ...

    def either(self, a: T, b: T, /) -> T:
        """Disjunction."""
        ...

    def negate(self, a: T, /) -> T:
        """Negation; unknown stays unknown."""
        ...

    def is_false(self, a: T, /) -> bool:
        """Whether it is false for all companies."""
        ...

    def is_true(self, a: T, /) -> bool:
        """Whether it is the truth `true`, for all companies."""
        ...


class Ops(TruthOps[T], Protocol[N, T]):
    """The interface of a backend: operations on its numbers, truths and other values."""

    @property
    def unary(self) -> Mapping[str, Callable[[N], N]]:
        """-, abs, ln and exp."""
        ...

    @property
    def binary(self) -> Mapping[str, Callable[[N, N], N]]:
        """+, -, *, /, max and min."""
        ...

    def is_number(self, value: Any, /) -> bool:
        """Whether a value is a number, missing ones included."""
        ...

    def one_if(self, truth: T, /) -> N:
        """1 where true, 0 where false, between the two where unknown."""
        ...

    def select(self, truth: T, if_true: N, if_unknown: Callable[[], N], if_false: N, /) -> N:
        """One of three numbers, by a truth."""
        ...

    def compare(self, op: str, a: N, b: N, /) -> T:
        """Whether `a op b` for the numbers that a and b stand for."""
        ...

    def same(self, op: str, a: Any, b: Any, /) -> T:
        """Whether two words or truth values are equal (`==`) or not (`!=`); unknown where one is missing."""
        ...

    def truth_value(self, value: Any, /) -> T:
        """A truth value as a truth: unknown where it is missing or no truth value."""
        ...

    def known(self, value: Any, /) -> T:
        """Whether anything is known of a value."""
        ...


Lookup = Callable[[Name], Any]
"""The value of a name: a number (missing: its whole domain), a word, a truth value, or None where it is missing."""
