"""`screener rules`: commands for writers of rules."""

from collections.abc import Mapping

import click

from screener.cli.lazy_group import LazyGroup

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "list": ("rules_group.rules_list", "list_rules", "List the rules in force."),
    "packs": ("rules_group.rules_list", "packs", "List the rule packs that --pack accepts."),
    "show": ("rules_group.rules_show", "show", "Show one rule: its condition, reasons and known false alarms."),
    "graph": ("rules_group.rules_graph", "graph", "Draw which figures are used by which metrics, rules and patterns."),
    "docs": ("rules_group.rules_docs", "docs", "Write a page for each rule, and an index."),
    "new": ("rules_group.rules_new", "new", "Write the first draft of a rule, with examples that pass."),
    "check": ("rules_group.rules_check", "check", "Check rule files, and report all problems as path:line:column."),
    "schema": ("rules_group.rules_schema", "schema", "Print the JSON Schema of rule files, packs or settings."),
    "diff": ("rules_group.rules_diff", "diff", "Show what two rule sets decide differently, and why."),
    "coverage": (
        "rules_group.rules_coverage",
        "coverage",
        "List outcomes of rules that no profile and no example covers.",
    ),
    "test": ("rules_group.rules_test", "test", "Run the examples inside rules."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def rules() -> None:
    """List, show, write, check and test rules."""
