"""Translates rules into the JSON that the C library takes; conditions that it can't be trusted with stay for Python.

Every rule has a strict form (certainly so) and a possible form (not excluded); the matches of the two give three outcomes.
Only equality joins on text and comparisons with constants are compiled: a comparison across facts may crash the C code.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

from screener.engine.durable.encoding import (
    IS,
    MOST_CONSTANT,
    OPPOSITE,
    WHO,
    Form,
    Json,
    is_known,
    is_missing,
    number_test,
    truth_test,
    word_test,
)
from screener.engine.durable.open_alternatives import AlternativeInputs, Field
from screener.engine.durable.ruleset import (
    AlternativeKey,
    CompiledPattern,
    CompiledRule,
    ResidualCondition,
    Ruleset,
    TranslatedRuleset,
    fields_read,
    node_count,
)
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
from screener.profile.catalogue import Catalogue
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Pattern, Rule

SUBJECT = "@"  # the name under which the judged company's own fact is bound; no pattern of a rule can have it
CERTAIN = "certain"
# What a fact is joined by: `id` and `sid` of an earlier batch point to memory that is gone (state.c, copyMessage).
NUMBER = "number"
OTHER_COMPANY = "company*"  # stands for COMPANY where fields of other companies than the main one are meant
MOST_JOINS = 2  # with members that may be missing; further ones are evaluated in Python
MOST_NODES = 24  # tests and joins of one kind in an alternative; further ones are evaluated in Python
MOST_LEVELS = 8  # `and` and `or` in a pattern: the C library has room for 32 expressions
MOST_WAYS = 8  # in which the `or`s of a pattern may hold at once: the C library matches once for each


class _Join(NamedTuple):
    """A field of a pattern's fact that must equal a field of an earlier one, bound under the name `other`."""

    own: str
    other: str
    theirs: str


@dataclass(slots=True)
class _SplitPattern:
    """A pattern of a rule: tests on its own fact, joins with earlier ones, and conditions to evaluate in Python."""

    pattern: Pattern
    form: Form
    tests: list[Json] = field(default_factory=list)
    joins: list[_Join] = field(default_factory=list)
    residual: list[Expression] = field(default_factory=list)


class FigureAlternative(NamedTuple):
    """An alternative on figures of the company alone, which the C library can't decide: Python evaluates all of it."""

    key: AlternativeKey
    conditions: tuple[Expression, ...]


class TranslatedStratum(NamedTuple):
    """A ruleset of helpers (may be empty), one of the rules, and the alternatives that are evaluated in Python."""

    helpers: TranslatedRuleset
    main: TranslatedRuleset
    on_figures: tuple[FigureAlternative, ...]


class Translator:
    """Translates the rules of a program, a stratum at a time.

    With `excluding`, for worlds in which it is known of missing words what they are not; without, such knowledge has no effect.
    `inputs` holds what the C library reads of each alternative translated so far.
    """

    def __init__(self, program: Program, excluding: bool = True) -> None:
        self.program, self.catalogue = program, program.catalogue
        self.inputs: dict[AlternativeKey, AlternativeInputs] = {}
        # Missing fields of which it may be known what they are not: the parent of a nested fact, and companies in concluded facts.
        self.partly_known = {
            (kind, name)
            for kind, entry in self.catalogue.kinds.items()
            for name, typed in entry.fields.items()
            if name == entry.within or (entry.concluded and typed.unit == "company")
        }
        self.excluding = excludable_fields(self.catalogue) if excluding else frozenset()

    def translate(self, rules: tuple[str, ...], counterparty_rules: frozenset[str]) -> TranslatedStratum:
        """Translates a stratum; rules not in `counterparty_rules` are for the main company only."""
        helpers, main = Ruleset(), Ruleset()
        on_figures: dict[AlternativeKey, FigureAlternative] = {}
        for shared in (True, False):
            chosen = [rule for rule in rules if (rule in counterparty_rules) is shared]
            if chosen and not shared:
                helpers.begin_main_only()
                main.begin_main_only()
            for form in OPPOSITE:
                helpers.begin_form()
                main.begin_form()
                for rule_id in sorted(chosen, key=self._reads_figures_only):  # so that few groups read facts of lists
                    rule = self.program.rules[rule_id]
                    for index, alternative in enumerate(self.program.alternatives[rule_id]):
                        translation = _AlternativeTranslator(self, rule, index, alternative, form)
                        if (whole := translation.on_figures()) is not None:
                            on_figures[whole.key] = whole
                        else:
                            translation.add_to(main, helpers, self.inputs, shared)
        return TranslatedStratum(helpers.translated(), main.translated(), tuple(on_figures.values()))

    def _reads_figures_only(self, rule: str) -> bool:
        return all(p.kind == COMPANY for alternative in self.program.alternatives[rule] for p in alternative.items)


