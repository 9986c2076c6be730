"""What commands print: to the terminal, a pipe or a file, and nothing in it that could steer a terminal."""

import os
import sys
import unicodedata
from collections.abc import Iterable

import click

from screener.errors import Problem, ScreenerError

_silenced = False
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format (bidi), surrogates, line and paragraph separators


def terminal_width() -> int:
    """Columns to write in: those of COLUMNS, else of the terminal, 80 when piped; at most 120."""
    import shutil

    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked):
        return min(int(asked), 120)
    return min(shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80, 120)


def wants_colour() -> bool:
    """Whether standard output takes colour."""
    from screener.report.terminal.company_text import wants_colour as wants

    return wants(sys.stdout, os.environ)


def print_text(text: str, ends: bool = False) -> None:
    """Prints to standard output; what its encoding lacks is replaced. `ends`: BrokenPipeError where nobody reads."""
    encoding = sys.stdout.encoding or "utf-8"
    _print(text.encode(encoding, "replace").decode(encoding), ends)


def print_document(text: str | bytes) -> None:
    """Prints a document to standard output: in UTF-8 whatever the terminal's encoding is."""
    _print(text.encode("utf-8", "replace") if isinstance(text, str) else text)


def _print(text: str | bytes, ends: bool = False) -> None:
    try:
        click.echo(text, color=True, nl=text[-1:] not in ("\n", b"\n"))
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough: nothing more can be said, and the exit code still counts
        if ends:
            raise
        silence_stdout()


def silence_stdout() -> None:
    """Lets standard output lead nowhere."""
    global _silenced
    _silenced = True
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def stdout_is_unread() -> bool:
    """Whether nobody reads standard output any more."""
    return _silenced


def print_problems(error: ScreenerError | Iterable[Problem]) -> None:
    """Prints all problems of an error to standard error, without what could steer a terminal."""
    for problem in error.problems if isinstance(error, ScreenerError) else error:
        click.echo(printable(str(problem).replace("\n", "\N{REPLACEMENT CHARACTER}")), err=True)


def printable(text: str) -> str:
    """Text without what could steer a terminal, but for the ends of its lines."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _STEERING and c != "\n" else c for c in text
    )
