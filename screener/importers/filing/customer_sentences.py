"""Reads customers and their shares of revenue from sentences."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from screener.importers.filing.number_formats import number_in_words
from screener.importers.filing.sentence_rules import StatedSentence
from screener.importers.filing.stated_claims import FoundTopics, PlacedSentence
from screener.text import slug

LEAST = 0.1
"""Share of revenue from which accounts disclose a customer (ASC 280-10-50-42, IFRS 8.34)."""
STATED = ("customers", "named-customers")
"""The topics of sentences that state customers with their shares."""
NO_CUSTOMER, NO_CUSTOMER_BUT = "no-customer", "no-customer-but"

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5}
_SHARE = re.compile(
    r"(?P<words>[a-z]+(?:[- ][a-z]+)?) (?:percent|per cent)\b(?: \([^)]*\))?|(?P<digits>\d{1,3}(?:\.\d+)?)"
    rf"|(?:(?P<count>one|two|three|a)[- ])?\b(?P<part>{'|'.join(_PARTS)})s?\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\d ?(?:%|percent|per cent)|\bpercent\b|\b(?:half|third|quarter|fifth)s? of\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COMPARATIVE = re.compile(r"\((?:fiscal )?(?:19|20)\d\d: [^)]*\)")
_COUNTS = {"one": 1, "a": 1, "an": 1, "single": 1, "our": 1, "its": 1, "the": 1, "two": 2, "three": 3, "four": 4}
_ROLES = (
    "customers? customer-entit(?:y|ies) distributors? wholesalers? resellers? retailers? clients? "
    "tenants? lessees? payors? payers? licensees?"
)
_ROLE = f"(?:{'|'.join(_ROLES.split())})"
_UNNAMED = re.compile(
    rf"\A(?:direct )?{_ROLE} (?P<letters>[A-Z0-9](?:(?:, | and |, and )(?:{_ROLE} )?[A-Z0-9])*)\b.*\Z"
    rf"|\A(?:(?:our|its|the|the company['’]s) (?=two|three|four))?"
    rf"(?:(?P<count>one|two|three|four|a|an|our|its|the)\b[\w\s'’-]*?)?\b(?P<role>{_ROLE})"
    rf"(?:,? (?P<name>(?-i:[A-Z])[\w.,&'’ -]{{1,80}}?))?,?\Z",
    re.IGNORECASE,
)
_LARGEST = re.compile(r"the (?:single )?largest", re.IGNORECASE)
"""Matches the largest of a group of customers."""
_APPOSITION = re.compile(r", (?:an?|each|the) [^,A-Z]+(?=,|\Z)|,? respectively\Z")
"""Matches a description beside a customer's name: a wholesaler."""
_LETTERED = re.compile(r"\b[A-Z0-9]\b")
_EACH = re.compile(r"\beach\b", re.IGNORECASE)
_SPLIT = re.compile(
    r",? and |, (?!(?:Inc|Incorporated|Corp|Corporation|Co|LLC|L\.L\.C|Ltd|Limited|L\.P|LP|N\.V|S\.A)\b)"
)
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
    """A customer (name None if it is not named), its share, a label within the sentence, and the sentence."""

    name: str | None
    label: str
    share: float
    placed: PlacedSentence


def stated_customers(found: FoundTopics, end: date) -> list[StatedCustomer]:
    """Returns the customers of 10 % of revenue or more in the year that ends on a day, the largest first."""
    kept: dict[tuple[str, float], StatedCustomer] = {}
    for placed in (placed for topic in STATED for placed in found.by_topic.get(topic, ())):
        for customer in _customers(placed, end):
            if LEAST <= customer.share < 1:
                same = slug(customer.name) if customer.name else customer.label
                kept.setdefault((same, customer.share if customer.name is None else 0.0), customer)
    listed = list(kept.values())
    named = {customer.share for customer in listed if customer.name}
    distinct = [c for c in listed if c.name or c.share not in named]
    return sorted(distinct, key=lambda c: (-c.share, c.name or c.label))


def denies_others(found: FoundTopics, end: date) -> PlacedSentence | None:
    """Returns the sentence that no (other) customer reaches 10 % in the year that ends on a day; None if there is none."""
    return _of_year(found, NO_CUSTOMER, end)


def excepts_some(found: FoundTopics, end: date) -> PlacedSentence | None:
    """Returns the sentence that no customer reaches 10 % apart from some without a stated share; None if there is none."""
    return _of_year(found, NO_CUSTOMER_BUT, end)


def _of_year(found: FoundTopics, topic: str, end: date) -> PlacedSentence | None:
    """Returns the first sentence of a topic that names the year that ends on a day, or names no year; otherwise None."""
    for placed in found.by_topic.get(topic, ()):
        stated = placed.stated
        years = _years(stated.found.string) or _years(stated.sentence[: stated.start])
        if not years or _is_of(years, end) or "any of the" in placed.stated.sentence:
            return placed
    return None


