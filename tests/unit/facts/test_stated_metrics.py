"""Metrics that a profile states replace their formula everywhere, keep their source, and conflict with a differing formula."""

from typing import Any

import pytest

from screener.facts.builder import build
from screener.facts.world import World
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.result.finding_records import Finding
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from tests.conftest import LoadRules, ReadProfile, problems, profile_of

RULE = """
metrics:
  twice: {formula: '2 * liabilities_to_assets', unit: fraction, title: {en: twice, zh: 两倍}}
---
rule: too-much-owed
flag: red
severity: high
category: leverage
title: {en: T, zh: T}
when: [{company: 'twice > 1.6'}]
says: {en: 'Owed {company.liabilities_to_assets:percent}', zh: s}
why: {en: w, zh: w}
clears: {en: c, zh: c}
false_alarms: {en: f, zh: f}
"""
FILED = {"report": {"title": "Annual report", "kind": "filed", "date": "2025-03-01"}}


def world_of(profile: Any) -> World:
    book = load_rulebook(packs=[])
    return build(profile, book.catalogue, book.metrics, {})


def settled(read: ReadProfile, **data: Any) -> Any:
    world = world_of(read(**data))
    return world.companies["main"]


def finding(rules: LoadRules, **data: Any) -> Finding:
    screener = Screener(rules(RULE))
    result = screener.assess(profile_of(screener.rulebook.catalogue, **data))
    return next(f for f in result.findings if f.rule == "too-much-owed")


def test_a_stated_metric_holds_without_its_figures(read: ReadProfile) -> None:
    company = settled(read, metrics={"liabilities_to_assets": 0.6})
    assert company.value("liabilities_to_assets").lo == company.value("liabilities_to_assets").hi == 0.6


def test_a_metric_that_reads_a_stated_one_and_the_evidence(rules: LoadRules) -> None:
    given = [{"value": 0.9, "period": "2024", "source": "report", "quote": "ninety per cent"}]
    found = finding(rules, sources=FILED, metrics={"liabilities_to_assets": given})
    assert found.outcome == "fired"
    assert found.says is not None
    assert found.says.en == "Owed 90 %"
    line = next(e for e in found.evidence if e.figure == "liabilities_to_assets")
    assert (line.source, line.kind, line.quote, line.period) == ("report", "filed", "ninety per cent", "2024")
    assert not any(e.figure in ("total_liabilities", "total_assets") for e in found.evidence)


def test_what_is_missing_of_a_metric_that_is_not_stated_and_of_one_stated_as_a_range(rules: LoadRules) -> None:
    assert finding(rules).missing == ("total_assets", "total_liabilities")
    half_known = finding(rules, metrics={"liabilities_to_assets": {"low": 0.5}})
    assert half_known.outcome == "unknown"
    assert half_known.missing == ("liabilities_to_assets",)


def test_claims_of_metrics_are_settled_as_those_of_figures_are(read: ReadProfile) -> None:
    claims = [
        {"value": 0.5, "period": "2023", "source": "report"},
        {"value": 0.7, "period": "2024", "source": "report"},
        {"value": 0.9, "period": "2024", "source": "late"},
    ]
    sources = {**FILED, "late": {"title": "Later", "kind": "filed", "date": "2026-01-01"}}
    company = settled(read, as_of="2025-06-30", sources=sources, metrics={"current_ratio": claims})
    assert company.value("current_ratio").lo == 0.7
    assert [name for name, _ in company.ignored] == ["current_ratio"]


@pytest.mark.parametrize(
    ("assets", "period", "gaps"),
    [(100e6, "2024-12-31", [0.25]), (126e6, "2024-12-31", []), (100e6, "2023-12-31", []), (None, None, [])],
)
def test_the_formula_disagrees_only_beyond_five_per_cent_and_of_the_same_time(
    read: ReadProfile, assets: float | None, period: str | None, gaps: list[float]
) -> None:
    company = settled(
        read,
        figures={
            "total_liabilities": {"value": 75e6, "period": period},
            "total_assets": {"value": assets, "period": period},
        },
        metrics={"liabilities_to_assets": {"value": 0.6, "period": "2024"}},
    )
    assert company.value("liabilities_to_assets").lo == 0.6
    assert [round(w.gap, 6) for w in company.reconciled["liabilities_to_assets"].conflicts] == gaps


