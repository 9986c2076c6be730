"""What a finding rests on: settled figures, metrics with their inputs, fields of relations, the flows of a loop."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from screener.engine.protocol import Conclusions, Match
from screener.explain.sentences import about, earlier, figure_title, placeholders
from screener.expression.interval import Missing, Truth
from screener.expression.interval_ops import Value
from screener.expression.syntax_tree import Call, Expression, Name, children, names_in
from screener.facts.alignment import LATEST, Alignment
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.profile.reconcile import RankedClaim, source_kind
from screener.result.model import Evidence
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Rule
from screener.text import Text
from screener.vocabulary import ClaimKind

MOST_MATCHES = 8  # sets of facts that are listed; a finding says how many there are
_LOOP = re.compile(r"loop\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Collects the evidence of findings in one world."""

    program: Program
    world: World
    conclusions: Conclusions
    _visited: set[tuple[str, str, int, int]] = field(default_factory=set)  # figures that the present finding has

    def of(self, rule: Rule, company: str) -> tuple[Evidence, ...]:
        """The evidence of one finding, each input once."""
        seen: dict[Evidence, None] = {}
        self._visited.clear()
        for evidence in self._finding(rule, self.world.companies[company], set()):
            seen.setdefault(evidence)
        return tuple(seen)

    def _finding(self, rule: Rule, company: CompanyFacts, visited: set[tuple[str, str]]) -> Iterator[Evidence]:
        visited.add((rule.id, company.id))
        decision = self.conclusions.of(rule.id, company.id)
        for match in decision.matches[:MOST_MATCHES]:
            alternative = self.program.alternatives[rule.id][match.alternative]
            yield from self._match(rule, company, alternative, match, visited)
        if not decision.matches:
            for alternative in self.program.alternatives[rule.id]:
                for pattern in alternative.company:
                    yield from self._expression(pattern.condition, company)

    def _match(
        self, rule: Rule, company: CompanyFacts, alternative: Alternative, match: Match, visited: set[tuple[str, str]]
    ) -> Iterator[Evidence]:
        for pattern in alternative.items:
            fact = match.binding.get(pattern.name)
            if fact is not None and fact.kind == FLAG:
                if fact.of != company.id and (pattern.flag, fact.of) not in visited and pattern.flag:
                    other = self.program.rules[pattern.flag]
                    yield from self._finding(other, self.world.companies[fact.of], visited)
            elif fact is not None and fact.certain:
                yield from self._fact(rule, pattern.condition, pattern.name, fact)
            yield from self._expression(pattern.condition, company)

    def _expression(self, node: Expression, company: CompanyFacts) -> Iterator[Evidence]:
        for name in names_in(node):
            if name.scope == COMPANY and name.field != "id":
                yield from self.figure(name.field, company)

    def figure(
        self, name: str, company: CompanyFacts, back: int = 0, at: Alignment | None = None
    ) -> Iterator[Evidence]:
        """A figure, statement or stated metric, so many periods `back`; else a metric, its formula and all it rests on."""
        at = company.alignment(name) if at is None else at
        if (company.id, name, back, id(at)) in self._visited:
            return
        self._visited.add((company.id, name, back, id(at)))
        claim = company.claim(name, back, at if at.claims.get(name, at) is not None else LATEST)
        figures = self.program.catalogue.figures
        if claim:
            line = self.claim(name, claim, company)
            yield line._replace(title=earlier(line.title, back))
        elif name in self.program.metrics and not (
            name in figures and isinstance(company.value(name, back, at), Missing) and not at.apart
        ):
            metric = self.program.metrics[name]
            title, unit = figure_title(name, self.program)
            value = company.value(name, back, at)
            period = " ≠ ".join(period.label for _, period in at.apart) if at.apart else None
            yield self._line(
                name,
                earlier(title, back),
                value,
                unit,
                company,
                period=period,
                kind=ClaimKind.COMPUTED,
                formula=metric.text,
            )
            yield from self._inputs(metric.formula, company, back, at)

    def _inputs(self, formula: Expression, company: CompanyFacts, back: int, at: Alignment) -> Iterator[Evidence]:
        match formula:
            case Call("prior", (Name(_, field),)):
                yield from self.figure(field, company, back + 1, at)
            case Call("sum" | "max" | "min", (Name(scope, field), *_)) if scope:
                yield from self._members(scope, field, company)
            case Call("count"):
                return
            case Name(scope, field) if scope:
                yield from self._members(scope, field, company)
            case Name("", field):
                yield from self.figure(field, company, back, at)
            case _:
                for child in children(formula):
                    yield from self._inputs(child, company, back, at)

    def _members(self, list_name: str, field: str, company: CompanyFacts) -> Iterator[Evidence]:
        kind = self.program.catalogue.all_lists[list_name]
        for fact in self.world.base.of(company.id, kind):
            if fact.certain and not isinstance(fact.fields.get(field), Missing):
                yield self.field(fact, field)

    def _fact(self, rule: Rule, condition: Expression, name: str, fact: Fact) -> Iterator[Evidence]:
        if found := _LOOP.match(fact.id):
            for flow in self.world.loops[int(found[1])].flows:
                yield self.flow(flow)
            return
        fields = dict.fromkeys(n.field for n in names_in(condition) if n.scope == name)
        for text in (rule.headline, rule.says):
            if text is not None:
                fields.update((f, None) for scope, f in placeholders(text.en) if scope == name)
        known = self.program.catalogue.kinds[fact.kind].fields
        for name_of_field in fields:
            if (
                name_of_field == "party"
                or not known[name_of_field].given
                or not _is_known(fact.fields.get(name_of_field))
            ):
                continue  # the counterparty is named in every line; what the screener fills in itself is no evidence
            yield self.field(fact, name_of_field)

    def field(self, fact: Fact, field: str) -> Evidence:
        """One field of a relation."""
        kind = self.program.catalogue.kinds[fact.kind]
        typed = kind.fields[field]
        company = self.world.companies[fact.of]
        claim = fact.claims.get(field)
        list_name = kind.list_name or fact.kind
        value = fact.fields.get(field)
        if typed.unit == "company" and isinstance(value, str):
            value = self.world.name(value).en
        if claim is None:
            derived = ClaimKind.COMPUTED if kind.derived or kind.concluded or not typed.given else ClaimKind.UNSOURCED
            return self._line(f"{list_name}.{field}", typed.title, value, typed.unit, company,
                              about=about(fact, self.world), kind=derived)  # fmt: skip
        return Evidence(
            f"{list_name}.{field}", typed.title, value, typed.unit, company.subject.name, about(fact, self.world),
            company.subject.currency if typed.unit == "money" else None, claim.period, claim.source,
            source_kind(claim, self.world.profile.sources) if claim.source in self.world.profile.sources else ClaimKind.UNSOURCED,
            claim.quote, claim.note, None,
        )  # fmt: skip

    def flow(self, flow: Fact) -> Evidence:
        """A payment."""
        payer, payee = (self.world.name(flow.companies[end]) for end in ("from", "to"))
        what = flow.fields.get("what") or "pays"
        binding = flow.fields.get("binding")
        tail = Text(", not binding", "，不具约束力") if binding is False else Text("", "")
        words = {"invests": "投资", "lends": "贷款", "commits": "承诺付款", "buys": "购买"}
        title = Text(f"{payer.en} → {payee.en}, {what}{tail.en}",
                     f"{payer.zh} → {payee.zh}，{words.get(str(what), '付款')}{tail.zh}")  # fmt: skip
        field = "amount" if "amount" in flow.claims else "what"
        claim = flow.claims.get(field) or flow.claims.get("from")
        company = self.world.companies[flow.of]
        source = claim.source if claim else None
        known = source in self.world.profile.sources
        amount = flow.fields.get("amount")
        value = None if isinstance(amount, Missing) else amount
        return Evidence("flows", title, value, "money", company.subject.name, None, self._currency(company), None,
                        source, self.world.profile.sources[source].kind if source and known else ClaimKind.UNSOURCED,
                        claim.quote if claim else None, claim.note if claim else None, None)  # fmt: skip

    def _currency(self, company: CompanyFacts) -> str | None:
        return company.subject.currency or self.world.profile.subject.currency

    def claim(self, name: str, ranked: RankedClaim, company: CompanyFacts) -> Evidence:
        """A claim of a figure."""
        title, unit = figure_title(name, self.program)
        claim = ranked.claim
        return self._line(name, title, ranked.value, unit, company, period=ranked.period.label if ranked.period else None,
                          source=claim.source, kind=ranked.kind, quote=claim.quote, note=claim.note)  # fmt: skip

    def _line(
        self,
        figure: str,
        title: Text,
        value: Value,
        unit: str,
        company: CompanyFacts,
        about: Text | None = None,
        period: str | None = None,
        source: str | None = None,
        kind: ClaimKind = ClaimKind.COMPUTED,
        quote: str | None = None,
        note: str | None = None,
        formula: str | None = None,
    ) -> Evidence:
        currency = company.subject.currency if unit == "money" else None
        value = None if isinstance(value, Missing) else value
        return Evidence(figure, title, value, unit, company.subject.name, about, currency, period, source, kind, quote,
                        note, formula)  # fmt: skip

    def because(self, rule: Rule, company: str) -> tuple[str, ...]:
        """The rules that led to a finding, those first on which others rest."""
        found: dict[str, None] = {}
        self._chain(rule, company, found, {(rule.id, company)})
        return tuple(found)

    def _chain(self, rule: Rule, company: str, found: dict[str, None], seen: set[tuple[str, str]]) -> None:
        decision = self.conclusions.of(rule.id, company)
        if decision.outcome is not Truth.TRUE:
            return
        for fact in _facts(decision.matches[:MOST_MATCHES]):
            below = str(fact.fields["rule"]) if fact.kind == FLAG else self._concluder(fact)
            if below in self.program.rules and (below, fact.of) not in seen:
                seen.add((below, fact.of))
                self._chain(self.program.rules[below], fact.of, found, seen)
                found.setdefault(below)

    def _concluder(self, fact: Fact) -> str:
        return fact.id.partition(":")[0] if self.program.catalogue.kinds[fact.kind].concluded else ""


def _facts(matches: Iterable[Match]) -> Iterator[Fact]:
    for match in matches:
        for _, fact in match.facts:
            yield fact


def _is_known(value: Value) -> bool:
    return value is not None and not isinstance(value, Missing)
