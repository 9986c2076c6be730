"""`screener rules test`."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import click

from screener.cli.output import print_text, printable, terminal_width
from screener.cli.rules_group.selected_rules import added_to_option, chosen
from screener.cli.shared_options import quiet_option
from screener.rules.rule import Rule
from screener.rules.rule_files import select_rule_files
from screener.screening import Screener

T = TypeVar("T")


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@added_to_option
@click.option("-k", "pattern", metavar="PATTERN", default="", help="Only rules and examples with this in their name.")
@click.option("-x", "first", is_flag=True, help="Stop at the first failure.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for every example.")
@click.option(
    "--mutate", is_flag=True, help="Change each condition a little, and report the changes that no example notices."
)
@quiet_option
@click.pass_context
def test(
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    packs: tuple[str, ...],
    pattern: str,
    first: bool,
    verbose: bool,
    mutate: bool,
    quiet: bool,
) -> None:
    """Run the examples inside rules; without a path those of the built-in rules.

    Exit code 3 if one fails. --mutate moves each threshold, replaces each operator, and leaves out or negates each condition,
    one at a time, and reports the changes that no example notices.

    \b
    Examples:
      screener rules test my-rules/
      screener rules test -k leverage --verbose
      screener rules test my-rules/ --mutate
    """
    selection = select_rule_files(paths, packs)
    screener = Screener.load(selection.added, packs=selection.packs)
    rules = [kept for rule in chosen(screener, paths) if (kept := _matching(rule, pattern)).examples]
    begun = time.perf_counter()
    passed, failed = _run(screener, rules, first, verbose, quiet)
    took = f" in {time.perf_counter() - begun:.2f} s"
    if not quiet or failed:
        print_text((f"{failed} failed, " if failed else "") + f"{passed} passed{took}")
    if failed:
        ctx.exit(3)
    if mutate:
        _mutate(screener, [r for r in chosen(screener, paths) if pattern in r.id])


def _matching(rule: Rule, pattern: str) -> Rule:
    """A rule with those of its examples whose name, or that of the rule, holds the pattern."""
    return replace(rule, examples=tuple(e for e in rule.examples if pattern in f"{rule.id} {e.name}"))


def _run(screener: Screener, rules: list[Rule], first: bool, verbose: bool, quiet: bool) -> tuple[int, int]:
    from screener.rule_testing import run_examples
    from screener.rule_testing.example_text import failure_text

    total = sum(len(r.examples) for r in rules)
    failures, dots, passed = [], "", 0
    width = min(terminal_width(), 80) - 7
    with closing(run_examples(screener, rules)) as runs:
        for number, run in enumerate(runs, 1):
            passed += run.holds
            if quiet:
                pass
            elif verbose:
                print_text(
                    f"{'ok    ' if run.holds else 'FAILED'}  {run.rule.id} {run.example.name}: {run.got or 'an error'}"
                )
            else:
                dots += "." if run.holds else "F"
                if len(dots) == width or number == total or (first and not run.holds):
                    print_text(f"{dots:{width}} [{number * 100 // total:3}%]")
                    dots = ""
            if not run.holds:
                failures.append(run)
                if first:
                    break
    for run in failures:
        print_text("\n" + printable(failure_text(run, width + 7)))
    return passed, len(failures)


def _mutate(screener: Screener, rules: list[Rule]) -> None:
    from screener.rule_testing.example_text import unnoticed_text
    from screener.rule_testing.mutation_run import run_mutants

    begun, noticed, total = time.perf_counter(), 0, 0
    for tried in _progress(run_mutants(screener.rulebook, rules)):
        total += 1
        noticed += tried.noticed
        if not tried.noticed:
            print_text(printable(unnoticed_text(tried)))
    share = f" ({noticed * 100 / total:.1f} %)" if total else ""
    print_text(f"{noticed} of {total} mutations noticed{share} in {time.perf_counter() - begun:.2f} s")


def _progress(items: Iterable[T]) -> Iterator[T]:
    """The items, counted on a terminal while they come."""
    if not sys.stderr.isatty():
        yield from items
        return
    for number, item in enumerate(items, 1):
        click.echo(f"\r{number} mutations\r", nl=False, err=True)
        yield item
