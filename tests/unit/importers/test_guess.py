"""Guessed maps: what headers mean, and that a guessed map reads its own table."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from screener.importers.table.company_table import CompanyTable, read_table
from screener.importers.table.header import read_header
from screener.importers.table.map_proposal import propose_map
from screener.profile.catalogue import Catalogue


@pytest.mark.parametrize(("header", "expected"), [
    ("Revenue (USD m)", ("revenue", "millions", "USD", None, False)),
    ("Revenue FY2024 (USD m)", ("revenue", "millions", "USD", "FY2024", False)),
    ("Revenue FY24", ("revenue", None, None, "FY2024", False)),
    ("Revenue 2023A", ("revenue", None, None, "2023", False)),
    ("Revenue prior year", ("revenue", None, None, None, True)),
    ("revenue_usd_m", ("revenue", "millions", "USD", None, False)),
    ("Revenue [in thousands of USD]", ("revenue", "thousands", "USD", None, False)),
    ("Sales in Mio EUR", ("sales", "millions", "EUR", None, False)),
    ("Total debt [kEUR]", ("total debt", "thousands", "EUR", None, False)),
    ("Umsatz (TEUR)", ("umsatz", "thousands", "EUR", None, False)),
    ("Umsatz in Mio. €", ("umsatz", "millions", "EUR", None, False)),
    ("Cash ($000)", ("cash", "thousands", "USD", None, False)),
    ("Total Assets '000", ("total assets", "thousands", None, None, False)),
    ("Net margin %", ("net margin", "percent", None, None, False)),
    ("营业收入（亿元）", ("营业收入", "hundred-millions", "CNY", None, False)),
    ("总资产(人民币百万)", ("总资产", "millions", "CNY", None, False)),
    ("Current ratio (x)", ("current ratio", None, None, None, False)),
    ("Debt/Equity", ("debt equity", None, None, None, False)),
    ("R&D (€m)", ("r d", "millions", "EUR", None, False)),
    ("TotalDebt", ("total debt", None, None, None, False)),
    ("Plan B", ("plan b", None, None, None, False)),
    ("Vitamin K", ("vitamin k", None, None, None, False)),
    ("m", ("m", None, None, None, False)),
    ("Attr12", ("attr12", None, None, None, False)),
    ("", ("", None, None, None, False)),
])
def test_what_a_header_says(header: str, expected: tuple[Any, ...]) -> None:
    assert tuple(read_header(header)) == expected


Guessed = Callable[..., tuple[str, CompanyTable]]


@pytest.fixture
def guess(tmp_path: Path, catalogue: Catalogue) -> Guessed:
    """Returns the map guessed for a table, and the table read by it."""

    def make(text: Any, name: str = "universe.csv") -> tuple[str, CompanyTable]:
        file, map_file = tmp_path / name, tmp_path / "map.yaml"
        text(file) if callable(text) else file.write_text(text, "utf-8")
        found = propose_map(str(file), catalogue).text
        map_file.write_text(found, "utf-8")
        return found, read_table(str(file), str(map_file), catalogue)

    return make


def test_a_guessed_map_reads_its_table(guess: Guessed) -> None:
    text, table = guess(
        "Company,Ticker,Industry,Currency,Fiscal year,Turnover (USD m),Revenue 2023 (USD m),Net profit ($m),Net margin,EBIT in kUSD,Bankrupt,Notes\n"
        'Acme,ACM,Software,US$,2024,"1,234.5",1100,(12),12.5,5,0,x\nBolt AG,BLT,Semiconductors,EUR,2024,"2,345",2000,40,3.2,7,1,y\n'
    )
    assert not table.problems
    assert table.frame.loc[2].to_dict() == {
        "revenue": 1234.5e6, "revenue@2023": 1100e6, "net_income": -12e6, "net_margin": 0.125, "operating_income": 5000.0,
    }
    assert table.meta.loc[3, ["id", "name", "ticker", "sector", "currency", "period"]].to_list() == [
        "bolt-ag", "Bolt AG", "BLT", "semiconductors", "EUR", "2024"]
    assert "# not known: Notes\n" in text
    assert "# not known: Bankrupt; of companies that failed?" in text


def test_numbers_of_the_continent(guess: Guessed) -> None:
    _, table = guess("Firma;Name;Revenue;Cash\n1;Acme;1.234,5;2,5\n2;Bolt;2.345;3,1\n")
    assert table.frame.loc[2].to_dict() == {"revenue": 1234.5, "cash": 2.5}


def test_companies_without_names_go_by_their_rows(guess: Guessed) -> None:
    _, table = guess("revenue,cash\n5,1\n6,2\n")
    assert table.meta["id"].to_list() == ["company-2", "company-3"]


def test_names_that_are_not_unique_get_ids_of_their_own(guess: Guessed) -> None:
    _, table = guess("Company,Symbol,Revenue\nAcme,A1,5\nAcme,A2,6\n")
    assert table.meta["id"].to_list() == ["a1", "a2"]
    _, table = guess("Company,Revenue\nAcme,5\nAcme,6\n")
    assert table.meta["id"].to_list() == ["company-2", "company-3"]


def test_sectors_that_are_not_ours_are_left_to_the_reader(guess: Guessed) -> None:
    text, table = guess("Company,Sector,Revenue\nAcme,Software,5\nBolt,Fintech & Co,6\n")
    assert '# sector: {column: Sector, words: {Software: software}}   # translate these, too: "Fintech & Co"' in text
    assert len(table) == 2


def test_headers_of_several_currencies_name_none(guess: Guessed) -> None:
    text, _ = guess("Company,Revenue (USD m),Cash (EUR m)\nAcme,5,1\n")
    assert "# currency: several in the headers (EUR, USD)" in text


def test_two_columns_of_one_figure_are_not_both_taken(guess: Guessed) -> None:
    text, table = guess("Company,Revenue,Sales\nAcme,5,6\n")
    assert list(table.frame.columns) == ["revenue"]
    assert "# not known: Sales; revenue like Revenue" in text


def test_columns_of_one_name_are_left_to_the_reader(guess: Guessed) -> None:
    text, table = guess("Company,Revenue,Revenue,Cash\nAcme,5,6,1\n")
    assert list(table.frame.columns) == ["cash"]
    assert "# not known: Revenue; two columns are called so: rename one" in text


def test_decimal_numbers_of_parquet(guess: Guessed) -> None:
    frame = pd.DataFrame({"Company": ["A", "B"], "Revenue (EUR m)": [Decimal("1.5"), None]})
    _, table = guess(lambda file: frame.to_parquet(file), "t.parquet")
    assert table.frame["revenue"].to_list()[0] == 1.5e6


def test_columns_of_the_year_before(guess: Guessed) -> None:
    _, table = guess("Company,Revenue,Revenue prior year\nAcme,5,4\n")
    assert list(table.frame.columns) == ["revenue", "prior(revenue)"]


def test_columns_without_a_year_are_of_the_latest_in_the_headers(guess: Guessed) -> None:
    text, table = guess("Company,Revenue FY2024,Revenue FY2023,Cash\nAcme,5,4,1\n")
    assert "period: FY2024   # the latest in the headers" in text
    _, data = next(table.documents())
    assert data["figures"]["cash"][0]["period"] == "FY2024"


def test_excel_and_parquet(guess: Guessed) -> None:
    frame = pd.DataFrame(
        {
            "公司名称": ["甲", "乙"],
            "股票代码": ["600001", "600002"],
            "营业收入（亿元）": [1.5, 2.0],
            "资产负债率(%)": [40, 55],
        }
    )
    for name, write in (("t.xlsx", frame.to_excel), ("t.parquet", frame.to_parquet)):
        _, table = guess(lambda file, w=write: w(file, index=False), name)
        assert table.frame["revenue"].to_list() == pytest.approx([1.5e8, 2e8])
        assert table.frame["liabilities_to_assets"].to_list() == [0.4, 0.55]
        assert table.meta["id"].to_list() == ["600001", "600002"]


@pytest.mark.parametrize(
    "header", ['a: {b}"\n- c', "#x", "'", "&a", "*b", "%", "{", "true", "~", "🙂", "=1+1", "\\", "a\tb"]
)
def test_whatever_stands_in_a_header_the_map_can_be_read(guess: Guessed, header: str) -> None:
    frame = pd.DataFrame({"Company": ["Acme"], header: [1], f"Revenue {header} (m)": [5], "Revenue": [7]})
    text, table = guess(lambda file: frame.to_excel(file, index=False), "t.xlsx")
    assert 7 in table.frame["revenue"].to_list() or "revenue like" in text


def test_nothing_known_is_stated(guess: Guessed, tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "t.csv").write_text("Attr1,Attr2\n1,2\n")
    text = propose_map(str(tmp_path / "t.csv"), catalogue).text
    assert "columns: {}\n# not known: Attr1\n# not known: Attr2\n" in text


def test_a_map_without_a_sector_says_so(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "t.csv").write_text("Company,Revenue,Total debt\nA,1,2\n")
    (tmp_path / "s.csv").write_text("Company,Sector,Revenue,Total debt\nA,software,1,2\n")
    assert "# sector: industrials   # no column names it" in propose_map(str(tmp_path / "t.csv"), catalogue).text
    assert "# sector" not in propose_map(str(tmp_path / "s.csv"), catalogue).text
