"""Generates random profiles whose claims have sources and periods, and the part known on a day, computed on plain data."""

from datetime import date
from random import Random
from typing import Any

from tests.fuzz.profiles import body, copied, value
from tests.fuzz.profiles import profile as undated_profile
from tests.fuzz.world import FIGURES, KINDS

OWN_DAY = date(2026, 6, 30)
DAYS = tuple(date(year, month, 15) for year in range(2021, 2027) for month in (2, 5, 11))
SOURCES = {
    **{f"s{year}": {"title": "t", "kind": "reported", "date": f"{year}-03-01"} for year in range(2021, 2027)},
    "undated": {"title": "t", "kind": "filed"},
}
LISTS = {entry["list"]: kind for kind, entry in KINDS.items() if "list" in entry}


def dated(rnd: Random, context: str | None = None, late: int | None = None) -> dict[str, Any]:
    """Returns a profile whose claims have sources.

    A figure has the same value in all years, since another value could make a rule unknown without a loss of knowledge. The values
    are published year by year with a delay of some years, by default none or one for each figure. If the delays of two figures
    differ, the newest year of one can make a ratio unknown that an older year decided, which is no loss of knowledge either.
    """
    found = body(rnd, main=True) if context else undated_profile(rnd)
    for data in (found, *found.get("parties", {}).values()):
        data["figures"] = {name: claims for name, typed in FIGURES.items() if (claims := _years(rnd, typed, late))}
        for list_name in LISTS:
            for member in data.get(list_name) or ():
                _date_member(rnd, member)
        for stated in data.get("others", {}).values():
            _date_member(rnd, stated)
    return {**found, "sources": SOURCES, "as_of": OWN_DAY.isoformat(), **({"id": context} if context else {})}


def _years(rnd: Random, typed: dict[str, Any], late: int | None) -> list[dict[str, Any]]:
    if typed["unit"] in ("truth", "word"):
        given = value(rnd, typed)
        return [] if given is None else [{"value": given, **_source(rnd)}]
    first = rnd.choice((2021, 2023, 2025))
    years, own = range(first, 2027), rnd.choice((0, 0, 1))
    delay = own if late is None else late
    given = value(rnd, typed)
    given = 1.0 if given is None or isinstance(given, dict) else given
    dateless = first == 2025 and rnd.random() < 0.3
    claims = [
        {"value": given, "period": f"{year}-12-31", "source": "undated" if dateless else f"s{min(year + 1 + delay, 2026)}"}
        for year in years
    ]
    return rnd.sample(claims, len(claims))


def _source(rnd: Random) -> dict[str, str]:
    return rnd.choice(({}, {"source": rnd.choice(sorted(SOURCES))}))


def _date_member(rnd: Random, member: dict[str, Any]) -> None:
    whole = rnd.random() < 0.5
    member.update(_source(rnd))
    for name, given in list(member.items()):
        if name in LISTS:
            for inner in given:
                _date_member(rnd, inner)
        elif name not in ("source", "incomplete", "note") and not whole and given is not None:
            claim = dict(given) if isinstance(given, dict) else {"value": given}
            member[name] = {**claim, **_source(rnd), **({"period": "2024"} if rnd.random() < 0.2 else {})}


def as_known(data: dict[str, Any], day: date) -> dict[str, Any]:
    """Returns the profile without what was not known on a day; lists that lost a member become incomplete."""
    found = copied(data)
    for one in (found, *found.get("parties", {}).values()):
        figures = {name: [c for c in claims if _known(c, {}, day)] for name, claims in one["figures"].items()}
        one["figures"] = {name: claims for name, claims in figures.items() if claims}
        _cut_others(one, day, _cut_lists(one, day))
    return {**found, "as_of": day.isoformat()}


def _cut_others(owner: dict[str, Any], day: date, lost: set[str]) -> None:
    """Reduces the statements on unlisted members to what is known; the list stays open."""
    for list_name, stated in owner.pop("others", {}).items():
        kept = None if list_name in lost else _cut_member(stated, day)
        if {name: v for name, v in (kept or {}).items() if name not in ("source", "note")}:
            owner.setdefault("others", {})[list_name] = kept
        if any(v is not None for name, v in stated.items() if name not in ("source", "note")) and list_name in owner:
            owner["incomplete"] = sorted({*owner.get("incomplete", ()), list_name})


def _cut_lists(owner: dict[str, Any], day: date) -> set[str]:
    """Removes members, and lists stated to be empty, that are not known; returns the lists that lost a member."""
    lost = set()
    for list_name in LISTS:
        members = owner.get(list_name)
        if members is None:
            continue
        if not members and day < OWN_DAY:
            del owner[list_name]
            continue  # nothing was lost of it
        kept = [m for m in (_cut_member(member, day) for member in members) if m is not None]
        owner[list_name] = kept
        if len(kept) < len(members):
            owner["incomplete"] = sorted({*owner.get("incomplete", ()), list_name})
            lost.add(list_name)
    return lost


def _cut_member(member: dict[str, Any], day: date) -> dict[str, Any] | None:
    found, lost, left = {}, False, False
    for name, given in member.items():
        if name in LISTS or name in ("source", "incomplete"):
            found[name] = given
        elif given is None or (isinstance(given, dict) and "value" not in given and "low" not in given and "high" not in given):
            found[name] = given
            left = left or isinstance(given, dict)
        elif _known(given if isinstance(given, dict) else {}, member, day):
            found[name], left = given, True
        else:
            lost = True
    if (lost and not left) or ("from" in member and not {"from", "to"} <= found.keys()):
        return None
    _cut_lists(found, day)
    return found


def _known(claim: dict[str, Any], whole: dict[str, Any], day: date) -> bool:
    published = SOURCES.get(claim.get("source", whole.get("source")), {}).get("date")
    if published is None:
        return day >= OWN_DAY
    ends = claim.get("period")
    last = None if ends is None else date.fromisoformat(ends if len(ends) == 10 else f"{ends}-12-31")
    return date.fromisoformat(published) <= day and (last is None or last <= day)
