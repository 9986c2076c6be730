"""`screener validate`: rules and scores measured on companies whose fate is known."""

import click

from screener.cli.output import TextOutput, print_problems
from screener.cli.shared_options import (
    RuleSelection,
    format_option,
    output_option,
    quiet_option,
    rule_options,
)
from screener.errors import DocumentError


@click.command()
@click.argument("table", metavar="TABLE")
@click.option("--label", required=True, metavar="COLUMN", help="The column that says whether a company failed: 1 or 0.")
@click.option(
    "--map", "map_path", required=True, metavar="FILE", help="Which columns the table has; see docs/importing.md."
)
@click.option("--score", "metric", metavar="METRIC", help="Measure this metric alone, instead of the rules.")
@format_option("text", "json", "html")
@output_option
@click.option(
    "--resamples",
    type=click.IntRange(100, 100_000),
    default=1000,
    show_default=True,
    help="Bootstrap resamples for the intervals.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the resamples.")
@quiet_option
@rule_options
def validate(
    *,
    table: str,
    label: str,
    map_path: str,
    metric: str | None,
    form: str,
    out: TextOutput,
    resamples: int,
    seed: int,
    selection: RuleSelection,
) -> None:
    """Measure rules on companies of which it is known whether they failed.

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
    from screener.validation import validation_report
    from screener.validation.validation import validate_rules as measure

    companies = read_table(table, map_path, screener.rulebook.catalogue)
    if companies.problems:
        print_problems(DocumentError(companies.problems))
    found = measure(screener, companies, label, metric, resamples=resamples, seed=seed)
    if form == "html":
        out.write_document(validation_report.validation_page(found))
    elif form == "json":
        out.write_json(validation_report.validation_data(found))
    else:
        out.write_text(validation_report.validation_text(found))
