"""`screener rules`: the workshop for rules."""

from collections.abc import Mapping

import click

from screener.cli.lazy import Commands

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "list": ("rules.listing", "list_rules", "List the rules in force."),
    "packs": ("rules.listing", "packs", "List the rule packs that --pack knows."),
    "show": ("rules.show", "show", "Show one rule: what it says, why, when it is wrong."),
    "graph": ("rules.graph", "graph", "Draw which figures feed which metrics, rules and patterns."),
    "docs": ("rules.docs", "docs", "Write a page for each rule, and an index."),
    "new": ("rules.new", "new", "Write the first draft of a rule, with examples that pass already."),
    "check": ("rules.check", "check", "Check rule files: all that is wrong, as path:line:column."),
    "schema": ("rules.schema", "schema", "Print the JSON Schema of rule files, packs or settings."),
    "diff": ("rules.diff", "diff", "What two versions of a rule set decide differently, and why."),
    "coverage": ("rules.coverage", "coverage", "Which rules nothing ever fired, left clear or left unknown."),
    "test": ("rules.test", "test", "Run the examples inside rules."),
}


@click.group(cls=Commands, lazy=COMMANDS)
def rules() -> None:
    """List, show, write, check and test rules."""
