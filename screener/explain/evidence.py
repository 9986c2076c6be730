"""The evidence of a finding: figures, metrics with their inputs, fields of relations, the flows of a loop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from screener.engine.protocol import Conclusions, Match
from screener.explain.match_order import MatchOrder
from screener.explain.rule_texts import earlier_title, figure_title, placeholder_names, relation_title
from screener.expression.interval import Interval, Missing, Truth
from screener.expression.interval_ops import Value
from screener.expression.syntax_tree import Call, Expression, Name, children, names_in
from screener.facts.alignment import LATEST, Alignment
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import World
from screener.profile.reconcile import RankedClaim, source_kind
from screener.profile.word_titles import word_title
from screener.result.finding_records import Evidence
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Rule
from screener.text import Text
from screener.vocabulary import ClaimKind

MAX_MATCHES = 8  # greatest number of matches whose facts are listed; a finding states how many there are
_LOOP_ID = re.compile(r"loop\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class EvidenceCollector:
    """Collects the evidence of findings in one world."""

    program: Program
    world: World
    conclusions: Conclusions
    order: MatchOrder
    _of_figure: dict[tuple[str, str, int, int], tuple[Evidence, ...]] = field(default_factory=dict)

    def of_rule(self, rule: Rule, company: str) -> tuple[Evidence, ...]:
        """Returns the evidence of one finding, each input once."""
        return tuple(dict.fromkeys(self._of_rule(rule, self.world.companies[company], set())))

    def _of_rule(self, rule: Rule, company: CompanyFacts, visited: set[tuple[str, str]]) -> Iterator[Evidence]:
        visited.add((rule.id, company.id))
        matches = self.order.matches(rule, company.id)
        for match in matches[:MAX_MATCHES]:
            alternative = self.program.alternatives[rule.id][match.alternative]
            yield from self._of_match(rule, company, alternative, match, visited)
        if not matches:
            for alternative in self.program.alternatives[rule.id]:
                for pattern in alternative.company:
                    yield from self._of_condition(pattern.condition, company)

    def _of_match(
        self, rule: Rule, company: CompanyFacts, alternative: Alternative, match: Match, visited: set[tuple[str, str]]
    ) -> Iterator[Evidence]:
        binding = match.binding
        for pattern in alternative.items:
            fact = binding.get(pattern.name)
            if fact is not None and fact.kind == FLAG:
                if fact.of != company.id and (pattern.flag, fact.of) not in visited and pattern.flag:
                    yield from self._of_rule(self.program.rules[pattern.flag], self.world.companies[fact.of], visited)
            elif fact is not None and fact.certain:
                yield from self._of_fact(rule, pattern.condition, pattern.name, fact)
            yield from self._of_condition(pattern.condition, company)

    def _of_condition(self, condition: Expression, company: CompanyFacts) -> Iterator[Evidence]:
        for name in names_in(condition):
            if name.scope == COMPANY and name.field != "id":
                yield from self.of_figure(name.field, company)

    def of_figure(
        self, name: str, company: CompanyFacts, periods_back: int = 0, at: Alignment | None = None
    ) -> tuple[Evidence, ...]:
        """Returns the evidence of a figure or stated metric, `periods_back` periods ago; for other metrics the formula
        and all inputs, each once.

        `at`: the claims of one time that the formula reading it uses.
        """
        at = company.alignment(name) if at is None else at
        key = company.id, name, periods_back, id(at)
        if key not in self._of_figure:
            self._of_figure[key] = ()  # metrics that read themselves are refused when rules are loaded
            self._of_figure[key] = tuple(dict.fromkeys(self._find_figure(name, company, periods_back, at)))
        return self._of_figure[key]

    def _find_figure(self, name: str, company: CompanyFacts, periods_back: int, at: Alignment) -> Iterator[Evidence]:
        claim = company.claim(name, periods_back, at if at.claims.get(name, at) is not None else LATEST)
        if claim:
            stated = self.of_claim(name, claim, company)
            yield stated._replace(title=earlier_title(stated.title, periods_back))
            return
        value = company.value(name, periods_back, at)
        is_unknown_figure = name in self.program.catalogue.figures and isinstance(value, Missing) and not at.apart
        if name in self.program.metrics and not is_unknown_figure:
            metric = self.program.metrics[name]
            title, unit = figure_title(name, self.program)
            period = " ≠ ".join(period.label for _, period in at.apart) if at.apart else None
            computed = self._evidence(name, earlier_title(title, periods_back), value, unit, company)
            yield computed._replace(formula=metric.text, period=period)
            yield from self._of_formula(metric.formula, company, periods_back, at)

    def _of_formula(
        self, formula: Expression, company: CompanyFacts, periods_back: int, at: Alignment
    ) -> Iterator[Evidence]:
        match formula:
            case Call("prior", (Name(_, name),)):
                yield from self.of_figure(name, company, periods_back + 1, at)
            case Call("sum" | "max" | "min", (Name(list_name, name), *_)) if list_name:
                yield from self._of_members(list_name, name, company)
            case Call("count"):
                return
            case Name(list_name, name) if list_name:
                yield from self._of_members(list_name, name, company)
            case Name("", name):
                yield from self.of_figure(name, company, periods_back, at)
            case _:
                for child in children(formula):
                    yield from self._of_formula(child, company, periods_back, at)

    def _of_members(self, list_name: str, field_name: str, company: CompanyFacts) -> Iterator[Evidence]:
        """Returns the evidence of a field of all members of a list, the largest values first."""
        kind = self.program.catalogue.all_lists[list_name]
        facts = [f for f in self.world.base.of(company.id, kind) if f.certain and _is_known(f.fields.get(field_name))]
        for fact in sorted(facts, key=lambda f: (-_size(f.fields[field_name]), self.order.content(f))):
            yield self.of_field(fact, field_name)

    def _of_fact(self, rule: Rule, condition: Expression, name: str, fact: Fact) -> Iterator[Evidence]:
        if loop := _LOOP_ID.match(fact.id):
            for flow in self.world.loops[int(loop[1])].flows:
                yield self.of_flow(flow)
            return
        fields = dict.fromkeys(n.field for n in names_in(condition) if n.scope == name)
        for text in (rule.headline, rule.says):
            if text is not None:
                fields.update((n.field, None) for n in placeholder_names(text.en) if n.scope == name)
        known = self.program.catalogue.kinds[fact.kind].fields
        for field_name in fields:
            # Every line names the counterparty; values that screener itself fills in are not evidence.
            if field_name != "party" and known[field_name].given and _is_known(fact.fields.get(field_name)):
                yield self.of_field(fact, field_name)

    def of_field(self, fact: Fact, field_name: str) -> Evidence:
        """Returns the evidence of one field of a relation."""
        kind = self.program.catalogue.kinds[fact.kind]
        entry = kind.fields[field_name]
        value = fact.fields.get(field_name)
        if entry.unit == "company" and isinstance(value, str):
            value = self.world.name(value).en
        company = self.world.companies[fact.of]
        found = self._evidence(f"{kind.list_name or fact.kind}.{field_name}", entry.title, value, entry.unit, company)
        claim = fact.claims.get(field_name)
        if claim is None:
            is_derived = kind.derived or kind.concluded or not entry.given
            source_of_value = ClaimKind.COMPUTED if is_derived else ClaimKind.UNSOURCED
            return found._replace(about=relation_title(fact, self.world), kind=source_of_value)
        sources = self.world.profile.sources
        return found._replace(
            about=relation_title(fact, self.world),
            period=claim.period,
            source=claim.source,
            kind=source_kind(claim, sources) if claim.source in sources else ClaimKind.UNSOURCED,
            quote=claim.quote,
            note=claim.note,
        )

    def of_flow(self, flow: Fact) -> Evidence:
        """Returns the evidence of a payment."""
        payer, payee = (self.world.name(flow.companies[end]) for end in ("from", "to"))
        what = word_title(str(flow.fields["what"])) if flow.fields.get("what") else Text("pays", "付款")
        tail = Text(", not binding", "，不具约束力") if flow.fields.get("binding") is False else Text("", "")
        title = Text(f"{payer.en} → {payee.en}, {what.en}{tail.en}", f"{payer.zh} → {payee.zh}，{what.zh}{tail.zh}")
        company = self.world.companies[flow.of]
        found = self._evidence("flows", title, flow.fields.get("amount"), "money", company)
        claim = flow.claims.get("amount" if "amount" in flow.claims else "what") or flow.claims.get("from")
        sources = self.world.profile.sources
        known = sources.get(claim.source) if claim and claim.source else None
        return found._replace(
            currency=company.subject.currency or self.world.profile.subject.currency,
            source=claim.source if claim else None,
            kind=known.kind if known else ClaimKind.UNSOURCED,
            quote=claim.quote if claim else None,
            note=claim.note if claim else None,
        )

    def of_claim(self, name: str, ranked: RankedClaim, company: CompanyFacts) -> Evidence:
        """Returns the evidence of a claim of a figure or metric."""
        title, unit = figure_title(name, self.program)
        return self._evidence(name, title, ranked.value, unit, company)._replace(
            period=ranked.period.label if ranked.period else None,
            source=ranked.claim.source,
            kind=ranked.kind,
            quote=ranked.claim.quote,
            note=ranked.claim.note,
        )

    def _evidence(self, figure: str, title: Text, value: Value, unit: str, company: CompanyFacts) -> Evidence:
        return Evidence(
            figure=figure,
            title=title,
            value=None if isinstance(value, Missing) else value,
            unit=unit,
            company=company.subject.name,
            about=None,
            currency=company.subject.currency if unit == "money" else None,
            period=None,
            source=None,
            kind=ClaimKind.COMPUTED,
            quote=None,
            note=None,
            formula=None,
        )

    def rules_below(self, rule: Rule, company: str) -> tuple[str, ...]:
        """Returns the rules that led to a finding, those first on which others depend."""
        found: dict[str, None] = {}
        self._add_rules_below(rule, company, found, {(rule.id, company)})
        return tuple(found)

    def _add_rules_below(self, rule: Rule, company: str, found: dict[str, None], visited: set[tuple[str, str]]) -> None:
        if self.conclusions.of(rule.id, company).outcome is not Truth.TRUE:
            return
        facts = [fact for match in self.order.matches(rule, company)[:MAX_MATCHES] for _, fact in match.facts]
        for fact in facts:
            below = str(fact.fields["rule"]) if fact.kind == FLAG else self._concluding_rule(fact)
            if below in self.program.rules and (below, fact.of) not in visited:
                visited.add((below, fact.of))
                self._add_rules_below(self.program.rules[below], fact.of, found, visited)
                found.setdefault(below)

    def _concluding_rule(self, fact: Fact) -> str:
        return fact.id.partition(":")[0] if self.program.catalogue.kinds[fact.kind].concluded else ""


def _size(value: Value) -> float:
    return max(value.lo, -value.hi) if isinstance(value, Interval) else 0.0


def _is_known(value: Value) -> bool:
    return value is not None and not isinstance(value, Missing)
