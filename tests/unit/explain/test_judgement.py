"""The parts of score and verdict, and which flags depend on which."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.explain.judgement import Judgement, ScoringTables, rests_on, verdicts_of
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from screener.vocabulary import Outcome
from tests.conftest import LoadRules, ReadProfile


def test_tables_are_made_anew_for_another_program_or_rulebook(book: Rulebook) -> None:
    screener = Screener(book)
    found = ScoringTables.of(screener.program, book)
    assert ScoringTables.of(screener.program, book) is found
    milder = replace(book, table=book.table.model_copy(update={"relief_at_most": 0.0}))
    assert ScoringTables.of(screener.program, milder) is not found
    assert ScoringTables.of(screener.program, book) is not found
    other = Screener.load(packs=["classic"])
    assert ScoringTables.of(other.program, book) is not ScoringTables.of(screener.program, book)


RULE = """
rule: {name}
flag: {flag}
severity: low
category: leverage
title: t
when:
{when}
says: s
why: w
clears: c
false_alarms: f
"""


def test_a_flag_rests_on_another_where_each_of_its_matches_needs_it(rules: LoadRules, read: ReadProfile) -> None:
    texts = [
        RULE.format(name="first", flag="red", when="- company: revenue > 1"),
        RULE.format(name="second", flag="red", when="- company: cash > 1"),
        RULE.format(name="on-first", flag="red", when="- flag: first"),
        RULE.format(name="on-either", flag="red", when="- any: [{flag: first}, {flag: second}]"),
    ]
    screener = Screener(rules("---".join(texts)))
    program = screener.program
    world = screener.world(read(figures={"revenue": 2, "cash": 2}))
    conclusions = screener.engine.run(world)

    def resting(*removed: str) -> set[str]:
        return {name for name, rule in program.rules.items() if rests_on(conclusions, "main", rule, removed)}

    assert {rule.id for rule in Judgement.of(program, screener.rulebook, world, conclusions).fired} == set(program.rules)
    assert resting("first") == {"on-first"}
    assert resting("second") == set()
    assert resting("first", "second") == {"on-first", "on-either"}
    assert {name for name, rule in program.rules.items() if rests_on(conclusions, "other", rule, ["first"])} == set()


def test_outcomes_changed_in_steps_are_those_changed_at_once(rules: LoadRules, read: ReadProfile) -> None:
    """A rule that may count in neither of the first two judgements counts in the third one."""
    texts = [RULE.format(name=name, flag="red", when=f"- company: {name} > 1") for name in ("revenue", "cash")]
    screener = Screener(rules("---".join(texts)))
    world = screener.world(read(figures={"revenue": 2, "cash": 0}))
    judged = Judgement.of(screener.program, screener.rulebook, world, screener.engine.run(world))
    fired = {"cash": Outcome.FIRED}
    steps = judged.with_outcomes({"revenue": Outcome.CLEAR}).with_outcomes(fired)
    assert steps.score == judged.with_outcomes({"revenue": Outcome.CLEAR, **fired}).score
    assert steps.score.value > 0
    at_once = [judged.with_outcomes({"revenue": Outcome.CLEAR}), judged.with_outcomes({"revenue": Outcome.CLEAR, **fired})]
    assert verdicts_of(at_once) == [one.decision.word for one in at_once]


@settings(max_examples=60)
@given(st.data())
def test_what_follows_from_changed_outcomes_is_what_they_amount_to_alone(data: st.DataObject) -> None:
    """Scope, coverage, score and verdict, through any number of changes, of excluded rules too."""
    screener = Screener.load()
    program, book = screener.program, screener.rulebook
    names = data.draw(st.lists(st.sampled_from(sorted(program.rules)), min_size=1, max_size=25, unique=True))
    outcomes = dict.fromkeys(program.rules, Outcome.CLEAR)
    outcomes |= {name: data.draw(st.sampled_from(list(Outcome))) for name in names}
    judged = Judgement(program, book, outcomes, frozenset(names[:2]))
    for _ in range(3):
        changed = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(list(Outcome)), max_size=6))
        judged = judged.with_outcomes(changed)
        alone = Judgement(program, book, judged.outcomes, judged.excluded)
        assert judged.scope == alone.scope
        assert judged.coverage == alone.coverage
        assert judged.score == alone.score
        assert judged.decision == alone.decision
