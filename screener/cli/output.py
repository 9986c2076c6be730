"""Output of commands to the terminal, a pipe or a file, without characters that could control a terminal."""

import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from screener import __version__
from screener.errors import OutputError, Problem, ScreenerError
from screener.text import printable, whole_number

if TYPE_CHECKING:
    from screener.io.replacing import ReplacePolicy

_stdout_is_unread = False
_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")
MOST_PROBLEMS = 1000  # number of problems that one command prints
MAX_WIDTH = 120  # width of a text in columns, for wide terminals, pipes and files
MIN_HEIGHT = 25  # number of lines of a summary


class TextOutput:
    """Where a command writes its one text: standard output (`path` is None), or a file, a pipe or a device.

    `policy` says which existing files it may replace (None: those that screener wrote); `quiet` prints nothing.
    """

    def __init__(self, path: Path | None, policy: "ReplacePolicy | None" = None, quiet: bool = False) -> None:
        self.path, self.policy, self.quiet = path, policy, quiet

    @property
    def width(self) -> int:
        """Returns the width of the text in columns."""
        return terminal_width() if self.path is None else MAX_WIDTH

    @property
    def colour(self) -> bool:
        """Returns whether the output is coloured."""
        return self.path is None and wants_colour()

    def write_text(self, text: str) -> None:
        """Writes a text for people: to standard output in its encoding, or to a file, with a last line that names the
        program.

        Raises OutputError.
        """
        if self.path is not None:
            from screener.io.atomic import is_stream

            self.write_document(text if is_stream(self.path) else text.rstrip("\n") + f"\n\nscreener {__version__}\n")
        elif not self.quiet:
            print_text(text)

    def write_document(self, text: str | bytes) -> None:
        """Writes a document for programs, always in UTF-8. Raises OutputError."""
        if self.path is not None:
            from screener.io.atomic import write_file

            content = text if isinstance(text, bytes) else text.encode("utf-8", "replace").removesuffix(b"\n") + b"\n"
            write_file(self.path, content, self.policy)
        elif not self.quiet:
            print_document(text)

    def write_workbook(self, content: bytes) -> None:
        """Writes an Excel workbook to a file. Raises UsageError if no file is named, and OutputError."""
        self.require_file("xlsx")
        self.write_document(content)

    def require_file(self, form: str) -> None:
        """Raises UsageError if no file is named for a format that terminals can't show."""
        if self.path is None:
            raise click.UsageError(f"--format {form} is written to a file: name one with --out")

    def write_json(self, data: object, kind: str = "") -> None:
        """Writes data as JSON with the field `schema` first, which names its `kind`. Raises OutputError."""
        if kind and isinstance(data, dict):
            data = {"schema": f"screener/{kind}/1", **data}
        self.write_document(json.dumps(data, ensure_ascii=False, indent=1))

    def confirm(self, text: str) -> None:
        """Reports on standard output that the file is written; prints nothing if the text went to standard output or a
        pipe."""
        from screener.io.atomic import is_stream

        if self.path is not None and not self.quiet and not is_stream(self.path):
            print_text(text)


def output_path(out: str | None) -> Path | None:
    """Returns the path that `--out` names; None for standard output. Raises BadParameter for an empty name."""
    if out == "":
        raise click.BadParameter("the name is empty", param_hint="--out")
    return None if out is None or out == "-" else Path(out)


def terminal_width() -> int:
    """Returns the width to write in: COLUMNS, else that of the terminal, at most 120; for a pipe 120."""
    import shutil

    if named := whole_number(os.environ.get("COLUMNS", "")):
        return min(named, MAX_WIDTH)
    return min(shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else MAX_WIDTH, MAX_WIDTH)


def terminal_height() -> int:
    """Returns the number of lines for a summary: LINES, else the terminal's height without the prompt, at least 25; for
    a pipe 25."""
    import shutil

    if named := whole_number(os.environ.get("LINES", "")):
        return max(named - 1, MIN_HEIGHT)
    return max(shutil.get_terminal_size((80, 24)).lines - 1 if sys.stdout.isatty() else MIN_HEIGHT, MIN_HEIGHT)


def wants_colour() -> bool:
    """Returns whether output to standard output is coloured."""
    from screener.report.terminal.text_layout import takes_colour

    return takes_colour(sys.stdout, os.environ)


def print_text(text: str, raise_if_unread: bool = False) -> None:
    """Prints to standard output; characters that its encoding lacks, and those that could control a terminal other
    than colours, are replaced.

    If the reader of standard output has closed it, raises BrokenPipeError if `raise_if_unread`, else prints nothing.
    """
    encoding = sys.stdout.encoding or "utf-8"
    if wants_colour():  # every other part is a colour
        text = "".join(part if n % 2 else printable(part) for n, part in enumerate(_COLOURS.split(text)))
    else:
        text = printable(text)
    _print(text.encode(encoding, "replace").decode(encoding), raise_if_unread)


def print_document(text: str | bytes) -> None:
    """Prints a document to standard output, in UTF-8 whatever the terminal's encoding is."""
    _print(text.encode("utf-8", "replace") if isinstance(text, str) else text)


def _print(text: str | bytes, raise_if_unread: bool = False) -> None:
    try:
        click.echo(text, color=True, nl=text[-1:] not in ("\n", b"\n"))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has ended; the exit code stays as it is
        if raise_if_unread:
            raise
        silence_stdout()
    except OSError as error:  # a full disk
        raise stdout_error(error) from error


def stdout_error(error: OSError) -> OutputError:
    """Returns an error that says why standard output can't be written, and discards further output."""
    silence_stdout()
    what = f"can't be written: {(error.strerror or str(error)).lower()}"
    return OutputError(Problem(what, "write to another place with --out", "standard output"))


def silence_stdout() -> None:
    """Discards everything printed to standard output from now on."""
    global _stdout_is_unread
    _stdout_is_unread = True
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    """Discards what a standard stream still holds, and everything written to it from now on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def stdout_is_unread() -> bool:
    """Returns whether the reader of standard output has closed it."""
    return _stdout_is_unread


def print_problems(error: ScreenerError | Iterable[Problem]) -> None:
    """Prints the problems of an error to standard error, without characters that could control a terminal; of more than
    MOST_PROBLEMS, their number."""
    with ProblemPrinter() as listed:
        listed.print(error)


class ProblemPrinter:
    """Prints the problems of many inputs to standard error, and at the end how many were not printed beyond the first
    MOST_PROBLEMS."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "ProblemPrinter":
        return self

    def __exit__(self, *_: object) -> None:
        if self.count > MOST_PROBLEMS:
            print_notice(f"there are {self.count - MOST_PROBLEMS:,} further problems; correct those above first")

    def print(self, error: ScreenerError | Iterable[Problem]) -> None:
        """Prints the problems of one input."""
        for problem in error.problems if isinstance(error, ScreenerError) else error:
            self.count += 1
            if self.count <= MOST_PROBLEMS:
                print_notice(str(problem).replace("\n", "\N{REPLACEMENT CHARACTER}"))


def print_notice(text: str) -> None:
    """Prints a line to standard error, without characters that could control a terminal.

    Prints nothing if standard error can't be written (a full disk, a closed pipe or terminal): the exit code says enough.
    """
    try:
        click.echo(printable(text), err=True)
    except OSError:
        _discard(sys.stderr)
