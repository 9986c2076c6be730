"""Runs the command line inside this process, with output as through a pipe."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from unittest.mock import patch

from screener import screening
from screener.cli import main
from screener.engine.search import SearchEngine
from screener.engine.selection import SelectedEngine
from screener.explain.assessor import Assessor
from screener.rules.compiler import compile_rules
from screener.rules.rulebook import Rulebook
from screener.runs import execution
from screener.screening import Screener
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
UPDATE = os.environ.get("SCREENER_UPDATE") == "1"


@dataclass(frozen=True)
class Done:
    """The result of a command: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        return self.err.splitlines()


def screener(*words: str, stdin: str = "", forks: bool = False) -> Done:
    """Runs one command in this process. `forks`: a single company is screened in a fork, which loses what it prepares."""
    outputs = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2)]
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    code = 0
    with (
        patch.object(sys, "argv", ["screener", *words]),
        patch.multiple(screening, compile_rules=_compile_once, SelectedEngine=_engine_once, Assessor=_assessor_once),
        patch.object(Screener, "_trial_engine", property(lambda of: _trial_engine_once(of.program, of.rulebook.cache_key))),
        patch.object(execution, "can_fork", lambda: forks),
        patch.multiple(sys, stdin=given, stdout=outputs[0], stderr=outputs[1]),
    ):
        _prepare_default_rules()
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        for stream in outputs:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode() for stream in outputs)
    return Done(code, out, err)


def process(*words: str, env: Mapping[str, str | None] | None = None, **options: object) -> Done:
    """Runs one command in a separate process; None in `env` removes a variable."""
    given = {k: v for k, v in {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}.items() if v is not None}
    done = subprocess.run([sys.executable, "-m", "screener", *words], capture_output=True, env=given, timeout=PATIENCE,
                          check=False, **options)  # type: ignore[call-overload]
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def interrupted(number: int, when: Callable[[], object], company: str, *words: str) -> Done:
    """Returns the result of a command that is sent a signal as soon as `when` holds while it assesses `company` (an id)."""
    file = Path(f"pausing-{company}").absolute()
    program = [sys.executable, str(Path(__file__).with_name("pausing.py")), company, str(file)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    running = subprocess.Popen([*program, *words], stdout=pipe, stderr=pipe, text=True, env=env)
    try:
        wait_until(when, running)
        running.send_signal(number)
        running.wait(PATIENCE)
    finally:
        file.touch()  # ends worker processes that outlive their parent
        running.kill()
        out, err = running.communicate()
    return Done(running.returncode, out, err)


class _Once:
    """A function of immutable objects that stores its last results. Objects are the same ones, or equal texts or rulebooks."""

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = make
        self._made: list[tuple[tuple[object, ...], object]] = []  # the most recently used one is last

    def __call__(self, *given: object) -> object:
        for place, (known, made) in enumerate(self._made):
            if all(one is other or (isinstance(one, str | Rulebook) and one == other) for one, other in zip(known, given, strict=True)):
                self._made.append(self._made.pop(place))
                return made
        made = self._make(*given)
        self._made = [*self._made[-7:], (given, made)]
        return made


_compile_once, _engine_once, _assessor_once = _Once(compile_rules), _Once(SelectedEngine), _Once(Assessor)
_trial_engine_once = _Once(lambda program, key: SearchEngine(program, cache_key=key))


@cache
def _prepare_default_rules() -> None:
    """Compiles the default rules once, which each started process would otherwise do."""
    with patch.dict(os.environ, SCREENER_CACHE=""):
        assert Screener.load().engine


@lru_cache(maxsize=1)
def built_in() -> Screener:
    """Returns the built-in rules, assembled once."""
    return Screener.load()


def settle_down(text: str) -> str:
    """Returns `text` without parts that depend on edits of rules or on the machine: digests, versions, times."""
    text = re.sub(r"digest [0-9a-f]{16}\b", "digest 0000000000000000", text)
    text = re.sub(r"\b(durable_rules|Python) [0-9]+\.[0-9.]+[0-9a-z.+]*", r"\1 0.0.0", text)
    text = re.sub(r"\b(in|用时) [0-9]+\.[0-9]{2} (s\b|秒)", r"\1 0.00 \2", text)
    return text.replace(str(ROOT), "ROOT")
