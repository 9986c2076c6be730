"""Options that `run` and `report` share: formats, destination, language and templates of reports, and the exit code."""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from screener.cli.output import print_document, terminal_height, terminal_width, wants_colour
from screener.cli.shared_options import apply_options, force_option, gather_options, language_option, quiet_option
from screener.io.atomic import is_stream, open_output
from screener.io.folder_lock import folder_lock
from screener.io.replacing import ReplacePolicy
from screener.report.formats.csv_format import ENCODINGS
from screener.report.formats.registry import FORMATS
from screener.text import Language
from screener.vocabulary import Verdict

if TYPE_CHECKING:
    from screener.report.rendering import RenderOptions, TerminalOptions
    from screener.report.report_writer import ReportWriter

_SUFFIXES = {Path(name).suffix for form in FORMATS.values() for name in (f"x{form.suffix}", form.overview)} - {""}
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class ReportOptions:
    """The reports to write, and their destination."""

    out: str
    formats: tuple[str, ...]
    templates: str | None
    language: Language
    fail_on: str | None
    open_browser: bool
    stamp: bool
    csv_encoding: str
    force: bool
    quiet: bool
    verbose: bool

    @property
    def to_stream(self) -> bool:
        """Returns whether the reports go to standard output, a pipe or a device instead of a folder."""
        return self.out == "-" or is_stream(Path(self.out))

    @property
    def silent(self) -> bool:
        """Returns whether only reports and errors are printed."""
        return self.quiet or self.to_stream

    def check_out(self, several: bool) -> None:
        """Raises UsageError if the reports of one or `several` companies can't go to the chosen destination."""
        if not self.to_stream:
            self._check_folder()
            return
        if len(self.formats) != 1:
            raise click.UsageError(f"--out {self.out} takes one --format, such as json")
        form = FORMATS[self.formats[0]]
        if form.needs_folder:
            raise click.UsageError(
                f"--format {form.name} writes several files, so it needs a folder: name one with --out"
            )
        if form.binary and (several or (self.out == "-" and sys.stdout.isatty())):
            raise click.UsageError(f"--out {self.out} takes the {form.name} of one company, and not to a terminal")

    def _check_folder(self) -> None:
        """Refuses a folder named like a file: `--out report.html` is not meant to create a folder of that name."""
        path = Path(self.out)
        if path.suffix.lower() not in _SUFFIXES or os.path.isdir(path):  # noqa: PTH112 (which never raises)
            return
        hint = f"name one, such as --out {path.with_suffix('')}"
        if len(self.formats) == 1 and not FORMATS[self.formats[0]].needs_folder:
            hint += f", or take one document from standard output: --out - > {path}"
        raise click.UsageError(f"--out is the folder of the reports, and {self.out} looks like a file; {hint}")

    def render_options(self, several: bool, record: bool = False) -> "RenderOptions":
        """Returns how each result is rendered; with `record`, also as a record for a database."""
        from screener.report.rendering import RenderOptions

        return RenderOptions(
            formats=self.formats,
            language=self.language,
            stamp=_now() if self.stamp else None,
            templates=Path(self.templates) if self.templates is not None else None,
            terminal=None if several or self.silent else self._terminal(),
            database_record=record,
            csv_encoding=self.csv_encoding,
            several=several,
        )

    def _terminal(self) -> "TerminalOptions":
        from screener.report.rendering import TerminalOptions

        return TerminalOptions(
            width=terminal_width(),
            height=terminal_height(),
            colour=wants_colour(),
            verbose=self.verbose,
            report_folder=self.out,
        )

    @contextmanager
    def delivery(self, wanted: "RenderOptions", inputs: Iterable[str]) -> Iterator["ReportWriter"]:
        """Provides a writer of reports to their destination; a folder is locked meanwhile.

        It replaces files that screener wrote, or with --force any file, but never one of the `inputs`. Raises
        OutputError.
        """
        from screener.report.report_writer import ReportWriter

        if not self.to_stream:
            policy = ReplacePolicy(self.force, inputs)
            writer = ReportWriter(Path(self.out), wanted, print_document, policy=policy)
            with folder_lock(Path(self.out)):
                yield writer
        elif self.out == "-":
            yield ReportWriter(None, wanted, print_document)
        else:
            with open_output(Path(self.out)) as file:
                yield ReportWriter(None, wanted, lambda text: cast(None, file.write(text)))

    def open_in_browser(self, report: Path | None) -> None:
        """Opens the main report in a browser, if there is one and --open is given."""
        if self.open_browser and report is not None:
            click.launch(str(report))

    def exit_code(self, verdicts: Collection[str], failed: bool) -> int:
        """Returns the exit code for these verdicts; see the function `exit_code`."""
        return exit_code(verdicts, failed, self.fail_on)


def exit_code(verdicts: Collection[str], failed: bool, fail_on: str | None) -> int:
    """Returns 3 if something `failed` to be read or screened, 1 if a verdict is `fail_on` or worse, else 0."""
    if failed:
        return 3
    return 1 if fail_on and any(Verdict(v) <= fail_on for v in verdicts) else 0


csv_encoding_option = click.option(
    "--csv-encoding",
    type=click.Choice(ENCODINGS),
    default=ENCODINGS[0],
    show_default=True,
    help="Encoding of CSV files: utf-8-sig has the byte order mark that Excel needs.",
)


def report_options(command: F) -> F:
    """Adds --out, --format, --templates, --lang, --fail-on, --open, --stamp, -q and -v, as the argument `reports`."""
    options = (
        click.option(
            "-o",
            "--out",
            default="reports",
            show_default=True,
            callback=_named,
            metavar="DIR|-",
            help="The folder of the reports; '-', a pipe or a device takes the documents of one format.",
        ),
        click.option(
            "--format",
            "formats",
            default="html",
            show_default=True,
            callback=_read_formats,
            metavar="LIST",
            help=f"Any of {', '.join(FORMATS)}, separated by commas; pdf needs Chromium.",
        ),
        click.option(
            "--templates",
            metavar="DIR",
            help="Templates that take precedence over the built-in ones (docs/templates.md).",
        ),
        language_option,
        click.option(
            "--fail-on",
            type=click.Choice([verdict.value for verdict in Verdict if not verdict.is_favourable]),
            help="Exit with 1 if a verdict is this or worse; the choices start with the worst. Clear and watch are favourable.",
        ),
        click.option("--open", "open_browser", is_flag=True, help="Open the report in the browser."),
        click.option(
            "--stamp",
            is_flag=True,
            help="Write the current time into the report (without it the same input gives the same bytes).",
        ),
        csv_encoding_option,
        force_option,
        quiet_option,
        click.option("-v", "--verbose", is_flag=True, help="Print all findings."),
    )
    return cast(F, apply_options(gather_options(ReportOptions, "reports")(command), *options))


def _named(_: click.Context, __: click.Parameter, value: str) -> str:
    if not value:
        raise click.BadParameter("the name of the folder is empty")
    return value


def _read_formats(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(v.strip() for v in value.split(",") if v.strip()))
    for form in wanted:
        if form not in FORMATS:
            raise click.BadParameter(f"'{form}' is none of {', '.join(FORMATS)}")
    if not wanted:
        raise click.BadParameter(f"name at least one of {', '.join(FORMATS)}")
    return wanted


def _now() -> str:
    import datetime

    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
