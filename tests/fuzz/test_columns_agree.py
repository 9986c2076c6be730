"""Compares the column engine with the others: random rulebooks on tables of random companies, row by row."""

import os
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.column_values import FALSE, UNKNOWN, IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns, PartyColumns
from screener.engine.columns.member_columns import MemberColumns, MemberSlot
from screener.engine.search import SearchEngine
from screener.errors import RulesError
from screener.explain.finding_templates import outcome_of
from screener.facts.builder import build
from screener.profile.catalogue import Figure, TypedEntry
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.rules.compiler import compile_rules
from screener.units import NUMERIC as NUMERIC_UNITS
from tests.fuzz import templates
from tests.fuzz.profiles import distinct, member, of_others, value
from tests.fuzz.rulebooks import IDS, rulebook
from tests.fuzz.world import FIGURES, KINDS, METRICS, SECTORS, Circle, catalogue, document, metrics, read_rules

BOOKS = int(os.environ.get("SCREENER_FUZZ_BOOKS", "200"))
ROWS = 12
LISTED = "client"  # the kind that is given as members
TYPED = {**FIGURES, **{name: {"unit": unit} for name, (_, unit) in METRICS.items()}}
STATED = {name: Figure.model_validate({**typed, "title": "t"}) for name, typed in TYPED.items() if name in METRICS}
CATALOGUE = replace(catalogue(), metrics=STATED)
NUMERIC = [name for name, typed in TYPED.items() if typed["unit"] not in ("truth", "word")]


def company(rnd: Random, i: int) -> dict[str, Any]:
    """Returns a company of a table: an id, sometimes a sector, claims by name and period."""
    claims: dict[tuple[str, int], Any] = {}
    for name, typed in TYPED.items():
        if name in METRICS and rnd.random() < 0.7:
            continue
        if (given := value(rnd, typed)) is not None:
            claims[name, 0] = given
            if name in NUMERIC and name in FIGURES and rnd.random() < 0.5 and (before := value(rnd, typed)) is not None:
                claims[name, 1] = before
    rows_id = IDS[i] if i < len(IDS) else f"row-{i}"
    members = distinct(LISTED, [member(rnd, LISTED) for _ in range(rnd.choice((0, 1, 1, 2, 3)))])
    whole = rnd.random() < 0.4
    further = {} if whole or rnd.random() < 0.5 else of_others(rnd, LISTED)
    further = {n: claims for n, claims in further.items() if not (isinstance(claims, dict) and "none_of" in claims)}  # no table states it
    sector, currency = rnd.choice([None, *sorted(SECTORS)]), rnd.choice(("USD", "USD", "EUR"))
    if i >= len(IDS) and rnd.random() < 0.2:  # a party without one has that of the company that names it
        currency = None
    return {"id": rows_id, "sector": sector, "currency": currency, "claims": claims, "members": members, "whole": whole,
            "others": further}


