"""Values of many companies: an interval, a word or a truth in each row.

A number is an IntervalColumn, or an Interval if it is the same for all companies; a truth is an array of 0 (false), 1
(unknown) and 2 (true), or one such number for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from screener.expression.interval import INF, LARGEST, Interval, Missing

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IndexArray: TypeAlias = npt.NDArray[np.integer[Any]]
TruthColumn: TypeAlias = "int | npt.NDArray[np.int8]"
"""0 false, 1 unknown, 2 true: one for all rows, or one for each row."""

FALSE, UNKNOWN, TRUE = 0, 1, 2


def numpy_warnings_off() -> np.errstate:
    """Returns a context without warnings of numpy about floating-point errors."""
    return np.errstate(all="ignore")


@dataclass(frozen=True, slots=True, eq=False)
class IntervalColumn:
    """An interval for each row: `lo` and `hi`, never NaN; `missing` marks the rows without a claim (None: there are
    none)."""

    lo: FloatArray
    hi: FloatArray
    missing: BoolArray | None = None

    @classmethod
    def of(cls, lo: FloatArray, hi: FloatArray, domain: Interval) -> "IntervalColumn":
        """Makes a column from claims: NaN for an end that is not claimed, for both without a claim; the ends are one
        array if all are points."""
        if lo is hi:
            missing = np.isnan(lo)
            return cls(np.where(missing, domain.lo, lo), np.where(missing, domain.hi, hi), missing)
        low, high = np.isnan(lo), np.isnan(hi)
        lo = np.clip(np.where(low, -INF, lo), domain.lo, domain.hi)
        hi = np.clip(np.where(high, INF, hi), domain.lo, domain.hi)
        return cls(lo, hi, low & high)

    @property
    def claimed(self) -> BoolArray:
        """Returns a mask of the rows with a claim."""
        return np.ones(len(self.lo), np.bool_) if self.missing is None else ~self.missing

    @property
    def known(self) -> BoolArray:
        """Returns a mask of the rows of which something is known."""
        return self.claimed & ~(np.isneginf(self.lo) & np.isposinf(self.hi))

    def slice_rows(self, start: int, stop: int) -> "IntervalColumn":
        """Returns the rows from `start` to `stop`."""
        return IntervalColumn(
            self.lo[start:stop], self.hi[start:stop], None if self.missing is None else self.missing[start:stop]
        )

    def select(self, mask: "BoolArray | IndexArray") -> "IntervalColumn":
        """Returns the rows that a mask marks, or those at the given places."""
        return IntervalColumn(self.lo[mask], self.hi[mask], None if self.missing is None else self.missing[mask])


NumberColumn: TypeAlias = "IntervalColumn | Interval"


@dataclass(frozen=True, slots=True, eq=False)
class SymbolColumn:
    """A word, text or truth value for each row: a place in `words`, -1 if it is missing."""

    codes: IndexArray
    words: tuple[str | bool, ...]

    @classmethod
    def of(cls, values: Sequence[str | bool | None]) -> "SymbolColumn":
        """Makes a column from values; None for a missing one."""
        import pandas as pd

        codes, words = pd.factorize(np.asarray(values, object))
        return cls(codes, tuple(words.tolist()))

    @classmethod
    def of_codes(cls, codes: IndexArray, values: Sequence[str | bool | None]) -> "SymbolColumn":
        """Makes a column from places in `values`, which may be equal; -1 or the place of None for a missing one."""
        found = cls.of(values)
        return cls(np.append(found.codes, -1)[codes], found.words)

    def slice_rows(self, start: int, stop: int) -> "SymbolColumn":
        """Returns the rows from `start` to `stop`."""
        return SymbolColumn(self.codes[start:stop], self.words)

    def select(self, mask: "BoolArray | IndexArray") -> "SymbolColumn":
        """Returns the rows that a mask marks, or those at the given places."""
        return SymbolColumn(self.codes[mask], self.words)

    def without_unused_words(self) -> "SymbolColumn":
        """Returns the same column without unused words, if it has more words than rows."""
        if len(self.words) <= len(self.codes):
            return self
        met = np.unique(self.codes)
        met = met[met >= 0]
        codes = np.where(self.codes < 0, -1, np.searchsorted(met, self.codes))
        return SymbolColumn(codes, tuple(self.words[code] for code in met))


def clip(a: NumberColumn, domain: Interval) -> NumberColumn:
    """Returns the part of the intervals inside `domain`."""
    if isinstance(a, Interval):
        return a.clip(domain)
    return IntervalColumn(np.clip(a.lo, domain.lo, domain.hi), np.clip(a.hi, domain.lo, domain.hi))


def clip_to_domain(a: NumberColumn, missing: Missing) -> NumberColumn:
    """Returns the result of a formula inside the domain of its figure; missing where that is the whole domain."""
    a = clip(a, missing)
    if isinstance(a, Interval):
        return missing if (a.lo, a.hi) == (missing.lo, missing.hi) else a
    return IntervalColumn(a.lo, a.hi, (a.lo == missing.lo) & (a.hi == missing.hi))


def where(mask: BoolArray, a: NumberColumn, b: NumberColumn) -> IntervalColumn:
    """Returns a where the mask is set, else b."""
    gaps = [x.missing if isinstance(x, IntervalColumn) else isinstance(x, Missing) or None for x in (a, b)]
    missing: BoolArray | None = None
    if any(gap is not None for gap in gaps):
        missing = np.where(mask, gaps[0] if gaps[0] is not None else False, gaps[1] if gaps[1] is not None else False)
    return IntervalColumn(np.where(mask, a.lo, b.lo), np.where(mask, a.hi, b.hi), missing)


def distance(a: NumberColumn, settled: IntervalColumn) -> FloatArray:
    """Returns the distance of a number from the one that is used, relative to it (at most 1 where that is 0)."""
    gap = np.maximum(np.maximum(a.lo - settled.hi, settled.lo - a.hi), 0.0)
    near = np.abs(np.where(a.lo > settled.hi, settled.hi, settled.lo))
    return np.where(near == 0, np.minimum(gap, 1.0), np.minimum(gap / near, LARGEST))
