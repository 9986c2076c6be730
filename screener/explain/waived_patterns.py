"""Finds patterns that fired only because of waived flags, and are therefore waived too."""

from collections.abc import Mapping

from screener.engine.protocol import Conclusions, Match
from screener.expression.interval import Truth
from screener.facts.fact import FLAG
from screener.result.finding_records import AppliedWaiver
from screener.rules.compiler import Program
from screener.vocabulary import Flag


def waived_patterns(
    program: Program, conclusions: Conclusions, company: str, waived: Mapping[str, AppliedWaiver]
) -> dict[str, AppliedWaiver]:
    """Returns the patterns of a company all of whose matches depend on waived flags only, each with its waiver.

    Such a waiver ends with the first of the waivers that it depends on.
    """
    found: dict[str, AppliedWaiver] = {}
    for rule in program.rules.values():
        if rule.flag is not Flag.PATTERN or rule.id in waived:
            continue
        decision = conclusions.of(rule.id, company)
        if decision.outcome is not Truth.TRUE:
            continue
        flags = [_flags(match) for match in decision.matches]
        if all(of_match and all(of == company and r in waived for r, of in of_match) for of_match in flags):
            below = sorted({r for of_match in flags for r, _ in of_match})
            found[rule.id] = AppliedWaiver(
                until=min(waived[r].until for r in below),
                reason="all flags that it is based on are waived: " + ", ".join(below),
                by="; ".join(dict.fromkeys(waived[r].by for r in below)),
            )
    return found


def _flags(match: Match) -> list[tuple[str, str]]:
    """Returns the flags that a match depends on, each with its company."""
    return [(str(fact.fields["rule"]), fact.of) for _, fact in match.facts if fact.kind == FLAG]
