"""The choice of the engine, which changes nothing in a result but the note that names it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from screener.engine.durable import c_library
from screener.engine.durable import engine as durable
from screener.engine.protocol import TooManyRules
from screener.engine.selection import SelectedEngine
from screener.errors import EngineError, Problem
from screener.limits import DURABLE_PAIRS
from screener.report.pages.html_pages import company_page
from screener.result.model import ResultDocument, to_dict
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.conftest import ReadProfile
from tests.fuzz.world import program, world

ROOT = Path(__file__).parents[3]
FIXTURES = sorted((ROOT / "fixtures").glob("*.json"))


def suppliers(count: int) -> dict[str, Any]:
    """Returns a company with critical suppliers, each with an alternative that is also a supplier."""
    ids = [f"p{i}" for i in range(count)]
    members = [
        {"party": own, "critical": True, "alternatives": [{"party": other, "in_house": True, "price_performance": 0.9}]}
        for own, other in zip(ids, ids[1:] + ids[:1], strict=True)
    ]
    return {"figures": {"revenue": 1e9}, "suppliers": members}


def engine_notes(result: ResultDocument) -> list[str]:
    return [note.en for note in result.notes if note.en.startswith("Engine: ")]


def without_note(result: ResultDocument) -> ResultDocument:
    return result._replace(notes=tuple(n for n in result.notes if n.en not in engine_notes(result)))


@pytest.mark.parametrize("pack", ["ai-era", "classic", "core", "distress"])
def test_results_are_the_same_but_for_the_note(pack: str) -> None:
    default, search = Screener.load(packs=[pack]), Screener.load(packs=[pack], engine="search")
    for path in FIXTURES:
        one, other = (screener.assess(screener.profile(str(path))) for screener in (default, search))
        assert engine_notes(one) == []
        assert engine_notes(other) == ["Engine: search, as requested. Outcomes are those of durable_rules."]
        assert json.dumps(to_dict(one)) == json.dumps(to_dict(without_note(other)))
        assert company_page(one, "en") == company_page(without_note(other), "en")


def test_the_note_stands_in_the_report(book: Rulebook, read: ReadProfile) -> None:
    result = Screener(book, engine_name="search").assess(read())
    assert "Engine: search, as requested" in company_page(result, "en")
    assert "引擎：search" in company_page(result, "zh")


def test_lists_that_are_too_long_for_durable_rules(book: Rulebook, read: ReadProfile) -> None:
    default = Screener(book)
    short, long = (default.assess(read(**suppliers(count))) for count in (20, 120))
    assert engine_notes(short) == []
    assert engine_notes(long) == ["Engine: search, since the lists are too long for durable_rules. Outcomes are the same."]
    assert engine_notes(Screener(book, engine_name="durable").assess(read(**suppliers(120)))) == engine_notes(long)
    assert without_note(Screener(book, engine_name="search").assess(read(**suppliers(20)))) == short


def test_a_thousand_members_fit_in_the_memory_that_the_limits_promise(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"name": "Main", "sector": "software", **suppliers(1000)}))
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (800 * 2**20, 800 * 2**20))
from screener.screening import Screener
screener = Screener.load()
print(screener.assess(screener.profile({str(profile)!r})).verdict.word)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_c_library(book: Rulebook, read: ReadProfile, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Screener(book).assess(read())

    def fail() -> None:
        raise EngineError(Problem("can't be loaded", "install it"))

    monkeypatch.setattr(c_library, "load_c_library", fail)
    found = Screener(book).assess(read())
    assert engine_notes(found) == ["Engine: search, since durable_rules can't be loaded here. Outcomes are the same."]
    assert without_note(found) == expected
    with pytest.raises(EngineError, match="can't be loaded"):
        _ = Screener(book, engine_name="durable").engine


def test_more_rules_than_durable_rules_takes(book: Rulebook, read: ReadProfile, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Screener(book).assess(read())
    monkeypatch.setattr(durable, "MOST_RULES", 1)
    found = Screener(book).assess(read())
    assert engine_notes(found) == ["Engine: search, since there are too many rules for durable_rules. Outcomes are the same."]
    assert without_note(found) == expected
    with pytest.raises(TooManyRules, match=r"alternatives of rules .* --engine search"):
        _ = Screener(book, engine_name="durable").engine


def test_rules_that_durable_rules_refuses_are_an_error_not_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise Exception("out of memory")  # as the C library does

    monkeypatch.setattr(c_library.load_c_library(), "create_ruleset", refuse)
    with pytest.raises(EngineError, match="refused the rules: out of memory"):
        SelectedEngine(program([{"rule": "r0", "when": [{"client": "amount > 5"}]}]))


@pytest.mark.parametrize(
    ("when", "pairs"),
    [
        ([{"client": "sure"}], 0),
        ([{"client": "sure"}, {"source": "sure"}], 4 * 3),
        ([{"client": "sure"}, {"not client": "sure"}], 4 * 4),
        ([{"client": "sure"}, {"source": "sure"}, {"client": "not sure"}], 4 * 4),
        ([{"any": [{"client": "sure"}, [{"client": "sure"}, {"source": "sure"}]]}], 4 * 3),
    ],
)
def test_the_pairs_of_facts_that_rules_combine(when: list[Any], pairs: int) -> None:
    compiled = program([{"rule": "r0", "when": when}])
    of = world(compiled, {"clients": [{"sure": True}] * 4, "sources_": [{"sure": True}] * 3})
    assert SelectedEngine(compiled)._lists.pairs(of) == pairs
    assert pairs < DURABLE_PAIRS


def test_facts_that_are_concluded_from_pairs_are_as_many_as_these() -> None:
    rules = [
        {"rule": "r0", "when": [{"client as c": "sure"}], "concludes": {"mark": {"who": "c.party"}}},
        {"rule": "r1", "when": [{"mark": True}, {"source": "sure"}]},
    ]
    compiled = program(rules)
    of = world(compiled, {"clients": [{"sure": True}] * 4, "sources_": [{"sure": True}] * 3})
    assert SelectedEngine(compiled)._lists.pairs(of) == 4 * 3
