"""Members of lists in separate tables give the same results as single companies."""

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from bench.universe import columns
from screener.cli import group
from screener.errors import DocumentError
from screener.market import relation_tables as reading
from screener.market.market_run import MarketSummary, open_table, screen_table, screened_rows
from screener.market.relation_tables import RelationTables
from screener.market.result_tables import COMPANY_SCHEMA, FINDING_SCHEMA, ResultTables, ScreenedRows
from screener.market.table_writer import table_writer
from screener.result.detail import Detail
from screener.screening import Screener

ROWS = 60
KINDS = {"customers": "customer", "products": "product", "channels": "channel", "plans": "plan", "moats": "moat", "rivals": "rival"}
COMPLETE = ("customers", "moats")


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(packs=["ai-era", "classic"])


def members(screener: Screener, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Returns random members of every list, each with the id of its company."""
    rnd = Random("lists")
    made: dict[str, list[dict[str, Any]]] = {}
    for name, kind in KINDS.items():
        fields = screener.rulebook.catalogue.kinds[kind].fields
        for own in ids:
            for _ in range(rnd.choice((0, 0, 1, 1, 2, 4))):
                row: dict[str, Any] = {"company": own}
                for field, typed in fields.items():
                    if not typed.given or rnd.random() < 0.3:
                        continue
                    given: dict[str, Any] = {
                        "truth": rnd.random() < 0.5,
                        "company": rnd.choice([own, "acme", "beta", "customer-a", *(i for i in ids[:3] if i != own)]),
                        "fraction": rnd.choice((0.05, 0.4, 0.7)),
                        "word": rnd.choice(typed.words) if typed.words else None,
                        "text": "something",
                        "date": "2025-06",
                        "money": rnd.choice((1e6, 5e9)),
                    }
                    row[field] = given.get(typed.unit, rnd.choice((1.0, 12.0, 40.0)))
                    if typed.outsider and row[field] == own:
                        row[field] = "acme"
                made.setdefault(name, []).append(row)
    return made


@pytest.fixture(scope="module")
def market(screener: Screener, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, dict[str, list[dict[str, Any]]]]:
    folder = tmp_path_factory.mktemp("lists")
    frame = pd.DataFrame(columns(screener.rulebook.catalogue, ROWS, seed=7))
    frame.to_parquet(folder / "universe.parquet", index=False)
    made = members(screener, list(frame.id))
    for name, rows in made.items():
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet", index=False)
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return folder, frame, made


def claims(screener: Screener, row: Any) -> dict[str, Any]:
    catalogue = screener.rulebook.catalogue
    data: dict[str, Any] = {"name": row["id"], "figures": {}, "metrics": {}}
    for column, value in row.items():
        if column in ("id", "name") or value is None or (isinstance(value, float) and np.isnan(value)):
            continue
        if column == "sector":
            data["sector"] = value
            continue
        plain = column[6:-1] if column.startswith("prior(") else column
        claim = {"value": value.item() if isinstance(value, np.generic) else value, "period": "2025" if plain == column else "2024"}
        data["figures" if plain in catalogue.figures else "metrics"].setdefault(plain, []).append(claim)
    return data


def as_profile(screener: Screener, row: Any, frame: pd.DataFrame, made: dict[str, list[dict[str, Any]]]) -> str:
    data = {**claims(screener, row), "id": row["id"]}
    for name in KINDS:
        data[name] = [{k: v for k, v in m.items() if k != "company"} for m in made[name] if m["company"] == row["id"]]
    named = {m["party"] for name in KINDS for m in data[name] if "party" in m} - {row["id"]}
    data["parties"] = {other["id"]: claims(screener, other) for other in frame.to_dict("records") if other["id"] in named}
    return json.dumps({**data, "incomplete": [name for name in KINDS if name not in COMPLETE]})


def run(
    screener: Screener, folder: Path, out: Path, end: str = "parquet", findings: Path | None = None, **how: Any
) -> MarketSummary:
    files = {name: str(folder / f"{name}.{end}") for name in KINDS}
    lists = RelationTables(files, COMPLETE, screener.rulebook.catalogue)
    source = open_table(screener, str(folder / "universe.parquet"), None)
    second = table_writer(findings, FINDING_SCHEMA) if findings else None
    return screen_table(screener, source, table_writer(out, COMPANY_SCHEMA), second, lists=lists, **how)


def test_a_company_that_is_its_own_customer_is_left_out(screener: Screener, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["one", "two"], "sector": ["software", "software"], "revenue": [1e9, 1e9]})
    frame.to_parquet(tmp_path / "universe.parquet", index=False)
    rows = [{"company": own, "party": "one", "share_of_revenue": 0.6, "dominant": True} for own in frame.id]
    pd.DataFrame(rows).to_csv(tmp_path / "customers.csv", index=False)
    lists = RelationTables({"customers": str(tmp_path / "customers.csv")}, ["customers"], screener.rulebook.catalogue)
    source = open_table(screener, str(tmp_path / "universe.parquet"), None)
    writers = [table_writer(tmp_path / name, schema) for name, schema in (("r.parquet", COMPANY_SCHEMA), ("f.parquet", FINDING_SCHEMA))]
    found = screen_table(screener, source, writers[0], writers[1], lists=lists)
    findings = pd.read_parquet(tmp_path / "f.parquet")
    outcomes = findings[findings.rule == "single-customer-dependence"].set_index("company").outcome.to_dict()
    assert outcomes == {"one": "unknown", "two": "fired"}
    assert [p.what for p in found.problems] == ["1 of its members name their own company, as 'one'"]


OTHERS = "customers.share_of_revenue=0..0.0999"


def outcomes_of(screener: Screener, folder: Path, customers: list[dict[str, Any]], *others: str) -> dict[str, str]:
    """Returns the outcomes of the rule on one large customer, by company, if a table names some customers."""
    ids = ["one", "two", "three"]
    frame = pd.DataFrame({"id": ids, "sector": ["software"] * 3, "revenue": [1e9] * 3})
    frame.to_parquet(folder / "universe.parquet", index=False)
    pd.DataFrame(customers).to_csv(folder / "customers.csv", index=False)
    lists = RelationTables({"customers": str(folder / "customers.csv")}, [], screener.rulebook.catalogue, others)
    source = open_table(screener, str(folder / "universe.parquet"), None)
    findings = table_writer(folder / "f.parquet", FINDING_SCHEMA)
    screen_table(screener, source, table_writer(folder / "r.parquet", COMPANY_SCHEMA), findings, lists=lists)
    found = pd.read_parquet(folder / "f.parquet")
    return dict(found[found.rule == "customer-above-a-fifth"].set_index("company").outcome)


def test_a_bound_on_customers_that_a_table_does_not_name(screener: Screener, tmp_path: Path) -> None:
    rows = [{"company": own, "party": "p", "share_of_revenue": share} for own, share in (("one", 0.15), ("two", 0.3))]
    assert outcomes_of(screener, tmp_path, rows) == {"one": "unknown", "two": "fired", "three": "unknown"}
    assert outcomes_of(screener, tmp_path, rows, OTHERS) == {"one": "clear", "two": "fired", "three": "clear"}


def test_a_bound_does_not_hold_of_members_that_are_left_out(screener: Screener, tmp_path: Path) -> None:
    rows = [{"company": "one", "party": "one", "share_of_revenue": 0.15}]
    assert outcomes_of(screener, tmp_path, rows, OTHERS) == {"one": "unknown", "two": "clear", "three": "clear"}


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ("products.price_change=0..1", "no table is given for the list 'products'"),
        ("customers.party=a", "'party' can't be stated of other customers"),
        ("customers.share_of_revenue=some", "'some' is not LOW..HIGH"),
        ("customers.share_of_revenue=0..2", "0..2 is not within 0..1"),
    ],
)
def test_bounds_that_cannot_be_used(screener: Screener, tmp_path: Path, others: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        outcomes_of(screener, tmp_path, [{"company": "one", "party": "p", "share_of_revenue": 0.15}], others)


@pytest.fixture(scope="module")
def expected(screener: Screener, market: Any) -> ScreenedRows:
    """Returns the results of the engine, company by company."""
    _, frame, made = market
    profiles = [screener.profile("row.json", as_profile(screener, row, frame, made)) for row in frame.to_dict("records")]
    return screened_rows([screener.assess(profile, detail=Detail.OUTCOMES) for profile in profiles], list(screener.program.rules.values()))


@pytest.mark.parametrize("end", ["parquet", "csv"])
def test_results_are_those_of_the_engine(screener: Screener, market: Any, expected: ScreenedRows, end: str, tmp_path: Path) -> None:
    folder, _, _ = market
    found = run(screener, folder, tmp_path / "r.parquet", end, findings=tmp_path / "f.parquet")
    assert (found.companies, found.dropped, found.problems) == (ROWS, 0, ())
    tables = ResultTables(list(screener.program.rules.values()))
    findings = pd.read_parquet(tmp_path / "f.parquet")
    pd.testing.assert_frame_equal(findings, tables.findings(expected).to_pandas())
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "r.parquet"), tables.companies(expected).to_pandas())
    fired = set(findings[findings.outcome == "fired"].rule)
    assert {"single-customer-dependence", "commoditised-product", "owns-entry-point", "loss-making-customer"} <= fired


def test_same_bytes_on_any_number_of_threads(
    screener: Screener, market: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screener.market.parquet_reader.ROWS", 16)
    for jobs in (1, 4):
        run(screener, market[0], tmp_path / f"{jobs}.csv", jobs=jobs)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "4.csv").read_bytes()


def test_what_is_wrong_with_members_is_reported(screener: Screener, market: Any, tmp_path: Path) -> None:
    folder, frame, _ = market
    rows = [
        {"company": frame.id[0], "share_of_revenue": 0.4, "dominant": "yes"},
        {"company": frame.id[1], "share_of_revenue": 1.4, "dominant": "no"},
        {"company": None, "share_of_revenue": 0.1, "dominant": "no"},
        {"company": frame.id[2], "share_of_revenue": 0.1, "dominant": "perhaps"},
        {"company": frame.id[2], "share_of_revenue": "some", "dominant": "no"},
        {"company": "elsewhere", "share_of_revenue": 0.1, "dominant": None},
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "c.csv", index=False)
    lists = RelationTables({"customers": str(tmp_path / "c.csv")}, (), screener.rulebook.catalogue)
    source = open_table(screener, str(folder / "universe.parquet"), None)
    found = screen_table(screener, source, table_writer(tmp_path / "r.parquet", COMPANY_SCHEMA), lists=lists)
    messages = "\n".join(f"{p.path}: {p.what}; {p.hint}" for p in found.problems)
    assert "row 2, column 'share_of_revenue': 1.4 can't be" in messages
    assert "row 3, column 'company': it names no company" in messages
    assert "row 4, column 'dominant': 'perhaps' is not one of the words" in messages
    assert "row 5, column 'share_of_revenue': 'some' is not a number; correct the cell, or leave it empty" in messages
    assert "1 of its members are of companies that the table does not have, as 'elsewhere'" in messages
    assert (found.companies, found.dropped) == (ROWS, 5)


def test_more_members_than_are_looked_at_may_exist(
    screener: Screener, market: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PLACES", 3)
    frame = market[1]
    rows = [{"company": frame.id[0], "share_of_revenue": 0.1} for _ in range(5)] + [{"company": frame.id[1], "share_of_revenue": 0.1}]
    pd.DataFrame(rows).to_parquet(tmp_path / "c.parquet", index=False)
    lists = RelationTables({"customers": str(tmp_path / "c.parquet")}, ("customers",), screener.rulebook.catalogue)
    members = lists.of(np.array(frame.id, object))["customer"]
    assert [int(place.exists.sum()) for place in members.slots] == [2, 1, 1]
    assert np.flatnonzero(members.may_have_more).tolist() == [0]
    problems, left = lists.problems()
    assert [f"'{frame.id[0]}' has 5 customers: 3 are looked at, others may be"] == [p.what for p in problems]
    assert left == 2


@pytest.mark.parametrize(
    ("files", "complete", "message"),
    [
        ({"custmers": "x.csv"}, (), "there is no list 'custmers'; did you mean 'customers'?"),
        ({"flows": "x.csv"}, (), "the list 'flows' can't be given as a table: it makes loops of money"),
        ({"suppliers": "x.csv"}, (), "the list 'suppliers' can't be given as a table: it holds lists itself"),
        ({}, ("customers",), "no table is given for the list 'customers'; --list customers=FILE"),
        ({"customers": "none.csv"}, (), "none.csv"),
        ({"customers": "odd.txt"}, (), "is not a table of members by its name"),
        ({"customers": "odd.parquet"}, (), "can't be read"),
        ({"customers": "bytes.csv"}, (), "can't be read: Invalid UTF8 payload; CSV is UTF-8, with commas between columns"),
        ({"customers": "struct.parquet"}, (), "can't be read"),
        ({"customers": "twice.csv"}, (), "has the column 'party' twice"),
        ({"customers": "columns.csv"}, (), "has no column 'company'"),
        ({"customers": "columns.csv"}, (), "its column 'share_of_revenu' is not a field of customers; did you mean 'share_of_revenue'?"),
    ],
)
def test_lists_that_can_not_be_used(
    screener: Screener, files: dict[str, str], complete: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.txt").write_text("company\n", "utf-8")
    Path("odd.parquet").write_text("company\n", "utf-8")
    Path("bytes.csv").write_bytes(b"company,party\na,\xff\n")
    Path("twice.csv").write_text("company,party,party\na,x,y\n", "utf-8")
    pd.DataFrame({"company": [{"x": 1}]}).to_parquet("struct.parquet")
    Path("columns.csv").write_text("owner,share_of_revenu\nx,0.1\n", "utf-8")
    with pytest.raises(DocumentError) as raised:
        RelationTables(files, complete, screener.rulebook.catalogue)
    assert message in str(raised.value)


def test_an_empty_list_that_is_complete_says_that_there_are_none(screener: Screener, market: Any, tmp_path: Path) -> None:
    folder = market[0]
    (tmp_path / "channels.csv").write_text("company,owned\n", "utf-8")
    table = open_table(screener, str(folder / "universe.parquet"), None)
    lists = RelationTables({"channels": str(tmp_path / "channels.csv")}, ("channels",), screener.rulebook.catalogue)
    results, findings = table_writer(tmp_path / "r.parquet", COMPANY_SCHEMA), table_writer(tmp_path / "f.parquet", FINDING_SCHEMA)
    screen_table(screener, table, results, findings, lists=lists)
    findings = pd.read_parquet(tmp_path / "f.parquet").set_index(["rule", "company"]).outcome
    sectors = pd.read_parquet(folder / "universe.parquet").set_index("id").sector
    named = screener.rulebook.rules["no-distribution-entry-point"].only_for
    known = findings["no-distribution-entry-point"].index.isin(sectors[sectors.isin(list(named))].index)
    assert known.any()
    assert set(findings["no-distribution-entry-point"][known]) <= {"fired", "not-applicable"}
    assert set(findings["owns-entry-point"]) <= {"clear", "not-applicable"}


def test_on_the_command_line(screener: Screener, market: Any, tmp_path: Path) -> None:
    folder = market[0]
    arguments = ["market", str(folder / "universe.parquet"), "--out", str(tmp_path / "r.csv")]
    done = CliRunner().invoke(group, [*arguments, "--config", "none", "--list", f"customers={folder / 'customers.csv'}", "--complete", "customers"])
    assert done.exit_code == 0, done.output
    assert "single-customer-dependence" in done.output
    for wrong, hint in ((["--list", "customers"], "is not LIST=FILE"), (["--list", "a=b", "--list", "a=c"], "is given twice")):
        done = CliRunner().invoke(group, [*arguments, "--config", "none", *wrong])
        assert done.exit_code == 2
        assert hint in done.output
