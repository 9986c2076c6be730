"""What the finding of a rule is before anything is known of the company but its sector."""

from collections.abc import Mapping

from screener.engine.protocol import Decision
from screener.explain import comparable_facts as held
from screener.explain.distance import Gauge
from screener.explain.sentences import fill, placeholders
from screener.expression.interval import Truth
from screener.facts.builder import World
from screener.result.model import Finding
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.scoring.score import flag_weight
from screener.text import Text
from screener.vocabulary import Outcome

_OUTCOMES = {Truth.TRUE: Outcome.FIRED, Truth.UNKNOWN: Outcome.UNKNOWN, Truth.FALSE: Outcome.CLEAR}
_TEXTS = ("why", "clears", "false_alarms")


def outcome_word(decision: Decision) -> Outcome:
    """The outcome of a decision on a company."""
    if decision.applicability is Truth.FALSE:
        return Outcome.NOT_APPLICABLE
    return _OUTCOMES[decision.outcome]


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
            own = tuple(
                name
                for name, text in texts.items()
                if any(scope != "params" for said in (text.en, text.zh) for scope, _ in placeholders(said))
            )
            said = {n: fill(t, rule, company, {}, self.program, world) or t for n, t in texts.items() if n not in own}
            scores = rule.flag.scores
            self._blank[key] = (
                _blank(rule, self.program, said)._replace(
                    weight=flag_weight(rule, self.table) if scores else None,
                    params=held.params(rule, company, self.program),
                ),
                own,
            )
        return self._blank[key]


def _blank(rule: Rule, program: Program, said: Mapping[str, Text]) -> Finding:
    return Finding(
        rule=rule.id,
        flag=rule.flag,
        outcome=Outcome.CLEAR,
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
