"""Numbers, words and truths of many companies at once: an interval a row, with the meaning of `Interval` on each.

A `Number` is a Column, or an Interval where it is the same for all; a `Kleene` truth is an array of 0, 1, 2, or one such
number. Every function gives, row by row, exactly what `screener.expression.interval` gives; overflow and division by 0 are
part of that, so that numpy is told not to warn of them (`numpy_warnings_off`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from screener.expression.interval import INF, LARGEST, ONE_IF, Interval, Missing, Truth, exponential
from screener.expression.interval import compare as scalar_compare

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IndexArray: TypeAlias = npt.NDArray[np.integer[Any]]
TruthColumn: TypeAlias = "int | npt.NDArray[np.int8]"
"""0 false, 1 unknown, 2 true: one for all rows, or one a row."""

FALSE, UNKNOWN, TRUE = 0, 1, 2
_MOST = float(np.finfo(np.float64).max)
_EXPONENT = 709.0  # e to this power is still a number


def numpy_warnings_off() -> np.errstate:
    """A context in which numpy warns of nothing."""
    return np.errstate(all="ignore")


@dataclass(frozen=True, slots=True, eq=False)
class IntervalColumn:
    """An interval a row: `lo` and `hi`, never NaN; `missing` marks the rows of which nothing is claimed (None: none)."""

    lo: FloatArray
    hi: FloatArray
    missing: BoolArray | None = None

    @classmethod
    def of(cls, lo: FloatArray, hi: FloatArray, domain: Interval) -> "IntervalColumn":
        """Claims as they are read: NaN for an end that is not claimed, both for nothing; one array where all are points."""
        if lo is hi:
            missing = np.isnan(lo)
            return cls(np.where(missing, domain.lo, lo), np.where(missing, domain.hi, hi), missing)
        low, high = np.isnan(lo), np.isnan(hi)
        lo = np.clip(np.where(low, -INF, lo), domain.lo, domain.hi)
        hi = np.clip(np.where(high, INF, hi), domain.lo, domain.hi)
        return cls(lo, hi, low & high)

    @property
    def claimed(self) -> BoolArray:
        """Rows of which something is claimed."""
        return np.ones(len(self.lo), np.bool_) if self.missing is None else ~self.missing

    @property
    def known(self) -> BoolArray:
        """Rows of which something is known."""
        return self.claimed & ~(np.isneginf(self.lo) & np.isposinf(self.hi))

    def slice_rows(self, start: int, stop: int) -> "IntervalColumn":
        """Some of the rows."""
        return IntervalColumn(
            self.lo[start:stop], self.hi[start:stop], None if self.missing is None else self.missing[start:stop]
        )

    def select(self, mask: "BoolArray | IndexArray") -> "IntervalColumn":
        """The rows that the mask marks, or those at the places given."""
        return IntervalColumn(self.lo[mask], self.hi[mask], None if self.missing is None else self.missing[mask])


NumberColumn: TypeAlias = "IntervalColumn | Interval"


@dataclass(frozen=True, slots=True, eq=False)
class SymbolColumn:
    """A word, text or truth value a row: a place in `words`, -1 where it is missing."""

    codes: IndexArray
    words: tuple[str | bool, ...]

    @classmethod
    def of(cls, values: Sequence[str | bool | None]) -> "SymbolColumn":
        """From values, None for a missing one."""
        import pandas as pd

        codes, words = pd.factorize(np.asarray(values, object))
        return cls(codes, tuple(words.tolist()))

    def slice_rows(self, start: int, stop: int) -> "SymbolColumn":
        """Some of the rows."""
        return SymbolColumn(self.codes[start:stop], self.words)

    def select(self, mask: "BoolArray | IndexArray") -> "SymbolColumn":
        """The rows that the mask marks, or those at the places given."""
        return SymbolColumn(self.codes[mask], self.words)

    def without_unused_words(self) -> "SymbolColumn":
        """The same with no more words than rows: of many, those that are met."""
        if len(self.words) <= len(self.codes):
            return self
        met = np.unique(self.codes)
        met = met[met >= 0]
        codes = np.where(self.codes < 0, -1, np.searchsorted(met, self.codes))
        return SymbolColumn(codes, tuple(self.words[code] for code in met))


def add(a: NumberColumn, b: NumberColumn) -> NumberColumn:
    """a + b."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a + b
    return _safe(a.lo + b.lo, a.hi + b.hi)


