"""Cached values are complete or absent, even with concurrent writers, and used only by the same version of the program."""

import multiprocessing
import os
import pickle
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.io import value_cache as cache
from screener.io.value_cache import cached_value, keep_value

VALUE = {"revenue": [1.5, None, "a text"], "long": "x" * 10_000}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCREENER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _write_and_read(folder: str, times: int) -> int:
    """Returns how often the complete value was read: always, once it exists."""
    os.environ["SCREENER_CACHE"] = folder
    whole = 0
    for _ in range(times):
        keep_value("many", "key", VALUE)
        whole += cached_value("many", "key") == VALUE
    return whole


def test_several_write_and_read_at_once(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(_write_and_read, [(str(folder), 15)] * 3) == [15] * 3
    assert [p.name for p in folder.iterdir() if not p.match("many-*.pickle")] == [], "left behind"


def test_a_damaged_file_is_as_good_as_absent(folder: Path) -> None:
    keep_value("one", "key", VALUE)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    assert cached_value("one", "key") == VALUE
    for damaged in (b"", whole[:1], whole[: len(whole) // 2], whole[:-1], whole + b"\0", b"\x00" * 100, b"I1\n."):
        file.write_bytes(damaged)
        assert cached_value("one", "key") is None


@given(place=st.integers(0, 10**9), change=st.integers(1, 255))
def test_no_changed_byte_passes(place: int, change: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A changed byte within a text would give a well-formed but wrong value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCREENER_CACHE", str(tmp_path_factory.mktemp("cache")))
        keep_value("one", "key", VALUE)
        (file,) = Path(os.environ["SCREENER_CACHE"]).iterdir()
        content = bytearray(file.read_bytes())
        content[place % len(content)] ^= change
        file.write_bytes(content)
        assert cached_value("one", "key") is None


@pytest.mark.parametrize("name", ["version", "python", "pydantic", "format", "code"])
def test_of_another_program(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_value("one", "key", VALUE)
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
    assert cached_value("one", "key") is None
    keep_value("one", "key", VALUE)
    assert cached_value("one", "key") == VALUE
    assert len(list(folder.iterdir())) == 2, "each has its own"


def test_each_edit_of_the_code_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also an older file that replaces another, as after a checkout."""
    for folder in ("", *cache._PACKAGES):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "module.py").write_text("1", "utf-8")
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "io" / "value_cache.py"))
    code = cache._code.__wrapped__
    before = code()
    assert code() == before
    for folder in ("", *cache._PACKAGES):
        os.utime(tmp_path / folder / "module.py", (1, 1))
        assert code() != before
        before = code()


def test_nothing_is_left_of_what_can_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(cache.pickle, "dumps", full)
    keep_value("one", "key", VALUE)
    assert list(folder.iterdir()) == []


def test_the_cache_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently read files are removed; files of others stay."""
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    folder.mkdir(mode=0o700)
    (folder / "an-answer.json").write_text("{}", "utf-8")
    for n in range(5):
        keep_value("one", str(n), n)
        newest = cache._path("one", str(n))
        assert newest is not None
        os.utime(newest, (1000 + n, 1000 + n))
    assert [cached_value("one", str(n)) for n in range(5)] == [None, None, 2, 3, 4]
    assert (folder / "an-answer.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and rights of POSIX")
@pytest.mark.parametrize("what", ["a link", "a pipe", "a folder", "writable by others"])
def test_only_a_private_file_is_read(what: str, folder: Path, tmp_path: Path) -> None:
    keep_value("one", "key", VALUE)
    (file,) = folder.iterdir()
    kept = file.rename(tmp_path / "kept")
    if what == "a link":
        file.symlink_to(kept)
    elif what == "a pipe":
        os.mkfifo(file, 0o600)  # to which nobody writes, so that opening it would block for ever
    elif what == "a folder":
        file.mkdir(mode=0o700)
    else:
        kept.rename(file)
        file.chmod(0o660)
    assert cached_value("one", "key") is None


def test_the_digest_stands_before_the_content(folder: Path) -> None:
    keep_value("one", "key", VALUE)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    assert content[:32] == sha256(content[32:]).digest()
    assert pickle.loads(content[32:]) == VALUE
