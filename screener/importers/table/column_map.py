"""The map of a table: which column is which figure or metric, in what unit, and where names, dates and sources come from."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from screener.errors import DocumentError, Problem
from screener.io import package_data as data
from screener.io.document import Document, ValuePath, read_documents
from screener.profile.catalogue import Catalogue, Figure, TypedEntry
from screener.profile.claims import FiscalCalendar, Source, read_period
from screener.profile.strict_model import Strict, validate
from screener.text import clean, did_you_mean
from screener.units import NUMERIC

SCALES: Mapping[str, float] = {
    "thousands": 1e3,
    "ten-thousands": 1e4,
    "millions": 1e6,
    "hundred-millions": 1e8,
    "billions": 1e9,
    "percent": 0.01,
    "basis-points": 0.0001,
}
TIMES: Mapping[tuple[str, str], float] = {("years", "months"): 12.0, ("months", "years"): 1 / 12}
MISSING = (
    *(
        "",
        "?",
        "-",
        "–",
        "—",
        "--",
        "---",
        "..",
        "…",
        "NA",
        "N/A",
        "n/a",
        "n.a.",
        "N.A.",
        "#N/A",
        "<NA>",
        "NaN",
        "nan",
        "NaT",
    ),
    *("null", "NULL", "None", "none", "NM", "n.m.", "N/M"),
)
"""Texts that stand for nothing in a column of figures, where a map names no others."""
ROW_FIELDS = (
    "id",
    "name",
    "ticker",
    "sector",
    "currency",
    "as_of",
    "period",
)  # what a row says beside figures and metrics


class Shape(str, Enum):
    """What a row of a table is: a company (or a company and year), an item with years across, or one value."""

    ROWS = "rows"
    YEARS_ACROSS = "years-across"
    LONG = "long"


class RowText(Strict):
    """Where a text of each row comes from: a column, the same text for all, or the name of the sheet (of a file of one sheet:
    the name of the file); `words` translate what stands there.
    """

    column: str | None = None
    text: str | None = None
    sheet: bool = False
    words: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_origin(self) -> "RowText":
        if (self.column is not None) + (self.text is not None) + self.sheet != 1:
            raise ValueError(
                "needs a column, a text, or the name of the sheet; write {column: HEADER}, {sheet: true}, or a plain text"
            )
        return self


class ColumnEntry(Strict):
    """What one column holds."""

    figure: str | None = None
    metric: str | None = None
    unit: str | None = None
    scale: float | str = 1.0
    negate: bool = Field(False, description="true: outflows are written below 0, and the figure is an amount")
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="of this column, where rows may have another")
    words: dict[str, bool | str] = {}
    period: str | None = None
    prior: bool = False
    source: str | None = None
    missing: tuple[float | str, ...] = Field(
        (), strict=False, description="what stands for nothing in this column, too"
    )
    stated: str | None = Field(None, description="a truth figure: whether something stands in the cell")

    @field_validator("scale")
    @classmethod
    def _scale(cls, value: float | str) -> float | str:
        if value == 0 or (isinstance(value, str) and value not in SCALES):
            hint = did_you_mean(value, SCALES, f"known are {', '.join(SCALES)}") if isinstance(value, str) else ""
            raise ValueError(f"'{value}' is no scale; {hint or 'write 1000, or thousands'}")
        return value

    @model_validator(mode="after")
    def _one_name(self) -> "ColumnEntry":
        if (self.figure is None) == (self.metric is None) and not (self.stated and self.figure is None):
            raise ValueError("needs the name of a figure or of a metric; write {figure: revenue}")
        if self.prior and self.period:
            raise ValueError("has both `prior` and `period`; keep one of the two")
        return self

    @property
    def name(self) -> str:
        """The name of the figure or metric."""
        return self.figure or self.metric or ""


class TableMap(Strict):
    """How a table is read (`screener import table --map`)."""

    id: RowText | None = None
    name: RowText
    ticker: RowText | None = None
    sector: RowText | None = None
    currency: RowText | None = None
    as_of: RowText | None = None
    period: RowText | None = None
    fiscal_year_end: str | None = Field(None, pattern=r"^\d{2}-\d{2}$", description="month and day, such as 05-31")
    fiscal_year_named: Literal["start", "end"] | None = None
    shape: Shape = Field(Shape.ROWS, strict=False)
    item: str | None = Field(
        None, description="of the shapes years-across and long: the column with the names of items"
    )
    value: str | None = Field(None, description="of the shape long: the column with the values")
    dates: Literal["dmy", "mdy"] | None = Field(None, description="which of day and month comes first in 03/04/2025")
    sources: dict[str, Source] = {}
    source: str | None = None
    missing: tuple[str, ...] = Field(MISSING, strict=False)
    columns: dict[str, ColumnEntry]
    sheet: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    decimal: str = Field(".", pattern=r"^[.,]$", description="'.' or ','")
    thousands: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None
    header: int | None = Field(
        None, ge=1, description="the number of the row of headers, where it is not found by itself"
    )

    @field_validator(*ROW_FIELDS, mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        """A column may be mapped to a plain name; whether it is a figure or a metric the catalogue knows."""
        if not isinstance(value, dict):
            return value
        return {key: {"figure": entry} if isinstance(entry, str) else entry for key, entry in value.items()}

    @model_validator(mode="after")
    def _fits_shape(self) -> "TableMap":
        if self.shape is not Shape.ROWS and self.item is None:
            raise ValueError(f"has the shape {self.shape.value} and no `item`; name the column with the names of items")
        if self.shape is Shape.LONG and self.value is None:
            raise ValueError("has the shape long and no `value`; name the column with the values")
        return self

    @property
    def calendar(self) -> FiscalCalendar:
        """When fiscal years end, and how they are named."""
        month, day = (self.fiscal_year_end or "12-31").split("-")
        return FiscalCalendar(int(month), int(day), self.fiscal_year_named or "end")

    def metas(self) -> Iterator[tuple[str, RowText]]:
        """The texts of each row that are given, by name."""
        yield from ((name, meta) for name in ROW_FIELDS if (meta := getattr(self, name)) is not None)


class TableColumn(NamedTuple):
    """A column of a table that holds a figure or metric: `factor` takes it to the catalogue's unit."""

    header: str
    name: str
    typed: TypedEntry
    home: str  # figures or metrics
    factor: float
    words: Mapping[str, bool | str]
    period: str | None
    prior: bool
    source: str
    missing: tuple[float | str, ...] = ()
    presence: bool = False  # says only whether something stands in the cell
    negate: bool = False  # numbers have the opposite sign
    currency: str | None = None  # that the header names

    @property
    def over(self) -> str:
        """year, instant, market or any: what the values run over; of a metric, any."""
        return self.typed.over if isinstance(self.typed, Figure) else "any"

    @property
    def key(self) -> str:
        """What the column is called in a typed table: its name, prior(NAME), or NAME@PERIOD."""
        return f"prior({self.name})" if self.prior else f"{self.name}@{self.period}" if self.period else self.name


