"""Numbers as closed intervals, and truth with three outcomes.

Two numbers that differ by no more than one part in 10⁹ are equal: floats have 16 significant digits, so that 0.1 + 0.2
exceeds 0.3 by one part in 10¹⁶. A number is greater than another if it is beyond `upper` of it, and every comparison is
defined by that; a difference of equal numbers is 0. `upper` never decreases, which is what keeps comparisons and sums
monotone in both numbers.

Every operation is inclusion-isotonic (Moore 1966): narrower inputs never give a wider result. Therefore the range of
the score only shrinks as more becomes known.
"""

import math
import sys
from dataclasses import dataclass
from enum import IntEnum

from screener.records import PickledByValues

INF = math.inf
LARGEST = sys.float_info.max
TOLERANCE = 1e-9  # relative
ABOVE, BELOW = 1 + TOLERANCE, 1 - TOLERANCE
CANCELS = 2 * TOLERANCE  # a sum this small beside its first term may be of equal numbers


class Truth(IntEnum):
    """Kleene's three outcomes; `min` is and, `max` is or (Kleene 1952)."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def negate(self) -> "Truth":
        """Not: true and false swap, unknown stays."""
        return _NEGATED[self]

    @classmethod
    def of(cls, value: bool) -> "Truth":
        """A Python truth value as an outcome."""
        return cls.TRUE if value else cls.FALSE


_NEGATED = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)


@dataclass(frozen=True, slots=True)
class Interval(PickledByValues):
    """All numbers from `lo` to `hi`; an infinite side is unbounded."""

    lo: float
    hi: float

    @classmethod
    def point(cls, value: float) -> "Interval":
        """The interval of one number."""
        return cls(value, value)

    @property
    def is_point(self) -> bool:
        """Whether it holds exactly one number."""
        return self.lo == self.hi

    @property
    def is_open(self) -> bool:
        """Whether a side is unbounded."""
        return self.lo == -INF or self.hi == INF

    def finite(self) -> tuple[float | None, float | None]:
        """Both ends, None for an unbounded one."""
        return (None if self.lo == -INF else self.lo, None if self.hi == INF else self.hi)

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval that holds both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi))

    def clip(self, domain: "Interval") -> "Interval":
        """The part inside `domain`, a plain interval; its nearest end where they do not meet."""
        if type(self) is Interval and domain.lo <= self.lo and self.hi <= domain.hi:
            return self
        return Interval(min(max(self.lo, domain.lo), domain.hi), max(min(self.hi, domain.hi), domain.lo))

    def __neg__(self) -> "Interval":
        return Interval(-self.hi, -self.lo)

    def __add__(self, other: "Interval") -> "Interval":
        lo, hi = self.lo + other.lo, self.hi + other.hi
        if abs(lo) < abs(self.lo) * CANCELS and are_equal(self.lo, -other.lo):
            lo = 0.0
        if abs(hi) < abs(self.hi) * CANCELS and are_equal(self.hi, -other.hi):
            hi = 0.0
        return _safe(lo, hi)

    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [_times(a, b) for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return _safe(min(ends), max(ends))

    def __truediv__(self, other: "Interval") -> "Interval":
        """Quotient; all numbers where the divisor may be 0."""
        if other.lo <= 0 <= other.hi:
            return UNBOUNDED
        ends = [_over(a, b) for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return _safe(min(ends), max(ends))

    def absolute(self) -> "Interval":
        """The numbers without their sign."""
        if self.lo >= 0:
            return self
        if self.hi <= 0:
            return -self
        return Interval(0.0, max(-self.lo, self.hi))

    def ln(self) -> "Interval":
        """The natural logarithm; all numbers where it may be of 0 or less."""
        return Interval(math.log(self.lo), math.log(self.hi)) if self.lo > 0 else UNBOUNDED

    def exp(self) -> "Interval":
        """e to the power of it."""
        return _safe(exponential(self.lo), exponential(self.hi))

    def max(self, other: "Interval") -> "Interval":
        """The greater of two numbers."""
        return Interval(max(self.lo, other.lo), max(self.hi, other.hi))

    def min(self, other: "Interval") -> "Interval":
        """The lesser of two numbers."""
        return Interval(min(self.lo, other.lo), min(self.hi, other.hi))


class Missing(Interval):
    """The domain of a number of which nothing is claimed: as wide as it can be, and not `known`."""

    __slots__ = ()


UNBOUNDED = Interval(-INF, INF)
ZERO = Interval(0.0, 0.0)
ONE_IF = {Truth.FALSE: ZERO, Truth.UNKNOWN: Interval(0.0, 1.0), Truth.TRUE: Interval(1.0, 1.0)}
"""A truth as a number: 1 or 0, or either."""


def upper(value: float) -> float:
    """The largest number that counts as equal to a value, or a rounding error from it."""
    return value * ABOVE if value > 0 else value * BELOW


def lower(value: float) -> float:
    """The smallest number that counts as equal to a finite value: exactly those below it have an `upper` below the value."""
    found = value / ABOVE if value > 0 else value / BELOW
    while upper(found) >= value:
        found = math.nextafter(found, -INF)
    while upper(found) < value:
        found = math.nextafter(found, INF)
    return found


def are_equal(a: float, b: float) -> bool:
    """Whether two numbers are equal, within the tolerance."""
    return a <= upper(b) and b <= upper(a)


def _greater(a: Interval, b: Interval) -> Truth:
    return Truth.TRUE if a.lo > upper(b.hi) else Truth.UNKNOWN if a.hi > upper(b.lo) else Truth.FALSE


def compare(op: str, a: Interval, b: Interval) -> Truth:
    """Whether `a op b` for the numbers that a and b stand for: true if for all of them, false if for none."""
    match op:
        case ">":
            return _greater(a, b)
        case "<":
            return _greater(b, a)
        case ">=":
            return _greater(b, a).negate()
        case "<=":
            return _greater(a, b).negate()
        case "==":
            return min(_greater(a, b).negate(), _greater(b, a).negate())
    return max(_greater(a, b), _greater(b, a))


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _over(a: float, b: float) -> float:
    return 0.0 if a == 0 or math.isinf(b) else a / b


def exponential(a: float) -> float:
    """e to the power of a number; infinity where that is too large for one."""
    try:
        return math.exp(a)
    except OverflowError:
        return INF


def _safe(lo: float, hi: float) -> Interval:
    """An interval with valid ends: an overflow becomes the largest number, and -0 becomes 0."""
    return Interval(min(lo, LARGEST) + 0.0, max(hi, -LARGEST) + 0.0)
