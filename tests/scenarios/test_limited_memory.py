"""Under a limit on memory a command ends with a message and its own exit code, even if a C library ends the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT

from tests.waiting import PATIENCE

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit on address space of Linux")
PROGRAM = """
import os, signal, sys
import screener.cli
def run():
    {body}
screener.cli._run = run
screener.cli.main()
"""


def limited(words: list[str], megabytes: int, folder: Path) -> subprocess.Popen[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *words], preexec_fn=limit, env=env, cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(body: str, folder: Path) -> tuple[int, str]:
    running = limited(["-c", PROGRAM.format(body=body)], 4000, folder)
    _, err = running.communicate(timeout=PATIENCE)
    return running.returncode, err


@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV", "SIGKILL"])
def test_a_process_that_dies_is_reported(name: str, tmp_path: Path) -> None:
    code, err = ended(f"os.kill(os.getpid(), signal.{name})", tmp_path)
    assert (code, err) == (
        4, f"there is not enough memory: the process died of {name}; raise the limit (ulimit -v), or screen fewer companies at a time\n",
    )


@pytest.mark.parametrize(("body", "code"), [("return 3", 3), ("return 0", 0), ("os.kill(os.getpid(), signal.SIGTERM)", 143)])
def test_any_other_end_is_that_of_the_command(body: str, code: int, tmp_path: Path) -> None:
    assert ended(body, tmp_path) == (code, "")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_reach_the_command(name: str, tmp_path: Path) -> None:
    body = f"signal.signal(signal.{name}, lambda *_: os._exit(42)); print('ready', flush=True); signal.pause(); return 1"
    running = limited(["-c", PROGRAM.format(body=body)], 4000, tmp_path)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    running.send_signal(getattr(signal, name))
    running.communicate(timeout=PATIENCE)
    assert running.returncode == 42


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [160, 200, 250, 300, 400])
def test_a_command_ends_with_too_little_memory(megabytes: int, tmp_path: Path) -> None:
    words = ["-m", "screener", "run", str(FIXTURES / "groq.json"), "--format", "parquet", "--out", "reports"]
    running = limited(words, megabytes, tmp_path)
    try:
        _, err = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    assert running.returncode in (0, 4), err
    assert running.returncode == 0 or "there is not enough memory" in err
    assert "Traceback" not in err
