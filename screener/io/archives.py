"""ZIP archives. To find their end they are read to it, so a device or a pipe without one is none."""

import os
import stat
from zipfile import ZipFile, is_zipfile

from screener.errors import DocumentError, Problem
from screener.text import shorten


def open_archive(path: str) -> ZipFile:
    """The archive in a file. Raises DocumentError for what is no regular file, OSError, BadZipFile."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 (Path("") would be the current folder)
        hint = "copy its content to a file, and name that"
        raise DocumentError(Problem("is a device or a pipe, not a file", hint, shorten(path, 200)))
    return ZipFile(path)


def is_archive(path: str) -> bool:
    """Whether a regular file is an archive. False where it can't be read."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and is_zipfile(path)  # noqa: PTH116
    except (OSError, ValueError):
        return False
