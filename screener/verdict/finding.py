"""One finding a rule: what its texts say of the company, on what it rests, what it waits for."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screener.engine.base import Conclusions, Decision
from screener.expression.interval import Truth
from screener.facts.build import World
from screener.rulebook.compile import Program
from screener.rulebook.rule import Rule
from screener.rulebook.rulebook import Rulebook
from screener.text import Text
from screener.verdict import held
from screener.verdict.describe import fill, placeholders
from screener.verdict.distance import Gauge
from screener.verdict.evidence import Gatherer
from screener.verdict.missing import Inquiry, Waiting
from screener.verdict.result import Distance, Finding, OutcomeWord, Waived
from screener.verdict.score import Move, Scored, weight

_NOTHING = Waiting((), ())
_TEXTS = ("why", "clears", "false_alarms")


def outcome_word(decision: Decision) -> OutcomeWord:
    """fired, clear, unknown or not-applicable."""
    if decision.applies is Truth.FALSE:
        return "not-applicable"
    return "fired" if decision.outcome is Truth.TRUE else "clear" if decision.outcome is Truth.FALSE else "unknown"


class Sayings:
    """What the findings of a program's rules say of every company of a sector alike, found once."""

    def __init__(self, program: Program, rulebook: Rulebook) -> None:
        self.program, self.table = program, rulebook.table
        self.gauge = Gauge(program)
        self._blank: dict[tuple[str, str | None], tuple[Finding, tuple[str, ...]]] = {}

    def blank(self, rule: Rule, world: World) -> tuple[Finding, tuple[str, ...]]:
        """A finding that is clear and rests on nothing, and which of its texts name values of the company."""
        company = world.companies[world.main]
        key = rule.id, company.subject.sector
        if key not in self._blank:
            texts = {name: getattr(rule, name) for name in _TEXTS}
            own = tuple(name for name, text in texts.items() if placeholders(text) - {"params"})
            said = {n: fill(t, rule, company, {}, self.program, world) or t for n, t in texts.items() if n not in own}
            scores = rule.flag in ("red", "green")
            self._blank[key] = (
                _blank(rule, self.program, said)._replace(
                    weight=weight(rule, self.table) if scores else None, params=held.params(rule, company, self.program)
                ),
                own,
            )
        return self._blank[key]


def _blank(rule: Rule, program: Program, said: Mapping[str, Text]) -> Finding:
    return Finding(
        rule=rule.id,
        flag=rule.flag,
        outcome="clear",
        severity=rule.severity,
        category=rule.category,
        category_title=program.catalogue.categories[rule.category],
        cause=rule.cause,
        verdict=rule.verdict,
        title=rule.title,
        headline=None,
        says=None,
        why=said.get("why", rule.why),
        clears=said.get("clears", rule.clears),
        false_alarms=said.get("false_alarms", rule.false_alarms),
        references=rule.references,
        claims=rule.claims,
        evidence=(),
        matches=0,
        distances=(),
        because=(),
        missing=(),
        could_settle=(),
        softened_by=(),
        points=0.0,
        status=rule.status,
        when=held.conditions(rule),
        reads=held.reads(rule, program),
        replaced_by=rule.replaced_by,
    )


@dataclass(frozen=True, slots=True)
class Findings:
    """Makes the findings of one company."""

    sayings: Sayings
    world: World
    conclusions: Conclusions
    gatherer: Gatherer
    inquiry: Inquiry
    outcomes: Mapping[str, OutcomeWord]
    flags: Sequence[Scored]
    moves: Mapping[str, Move]
    waived: Mapping[str, Waived]
    left_out: Container[str]

    def of(self, rule: Rule) -> Finding:
        """The finding of one rule."""
        finding, own = self.sayings.blank(rule, self.world)
        world, program, outcome = self.world, self.sayings.program, self.outcomes[rule.id]
        company = world.companies[world.main]
        decision = self.conclusions.of(rule.id, world.main)
        measured: tuple[Distance, ...] = ()
        if outcome != "not-applicable":
            measured = self.sayings.gauge.distances(rule, company, outcome, decision.matches, world)
        waiting = self.inquiry.of(rule, world.main) if outcome == "unknown" else _NOTHING
        move = self.moves.get(rule.id)
        texts: dict[str, Any] = {
            name: fill(text, rule, company, {}, program, world) or text
            for name in own
            for text in [getattr(rule, name)]
        }
        if fired := outcome == "fired":
            binding = decision.matches[0].binding
            texts["headline"] = fill(rule.headline, rule, company, binding, program, world)
            texts["says"] = fill(rule.says, rule, company, binding, program, world)
        return finding._replace(
            outcome=outcome,
            evidence=self.gatherer.of(rule, world.main) if outcome != "not-applicable" else (),
            matches=len(decision.matches) if fired else 0,
            distances=measured,
            because=self.gatherer.because(rule, world.main) if fired else (),
            missing=waiting.missing,
            could_settle=waiting.could_settle,
            softened_by=self._softeners(rule) if fired else (),
            points=round(move.end - move.start, 1) if move else 0.0,
            waived=self.waived.get(rule.id),
            scored=rule.id not in self.left_out,
            **texts,
        )

    def _softeners(self, rule: Rule) -> tuple[str, ...]:
        return tuple(f.rule.id for f in self.flags if f.outcome == "fired" and rule.id in f.rule.softens)
