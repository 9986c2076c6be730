"""`screener report`: reports from stored results, without screening again."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_document, print_problems, print_text, terminal_width, wants_colour
from screener.cli.run_command import _exit_code, _now, run
from screener.errors import Problem, ResultError, ScreenerError
from screener.io.paths import files_in, is_folder
from screener.result.model import ResultDocument

_SHARED = ("out", "formats", "templates", "language", "fail_on", "show", "stamp", "quiet", "verbose")


@click.command(params=[p for p in run.params if p.name in _SHARED])
@click.argument("results", nargs=-1, metavar="RESULT|DIR|-...")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of results, and do nothing else.")
@click.pass_context
def report(
    ctx: click.Context,
    results: tuple[str, ...],
    schema: bool,
    out: str,
    formats: tuple[str, ...],
    templates: str | None,
    language: Any,
    fail_on: str | None,
    show: bool,
    stamp: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Write the reports of stored results again: the same bytes that `run` writes.

    RESULT is a file that `run --format json` wrote, or several such documents in one file; DIR a folder of them; '-' is
    standard input. So a screen can be kept, and be shown later in another language, format or look.

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
        from screener.result.result_schema import result_schema

        print_document(json.dumps(result_schema(), ensure_ascii=False, indent=1))
        return
    if not results:
        raise click.UsageError("Missing argument 'RESULT|DIR|-...'.")
    paths = _find(results)
    to_stdout = out == "-"
    if to_stdout and len(formats) != 1:
        raise click.UsageError("--out - takes one --format, such as md")
    items = _read(paths)
    first = list(islice(items, 2))
    several = len(first) > 1
    if to_stdout and "pdf" in formats and (several or sys.stdout.isatty()):
        raise click.UsageError("--out - takes the PDF of one company, and not to a terminal")
    from screener.report.rendering import RenderOptions, TerminalOptions, template_cache_folder
    from screener.report.report_writer import MAX_FAILURES_LISTED, ReportsInMemory, ReportWriter

    told = None if several or quiet or to_stdout else TerminalOptions(terminal_width(), wants_colour(), verbose, out)
    wanted = RenderOptions(
        formats,
        language,
        _now() if stamp else None,
        Path(templates) if templates is not None else None,
        told,
        template_cache_folder() if {"html", "pdf"} & set(formats) else None,
    )
    delivery = ReportWriter(None if to_stdout else Path(out), wanted, print_document)
    shelf, failed = ReportsInMemory(), list[tuple[str, str]]()
    with closing(delivery.renderer):
        for path, found in chain(first, items):
            if isinstance(found, ResultDocument):
                made = delivery.renderer.render(found)
                delivery.write(made)
                shelf.add(made)
            else:
                print_problems(found.problems)
                failed.append((path, str(found)))
        delivery.finish(shelf, failed[:MAX_FAILURES_LISTED], max(len(failed) - MAX_FAILURES_LISTED, 0), several)
    if not quiet and not to_stdout and delivery.count:
        print_text(delivery.terminal_summary(shelf, terminal_width(), wants_colour(), several))
    if failed and several:
        rest = "the others have their reports" if delivery.count else "there is no report"
        click.echo(f"{len(failed)} of {delivery.count + len(failed)} results could not be read; {rest}", err=True)
    main = delivery.main_report(several)
    if show and main is not None:
        click.launch(str(main))
    ctx.exit(_exit_code([row.verdict_word for row in shelf.rows()], bool(failed), fail_on))


def _find(given: tuple[str, ...]) -> list[str]:
    """Files of results: those named, and those in the folders named."""
    found: list[str] = []
    for path in given:
        if path != "-" and is_folder(path):
            inside = sorted(str(p) for p in files_in(path, (".json",)))
            if not inside:
                raise ResultError(Problem("holds no result", "screener run … --format json writes them", path))
            found += inside
        else:
            found.append(path if path == "-" else str(Path(path)))
    return list(dict.fromkeys(found))


def _read(paths: list[str]) -> Iterator[tuple[str, ResultDocument | ScreenerError]]:
    """Every result in the files, or what is wrong with it; a second one of a company would take the place of the first."""
    from screener.result.codec import read_results

    seen: dict[str, str] = {}
    for path in paths:
        for found in read_results(path):
            if isinstance(found, ResultDocument) and found.company.id in seen:
                what = f"'{found.company.id}' has a result in {seen[found.company.id]} already"
                found = ResultError(Problem(what, "report one of the two, or screener compare them", path))
            elif isinstance(found, ResultDocument):
                seen[found.company.id] = path
            yield path, found
