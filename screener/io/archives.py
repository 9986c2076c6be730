"""ZIP archives. Only regular files count, since the end of a device or a pipe may never come."""

import os
import stat
from zipfile import ZipFile, is_zipfile

from screener.errors import DocumentError, Problem
from screener.text import shorten


def open_archive(path: str) -> ZipFile:
    """Opens the archive in a file. Raises DocumentError if it is not a regular file, OSError and BadZipFile."""
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 (Path("") would be the current folder)
        hint = "copy its content to a file, and name that"
        raise DocumentError(Problem("is a device or a pipe, not a file", hint, shorten(path, 200)))
    return ZipFile(path)


def is_archive(path: str) -> bool:
    """Returns whether a regular file is an archive; False if it can't be read."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode) and is_zipfile(path)  # noqa: PTH116
    except (OSError, ValueError):
        return False
