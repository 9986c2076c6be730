"""The parts of a finding that are the same for every company of a sector and currency."""

from typing import Any

from screener.engine.protocol import Decision
from screener.engine.rules_without_data import KeptResults, setting_of
from screener.explain.rule_texts import fill_text, placeholder_names
from screener.explain.stored_facts import applied_params, conditions_as_written, rules_read
from screener.expression.interval import Truth
from screener.facts.world import World
from screener.result.finding_records import Finding
from screener.rules.compiler import Program
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.scoring.score import flag_weight
from screener.text import Text
from screener.vocabulary import Outcome

_OUTCOMES = {Truth.TRUE: Outcome.FIRED, Truth.UNKNOWN: Outcome.UNKNOWN, Truth.FALSE: Outcome.CLEAR}
_TEXTS = ("why", "clears", "false_alarms", "clear_title")


def outcome_of(decision: Decision) -> Outcome:
    """Returns the outcome of a decision on a company."""
    if decision.applicability is Truth.FALSE:
        return Outcome.NOT_APPLICABLE
    return _OUTCOMES[decision.outcome]


class FindingTemplates:
    """Findings without the parts that depend on the company, made once for each rule, sector and currency.

    If a profile states exchange rates, parameters are converted at its rates, and findings are made for it
    individually.
    """

    def __init__(self, program: Program, rulebook: Rulebook) -> None:
        self.program, self.table = program, rulebook.table
        self._made = KeptResults[dict[str, tuple[Finding, tuple[str, ...]]]](dict)

    def template(self, rule: Rule, world: World) -> tuple[Finding, tuple[str, ...]]:
        """Returns a clear finding without evidence, and which of its texts show values of the company."""
        if world.profile.rates:
            return self._make(rule, world)
        made = self._made.of(setting_of(world))
        if rule.id not in made:
            made[rule.id] = self._make(rule, world)
        return made[rule.id]

    def _make(self, rule: Rule, world: World) -> tuple[Finding, tuple[str, ...]]:
        company = world.companies[world.main]
        texts: dict[str, Text] = {name: text for name in _TEXTS if (text := getattr(rule, name)) is not None}
        of_company = tuple(
            name
            for name, text in texts.items()
            if any(shown.scope != "params" for part in (text.en, text.zh) for shown in placeholder_names(part))
        )
        filled: dict[str, Any] = {
            name: fill_text(text, rule, company, {}, self.program, world)
            for name, text in texts.items()
            if name not in of_company
        }
        finding = finding_of_rule(rule, self.program)._replace(
            **filled,
            weight=flag_weight(rule, self.table) if rule.flag.scores else None,
            params=applied_params(rule, company, self.program),
        )
        return finding, of_company


def finding_of_rule(rule: Rule, program: Program) -> Finding:
    """Returns a clear finding without evidence, with the properties of its rule and its texts as written."""
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
        why=rule.why,
        clears=rule.clears,
        false_alarms=rule.false_alarms,
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
        when=conditions_as_written(rule, program),
        reads=rules_read(rule, program),
        replaced_by=rule.replaced_by,
        clear_title=rule.clear_title,
    )
