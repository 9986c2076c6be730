"""Fills in the texts of rules with the values of a company, and writes values, titles and relations in words."""

import re
from collections.abc import Mapping
from functools import lru_cache

from screener.engine.rule_context import name_lookup
from screener.expression.interval import Interval, Missing
from screener.expression.interval_ops import Value
from screener.expression.syntax_tree import Name
from screener.facts.changed_world import KINDS_ON_FIGURES
from screener.facts.company import CompanyFacts
from screener.facts.fact import COMPANY, Fact
from screener.facts.plausibility import SLIP, find_slips
from screener.facts.world import World
from screener.profile.word_titles import word_title
from screener.rules.compiler import Program
from screener.rules.rule import PLACEHOLDER, Rule
from screener.text import Language, Text, clean, within_sentence
from screener.units import not_stated, says_nothing, show_interval, show_truth, unknown, with_currency

_NOT_KNOWN = "\0"  # marks the words for an unknown value until brackets are processed; no text contains it
_BRACKET = re.compile(r" ?[(（]([^()（）]*\0[^()（）]*)[)）]")
_IN_BRACKET = {"en": ("; ", " ({})"), "zh": ("；", "（{}）")}
_SPACE_BETWEEN_CHINESE = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) (?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)


def name_title(name: Name, program: Program, kinds: Mapping[str, str]) -> tuple[Text, str]:
    """Returns title and unit of a figure, a metric or a field of a bound fact; `kinds` has the kinds of bound facts by
    name."""
    if name.scope in (COMPANY, ""):
        return figure_title(name.field, program)
    if name.scope in kinds and kinds[name.scope] in program.catalogue.kinds:
        entry = program.catalogue.kinds[kinds[name.scope]].fields[name.field]
        return entry.title, entry.unit
    return Text.of(str(name)), "number"


def figure_title(name: str, program: Program) -> tuple[Text, str]:
    """Returns title and unit of a figure or metric of a company."""
    entry = program.metrics.get(name) or program.catalogue.figures.get(name)
    return (entry.title, entry.unit) if entry else (Text.of(name), "text")


def earlier_title(title: Text, periods_back: int) -> Text:
    """Returns the title of a figure or metric, `periods_back` periods before the one used."""
    if periods_back == 0:
        return title
    count = "one period" if periods_back == 1 else f"{periods_back} periods"
    last = "上一期" if periods_back == 1 else f"前 {periods_back} 期"
    return Text(f"{title.en}, {count} before", f"{title.zh}（{last}）")


def value_text(
    value: Value, unit: str, language: Language, world: World | None = None, currency: str | None = None
) -> str:
    """Returns a value in words: a company by its name, an amount with its currency if known."""
    if isinstance(value, Missing):
        return unknown(language)
    if isinstance(value, Interval):
        if says_nothing(value.lo, value.hi, unit):
            return unknown(language)
        return (
            money_text(value, currency, language)
            if unit == "money"
            else show_interval(value.lo, value.hi, unit, language)
        )
    if isinstance(value, bool) or unit == "truth":
        return show_truth(value if isinstance(value, bool) else None, language)
    if value is None:
        return unknown(language)
    if unit == "company" and world is not None:
        return clean(world.name(value).get(language))
    return clean(word_title(value).get(language) if unit == "word" else value)


def money_text(value: Interval, currency: str | None, language: Language) -> str:
    """Returns an amount in words, with its currency if known."""
    shown = show_interval(value.lo, value.hi, "money", language)
    return with_currency(shown, currency, language) if currency else shown


@lru_cache(maxsize=4096)
def placeholder_names(text: str) -> tuple[Name, ...]:
    """Returns the names in a text's placeholders: values of the company, of parameters (`params`) and of bound facts."""
    return tuple(Name(scope, field) for scope, field, _ in PLACEHOLDER.findall(text))


@lru_cache(maxsize=4096)
def _text_without_placeholders(text: Text) -> Text | None:
    """Returns the text as `fill_text` does, if it has no placeholders; else None."""
    if placeholder_names(text.en) or placeholder_names(text.zh):
        return None
    return Text(text.en, _SPACE_BETWEEN_CHINESE.sub("", text.zh))


def fill_text(
    text: Text, rule: Rule, company: CompanyFacts, binding: Mapping[str, Fact], program: Program, world: World
) -> Text:
    """Returns a rule's text with placeholders replaced by values of the company, the parameters and the bound facts.

    Text in brackets is left out if its value is unknown: ' (share of revenue: {c.share_of_revenue})'. Elsewhere, words
    replace an unknown value: 'an amount not stated', 'an unnamed company'.
    """
    filled = _filled(text, rule, company, binding, program, world)
    return filled.map(lambda part: part.replace(_NOT_KNOWN, ""))


