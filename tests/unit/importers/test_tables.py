"""Tables read through maps: values in the catalogue's units, every bad cell with row and column, good rows kept."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from screener.errors import DocumentError
from screener.importers.table.company_table import CompanyTable, read_table
from screener.io.document import Document
from screener.profile.catalogue import Catalogue
from screener.profile.loader import read_profile
from tests.conftest import problems

ROOT = Path(__file__).parents[3]
MAP = """
id: {column: Ticker}
name: {column: Company}
currency: USD
period: {column: Year}
columns:
  Revenue: {figure: sales, scale: thousands}
  Margin: {metric: net_margin, unit: percent}
"""
Read = Callable[..., CompanyTable]


@pytest.fixture
def table(tmp_path: Path, catalogue: Catalogue) -> Read:
    """Reads a table from the text of a CSV file (or a function that writes a file) with the text of a map."""

    def read(text: Any, map_text: str = MAP, name: str = "universe.csv", **options: Any) -> CompanyTable:
        file, map_file = tmp_path / name, tmp_path / "map.yaml"
        text(file) if callable(text) else file.write_bytes(text.encode() if isinstance(text, str) else text)
        map_file.write_text(map_text, "utf-8")
        return read_table(str(file), str(map_file), catalogue, **options)

    return read


def messages(found: CompanyTable) -> list[str]:
    return [f"{Path(p.file or '').name}: {p.path}: {p.what}; {p.hint}" if p.path else p.what for p in found.problems]


def test_values_come_in_the_units_of_the_catalogue(table: Read) -> None:
    found = table("Ticker,Company,Year,Revenue,Margin\nA1,Acme,2024,1500,12.5\nB2,Bolt,2024,?,n/a\n")
    assert list(found.frame.columns) == ["revenue", "net_margin"]
    assert found.frame.loc[2].to_list() == [1_500_000.0, 0.125]
    assert found.frame.loc[3].isna().all()
    assert found.meta["id"].to_list() == ["a1", "b2"]
    assert not found.problems


def test_profiles_say_row_column_period_and_source(table: Read) -> None:
    found = table("Ticker,Company,Year,Revenue,Margin\nA1,Acme,2024,1500,\n")
    profile = next(found.profiles())
    (claim,) = profile.subject.figures["revenue"]
    assert (claim.value, claim.period, claim.note) == (1_500_000.0, "2024", "row 2, column Revenue")
    assert profile.sources[claim.source or ""].title.en == "universe.csv"
    assert (profile.id, profile.subject.name.en, profile.subject.currency) == ("a1", "Acme", "USD")
    assert "net_margin" not in profile.subject.figures


def test_every_bad_cell_is_named_and_good_rows_stay(table: Read) -> None:
    found = table(
        "Ticker,Company,Year,Revenue,Margin\n"
        "a,Acme,2024,abc,1\n"
        "b,,2024,1,1\n"
        "c,Coil,sometime,1,x\n"
        "d,Dyn,2024,-5,1\n"
        '"e",Elk,2024,"1,500",1\n'
        "f,Fox,2024,1,1\n"
        "f,Fox again,2024,1,1\n"
        "g,Gnu,2024,1,1,1\n"
        "h,Hen,2024,2,2\n"
    )
    assert messages(found) == [
        "universe.csv: row 2, column 'Revenue': 'abc' is not a number; "
        "correct the cell, or add what it says to `missing` in the map",
        "universe.csv: row 3, column 'Company': the name is missing; every row needs a name",
        "universe.csv: row 4, column 'Margin': 'x' is not a number; "
        "correct the cell, or add what it says to `missing` in the map",
        "universe.csv: row 4, column 'Year': 'sometime' is not a period; "
        "write 2024, FY2025, 2025-Q3, 2025-05-31 or 2024-06-01/2025-05-31".replace("2024, FY", "2025, FY"),
        "universe.csv: row 5, column 'Revenue': -5000 can't be; revenue is at least 0; "
        "if the whole column writes outflows as negative numbers, say negate: true in the map",
        "universe.csv: row 6, column 'Revenue': '1,500' is not a number; "
        "say thousands: ',' in the map if the comma groups digits",
        "universe.csv: row 8, column 'Ticker': the id 'f' is also that of row 7, for 2024; "
        "map a column to `id` that tells the companies apart",
        "universe.csv: row 9: has 6 cells, the header has 5; quote cells that hold the separator",
    ]
    assert found.meta["id"].to_list() == ["a", "c", "d", "e", "f", "h"]
    assert found.frame.loc[5].isna().to_list() == [True, False]
    assert found.dropped == 3


def test_problems_are_bounded(table: Read) -> None:
    rows = "".join(f"c{i},C {i},2024,x,1\n" for i in range(150))
    found = table("Ticker,Company,Year,Revenue,Margin\n" + rows)
    assert len(found.problems) == 101
    assert found.problems[-1].what == "50 further cells or rows can't be read"
    assert (len(found), found.dropped) == (150, 0)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("(12.5)", -12.5), ("1e3", 1000.0), (" 7 ", 7.0), ("40 %", 0.4), ("−3", -3.0), ("0.1", 0.1), (".5", 0.5)],
)
def test_ways_to_write_a_number(table: Read, cell: str, value: float) -> None:
    found = table(f"n,m\nA,{cell}\nB,x1\n", "name: {column: n}\nmissing: [x1]\ncolumns: {m: {metric: net_margin}}")
    assert found.frame["net_margin"].loc[2] == value


@pytest.mark.parametrize("cell", ["inf", "nope", "1_000", "0x10", "12 %%", "TRUE", "1e999"])
def test_what_is_no_number(table: Read, cell: str) -> None:
    found = table(f"n,m\nA,{cell}\nB,1\n", "name: {column: n}\ncolumns: {m: net_income}")
    assert found.frame["net_income"].isna().to_list() == [True, False]
    assert [p.path for p in found.problems] == ["row 2, column 'm'"]


def test_european_notation_and_encoding(table: Read) -> None:
    text = "Firma;Umsatz\nMüller;1.234,5\n".encode("latin-1")
    own = "name: {column: Firma}\nencoding: latin-1\ndecimal: ','\nthousands: '.'\ncolumns: {Umsatz: revenue}"
    found = table(text, own)
    assert found.frame["revenue"].to_list() == [1234.5]
    assert found.meta["name"].to_list() == ["Müller"]
    with pytest.raises(DocumentError, match="not text in utf-8"):
        table(text, own.replace("latin-1", "utf-8"))


def test_ids_stay_text_and_statements_are_read(table: Read) -> None:
    own = """
