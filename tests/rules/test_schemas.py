"""The schemas of rule files, packs and settings accept the shipped files and refuse a wrong structure."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from commands import ROOT, screener
from pydantic import BaseModel

from screener.io.document import parse_recovering, read_documents
from screener.profile.catalogue import Figure, Kind, RelationField
from screener.rules.additions import Additions
from screener.rules.metric_reader import MetricFile
from screener.rules.rule import RuleParam
from screener.rules.rule_file import RuleFile
from screener.rules.rulebook import PackFile
from screener.rules.settings import Settings, Waiver

KINDS = ("rule", "pack", "evidence", "settings")
BROKEN = sorted(Path(__file__).with_name("broken").glob("*.yaml"))
STRUCTURE = {"unknown-key", "missing-key", "wrong-type", "bad-value", "unknown-category", "unknown-sector", "not-a-rule",
             "bad-pattern", "bad-example"}
WORDS = {"decimal-comma", "unicode-minus", "flag-typo", "severity-typo", "one-bad-document", "list-for-kind", "all-of-them", "currency-for-unit", "flag-no", "param-with-percent"}  # closed lists that the schema holds
BEYOND = {"hyphen-in-param", "name-for-id"}  # names of parameters and the content of expressions, which only the reader checks
SHIPPED = sorted([*(p for pack in ROOT.glob("rules/*/pack.yaml") for p in pack.parent.glob("*.yaml")),
                  *ROOT.glob("examples/my-rules/*.yaml"), *ROOT.glob("examples/*/screener.yaml")])


@lru_cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / f"docs/schema/{kind}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def kind_of(path: Path) -> str:
    return {"pack.yaml": "pack", "evidence.yaml": "evidence", "screener.yaml": "settings"}.get(path.name, "rule")


def faults(kind: str, data: Any) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in validator(kind).iter_errors(data)]


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_current(kind: str) -> None:
    done = screener("rules", "schema", kind)
    assert (done.code, done.err) == (0, "")
    assert done.out == (ROOT / f"docs/schema/{kind}.json").read_text("utf-8"), "make docs"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_is_shipped_fits_and_names_its_schema(path: Path) -> None:
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
    assert found, "the first line names the schema"
    assert (path.parent / found[1]).resolve() == ROOT / f"docs/schema/{kind_of(path)}.json"
    assert [f for document in read_documents(path) for f in faults(kind_of(path), document.data)] == []


@pytest.mark.parametrize("file", BROKEN, ids=lambda f: f.stem)
def test_what_is_broken_in_its_structure_is_refused_and_nothing_else(file: Path) -> None:
    """Faults that only the whole rulebook shows (unknown names, units, circles) are accepted."""
    text = file.read_text("utf-8")
    codes = set(re.findall(r"^# expect: \S+ error (\S+):", text, re.MULTILINE))
    problems: list[Any] = []
    found = [f for d in parse_recovering(text, file.name, problems) for f in faults("rule", d.data)]
    if problems and not found:
        return  # not YAML, or a duplicate key, which the editor itself reports
    assert bool(found) == bool((codes & STRUCTURE and file.stem not in BEYOND) or file.stem in WORDS), (codes, found)


RULE = read_documents(ROOT / "rules/ai-era/leverage-versus-revenue.yaml")[0].data


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "A b"}, {"rule": "a" * 81}, {"flag": "green"}, {"flag": "pattern"}, {"when": []}, {"when": "x"}, {"when": [{}]},
        {"when": [{"company": 5}]}, {"when": [{"Company": "a"}]}, {"when": [{"flag": True}]}, {"when": [{"any": []}]}, {"when": [{"any": "x"}]},
        {"when": [{"any": [{"company": 5}]}]}, {"when": [{"not customers": "x"}]}, {"when": [{"customer as C": "x"}]},
        {"title": {"fr": "x"}}, {"title": 5}, {"says": None}, {"params": {"most": {"value": "1", "unit": "multiple"}}},
        {"params": {"most": {"value": 1}}}, {"params": {"most": {"value": 1, "unit": "euro"}}}, {"softens": ["loss-making"]},
        {"replaced_by": "loss-making"}, {"status": "new"}, {"weight": {"value": 1.5}}, {"weight": 0.5}, {"category": "x"},
        {"examples": {"mine": {}}}, {"examples": {"fires": {"figurs": {}}}}, {"examples": {"fires": {"expect": "fire"}}},
        {"examples": {"fires": {"customers": [{"share_of_revenue": 40}]}}}, {"examples": {"fires": {"sector": "softwar"}}},
        {"not_for": "banks"}, {"because": "x"},
    ],
    ids=json.dumps,
)
def test_what_a_rule_may_not_say(change: dict[str, Any]) -> None:
    assert faults("rule", {**RULE, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"status": "deprecated", "replaced_by": "mine"}, {"flag": "green", "severity": "weak", "softens": ["mine"]},
        {"flag": "pattern", "verdict": "watch"}, {"weight": {"value": 0.5, "why": "x"}}, {"title": "Titel"}, {"applies": "revenue > 0"},
        {"when": [{"not own_kind as k": "x > 1"}, {"rival of c.party as r": True}, {"not flag of c.party": "mine"},
                  {"any": [[{"flag": "a"}, {"any": [{"company": "b"}]}], {"customer": "c"}]}]},
        {"examples": {"mine": {"expect": "fired", "figures": {"own_figure": 5}, "metrics": {"own": 1}, "own_list": [{"a": 1}],
                               "suppliers": [{"party": "b", "own_nested": []}], "incomplete": ["own_list"]}}},
        {"concludes": {"own_fact": {"a": "c.party", "b": 5, "c": True}}},
    ],
    ids=json.dumps,
)
def test_what_a_rule_may_say(change: dict[str, Any]) -> None:
    assert faults("rule", {**RULE, **change}) == []


@pytest.mark.parametrize(
    ("kind", "data", "fits"),
    [
        ("rule", {"metrics": {"m": {"formula": "a / b", "unit": "multiple", "title": "M"}}}, True),
        ("rule", {"metrics": {"m": {"formula": "a / b", "unit": "multiple"}}}, False),
        ("rule", {"set": {"loss-making-customer.most": 0.4, "a.b.utilities": True}, "disable": ["mine"]}, True),
        ("rule", {"set": {"loss-making-customer": 0.4}}, False),
        ("rule", {"kinds": {"k": {"title": "K", "concluded": True, "fields": {"a": {"unit": "money", "title": "A"}}}}}, True),
        ("rule", {}, False),
        ("pack", {"name": "house", "version": "1.0.0", "title": "H"}, True),
        ("pack", {"name": "A House", "version": "1.0.0", "title": "H"}, False),
        ("pack", {"name": "house", "title": "H"}, False),
        ("settings", {"params": {"leverage-versus-revenue": {"most": 2}, "mine": {"x": {"value": 1, "why": "y"}}}}, True),
        ("settings", {"params": {"leverage-versus-revenue": {"mots": 2}}}, False),
        ("settings", {"sector_params": {"utilities": {"leverage-versus-revenue": {"most": 4}}}, "packs": ["ai-era", "house/"]}, True),
        ("settings", {"sector_params": {"utility": {"leverage-versus-revenue": {"most": 4}}}}, False),
        ("settings", {"waivers": [{"rule": "r", "company": "c", "until": "2026-06-30", "reason": "x", "by": "y"}]}, True),
        ("settings", {"waivers": [{"rule": "r", "company": "c", "until": "June", "reason": "x", "by": "y"}]}, False),
    ],
)
def test_additions_packs_and_settings(kind: str, data: Any, fits: bool) -> None:
    assert (faults(kind, data) == []) == fits


@pytest.mark.parametrize("model", [RuleFile, RuleParam, Additions, Figure, Kind, RelationField, MetricFile, PackFile, Settings, Waiver])
def test_every_key_is_described(model: type[BaseModel]) -> None:
    assert not [name for name, field in model.model_fields.items() if not field.description]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_has_the_descriptions(kind: str) -> None:
    schema = validator(kind).schema
    definitions = [schema, *schema["$defs"].values()]
    described = [shape for one in definitions for shape in one.get("properties", {}).values() if isinstance(shape, dict) and shape.get("description")]
    assert len(described) > 8


def test_names_of_ones_own_are_offered() -> None:
    done = screener("rules", "schema", "--rules", str(ROOT / "examples/my-rules"))
    assert "capital_commitments" in done.out
    assert "capex-exceeds-cash-flow" in done.out
