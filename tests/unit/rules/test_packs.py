"""Packs: where they are found, their requirements, several at once."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from screener.rules import packs
from screener.rules.rulebook_loader import load_rulebook
from tests.conftest import problems
from tests.unit.rules.test_errors import RULE

PACK = "name: {name}\nversion: 1.2.0\ntitle: {{en: Mine, zh: 我的}}\n"


def make(folder: Path, name: str = "house", more: str = "", rule: str = "mine") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(PACK.format(name=name) + more, "utf-8")
    (folder / f"{rule}.yaml").write_text(RULE.replace("rule: mine", f"rule: {rule}"), "utf-8")
    return folder


def test_a_folder_is_a_pack_by_its_path(tmp_path: Path) -> None:
    book = load_rulebook(packs=[str(make(tmp_path / "house"))])
    assert (book.name, book.version, set(book.rules)) == ("house", "1.2.0", {"mine"})


def test_several_packs_make_one_rulebook(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", "one"), make(tmp_path / "two", "two", rule="yours")
    book = load_rulebook(packs=[str(one), str(two)])
    assert (book.name, book.version) == ("one + two", "1.2.0 + 1.2.0")
    assert set(book.rules) == {"mine", "yours"}
    assert book.digest != load_rulebook(packs=[str(one)]).digest


def test_every_built_in_pack_loads() -> None:
    for place in packs.built_in_packs().values():
        book = load_rulebook(packs=[place.name])
        assert book.packs[0].name == place.name
        assert book.rules


@pytest.mark.parametrize(
    ("need", "says"),
    [
        ("screener>=99", "needs screener>=99"),
        ("other", "needs the pack 'other'"),
        ("not a name!", "is not a name with a version"),
    ],
)
def test_what_a_pack_needs(tmp_path: Path, need: str, says: str) -> None:
    folder = make(tmp_path / "house", more=f"needs: ['{need}']\n")
    (found,) = problems(load_rulebook, packs=[str(folder)])
    assert says in found.what
    assert found.line == 4


def test_needs_that_are_met(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "one", rule="yours")
    two = make(tmp_path / "two", "two", "needs: ['one>=1.0', 'screener>=0.0.1']\n")
    assert len(load_rulebook(packs=[str(two), str(one)]).rules) == 2


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    (found,) = problems(load_rulebook, packs=["ai-ear"])
    assert "ai-era" in found.hint
    (found,) = problems(load_rulebook, packs=[str(tmp_path)])
    assert "holds no pack.yaml" in found.what


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Simulates an installed Python package that offers the pack 'theirs'."""
    folder = make(tmp_path / "theirs_rules", "theirs")
    (folder / "__init__.py").write_text("", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    entries = [EntryPoint("theirs", "theirs_rules", packs.ENTRY_POINT_GROUP), EntryPoint("broken", "no_such_module", packs.ENTRY_POINT_GROUP)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries if group == packs.ENTRY_POINT_GROUP else [])
    yield folder
    sys.modules.pop("theirs_rules", None)


def test_an_installed_pack_is_found_by_its_entry_point(offers: Path) -> None:
    assert packs.find_pack("theirs") == packs.PackLocation("theirs", offers, "installed")
    assert load_rulebook(packs=["theirs"]).name == "theirs"


def test_an_installed_pack_that_is_broken(offers: Path) -> None:
    (found,) = problems(load_rulebook, packs=["broken"])
    assert "can't be loaded" in found.what
    assert load_rulebook(packs=["ai-era"]).rules  # it does not affect the others


@pytest.mark.parametrize("name", ["ai-era", "classic"])
def test_a_folder_does_not_take_the_name_of_a_built_in_pack(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / "mine", name)
    (found,) = problems(load_rulebook, packs=[str(folder)])
    assert (found.what, found.file) == (f"calls itself '{name}', the name of a built-in pack", str(folder / "pack.yaml"))
    assert load_rulebook(packs=[str(folder)], any_name=True).name == name  # to compare versions of a pack
    (tmp_path / "screener.yaml").write_text("packs: [mine]\n", "utf-8")
    (found,) = problems(load_rulebook, config=tmp_path / "screener.yaml")
    assert "the name of a built-in pack" in found.what


def test_no_two_packs_have_one_name(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one"), make(tmp_path / "two", rule="yours")
    (found,) = problems(load_rulebook, packs=[str(one), str(two)])
    assert found.what == f"calls itself 'house', as {one / 'pack.yaml'} does"


@pytest.mark.parametrize("name", ["AI-era", "\u0430i-era", "ai\u2011era", "'ai-era '"])
def test_the_name_of_a_pack_is_a_slug(tmp_path: Path, name: str) -> None:
    (found,) = problems(load_rulebook, packs=[str(make(tmp_path / "mine", name))])
    assert "is not a name of a pack" in found.what
    assert found.line == 1


def test_the_folder_of_a_built_in_pack_is_that_pack() -> None:
    place = packs.built_in_packs()["classic"]
    assert packs.find_pack(str(place.folder)) == place
    assert not load_rulebook(packs=[str(place.folder)]).is_users


def test_the_rulebook_says_where_its_rules_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "house")
    (tmp_path / "more.yaml").write_text(RULE.replace("rule: mine", "rule: more"), "utf-8")
    (tmp_path / "screener.yaml").write_text("packs: [ai-era, house]\nrules: [more.yaml]\n", "utf-8")
    book = load_rulebook(config=tmp_path / "screener.yaml")
    assert book.origins == (
        ("pack", "ai-era", "built-in", None),
        ("pack", "house", "folder", "house"),
        ("rules", "more", "file", "more.yaml"),
        ("settings", "screener.yaml", "file", "screener.yaml"),
    )
    assert book.is_users
    (tmp_path / "screener.yaml").write_text("packs: [classic]\n", "utf-8")
    assert load_rulebook(config=tmp_path / "screener.yaml").is_users
    assert not load_rulebook(packs=["classic"]).is_users


def test_a_rule_file_that_is_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    folder = make(tmp_path / "house")
    (folder / "other.yaml").symlink_to(tmp_path / "nowhere")
    (found,) = problems(load_rulebook, packs=[str(folder)])
    assert found.file == str(folder / "other.yaml")