id: {column: code}
name: {column: n}
sector: {column: s, words: {Shops: retail}}
columns:
  renews: {figure: real_renewals}
"""
    found = table("code,n,s,renews\n007,A,Shops,yes\n008,B,retail,maybe\n009,C,retial,\n", own)
    assert found.meta.loc[2, ["id", "sector"]].to_list() == ["007", "retail"]
    assert found.frame["real_renewals"].to_list() == [True, None, None]
    assert found.meta["sector"].to_list() == ["retail", "retail", None]
    assert messages(found)[0].endswith("'maybe' is not one of the words of real_renewals; known are true, false")
    assert messages(found)[1].endswith("row 4, column 's': unknown sector 'retial'; did you mean 'retail'?")


@pytest.mark.parametrize(
    ("period", "before"),
    [("2024", "2023"), ("FY2024", "FY2023"), ("2023-03-01/2024-02-29", "2022-03-01/2023-02-28"), ("2024-02-01/2025-01-31", "2023-02-01/2024-01-31"),
     ("2024-Q3", "2024-03-31/2024-06-30")],
)
def test_a_column_of_the_year_before(table: Read, period: str, before: str) -> None:
    own = "name: {column: n}\nperiod: {column: p}\ncolumns:\n  a: revenue\n  b: {figure: revenue, prior: true}\n"
    found = table(f"n,p,a,b\nA,{period},2,1\n", own)
    assert list(found.frame.columns) == ["revenue", "prior(revenue)"]
    now, then = next(found.profiles()).subject.figures["revenue"]
    assert (now.period, now.value, then.period, then.value) == (period, 2.0, before, 1.0)


def test_columns_of_several_years(table: Read) -> None:
    own = "name: {column: n}\nfiscal_year_end: 06-30\ncolumns:\n  r24: {figure: revenue, period: FY2024}\n  r25: {figure: revenue, period: FY2025}\n"
    profile = next(table("n,r24,r25\nA,1,2\n", own).profiles())
    assert [c.period for c in profile.subject.figures["revenue"]] == ["FY2024", "FY2025"]
    assert profile.fiscal_calendar[:3] == (6, 30, "end")


def test_excel_with_sheets_days_and_numbers(table: Read) -> None:
    def write(path: Path) -> None:
        with pd.ExcelWriter(path) as book:
            pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Notes", index=False)
            frame = pd.DataFrame({"Name": ["A", None, "B"], "Day": [date(2024, 12, 31)] * 3, "Rev": [1.5, 9, "n/a"]})
            frame.iloc[1] = None
            frame.to_excel(book, sheet_name="Data", index=False)

    own = "name: {column: Name}\nas_of: {column: Day}\ncolumns: {Rev: {figure: revenue, scale: millions}}\n"
    found = table(write, own, "book.xlsx", sheet="Data")
    assert found.meta["as_of"].to_list() == ["2024-12-31", "2024-12-31"]
    assert found.frame["revenue"].loc[2] == 1.5e6
    assert math.isnan(found.frame["revenue"].loc[4])
    assert [p.id for p in found.profiles()] == ["a", "b"]
    with pytest.raises(DocumentError, match=r"has no sheet 'data'; did you mean 'Data'"):
        table(write, own, "book.xlsx", sheet="data")
    with pytest.raises(DocumentError, match="is a text, not a workbook; rename it to"):
        table("no", own, "book.xlsx")


def test_parquet(table: Read) -> None:
    frame = pd.DataFrame({"Name": ["A", "B"], "Rev": [1.5, None], "Debt": [3, 4]})
    own = "name: {column: Name}\ncolumns: {Rev: revenue, Debt: total_debt}\n"
    found = table(frame.to_parquet, own, "t.parquet")
    assert found.frame["total_debt"].to_list() == [3.0, 4.0]
    assert found.frame.index.to_list() == [1, 2]
    with pytest.raises(DocumentError, match="can't be read as a table"):
        table("no", own, "t.parquet")


def test_the_polish_sample(catalogue: Catalogue) -> None:
    found = read_table(
        str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "examples/tables/polish-map.yaml"), catalogue
    )
    assert (len(found), found.dropped, found.raw["class"].sum()) == (200, 0, 40)
    profile = next(found.profiles())
    assert profile.id == "polish-1"
    assert profile.subject.figures["liabilities_to_assets"][0].value == 0.37951
    text = (ROOT / "tests/data/polish-sample.arff").read_text("utf-8")
    missing = [line.split(",")[1] for line in text.partition("@data")[2].split()].count("?")
    assert found.frame["liabilities_to_assets"].isna().sum() == missing


def test_documents_are_profiles(catalogue: Catalogue, table: Read) -> None:
    found = table("Ticker,Company,Year,Revenue,Margin\nA1,Acme,2024,1500,3\n")
    ((row, data),) = found.documents()
    assert row == 2
    assert read_profile(Document("x.json", "", data), catalogue).subject == next(found.profiles()).subject


@pytest.mark.parametrize(
    ("own", "line", "says"),
    [
        ("columns: {a: revenue}", 1, "name: is missing; add it"),
        ("name: {column: n}\ncolumns: {a: revenu}", 2, "there is no figure or metric 'revenu'; did you mean 'revenue'?"),
        ("name: {column: n}\ncolumns:\n  a: {figure: revenue, scale: thousand}", 3,
         "'thousand' is not a scale; did you mean 'thousands'?"),
        ("name: {column: n}\ncolumns:\n  a: {figure: revenue, unit: months}", 3, "'months' does not fit 'revenue'; it is in money"),
        ("name: {column: n}\ncolumns:\n  a: revenue\n  b: sales", 4, "is 'revenue' as column 'a' is; keep one, or give each its period"),
        ("name: {column: n}\ncolumns:\n  a: {figure: revenue, prior: true}", 3,
         "is one period before the table's, and that is not given; add period: 2024, or {column: …}"),
        ("name: {column: n}\ncolumns:\n  a: {figure: revenue, source: x}", 3, "there is no source 'x'; add it under sources"),
        ("name: {column: n}\ncolumns:\n  a: {figure: revenue, period: then}", 3, "'then' is not a period"),
        ("name: {column: nn}\ncolumns: {a: revenue}", 1, "t.csv has no column 'nn'; its columns are n, a, b"),
        ("name: {column: n}\ncolumns:\n  aa: revenue", 3, "t.csv has no column 'aa'; its columns are n, a, b"),
        ("name: {column: b}\ncolumns:\n  a: revenue", 1, "t.csv has two columns 'b'; rename one"),
        ("name: {column: n, text: x}\ncolumns: {a: revenue}", 1, "needs a column, a text, or the name of the sheet"),
        ("name: {column: n}\ncolumns: {a: revenue}\ndecimal: x", 3, "'x' can't be read; write '.' or ','"),
        ("name: {column: n}\ncolumn: {a: revenue}", 2, "unknown key 'column'; did you mean 'columns'?"),
    ],
)
def test_what_is_wrong_with_a_map(table: Read, own: str, line: int, says: str) -> None:
    found = problems(table, "n,a,b,b\nA,1,1,1\n", own, "t.csv")
    assert any(p.line == line and says in str(p) for p in found), list(map(str, found))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.csv", "", "has no line of headers"),
        ("t.arff", "hello", "has no @data"),
        ("t.arff", "@relation x\n@attribute a numeric\n@data\n{0 1}\n", "is a sparse ARFF file"),
        ("t.dbf", "x", "is not a table by its name"),
    ],
)
def test_what_is_no_table(table: Read, name: str, text: str, says: str) -> None:
    (found,) = problems(table, text, "name: {column: n}\ncolumns: {a: revenue}", name)
    assert says in found.what


def test_arff_names_and_nominal_attributes(table: Read) -> None:
    text = "% c\n@relation r\n@attribute 'the name' string\n@ATTRIBUTE rev real\n@attribute s {retail,'real-estate'}\n@DATA\n% c\n'A, B',1.5,retail\nC,?,'real-estate'\n"
    own = "name: {column: the name}\nsector: {column: s}\ncolumns: {rev: revenue}"
    found = table(text, own, "t.arff")
    assert found.meta[["name", "sector"]].to_numpy().tolist() == [["A, B", "retail"], ["C", "real-estate"]]
    assert found.frame["revenue"].isna().to_list() == [False, True]
