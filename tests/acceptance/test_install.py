"""Installation: the build flags that the Makefile passes to durable_rules, and the content of the wheel."""

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import screener

ROOT = Path(__file__).parents[2]
FLAG = "-DPyEval_CallObject=PyObject_CallObject"


@pytest.mark.parametrize("words", [[], ["CPPFLAGS=-DOTHER"]], ids=["environment", "command line"])
def test_make_exports_the_flag_that_durable_rules_needs(words: list[str]) -> None:
    """Without the flag, compilers that refuse undeclared functions fail from Python 3.13 on."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CPPFLAGS")}
    done = subprocess.run(
        ["make", "--silent", "--eval", "show-flags: ; @echo $$CPPFLAGS", "show-flags", *words],
        cwd=ROOT, env=clean if words else clean | {"CPPFLAGS": "-DOTHER"}, capture_output=True, text=True, check=True,
    )
    assert done.stdout.split() == ["-DOTHER", FLAG]


def test_ci_builds_with_the_same_flag() -> None:
    assert FLAG in (ROOT / ".ci/run").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    python("-m", "build", "--quiet", "--wheel", "--no-isolation", "--outdir", str(out), ".", cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the installed wheel; it shares the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment")
    python("-m", "venv", "--without-pip", str(folder))
    bare = folder / "bin/python"
    python("-m", "pip", "--python", str(bare), "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    site = python("-c", "import sysconfig; print(sysconfig.get_path('purelib'))", program=bare).strip()
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return bare


def python(*words: str, cwd: Path | None = None, program: Path = Path(sys.executable)) -> str:
    """Returns the output of a Python program; its errors fail the test."""
    done = subprocess.run([program, *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    assert wheel.name.startswith("risk_screener-")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"screener/py.typed", "screener/_data/rules/verdict.yaml"} <= set(names)
    assert not [n for n in names if not n.startswith(("screener/", "risk_screener-"))]


def test_that_program_uses_every_public_name() -> None:
    text = (ROOT / "tests/acceptance/typed_program.py").read_text("utf-8").partition("Finding,")[2]
    assert [name for name in screener.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_a_program_of_a_user_is_type_checked(environment: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text((ROOT / "tests/acceptance/typed_program.py").read_text("utf-8"), "utf-8")
    where = python("-c", "import screener; print(screener.__file__)", cwd=tmp_path, program=environment)
    assert Path(where.strip()).is_relative_to(environment.parents[1])
    options = ["--strict", "--config-file=", "--cache-dir=cache", "--python-version=3.10"]
    python("-m", "mypy", *options, "--python-executable", str(environment), str(program), cwd=tmp_path)
