"""`screener profile check` and `screener profile schema`."""

import click

from screener.cli.output import ProblemPrinter, TextOutput
from screener.cli.profile_arguments import read_profiles
from screener.cli.shared_options import format_option, language_option, output_option, rule_files_option
from screener.errors import ScreenerError
from screener.profile.loader import find_profiles, profile_warnings
from screener.screening import Screener
from screener.text import Language, clean


@click.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE|DIR|-...")
@rule_files_option("Rule files that add figures or kinds.")
@format_option("text", "json")
@output_option
@language_option
@click.pass_context
def check(
    ctx: click.Context,
    *,
    profiles: tuple[str, ...],
    rules: tuple[str, ...],
    form: str,
    out: TextOutput,
    language: Language,
) -> None:
    """Check profiles: report all problems, or which claims are used for each figure, which are not, and why.

    \b
    Examples:
      screener profile check fixtures/oracle.json
      screener profile check fixtures/ --format json
    """
    from screener.report.terminal.claims_text import claims_data, claims_text

    paths = find_profiles(profiles)
    screener = Screener.load(rules)
    texts, rows, bad = [], [], 0
    with ProblemPrinter() as problems:
        for path, found in read_profiles(screener, paths):
            if isinstance(found, ScreenerError):
                problems.print(found)
                bad += 1
            else:
                problems.print(profile_warnings(path) if path != "-" else ())
                if form == "json":
                    rows.append(claims_data(screener.world(found), path))
                    continue
                texts.append(claims_text(screener.world(found), language, path, width=out.width, colour=out.colour))
    if form == "json":
        out.write_json({"profiles": rows}, "claims")
    elif texts or out.path:
        out.write_text("\n".join(texts))
    ctx.exit(3 if bad else 0)


@click.command()
@rule_files_option("Rule files that add figures or kinds.")
@output_option
def schema(*, rules: tuple[str, ...], out: TextOutput) -> None:
    """Print the JSON Schema of profiles, for editors.

    \b
    Example:
      screener profile schema > profile.json
    """
    from screener.profile.json_schema import profile_schema

    catalogue = Screener.load(rules).rulebook.catalogue
    out.write_json(profile_schema(catalogue))
    out.confirm(f"{clean(str(out.path))} is written")
