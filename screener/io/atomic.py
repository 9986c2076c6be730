"""Writing reports: whole files or none."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from screener.errors import OutputError, Problem


def folder(path: Path) -> Path:
    """`path` as a folder that can be written, made if needed. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path, prefix=".screener-")
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            Problem(f"reports can't be written there: {reason}", "choose another with --out", str(path))
        ) from error
    return path


def write(path: Path, content: str | bytes, beside: Path | None = None) -> None:
    """Writes a whole file: beside it first (or in `beside`), then in its place, so that no reader ever sees half of it.

    Raises OutputError.
    """
    with replacing(path, beside) as file:
        file.write(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))


@contextmanager
def replacing(path: Path, beside: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of `path` once it is whole. Raises OutputError."""
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=beside or path.parent, prefix=".screener-")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
        _as_before(temporary, path)
        temporary.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            Problem(f"can't be written: {reason}", "choose another folder with --out", str(path))
        ) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _as_before(temporary: Path, path: Path) -> None:
    """Gives a file the rights and the owner of the one that it replaces; a link is replaced, and what it leads to left alone."""
    try:
        before = path.lstat()
    except FileNotFoundError:
        before = None
    if before is None or not stat.S_ISREG(before.st_mode):
        temporary.chmod(0o666 & ~_umask())
        return
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(before.st_mode & 0o777)


def digest(content: bytes) -> str:
    """What tells contents apart."""
    return blake2b(content, digest_size=16).hexdigest()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
