"""`market`, `run TABLE` and profiles made from the table agree for every option of maps, from CSV, Excel and Parquet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.importers.table.column_map import ColumnEntry, LabelColumn, RowText, TableMap
from screener.importers.table.company_table import read_table
from screener.importers.table.row_filters import RowFilter
from screener.market import text_spool, workbook_spool
from screener.market.market_run import BatchScreener, ScreenedRows, open_table, screened_rows
from screener.profile.strict_model import Strict
from screener.result.detail import Detail
from screener.screening import Screener

SCREENER = Screener.load(packs=["ai-era", "classic"])
ROWS = 4


class Option(NamedTuple):
    """What stands in a map: a line of its head and the text of it, or of an entry below `columns`; the fields it uses."""

    key: str
    says: str
    uses: tuple[str, ...]


HEADS: Mapping[str, tuple[Option, ...]] = {
    "id": (Option("id", "{column: key}", ("map.id",)), Option("id", "'firm-{row}'", ("row.text",))),
    "ticker": (Option("ticker", "{column: key}", ("map.ticker",)),),
    "sector": (
        Option("sector", "software", ("map.sector",)),
        Option("sector", "{column: industry, words: {Tech: software, Shops: retail}}", ("row.words",)),
        Option("sector", "{column: naics, codes: naics}", ("row.codes",)),
    ),
    "currency": (
        Option("currency", "USD", ("map.currency",)),
        Option("currency", "{column: money, words: {Dollar: USD, Euro: EUR}}", ()),
    ),
    "as_of": (Option("as_of", "{column: day}", ("map.as_of",)), Option("as_of", "2025-01-31", ())),
    "period": (Option("period", "{column: year}", ("map.period",)), Option("period", "'2024'", ())),
    "dates": (Option("dates", "dmy", ("map.dates",)), Option("dates", "mdy", ())),
    "fiscal": (Option("fiscal_year_end", "'06-30'", ("map.fiscal_year_end",)),),
    "named": (Option("fiscal_year_named", "start", ("map.fiscal_year_named",)),),
    "source": (Option("source", "second", ("map.source",)),),
    "missing": (Option("missing", "['', '-', '?']", ("map.missing",)),),
    "stated": (
        Option("stated", "{covenant_breach: false, gnp_price_index: {'2023': 140, '2024': 150}}", ("map.stated",)),
    ),
    "filters": (
        Option("filters", "{country: [US, CA]}", ("map.filters", "filter.one_of")),
        Option(
            "filters",
            "{country: {none_of: DE}, revenue: {at_least: 10, at_most: 1000}}",
            ("filter.none_of", "filter.at_least", "filter.at_most"),
        ),
    ),
    "label": (
        Option("label", "{column: doubt, words: {yes: true, no: false}}", ("map.label", "label.column", "label.words")),
    ),
    "header": (Option("header", "3", ("map.header",)),),
    "sheet": (Option("sheet", "Data", ("map.sheet",)),),
    "delimiter": (Option("delimiter", "';'", ("map.delimiter",)),),
    "decimal": (Option("decimal", "','", ("map.decimal",)),),
    "thousands": (Option("thousands", '"\'"', ("map.thousands",)),),
    "encoding": (Option("encoding", "utf-16-le", ("map.encoding",)),),
}
COLUMNS = (
    Option("net_income", "{figure: net_income, scale: millions}", ("column.figure", "column.scale")),
    Option("margin", "{metric: net_margin, unit: percent}", ("column.metric", "column.unit")),
    Option("debt", "{figure: total_debt, missing: [10.0, '?']}", ("column.missing",)),
    Option("capex", "{figure: capital_expenditure, negate: true}", ("column.negate",)),
    Option("assets", "{figure: total_assets, log: '10'}", ("column.log",)),
    Option("euros", "{figure: retained_earnings, currency: EUR}", ("column.currency",)),
    Option("doubt", "{figure: going_concern_doubt, words: {yes: true, no: false}}", ("column.words",)),
    Option("revenue 2022", "{figure: revenue, period: '2022'}", ("column.period",)),
    Option("revenue before", "{figure: revenue, prior: true}", ("column.prior",)),
    Option("flow", "{figure: operating_cash_flow, source: second}", ("column.source",)),
    Option("covenant", "{stated: covenant_breach}", ("column.stated",)),
    Option("equity", "{figure: equity, formula: 'revenue - `flow` * 2', scale: 10}", ("column.formula",)),
)
ALWAYS = ("map.name", "map.columns", "map.sources", "row.column")
SHAPED = ("map.shape", "map.item", "map.value", "map.unit", "row.sheet", "row.header")
"""Used by the test of shapes."""
MODELS: Mapping[str, type[Strict]] = {
    "map": TableMap,
    "row": RowText,
    "column": ColumnEntry,
    "label": LabelColumn,
    "filter": RowFilter,
}


def test_every_option_of_maps_is_among_those_that_are_drawn() -> None:
    drawn = {use for options in (*HEADS.values(), COLUMNS) for option in options for use in option.uses}
    every = {f"{name}.{field}" for name, model in MODELS.items() for field in model.model_fields}
    assert drawn.isdisjoint((*ALWAYS, *SHAPED))
    assert drawn.union(ALWAYS, SHAPED) == every


numbers = st.one_of(st.none(), st.sampled_from([-5.0, 0.0, 2.5, 10.0, 1234.5, 1e6]))


@st.composite
def tables(draw: Any) -> tuple[pd.DataFrame, dict[str, str], dict[str, str]]:
    """Returns a table, the head of its map and the entries of its columns."""
    heads = {}
    for options in HEADS.values():
        if draw(st.integers(0, 2)) == 0:
            option = draw(st.sampled_from(options))
            heads[option.key] = option.says
    columns = {o.key: o.says for o in draw(st.lists(st.sampled_from(COLUMNS), min_size=2, unique=True))}
    if "revenue before" in columns:
        heads.setdefault("period", "{column: year}")
    if "covenant_breach" in heads.get("stated", ""):
        columns.pop("covenant", None)
    columns["revenue"] = "{figure: revenue}"
    day = {"dmy": "31/05/2025", "mdy": "05/31/2025"}.get(heads.get("dates", ""), "2025-05-31")
    names = ("revenue", *(option.key for option in COLUMNS if option.key not in ("doubt", "covenant")))
    rows = [
        {
            "key": f"K{i:03}",
            "name": f"Company {i}",
            "industry": draw(st.sampled_from(["Tech", "Shops", "banks"])),
            "naics": draw(st.sampled_from(["513210", "445110"])),
            "money": draw(st.sampled_from(["Dollar", "Euro", "USD"])),
            "country": draw(st.sampled_from(["US", "US", "CA", "DE"])),
            "day": draw(st.sampled_from([None, day])),
            "year": draw(st.sampled_from(["2024", "FY2024", "2023", "2024-12-31"])),
            "doubt": draw(st.sampled_from([None, "yes", "no"])),
            "covenant": draw(st.sampled_from([None, "breached"])),
            **{name: draw(numbers) for name in names},
        }
        for i in range(ROWS)
    ]
    frame = pd.DataFrame(rows)
    frame[list(names)] = frame[list(names)].astype("float64")
    return frame, heads, columns


def write_csv(frame: pd.DataFrame, heads: Mapping[str, str], path: Path) -> None:
    """Writes text in the notation that the map names."""
    decimal, grouped = "decimal" in heads, "thousands" in heads

    def cell_text(cell: Any) -> str:
        if cell is None or cell != cell:
            return "?" if "missing" in heads else ""
        if not isinstance(cell, float):
            return str(cell)
        whole, point, part = f"{cell:,.1f}".partition(".")
        return whole.replace(",", "'" if grouped else "") + ("," if decimal else point) + part

    sign = ";" if "delimiter" in heads else "\t" if decimal else ","
    lines = [sign.join(frame.columns)] + [sign.join(map(cell_text, row)) for row in frame.itertuples(index=False)]
    above = ["A title", "a second line of it"] if "header" in heads else []
    path.write_bytes("\n".join([*above, *lines, ""]).encode("utf-16-le" if "encoding" in heads else "utf-8"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=tables())
def test_columns_and_profiles_agree_for_every_option(
    tmp_path: Path, made: tuple[pd.DataFrame, dict[str, str], dict[str, str]]
) -> None:
    """For each kind of file, and for text in the way large tables are read."""
    frame, heads, columns = made
    lines = ["name: {column: name}", "sources: {first: {title: A, kind: reported}, second: {title: B, kind: filed}}"]
    lines += [f"{key}: {says}" for key, says in heads.items()]
    lines += ["columns:", *(f"  '{header}': {entry}" for header, entry in columns.items())]
    (tmp_path / "map.yaml").write_text("\n".join(lines), "utf-8")
    write_csv(frame, heads, tmp_path / "t.csv")
    frame.to_parquet(tmp_path / "t.parquet")
    with pd.ExcelWriter(tmp_path / "t.xlsx", engine="openpyxl") as book:
        if "sheet" in heads:
            frame.head(1).to_excel(book, sheet_name="Other", index=False)
        frame.to_excel(book, sheet_name="Data", index=False, startrow=2 if "header" in heads else 0)
    agree(tmp_path, ("t.csv", "t.parquet", "t.xlsx"), large=("t.csv",))


def agree(folder: Path, names: tuple[str, ...], large: tuple[str, ...] = ()) -> None:
    """Checks that tables with one map agree: profiles, columns and single companies; `large` ones also in parts."""
    rules = list(SCREENER.program.rules.values())
    table = read_table(str(folder / names[0]), str(folder / "map.yaml"), SCREENER.rulebook.catalogue)
    expected = screened_rows([SCREENER.assess(profile, detail=Detail.OUTCOMES) for profile in table.profiles()], rules)
    for name, found in [(name, judged(folder / name)) for name in names] + [
        (f"{name}, in parts", judged_in_parts(folder / name)) for name in large
    ]:
        ids = [own for part in found for own in part.ids]
        if "{row}" not in (folder / "map.yaml").read_text("utf-8"):
            assert ids == list(expected.ids), name
        outcomes = np.concatenate([part.outcomes for part in found], axis=1)
        differing = [(rules[i].id, ids[j]) for i, j in np.argwhere(outcomes != expected.outcomes)]
        assert not differing, (name, differing)
        for field in expected.scores._fields:
            values = np.concatenate([getattr(part.scores, field) for part in found])
            assert np.array_equal(values, getattr(expected.scores, field)), (name, field)


def judged(path: Path) -> list[ScreenedRows]:
    """Screens the batches of a table with its map."""
    source, judge = open_table(SCREENER, str(path), str(path.parent / "map.yaml")), BatchScreener(SCREENER)
    return [judge.judge(source.read(raw)) for raw in source.batches()]  # type: ignore[arg-type]


def judged_in_parts(path: Path) -> list[ScreenedRows]:
    """Does the same as for large tables, from the first row on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_spool, "SPOOLED_FROM", 0)
        patch.setattr(workbook_spool, "SPOOLED_FROM", 0)
        return judged(path)


