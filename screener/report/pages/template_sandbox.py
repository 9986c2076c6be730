"""Renders custom templates in a separate process that can neither open files nor run endlessly.

Jinja's sandbox limits what a template can access; the process, `screener.report.pages.template_server`, limits time and
memory. It receives results over a pipe and answers in JSON.
"""

import json
import os
import pickle
import select
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from screener.errors import OutputError, Problem
from screener.io.processes import isolated_python
from screener.report.pages.template_server import timeout_problem, with_length

CPU_SECONDS_PER_PAGE = 10.0
_WALL_CLOCK_FACTOR = (
    3  # multiple of the CPU limit, in elapsed time, after which a process that does not respond is killed
)
_START_SECONDS = 60  # seconds until the process must be ready


class TemplateSandbox:
    """Makes pages from the templates in a folder. Raises OutputError, with file and line, for every error in a
    template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # id of the process that started it; a fork of that process starts another one

    def __reduce__(self) -> tuple[Any, ...]:
        return TemplateSandbox, (self.folder,)

    def check(self) -> None:
        """Reads and compiles all files of the folder. Raises OutputError with all problems."""
        self._request("check", 1)

    def company_page(self, *arguments: Any, **options: Any) -> str:
        """Returns `html_pages.company_page` with these templates."""
        return str(self._request("company_page", 1, *arguments, **options))

    def index_page(self, *arguments: Any, **options: Any) -> str:
        """Returns `html_pages.index_page` with these templates."""
        return str(self._request("index_page", 2, *arguments, **options))

    def comparison_page(self, *arguments: Any, **options: Any) -> str:
        """Returns `html_pages.comparison_page` with these templates."""
        return str(self._request("comparison_page", 1, *arguments, **options))

    def page(self, *arguments: Any, **options: Any) -> str:
        """Returns `html_pages.page` with these templates."""
        return str(self._request("page", 1, *arguments, **options))

    def close(self) -> None:
        """Ends the process; a fork of its owner only drops the reference."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            process.wait()

    def _request(self, what: str, pages: int, /, *arguments: Any, **options: Any) -> Any:
        try:
            if self._process is None or self._owner != os.getpid():
                self._process, self._owner = _start_server(self.folder), os.getpid()
                self._read_answer(self._process, time.monotonic() + _START_SECONDS)
            process = self._process
            assert process.stdin is not None
            process.stdin.write(with_length(pickle.dumps((what, arguments, options))))
            process.stdin.flush()
            deadline = time.monotonic() + CPU_SECONDS_PER_PAGE * _WALL_CLOCK_FACTOR * pages
            answer = json.loads(self._read_answer(process, deadline))
        except (OSError, EOFError, ValueError) as error:
            self.close()
            hint = "a template needs more memory, or writes more, than is allowed"
            raise OutputError(
                Problem("rendering ended before the page was complete", hint, str(self.folder))
            ) from error
        if "problems" in answer:
            raise OutputError(Problem(**p) for p in answer["problems"])
        return answer["page"]

    def _read_answer(self, process: "subprocess.Popen[bytes]", deadline: float) -> bytes:
        assert process.stdout is not None
        pipe, found, expected = process.stdout.fileno(), bytearray(), 8
        while len(found) < expected:
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                self.close()
                raise OutputError(timeout_problem(CPU_SECONDS_PER_PAGE, str(self.folder)))
            more = os.read(pipe, 1 << 20)
            if not more:
                raise EOFError
            found += more
            if len(found) >= 8:
                expected = 8 + int.from_bytes(found[:8], "big")
        return bytes(found[8:])


def _start_server(folder: Path) -> "subprocess.Popen[bytes]":
    command = isolated_python("screener.report.pages.template_server:serve", [str(folder), str(CPU_SECONDS_PER_PAGE)])
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        what = f"can't be rendered: {(error.strerror or str(error)).lower()}"
        hint = "end other processes, or raise the limits (ulimit -u, ulimit -n)"
        raise OutputError(Problem(what, hint, str(folder))) from error
