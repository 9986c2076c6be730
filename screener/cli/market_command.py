"""`screener market`: a table of companies in, a table of results out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import print_problems, print_text
from screener.cli.shared_options import RuleSelection, rule_options
from screener.errors import ScreenerError

if TYPE_CHECKING:
    from screener.market.market_run import Summary

MOST_RULES = 10  # that are listed by how often they fired


@click.command()
@click.argument("table", metavar="TABLE")
@click.option(
    "--map",
    "map_path",
    metavar="FILE",
    help="What the table's columns are (docs/market.md); not needed for a Parquet file whose columns have the catalogue's names.",
)
@click.option(
    "--out",
    metavar="FILE",
    default="results.parquet",
    show_default=True,
    help="One row a company: Parquet or CSV by its name.",
)
@click.option("--findings", metavar="FILE", help="One row a rule and company, too: Parquet or CSV by its name.")
@click.option(
    "--list",
    "lists",
    metavar="LIST=FILE",
    multiple=True,
    help="Members of a list (customers, products …): Parquet or CSV, one row a member; its column `company` is the "
    "id of whose it is. May be given several times.",
)
@click.option("--complete", metavar="LIST", multiple=True, help="A --list that names all members there are.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Threads.  [default: one a core]")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@rule_options
@click.pass_context
def market(
    ctx: click.Context,
    table: str,
    map_path: str | None,
    out: str,
    findings: str | None,
    lists: tuple[str, ...],
    complete: tuple[str, ...],
    jobs: int | None,
    quiet: bool,
    selection: RuleSelection,
) -> None:
    """Screen a table of companies, and write a table of results.

    All rules are judged on whole columns, with the same results as `run` gives company by company. TABLE is Parquet, CSV,
    TSV, Excel or ARFF; Parquet is read batch by batch, so that it may be larger than memory. Rows that can't be read are
    told and left out; then the exit code is 3.

    \b
    Examples:
      screener market universe.parquet --out results.parquet
      screener market universe.parquet --pack classic --out results.csv --findings findings.parquet
      screener market companies.csv --map companies-map.yaml --out results.csv
      screener market universe.parquet --list customers=customers.csv --complete customers
    """
    screener = selection.screener([table])
    from screener.market.market_run import cores, open_table, screen

    source = open_table(screener, table, map_path)
    members = None
    if lists or complete:
        from screener.market.relation_tables import Lists

        members = Lists(_named(lists), complete, screener.rulebook.catalogue)
    with progress(source.rows, quiet) as screening:
        rows = Path(findings) if findings else None
        found = screen(screener, source, Path(out), rows, jobs or cores(), screening, lists=members)
    if found.problems:
        print_problems(ScreenerError(found.problems))
    if not quiet:
        print_text("\n".join([*counts(found), f"results: {out}" + (f", findings: {findings}" if findings else "")]))
    ctx.exit(3 if found.dropped else 0)


def _named(lists: tuple[str, ...]) -> dict[str, str]:
    """LIST=FILE as a table."""
    found = {}
    for said in lists:
        name, equals, path = said.partition("=")
        if not equals or not path:
            raise click.BadParameter(f"'{said}' is not LIST=FILE", param_hint="--list")
        if name in found:
            raise click.BadParameter(f"the list '{name}' is given twice", param_hint="--list")
        found[name] = path
    return found


def counts(found: "Summary") -> list[str]:
    """What the terminal says of many companies: verdicts, and the rules that fired most often."""
    lines = [f"{found.companies:,} companies"]
    lines += [f"  {word:<18} {many:>11,}  {many / found.companies:7.1%}" for word, many in found.verdicts.items()]
    if found.fired:
        lines.append("Fired most often:")
        most = list(found.fired.items())[:MOST_RULES]
        width = max(len(rule) for rule, _ in most)
        lines += [f"  {rule:<{width}} {many:>11,}  {many / found.companies:7.1%}" for rule, many in most]
    return lines


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("Screening", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda rows: bar.advance(task, rows)
