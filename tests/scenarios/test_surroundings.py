"""The environment of a command: pipes, signals, closed streams, locales, caches, permissions. Each in a separate process."""

import ctypes
import errno
import os
import re
import signal
import subprocess
import sys
from array import array
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

import pytest
from commands import FIXTURES, ROOT, Done, interrupted, process, screener

from screener.report.pages import html_pages as html
from tests.waiting import PATIENCE, wait_until

ORACLE = str(FIXTURES / "oracle.json")
COMMAND = f"{sys.executable} -m screener"

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="pipes, signals and rights of POSIX"),
    pytest.mark.usefixtures("rulebooks_of_the_cache"),
]


def unread(pipe: IO[bytes] | None) -> int:
    """Returns how many bytes in a pipe are not read yet."""
    import fcntl
    import termios

    assert pipe
    count = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def shell(line: str, **env: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=given, timeout=PATIENCE, check=False)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("--help", 0),
        ("rules list", 0),
        (f"run {ORACLE} --out - --format json", 0),
        (f"run {ORACLE} --out out --fail-on avoid", 1),
    ],
)
def test_a_reader_that_has_enough_is_no_error(command: str, code: int, here: Path) -> None:
    """`| true` closes the pipe before any output; the exit code is still that of the command."""
    done = shell(f"{COMMAND} {command} | true; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.strip() == str(code)
    assert done.stderr == ""


def test_head_shows_the_first_line(here: Path) -> None:
    done = shell(f"{COMMAND} rules list | head -1; echo ${{PIPESTATUS[0]}}")
    assert re.fullmatch(r"pattern +\w+ +.+ [a-z-]+\n0\n", done.stdout)
    assert done.stderr == ""


def test_control_c_stops_quietly(here: Path) -> None:
    """The command is interrupted while it waits for standard input."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "screener", "run", "-", "--out", "out"]
    running = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert running.stdin
    running.stdin.write(b"{")
    running.stdin.flush()
    wait_until(lambda: unread(running.stdin) == 0, running)  # it has started reading and waits for the rest
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode in (130, -signal.SIGINT)
    assert (out, err.split()) == (b"", [b"stopped"])
    assert not list(here.glob("out/*"))


def test_nothing_half_written_when_stopped(here: Path) -> None:
    interrupted(signal.SIGINT, lambda: list(here.glob("out/*.html")), "oracle", "run", str(FIXTURES), "--peers", "none", "--out", "out")
    pages = list(here.glob("out/*.html"))
    assert 1 <= len(pages) < len(list(FIXTURES.glob("*.json")))
    assert all(page.read_text("utf-8").rstrip().endswith("</html>") for page in pages)
    assert not list(here.glob("out/.*"))


def test_a_full_disk_behind_standard_output(here: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = shell(f"{COMMAND} rules list > /dev/full; echo $? >&2")
    message = "standard output: can't be written: no space left on device; write to another place with --out"
    assert done.stderr.splitlines() == [message, "3"]
    assert shell(f"{COMMAND} --help > /dev/full; echo $? >&2").stderr.splitlines() == [message, "3"]


@pytest.mark.parametrize("stream", ["2> /dev/full", "2> >(true)", "2>&1 > /dev/null | true"], ids=["full", "unread", "unread pipe"])
@pytest.mark.parametrize(
    ("command", "code"),
    [("run missing.json", 3), ("run --nonsense", 2), ("run bad.json good.json --out out", 3), ("rules check bad.json", 3), ("profile check bad.json", 3)],
)
def test_the_exit_code_if_nobody_reads_the_messages(stream: str, command: str, code: int, here: Path) -> None:
    """Neither 0, as if all were well, nor 1, which is the exit code for a verdict."""
    (here / "bad.json").write_text("{" + " " * 100_000)
    (here / "good.json").write_text('{"name": "Good"}')
    done = shell(f"exec 3>&1; {COMMAND} {command} {stream}; echo code ${{PIPESTATUS[0]}} >&3")
    assert done.stdout.splitlines()[-1] == f"code {code}"
    assert (here / "out" / "good.html").exists() == ("good" in command)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_closed_streams(closed: str, here: Path) -> None:
    done = shell(f"{COMMAND} run {ORACLE} --out out {closed}; echo code $?")
    assert done.stdout.splitlines()[-1] == "code 0"
    assert done.stderr == ""
    assert (here / "out" / "oracle.html").is_file()


def test_closed_standard_input_is_an_empty_file(here: Path) -> None:
    done = shell(f"{COMMAND} run - <&-; echo $?")
    assert done.stdout.strip() == "3"
    assert done.stderr.startswith("-: the file is empty; ")


@pytest.mark.parametrize("env", [{"LC_ALL": "C", "LANG": "C"}, {"PYTHONIOENCODING": "ascii"}], ids=["C", "ascii"])
def test_chinese_in_a_terminal_that_has_no_chinese(env: dict[str, str], here: Path) -> None:
    done = process("run", ORACLE, "--lang", "zh", "--out", "out", env=env)
    assert (done.code, done.err) == (0, "")
    assert "70" in done.out
    assert "甲骨文" in (here / "out" / "oracle.html").read_text("utf-8")


def test_documents_on_standard_output_are_utf_8_anyhow(here: Path) -> None:
    words = ("run", ORACLE, "--lang", "zh", "--format", "json", "--out", "-")
    plain = process(*words)
    assert "甲骨文" in plain.out
    assert process(*words, env={"PYTHONIOENCODING": "ascii"}) == plain


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": None, "SCREENER_CACHE": None, "XDG_CACHE_HOME": None},
        {"HOME": "/proc/nothing", "SCREENER_CACHE": None, "XDG_CACHE_HOME": None},
        {"SCREENER_CACHE": ""},
        {"SCREENER_CACHE": "/proc/nothing"},
        {"SCREENER_CACHE": ORACLE},
    ],
    ids=["no-home", "home-is-not-there", "switched-off", "not-possible", "a-file"],
)
def test_without_a_cache(env: dict[str, str | None], here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)  # without HOME, the system's user database gives the home folder
    for name, value in env.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    assert screener("run", ORACLE, "--out", "out", "--quiet") == Done(0, "", "")
    assert sorted(p.name for p in here.iterdir()) == ["examples", "fixtures", "out", "rules"]
    assert (here / "out" / "oracle.html").is_file()


def test_a_cache_that_is_corrupt(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is the same for any content of the cache files."""
    monkeypatch.setenv("SCREENER_CACHE", "cache")
    screener("run", ORACLE, "--out", "before", "--quiet")
    files = [p for p in Path("cache").rglob("*") if p.is_file()]
    assert any(p.suffix == ".pickle" for p in files)
    assert any(p.suffix == ".cache" for p in files)
    for n, damage in enumerate((b"", b"\x80\x05garbage.")):
        for file in files:
            file.write_bytes(damage)
        html.jinja_environment.cache_clear()  # a new process would have to read the templates again
        assert screener("run", ORACLE, "--out", f"after-{n}", "--quiet") == Done(0, "", "")
        assert Path(f"after-{n}/oracle.html").read_bytes() == Path("before/oracle.html").read_bytes()


def test_a_cache_that_others_may_write_is_not_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle can run code, so one that another user could have written is never loaded."""
    cache, mark = here / "cache", here / "loaded"
    monkeypatch.setenv("SCREENER_CACHE", str(cache))
    screener("rules", "list")
    (pickle,) = cache.glob("rulebook-*.pickle")
    code = f"cos\nmkdir\n(V{mark}\ntR.".encode()
    code = sha256(code).digest() + code

    def loaded(folder: int, file: int) -> bool:
        pickle.write_bytes(code)
        cache.chmod(folder)
        pickle.chmod(file)
        assert screener("rules", "list").code == 0
        found = mark.exists()
        if found:
            mark.rmdir()
        return found

    assert not loaded(0o700, 0o666)
    assert not loaded(0o777, 0o600)
    assert loaded(0o700, 0o600)  # otherwise this test proves nothing


# Permissions: root passes every check, so a test that runs as root drops the two capabilities that allow it.


def _give_up_rights() -> None:
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone after the next exec


def bound(*words: str, **env: str) -> Done:
    return process(*words, env=env, preexec_fn=_give_up_rights if os.geteuid() == 0 else None)


@pytest.fixture
def locked(here: Path) -> Iterator[Path]:
    """A file and a folder that cannot be read, and a folder that cannot be written to."""
    (here / "closed.json").write_text('{"name": "Closed"}')
    (here / "closed").mkdir()
    (here / "closed" / "a.json").write_text('{"name": "A"}')
    (here / "closed" / "a.yaml").write_text("disable: []")
    (here / "read-only").mkdir()
    for name, mode in (("closed.json", 0), ("closed", 0), ("read-only", 0o555)):
        (here / name).chmod(mode)
    probe = [sys.executable, "-c", "open('closed.json')"]
    drop = _give_up_rights if os.geteuid() == 0 else None
    if subprocess.run(probe, capture_output=True, preexec_fn=drop, check=False).returncode == 0:
        pytest.skip("rights can't be given up here")
    yield here
    for name in ("closed", "read-only"):
        (here / name).chmod(0o755)


@pytest.mark.parametrize("words", [
    ("run", "closed.json"), ("run", "closed"), ("run", "closed/a.json"), ("profile", "check", "closed"),
    ("run", ORACLE, "--rules", "closed"), ("rules", "check", "closed/a.yaml"), ("run", ORACLE, "--with", "closed.json"),
], ids=" ".join)
def test_what_may_not_be_read(words: tuple[str, ...], locked: Path) -> None:
    done = bound(*words)
    path = words[-1]
    assert done.code == 3
    assert done.err.splitlines()[0] == f"{path}: can't be read: permission denied; check the path and its permissions"
    assert not (locked / "reports").exists()


def test_the_others_have_their_reports_when_one_may_not_be_read(locked: Path) -> None:
    done = bound("run", "closed.json", ORACLE, "--out", "out")
    assert done.code == 3
    assert done.errors == [
        "closed.json: can't be read: permission denied; check the path and its permissions",
        "1 of 2 profiles could not be read; the others have their reports",
    ]
    assert sorted(p.name for p in (locked / "out").iterdir()) == ["index.html", "oracle.html"]
    assert "closed.json" in (locked / "out" / "index.html").read_text("utf-8")


def test_a_report_folder_that_may_not_be_written(locked: Path) -> None:
    done = bound("run", ORACLE, "--out", "read-only")
    assert done.code == 3
    assert done.err == "read-only: reports can't be written there: permission denied; choose another with --out\n"
    assert bound("run", ORACLE, "--out", "read-only/below").code == 3
    assert list((locked / "read-only").iterdir()) == []


def test_a_database_in_a_folder_that_may_not_be_written(locked: Path) -> None:
    """Reading works; commands that would write report it."""
    folder = locked / "read-only"
    folder.chmod(0o755)
    assert screener("run", ORACLE, "--out", "out", "--db", "read-only/results.sqlite", "--quiet").code == 0
    assert [path.name for path in folder.iterdir()] == ["results.sqlite"]
    folder.chmod(0o555)
    done = bound("history", "oracle", "--db", "read-only/results.sqlite")
    assert (done.code, done.err) == (0, "")
    assert "Oracle" in done.out
    for command in ("run", "portfolio"):
        done = bound(command, ORACLE, "--db", "read-only/results.sqlite", "--out", "other")
        assert (done.code, done.errors[-1]) == (
            3,
            "read-only/results.sqlite: can't be written: attempt to write a readonly database; choose another file with --db",
        )
    assert [path.name for path in folder.iterdir()] == ["results.sqlite"]


def test_a_cache_that_may_not_be_written(locked: Path) -> None:
    for folder in ("read-only", "cache"):
        (locked / "cache" / "templates").mkdir(parents=True, exist_ok=True)
        (locked / "cache" / "templates").chmod(0o555)
        done = bound("run", ORACLE, "--out", "out", "--quiet", SCREENER_CACHE=str(locked / folder))
        assert done == Done(0, "", "")


class Grouped(Exception):
    """Like ExceptionGroup, which Python 3.10 lacks."""

    def __init__(self, exceptions: list[Exception]) -> None:
        super().__init__("a group")
        self.exceptions = exceptions


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "there is not enough memory; free some, or screen fewer companies at a time"),
        (
            ImportError("cmath.so: failed to map segment from shared object"),
            "there is not enough memory; free some, or screen fewer companies at a time",
        ),
        (RuntimeError("can't start new thread"),
         "the system: can't start new thread; end other processes, or raise the limits (ulimit -u, ulimit -v)"),
        (ImportError("No module named 'x'"), "this is a fault of screener; please report it with the lines above"),
        (ZeroDivisionError("division by zero"), "this is a fault of screener; please report it with the lines above"),
        (OSError(errno.EMFILE, "Too many open files"), "the system: too many open files; raise the limit (ulimit -n)"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
         "the system: resource temporarily unavailable; end other processes, or raise the limit (ulimit -u)"),
        (OSError(errno.EIO, "Input/output error", "a.json"), "a.json: input/output error"),
        (Grouped([Grouped([OSError(errno.EMFILE, "Too many open files")])]), "the system: too many open files; raise the limit (ulimit -n)"),
    ],
)
def test_what_could_not_be_completed_has_an_exit_code_of_its_own(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never 1, which is the exit code for a verdict."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("screener.screening.Screener.assess", fail)
    done = screener("explain", ORACLE, "loss-making")
    assert (done.code, done.out, done.errors[-1]) == (4, "", message)


@pytest.mark.parametrize("words", ["rules check LOOP", "rules test LOOP", "rules coverage LOOP", "run LOOP", "try LOOP LOOP", "config LOOP",
                                   "run PROFILE --rules LOOP", "run PROFILE --templates LOOP"])
def test_a_circle_of_links(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    done = screener(*words.replace("LOOP", "loop.yaml").replace("PROFILE", str(FIXTURES / "oracle.json")).split())
    assert (done.code, "too many levels of symbolic links" in done.err) == (3, True), done


@pytest.mark.parametrize("value", ["\u00b2", "9" * 5000, "-1", "x", ""])
def test_a_width_that_is_no_number(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", value)
    monkeypatch.setenv("LINES", value)
    done = screener("explain", str(FIXTURES / "oracle.json"), "loss-making")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("number", ["9" * 12, "9" * 5000])
def test_a_descriptor_that_can_not_be(number: str) -> None:
    done = screener("version", "-o", f"/dev/fd/{number}")
    assert (done.code, "can't be written" in done.err) == (3, True), done


def test_a_file_name_adds_no_line_to_what_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a\n9 errors.yaml").write_text("name: A\n")
    done = screener("rules", "check", "a\n9 errors.yaml")
    assert done.code == 3
    assert "\n9 errors" not in done.out + done.err


@pytest.mark.parametrize("words", ["run PROFILE --out OUT", "run FIXTURES -j 2 --out OUT", "rules list", "config", "version", "--help"])
def test_a_current_folder_that_was_deleted(words: str, tmp_path: Path) -> None:
    words = words.replace("PROFILE", ORACLE).replace("FIXTURES", str(FIXTURES)).replace("OUT", str(tmp_path / "out"))
    done = shell(f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir ../gone; {COMMAND} {words}", SCREENER_CACHE="")
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "the current folder was deleted; change to one that exists\n")
    assert not (tmp_path / "out").exists()


def test_a_current_folder_that_is_deleted_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        deleted.rmdir()
        Path.cwd()

    deleted = tmp_path / "deleted"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    monkeypatch.setattr("screener.screening.Screener.assess", fail)
    done = screener("explain", ORACLE, "loss-making")
    assert done == Done(4, "", "the current folder was deleted; change to one that exists\n")


LIMITS = "end other processes, or raise the limits (ulimit -u"
THREADS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
from screener.__main__ import main
main()
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="the limit counts processes of a user, who has others")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("run TABLE --map MAP --out out", f"the system: can't start new thread; {LIMITS}, ulimit -v)"),
        ("market TABLE --map MAP --out out.csv", f"the system: can't start new thread; {LIMITS}, ulimit -v)"),
        ("run FIXTURES -j 2 --out out", "the system: resource temporarily unavailable; end other processes, or raise the limit (ulimit -u)"),
        ("run PROFILE --out out --templates TEMPLATES", f"TEMPLATES: can't be rendered: resource temporarily unavailable; {LIMITS}, ulimit -n)"),
    ],
)
def test_no_more_processes_and_threads(words: str, message: str, here: Path) -> None:
    """The command runs as a user without another process, who may read and write everything.

    Without threads OpenBLAS, the library of numpy, ends a command as Ctrl-C does, unless it is told to use none.
    """
    (here / "t.csv").write_text("name,revenue\nA,1\n")
    (here / "m.yaml").write_text("name: {column: name}\ncolumns: {revenue: revenue}\n")
    paths = {"TABLE": "t.csv", "MAP": "m.yaml", "FIXTURES": str(FIXTURES), "PROFILE": ORACLE, "TEMPLATES": str(ROOT / "examples/custom-templates")}
    for name, path in paths.items():
        words, message = words.replace(name, path), message.replace(name, path)
    rights = "+dac_override,+dac_read_search"
    user = ["setpriv", "--reuid", "54321", "--clear-groups", "--inh-caps", rights, "--ambient-caps", rights]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCREENER_CACHE": ""}
    env.pop("OPENBLAS_NUM_THREADS", None)
    done = subprocess.run([*user, sys.executable, "-c", THREADS, *words.split()], env=env, capture_output=True, text=True, check=False,
                          timeout=PATIENCE)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (3 if "rendered" in message else 4, message)


STEERING = "x\x1b[2J\u202e\x1b[31m"


@pytest.mark.parametrize(
    "words",
    [["run", STEERING], ["run", f"--{STEERING}"], ["run", ORACLE, "--lang", STEERING], [STEERING], ["rules", STEERING], ["rules", "new", STEERING],
     ["run", ORACLE, "--out", STEERING], ["profile", "check", STEERING + ".json"], ["rules", "check", STEERING + ".yaml"],
     ["try", STEERING + ".yaml", ORACLE], ["config", "--rules", STEERING + ".yaml"], ["import", "table", STEERING + ".csv", "--guess"]],
    ids=lambda words: " ".join(words).replace(STEERING, "NAME").replace(ORACLE, "PROFILE"),
)
def test_a_name_does_not_control_the_terminal(words: list[str], here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where colours are printed either: a terminal would obey, and a line could hide what it says."""
    (here / f"{STEERING}.json").write_text('{"name": "A"}')
    (here / f"{STEERING}.yaml").write_text((ROOT / "rules/classic/slow-repayment.yaml").read_text("utf-8").replace("rule: slow-", "rule: own-", 1))
    (here / f"{STEERING}.csv").write_text("name,revenue\nA,1\n")
    monkeypatch.setattr("screener.cli.output.wants_colour", lambda: True)
    monkeypatch.setattr("screener.cli.output.TextOutput.colour", True)
    done = screener(*words)
    shown = done.out + done.err
    assert shown
    assert [part for part in ("\x1b[2J", "\u202e", "\x1b[31m") if part in shown] == []
