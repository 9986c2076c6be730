"""Prints pages as PDF with Chromium, in one process for all pages.

The browser is controlled over a pipe with the DevTools protocol, so that nothing listens on a port. It gets the page as
text, with scripts disabled and without network
access. Timestamps in the PDF are replaced by the date of the profile; its other bytes depend on
the version of Chromium and on the fonts of the machine.
"""

import base64
import html
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import Any

from screener.errors import OutputError, Problem
from screener.io.processes import lift_growth_limit

BROWSER_VARIABLE = "SCREENER_CHROMIUM"  # the environment variable that names the browser
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
TIMEOUT_SECONDS = 60  # seconds for one page, and for the start
_INSTALL_HINT = (
    f"install it (Debian: apt-get install chromium), or name it in {BROWSER_VARIABLE}; --format html needs none"
)
_MACOS_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-breakpad",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_FOOTER = (
    '<div style="font:8px sans-serif;color:#4a5766;width:100%;margin:0 .55in;display:flex;justify-content:space-between">'
    '<span class="title"></span><span>{note}</span>'
    '<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)
_PRINT_OPTIONS = {
    **dict.fromkeys(("printBackground", "preferCSSPageSize", "generateTaggedPDF", "generateDocumentOutline"), True),
    "paperWidth": 8.27,
    "paperHeight": 11.69,  # A4 in inches
    "marginTop": 0.5,
    "marginBottom": 0.65,
    "marginLeft": 0.55,
    "marginRight": 0.55,
    "scale": 0.85,  # scale at which a page keeps its two columns
    "displayHeaderFooter": True,
    "headerTemplate": "<span></span>",
}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PDF_CREATOR = re.compile(rb"/Creator \(((?:[^()\\]|\\.){9,})\)")
_PDF_TIMESTAMP = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}")


def find_browser() -> str:
    """Returns the browser to print with: the one that the environment names, else the first on the path. Raises
    OutputError."""
    named = os.environ.get(BROWSER_VARIABLE)
    candidates = (named,) if named else (*BROWSER_NAMES, _MACOS_CHROME)
    found = next(filter(None, map(shutil.which, candidates)), None)
    if found is None:
        missing = f"{BROWSER_VARIABLE} names no program: {named}"
        what = missing if named else "--format pdf needs Chromium or Chrome, and none is found"
        raise OutputError(Problem(what, _INSTALL_HINT))
    if sys.platform == "win32":
        raise OutputError(Problem("--format pdf is not available on Windows", "write html and print it in the browser"))
    return found


class PdfPrinter:
    """A browser that prints pages; it ends with `close`, or when this object is deleted. Raises OutputError if it does
    not start."""

    def __init__(self, program: str) -> None:
        self.program = program
        self._last_id, self._buffer = 0, b""
        self._folder = tempfile.mkdtemp(prefix="screener-print-")
        self._log = Path(self._folder) / "log"
        inwards, self._write_end = os.pipe()
        self._read_end, outwards = os.pipe()

        def connect() -> None:  # in the new process: the protocol uses descriptors 3 and 4
            import fcntl

            lift_growth_limit()
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (inwards, outwards)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        flags = [*_FLAGS, f"--user-data-dir={self._folder}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium does not start with its sandbox as root
        try:
            with self._log.open("wb") as log:
                process = subprocess.Popen(
                    [program, *flags, "about:blank"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    env={**os.environ, "TMPDIR": self._folder},  # a folder that exists
                    start_new_session=True,
                    preexec_fn=connect,
                    close_fds=False,
                )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise OutputError(
                Problem(f"can't be started: {(error.strerror or str(error)).lower()}", _INSTALL_HINT, program)
            ) from error
        finally:
            os.close(inwards)
            os.close(outwards)
        self.close = weakref.finalize(
            self, _stop_browser, process, (self._write_end, self._read_end), self._folder, os.getpid()
        )
        """Ends the browser."""
        self._call(time.monotonic() + TIMEOUT_SECONDS, "Browser.getVersion")

    def print_page(self, page: str, day: str | None, note: str = "") -> bytes:
        """Returns a page as a PDF dated `day` (an ISO date; 1 January 1970 if none), with a note at the foot of each
        page.

        Raises OutputError.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        footer = _FOOTER.replace("{note}", html.escape(note))
        target = self._call(deadline, "Target.createTarget", url="about:blank")["targetId"]
        session = self._call(deadline, "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

        def call(method: str, **values: Any) -> Any:
            return self._call(deadline, method, session, **values)

        call("Page.enable")
        call("Emulation.setScriptExecutionDisabled", value=True)
        call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "light"}])
        call("Network.enable")
        call("Network.setBlockedURLs", urls=[f"{scheme}:*" for scheme in ("http", "https", "file", "ftp", "ws", "wss")])
        frame = call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        call("Page.setDocumentContent", frameId=frame, html=page)
        pdf = base64.b64decode(call("Page.printToPDF", **_PRINT_OPTIONS, footerTemplate=footer)["data"])
        self._call(deadline, "Target.closeTarget", targetId=target)
        year, month, date = (day or "").split("-") if _ISO_DATE.fullmatch(day or "") else ("1970", "01", "01")
        head = _PDF_TIMESTAMP.sub(rf"\g<1>{year}{month}{date}000000".encode(), pdf[:4096])
        return _PDF_CREATOR.sub(_creator, head) + pdf[4096:]

    def _call(self, deadline: float, method: str, session: str | None = None, **values: Any) -> Any:
        """Calls a method and returns its result; other messages of the browser are ignored."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": values}
        message |= {"sessionId": session} if session else {}
        left = json.dumps(message).encode() + b"\0"
        try:
            while left:
                left = left[os.write(self._write_end, left) :]
            while True:
                answer = json.loads(self._next_message(deadline))
                if answer.get("id") == self._last_id:
                    break
        except OSError as error:
            raise self._failure("the browser stopped") from error
        if "error" in answer:
            raise self._failure(f"the browser refuses {method}: {answer['error'].get('message')}")
        return answer["result"]

    def _next_message(self, deadline: float) -> bytes:
        while b"\0" not in self._buffer:
            if not select.select([self._read_end], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise self._failure(f"the browser did not answer within {TIMEOUT_SECONDS} s")
            more = os.read(self._read_end, 1 << 20)
            if not more:
                raise self._failure("the browser stopped")
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        return message

    def _failure(self, what: str) -> OutputError:
        log = self._log.read_text("utf-8", "replace") if self._log.exists() else ""
        causes = [line.partition("] ")[2] for line in log.splitlines() if "sandbox" in line or "FATAL" in line]
        hint = f"name another browser in {BROWSER_VARIABLE}; --format html needs none"
        return OutputError(Problem(what + (f" ({causes[0][:200]})" if causes else ""), hint, self.program))


def print_one_page(page: str, day: str | None, note: str = "") -> bytes:
    """Returns a page as a PDF like `PdfPrinter.print_page`, with a browser started for it. Raises OutputError."""
    printer = PdfPrinter(find_browser())
    try:
        return printer.print_page(page, day, note)
    finally:
        printer.close()


def _creator(match: "re.Match[bytes]") -> bytes:
    """Returns the name of this program in place of the browser's, with the same length, so that positions in the file
    stay valid."""
    return b"/Creator (" + b"screener".ljust(len(match[1])) + b")"


def _stop_browser(process: "subprocess.Popen[bytes]", pipes: tuple[int, ...], folder: str, owner: int) -> None:
    for pipe in pipes:
        os.close(pipe)  # the browser ends when its pipe is closed
    if owner != os.getpid():  # this is a fork of the owner
        return
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
