"""Options that several commands share."""

import os
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

import click

from screener.errors import ScreenerError

F = TypeVar("F", bound=Callable[..., Any])
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format (bidi), surrogates, line and paragraph separators


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
    from screener.report.terminal import wants_colour as wants

    return wants(sys.stdout, os.environ)


def say(text: str) -> None:
    """Prints to standard output; what its encoding lacks is replaced, never an error."""
    encoding = sys.stdout.encoding or "utf-8"
    _print(text.encode(encoding, "replace").decode(encoding))


def say_document(text: str) -> None:
    """Prints a document to standard output: in UTF-8 whatever the terminal's encoding is."""
    _print(text.encode("utf-8", "replace"))


def _print(text: str | bytes) -> None:
    try:
        click.echo(text, color=True)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough: nothing more can be said, and the exit code still counts
        hush()


def hush() -> None:
    """Lets standard output lead nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(error: ScreenerError) -> None:
    """Prints all problems of an error to standard error, without what could steer a terminal."""
    for problem in error.problems:
        click.echo("".join(map(_harmless, str(problem))), err=True)


def _harmless(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _STEERING else character