def negative(a: NumberColumn) -> NumberColumn:
    """-a."""
    return -a if isinstance(a, Interval) else IntervalColumn(-a.hi, -a.lo)


def times(a: NumberColumn, b: NumberColumn) -> NumberColumn:
    """a · b; 0 times anything, infinity too, is 0."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a * b
    return _ends(_times, a, b)


def over(a: NumberColumn, b: NumberColumn) -> NumberColumn:
    """a / b; all numbers where b may be 0."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a / b
    quotient = _ends(_over, a, b)
    zero = (b.lo <= 0) & (b.hi >= 0)
    return IntervalColumn(np.where(zero, -INF, quotient.lo), np.where(zero, INF, quotient.hi))


def greatest(a: NumberColumn, b: NumberColumn) -> NumberColumn:
    """The greater of two."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a.max(b)
    return IntervalColumn(np.maximum(a.lo, b.lo), np.maximum(a.hi, b.hi))


def least(a: NumberColumn, b: NumberColumn) -> NumberColumn:
    """The lesser of two."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a.min(b)
    return IntervalColumn(np.minimum(a.lo, b.lo), np.minimum(a.hi, b.hi))


def absolute(a: NumberColumn) -> NumberColumn:
    """Without the sign."""
    if isinstance(a, Interval):
        return a.absolute()
    up, down = a.lo >= 0, a.hi <= 0
    lo = np.where(up, a.lo, np.where(down, -a.hi, 0.0))
    hi = np.where(up, a.hi, np.where(down, -a.lo, np.maximum(-a.lo, a.hi)))
    return IntervalColumn(lo, hi, None if a.missing is None else a.missing & up)


def ln(a: NumberColumn) -> NumberColumn:
    """The natural logarithm; all numbers where it may be of 0 or less."""
    if isinstance(a, Interval):
        return a.ln()
    lo, hi = _each(math.log, a, a.lo > 0, (-INF, INF))
    return IntervalColumn(lo, hi)


def exp(a: NumberColumn) -> NumberColumn:
    """e to the power of it."""
    if isinstance(a, Interval):
        return a.exp()
    finite = a.hi < _EXPONENT
    lo, hi = _each(math.exp, a, finite, (INF, INF))
    for end, found in ((a.lo, lo), (a.hi, hi)):
        found[~finite] = [exponential(v) for v in end[~finite].tolist()]
    return _safe(lo, hi)


def _each(
    function: Callable[[float], float], a: IntervalColumn, where: BoolArray, others: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """A function of Python's on both ends: numpy's own differ from it in the last digit on some processors."""
    lo, hi = (np.full(len(a.lo), other) for other in others)
    lo[where] = list(map(function, a.lo[where].tolist()))
    hi[where] = lo[where]
    wide = where & (a.lo != a.hi)
    hi[wide] = list(map(function, a.hi[wide].tolist()))
    return lo, hi


def one_if(a: TruthColumn) -> NumberColumn:
    """A truth as a number: 1 or 0, or either."""
    if isinstance(a, int):
        return ONE_IF[Truth(a)]
    return IntervalColumn((a == TRUE).astype(np.float64), (a != FALSE).astype(np.float64))


def clip(a: NumberColumn, domain: Interval) -> NumberColumn:
    """The part inside `domain`."""
    if isinstance(a, Interval):
        return a.clip(domain)
    return IntervalColumn(np.clip(a.lo, domain.lo, domain.hi), np.clip(a.hi, domain.lo, domain.hi))


def within(a: NumberColumn, missing: Missing) -> NumberColumn:
    """What a formula says of a figure, inside its domain; missing where that is no more than the domain."""
    a = clip(a, missing)
    if isinstance(a, Interval):
        return missing if (a.lo, a.hi) == (missing.lo, missing.hi) else a
    return IntervalColumn(a.lo, a.hi, (a.lo == missing.lo) & (a.hi == missing.hi))


def where_true(mask: BoolArray, a: IntervalColumn, b: NumberColumn) -> IntervalColumn:
    """a where the mask is set, else b."""
    missing: Any = b.missing if isinstance(b, IntervalColumn) else isinstance(b, Missing)
    missing = None if missing is None or missing is False else ~mask & missing
    return IntervalColumn(np.where(mask, a.lo, b.lo), np.where(mask, a.hi, b.hi), missing)


def distance(a: NumberColumn, settled: IntervalColumn) -> FloatArray:
    """How far a number is from the settled one, relative to it (absolute where that is 0)."""
    gap = np.maximum(np.maximum(a.lo - settled.hi, settled.lo - a.hi), 0.0)
    near = np.abs(np.where(a.lo > settled.hi, settled.hi, settled.lo))
    return np.where(near == 0, gap, np.minimum(gap / near, LARGEST))


def _ends(op: Any, a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """The least and the greatest of an operation on all pairs of ends."""
    ends = [op(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return _safe(np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3])),
                 np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3])))  # fmt: skip


