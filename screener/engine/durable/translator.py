"""From patterns to the JSON that the C layer of durable_rules takes; what it can't be trusted with is left to Python.

Every rule has a strict form (certainly so) and a possible form (not excluded); the matches of the two give three outcomes.
Only equality joins on text and comparisons with constants are compiled: a comparison across facts may crash the C code.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from screener.engine.durable.encoding import (
    IS,
    MOST_CONSTANT,
    OPPOSITE,
    WHO,
    Form,
    Json,
    known,
    missing,
    number_test,
    truth_test,
    word_test,
)
from screener.engine.durable.ruleset import Query, Ruleset, Shape, size
from screener.expression.syntax_tree import (
    MIRRORED_OP,
    And,
    Bool,
    Compare,
    Expression,
    Name,
    Not,
    Number,
    Or,
    Word,
    names_in,
)
from screener.facts.fact import COMPANY, COMPANY_ID, FLAG
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Pattern, Rule

SUBJECT = "@"  # the name under which the judged company's own fact is bound; no pattern of a rule can have it
CERTAIN = "certain"
# What a fact is joined by: `id` and `sid` of an earlier batch point to memory that is gone (state.c, copyMessage).
NUMBER = "number"
POSSIBLE_FLAG = "flag?"
MOST_JOINS = 2  # with members that may be missing; further ones are finished in Python
MOST_OWN = 24  # tests and joins of one kind in an alternative; further ones are finished in Python
MOST_LEVELS = 8  # `and` and `or` in a pattern: the C layer has room for 32 expressions
MOST_WAYS = 8  # ways in which the `or`s of a pattern may hold at once: the C layer matches once for each


@dataclass(slots=True)
class _Part:
    """One pattern: tests on its own fact, joins with earlier ones, and what is finished in Python."""

    pattern: Pattern
    form: Form
    tests: list[Json] = field(default_factory=list)
    joins: list[tuple[str, str, str]] = field(default_factory=list)  # own field, other name, other field
    rest: list[Expression] = field(default_factory=list)


class Translator:
    """Translates the rules of a program, a stratum at a time, into a ruleset of helpers and one of rules."""

    def __init__(self, program: Program) -> None:
        self.program, self.catalogue = program, program.catalogue
        # Fields of which it may be known what they are not: the parent of a nested fact, and what is concluded of it.
        self.partly = {
            (kind, name)
            for kind, entry in self.catalogue.kinds.items()
            for name, typed in entry.fields.items()
            if name == entry.within or (entry.concluded and typed.unit == "company")
        }
        self.kinds: dict[str, str] = {}

    def stratum(self, rules: tuple[str, ...], others: frozenset[str]) -> tuple[Ruleset, Ruleset]:
        """The helpers' ruleset (may be empty) and the rules' own; only those in `others` are for more than the main company."""
        helpers, main = Ruleset(), Ruleset()
        for rule_id in sorted(rules, key=lambda r: r not in others):
            if rule_id not in others and main.shared is None:
                helpers.share()
                main.share()
            rule = self.program.rules[rule_id]
            for i, alternative in enumerate(self.program.alternatives[rule_id]):
                for form in OPPOSITE:
                    self._alternative(rule, i, alternative, form, helpers, main)
        return helpers, main

    def _alternative(
        self, rule: Rule, index: int, alternative: Alternative, form: Form, helpers: Ruleset, main: Ruleset
    ) -> None:
        self.kinds = {p.name: p.kind for p in alternative.items}
        room: Counter[str] = Counter()
        company = [self._part(rule, p, form, room) for p in alternative.company]
        found = [self._part(rule, p, form, room) for p in alternative.bound]
        own, bound = [p for p in company if p is not None], [p for p in found if p is not None]
        if len(own) < len(company) or len(bound) < len(found):
            return
        absent = []
        for n, pattern in enumerate(alternative.absent):
            part = self._part(rule, pattern, OPPOSITE[form], room)
            if part is None:
                continue
            if not part.rest and not part.joins and all(pattern.kind != p.pattern.kind for p in bound):
                shape = self._shape(part, [], {}, 0)
                absent.append(replace(shape, name=f"{SUBJECT}{n}", negated=True))
            else:
                absent.append(self._helper(rule, index, n, form, bound, part, helpers))
        rest = tuple((e, form) for p in [*own, *bound] for e in p.rest)
        query = Query(rule.id, index, form, tuple(p.pattern.name for p in bound), rest)
        self._emit(main, tuple(t for p in own for t in p.tests), bound, absent, query)

    def _helper(
        self, rule: Rule, index: int, n: int, form: Form, bound: list[_Part], part: _Part, helpers: Ruleset
    ) -> Shape:
        """A rule of the ruleset before, which concludes for which bound facts the negated pattern has a match."""
        kind = f"#{rule.id}/{index}/{n}/{form}"
        facts = [p for p in bound if p.pattern.kind != FLAG]
        names = tuple(p.pattern.name for p in facts)
        query = Query(rule.id, index, form, (*names, part.pattern.name), tuple((e, part.form) for e in part.rest), kind)
        self._emit(helpers, (), [*facts, part], [], query)
        keys: list[Json] = [{f"k:{name}": {name: NUMBER}} for name in names]
        return Shape(f"{SUBJECT}{n}", kind, ({"of": {SUBJECT: "of"}}, *keys), negated=True)

    def _emit(
        self, ruleset: Ruleset, company: tuple[Json, ...], parts: list[_Part], absent: list[Shape], query: Query
    ) -> None:
        """Adds the rule, in as many variants as joins over fields that may be missing ask for."""
        open_joins = [(p, j) for p in parts if p.form == "possible" for j in p.joins]
        kept, late = open_joins[:MOST_JOINS], open_joins[MOST_JOINS:]
        query = replace(query, rest=(*query.rest, *((_same(p.pattern.name, j), "possible") for p, j in late)))
        for choice in product(("equal", "own", "other"), repeat=len(kept)):
            absences: dict[str, list[Json]] = {}
            dropped = {id(j) for _, j in late}
            for (part, join), how in zip(kept, choice, strict=True):
                if how != "equal":
                    name, own = (part.pattern.name, join[0]) if how == "own" else (join[1], join[2])
                    absences.setdefault(name, []).append(missing(own))
                    dropped.add(id(join))
            shapes = [Shape(SUBJECT, COMPANY, (*absences.get(SUBJECT, ()), *company))]
            flags: Counter[str | None] = Counter()
            for part in parts:
                joins = [j for j in part.joins if id(j) not in dropped]
                shapes.append(self._shape(part, joins, absences, flags[part.pattern.flag]))
                flags[part.pattern.flag] += 1
            ruleset.add([*shapes, *absent], query)

    def _shape(
        self, part: _Part, joins: list[tuple[str, str, str]], absences: Mapping[str, list[Json]], copy: int
    ) -> Shape:
        """A pattern for the C layer; `copy` says which copy of a flag it binds."""
        pattern, owner = part.pattern, part.pattern.owner
        conditions: list[Json] = [{"of": {SUBJECT: "of"}}]
        if owner is not None and owner.scope != COMPANY:
            conditions = [{"of": {owner.scope: WHO + owner.field}}]
        if pattern.kind == FLAG:
            conditions += [{"rule": pattern.flag}, {"copy": str(copy)}]
            return Shape(pattern.name, FLAG if part.form == "strict" else POSSIBLE_FLAG, tuple(conditions))
        conditions += [{IS + own: {other: IS + theirs}} for own, other, theirs in joins]
        if part.form == "strict":
            conditions += [{CERTAIN: "yes"}, *(known(own) for own, _, _ in joins)]
        return Shape(pattern.name, pattern.kind, (*conditions, *absences.get(pattern.name, ()), *part.tests))

    def _part(self, rule: Rule, pattern: Pattern, form: Form, room: Counter[str]) -> _Part | None:
        """The pattern split into tests, joins and rest; None where it can never match in this form."""
        part = _Part(pattern, form)
        levels, ways = 0, 1
        conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)
        for conjunct in conjuncts:
            test, join = self._test(rule, conjunct, pattern, form), self._join(conjunct, pattern)
            if test is False:
                return None
            if test is True:
                continue
            cost = size(test) if test is not None else 2
            levels_more, ways_more = _depth(test) if test is not None else (0, 1)
            if (
                any((self.kinds.get(n.scope), n.field) in self.partly for n in names_in(conjunct))
                or room[pattern.kind] + cost > MOST_OWN
                or levels + levels_more > MOST_LEVELS
                or ways * ways_more > MOST_WAYS
            ):
                part.rest.append(conjunct)
            elif test is not None:
                part.tests.append(test)
                levels, ways = levels + levels_more, ways * ways_more
                room[pattern.kind] += cost
            elif join is not None:
                part.joins.append(join)
                room[pattern.kind] += cost
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
            return (own.field, SUBJECT, COMPANY_ID) if other.field == COMPANY_ID else None
        return own.field, other.scope, other.field

    def _test(self, rule: Rule, node: Expression, pattern: Pattern, form: Form) -> Json | bool | None:
        """A condition on the pattern's own fact as JSON; True or False where it is constant; None if it is more."""
        match node:
            case Bool(value):
                return value
            case And(items) | Or(items):
                parts = [self._test(rule, i, pattern, form) for i in items]
                decisive = isinstance(node, Or)
                if any(p is decisive for p in parts):
                    return decisive
                if any(p is None for p in parts):
                    return None
                kept = [p for p in parts if not isinstance(p, bool)]
                return {"$or" if decisive else "$and": kept} if len(kept) > 1 else kept[0] if kept else not decisive
            case Name(scope, name) if scope == pattern.name:
                return truth_test(name, True, form)
            case Not(Name(scope, name)) if scope == pattern.name:
                return truth_test(name, False, form)
            case Compare(op, left, right):
                if isinstance(right, Name) and right.scope == pattern.name:
                    left, right, op = right, left, MIRRORED_OP[op]
                if not (isinstance(left, Name) and left.scope == pattern.name):
                    return None
                match _constant(rule, right):
                    case bool(wanted):
                        return truth_test(left.field, wanted == (op == "=="), form)
                    case float(limit) if abs(limit) <= MOST_CONSTANT:
                        return number_test(left.field, op, limit, form)
                    case str(text):
                        return word_test(left.field, op, text, form)
        return None


