"""Floor 9: the command line. The only place that imports click; each command parses, calls, prints and exits."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click

from screener import __version__
from screener.cli.lazy_group import LazyGroup
from screener.cli.output import print_problems, silence_stdout
from screener.errors import ScreenerError

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "run": ("run_command", "run", "Screen profiles and write their reports."),
    "market": ("market_command", "market", "Screen a table of companies into a table of results."),
    "report": ("report_command", "report", "Write the reports of stored results again."),
    "compare": ("compare_command", "compare", "What changed between two results of a company, and why."),
    "explain": ("explain_command", "explain", "Why a rule fired, why not, or what is missing."),
    "import": ("import_group", "imports", "Make profiles from filings and tables."),
    "rules": ("rules_group", "rules", "List, show, write, check and test rules."),
    "try": ("try_rules", "try_rules", "Try a rule on companies while you write it."),
    "profile": ("profile_group", "profile", "Write, check and describe profiles."),
    "validate": ("validate_command", "validate", "Hold rules against companies that failed or survived."),
    "history": ("history_command", "history", "Score and flags of a company over runs, and what changed."),
    "config": ("config_command", "config", "Print the settings that hold, and what they change."),
    "version": ("version_command", "version", "Versions of screener, its rules and its engine."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="screener %(version)s")
def group() -> None:
    """Screens companies for investment risk with rules that explain themselves.

    Every rule ends as fired, clear or unknown: a missing figure is never a pass.

    \b
    Examples:
      screener run fixtures/oracle.json
      screener run fixtures/ --format html,json --out reports
      screener explain fixtures/oracle.json circular-financing
      screener rules check my-rules/

    Exit codes: 0 done, 1 a verdict as bad as --fail-on, 2 wrong usage, 3 bad profile, rules or data.
    """


def main() -> None:
    """Runs the command line; errors that a user can mend go to standard error, and the exit code says what happened."""
    sys.stdin, sys.stdout, sys.stderr = (s or _nowhere() for s in (sys.stdin, sys.stdout, sys.stderr))
    try:
        code = group.main(prog_name="screener", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ScreenerError as error:
        print_problems(error)
        code = 3
    except (BrokenPipeError, SystemExit):  # click leaves so when nobody reads its help any more
        silence_stdout()
        code = 0
    except OSError as error:  # a full disk behind standard output
        print(f"can't be written: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        silence_stdout()
        code = 3
    sys.exit(code if isinstance(code, int) else 0)


def _nowhere() -> TextIO:
    """In place of a standard stream that was closed."""
    return open(os.devnull, "r+", encoding="utf-8")  # noqa: PTH123
