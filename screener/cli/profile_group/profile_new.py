"""`screener profile new`."""

import os
from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_document, print_text
from screener.cli.shared_options import language_option
from screener.errors import OutputError, Problem
from screener.text import clean, did_you_mean, is_slug, slug


@click.command()
@click.argument("name")
@click.option("--sector", metavar="SECTOR", help="Its sector: what no rule for it reads is left out.")
@click.option("--id", "own", metavar="ID", help="Its id; else the slug of its name.")
@click.option("-o", "--out", metavar="FILE|DIR|-", default=".", help="Where to write, instead of ID.yaml here.")
@click.option("--pack", "packs", multiple=True, metavar="NAME|DIR", help="A rule pack, instead of ai-era. Repeatable.")
@click.option("--rules", "rules", multiple=True, metavar="FILE|DIR", help="Rule files to add to the packs. Repeatable.")
@language_option
def new(
    name: str,
    sector: str | None,
    own: str | None,
    out: str,
    packs: tuple[str, ...],
    rules: tuple[str, ...],
    language: Any,
) -> None:
    """Write a profile of the company NAME to fill in: each figure and list with the rules and metrics that read it.

    What rules read most stands first. The file can be checked and screened as it is: all of it is unknown. A file that
    exists is left alone.

    \b
    Examples:
      screener profile new "Example Inc"
      screener profile new "Example Inc" --sector software -o profiles/
      screener profile new 示例公司 --id example --pack ai-era --pack classic --lang zh
    """
    from screener.io.atomic import write_file
    from screener.io.document import parse
    from screener.profile.loader import read_profile
    from screener.report.profile_template import profile_template
    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook(rules, packs=packs or None)
    if sector is not None and sector not in book.catalogue.sectors:
        hint = did_you_mean(sector, book.catalogue.sectors, "known are " + ", ".join(book.catalogue.sectors))
        raise click.BadParameter(f"there is no sector '{clean(sector)}'; {hint}", param_hint="--sector")
    title = clean(name)
    company = own if own is not None else slug(title)
    if not title or not is_slug(company):
        what = (
            "the name is empty" if not title else f"'{clean(company)}' is no id" if company else "the name gives no id"
        )
        raise click.BadParameter(f"{what}; name one with --id, such as example-inc", param_hint="NAME")
    text = profile_template(title, own if own and own != slug(title) else None, sector, book, language)
    path = _target(company, out)
    read_profile(parse(text, f"{company}.yaml")[0], book.catalogue)
    if path is None:
        print_document(text)
        return
    write_file(path, text)
    print_text(f"{clean(str(path))} is there: fill in what is known, then: screener run {clean(str(path))}")


def _target(company: str, out: str) -> Path | None:
    """Where the profile goes; None for standard output. Raises OutputError."""
    if out == "-":
        return None
    path = Path(out)
    if path.is_dir() or path.suffix not in (".yaml", ".yml"):
        path /= f"{company}.yaml"
    if os.path.lexists(path):
        raise OutputError(Problem("exists already", "choose another place with --out", str(path)))
    if path.stem == "screener":
        raise OutputError(Problem("is the name of settings", "choose another with --out", str(path)))
    if not path.parent.is_dir():
        raise OutputError(Problem("there is no such folder", "make it, or choose another with --out", str(path.parent)))
    return path
