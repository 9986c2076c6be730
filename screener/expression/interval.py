"""Numbers as closed intervals, and truth with three outcomes.

Every operation is inclusion-isotonic (Moore 1966): narrower inputs never give a wider result. That is what makes the
range of the score shrink, and never jump, as more becomes known.
"""

import math
import sys
from dataclasses import dataclass
from enum import IntEnum

INF = math.inf
LARGEST = sys.float_info.max


class Truth(IntEnum):
    """Kleene's three outcomes; `min` is and, `max` is or (Kleene 1952)."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def negate(self) -> "Truth":
        """Not: true and false swap, unknown stays."""
        return Truth(2 - self)

    @classmethod
    def of(cls, value: bool) -> "Truth":
        """A Python truth value as an outcome."""
        return cls.TRUE if value else cls.FALSE


@dataclass(frozen=True, slots=True)
class Interval:
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
        """The part inside `domain`; its nearest end where they do not meet."""
        return Interval(min(max(self.lo, domain.lo), domain.hi), max(min(self.hi, domain.hi), domain.lo))

    def __neg__(self) -> "Interval":
        return Interval(-self.hi, -self.lo)

    def __add__(self, other: "Interval") -> "Interval":
        return _safe(self.lo + other.lo, self.hi + other.hi)

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


def compare(op: str, a: Interval, b: Interval) -> Truth:
    """Whether `a op b` for the numbers that a and b stand for."""
    match op:
        case ">":
            return Truth.TRUE if a.lo > b.hi else Truth.UNKNOWN if a.hi > b.lo else Truth.FALSE
        case ">=":
            return Truth.TRUE if a.lo >= b.hi else Truth.UNKNOWN if a.hi >= b.lo else Truth.FALSE
        case "<":
            return compare(">", b, a)
        case "<=":
            return compare(">=", b, a)
        case "==":
            if a.is_point and b.is_point and a.lo == b.lo:
                return Truth.TRUE
            return Truth.UNKNOWN if a.lo <= b.hi and b.lo <= a.hi else Truth.FALSE
        case _:
            return compare("==", a, b).negate()


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
    """An interval whose ends have their right side: what overflowed stays the largest number; -0 is 0."""
    return Interval(min(lo, LARGEST) + 0.0, max(hi, -LARGEST) + 0.0)
