"""`screener rules`: the workshop for rules."""

from collections.abc import Mapping

import click

from screener.cli.lazy_group import LazyGroup

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "list": ("rules_group.rules_list", "list_rules", "List the rules in force."),
    "packs": ("rules_group.rules_list", "packs", "List the rule packs that --pack knows."),
    "show": ("rules_group.rules_show", "show", "Show one rule: what it says, why, when it is wrong."),
    "graph": ("rules_group.rules_graph", "graph", "Draw which figures feed which metrics, rules and patterns."),
    "docs": ("rules_group.rules_docs", "docs", "Write a page for each rule, and an index."),
    "new": ("rules_group.rules_new", "new", "Write the first draft of a rule, with examples that pass already."),
    "check": ("rules_group.rules_check", "check", "Check rule files: all that is wrong, as path:line:column."),
    "schema": ("rules_group.rules_schema", "schema", "Print the JSON Schema of rule files, packs or settings."),
    "diff": ("rules_group.rules_diff", "diff", "What two versions of a rule set decide differently, and why."),
    "coverage": (
        "rules_group.rules_coverage",
        "coverage",
        "Which rules nothing ever fired, left clear or left unknown.",
    ),
    "test": ("rules_group.rules_test", "test", "Run the examples inside rules."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def rules() -> None:
    """List, show, write, check and test rules."""
