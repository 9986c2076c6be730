"""Properties of the score on random flags, above all that more knowledge never leaves the range."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.engine.columns.column_engine import OUTCOMES
from screener.rules.rule import Rule
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.column_score import round_to_tenth, score_columns
from screener.scoring.scope import ADDED, PackReach, Scope, company_scope, scope_of, within
from screener.scoring.score import (
    CompanyScore,
    ScoredRule,
    ScoreFormula,
    ScoreMemory,
    ScoreRange,
    coverage_counts,
    scored_rules,
)
from screener.scoring.verdict import Demands, decide_verdict
from screener.vocabulary import Flag, Outcome, Severity, Verdict

BOOK = load_rulebook()
TABLE = BOOK.table
SAMPLE = BOOK.rules["leverage-versus-revenue"]
DECIDED = (Outcome.FIRED, Outcome.CLEAR, Outcome.NOT_APPLICABLE)


@cache
def rule(
    name: str, flag: Flag, severity: Severity, cause: str | None = None, softens: tuple[str, ...] = (), pack: str = "p"
) -> Rule:
    return replace(SAMPLE, id=name, flag=flag, severity=severity, cause=cause, softens=softens, pack=pack)


def scope(decided: int, total: int) -> Scope:
    """Returns the scope of one pack with this many decided rules, none of which fired."""
    return scope_of({"p": PackReach(decided, total, decided, total, False)}, TABLE)


# All possible flags, so that drawing one is a single choice, since each choice of hypothesis takes time.
MOST_REDS, MOST_GREENS = 6, 5
REDS = [
    [ScoredRule(rule(f"red-{i}", Flag.RED, severity, cause), outcome)
     for severity in Flag.RED.severities for cause in (None, "a", "b") for outcome in Outcome]
    for i in range(MOST_REDS)
]
GREENS = list(itertools.product(Flag.GREEN.severities, Outcome))


def softenings(reds: int) -> list[tuple[str, ...]]:
    """Generates what a green rule may soften: at most two of the red rules, or a missing rule."""
    names = [f"red-{i}" for i in range(reds)] or ["nothing"]
    return [some for size in range(3) for some in itertools.permutations(names, size)]


SOFTENINGS = [softenings(reds) for reds in range(MOST_REDS + 1)]


@st.composite
def flag_sets(draw: st.DrawFn) -> list[ScoredRule]:
    reds = [draw(st.sampled_from(REDS[i])) for i in range(draw(st.integers(0, MOST_REDS)))]
    greens = []
    for i in range(draw(st.integers(0, MOST_GREENS))):
        (severity, outcome), softens = draw(st.sampled_from(GREENS)), draw(st.sampled_from(SOFTENINGS[len(reds)]))
        greens.append(ScoredRule(rule(f"green-{i}", Flag.GREEN, severity, None, softens), outcome))
    return [*reds, *greens]


def with_outcome(flags: list[ScoredRule], i: int, outcome: Outcome) -> list[ScoredRule]:
    return [ScoredRule(f.rule, outcome) if n == i else f for n, f in enumerate(flags)]


@settings(max_examples=400)
@given(flag_sets())
def test_the_range_holds_the_score(flags: list[ScoredRule]) -> None:
    found = CompanyScore(flags, TABLE).range
    assert 0 <= found.low <= found.value <= found.high <= 100


@settings(max_examples=400)
@given(flag_sets(), st.data())
def test_deciding_an_unknown_never_widens_the_range(flags: list[ScoredRule], data: st.DataObject) -> None:
    before, narrowed = CompanyScore(flags, TABLE).range, list(flags)
    for i, flag in enumerate(flags):
        if flag.outcome is Outcome.UNKNOWN and data.draw(st.booleans()):
            narrowed = with_outcome(narrowed, i, data.draw(st.sampled_from(DECIDED)))
    after = CompanyScore(narrowed, TABLE).range
    assert before.low <= after.low <= after.value <= after.high <= before.high


@settings(max_examples=400)
@given(flag_sets())
def test_a_red_outcome_never_lowers_and_a_green_one_never_raises(flags: list[ScoredRule]) -> None:
    for i, flag in enumerate(flags):
        fired = CompanyScore(with_outcome(flags, i, Outcome.FIRED), TABLE).range.value
        clear = CompanyScore(with_outcome(flags, i, Outcome.CLEAR), TABLE).range.value
        assert fired >= clear if flag.rule.flag is Flag.RED else fired <= clear


@settings(max_examples=200)
@given(flag_sets(), st.data())
def test_columns_score_as_companies_do(flags: list[ScoredRule], data: st.DataObject) -> None:
    patterns = [ScoredRule(p, Outcome.CLEAR) for p in (AVOID, WATCH)]
    packs = st.sampled_from(["p", "q", ADDED])
    rules = [ScoredRule(replace(r.rule, pack=data.draw(packs)), r.outcome) for r in (*flags, *patterns)]
    companies = [
        [ScoredRule(r.rule, data.draw(st.sampled_from(Outcome))) for r in rules] for _ in range(data.draw(st.integers(1, 4)))
    ]
    codes = np.array([[OUTCOMES.index(r.outcome) for r in company] for company in companies], np.int8).T
    found = score_columns([r.rule for r in rules], codes, TABLE)
    for i, company in enumerate(companies):
        scored = scored_rules(company)
        covered, counts = company_scope(company, TABLE), coverage_counts(scored)
        score = CompanyScore(within(scored, covered), TABLE).range
        verdict = decide_verdict(company, score, covered, TABLE)
        assert (found.value[i], found.low[i], found.high[i]) == score
        assert (found.decided[i], found.total[i]) == counts
        assert (found.verdicts[i], found.thin[i]) == (verdict.word.rank, verdict.thin)


@settings(max_examples=200)
@given(flag_sets(), st.randoms())
def test_order_never_matters(flags: list[ScoredRule], random: object) -> None:
    shuffled = list(flags)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert CompanyScore(shuffled, TABLE).range == CompanyScore(flags, TABLE).range
    assert CompanyScore(shuffled, TABLE).steps() == CompanyScore(flags, TABLE).steps()


@settings(max_examples=200)
@given(flag_sets())
def test_the_waterfall_ends_at_the_score(flags: list[ScoredRule]) -> None:
    steps = CompanyScore(flags, TABLE).steps()
    assert all(a.end == b.start for a, b in itertools.pairwise(steps))
    assert (steps[-1].end if steps else 0.0) == pytest.approx(CompanyScore(flags, TABLE).range.value, abs=0.051)


@settings(max_examples=200)
@given(flag_sets(), st.data())
def test_remembered_scores_are_those_of_the_formula(flags: list[ScoredRule], data: st.DataObject) -> None:
    formula = ScoreFormula((flag.rule for flag in flags), TABLE)
    memory, names = ScoreMemory(formula), [flag.rule.id for flag in flags]
    some = st.frozensets(st.sampled_from(names)) if names else st.just(frozenset[str]())
    for reds, greens in data.draw(st.lists(st.tuples(some, some), max_size=6)) * 2:
        assert memory.score_if(reds, greens) == formula.score(reds.__contains__, greens.__contains__)


def test_weights_are_softened_once_for_many_sets_of_red_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[ScoreFormula] = []
    softened = ScoreFormula.softened
    monkeypatch.setattr(ScoreFormula, "softened", lambda own, greens: calls.append(own) or softened(own, greens))
    reds = [rule(f"red-{i}", Flag.RED, Severity.HIGH) for i in range(6)]
    green = rule("green-0", Flag.GREEN, Severity.WEAK, None, ("red-0",))
    memory = ScoreMemory(ScoreFormula([*reds, green], TABLE))
    for red in reds:
        for greens in (frozenset[str](), frozenset((green.id,))):
            assert memory.score_if(frozenset((red.id,)), greens) > 0
    assert len(calls) == 2


def test_by_hand() -> None:
    flags = [
        ScoredRule(rule("a", Flag.RED, Severity.CRITICAL), Outcome.FIRED),
        ScoredRule(rule("b", Flag.RED, Severity.HIGH, "debt"), Outcome.FIRED),
        ScoredRule(rule("c", Flag.RED, Severity.MEDIUM, "debt"), Outcome.FIRED),  # the same cause as b: counted once
        ScoredRule(rule("d", Flag.RED, Severity.HIGH), Outcome.UNKNOWN),
        ScoredRule(rule("e", Flag.GREEN, Severity.MODERATE, None, ("a",)), Outcome.FIRED),  # softens a, relieves nothing else
        ScoredRule(rule("f", Flag.GREEN, Severity.WEAK), Outcome.FIRED),
    ]
    red = 1 - (1 - 0.35 * 0.88) * (1 - 0.20)
    assert CompanyScore(flags, TABLE).range.value == round(100 * red * 0.95, 1)
    assert CompanyScore(flags, TABLE).range.high == round(100 * (1 - (1 - 0.35 * 0.88) * 0.8 * 0.8) * 0.95, 1)
    assert CompanyScore(flags, TABLE).score_if(frozenset(), frozenset()) == 0
    assert coverage_counts(flags) == (5, 6)


def test_relief_is_at_most_half() -> None:
    flags = [ScoredRule(rule("a", Flag.RED, Severity.CRITICAL), Outcome.FIRED)]
    flags += [ScoredRule(rule(f"g{i}", Flag.GREEN, Severity.STRONG), Outcome.FIRED) for i in range(9)]
    assert CompanyScore(flags, TABLE).range.value == 17.5


AVOID = replace(SAMPLE, id="bad", flag=Flag.PATTERN, verdict=Verdict.AVOID, pack="p")
WATCH = replace(SAMPLE, id="good", flag=Flag.PATTERN, verdict=Verdict.WATCH, pack="p")


@pytest.mark.parametrize(
    ("patterns", "points", "decided", "word"),
    [
        ([(AVOID, Outcome.FIRED), (WATCH, Outcome.FIRED)], 0, 0, "avoid"),
        ([(AVOID, Outcome.UNKNOWN), (WATCH, Outcome.FIRED)], 10, 40, "watch"),
        ([(WATCH, Outcome.FIRED)], 60, 40, "caution"),
        ([(AVOID, Outcome.UNKNOWN)], 90, 13, "insufficient-data"),
        ([(AVOID, Outcome.CLEAR)], 60, 40, "avoid"),
        ([], 59.9, 40, "caution"),
        ([], 35, 14, "caution"),
        ([], 34.9, 40, "clear"),
    ],
)
def test_verdicts(patterns: list[tuple[Rule, str]], points: float, decided: int, word: str) -> None:
    found = decide_verdict(patterns, ScoreRange(points, points, points), scope(decided, 40), TABLE)
    assert found.word == word


def test_a_watch_on_little_coverage_says_so_and_names_what_is_open() -> None:
    found = decide_verdict([(AVOID, Outcome.UNKNOWN), (WATCH, Outcome.FIRED)], ScoreRange(5, 0, 90), scope(3, 40), TABLE)
    assert (found.thin, found.open_patterns, found.because) == (True, ("bad",), ("good",))


def test_columns_are_rounded_as_single_scores_near_the_middle_of_two_tenths() -> None:
    middles = [n / 20 for n in range(200)]
    values = [v for middle in middles for v in (middle, np.nextafter(middle, 0), np.nextafter(middle, 100))]
    assert round_to_tenth(np.array(values)).tolist() == [round(float(v), 1) for v in values]


@pytest.mark.parametrize(
    ("verdict", "expected"), [(Verdict.AVOID, ("b",)), (Verdict.CAUTION, ("b", "a", "c")), (Verdict.OPEN, ("b", "a", "c", "d"))]
)
def test_demands_of_a_verdict_are_those_of_a_worse_one_too_the_worst_first(verdict: Verdict, expected: tuple[str, ...]) -> None:
    least = {"a": Verdict.CAUTION, "b": Verdict.AVOID, "c": Verdict.CAUTION, "d": Verdict.OPEN, "e": Verdict.AVOID}
    reds = [replace(rule(name, Flag.RED, Severity.LOW), at_least=demanded) for name, demanded in least.items()]
    relief = rule("f", Flag.GREEN, Severity.WEAK, None, ("c",))
    demands = Demands([*reds, relief], TABLE)
    assert demands.demanding(verdict, set("abcd"), frozenset()) == expected
    assert demands.demanding(verdict, set("abcd"), {"f"}) == tuple(name for name in expected if name != "c")