def excludable_fields(catalogue: Catalogue) -> frozenset[Field]:
    """By kind and name, words of which it may be known, of members that a list does not name, what they are not.

    They are tested by the C library and in Python.
    """
    return frozenset(
        (kind, name)
        for kind, entry in catalogue.kinds.items()
        if entry.list_name
        for name, typed in entry.bounded_fields.items()
        if typed.words
    )


class _AlternativeTranslator:
    """Translates one alternative of a rule in one form."""

    def __init__(self, parent: Translator, rule: Rule, index: int, alternative: Alternative, form: Form) -> None:
        self.catalogue, self.partly_known, self.excluding = parent.catalogue, parent.partly_known, parent.excluding
        self.rule, self.index, self.alternative, self.form = rule, index, alternative, form
        self.kinds = {p.name: p.kind for p in alternative.items}
        self.nodes: Counter[str] = Counter()  # by kind: how many nodes of the tree of tests are taken

    def on_figures(self) -> FigureAlternative | None:
        """The alternative, where it reads nothing but figures and the C library can't decide it."""
        if len(self.alternative.company) < len(self.alternative.items):
            return None
        whole = [self._split(p, form) for form in OPPOSITE for p in self.alternative.company]
        self.nodes.clear()
        if not any(split is not None and split.residual for split in whole):
            return None
        return FigureAlternative((self.rule.id, self.index), tuple(p.condition for p in self.alternative.company))

    def add_to(
        self, main: Ruleset, helpers: Ruleset, inputs: dict[AlternativeKey, AlternativeInputs], shared: bool
    ) -> None:
        """Adds the rule to `main`, rules for its negations to `helpers`, what it reads to `inputs`; nothing if it never matches.

        `shared`: the rule is for all companies.
        """
        company = [self._split(p, self.form) for p in self.alternative.company]
        found = [self._split(p, self.form) for p in self.alternative.bound]
        own, bound = [p for p in company if p is not None], [p for p in found if p is not None]
        if len(own) < len(company) or len(bound) < len(found):
            return
        absent: list[CompiledPattern] = []
        negated: list[_SplitPattern] = []
        for number, pattern in enumerate(self.alternative.absent):
            split = self._split(pattern, OPPOSITE[self.form])
            if split is None:
                continue
            negated.append(split)
            if not split.residual and not split.joins and all(pattern.kind != p.pattern.kind for p in bound):
                compiled = self._compiled(split, [], {}, 0)
                absent.append(replace(compiled, name=f"{SUBJECT}{number}", negated=True))
            else:
                absent.append(self._helper(number, bound, split, helpers))
        names = tuple(p.pattern.name for p in bound)
        residual = tuple(ResidualCondition.of(e, self.form) for p in [*own, *bound] for e in p.residual)
        key = self.rule.id, self.index
        compiled_rule = CompiledRule(key, self.form, names, residual)
        self._add_variants(main, compiled_rule, bound, tests=tuple(t for p in own for t in p.tests), absent=absent)
        read = AlternativeInputs(
            fields=frozenset(self._fields_read([*own, *bound, *negated], shared)),
            flags=frozenset(p.flag for p in self.alternative.items if p.flag is not None),
            in_python=bool(residual),
            negates_in_python=any(split.residual for split in negated),
        )
        inputs[key] = inputs[key].joined(read) if key in inputs else read

    def _fields_read(self, splits: Sequence[_SplitPattern], shared: bool) -> Iterator[Field]:
        """By kind and name, what the C library tests and joins."""
        for split in splits:
            kind, owner = split.pattern.kind, split.pattern.owner
            read = [(kind, name) for name in fields_read(split.tests)]
            for join in split.joins:
                read += [(kind, join.own), (self.kinds.get(join.other, COMPANY), join.theirs)]
            if owner is not None and owner.scope != COMPANY:
                read.append((self.kinds[owner.scope], owner.field))
            if kind not in (COMPANY, FLAG):
                read.append((kind, CERTAIN))
            yield from read
            if shared:
                yield from ((OTHER_COMPANY, name) for of_kind, name in read if of_kind == COMPANY)

    def _helper(
        self, number: int, bound: list[_SplitPattern], negated: _SplitPattern, helpers: Ruleset
    ) -> CompiledPattern:
        """Adds a rule that concludes for which bound facts a negated pattern has a match; the pattern that there is none."""
        kind = f"#{self.rule.id}/{self.index}/{number}/{self.form}"
        facts = [p for p in bound if p.pattern.kind != FLAG]
        names = tuple(p.pattern.name for p in facts)
        residual = tuple(ResidualCondition.of(e, negated.form) for e in negated.residual)
        key = self.rule.id, self.index
        compiled_rule = CompiledRule(key, self.form, (*names, negated.pattern.name), residual, kind)
        self._add_variants(helpers, compiled_rule, [*facts, negated])
        keys: list[Json] = [{f"k:{name}": {name: NUMBER}} for name in names]
        return CompiledPattern(f"{SUBJECT}{number}", kind, ({"of": {SUBJECT: "of"}}, *keys), negated=True)

    def _add_variants(
        self,
        ruleset: Ruleset,
        compiled_rule: CompiledRule,
        bound: list[_SplitPattern],
        *,
        tests: tuple[Json, ...] = (),
        absent: Sequence[CompiledPattern] = (),
    ) -> None:
        """Adds a rule in a variant for each way in which joins over fields that may be missing hold; `tests` are the company's."""
        open_joins = [(p, j) for p in bound if p.form == "possible" for j in p.joins]
        varied, late = open_joins[:MOST_JOINS], open_joins[MOST_JOINS:]
        possible: Form = "possible"
        residual = [ResidualCondition.of(_join_expression(p.pattern.name, join), possible) for p, join in late]
        compiled_rule = replace(compiled_rule, residual=(*compiled_rule.residual, *residual))
        for choice in product(("equal", "own", "other"), repeat=len(varied)):
            absences: dict[str, list[Json]] = {}
            dropped = {id(join) for _, join in late}
            for (split, join), how in zip(varied, choice, strict=True):
                if how != "equal":
                    name, missing = (split.pattern.name, join.own) if how == "own" else (join.other, join.theirs)
                    absences.setdefault(name, []).append(is_missing(missing))
                    dropped.add(id(join))
            patterns = [CompiledPattern(SUBJECT, COMPANY, (*absences.get(SUBJECT, ()), *tests))]
            flags: Counter[str | None] = Counter()
            for split in bound:
                joins = [join for join in split.joins if id(join) not in dropped]
                patterns.append(self._compiled(split, joins, absences, flags[split.pattern.flag]))
                flags[split.pattern.flag] += 1
            ruleset.add([*patterns, *absent], compiled_rule)

    def _compiled(
        self, split: _SplitPattern, joins: list[_Join], absences: Mapping[str, list[Json]], copy: int
    ) -> CompiledPattern:
        """A pattern for the C library; `copy` is the copy of a flag that it binds."""
        pattern, owner = split.pattern, split.pattern.owner
        conditions: list[Json] = [{"of": {SUBJECT: "of"}}]
        if owner is not None and owner.scope != COMPANY:
            conditions = [{"of": {owner.scope: WHO + owner.field}}]
        if pattern.flag is not None:
            conditions.append({"copy": str(copy)})
            return CompiledPattern(pattern.name, flag_kind(pattern.flag, split.form == "strict"), tuple(conditions))
        conditions += [{IS + own: {other: IS + theirs}} for own, other, theirs in joins]
        if split.form == "strict":
            conditions += [{CERTAIN: "yes"}, *(is_known(join.own) for join in joins)]
        return CompiledPattern(pattern.name, pattern.kind, (*conditions, *absences.get(pattern.name, ()), *split.tests))

    def _split(self, pattern: Pattern, form: Form) -> _SplitPattern | None:
        """The pattern split into tests, joins and residual; None where it can never match in this form."""
        split = _SplitPattern(pattern, form)
        levels, ways = 0, 1
        conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)
        for conjunct in conjuncts:
            test, join = self._test(conjunct, pattern, form), self._join(conjunct, pattern)
            if test is False:
                return None
            if test is True:
                continue
            nodes = node_count(test) if test is not None else 2
            more_levels, times = _levels_and_ways(test) if test is not None else (0, 1)
            read = {(self.kinds.get(n.scope), n.field) for n in names_in(conjunct)}
            if (
                not read.isdisjoint(self.partly_known)
                or self.nodes[pattern.kind] + nodes > MOST_NODES
                or levels + more_levels > MOST_LEVELS
                or ways * times > MOST_WAYS
                or (test is None and join is None)
            ):
                split.residual.append(conjunct)
                continue
            if form == "possible" and not read.isdisjoint(self.excluding):
                split.residual.append(conjunct)
            self.nodes[pattern.kind] += nodes
            if test is not None:
                split.tests.append(test)
                levels, ways = levels + more_levels, ways * times
            elif join is not None:
                split.joins.append(join)
        return split

    def _join(self, node: Expression, pattern: Pattern) -> _Join | None:
        """A condition as an equality of two words, texts or companies, in the pattern's fact and an earlier one."""
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
            return _Join(own.field, SUBJECT, COMPANY_ID) if other.field == COMPANY_ID else None
        return _Join(own.field, other.scope, other.field)

    def _test(self, node: Expression, pattern: Pattern, form: Form) -> Json | bool | None:
        """A condition on the pattern's own fact as JSON; True or False where it is constant; None if it is more."""
        match node:
            case Bool(value):
                return value
            case And(items) | Or(items):
                parts = [self._test(i, pattern, form) for i in items]
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
                return _comparison_test(left.field, op, _constant(self.rule, right), form)
        return None


