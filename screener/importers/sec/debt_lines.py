"""Debt on the lines of a balance sheet: the tags of its lines, amounts with their bounds, and which amounts are one."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from pydantic import Field

from screener.profile.strict_model import Strict

EQUAL = 0.002  # relative gap of amounts that are one amount
TURNED = 0.5  # of the debt, borrowed or repaid within a year: more is a sign of short-term debt
STANDARD = frozenset({"us-gaap", "ifrs-full", "dei", "srt", "invest", "country", "currency", "exch", "naics", "sic"})

Tags = tuple[str, ...]
Amounts = Mapping[str, float]


class DebtLines(Strict):
    """The table `rules/filings/debt.yaml`: tags of debt by what they contain."""

    whole: Tags = Field(strict=False)
    long_term: Tags = Field(strict=False)
    noncurrent_with_leases: Tags = Field(strict=False)
    noncurrent: Tags = Field(strict=False)
    noncurrent_parts: Tags = Field(strict=False)
    noncurrent_leases: Tags = Field(strict=False)
    current: Tags = Field(strict=False)
    due_with_leases: Tags = Field(strict=False)
    due: Tags = Field(strict=False)
    due_parts: Tags = Field(strict=False)
    current_leases: Tags = Field(strict=False)
    short: Tags = Field(strict=False)
    short_parts: Tags = Field(strict=False)
    unclassified: Tags = Field(strict=False)
    turnover: Tags = Field(strict=False)
    explained: Tags = Field(strict=False)
    own_tags: str
    not_own_tags: str

    @cached_property
    def names(self) -> frozenset[str]:
        """All tags of us-gaap that it names, with their taxonomy."""
        listed = (tags for name in type(self).model_fields if isinstance(tags := getattr(self, name), tuple))
        return frozenset(f"us-gaap:{tag}" for tags in listed for tag in tags)

    @cached_property
    def _own(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.own_tags), re.compile(self.not_own_tags)

    def is_own(self, name: str) -> bool:
        """Whether TAXONOMY:TAG is a tag of a company's own that may state debt."""
        taxonomy, _, tag = name.partition(":")
        like, unlike = self._own
        return taxonomy not in STANDARD and bool(like.search(tag)) and not unlike.search(tag)


class Debt(NamedTuple):
    """An amount of debt between two bounds; `tags` make the lower one, `further` the rest of the upper one."""

    low: float
    high: float
    tags: Tags = ()
    further: Tags = ()

    def plus(self, other: "Debt") -> "Debt":
        """Both together."""
        return Debt(
            self.low + other.low, self.high + other.high, (*self.tags, *other.tags), (*self.further, *other.further)
        )

    def up_to(self, amounts: Amounts) -> "Debt":
        """With amounts that may or may not be part of it."""
        return self._replace(high=self.high + sum(amounts.values()), further=(*self.further, *amounts))

    @property
    def note(self) -> str:
        """The tags as a text."""
        sure = " + ".join(dict.fromkeys(self.tags))
        more = " + ".join(tag for tag in dict.fromkeys(self.further) if tag not in self.tags)
        return "; ".join(
            part
            for part in (sure if not more else f"at least {sure}" * bool(sure), f"at most with {more}" * bool(more))
            if part
        )


NOTHING = Debt(0.0, 0.0)


class DebtParts(NamedTuple):
    """Debt in total, of which due within a year and later; None where nothing is stated."""

    total: Debt | None
    current: Debt | None
    noncurrent: Debt | None


def equal(a: float, b: float, within: float = EQUAL) -> bool:
    """Whether two amounts are one, up to a relative gap."""
    return abs(a - b) <= within * max(abs(a), abs(b))


def distinct(stated: Amounts, wholes: Iterable[float] = ()) -> dict[str, float]:
    """The amounts above 0, equal ones once, without those that repeat a whole; the sum of all others stands for them."""
    kept: dict[str, float] = {}
    taken = [whole for whole in wholes if whole]
    for tag, amount in stated.items():
        if amount > 0 and not any(equal(amount, other) for other in (*kept.values(), *taken)):
            kept[tag] = amount
    total = sum(kept.values())
    for tag, amount in kept.items():
        if len(kept) > 2 and equal(amount, total - amount):
            return {tag: amount}
    return kept


def untagged_line(stated: Amounts, flows: Amounts, total: float, lines: DebtLines) -> float:
    """The most that a line of short-term debt under a company's own tag may be; 0 where nothing shows that there is one.

    `stated` are the amounts of a balance sheet, `flows` those of the year that ends with it, `total` the debt that is known.
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
