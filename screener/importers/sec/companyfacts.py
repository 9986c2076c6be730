"""Reads `companyfacts` documents of the SEC: everything that one company has filed in XBRL, grouped by filing."""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from screener.errors import DocumentError, Problem
from screener.importers.sec.filing_days import filing_day
from screener.importers.sec.tags import Forms
from screener.io.document import Document, read_documents
from screener.text import clean, shorten

Span = tuple[date | None, date]
"""First and last day, both included; (None, day) for an amount at a date."""

SHARES = "shares"
ROUNDING = 0.005  # relative difference up to which two values of one fact are taken for roundings
CURRENCY = re.compile(r"[A-Z]{3}\Z")
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}\Z")


Values = Mapping[str, Mapping[Span, float]]
"""TAXONOMY:TAG -> span -> number, in the company's currency or in shares."""


class Filing(NamedTuple):
    """One filing with its values; `otherwise` holds the second value of facts that it states twice with different values."""

    accession: str
    form: str
    part: str  # annual, interim, other
    filed: date
    values: Values
    otherwise: Values = {}

    @property
    def second(self) -> "Filing | None":
        """The filing with the second value of every fact that it states twice; None if there is no such fact."""
        if not self.otherwise:
            return None
        merged = {tag: {**amounts, **self.otherwise.get(tag, {})} for tag, amounts in self.values.items()}
        return self._replace(values=merged, otherwise={})

    def spans(self) -> Counter[Span]:
        """Counts the tags with a value for each span."""
        return Counter(span for stated in self.values.values() for span in stated)


class FiledFacts(NamedTuple):
    """All filings of a company that count, the oldest first; `skipped` is the number of unreadable facts."""

    cik: int
    name: str
    currency: str | None
    filings: tuple[Filing, ...]
    skipped: int
    file: str


class TaggedFact(NamedTuple):
    """One fact of a filing."""

    tag: str
    unit: str
    span: Span
    value: float


def cik_number(value: Any) -> int | None:
    """Reads the number of a filer (CIK), which some documents write as text; None if it is invalid."""
    text = str(value)
    return int(text) if not isinstance(value, bool) and re.fullmatch(r"\d{1,10}", text) and int(text) else None


def read_companyfacts(path: str, wanted: Container[str], forms: Forms, as_of: date | None = None) -> FiledFacts:
    """Reads a company from a file (or '-') as it was known on a day.

    Raises DocumentError if it is not a companyfacts document.
    """
    documents = read_documents(path)
    return filed_facts(documents[0], wanted, forms, as_of)


def filed_facts(document: Document, wanted: Container[str], forms: Forms, as_of: date | None = None) -> FiledFacts:
    """Reads a company from a document.

    Raises DocumentError if it is not a companyfacts document, or if no filing in it counts.
    """
    data = document.data
    facts = data.get("facts") if isinstance(data, dict) else None
    cik = cik_number(data.get("cik")) if isinstance(data, dict) else None
    if not isinstance(facts, dict) or cik is None:
        what = "is not a companyfacts document of the SEC"
        raise DocumentError(Problem(what, _what_it_is(data), document.name))
    reader = _CompanyfactsReader(forms)
    reader.read(facts, wanted)
    if not reader.filings:
        hint = f"forms that count are {', '.join((*forms.annual, *forms.interim))}"
        raise DocumentError(Problem("holds no figures of a report", hint, document.name))
    known = {a: f for a, f in reader.filings.items() if as_of is None or f[1] <= as_of}
    if not known:
        first = min(filed for _, filed in reader.filings.values())
        raise DocumentError(Problem(f"nothing was filed by {as_of}", f"the first report is of {first}", document.name))
    name = clean(str(data.get("entityName") or "")) or f"CIK {cik}"
    company = company_of_facts(cik, name, known, reader.facts, forms)
    return company._replace(skipped=reader.skipped, file=Path(document.name).name)


def company_of_facts(
    cik: int, name: str, known: Mapping[str, tuple[str, date]], facts: Mapping[str, list[TaggedFact]], forms: Forms
) -> FiledFacts:
    """Builds a company from its filings (form and day) and their facts, both by accession number."""
    order = sorted(known, key=lambda a: (known[a][1], a))
    annual = [facts[a] for a in order if forms.part(known[a][0]) == "annual"]
    currency = _currency(annual or [facts[a] for a in order])
    filings = tuple(
        Filing(a, known[a][0], forms.part(known[a][0]) or "", known[a][1], *_values(facts[a], currency)) for a in order
    )
    return FiledFacts(cik, shorten(name or f"CIK {cik}", 200), currency, filings, skipped=0, file="")


