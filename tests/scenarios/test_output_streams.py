"""Every command that writes, with a pipe and a device as output: the bytes arrive, and the device stays."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ROOT, process, screener
from writing_commands import COMMANDS, ORACLE, write_inputs

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")

@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Makes a folder with the inputs of the commands the current one."""
    folder = tmp_path_factory.mktemp("streams")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_inputs(folder)
        yield folder


def run_with(name: str, out: Path) -> str:
    """Runs a command with this output; returns its other messages."""
    words = [str(out) if word == "OUT" else word for word in COMMANDS[name][0]]
    done = screener(*words)
    assert (done.code, done.err) == (0, ""), done
    return done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reader_of_a_pipe_gets_the_bytes(name: str, inputs: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()), daemon=True)
    reader.start()
    printed = run_with(name, pipe)
    reader.join(30)
    assert COMMANDS[name][1](b"".join(received)), received
    assert printed == ""
    assert pipe.is_fifo()
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_device_stays(name: str, inputs: Path, tmp_path: Path) -> None:
    device = tmp_path / "device"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        device.open("wb").close()
    except PermissionError:
        pytest.skip("only root makes device nodes, and only where the file system takes them")
    before = device.stat()
    assert run_with(name, device) == ""
    assert (device.stat().st_ino, device.stat().st_mode, device.stat().st_rdev) == (before.st_ino, before.st_mode, before.st_rdev)
    assert [p.name for p in tmp_path.iterdir()] == ["device"]


def test_every_command_with_an_output_option_is_tried() -> None:
    import click

    from screener.cli import group

    def commands(parent: click.Group, *path: str) -> Iterator[str]:
        context = click.Context(parent)
        for name in parent.list_commands(context):
            command = parent.get_command(context, name)
            if isinstance(command, click.Group):
                yield from commands(command, *path, name)
            elif command is not None and any("--out" in p.opts for p in command.params):
                yield " ".join((*path, name))

    tried = {" ".join(words[: 1 + (words[0] in ("rules", "profile", "import"))]) for words, _ in COMMANDS.values()}
    assert tried == set(commands(group))


@pytest.mark.parametrize("options", [("--format", "html,json"), ("--format", "parquet"), ("--resume",)])
def test_what_a_stream_does_not_take(options: tuple[str, ...], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = screener("run", ORACLE, "--out", str(tmp_path / "pipe"), *options)
    assert (done.code, done.out) == (2, "")


def test_standard_output_by_its_names(tmp_path: Path) -> None:
    """As a pipe, and as a regular file, which is not replaced either."""
    words = ("rules", "schema", "--out")
    expected = process("rules", "schema").out
    assert process(*words, "-").out == process(*words, "/dev/stdout").out == process(*words, "/dev/fd/1").out == expected
    file = tmp_path / "file"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with file.open("wb") as opened:
        inode = file.stat().st_ino
        subprocess.run([sys.executable, "-m", "screener", *words, "/dev/stdout"], stdout=opened, env=env, check=True)
    assert (file.read_text("utf-8"), file.stat().st_ino) == (expected, inode)
