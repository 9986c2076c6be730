"""Checks references between rules: the flags that they use, the rules that they soften, and their successors."""

from collections.abc import Iterator, Mapping

from screener.errors import Problem
from screener.io.document import Document
from screener.rules.rule import Pattern, Rule, patterns
from screener.rules.rule_graph import RuleGraph
from screener.text import clean, did_you_mean

_LIST_RULES = "see screener rules list"


def check_references(
    in_force: Mapping[str, Rule], all_rules: Mapping[str, Rule], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Errors and warnings about references between rules.

    `in_force` are the rules that are not disabled; `all_rules` and `documents` have the disabled ones, too.
    """
    for rule in in_force.values():
        document = documents[rule.id]
        for pattern in patterns(rule.when):
            if pattern.flag is not None:
                yield from _check_flag(rule, pattern, pattern.flag, in_force, all_rules, document)
        for i, softened in enumerate(rule.softens):
            if softened not in all_rules or all_rules[softened].flag != "red":
                red = [name for name, other in in_force.items() if other.flag == "red"]
                what, hint = f"there is no red rule '{clean(softened)}'", did_you_mean(softened, red, "name a red rule")
                yield document.problem(["softens", i], what, hint, code="unknown-rule")
        if rule.replaced_by and rule.replaced_by not in in_force:
            what = f"there is no rule '{clean(rule.replaced_by)}'"
            hint = did_you_mean(rule.replaced_by, in_force, _LIST_RULES)
            yield document.problem(["replaced_by"], what, hint, code="unknown-rule")
    if cycle := RuleGraph(in_force).cycle_through_negation():
        rule = in_force[cycle[0]]
        what = f"rules depend on each other in a cycle through a negation: {' → '.join(cycle)}"
        path = next((p.path for p in patterns(rule.when) if p.flag == cycle[1]), ("when",))
        yield documents[rule.id].problem(path, what, "break it: no rule can depend on its own absence", code="circle")


def _check_flag(
    rule: Rule,
    pattern: Pattern,
    flag: str,
    in_force: Mapping[str, Rule],
    all_rules: Mapping[str, Rule],
    document: Document,
) -> Iterator[Problem]:
    """The problem with the flag that a pattern of a rule requires."""
    other = in_force.get(flag)
    if other is None and flag in all_rules:
        what, hint = f"the rule '{flag}' is disabled", f"disable {rule.id}, too"
        yield document.problem(pattern.path, what, hint, code="unknown-rule")
    elif other is None:
        what, hint = f"there is no rule '{clean(flag)}'", did_you_mean(flag, in_force, _LIST_RULES)
        yield document.problem(pattern.path, what, hint, code="unknown-rule")
    elif other.flag == "data":
        what = f"'{flag}' is a data rule; no rule may depend on one"
        yield document.problem(pattern.path, what, "use another flag", code="data-rule")
    elif other.status == "deprecated" and rule.status != "deprecated":
        hint = f"depend on {other.replaced_by} instead" if other.replaced_by else "depend on another flag"
        yield _warning(document, pattern, f"'{flag}' is deprecated", hint)
    elif other.status == "preview" and rule.status == "stable":
        what = f"'{flag}' is a preview rule, which may still change"
        yield _warning(document, pattern, what, "make this a preview rule, too")


def _warning(document: Document, pattern: Pattern, what: str, hint: str) -> Problem:
    return document.problem(pattern.path, what, hint, code="life-cycle").located(level="warning")
