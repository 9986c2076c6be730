"""Values in words, and the sentences of rules filled in with them."""

import re
from collections.abc import Mapping
from functools import lru_cache

from screener.engine.rule_context import name_lookup
from screener.expression.interval import Interval, Missing
from screener.expression.interval_ops import Value
from screener.expression.syntax_tree import Name
from screener.facts.builder import World
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, Fact
from screener.rules.compiler import Program
from screener.rules.rule import PLACEHOLDER, Rule
from screener.text import Language, Text, clean
from screener.units import show_interval, show_truth, unknown

_BETWEEN_HAN = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) (?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)


def title_of(name: Name, program: Program, kinds: Mapping[str, str]) -> tuple[Text, str]:
    """Title and unit of a figure, a metric or a field of a bound fact (`kinds`: name -> kind)."""
    if name.scope == COMPANY or name.scope == "":
        return figure_title(name.field, program)
    if name.scope in kinds and kinds[name.scope] in program.catalogue.kinds:
        entry = program.catalogue.kinds[kinds[name.scope]].fields[name.field]
        return entry.title, entry.unit
    return Text.of(str(name)), "number"


def figure_title(name: str, program: Program) -> tuple[Text, str]:
    """Title and unit of a figure or metric of a company."""
    if name in program.metrics:
        return program.metrics[name].title, program.metrics[name].unit
    if name in program.catalogue.figures:
        return program.catalogue.figures[name].title, program.catalogue.figures[name].unit
    return Text.of(name), "text"


def earlier(title: Text, periods: int) -> Text:
    """The title of a figure or metric so many periods before the settled one."""
    if periods == 0:
        return title
    count = "one period" if periods == 1 else f"{periods} periods"
    last = "上一期" if periods == 1 else f"前 {periods} 期"
    return Text(f"{title.en}, {count} before", f"{title.zh}({last})")


def show(value: Value, unit: str, language: Language, world: World | None = None) -> str:
    """A value in words; a company by its name."""
    if isinstance(value, Missing):
        return unknown(language)
    if isinstance(value, Interval):
        return show_interval(value.lo, value.hi, unit, language)
    if isinstance(value, bool) or unit == "truth":
        return show_truth(value if isinstance(value, bool) else None, language)
    if value is None:
        return unknown(language)
    if unit == "company" and world is not None:
        return clean(world.name(value).get(language))
    return clean(value)


@lru_cache(maxsize=4096)
def placeholders(text: str) -> tuple[tuple[str, str], ...]:
    """Whose values a text names (`company`, `params`, a bound fact), and which."""
    return tuple((scope, field) for scope, field, _ in PLACEHOLDER.findall(text))


@lru_cache(maxsize=4096)
def _constant(text: Text) -> Text | None:
    """A text without placeholders as `fill` leaves it, None for one with some."""
    if placeholders(text.en) or placeholders(text.zh):
        return None
    return Text(text.en, _BETWEEN_HAN.sub("", text.zh))


def fill(
    text: Text | None, rule: Rule, company: CompanyFacts, binding: Mapping[str, Fact], program: Program, world: World
) -> Text | None:
    """A rule's text with its placeholders replaced by values of the company and the bound facts."""
    if text is None:
        return None
    if (constant := _constant(text)) is not None:
        return constant
    look = name_lookup(rule, company, binding, program.catalogue)

    def one(language: Language, written: str) -> str:
        def replace(found: re.Match[str]) -> str:
            scope, field, form = found.groups()
            if (scope, field) == (COMPANY, "name"):
                return clean(company.subject.name.get(language))
            if (own := _derived(binding.get(scope), field, language, program, world)) is not None:
                return own
            unit = form or _unit(Name(scope, field), rule, binding, program)
            return show(look(Name(scope, field)), unit, language, world)

        filled = PLACEHOLDER.sub(replace, written)
        return _BETWEEN_HAN.sub("", filled) if language == "zh" else filled

    return Text(one("en", text.en), one("zh", text.zh))


def _derived(fact: Fact | None, field: str, language: Language, program: Program, world: World) -> str | None:
    """What the screener found itself, in the reader's language: the members of a loop, the title of a figure."""
    if fact is None:
        return None
    if fact.kind == "loop" and field in ("members", "weakest"):
        loop = world.loops[int(fact.id[5 : fact.id.index("]")])]
        if (
            field == "weakest"
        ):  # of the link that is weakest as things stand; the field itself allows for what is unknown
            return show(loop.flows[loop.weakest].fields["amount"], "money", language)
        members = loop.members
        return " → ".join(clean(world.name(m).get(language)) for m in (*members, members[0]))
    if fact.kind == "conflict" and field == "figure":
        return figure_title(str(fact.fields[field]), program)[0].get(language)
    return None


def _unit(name: Name, rule: Rule, binding: Mapping[str, Fact], program: Program) -> str:
    if name.scope == "params":
        return rule.params[name.field].unit
    kinds = {n: f.kind for n, f in binding.items()}
    return title_of(name, program, kinds)[1]


def about(fact: Fact, world: World) -> Text | None:
    """Which relation a fact is, in words: the counterparty's name, or what it says it is."""
    if "party" in fact.companies and fact.fields.get("party") is not None:
        return world.name(fact.companies["party"])
    for field in ("what", "product"):
        if isinstance(value := fact.fields.get(field), str):
            return Text.of(value)
    return None
