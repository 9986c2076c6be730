"""A house's own templates, rendered in a process of its own: one that can neither read files nor run for ever.

Jinja's sandbox keeps a template from what is not meant for it; what it does not bound, time and memory, the process does. It reads
the files of the look first; then it may open no file and no connection (where the system can forbid that), gets results over
a pipe and answers in JSON.
"""

import json
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from screener.errors import OutputError, Problem
from screener.io.processes import isolated_python
from screener.text import LANGUAGES

CPU_SECONDS_PER_PAGE = 10.0  # of computing, for one page
_WALL_CLOCK_FACTOR = 3  # times as long by the clock: then a process that does not even notice is killed
_START_SECONDS = 60  # seconds until it must be ready
MEMORY_BYTES = 1 << 29  # bytes


class TemplateSandbox:
    """Pages by the templates in a folder. Raises OutputError, with file and line, for whatever a template does wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # the process that started it: a copy of it by fork starts one of its own

    def __reduce__(self) -> tuple[Any, ...]:
        return TemplateSandbox, (self.folder,)

    def check(self) -> None:
        """Reads and compiles all files of the look. Raises OutputError with all problems."""
        self._request("check", 1)

    def company_page(self, *given: Any, **options: Any) -> str:
        """`html.company_page` with these templates."""
        return str(self._request("company_page", 1, *given, **options))

    def index_page(self, *given: Any, **options: Any) -> str:
        """`html.index_page` with these templates."""
        return str(self._request("index_page", 2, *given, **options))

    def comparison_page(self, *given: Any, **options: Any) -> str:
        """`html.comparison_page` with these templates."""
        return str(self._request("comparison_page", 1, *given, **options))

    def page(self, *given: Any, **options: Any) -> str:
        """`html.page` with these templates."""
        return str(self._request("page", 1, *given, **options))

    def close(self) -> None:
        """Ends the process; a copy of its owner by fork only forgets it."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            process.wait()

    def _request(self, what: str, pages: int, /, *given: Any, **options: Any) -> Any:
        try:
            if self._process is None or self._owner != os.getpid():
                self._process, self._owner = _start_server(self.folder), os.getpid()
                self._read_answer(self._process, time.monotonic() + _START_SECONDS)
            process = self._process
            assert process.stdin is not None
            process.stdin.write(_with_length(pickle.dumps((what, given, options))))
            process.stdin.flush()
            answer = json.loads(
                self._read_answer(process, time.monotonic() + CPU_SECONDS_PER_PAGE * _WALL_CLOCK_FACTOR * pages)
            )
        except (OSError, EOFError, ValueError) as error:
            self.close()
            hint = "a template asks for too much, or writes more than can be held"
            raise OutputError(Problem("rendering ended before the page was whole", hint, str(self.folder))) from error
        if "problems" in answer:
            raise OutputError(Problem(**p) for p in answer["problems"])
        return answer["made"]

    def _read_answer(self, process: "subprocess.Popen[bytes]", deadline: float) -> bytes:
        assert process.stdout is not None
        pipe, found, wanted = process.stdout.fileno(), bytearray(), 8
        while len(found) < wanted:
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                self.close()
                raise OutputError(_timeout_problem(str(self.folder), None))
            more = os.read(pipe, 1 << 20)
            if not more:
                raise EOFError
            found += more
            if len(found) >= 8:
                wanted = 8 + int.from_bytes(found[:8], "big")
        return bytes(found[8:])


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(8, "big") + data


