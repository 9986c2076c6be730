"""Command-line transcripts: text files with commands and their output.

    # a comment
    = bad.json                      a file of the scenario; the lines with | are its content
    | {"name": 5}
    $ screener run bad.json         a command; `ls FOLDER` and `rm FILE` are also allowed
    < text                          a line of standard input
    > a line of standard output
    ! a line of standard error
    [3]                             its exit code
"""

import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from commands import Done, screener, settle_down

_OUTPUT = (">", "!", "[")


@dataclass
class Step:
    """One command: its input, and the expected lines of the file."""

    command: str
    line: int
    stdin: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)


def play(text: str, folder: Path) -> tuple[str, list[tuple[Step, Done]]]:
    """Runs a transcript in `folder`; returns the text with the actual output, and every command with its result."""
    lines: list[str] = []
    steps: list[Step] = []
    done: list[tuple[Step, Done]] = []
    file: Path | None = None

    def finish() -> None:
        if steps and len(done) < len(steps):
            result = _run(steps[-1])
            done.append((steps[-1], result))
            lines.extend(_shown(result))

    for number, line in enumerate(text.splitlines(), 1):
        mark, rest = line[:1], line[2:]
        if mark == "<":
            steps[-1].stdin.append(rest)
        elif mark in _OUTPUT:
            steps[-1].output.append(line)
            continue
        else:
            finish()
        if mark == "=":
            file = folder / rest
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("", "utf-8")
        elif mark == "|" and file is not None:
            file.write_text(file.read_text("utf-8") + rest + "\n", "utf-8")
        elif mark == "$":
            steps.append(Step(rest, number))
        elif line and mark not in ("#", "<"):
            raise ValueError(f"line {number}: what is this? {line}")
        lines.append(line)
    finish()
    return "\n".join(lines) + "\n", done


def _run(step: Step) -> Done:
    program, *words = shlex.split(step.command)
    if program == "ls":
        folder = Path(words[0])
        names = sorted(p.name for p in folder.iterdir()) if folder.exists() else ["(not there)"]
        return Done(0, "".join(f"{name}\n" for name in names or ["(empty)"]), "")
    if program == "rm":
        shutil.rmtree(words[0])
        return Done(0, "", "")
    assert program == "screener", f"line {step.line}: {program}"
    return screener(*words, stdin="".join(f"{line}\n" for line in step.stdin))


def _shown(done: Done) -> list[str]:
    shown = [f"{mark} {line}".rstrip() for mark, text in ((">", done.out), ("!", done.err))
             for line in settle_down(text).splitlines()]
    return [*shown, f"[{done.code}]"]
