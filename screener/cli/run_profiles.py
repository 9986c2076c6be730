"""`screener run PROFILE…`: screens profiles, one after the other or in parallel, and writes reports to a folder or a
stream."""

import signal
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from screener.cli.output import (
    ProblemPrinter,
    print_notice,
    print_text,
    stdout_is_unread,
    terminal_width,
    wants_colour,
)
from screener.cli.peer_options import are_peers, check_peers, peers_of_options
from screener.cli.progress import with_progress
from screener.cli.report_options import ReportOptions
from screener.cli.shared_options import RuleSelection, named_files
from screener.cli.signals import stoppable
from screener.io.processes import collect_garbage_rarely
from screener.profile.loader import find_profiles

if TYPE_CHECKING:
    from screener.cli.run_command import ProfileRunOptions
    from screener.runs.batch import BatchRun


def run_profiles(
    profiles: Sequence[str], selection: RuleSelection, reports: ReportOptions, options: "ProfileRunOptions"
) -> int:
    """Screens profiles, writes their reports, prints a summary, and returns the exit code."""
    paths = find_profiles(profiles)
    _check(paths, selection, reports, options)
    screener = selection.screener(paths)
    context_paths = find_profiles(options.context)
    context = screener.context(context_paths)
    from screener.runs.batch import BatchRun
    from screener.runs.execution import POOLED_FROM, Execution
    from screener.runs.task import ScreeningTask

    several = len(paths) > 1
    if several:
        collect_garbage_rarely()
    wanted = reports.render_options(several, record=options.database is not None)
    task = ScreeningTask(screener, tuple(context), wanted, peers=peers_of_options(screener, reports, options))
    read = (selection, options.peers, options.peers_map, options.database)
    inputs = [*paths, *context_paths, *named_files(read)]
    with (
        reports.delivery(wanted, inputs) as delivery,
        stoppable(several) as stop,
        BatchRun(
            task,
            paths,
            delivery,
            Execution(
                jobs=options.jobs,
                limit=options.time_limit or None,
                scheduler=options.scheduler,
                stopped=lambda: bool(stop.number) or stdout_is_unread(),
            ),
            resume=options.resume,
            database=options.database,
            waiting=lambda: print_notice(f"{options.database}: another process is writing to it; waiting for it"),
        ) as batch,
        ProblemPrinter() as problems,
    ):
        if batch.journal is not None and batch.journal.damaged is not None:
            print_notice(f"{batch.journal.file}: was damaged; it is set aside as {batch.journal.damaged.name}")
        hidden = reports.quiet or len(paths) < POOLED_FROM
        passes = []
        if are_peers(paths, reports, options):
            passes.append((batch.compare_with_each_other(), "Screening"))
        passes.append((batch.run(), "Reports" if passes else "Screening"))
        for step, (outcomes, what) in enumerate(passes, 1):
            for outcome in with_progress(outcomes, len(paths), hidden, what, lambda o: bool(o.problems)):
                if step == len(passes):  # each pass would report the same problems of a profile
                    problems.print(outcome.problems)
        if batch.is_complete and not stop.number:
            batch.finish()
            if not reports.silent and delivery.count:
                day = selection.as_of.isoformat() if selection.as_of else None
                width, colour = terminal_width(), wants_colour()
                print_text(delivery.terminal_summary(batch.collected, width, colour, several, day))
    stopped_by = stop.number or (0 if batch.is_complete else signal.SIGPIPE)
    if not reports.quiet or stopped_by or batch.failures:
        for line in _closing_lines(batch, stopped_by):
            print_notice(line)
    if stopped_by:
        return 128 + stopped_by
    reports.open_in_browser(delivery.main_report(several))
    return reports.exit_code(batch.verdicts, bool(batch.failures))


def _check(
    paths: Sequence[str], selection: RuleSelection, reports: ReportOptions, options: "ProfileRunOptions"
) -> None:
    """Raises UsageError if the options contradict each other or do not fit the profiles."""
    if selection.facts and len(paths) > 1:
        raise click.UsageError(f"--fact is about one company, and there are {len(paths)} profiles; name one")
    reports.check_out(several=len(paths) > 1)
    check_peers(paths, options)
    if reports.to_stream and options.resume:
        raise click.UsageError("--resume looks at the reports in a folder; name one with --out")
    if options.scheduler and (reports.to_stream or "-" in paths):
        raise click.UsageError("--scheduler needs files and a folder that the workers can read and write: no '-'")


def _closing_lines(batch: "BatchRun", stopped_by: int) -> Iterator[str]:
    """Returns what is reported at the end of a run, apart from its results."""
    total = len(batch.paths)
    if batch.reused:
        yield f"{batch.reused:,} of {total:,} profiles are unchanged, as are the rules and options; their reports were kept"
    if batch.failures and batch.several:
        rest = "the others have their reports" if batch.writer.count else "there is no report"
        what = "screened" if batch.crashes else "read"
        yield f"{batch.failures:,} of {total:,} profiles could not be {what}" + ("" if stopped_by else f"; {rest}")
    if stopped_by:
        resume = "; --resume continues from there" if batch.journal is not None else ""
        why = "; nobody reads standard output any more" if stopped_by == signal.SIGPIPE else ""
        yield f"stopped: {batch.writer.count:,} of {total:,} profiles are done{resume}{why}"
