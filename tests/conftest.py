"""Shared fixtures and helpers: the built-in rulebook, profiles from plain data, rule files from plain text."""

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("SCREENER_CACHE", "")  # a rulebook of an earlier run must not hide an error of this one

from screener.errors import Problem, ScreenerError
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.rules import rulebook_cache, rulebook_loader
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from tests.rulebooks_once import load_rulebooks_once

load_rulebooks_once()

if threading.current_thread() is threading.main_thread():
    # a shell's background job ignores Ctrl-C, nohup the end of the terminal; so would all processes that tests start and interrupt
    handlers = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
    for number, handler in ((getattr(signal, name), handler) for name, handler in handlers.items() if hasattr(signal, name)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)

# no time limits, neither for one example nor for generating examples
settings.register_profile("screener", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("screener")

# Each process that tests start would compile the whole package again, and each test process all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Test processes keep many objects; collecting them repeatedly takes a tenth of the time.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    """Excludes modules and tests from later garbage collections."""
    gc.freeze()


ReadProfile = Callable[..., Profile]
LoadRules = Callable[..., Rulebook]


@pytest.fixture
def rulebooks_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets each command read its rulebook from the cache on disk, as in a separate process (tests/rulebooks_once.py)."""
    monkeypatch.setattr(rulebook_loader, "cache", rulebook_cache)


@pytest.fixture(scope="session")
def book() -> Rulebook:
    """The rulebook of the built-in pack."""
    return load_rulebook()


@pytest.fixture(scope="session")
def catalogue(book: Rulebook) -> Catalogue:
    return book.catalogue


def profile_of(catalogue: Catalogue, **data: Any) -> Profile:
    """Returns a profile named Main with these parts."""
    whole = {"name": "Main", **data}
    return read_profile(Document("main.json", json.dumps(whole), whole), catalogue)


@pytest.fixture
def read(catalogue: Catalogue) -> ReadProfile:
    """Returns a profile named Main with these parts."""

    def build(**data: Any) -> Profile:
        return profile_of(catalogue, **data)

    return build


@pytest.fixture
def rules(tmp_path: Path) -> LoadRules:
    """Returns a rulebook from the text of a rule file, with the built-in pack only on request."""

    def build(text: str, packs: Sequence[str] = (), **options: Any) -> Rulebook:
        file = tmp_path / "mine.yaml"
        file.write_text(text, "utf-8")
        return load_rulebook([str(file)], packs=packs, **options)

    return build


def problems(act: Callable[..., Any], *given: Any, **options: Any) -> list[Problem]:
    """Returns the problems in the text of a rule file."""
    with pytest.raises(ScreenerError) as caught:
        act(*given, **options)
    return list(caught.value.problems)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints once why tests were skipped."""
    skipped = terminalreporter.getreports("skipped")
    for why in sorted({r.longrepr[2] for r in skipped if isinstance(r.longrepr, tuple)}):
        terminalreporter.write_line(f"{why.removeprefix('Skipped: ')} ({sum(why in str(r.longrepr) for r in skipped)} skipped)")
