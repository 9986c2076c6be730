"""Files with one profile on each line: found, read, and named FILE:LINE in messages."""

from pathlib import Path

import pytest

from screener.errors import DocumentError, ProfileError
from screener.io.document import read_documents
from screener.profile.loader import find_profiles, load_profile
from screener.rules.rulebook_loader import load_rulebook as load_rules

CATALOGUE = load_rules(packs=[]).catalogue


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    path.write_bytes(
        '\ufeff{"name": "Acme"}\r\n\n{"name": "Bölt"}\n  \n{"name": 5}\nname: yaml\n{"name": "Last"}'.encode()
    )
    return path


def test_each_line_is_a_profile_and_blank_lines_are_none(file: Path) -> None:
    assert find_profiles([str(file)]) == [f"{file}:{n}" for n in (1, 3, 5, 6, 7)]
    assert [load_profile(f"{file}:{n}", CATALOGUE).subject.name.en for n in (1, 3, 7)] == ["Acme", "Bölt", "Last"]


def test_what_is_wrong_on_a_line_is_reported_with_its_number(file: Path) -> None:
    with pytest.raises(ProfileError, match=r"many\.jsonl:5:1:10: name: expected a text"):
        load_profile(f"{file}:5", CATALOGUE)
    with pytest.raises(DocumentError, match=r"many\.jsonl:6:1:1: is not JSON"):
        load_profile(f"{file}:6", CATALOGUE)


def test_one_line_may_be_named(file: Path) -> None:
    assert find_profiles([f"{file}:3"]) == [f"{file}:3"]
    with pytest.raises(DocumentError, match="there is no such file"):
        find_profiles([f"{file}:8"])
    with pytest.raises(DocumentError):
        read_documents(f"{file}:8")


def test_a_file_that_changed_is_read_anew(file: Path) -> None:
    find_profiles([str(file)])
    file.write_text('{"name": "A much longer name than before"}\n{"name": "Two"}\n')
    assert len(find_profiles([str(file)])) == 2
    assert load_profile(f"{file}:2", CATALOGUE).subject.name.en == "Two"


def test_a_file_with_nothing_in_it_holds_no_profile(tmp_path: Path) -> None:
    (tmp_path / "e.ndjson").write_text("\n \n")
    with pytest.raises(ProfileError, match="holds no profile"):
        find_profiles([str(tmp_path / "e.ndjson")])


def test_a_file_that_is_called_like_a_line_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl:1"
    path.write_text('{"name": "Acme"}')
    assert load_profile(str(path), CATALOGUE).id == "acme"
