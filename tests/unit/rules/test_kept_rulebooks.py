"""Cached rulebooks give the same results as the rules themselves, and are used only for exactly these rules."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from screener.engine.durable.engine import DurableEngine
from screener.engine.search import SearchEngine
from screener.io import value_cache
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_cache import read_cached, write_cached
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener

pytestmark = pytest.mark.usefixtures("rulebooks_of_the_cache")
ROOT = Path(__file__).parents[3]
RULE = """
rule: mine
flag: red
severity: low
category: leverage
title: Mine
params: {{most: {{value: {most}, unit: multiple, why: "My own judgement."}}}}
when:
  - company: 'debt_to_revenue > params.most'
says: Says.
why: Why.
clears: Clears.
false_alarms: None.
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCREENER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return load_rulebook(packs=[])


def test_a_kept_rulebook_is_the_same(small: Rulebook) -> None:
    write_cached("one", small)
    found = read_cached("one")
    assert found == small
    assert found is not small


@pytest.mark.parametrize("engine", ["durable", "search"])
def test_kept_rules_give_the_same_results(engine: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = sorted((ROOT / "fixtures").glob("*.json"))
    options = {"engine": engine}
    monkeypatch.setenv("SCREENER_CACHE", "")
    plain = Screener.load(**options)  # type: ignore[arg-type]
    wanted = [plain.screen(p).to_dict() for p in profiles]
    monkeypatch.setenv("SCREENER_CACHE", str(folder))
    first = Screener.load(**options)  # type: ignore[arg-type]
    assert [first.screen(p).to_dict() for p in profiles[:1]] == wanted[:1]
    again = Screener.load(**options)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:  # nothing is computed again
        patch.setattr(DurableEngine, "_translated", None)
        patch.setattr("screener.engine.durable.engine.unnamed_only", None)
        patch.setattr("screener.engine.search.unnamed_only", None)
        assert [again.screen(p).to_dict() for p in profiles] == wanted


def test_an_edited_rule_is_noticed(tmp_path: Path) -> None:
    file, found = tmp_path / "mine.yaml", []
    for most in (1, 100, 1):
        file.write_text(RULE.format(most=most), "utf-8")
        screener = Screener.load([file])
        result = screener.screen(ROOT / "fixtures/oracle.json")
        (finding,) = [f for f in result.findings if f.rule == "mine"]
        found.append((finding.outcome, screener.rulebook.cache_key))
    assert [outcome for outcome, _ in found] == ["fired", "clear", "fired"]
    assert found[0] == found[2]
    assert found[0][1] != found[1][1]


def test_only_rules_as_they_were_loaded_have_a_key(small: Rulebook) -> None:
    assert small.cache_key
    assert replace(small, name="another").cache_key == small.cache_key
    assert pickle.loads(pickle.dumps(small)).cache_key == small.cache_key
    assert replace(small, rules=dict(small.rules)).cache_key is None
    assert replace(small, catalogue=replace(small.catalogue)).cache_key is None
    assert replace(small, metrics=dict(small.metrics)).cache_key is None
    assert read_cached("never written") is None


def test_an_engine_without_a_key_keeps_nothing(folder: Path) -> None:
    screener = Screener.load(packs=["classic"])
    before = set(folder.iterdir())
    world = screener.world(screener.profile(ROOT / "fixtures/oracle.json"))
    for engine in (
        DurableEngine(screener.program),
        SearchEngine(screener.program),
        DurableEngine(screener.program, everyone=True, cache_key="key"),
        SearchEngine(screener.program, everyone=True, cache_key="key"),
    ):
        engine.run(world)
    assert set(folder.iterdir()) == before


def test_another_c_library_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr("screener.engine.durable.engine.cached_value", lambda _, key: kept.append(key))
    screener = Screener.load(packs=["classic"])
    assert screener.engine
    monkeypatch.setattr("screener.engine.durable.engine._of_file", lambda _: "another")
    assert DurableEngine(screener.program, cache_key=screener.rulebook.cache_key)
    assert len(set(kept)) == 2


@pytest.mark.parametrize("damage", ["cut", "another value"])
def test_damaged_files_change_nothing(damage: str, folder: Path) -> None:
    oracle = ROOT / "fixtures/oracle.json"
    wanted = Screener.load().screen(oracle).to_dict()
    for file in folder.glob("*.pickle"):
        if damage == "cut":
            file.write_bytes(file.read_bytes()[:-100])
    if damage == "another value":
        with pytest.MonkeyPatch.context() as patch:
            other = pickle.dumps("a value of another kind")
            patch.setattr(value_cache.pickle, "dumps", lambda *_: other)
            for file in folder.glob("*.pickle"):
                file.unlink()
            Screener.load().screen(oracle)
    assert Screener.load().screen(oracle).to_dict() == wanted