SHAPES = {
    "long": (
        "shape: long\nitem: Item\nvalue: Value\nperiod: {column: Year}\nname: {column: Company}\n",
        ("csv", "parquet", "xlsx"),
    ),
    "years-across": ("shape: years-across\nitem: Item\nname: {column: Company}\n", ("csv", "parquet", "xlsx")),
    "companies-across": (
        "shape: companies-across\nitem: Item\nname: {header: true}\nperiod: '2024'\n",
        ("csv", "parquet", "xlsx"),
    ),
    "companies-and-years": ("shape: companies-across\nitem: Item\nname: {header: true}\n", ("csv", "parquet", "xlsx")),
    "sheets": ("shape: years-across\nitem: Item\nname: {sheet: true}\n", ("xlsx",)),
    "a sheet a year": ("shape: companies-across\nitem: Item\nname: {header: true}\nperiod: {sheet: true}\n", ("xlsx",)),
}
UNITS = {"Sales": "USD m", "Profit": "USD'000", "Borrowings": "bn USD", "Margin": "%", "Staff": "persons (k)"}


def shaped(table: pd.DataFrame, shape: str) -> pd.DataFrame:
    """Returns a long table in another shape; columns other than Company, Item, Year and Value stay with the items."""
    beside = [name for name in table.columns if name not in ("Company", "Year", "Value")]
    if shape in ("years-across", "sheets"):
        found = table.pivot(index=["Company", *beside], columns="Year", values="Value")
    elif shape in ("companies-across", "a sheet a year"):
        found = table[table.Year == 2024].pivot(index=beside, columns="Company", values="Value")
    elif shape == "companies-and-years":
        found = table.assign(Over=table.Company + ", " + table.Year.astype(str)).pivot(
            index=beside, columns="Over", values="Value"
        )
    else:
        return table
    return found.reset_index().rename(columns=str).rename_axis(None, axis=1)


