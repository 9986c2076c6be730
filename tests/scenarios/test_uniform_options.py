"""The same options, names and exit codes on all commands."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from commands import FIXTURES, screener

from screener.cli import group

LONG_RUNNING = {"serve", "mcp"}  # these serve requests and print no document
WITHOUT_PROSE = {"rules schema", "rules check", "rules test", "rules new", "rules coverage", "profile schema", "version"}
"""Their output is data, code, or the messages of a compiler, which are English everywhere."""


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(walk(group))


def flags(name: str) -> set[str]:
    return {flag for p in COMMANDS[name].params if isinstance(p, click.Option) for flag in (*p.opts, *p.secondary_opts)}


@pytest.mark.parametrize("name", COMMANDS)
def test_options_have_one_name_everywhere(name: str) -> None:
    found = flags(name)
    for short, long in (("-o", "--out"), ("-q", "--quiet"), ("-j", "--jobs"), ("-v", "--verbose"), ("-w", "--watch")):
        assert (short in found) == (long in found), long
    assert not {"--output", "--language", "--silent", "--json", "--threads"} & found
    if name not in LONG_RUNNING:
        assert "--quiet" in found
    if name not in LONG_RUNNING:
        assert "--out" in found
    if name not in LONG_RUNNING | WITHOUT_PROSE and not name.startswith("import "):
        assert "--lang" in found


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    shown = screener(*name.split(), "--help")
    assert shown.code == 0
    assert re.search(rf"^  Examples?:\n(?:    .*\n)*?    screener {name}\b", shown.out, re.MULTILINE), shown.out


@pytest.mark.parametrize("name", [name for name in COMMANDS if "--format" in flags(name)])
def test_formats_have_one_name_and_a_wrong_one_is_wrong_usage(name: str) -> None:
    option = next(p for p in COMMANDS[name].params if "--format" in p.opts)
    known = {"text", "json", "html", "md", "csv", "xlsx", "parquet", "pdf", "sarif", "junit", "svg", "dot", "mermaid"}
    if isinstance(option.type, click.Choice):
        assert set(option.type.choices) <= known
        assert "text" not in option.type.choices or "json" in option.type.choices
    done = screener(*name.split(), "--format", "nonsense", "x", "y", "z")
    assert done.code == 2, done.err


@pytest.mark.parametrize(
    "words",
    ["run x --set a.b=1", "run x --pack nope", "run x --disable nope", "run x --fact y", "run x --lang fr", "run x --fail-on good",
     "run x --as-of soon", "explain x --engine none", "compare x y --fail-on never", "compare x y --as-of 2026", "market x --jobs 0"],
)
def test_a_wrong_value_of_an_option_is_wrong_usage(words: str, here: Path) -> None:
    shutil.copy(FIXTURES / "oracle.json", here / "x")
    shutil.copy(FIXTURES / "oracle.json", here / "y")
    assert screener(*words.split()).code == 2


@pytest.mark.parametrize(
    "words",
    ["run nope.json", "run nope.csv", "market nope.csv", "market nope.parquet", "report nope.json", "compare nope.json y.json",
     "explain nope.json", "try nope.yaml x", "profile check nope.json", "rules check nope.yaml", "rules test nope.yaml",
     "portfolio nope", "shock nope --if x:y", "history x --db nope.sqlite", "import filing nope.htm", "import sec nope.json",
     "run x.json --config nope", "run x.json --rules nope", "run x.json --with nope", "market x.csv --map nope.yaml"],
)
def test_a_missing_file_is_reported_in_the_same_words(words: str, here: Path) -> None:
    shutil.copy(FIXTURES / "oracle.json", here / "x.json")
    (here / "x.csv").write_text("id\n1\n", "utf-8")
    done = screener(*words.split())
    assert done.code == 3
    assert re.search(r"^nope\S*: there is no such file or folder; ", done.err, re.MULTILINE), done.err


def test_the_old_name_of_fail_on_still_works_and_says_so() -> None:
    later = str(FIXTURES / "later/nvidia-2026-03.json")
    done = screener("compare", str(FIXTURES / "nvidia.json"), later, "--exit-code", "-q")
    assert (done.code, done.err) == (1, "--exit-code is deprecated: write --fail-on change\n")
    assert screener("compare", str(FIXTURES / "nvidia.json"), later, "--fail-on", "worse", "-q").code == 0


def test_a_profile_in_place_of_rules_is_recognised() -> None:
    done = screener("try", str(FIXTURES / "oracle.json"), str(FIXTURES))
    assert done.code == 2
    assert "is a profile: name the rule file first" in done.err


@pytest.fixture
def folders(here: Path) -> tuple[str, str]:
    """Returns two folders of profiles: in the second one company is missing, one is new, one has less debt, one is unchanged."""
    for folder, names in (("before", ("oracle", "nvidia", "adobe")), ("after", ("oracle", "nvidia", "groq"))):
        (here / folder).mkdir()
        for name in names:
            shutil.copy(FIXTURES / f"{name}.json", here / folder)
    path = here / "before/oracle.json"
    data = json.loads(path.read_text("utf-8"))
    data["figures"]["total_debt"] = [{"value": 10e9, "period": "2025-05-31", "source": "10k-2025"}]
    path.write_text(json.dumps(data), "utf-8")
    return "before", "after"


def test_folders_are_compared_company_by_company(folders: tuple[str, str]) -> None:
    found = json.loads(screener("compare", *folders, "--format", "json").out)
    assert found["schema"] == "screener/comparison-of-sets/1"
    assert ([c["company"] for c in found["came"]], [c["company"] for c in found["went"]]) == (["groq"], ["adobe"])
    (moved,) = found["moved"]
    assert moved["company"] == "oracle"
    assert "leverage-versus-revenue" in [flag["rule"] for flag in moved["new_flags"]]
    assert any("10 bn → 92.6 bn" in figure["en"] for figure in moved["figures"])
    text = " ".join(screener("compare", *folders).out.split())
    assert "3 companies before, 3 after: 1 new, 1 missing" in text
    assert "Debt 10 bn → 92.6 bn" in text
    assert "| Groq | Avoid |" in screener("compare", *folders, "--format", "md").out
    assert "新增的公司" in screener("compare", *folders, "--lang", "zh").out
    assert screener("compare", *folders, "-q", "--fail-on", "worse").code == 1
    assert screener("compare", folders[0], folders[0], "-q", "--fail-on", "change").code == 0


def test_results_and_profiles_in_folders_compare_alike(folders: tuple[str, str], here: Path) -> None:
    screener("run", "before", "--format", "json", "--out", "results", "-q")
    of_results, of_profiles = (screener("compare", before, "after", "--format", "json").out for before in ("results", "before"))
    assert of_results.replace('"results"', '"before"') == of_profiles


def test_a_folder_is_compared_with_a_folder(folders: tuple[str, str]) -> None:
    assert screener("compare", "before", "after/oracle.json").code == 2
    Path("after/broken.json").write_text("{", "utf-8")
    done = screener("compare", *folders)
    assert (done.code, "after/broken.json" in done.err, "1 new" in done.out) == (3, True, True)
