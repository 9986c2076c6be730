"""The process that renders custom templates, see `screener.report.pages.template_sandbox`.

It reads the files of the folder first; afterwards it can open no files or connections, if the system supports that
restriction.
"""

import json
import pickle
import signal
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from screener.errors import OutputError, Problem
from screener.text import LANGUAGES, clean, did_you_mean

MEMORY_BYTES = 1 << 29


def serve() -> None:
    """The main function of the process: answers requests until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    server = TemplateServer(Path(sys.argv[1]), float(sys.argv[2]))
    server.load()
    restrict_process()
    sink.write(with_length(b""))
    sink.flush()
    while header := source.read(8):
        what, arguments, options = pickle.loads(source.read(int.from_bytes(header, "big")))  # from the parent process
        sink.write(with_length(json.dumps(server.answer(what, arguments, options)).encode()))
        sink.flush()


def with_length(data: bytes) -> bytes:
    """Returns a message in the form in which it is sent through the pipe."""
    return len(data).to_bytes(8, "big") + data


def timeout_problem(seconds: float, file: str, line: int | None = None) -> Problem:
    """Returns the problem of a page that takes longer than `seconds`."""
    return Problem(f"takes longer than {seconds:g} s for a page", "look for a loop without an end", file, line)


def restrict_process() -> None:
    """Forbids new files and connections and writing to files, and limits memory."""
    try:
        import resource
    except ImportError:  # Windows: only Jinja's sandbox and the timeout of the parent remain
        return
    for which, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 0)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (most, hard if which == resource.RLIMIT_AS else most))


class TemplateServer:
    """Renders pages with the templates of a folder, each within a limit of CPU time."""

    def __init__(self, folder: Path, cpu_seconds: float) -> None:
        self.folder, self.cpu_seconds = folder, cpu_seconds
        self._problems: list[Problem] = []  # problems of the folder, found by `load`

    def load(self) -> None:
        """Imports and reads everything that needs files, before they can no longer be opened."""
        import jinja2.debug  # noqa: F401 (imported by Jinja only where something fails)

        import screener.report.views.comparison_view  # noqa: F401 (imported by html_pages only where it is used)
        from screener.report.pages.html_pages import jinja_environment
        from screener.report.pages.template_files import built_in_files
        from screener.report.wording import built_in_wording

        try:
            environment = jinja_environment(self.folder)
        except OutputError as error:
            self._problems = list(error.problems)
            return
        with suppress(ZeroDivisionError):  # imports what Jinja and Python import only when an error occurs
            environment.from_string(built_in_files()["shared.html.jinja"] + "{{ 1 / 0 }}").render()
        for language in LANGUAGES:
            built_in_wording(language)

    def answer(self, what: str, arguments: Any, options: Any) -> dict[str, Any]:
        """Returns the page from a function of `html_pages`, or the problems; "check" compiles all templates."""
        from screener.report.pages import html_pages

        problems, page = list(self._problems), ""
        try:
            _limit_cpu_time(self.cpu_seconds)
            if not problems and what == "check":
                problems = self._check()
            elif not problems:
                page = getattr(html_pages, what)(*arguments, **options, templates=self.folder)
        except BaseException as error:
            problems = [self._problem(error)]
        finally:
            _limit_cpu_time(0)
        fields = ("what", "hint", "file", "line", "path")
        found = [{field: getattr(problem, field) for field in fields} for problem in problems]
        return {"problems": found} if found else {"page": page}

    def _check(self) -> list[Problem]:
        """Compiles every template of the folder; reads the texts in both languages."""
        from jinja2 import TemplateError

        from screener.report.pages.html_pages import jinja_environment
        from screener.report.pages.template_files import template_files
        from screener.report.wording import load_wording

        problems: list[Problem] = []
        environment = jinja_environment(self.folder)
        for name in (n for n in template_files(self.folder) if n.endswith(".jinja")):
            try:
                environment.get_template(name)
            except (TemplateError, RecursionError, MemoryError) as error:
                problems.append(self._problem(error))
        for language in LANGUAGES:
            try:
                load_wording(language, self.folder)
            except OutputError as error:
                problems += error.problems
        return problems

    def _problem(self, error: BaseException) -> Problem:
        """Returns the problem of a template with its place."""
        from jinja2 import TemplateSyntaxError

        from screener.report.pages.template_files import template_files

        if isinstance(error, OutputError):
            return error.problems[0]
        names = template_files(self.folder)
        name, line = _template_line(error.__traceback__, names)
        if isinstance(error, TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        file = str(self.folder / name) if name else str(self.folder)
        if isinstance(error, TimeoutError):
            return timeout_problem(self.cpu_seconds, file, line)
        what, hint = _fault(error, names)
        return Problem(what, hint, file, line)


def _fault(error: BaseException, names: Collection[str]) -> tuple[str, str]:
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    from screener.report.pages.html_pages import PageTooLong

    message = clean(str(getattr(error, "message", None) or error))
    match error:
        case MemoryError() | OverflowError():
            return "needs more memory than a page may use", "look for what grows without an end"
        case PageTooLong():
            return str(error), "look for a loop that writes too much"
        case RecursionError():
            return "calls itself without an end", "look for a macro, include or extends that refers to itself"
        case TemplateNotFound():
            missing = clean(str(error.name or error))
            return f"there is no template '{missing}'", did_you_mean(missing, names, "only this folder is read")
        case SecurityError():
            return message.rstrip(".") or "is not allowed", "a template can read the view only"
        case TemplateSyntaxError() | UndefinedError():
            return message, ""
    return f"{type(error).__name__}: {message}", ""


def _limit_cpu_time(seconds: float) -> None:
    """Makes TimeoutError be raised after `seconds` of CPU time; 0 for never."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _raise_timeout)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _raise_timeout(_: int, __: FrameType | None) -> NoReturn:
    raise TimeoutError


def _template_line(trace: TracebackType | None, names: Collection[str]) -> tuple[str, int | None]:
    """Returns the innermost line of a template in a traceback."""
    found: tuple[str, int | None] = "", None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in names:
            found = file, trace.tb_lineno
        trace = trace.tb_next
    return found
