"""`screener compare`: what changed between two results, or two profiles, of a company."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import (
    RuleSelection,
    context_option,
    engine_option,
    format_option,
    language_option,
    output_option,
    quiet_option,
    read_day,
    rule_options,
)
from screener.errors import Problem, ResultError
from screener.io.replacing import marked_page
from screener.text import Language

if TYPE_CHECKING:
    from screener.report.pages.template_sandbox import TemplateSandbox
    from screener.result.comparison import ResultComparison
    from screener.result.model import ResultDocument


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
@format_option("text", "html", "json", "xlsx")
@output_option
@click.option("--templates", metavar="DIR", help="Templates that take precedence over the built-in ones, for html.")
@language_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the verdict, the score or a flag has changed.")
@quiet_option
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
    exit_code: bool,
) -> None:
    """What changed from BEFORE to AFTER, and why: verdict, score, flags, and the cause of each change.

    Each is a result that `run --format json` wrote, or a profile, which is screened first by the rules given here. A flag is new,
    gone, or present in both with other numbers; its cause is a figure that changed, became known or was lost, a relation that
    was added or removed, or a rule that was changed. Where the two results were made by different rules, these are compared.

    \b
    Examples:
      screener compare fixtures/nvidia.json fixtures/later/nvidia-2026-03.json
      screener compare old/oracle.json new/oracle.json --format html -o changed.html
      screener compare fixtures/later/nvidia-2026-03.json --as-of 2026-02-06 --as-of 2026-03-15
      screener compare last-month.json mine.yaml --exit-code || mail -s changed me@example.org
    """
    if after is None and not days:
        raise click.UsageError("name what to compare with, or give --as-of twice to read one profile on two days")
    if before == after == "-":
        raise click.UsageError("only one of the two can be standard input")
    from screener.result.comparison import compare as compare_results

    sandbox = _template_sandbox(templates) if form == "html" else None
    source = _ResultSource(selection, context)
    first, second = days or (None, None)
    comparison = compare_results(source.result(before, first), source.result(after or before, second))
    if form == "html":
        out.write_document(_page(comparison, language, sandbox))
    elif form == "json":
        from screener.result.comparison import to_dict

        out.write_json(to_dict(comparison))
    elif form == "xlsx":
        from screener.report.comparison_workbook import comparison_workbook

        out.write_workbook(comparison_workbook(comparison, language))
    else:
        out.write_text(_text(comparison, language, out))
    ctx.exit(1 if exit_code and comparison.judged_otherwise else 0)


class _ResultSource:
    """Results from files: read as they are, or made from a profile that is screened."""

    def __init__(self, selection: RuleSelection, context: tuple[str, ...]) -> None:
        self._selection, self._context = selection, context
        self._texts: dict[str, str] = {}

    def result(self, path: str, day: date | None) -> "ResultDocument":
        """The one result in a file, or that of the profile in it as of a day."""
        from screener.io.document import read_text
        from screener.result.codec import MAX_BYTES

        if path not in self._texts:
            self._texts[path] = read_text(path, MAX_BYTES)
        text = self._texts[path]
        if not _is_result(text):
            return self._screened(path, text, day)
        found = list(_results(path, text))
        if len(found) != 1:
            what = f"has {len(found)} results"
            raise ResultError(Problem(what, "write the one to compare to a file of its own", path))
        return found[0]

    def _screened(self, path: str, text: str, day: date | None) -> "ResultDocument":
        from screener.profile.loader import find_profiles

        screener = replace(self._selection, as_of=day).screener([path])
        return screener.assess(screener.profile(path, text), screener.context(find_profiles(self._context)))


def _results(path: str, text: str) -> Iterator["ResultDocument"]:
    from screener.result.codec import results_in

    for found in results_in(text, path):
        if isinstance(found, Exception):
            raise found
        yield found


def _is_result(text: str) -> bool:
    """Whether a file begins as a result does, complete or not."""
    head = text[:200].lstrip("\ufeff \t\r\n")
    return head.startswith("{") and '"schema"' in head and '"screener/' in head


def _template_sandbox(folder: str | None) -> "TemplateSandbox | None":
    """What renders by the templates of a folder. Raises OutputError where one is wrong, before anything is screened."""
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
