"""`screener market`: screens a table of companies into a table of results."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import print_notice, print_problems, print_text, terminal_width, wants_colour
from screener.cli.progress import progress_bar, stage_facts
from screener.cli.report_options import csv_encoding_option
from screener.cli.shared_options import (
    RuleSelection,
    force_option,
    gather_options,
    language_option,
    named_files,
    quiet_option,
    rule_options,
)
from screener.errors import ScreenerError
from screener.io.paths import is_folder
from screener.io.replacing import ReplacePolicy, refuse_same_file
from screener.text import Language, clean

if TYPE_CHECKING:
    from screener.market.market_run import CompanySource, MarketSummary
    from screener.report.views.table_page import TablePage
    from screener.rules.rulebook import Rulebook

_STANDARD_OUTPUT = "/dev/stdout"


def _table_path(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    if value == "":
        raise click.BadParameter("the name is empty")
    return None if value is None else Path(_STANDARD_OUTPUT if value == "-" else value)


def _list_files(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Returns the values LIST=FILE of an option as a mapping."""
    files: dict[str, str] = {}
    for value in values:
        name, equals, path = value.partition("=")
        if not equals or not path:
            raise click.BadParameter(f"'{value}' is not LIST=FILE")
        if name in files:
            raise click.BadParameter(f"the list '{name}' is given twice")
        files[name] = path
    return files


@dataclass(frozen=True)
class MarketInput:
    """The companies to screen: those of a table, or the filers of data sets."""

    table: str | None
    datasets: tuple[str, ...]
    map_path: str | None

    def paths(self) -> list[str]:
        """Returns the files to read. Raises UsageError if neither or both kinds are named."""
        if bool(self.table) == bool(self.datasets):
            raise click.UsageError(
                "name a TABLE or --dataset, not both" if self.table else "name a TABLE, or --dataset"
            )
        if self.map_path and not self.table:
            raise click.UsageError("--map is of a TABLE, and a data set needs none")
        return [self.table] if self.table else list(self.datasets)


@dataclass(frozen=True)
class MarketOutput:
    """Destination and format of the tables of results."""

    out: Path
    findings: Path | None
    form: str | None
    csv_encoding: str
    force: bool

    @property
    def page(self) -> Path | None:
        """Returns the path of the summary page, if one is requested. Raises UsageError if it would go to standard
        output."""
        if self.form != "html" and (self.form or self.out.suffix.lower() != ".html"):
            return None
        if str(self.out) == _STANDARD_OUTPUT:
            raise click.UsageError("a page has a table beside it; name a file with --out, such as market.html")
        return self.out.with_suffix(".html")

    @property
    def table_form(self) -> str | None:
        """Returns the format of the tables; None if their file names decide."""
        return None if self.form == "html" else self.form


