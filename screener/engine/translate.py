"""From patterns to the JSON that the C layer of durable_rules takes; what it can't be trusted with is left to Python.

Every rule has a strict form (certainly so) and a possible form (not excluded); the matches of the two give three outcomes.
Only equality joins on text and comparisons with constants are compiled: a comparison across facts may crash the C code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from json.encoder import encode_basestring
from typing import Any, Literal

from screener.expression.parse import And, Bool, Compare, Expression, Name, Not, Number, Or, Word
from screener.facts.fact import COMPANY, FLAG
from screener.rulebook.compile import Alternative, Program
from screener.rulebook.resolve import IDENTITY
from screener.rulebook.rule import Pattern, Rule

Form = Literal["strict", "possible"]
OPPOSITE: dict[Form, Form] = {"strict": "possible", "possible": "strict"}
SUBJECT = "c0"  # the name under which the judged company's own fact is bound
CERTAIN = "certain"
MOST_FIELDS = 100  # of the company, in the engine: two properties each, and an object takes 255
MOST_JOINS = 2  # with members that may be missing; further ones are finished in Python
NUMBER = "number"  # what a fact is joined by: `id` and `sid` of an earlier batch point to memory that is gone (state.c, copyMessage)
POSSIBLE_FLAG = "flag?"
LOW, HIGH, IS, WHO = "lo:", "hi:", "is:", "id:"
"""Fields of facts in the engine: both ends of a number, a word or truth value, a company. No name of a field has a colon."""

Json = Any
_FLIP = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
_OPS = {">": "$gt", ">=": "$gte", "<": "$lt", "<=": "$lte"}


@dataclass(frozen=True, slots=True)
class Query:
    """One rule of a ruleset: which alternative it stands for, and what is left to finish in Python."""

    rule: str
    alternative: int
    form: Form
    names: tuple[str, ...]  # patterns that bind facts
    rest: tuple[tuple[Expression, Form], ...]
    helper: str | None = None  # the kind of the fact that it concludes, where it serves a negation


@dataclass(slots=True)
class Ruleset:
    """Rules of one stratum for the C layer, and which kinds and fields of facts they read."""

    rules: dict[str, Json] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    kinds: dict[str, set[str]] = field(default_factory=dict)  # kind -> fields
    negated: set[str] = field(default_factory=set)

    def add(self, patterns: list[Json], query: Query) -> None:
        """Adds one rule."""
        name = f"q{len(self.rules)}"
        self.rules[name] = {"all": patterns}
        self.queries[name] = query

    def reads(self, kind: str, *fields: str) -> None:
        """Notes what a rule reads of a kind."""
        self.kinds.setdefault(kind, set()).update(fields)


@dataclass(slots=True)
class _Part:
    """One pattern: tests on its own fact, joins with earlier ones, and what is finished in Python."""

    pattern: Pattern
    form: Form
    tests: list[Json]
    joins: list[tuple[str, str, str]]  # own field, other name, other field
    rest: list[Expression]


class Translator:
    """Translates the rules of a program, a stratum at a time, into a ruleset of helpers and one of rules."""

    def __init__(self, program: Program) -> None:
        self.program, self.catalogue = program, program.catalogue
        self.company_fields = frozenset(sorted(program.fields)[:MOST_FIELDS])

    def stratum(self, rules: tuple[str, ...]) -> tuple[Ruleset, Ruleset]:
        """The helpers' ruleset (may be empty) and the rules' own."""
        helpers, main = Ruleset(), Ruleset()
        for rule_id in rules:
            rule = self.program.rules[rule_id]
            for i, alternative in enumerate(self.program.alternatives[rule_id]):
                for form in OPPOSITE:
                    self._alternative(rule, i, alternative, form, helpers, main)
        return helpers, main

    def _alternative(
        self, rule: Rule, index: int, alternative: Alternative, form: Form, helpers: Ruleset, main: Ruleset
    ) -> None:
        company = self._company(rule, alternative, form)
        parts = [self._part(rule, p, form) for p in alternative.bound]
        if company is None or any(p is None for p in parts):
            return
        bound = [p for p in parts if p is not None]
        absent: list[tuple[str, Json]] = []
        for n, pattern in enumerate(alternative.absent):
            part = self._part(rule, pattern, OPPOSITE[form])
            if part is None:
                continue
            if not part.rest and not part.joins and all(pattern.kind != p.pattern.kind for p in bound):
                absent.append((f"n{n}$not", self._fact(part, main, [], {}, len(bound) + n)))
                main.negated.add(self._kind(part))
            else:
                absent.append((f"n{n}$not", self._helper(rule, index, n, form, bound, part, helpers, main)))
        rest = tuple((e, form) for e in [*company[1], *(e for p in bound for e in p.rest)])
        names = tuple(p.pattern.name for p in bound)
        query = Query(rule.id, index, form, names, rest)
        self._emit(main, company[0], bound, absent, query)

    def _helper(
        self,
        rule: Rule,
        index: int,
        n: int,
        form: Form,
        bound: list[_Part],
        part: _Part,
        helpers: Ruleset,
        main: Ruleset,
    ) -> Json:
        """A rule of the stratum before, which concludes for which bound facts the negated pattern has a match."""
        kind = f"#{rule.id}/{index}/{n}/{form}"
        facts = [p for p in bound if p.pattern.kind != FLAG]
        names = tuple(p.pattern.name for p in facts)
        query = Query(rule.id, index, form, (*names, part.pattern.name), tuple((e, part.form) for e in part.rest), kind)
        self._emit(helpers, [], [*facts, part], [], query)
        main.reads(kind, *names)
        main.negated.add(kind)
        return _all(kind, [{"of": {SUBJECT: "of"}}, *({f"k_{name}": {name: NUMBER}} for name in names)])

    def _emit(
        self, ruleset: Ruleset, company: list[Json], parts: list[_Part], absent: list[tuple[str, Json]], query: Query
    ) -> None:
        """Adds the rule, in as many variants as joins over fields that may be missing ask for."""
        ruleset.reads(COMPANY)
        open_joins = [(p, j) for p in parts if p.form == "possible" for j in p.joins]
        kept, late = open_joins[:MOST_JOINS], open_joins[MOST_JOINS:]
        query = replace(query, rest=(*query.rest, *((_same(p.pattern.name, j), "possible") for p, j in late)))
        ways = [("equal", "own") if j[1] == SUBJECT else ("equal", "own", "other") for _, j in kept]
        for choice in product(*ways):
            missing: dict[str, list[Json]] = {}
            dropped = {id(j) for _, j in late}
            for (part, join), how in zip(kept, choice, strict=True):
                if how != "equal":
                    name, own = (part.pattern.name, join[0]) if how == "own" else (join[1], join[2])
                    missing.setdefault(name, []).append({"$nex": {IS + own: 1}})
                    dropped.add(id(join))
            patterns: list[Json] = [{SUBJECT: _all(COMPANY, company)}]
            for i, part in enumerate(parts):
                joins = [j for j in part.joins if id(j) not in dropped]
                patterns.append({part.pattern.name: self._fact(part, ruleset, joins, missing, i, parts)})
            patterns.extend({name: fact} for name, fact in absent)
            ruleset.add(patterns, query)

    def _fact(
        self,
        part: _Part,
        ruleset: Ruleset,
        joins: list[tuple[str, str, str]],
        missing: Mapping[str, list[Json]],
        at: int,
        parts: list[_Part] | None = None,
    ) -> Json:
        """A pattern as JSON: kind, then joins, then the tests (an `$or` before a join would lose it)."""
        pattern, kind = part.pattern, self._kind(part)
        owner = pattern.owner
        if owner is None or owner.scope == COMPANY:
            conditions: list[Json] = [{"of": {SUBJECT: "of"}}]
        else:
            conditions = [{"of": {owner.scope: WHO + owner.field}}]
        if pattern.kind == FLAG:
            earlier = [p.pattern.flag for p in (parts or [])[:at]]
            copy = earlier.count(pattern.flag)
            conditions += [{"rule": pattern.flag}, {"copy": str(copy)}]
        conditions += [{IS + own: {other: "of" if other == SUBJECT else IS + theirs}} for own, other, theirs in joins]
        if pattern.kind != FLAG and part.form == "strict":
            conditions.append({CERTAIN: "yes"})
        conditions += missing.get(pattern.name, []) + part.tests
        ruleset.reads(kind)
        return _all(kind, conditions)

    def _kind(self, part: _Part) -> str:
        if part.pattern.kind != FLAG:
            return part.pattern.kind
        return FLAG if part.form == "strict" else POSSIBLE_FLAG

    def _company(self, rule: Rule, alternative: Alternative, form: Form) -> tuple[list[Json], list[Expression]] | None:
        tests: list[Json] = []
        rest: list[Expression] = []
        for pattern in alternative.company:
            part = self._part(rule, pattern, form)
            if part is None:
                return None
            tests += part.tests
            rest += part.rest
        return tests, rest

    def _part(self, rule: Rule, pattern: Pattern, form: Form) -> _Part | None:
        """The pattern split into tests, joins and rest; None where it can never match in this form."""
        part = _Part(pattern, form, [], [], [])
        conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)
        for conjunct in conjuncts:
            if (test := self._test(rule, conjunct, pattern, form)) is not None:
                if test is False:
                    return None
                if test is not True:
                    part.tests.append(test)
            elif (join := self._join(conjunct, pattern)) is not None:
                part.joins.append(join)
            else:
                part.rest.append(conjunct)
        return part

    def _join(self, node: Expression, pattern: Pattern) -> tuple[str, str, str] | None:
        if not (isinstance(node, Compare) and node.op == "==" and pattern.kind != COMPANY):
            return None
        if not (isinstance(node.left, Name) and isinstance(node.right, Name)):
            return None
        own, other = (node.left, node.right) if node.left.scope == pattern.name else (node.right, node.left)
        if own.scope != pattern.name or other.scope in (pattern.name, "params"):
            return None
        if self.catalogue.kinds[pattern.kind].fields[own.field].unit not in ("company", "word", "text"):
            return None
        if other.scope == COMPANY:
            return (own.field, SUBJECT, "of") if other.field == IDENTITY else None
        return own.field, other.scope, other.field

    def _test(self, rule: Rule, node: Expression, pattern: Pattern, form: Form) -> Json | bool | None:
        """A condition on the pattern's own fact as JSON; True or False where it is constant; None if it is more."""
        match node:
            case Bool(value):
                return value
            case And(items) | Or(items):
                parts = [self._test(rule, i, pattern, form) for i in items]
                if any(p is None for p in parts):
                    return None
                decisive = isinstance(node, Or)
                if any(p is decisive for p in parts):
                    return decisive
                kept = [p for p in parts if not isinstance(p, bool)]
                return {"$or" if decisive else "$and": kept} if len(kept) > 1 else kept[0] if kept else not decisive
            case Name(scope, name) if scope == pattern.name and self._in_engine(pattern, name):
                return _symbol(IS + name, "==", "yes", form)
            case Not(Name(scope, name)) if scope == pattern.name and self._in_engine(pattern, name):
                return _symbol(IS + name, "==", "no", form)
            case Compare(op, left, right):
                if isinstance(right, Name) and right.scope == pattern.name:
                    left, right, op = right, left, _FLIP[op]
                if not (isinstance(left, Name) and left.scope == pattern.name and self._in_engine(pattern, left.field)):
                    return None
                constant = _constant(rule, right)
                if constant is None:
                    return None
                if isinstance(constant, float):
                    return _number(left.field, op, constant, form)
                identity = pattern.kind == COMPANY and left.field == IDENTITY
                return _symbol("of" if identity else IS + left.field, op, constant, form)
        return None

    def _in_engine(self, pattern: Pattern, name: str) -> bool:
        return pattern.kind != COMPANY or name == IDENTITY or name in self.company_fields


