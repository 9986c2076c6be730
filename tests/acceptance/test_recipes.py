"""Runs the queries of docs/recipes.md on results of the examples, in the programs for which they are written."""

import asyncio
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import FIXTURES, ROOT, screener

PAGE = (ROOT / "docs/recipes.md").read_text("utf-8")


def recipes(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with reports as Parquet, and a database of two runs that differ in one figure."""
    folder = tmp_path_factory.mktemp("recipes")
    database = ["--db", str(folder / "results.sqlite"), "--quiet"]
    first = screener("run", str(FIXTURES / "oracle.json"), "--out", str(folder / "first"), "--format", "json", "--fact", "total_debt=60e9", *database)
    assert first.code == 0, first.err
    done = screener("run", str(FIXTURES), "--out", str(folder / "reports"), "--format", "parquet", *database)
    assert done.code == 0, done.err
    return folder


def test_there_are_recipes() -> None:
    assert len(recipes("duckdb")) >= 5
    assert len(recipes("sqlite")) >= 4


@pytest.mark.parametrize("recipe", recipes("duckdb"))
def test_duckdb(recipe: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra recipes is not installed")
    monkeypatch.chdir(folder)
    assert duckdb.connect().sql(recipe).fetchall()


@pytest.mark.parametrize("recipe", recipes("sqlite"))
def test_sqlite(recipe: str, folder: Path) -> None:
    with sqlite3.connect(folder / "results.sqlite") as database:
        assert database.execute(recipe).fetchall()


def test_datasette(folder: Path) -> None:
    app = pytest.importorskip("datasette.app", reason="the extra recipes is not installed")
    metadata = yaml.safe_load(recipes("yaml")[0])

    async def answers() -> list[Any]:
        served = app.Datasette([str(folder / "results.sqlite")], metadata=metadata)
        pages = ["/results/last-verdicts.json?_shape=array", "/results/figures.json?_shape=array&figure=revenue"]
        return [(await served.client.get(page)).json() for page in pages]

    verdicts, revenues = asyncio.run(answers())
    assert {row["company"] for row in verdicts} >= {"Oracle", "Nvidia"}
    assert verdicts[0]["verdict"] == "avoid"
    assert all(row["unit"] == "money" for row in revenues)
