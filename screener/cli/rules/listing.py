"""`screener rules list` and `screener rules packs`."""

import json
from typing import Any

import click

from screener.cli.options import Judging, language_option, rule_options, say
from screener.rulebook.rule import FLAGS
from screener.text import clean


@click.command("list")
@rule_options
@click.option("--flag", type=click.Choice(FLAGS), help="Only rules of this flag.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
def list_rules(judging: Judging, flag: str | None, form: str, language: Any) -> None:
    """List the rules in force.

    \b
    Examples:
      screener rules list
      screener rules list --flag green --lang zh
      screener rules list --pack ai-era
    """
    book = judging.rulebook()
    found = [r for f in FLAGS for r in book.rules.values() if r.flag == f and flag in (None, f)]
    if form == "json":
        rows = [{"rule": r.id, "flag": r.flag, "severity": r.severity, "category": r.category, "cause": r.cause,
                 "title": {"en": r.title.en, "zh": r.title.zh}, "status": r.status, "since": r.since,
                 "file": r.file} for r in found]  # fmt: skip
        say(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(r.id) for r in found), default=0)
    for rule in found:
        mark = "" if rule.status == "stable" else f"  ({rule.status})"
        say(f"{rule.flag:8}{rule.severity:10}{rule.id:{width}}  {clean(rule.title.get(language))}{mark}")
    say(f"{len(found)} rules; {book.name} {book.version}, digest {book.digest}")


@click.command()
@language_option
def packs(language: Any) -> None:
    """List the packs that --pack knows: built-in ones and those of installed Python packages.

    \b
    Example:
      screener rules packs
    """
    from screener.rulebook.load import load
    from screener.rulebook.packs import DEFAULT, built_in, installed

    found = [*built_in().values(), *(place() for place in installed().values())]
    width = max(len(p.name) for p in found)
    for place in found:
        book = load(packs=[str(place.folder)])
        mark = ", default" if place.name == DEFAULT else ""
        title = clean(book.packs[0].title.get(language))
        say(f"{place.name:{width}}  {book.version}  {len(book.rules):3} rules  {place.origin}{mark}: {title}")
