"""The command line. Each command reads its options, calls the package, prints and exits. Only this package imports
click."""

import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

import click

from screener import __version__
from screener.cli.lazy_group import LazyGroup
from screener.cli.limited_memory import run_in_child
from screener.cli.output import print_notice, print_problems, silence_stdout, stdout_error
from screener.errors import ScreenerError, UnavailableError
from screener.io.paths import has_current_folder
from screener.io.read_files import recording_reads

_NO_FOLDER = "the current folder was deleted; change to one that exists"
WRONG_USAGE, BAD_INPUT, NOT_COMPLETED = 2, 3, 4  # exit codes

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "run": ("run_command", "run", "Screen profiles and write their reports."),
    "market": ("market_command", "market", "Screen a table of companies into a table of results."),
    "report": ("report_command", "report", "Write the reports of stored results again."),
    "compare": ("compare_command", "compare", "Show what changed between two results of a company, and why."),
    "explain": ("explain_command", "explain", "Explain why a rule fired, why it did not, or what is missing."),
    "import": ("import_group", "imports", "Make profiles from filings and tables."),
    "rules": ("rules_group", "rules", "List, show, write, check and test rules."),
    "try": ("try_rules", "try_rules", "Try a rule on companies while you write it."),
    "profile": ("profile_group", "profile", "Write, check and describe profiles."),
    "validate": ("validate_command", "validate", "Measure rules on companies that failed or survived."),
    "portfolio": ("portfolio_command", "portfolio", "Screen the companies of a portfolio, weighted by exposure."),
    "shock": ("shock_command", "shock", "Show what a shock to one company does to the others."),
    "history": ("history_command", "history", "Show score and flags of a company over several runs."),
    "serve": ("serve_command", "serve", "Serve profiles as local web pages: what-if, look-ups, comparisons."),
    "mcp": ("mcp_command", "mcp", "Serve tools to an assistant over the Model Context Protocol."),
    "config": ("config_command", "config", "Print the settings that apply, and what they change."),
    "version": ("version_command", "version", "Print the versions of screener, its rules and its engine."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="screener %(version)s")
def group() -> None:
    """Screen companies for investment risk with rules that explain their conclusions.

    Every rule ends as fired, clear or unknown: a missing figure never counts as a pass.

    \b
    Examples:
      screener run fixtures/oracle.json
      screener run fixtures/ --format html,json --out reports
      screener explain fixtures/oracle.json circular-financing
      screener rules check my-rules/

    Exit codes: 0 success, 1 a verdict as bad as --fail-on, 2 wrong usage, 3 an error in profiles, rules or data, or
    output that can't be written, 4 not completed (not enough memory, no Dask scheduler, or a fault of screener).
    """


def main() -> None:
    """Runs the command line, reports errors on standard error, and exits with a code that says what happened."""
    sys.stdin, sys.stdout, sys.stderr = (s or _nowhere() for s in (sys.stdin, sys.stdout, sys.stderr))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy is loaded even if no thread can be started
    ended = run_in_child(NOT_COMPLETED)
    sys.exit(_run() if ended is None else ended)


def _run() -> int:
    if not has_current_folder():  # relative paths, links and settings could not be looked up
        print_notice(_NO_FOLDER)
        return NOT_COMPLETED
    try:
        with recording_reads():
            code = group.main(prog_name="screener", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except (click.Abort, KeyboardInterrupt):
        print_notice("stopped")
        code = 130
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        print_notice(shown.getvalue().removesuffix("\n"))
        code = error.exit_code
    except ScreenerError as error:
        print_problems(error)
        code = _exit_code(error)
    except (BrokenPipeError, SystemExit):  # click exits this way when the reader of its help has closed the pipe
        silence_stdout()
        code = 0
    except Exception as error:
        code = _unforeseen(error)
    return code if isinstance(code, int) else 0


def _exit_code(error: ScreenerError) -> int:
    """Returns the exit code of an error: wrong usage if all its problems are in options, else that of its class."""
    if isinstance(error, UnavailableError):
        return NOT_COMPLETED
    return WRONG_USAGE if all(problem.code == "bad-option" for problem in error.problems) else BAD_INPUT


_NO_MEMORY = ("failed to map segment", "cannot allocate memory")
"""Parts of the messages of errors that mean too little memory to load a library."""
_NO_THREAD = "can't start new thread"
_WHAT_TO_DO = {
    errno.EAGAIN: "; end other processes, or raise the limit (ulimit -u)",
    errno.EMFILE: "; raise the limit (ulimit -n)",
    errno.ENFILE: "; end other processes",
}


def _unforeseen(error: Exception) -> int:
    """Reports an error that no command expects."""
    error = _cause(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:  # click's help
        print_problems(stdout_error(error))
        return BAD_INPUT
    if isinstance(error, FileNotFoundError) and not has_current_folder():  # it was deleted during the command
        print_notice(_NO_FOLDER)
        return NOT_COMPLETED
    if isinstance(error, OSError):  # for example no file descriptors left
        reason = (error.strerror or str(error)).lower() + _WHAT_TO_DO.get(error.errno or 0, "")
        print_notice(f"{error.filename or 'the system'}: {reason}")
        return NOT_COMPLETED
    if isinstance(error, RuntimeError) and _NO_THREAD in str(error):
        print_notice(f"the system: {_NO_THREAD}; end other processes, or raise the limits (ulimit -u, ulimit -v)")
        return NOT_COMPLETED
    no_memory = isinstance(error, ImportError | RuntimeError) and any(text in str(error).lower() for text in _NO_MEMORY)
    if no_memory or isinstance(error, MemoryError):
        print_notice("there is not enough memory; free some, or screen fewer companies at a time")
        return NOT_COMPLETED
    import traceback

    with suppress(OSError):  # nobody reads standard error
        traceback.print_exception(error)
    print_notice("this is a fault of screener; please report it with the lines above")
    return NOT_COMPLETED


def _cause(error: Exception) -> Exception:
    """Returns the only error of a group (an ExceptionGroup, which Python 3.10 lacks), or the error itself."""
    causes: Sequence[Exception] = getattr(error, "exceptions", ())
    return _cause(causes[0]) if len(causes) == 1 else error


def _nowhere() -> TextIO:
    """Returns a stream that replaces a closed standard stream."""
    return open(os.devnull, "r+", encoding="utf-8")  # noqa: PTH123