def _constant(rule: Rule, node: Expression) -> float | str | bool | None:
    match node:
        case Number(value) | Word(value) | Bool(value):
            return value
        case Name("params", name):
            param = rule.params[name]
            if param.by_sector:
                return None
            return param.value if isinstance(param.value, bool | str) else float(param.value)
    return None


def _same(pattern: str, join: tuple[str, str, str]) -> Compare:
    """A join as the expression that it came from."""
    own, other, theirs = join
    return Compare("==", Name(pattern, own), Name(COMPANY if other == SUBJECT else other, theirs))


def _depth(test: Json) -> tuple[int, int]:
    """How many `and` and `or` a test holds, and in how many ways it may hold at once."""
    ((key, value),) = test.items()
    if key not in ("$and", "$or"):
        return 0, 1
    levels, ways = 1, 1 if key == "$and" else 0
    for inner in value:
        more, times = _depth(inner)
        levels += more
        ways = ways * times if key == "$and" else ways + times
    return levels, ways


def flag_copies(program: Program) -> Mapping[str, int]:
    """How often one alternative may look at the same rule's flag: a fact binds only one pattern of a match."""
    most: dict[str, int] = {}
    for found in program.alternatives.values():
        for alternative in found:
            flags = [p.flag for p in alternative.items if p.flag is not None]
            for flag in flags:
                most[flag] = max(most.get(flag, 0), flags.count(flag))
    return most
