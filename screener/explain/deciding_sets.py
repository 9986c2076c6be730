"""Sets of inputs that could decide a condition, from those that could decide its parts. A set is a bit mask with one
bit per input."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_SET_SIZE = 3  # greatest number of inputs in a set
MAX_KEPT = 24  # greatest number of sets of a part

Sets = tuple[int, ...]


class OpenPart(NamedTuple):
    """An undecided part of a condition: the sets that could make it hold or fail, and all inputs that it reads."""

    holds: Sets
    fails: Sets
    inputs: int

    @classmethod
    def of(cls, inputs: int) -> "OpenPart":
        """Returns a part that all its inputs together decide either way."""
        return cls((inputs,), (inputs,), inputs) if inputs else NEVER_DECIDED

    @property
    def negated(self) -> "OpenPart":
        """Returns the negation of the part."""
        return OpenPart(self.fails, self.holds, self.inputs)


NEVER_DECIDED = OpenPart((), (), 0)


def all_parts(parts: Sequence[OpenPart]) -> OpenPart:
    """Returns the conjunction of parts: it fails if one of them fails."""
    return OpenPart(one_from_each(p.holds for p in parts), one_from_any(p.fails for p in parts), _inputs(parts))


def any_part(parts: Sequence[OpenPart]) -> OpenPart:
    """Returns the disjunction of parts: it fails if all of them fail."""
    return OpenPart(one_from_any(p.holds for p in parts), one_from_each(p.fails for p in parts), _inputs(parts))


def one_from_each(factors: Iterable[Sets]) -> Sets:
    """Returns the smallest unions of one set from each factor, of at most MAX_SET_SIZE inputs."""
    found: Sets = (0,)
    for sets in factors:
        found = smallest(union for mask in found for one in sets if (union := mask | one).bit_count() <= MAX_SET_SIZE)
        if not found:
            break
    return found


def one_from_any(factors: Iterable[Sets]) -> Sets:
    """Returns the smallest sets of all factors."""
    return smallest(mask for sets in factors for mask in sets)


def smallest(sets: Iterable[int]) -> Sets:
    """Returns the sets that contain no other set, those of the fewest inputs first, at most MAX_KEPT."""
    different = set(sets)
    if len(different) < 2:
        return tuple(different)
    kept: list[int] = []
    for mask in sorted(different, key=lambda mask: (mask.bit_count(), mask)):
        for one in kept:
            if mask & one == one:
                break
        else:
            kept.append(mask)
            if len(kept) == MAX_KEPT:
                break
    return tuple(kept)


def _inputs(parts: Sequence[OpenPart]) -> int:
    found = 0
    for part in parts:
        found |= part.inputs
    return found
