"""The cache of rulebooks: whole or absent, whoever writes at the same time, and only for the very same program."""

import multiprocessing
import os
from pathlib import Path

import pytest

from screener.rules import rulebook_cache as cache
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook


@pytest.fixture(scope="module")
def small() -> Rulebook:
    return load_rulebook(packs=[])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCREENER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _write_and_read(folder: str, times: int) -> int:
    """How often what was read was the whole rulebook: always, once it is there."""
    os.environ["SCREENER_CACHE"] = folder
    book = load_rulebook(packs=[])
    whole = 0
    for _ in range(times):
        cache.write_cached("many", book)
        found = cache.read_cached("many")
        whole += found is not None and found.digest == book.digest and found.catalogue.figures == book.catalogue.figures
    return whole


def test_several_write_and_read_at_once(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(_write_and_read, [(str(folder), 15)] * 3) == [15] * 3
    assert [p.name for p in folder.iterdir() if not p.match("rulebook-*.pickle")] == [], "left behind"


def test_a_damaged_file_is_as_good_as_absent(folder: Path, small: Rulebook) -> None:
    cache.write_cached("one", small)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    found = cache.read_cached("one")
    assert found is not None
    assert found.digest == small.digest
    for damaged in (b"", whole[:1], whole[: len(whole) // 2], whole[:-1], b"\x00" * 100, b"cos\nnothing_there\n.", b"I1\n."):
        file.write_bytes(damaged)
        assert cache.read_cached("one") is None


@pytest.mark.parametrize("name", ["version", "python", "pydantic", "format", "code"])
def test_of_another_program(name: str, folder: Path, small: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_cached("one", small)
    if name == "version":
        monkeypatch.setattr(cache, "__version__", "0.0.0")
    elif name == "python":
        monkeypatch.setattr(cache.sys, "version", "3.99.0 (another)")
    elif name == "pydantic":
        monkeypatch.setattr(cache.pydantic, "VERSION", "99")
    elif name == "format":
        monkeypatch.setattr(cache, "CACHE_FORMAT", cache.CACHE_FORMAT + 1)
    else:
        monkeypatch.setattr(cache, "_code", lambda: "edited")
    assert cache.read_cached("one") is None
    cache.write_cached("one", small)
    assert cache.read_cached("one") is not None
    assert len(list(folder.iterdir())) == 2, "each has its own"


def test_nothing_is_left_of_what_can_not_be_written(
    folder: Path, small: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(cache.pickle, "dump", full)
    cache.write_cached("one", small)
    assert list(folder.iterdir()) == []
