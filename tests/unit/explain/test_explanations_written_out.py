"""Compares the results for small profiles, under rules with every kind of condition, with a stored listing.

SCREENER_UPDATE=1 writes `explanations.txt` again; check that each line of the difference is intended.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screener.result.detail import Detail
from screener.result.model import to_dict
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from tests.conftest import profile_of

HERE = Path(__file__).parent
WRITTEN = HERE / "explanations.txt"
COPIED = {"digest", "profile_digest", "version", "schema", "why", "clears", "false_alarms", "references", "screener", "rulebook", "pack", "packs", "cache_key",
          "category_title", "status", "scored"}
"""Fields that are copied from rules and settings, or change with every edit of them."""

FILED = {
    "a": {"title": "10-K", "kind": "filed", "date": "2026-01-20", "url": "https://example.com/a"},
    "n": {"title": "News", "kind": "reported", "date": "2026-02-01"},
}


def year(value: Any, back: int = 0, source: str | None = None) -> dict[str, Any]:
    claim = value if isinstance(value, dict) else {"value": value}
    return {**claim, "period": f"FY{2025 - back}", **({"source": source} if source else {})}


HEAD = {"name": "Main", "id": "main", "as_of": "2026-02-06", "currency": "USD", "sources": FILED}
PROFILES: dict[str, dict[str, Any]] = {
    "only a name": {"name": "Main"},
    "all is known, and red": {
        **HEAD, "sector": "software",
        "figures": {
            "total_debt": [year(50e9, 0, "a"), year(70e9, 0, "n"), year(30e9, 1, "a")], "revenue": [year(10e9, 0, "a"), year(9.5e9, 1, "a")],
            "cash": year(1e8, 0, "n"), "net_income": year(-2e9, 0, "a"), "going_concern_doubt": True,
        },
        "customers": [
            {"party": "acme", "share_of_revenue": 0.5, "commitment": 3e9, "source": "a"},
            {"party": "beta", "share_of_revenue": 0.7, "commitment": 5e9}, {"share_of_revenue": 0.7},
        ],
        "funding": [{"party": "acme", "amount": 6e9}, {"party": "beta", "amount": 5e9}],
        "suppliers": [{"party": "gamma", "critical": True, "alternatives": []}, {"party": "delta", "critical": True,
                       "alternatives": [{"party": "x", "in_house": True}]}],
        "parties": {"acme": {"name": "Acme", "currency": "EUR", "figures": {"total_debt": 9e9, "revenue": 1e9, "cash": 1}}},
        "events": [{"what": "lawsuit", "party": "gamma", "date": "2025-06-06", "change": -0.2}, {"what": "lawsuit", "party": "main", "date": "2026-01-01"}],
        "products": [{"what": "New", "price_change": -0.5, "embedded": False}, {"what": "Newer", "price_change": -0.3, "embedded": False},
                     {"what": "Old", "price_change": -0.9, "embedded": False}],
        "flows": [{"from": "main", "to": "acme", "what": "invests", "amount": 2e9}, {"from": "acme", "to": "main", "what": "buys", "amount": 3e9, "source": "n", "quote": "q", "note": "on page 2"}],
        "plans": [{"what": "borrow", "amount": 6e9, "date": "2027-01-01"}],
    },
    "green, close to the thresholds": {
        **HEAD, "sector": "software",
        "figures": {"total_debt": year(20e9), "revenue": [year(10e9), year(8e9, 1)], "cash": year(1e9), "net_income": [year(2e9), year(-1e9, 1)],
                    "going_concern_doubt": False},
        "customers": [{"party": "acme", "share_of_revenue": 0.49}], "funding": [], "suppliers": [], "flows": [], "plans": [],
        "events": [{"what": "lawsuit", "date": "2024-01-01"}], "products": [],
    },
    "ranges, open lists, no sector, another currency": {
        **HEAD, "currency": "EUR",
        "figures": {"total_debt": year({"low": 5e9, "high": 30e9}), "revenue": year(10e9), "cash": year({"high": 2e9}), "net_income": year({"low": -1e9})},
        "customers": [{"party": "acme", "share_of_revenue": {"low": 0.4, "high": 0.6}}, {"party": "beta", "commitment": {"low": 1e8}}],
        "suppliers": [{"party": "gamma", "critical": True}, {"critical": True, "alternatives": [{"party": "y"}]}],
        "funding": [{"amount": 9e9}], "incomplete": ["customers", "funding", "events"],
        "events": [{"what": "lawsuit"}], "products": [{"what": "New", "price_change": {"high": -0.1}}, {"price_change": -0.4, "embedded": True}],
        "flows": [{"from": "main", "to": "acme"}, {"from": "acme", "to": "main", "binding": False}], "plans": [{"what": "borrow"}],
    },
    "a bank with figures of several times": {
        **HEAD, "sector": "banks",
        "figures": {"total_debt": [{"value": 95e9, "period": "2025-12-31"}], "revenue": [year(10e9, 3)], "cash": {"value": 9e8, "period": "2025-12-31"},
                    "net_income": [year(0)]},
        "metrics": {"net_margin": year(0.25)}, "customers": [],
    },
}


def flat(value: Any) -> str | None:
    """Returns a value that fits on a line of its record; None for a value with parts."""
    if isinstance(value, dict):
        if value.keys() == {"en", "zh"}:
            return f"{value['en']} | {value['zh']}" if value["en"] != value["zh"] else str(value["en"])
        return f"{value['low']}..{value['high']}" if value.keys() == {"low", "high"} else None
    if isinstance(value, list | tuple):
        parts = [flat(inner) for inner in value]
        return None if None in parts else "[" + ", ".join(map(str, parts)) + "]"
    return str(value)


def lines_of(value: Any, path: str = "") -> Iterator[str]:
    """Yields a document as one line per record, without empty fields."""
    if isinstance(value, dict):
        known = {key: inner for key, inner in value.items() if inner not in (None, "", [], (), {}) and key not in COPIED}
        texts = {key: text for key, inner in known.items() if (text := flat(inner)) is not None}
        if texts:
            yield f"{path}: " + "; ".join(f"{key}={text}" for key, text in texts.items())
        for key, inner in known.items():
            if key not in texts:
                yield from lines_of(inner, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from lines_of(inner, f"{path}[{i}]")


def names_of(value: Any, path: str = "") -> Iterator[str]:
    """Yields the names of all fields that are not empty, without positions in lists."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if inner not in (None, "", [], (), {}):
                yield f"{path}.{key}".removeprefix(".")
                yield from names_of(inner, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names_of(inner, path)


def written() -> Iterator[str]:
    screener = Screener(load_rulebook([str(HERE / "explained_rules.yaml")], packs=[]), counterfactuals=True)
    for name, data in PROFILES.items():
        profile = profile_of(screener.rulebook.catalogue, **data)
        yield f"== {name}"
        full = to_dict(screener.assess(profile))
        yield from lines_of(full)
        for detail in Detail:
            less = to_dict(screener.assess(profile, detail=detail))
            lost = sorted({*names_of(full)} - {*names_of(less)})
            yield f"not in {detail.name}: {' '.join(lost)}"


def test_results_say_this() -> None:
    found = list(written())
    if os.environ.get("SCREENER_UPDATE") == "1":
        WRITTEN.write_text("\n".join(found) + "\n", "utf-8")
    assert found == WRITTEN.read_text("utf-8").splitlines()
