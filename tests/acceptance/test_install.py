"""Installing: what the Makefile hands to the build of durable_rules."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAG = "-DPyEval_CallObject=PyObject_CallObject"


@pytest.mark.parametrize("words", [[], ["CPPFLAGS=-DOTHER"]], ids=["environment", "command line"])
def test_make_exports_the_flag_that_durable_rules_needs(words: list[str]) -> None:
    """Without it the build fails from Python 3.13 on with compilers that refuse undeclared functions."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CPPFLAGS")}
    done = subprocess.run(
        ["make", "--silent", "--eval", "show-flags: ; @echo $$CPPFLAGS", "show-flags", *words],
        cwd=ROOT, env=clean if words else clean | {"CPPFLAGS": "-DOTHER"}, capture_output=True, text=True, check=True,
    )
    assert done.stdout.split() == ["-DOTHER", FLAG]


def test_ci_builds_with_the_same_flag() -> None:
    assert FLAG in (ROOT / ".ci/run").read_text("utf-8")
