"""Checks that amounts of one filing and time are consistent, by the table `rules/filings/checks.yaml`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from pydantic import Field, model_validator

from screener.importers.sec.amount_text import number
from screener.importers.sec.tag_terms import Term
from screener.profile.strict_model import ListOf, Strict


class StatementCheck(Strict):
    """An identity or an upper bound for tags of one filing and time."""

    says: str = Field(description="What is wrong if the check does not hold.")
    sum: ListOf[Term]
    equals: ListOf[Term] = ()
    any: ListOf[str] = ()
    at_most: Term | None = None
    scale: ListOf[str]
    tolerance: float = 0.005

    @model_validator(mode="after")
    def _one_form(self) -> "StatementCheck":
        if bool(self.equals) == bool(self.at_most):
            raise ValueError("needs one of `equals` and `at_most`")
        return self

    def tags(self) -> Iterator[str]:
        """Yields all tags of the check, without their taxonomy."""
        for term in (*self.sum, *self.equals, self.at_most or ()):
            yield from term
        yield from (*self.any, *self.scale)

    def broken(self, stated: Mapping[str, float]) -> str | None:
        """Describes the inconsistency; None if the check holds or cannot be applied."""
        left, right = _total(self.sum, stated), _total(self.equals or (self.at_most or (),), stated)
        scale = next((abs(stated[tag]) for tag in self.scale if stated.get(tag)), None)
        if left is None or right is None or scale is None:
            return None
        gap = self.tolerance * scale
        holds = left <= right + gap if self.at_most else self._meets(left - right, gap, stated)
        return None if holds else f"{self.says} ({number(left)} beside {number(right)})"

    def _meets(self, difference: float, gap: float, stated: Mapping[str, float]) -> bool:
        """Whether adding or subtracting some of the optional amounts makes both sides equal."""
        extra = [stated[tag] for tag in self.any if stated.get(tag)]
        return any(
            abs(difference - sign * sum(some)) <= gap
            for k in range(len(extra) + 1)
            for some in combinations(extra, k)
            for sign in (1, -1)
        )


def _total(terms: Sequence[Term], stated: Mapping[str, float]) -> float | None:
    found = [next((stated[tag] for tag in term if tag in stated), None) for term in terms]
    return None if None in found else sum(value for value in found if value is not None)
