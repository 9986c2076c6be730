"""Whether the examples of rules notice mistakes in their conditions (mutation testing: DeMillo, Lipton and Sayward 1978)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.engine.search import SearchEngine
from screener.errors import ScreenerError
from screener.explain.finding_templates import outcome_of
from screener.facts.world import World
from screener.rule_testing.examples import example_facts, program_for, rule_document
from screener.rule_testing.mutants import Mutant, mutants
from screener.rules.compiler import Program, compile_rules
from screener.rules.lint.linted_rule import LintContext
from screener.rules.lint.satisfiability import FigureDomains
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook


class MutationOutcome(NamedTuple):
    """One mistake, where it stands, and whether an example noticed it."""

    mutant: Mutant
    line: int | None
    column: int | None
    noticed: bool


def run_mutants(book: Rulebook, rules: Iterable[Rule]) -> Iterator[MutationOutcome]:
    """Runs the examples of each rule on each of its mutants.

    The search engine decides, with the mutant and the rules that it rests on; the facts of an example are built once.
    Examples that do not hold of the rule itself notice nothing.
    """
    context = LintContext(FigureDomains(book.catalogue, book.metrics))
    for rule in rules:
        program = program_for(book, rule)
        examples = list(_passing_examples(book, program, rule))
        document = rule_document(rule)
        for mutant in mutants(rule, context.satisfiability(rule)):
            rules_with_mutant = {**program.rules, rule.id: mutant.rule}
            try:
                noticed = any(
                    _outcome(rules_with_mutant, book, rule, facts) != expected for facts, expected in examples
                )
            except ScreenerError:  # a cycle, or too many alternatives: no rule any more
                continue
            line, column = document.place(mutant.path, mutant.offset) if document else (None, None)
            yield MutationOutcome(mutant, line, column, noticed)


def _passing_examples(book: Rulebook, program: Program, rule: Rule) -> Iterator[tuple[World, str]]:
    """The facts of each example that comes out as it says, and what it says."""
    for example in rule.examples:
        try:
            facts = example_facts(book, program, rule, example)
        except ScreenerError:
            continue
        if _outcome(program.rules, book, rule, facts) == example.expect:
            yield facts, example.expect


def _outcome(rules: Mapping[str, Rule], book: Rulebook, rule: Rule, facts: World) -> str:
    program = compile_rules(rules, book.catalogue, book.metrics)
    return outcome_of(SearchEngine(program).run(facts).of(rule.id, facts.main))