def _customers(placed: PlacedSentence, end: date) -> Iterator[StatedCustomer]:
    match = placed.stated.found
    shares = list(_shares(match["shares"]))
    party = _APPOSITION.sub("", match["party"].strip(" ,")).strip(" ,")
    years = _years_of(placed.stated)
    each = len(shares) == 1 and _EACH.search(match[0]) is not None
    names = list(_names(party, len(shares), each))
    if not names:
        return
    if len(names) == 1:
        share = _share_of_year(shares, years, end)
        if share is not None:
            yield StatedCustomer(*names[0], share, placed)
    elif len(names) == len(shares) or each:
        if len(years) == len(shares) > 1:
            return  # it is not clear whether the shares are of customers or of years
        if not years or _is_of(years, end):
            for name, share in zip(names, shares * len(names) if each else shares, strict=True):
                yield StatedCustomer(*name, share, placed)


def _shares(text: str) -> Iterator[float]:
    """Yields the shares in a text, in digits or words, as fractions."""
    for found in _SHARE.finditer(text):
        words, part = found["words"], found["part"]
        if part is not None:
            yield _COUNTS[(found["count"] or "a").lower()] / _PARTS[part.lower()]
        else:
            yield float(found["digits"] if words is None else number_in_words(words)) / 100


def _years_of(stated: StatedSentence) -> list[int]:
    """Returns the years to which a match refers: those in it and up to the next percentage, else those before it, else all.

    A clause without a year refers to the year of the clause before it.
    """
    match, text = stated.found, stated.found.string
    following = text[match.end("shares") :]
    percent = _PERCENT.search(following)
    within = text[match.start() : match.end("shares")] + (following[: percent.start()] if percent else following)
    return (
        _years(within)
        or _years(text[: match.start()])
        or _years(text)
        or _years(stated.sentence[: stated.start].rstrip("; ").rpartition(";")[2])
    )


def _names(party: str, shares: int, each: bool = False) -> Iterator[tuple[str | None, str]]:
    """Yields name (None if there is none) and label of each customer in a text; nothing if it refers to a group.

    `each`: whether one share applies to every one of them.
    """
    if _LARGEST.fullmatch(party):
        yield None, "Customer 1"
        return
    if unnamed := _UNNAMED.match(party):
        names = [] if not unnamed["name"] else [_plain(part) for part in _SPLIT.split(unnamed["name"])]
        count = _COUNTS.get((unnamed["count"] or "").lower(), 0)
        if names and all(is_a_company(name) for name in names) and len(names) in (1, shares):
            yield from ((name, "") for name in names)
        elif unnamed["letters"]:
            yield from ((None, f"Customer {letter}") for letter in _LETTERED.findall(unnamed["letters"]))
        else:
            if (count == 1 and not unnamed["role"].lower().endswith("s")) or (count > 1 and (count == shares or each)):
                yield from ((None, f"Customer {n}") for n in range(1, count + 1))
        return
    party = _AND_AFFILIATES.sub("", party)
    parts = [party] if shares == 1 else _SPLIT.split(party)
    names = [_plain(part) for part in parts]
    if all(is_a_company(name) for name in names):
        yield from ((name, "") for name in names)


def _plain(name: str) -> str:
    return _LEADING.sub("", _AND_AFFILIATES.sub("", name.strip(' ,.“”"'))).strip(' ,.“”"')


def is_a_company(name: str) -> bool:
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
    """Returns the years in a text, without comparatives in parentheses such as (2023: 12 %)."""
    return list(dict.fromkeys(int(year) for year in _YEAR.findall(_COMPARATIVE.sub("", sentence))))


def _is_of(years: Iterable[int], end: date) -> bool:
    """Whether years include the fiscal year that ends on a day.

    A fiscal year that ends in the first half of a year may be named by the year before.
    """
    listed = list(years)
    return end.year in listed or (end.month <= 6 and end.year not in listed and max(listed) == end.year - 1)


def is_of_year(year: int, years: Iterable[int], end: date) -> bool:
    """Whether a year of a table with these `years` is the fiscal year that ends on a day."""
    listed = list(years)
    return _is_of(listed, end) and year == (end.year if end.year in listed else max(listed))


def _share_of_year(shares: list[float], years: list[int], end: date) -> float | None:
    """Returns the share in the fiscal year that ends on a day; None if the sentence is about other years."""
    if years and not _is_of(years, end):
        return None
    if len(shares) == 1:
        return shares[0]
    if len(years) < len(shares):
        return None
    current = end.year if end.year in years else max(years)
    at = years.index(current)
    return shares[at] if at < len(shares) else None