@pytest.mark.parametrize("units", [False, True], ids=["scales", "units"])
@pytest.mark.parametrize("shape", list(SHAPES))
def test_columns_and_profiles_agree_for_every_shape(tmp_path: Path, shape: str, units: bool) -> None:
    head, suffixes = SHAPES[shape]
    items = {"Sales": "revenue", "Profit": "net_income", "Borrowings": "total_debt", "Staff": "employees"}
    entries = "".join(
        f"  {item}: {{figure: {name}{'' if units else ', scale: 1000'}}}\n" for item, name in items.items()
    )
    entries += f"  Margin: {{metric: net_margin{'' if units else ', unit: percent'}}}\n"
    (tmp_path / "map.yaml").write_text(f"{head}{'unit: In' if units else 'currency: USD'}\ncolumns:\n{entries}")
    values = [
        (f"Firm {i}", year, item, float(number if item == "Profit" else abs(number)))
        for i in range(3)
        for year in range(2021, 2025)
        for k, item in enumerate([*items, "Margin"])
        if (number := (i - 1) * (year - 2020) + 2 * k) is not None
    ]
    table = pd.DataFrame(values, columns=["Company", "Year", "Item", "Value"])
    if units:
        table["In"] = table.Item.map(UNITS)
    whole = shaped(table, shape)
    if "csv" in suffixes:
        whole.to_csv(tmp_path / "t.csv", index=False)
        whole.to_parquet(tmp_path / "t.parquet")
    sheets = {
        "sheets": whole.groupby("Company") if shape == "sheets" else (),
        "a sheet a year": [(year, shaped(part.assign(Year=2024), shape)) for year, part in table.groupby("Year")],
    }
    with pd.ExcelWriter(tmp_path / "t.xlsx", engine="openpyxl") as book:
        for name, part in sheets.get(shape, [("Data", whole)]):
            part.to_excel(book, sheet_name=str(name), index=False)
    found = read_table(str(tmp_path / f"t.{suffixes[0]}"), str(tmp_path / "map.yaml"), SCREENER.rulebook.catalogue)
    assert (len(found), found.problems) == (3, ())
    assert found.frame["revenue"].tolist() == [v * (1e6 if units else 1e3) for v in (4, 0, 4)]
    assert found.frame["net_income"].tolist() == [v * 1e3 for v in (-2, 2, 6)]
    assert found.frame["employees"].tolist() == [v * 1e3 for v in (2, 6, 10)]
    assert found.frame["net_margin"].tolist() == [0.04, 0.08, 0.12]
    assert set(found.meta["currency"]) == {"USD"}
    agree(tmp_path, tuple(f"t.{suffix}" for suffix in suffixes))


