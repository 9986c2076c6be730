"""Measures which outcomes of rules occur in their examples and in profiles."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from typing import Any, NamedTuple

from screener.result.model import ResultDocument
from screener.rule_testing.examples import run_examples
from screener.rules.rule import Rule
from screener.screening import Screener
from screener.text import counted
from screener.vocabulary import Flag, Outcome

_COUNTED = (Outcome.FIRED, Outcome.UNKNOWN, Outcome.CLEAR)


class RuleOutcomes(NamedTuple):
    """How often a rule had each outcome."""

    rule: Rule
    examples: Counter[str]
    profiles: Counter[str]

    @property
    def never(self) -> tuple[str, ...]:
        """The outcomes that never occurred. A data rule is never unknown, so that this outcome is not expected of it."""
        wanted = (o for o in _COUNTED if o is not Outcome.UNKNOWN or self.rule.flag is not Flag.DATA)
        return tuple(o for o in wanted if not self.examples[o] and not self.profiles[o])


class RuleCoverage(NamedTuple):
    """All rules, and of how much."""

    rules: tuple[RuleOutcomes, ...]
    examples: int
    profiles: int

    @property
    def gaps(self) -> tuple[RuleOutcomes, ...]:
        """The rules for which some outcome never occurred."""
        return tuple(r for r in self.rules if r.never)


def measure_coverage(screener: Screener, rules: Iterable[Rule], results: Iterable[ResultDocument]) -> RuleCoverage:
    """The outcomes of rules in their own examples, and in results."""
    reached = {rule.id: RuleOutcomes(rule, Counter(), Counter()) for rule in rules}
    examples = profiles = 0
    with closing(run_examples(screener, [r.rule for r in reached.values()])) as proofs:
        for proof in proofs:
            examples += 1
            if proof.outcome is not None:
                reached[proof.rule.id].examples[proof.outcome] += 1
    for result in results:
        profiles += 1
        for finding in result.findings:
            if finding.rule in reached:
                reached[finding.rule].profiles[finding.outcome] += 1
    return RuleCoverage(tuple(reached.values()), examples, profiles)


def coverage_text(found: RuleCoverage, every: bool = False, width: int = 80) -> str:
    """A row for each rule with a gap (`every`: for each rule), then what is missing in words."""
    rows = found.rules if every else found.gaps
    lines: list[str] = []
    if rows:
        id_width = max(len(r.rule.id) for r in rows)
        lines = [
            f"{'':{id_width}}  examples                  profiles",
            f"{'':{id_width}}  fired unknown clear   n/a  fired unknown clear   n/a  never",
        ]
        lines += [
            f"{r.rule.id:{id_width}}  {_counts(r.examples)}  {_counts(r.profiles)}  {', '.join(r.never)}".rstrip()
            for r in rows
        ]
        lines.append("")
    counts = (("rule", len(found.rules)), ("example", found.examples), ("profile", found.profiles))
    lines.append(", ".join(counted(number, what) for what, number in counts))
    for outcome in _COUNTED:
        missing = [r.rule.id for r in found.rules if outcome in r.never]
        lines += _named(f"never {outcome}: ", missing, width)
    if found.profiles:
        unfired = [r.rule.id for r in found.rules if not r.profiles["fired"]]
        lines += _named("fired by no profile, only by examples: ", unfired, width)
    return "\n".join(lines)


def _named(head: str, rules: list[str], width: int) -> list[str]:
    return textwrap.wrap(head + (", ".join(rules) or "none"), width, subsequent_indent="  ", break_on_hyphens=False)


def _counts(found: Counter[str]) -> str:
    return " ".join(f"{found[o] or '-':>{w}}" for o, w in zip(Outcome, (5, 7, 5, 5), strict=True))


def coverage_data(found: RuleCoverage) -> dict[str, Any]:
    """The coverage as JSON-able data."""
    return {
        "examples": found.examples,
        "profiles": found.profiles,
        "rules": [
            {
                "rule": r.rule.id,
                "flag": r.rule.flag,
                "examples": {o: r.examples[o] for o in Outcome},
                "profiles": {o: r.profiles[o] for o in Outcome},
                "never": list(r.never),
            }
            for r in found.rules
        ],
    }
