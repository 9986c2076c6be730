"""`screener run PROFILE…`: profiles, one by one or many at once, into a folder of reports or a stream."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import (
    print_notice,
    print_problems,
    print_text,
    stdout_is_unread,
    terminal_width,
    wants_colour,
)
from screener.cli.progress import with_progress
from screener.cli.report_options import ReportOptions
from screener.cli.shared_options import RuleSelection
from screener.profile.loader import find_profiles

if TYPE_CHECKING:
    from screener.cli.run_command import ProfileRunOptions
    from screener.runs.batch import BatchRun


def run_profiles(
    profiles: Sequence[str], selection: RuleSelection, reports: ReportOptions, options: "ProfileRunOptions"
) -> int:
    """Screens profiles, writes their reports, and prints a summary; the exit code."""
    paths = find_profiles(profiles)
    _check(paths, selection, reports, options)
    screener = selection.screener(paths)
    if not reports.quiet and selection.config is None:
        _announce_settings(selection.settings_file(paths))
    context = screener.context(find_profiles(options.context))
    from screener.runs.batch import POOLED_FROM, BatchRun
    from screener.runs.signals import stoppable
    from screener.runs.task import ScreeningTask

    several = len(paths) > 1
    wanted = reports.render_options(several, record=options.database is not None)
    with (
        reports.delivery(wanted) as delivery,
        stoppable(several) as stop,
        BatchRun(
            ScreeningTask(screener, tuple(context), wanted),
            paths,
            delivery,
            jobs=options.jobs,
            limit=options.time_limit or None,
            resume=options.resume,
            database=options.database,
            scheduler=options.scheduler,
            stopped=lambda: bool(stop.asked) or stdout_is_unread(),
        ) as batch,
    ):
        hidden = reports.quiet or len(paths) < POOLED_FROM
        for outcome in with_progress(batch.run(), len(paths), hidden, is_failure=lambda o: o.made is None):
            print_problems(outcome.problems)
        if not stop.asked:
            batch.finish()
            if not reports.silent and delivery.count:
                print_text(delivery.terminal_summary(batch.shelf, terminal_width(), wants_colour(), several))
    if not reports.quiet or stop.asked or batch.failures:
        for line in _closing_lines(batch, bool(stop.asked)):
            print_notice(line)
    if stop.asked:
        return 128 + stop.asked
    reports.open_in_browser(delivery.main_report(several))
    return reports.exit_code(batch.verdicts, bool(batch.failures))


def _check(
    paths: Sequence[str], selection: RuleSelection, reports: ReportOptions, options: "ProfileRunOptions"
) -> None:
    """Whether the options fit each other and the profiles. Raises UsageError."""
    if selection.facts and len(paths) > 1:
        raise click.UsageError(f"--fact is about one company, and there are {len(paths)} profiles; name one")
    reports.check_stream(several=len(paths) > 1)
    if reports.to_stream and options.resume:
        raise click.UsageError("--resume looks at the reports in a folder; name one with --out")
    if options.scheduler and (reports.to_stream or "-" in paths):
        raise click.UsageError("--scheduler needs files and a folder that the workers can read and write: no '-'")


def _announce_settings(file: Path | None) -> None:
    """Says on standard error that a settings file, which was not named, changes the rules."""
    if file is not None:
        shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
        print_notice(f"{shown} changes the rules; --config none ignores it")


def _closing_lines(batch: "BatchRun", stopped: bool) -> Iterator[str]:
    """What is reported at the end of a run, apart from its results."""
    total = len(batch.paths)
    if batch.kept:
        yield f"{batch.kept:,} of {total:,} profiles are unchanged, as are the rules and options; their reports were kept"
    if batch.failures and batch.several:
        rest = "the others have their reports" if batch.delivery.count else "there is no report"
        what = "screened" if batch.crashed else "read"
        yield f"{batch.failures:,} of {total:,} profiles could not be {what}" + ("" if stopped else f"; {rest}")
    if stopped:
        resume = "; --resume continues from there" if batch.journal is not None else ""
        yield f"stopped: {batch.delivery.count:,} of {total:,} profiles are done{resume}"
