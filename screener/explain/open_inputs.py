"""Which inputs an unknown finding misses, and which few of them could decide it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from screener.engine.protocol import Conclusions, Match
from screener.engine.rule_context import RuleContext, amount_owners, compared_at, is_in_scope, owner_of
from screener.explain.currency_texts import has_amount, missing_rate
from screener.explain.deciding_sets import (
    MAX_SET_SIZE,
    NEVER_DECIDED,
    OpenPart,
    all_parts,
    any_part,
    one_from_any,
    smallest,
)
from screener.explain.match_order import MatchOrder
from screener.explain.rule_texts import earlier_title, figure_title, relation_title
from screener.expression.interval import Interval, Truth
from screener.expression.syntax_tree import And, Call, Compare, Expression, Name, Not, Or, children, names_in
from screener.facts.alignment import Alignment
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.profile.sector_scope import in_scope, parameter_for_sector
from screener.rules.compiler import Program
from screener.rules.rule import Pattern, Rule, RuleParam
from screener.text import Text

MAX_MATCHES = 24  # possible matches that are examined
MAX_SETS = 5


class OpenInputEntry(NamedTuple):
    """An input that is not known: `key` is unique in a result; `content` is what the fact says that it is a field of."""

    key: str
    title: Text
    unit: str
    company: str
    about: Text | None = None
    content: str = ""


class OpenInputs(NamedTuple):
    """The inputs that an unknown finding misses, and the smallest sets of them of which some values would decide it.

    `part` is the finding as a part of the conditions that ask for its flag.
    """

    missing: tuple[str, ...]
    could_settle: tuple[tuple[str, ...], ...]
    part: OpenPart
    bits: tuple[str, ...] | None = None  # the keys of the bits of `part`, where they are not those of the finder


NOTHING_OPEN = OpenInputs((), (), NEVER_DECIDED)


class KeptOpenInputs(NamedTuple):
    """The open inputs of a rule without data (`RulesWithoutData`), for any company of its setting.

    The entries are all of the company itself.
    """

    found: OpenInputs
    entries: tuple[OpenInputEntry, ...]


@dataclass(slots=True)
class OpenInputFinder:
    """Finds the inputs that unknown findings of one world miss; `inputs` holds every one found so far, by key.

    What is found of the rules `without_data` is taken from `kept`, and added to it.
    """

    program: Program
    world: World
    conclusions: Conclusions
    order: MatchOrder
    without_data: frozenset[str] = frozenset()
    kept: dict[str, KeptOpenInputs | None] = field(
        default_factory=dict
    )  # by rule; None: not the same for all companies
    inputs: dict[str, OpenInputEntry] = field(default_factory=dict)
    _found: dict[tuple[str, str], OpenInputs] = field(default_factory=dict)
    _of_figure: dict[tuple[str, str, int, int], tuple[str, ...]] = field(default_factory=dict)
    _bits: dict[str, int] = field(default_factory=dict)

    def of_rule(self, rule: Rule, company: str) -> OpenInputs:
        """The inputs that an unknown finding misses; nothing for a decided one."""
        key = (rule.id, company)
        if key not in self._found:
            self._found[key] = NOTHING_OPEN  # ends the recursion of rules that rest on each other
            kept = self._kept(rule) if company == self.world.main and rule.id in self.without_data else None
            self._found[key] = self._find(rule, self.world.companies[company]) if kept is None else self._adopt(kept)
        return self._found[key]

    def _kept(self, rule: Rule) -> KeptOpenInputs | None:
        """What any company of this setting misses of a rule without data; None where that differs."""
        if rule.id not in self.kept:
            alone = OpenInputFinder(self.program, self.world, self.conclusions, self.order)
            found = alone.of_rule(rule, self.world.main)
            entries = tuple(alone.inputs.values())
            same = all(entry.company == self.world.main for entry in entries)
            self.kept[rule.id] = KeptOpenInputs(found._replace(bits=tuple(alone._bits)), entries) if same else None
        return self.kept[rule.id]

    def _adopt(self, kept: KeptOpenInputs) -> OpenInputs:
        """What was kept of a rule, with its inputs as those of the company."""
        for entry in kept.entries:
            if entry.key not in self.inputs:
                self.inputs[entry.key] = entry._replace(company=self.world.main)
        for key in kept.found.bits or ():
            self._bits.setdefault(key, 1 << len(self._bits))
        return kept.found

    def _part_of(self, found: OpenInputs) -> OpenPart:
        """The part of a finding, in the bits of this finder."""
        if found.bits is None:
            return found.part
        bits = [(1 << i, self._bits[key]) for i, key in enumerate(found.bits)]

        def translated(mask: int) -> int:
            return sum(own for its, own in bits if mask & its)

        holds, fails = (smallest(map(translated, sets)) for sets in (found.part.holds, found.part.fails))
        return OpenPart(holds, fails, translated(found.part.inputs))

    def _find(self, rule: Rule, company: CompanyFacts) -> OpenInputs:
        """A rule fires if it applies and all parts of a match hold; it is decided, too, if it does not apply or no match holds."""
        decision = self.conclusions.of(rule.id, company.id)
        if decision.outcome is not Truth.UNKNOWN:
            return NOTHING_OPEN
        possible = self.order.matches(rule, company.id)[:MAX_MATCHES]
        part = any_part([all_parts(list(self._match(rule, company, match))) for match in possible])
        # whether a metric that the rule compares means something depends on inputs that the comparison reads, too
        if is_in_scope(rule, company, self.program.catalogue) is Truth.UNKNOWN:
            part = all_parts([self._guard(rule, company), part])
        missing = sorted(self._keys(part.inputs), key=self._title_of)
        if not part.holds and not part.fails:
            part = OpenPart.of(part.inputs)  # together, and with more than MAX_SET_SIZE
        return OpenInputs(tuple(missing), self._smallest(part, missing), part)

    def _smallest(self, part: OpenPart, missing: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The sets of the fewest inputs that could decide a part, at most MAX_SETS, in the order of `missing`."""
        deciding = [mask for mask in one_from_any((part.holds, part.fails)) if 0 < mask.bit_count() <= MAX_SET_SIZE]
        size = min((mask.bit_count() for mask in deciding), default=0)
        places = {self._bits[key]: i for i, key in enumerate(missing)}
        chosen = sorted(
            tuple(sorted(places[self._bits[key]] for key in self._keys(mask)))
            for mask in deciding
            if mask.bit_count() == size
        )
        return tuple(tuple(missing[i] for i in indexes) for indexes in chosen[:MAX_SETS])

    def _keys(self, mask: int) -> list[str]:
        return [key for key, bit in self._bits.items() if mask & bit]

    def _part(self, keys: Iterable[str]) -> OpenPart:
        """A part that inputs decide together."""
        mask = 0
        for key in keys:
            mask |= self._bits.setdefault(key, 1 << len(self._bits))
        return OpenPart.of(mask)

    def _match(self, rule: Rule, company: CompanyFacts, match: Match) -> Iterator[OpenPart]:
        """The undecided parts of a possible match."""
        alternative = self.program.alternatives[rule.id][match.alternative]
        binding = match.binding
        for pattern in alternative.items:
            fact = binding.get(pattern.name)
            if pattern.negated:
                yield from self._absence(rule, company, pattern, match)
            elif pattern.kind == FLAG:
                yield from self._flag_of(pattern, binding)
            elif fact is not None and not fact.certain:
                yield self._part([self._list_of(fact)])
            else:
                yield from self._condition(rule, pattern.condition, company, binding)

    def _flag_of(self, pattern: Pattern, binding: dict[str, Fact]) -> Iterator[OpenPart]:
        """The flag of a company; of one that is not named, which it is."""
        owner = binding[pattern.name].of
        names = pattern.owner
        if owner == UNNAMED and names is not None and names.scope in binding:
            fact = binding[names.scope]
            yield self._part(self._field(fact, names.field) if fact.certain else [self._list_of(fact)])
        else:
            yield from self._flag(pattern.flag or "", owner)

    def _condition(
        self, rule: Rule, condition: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[OpenPart]:
        """The undecided conjuncts of a condition."""
        for conjunct in condition.items if isinstance(condition, And) else (condition,):
            yield from self._undecided(rule, conjunct, company, binding)

    def _undecided(
        self, rule: Rule, node: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[OpenPart]:
        """A condition as an open part; nothing where it is decided."""
        if RuleContext(self.program, self.world).holds(rule, node, company, binding) is not Truth.UNKNOWN:
            return
        if isinstance(node, And | Or):
            parts = [part for item in node.items for part in self._undecided(rule, item, company, binding)]
            yield all_parts(parts) if isinstance(node, And) else any_part(parts)
        elif isinstance(node, Not):
            yield from (part.negated for part in self._undecided(rule, node.item, company, binding))
        else:
            yield self._part(self._inputs_of(rule, node, company, binding))

    def _inputs_of(
        self, rule: Rule, node: Expression, company: CompanyFacts, binding: dict[str, Fact]
    ) -> Iterator[str]:
        """The open inputs that an expression reads."""
        at = compared_at(company, node) if isinstance(node, Compare) else None
        if isinstance(node, Compare):
            for owner in sorted(amount_owners(self.program, node, company.id, binding) - {company.id}):
                yield from self._rate(self.world.companies[owner].subject.currency, company, company.subject.currency)
        for name in names_in(node):
            if name.scope == COMPANY:
                yield from self._figure(name.field, company, 0, at)
            elif name.scope in binding:
                yield from self._field(binding[name.scope], name.field)
            elif name.scope == "params":
                param = rule.params[name.field]
                if param.by_sector and not self._is_sector_enough(param, company):
                    yield self._sector(company)
                if has_amount(param):
                    yield from self._rate(company.subject.currency, company, param.currency)

    def _rate(self, given: str | None, company: CompanyFacts, wanted: str | None) -> Iterator[str]:
        """The exchange rate, or the currency, without which amounts can't be compared."""
        if missing := missing_rate(given, company, wanted):
            yield self._add(company, missing.path, missing.title, "number" if "." in missing.path else "word")

    def _is_sector_enough(self, param: RuleParam, company: CompanyFacts) -> bool:
        """Whether what is known of the sector leaves one value of a parameter by sector."""
        scope, catalogue = company.subject.scope, self.program.catalogue
        return parameter_for_sector(float(param.value), param.sectors, scope, catalogue).is_point

    def _sector(self, company: CompanyFacts) -> str:
        return self._add(company, "sector", Text("Sector", "行业"), "word")

    def _figure(self, name: str, company: CompanyFacts, periods_back: int, at: Alignment | None) -> tuple[str, ...]:
        """The open inputs that a figure or metric rests on, each once; `at`: the claims of one time that are taken."""
        at = company.alignment(name) if at is None else at
        key = company.id, name, periods_back, id(at)
        if key not in self._of_figure:
            self._of_figure[key] = tuple(dict.fromkeys(self._find_figure(name, company, periods_back, at)))
        return self._of_figure[key]

    def _find_figure(self, name: str, company: CompanyFacts, periods_back: int, at: Alignment) -> Iterator[str]:
        if name == "id" or _is_exact(company.value(name, periods_back, at)):
            return
        is_metric = name in self.program.metrics and name not in self.program.catalogue.figures
        if periods_back == 0 and at.claims.get(name, at) is None:
            yield self._figure_of_another_time(name, company, at)
        elif is_metric and not company.claim(name, periods_back, at):
            if currency := self.program.metrics[name].currency:
                yield from self._rate(company.subject.currency, company, currency)
            yield from self._formula(self.program.metrics[name].formula, company, periods_back, at)
        else:
            title, unit = figure_title(name, self.program)
            path = "prior(" * periods_back + name + ")" * periods_back
            yield self._add(company, path, earlier_title(title, periods_back), unit)

    def _figure_of_another_time(self, name: str, company: CompanyFacts, at: Alignment) -> str:
        """A figure whose claims are of another time than those of the other inputs of a formula."""
        assert at.apart is not None
        latest, known = at.apart[0][1], company.reconciled[name].chosen.period
        title, unit = figure_title(name, self.program)
        label = known.label if known else ""
        about = Text(f"near {latest.label}; known: {label}", f"{latest.label} 前后；已知：{label}")
        return self._add(company, name, title, unit, about)

    def _formula(self, formula: Expression, company: CompanyFacts, periods_back: int, at: Alignment) -> Iterator[str]:
        match formula:
            case Call("prior", (Name(_, name),)):
                yield from self._figure(name, company, periods_back + 1, at)
            case Call("count", (Name(_, list_name), *_)):
                yield from self._members(list_name, None, company)
            case Call("sum" | "max" | "min", (Name(list_name, name), *_)) if list_name:
                yield from self._members(list_name, name, company)
            case Name(list_name, name) if list_name:
                yield from self._members(list_name, name, company)
            case Name("", name):
                yield from self._figure(name, company, periods_back, at)
            case _:
                for child in children(formula):
                    yield from self._formula(child, company, periods_back, at)

    def _members(self, list_name: str, field_name: str | None, company: CompanyFacts) -> Iterator[str]:
        kind = self.program.catalogue.all_lists[list_name]
        if kind not in company.complete:
            yield self._list(company, kind)
        for fact in self.world.base.of(company.id, kind):
            if fact.certain and field_name and not _is_exact(fact.fields.get(field_name)):
                yield from self._field(fact, field_name)

    def _field(self, fact: Fact, field_name: str) -> Iterator[str]:
        if fact.kind == FLAG or not fact.certain:
            return
        value = fact.fields.get(field_name)
        if value is None or (isinstance(value, Interval) and not value.is_point):
            kind = self.program.catalogue.kinds[fact.kind]
            path = (fact.id.partition(".")[2] or fact.id) if kind.list_name else fact.id
            entry = kind.fields[field_name]
            about = relation_title(fact, self.world)
            company, content = self.world.companies[fact.of], self.order.content(fact)
            yield self._add(company, f"{path}.{field_name}", entry.title, entry.unit, about, content)

    def _list_of(self, fact: Fact) -> str:
        """The list that a fact stands for a further member of."""
        return self._list(self.world.companies[fact.of], fact.kind)

    def _list(self, company: CompanyFacts, kind: str) -> str:
        entry = self.program.catalogue.kinds[kind]
        if entry.derived or kind == "loop":
            kind, entry = "flow", self.program.catalogue.kinds["flow"]
        if entry.within:
            parent = self.program.catalogue.kinds[entry.within]
            return self._add(company, f"{parent.list_name}.{entry.list_name}", entry.title, "list")
        listed = (entry.list_name or kind).replace("_", " ")
        title = Text(f"All of its {listed}", f"完整的{entry.title.zh}清单")
        return self._add(company, entry.list_name or kind, title, "list")

    def _absence(self, rule: Rule, company: CompanyFacts, pattern: Pattern, match: Match) -> Iterator[OpenPart]:
        """The undecided parts of a negated pattern: each fact that may match it must not."""
        owner = owner_of(pattern, company.id, match.binding)
        if pattern.kind == FLAG:
            yield from (part.negated for part in self._flag(pattern.flag or "", owner))
            return
        context = RuleContext(self.program, self.world)
        bound = {fact.id for _, fact in match.facts}
        concluded = [f for f in self.conclusions.concluded if f.kind == pattern.kind and f.of == owner]
        for fact in sorted((*self.world.base.of(owner, pattern.kind), *concluded), key=self.order.content):
            binding = {**match.binding, pattern.name: fact}
            if fact.id in bound or context.holds(rule, pattern.condition, company, binding) is Truth.FALSE:
                continue
            if fact.certain:
                yield all_parts(list(self._condition(rule, pattern.condition, company, binding))).negated
            elif self.program.catalogue.kinds[fact.kind].concluded:
                yield from (part.negated for part in self._flag(fact.id.partition(":")[0], fact.of))
            else:
                yield self._part([self._list_of(fact)])

    def _flag(self, rule: str, company: str) -> Iterator[OpenPart]:
        """Another rule that is undecided."""
        if self.conclusions.of(rule, company).outcome is Truth.UNKNOWN:
            yield self._part_of(self.of_rule(self.program.rules[rule], company))

    def _guard(self, rule: Rule, company: CompanyFacts) -> OpenPart:
        """Whether the rule applies, where that is undecided."""
        parts = []
        if in_scope(rule.only_for, rule.not_for, company.subject.scope, self.program.catalogue) is Truth.UNKNOWN:
            parts.append(self._part([self._sector(company)]))
        if rule.applies is not None:
            parts.extend(self._undecided(rule, rule.applies, company, {}))
        return all_parts(parts)

    def _title_of(self, key: str) -> tuple[str, str, str, str, str]:
        """What sorts inputs in an order that does not depend on that of lists; the key itself has the place in a list."""
        entry = self.inputs[key]
        return entry.title.en, entry.company, entry.about.en if entry.about else "", entry.content, key

    def _add(
        self, company: CompanyFacts, path: str, title: Text, unit: str, about: Text | None = None, content: str = ""
    ) -> str:
        key = path if company.id in (self.world.main, UNNAMED) else f"{company.id}.{path}"
        if key not in self.inputs:
            self.inputs[key] = OpenInputEntry(key, title, unit, company.id, about, content)
        return key


def _is_exact(value: object) -> bool:
    return value.is_point if isinstance(value, Interval) else value is not None


def where_to_look(company: CompanyFacts, key: str) -> Text | None:
    """A quote about a figure in a claim that states no value, with its note; None where there is none.

    Importers state so a sentence that is about a figure, and not sure enough to be a value of it.
    """
    claims = company.subject.figures.get(key.rpartition(".")[2], ())
    hint = next((claim for claim in claims if claim.is_empty and claim.quote), None)
    if hint is None or hint.quote is None:
        return None
    quote, note = (Text.of(t) if isinstance(t, str) else t for t in (hint.quote, hint.note or ""))
    en, zh = (f"{where}: " if where else "" for where in (note.en, note.zh))
    return Text(f"{en}“{quote.en}”", f"{zh}“{quote.zh}”")
