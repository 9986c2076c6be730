"""`screener rules test`."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import click

from screener.cli.output import TextOutput, print_text, terminal_width
from screener.cli.rules_group.selected_rules import added_to_option, chosen
from screener.cli.shared_options import format_option, output_option
from screener.rules.rule import Rule
from screener.rules.rule_files import select_rule_files
from screener.screening import Screener
from screener.text import printable

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
@format_option("text", "json", "junit")
@output_option
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
    form: str,
    out: TextOutput,
) -> None:
    """Run the examples in rule files; without a path those of the built-in rules.

    Exit code 3 if one fails. --mutate moves each threshold, replaces each operator, and leaves out or negates each condition,
    one at a time, and reports the changes that no example notices.

    \b
    Examples:
      screener rules test my-rules/
      screener rules test -k leverage --verbose
      screener rules test my-rules/ --mutate
      screener rules test my-rules/ --format junit -o rules.xml
    """
    selection = select_rule_files(paths, packs)
    screener = Screener.load(selection.added, packs=selection.packs)
    rules = [kept for rule in chosen(screener, paths) if (kept := _matching(rule, pattern)).examples]
    mutated = [rule for rule in chosen(screener, paths) if pattern in rule.id] if mutate else None
    if form != "text":
        failed = _write_report(screener, rules, mutated, first=first, form=form, out=out)
        ctx.exit(3 if failed else 0)
    lines = _Lines(out)
    begun = time.perf_counter()
    passed, failed = _run(screener, rules, first, verbose, lines)
    took = (
        "" if out.path is not None else f" in {time.perf_counter() - begun:.2f} s"
    )  # files have the same bytes each time
    lines.add((f"{failed} failed, " if failed else "") + f"{passed} passed{took}", always=bool(failed))
    if not failed and mutated is not None:
        _mutate(screener, mutated, lines)
    lines.end()
    ctx.exit(3 if failed else 0)


class _Lines:
    """Prints lines at once or, if a file is named, writes all of them at the end; --quiet leaves out those that are not
    needed."""

    def __init__(self, out: TextOutput) -> None:
        self.out, self._kept = out, list[str]()

    def add(self, text: str, *, always: bool = True) -> None:
        if self.out.path is not None:
            self._kept.append(text)
        elif always or not self.out.quiet:
            print_text(text)

    def end(self) -> None:
        if self.out.path is not None:
            self.out.write_text("\n".join(self._kept))


def _write_report(
    screener: Screener, rules: list[Rule], mutated: list[Rule] | None, *, first: bool, form: str, out: TextOutput
) -> int:
    """Writes the results of examples and mutations, and returns how many examples failed. Mutations are tried only if
    none failed."""
    from screener.rule_testing import run_examples
    from screener.rule_testing.example_report import report_data, report_junit
    from screener.rule_testing.mutation_run import run_mutants

    runs = []
    with closing(run_examples(screener, rules)) as found:
        for run in found:
            runs.append(run)
            if first and not run.holds:
                break
    failed = sum(not run.holds for run in runs)
    mutants = list(_progress(run_mutants(screener.rulebook, mutated))) if mutated is not None and not failed else None
    if form == "json":
        out.write_json(report_data(runs, mutants), "rules-test")
    else:
        out.write_document(report_junit(runs, mutants))
    return failed


def _matching(rule: Rule, pattern: str) -> Rule:
    """Returns the rule with those of its examples whose own or whose rule's name contains the pattern."""
    return replace(rule, examples=tuple(e for e in rule.examples if pattern in f"{rule.id} {e.name}"))


def _run(screener: Screener, rules: list[Rule], first: bool, verbose: bool, lines: _Lines) -> tuple[int, int]:
    from screener.rule_testing import run_examples
    from screener.rule_testing.example_text import failure_text

    total = sum(len(r.examples) for r in rules)
    failures, dots, passed = [], "", 0
    width = min(terminal_width(), 80) - 7
    with closing(run_examples(screener, rules)) as runs:
        for number, run in enumerate(runs, 1):
            passed += run.holds
            if verbose:
                status = "ok    " if run.holds else "FAILED"
                lines.add(f"{status}  {run.rule.id} {run.example.name}: {run.outcome or 'an error'}", always=False)
            else:
                dots += "." if run.holds else "F"
                if len(dots) == width or number == total or (first and not run.holds):
                    lines.add(f"{dots:{width}} [{number * 100 // total:3}%]", always=False)
                    dots = ""
            if not run.holds:
                failures.append(run)
                if first:
                    break
    for run in failures:
        lines.add("\n" + printable(failure_text(run, width + 7)))
    return passed, len(failures)


def _mutate(screener: Screener, rules: list[Rule], lines: _Lines) -> None:
    from screener.rule_testing.example_text import unnoticed_text
    from screener.rule_testing.mutation_run import run_mutants

    begun, noticed, total = time.perf_counter(), 0, 0
    for tried in _progress(run_mutants(screener.rulebook, rules)):
        total += 1
        noticed += tried.noticed
        if not tried.noticed:
            lines.add(printable(unnoticed_text(tried)))
    share = f" ({noticed * 100 / total:.1f} %)" if total else ""
    took = "" if lines.out.path is not None else f" in {time.perf_counter() - begun:.2f} s"
    lines.add(f"{noticed} of {total} mutations noticed{share}{took}")


def _progress(items: Iterable[T]) -> Iterator[T]:
    """Yields the items, and counts them on a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    for number, item in enumerate(items, 1):
        click.echo(f"\r{number} mutations\r", nl=False, err=True)
        yield item
