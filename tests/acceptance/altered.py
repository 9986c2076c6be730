"""Screens profiles of the fixtures with changes by the built-in rules, and finds the rules that use a figure."""

import copy
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from commands import FIXTURES, ROOT, built_in

from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.rules.packs import DEFAULT_PACKS, PACK_FILE
from screener.screening import Screener

NAMES = sorted(p.stem for p in FIXTURES.glob("*.json"))


def fixture(name: str) -> dict[str, Any]:
    """Returns the data of a fixture, for a test to change."""
    return copy.deepcopy(_read(name))


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))


def screen(data: dict[str, Any], screener: Screener | None = None) -> ResultDocument:
    """Screens a profile given as data."""
    screener = screener or built_in()
    document = Document("profile.json", json.dumps(data, ensure_ascii=False), data)
    return screener.assess(read_profile(document, screener.rulebook.catalogue))


@lru_cache
def screened(name: str) -> ResultDocument:
    """Screens a fixture without changes."""
    return screen(fixture(name))


def outcomes(result: ResultDocument) -> dict[str, str]:
    return {f.rule: f.outcome for f in result.findings}


def finding(result: ResultDocument, rule: str) -> Finding:
    (found,) = (f for f in result.findings if f.rule == rule)
    return found


def fired(result: ResultDocument, *flags: str) -> set[str]:
    return {f.rule for f in result.findings if f.outcome == "fired" and (not flags or f.flag in flags)}


@lru_cache
def readers() -> dict[str, frozenset[str]]:
    """Returns for each rule all names in its conditions, in the metrics used there, and in the rules that it builds on.

    They are read from the files directly, not through the code under test.
    """
    metrics = yaml.safe_load((ROOT / "rules/catalog/metrics.yaml").read_text("utf-8"))
    figures = yaml.safe_load((ROOT / "rules/catalog/figures.yaml").read_text("utf-8"))
    metrics |= {name: figure for name, figure in figures.items() if "formula" in figure}
    texts: dict[str, str] = {}
    kinds: dict[str, list[str]] = {}  # using a concluded fact counts as building on the rule that concludes it
    for path in rule_files():
        for document in yaml.safe_load_all(path.read_text("utf-8")):
            metrics |= document.get("metrics", {})
            if "rule" in document:
                texts[document["rule"]] = json.dumps([document["when"], document.get("applies", "")])
                for kind in document.get("concludes", {}):
                    kinds.setdefault(kind, []).append(document["rule"])

    def names(text: str, seen: frozenset[str]) -> frozenset[str]:
        found = frozenset(re.findall(r"[a-z_][a-z0-9_]*", text))
        rules = {r for r in re.findall(r"[a-z0-9-]+", text) if r in texts}
        rules |= {r for kind, makers in kinds.items() if kind in found for r in makers}
        below = [metrics[m]["formula"] for m in sorted(found) if m in metrics and m not in seen]
        below += [texts[r] for r in sorted(rules) if r not in seen]
        for one in below:
            found |= names(one, seen | found | rules)
        return found

    return {rule: names(text, frozenset({rule})) for rule, text in texts.items()}


def rule_files() -> list[Path]:
    """Returns the rule files of the default packs."""
    found = (path for pack in DEFAULT_PACKS for path in sorted((ROOT / "rules" / pack).glob("*.yaml")))
    return [path for path in found if path.name != PACK_FILE]