def _built_in(path: str) -> str:
    """The file of a built-in map, where a path is the name of one and no file."""
    named = data.RULES_FOLDER / "maps" / f"{path}.yaml"
    return str(named) if path.isidentifier() and not Path(path).exists() and named.is_file() else path


def read_map(path: str, catalogue: Catalogue) -> tuple[TableMap, tuple[TableColumn, ...], Document]:
    """A map with its columns, checked against the catalogue. Raises DocumentError with all problems."""
    documents = read_documents(_built_in(path))
    document = documents[0]
    if len(documents) != 1 or not isinstance(document.data, dict):
        raise DocumentError(
            Problem("is not the map of a table", "start with name: and columns:; see docs/importing.md", path)
        )
    problems: list[Problem] = []
    found = validate(TableMap, document.data, document, [], problems)
    columns = tuple(_columns(found, document, catalogue, problems)) if found else ()
    if problems or found is None:
        raise DocumentError(problems)
    return found, columns, document


def _columns(
    table: TableMap, document: Document, catalogue: Catalogue, problems: list[Problem]
) -> Iterator[TableColumn]:
    def bad(loc: ValuePath, what: str, hint: str = "", key: bool = False) -> None:
        problems.append(document.problem(loc, what, hint, key=key))

    seen: dict[str, str] = {}
    if not table.columns:
        bad(["columns"], "names no column", "write HEADER: {figure: revenue}")
    for header, entry in _entries(table):
        loc = ["columns", header]
        name = catalogue.aliases.get(entry.name, entry.name)
        typed = catalogue.claimable.get(name)
        if typed is None:
            known = [*catalogue.claimable, *catalogue.aliases]
            bad(
                loc,
                f"there is no figure or metric '{clean(entry.name)}'",
                did_you_mean(entry.name, known, "see rules/catalog"),
            )
            continue
        if (factor := _factor(entry, typed)) is None:
            bad([*loc, "unit"], f"'{clean(entry.unit or '')}' does not fit '{name}'", f"it is in {typed.unit}")
            continue
        for key, period in (("period", entry.period), ("source", None)):
            if period is not None and (wrong := _wrong_period(period, table)):
                bad([*loc, key], wrong)
        if entry.prior and table.period is None:
            bad(
                [*loc, "prior"],
                "is one period before the table's, and that is not given",
                "add period: 2024, or {column: …}",
            )
        for named, at in ((entry.source, [*loc, "source"]), (table.source, ["source"])):
            if named is not None and named not in table.sources:
                hint = did_you_mean(named, table.sources, "add it under sources")
                problem = document.problem(at, f"there is no source '{clean(named)}'", hint)
                problems.extend([problem] if problem not in problems else [])
        if typed.unit not in NUMERIC and entry.scale != 1.0:
            bad([*loc, "scale"], f"'{name}' is no number", "leave the scale out")
        if entry.stated and typed.unit != "truth":
            bad([*loc, "stated"], f"'{name}' is no truth value", "name a figure whose unit is truth")
            continue
        home = "metrics" if name in catalogue.metrics else "figures"
        source = entry.source or table.source or next(iter(table.sources), "table")
        column = TableColumn(
            header=header,
            name=name,
            typed=typed,
            home=home,
            factor=factor,
            words=entry.words,
            period=entry.period,
            prior=entry.prior,
            source=source,
            missing=entry.missing,
            presence=bool(entry.stated),
            negate=entry.negate,
            currency=entry.currency,
        )
        if column.key in seen:
            bad(
                loc,
                f"is '{column.key}' as column '{clean(seen[column.key])}' is",
                "keep one, or give each its period",
                key=True,
            )
        seen[column.key] = header
        yield column


