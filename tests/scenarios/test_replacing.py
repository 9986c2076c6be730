"""An output replaces files that screener wrote, any other file with --force, and never an input."""

import json
import os
import shutil
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT, screener
from writing_commands import COMMANDS, COMPANYFACTS, OPENAI, write_inputs

EDITED_BY_HAND = {"import filing", "import sec", "import table", "import table --guess"}  # profiles and maps: --force replaces them
NEVER_REPLACED = {"profile new", "rules new"}
ORACLE = str(FIXTURES / "oracle.json")
REFUSED = "exists, and was not written by screener; choose another --out, or replace it with --force"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replacing")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_inputs(folder)
    return folder


@pytest.fixture
def here(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(inputs)
    return inputs


def words_of(name: str, out: Path) -> list[str]:
    return [str(out) if word == "OUT" else word for word in COMMANDS[name][0]]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEVER_REPLACED])
def test_an_output_is_replaced_by_the_next_and_another_file_with_force_only(name: str, here: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"  # a folder for some of the commands
    words = words_of(name, out)
    assert screener(*words).code == 0
    again = screener(*words)
    if name in EDITED_BY_HAND:
        assert (again.code, REFUSED in again.err) == (3, True), again
        assert screener(*words, "--force").code == 0
        return
    assert again.code == 0, again
    files = [path for path in (out.rglob("*") if out.is_dir() else [out]) if path.is_file()]
    assert files
    for file in files:
        before = file.read_bytes()
        file.write_text("precious\n")
        refused = screener(*words)
        assert refused.code == 3
        assert f"{file}: {REFUSED}" in refused.errors, refused.err
        assert file.read_text() == "precious\n"
        assert screener(*words, "--force").code == 0
        assert file.read_bytes() == before
        if name == "rules docs":  # many similar files
            break


def test_pages_by_templates_of_ones_own_are_replaced(here: Path, tmp_path: Path) -> None:
    for folder in (ROOT / "examples/custom-templates", tmp_path / "look"):
        if folder == tmp_path / "look":
            folder.mkdir()
            (folder / "company.html.jinja").write_text("{{ view.name }}")
        for _ in range(2):
            done = screener("run", ORACLE, "--out", str(tmp_path / f"out-{folder.name}"), "--templates", str(folder), "-q")
            assert (done.code, done.err) == (0, "")


@pytest.fixture
def many_inputs(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Writes a profile, results, tables and rules to the current folder."""
    folder = shutil.copytree(made_once, tmp_path / "inputs")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many-inputs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _make_inputs(folder)
    return folder


def _make_inputs(folder: Path) -> None:
    import pandas as pd

    write_inputs(folder)
    Path("oracle-result.json").rename("result.json")
    Path("other.json").write_bytes(Path("result.json").read_bytes())
    Path("profile.json").write_bytes(Path(ORACLE).read_bytes())
    Path("facts.json").write_bytes(Path(COMPANYFACTS).read_bytes())
    pd.DataFrame({"id": ["a", "b"], "revenue": [1.0, 2.0]}).to_parquet("universe.parquet")
    assert screener("market", "t.csv", "--map", "m.yaml", "-o", "results.csv", "-q").code == 0
    Path("h.csv").write_text("company,exposure\noracle,1\n")
    Path("s.yaml").write_text("shocks: ['openai: stops paying']\n")
    Path("scores.yaml").write_text("id: {column: company}\nname: {column: name}\ncolumns: {score: revenue}\n")
    assert screener("rules", "new", "thin-margin", "-o", "mine.yaml", "--no-schema", "-q").code == 0


@pytest.mark.parametrize("link", [None, "symlink", "hardlink"])
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("compare result.json other.json --format json -o OUT", "result.json"),
        ("compare other.json result.json --format json -o OUT", "result.json"),
        ("market universe.parquet --format parquet -o OUT", "universe.parquet"),
        ("market universe.parquet --format parquet -o r.parquet --findings OUT", "universe.parquet"),
        ("market results.csv --map scores.yaml --format csv -o OUT", "results.csv"),
        ("import sec facts.json -o OUT", "facts.json"),
        ("validate t.csv --map m.yaml --label failed -o OUT", "m.yaml"),
        ("explain profile.json loss-making -o OUT", "profile.json"),
        ("portfolio profile.json --holdings h.csv -o OUT", "h.csv"),
        ("shock profile.json --scenario s.yaml -o OUT", "s.yaml"),
        ("history oracle --db results.sqlite -o OUT", "results.sqlite"),
        ("rules coverage profile.json --rules mine.yaml -o OUT", "mine.yaml"),
    ],
)
def test_an_input_is_never_replaced_even_by_force(words: str, name: str, link: str | None, many_inputs: Path) -> None:
    out = f"link.{name}" if link else name
    if link:
        Path(out).symlink_to(name) if link == "symlink" else os.link(name, out)
    before = Path(name).read_bytes()
    done = screener(*words.replace("OUT", out).split(), "--force")
    assert (done.code, done.out) == (3, "")
    assert done.errors[-1] == f"{out}: is also read as input; choose another --out"
    assert Path(name).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("run oracle.json --format json --out .", "oracle.json"),
        ("report oracle.json --format json --out .", "oracle.json"),
        ("run results.csv --map scores.yaml --out .", "results.csv"),
    ],
)
@pytest.mark.parametrize("link", [None, "hardlink"])
def test_an_input_in_the_folder_of_reports_is_never_replaced(
    words: str, name: str, link: str | None, many_inputs: Path
) -> None:
    Path("result.json" if words.startswith("report") else "profile.json").rename("oracle.json")
    if link:
        os.link(name, f"input.{name}")
        words = words.replace(f" {name}", f" input.{name}")
    before = Path(name).read_bytes()
    done = screener(*words.split(), "--force")
    assert done.code == 3
    assert any(line.endswith(f"{name}: is also read as input; choose another --out") for line in done.errors), done.err
    assert Path(name).read_bytes() == before


def test_two_outputs_that_are_one_file(here: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("r.csv")
    for second in ("r.csv", "./r.csv", "link.csv"):
        done = screener("market", "t.csv", "--map", "m.yaml", "-o", str(tmp_path / "r.csv"), "--findings", f"{tmp_path}/{second}")
        assert (done.code, done.out) == (3, "")
        assert "is the same file as" in done.err
        assert not (tmp_path / "r.csv").exists()


def test_a_profile_beside_its_report_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `run profiles/ --out profiles --format json`, profiles of the same names are kept although not named one by one."""
    monkeypatch.chdir(tmp_path)
    for name in ("oracle", "groq"):
        (tmp_path / f"{name}.json").write_bytes((FIXTURES / f"{name}.json").read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = screener("run", ".", "--out", ".", "--format", "json", "--force")
    assert done.code == 3
    assert json.loads((tmp_path / "oracle.json").read_text())["name"] == json.loads(before["oracle.json"])["name"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(("source", "words", "kept"), [
    ("cases", ("validate", "mine"), "cases.yaml"), ("fixtures", ("portfolio", "mine"), "holdings.csv"),
    ("fixtures", ("portfolio", "mine"), "oracle.json"), ("fixtures", ("compare", "mine", str(FIXTURES)), "oracle.json"),
    ("fixtures", ("compare", "results", "mine"), "../results/oracle.json"),
    ("fixtures", ("shock", "mine", "--if", "openai: stops paying"), "oracle.json"),
    ("examples/my-rules", ("rules", "check", "mine"), "capital-intensity.yaml"),
])
def test_what_is_read_in_a_folder_is_never_replaced(
    source: str, words: tuple[str, ...], kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / source, tmp_path / "mine")
    if source == "fixtures":
        (tmp_path / "mine" / "holdings.csv").write_text("company,exposure\noracle,1\nnvidia,2\n")
    assert screener("run", ORACLE, "--format", "json", "--out", "results", "-q").code == 0
    path = tmp_path / "mine" / kept
    before = path.read_bytes()
    done = screener(*words, "-o", str(path), "--force")
    assert done.code == 3
    assert "is also read as input" in done.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEVER_REPLACED])
def test_settings_are_never_replaced_even_by_force(name: str, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every command that writes, since settings are read without being named."""
    folder = shutil.copytree(here, tmp_path / "inputs")
    monkeypatch.chdir(folder)
    (folder / "screener.yaml").write_text("disable: []\n")
    done = screener(*words_of(name, Path("screener.yaml")), "--force")
    assert done.code == 3, done
    assert (folder / "screener.yaml").read_text() == "disable: []\n"


SETTINGS = "rules: [house/mine.yaml]\npacks: [ai-era, ./own]\n"


@pytest.fixture
def ruled(many_inputs: Path) -> Path:
    """Returns a folder whose settings name a rule file and a pack, which no option names."""
    (many_inputs / "screener.yaml").write_text(SETTINGS)
    (many_inputs / "house").mkdir()
    (many_inputs / "mine.yaml").rename("house/mine.yaml")
    (many_inputs / "own").mkdir()
    (many_inputs / "own/pack.yaml").write_text('name: own\nversion: "1"\ntitle: {en: Own, zh: 自有}\n', "utf-8")
    shutil.copy(ROOT / "rules/distress/equity-to-liabilities.yaml", many_inputs / "own")
    shutil.copy(OPENAI, "openai.json")
    return many_inputs


@pytest.mark.parametrize("kept", ["house/mine.yaml", "own/pack.yaml"])
@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("name", ["shock json", "portfolio", "compare text", "explain", "rules list", "config", "market csv"])
def test_what_settings_name_is_never_replaced(name: str, link: bool, kept: str, ruled: Path) -> None:
    before = Path(kept).read_bytes()
    out = Path("link.yaml" if link else kept)
    if link:
        out.symlink_to(kept)
    words = [word.replace(ORACLE, "profile.json").replace(OPENAI, "openai.json") for word in words_of(name, out)]
    done = screener(*words, "--force")
    assert (done.code, "is also read as input" in done.err) == (3, True), done
    assert Path(kept).read_bytes() == before


def test_templates_are_never_replaced(here: Path, tmp_path: Path) -> None:
    look = shutil.copytree(ROOT / "examples/custom-templates", tmp_path / "look")
    for file in sorted(look.iterdir()):
        before = file.read_bytes()
        done = screener("compare", ORACLE, ORACLE, "--templates", str(look), "--format", "html", "-o", str(file), "--force")
        assert (done.code, "is also read as input" in done.err) == (3, True), done
        assert file.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_a_pipe_among_pages_of_rules_is_not_opened(tmp_path: Path) -> None:
    for name in ("README.md", "other.md"):
        os.mkfifo(tmp_path / name)
    done = screener("rules", "docs", "--pack", "core", "-o", str(tmp_path))
    assert (done.code, done.err) == (3, f"{tmp_path}/README.md: is a device or a pipe, not a file; remove it, or choose another folder\n")


@pytest.mark.parametrize("size", [1, 15, 16, 100, 511, 512, 5000])
def test_a_file_of_another_kind_becomes_no_database(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite treats a file of a few bytes as an empty database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("x" * size)
    done = screener("run", ORACLE, "--db", "notes", "-q")
    assert (done.code, "is not a database of results" in done.err) == (3, True), done
    assert (tmp_path / "notes").read_text() == "x" * size


def test_a_database_is_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = screener("run", ORACLE, "--format", "csv", "--out", "out", "--db", "out/companies.csv", "--force")
    assert done.code == 3
    assert "out/companies.csv: is also read as input" in done.err
    assert (tmp_path / "out/companies.csv").read_bytes().startswith(b"SQLite format 3")
