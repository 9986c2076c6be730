"""`profile new`: the written profile is valid as it is and with all comments removed, and complete."""

import re
from pathlib import Path

import pytest
import yaml
from commands import ROOT, built_in, screener

BOOK = built_in().rulebook


def written(*options: str) -> str:
    done = screener("profile", "new", "Example Inc", "-o", "-", *options)
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.mark.parametrize("options", [(), ("--sector", "banks"), ("--pack", "classic", "--lang", "zh")], ids=str)
def test_it_passes_as_it_is_and_filled_in(options: tuple[str, ...], here: Path) -> None:
    text = written(*options)
    bare = re.sub(r"^( *)# ([a-z_]+: (?:\[.*\]|\{.*\})?)$", r"\1\2", text, flags=re.MULTILINE)
    assert len(yaml.safe_load(bare)["figures"]) > 10
    (here / "a.yaml").write_text(text, "utf-8")
    (here / "b.yaml").write_text(bare.replace("name: \"Example Inc\"", "name: Other"), "utf-8")
    for name in ("a.yaml", "b.yaml"):
        done = screener("profile", "check", name)
        assert (done.code, done.err) == (0, "")
        assert screener("run", name).code == 0


def test_it_names_who_reads_each_figure_and_list() -> None:
    one_pack = " ".join(written("--pack", "ai-era").replace("# ", "").split())
    rules = "ai-era: leverage-versus-revenue, moderate-leverage, planned-leverage"
    assert f"Debt (money, at a day): used by 3 rules: {rules} through debt_to_revenue, planned_debt_to_revenue" in one_pack
    text = written()
    assert re.search(r"# Debt \(money, at a day\): used by \d+ rules: core: [a-z-]+, ", text)
    assert re.search(r"; core \+\d+, ai-era \+\d+, classic \+\d+ through \d+ metrics", " ".join(text.replace("# ", "").split()))
    assert all(f"{name}:" in text or name in text for name in BOOK.catalogue.figures)
    assert all(f"\n# {name}: []\n" in text for name in BOOK.catalogue.lists)
    assert text.index("# revenue:") < text.index("# total_debt:") < text.index("# yield_rate:")


def test_a_sector_leaves_out_what_no_rule_for_it_reads() -> None:
    assert "leverage-versus-revenue" in written("--pack", "ai-era", "--sector", "software")
    assert "leverage-versus-revenue" not in written("--pack", "ai-era", "--sector", "banks")


def test_it_overwrites_nothing_and_says_what_is_wrong(here: Path) -> None:
    assert screener("profile", "new", "Example Inc").code == 0
    (here / "example-inc.yaml").write_text("mine", "utf-8")
    for words, code, message in (
        (("Example Inc",), 3, "exists already"),
        (("甲骨文",), 2, "--id"),
        (("",), 2, "empty"),
        (("Screener",), 3, "settings"),
        (("X", "--sector", "bank"), 2, "did you mean 'banks'"),
        (("X", "--id", "A B"), 2, "is not an id"),
        (("X", "-o", "no/where.yaml"), 3, "no such folder"),
    ):
        done = screener("profile", "new", *words)
        assert (done.code, message in done.err) == (code, True), (words, done)
    assert (here / "example-inc.yaml").read_text("utf-8") == "mine"
    assert sorted(p.name for p in here.iterdir() if not p.is_symlink()) == ["example-inc.yaml"]
    assert screener("profile", "new", "甲骨文", "--id", "oracle-zh", "--lang", "zh").code == 0
    assert "\nid: oracle-zh\n" in (here / "oracle-zh.yaml").read_text("utf-8")


def test_a_hostile_name_stays_a_name(here: Path) -> None:
    name = 'A"\n# x: {y}\u202e: \\ &z'
    assert screener("profile", "new", name, "-o", "h.yaml").code == 0
    assert yaml.safe_load((here / "h.yaml").read_text("utf-8"))["name"] == 'A" # x: {y}: \\ &z'
    assert ROOT not in here.parents
