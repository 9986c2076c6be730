"""`screener compare`: what changed between two results, or two profiles, of a company."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from screener.cli.output import print_document, print_text, terminal_width, wants_colour
from screener.cli.shared_options import RuleSelection, language_option, rule_options
from screener.errors import Problem, ResultError
from screener.text import clean

if TYPE_CHECKING:
    from screener.result.model import ResultDocument


def _days(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[date, ...]:
    found = []
    for text in given:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            raise click.BadParameter(f"'{clean(text)}' is not a day such as 2026-02-06") from None
    if len(found) not in (0, 2):
        raise click.BadParameter("give it twice: the earlier day, and the later one")
    return tuple(found)


@click.command()
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="[AFTER]", required=False)
@click.option(
    "--as-of",
    "days",
    multiple=True,
    metavar="DATE",
    callback=_days,
    help="Twice: the two days as on which profiles are read; of one profile, or of each.",
)
@click.option("--with", "context", multiple=True, metavar="FILE|DIR", help="Whole profiles of others as context.")
@rule_options
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@click.option("-o", "--out", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--templates", metavar="DIR", help="A house's own look, for html.")
@language_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the company is judged otherwise.")
@click.pass_context
def compare(
    ctx: click.Context,
    before: str,
    after: str | None,
    days: tuple[date, ...],
    context: tuple[str, ...],
    selection: RuleSelection,
    form: str,
    out: str | None,
    templates: str | None,
    language: Any,
    exit_code: bool,
) -> None:
    """What changed from BEFORE to AFTER, and why: verdict, score, flags, and what caused each.

    Both are results that `run --format json` wrote, or profiles, which are screened first by the same rules. Flags are new, gone
    or as before with other numbers; the cause of each is a figure that changed, became known or was lost, a relation that appeared
    or went, or a rule that says otherwise. Rules are compared where results were made by other ones.

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
    house = _house(templates) if templates is not None and form == "html" else None
    screens = _Screens(selection, context)
    results = [
        screens.result(path, day) for path, day in zip((before, after or before), days or (None, None), strict=True)
    ]
    from screener.result.comparison import compare as compared
    from screener.result.comparison import to_dict

    comparison = compared(*results)
    if form == "html":
        from screener.report.pages.html_pages import comparison_page

        text = house.comparison_page(comparison, language) if house else comparison_page(comparison, language)
    elif form == "json":
        text = json.dumps(to_dict(comparison), ensure_ascii=False, indent=2) + "\n"
    else:
        from screener.report.terminal.comparison_text import comparison_text
        from screener.report.views.comparison_view import comparison_view
        from screener.report.wording import load_wording

        wording = load_wording(language)
        plain = out is not None
        text = comparison_text(
            comparison_view(comparison, wording),
            wording,
            width=80 if plain else terminal_width(),
            colour=not plain and wants_colour(),
        )
    if out is not None:
        from screener.io.atomic import write_file

        write_file(Path(out), text)
    elif form == "text":
        print_text(text)
    else:
        print_document(text)
    ctx.exit(1 if exit_code and comparison.judged_otherwise else 0)


class _Screens:
    """Results from files: read, or made of the profile that is there."""

    def __init__(self, selection: RuleSelection, context: tuple[str, ...]) -> None:
        self.selection, self.context = selection, context
        self._read: dict[str, str] = {}

    def result(self, path: str, day: date | None) -> "ResultDocument":
        """The one result of a file, or of the profile in it as on a day."""
        from screener.io.document import read_text
        from screener.result.codec import MOST_BYTES

        if path not in self._read:
            self._read[path] = read_text(path, MOST_BYTES)
        text = self._read[path]
        if not _is_result(text):
            return self._screened(path, text, day)
        found = list(self._results(path, text))
        if len(found) != 1:
            raise ResultError(
                Problem(f"holds {len(found)} results", "write the one that is meant to a file of its own", path)
            )
        return found[0]

    def _results(self, path: str, text: str) -> Iterator["ResultDocument"]:
        from screener.result.codec import results_in

        for found in results_in(text, path):
            if isinstance(found, Exception):
                raise found
            yield found

    def _screened(self, path: str, text: str, day: date | None) -> "ResultDocument":
        from screener.profile.loader import find_profiles

        screener = self.selection._replace(as_of=day).screener([path])
        return screener.assess(screener.profile(path, text), screener.context(find_profiles(self.context)))


def _is_result(text: str) -> bool:
    """Whether a file begins as a result does, whole or not."""
    head = text[:200].lstrip("\ufeff \t\r\n")
    return head.startswith("{") and '"schema"' in head and '"screener/' in head


def _house(templates: str) -> Any:
    from screener.report.pages.template_sandbox import TemplateSandbox

    house = TemplateSandbox(Path(templates))
    house.check()
    return house
