"""`screener validate`: measures rules and scores on companies that are known to have failed or survived."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_notice, print_problems
from screener.cli.progress import progress_bar
from screener.cli.shared_options import (
    RuleSelection,
    format_option,
    gather_options,
    language_option,
    output_option,
    rule_options,
)
from screener.errors import DocumentError
from screener.io.paths import is_case_library
from screener.text import Language

if TYPE_CHECKING:
    from screener.importers.table.company_table import CompanyTable
    from screener.profile.catalogue import Catalogue

CASE_FORMATS = ("csv", "md")  # formats that only a folder of cases has


@dataclass(frozen=True)
class MeasureOptions:
    """What is measured, and how many bootstrap samples of companies are drawn."""

    unit: str
    failed_words: tuple[str, ...]
    survived_words: tuple[str, ...]
    metric: str | None
    lower_is_riskier: bool
    resamples: int
    seed: int


@click.command()
@click.argument("tables", metavar="TABLE|DIR...", nargs=-1, required=True)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="COLUMN",
    help="The column that states whether a company failed. Repeat it where tables differ, one for each.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="FILE",
    help="Which columns the table has; see docs/importing.md. Repeat it where tables differ, one for each.",
)
@click.option(
    "--unit",
    type=click.Choice(["firm", "firm-year"]),
    default="firm",
    show_default=True,
    help="Measure each company in its last year, or in every year; earlier years are known either way.",
)
@click.option(
    "--failed", "failed_words", multiple=True, metavar="WORD", help="A word of the label for failed. Repeatable."
)
@click.option(
    "--survived", "survived_words", multiple=True, metavar="WORD", help="A word of the label for survived. Repeatable."
)
@click.option("--score", "metric", metavar="METRIC", help="Measure this metric alone, instead of the rules.")
@click.option(
    "--lower-is-riskier", is_flag=True, help="Of --score: lower values are riskier. Without it, higher ones are."
)
@format_option("text", "json", "html", "xlsx", "csv", "md")
@output_option
@click.option(
    "--resamples",
    type=click.IntRange(100, 100_000),
    default=1000,
    show_default=True,
    help="Bootstrap resamples of companies for the intervals.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the resamples.")
@language_option
@rule_options
@gather_options(MeasureOptions, "measure")
@click.pass_context
def validate(
    ctx: click.Context,
    *,
    tables: tuple[str, ...],
    labels: tuple[str, ...],
    maps: tuple[str, ...],
    measure: MeasureOptions,
    language: Language,
    form: str,
    out: TextOutput,
    selection: RuleSelection,
) -> None:
    """Measure rules on companies that are known to have failed or survived.

    For the score and for each rule: coverage, hits, false alarms, lift and the area under the ROC curve with bootstrap
    intervals; the share that failed by decile, by band and by verdict. In a table with a row for each company and year,
    each year is screened with the earlier years as prior periods, and companies are resampled as a whole; the report
    also shows how many years before a failure rules warned. Several tables are measured as populations side by
    side.

    Rules that were fitted on the same companies look better than they are; where that may be the case, the report
    states it. See docs/validation.md. If rows were left out (not readable, without a label or a value), the exit code
    is 3.

    DIR is a folder of cases (cases.yaml): companies that are known to have failed or survived, each with a profile of
    an earlier day. The report shows for each case the verdict of that day, the time until the failure, the flags and,
    if the failure was missed, the rules that were undecided or nearest to firing. See docs/cases.md.

    \b
    Examples:
      screener validate 1year.arff --map rules/maps/polish.yaml --label class --pack distress
      screener validate 1year.arff --map rules/maps/polish.yaml --label class --pack distress --format html -o v.html
      screener validate 2012-2014.csv --map rules/maps/us.yaml --label failed_next_year --unit firm-year \\
        --pack distress-us
      screener validate 2012-2014.csv --map us --label failed_next_year --score market_value_to_liabilities \\
        --lower-is-riskier
      screener validate cases/
      screener validate cases/ --format csv -o cases.csv
    """
    if any(is_case_library(path) or (Path(path).is_dir() and not (labels or maps)) for path in tables):
        _validate_cases(tables, [*labels, *maps], selection, form, language, out)
        return
    if form in CASE_FORMATS:
        raise click.UsageError(f"--format {form} is for a folder of cases; tables have text, json, html and xlsx")
    missing = [option for option, given in (("--label", labels), ("--map", maps)) if not given]
    if missing:
        raise click.UsageError(f"Missing option '{missing[0]}': a table needs both --label and --map.")
    if measure.lower_is_riskier and measure.metric is None:
        raise click.UsageError("--lower-is-riskier is for --score: of the score of rules, higher is riskier")
    map_of, label_of = _one_each(tables, maps, "--map"), _one_each(tables, labels, "--label")
    screener = selection.screener(tables)
    from screener.validation import validation_report
    from screener.validation.firm_years import Unit
    from screener.validation.labels import LabelWords
    from screener.validation.validation import Plan, validate_rules

    words, found = LabelWords(measure.failed_words, measure.survived_words), []
    for table, map_path, label in zip(tables, map_of, label_of, strict=True):
        companies = _companies(table, map_path, screener.rulebook.catalogue, out.quiet)
        if companies.problems:
            print_problems(DocumentError(companies.problems))
        plan = Plan(
            label=label,
            unit=Unit(measure.unit),
            metric=measure.metric,
            lower_is_worse=measure.lower_is_riskier,
            words=words,
            resamples=measure.resamples,
            seed=measure.seed,
        )
        found.append(validate_rules(screener, companies, plan))
    if form == "html":
        out.write_document(validation_report.validation_page(found, language=language))
    elif form == "json":
        out.write_json(validation_report.validation_data(found))
    elif form == "xlsx":
        out.write_workbook(validation_report.validation_workbook(found, language))
    else:
        out.write_text(validation_report.validation_text(found, out.width, out.colour, language))
    ctx.exit(3 if any(one.left_out for one in found) else 0)


def _companies(path: str, map_path: str, catalogue: "Catalogue", quiet: bool) -> "CompanyTable":
    """Returns all rows of a table, and prints the decisions made in reading it. Raises DocumentError."""
    from screener.importers.table.company_table import read_table

    with progress_bar(None, quiet, "Reading") as read:
        found = read_table(path, map_path, catalogue, several_periods=True, progress=lambda rows: read(rows, 0))
    for note in () if quiet else found.notes:
        print_notice(f"{path}: {note}")
    return found


def _validate_cases(
    paths: Sequence[str],
    table_options: Sequence[str],
    selection: RuleSelection,
    form: str,
    language: Language,
    out: TextOutput,
) -> None:
    """Measures one folder of cases. Raises UsageError for options that apply to tables only."""
    if len(paths) > 1:
        raise click.UsageError("a folder of cases is measured by itself: give each to a command of its own")
    if table_options:
        raise click.UsageError("--label and --map are for tables; a folder of cases states what became of each company")
    if form in ("html", "xlsx"):
        raise click.UsageError(f"--format {form} is for tables; a folder of cases has text, json, csv and md")
    from screener.validation import case_text
    from screener.validation.case_measures import measure_cases

    found = measure_cases(selection.screener(paths), paths[0])
    if form == "json":
        out.write_json(case_text.case_data(found))
    elif form == "csv":
        out.write_document(case_text.case_csv(found, language))
    elif form == "md":
        out.write_document(case_text.case_markdown(found, language))
    else:
        out.write_text(case_text.case_text(found, language))


def _one_each(tables: Sequence[str], values: Sequence[str], option: str) -> Sequence[str]:
    """Returns one value for each table: the same for all, or one each. Raises UsageError if their number differs."""
    if len(values) == 1:
        return [values[0]] * len(tables)
    if len(values) != len(tables):
        what = f"{option} is given {len(values)} times for {len(tables)} tables"
        raise click.UsageError(f"{what}: give it once for all, or once for each in their order")
    return values