@click.command()
@click.argument("table", metavar="TABLE", required=False)
@click.option(
    "--dataset",
    "datasets",
    metavar="PATH",
    multiple=True,
    help="Instead of TABLE: a folder or zip file of the SEC's Financial Statement Data Sets (num.txt, sub.txt), all of whose "
    "filers are screened. Repeatable: several quarters of one filer go together.",
)
@click.option(
    "--map",
    "map_path",
    metavar="FILE",
    help="Which columns the table has (docs/market.md); not needed for a Parquet file whose columns have the catalogue's names.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    default="results.parquet",
    show_default=True,
    callback=_table_path,
    help="The table of results, one row per company; '-' writes it to standard output. As .xlsx a workbook: companies, flags, "
    "figures, unknowns, method; as .html a page, with the table as CSV beside it.",
)
@click.option(
    "--findings", metavar="FILE", callback=_table_path, help="Write a second table, one row per company and rule."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "xlsx", "html"]),
    help="Format of both tables; html: a page that sums up the market, and the table as CSV beside it.  [default: by the "
    "name of each file]",
)
@click.option(
    "--list",
    "lists",
    metavar="LIST=FILE",
    multiple=True,
    callback=_list_files,
    help="Members of a list (customers, products …): Parquet or CSV, one row per member; its column `company` has the "
    "id of the company that the member belongs to. Repeatable.",
)
@click.option("--complete", metavar="LIST", multiple=True, help="A --list that names all members. Repeatable.")
@click.option(
    "--others",
    metavar="LIST.FIELD=LOW..HIGH",
    multiple=True,
    help="What is true of every member that a --list does not name, such as customers.share_of_revenue=0..0.0999. Repeatable.",
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), metavar="N", help="Threads.  [default: one per core]")
@csv_encoding_option
@force_option
@language_option
@quiet_option
@rule_options
@gather_options(MarketInput, "given")
@gather_options(MarketOutput, "output")
@click.pass_context
def market(
    ctx: click.Context,
    *,
    given: MarketInput,
    output: MarketOutput,
    lists: dict[str, str],
    complete: tuple[str, ...],
    others: tuple[str, ...],
    jobs: int | None,
    language: Language,
    quiet: bool,
    selection: RuleSelection,
) -> None:
    """Screen a table of companies, and write a table of results.

    All rules are evaluated on whole columns, with the same results as `run` for each company. TABLE is Parquet, CSV,
    TSV, Excel, OpenDocument or ARFF; Parquet is read in batches, so that it may be larger than memory. Rows that can't be read are
    reported and left out; the exit code is then 3.

    \b
    Examples:
      screener market universe.parquet --out results.parquet
      screener market universe.parquet --pack classic --out results.csv --findings findings.parquet
      screener market companies.csv --map companies-map.yaml --out results.csv
      screener market universe.parquet --list customers=customers.csv --complete customers
      screener market --dataset 2025q1.zip --pack core --pack classic --out results.parquet
      screener market universe.parquet --out market.html
    """
    page, findings, form = output.page, output.findings, output.table_form
    out = page.with_suffix(".csv") if page is not None else output.out
    inputs = given.paths()
    for path in inputs:
        is_folder(path)  # raises an error if the file does not exist
    refuse_same_file([path for path in (page, out, findings) if path is not None])
    policy = ReplacePolicy(output.force, named_files([*inputs, given.map_path, *lists.values(), selection]))
    screener = selection.screener(inputs)
    from screener.io.atomic import is_stream
    from screener.io.processes import available_cores
    from screener.market.dataset_batches import DatasetBatches
    from screener.market.market_run import open_table, screen_table, use_system_memory
    from screener.market.result_tables import COMPANY_SCHEMA, FINDING_SCHEMA
    from screener.market.results_workbook import ResultsWorkbook, results_workbook
    from screener.market.table_writer import TableWriter, format_of, table_writer

    use_system_memory()
    members = None
    if lists or complete or others:
        from screener.market.relation_tables import RelationTables

        members = RelationTables(lists, complete, screener.rulebook.catalogue, others)
    with ExitStack() as stack:
        filers = None
        if given.table:
            with progress_bar(None, quiet, "Reading") as read:
                source: CompanySource = open_table(screener, given.table, given.map_path, lambda rows: read(rows, 0))
        else:
            from screener.importers.dataset.dataset_profiles import DatasetImport

            filers = DatasetImport(given.datasets, screener.rulebook.catalogue)
            source = DatasetBatches(screener, filers, stage_facts(stack, filers, quiet), ", ".join(given.datasets))
        for note in () if quiet else source.notes:
            print_notice(f"{source.path}: {note}")
        results: TableWriter | ResultsWorkbook = (
            results_workbook(out, screener, language, policy)
            if format_of(out, form) == "xlsx"
            else table_writer(out, COMPANY_SCHEMA, form, policy, output.csv_encoding)
        )
        digest = None
        if page is not None:
            from screener.market.market_page import MarketDigest, MarketTables
            from screener.report.wording import load_wording

            digest = MarketDigest()
        advance = stack.enter_context(progress_bar(source.rows, quiet))
        found = screen_table(
            screener,
            source,
            results,
            table_writer(findings, FINDING_SCHEMA, form, policy, output.csv_encoding) if findings else None,
            jobs=jobs or available_cores(),
            progress=lambda rows: advance(rows, 0),
            written=digest.add if digest is not None else lambda companies: None,
            lists=members,
        )
        if filers is not None:
            found = found._replace(problems=(*filers.problems, *found.problems))
    if page is not None and digest is not None:
        files = [os.path.relpath(path, page.parent) for path in (out, findings) if path is not None]
        _write_page(
            page, MarketTables(digest, found, screener.rulebook, load_wording(language)).page(files), language, policy
        )
    if found.problems:
        print_problems(ScreenerError(found.problems))
    if not quiet and not is_stream(out):
        named = (("page", page), ("results", out), ("findings", findings))
        written = ", ".join(f"{what}: {clean(str(path))}" for what, path in named if path is not None)
        print_text(summary_text(found, screener.rulebook, language) + written)
    ctx.exit(3 if found.dropped or found.problems else 0)


def _write_page(path: Path, view: "TablePage", language: Language, policy: ReplacePolicy) -> None:
    """Writes the page that summarizes the market. Raises OutputError."""
    from screener.market.table_writer import opened_file
    from screener.report.pages.html_pages import page

    with opened_file(path, policy) as file:
        file.write(page("tables.html.jinja", language, view=view).encode("utf-8", "replace"))


def summary_text(found: "MarketSummary", book: "Rulebook", language: Language) -> str:
    """Returns a summary of many companies for standard output: verdicts, and the rules that fired most often."""
    from screener.report.terminal.market_text import market_text

    width, colour = terminal_width(), wants_colour()
    return market_text(found.companies, found.verdicts, found.fired, book.rules, language, width=width, colour=colour)
