"""`screener report`: writes reports from stored results, without screening again."""

from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

import click

from screener.cli.output import ProblemPrinter, print_document, print_notice, print_text, terminal_width, wants_colour
from screener.cli.report_options import ReportOptions, report_options
from screener.cli.shared_options import json_text
from screener.errors import Problem, ResultError, ScreenerError
from screener.io.paths import files_in, is_folder
from screener.result.model import ResultDocument


@click.command()
@click.argument("results", nargs=-1, metavar="RESULT|DIR|-...")
@report_options
@click.option("--schema", is_flag=True, help="Print the JSON Schema of results, and do nothing else.")
@click.pass_context
def report(ctx: click.Context, *, results: tuple[str, ...], reports: ReportOptions, schema: bool) -> None:
    """Write the reports of stored results again: the same bytes that `run` writes.

    RESULT is a file that `run --format json` wrote, or several such documents in one file; DIR a folder of them; '-' is
    standard input. A stored result can thus be shown later in another language, format or style.

    \b
    Examples:
      screener run fixtures/ --format json --out results
      screener report results/ --out reports --lang zh
      screener report results/oracle.json --format md --out -
      screener report results/ --templates examples/custom-templates --format html,pdf
      screener run mine.json --format json --out - | screener report - --format html
      screener report --schema
    """
    if schema:
        from screener.result.codec import result_schema

        print_document(json_text(result_schema()))
        return
    if not results:
        raise click.UsageError("Missing argument 'RESULT|DIR|-...'.")
    files = _result_files(results)
    items = _read(files)
    first = list(islice(items, 2))
    ctx.exit(_write(chain(first, items), reports, files, several=len(first) > 1))


def _write(
    items: Iterator[tuple[str, ResultDocument | ScreenerError]],
    reports: ReportOptions,
    files: list[str],
    *,
    several: bool,
) -> int:
    """Writes the reports of the results in `files`, and returns the exit code."""
    from screener.report.report_writer import MAX_FAILURES_LISTED, ReportsInMemory
    from screener.report.run_reports import RunReports

    reports.check_out(several)
    rows, failed = ReportsInMemory(), list[tuple[str, str]]()
    with (
        reports.delivery(reports.render_options(several), files) as delivery,
        closing(delivery.renderer),
        ProblemPrinter() as problems,
    ):
        for path, found in items:
            if isinstance(found, ResultDocument):
                made = delivery.renderer.render(found)
                delivery.write(made)
                rows.add(made)
            else:
                problems.print(found)
                failed.append((path, str(found)))
        listed = failed[:MAX_FAILURES_LISTED]
        delivery.finish(RunReports(rows, several, listed, len(failed) - len(listed)))
    if not reports.silent and delivery.count:
        print_text(delivery.terminal_summary(rows, terminal_width(), wants_colour(), several))
    if failed and several:
        rest = "the others have their reports" if delivery.count else "there is no report"
        print_notice(f"{len(failed)} of {delivery.count + len(failed)} results could not be read; {rest}")
    reports.open_in_browser(delivery.main_report(several))
    return reports.exit_code([row.verdict_word for row in rows.rows()], bool(failed))


def _result_files(paths: tuple[str, ...]) -> list[str]:
    """Returns the files of results: those named, and those in the folders named."""
    found: list[str] = []
    for path in paths:
        if path != "-" and is_folder(path):
            inside = sorted(str(p) for p in files_in(path, (".json",)))
            if not inside:
                raise ResultError(Problem("has no results", "screener run … --format json writes them", path))
            found += inside
        else:
            found.append(path if path == "-" else str(Path(path)))
    return list(dict.fromkeys(found))


def _read(paths: list[str]) -> Iterator[tuple[str, ResultDocument | ScreenerError]]:
    """Yields every result in the files, or the error of one that can't be used, such as a second result of a company."""
    from screener.result.codec import read_results

    owners: dict[str, str] = {}
    for path in paths:
        for found in read_results(path):
            if isinstance(found, ResultDocument) and found.company.id in owners:
                what = f"'{found.company.id}' has a result in {owners[found.company.id]} already"
                found = ResultError(Problem(what, "report one of the two, or screener compare them", path))
            elif isinstance(found, ResultDocument):
                owners[found.company.id] = path
            yield path, found
