"""Which files are recognised as outputs of this program, and which may be replaced."""

import json
import os
from pathlib import Path

import pytest

from screener.errors import OutputError
from screener.io.atomic import write_file, write_in_folder
from screener.io.replacing import ReplacePolicy, refuse_same_file, written_by_screener

OWN = [
    b"",
    b'<!doctype html>\n<html><head><meta name="generator" content="screener"></head></html>\n',
    b"<p>mine</p>\n<!-- written by screener -->\n",
    b'{\n "schema": "screener/result/1",\n "company": {}}',
    b'{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "screener/rule/1"}',
    b"company,name,sector,verdict,score\n",
    b'"company","rule","flag","outcome"\n"a","b","red","fired"\n',
    b"\xef\xbb\xbfcompany,name,as_of,verdict\n",
    b"# Oracle\n" + b"text\n" * 10_000 + "screener 0.1.0 · rule pack ai-era\n".encode(),
    b"%PDF-1.4\n1 0 obj\n<</Title (x)\n/Creator (screener     )\n",
    b"[]\n",
]
FOREIGN = [
    b"my notes about screener 0.1.0\n",
    b'{"name": "Oracle", "figures": {}}',
    b'{"name": "screener"}',
    b"company,revenue\na,1\n",
    b"name: Oracle\n",
    b"PAR1" + bytes(20) + b"PAR1",
    b"SQLite format 3\0" + bytes(100),
    b"[1, 2]",
    b"x" * 100_000 + b"\n",
]


@pytest.mark.parametrize("content", OWN)
def test_an_output_is_known_by_its_content(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert written_by_screener(file)
    write_file(file, b"new")
    assert file.read_bytes() == b"new"


@pytest.mark.parametrize("content", FOREIGN)
def test_another_file_is_replaced_by_force_only(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert not written_by_screener(file)
    for write in (lambda policy: write_file(file, b"new", policy), lambda policy: write_in_folder(tmp_path, "file", b"new", policy=policy)):
        file.write_bytes(content)
        for policy in (None, ReplacePolicy()):
            with pytest.raises(OutputError, match="exists, and was not written by screener"):
                write(policy)
        assert file.read_bytes() == content
        write(ReplacePolicy(force=True))
        assert file.read_bytes() == b"new"


def test_a_table_in_parquet_is_known_by_its_metadata(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({f"column {i}": [1.0] for i in range(3000)})  # the footer is larger than what is read of other files
    pq.write_table(table, tmp_path / "foreign.parquet")
    pq.write_table(table.replace_schema_metadata({"note": "written by screener"}), tmp_path / "own.parquet")
    assert not written_by_screener(tmp_path / "foreign.parquet")
    assert written_by_screener(tmp_path / "own.parquet")


def test_an_input_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps({"schema": "screener/result/1"}))
    (tmp_path / "link").symlink_to("result.json")
    os.link(tmp_path / "result.json", tmp_path / "hard")
    for named in ("result.json", "link", "hard", "result.json:7"):
        policy = ReplacePolicy(force=True, inputs=["en", "-", str(tmp_path / named), ""])
        for out in ("result.json", "link", "hard"):
            with pytest.raises(OutputError, match=f"{out}: is also read as input"):
                write_file(tmp_path / out, b"new", policy)


def test_two_outputs_are_different_files(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "link").symlink_to("a")
    refuse_same_file([tmp_path / "a", tmp_path / "b", tmp_path / "c"])
    for pair in (("a", "a"), ("a", "link"), ("b", "b"), ("b", "./b")):
        with pytest.raises(OutputError, match="is the same file as"):
            refuse_same_file([Path(f"{tmp_path}/{name}") for name in pair])


def test_settings_are_inputs_wherever_a_command_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside or above the profiles, in the current folder, and through links."""
    profiles, here = tmp_path / "profiles" / "2025", tmp_path / "here"
    for folder in (profiles, here):
        folder.mkdir(parents=True)
    monkeypatch.chdir(here)
    for place in (profiles.parent, here):
        settings = place / "screener.yaml"
        settings.write_text("disable: []\n")
        (place / "link.yaml").symlink_to("screener.yaml")
        os.link(settings, place / "hard.csv")
        for name in ("screener.yaml", "link.yaml", "hard.csv"):
            policy = ReplacePolicy(force=True, inputs=[str(profiles / "a.json"), "text", "with\0zero"])
            with pytest.raises(OutputError, match=f"{name}: is also read as input"):
                write_file(place / name, b"new", policy)
        assert settings.read_text() == "disable: []\n"
