"""`screener import table`: a table of companies in, profiles out; or the map of a table, guessed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_document, print_problems, print_text
from screener.errors import DocumentError


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--map", "map_path", metavar="FILE", help="What the columns are: a file, or the name of a built-in map (polish)."
)
@click.option(
    "--guess", is_flag=True, help="Print a map, guessed from the headers and the cells; read it before you use it."
)
@click.option("--sheet", metavar="NAME", help="The sheet of an Excel file; else the first.")
@click.option(
    "--pack",
    "packs",
    multiple=True,
    metavar="NAME|DIR",
    help="A rule pack whose metrics the map may name; else those of all built-in packs. Repeatable.",
)
@click.option("--rules", "rules", multiple=True, metavar="FILE|DIR", help="Rule files likewise. Repeatable.")
@click.option(
    "-o",
    "--out",
    metavar="FILE|DIR",
    help="A folder for the profiles, a .jsonl file for one a line, or where the map goes. Else standard output.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_context
def table(
    ctx: click.Context,
    file: str,
    map_path: str | None,
    guess: bool,
    sheet: str | None,
    packs: tuple[str, ...],
    rules: tuple[str, ...],
    out: str | None,
    quiet: bool,
) -> None:
    """Make profiles from a table of companies: CSV, TSV, Excel, Parquet or ARFF.

    A map says which column is which figure or metric, in what unit and scale, and where names, dates and periods come
    from (docs/importing.md). What can't be read is told by row and column; those rows are left out, the others stay, and
    the exit code is 3. `screener run FILE --map MAP` screens a table without profiles in between.

    \b
    Examples:
      screener import table universe.csv --guess -o columns.yaml
      screener import table universe.csv --map columns.yaml -o universe/
      screener import table 1year.arff --map polish -o companies.jsonl
    """
    if (map_path is None) != guess:
        raise click.UsageError("give --map FILE, or --guess to have one proposed")
    from screener.io.atomic import write_file
    from screener.rules.packs import built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    catalogue = load_rulebook(rules, packs=list(packs) or list(built_in_packs())).catalogue
    if guess:
        from screener.importers.table.map_proposal import propose_map

        text = propose_map(file, catalogue, sheet)
        if out is None:
            print_document(text)
        else:
            write_file(Path(out), text)
        return
    from screener.cli.import_group import destination as place
    from screener.importers.table.company_table import read_table

    assert map_path is not None
    read = read_table(file, map_path, catalogue, sheet)
    if read.problems:
        print_problems(DocumentError(read.problems))
    printed, count = place.write(_documents(read), out, several=True)
    if printed:
        print_document(printed)
    elif not quiet:
        rest = f"; {read.dropped:,} rows were left out" if read.dropped else ""
        print_text(f"{count:,} profile{'s'[: count != 1]}{f' in {out}' if out and count else ''}{rest}")
    ctx.exit(3 if read.problems else 0)


def _documents(read: Any) -> Iterator[dict[str, Any]]:
    return (data for _, data in read.documents())