def _start_server(folder: Path) -> "subprocess.Popen[bytes]":
    command = isolated_python("screener.report.pages.template_sandbox:serve", [str(folder), str(CPU_SECONDS_PER_PAGE)])
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def serve() -> None:
    """The process: answers requests until there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    global CPU_SECONDS_PER_PAGE
    CPU_SECONDS_PER_PAGE = float(sys.argv[2])
    folder, source, sink = Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer
    ready: OutputError | None = None
    try:
        _load_everything(folder)
    except OutputError as error:
        ready = error
    _restrict_process()
    sink.write(_with_length(b""))
    sink.flush()
    while header := source.read(8):
        what, given, options = pickle.loads(source.read(int.from_bytes(header, "big")))  # from ourselves
        sink.write(_with_length(json.dumps(_handle_request(folder, what, given, options, ready)).encode()))
        sink.flush()


def _load_everything(folder: Path) -> None:
    """Everything that needs files, before there are none."""
    import jinja2.debug  # noqa: F401 (used only when something fails)

    from screener.report import wording
    from screener.report.pages import html_pages as html
    from screener.report.pages import template_files as look
    from screener.report.views import comparison_view as comparison

    assert comparison  # which `html` imports only when it is asked for
    environment = html.jinja_environment(folder)
    with suppress(ZeroDivisionError):  # what Jinja and Python import only when they need it
        environment.from_string(look.built_in_files()["shared.html.jinja"] + "{{ 1 / 0 }}").render()
    for language in LANGUAGES:
        wording.built_in_wording(language)


def _restrict_process() -> None:
    """From here on: no new file or connection, nothing written to files, a bounded memory."""
    try:
        import resource
    except ImportError:  # Windows: what is left is Jinja's sandbox, and the one who waits
        return
    for which, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 0)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (most, hard if which == resource.RLIMIT_AS else most))


def _handle_request(folder: Path, what: str, given: Any, options: Any, ready: OutputError | None) -> dict[str, Any]:
    from screener.report.pages import html_pages as html

    if ready is not None:
        return {"problems": [_problem_fields(p) for p in ready.problems]}
    try:
        _limit_cpu_time(CPU_SECONDS_PER_PAGE)
        if what == "check":
            return _check_templates(folder)
        return {"made": getattr(html, what)(*given, **options, templates=folder)}
    except BaseException as error:
        return {"problems": [_problem_fields(_template_problem(error, folder))]}
    finally:
        _limit_cpu_time(0)


def _check_templates(folder: Path) -> dict[str, Any]:
    """Compiles every template of the folder; reads the words in both languages."""
    from jinja2 import TemplateError

    from screener.report.pages import html_pages as html
    from screener.report.pages.template_files import template_files
    from screener.report.wording import load_wording

    found = []
    environment = html.jinja_environment(folder)
    for name in (n for n in template_files(folder) if n.endswith(".jinja")):
        try:
            environment.get_template(name)
        except (TemplateError, RecursionError, MemoryError) as error:
            found.append(_template_problem(error, folder))
    for language in LANGUAGES:
        try:
            load_wording(language, folder)
        except OutputError as error:
            found += error.problems
    return {"problems": [_problem_fields(p) for p in found]} if found else {"made": None}


def _problem_fields(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("what", "hint", "file", "line", "path")}


def _limit_cpu_time(seconds: float) -> None:
    """Asks for an alarm after so many seconds of computing; 0 for none."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _raise_timeout)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _raise_timeout(_: int, __: FrameType | None) -> NoReturn:
    raise TimeoutError


def _timeout_problem(file: str, line: int | None) -> Problem:
    return Problem(
        f"takes longer than {CPU_SECONDS_PER_PAGE:g} s for a page", "look for a loop that does not end", file, line
    )


def _template_problem(error: BaseException, folder: Path) -> Problem:
    """What a template did wrong, and where."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError
    from jinja2.exceptions import SecurityError

    from screener.report.pages.html_pages import PageTooLong
    from screener.report.pages.template_files import template_files
    from screener.text import clean, did_you_mean

    if isinstance(error, OutputError):
        return error.problems[0]
    names = template_files(folder)
    name, line = _template_line(error.__traceback__, names)
    if isinstance(error, TemplateSyntaxError):
        name, line = error.name or name, error.lineno
    file = str(folder / name) if name else str(folder)
    if isinstance(error, TimeoutError):
        return _timeout_problem(file, line)
    if isinstance(error, (MemoryError, OverflowError)):
        return Problem("asks for more memory than a page may have", "look for what grows without end", file, line)
    if isinstance(error, PageTooLong):
        return Problem(str(error), "look for a loop that writes too much", file, line)
    if isinstance(error, RecursionError):
        return Problem("calls itself without end", "look for a macro, include or extends that leads back", file, line)
    if isinstance(error, TemplateNotFound):
        wanted = clean(str(error.name or error))
        return Problem(
            f"there is no template '{wanted}'", did_you_mean(wanted, names, "only this folder is read"), file, line
        )
    message = clean(str(getattr(error, "message", None) or error))
    if isinstance(error, SecurityError):
        return Problem(
            message.rstrip(".") or "is not allowed", "a template sees the view, and nothing behind it", file, line
        )
    kind = type(error).__name__
    what = message if isinstance(error, TemplateSyntaxError) or kind == "UndefinedError" else f"{kind}: {message}"
    return Problem(what, "", file, line)


def _template_line(trace: TracebackType | None, names: Any) -> tuple[str, int | None]:
    """The innermost line of a template that an error went through."""
    found: tuple[str, int | None] = "", None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in names:
            found = file, trace.tb_lineno
        trace = trace.tb_next
    return found
