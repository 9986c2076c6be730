"""Every kind of output path: a regular file is replaced as a whole or not at all, and nothing else is ever replaced."""

import os
import re
import resource
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from screener.errors import OutputError
from screener.io.atomic import (
    is_stream,
    open_in_folder,
    open_output,
    open_private,
    output_folder,
    write_file,
    write_in_folder,
)
from screener.io.replacing import ReplacePolicy

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices of POSIX")

ANY_FILE = ReplacePolicy(force=True)
WRITERS: dict[str, Callable[[Path, bytes], None]] = {
    "named": lambda path, content: write_file(path, content, ANY_FILE),
    "in a folder": lambda path, content: write_in_folder(path.parent, path.name, content, policy=ANY_FILE),
}
each_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())


def received(path: Path, act: Callable[[], None]) -> bytes:
    """Returns the bytes that a reader of `path` receives while `act` writes to it."""
    parts: list[bytes] = []
    reader = threading.Thread(target=lambda: parts.append(path.read_bytes()), daemon=True)
    reader.start()
    act()
    reader.join(10)
    return b"".join(parts)


def character_device(path: Path) -> Path:
    """Creates a device node for the null device."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        path.open("wb").close()
    except PermissionError:
        pytest.skip("only root makes device nodes, and only where the file system takes them")
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@each_writer
def test_a_regular_file_is_replaced_with_its_mode_and_owner(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    before, reading = file.stat(), file.open("rb")
    write(file, b"new")
    after = file.stat()
    assert (file.read_bytes(), reading.read()) == (b"new", b"old")
    reading.close()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert names(tmp_path) == ["a"]


@each_writer
def test_a_new_file_has_the_mode_of_any_other(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    write(tmp_path / "a", b"new")
    (tmp_path / "b").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_private_file_is_the_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "a").touch(mode=0o644)
    with open_private(tmp_path / "a") as file:
        file.write(b"secret")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_that_a_user_names_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a").write_bytes(b"old")
    (tmp_path / "below" / "a").chmod(0o600)
    (tmp_path / "middle").symlink_to("below/a")
    (tmp_path / "link").symlink_to("middle")
    (tmp_path / "dangling").symlink_to("below/b")
    write_file(tmp_path / "link", b"new", ANY_FILE)
    write_file(tmp_path / "dangling", b"first")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "dangling").is_symlink()
    assert not (tmp_path / "below" / "a").is_symlink()
    assert [(tmp_path / "below" / x).read_bytes() for x in "ab"] == [b"new", b"first"]
    assert stat.S_IMODE((tmp_path / "below" / "a").stat().st_mode) == 0o600
    assert names(tmp_path / "below") == ["a", "b"]


@pytest.mark.parametrize("target", ["precious", "nowhere", "/dev/null", "pipe"])
def test_a_link_in_a_folder_is_replaced_and_what_it_leads_to_left_alone(target: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    os.mkfifo(tmp_path / "pipe")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_in_folder(tmp_path, "link", b"new")
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to("pipe")
    for path in (pipe, tmp_path / "link"):
        assert is_stream(path)
        assert received(pipe, lambda path=path: write_file(path, b"bytes" * 50_000)) == b"bytes" * 50_000
    assert pipe.is_fifo()
    assert names(tmp_path) == ["link", "pipe"]


def test_a_pipe_whose_reader_has_gone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.open("rb").close(), daemon=True).start()
    with pytest.raises(OutputError, match="its reader has gone"):
        write_file(pipe, b"x" * 10_000_000)


def test_a_character_device_is_written_to_and_stays(tmp_path: Path) -> None:
    device = character_device(tmp_path / "device")
    (tmp_path / "link").symlink_to("device")
    before = device.stat()
    for path in (device, tmp_path / "link"):
        assert is_stream(path)
        write_file(path, b"bytes")
    assert device.is_char_device()
    assert (device.stat().st_ino, device.stat().st_mode, device.stat().st_rdev) == (before.st_ino, before.st_mode, before.st_rdev)
    assert names(tmp_path) == ["device", "link"]


def test_a_terminal_gets_the_bytes(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    try:
        (tmp_path / "tty").symlink_to(os.ttyname(theirs))
        write_file(tmp_path / "tty", b"bytes\n")
        assert os.read(ours, 100).split() == [b"bytes"]
    finally:
        os.close(ours)
        os.close(theirs)


def test_an_open_descriptor_is_written_to_where_it_is(tmp_path: Path) -> None:
    """A shell makes such a path for `>(…)`; /dev/stdout may be a regular file to which more is written later."""
    file = tmp_path / "a"
    with file.open("wb") as opened:
        opened.write(b"before ")
        opened.flush()
        for path in (f"/dev/fd/{opened.fileno()}", f"/proc/self/fd/{opened.fileno()}"):
            assert is_stream(Path(path))
            write_file(Path(path), b"bytes ")
        (tmp_path / "link").symlink_to(f"/dev/fd/{opened.fileno()}")
        write_file(tmp_path / "link", b"more ")
        opened.write(b"after")
    assert file.read_bytes() == b"before bytes bytes more after"
    with pytest.raises(OutputError, match="bad file descriptor"):
        write_file(Path("/dev/fd/9999"), b"bytes")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_device_in_a_folder_is_refused_without_being_opened(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    os.mkfifo(path) if kind == "pipe" else character_device(path)
    before = path.stat()
    with pytest.raises(OutputError, match=f"{re.escape(str(path))}: is a device or a pipe, not a file; remove it"):
        write_in_folder(tmp_path, kind, b"bytes")
    assert path.stat().st_mode == before.st_mode
    assert names(tmp_path) == [kind]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder of the user `nobody`, as which the process then runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = os.geteuid() == 0
        folder.chmod(0o755)
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)


@each_writer
def test_a_read_only_folder(write: Callable[[Path, bytes], None], shared: Path) -> None:
    (shared / "a").write_bytes(b"old")
    shared.chmod(0o555)
    for name in "ab":
        with pytest.raises(OutputError, match=f"/{name}: can't be written: permission denied; choose another"):
            write(shared / name, b"new")
    with pytest.raises(OutputError, match="reports can't be written there: permission denied"):
        output_folder(shared)
    assert (shared / "a").read_bytes() == b"old"
    assert names(shared) == ["a"]


@each_writer
def test_a_folder_that_is_not_there(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't be written: no such file or directory"):
        write(tmp_path / "gone" / "a", b"new")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="can't be written: not a directory"):
        write(tmp_path / "file" / "a", b"new")
    with pytest.raises(OutputError, match="can't be written: is a directory"):
        write(tmp_path, b"new")
    assert names(tmp_path) == ["file"]


@each_writer
def test_a_full_disk_leaves_the_old_file(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))  # as with a disk that is full, the system takes no more
    try:
        for name in "ab":
            with pytest.raises(OutputError, match="can't be written: file too large"):
                write(tmp_path / name, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_full_device(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="can't be written: no space left on device"):
        write_file(tmp_path / "full", b"bytes")


@each_writer
def test_a_fault_while_it_is_written_leaves_the_old_file(write: Callable[[Path, bytes], None], tmp_path: Path) -> None:
    """An error in between is not reported as a fault of the output."""
    (tmp_path / "a").write_bytes(b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half of it")
        (tmp_path / "gone").read_bytes()

    if write is WRITERS["named"]:
        opened = open_output(tmp_path / "a", ANY_FILE)
    else:
        opened = open_in_folder(tmp_path, "a", policy=ANY_FILE)
    with pytest.raises(FileNotFoundError), opened as file:
        fail(file)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]
