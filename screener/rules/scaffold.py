"""The text of the first draft of a rule, with comments for its author."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from screener.expression.printer import format_expression
from screener.expression.syntax_tree import And, Compare, Expression, Name, Not, Number, Or
from screener.facts.fact import COMPANY, FLAG
from screener.profile.catalogue import TypedEntry
from screener.rules.draft_condition import DraftCondition
from screener.rules.lint.rule_lints import CHINESE_CHARACTER
from screener.rules.rule import AnyOf, Item, Pattern, RuleParam, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Text, clean, shorten
from screener.units import NUMERIC, show_number
from screener.vocabulary import Flag

_COMPARISONS = {
    ">": ("above", "高于"),
    ">=": ("at least", "不低于"),
    "<": ("below", "低于"),
    "<=": ("at most", "不高于"),
    "==": ("equal to", "等于"),
    "!=": ("not", "不是"),
}
_LONGEST_TITLE = 100


class RuleDraft(NamedTuple):
    """The content of a first draft; missing texts are placeholders to be replaced."""

    id: str
    condition: DraftCondition
    flag: str = "red"
    severity: str = ""
    category: str = ""
    title: Text | None = None
    why: Text = Text("Why this matters to whoever decides.", "为何这对决策者重要。")
    clears: Text = Text("What the company would have to show.", "公司须拿出什么证明。")
    false_alarms: Text = Text("When this rule is known to be wrong.", "此规则何时会误报。")
    reference: str = "House rule; a judgement, with no outside source"


def merge_languages(written: str, otherwise: Text) -> Text:
    """A text that the user entered, in its language; the text in the other language is kept."""
    written = clean(written)
    if not written:
        return otherwise
    return Text(otherwise.en, written) if CHINESE_CHARACTER.search(written) else Text(written, otherwise.zh)


def draft_title(condition: DraftCondition, book: Rulebook) -> Text:
    """The condition in words."""
    writer = _TitleWriter(condition, book)
    text = _joined([writer.item(item) for item in condition.when], " and ", "且")
    return text.map(lambda written: shorten(written, _LONGEST_TITLE))


def draft_category(condition: DraftCondition, book: Rulebook) -> str:
    """The category of the first rule that reads one of the same figures, else the first category."""
    names = condition.company_names
    if names == ("gross_margin",):
        return "profitability"
    same = (r.category for r in book.rules.values() if any(n in c.split() for c in r.conditions for n in names))
    return next(same, next(iter(book.catalogue.categories)))


def rule_draft_yaml(
    draft: RuleDraft, book: Rulebook, examples: Mapping[str, Mapping[str, Any]], schema: str = ""
) -> str:
    """The file; `schema` is the path from there to the JSON Schema of rule files, for editors."""
    condition, name = draft.condition, f"{draft.id}.yaml"
    flag = Flag(draft.flag)
    title = draft.title or draft_title(condition, book)
    lines = [
        *([f"# yaml-language-server: $schema={schema}"] if schema else []),
        "# A first draft: change whatever is here, and run after each change",
        f"#   screener rules check {name}    what is wrong, each with its line",
        f"#   screener rules test {name}     whether the examples come out as they say",
        "# How rules are written: docs/writing-rules.md. Which names there are: rules/catalog/.",
        f"rule: {draft.id}",
        f"flag: {flag}  # red speaks against a company, green for it; data and pattern: see docs/writing-rules.md",
        f"severity: {draft.severity or flag.severities[1]}  # of a {flag} rule: {', '.join(flag.severities)}",
        f"category: {draft.category or draft_category(condition, book)}  # {', '.join(list(book.catalogue.categories)[:5])}, "
        "… see rules/catalog/categories.yaml",
        "# cause: NAME  # flags that speak of the same trouble count once",
        f"title: {_both(title)}",
        "# clear_title: {en: …, zh: …}  # the title for companies that it does not fire for, such as Earns a profit",
        *_param_lines(condition.params),
        "when:  # all of these must hold; such lines work too:",
        "  # - customer as c: 'share_of_revenue > 0.3'   # it has such a customer,",
        "  # - flag of c.party: loss-making              # of whom another rule says this",
        "  # - not flag: multi-sourced                   # another rule did not fire",
        *(f"  - {key}: {_pattern_text(key, value)}" for key, value in condition.items),
        f"says: {_both(_says(condition, title, book))}  # one sentence, shown when it fired",
        f"why: {_both(draft.why)}",
        f"clears: {_both(draft.clears)}",
        f"false_alarms: {_both(draft.false_alarms)}",
        "# not_for: [banks, insurers]  # sectors for which it does not hold",
        f"references: [{_quoted(draft.reference)}]",
        "# status: preview  # shown, but out of the score, until it has proved itself",
        "examples:  # small profiles and what must come of them: fired, clear, clear, unknown, or expect: …",
        *_formula_lines(condition, book),
        *(f"  {name}: {_flow(fragment)}" for name, fragment in examples.items()),
        *(f"  # {name}: {{…}}  # none was found; add one" for name in ("fires", "clear") if name not in examples),
    ]
    return "\n".join([*lines, ""])


def _param_lines(params: Mapping[str, RuleParam]) -> Iterator[str]:
    if params:
        yield "params:  # a threshold has a name and a reason; others can change it without touching this file"
    for name, param in params.items():
        yield f"  {name}:"
        yield f"    value: {param.value:.12g}" + ("  # 0.30 is 30 %" if param.unit == "fraction" else "")
        yield f"    unit: {param.unit}"
        if param.unit == "money" and param.value:
            yield "    currency: USD   # of the amount; amounts in other currencies are compared by a rate of the profile"
        yield f"    why: {_both(Text('Where this threshold comes from; a judgement.', '此阈值的来源；为判断。'))}"
        yield "    # by_sector: {utilities: {value: …, why: {en: …, zh: …}}}"


def _formula_lines(condition: DraftCondition, book: Rulebook) -> Iterator[str]:
    for name in condition.company_names:
        if name in book.catalogue.metrics and name in book.metrics:
            yield f"  # {name} is {book.metrics[name].text}: figures: {{…}} may give those instead"


def _pattern_text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        return _flow(value)
    return value if key.endswith(FLAG) or " flag of " in f" {key}" else "'" + value.replace("'", "''") + "'"


def _says(condition: DraftCondition, title: Text, book: Rulebook) -> Text:
    """One sentence with the first number that the condition reads."""
    claimable = book.catalogue.claimable
    name = next((n for n in condition.company_names if n in claimable and claimable[n].unit in NUMERIC), None)
    if name is None:
        return Text(f"{title.en}.", f"{title.zh}。")
    measured = claimable[name].title
    return Text(f"{measured.en} is {{company.{name}}}.", f"{measured.zh}为 {{company.{name}}}。")


class _TitleWriter:
    """Puts conditions into words, in both languages."""

    def __init__(self, condition: DraftCondition, book: Rulebook) -> None:
        self.params, self.book = condition.params, book
        self.kinds = {p.name: p.kind for p in patterns(condition.when)}

    def item(self, item: Item) -> Text:
        if isinstance(item, AnyOf):
            branches = [_joined([self.item(part) for part in branch], " and ", "且") for branch in item.branches]
            return _joined(branches, " or ", "或")
        if item.kind == FLAG:
            title = self.book.rules[item.flag or ""].title
            return _negated(title) if item.negated else title
        condition = self.condition(item.condition)
        if item.kind == COMPANY:
            return condition
        kind = self.book.catalogue.kinds[item.kind].title
        return self._of_kind(item, kind, condition)

    @staticmethod
    def _of_kind(item: Pattern, kind: Text, condition: Text) -> Text:
        if item.negated:
            return Text(f"No {kind.en.lower()}: {condition.en}", f"无{kind.zh}：{condition.zh}")
        return Text(f"{kind.en}: {condition.en}", f"{kind.zh}：{condition.zh}")

    def condition(self, node: Expression) -> Text:
        match node:
            case And(items):
                return _joined([self.condition(i) for i in items], " and ", "且")
            case Or(items):
                return _joined([self.condition(i) for i in items], " or ", "或")
            case Not(item):
                return _negated(self.condition(item))
            case Compare(op, left, right):
                (en, zh), typed = _COMPARISONS[op], self._typed(left)
                one, other = self._term(left, None), self._term(right, typed)
                return Text(f"{one.en} {en} {other.en}", f"{one.zh}{zh} {other.zh}")
        return self._term(node, None)

    def _typed(self, node: Expression) -> TypedEntry | None:
        if not isinstance(node, Name):
            return None
        if node.scope == COMPANY:
            return self.book.catalogue.claimable.get(node.field)
        kind = self.book.catalogue.kinds.get(self.kinds.get(node.scope, ""))
        return kind.fields.get(node.field) if kind else None

    def _term(self, node: Expression, compared: TypedEntry | None) -> Text:
        """A side of a comparison; a number in the unit of what it is compared with."""
        if isinstance(node, Name) and node.scope == "params":
            param = self.params[node.field]
            return self._number(float(param.value), param.unit)
        if isinstance(node, Number):
            return self._number(node.value, compared.unit if compared else "number")
        typed = self._typed(node)
        return typed.title if typed else Text.of(format_expression(node).replace("company.", ""))

    @staticmethod
    def _number(value: float, unit: str) -> Text:
        return Text(show_number(value, unit, "en"), show_number(value, unit, "zh"))


def _negated(text: Text) -> Text:
    return Text(f"Not so: {text.en}", f"并非：{text.zh}")


def _joined(texts: list[Text], en: str, zh: str) -> Text:
    return Text(en.join(text.en for text in texts), zh.join(text.zh for text in texts))


def _flow(value: Any) -> str:
    """A value as YAML in one line, as people write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    plain = isinstance(value, str) and value.replace("-", "").isalnum() and value[0].isalpha()
    return value if plain and value not in ("true", "false", "null") else json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(clean(text), ensure_ascii=False)


def _both(text: Text) -> str:
    return f"{{en: {_quoted(text.en)}, zh: {_quoted(text.zh)}}}"