def _comparison_test(name: str, op: str, constant: float | str | bool | None, form: Form) -> Json | None:
    """A comparison of a field with a constant as JSON; None where the C library can't compare them."""
    match constant:
        case bool(wanted):
            return truth_test(name, wanted == (op == "=="), form)
        case float(limit) if abs(limit) <= MOST_CONSTANT:
            return number_test(name, op, limit, form)
        case str(text):
            return word_test(name, op, text, form)
    return None


def _constant(rule: Rule, node: Expression) -> float | str | bool | None:
    """The value of a constant or of a parameter that is the same for all sectors."""
    match node:
        case Number(value) | Word(value) | Bool(value):
            return value
        case Name("params", name):
            param = rule.params[name]
            if param.by_sector or param.currency:
                return None
            return param.value if isinstance(param.value, bool | str) else float(param.value)
    return None


def _join_expression(pattern: str, join: _Join) -> Compare:
    """The condition that a join stands for."""
    own, other, theirs = join
    return Compare("==", Name(pattern, own), Name(COMPANY if other == SUBJECT else other, theirs))


def _levels_and_ways(test: Json) -> tuple[int, int]:
    """How many `and` and `or` a test holds, and in how many ways it may hold at once."""
    ((key, value),) = test.items()
    if key not in ("$and", "$or"):
        return 0, 1
    levels, ways = 1, 1 if key == "$and" else 0
    for inner in value:
        more, times = _levels_and_ways(inner)
        levels += more
        ways = ways * times if key == "$and" else ways + times
    return levels, ways


def flag_kind(rule: str, certain: bool) -> str:
    """The kind of facts for the C library that say that a rule holds, or that it may hold."""
    return f"{FLAG}:{rule}" if certain else f"{FLAG}?:{rule}"


def flag_copies(program: Program) -> Mapping[str, int]:
    """How often one alternative may look at the same rule's flag: a fact binds only one pattern of a match."""
    most: dict[str, int] = {}
    for found in program.alternatives.values():
        for alternative in found:
            flags = [p.flag for p in alternative.items if p.flag is not None]
            for flag in flags:
                most[flag] = max(most.get(flag, 0), flags.count(flag))
    return most