def fill_headline(
    text: Text, rule: Rule, company: CompanyFacts, binding: Mapping[str, Fact], program: Program, world: World
) -> Text | None:
    """Returns a rule's headline, filled in like `fill_text`; None if a value that it shows is unknown."""
    filled = _filled(text, rule, company, binding, program, world)
    return None if _NOT_KNOWN in filled.en or _NOT_KNOWN in filled.zh else filled


def _filled(
    text: Text, rule: Rule, company: CompanyFacts, binding: Mapping[str, Fact], program: Program, world: World
) -> Text:
    """Returns the text with values, and a mark before the words for each unknown one; empty brackets are left out."""
    if (constant := _text_without_placeholders(text)) is not None:
        return constant
    lookup = name_lookup(rule, company, binding, program.catalogue)
    currency = company.subject.currency or world.profile.subject.currency

    def fill(language: Language, template: str) -> str:
        def replace(found: re.Match[str]) -> str:
            scope, field, form = found.groups()
            if (scope, field) == (COMPANY, "name"):
                return clean(company.subject.name.get(language))
            fact = binding.get(scope)
            shown, unit = _derived_value_text(fact, field, language, program, world), "money"
            if shown is None:
                unit = form or _unit_of(Name(scope, field), rule, binding, program)
                of_company = None if scope == "params" else currency
                shown = value_text(lookup(Name(scope, field)), unit, language, world, of_company)
            if shown != unknown(language):
                return shown
            words = _missing_words(fact, unit, language, program)
            return _NOT_KNOWN + (words if found.start() else words[:1].upper() + words[1:])

        filled = _without_unknown(PLACEHOLDER.sub(replace, template), language)
        return _SPACE_BETWEEN_CHINESE.sub("", filled) if language == "zh" else filled

    return Text(fill("en", text.en), fill("zh", text.zh))


def _without_unknown(filled: str, language: Language) -> str:
    """Returns the text without those parts of its brackets that show an unknown value."""
    separator, bracket = _IN_BRACKET[language]

    def known_parts(found: re.Match[str]) -> str:
        parts = [part for part in found[1].split(separator) if _NOT_KNOWN not in part]
        return bracket.format(separator.join(parts)) if parts else ""

    return _BRACKET.sub(known_parts, filled)


def _missing_words(fact: Fact | None, unit: str, language: Language, program: Program) -> str:
    """Returns the words for an unknown value, such as 'an unnamed product' for the subject of a relation."""
    if fact is not None and unit in ("text", "word") and fact.kind in program.catalogue.kinds:
        title = program.catalogue.kinds[fact.kind].title
        return f"an unnamed {within_sentence(title.en)}" if language == "en" else f"未具名的{title.zh}"
    return not_stated(unit, language)


def _derived_value_text(
    fact: Fact | None, field: str, language: Language, program: Program, world: World
) -> str | None:
    """Returns values that screener derives in the reader's language: the members of a loop, the title of a figure."""
    if fact is None:
        return None
    if fact.kind == "loop" and field in ("members", "weakest"):
        loop = world.loops[int(fact.id[5 : fact.id.index("]")])]
        if (
            field == "weakest"
        ):  # amount of the link that is weakest now; the value of the field allows for unknown amounts
            currency = world.profile.subject.currency
            return value_text(loop.flows[loop.weakest].fields["amount"], "money", language, world, currency)
        return " → ".join(clean(world.name(m).get(language)) for m in (*loop.members, loop.members[0]))
    if fact.kind in KINDS_ON_FIGURES and field == "figure":
        return figure_title(str(fact.fields[field]), program)[0].get(language)
    if fact.kind == SLIP and field == "remark":
        slips = find_slips(world.companies[fact.of].reconciled, program.catalogue.claimable)
        place = int(fact.id[fact.id.rindex("[") + 1 : -1])
        return next(slip.remark.get(language) for i, slip in enumerate(slips) if i == place)
    return None


def _unit_of(name: Name, rule: Rule, binding: Mapping[str, Fact], program: Program) -> str:
    if name.scope == "params":
        return rule.params[name.field].unit
    return name_title(name, program, {n: f.kind for n, f in binding.items()})[1]


def relation_title(fact: Fact, world: World) -> Text | None:
    """Returns the title of a relation: the counterparty's name, or its description."""
    if "party" in fact.companies and fact.fields.get("party") is not None:
        return world.name(fact.companies["party"])
    for field in ("what", "product"):
        if isinstance(value := fact.fields.get(field), str):
            return word_title(value)
    return None