def test_a_conflict_with_the_formula_is_a_data_finding_and_shown() -> None:
    screener = Screener.load()
    data = {"figures": {"net_income": -5e6, "revenue": 10e6}, "metrics": {"net_margin": 0.2}}
    result = screener.assess(profile_of(screener.rulebook.catalogue, **data))
    assert next(f.outcome for f in result.findings if f.rule == "source-conflict") == "fired"
    conflict = next(c for c in result.conflicts if c.figure == "net_margin")
    assert [(line.used, line.kind, line.note) for line in conflict.claims] == [
        (True, "unsourced", None),
        (False, "computed", "net_income / revenue"),
    ]


def test_filling_in_figures_never_moves_a_rule_that_a_stated_metric_decided(rules: LoadRules) -> None:
    for figures in ({}, {"total_assets": 100.0}, {"total_assets": 100.0, "total_liabilities": 10.0}):
        assert finding(rules, figures=figures, metrics={"liabilities_to_assets": 0.9}).outcome == "fired"


def test_metrics_of_a_party(read: ReadProfile) -> None:
    world = world_of(read(parties={"other": {"metrics": {"current_ratio": 2.5}}}))
    assert world.companies["other"].value("current_ratio").lo == 2.5  # type: ignore[union-attr]


def test_what_is_wrong_is_reported_with_the_nearest_name(rules: LoadRules) -> None:
    catalogue = rules(RULE).catalogue
    data = {
        "name": "Main",
        "net_margin": 1,
        "figures": {"current_ratio": 2},
        "metrics": {"curent_ratio": 2, "revenue": 1, "twice": "a", "gross_margin": {"value": 1, "source": "no"}},
    }
    found = {p.path: f"{p.what}; {p.hint}" for p in problems(read_profile, Document("m.json", "", data), catalogue)}
    assert found == {
        "net_margin": "unknown key 'net_margin'; it is a metric: put it under metrics: {net_margin: …}",
        "figures.current_ratio": (
            "unknown figure 'current_ratio'; it is a metric: put it under metrics: {current_ratio: …}"
        ),
        "metrics.curent_ratio": "unknown metric 'curent_ratio'; did you mean 'current_ratio'?",
        "metrics.revenue": "unknown metric 'revenue'; it is a figure: put it under figures: {revenue: …}",
        "metrics.twice": "expected a number (fraction), got 'a'; write it without quotes or units, such as 57.4e9",
        "metrics.gross_margin.source": "there is no source 'no'; add it under sources",
    }


LOSS = {"value": -5e9, "period": "FY2025"}
SMALLER_LOSS = [LOSS, {"value": -9e9, "period": "FY2024"}]


@pytest.mark.parametrize(
    ("statement", "net_income", "contradicts"),
    [
        ({"profitable": True}, LOSS, True),
        ({"profitable": False}, {"value": 1, "period": "FY2025"}, True),
        ({"profitable": False}, LOSS, False),
        ({"profitable": True}, {"low": -1, "high": 1}, False),  # figures that neither confirm nor contradict it
        ({"profitable": True}, None, False),
        ({"profitable": {"value": True, "period": "FY2024"}}, LOSS, False),  # of another time
        ({"losses_widening": True}, SMALLER_LOSS, True),
        ({"losses_widening": True}, 5e9, True),
        ({"losses_widening": True}, LOSS, False),
    ],
)
def test_a_statement_that_figures_contradict_is_a_conflict(
    read: ReadProfile, statement: Any, net_income: Any, contradicts: bool
) -> None:
    company = settled(read, as_of="2026-02-01", figures={**statement, "net_income": net_income})
    (name,) = statement
    stated = company.reconciled[name]
    assert [(c.kind, c.value, c.gap) for c in stated.conflicts] == [("computed", not stated.chosen.value, 1.0)] * contradicts


def test_what_a_statement_means_is_checked(rules: LoadRules) -> None:
    def wrong(entry: str) -> list[tuple[str, str]]:
        text = f"figures:\n  sound: {{{entry}, title: {{en: t, zh: t}}}}\n"
        return [(p.path, p.what) for p in problems(rules, text)]

    ((path, what),) = wrong("unit: truth, means: 'one_if(profits > 0)'")
    assert (path, what) == ("figures.sound.means", "there is no figure or metric 'profits'")
    ((_, what),) = wrong("unit: truth, means: 'net_income'")
    assert what == "the formula does not give a plain number"
    ((_, what),) = wrong("unit: money, means: 'one_if(net_income > 0)'")
    assert "`means` is what a statement comes to in figures" in what
