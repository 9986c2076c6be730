"""Reads the facts of a report in inline XBRL: concept, number or text, time, unit and dimensions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from screener import limits
from screener.importers.filing.markup import Element, attribute, descendants, local_name
from screener.importers.filing.number_formats import MOST_SCALE, printed_number
from screener.importers.sec.filing_days import filing_day

_STANDARD = {
    "fasb.org/us-gaap": "us-gaap",
    "fasb.org/srt": "srt",
    "xbrl.sec.gov/dei": "dei",
    "xbrl.sec.gov/ecd": "ecd",
    "xbrl.sec.gov/country": "country",
    "xbrl.ifrs.org/taxonomy": "ifrs-full",
}

LEVELS = 6  # levels of elements in a context or unit; the standard has three
NESTING = 40  # levels of elements that are read in a tagged number or text


class FactContext(NamedTuple):
    """The company, time and dimensions of a fact: axis -> member (both PREFIX:NAME; the text for a typed axis)."""

    entity: str
    start: date | None
    end: date
    dimensions: Mapping[str, str]


class NumericFact(NamedTuple):
    """A number as reported; `decimals` is the number of exact digits after the point (None: all)."""

    concept: str
    value: Decimal
    unit: str
    context: FactContext
    decimals: int | None
    element: Element  # its element in the document


@dataclass(slots=True)
class InlineReport:
    """The facts of a document in inline XBRL.

    `unreadable` is the number of unreadable numbers; `without_value` holds their concepts and those of nil facts.
    """

    numbers: list[NumericFact] = field(default_factory=list)
    texts: dict[str, tuple[str, FactContext]] = field(
        default_factory=dict
    )  # facts of the cover page: concept -> text and context
    flags: dict[str, bool] = field(default_factory=dict)
    unreadable: int = 0
    without_value: set[str] = field(default_factory=set)

    @property
    def tags(self) -> frozenset[str]:
        """All names in use: concepts of numbers and texts, axes, and the concepts of yes/no facts that are yes."""
        numbers = {name for fact in self.numbers for name in (fact.concept, *fact.context.dimensions)}
        marks = {concept for concept, is_set in self.flags.items() if is_set}
        return frozenset((*numbers, *marks, *(self.texts.keys() - self.flags.keys())))

    def add(self, other: "InlineReport") -> None:
        """Adds the facts of another document of the same report; existing texts and yes/no facts are kept."""
        self.numbers.extend(other.numbers)
        self.texts = {**other.texts, **self.texts}
        self.flags = {**other.flags, **self.flags}
        self.unreadable += other.unreadable
        self.without_value |= other.without_value

    def text(self, concept: str) -> str | None:
        """Returns a text of the cover page; None if it is not stated."""
        found = self.texts.get(concept)
        return found[0] if found else None


def read_inline_facts(root: Element) -> InlineReport:
    """Reads the facts of a document; numbers that cannot be read are counted."""
    return _InlineReader(root).report


class _InlineReader:
    def __init__(self, root: Element) -> None:
        self.report = InlineReport()
        self.contexts: dict[str, FactContext] = {}
        self.units: dict[str, str] = {}
        self.continuations: dict[str, Element] = {}
        numbers, texts = list[Element](), list[Element]()
        for element in root.iter():
            kind = local_name(element)
            if kind == "nonfraction":
                numbers.append(element)
            elif kind == "nonnumeric":
                texts.append(element)
            elif kind == "continuation":
                self.continuations[attribute(element, "id")] = element
            elif kind == "context":
                self._read_context(element)
            elif kind == "unit" and attribute(element, "id"):
                self.units[attribute(element, "id")] = _unit(element)
        for element in numbers:
            self._read_number(element)
        for element in texts:
            self._read_text(element)

    def _read_context(self, element: Element) -> None:
        entity, start, end, dimensions = "", None, None, {}
        for inner in descendants(element, LEVELS):
            kind, text = local_name(inner), (inner.text or "").strip()
            if kind == "identifier":
                entity = text
            elif kind == "startdate":
                start = _day(text)
            elif kind in ("enddate", "instant"):
                end = _day(text, last=True)
            elif kind == "explicitmember":
                dimensions[_qualified(attribute(inner, "dimension"), inner)] = _qualified(text, inner)
            elif kind == "typedmember":
                dimensions[_qualified(attribute(inner, "dimension"), inner)] = _own_text(inner).strip()
        if end is not None and attribute(element, "id"):
            self.contexts[attribute(element, "id")] = FactContext(entity, start, end, dimensions)

    def _read_number(self, element: Element) -> None:
        concept = _qualified(attribute(element, "name"), element)
        is_nil = any(k.rpartition("}")[2] == "nil" and v in ("true", "1") for k, v in element.attrib.items())
        try:
            fact = None if is_nil else self._number(element, concept)
        except ValueError:
            self.report.unreadable += 1
            fact = None
        if fact is None:
            self.report.without_value.add(concept)
        else:
            self.report.numbers.append(fact)

    def _number(self, element: Element, concept: str) -> NumericFact | None:
        """Reads the number of an element; None if it prints no value. Raises ValueError if it cannot be read."""
        context = self.contexts.get(attribute(element, "contextRef"))
        unit = self.units.get(attribute(element, "unitRef"))
        if context is None or unit is None:
            raise ValueError
        scale, decimals = int(attribute(element, "scale") or 0), attribute(element, "decimals") or "INF"
        text = _own_text(element)
        value = printed_number(text, attribute(element, "format") or "", scale, attribute(element, "sign") == "-")
        digits = None if decimals == "INF" else int(decimals)
        if digits is not None and abs(digits) > MOST_SCALE:
            raise ValueError
        return None if value is None else NumericFact(concept, value, unit, context, digits, element)

    def _read_text(self, element: Element) -> None:
        concept = _qualified(attribute(element, "name"), element)
        context = self.contexts.get(attribute(element, "contextRef"))
        if context is None or context.dimensions or concept.endswith("TextBlock"):
            return
        kind = attribute(element, "format").rpartition(":")[2].replace("-", "").lower()
        text = " ".join("".join(self._whole_text(element)).split())
        if kind in ("fixedtrue", "booleantrue") or text.lower() in ("true", "yes"):
            self.report.flags.setdefault(concept, True)
        elif kind in ("fixedfalse", "booleanfalse") or text.lower() in ("false", "no"):
            self.report.flags.setdefault(concept, False)
        if text and len(text) <= limits.SHOWN:
            self.report.texts.setdefault(concept, (text, context))

    def _whole_text(self, element: Element) -> Iterator[str]:
        """Yields the text of an element and its continuations."""
        seen: set[str] = set()
        yield _own_text(element)
        while (following := attribute(element, "continuedAt")) in self.continuations and following not in seen:
            seen.add(following)
            element = self.continuations[following]
            yield _own_text(element)


def _own_text(element: Element) -> str:
    """Returns the text of an element without the parts in `ix:exclude`."""
    return "".join(_text_parts(element, NESTING))


def _text_parts(element: Element, levels: int) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if levels and local_name(child) not in ("", "exclude"):
            yield from _text_parts(child, levels - 1)
        if child.tail:
            yield child.tail


def _qualified(name: str, element: Element) -> str:
    """Returns a name with the usual prefix of its taxonomy, whichever prefix the document uses."""
    prefix, _, local = name.strip().rpartition(":")
    space = element.nsmap.get(prefix or None) or "" if hasattr(element, "nsmap") else ""
    usual = next((known for part, known in _STANDARD.items() if part in space), prefix)
    return f"{usual}:{local}"


def _unit(element: Element) -> str:
    """Returns a unit: USD, shares, pure; for a quotient both parts with a slash."""
    inside = descendants(element, LEVELS)
    measures = [(m.text or "").strip().rpartition(":")[2] for m in inside if local_name(m) == "measure"]
    return "/".join(measures)


def _day(text: str, last: bool = False) -> date | None:
    """Reads a day; None if it is invalid. With `last`, midnight (2024-01-01T00:00:00) counts as the day that ends there."""
    try:
        day = filing_day(text[:10])
        return day - timedelta(1) if last and text[10:].startswith("T00:00:00") else day
    except ValueError:
        return None
