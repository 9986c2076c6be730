"""`screener compare DIR DIR`: two folders of results or profiles, company by company."""

from datetime import date

import click

from screener.cli.output import TextOutput, print_problems
from screener.cli.result_source import ResultSource
from screener.cli.table_output import write_tables
from screener.errors import ScreenerError
from screener.result.model import ResultDocument
from screener.text import Language, clean


def compare_folders(
    ctx: click.Context,
    folders: tuple[str, str],
    days: tuple[date | None, date | None],
    source: ResultSource,
    *,
    form: str,
    out: TextOutput,
    language: Language,
    fail_on: str | None,
) -> None:
    """Compares two folders, writes what changed, and exits: 3 if a file can't be read, 1 if `fail_on` applies, else 0."""
    if form == "xlsx":
        raise click.UsageError("folders are compared as text, html, pdf, json or md")
    from screener.portfolio.set_comparison import SCHEMA, compare_sets, set_comparison_page, to_dict
    from screener.report.wording import load_wording

    failed = False
    sets: list[list[ResultDocument]] = []
    for folder, day in zip(folders, days, strict=True):
        sets.append([])
        for found in source.results(folder, day):
            if isinstance(found, ScreenerError):
                print_problems(found)
                failed = True
            else:
                sets[-1].append(found)
    since = str(days[0]) if days[0] and folders[0] == folders[1] else clean(folders[0])
    comparison = compare_sets(sets[0], sets[1], since)
    if form == "json":
        out.write_json(to_dict(comparison), SCHEMA)
    else:
        latest = max((result.company.as_of or "" for result in sets[1]), default="") or None
        write_tables(set_comparison_page(comparison, load_wording(language)), form, out, language, latest)
    is_so = comparison.is_worse if fail_on == "worse" else comparison.is_changed
    ctx.exit(3 if failed else 1 if fail_on and is_so else 0)
