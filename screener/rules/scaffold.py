"""The first draft of a rule: a condition on one figure or metric, texts to be replaced, examples that stand at its threshold."""

import json
from typing import NamedTuple

from screener.errors import ExpressionError, Problem, RulesError
from screener.expression.parser import parse
from screener.expression.syntax_tree import Compare, Name, Negative, Not, Number
from screener.profile.catalogue import TypedEntry
from screener.rules.lint.rule_lints import CHINESE_CHARACTER
from screener.rules.rulebook import Rulebook
from screener.text import Text, clean, did_you_mean
from screener.units import NUMERIC, show_number
from screener.vocabulary import Flag

DEFAULT_CONDITION = "gross_margin < 0.2"
CONDITION_HINT = "write NAME > NUMBER (or >=, <, <=), or NAME or not NAME for a statement; the file can say more"
_SIDES = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_WORDS = {">": ("above", "高于"), ">=": ("at least", "不低于"), "<": ("below", "低于"), "<=": ("at most", "不高于")}


class Condition(NamedTuple):
    """`name op threshold`, or a statement that is true (op "") or false (op "not")."""

    name: str
    op: str
    threshold: float
    typed: TypedEntry
    formula: str | None
    metric: bool

    @property
    def param(self) -> str:
        """The name of the threshold."""
        return "most" if self.op in (">", ">=") else "least"

    @property
    def written(self) -> str:
        """The condition as it stands in the file."""
        if self.op in _SIDES:
            return f"{self.name} {self.op} params.{self.param}"
        return f"{self.op} {self.name}".strip()


class RuleDraft(NamedTuple):
    """What a first draft says; texts in two languages, where nothing was said those to be replaced."""

    id: str
    condition: Condition
    flag: str = "red"
    severity: str = ""
    category: str = ""
    title: Text | None = None
    why: Text = Text("Why this matters to whoever decides.", "为何这对决策者重要。")
    clears: Text = Text("What the company would have to show.", "公司须拿出什么证明。")
    false_alarms: Text = Text("When this rule is known to be wrong.", "此规则何时会误报。")
    reference: str = "House rule; a judgement, with no outside source"


def merge_languages(said: str, otherwise: Text) -> Text:
    """What somebody said, in its language; the other language keeps what stands there."""
    said = clean(said)
    if not said:
        return otherwise
    return Text(otherwise.en, said) if CHINESE_CHARACTER.search(said) else Text(said, otherwise.zh)


def read_condition(text: str, book: Rulebook) -> Condition:
    """The condition that a text means. Raises RulesError with what to write."""

    def wrong(what: str, hint: str = CONDITION_HINT) -> RulesError:
        return RulesError(Problem(what, hint, clean(text)))

    try:
        found = parse(text)
    except ExpressionError as error:
        raise RulesError(p.located(file=clean(text), column=None) for p in error.problems) from None
    if isinstance(found, Compare) and isinstance(found.left, Number | Negative) and isinstance(found.right, Name):
        found = Compare(_SIDES.get(found.op, found.op), found.right, found.left)
    negated = isinstance(found, Not)
    name, threshold = found.item if isinstance(found, Not) else found, 0.0
    if isinstance(found, Compare):
        name, right = found.left, found.right
        sign = -1.0 if isinstance(right, Negative) else 1.0
        number = right.item if isinstance(right, Negative) else right
        if not isinstance(number, Number) or found.op not in _SIDES:
            raise wrong("is not a comparison of one figure or metric with a number")
        threshold = sign * number.value
    if not isinstance(name, Name) or name.scope not in ("", "company"):
        raise wrong("is not a condition on one figure or metric")
    catalogue = book.catalogue
    typed = catalogue.claimable.get(name.field)
    if typed is None:
        other = catalogue.aliases.get(name.field)
        hint = f"write '{other}'" if other else did_you_mean(name.field, catalogue.claimable, "see rules/catalog/")
        raise wrong(f"there is no figure or metric '{name.field}'", hint)
    if isinstance(found, Compare) != (typed.unit in NUMERIC):
        raise wrong(f"'{name.field}' is a {typed.unit}", CONDITION_HINT)
    op = found.op if isinstance(found, Compare) else "not" if negated else ""
    metric = book.metrics.get(name.field)
    return Condition(name.field, op, threshold, typed, metric.text if metric else None, name.field in catalogue.metrics)


def draft_title(condition: Condition) -> Text:
    """What the condition says."""
    title = condition.typed.title
    if condition.op not in _SIDES:
        return Text(f"Not so: {title.en}", f"并非：{title.zh}") if condition.op else title
    (en, zh), unit = _WORDS[condition.op], condition.typed.unit
    at = Text(show_number(condition.threshold, unit, "en"), show_number(condition.threshold, unit, "zh"))
    return Text(f"{title.en} {en} {at.en}", f"{title.zh}{zh} {at.zh}")


