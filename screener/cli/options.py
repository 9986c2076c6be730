"""Options that several commands share."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def rule_options(command: F) -> F:
    """--rules, --set and --disable: what judges."""
    for option in (
        click.option("--disable", "disabled", multiple=True, metavar="RULE", help="Leave a rule out. Repeatable."),
        click.option("--set", "settings", multiple=True, metavar="RULE.PARAM=VALUE",
                     help="Change a parameter; RULE.PARAM.SECTOR=VALUE for one sector. Repeatable."),
        click.option("--rules", "rules", multiple=True, metavar="FILE|DIR",
                     help="Rule files to add to the built-in pack. Repeatable."),
    ):  # fmt: skip
        command = option(command)
    return command


def language_option(command: F) -> F:
    """--lang."""
    return click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True,
                        help="Language of the output.")(command)  # fmt: skip


def terminal_width() -> int:
    """Columns to write in: those of the terminal, 80 when piped; at most 120."""
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80, 120)


def wants_colour() -> bool:
    """Whether standard output takes colour."""
    import os

    from screener.report.terminal import wants_colour as wants

    return wants(sys.stdout, os.environ)


def say(text: str) -> None:
    """Prints to standard output; what its encoding lacks is replaced, never an error."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding), color=True)


def complain(error: Any) -> None:
    """Prints all problems of an error to standard error."""
    for problem in error.problems:
        click.echo(str(problem), err=True)