def _what_it_is(data: Any) -> str:
    if isinstance(data, dict) and "filings" in data:
        return "it is a list of submissions; take https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json"
    if isinstance(data, dict) and "figures" in data:
        return "it is a profile already: screener run takes it as it is"
    return "take https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json, which has cik, entityName and facts"


class _CompanyfactsReader:
    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.filings: dict[str, tuple[str, date]] = {}  # accession number -> form and day
        self.facts: dict[str, list[TaggedFact]] = {}
        self.skipped = 0
        self._days: dict[str, date] = {}

    def read(self, taxonomies: Mapping[str, Any], wanted: Container[str]) -> None:
        for taxonomy, tags in taxonomies.items():
            for tag, concept in tags.items() if isinstance(tags, dict) else ():
                units = concept.get("units") if f"{taxonomy}:{tag}" in wanted and isinstance(concept, dict) else None
                for unit, listed in units.items() if isinstance(units, dict) else ():
                    if unit == SHARES or CURRENCY.match(unit):
                        for fact in listed if isinstance(listed, list) else ():
                            self._one(f"{taxonomy}:{tag}", unit, fact)

    def _one(self, tag: str, unit: str, fact: Any) -> None:
        try:
            form, accession, value = str(fact["form"]), fact["accn"], fact["val"]
            if self.forms.part(form) is None:
                return
            if isinstance(value, bool) or not isinstance(value, int | float) or not _ACCESSION.match(accession):
                raise ValueError
            start = self._day(fact["start"]) if fact.get("start") else None
            end, filed = self._day(fact["end"]), self._day(fact["filed"])
            if (end > filed and tag[:4] != "dei:") or (start and start >= end):
                raise ValueError
        except (TypeError, KeyError, ValueError, AttributeError):
            self.skipped += 1
            return
        self.filings[accession] = form, filed
        self.facts.setdefault(accession, []).append(TaggedFact(tag, unit, (start, end), float(value)))

    def _day(self, text: str) -> date:
        if text not in self._days:
            self._days[text] = filing_day(text)
        return self._days[text]


def _currency(filings: list[list[TaggedFact]]) -> str | None:
    """Returns the most frequent currency of the latest filing with amounts; None if there are no amounts.

    A convenience translation covers fewer years than the reporting currency, and so has fewer facts.
    """
    for facts in reversed(filings):
        counted = Counter(fact.unit for fact in facts if fact.unit != SHARES)
        if counted:
            return min(counted, key=lambda unit: (-counted[unit], unit))
    return None


def _values(facts: list[TaggedFact], currency: str | None) -> tuple[Values, Values]:
    """Returns a filing's values, and the second value of each fact stated twice, unless one is a rounding of the other."""
    found: dict[str, dict[Span, float]] = {}
    otherwise: dict[str, dict[Span, float]] = {}
    for fact in facts:
        if fact.unit in (currency, SHARES):
            amounts = found.setdefault(fact.tag, {})
            known = amounts.setdefault(fact.span, fact.value)
            if known == fact.value:
                continue
            if abs(known - fact.value) > ROUNDING * max(abs(known), abs(fact.value)):
                otherwise.setdefault(fact.tag, {})[fact.span] = fact.value
            elif _digits(fact.value) > _digits(known):
                amounts[fact.span] = fact.value
    return found, otherwise


def _digits(value: float) -> int:
    """Counts the digits of a number without zeros at its end; the more exact of two roundings has more."""
    return len(f"{abs(value):.4f}".rstrip("0").rstrip(".").rstrip("0").replace(".", ""))


def is_year_long(span: Span) -> bool:
    """Whether a span lasts about a year (52 or 53 weeks count)."""
    return span[0] is not None and 350 <= (span[1] - span[0]).days + 1 <= 380


def within_days(a: date, b: date, days: int = 10) -> bool:
    """Whether two days are so close that they may be the same date in fiscal calendars that differ by days."""
    return abs((a - b).days) <= days


def filings_of(filings: tuple[Filing, ...], part: str) -> Iterator[Filing]:
    """Yields the filings of one kind (annual, interim or other), the latest first."""
    return (filing for filing in reversed(filings) if filing.part == part)