def draft_category(condition: Condition, book: Rulebook) -> str:
    """The category of the first rule that looks at the same, else the first one of all."""
    same = (r.category for r in book.rules.values() if any(condition.name in c.split() for c in r.conditions))
    return next(same, "profitability" if condition.name == "gross_margin" else next(iter(book.catalogue.categories)))


def rule_draft_yaml(draft: RuleDraft, book: Rulebook, schema: str = "") -> str:
    """The file. `schema` is where an editor finds the schema of rule files, from there."""
    condition, name = draft.condition, f"{draft.id}.yaml"
    unit, title = condition.typed.unit, condition.typed.title
    says = Text(f"{title.en} is {{company.{condition.name}}}.", f"{title.zh}为 {{company.{condition.name}}}。")
    if condition.op not in _SIDES:
        says = Text(f"{draft_title(condition).en}.", f"{draft_title(condition).zh}。")
    severity, category = (
        draft.severity or Flag(draft.flag).severities[1],
        draft.category or draft_category(condition, book),
    )
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [
        "# A first draft: change whatever is here, and run after each change",
        f"#   screener rules check {name}    what is wrong, each with its line",
        f"#   screener rules test {name}     whether the examples come out as they say",
        "# How rules are written: docs/writing-rules.md. Which names there are: rules/catalog/.",
        f"rule: {draft.id}",
        f"flag: {draft.flag}  # red speaks against a company, green for it; data and pattern: see docs/writing-rules.md",
        f"severity: {severity}  # of a {draft.flag} rule: {', '.join(Flag(draft.flag).severities)}",
        f"category: {category}  # {', '.join(list(book.catalogue.categories)[:5])}, … see rules/catalog/categories.yaml",
        "# cause: NAME  # flags that speak of the same trouble count once",
        f"title: {_both(draft.title or draft_title(condition))}",
    ]
    if condition.op in _SIDES:
        lines += [
            "params:  # a threshold has a name and a reason; others can change it without touching this file",
            f"  {condition.param}:",
            f"    value: {_number(condition.threshold)}" + ("  # 0.30 is 30 %" if unit == "fraction" else ""),
            f"    unit: {unit}",
            f"    why: {_both(Text('Where this threshold comes from; a judgement.', '此阈值的来源；为判断。'))}",
            "    # by_sector: {utilities: {value: …, why: {en: …, zh: …}}}",
        ]
    lines += [
        "when:  # all of these must hold; such lines work too:",
        "  # - customer as c: 'share_of_revenue > 0.3'   # it has such a customer,",
        "  # - flag of c.party: loss-making              # of whom another rule says this",
        "  # - not flag: multi-sourced                   # another rule did not fire",
        f"  - company: '{condition.written}'",
        f"says: {_both(says)}  # one sentence, shown when it fired",
        f"why: {_both(draft.why)}",
        f"clears: {_both(draft.clears)}",
        f"false_alarms: {_both(draft.false_alarms)}",
        "# not_for: [banks, insurers]  # sectors for which it does not hold",
        f"references: [{_quoted(draft.reference)}]",
        "# status: preview  # shown, but out of the score, until it has proved itself",
        "examples:  # small profiles and what must come of them: fired, clear, clear, unknown, or expect: …",
    ]
    if condition.metric and condition.formula:
        lines.append(f"  # {condition.name} is {condition.formula}: figures: {{…}} may give those instead")
    return "\n".join([*lines, *(f"  {row}" for row in _examples(condition)), ""])


def _examples(condition: Condition) -> list[str]:
    where = "metrics" if condition.metric else "figures"

    def given(name: str, value: str, expect: str = "") -> str:
        return f"{name}: {{{expect}{where}: {{{condition.name}: {value}}}}}"

    if condition.op not in _SIDES:
        yes, no = ("false", "true") if condition.op else ("true", "false")
        return [given("fires", yes), given("clear", no), "unknown: {}"]
    t, inclusive = condition.threshold, len(condition.op) == 2
    step = 1.0 if condition.typed.unit == "count" or (t == 0 and condition.typed.unit == "money") else abs(t) / 200
    up, down = _within(t, step or 0.01, condition.typed)
    beyond, before = (up, down) if condition.op[0] == ">" else (down, up)
    return [
        given("fires", _number(beyond)),
        given("boundary", _number(t), "expect: fired, " if inclusive else ""),
        given("clear", _number(before)),
        "unknown: {}",
    ]


def _within(t: float, step: float, typed: TypedEntry) -> tuple[float, float]:
    """A little more and a little less than a threshold, inside the domain where there is room."""
    high, low = typed.bounds.hi, typed.bounds.lo
    up = t + step if t + step <= high else (t + high) / 2
    down = t - step if t - step >= low else (t + low) / 2
    return up, down


def _number(value: float) -> str:
    return f"{value:.12g}"


def _quoted(text: str) -> str:
    return json.dumps(clean(text), ensure_ascii=False)


def _both(text: Text) -> str:
    return f"{{en: {_quoted(text.en)}, zh: {_quoted(text.zh)}}}"