def as_profile(given: dict[str, Any], listed: bool, others: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {"id": given["id"], "name": given["id"], "figures": {}, "metrics": {}}
    for (name, back), figure_claim in given["claims"].items():
        claim = figure_claim if isinstance(figure_claim, dict) else {"value": figure_claim}
        found["figures" if name in FIGURES else "metrics"].setdefault(name, []).append({**claim, "period": f"{2025 - back}-12-31"})
    if listed:
        name = KINDS[LISTED]["list"]
        found |= {name: given["members"], "incomplete": [] if given["whole"] else [name], "others": {name: given["others"]}}
        named = {m[n] for m in given["members"] for n in ("party", "of") if m.get(n)} - {given["id"]}
        found["parties"] = {one["id"]: as_party(one) for one in others if one["id"] in named}
    return {**found, **{key: given[key] for key in ("sector", "currency") if given[key]}}


def as_party(given: dict[str, Any]) -> dict[str, Any]:
    whole = as_profile(given, listed=False)
    return {key: whole[key] for key in ("name", "sector", "currency", "figures", "metrics") if key in whole}


def profile_of(given: dict[str, Any], listed: bool, others: Sequence[dict[str, Any]]) -> Profile:
    return read_profile(document(as_profile(given, listed, others), "profile.json"), CATALOGUE)


def as_column(values: list[Any], typed: TypedEntry) -> IntervalColumn | SymbolColumn:
    if typed.unit not in NUMERIC_UNITS:
        return SymbolColumn.of(values)
    ends = [(np.nan, np.nan) if s is None else (s.get("low", np.nan), s.get("high", np.nan))
            if isinstance(s, dict) else (s, s) for s in values]
    lo, hi = np.array(ends, float).T
    return IntervalColumn.of(lo, hi, typed.bounds)


def as_members(given: list[dict[str, Any]]) -> MemberColumns:
    places = []
    for k in range(max(len(one["members"]) for one in given)):
        members = [one["members"][k] if k < len(one["members"]) else {} for one in given]
        fields = {n: as_column([m.get(n) for m in members], typed) for n, typed in CATALOGUE.kinds[LISTED].fields.items()}
        places.append(MemberSlot(np.array([k < len(one["members"]) for one in given]), fields))
    stated = {n: CATALOGUE.kinds[LISTED].fields[n] for one in given for n in one["others"]}
    others = {n: as_column([one["others"].get(n) for one in given], typed) for n, typed in stated.items()}
    return MemberColumns(tuple(places), np.array([FALSE if one["whole"] else UNKNOWN for one in given], np.int8), others)


def as_universe(given: list[dict[str, Any]]) -> CompanyColumns:
    keys = {key for one in given for key in one["claims"]}
    values = {key: as_column([one["claims"].get(key) for one in given], CATALOGUE.claimable[key[0]]) for key in keys}
    ids = np.array([one["id"] for one in given], object)
    sectors, currencies = (SymbolColumn.of([one[key] for one in given]) for key in ("sector", "currency"))
    return CompanyColumns(ids, sectors, values, currencies)


def asking(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the rules, and for each a further one on its outcome for a party."""
    return [*rules, *({**{k: v for k, v in rule.items() if k not in ("concludes", "softens", "params", "applies", "not_for")},
                       "rule": f"asks-{rule['rule']}", "when": [{"client as c": "true"}, {"flag of c.party": rule["rule"]}]}
                      for rule in rules)]


def books(known: int = 0) -> Any:
    for seed in range(BOOKS):
        rnd = Random(f"columns/{seed}")
        rules = templates.rulebook(rnd) if rnd.random() < 0.25 else rulebook(rnd)
        rules = asking(rules) if known else rules
        try:
            yield rnd, rules, compile_rules(read_rules(rules), CATALOGUE, metrics())
        except (Circle, RulesError):
            continue


@pytest.mark.slow
@pytest.mark.parametrize(("listed", "known"), [(False, 0), (True, 0), (True, 4)])
def test_columns_say_what_the_engine_says(listed: bool, known: int) -> None:
    seen = dict.fromkeys(OUTCOMES, 0)
    for rnd, rules, compiled in books(known):
        given = [company(rnd, i) for i in range(ROWS)]
        others = given[:known]
        lists = {LISTED: as_members(given)} if listed else {}
        parties = PartyColumns([as_universe(others)], CATALOGUE) if others else None
        found = ColumnEngine(compiled).run(as_universe(given), lists, parties)
        engine = SearchEngine(compiled, everyone=True)
        for row, one in enumerate(given):
            of = build(profile_of(one, listed, others), CATALOGUE, metrics(), compiled.placeholders)
            conclusions = engine.run(of)
            for line, rule in zip(found, compiled.rules, strict=True):
                expected = outcome_of(conclusions.of(rule, of.main))
                seen[expected] += 1
                assert OUTCOMES[line[row]] == expected, (rule, as_profile(one, listed, others), rules)
    for word, times in seen.items():
        assert times > sum(seen.values()) * 0.02, f"{word}: {times}"
