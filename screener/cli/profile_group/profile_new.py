"""`screener profile new`."""

import click

from screener.cli.new_file import new_file_option, new_file_path
from screener.cli.output import TextOutput
from screener.cli.shared_options import chosen_sector, language_option, pack_option, quiet_option, rules_option
from screener.io.paths import SETTINGS_FILE
from screener.text import Language, clean, is_slug, slug


@click.command()
@click.argument("name")
@click.option("--sector", metavar="SECTOR", help="Its sector: figures that no rule for the sector uses are left out.")
@click.option("--id", "company_id", metavar="ID", help="Its id.  [default: made from its name]")
@new_file_option
@pack_option
@rules_option
@language_option
@quiet_option
def new(
    *,
    name: str,
    sector: str | None,
    company_id: str | None,
    out: str,
    packs: tuple[str, ...],
    rules: tuple[str, ...],
    language: Language,
    quiet: bool,
) -> None:
    """Write a profile of the company NAME to fill in: each figure and list with the rules and metrics that use it.

    The figures that most rules use come first. The file can be checked and screened as it is: every figure is unknown.
    An existing file is never overwritten.

    \b
    Examples:
      screener profile new "Example Inc"
      screener profile new "Example Inc" --sector software -o profiles/
      screener profile new 示例公司 --id example --pack core --lang zh
    """
    from screener.io.document import parse_documents
    from screener.profile.loader import read_profile
    from screener.report.profile_template import profile_template
    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook(rules, packs=packs or None)
    sector = chosen_sector(sector, book.catalogue)
    title = clean(name)
    own_id = company_id if company_id is not None else slug(title)
    if not title or not is_slug(own_id):
        what = (
            "the name is empty"
            if not title
            else f"'{clean(own_id)}' is not an id"
            if own_id
            else "the name gives no id"
        )
        raise click.BadParameter(f"{what}; choose one with --id, such as example-inc", param_hint="NAME")
    text = profile_template(title, company_id if company_id != slug(title) else None, sector, book, language)
    path = new_file_path(out, own_id, {SETTINGS_FILE: "a settings file"})
    read_profile(parse_documents(text, f"{own_id}.yaml")[0], book.catalogue)
    output = TextOutput(path, quiet=quiet)
    output.write_document(text)
    shown = clean(str(path))
    output.confirm(f"{shown} is written: fill in what is known, then: screener run {shown}")