def _same(pattern: str, join: tuple[str, str, str]) -> Compare:
    """A join as the expression that it came from."""
    own, other, theirs = join
    return Compare("==", Name(pattern, own), Name(COMPANY, IDENTITY) if other == SUBJECT else Name(other, theirs))


def _constant(rule: Rule, node: Expression) -> float | str | None:
    match node:
        case Number(value):
            return value
        case Word(word):
            return word
        case Bool(truth):
            return "yes" if truth else "no"
        case Name("params", name):
            param = rule.params[name]
            if param.by_sector:
                return None
            if isinstance(param.value, bool):
                return "yes" if param.value else "no"
            return param.value if isinstance(param.value, str) else float(param.value)
    return None


def _symbol(key: str, op: str, value: str, form: Form) -> Json:
    test: Json = {key: value} if op == "==" else {"$neq": {key: value}}
    return test if form == "strict" else {"$or": [test, {"$nex": {key: 1}}]}


def _number(name: str, op: str, value: float, form: Form) -> Json:
    lo, hi = LOW + name, HIGH + name
    if op in ("==", "!="):
        return _equal(lo, hi, value, form) if op == "==" else _unequal(lo, hi, value, form)
    upward = op in (">", ">=")
    end = lo if upward == (form == "strict") else hi
    test = {_OPS[op]: {end: value}}
    return test if form == "strict" else {"$or": [test, {"$nex": {end: 1}}]}


