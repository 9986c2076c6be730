"""Documents: YAML 1.2 core, no duplicate keys, and the place of every value."""

import os
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from screener.errors import DocumentError, Problem
from screener.io.document import parse_documents, path_text, read_documents
from screener.io.file_text import read_text


def wrong(text: str, name: str = "a.yaml") -> Problem:
    with pytest.raises(DocumentError) as caught:
        parse_documents(text, name)
    (problem,) = caught.value.problems
    assert problem.file == name
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90e9", 90e9),
        ("-1.5E-3", -0.0015),
        (".5", 0.5),
        ("5.", 5.0),
        ("+12", 12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("", None),
        ("2026-02-06", "2026-02-06"),
        ("<<", "<<"),
        ("'1'", "1"),
        ("=", "="),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    found = parse_documents(f"x: {text}", "a.yaml")[0].data["x"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a: 1\nb: 2\na: 3", (3, 1), "duplicate key 'a'"),
        ("x:\n  - {p: 1, p: 2}", (2, 12), "duplicate key 'p'"),
        ("1: x", (1, 1), "the key 1 is not text"),
        ("a: &x [1]\nb: *x", (1, 4), "aliases are not supported"),
        ("a: .inf", (1, 4), "not a finite number"),
        ("a: 1e999", (1, 4), "not a finite number"),
        ("a: [1, 2", (1, 4), "is not YAML"),
        ("a: b: c", (1, 5), "is not YAML"),
        ("a: !!python/object:os.system x", (1, 4), "is not YAML"),
    ],
)
def test_what_yaml_may_not_say(text: str, place: tuple[int, int], what: str) -> None:
    problem = wrong(text)
    assert what in problem.what
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a": 1, "a": 2}', "duplicate key 'a'"),
        ('{"a": 1e999x}', "1e999 is not a finite number"),
        ('{"a": NaN}', "NaN is not a finite number"),
        ('{"a": Infinity}', "Infinity is not a finite number"),
        ('{"a": 1,}', "is not JSON"),
        ("[" * 100 + "]" * 100, "nested deeper than 60"),
    ],
)
def test_what_json_may_not_say(text: str, what: str) -> None:
    assert what in wrong(text, "a.json").what


@pytest.mark.parametrize(
    "text", ["[" * 5000 + "]" * 5000, "- " * 5000 + "1", "\n".join(" " * i + "a:" for i in range(3000))]
)
def test_deep_yaml_is_refused_before_the_parser_recurses(text: str) -> None:
    assert "nested deeper" in wrong(text).what


def test_the_place_of_values_and_keys() -> None:
    text = "rule: x\nwhen:\n  - company: 'debt > 1'\n  - customer: share > 2\nsays:\n  en: |\n    long\n    text\n"
    (document,) = parse_documents(text, "a.yaml")
    assert document.place(["when", 0, "company"]) == (3, 15)  # inside the quotes
    assert document.place(["when", 0, "company"], offset=7) == (3, 22)
    assert document.place(["when", 1, "customer"], offset=6) == (4, 21)
    assert document.place(["when", 1, "customer"], key=True) == (4, 5)
    assert document.place(["says", "en"], offset=5) == (8, 5)
    assert document.place(["when", 9, "nowhere"]) == (3, 3)  # the nearest one above
    assert document.problem(["when", 0, "company"], "w", "h", 7).located(hint="").what == "w"


@pytest.mark.parametrize(
    "written",
    [
        "'one two\n  three ''x'' END'",
        '"one \\u0041 \\"two\\"\n\n   three\\x41 END"',
        '"one \\\n   two END"',
        "one  two\n    three\n    END",
        "|\n   one\n     two\n\n   END\n",
        ">-\n   one\n   two\n\n   three END",
        ">\n   # one\n\n\n   two END\n",
    ],
)
def test_every_character_of_a_text_has_its_place(written: str) -> None:
    (document,) = parse_documents(f"债务: x\na:\n  b: {written}\n", "a.yaml")
    value, lines = document.data["a"]["b"], document.text.splitlines()
    for word in ("END", "one"):
        line, column = document.place(["a", "b"], value.index(word))
        assert line
        assert column
        assert lines[line - 1][column - 1 :].startswith(word)


def test_a_part_has_the_places_of_the_whole() -> None:
    (document,) = parse_documents("a: 1\nb:\n  c: {d: 2}\n", "a.yaml")
    part = document.part(["b", "c"], {"d": 2, "e": 3})
    assert str(part.problem(["d"], "is wrong")) == "a.yaml:3:10: b.c.d: is wrong"
    assert part.place(["e"]) == (3, 6)  # a missing key has the place where it would be


def test_several_documents_know_their_own_places() -> None:
    documents = parse_documents("a: 1\n---\n\n---\nb:\n  - c: 2\n", "a.yaml")
    assert [d.data for d in documents] == [{"a": 1}, {"b": [{"c": 2}]}]
    assert documents[1].place(["b", 0, "c"]) == (6, 8)


def test_json_has_places_too() -> None:
    (document,) = parse_documents('{"a": {"b": [1,\n  22]}}', "a.json")
    assert document.place(["a", "b", 1]) == (2, 3)


def test_paths_are_shown_as_people_write_them() -> None:
    assert path_text(["figures", "revenue", 0, "value"]) == "figures.revenue[0].value"


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"\xff\xfe", "not text in UTF-8 (byte 0xff at position 0)"),
        (b"a: \x00", "binary"),
        (b" \n", "empty"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, raw: bytes, what: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)
    with pytest.raises(DocumentError) as caught:
        read_documents(file)
    assert what in caught.value.problems[0].what


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_documents(file)[0].data == {"a": 1}


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_documents(tmp_path / "nowhere.yaml")
    assert "no such file" in str(caught.value).lower()


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """Its size is 0, and a read returns no more than its buffer."""
    pipe, text = tmp_path / "pipe", "a: 1\n" * 50_000
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(text, "utf-8"))
    writer.start()
    assert read_text(pipe) == text
    writer.join()


def test_the_memory_to_read_a_file_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n", "utf-8")
    tracemalloc.start()
    try:
        read_text(file)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
