"""Customers with their shares of revenue from sentences: who, how much, and of which year."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from screener.importers.filing.stated_claims import FoundTopics, PlacedSentence
from screener.text import slug

LEAST = 0.1
"""Share of revenue from which accounts name a customer (ASC 280-10-50-42, IFRS 8.34)."""
CUSTOMERS, NO_CUSTOMER = "customers", "no-customer"

_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNTS = {"one": 1, "a": 1, "an": 1, "single": 1, "our": 1, "its": 1, "the": 1, "two": 2, "three": 3, "four": 4}
_ROLE = r"(?:customers?|customer-entit(?:y|ies)|distributors?|wholesalers?|resellers?|retailers?|clients?)"
_UNNAMED = re.compile(
    rf"\A(?:(?P<count>one|two|three|four|a|an|our|its|the)\b[\w\s'’-]*?)?\b{_ROLE}"
    rf"(?:, (?P<name>(?-i:[A-Z])[\w.&'’ -]{{1,60}}))?,?\Z"
    rf"|\A(?:direct )?{_ROLE} (?P<letters>[A-Z0-9](?:(?:, | and |, and )[A-Z0-9])*)\b.*\Z",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"\b[A-Z0-9]\b")
_AND_AFFILIATES = re.compile(
    r"(?:,? (?:and|or|together with|including|collectively with) (?:its|their|certain) .*|,? \(.*?\)|['’]s)+\Z",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"\A(?:the )?(?:(?:our|its|the company['’]s) )?(?:(?:single |largest |major |significant |primary |key )*customers?, )?"
    r"(?:the (?=[A-Z]))?",
    re.IGNORECASE,
)
_NOT_A_COMPANY = re.compile(
    r"\b(?:customers?|clients?|segments?|products?|services?|subscriptions?|licen[cs]es?|regions?|countr(?:y|ies)|states|markets?|sales|"
    r"revenues?|operations?|contracts?|business(?:es)?|subsidiar(?:y|ies)|stores|channels?|distribution|agreements?|programs?|"
    r"europe|asia|americas?|africa|china|japan|germany|france|canada|mexico|brazil|india|korea|taiwan|singapore|israel|australia|"
    r"united kingdom|united states|north|south|latin|pacific|middle east|emea|apac|january|february|march|april|june|july|august|"
    r"september|october|november|december|fiscal)\b",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(r"\bgovernment|department of|\bagenc(?:y|ies)\b|\bnasa\b", re.IGNORECASE)
_MOST_WORDS = 8


class StatedCustomer(NamedTuple):
    """A customer (None: it has no name), its share, an id within the sentence, and the sentence."""

    name: str | None
    label: str
    share: float
    placed: PlacedSentence


def stated_customers(found: FoundTopics, end: date) -> list[StatedCustomer]:
    """The customers of 10 % of revenue or more in the year that ends on a day, each once, the largest first."""
    kept: dict[tuple[str, float], StatedCustomer] = {}
    for placed in found.by_topic.get(CUSTOMERS, ()):
        for customer in _customers(placed, end):
            if LEAST <= customer.share < 1:
                same = slug(customer.name) if customer.name else customer.label
                kept.setdefault((same, customer.share if customer.name is None else 0.0), customer)
    listed = list(kept.values())
    named = {customer.share for customer in listed if customer.name}
    distinct = [c for c in listed if c.name or c.share not in named]
    return sorted(distinct, key=lambda c: (-c.share, c.name or c.label))


def denies_others(found: FoundTopics, end: date) -> PlacedSentence | None:
    """The sentence that says that no (other) customer reaches 10 % in the year that ends on a day."""
    for placed in found.by_topic.get(NO_CUSTOMER, ()):
        years = _years(placed.stated.sentence)
        if not years or _is_of(years, end) or "any of the" in placed.stated.sentence:
            return placed
    return None


def _customers(placed: PlacedSentence, end: date) -> Iterator[StatedCustomer]:
    match = placed.stated.found
    shares = [float(n) / 100 for n in _NUMBER.findall(match["shares"])]
    party = match["party"].strip(" ,")
    years = _years(placed.stated.sentence)
    names = list(_names(party, len(shares)))
    if not names:
        return
    if len(names) == 1:
        share = _share_of_year(shares, years, end)
        if share is not None:
            yield StatedCustomer(*names[0], share, placed)
    elif len(names) == len(shares) and (not years or _is_of(years, end)):
        for name, share in zip(names, shares, strict=True):
            yield StatedCustomer(*name, share, placed)


def _names(party: str, shares: int) -> Iterator[tuple[str | None, str]]:
    """Name (None where there is none) and label of each customer that a text means; nothing where it means a group."""
    if unnamed := _UNNAMED.match(party):
        if unnamed["name"] and not _NOT_A_COMPANY.search(unnamed["name"]):
            yield _plain(unnamed["name"]), ""
        elif unnamed["letters"]:
            yield from ((None, f"Customer {letter}") for letter in _LETTERED.findall(unnamed["letters"]))
        else:
            count = _COUNTS.get((unnamed["count"] or "").lower(), 0)
            if count == 1 or count == shares:
                yield from ((None, f"Customer {n}") for n in range(1, count + 1))
        return
    party = _AND_AFFILIATES.sub("", party)
    parts = [party] if shares == 1 else re.split(r",? and |, ", party)
    names = [_plain(part) for part in parts]
    if all(_is_a_company(name) for name in names):
        yield from ((name, "") for name in names)


def _plain(name: str) -> str:
    return _LEADING.sub("", _AND_AFFILIATES.sub("", name.strip(' ,.“”"'))).strip(' ,.“”"')


def _is_a_company(name: str) -> bool:
    """Whether a text may be the name of one company or government."""
    if _GOVERNMENT.search(name):
        return len(name.split()) <= _MOST_WORDS
    words = name.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and (name[0].isupper() or name[0].isdigit())
        and _NOT_A_COMPANY.search(name) is None
        and " and " not in name.lower()
    )


def _years(sentence: str) -> list[int]:
    return list(dict.fromkeys(int(year) for year in _YEAR.findall(sentence)))


def _is_of(years: Iterable[int], end: date) -> bool:
    """Whether years name the fiscal year that ends on a day; one that ends early in a year may have the name of the year before."""
    listed = list(years)
    return end.year in listed or (end.month <= 6 and end.year not in listed and max(listed) == end.year - 1)


def _share_of_year(shares: list[float], years: list[int], end: date) -> float | None:
    """The share of the fiscal year, of one for each of several years; None where the sentence is of others."""
    if years and not _is_of(years, end):
        return None
    if len(shares) == 1:
        return shares[0]
    if len(years) < len(shares):
        return None
    current = end.year if end.year in years else max(years)
    at = years.index(current)
    return shares[at] if at < len(shares) else None
