"""Sector evidence decides which rules apply if no sector is stated, and changes only what was unknown."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screener.expression.interval import Interval
from screener.profile.catalogue import Catalogue
from screener.profile.sector_scope import (
    SectorEvidence,
    SectorScope,
    in_scope,
    narrowest_sector,
    parameter_for_sector,
    possible_sectors,
    sector_scope,
)
from screener.result.detail import Detail
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from screener.vocabulary import Outcome
from tests.conftest import ReadProfile, problems, profile_of

BOOK = load_rulebook(packs=["core", "classic"])
CATALOGUE = BOOK.catalogue
SECTORS = sorted(CATALOGUE.sectors)
SCREENER = Screener(BOOK)
NOT_FINANCIAL = {"outside": ["financials", "utilities"], "note": "a balance sheet with current assets"}

names = st.sampled_from(SECTORS)
groups = st.frozensets(names, max_size=4)
pieces = st.builds(
    lambda within, outside: SectorEvidence(within=within, outside=tuple(outside), note="seen"),
    within=st.none() | names,
    outside=st.lists(names, min_size=1, max_size=3),
)


def outside(*sectors: str) -> tuple[SectorEvidence, ...]:
    return (SectorEvidence(outside=sectors, note="seen"),)


def within(sector: str) -> tuple[SectorEvidence, ...]:
    return (SectorEvidence(within=sector, note="seen"),)


@pytest.mark.parametrize(
    ("only_for", "not_for", "stated", "evidence", "expected"),
    [
        ("", "financials", None, outside("financials"), "TRUE"),
        ("", "banks", None, outside("financials"), "TRUE"),
        ("", "financials", None, outside("banks", "insurers"), "UNKNOWN"),
        ("", "financials utilities", None, outside("financials"), "UNKNOWN"),
        ("banks", "", None, outside("financials"), "FALSE"),
        ("banks lenders", "", None, outside("banks"), "UNKNOWN"),
        ("software", "", None, outside("financials"), "UNKNOWN"),
        ("", "financials", None, within("financials"), "FALSE"),
        ("", "banks", None, within("financials"), "UNKNOWN"),
        ("financials", "", None, within("insurers"), "TRUE"),
        ("banks", "", None, within("insurers"), "FALSE"),
        ("banks", "", "financials", (), "UNKNOWN"),
        ("banks", "", "financials", outside("banks"), "FALSE"),
        ("", "banks", "financials", within("banks"), "TRUE"),  # a stated sector counts as it is stated
        ("", "financials", "banks", outside("financials"), "FALSE"),  # and takes precedence over evidence that contradicts it
        ("", "financials", "software", outside("financials"), "TRUE"),
        ("", "", None, (), "TRUE"),
    ],
)
def test_evidence_decides_which_rules_apply(
    only_for: str, not_for: str, stated: str | None, evidence: tuple[SectorEvidence, ...], expected: str
) -> None:
    scope = sector_scope(stated, evidence, CATALOGUE)
    assert in_scope(frozenset(only_for.split()), frozenset(not_for.split()), scope, CATALOGUE).name == expected


@given(only_for=groups, not_for=groups, stated=st.none() | names, evidence=st.lists(pieces, max_size=3))
def test_evidence_only_decides_what_was_unknown(
    only_for: frozenset[str], not_for: frozenset[str], stated: str | None, evidence: list[SectorEvidence]
) -> None:
    without = in_scope(only_for, not_for, SectorScope(stated), CATALOGUE)
    found = in_scope(only_for, not_for, sector_scope(stated, evidence, CATALOGUE), CATALOGUE)
    assert without.name == "UNKNOWN" or found is without


@given(only_for=groups, not_for=groups, evidence=st.lists(pieces, max_size=3), data=st.data())
def test_stating_a_sector_that_evidence_leaves_possible_only_decides_what_was_unknown(
    only_for: frozenset[str], not_for: frozenset[str], evidence: list[SectorEvidence], data: st.DataObject
) -> None:
    leaves = [s for s in possible_sectors(evidence, CATALOGUE) or SECTORS if s and CATALOGUE.below(s) == {s}]
    assume(leaves)
    without = in_scope(only_for, not_for, sector_scope(None, evidence, CATALOGUE), CATALOGUE)
    stated = data.draw(st.sampled_from(sorted(leaves)))
    found = in_scope(only_for, not_for, sector_scope(stated, evidence, CATALOGUE), CATALOGUE)
    assert without.name == "UNKNOWN" or found is without


@given(values=st.dictionaries(names, st.floats(0, 9), max_size=3), evidence=st.lists(pieces, max_size=2))
def test_evidence_narrows_parameters(values: Mapping[str, float], evidence: list[SectorEvidence]) -> None:
    wide = parameter_for_sector(1.5, values, SectorScope(), CATALOGUE)
    found = parameter_for_sector(1.5, values, sector_scope(None, evidence, CATALOGUE), CATALOGUE)
    assert wide.lo <= found.lo <= found.hi <= wide.hi


def test_a_parameter_takes_the_values_of_possible_sectors() -> None:
    values = {"financials": 4.0, "banks": 9.0}
    scope = sector_scope(None, outside("financials"), CATALOGUE)
    assert parameter_for_sector(1.5, values, scope, CATALOGUE) == Interval.point(1.5)
    scope = sector_scope(None, within("financials"), CATALOGUE)
    assert parameter_for_sector(1.5, values, scope, CATALOGUE) == Interval(4, 9)


amounts = st.none() | st.floats(0, 1000)
FIGURES = (
    "revenue", "operating_income", "net_income", "total_assets", "total_liabilities", "equity", "current_assets",
    "current_liabilities", "cash", "total_debt", "interest_expense", "retained_earnings", "deposits", "inventory",
)
figures = st.fixed_dictionaries(dict.fromkeys(FIGURES, amounts))


@given(stated=figures, evidence=st.lists(pieces, min_size=1, max_size=2))
def test_findings_with_evidence_refine_those_without(stated: dict[str, float | None], evidence: list[SectorEvidence]) -> None:
    outcomes = []
    for items in ([], [item.model_dump(mode="json") for item in evidence]):
        profile = profile_of(CATALOGUE, figures={k: v for k, v in stated.items() if v is not None}, sector_evidence=items)
        outcomes.append({f.rule: f.outcome for f in SCREENER.assess(profile, detail=Detail.OUTCOMES).findings})
    for rule, outcome in outcomes[0].items():
        refined = {
            Outcome.UNKNOWN: set(Outcome),
            Outcome.CLEAR: {Outcome.CLEAR, Outcome.NOT_APPLICABLE},  # clear in any sector, applicable or not
        }.get(outcome, {outcome})
        assert outcomes[1][rule] in refined, rule


def test_rules_for_banks_do_not_apply_to_a_company_outside_of_them(read: ReadProfile, book: Rulebook) -> None:
    result = Screener(book).assess(read(figures={"total_debt": 5}, sector_evidence=[NOT_FINANCIAL]))
    found = {finding.rule: finding.outcome for finding in result.findings}
    assert found["bank-run-prone"] is Outcome.NOT_APPLICABLE
    assert any("outside Financials, Utilities: a balance sheet with current assets" in note.en for note in result.doubts)


def test_rules_for_the_sector_that_statements_show_are_named(read: ReadProfile, book: Rulebook) -> None:
    insurer = {"within": "insurers", "note": "unearned premiums among the liabilities"}
    result = Screener(book).assess(read(figures={"total_assets": 5}, sector_evidence=[insurer]))
    assert result.verdict.own_sector is not None
    assert "Of the rules for insurers" in result.verdict.own_sector.en


@pytest.mark.parametrize(
    ("stated", "evidence", "expected"),
    [
        ("banks", (), "banks"),
        (None, (), None),
        (None, within("insurers"), "insurers"),
        (None, (*within("financials"), *outside("banks")), "financials"),
        (None, outside("financials"), None),
    ],
)
def test_the_narrowest_sector(stated: str | None, evidence: tuple[SectorEvidence, ...], expected: str | None) -> None:
    assert narrowest_sector(sector_scope(stated, evidence, CATALOGUE), CATALOGUE) == expected


def test_a_contradiction_is_shown_and_the_stated_sector_holds(read: ReadProfile, book: Rulebook) -> None:
    result = Screener(book).assess(read(sector="banks", sector_evidence=[NOT_FINANCIAL]))
    found = {finding.rule: finding.outcome for finding in result.findings}
    assert found["bank-run-prone"] is not Outcome.NOT_APPLICABLE
    assert any("Banks, contradicts the statements" in note.en and note.zh != note.en for note in result.doubts)


def test_evidence_that_contradicts_itself_does_not_count(read: ReadProfile, catalogue: Catalogue) -> None:
    profile = read(sector_evidence=[NOT_FINANCIAL, {"within": "banks", "note": "deposits"}])
    assert profile.subject.possible_sectors is None
    assert ["contradicts itself" in remark.en for remark in profile.remarks] == [True]


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ({"outside": ["bank"], "note": "x"}, "unknown sector 'bank'"),
        ({"within": "bank", "note": "x"}, "unknown sector 'bank'"),
        ({"within": "banks", "note": "x", "source": "k"}, "there is no source 'k'"),
        ({"note": "x"}, "needs `within` or `outside`"),
        ({"within": "banks"}, "missing"),
    ],
)
def test_wrong_evidence_is_refused(read: ReadProfile, item: dict[str, Any], what: str) -> None:
    found = problems(read, sector_evidence=[item])
    assert any(what in str(problem) for problem in found), found
