"""Defines the map of a table: the figure or metric of each column, its unit, and the origin of names, dates and sources."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, NamedTuple

from pydantic import Field, PrivateAttr, field_validator, model_validator

from screener.importers.sec.industry_codes import CodeSystem
from screener.importers.table.computed_columns import ColumnFormula
from screener.importers.table.row_filters import RowFilter
from screener.importers.table.unit_words import SCALES
from screener.io.document import ValuePath
from screener.profile.catalogue import Figure, TypedEntry
from screener.profile.claims import FiscalCalendar, Source
from screener.profile.strict_model import ListOf, Strict
from screener.text import did_you_mean

MISSING = (
    *("", "?", "-", "–", "—", "--", "---", "..", "…", "NA", "N/A", "n/a", "n.a.", "N.A.", "#N/A", "<NA>", "NaN", "nan"),
    *("NaT", "nil", "Nil", "na", "n/m", "#N/A N/A", "null", "NULL", "None", "none", "NM", "n.m.", "N/M"),
)
"""Texts that mean a missing value in columns of figures, unless the map names others."""
Constant = bool | float | str
ROW_FIELDS = ("id", "name", "ticker", "sector", "currency", "as_of", "period")
"""Properties of a row other than figures and metrics."""


class Shape(str, Enum):
    """What a row of a table is: a company (or company and year), an item with years or companies across, or one value."""

    ROWS = "rows"
    YEARS_ACROSS = "years-across"
    COMPANIES_ACROSS = "companies-across"
    LONG = "long"


class RowText(Strict):
    """The origin of a text for each row; `words` translate it.

    It is a column, a fixed text, the name of the sheet (or of the file, if that has one sheet), or the header over a company.
    """

    column: str | None = None
    text: str | None = None
    sheet: bool = False
    header: bool = False  # for the shape companies-across
    words: dict[str, str] = {}
    codes: CodeSystem | None = None  # for sector: the column has industry codes of this system

    @model_validator(mode="after")
    def _one_origin(self) -> "RowText":
        if (self.column is not None) + (self.text is not None) + self.sheet + self.header != 1:
            raise ValueError(
                "needs a column, a text, or the name of the sheet; write {column: HEADER}, {sheet: true}, or a plain text"
            )
        return self


class ColumnEntry(Strict):
    """The content of one column."""

    figure: str | None = None
    metric: str | None = None
    unit: str | None = None
    scale: float | str = 1.0
    formula: str | None = Field(
        None,
        description="A formula that computes the values from other columns; the key is then not a header of the file.",
    )
    log: Literal["e", "10", "2"] | None = Field(
        None, description="The base of the logarithm, if the column contains logarithms of the values."
    )
    negate: bool = Field(
        False,
        description="Whether the sign is reversed: outflows are negative in the table, while the figure is a positive amount.",
    )
    currency: str | None = Field(
        None, pattern=r"^[A-Z]{3}$", description="The currency of this column, if it differs from that of the rows."
    )
    words: dict[str, bool | str] = {}
    period: str | None = None
    prior: bool = False
    source: str | None = None
    missing: ListOf[float | str] = Field(
        (), description="Further texts of cells that mean a missing value in this column."
    )
    stated: str | None = Field(None, description="A statement that is true for rows whose cell has a value.")

    @field_validator("scale")
    @classmethod
    def _scale(cls, value: float | str) -> float | str:
        if value == 0 or (isinstance(value, str) and value not in SCALES):
            hint = did_you_mean(value, SCALES, f"known are {', '.join(SCALES)}") if isinstance(value, str) else ""
            raise ValueError(f"'{value}' is not a scale; {hint or 'write 1000, or thousands'}")
        return value

    @model_validator(mode="after")
    def _one_name(self) -> "ColumnEntry":
        if (self.figure is None) == (self.metric is None) and not (self.stated and self.figure is None):
            raise ValueError("needs the name of a figure or of a metric; write {figure: revenue}")
        if self.formula is not None and (self.stated or self.words or self.log):
            raise ValueError("has a `formula` beside `stated`, `words` or `log`, which are for columns of the file")
        if self.prior and self.period:
            raise ValueError("has both `prior` and `period`; keep one of the two")
        return self

    @property
    def name(self) -> str:
        """The name of the figure or metric."""
        return self.figure or self.metric or ""


class LabelColumn(Strict):
    """The column on whether a company failed, and the meaning of its words: `words: {alive: false, failed: true}`."""

    column: str
    words: dict[str, bool] = {}


class TableMap(Strict):
    """The description of a table (`screener import table --map`)."""

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
        None, description="For the shapes years-across, companies-across and long: the column with the names of items."
    )
    value: str | None = Field(None, description="For the shape long: the column with the values.")
    unit: str | None = Field(
        None,
        description="The column with the unit of each row, such as USD m or %; it applies to the item, or else to all amounts.",
    )
    dates: Literal["dmy", "mdy"] | None = Field(
        None, description="Whether the day or the month comes first in 03/04/2025."
    )
    sources: dict[str, Source] = {}
    source: str | None = None
    missing: ListOf[str] = MISSING
    columns: dict[str, ColumnEntry]
    stated: dict[str, Constant | dict[str, Constant]] = Field(
        {}, description="Figures that are the same for all companies, or for all companies in a period."
    )
    filters: dict[str, RowFilter] = Field({}, description="The values that a column must have for the row to be read.")
    label: LabelColumn | None = Field(
        None, description="The column that states whether each company failed, for `screener validate`."
    )
    sheet: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    decimal: str = Field(".", pattern=r"^[.,]$", description="'.' or ','")
    thousands: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None
    header: int | None = Field(
        None, ge=1, description="The number of the row with the headers, if it is not recognised."
    )

    _ignored: tuple[str, ...] = PrivateAttr(())

    @property
    def ignored(self) -> tuple[str, ...]:
        """Metrics that are left out since no pack in use defines them."""
        return self._ignored

    @field_validator(*ROW_FIELDS, mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @field_validator(*(name for name in ROW_FIELDS if name != "sector"))
    @classmethod
    def _without_codes(cls, value: RowText | None) -> RowText | None:
        if value is not None and value.codes is not None:
            raise ValueError("has `codes`, which are for the sector; remove it")
        return value

    @field_validator("columns", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        """Accepts a plain name for a column; the catalogue decides whether it is a figure or a metric."""
        if not isinstance(value, dict):
            return value
        return {key: {"figure": entry} if isinstance(entry, str) else entry for key, entry in value.items()}

    @model_validator(mode="after")
    def _fits_shape(self) -> "TableMap":
        if self.shape is not Shape.ROWS and self.item is None:
            raise ValueError(f"has the shape {self.shape.value} and no `item`; name the column with the names of items")
        if self.shape is Shape.LONG and self.value is None:
            raise ValueError("has the shape long and no `value`; name the column with the values")
        if self.shape is not Shape.COMPANIES_ACROSS and any(meta.header for _, meta in self.metas()):
            raise ValueError("takes a text from the header over a company; that needs `shape: companies-across`")
        return self

    @property
    def calendar(self) -> FiscalCalendar:
        """The end and the naming of fiscal years."""
        month, day = (self.fiscal_year_end or "12-31").split("-")
        return FiscalCalendar(int(month), int(day), self.fiscal_year_named or "end")

    def metas(self) -> Iterator[tuple[str, RowText]]:
        """Yields the row texts that the map defines, by name."""
        yield from ((name, meta) for name in ROW_FIELDS if (meta := getattr(self, name)) is not None)


class TableColumn(NamedTuple):
    """A column with a figure or metric; `factor` converts its numbers to the catalogue's unit."""

    header: str
    name: str
    typed: TypedEntry
    home: str  # figures or metrics
    source: str
    factor: float = 1.0
    words: Mapping[str, bool | str] = {}
    period: str | None = None
    prior: bool = False
    missing: tuple[float | str, ...] = ()
    presence: bool = False  # the value is whether the cell is filled
    negate: bool = False  # numbers have the opposite sign
    log: float | None = None  # the base, if the column has logarithms
    formula: ColumnFormula | None = None  # for a computed column; `header` is then not in the file
    constant: Constant | Mapping[str, Constant] | None = None  # one value for all rows, or by period; `header` is empty
    currency: str | None = None  # named in the header

    @property
    def in_file(self) -> bool:
        """Whether its values are in a column of the file."""
        return self.formula is None and self.constant is None

    def source_note(self, place: Callable[[int, str], tuple[int, str]], row: int) -> str:
        """Returns the origin of a row's value, for the note of a claim."""
        if self.constant is not None:
            return "stated in the map"
        if self.formula is not None:
            return f"row {place(row, '')[0]}, computed: {self.formula.text}"
        return "row {}, column {}".format(*place(row, self.header))

    @property
    def over(self) -> str:
        """The time that values cover: year, instant, market or any; any for a metric."""
        return self.typed.over if isinstance(self.typed, Figure) else "any"

    @property
    def key(self) -> str:
        """The name of the column in a typed table: NAME, prior(NAME), or NAME@PERIOD."""
        return f"prior({self.name})" if self.prior else f"{self.name}@{self.period}" if self.period else self.name


def headers_of(table: TableMap, columns: Iterable[TableColumn]) -> dict[str, ValuePath]:
    """Returns every header that a map names, with its place in the map."""
    columns = tuple(columns)
    figures = frozenset(column.name for column in columns)
    found: dict[str, ValuePath] = {c.header: ["columns", c.header] for c in columns if c.in_file}
    for column in columns:
        for header in column.formula.read_headers(figures) if column.formula else ():
            found.setdefault(header, ["columns", column.header, "formula"])
    for name, meta in table.metas():
        if meta.column is not None:
            found.setdefault(meta.column, [name, "column"])
    if table.unit is not None:
        found.setdefault(table.unit, ["unit"])
    return found


def headers_of_file(table: TableMap, columns: Iterable[TableColumn]) -> frozenset[str]:
    """Returns the headers by which a table is recognised in its file; in shapes other than rows, items are no headers."""
    if table.shape is Shape.ROWS:
        return frozenset(headers_of(table, columns))
    of_rows = (*table.filters, *headers_of(table, ())) if table.shape is not Shape.COMPANIES_ACROSS else ()
    return frozenset(h for h in (table.item, table.value, table.unit, *of_rows) if h is not None)
