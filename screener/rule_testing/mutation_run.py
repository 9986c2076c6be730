"""Whether the examples of rules notice slips in their conditions (mutation testing: DeMillo, Lipton and Sayward 1978)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.engine.search import SearchEngine
from screener.errors import ScreenerError
from screener.explain.findings import outcome_word
from screener.facts.builder import World
from screener.rule_testing.examples import example_facts, program_for, rule_document
from screener.rule_testing.mutants import Mutant, mutants
from screener.rules.compiler import compile_rules
from screener.rules.lint.rule_lints import kinds_by_name
from screener.rules.lint.satisfiability import FigureDomains, SatisfiabilityChecker
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook


class MutationOutcome(NamedTuple):
    """One slip, where it stands, and whether an example noticed it."""

    mutant: Mutant
    line: int | None
    column: int | None
    noticed: bool


def run_mutants(book: Rulebook, rules: Iterable[Rule]) -> Iterator[MutationOutcome]:
    """Runs the examples of each rule on each of its mutants.

    The plain engine decides, with the mutant and the rules that it rests on; the facts of an example are built once.
    Examples that do not hold of the rule itself notice nothing.
    """
    domains = FigureDomains(book.catalogue, book.metrics)
    for rule in rules:
        program = program_for(book, rule)
        worlds = [world for world in _worlds(book, rule) if _outcome(program.rules, book, rule, world[0]) == world[1]]
        document = rule_document(rule)
        possible = SatisfiabilityChecker(rule, domains, kinds_by_name(rule))
        for mutant in mutants(rule, document, possible):
            try:
                noticed = any(_outcome({**program.rules, rule.id: mutant.rule}, book, mutant.rule, world) != expected
                              for world, expected in worlds)  # fmt: skip
            except ScreenerError:  # a circle, or too many alternatives: no rule any more
                continue
            line, column = document.place(mutant.loc, mutant.offset) if document else (None, None)
            yield MutationOutcome(mutant, line, column, noticed)


def _worlds(book: Rulebook, rule: Rule) -> Iterator[tuple[World, str]]:
    program = program_for(book, rule)
    for example in rule.examples:
        try:
            yield example_facts(book, program, rule, example), example.expect
        except ScreenerError:
            continue


def _outcome(rules: Mapping[str, Rule], book: Rulebook, rule: Rule, world: World) -> str:
    program = compile_rules(rules, book.catalogue, book.metrics)
    return outcome_word(SearchEngine(program).run(world).of(rule.id, world.main))
