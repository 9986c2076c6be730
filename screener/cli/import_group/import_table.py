"""`screener import table`: makes profiles from a table of companies, or guesses the map of the table."""

import click

from screener.cli.output import TextOutput, output_path, print_notice, print_problems, print_text
from screener.cli.progress import progress_bar, with_progress
from screener.cli.shared_options import force_option, named_files, packs_option, quiet_option, rule_files_option
from screener.errors import DocumentError, Problem
from screener.io.atomic import is_stream
from screener.io.replacing import ReplacePolicy
from screener.text import clean

MANY = 1000  # number of profiles from which a progress bar is shown


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--map",
    "map_path",
    metavar="FILE",
    help="Which columns the table has: a file, or the name of a built-in map (polish).",
)
@click.option("--guess", is_flag=True, help="Propose a map from the headers and the cells; check it before you use it.")
@click.option("--sheet", metavar="NAME", help="The sheet of an Excel file; else the first.")
@packs_option("A rule pack whose metrics the map may name, instead of all built-in packs. Repeatable.")
@rule_files_option("Rule files whose metrics the map may name. Repeatable.")
@click.option(
    "-o",
    "--out",
    metavar="FILE|DIR",
    help="A folder for the profiles, a .jsonl file or a pipe for one per line, or a file for the map.  [default: standard output]",
)
@force_option
@quiet_option
@click.pass_context
def table(
    ctx: click.Context,
    *,
    file: str,
    map_path: str | None,
    guess: bool,
    sheet: str | None,
    packs: tuple[str, ...],
    rules: tuple[str, ...],
    out: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Make profiles from a table of companies: CSV, TSV, Excel, OpenDocument, Parquet or ARFF.

    A map states which column is which figure or metric, in what unit and scale, and where names, dates and periods come
    from (docs/importing.md). Cells that can't be read are reported by row and column and leave their figure unknown;
    the exit code is then 3. `screener run FILE --map MAP` screens a table without writing profiles.

    \b
    Examples:
      screener import table universe.csv --guess -o columns.yaml
      screener import table universe.csv --map columns.yaml -o universe/
      screener import table 1year.arff --map polish -o companies.jsonl
    """
    if (map_path is None) != guess:
        raise click.UsageError("give --map FILE, or --guess to have one proposed")
    from screener.rules.packs import built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(rules, packs=list(packs) or list(built_in_packs())).catalogue
    path, policy = output_path(out), ReplacePolicy(force, named_files([file, map_path, *rules]))
    if map_path is None:
        from screener.importers.table.map_proposal import propose_map

        found = propose_map(file, catalogue, sheet)
        TextOutput(path, policy).write_document(found.text)
        if not found.columns:
            what = f"nothing was recognised as a figure or metric ({found.recognised})"
            print_problems([Problem(what, "write the columns of the map by hand; see docs/importing.md", file)])
            ctx.exit(3)
        if path is not None and not quiet and not is_stream(path):
            print_text(f"{clean(str(out))}: {found.recognised}")
        return
    from screener.cli.import_group.destination import write_profiles
    from screener.importers.table.company_table import read_table

    with progress_bar(None, quiet, "Reading") as read:
        table = read_table(file, map_path, catalogue, sheet, progress=lambda rows: read(rows, 0))
    for note in () if quiet else table.notes:
        print_notice(f"{file}: {note}")
    if table.problems:
        print_problems(DocumentError(table.problems))
    every = (data for _, data in table.documents())
    documents = with_progress(every, len(table), quiet or len(table) < MANY, "Profiles")
    count = write_profiles(documents, out, several=True, policy=policy)
    if path is not None and not quiet and not is_stream(path):
        rest = f"; {table.dropped:,} rows were left out" if table.dropped else ""
        where = f" in {clean(str(out))}" if count else ""
        print_text(f"{count:,} profile{'s'[: count != 1]}{where}{rest}")
    ctx.exit(3 if table.problems else 0)
