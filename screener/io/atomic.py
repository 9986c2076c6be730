"""Atomic writes: a reader sees the old file or the complete new one, and only regular files are replaced.

Links in a path that a user names are followed: the target of a symbolic link is replaced and the link stays; a device,
a pipe or an open descriptor such as /dev/stdout is written to. The name of a file inside a folder of reports comes from
data, so links are not followed: a symbolic link is replaced, its target is unchanged, and a device or pipe is refused.
"""

import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from screener.errors import OutputError, Problem
from screener.io.replacing import ReplacePolicy

UNFINISHED = ".screener-"  # prefix of the names of incomplete files
_STANDARD_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})\Z")  # no descriptor has a longer number
_MOST_LINKS = 40  # greatest number of links in a chain, as in Linux


def output_folder(path: Path) -> Path:
    """Returns `path` as a folder that can be written to, created if needed. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = _unfinished(path)
        os.close(_create(probe, 0o600))
        probe.unlink()
    except OSError as error:
        what = f"reports can't be written there: {_reason(error)}"
        raise OutputError(Problem(what, "choose another with --out", str(path))) from error
    return path


def write_file(path: Path, content: str | bytes, policy: ReplacePolicy | None = None) -> None:
    """Writes a complete file to a path that the user named. Raises OutputError."""
    with open_output(path, policy) as file:
        file.write(_encoded(content))


def write_in_folder(
    folder: Path, name: str, content: str | bytes, staging: Path | None = None, policy: ReplacePolicy | None = None
) -> None:
    """Writes a complete file whose name comes from data, not from the user. Raises OutputError."""
    with open_in_folder(folder, name, staging, policy) as file:
        file.write(_encoded(content))


@contextmanager
def open_output(path: Path, policy: ReplacePolicy | None = None) -> Iterator[BinaryIO]:
    """Opens a file that replaces `path`, which a user named, once it is complete; or the stream that `path` is.

    `policy` says which existing files it may replace (None: those that screener wrote). Raises OutputError.
    """
    if is_stream(path):
        with OutputFile(_opened_stream(path), path) as file:
            yield file
        return
    with _replacing(Path(os.path.realpath(path)), path, None, policy or ReplacePolicy()) as file:
        yield file


@contextmanager
def open_in_folder(
    folder: Path, name: str, staging: Path | None = None, policy: ReplacePolicy | None = None
) -> Iterator[BinaryIO]:
    """Opens a file that is moved into a folder once it is complete. Raises OutputError.

    It is written in the same folder, or in the folder `staging` of the same file system. `policy` says which existing files it
    may replace (None: those that screener wrote).
    """
    path = folder / name
    mode = _mode_of(path)
    if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
        raise OutputError(
            Problem("is a device or a pipe, not a file", "remove it, or choose another folder", str(path))
        )
    with _replacing(path, path, staging, policy or ReplacePolicy()) as file:
        yield file


@contextmanager
def open_private(path: Path) -> Iterator[BinaryIO]:
    """Opens a file for internal use, such as one in a cache, that replaces `path` once it is complete.

    Only this user may read it. Raises OutputError.
    """
    with _replacing(path, path, None, None) as file:
        yield file


def is_stream(path: Path) -> bool:
    """Returns whether `path` is or leads to a device, a pipe, a socket or an open descriptor, which are written to and
    never replaced."""
    if _descriptor_of(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def content_digest(content: bytes) -> str:
    """Returns a digest that identifies the content of a file."""
    return blake2b(content, digest_size=16).hexdigest()


class OutputFile(io.BufferedWriter):
    """An open file whose errors are OutputErrors; it counts the bytes written, since a pipe has no position."""

    def __init__(self, handle: int, path: Path) -> None:
        super().__init__(io.FileIO(handle, "wb"))
        self._path, self._count = path, 0

    def write(self, data: Any) -> int:
        """Writes bytes. Raises OutputError."""
        with _faults_of(self._path):
            super().write(data)
        size = memoryview(data).nbytes
        self._count += size
        return size

    def tell(self) -> int:
        """Returns the number of bytes written."""
        return self._count

    def flush(self) -> None:
        """Writes the buffered bytes. Raises OutputError."""
        with _faults_of(self._path):
            super().flush()

    def close(self) -> None:
        """Writes the buffered bytes and closes the file. Raises OutputError."""
        with _faults_of(self._path):
            super().close()


@contextmanager
def _replacing(path: Path, named: Path, staging: Path | None, policy: ReplacePolicy | None) -> Iterator[BinaryIO]:
    """Provides a new file that replaces `path` at the end of the block; errors name the path as the user `named` it.

    Without a `policy`, only this user may read it.
    """
    temporary = _unfinished(staging or path.parent)
    with _faults_of(named):
        before = os.lstat(path) if stat.S_ISREG(_mode_of(path) or 0) else None
        if before is not None and policy is not None:
            policy.check(path, named)
        handle = _create(temporary, 0o600 if before is not None or policy is None else 0o666)
    file = OutputFile(handle, named)
    try:
        yield file
        file.close()
        with _faults_of(named):
            if before is not None and policy is not None:
                policy.check(path, named)  # checked again, since files read meanwhile are inputs as well
                _keep_owner_and_mode(temporary, before)
            temporary.replace(path)
    finally:
        with suppress(OutputError):
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _keep_owner_and_mode(temporary: Path, before: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with suppress(OSError):  # only root may change the owner of a file
            os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(before.st_mode & 0o777)


def _unfinished(folder: Path) -> Path:
    return folder / f"{UNFINISHED}{os.urandom(8).hex()}"


def _create(path: Path, mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags, mode)


def _opened_stream(path: Path) -> int:
    """Opens a descriptor of a stream. A descriptor is duplicated, so that both share the position."""
    with _faults_of(path):
        number = _descriptor_of(path)
        if number is None:
            return os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0))
        for printed in (sys.stdout, sys.stderr):
            printed.flush()
        return os.dup(number)


def _descriptor_of(path: Path) -> int | None:
    """Returns the number of the open descriptor that a path such as /dev/stdout or /dev/fd/63 names, directly or
    through links."""
    name = os.path.abspath(path)  # noqa: PTH100 (Path.resolve would follow links)
    for _ in range(_MOST_LINKS):
        if name in _STANDARD_STREAMS:
            return _STANDARD_STREAMS[name]
        if numbered := _DESCRIPTOR.match(name):
            return int(numbered[1])
        try:
            name = os.path.abspath(Path(name).parent / Path(name).readlink())  # noqa: PTH100
        except OSError:
            return None
    return None


def _mode_of(path: Path) -> int | None:
    """Returns the mode of `path` itself, without following links; None if it does not exist or cannot be read."""
    try:
        return path.lstat().st_mode
    except OSError:
        return None


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise OutputError(Problem("its reader has gone", "the rest was not written", str(path))) from error
        what = f"can't be written: {_reason(error)}"
        raise OutputError(Problem(what, "choose another folder with --out", str(path))) from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _encoded(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")
