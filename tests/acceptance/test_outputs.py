"""The same input gives the same bytes: again, in another process, alone or in a folder; unneeded packages are not imported."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from altered import NAMES
from commands import FIXTURES, ROOT, process, screener

from tests.waiting import PATIENCE

FORMATS = "html,json,md,csv"
ORACLE = str(FIXTURES / "oracle.json")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_command_twice(language: str, tmp_path: Path) -> None:
    """In two processes with different hash seeds, one of which uses the cache of the other."""
    found = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        done = process("run", ORACLE, str(FIXTURES / "openai.json"), "--lang", language, "--format", FORMATS, "--out", str(out),
                       "--quiet", env={"PYTHONHASHSEED": seed, "SCREENER_CACHE": str(tmp_path / "cache")})
        assert (done.code, done.err) == (0, "")
        found.append(contents(out))
    assert found[0] == found[1]
    assert len(found[0]) == 9


@pytest.mark.usefixtures("rulebooks_of_the_cache")
def test_without_a_cache_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("run", str(FIXTURES), "--format", FORMATS, "--quiet", "--out")
    assert screener(*words, str(tmp_path / "with")).code == 0
    monkeypatch.setenv("SCREENER_CACHE", "")
    assert screener(*words, str(tmp_path / "without")).code == 0
    assert contents(tmp_path / "with") == contents(tmp_path / "without")


def test_a_file_alone_and_in_a_folder(tmp_path: Path) -> None:
    words = ("run", str(FIXTURES), "--format", "html,json,md", "--peers", "none", "--quiet", "--out", str(tmp_path / "all"))
    assert screener(*words).code == 0
    together = contents(tmp_path / "all")
    for name in NAMES:
        words = ("--format", "html,json,md", "--out", str(tmp_path / name), "--quiet")
        assert screener("run", str(FIXTURES / f"{name}.json"), *words).code == 0
        for file, data in contents(tmp_path / name).items():
            assert _but_for_links(data) == _but_for_links(together[file]), file
    assert set(together) == {f"{n}.{form}" for n in NAMES for form in ("html", "json", "md")} | {"index.html"}


def _but_for_links(page: bytes) -> bytes:
    """Returns a page without the links to the index and to other companies, which only pages of several companies have."""
    return re.sub(rb"<nav.*?</nav>", b"", page, flags=re.DOTALL)


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    paths = [str(FIXTURES / f"{n}.json") for n in NAMES]
    for name, order in (("there", paths), ("back", paths[::-1])):
        assert screener("run", *order, "--out", str(tmp_path / name), "--quiet").code == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "back")


def test_no_path_of_this_machine_and_no_clock(tmp_path: Path) -> None:
    assert screener("run", str(FIXTURES), "--format", FORMATS, "--out", str(tmp_path / "out"), "--quiet").code == 0
    for name, data in contents(tmp_path / "out").items():
        text = data.decode()
        assert str(ROOT) not in text, name
        assert str(tmp_path) not in text, name
        assert "/tmp/" not in text, name


def imported(profile: Path, tmp_path: Path, *words: str) -> set[str]:
    """Returns the packages that a command imports, with piped output and a warm cache."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCREENER_CACHE": str(tmp_path / "cache")}
    command = ["-m", "screener", "run", str(profile), "--out", str(tmp_path / "out"), *words]
    subprocess.run([sys.executable, *command], capture_output=True, env=env, check=True, timeout=PATIENCE)
    done = subprocess.run([sys.executable, "-X", "importtime", *command], capture_output=True, text=True, env=env,
                          check=True, timeout=PATIENCE)
    modules = re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)
    assert "click" in modules
    return {m.partition(".")[0] for m in modules}


def test_imports_of_a_run(tmp_path: Path) -> None:
    found = imported(FIXTURES / "oracle.json", tmp_path)
    assert found & {"pandas", "numpy", "rich", "yaml", "hypothesis", "pytest", "jsonschema", "asyncio", "pygments"} <= {"yaml"}
    assert {"pydantic", "jinja2"} <= found
    assert "networkx" not in found  # its loop shares no company with another one


def test_imports_of_a_profile_without_flows(tmp_path: Path) -> None:
    found = imported(FIXTURES / "adobe.json", tmp_path)
    assert found & {"pandas", "numpy", "rich", "networkx"} == set()
    assert "jinja2" in found


def test_imports_of_help() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "screener", "--help"], capture_output=True, text=True,
                          env=env, check=True, timeout=PATIENCE)
    found = set(re.findall(r"^import time:.*\| +([a-z0-9_]+)$", done.stderr, re.MULTILINE))
    assert "click" in found
    assert found & {"pydantic", "jinja2", "networkx", "yaml", "durable_rules_engine"} == set()
