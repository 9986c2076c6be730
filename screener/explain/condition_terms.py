"""Explains the condition of a rule for a company part by part: which parts hold, which fail, which are unknown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from screener.engine.protocol import Conclusions
from screener.engine.rule_context import RuleContext, compared_at, name_lookup, owner_of
from screener.explain.match_order import MatchOrder
from screener.explain.rule_texts import name_title, relation_title, value_text
from screener.explain.threshold_distances import prepare_comparison
from screener.expression.interval import Truth
from screener.expression.interval_ops import number
from screener.expression.printer import format_expression
from screener.expression.syntax_tree import And, Bool, Call, Compare, Expression, Name, Not, Or, Word
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, FLAG, Fact
from screener.facts.world import UNNAMED, World
from screener.profile.word_titles import word_title
from screener.result.field_types import Answer, TermKind
from screener.result.finding_records import ConditionTerm
from screener.rules.compiler import Program
from screener.rules.rule import AnyOf, Item, Pattern, Rule
from screener.text import Language, Text, clean, within_sentence
from screener.units import show_interval

_ANSWERS: dict[Truth, Answer] = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}
_OPERATORS = {
    ">": Text("above", "高于"),
    ">=": Text("at least", "不低于"),
    "<": Text("below", "低于"),
    "<=": Text("at most", "不高于"),
    "==": Text("is", "等于"),
    "!=": Text("is not", "不等于"),
}
_ALL_OF = Text("All of:", "同时满足：")
_ONE_OF = Text("At least one of:", "至少满足其一：")
_YES_NO = {True: Text("yes", "是"), False: Text("no", "否")}
_UNKNOWN_TRUTH = Text("unknown", "未知")


class _Part(NamedTuple):
    """A part of a condition with its own parts."""

    kind: TermKind
    text: Text
    holds: Truth
    parts: "tuple[_Part, ...]" = ()
    rule: str | None = None

    def terms(self, depth: int) -> Iterator[ConditionTerm]:
        """Yields this part and those below it, each after the part that it belongs to."""
        yield ConditionTerm(depth=depth, kind=self.kind, text=self.text, holds=_ANSWERS[self.holds], rule=self.rule)
        for part in self.parts:
            yield from part.terms(depth + 1)


class ConditionExplainer:
    """Explains the conditions of rules for the companies of one world."""

    def __init__(self, program: Program, world: World, conclusions: Conclusions, order: MatchOrder) -> None:
        self.program, self.world, self.conclusions, self.order = program, world, conclusions, order
        self.context = RuleContext(program, world)

    def terms(self, rule: Rule, company: CompanyFacts) -> tuple[ConditionTerm, ...]:
        """Returns the parts of a rule's condition, all of which must hold.

        Facts are those of the match that the texts describe; without a match, those that are nearest to one.
        """
        matches = self.order.matches(rule, company.id)
        explanation = _Explanation(self, rule, company, matches[0].binding if matches else {})
        return tuple(term for part in explanation.items(rule.when) for term in part.terms(0))


class _Explanation:
    """The condition of one rule for one company. `bound` grows as the patterns are explained, in their order.

    `taken` are the facts of other patterns, since no two patterns of one alternative bind the same fact.
    """

    def __init__(
        self, explainer: ConditionExplainer, rule: Rule, company: CompanyFacts, match: Mapping[str, Fact]
    ) -> None:
        self.explainer, self.rule, self.company, self.match = explainer, rule, company, match
        self.program, self.world, self.context = explainer.program, explainer.world, explainer.context
        self.bound: dict[str, Fact] = {}
        self.taken: frozenset[str] = frozenset()

    def items(self, items: Sequence[Item]) -> list[_Part]:
        parts: list[_Part] = []
        for item in items:
            if isinstance(item, AnyOf):
                parts.append(self._any_of(item))
            elif item.kind == COMPANY:
                parts.extend(self._conjuncts(item.condition))
            elif item.kind == FLAG:
                parts.append(self._flag(item))
            elif item.negated:
                parts.append(self._no_fact(item))
            else:
                parts.append(self._fact(item))
        return parts

    def _any_of(self, item: AnyOf) -> _Part:
        """Returns the branches of an `any`. Each may bind the same facts; those of the branch nearest to a match stay
        taken."""
        before = self.taken
        found: list[tuple[_Part, frozenset[str]]] = []
        for branch in item.branches:
            self.taken = before
            part = _joined("all-of", _ALL_OF, self.items(branch), min)
            found.append((part, self.taken))
        self.taken = max(found, key=lambda one: one[0].holds)[1]
        return _joined("one-of", _ONE_OF, [part for part, _ in found], max)

    def _conjuncts(self, condition: Expression) -> list[_Part]:
        conjuncts = condition.items if isinstance(condition, And) else (condition,)
        return [self._expression(part) for part in conjuncts if part != Bool(True)]

    def _holds(self, condition: Expression) -> Truth:
        return self.context.holds(self.rule, condition, self.company, self.bound)

    def _expression(self, node: Expression) -> _Part:
        if isinstance(node, And | Or):
            parts = [self._expression(item) for item in node.items]
            is_all = isinstance(node, And)
            return _joined("all-of", _ALL_OF, parts, min) if is_all else _joined("one-of", _ONE_OF, parts, max)
        return _Part("term", self._text(node), self._holds(node))

    def _flag(self, pattern: Pattern) -> _Part:
        rule_id = pattern.flag or ""
        owner = self._owner(pattern)
        outcome = self.explainer.conclusions.of(rule_id, owner).outcome if owner is not None else Truth.UNKNOWN
        title = self.program.rules[rule_id].title
        if owner not in (None, self.company.id, UNNAMED):
            name = self.world.name(owner or "")
            title = Text(f"{name.en}: {title.en}", f"{name.zh}：{title.zh}")
        if pattern.negated:
            title = Text(f"Not: {title.en}", f"并非：{title.zh}")
            return _Part("no-flag", title, outcome.negate(), rule=rule_id)
        return _Part("flag", title, outcome, rule=rule_id)

    def _owner(self, pattern: Pattern) -> str | None:
        """Returns the company whose facts a pattern reads; None if the fact that names it is not known."""
        if pattern.owner is not None and pattern.owner.scope != COMPANY and pattern.owner.scope not in self.bound:
            return None
        return owner_of(pattern, self.company.id, self.bound)

    def _candidates(self, pattern: Pattern) -> list[Fact]:
        owner = self._owner(pattern)
        if owner is None:
            return []
        concluded = (f for f in self.explainer.conclusions.concluded if f.kind == pattern.kind and f.of == owner)
        return [*self.world.base.of(owner, pattern.kind), *concluded]

    def _fact(self, pattern: Pattern) -> _Part:
        """Returns a fact with the parts of its condition: that of the match, or the one nearest to a match."""
        every = self._candidates(pattern)
        facts = [f for f in every if f.id not in self.taken]
        fact = self.match.get(pattern.name) or self._nearest(pattern, [f for f in facts if f.certain])
        kind = self.program.catalogue.kinds[pattern.kind].title
        if fact is None or not fact.certain:
            self.bound.pop(pattern.name, None)
            further = [f for f in facts if not f.certain]
            is_open = self._owner(pattern) is None or any(self._may_match(pattern, f) for f in further)
            text = (
                Text(f"{kind.en}: none known", f"{kind.zh}：未知")
                if is_open
                else Text(f"{kind.en}: none, as is stated of all others", f"{kind.zh}：无，其余均已说明不符")
                if further
                else Text(f"{kind.en}: no other", f"{kind.zh}：无其他")
                if len(facts) < len(every)
                else Text(f"{kind.en}: none", f"{kind.zh}：无")
            )
            return _Part("fact", text, Truth.UNKNOWN if is_open else Truth.FALSE)
        self.bound[pattern.name] = fact
        self.taken |= {fact.id}
        parts = tuple(self._conjuncts(pattern.condition))
        about = relation_title(fact, self.world)
        text = Text(f"{kind.en} {clean(about.en)}", f"{kind.zh}：{clean(about.zh)}") if about else kind
        holds = min((part.holds for part in parts), default=Truth.TRUE)
        return _Part("fact", text, holds, parts)

    def _may_match(self, pattern: Pattern, further: Fact) -> bool:
        """Returns whether a member that is not listed may meet the condition of a pattern, given what is stated about
        all such members."""
        self.bound[pattern.name] = further
        found = self._holds(pattern.condition)
        del self.bound[pattern.name]
        return found is not Truth.FALSE

    def _nearest(self, pattern: Pattern, facts: Sequence[Fact]) -> Fact | None:
        """Returns the fact for which most parts of the condition hold; of equal ones, the first by content."""
        conjuncts = pattern.condition.items if isinstance(pattern.condition, And) else (pattern.condition,)

        def failing(fact: Fact) -> tuple[int, int, str]:
            self.bound[pattern.name] = fact
            truths = [self._holds(part) for part in conjuncts]
            return truths.count(Truth.FALSE), truths.count(Truth.UNKNOWN), self.explainer.order.content(fact)

        return min(facts, key=failing, default=None)

    def _no_fact(self, pattern: Pattern) -> _Part:
        """Returns the part for the absence of a fact of a kind, with a fact that exists or may exist."""
        kind = self.program.catalogue.kinds[pattern.kind].title
        text = Text(f"No such {within_sentence(kind.en)}", f"没有这样的{kind.zh}")
        owner = self._owner(pattern)
        bound_ids = {fact.id for fact in self.bound.values()}
        found: list[tuple[Truth, Fact]] = []
        for fact in self._candidates(pattern):
            if fact.id not in bound_ids:
                self.bound[pattern.name] = fact
                holds = self._holds(pattern.condition)
                found.append((holds if fact.certain else min(holds, Truth.UNKNOWN), fact))
        self.bound.pop(pattern.name, None)
        present = max((truth for truth, _ in found), default=Truth.UNKNOWN if owner is None else Truth.FALSE)
        if present is Truth.TRUE:
            matching = (fact for truth, fact in found if truth is Truth.TRUE)
            about = relation_title(min(matching, key=self.explainer.order.content), self.world)
            if about is not None:
                text = Text(f"{text.en}: there is {clean(about.en)}", f"{text.zh}：有 {clean(about.zh)}")
        return _Part("no-fact", text, present.negate())

    def _text(self, node: Expression) -> Text:
        """Returns an elementary condition in words, with the values that it reads."""
        match node:
            case Compare():
                return self._comparison_text(node)
            case Name():
                return self._statement_text(node, required=True)
            case Not(Name() as name):
                return self._statement_text(name, required=False)
            case Call("known", (Name() as name, *_)):
                title = self._title(name)
                return Text(f"{title.en} is known", f"{title.zh}已知")
            case Not(Call("known", (Name() as name, *_))):
                title = self._title(name)
                return Text(f"{title.en} is not known", f"{title.zh}未知")
        return Text.of(format_expression(node))

    def _comparison_text(self, node: Compare) -> Text:
        operator = _OPERATORS[node.op]
        at = compared_at(self.company, node)
        lookup = name_lookup(self.rule, self.company, self.bound, self.program.catalogue, at)
        prepared = prepare_comparison(node, self.rule, self._kinds(), self.program)
        if prepared is not None:
            operator, unit = _OPERATORS[prepared.op], prepared.unit
            value, limit = number(prepared.left, lookup), number(prepared.right, lookup)
            en, zh = (
                (show_interval(value.lo, value.hi, unit, language), show_interval(limit.lo, limit.hi, unit, language))
                for language in ("en", "zh")
            )
            title = prepared.title
            return Text(f"{title.en} {operator.en} {en[1]}: {en[0]}", f"{title.zh}{operator.zh} {zh[1]}：{zh[0]}")
        left, right = node.left, node.right
        if not isinstance(left, Name) or node.op not in ("==", "!="):
            return Text.of(format_expression(node))
        title, unit = name_title(left, self.program, self._kinds())

        def shown(operand: Expression, language: Language) -> str:
            if isinstance(operand, Name):
                return value_text(lookup(operand), unit, language, self.world)
            if isinstance(operand, Word):
                return clean(word_title(operand.value).get(language) if unit == "word" else operand.value)
            return format_expression(operand)

        given, required = (Text(shown(operand, "en"), shown(operand, "zh")) for operand in (left, right))
        return _statement(title, given, self._holds(node), required, negated=node.op == "!=")

    def _statement_text(self, name: Name, *, required: bool) -> Text:
        value = name_lookup(self.rule, self.company, self.bound, self.program.catalogue)(name)
        text = _YES_NO[value] if isinstance(value, bool) else _UNKNOWN_TRUTH
        holds = Truth.of(value is required) if isinstance(value, bool) else Truth.UNKNOWN
        return _statement(self._title(name), text, holds, _YES_NO[required])

    def _title(self, name: Name) -> Text:
        return name_title(name, self.program, self._kinds())[0]

    def _kinds(self) -> dict[str, str]:
        return {name: fact.kind for name, fact in self.bound.items()}


def _statement(title: Text, value: Text, holds: Truth, required: Text, *, negated: bool = False) -> Text:
    """Returns the text for a value that must, or must not, be a certain one; the required value is stated if it is not
    met."""
    if holds is Truth.TRUE:
        return Text(f"{title.en}: {value.en}", f"{title.zh}：{value.zh}")
    must = Text("must not be", "不得为") if negated else Text("must be", "须为")
    return Text(
        f"{title.en}: {value.en} ({must.en} {required.en})", f"{title.zh}：{value.zh}（{must.zh}{required.zh}）"
    )


def _joined(kind: TermKind, text: Text, parts: Sequence[_Part], join: Callable[..., Truth]) -> _Part:
    """Returns parts below a heading; a single part has no heading."""
    if len(parts) == 1:
        return parts[0]
    return _Part(kind, text, join((part.holds for part in parts), default=Truth.TRUE), tuple(parts))
