"""Units beside numbers, in a column or above a company; and tables with companies across."""

from pathlib import Path

import pytest

from screener.importers.table.cell_kinds import ShownNumber
from screener.importers.table.cell_units import CellUnit, in_unit, read_unit
from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.map_proposal import propose_map
from screener.importers.table.number_cells import cell_number
from screener.importers.table.number_notation import NumberNotation
from screener.profile.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("USD m", CellUnit("millions", "USD")),
        ("Mrd. €", CellUnit("billions", "EUR")),
        ("USD'000", CellUnit("thousands", "USD")),
        ("USD (millions)", CellUnit("millions", "USD")),
        ("¥ m", CellUnit("millions")),
        ("万元", CellUnit("ten-thousands", "CNY")),
        ("in %", CellUnit("percent")),
        ("bps", CellUnit("basis-points")),
        ("m shares", CellUnit("millions")),
        ("persons (thousand)", CellUnit("thousands")),
        ("employees", CellUnit()),
        ("x", CellUnit()),
        ("months", CellUnit(time="months")),
        ("USD per share", None),
        ("kilotonnes", None),
    ],
)
def test_units_as_they_are_written(text: str, unit: CellUnit | None) -> None:
    assert read_unit(text) == unit


@pytest.mark.parametrize(
    ("cell", "unit", "figure", "value"),
    [
        ("1,5", "USD m", "money", 1.5e6),
        ("(1,5)", "USD m", "money", -1.5e6),
        ("1,5bn", "USD m", "money", 1.5e9),  # the cell is more specific
        (2.5, "EUR bn", "money", 2.5e9),
        (12.5, "%", "fraction", 0.125),
        ("150", "bps", "fraction", 0.015),
        ("12%", "x", "fraction", 0.12),
        (3, "k", "count", 3000.0),
        (3, "USD m", "count", 3.0),  # it does not apply to counts
        (2, "years", "months", 24.0),
        (7, "pieces", "money", 7.0),
    ],
)
def test_a_number_in_the_unit_beside_it(cell: object, unit: str, figure: str, value: float) -> None:
    assert cell_number(in_unit(cell, read_unit(unit)), NumberNotation(","), figure).value == pytest.approx(value)


def test_an_amount_in_percent_is_not_read() -> None:
    with pytest.raises(
        ValueError, match=r"'12' is in percent by its unit; correct the unit, or map the item to a ratio"
    ):
        cell_number(in_unit(12, read_unit("%")), NumberNotation(), "money")


def test_a_format_of_the_same_scale_is_not_applied_twice() -> None:
    shown = ShownNumber(1.2e9)
    shown.shown_in = 1e6
    assert cell_number(in_unit(shown, read_unit("USD m")), NumberNotation(), "money").value == 1.2e9


def guessed(tmp_path: Path, catalogue: Catalogue, text: str) -> tuple[CompanyTable, str]:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    proposal = propose_map(str(tmp_path / "t.csv"), catalogue)
    (tmp_path / "map.yaml").write_text(proposal.text, "utf-8")
    return read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue), proposal.text


def test_peers_side_by_side(tmp_path: Path, catalogue: Catalogue) -> None:
    """Below a title, without a header over the items, with rows of texts, a unit over one company and a column of remarks."""
    table, text = guessed(
        tmp_path,
        catalogue,
        "Peers,,,\n,Alder Inc.,Birch (EUR m),Notes,Median\nTicker,000001,BIR,\nCurrency,USD,EUR,\nSector,Software,Retail,\n"
        'Revenue (m),"391,035","142,380",reported,1\nNet margin (%),24.0,5.4,,2\nTotal debt (m),"106,629",many,incl. leases\n',
    )
    assert "# Recognised: items down, companies across; 3 of 3 items" in text
    assert table.meta["id"].tolist() == ["alder-inc", "birch"]
    assert table.meta["ticker"].tolist() == ["000001", "BIR"]
    assert table.meta["currency"].tolist() == ["USD", "EUR"]
    assert table.frame["revenue"].tolist() == [391_035e6, 142_380e6]
    assert table.frame["net_margin"].tolist() == pytest.approx([0.24, 0.054])
    assert "columns that are no companies: Notes, Median" in table.notes
    assert [(p.path, p.what) for p in table.problems] == [("row 8, column 'Birch (EUR m)'", "'many' is not a number")]


def test_tickers_over_companies_name_them_by_id(tmp_path: Path, catalogue: Catalogue) -> None:
    table, _ = guessed(
        tmp_path, catalogue, "Ticker,ALD,BIR\nCompany,Alder Inc.,Birch Plc\nRevenue,5,6\nNet income,1,2\nRevenue,5,9\n"
    )
    assert table.meta["id"].tolist() == ["alder-inc", "birch-plc"]
    assert table.meta["ticker"].tolist() == ["ALD", "BIR"]
    assert table.notes == ("'Revenue' occurs twice, again in row 5: the value above it is used",)


def test_a_company_that_stands_twice_is_reported_by_its_column(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "t.csv").write_text("Item,Acme,Acme,Birch\nRevenue,5,6,7\nNet income,1,2,3\n")
    (tmp_path / "map.yaml").write_text(
        "shape: companies-across\nitem: Item\nname: {header: true}\ncolumns: {Revenue: revenue}\n"
    )
    table = read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), catalogue)
    assert [(p.path, p.what) for p in table.problems] == [
        ("row 1, column 'Acme (column 3)'", "the id 'acme' is also that of column 'Acme'")
    ]


def test_companies_and_years_across_without_estimates(tmp_path: Path, catalogue: Catalogue) -> None:
    table, text = guessed(
        tmp_path,
        catalogue,
        "Item,FY2023 Acme 2000,FY2024 Acme 2000,FY2025E Acme 2000\nRevenue,5,6,7\nNet income,1,2,3\n",
    )
    assert "items down, companies and years across" in text
    assert table.meta[["id", "period"]].to_numpy().tolist() == [["acme-2000", "FY2024"]]
    ((_, data),) = table.documents()
    assert [claim["value"] for claim in data["figures"]["revenue"]] == [6.0, 5.0]
    assert table.notes == ("columns of estimates are left out: FY2025E Acme 2000",)


def test_one_company_beside_its_items(tmp_path: Path, catalogue: Catalogue) -> None:
    table, _ = guessed(tmp_path, catalogue, "Item,Acme Works\nRevenue,5\nNet income,1\n")
    assert (table.meta["id"].tolist(), table.frame["revenue"].tolist()) == (["acme-works"], [5.0])


def test_units_and_currencies_of_items(tmp_path: Path, catalogue: Catalogue) -> None:
    """Each company's currency is that of its units; unknown units are left to the map, and noted."""
    table, text = guessed(
        tmp_path,
        catalogue,
        "Company;Item;Uom;2023;2024\nAlder;Umsatz;Mio. EUR;1.234,5;2.000,0\nAlder;Net margin;%;12,5;3,0\n"
        "Alder;Employees;Tsd.;1,2;3,4\nBirch;Umsatz;USD k;5,5;7,5\nBirch;Cash;barrels;5;7\n",
    )
    assert "unit: Uom" in text
    assert table.meta["currency"].tolist() == ["EUR", "USD"]
    assert table.frame["revenue"].tolist() == [2e9, 7500.0]
    assert table.frame["net_margin"].tolist()[0] == 0.03
    assert table.frame["employees"].tolist()[0] == 3400.0
    assert "units that are not known, where the `scale` of the map holds: 'barrels'" in table.notes
