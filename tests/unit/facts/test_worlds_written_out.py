"""Compares small worlds with stored listings: facts with their fields, companies, conflicts, loops and remarks.

SCREENER_UPDATE=1 writes `worlds.txt` again; check that each line of the difference is intended.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from screener.expression.interval import Interval, Missing
from screener.facts.builder import build
from screener.facts.company import CompanyFacts
from screener.facts.fact import Fact
from screener.facts.world import UNNAMED, World
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.profile.reconcile import RankedClaim
from tests.fuzz.world import catalogue, document, metrics

WRITTEN = Path(__file__).with_name("worlds.txt")
PLACEHOLDERS = {"client": 2, "source": 1, "spare": 1, "flow": 1, "loop": 1, "conflict": 1, "slip": 1}
SOURCES = {"a": {"title": "A", "kind": "filed", "date": "2026-01-31"}, "r": {"title": "R", "kind": "reported", "date": "2026-02-03"}}
YEARS = [{"value": 90, "period": "2025"}, {"value": 60, "period": "2024"}, {"value": 50, "period": "2023"}]

MAIN: dict[str, Any] = {
    "id": "main", "name": "Main", "sector": "chips", "currency": "USD", "as_of": "2026-02-06", "sources": SOURCES,
    "figures": {
        "debt": YEARS,
        "income": [{"value": 30, "period": "2025", "source": "a"}, {"value": 20, "period": "2025", "source": "r"},
                   {"value": -5, "period": "2024", "source": "a"}],
        "share": {"low": 0.25, "period": "2025-12-31"}, "stage": "b", "listed": False,
        "staff": [{"value": 5000, "period": "2025-12-31"}, {"value": 5, "period": "2024-12-31"}],
        "rate": {"value": 4, "period": "2025"},
    },
    "metrics": {"load": {"value": 9, "period": "2025"}, "grown": {"value": 30, "period": "2025"}, "spread": 0.5},
    "clients": [
        {"party": "acme", "amount": {"low": 5, "high": 9}, "part": 0.5, "sure": True, "what": "a", "note": "n", "of": "beta", "id": 3},
        {"party": "main", "amount": 1}, {},
    ],
    "sources_": [
        {"party": "beta", "gain": -4, "spares": [{"party": "acme", "amount": 2, "sure": False}, {}]},
        {"party": "acme", "spares": []}, {"spares": [{"party": "gamma"}], "incomplete": ["spares"]}, {"party": "delta"},
    ],
    "flows": [
        {"from": "main", "to": "acme", "what": "a", "amount": 7, "binding": True},
        {"from": "acme", "to": "main", "what": "b", "amount": {"low": 3}},
        {"from": "acme", "to": "beta", "binding": False}, {"from": "beta", "to": "main", "amount": 2},
    ],
    "incomplete": ["clients"],
    "parties": {"acme": {"name": "Acme", "currency": "EUR", "figures": {"debt": 8, "rate": 5}, "clients": [{"party": "beta"}]}},
}
CONTEXT: list[dict[str, Any]] = [
    {"id": "beta", "name": "Beta", "sector": "banks", "figures": {"debt": 3, "income": 1}, "clients": [], "flows": [],
     "parties": {"acme": {"currency": "EUR", "figures": {"debt": 12, "income": 4}}}},
    {"id": "gamma", "name": "Gamma", "flows": [{"from": "gamma", "to": "beta", "amount": 4}], "incomplete": ["flows"],
     "parties": {"beta": {"figures": {"debt": 6}}, "acme": {"currency": "USD", "figures": {"debt": 12}, "sector": "soft"}}},
]


CATALOGUE = replace(catalogue(), metrics={name: metric.as_figure for name, metric in metrics().items()})


def profile(data: dict[str, Any]) -> Profile:
    return read_profile(document({"name": "Main", "id": "main", **data}, f"{data.get('id', 'main')}.json"), CATALOGUE)


def shown(value: Any) -> str:
    if isinstance(value, Interval):
        text = f"{value.lo:g}" if value.is_point else f"{value.lo:g}..{value.hi:g}"
        return f"missing {text}" if isinstance(value, Missing) else text
    return repr(value)


def stated(claim: RankedClaim) -> str:
    """Returns a claim with its period, kind, the reason why it is not used, and its distance from the one used."""
    gap = "" if claim.gap is None else f" gap {claim.gap:.4f}"
    reason = f" ({claim.reason_unused.en})" if claim.reason_unused else ""
    return f"{shown(claim.value)} of {claim.period.label if claim.period else '-'}, {claim.kind.value}{gap}{reason}"


def fact_line(fact: Fact) -> str:
    known = {n: v for n, v in fact.fields.items() if v is not None and not isinstance(v, Missing)}
    fields = " ".join(f"{name}={shown(value)}" for name, value in known.items())
    apart = "".join(f" {name} is none of {sorted(excluded.words)}" for name, excluded in fact.apart.items())
    claims = f" stated {' '.join(fact.claims)}" if fact.claims else ""
    sure = "" if fact.certain else " may exist:"
    return f"  {fact.id}:{sure} {fact.kind} of {fact.of}: {fields} | {dict(fact.companies)}{apart}{claims}"


def company_lines(company: CompanyFacts) -> Iterator[str]:
    subject = company.subject
    yield f"company {company.id}: {subject.name.en}, {subject.sector}, {subject.currency}, known {company.known}"
    yield f"  complete: {' '.join(sorted(company.complete))}"
    for name, found in company.reconciled.items():
        yield f"  {name}: {stated(found.chosen)}"
        if found.prior:
            yield f"    before: {stated(found.prior)}"
        yield from (f"    beside: {stated(other)}" for other in found.others)
    yield from (f"  ignored {name}: {stated(claim)}" for name, claim in company.ignored)
    for name in metrics() if company.known or company.id == UNNAMED else ():
        values = ", ".join(shown(company.value(name, back)) for back in (0, 1, 2))
        yield f"  {name} now and before: {values}; valid {company.validity(name).name} {company.validity(name, 1).name}"


def written(name: str, world: World) -> Iterator[str]:
    yield f"== {name}: judged {world.main}"
    yield from (f"remark: {remark.en} | {remark.zh}" for remark in world.remarks)
    yield f"loops complete: {world.loops_complete}; undated {world.undated}, left out {world.undated_left_out}"
    for loop in world.loops:
        yield f"loop {' '.join(loop.members)}: weakest {loop.weakest}, {shown(loop.least)}, {shown(loop.financing)}, {loop.binding}"
    yield f"flows: {' '.join(flow.id for flow in world.flows)}"
    for found in world.context_conflicts:
        yield f"profiles differ on {found.figure} of {found.company}: {stated(found.used)} / {stated(found.other)}"
    for company in world.companies.values():
        yield from company_lines(company)
    yield from map(fact_line, world.base)


def all_written() -> Iterator[str]:
    main, context = profile(MAIN), [profile(data) for data in CONTEXT]
    build_world = [CATALOGUE, metrics(), PLACEHOLDERS]
    yield from written("by itself", build(main, *build_world))  # type: ignore[arg-type]
    yield from written("with context", build(main, *build_world, context))  # type: ignore[arg-type]
    yield from written("nothing stated", build(profile({}), *build_world))  # type: ignore[arg-type]
    yield from written("one of the context", build(context[1], *build_world, [context[0], main]))  # type: ignore[arg-type]


def test_worlds_hold_these_facts() -> None:
    found = list(all_written())
    if os.environ.get("SCREENER_UPDATE") == "1":
        WRITTEN.write_text("\n".join(found) + "\n", "utf-8")
    assert found == WRITTEN.read_text("utf-8").splitlines()
