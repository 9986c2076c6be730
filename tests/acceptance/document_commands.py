"""Collects the commands in the documents and help texts, and makes a workspace with their files to run them in."""

import inspect
import json
import os
import re
import shlex
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click
import yaml
from commands import FIXTURES, ROOT, screener

from screener.cli import group
from screener.io.document import parse_documents
from tests.unit.importers.reports import WHOLE, Report

README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted(p for top in ("docs", "examples", "fixtures") for p in (ROOT / top).rglob("*.md"))]
MENTION = re.compile(r"screener( [a-z]+)*")  # a command that is only mentioned, without arguments
PLACEHOLDERS = {
    "PROFILES": "fixtures", "OLD NEW": "ai-era classic", "FILE": "mine.json", "ID": "leverage-versus-revenue", "TABLE": "universe.csv",
    "MAP": "columns.yaml", "PACK": "ai-era", "DIR": "folder", "RESULT.json": "oracle-result.json", "A.json": "old.json", "B.json": "new.json",
    "COMPANY": "oracle", "NAME": "somebody",
}
NAMED_FIXTURES = ("adobe", "nvidia", "openai", "oracle")  # companies named by commands, holdings and shocks in the documents
SERVERS = ("serve", "mcp")  # commands that run until they are stopped
NOTING = (["import", "sec"], ["import", "filing"], ["import", "table"])  # commands that report what they read and left out
NETWORK_OPTIONS = ("--ticker", "--cik", "--scheduler")  # commands with these need a network: only their options are checked
RESULTS = {
    "oracle": ("oracle-result.json", "results/oracle.json", "oracle.json", "last-month.json", "last-month/oracle.json", "old/oracle.json",
               "new/oracle.json"),
    "old": ("old.json",), "new": ("new.json",),
}
_TABLE = """ISIN,Company,Symbol,Industry,Year,Revenue (USD m),Revenue before,Revenue 2022,Net margin,Going concern,Fin. expenses,failed
US001,Alpha,AAA,Tech,2024,"1,200","1,000",900,12 %,N,4.5,0
US002,Beta,BBB,Tech,2024,300,400,450,-20 %,Y,0,1
US003,Gamma,CCC,Tech,2024,"2,500","2,400","2,300",8 %,N,2.1,0
US004,Delta,DDD,Tech,2024,80,120,150,-35 %,Y,0,1
"""


def commands_in(path: Path) -> list[str]:
    """Returns the commands in the code blocks of a document, without comments and pipes."""
    text = path.read_text("utf-8").replace("\\\n", " ")
    lines = [line for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for line in block.splitlines()]
    lines += re.findall(r"`(screener [^`]+)`", text)
    found = [re.sub(r"\s+#.*|\s*\|.*", "", line.removeprefix("$ ")) for line in lines]
    return list(dict.fromkeys(c for c in found if c.startswith("screener ") and "…" not in c))


def help_examples() -> list[tuple[str, str]]:
    """Returns the examples in the help of every command, as pairs (command, example)."""
    found = []
    for name, command in every_command(group, "screener"):
        text = inspect.cleandoc(command.help or "").replace("\\\n", " ")
        found += [(name, c.strip()) for c in re.findall(r"^ +(screener .+)$", text, re.MULTILINE)]
    return found


