"""Whole columns against the engines: random rulebooks on tables of random companies, row by row."""

import os
from random import Random
from typing import Any

import numpy as np
import pytest

from screener.columnar.column import Column, Symbols
from screener.columnar.engine import OUTCOMES, ColumnEngine
from screener.columnar.universe import Universe
from screener.engine.plain import PlainEngine
from screener.errors import RulesError
from screener.verdict.assess import outcome_word
from tests.fuzz import templates
from tests.fuzz.profiles import value
from tests.fuzz.rulebooks import IDS, rulebook
from tests.fuzz.world import FIGURES, SECTORS, Circle, catalogue, program, world

BOOKS = int(os.environ.get("SCREENER_FUZZ_BOOKS", "300"))
ROWS = 12
NUMERIC = [name for name, typed in FIGURES.items() if typed["unit"] not in ("truth", "word")]


def company(rnd: Random, i: int) -> dict[str, Any]:
    """A company of a table: an id, perhaps a sector, claims by name and period."""
    said: dict[tuple[str, int], Any] = {}
    for name, typed in FIGURES.items():
        if (given := value(rnd, typed)) is not None:
            said[name, 0] = given
            if name in NUMERIC and rnd.random() < 0.5 and (before := value(rnd, typed)) is not None:
                said[name, 1] = before
    rows_id = IDS[i] if i < len(IDS) else f"row-{i}"
    return {"id": rows_id, "sector": rnd.choice([None, *sorted(SECTORS)]), "said": said}


def as_profile(given: dict[str, Any]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for (name, back), said in given["said"].items():
        claim = said if isinstance(said, dict) else {"value": said}
        figures.setdefault(name, []).append({**claim, "period": f"{2025 - back}-12-31"})
    found = {"id": given["id"], "name": given["id"], "figures": figures}
    return {**found, "sector": given["sector"]} if given["sector"] else found


def as_universe(given: list[dict[str, Any]]) -> Universe:
    values: dict[tuple[str, int], Column | Symbols] = {}
    for key in {key for one in given for key in one["said"]}:
        said = [one["said"].get(key) for one in given]
        if key[0] in NUMERIC:
            ends = [(np.nan, np.nan) if s is None else (s.get("low", np.nan), s.get("high", np.nan))
                    if isinstance(s, dict) else (s, s) for s in said]  # fmt: skip
            lo, hi = np.array(ends, float).T
            values[key] = Column.of(lo, hi, catalogue().figures[key[0]].bounds)
        else:
            values[key] = Symbols.of(said)
    ids = np.array([one["id"] for one in given], object)
    return Universe(ids, Symbols.of([one["sector"] for one in given]), values)


def books() -> Any:
    for seed in range(BOOKS):
        rnd = Random(f"columns/{seed}")
        rules = templates.rulebook(rnd) if rnd.random() < 0.25 else rulebook(rnd)
        try:
            yield rnd, rules, program(rules)
        except (Circle, RulesError):
            continue


@pytest.mark.slow
def test_columns_say_what_the_engine_says() -> None:
    seen = dict.fromkeys(OUTCOMES, 0)
    for rnd, rules, compiled in books():
        given = [company(rnd, i) for i in range(ROWS)]
        found = ColumnEngine(compiled).run(as_universe(given))
        engine = PlainEngine(compiled)
        for row, one in enumerate(given):
            of = world(compiled, as_profile(one))
            conclusions = engine.run(of)
            for line, rule in zip(found, compiled.rules, strict=True):
                expected = outcome_word(conclusions.of(rule, of.main))
                seen[expected] += 1
                assert OUTCOMES[line[row]] == expected, (rule, as_profile(one), rules)
    for word, times in seen.items():
        assert times > sum(seen.values()) * 0.02, f"{word}: {times}"
