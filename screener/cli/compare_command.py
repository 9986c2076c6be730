"""`screener compare`: what changed between two results, or two profiles, of a company."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput
from screener.cli.result_source import ResultSource
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    engine_option,
    fail_on_option,
    format_option,
    language_option,
    output_option,
    read_day,
    rule_options,
)
from screener.io.paths import is_folder
from screener.io.replacing import marked_page
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.pages.template_sandbox import TemplateSandbox
    from screener.result.comparison import ResultComparison


def _two_days(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[date, ...]:
    if len(values) not in (0, 2):
        raise click.BadParameter("give it twice: the earlier day, and the later one")
    return tuple(read_day(text) for text in values)


@click.command()
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="[AFTER]", required=False)
@click.option(
    "--as-of",
    "days",
    multiple=True,
    metavar="DATE",
    callback=_two_days,
    help="Twice: the two days as of which profiles are read; of one profile, or of each.",
)
@context_option
@rule_options
@engine_option
@format_option("text", "html", "pdf", "json", "md", "xlsx")
@output_option
@click.option(
    "--templates", metavar="DIR", help="Templates that take precedence over the built-in ones, for html and pdf."
)
@language_option
@fail_on_option(
    "change",
    "worse",
    help_text="Exit with 1 if a verdict, score or flag changed, or if a verdict got worse or a red flag is new.",
)
@click.pass_context
def compare(
    ctx: click.Context,
    *,
    before: str,
    after: str | None,
    days: tuple[date, ...],
    context: tuple[str, ...],
    selection: RuleSelection,
    form: str,
    out: TextOutput,
    templates: str | None,
    language: Language,
    fail_on: str | None,
) -> None:
    """Show what changed from BEFORE to AFTER, and why: verdict, score, flags, and the cause of each change.

    BEFORE and AFTER are results that `run --format json` wrote, or profiles, which are screened first with the rules
    given here. A flag is new, gone, or present in both with other numbers; its cause is a figure that changed, became
    known or is no longer known, a relation that was added or removed, or a changed rule. If the two results were made
    with different rules, the rules are compared as well.

    Two folders are compared company by company: which are new or missing, and whose verdict or flags changed.

    \b
    Examples:
      screener compare fixtures/nvidia.json fixtures/later/nvidia-2026-03.json
      screener compare old/oracle.json new/oracle.json --format html -o changed.html
      screener compare old/oracle.json new/oracle.json --format pdf -o changed.pdf
      screener compare march/ april/ --format md -o changes.md
      screener compare fixtures/later/nvidia-2026-03.json --as-of 2026-02-06 --as-of 2026-03-15
      screener compare last-month.json mine.yaml --fail-on change || mail -s changed me@example.org
    """
    if after is None and not days:
        raise click.UsageError("name what to compare with, or give --as-of twice to read one profile on two days")
    if before == after == "-":
        raise click.UsageError("only one of the two can be standard input")
    if form == "pdf":
        from screener.report.pages.pdf_printer import find_browser

        out.require_file(form)
        find_browser()
    source = ResultSource(selection, context)
    first, second = days or (None, None)
    folders = [is_folder(path) for path in (before, after or before)]
    if any(folders):
        if not all(folders):
            raise click.UsageError("a folder is compared with a folder: name two of them, or two files")
        from screener.cli.compare_folders import compare_folders

        compare_folders(
            ctx,
            (before, after or before),
            (first, second),
            source,
            form=form,
            out=out,
            language=language,
            fail_on=fail_on,
        )
        return
    from screener.result.comparison import compare as compare_results

    sandbox = _template_sandbox(templates) if form in ("html", "pdf") else None
    comparison = compare_results(source.result(before, first), source.result(after or before, second))
    if form == "html":
        out.write_document(_page(comparison, language, sandbox))
    elif form == "pdf":
        from screener.report.pages.pdf_printer import print_one_page

        out.write_document(print_one_page(_page(comparison, language, sandbox), comparison.after.company.as_of))
    elif form == "json":
        from screener.result.comparison import to_dict

        out.write_json(to_dict(comparison))
    elif form == "xlsx":
        from screener.report.comparison_workbook import comparison_workbook

        out.write_workbook(comparison_workbook(comparison, language))
    elif form == "md":
        out.write_document(_markdown(comparison, language))
    else:
        out.write_text(_text(comparison, language, out))
    failed = comparison.is_worse if fail_on == "worse" else comparison.judged_otherwise
    ctx.exit(1 if fail_on and failed else 0)


def _template_sandbox(folder: str | None) -> "TemplateSandbox | None":
    """Returns the environment that renders the templates of a folder. Called before anything is screened, so that a
    faulty template raises OutputError early."""
    if folder is None:
        return None
    from screener.report.pages.template_sandbox import TemplateSandbox

    sandbox = TemplateSandbox(Path(folder))
    sandbox.check()
    return sandbox


def _page(comparison: "ResultComparison", language: Language, sandbox: "TemplateSandbox | None") -> str:
    if sandbox is not None:
        return marked_page(sandbox.comparison_page(comparison, language))
    from screener.report.pages.html_pages import comparison_page

    return comparison_page(comparison, language)


def _text(comparison: "ResultComparison", language: Language, out: TextOutput) -> str:
    from screener.report.terminal.comparison_text import comparison_text
    from screener.report.views.comparison_view import comparison_view
    from screener.report.wording import load_wording

    wording = load_wording(language)
    return comparison_text(comparison_view(comparison, wording), wording, width=out.width, colour=out.colour)


def _markdown(comparison: "ResultComparison", language: Language) -> str:
    from screener.report.formats.comparison_markdown import comparison_markdown
    from screener.report.views.comparison_view import comparison_view
    from screener.report.wording import load_wording

    wording = load_wording(language)
    return comparison_markdown(comparison_view(comparison, wording), wording)
