"""Translates rules into the JSON of the C library.

Every rule has a strict form (it certainly holds) and a possible form (it is not excluded); the matches of both give the
three outcomes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from screener.engine.durable.encoding import IS, OPPOSITE, WHO, Form, Json, is_known, is_missing
from screener.engine.durable.open_alternatives import AlternativeInputs, Field
from screener.engine.durable.pattern_split import SUBJECT, Join, PatternSplitter, SplitPattern
from screener.engine.durable.ruleset import (
    AlternativeKey,
    CompiledPattern,
    CompiledRule,
    ResidualCondition,
    Ruleset,
    TranslatedRuleset,
    fields_read,
)
from screener.expression.syntax_tree import Expression
from screener.facts.fact import COMPANY, FLAG
from screener.profile.catalogue import Catalogue
from screener.rules.compiler import Alternative, Program
from screener.rules.rule import Pattern, Rule

CERTAIN = "certain"
# The property by which a fact is joined: `id` and `sid` of an earlier batch point to freed memory (state.c,
# copyMessage).
NUMBER = "number"
OTHER_COMPANY = "company*"  # used instead of COMPANY for fields of companies other than the main one
MOST_JOINS = 2  # greatest number of joins on fields that may be missing; further ones are evaluated in Python


class OwnAlternative(NamedTuple):
    """An alternative that reads only figures and flags of the judged company, and binds no facts of lists.

    Python decides it, in one evaluation for its three outcomes, since there is nothing to search for.
    """

    key: AlternativeKey
    conditions: tuple[Expression, ...]  # conditions on figures
    flags: tuple[tuple[str, str], ...]  # the name of each pattern, and the rule whose flag it looks for


class FormRulesets(NamedTuple):
    """The rules of a stratum in one form: a ruleset of helpers for negations (may be empty), and one of the rules."""

    helpers: TranslatedRuleset
    main: TranslatedRuleset


class TranslatedStratum(NamedTuple):
    """The rules of a stratum in both forms, and the alternatives that Python decides."""

    strict: FormRulesets
    possible: FormRulesets
    own: tuple[OwnAlternative, ...]


class Translator:
    """Translates the rules of a program, one stratum at a time.

    With `excluding`, the rules are for worlds in which values of missing words are excluded; without it, such
    exclusions have no effect. `inputs` has what the C library reads of each alternative translated so far.
    """

    def __init__(self, program: Program, excluding: bool = True) -> None:
        self.program, self.catalogue = program, program.catalogue
        self.inputs: dict[AlternativeKey, AlternativeInputs] = {}
        # Missing fields for which values may be excluded: the parent of a nested fact, and companies in concluded
        # facts.
        self.partly_known = {
            (kind, name)
            for kind, entry in self.catalogue.kinds.items()
            for name, typed in entry.fields.items()
            if name == entry.within or (entry.concluded and typed.unit == "company")
        }
        self.excluding = excludable_fields(self.catalogue) if excluding else frozenset()

    def translate(self, rules: tuple[str, ...], counterparty_rules: frozenset[str]) -> TranslatedStratum:
        """Translates a stratum; rules not in `counterparty_rules` are for the main company only."""
        own: dict[AlternativeKey, OwnAlternative] = {}
        strict = self._translate_form(rules, counterparty_rules, "strict", own)
        possible = self._translate_form(rules, counterparty_rules, "possible", own)
        return TranslatedStratum(strict, possible, tuple(own.values()))

    def _translate_form(
        self,
        rules: tuple[str, ...],
        counterparty_rules: frozenset[str],
        form: Form,
        own: dict[AlternativeKey, OwnAlternative],
    ) -> FormRulesets:
        """Translates a stratum in one form; alternatives that Python decides are added to `own`."""
        helpers, main = Ruleset(), Ruleset()
        for shared in (True, False):
            chosen = [rule for rule in rules if (rule in counterparty_rules) is shared]
            if chosen and not shared:
                helpers.begin_main_only()
                main.begin_main_only()
            for rule_id in sorted(
                chosen, key=self._reads_figures_only
            ):  # this order keeps the number of groups that read facts of lists small
                rule = self.program.rules[rule_id]
                for index, alternative in enumerate(self.program.alternatives[rule_id]):
                    translation = _AlternativeTranslator(self, rule, index, alternative, form)
                    if (whole := translation.own(self.inputs)) is not None:
                        own[whole.key] = whole
                    else:
                        translation.add_to(main, helpers, self.inputs, shared)
        return FormRulesets(helpers.translated(), main.translated())

    def _reads_figures_only(self, rule: str) -> bool:
        return all(p.kind == COMPANY for alternative in self.program.alternatives[rule] for p in alternative.items)


def excludable_fields(catalogue: Catalogue) -> frozenset[Field]:
    """Returns by kind and name the words for which values may be excluded: in members that a list does not name, and in
    facts concluded from those.

    They are tested both by the C library and in Python.
    """
    return frozenset(
        (kind, name)
        for kind, entry in catalogue.kinds.items()
        if entry.list_name or entry.concluded
        for name, typed in (entry.fields if entry.concluded else entry.bounded_fields).items()
        if typed.words
    )


class _AlternativeTranslator:
    """Translates one alternative of a rule in one form."""

    def __init__(self, parent: Translator, rule: Rule, index: int, alternative: Alternative, form: Form) -> None:
        self.rule, self.index, self.alternative, self.form = rule, index, alternative, form
        self.kinds = {p.name: p.kind for p in alternative.items}
        self.splitter = PatternSplitter(
            rule=rule,
            catalogue=parent.catalogue,
            kinds=self.kinds,
            partly_known=parent.partly_known,
            excluding=parent.excluding,
        )

    def own(self, inputs: dict[AlternativeKey, AlternativeInputs]) -> OwnAlternative | None:
        """Returns the alternative if it reads only figures and flags of the company, else None; the flags that it reads
        are added to `inputs`."""
        flags = [(p.name, p.flag) for p in self.alternative.items if _is_own_flag(p) and p.flag is not None]
        if len(self.alternative.company) + len(flags) < len(self.alternative.items):
            return None
        key = self.rule.id, self.index
        if flags:
            inputs[key] = AlternativeInputs(frozenset(), frozenset(flag for _, flag in flags), False, False)
        return OwnAlternative(key, tuple(p.condition for p in self.alternative.company), tuple(flags))

    def add_to(
        self, main: Ruleset, helpers: Ruleset, inputs: dict[AlternativeKey, AlternativeInputs], shared: bool
    ) -> None:
        """Adds the rule to `main`, rules for its negations to `helpers`, and what it reads to `inputs`; adds nothing if
        it never matches.

        `shared`: the rule is for all companies.
        """
        company = [self.splitter.split(p, self.form) for p in self.alternative.company]
        found = [self.splitter.split(p, self.form) for p in self.alternative.bound]
        own, bound = [p for p in company if p is not None], [p for p in found if p is not None]
        if len(own) < len(company) or len(bound) < len(found):
            return
        absent: list[CompiledPattern] = []
        negated: list[SplitPattern] = []
        for number, pattern in enumerate(self.alternative.absent):
            split = self.splitter.split(pattern, OPPOSITE[self.form])
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

    def _fields_read(self, splits: Sequence[SplitPattern], shared: bool) -> Iterator[Field]:
        """Returns by kind and name the fields that the C library tests and joins."""
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
        self, number: int, bound: list[SplitPattern], negated: SplitPattern, helpers: Ruleset
    ) -> CompiledPattern:
        """Adds a rule that concludes for which bound facts a negated pattern has a match; returns the pattern for the
        absence of that conclusion."""
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
        bound: list[SplitPattern],
        *,
        tests: tuple[Json, ...] = (),
        absent: Sequence[CompiledPattern] = (),
    ) -> None:
        """Adds a variant of a rule for each way in which joins over fields that may be missing hold; `tests` are those
        on the company."""
        open_joins = [(p, j) for p in bound if p.form == "possible" for j in p.joins]
        varied, late = open_joins[:MOST_JOINS], open_joins[MOST_JOINS:]
        possible: Form = "possible"
        residual = [ResidualCondition.of(join.condition(p.pattern.name), possible) for p, join in late]
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
        self, split: SplitPattern, joins: list[Join], absences: Mapping[str, list[Json]], copy: int
    ) -> CompiledPattern:
        """Returns a pattern for the C library; `copy` is the number of the copy of a flag that it binds."""
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


def _is_own_flag(pattern: Pattern) -> bool:
    """Returns whether a pattern looks for a flag of the judged company."""
    return (
        pattern.flag is not None and not pattern.negated and (pattern.owner is None or pattern.owner.scope == COMPANY)
    )


def flag_kind(rule: str, certain: bool) -> str:
    """Returns the kind of facts for the C library that state that a rule fired, or that it may have fired."""
    return f"{FLAG}:{rule}" if certain else f"{FLAG}?:{rule}"


def flag_copies(program: Program) -> Mapping[str, int]:
    """Returns how often one alternative may read the same rule's flag, since a fact binds only one pattern of a match."""
    most: dict[str, int] = {}
    for found in program.alternatives.values():
        for alternative in found:
            flags = [p.flag for p in alternative.items if p.flag is not None]
            for flag in flags:
                most[flag] = max(most.get(flag, 0), flags.count(flag))
    return most