def test_units_of_rows_agree(tmp_path: Path) -> None:
    """One row per company, each with its own unit, which applies to amounts and not to ratios and counts."""
    (tmp_path / "map.yaml").write_text(
        "name: {column: Company}\nunit: Unit\ncolumns:\n  Sales: {figure: revenue}\n  Debt: {figure: total_debt, scale: billions}\n"
        "  Margin: {metric: net_margin}\n  Staff: {figure: employees}\n  own: {figure: equity, formula: '`Sales` - Debt'}\n"
    )
    rows = [
        ("A", "USD m", 5.0, 7.0, 0.1, 3.0),
        ("B", "EUR k", 5000.0, 7000.0, 0.2, 4.0),
        ("C", None, 5e6, 7e-3, 0.3, 5.0),
    ]
    frame = pd.DataFrame(rows, columns=["Company", "Unit", "Sales", "Debt", "Margin", "Staff"])
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    found = read_table(str(tmp_path / "t.csv"), str(tmp_path / "map.yaml"), SCREENER.rulebook.catalogue)
    assert found.frame["revenue"].tolist() == [5e6, 5e6, 5e6]
    assert found.frame["total_debt"].tolist() == [7e6, 7e6, 7e6]
    assert found.frame["employees"].tolist() == [3, 4, 5]
    assert found.meta["currency"].tolist() == ["USD", "EUR", None]
    agree(tmp_path, ("t.csv", "t.parquet", "t.xlsx"))
