"""Defines the debt lines of a balance sheet: their tags, amounts with bounds, and when two amounts are the same."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from screener.profile.strict_model import ListOf, Strict

EQUAL = 0.002  # relative difference up to which two amounts are the same
TURNED = 0.5  # share of total debt; more borrowed or repaid within a year is a sign of short-term debt
STANDARD = frozenset({"us-gaap", "ifrs-full", "dei", "srt", "invest", "country", "currency", "exch", "naics", "sic"})

Tags = ListOf[str]
Amounts = Mapping[str, float]


class DebtLines(Strict):
    """The table `rules/filings/debt.yaml`: debt tags by what they include."""

    whole: Tags
    long_term: Tags
    noncurrent_with_leases: Tags
    noncurrent: Tags
    noncurrent_parts: Tags
    noncurrent_leases: Tags
    current: Tags
    due_with_leases: Tags
    due: Tags
    due_parts: Tags
    current_leases: Tags
    short: Tags
    short_parts: Tags
    unclassified: Tags
    turnover: Tags
    explained: Tags
    own_tags: str
    not_own_tags: str

    @cached_property
    def names(self) -> frozenset[str]:
        """All us-gaap tags in the table, as TAXONOMY:TAG."""
        listed = (tags for name in type(self).model_fields if isinstance(tags := getattr(self, name), tuple))
        return frozenset(f"us-gaap:{tag}" for tags in listed for tag in tags)

    @cached_property
    def _own(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.own_tags), re.compile(self.not_own_tags)

    def is_own(self, name: str) -> bool:
        """Whether TAXONOMY:TAG is a company's own tag that may state debt."""
        taxonomy, _, tag = name.partition(":")
        like, unlike = self._own
        return taxonomy not in STANDARD and bool(like.search(tag)) and not unlike.search(tag)


class Debt(NamedTuple):
    """An amount of debt between two bounds; `tags` add up to the lower one, `further` to the rest of the upper one."""

    low: float
    high: float
    tags: Tags = ()
    further: Tags = ()

    def plus(self, other: "Debt") -> "Debt":
        """Returns the sum of both."""
        return Debt(
            self.low + other.low, self.high + other.high, (*self.tags, *other.tags), (*self.further, *other.further)
        )

    def up_to(self, amounts: Amounts) -> "Debt":
        """Raises the upper bound by amounts that may or may not be part of the debt."""
        return self._replace(high=self.high + sum(amounts.values()), further=(*self.further, *amounts))

    @property
    def note(self) -> str:
        """Names the tags in a note."""
        sure = " + ".join(dict.fromkeys(self.tags))
        more = " + ".join(tag for tag in dict.fromkeys(self.further) if tag not in self.tags)
        return "; ".join(
            part
            for part in (sure if not more else f"at least {sure}" * bool(sure), f"at most with {more}" * bool(more))
            if part
        )


NOTHING = Debt(0.0, 0.0)


class DebtParts(NamedTuple):
    """Debt in total, due within a year, and due later; None for a part without data."""

    total: Debt | None
    current: Debt | None
    noncurrent: Debt | None


def equal(a: float, b: float, within: float = EQUAL) -> bool:
    """Whether two amounts are the same, up to a relative difference."""
    return abs(a - b) <= within * max(abs(a), abs(b))


def distinct(stated: Amounts, wholes: Iterable[float] = ()) -> dict[str, float]:
    """Returns the positive amounts: equal ones once, and none that repeat one of `wholes`.

    If one amount is the sum of all others, it alone is returned.
    """
    kept: dict[str, float] = {}
    subtotals = [whole for whole in wholes if whole]
    for tag, amount in stated.items():
        if amount > 0 and not any(equal(amount, other) for other in (*kept.values(), *subtotals)):
            kept[tag] = amount
    total = sum(kept.values())
    for tag, amount in kept.items():
        if len(kept) > 2 and equal(amount, total - amount):
            return {tag: amount}
    return kept


def untagged_line(stated: Amounts, flows: Amounts, total: float, lines: DebtLines) -> float:
    """Returns the greatest possible short-term debt under a company's own tag; 0 if there is no sign of any.

    `stated` are the amounts of a balance sheet, `flows` those of the year that ends with it, `total` is the known debt.
    """

    def of(tags: Tags, amounts: Amounts) -> dict[str, float]:
        return {name: amounts[name] for tag in tags if (name := f"us-gaap:{tag}") in amounts}

    listed = of((*lines.short, *lines.short_parts, *lines.current), stated) or any(map(lines.is_own, stated))
    turned = max(map(abs, of(lines.turnover, flows).values()), default=0.0)
    liabilities = stated.get("us-gaap:LiabilitiesCurrent")
    if listed or liabilities is None or turned <= TURNED * total:
        return 0.0
    known = distinct(of((*lines.explained, *lines.due, *lines.due_with_leases, *lines.due_parts), stated))
    return max(liabilities - sum(known.values()), 0.0)