def _times(a: Any, b: Any) -> FloatArray:
    return np.where(np.equal(a, 0) | np.equal(b, 0), 0.0, np.multiply(a, b))


def _over(a: Any, b: Any) -> FloatArray:
    return np.where(np.equal(a, 0) | np.isinf(b), 0.0, np.divide(a, b))


def _safe(lo: Any, hi: Any) -> IntervalColumn:
    return IntervalColumn(np.minimum(lo, _MOST) + 0.0, np.maximum(hi, -_MOST) + 0.0)


def every(a: TruthColumn, b: TruthColumn) -> TruthColumn:
    """Both: the lesser."""
    if isinstance(a, int):
        a, b = b, a
    if isinstance(b, int):
        if isinstance(a, int):
            return min(a, b)
        return FALSE if b == FALSE else a if b == TRUE else np.minimum(a, np.int8(b))
    return np.minimum(a, b)


def some(a: TruthColumn, b: TruthColumn) -> TruthColumn:
    """At least one: the greater."""
    if isinstance(a, int):
        a, b = b, a
    if isinstance(b, int):
        if isinstance(a, int):
            return max(a, b)
        return TRUE if b == TRUE else a if b == FALSE else np.maximum(a, np.int8(b))
    return np.maximum(a, b)


def negate(a: TruthColumn) -> TruthColumn:
    """Not: true and false swap."""
    return 2 - a


def compare(op: str, a: NumberColumn, b: NumberColumn) -> TruthColumn:
    """Whether `a op b`."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        return int(scalar_compare(op, a, b))
    match op:
        case ">":
            return _kleene(a.lo > b.hi, a.hi > b.lo)
        case ">=":
            return _kleene(a.lo >= b.hi, a.hi >= b.lo)
        case "<":
            return _kleene(a.hi < b.lo, a.lo < b.hi)
        case "<=":
            return _kleene(a.hi <= b.lo, a.lo <= b.hi)
        case "==":
            possible = (a.lo <= b.hi) & (b.lo <= a.hi)
            return _kleene((a.lo == a.hi) & (b.lo == b.hi) & possible, possible)
        case _:
            return negate(compare("==", a, b))


def same(op: str, a: "SymbolColumn | str | bool | None", b: "SymbolColumn | str | bool | None") -> TruthColumn:
    """Whether words or truth values are equal (op ==) or not (!=); unknown where one is missing."""
    if not isinstance(a, SymbolColumn):
        a, b = b, a
    if not isinstance(a, SymbolColumn):
        if a is None or b is None or type(a) is not type(b):
            return UNKNOWN
        return int(TRUE if (a == b) == (op == "==") else FALSE)
    if isinstance(b, SymbolColumn):
        here = {(type(w), w): i for i, w in enumerate(a.words)}
        # the place in a's words of each of b's; -2 for one that a has not, -1 (the last) for a missing one
        to = np.array([*(here.get((type(w), w), -2) for w in b.words), -1])
        others: Any = to[b.codes]
        known = (a.codes >= 0) & (b.codes >= 0)
    else:
        others = next((i for i, w in enumerate(a.words) if type(w) is type(b) and w == b), -2)
        known = a.codes >= 0 if b is not None else np.zeros(len(a.codes), np.bool_)
    equal = (a.codes == others) == (op == "==")
    return _kleene(equal & known, equal | ~known)


def truths(a: SymbolColumn) -> TruthColumn:
    """Truth values as they are."""
    table = [int(TRUE if word is True else FALSE if word is False else UNKNOWN) for word in a.words]
    return np.array([*table, UNKNOWN], np.int8)[a.codes]


def _kleene(strict: Any, possible: Any) -> npt.NDArray[np.int8]:
    """2 where it is certainly so, 1 where it may be."""
    found: npt.NDArray[np.int8] = np.add(strict, possible, dtype=np.int8)
    return found
