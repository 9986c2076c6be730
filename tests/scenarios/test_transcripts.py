"""Compares the output of commands with the transcripts; SCREENER_UPDATE=1 writes them again."""

import re
from pathlib import Path

import pytest
from commands import UPDATE
from transcripts import play

FILES = sorted(Path(__file__).with_name("transcripts").glob("*.txt"))
BAD = [f for f in FILES if f.stem.startswith("bad-")]
REFUSED = {"bad-options": (2, 3)}  # exit codes of refused commands; 3 unless listed
_NAMES = {"ids": lambda f: f.stem}


def test_there_are_transcripts() -> None:
    assert len(BAD) >= 3
    assert len(FILES) >= 8


@pytest.mark.parametrize("file", FILES, **_NAMES)
def test_transcript(file: Path, here: Path) -> None:
    text = file.read_text("utf-8")
    played, done = play(text, here)
    assert done, "a transcript without commands"
    for step, result in done:
        assert "Traceback" not in result.err, step.command
        if file in BAD and step.command.startswith("screener"):
            assert result.code in REFUSED.get(file.stem, (3,)), step.command
            assert result.err, step.command
    if UPDATE:
        file.write_text(played, "utf-8")
    else:
        assert played.splitlines() == text.splitlines(), "if this is meant: SCREENER_UPDATE=1 pytest tests/scenarios"


@pytest.mark.parametrize("file", BAD, **_NAMES)
def test_every_error_says_where_what_and_what_to_do(file: Path) -> None:
    """Checked on the transcripts, so that no update can lose it."""
    text = file.read_text("utf-8")
    codes = re.findall(r"^\[([0-9]+)\]$", text, re.MULTILINE)
    errors = [line[2:] for line in text.splitlines() if line.startswith("! ")]
    assert errors
    refused = {str(code) for code in REFUSED.get(file.stem, (3,))}
    assert refused <= set(codes) <= {"0", *refused}
    summary = re.compile(r"[0-9]+ errors?(, [0-9]+ warnings?)?| +[0-9]* \|.*|[0-9]+ of [0-9]+ profiles could not be read; .+")
    for error in errors:
        if summary.fullmatch(error):
            continue
        where, _, rest = error.partition(": ")
        assert rest, f"no place: {error}"
        assert re.search(r"\.(json|ya?ml)(:[0-9]+:[0-9]+)?$|^-:[0-9]+|^--|^''$|^[\w/.-]+$", where), f"no place: {error}"
        assert "; " in rest or "`" in rest, f"no next step: {error}"
