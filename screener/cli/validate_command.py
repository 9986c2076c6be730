"""`screener validate`: rules and scores against what became of companies."""

import json
from pathlib import Path

import click

from screener.cli.output import print_document, print_problems, print_text
from screener.cli.shared_options import RuleSelection, rule_options
from screener.errors import DocumentError


@click.command()
@click.argument("table", metavar="TABLE")
@click.option("--label", required=True, metavar="COLUMN", help="The column that says whether a company failed: 1 or 0.")
@click.option(
    "--map", "map_path", required=True, metavar="FILE", help="What the table's columns are; see docs/importing.md."
)
@click.option("--score", "metric", metavar="METRIC", help="Measure this metric alone, instead of the rules.")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("-o", "--out", metavar="FILE", help="Write to a file instead of standard output.")
@click.option(
    "--resamples", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="For the intervals."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the resamples.")
@rule_options
def validate(
    table: str,
    label: str,
    map_path: str,
    metric: str | None,
    form: str,
    out: str | None,
    resamples: int,
    seed: int,
    selection: RuleSelection,
) -> None:
    """Hold rules against companies of which it is known whether they failed.

    For the score and for each rule: coverage, precision, recall, lift and the area under the ROC curve with a bootstrap
    interval; the share that failed by decile and by verdict. Rules that were fitted on the same table look better than
    they are: see docs/validation.md.

    \b
    Examples:
      screener validate 1year.arff --map rules/maps/polish.yaml --label class --pack distress
      screener validate 1year.arff --map rules/maps/polish.yaml --label class --pack distress --format html -o v.html
      screener validate 1year.arff --map examples/tables/polish-map.yaml --label class --pack classic \\
        --score altman_z_double_prime
    """
    screener = selection.screener([table])
    from screener.importers.table.company_table import read_table
    from screener.io.atomic import write_file
    from screener.validation import validation_report as show
    from screener.validation.validation import validate as measured

    read = read_table(table, map_path, screener.rulebook.catalogue)
    if read.problems:
        print_problems(DocumentError(read.problems))
    found = measured(screener, read, label, metric, resamples, seed)
    if form == "html":
        text = show.html(found)
    else:
        text = show.text(found) if form == "text" else json.dumps(show.to_dict(found), ensure_ascii=False, indent=1)
    if out is not None:
        write_file(Path(out), text if text.endswith("\n") else text + "\n")
    elif form == "text":
        print_text(text)
    else:
        print_document(text)
