"""The promises of a verdict: clear is never overturned by what was unknown; decisive flags take precedence."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.rules.rule import Rule
from screener.rules.rulebook import Bands, VerdictTable
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.scope import ADDED, PackReach, company_scope, scope_of, within
from screener.scoring.score import CompanyScore, ScoredRule, ScoreRange, scored_rules
from screener.scoring.verdict import decide_verdict
from screener.vocabulary import Flag, Outcome, Severity, Verdict

BOOK = load_rulebook()
TABLE = BOOK.table
LOW_BANDS = TABLE.model_copy(update={"bands": Bands(caution=10, avoid=25)})
"""Bands that the few rules of a generated company can reach."""
SAMPLE = BOOK.rules["leverage-versus-revenue"]
DECIDED = (Outcome.FIRED, Outcome.CLEAR, Outcome.NOT_APPLICABLE)


def rule(name: str, flag: Flag, severity: Severity, **more: object) -> Rule:
    blank = {"cause": None, "softens": (), "relieves": (), "at_least": None, "verdict": None, "pack": "p"}
    return replace(SAMPLE, id=name, flag=flag, severity=severity, **{**blank, **more})  # type: ignore[arg-type]


SEEDS = st.integers(0, 2**32)
"""Companies are generated from random numbers, since hypothesis would take three times as long to draw each part."""


def random_company(rnd: Random) -> list[ScoredRule]:
    """Rules of several packs with outcomes: red ones that may demand a verdict, green ones for names, causes or all, patterns."""
    reds = [
        rule(f"red-{i}", Flag.RED, rnd.choice(Flag.RED.severities), cause=rnd.choice((None, "debt", "runway")),
             at_least=rnd.choice((None, None, Verdict.CAUTION, Verdict.AVOID)), pack=random_pack(rnd))
        for i in range(rnd.randint(1, 6))
    ]

    def softened() -> tuple[str, ...]:
        return tuple(rnd.sample([r.id for r in reds], min(len(reds), rnd.randint(0, 2))))

    greens = [
        rule(f"green-{i}", Flag.GREEN, rnd.choice(Flag.GREEN.severities), softens=softened(),
             relieves=rnd.choice(((), ("debt",), ("debt", "runway"))), pack=random_pack(rnd))
        for i in range(rnd.randint(0, 4))
    ]
    patterns = [
        rule("bad", Flag.PATTERN, Severity.HIGH, verdict=Verdict.AVOID, pack=random_pack(rnd)),
        rule("good", Flag.PATTERN, Severity.HIGH, verdict=Verdict.WATCH, softens=softened(), pack=random_pack(rnd)),
    ][: rnd.randint(0, 2)]
    outcomes = (Outcome.CLEAR, Outcome.CLEAR, Outcome.CLEAR, Outcome.FIRED, Outcome.UNKNOWN)
    return [ScoredRule(r, rnd.choice(outcomes)) for r in (*reds, *greens, *patterns)]


def random_pack(rnd: Random) -> str:
    return rnd.choice(("p", "p", "q", ADDED))


def verdict(company: list[ScoredRule], table: VerdictTable = TABLE) -> Verdict:
    scope = company_scope(company, table)
    return decide_verdict(company, CompanyScore(within(scored_rules(company), scope), table).range, scope, table).word


def with_outcome(company: list[ScoredRule], i: int, outcome: Outcome) -> list[ScoredRule]:
    return [ScoredRule(r.rule, outcome) if n == i else r for n, r in enumerate(company)]


@settings(max_examples=3000, deadline=None)
@given(SEEDS)
def test_clear_never_becomes_worse_once_more_is_known(seed: int) -> None:
    rnd = Random(seed)
    company = random_company(rnd)
    before, refined = verdict(company), list(company)
    scope = company_scope(company, TABLE)
    for i, one in enumerate(company):  # the promise is about the packs that the verdict names
        if one.outcome is Outcome.UNKNOWN and scope.included[one.rule.pack] and rnd.random() < 0.5:
            refined = with_outcome(refined, i, rnd.choice(DECIDED))
    if before is Verdict.CLEAR:
        assert verdict(refined) >= Verdict.CLEAR


@settings(max_examples=3000, deadline=None)
@given(SEEDS)
def test_one_more_red_flag_never_improves_the_verdict(seed: int) -> None:
    rnd = Random(seed)
    company = random_company(rnd)
    clear = [i for i, one in enumerate(company) if one.rule.flag is Flag.RED and one.outcome is Outcome.CLEAR]
    if clear:
        fired = with_outcome(company, rnd.choice(clear), Outcome.FIRED)
        for table in (TABLE, LOW_BANDS):
            assert verdict(fired, table) <= verdict(company, table)


@settings(max_examples=3000, deadline=None)
@given(SEEDS)
def test_a_critical_flag_that_nothing_softens_is_at_least_caution(seed: int) -> None:
    rnd = Random(seed)
    company, least = random_company(rnd), rnd.choice((None, Verdict.CAUTION, Verdict.AVOID))
    critical = rule("critical", Flag.RED, Severity.CRITICAL, cause="debt", at_least=least)
    found = verdict([*company, ScoredRule(critical, Outcome.FIRED)])
    assert found <= (least or Verdict.CAUTION)
    high = verdict([*company, ScoredRule(replace(critical, severity=Severity.HIGH, at_least=None), Outcome.FIRED)])
    assert high is not Verdict.CLEAR


@pytest.mark.parametrize(
    ("outcome", "softens", "word"),
    [
        (Outcome.FIRED, (), "caution"),
        (Outcome.FIRED, ("red",), "clear"),  # a green rule softens it by name
        (Outcome.CLEAR, (), "clear"),
        (Outcome.UNKNOWN, (), "open"),
        (Outcome.UNKNOWN, ("red",), "clear"),
    ],
)
def test_what_a_demand_does(outcome: Outcome, softens: tuple[str, ...], word: str) -> None:
    company = [
        ScoredRule(rule("red", Flag.RED, Severity.LOW, at_least=Verdict.CAUTION), outcome),
        ScoredRule(rule("green", Flag.GREEN, Severity.WEAK, softens=softens), Outcome.FIRED),
    ]
    assert decide_verdict(company, ScoreRange(5, 0, 20), company_scope(company, TABLE), TABLE).word == word


def test_a_demand_for_caution_leaves_a_score_in_the_band_of_avoid_there() -> None:
    heavy = [ScoredRule(rule(f"red-{i}", Flag.RED, Severity.HIGH, cause=f"cause-{i}"), Outcome.FIRED) for i in range(5)]
    doubt = rule("doubt", Flag.RED, Severity.CRITICAL, at_least=Verdict.CAUTION)
    assert verdict([*heavy, ScoredRule(doubt, Outcome.CLEAR)]) is Verdict.AVOID
    assert verdict([*heavy, ScoredRule(doubt, Outcome.FIRED)]) is Verdict.AVOID


def pack_rules(pack: str, *outcomes: Outcome, **more: object) -> list[ScoredRule]:
    return [ScoredRule(rule(f"{pack}-{i}", Flag.RED, Severity.MEDIUM, pack=pack, **more), o) for i, o in enumerate(outcomes)]


def test_a_pack_that_is_hardly_decided_does_not_widen_the_range() -> None:
    company = pack_rules("known", *[Outcome.CLEAR] * 9) + pack_rules("unknown", *[Outcome.UNKNOWN] * 9)
    scope = company_scope(company, TABLE)
    assert (scope.assessed, scope.enough) == ({"known": True, "unknown": False}, True)
    assert CompanyScore(within(company, scope), TABLE).range.high == 0
    assert verdict(company) is Verdict.CLEAR


def test_a_pack_of_which_something_fired_counts_with_all_that_is_unknown_of_it() -> None:
    company = pack_rules("known", *[Outcome.CLEAR] * 9) + pack_rules("other", Outcome.FIRED, *[Outcome.UNKNOWN] * 9)
    assert company_scope(company, TABLE).assessed["other"]
    assert verdict(company) is Verdict.OPEN


def test_a_decisive_rule_holds_clear_back_whatever_its_pack() -> None:
    company = pack_rules("known", *[Outcome.CLEAR] * 9) + pack_rules("other", Outcome.UNKNOWN, at_least=Verdict.CAUTION)
    assert not company_scope(company, TABLE).assessed["other"]
    assert verdict(company) is Verdict.OPEN


def test_added_rules_alone_are_not_enough_beside_packs() -> None:
    company = pack_rules(ADDED, Outcome.CLEAR) + pack_rules("unknown", *[Outcome.UNKNOWN] * 9)
    assert verdict(company) is Verdict.INSUFFICIENT_DATA
    assert verdict(pack_rules(ADDED, Outcome.CLEAR)) is Verdict.CLEAR


def test_a_bar_is_reached_from_its_share_on() -> None:
    reach = {"p": PackReach(7, 20, 7, 20, False), "none": PackReach(0, 0, 0, 0, False)}
    assert scope_of(reach, TABLE).assessed == {"p": True, "none": False}
    assert not scope_of({"p": PackReach(6, 20, 6, 20, False)}, TABLE).enough


def test_relief_stays_within_its_causes() -> None:
    reds = [ScoredRule(rule(cause, Flag.RED, Severity.HIGH, cause=cause), Outcome.FIRED) for cause in ("debt", "runway")]
    green = ScoredRule(rule("green", Flag.GREEN, Severity.STRONG, relieves=("debt",)), Outcome.FIRED)
    assert CompanyScore([*reds, green], TABLE).range.value == round(100 * (1 - (1 - 0.2 * 0.75) * (1 - 0.2)), 1)
