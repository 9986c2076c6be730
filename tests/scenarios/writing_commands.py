"""One use of every command that takes an output path, with a part of its output; and the files that they read."""

import json
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.scenarios.commands import FIXTURES, ROOT, screener

ORACLE, OPENAI = str(FIXTURES / "oracle.json"), str(FIXTURES / "openai.json")
TABLE = "id,name,revenue,failed\na,A,1000000,1\nb,B,2000000,0\nc,C,,1\nd,D,5,0\n"
MAP = "id: {column: id}\nname: {column: name}\ncolumns: {revenue: revenue}\n"
COMPANYFACTS = str(next((ROOT / "tests/data/sec").glob("CIK*.json")))


def has(*texts: str) -> Callable[[bytes], bool]:
    return lambda content: all(text in content.decode() for text in texts)


def is_parquet(content: bytes) -> bool:
    import pandas as pd

    return len(pd.read_parquet(BytesIO(content))) >= 4


COMMANDS: dict[str, tuple[list[str], Callable[[bytes], bool]]] = {
    "run html": (["run", ORACLE, "--out", "OUT"], has("<html", "Oracle", "</html>\n")),
    "run json": (["run", ORACLE, "--format", "json", "-o", "OUT"], lambda b: json.loads(b)["schema"] == "screener/result/1"),
    "run csv": (["run", ORACLE, OPENAI, "--format", "csv", "-o", "OUT"], has("oracle,", "openai,")),
    "report": (["report", "oracle-result.json", "--format", "md", "-o", "OUT"], has("# Oracle")),
    "compare text": (["compare", ORACLE, str(FIXTURES / "oracle.json"), "-o", "OUT"], has("Oracle")),
    "compare html": (["compare", ORACLE, ORACLE, "--format", "html", "--out", "OUT"], has("<html", "</html>")),
    "explain": (["explain", ORACLE, "circular-financing", "-o", "OUT"], has("FIRED", "Circular financing")),
    "import sec": (["import", "sec", COMPANYFACTS, "-o", "OUT", "-q"], lambda b: "figures" in json.loads(b)),
    "import filing": (["import", "filing", COMPANYFACTS, "-o", "OUT", "-q"], lambda b: "figures" in json.loads(b)),
    "import table": (["import", "table", "t.csv", "--map", "m.yaml", "-o", "OUT"], lambda b: len(b.splitlines()) == 4),
    "import table --guess": (["import", "table", "t.csv", "--guess", "-o", "OUT"], has("columns:")),
    "market csv": (["market", "t.csv", "--map", "m.yaml", "-o", "OUT", "--format", "csv"], has("company", "a", "d")),
    "market parquet": (["market", "t.csv", "--map", "m.yaml", "-o", "OUT", "--format", "parquet"], is_parquet),
    "market --findings": (
        ["market", "t.csv", "--map", "m.yaml", "-o", "r.csv", "--findings", "OUT", "--format", "csv", "-q"],
        has('"company","rule"', "loss-making"),
    ),
    "validate text": (["validate", "t.csv", "--map", "m.yaml", "--label", "failed", "--resamples", "100", "-o", "OUT"], has("4 ")),
    "validate html": (
        ["validate", "t.csv", "--map", "m.yaml", "--label", "failed", "--resamples", "100", "--format", "html", "-o", "OUT"],
        has("<html"),
    ),
    "portfolio": (["portfolio", ORACLE, OPENAI, "-o", "OUT"], has("2 companies")),
    "portfolio html": (["portfolio", ORACLE, OPENAI, "--format", "html", "-o", "OUT"], has("<html", "</html>")),
    "shock": (["shock", ORACLE, OPENAI, "--if", "openai: stops paying", "-o", "OUT"], has("openai: stops paying")),
    "shock json": (["shock", ORACLE, OPENAI, "--if", "openai: stops paying", "--format", "json", "-o", "OUT"], lambda b: bool(json.loads(b))),
    "history": (["history", "oracle", "--db", "results.sqlite", "-o", "OUT"], has("Oracle")),
    "history json": (["history", "oracle", "--db", "results.sqlite", "--format", "json", "-o", "OUT"], has('"company": "oracle"')),
    "history html": (
        ["history", "oracle", "--db", "results.sqlite", "--format", "html", "-o", "OUT"],
        has("<html", "Oracle", "over-time", "</html>"),
    ),
    "history of all": (["history", "--db", "results.sqlite", "--format", "html", "-o", "OUT"], has("<html", "Oracle", "</html>")),
    "config": (["config", "-o", "OUT"], has("pack      ai-era")),
    "profile new": (["profile", "new", "Example Inc", "-o", "OUT"], has("name: ", "figures:")),
    "profile check": (["profile", "check", ORACLE, "-o", "OUT"], has("oracle.json", "revenue")),
    "profile schema": (["profile", "schema", "-o", "OUT"], lambda b: "$schema" in json.loads(b)),
    "rules new": (["rules", "new", "thin-margin", "-o", "OUT"], has("rule: thin-margin")),
    "rules docs": (["rules", "docs", "-o", "OUT"], has("circular-financing", "# ")),
    "rules schema": (["rules", "schema", "-o", "OUT"], lambda b: "$schema" in json.loads(b)),
    "rules graph": (["rules", "graph", "-o", "OUT"], has("<svg", "</svg>")),
    "rules show": (["rules", "show", "circular-financing", "-o", "OUT"], has("circular-financing")),
    "rules list": (["rules", "list", "-o", "OUT"], has(" rules; core + classic + ai-era")),
    "rules packs": (["rules", "packs", "-o", "OUT"], has("ai-era", "classic", "core")),
    "try": (["try", "draft.yaml", ORACLE, "-o", "OUT"], has("thin-margin", "Oracle")),
    "version": (["version", "-o", "OUT"], has("screener", "core + classic + ai-era")),
    "rules check": (["rules", "check", "-o", "OUT"], has("no errors")),
    "rules check sarif": (["rules", "check", "--format", "sarif", "-o", "OUT"], has("sarif")),
    "rules test": (["rules", "test", "-k", "leverage-versus", "-o", "OUT"], has(" passed")),
    "rules test json": (["rules", "test", "-k", "leverage-versus", "--format", "json", "-o", "OUT"], lambda b: json.loads(b)["failed"] == 0),
    "rules test junit": (["rules", "test", "-k", "leverage-versus", "--format", "junit", "-o", "OUT"], has("<testsuites", "</testsuites>")),
    "rules diff": (["rules", "diff", "ai-era", "classic", ORACLE, "-o", "OUT"], has("changes from")),
    "rules coverage": (["rules", "coverage", "-o", "OUT"], has("rules")),
}


def write_inputs(folder: Path) -> None:
    """Copies the inputs of the commands to a folder."""
    for name, content in _inputs().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@cache
def _inputs() -> dict[str, bytes]:
    """Returns the inputs of the commands by path; some are outputs of other commands."""
    with TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        _make_inputs(Path(made))
        return {str(path.relative_to(made)): path.read_bytes() for path in Path(made).rglob("*") if path.is_file()}


def _make_inputs(folder: Path) -> None:
    (folder / "t.csv").write_text(TABLE)
    (folder / "m.yaml").write_text(MAP)
    assert screener("rules", "new", "thin-margin", "--when", "gross_margin < 0.2", "-o", "draft.yaml").code == 0
    assert screener("run", ORACLE, "--format", "json", "--out", "results", "--db", "results.sqlite", "-q").code == 0
    (folder / "results" / "oracle.json").rename(folder / "oracle-result.json")
