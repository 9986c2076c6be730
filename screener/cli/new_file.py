"""The path of a new file that a command starts for the user. Existing files are never overwritten."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from screener.errors import OutputError, Problem
from screener.io.atomic import is_stream
from screener.text import file_stem

SUFFIXES = (".yaml", ".yml")
new_file_option = click.option(
    "-o",
    "--out",
    metavar="FILE|DIR|-",
    default=".",
    help="The new file, or its folder; '-' is standard output.  [default: ID.yaml in this folder]",
)


def new_file_path(
    out: str, name: str, reserved: Mapping[str, str], instead: str = "another place with --out"
) -> Path | None:
    """Returns the path of the new file: NAME.yaml in the folder `out`, or `out` itself; None for standard output ('-').

    Raises OutputError if the path exists and is not a pipe or device, if its folder does not exist, or if its name is
    in `reserved`, which maps names to what other commands take such files for. `instead` is the alternative that the
    hint suggests.
    """
    if out == "-":
        return None
    if out == "":
        raise click.BadParameter("the name is empty", param_hint="--out")
    path = Path(out)
    if is_stream(path):
        return path
    if path.is_dir() or path.suffix not in SUFFIXES:
        path /= f"{file_stem(name)}.yaml"
    if kind := reserved.get(path.with_suffix(".yaml").name):
        raise OutputError(Problem(f"is the name of {kind}", f"choose {instead}", str(path)))
    if os.path.lexists(path):
        raise OutputError(Problem("exists already", f"choose {instead}", str(path)))
    if not path.parent.is_dir():
        what = "there is no such folder"
        raise OutputError(Problem(what, "create it, or choose another with --out", str(path.parent)))
    return path
