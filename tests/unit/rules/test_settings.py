"""`screener.yaml`: the search upwards, its effects, and its errors."""

from pathlib import Path

import pytest

from screener.rules import settings
from screener.rules.rulebook_loader import load_rulebook
from tests.conftest import problems
from tests.unit.rules.test_errors import RULE
from tests.unit.rules.test_packs import make


@pytest.fixture
def settings_folder(tmp_path: Path) -> Path:
    """Returns a folder with its own pack, which its settings choose."""
    make(tmp_path / "house")
    (tmp_path / "screener.yaml").write_text("packs: [house]\n", "utf-8")
    return tmp_path / "screener.yaml"


def test_the_nearest_above_the_profiles_holds(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "screener.yaml").write_text("{}", "utf-8")
    assert settings.find_settings([str(deep / "p.json")]) == tmp_path / "screener.yaml"
    (tmp_path / "a" / "screener.yaml").write_text("{}", "utf-8")
    assert settings.find_settings([str(deep / "p.json"), str(deep)]) == tmp_path / "a" / "screener.yaml"
    (found,) = problems(settings.find_settings, [str(deep / "p.json"), str(tmp_path / "q.json")])
    assert "different settings" in found.what


def test_packs_rules_and_parameters(settings_folder: Path) -> None:
    (settings_folder.parent / "more.yaml").write_text(RULE.replace("rule: mine", "rule: yours"), "utf-8")
    settings_folder.write_text(
        "packs: [house]\nrules: [more.yaml]\n"
        "params: {mine: {most: 2}, yours: {most: {value: 3, why: We lend on more}}}\n"
        "sector_params: {utilities: {mine: {most: 4}}}\n",
        "utf-8",
    )
    book = load_rulebook(config=settings_folder)
    assert set(book.rules) == {"mine", "yours"}
    most = book.rules["mine"].params["most"]
    assert (most.value, most.sectors["utilities"]) == (2, 4)
    assert "rule says" in most.why.en
    assert book.rules["yours"].params["most"].why.en == "We lend on more"


def test_the_command_line_comes_after(settings_folder: Path) -> None:
    settings_folder.write_text("packs: [house]\nparams: {mine: {most: 2}}\n", "utf-8")
    assert load_rulebook(settings=["mine.most=5"], config=settings_folder).rules["mine"].params["most"].value == 5
    assert "leverage-versus-revenue" in load_rulebook(packs=["ai-era"], config=None).rules


def test_disabled_and_digest(settings_folder: Path) -> None:
    before = load_rulebook(config=settings_folder).digest
    settings_folder.write_text("packs: [house]\ndisable: [mine]\n", "utf-8")
    assert load_rulebook(config=settings_folder).rules == {}
    assert load_rulebook(config=settings_folder).digest != before


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("packs: [house]\nparms: {}\n", 2, "unknown key 'parms'"),
        ("packs: [house]\nparams: {mien: {most: 2}}\n", 2, "there is no rule 'mien'"),
        ("packs: [house]\nparams: {mine: {mots: 2}}\n", 2, "has no parameter 'mots'"),
        ("packs: [house]\nparams: {mine: {most: true}}\n", 2, "is not a number"),
        ("packs: [house]\nsector_params:\n  utilites: {mine: {most: 2}}\n", 3, "unknown sector 'utilites'"),
        ("packs: [house]\ndisable:\n- nobody\n", 3, "there is no rule 'nobody'"),
        (
            "packs: [house]\nwaivers:\n- {rule: mien, company: x, until: 2026-01-01, reason: r, by: b}\n",
            3,
            "there is no rule 'mien'",
        ),
        ("packs: [house]\nwaivers:\n- {rule: mine, company: x, until: soon, reason: r, by: b}\n", 3, "is not a day"),
        ("packs: [house]\nwaivers:\n- {rule: mine, company: x, until: 2026-01-01, by: b}\n", 3, "is missing"),
    ],
)
def test_what_is_wrong_is_reported_with_its_place(settings_folder: Path, text: str, line: int, what: str) -> None:
    settings_folder.write_text(text, "utf-8")
    found = problems(load_rulebook, config=settings_folder)
    assert [(p.line, what in p.what) for p in found] == [(line, True)]


def test_a_file_that_says_nothing(settings_folder: Path) -> None:
    settings_folder.write_text("{}\n", "utf-8")
    assert load_rulebook(config=settings_folder).name == "core + classic + ai-era"
    settings_folder.write_text("", "utf-8")
    assert "is empty" in problems(load_rulebook, config=settings_folder)[0].what


@pytest.mark.parametrize("name", ["screener.yml", "Screener.yaml", "SCREENER.YML", ".screener.yaml", "screener.yaml.txt"])
def test_settings_under_another_spelling_are_not_overlooked(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / name).write_text("preview: true\n", "utf-8")
    (found,) = problems(settings.find_settings, [str(tmp_path / "deep" / "p.json")])
    assert found.file == str(tmp_path / name)
    assert "call it screener.yaml" in found.hint
    (tmp_path / "deep" / "screener.yaml").write_text("{}", "utf-8")  # the nearest settings end the search
    assert settings.find_settings([str(tmp_path / "deep" / "p.json")]) == tmp_path / "deep" / "screener.yaml"


def test_settings_that_can_not_be_read_are_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "screener.yaml").symlink_to(tmp_path / "nowhere")
    (found,) = problems(settings.find_settings, [str(tmp_path / "p.json")])
    assert found.what == "is a link to nothing"
    (tmp_path / "screener.yaml").unlink()
    (tmp_path / "screener.yaml").mkdir()
    (found,) = problems(settings.find_settings, [str(tmp_path / "p.json")])
    assert found.what == "is not a file"
