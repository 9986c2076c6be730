"""Proof of rules: runs the worked examples that rules carry."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from screener.document import Document
from screener.errors import ScreenerError
from screener.model.load import read_profile
from screener.pipeline import Screener
from screener.rulebook.rule import Example, Rule
from screener.verdict.result import Finding


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one example: `got` is the outcome, or None where its profile can't be read (`error`)."""

    rule: Rule
    example: Example
    got: str | None
    finding: Finding | None
    error: str | None

    @property
    def holds(self) -> bool:
        """Whether the example came out as it says."""
        return self.got == self.example.expect


def prove(screener: Screener, rules: Iterable[Rule]) -> Iterator[Proof]:
    """Runs every example of the rules, each with all rules of the rulebook in force."""
    for rule in rules:
        for example in rule.examples:
            yield prove_one(screener, rule, example)


def prove_one(screener: Screener, rule: Rule, example: Example) -> Proof:
    """Runs one example."""
    data = {"name": "Example company", "id": "example", **example.profile}
    document = Document(f"{rule.file} ({'.'.join(map(str, example.loc))})", json.dumps(data, ensure_ascii=False), data)
    try:
        result = screener.screen(read_profile(document, screener.rulebook.catalogue))
    except ScreenerError as error:
        return Proof(rule, example, None, None, str(error))
    finding = next(f for f in result.findings if f.rule == rule.id)
    return Proof(rule, example, finding.outcome, finding, None)
