"""`screener shock`: the effect of a shock to one company on the others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput
from screener.cli.profile_arguments import readable_profiles
from screener.cli.shared_options import (
    RuleSelection,
    engine_option,
    format_option,
    language_option,
    output_option,
    rule_options,
)
from screener.cli.table_output import write_tables
from screener.text import Language

if TYPE_CHECKING:
    from screener.expression.interval import Interval


def _pass_through(_: click.Context, __: click.Parameter, value: str) -> "Interval":
    from screener.portfolio.shock import read_pass_through

    try:
        return read_pass_through(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR...")
@click.option(
    "--if",
    "shocks",
    multiple=True,
    metavar="SHOCK",
    help="'COMPANY: stops paying', 'COMPANY: stops paying PAYEE', 'COMPANY: loses CUSTOMER', 'COMPANY.FIGURE: -30%' or "
    "'COMPANY.FIGURE: VALUE'. Repeatable: they happen together.",
)
@click.option(
    "--scenario",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A YAML file with `shocks`, a list of such lines, and a `name`.",
)
@click.option(
    "--rounds",
    type=click.IntRange(0, 10),
    default=3,
    show_default=True,
    metavar="N",
    help="In each round companies whose verdict has turned to avoid stop paying; 0: they go on paying.",
)
@click.option(
    "--pass-through",
    callback=_pass_through,
    default="0..1",
    show_default=True,
    metavar="LOW..HIGH",
    help="The part of lost revenue that lowers results and cash flows of the year.",
)
@rule_options
@engine_option
@format_option("text", "html", "json", "md", "xlsx")
@output_option
@language_option
@click.pass_context
def shock(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    shocks: tuple[str, ...],
    scenario: Path | None,
    rounds: int,
    pass_through: "Interval",
    selection: RuleSelection,
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Screen companies again after a shock to some of them.

    The facts of all profiles are changed, all companies are screened before and after, each with the others as context,
    and the report shows which verdicts and flags change, and through which facts. docs/portfolio.md describes the model
    and what it leaves out.

    \b
    Examples:
      screener shock fixtures/ --if 'openai: stops paying'
      screener shock fixtures/ --if 'nvidia.revenue: -30%' --if 'oracle.total_debt: 120e9'
      screener shock fixtures/ --scenario crunch.yaml --format html -o crunch.html
    """
    if not shocks and scenario is None:
        raise click.UsageError("name a shock with --if, or a file of them with --scenario")
    from screener.portfolio.shock import read_scenario, read_shocks
    from screener.portfolio.shock_run import run_shocks, to_dict
    from screener.profile.loader import find_profiles

    paths = find_profiles(profiles)
    screener = selection.screener(paths)
    catalogue = screener.rulebook.catalogue
    listed = read_shocks(shocks, catalogue)
    name = ""
    if scenario is not None:
        read = read_scenario(scenario, catalogue)
        name, listed = read.name, (*listed, *read.shocks)
    loaded, failed = readable_profiles(screener, paths)
    result = run_shocks(screener, loaded, listed, rounds=rounds, pass_through=pass_through)
    if form == "json":
        out.write_json(to_dict(result), "shock")
    elif form == "xlsx":
        from screener.portfolio.portfolio_workbook import shock_workbook

        out.write_workbook(shock_workbook(result, language))
    else:
        from screener.portfolio.shock_page import ShockTables
        from screener.report.wording import load_wording

        write_tables(ShockTables(result, pass_through, load_wording(language), name).page(), form, out, language)
    ctx.exit(3 if failed else 0)
