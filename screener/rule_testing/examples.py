"""Runs the examples of rules through the engine, each with its rule and the rules on which that depends."""

import json
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from screener.engine.selection import SelectedEngine
from screener.errors import ScreenerError
from screener.explain.finding_templates import outcome_of
from screener.facts.builder import build
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure
from screener.facts.world import World
from screener.io.document import Document, parse_documents
from screener.io.file_text import read_text
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.result.finding_records import Finding
from screener.rules.compiler import Program, compile_rules, rule_names
from screener.rules.rule import Example, Rule, patterns
from screener.rules.rule_graph import RuleGraph
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import path_of
from screener.screening import Screener


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """The result of one example: `got` is the outcome, or None if its profile can't be read (`error`).

    `finding` and `rests` (the rules on which the rule depends, with their outcomes) are set if the reasons were requested.
    """

    rule: Rule
    example: Example
    outcome: str | None
    finding: Finding | None
    error: str | None
    rests: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the example has its expected outcome."""
        return self.outcome == self.example.expect


def run_examples(screener: Screener, rules: Iterable[Rule], why: bool = True) -> Generator[ExampleRun, None, None]:
    """Runs every example of the rules; one that does not hold comes with the finding that says `why`, if wanted."""
    for rule in rules:
        program = program_for(screener.rulebook, rule)
        engine = SelectedEngine(program, screener.engine_name)
        try:
            for example in rule.examples:
                try:
                    world = example_facts(screener.rulebook, program, rule, example)
                    got = outcome_of(engine.run(world).of(rule.id, world.main))
                except ScreenerError as error:
                    yield ExampleRun(rule, example, None, None, _error_text(error))
                    continue
                holds = got == example.expect
                proof = ExampleRun(rule, example, got, None, None)
                yield proof if holds or not why else run_example(screener, rule, example)
        finally:
            engine.close()


def run_example(screener: Screener, rule: Rule, example: Example) -> ExampleRun:
    """Runs one example with all rules of the rulebook in force, and keeps its finding."""
    try:
        result = screener.assess(example_profile(screener.rulebook, rule, example))
    except ScreenerError as error:
        return ExampleRun(rule, example, None, None, _error_text(error))
    outcomes = {f.rule: f.outcome for f in result.findings}
    finding = next(f for f in result.findings if f.rule == rule.id)
    rests = {p.flag: outcomes[p.flag] for p in patterns(rule.when) if p.flag in outcomes and p.owner is None}
    return ExampleRun(rule, example, finding.outcome, finding, None, tuple(rests.items()))


def _error_text(error: ScreenerError) -> str:
    """What is wrong in an example, by the path in it: the lines are those of no file."""
    return "; ".join(str(p.located(file=None, line=None, column=None)) for p in error.problems)


def example_profile(book: Rulebook, rule: Rule, example: Example) -> Profile:
    """The complete profile of an example. Raises ProfileError.

    Where it states no currency, its amounts are in that of the thresholds and metrics that the rule rests on, if they have one.
    """
    whole = {"name": "Example company", "id": "example", "currency": threshold_currency(book, rule), **example.profile}
    name = f"{rule.file} ({'.'.join(map(str, example.path))})"
    return read_profile(Document(name, json.dumps(whole, ensure_ascii=False), whole), book.catalogue)


def threshold_currency(book: Rulebook, rule: Rule) -> str | None:
    """The one currency of the thresholds of a rule, of those it rests on, and of the metrics that they read; None for several."""
    all_rules = {**book.rules, rule.id: rule}
    rules = [all_rules[name] for name in RuleGraph(all_rules).closure([rule.id])]
    read = {n.field for each in rules for n in rule_names(each) if n.scope == COMPANY}
    metrics = (book.metrics[name] for name in closure(sorted(read), book.metrics) if name in book.metrics)
    found = {param.currency for each in rules for param in each.params.values() if param.currency}
    found |= {metric.currency for metric in metrics if metric.currency}
    return found.pop() if len(found) == 1 else None


def example_facts(book: Rulebook, program: Program, rule: Rule, example: Example) -> World:
    """The facts of an example. Raises ProfileError."""
    return build(example_profile(book, rule, example), book.catalogue, book.metrics, program.placeholders)


def program_for(book: Rulebook, *rules: Rule) -> Program:
    """A program of rules with all that they rest on: other rules make no difference to them."""
    all_rules = {**book.rules, **{rule.id: rule for rule in rules}}
    needed = RuleGraph(all_rules).closure(rule.id for rule in rules)
    return compile_rules({n: r for n, r in all_rules.items() if n in needed}, book.catalogue, book.metrics)


def rule_document(rule: Rule) -> Document | None:
    """The document that a rule stands in, for telling places; None where it can't be read (again)."""
    path = path_of(rule.file)
    try:
        return (
            next((d for d in parse_documents(read_text(path), rule.file) if d.index == rule.index), None)
            if path.is_file()
            else None
        )
    except ScreenerError:
        return None
