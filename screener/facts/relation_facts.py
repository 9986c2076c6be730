"""Builds the fact for a relation, a payment or a loop from the stated fields."""

from collections.abc import Mapping
from datetime import date

from screener.expression.interval import Interval
from screener.expression.interval_ops import NoneOf, Value
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED
from screener.profile.catalogue import Kind
from screener.profile.claims import months_between, read_event_date


def months_from_dates(entry: Kind, fields: Mapping[str, Value], day: date | None) -> dict[str, Interval]:
    """Returns the fields in months that follow from a date of the same fact: from it to `day`, or from `day` to it.

    A month, quarter or year as the date gives an interval; a date after `day` gives no value for a field that counts from it.
    """
    found: dict[str, Interval] = {}
    for name, typed in entry.fields.items():
        text = fields.get(typed.since or typed.until or "")
        if day is None or not isinstance(text, str):
            continue
        time = read_event_date(text)
        first, last = time.start or time.end, time.end
        if typed.until:
            found[name] = Interval(months_between(day, first), months_between(day, last))
        elif first <= day:
            found[name] = Interval(months_between(min(last, day), day), months_between(first, day))
    return found


def make_fact(
    entry: Kind,
    kind: str,
    company: str,
    at: str,
    fields: Mapping[str, Value | NoneOf],
    certain: bool = True,
    claims: Mapping[str, object] | None = None,
) -> Fact:
    """Builds a fact of a kind and fills the fields that are not stated as missing."""
    filled: dict[str, Value] = {}
    companies: dict[str, str] = {}
    apart: dict[str, NoneOf] = {}
    for name, typed in entry.fields.items():
        value = fields.get(name)
        if isinstance(value, NoneOf):
            apart[name], value = value, None
        if isinstance(value, Interval):
            value = value.clip(typed.bounds)
        filled[name] = typed.missing if value is None else value
        if typed.unit == "company":
            companies[name] = value if isinstance(value, str) else UNNAMED
    return Fact(
        id=at,
        kind=kind,
        of=company,
        fields=filled,
        companies=companies,
        certain=certain,
        claims=claims or {},  # type: ignore[arg-type]
        apart=apart,
    )