def _entries(table: TableMap) -> Iterator[tuple[str, ColumnEntry]]:
    """The entries of a map by header; one that also says whether something is stated comes twice."""
    for header, entry in table.columns.items():
        if entry.name:
            yield header, entry.model_copy(update={"stated": None})
        if entry.stated:
            yield (
                header,
                ColumnEntry(
                    figure=entry.stated,
                    missing=entry.missing,
                    stated=entry.stated,
                    period=entry.period,
                    prior=entry.prior,
                    source=entry.source,
                    negate=False,
                    currency=None,
                ),
            )


def _wrong_period(text: str, table: TableMap) -> str:
    try:
        read_period(text, table.calendar)
    except ValueError as error:
        return str(error)
    return ""


def _factor(entry: ColumnEntry, typed: Figure) -> float | None:
    """What a number of the column is multiplied by; None where its unit can't be that of the figure."""
    scale = SCALES[entry.scale] if isinstance(entry.scale, str) else float(entry.scale)
    if entry.unit in (None, typed.unit):
        return scale
    if entry.unit in SCALES and typed.unit in ("fraction", "multiple"):
        return scale * SCALES[entry.unit]
    both = TIMES.get((entry.unit or "", typed.unit))
    return None if both is None else scale * both


def headers_of(table: TableMap, columns: Iterable[TableColumn]) -> dict[str, ValuePath]:
    """Every header that a map names, with the place where it does."""
    found: dict[str, ValuePath] = {column.header: ["columns", column.header] for column in columns}
    for name, meta in table.metas():
        if meta.column is not None:
            found.setdefault(meta.column, [name, "column"])
    return found


def headers_of_file(table: TableMap, columns: Iterable[TableColumn]) -> frozenset[str]:
    """The headers by which a table is known in its file: in other shapes than a row a company, items are none."""
    if table.shape is Shape.ROWS:
        return frozenset(headers_of(table, columns))
    return frozenset(h for h in (table.item, table.value, *headers_of(table, ())) if h is not None)
