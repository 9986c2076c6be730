"""Files that are not text, not files, or too large: cases that a transcript cannot contain."""

import os
import re
from pathlib import Path

import pytest
from commands import screener

UTF_8 = "; save it as UTF-8, or give a JSON or YAML file"
PROFILE = '{"name": "Zoë"}'


REPORTS = "; give a JSON or YAML file; screener import filing reads reports (.htm, .txt)"
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (PROFILE.encode("utf-16"), "is not text in UTF-8 (byte 0xff at position 0)" + UTF_8),
        (PROFILE.encode("utf-16-be"), "is not text in UTF-8 (byte 0xeb at position 25)" + UTF_8),
        ('{"name": "A"}'.encode("utf-16-le"), "is binary, not text; give a JSON or YAML file"),
        (PROFILE.encode("latin-1"), "is not text in UTF-8 (byte 0xeb at position 12)" + UTF_8),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture, not a JSON or YAML document" + REPORTS),
        (b"PK\3\4" + bytes(60), "is a ZIP archive or an Excel file, not a JSON or YAML document; a table goes into screener import table, "
         "or run TABLE --map MAP"),
        (bytes(5), "is binary, not text; give a JSON or YAML file"),
        (b"", "the file is empty; see docs/profiles.md and docs/writing-rules.md"),
        (b" " * (32 * 2**20 + 1), "is larger than 32 MiB; split it"),
        (b"[" * 200_000, "is nested deeper than 60 levels; flatten it"),
        (b'{"name": ' + b'{"en": ' * 200_000, "is nested deeper than 60 levels; flatten it"),
    ],
    ids=["utf-16", "utf-16-be", "utf-16-le", "latin-1", "png", "zip", "zeros", "empty", "large", "deep-list", "deep-map"],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_not_a_profile(name: str, data: bytes, message: str, here: Path) -> None:
    (here / name).write_bytes(data)
    for words in (("run", name), ("profile", "check", name)):
        done = screener(*words)
        assert (done.code, done.out, done.err) == (3, "", f"{name}: {message}\n")
    done = screener("rules", "check", name)
    assert (done.code, done.out) == (3, "")
    assert re.sub(r" \[[a-z-]+\]\n", "\n", done.err) == f"{name}: {message}\n1 error\n"
    assert not (here / "reports").exists()


@pytest.mark.parametrize("text", ["a:\n" + "".join(f"{' ' * i}a:\n" for i in range(1, 2000)), "a: " + "- " * 3000 + "1\n"])
def test_deep_yaml_without_brackets(text: str, here: Path) -> None:
    (here / "a.yaml").write_text(text)
    done = screener("run", "a.yaml")
    assert (done.code, done.out, done.err) == (3, "", "a.yaml: is nested deeper than 60 levels; flatten it\n")


def test_a_byte_order_mark_is_no_fault(here: Path) -> None:
    (here / "a.json").write_bytes(b"\xef\xbb\xbf" + PROFILE.encode())
    assert screener("run", "a.json", "--out", "out").code == 0
    assert (here / "out" / "zoe.html").is_file()


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(ending: str, here: Path) -> None:
    (here / "a.yaml").write_bytes(ending.join(["name: A", "figures:", "  revenu: 5", ""]).encode())
    message = "a.yaml:3:3: figures.revenu: unknown figure 'revenu'; did you mean 'revenue'?\n"
    assert screener("run", "a.yaml").err == message


def test_the_place_in_json_that_is_indented_with_tabs(here: Path) -> None:
    (here / "a.json").write_text('{\n\t"name": "A",\n\t"figures": {\n\t\t"revenu": 5\n\t}\n}')
    assert screener("run", "a.json").err.startswith("a.json:4:3: figures.revenu: ")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_devices(here: Path) -> None:
    assert screener("run", "/dev/null").err.startswith("/dev/null: the file is empty; ")
    assert screener("run", "/dev/zero").err == "/dev/zero: is larger than 32 MiB; split it\n"


def test_a_folder_with_the_name_of_a_file(here: Path) -> None:
    (here / "folder" / "a.json").mkdir(parents=True)
    message = "folder: holds no profile; put .json or .yaml files there, or name a file\n"
    assert screener("run", "folder").err == message
    (here / "folder" / "b.json").symlink_to(here / "nowhere")
    assert screener("run", "folder").err == "folder/b.json: is a link to a file that does not exist; remove the link, or restore what it points to\n"


@pytest.mark.parametrize("option", ["run", "--out", "--rules", "--with"])
def test_a_name_that_no_file_can_have(option: str, here: Path) -> None:
    name = "x" * 5000
    (here / "a.json").write_text('{"name": "A"}')
    done = screener("run", name) if option == "run" else screener("run", "a.json", option, name)
    assert done.code == 3
    assert "file name too long; " in done.err
    assert len(done.errors) == 1


def test_a_long_value_makes_no_long_message(here: Path) -> None:
    (here / "a.json").write_text(f'{{"name": "A", "sector": "{"x" * 5000}", "{"y" * 5000}": 1}}')
    done = screener("run", "a.json")
    assert done.code == 3
    assert len(done.errors) == 2
    assert all(len(line) < 800 for line in done.errors)
