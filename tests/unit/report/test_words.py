"""The word tables: both languages have the same keys, and all keys that are used exist."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

import screener.report
from screener.errors import OutputError
from screener.io.package_data import TEMPLATES_FOLDER
from screener.profile.catalogue import Figure
from screener.report.wording import load_wording

EN, ZH = load_wording("en"), load_wording("zh")
_CODE = "".join(p.read_text("utf-8") for p in Path(screener.report.__file__).parent.rglob("*.py"))
_PAGES = "".join(p.read_text("utf-8") for p in TEMPLATES_FOLDER.glob("*.jinja"))


def holes(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_neither_language_lacks_a_key() -> None:
    assert EN.table.keys() == ZH.table.keys()


@pytest.mark.parametrize("key", sorted(EN.table))
def test_both_languages_fill_in_the_same(key: str) -> None:
    assert holes(EN.table[key]) == holes(ZH.table[key])
    assert EN.table[key].strip()
    assert ZH.table[key].strip()


def test_templates_ask_only_for_words_that_are_there() -> None:
    keys = re.findall(r"\bt\['([^']+)'\]", _PAGES)
    assert len(keys) > 40
    assert set(keys) <= EN.table.keys()


def test_code_asks_only_for_words_that_are_there() -> None:
    keys = re.findall(r'wording\(\s*"([a-z_.-]+)"', _CODE)
    counted = re.findall(r'wording\.plural\(\s*"([a-z_.-]+)"', _CODE)
    assert len(keys) > 30
    assert {k for k in keys if "." in k} <= EN.table.keys()
    assert {f"{k}.{n}" for k in counted for n in ("one", "other")} <= EN.table.keys()


def test_counts_take_the_right_form() -> None:
    assert EN.plural("unknown.note", 1) == "1 rule is undecided"
    assert EN.plural("unknown.note", 1200) == "1,200 rules are undecided"
    assert ZH.plural("unknown.note", 1) == "1 条规则未判定"


def test_a_word_of_a_closed_list_or_the_cleaned_name() -> None:
    assert EN.label("severity", "critical") == "Critical"
    assert EN.label("currency", "X\x1bYZ") == "XYZ"
    with pytest.raises(KeyError):
        EN("no.such.key")


def test_a_folder_changes_the_words_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "strings.zh.yaml").write_text("report: 风险备忘录", "utf-8")
    assert load_wording("zh", tmp_path).table == {**ZH.table, "report": "风险备忘录"}
    assert load_wording("en", tmp_path).table == EN.table


def test_strings_that_are_no_mapping_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "strings.en.yaml").write_text("verdict: [avoid]", "utf-8")
    with pytest.raises(OutputError, match="'verdict' should be a mapping"):
        load_wording("en", tmp_path)


@pytest.mark.parametrize("over", get_args(Figure.model_fields["over"].annotation))
def test_a_profile_to_fill_in_says_what_any_figure_is_measured_over(over: str) -> None:
    assert f"template.{over}" in EN.table
