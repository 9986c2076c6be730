"""The shapes of tables: one data set in each of them gives the same profiles, and a guessed map recognises it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from screener.importers.table import map_proposal
from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.map_proposal import propose_map
from screener.profile.catalogue import Catalogue
from screener.result.detail import Detail
from screener.screening import Screener
from tests.conftest import problems

ITEMS = {
    "Total Revenue": "revenue",
    "Net Income": "net_income",
    "Total Debt": "total_debt",
    "Total Assets": "total_assets",
}
YEARS = range(2020, 2025)
COLUMNS = "columns:\n" + "".join(f"  {item}: {{figure: {name}, scale: millions}}\n" for item, name in ITEMS.items())
HEAD = "name: {column: Company}\ncurrency: USD\n"
MAPS = {
    "long": f"{HEAD}shape: long\nitem: Item\nvalue: Value\nperiod: {{column: Year}}\n{COLUMNS}",
    "panel": f"{HEAD}period: {{column: Year}}\n{COLUMNS}",
    "across": f"{HEAD}shape: years-across\nitem: Item\n{COLUMNS}",
    "columns": "shape: companies-across\nitem: Item\nname: {header: true}\ncurrency: USD\n" + COLUMNS,
    "wide": HEAD + "period: '2024'\ncolumns:\n" + "".join(
        f"  {item} {year}: {{figure: {name}, scale: millions, period: '{year}'}}\n" for item, name in ITEMS.items() for year in YEARS
    ),
}


def long_table() -> pd.DataFrame:
    values = [
        (f"Firm {i}", year, item, float((i + 1) * (year - 2010) + 7 * k))
        for i in range(10)
        for year in YEARS
        for k, item in enumerate(ITEMS)
    ]
    return pd.DataFrame(values, columns=["Company", "Year", "Item", "Value"])


def shapes() -> Iterator[tuple[str, pd.DataFrame]]:
    table = long_table()
    yield "long", table
    panel = table.pivot(index=["Company", "Year"], columns="Item", values="Value").reset_index()
    yield "panel", panel.rename_axis(None, axis=1)
    across = table.pivot(index=["Company", "Item"], columns="Year", values="Value").reset_index()
    yield "across", across.rename(columns=str).rename_axis(None, axis=1)
    companies = table.assign(header=table.Company + " " + table.Year.astype(str))
    columns = companies.pivot(index="Item", columns="header", values="Value").reset_index()
    yield "columns", columns.rename_axis(None, axis=1)
    wide = table.assign(header=table.Item + " " + table.Year.astype(str)).pivot(
        index="Company", columns="header", values="Value"
    )
    yield "wide", wide.reset_index().rename_axis(None, axis=1)


def claims(table: CompanyTable) -> str:
    """Returns the claims of each company, without their rows and columns."""
    found = {
        data["id"]: {name: sorted((c["period"], c["value"]) for c in given) for name, given in data["figures"].items()}
        for _, data in table.documents()
    }
    return json.dumps(found, sort_keys=True)


def write(frame: pd.DataFrame, path: Path) -> None:
    how: dict[str, Callable[..., Any]] = {
        ".csv": lambda p: frame.to_csv(p, index=False),
        ".xlsx": lambda p: frame.to_excel(p, index=False),
        ".parquet": lambda p: frame.to_parquet(p, index=False),
    }
    how[path.suffix](path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_five_shapes_are_the_same_profiles(tmp_path: Path, catalogue: Catalogue, suffix: str) -> None:
    found = set()
    for name, frame in shapes():
        (tmp_path / "map.yaml").write_text(MAPS[name], "utf-8")
        write(frame, tmp_path / f"{name}{suffix}")
        table = read_table(str(tmp_path / f"{name}{suffix}"), str(tmp_path / "map.yaml"), catalogue)
        assert (len(table), table.problems) == (10, ())
        found.add(claims(table))
        proposal = propose_map(str(tmp_path / f"{name}{suffix}"), catalogue)
        (tmp_path / "guess.yaml").write_text(proposal.text.replace("{figure: ", "{scale: millions, figure: "), "utf-8")
        guessed = read_table(str(tmp_path / f"{name}{suffix}"), str(tmp_path / "guess.yaml"), catalogue)
        found.add(claims(guessed))
        assert {
            "long": "a row for each value",
            "panel": "a row for each company and period",
            "across": "items down, years across",
            "columns": "items down, companies and years across",
            "wide": "a row for each company;",
        }[name] in proposal.recognised
    assert len(found) == 1


def test_fifteen_files_of_one_data_set_have_the_same_findings(tmp_path: Path) -> None:
    """Five shapes as CSV, Excel and Parquet: all ten companies have the same profile and findings from each file."""
    screener = Screener.load(engine="search")
    expected: dict[str, tuple[Any, ...]] = {}
    for name, frame in shapes():
        (tmp_path / "map.yaml").write_text(MAPS[name], "utf-8")
        for suffix in (".csv", ".xlsx", ".parquet"):
            write(frame, path := tmp_path / f"{name}{suffix}")
            table = read_table(str(path), str(tmp_path / "map.yaml"), screener.rulebook.catalogue)
            claimed = json.loads(claims(table))
            assert claimed.keys() == {f"firm-{i}" for i in range(10)}
            for result in (screener.assess(profile, detail=Detail.DISTANCES) for profile in table.profiles()):
                findings = [(f.rule, f.outcome, f.says, f.distances, f.missing) for f in result.findings]
                found = claimed[result.company.id], result.score, findings
                assert expected.setdefault(result.company.id, found) == found, (result.company.id, path.name)
    assert any(outcome == "fired" for _, _, findings in expected.values() for _, outcome, *_ in findings)


def test_a_company_on_each_sheet(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "models.xlsx"
    frames = dict(shapes())
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for company, part in frames["across"].groupby("Company"):
            part.drop(columns="Company").to_excel(book, sheet_name=str(company), index=False, startrow=2)
        for sheet in book.sheets.values():
            sheet["A1"] = "USD in millions"
    proposal = propose_map(str(path), catalogue)
    assert "one company a sheet" in proposal.recognised
    assert "name: {sheet: true}" in proposal.text
    (tmp_path / "map.yaml").write_text(proposal.text, "utf-8")
    table = read_table(str(path), str(tmp_path / "map.yaml"), catalogue)
    (tmp_path / "panel.yaml").write_text(MAPS["panel"], "utf-8")
    frames["panel"].to_csv(tmp_path / "panel.csv", index=False)
    assert claims(table) == claims(read_table(str(tmp_path / "panel.csv"), str(tmp_path / "panel.yaml"), catalogue))
    assert set(table.meta["currency"]) == {"USD"}


def test_a_file_of_one_company(tmp_path: Path, catalogue: Catalogue) -> None:
    """As yfinance writes it: items without a header, days across, the latest first."""
    path = tmp_path / "Acme Works.csv"
    path.write_text(
        ",2024-12-31,2023-12-31,TTM\nTotal Revenue,10,9,8\nNet Income,-1,n/a,\nUnknown Thing,1,2,3\n", "utf-8"
    )
    proposal = propose_map(str(path), catalogue)
    assert proposal.recognised == "items down, years across, one company a sheet; 2 of 3 items are figures or metrics"
    (tmp_path / "map.yaml").write_text(proposal.text, "utf-8")
    table = read_table(str(path), str(tmp_path / "map.yaml"), catalogue)
    ((_, data),) = table.documents()
    assert (data["id"], data["figures"]["revenue"][0]) == (
        "acme-works",
        {"value": 10.0, "period": "2024-01-01/2024-12-31", "source": "table", "note": "row 2, column 2024-12-31"},
    )
    assert table.notes == ("columns that are no years: TTM",)


def test_what_is_wrong_in_other_shapes_is_reported_with_its_place(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "map.yaml").write_text(MAPS["across"], "utf-8")
    (tmp_path / "t.csv").write_text(
        "Company,Item,2023,2024\nA,Total Revenue,5,many\nA,Net Income,1,2\nA,Net Income,1,3\nB,Total Revenue,,4\n"
    )
    table = read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue)
    assert [p.path for p in table.problems] == ["row 2, column '2024'"]
    assert table.notes == (
        "items of the map that it has not: Total Assets, Total Debt",
        "'Net Income' occurs twice for a period, first in row 4: the value above it is used",
    )
    assert table.frame["net_income"].to_list()[0] == 2e6


@pytest.mark.parametrize(
    ("map_text", "says"),
    [
        (MAPS["across"].replace("item: Item\n", ""), "has the shape years-across and no `item`"),
        (MAPS["long"].replace("value: Value\n", ""), "has the shape long and no `value`"),
        (MAPS["across"].replace("item: Item", "item: Itm"), "has no column 'Itm'"),
        (MAPS["across"].replace("Total ", "All ").replace("Net ", "All "), "has none of the items of the map"),
        (MAPS["long"].replace("{column: Company}", "{column: Company, sheet: true}"), "needs a column, a text"),
        (MAPS["long"].replace("{column: Company}", "{header: true}"), "that needs `shape: companies-across`"),
        (MAPS["columns"].replace("item: Item\n", ""), "has the shape companies-across and no `item`"),
        (MAPS["columns"].replace("item: Item", "item: Itm"), "has no column 'Itm'"),
        (MAPS["columns"] + "unit: Unti\n", "has no column 'Unti'"),
        (MAPS["across"] + "unit: Unti\n", "has no column 'Unti'"),
        (f"{HEAD}unit: Yaer\ncolumns: {{Value: revenue}}\n", "has no column 'Yaer'"),
        (MAPS["columns"].replace("Total ", "All ").replace("Net ", "All "), "has none of the items of the map"),
    ],
)
def test_what_is_wrong_with_a_map_of_another_shape(
    tmp_path: Path, catalogue: Catalogue, map_text: str, says: str
) -> None:
    (tmp_path / "map.yaml").write_text(map_text, "utf-8")
    (tmp_path / "t.csv").write_text("Company,Item,Year,Value,2023\nA,Total Revenue,2024,5,6\n")
    found = problems(read_table, str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue)
    assert says in str(found[0])


def test_repeated_headers_of_a_wide_table_are_left_out(tmp_path: Path, catalogue: Catalogue) -> None:
    """A table with more columns than rows is compared with its headers as a whole."""
    (tmp_path / "map.yaml").write_text(MAPS["across"], "utf-8")
    (tmp_path / "t.csv").write_text(
        "Company,Item,2021,2022,2023,2024\nA,Total Revenue,5,6,7,8\nCompany,Item,2021,2022,2023,2024\nA,Net Income,1,2,3,4\n"
    )
    table = read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue)
    assert table.notes[0] == "the headers stand again in row 3: left out"
    assert (table.frame["net_income"].to_list(), len(table)) == ([4e6], 1)


def test_similar_names_are_looked_for_in_few_headers(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison with all names takes milliseconds, so that thousands of unknown columns would take minutes."""
    monkeypatch.setattr(map_proposal, "MOST_COMPARED", 2)
    headers = ["revenu", "net incom", "total asset", "Revenue", "Revenue"]
    (tmp_path / "t.csv").write_text(f"Company,{','.join(headers)}\nA,{','.join('1' for _ in headers)}\n")
    text = propose_map(str(tmp_path / "t.csv"), catalogue).text
    assert '# not known: "net incom"; net_income?' in text.replace("net incom;", '"net incom";')
    assert "total_assets?" not in text
    assert "# not known: Revenue; two columns are called so: rename one" in text
