"""`run TABLE`: every company in the table of results, and reports of the riskiest, equal to those of single profiles."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli import group
from screener.vocabulary import Verdict

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests/data/polish-sample.arff"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["run", *arguments, "--config", "none"])


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Returns the sample of 200 companies, with reports of five in JSON and HTML."""
    out = tmp_path_factory.mktemp("sample")
    return out, run(
        str(SAMPLE),
        "--map",
        "polish",
        "--pack",
        "distress",
        "--reports",
        "5",
        "--format",
        "json,html",
        "--out",
        str(out),
    )


def test_no_company_is_lost(sample: tuple[Path, Result]) -> None:
    out, done = sample
    assert done.exit_code == 0, done.output
    assert len({row["company"] for row in rows(out)}) == 200
    assert "200 companies" in done.output


def test_the_riskiest_have_reports_and_the_index_says_where_all_are(sample: tuple[Path, Result]) -> None:
    out, _ = sample
    worst = sorted(rows(out), key=lambda r: (Verdict(r["verdict"]).rank,
                                             -float(r["score"]), -float(r["score_high"]), r["name"]))[:5]
    assert {p.stem for p in out.glob("polish-*.json")} == {row["company"] for row in worst}
    index = (out / "index.html").read_text("utf-8")
    assert 'All 200, with verdict, score and the rules that fired: <a href="results.csv">' in index
    for row in worst:
        assert f'href="{row["company"]}.html"' in index


def test_a_report_says_what_the_table_of_results_says(sample: tuple[Path, Result]) -> None:
    out, _ = sample
    by_id = {row["company"]: row for row in rows(out)}
    for path in out.glob("polish-*.json"):
        result, row = json.loads(path.read_text("utf-8")), by_id[path.stem]
        assert row["verdict"] == result["verdict"]["word"]
        assert [float(row[k]) for k in ("score", "score_low", "score_high")] == [
            result["score"][k] for k in ("value", "low", "high")
        ]
        fired = {f["rule"] for f in result["findings"] if f["outcome"] == "fired" and f["flag"] == "red"}
        assert set(row["red"].split()) == fired


TABLE = "Company,Revenue (USD m),Net income (USD m)\nAcme,100,-5\nBolt,100,5\nCrux,many,5\n"
MAP = 'name: {column: Company}\ncurrency: USD\ncolumns:\n  "Revenue (USD m)": {figure: revenue, scale: millions}\n  "Net income (USD m)": net_income\n'


@pytest.fixture
def small(tmp_path: Path) -> tuple[str, str, Path]:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "m.yaml").write_text(MAP)
    return str(tmp_path / "t.csv"), str(tmp_path / "m.yaml"), tmp_path / "out"


def test_rows_that_can_not_be_read_are_reported_and_the_others_stay(small: tuple[str, str, Path]) -> None:
    table, map_, out = small
    done = run(table, "--map", map_, "--out", str(out))
    assert done.exit_code == 3
    assert "row 4, column 'Revenue (USD m)': 'many' is not a number" in done.output
    assert [row["company"] for row in rows(out)] == ["acme", "bolt", "crux"]
    assert "is not a number" in (out / "index.html").read_text("utf-8")


def test_a_small_table_has_a_report_of_each_and_says_nothing_of_others(small: tuple[str, str, Path]) -> None:
    table, map_, out = small
    run(table, "--map", map_, "--out", str(out), "--format", "html,md,csv")
    assert {p.name for p in out.iterdir()} == {
        "results.csv",
        "companies.csv",
        "findings.csv",
        "index.html",
        "acme.html",
        "bolt.html",
        "crux.html",
        "acme.md",
        "bolt.md",
        "crux.md",
    }
    assert "results.csv" not in (out / "index.html").read_text("utf-8")


def test_no_reports_but_the_table(small: tuple[str, str, Path]) -> None:
    table, map_, out = small
    done = run(table, "--map", map_, "--out", str(out), "--reports", "0", "-q")
    assert {p.name for p in out.iterdir()} == {"results.csv"}
    assert "3 companies" not in done.output


def test_the_same_table_gives_the_same_bytes(small: tuple[str, str, Path], tmp_path: Path) -> None:
    table, map_, _ = small
    for name in ("one", "two"):
        run(table, "--map", map_, "--out", str(tmp_path / name), "--format", "html,json")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_fail_on(small: tuple[str, str, Path], tmp_path: Path) -> None:
    table, map_, out = small
    Path(table).write_text(TABLE.replace("many", "7"))
    assert run(table, "--map", map_, "--out", str(out), "--fail-on", "insufficient-data").exit_code == 1
    assert run(table, "--map", map_, "--out", str(out)).exit_code == 0


@pytest.mark.parametrize(("options", "message"), [
    ([], "name with --map which columns"), (["--map", "m.yaml", "--fact", "revenue=5"], "are for profiles"),
    (["--map", "m.yaml", "--as-of", "2025-01-01"], "are for profiles"), (["--map", "m.yaml", "--resume"], "are for profiles"),
    (["--map", "m.yaml", "other.json"], "a table is screened alone"), (["--map", "m.yaml", "--out", "-"], "into a folder"),
    (["--map", "m.yaml", "--reports", "some"], "neither a number nor 'all'"),
])
def test_what_can_not_be_done_with_a_table(small: tuple[str, str, Path], options: list[str], message: str) -> None:
    done = run(small[0], *options)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_reports_are_about_tables_only() -> None:
    done = run(str(ROOT / "fixtures/oracle.json"), "--reports", "5")
    assert (done.exit_code, "--reports is for a table" in done.output) == (2, True)


def test_a_row_whose_id_is_the_name_of_a_device_or_of_the_index_has_its_report(tmp_path: Path) -> None:
    ids = ("con", "index", "index-2", "plain", "prn")
    text = "Company,Revenue\n" + "".join(f"{own.upper()},100\n" for own in ids)
    (tmp_path / "t.csv").write_text(text, "utf-8")
    (tmp_path / "m.yaml").write_text("name: {column: Company}\ncolumns: {Revenue: revenue}\n", "utf-8")
    out = tmp_path / "out"
    done = run(
        str(tmp_path / "t.csv"), "--map", str(tmp_path / "m.yaml"), "--reports", "all", "--out", str(out), "--quiet"
    )
    assert done.exit_code == 0, done.output
    pages = {"con_.html", "index_.html", "index-2_.html", "plain.html", "prn_.html"}
    assert {p.name for p in out.glob("*.html")} == {*pages, "index.html"}
    index = (out / "index.html").read_text("utf-8")
    assert all(f'href="{name}"' in index for name in pages)