def _equal(lo: str, hi: str, value: float, form: Form) -> Json:
    if form == "strict":
        return {"$and": [{"$gte": {lo: value}}, {"$lte": {hi: value}}]}
    return {"$and": [{"$or": [{"$lte": {lo: value}}, {"$nex": {lo: 1}}]},
                     {"$or": [{"$gte": {hi: value}}, {"$nex": {hi: 1}}]}]}  # fmt: skip


def _unequal(lo: str, hi: str, value: float, form: Form) -> Json:
    if form == "strict":
        return {"$or": [{"$gt": {lo: value}}, {"$lt": {hi: value}}]}
    return {"$or": [{"$lt": {lo: value}}, {"$nex": {lo: 1}}, {"$gt": {hi: value}}, {"$nex": {hi: 1}}]}


def _all(kind: str, conditions: list[Json]) -> Json:
    return {"$and": [{"kind": kind}, *conditions]} if conditions else {"kind": kind}


def dump(value: Json) -> str:
    """JSON with numbers in fixed notation, which is all that the C parser reads."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(k)}:{dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return fixed(value) if isinstance(value, float) else str(value)


def fixed(value: float) -> str:
    """A float in fixed notation, exactly."""
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text if "." in text else text + ".0"


def flag_copies(program: Program) -> Mapping[str, int]:
    """How often one alternative may look at the same rule's flag: a fact binds only one pattern of a match."""
    most: dict[str, int] = {}
    for found in program.alternatives.values():
        for alternative in found:
            flags = [p.flag for p in alternative.items if p.flag is not None]
            for flag in flags:
                most[flag] = max(most.get(flag, 0), flags.count(flag))
    return most
