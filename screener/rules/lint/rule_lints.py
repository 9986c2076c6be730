"""Finds what a rule lacks: reasons of thresholds, texts in each language, sources, examples; and unused parameters."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from screener.errors import Problem, ScreenerError
from screener.expression.syntax_tree import comparisons, names_in
from screener.profile.loader import read_profile
from screener.rules.lint.condition_lints import LARGE_FRACTION, lint_conditions
from screener.rules.lint.divisors import lint_rule_divisors
from screener.rules.lint.linted_rule import LintedRule
from screener.rules.rule import EXAMPLE_OUTCOMES, PLACEHOLDER, Rule, patterns

TEXTS = ("title", "clear_title", "headline", "says", "why", "clears", "false_alarms")
LANGUAGES = {"en": "English", "zh": "Chinese"}
CHINESE_CHARACTER = re.compile("[\u3400-\u9fff]")


def lint_parameters(linted: LintedRule) -> Iterator[Problem]:
    """Parameters that are not used, have no reason, or look like percentages."""
    rule = linted.rule
    conditions = [p.condition for p in patterns(rule.when)] + ([rule.applies] if rule.applies is not None else [])
    conditions += [value for fields in rule.concludes.values() for value in fields.values()]
    read = {n.field for c in conditions for n in names_in(c) if n.scope == "params"}
    for name, param in rule.params.items():
        path = ["params", name]
        if name not in read:
            what, hint = f"no condition reads the parameter '{name}'", f"use it as params.{name}, or leave it out"
            yield linted.warning(path, "unused-param", what, hint, key=True)
        if isinstance(param.value, bool) or not isinstance(param.value, int | float):
            continue
        hint = "add why: with a source, or say that it is a judgement"
        if param.why is None:
            what = f"no reason is given for the threshold '{name}'"
            yield linted.warning(path, "no-reason", what, hint, key=True)
        for sector in (s for s, value in param.by_sector.items() if value.why is None):
            what = f"no reason is given for the threshold '{name}' in {sector}"
            yield linted.warning([*path, "by_sector", sector], "no-reason", what, hint, key=True)
        if param.unit == "money" and param.currency is None and any((param.value, *param.sectors.values())):
            what = f"the amount '{name}' has no currency"
            hint = "add currency: USD; amounts in other currencies are then compared by a rate of the profile"
            yield linted.warning(path, "no-currency", what, hint, key=True)
        if param.unit == "fraction" and abs(param.value) >= LARGE_FRACTION:
            what = f"the fraction '{name}' is {param.value:g}"
            yield linted.warning(
                [*path, "value"], "percent", what, f"write {param.value / 100:g} for {param.value:g} %"
            )


def lint_texts(linted: LintedRule) -> Iterator[Problem]:
    """Texts that are missing in a language, and rules that name no source."""
    missing: dict[str, list[str]] = {}
    for key in TEXTS:
        for language in missing_languages(linted.document.data.get(key), linted.context.languages):
            missing.setdefault(language, []).append(key)
    for language, keys in missing.items():
        what = f"no {LANGUAGES[language]} text in {', '.join(keys)}"
        yield linted.warning([keys[0]], "no-text", what, "write {en: …, zh: …}", key=True)
    if not linted.rule.references and not linted.rule.claims:
        hint = "add references: with its sources, or claims:"
        yield linted.warning(["rule"], "no-reference", "names neither a reference nor a claim", hint)


def missing_languages(text: Any, languages: tuple[str, ...]) -> list[str]:
    """The languages in which a text is missing; a plain text is in the language of its letters."""
    if text is None:
        return []
    if isinstance(text, str):
        if not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", text)):
            return []
        text = {"zh" if CHINESE_CHARACTER.search(text) else "en": text}
    return [language for language in languages if language in LANGUAGES and not str(text.get(language) or "").strip()]


def lint_examples(linted: LintedRule) -> Iterator[Problem]:
    """Examples that are missing: each rule shows itself fired, on the boundary, clear and unknown."""
    rule = linted.rule
    needed = [n for n in EXAMPLE_OUTCOMES if n != "boundary" or _has_threshold(rule)]
    if rule.flag == "data":
        needed.remove("unknown")
    missing = [n for n in needed if n not in {e.name for e in rule.examples}]
    if missing:
        path = ["examples"] if rule.examples else ["rule"]
        what = f"has no example {', '.join(missing)}" if rule.examples else "has no examples"
        hint = f"add examples: with small profiles ({', '.join(missing)}); see docs/writing-rules.md"
        yield linted.warning(path, "no-example", what, hint, key=bool(rule.examples))


def lint_example_profiles(linted: LintedRule) -> Iterator[Problem]:
    """Examples that can't be read as profiles."""
    for example in linted.rule.examples:
        profile = {"name": "Example company", "id": "example", **example.profile}
        try:
            read_profile(linted.document.part(example.path, profile), linted.context.catalogue)
        except ScreenerError as error:
            yield from (p.located(code="bad-example") for p in error.problems)


def _has_threshold(rule: Rule) -> bool:
    return any(c.op not in ("==", "!=") for p in patterns(rule.when) for c in comparisons(p.condition))


LINTS: tuple[Callable[[LintedRule], Iterator[Problem]], ...] = (
    lint_conditions,
    lint_rule_divisors,
    lint_parameters,
    lint_texts,
    lint_examples,
    lint_example_profiles,
)