def every_command(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yields a command and, for a group, all its subcommands, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from every_command(below, f"{name} {word}")


def make_workspace(folder: Path, fixtures: Sequence[str] = ()) -> None:
    """Puts the fixtures, the examples and a user's files into a folder: profiles, rules, tables with their maps, results.

    `fixtures` limits the companies in `fixtures/` to these ids, since screening them takes most of the time of a command.
    """
    for name in ("cases", "examples", "rules", "tests", "docs", *(() if fixtures else ("fixtures",))):
        (folder / name).symlink_to(ROOT / name)
    if fixtures:
        (folder / "fixtures").mkdir()
        for name in ("later", *(f"{company}.json" for company in fixtures)):
            (folder / "fixtures" / name).symlink_to(FIXTURES / name)
    shutil.copytree(ROOT / "examples/my-rules", folder / "my-rules")
    for name in ("one-rule.yaml", "my-rule.yaml"):
        shutil.copy(ROOT / "examples/my-rules/capital-intensity.yaml", folder / name)
    (folder / "mine.json").write_text(_profile_as_json())
    (folder / "mine.yaml").write_text(profile_of_the_readme())
    for name in ("folder", "profiles", "results", "old", "new", "last-month", "march", "april"):
        (folder / name).mkdir()
    for copy in ("one.json", "folder/mine.json", "march/mine.json", "april/mine.json", "universe.jsonl"):
        shutil.copy(folder / "mine.json", folder / copy)
    shutil.copy(FIXTURES / "nvidia.json", folder / "nvidia.json")
    shutil.copy(next((ROOT / "tests/data/sec").glob("CIK0001045810*.json")), folder / "CIK0001045810.json")
    for name, form, end in (("10-k.htm", "10-K", "2025-01-26"), ("10-q.htm", "10-Q", "2025-04-27"), ("submission.txt", "10-K", "1996-12-31")):
        report = Report(form, end, name="NVIDIA CORP", cik="0001045810").html(WHOLE).fact("Assets", "111,601", end, scale=6)
        (folder / name).write_bytes(report.render())
    for name in ("universe.csv", "companies.csv"):
        (folder / name).write_text(_TABLE)
    for name in ("columns.yaml", "companies-map.yaml"):
        (folder / name).write_text(map_of_the_documents())
    shutil.copy(ROOT / "tests/data/polish-sample.arff", folder / "1year.arff")
    (folder / "2012-2014.csv").write_text(_panel(), "utf-8")
    (folder / "universe.parquet").write_bytes(_parquet())
    (folder / "customers.csv").write_text("company,party,share_of_revenue,dominant\nalpha,openai,0.62,true\nbeta,alpha,,false\n")
    (folder / "holdings.csv").write_text("company,exposure,currency\noracle,12e6,USD\nNvidia,8e6,USD\nopenai,5e6,USD\n")
    (folder / "crunch.yaml").write_text("name: Crunch\nshocks:\n  - openai: stops paying\n  - 'nvidia.revenue: -30%'\n")
    _write_data_sets(folder)
    (folder / "results.sqlite").write_bytes(_kept())
    for name, result in zip(("oracle", "old", "new"), _results(), strict=True):
        for file in RESULTS[name]:
            _link_or_copy(result, folder / file)


def _write_data_sets(folder: Path) -> None:
    """Writes a data set of the SEC as tables and as zip files."""
    about = "0000000009-25-000001\t9\tAcme Inc.\t7372\t10-K\t20250220\n"
    facts = "".join(f"0000000009-25-000001\t{tag}\tus-gaap/2024\t20241231\t{quarters}\tUSD\t\t{value}\n"
                    for tag, quarters, value in (("Revenues", 4, 100e6), ("NetIncomeLoss", 4, -5e6), ("Assets", 0, 90e6)))
    tables = {
        "sub.txt": f"adsh\tcik\tname\tsic\tform\tfiled\n{about}",
        "num.txt": f"adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tvalue\n{facts}",
    }
    for name, text in tables.items():
        (folder / name).write_text(text, "utf-8")
    for name in ("2024q4.zip", "2025q1.zip"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for table, text in tables.items():
                archive.writestr(table, text)


def profile_of_the_readme() -> str:
    """Returns the example of a profile in the README."""
    return re.findall(r"^```yaml\n(name: .*?)^```", README, re.MULTILINE | re.DOTALL)[0]


@cache
def _profile_as_json() -> str:
    return json.dumps(parse_documents(profile_of_the_readme(), "mine.yaml")[0].data)


@cache
def map_of_the_documents() -> str:
    """Returns the map of a table in docs/importing.md."""
    text = (ROOT / "docs/importing.md").read_text("utf-8")
    found = re.findall(r"^```yaml\n(id: \{column.*?)^```", text, re.MULTILINE | re.DOTALL)[0]
    assert yaml.safe_load(found)["columns"]
    return str(found)


_STORED = tempfile.TemporaryDirectory(prefix="screener-results-")  # removed when the tests end


@cache
def _results() -> tuple[Path, ...]:
    """Stores the results of three profiles, a few megabytes, once for all workspaces."""
    paths = (FIXTURES / "oracle.json", FIXTURES / "nvidia.json", next((FIXTURES / "later").glob("nvidia*.json")))
    found = []
    for number, path in enumerate(paths):
        found.append(Path(_STORED.name) / f"{number}.json")
        found[-1].write_text(screener("run", str(path), "--format", "json", "--out", "-").out, "utf-8")
    return tuple(found)


def _link_or_copy(file: Path, name: Path) -> None:
    """Gives a file a further name, or copies it if that is on another disk. Commands replace files; they do not change them."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copyfile(file, name)


@cache
def _kept() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.sqlite"
        done = screener("run", str(FIXTURES / "oracle.json"), "--out", folder, "--format", "json", "--db", str(file))
        assert done.code == 0, done.err
        with sqlite3.connect(file) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        return file.read_bytes()


@cache
def _parquet() -> bytes:
    import io

    import pandas

    rows = [("alpha", "software", 1.2e9, 1e9, 2e8), ("beta", "software", 3e8, 4e8, -6e7), ("gamma", "industrials", 2.5e9, 2.4e9, 2e8)]
    out = io.BytesIO()
    pandas.DataFrame(rows, columns=["id", "sector", "revenue", "prior(revenue)", "net_income"]).to_parquet(out)
    return out.getvalue()


def _panel() -> str:
    """Returns a table of two companies in two years, with the columns of the US data."""
    header = (ROOT / "rules/maps/us.yaml").read_text("utf-8").split("\ncolumns:\n")[1].split("\n  equity:")[0]
    names = ["company", "fyear", *re.findall(r"^  (\w+):", header, re.MULTILINE), "failed_next_year"]
    rows = [("a", 2012, 5, 0), ("a", 2013, 3, 1), ("b", 2012, 4, 0), ("b", 2013, 9, 0)]
    lines = [",".join([own, str(year), *[str(value)] * (len(names) - 3), str(failed)]) for own, year, value, failed in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def run_documented(command: str) -> None:
    """Runs a command as written, in the current folder, and asserts that it succeeds without a message on standard error."""
    command = re.split(r" > | \|\| ", command)[0]
    if MENTION.fullmatch(command):
        assert screener(*command.split()[1:], "--help").code == 0, command
        return
    for name, meant in PLACEHOLDERS.items():
        command = re.sub(rf"(?<![\w./-]){re.escape(name)}(?![\w./-])", meant, command)
    words = [found for word in shlex.split(command)[1:] for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])]
    if words[0] in SERVERS or any(w in NETWORK_OPTIONS for w in words):
        text = screener(*words[: next((i for i, w in enumerate(words) if w.startswith("-")), len(words))], "--help").out
        assert all(w in text for w in words if w.startswith("-")), command
        return
    if "--watch" in words:  # runs until it is stopped; tests/scenarios/test_try.py tests it
        words.remove("--watch")
    for option in ("-o", "--output"):
        if option in words:
            _remove_output(Path(words[words.index(option) + 1]))
    expected = (0, 1) if {"--fail-on", "--exit-code", "--since"} & set(words) else (0,)
    done = screener(*words)
    assert done.code in expected, done.err
    assert done.err == "" or words[:2] in NOTING, done.err


def _remove_output(path: Path) -> None:
    """Removes the output file of an earlier command; nothing outside the workspace is removed."""
    if path.is_file() and not path.is_symlink() and not path.is_absolute():
        path.unlink()
