"""Reads and checks the files of a folder of custom templates: templates, styles, scripts and texts that replace the
built-in ones."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from screener.errors import OutputError, Problem
from screener.io.package_data import TEMPLATES_FOLDER
from screener.io.paths import real_path
from screener.io.read_files import note_read
from screener.text import did_you_mean

SUFFIXES = (".jinja", ".css", ".js", ".yaml")
CUSTOM_STYLE = "custom.css"  # appended to the style of every page
MAX_FILE_BYTES = 1_000_000  # greatest size of one file, in bytes
MAX_FILES = 200


@lru_cache(maxsize=2)
def template_files(folder: Path) -> Mapping[str, str]:
    """Returns the texts of all files by name: those of the folder, and the built-in ones that it does not replace.

    Raises OutputError with all problems: a missing folder, one without templates, or a file that is too large, not
    UTF-8, unknown, or a link to a file outside the folder.
    """
    problems: list[Problem] = []
    own = {path.name: _checked_text(path, problems) for path in _template_paths(folder)}
    if problems:
        raise OutputError(problems)
    return MappingProxyType({**built_in_files(), **own})


@lru_cache(maxsize=1)
def built_in_files() -> dict[str, str]:
    """Returns the texts of the built-in files by name."""
    return {p.name: p.read_text("utf-8") for p in sorted(TEMPLATES_FOLDER.iterdir()) if p.suffix in SUFFIXES}


def _template_paths(folder: Path) -> list[Path]:
    try:
        found = sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(Problem(f"can't be read: {reason}", "name a folder of templates", str(folder))) from error
    if not found:
        known = ", ".join(n for n in built_in_files() if n.endswith(".html.jinja"))
        raise OutputError(Problem("holds no template", f"put files there with names such as {known}", str(folder)))
    if len(found) > MAX_FILES:
        raise OutputError(Problem(f"holds {len(found)} files", f"at most {MAX_FILES} are read", str(folder)))
    return found


def _checked_text(path: Path, problems: list[Problem]) -> str:
    def bad(what: str, hint: str) -> str:
        problems.append(Problem(what, hint, str(path)))
        return ""

    try:
        if not real_path(path).is_relative_to(real_path(path.parent)):
            return bad("is a link to a file outside its folder", "copy the file itself there")
        if not path.is_file():
            return bad("is not a file", "rename or remove it")
        if path.stat().st_size > MAX_FILE_BYTES:
            return bad(f"is larger than {MAX_FILE_BYTES:,} bytes", "split it")
        note_read(path)
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return bad(f"is not UTF-8 (at byte {error.start})", "save it as UTF-8")
    except OSError as error:
        return bad(f"can't be read: {(error.strerror or str(error)).lower()}", "check its permissions")
    if path.suffix != ".jinja" and path.name not in (CUSTOM_STYLE, *built_in_files()):
        return bad("is used by no page", did_you_mean(path.name, built_in_files(), "docs/templates.md lists the files"))
    return text
