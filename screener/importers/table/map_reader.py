"""Reads maps of tables from files, and checks them against the catalogue."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from screener.errors import DocumentError, Problem
from screener.importers.table.column_map import ColumnEntry, Constant, TableColumn, TableMap
from screener.importers.table.computed_columns import ColumnFormula, read_formula
from screener.importers.table.day_cells import DayNotation
from screener.importers.table.head_cells import NOTHING, head_checks
from screener.importers.table.unit_words import SCALES, TIMES
from screener.io import package_data as data
from screener.io.document import Document, ValuePath, read_documents
from screener.profile.catalogue import Catalogue, Figure
from screener.profile.claims import read_period
from screener.profile.strict_model import validate
from screener.rules.packs import built_in_packs
from screener.rules.rulebook_loader import load_rulebook
from screener.text import clean, did_you_mean
from screener.units import NUMERIC

_BASES = {"e": math.e, "10": 10.0, "2": 2.0}


def _built_in(path: str) -> str:
    """Returns the file of a built-in map, if the path is the name of one and not a file."""
    named = data.RULES_FOLDER / "maps" / f"{path}.yaml"
    return str(named) if path.isidentifier() and not Path(path).exists() and named.is_file() else path


def read_map(path: str, catalogue: Catalogue) -> tuple[TableMap, tuple[TableColumn, ...], Document]:
    """Reads a map with its columns, checked against the catalogue. Raises DocumentError with all problems.

    Metrics that are defined only by packs not in use are left out, and named in `ignored` of the map.
    """
    documents = read_documents(_built_in(path))
    document = documents[0]
    if len(documents) != 1 or not isinstance(document.data, dict):
        raise DocumentError(
            Problem("is not the map of a table", "start with name: and columns:; see docs/importing.md", path)
        )
    problems: list[Problem] = []
    found = validate(TableMap, document.data, document, [], problems)
    reader = _MapReader(found, document, catalogue, problems) if found else None
    columns = tuple(reader.columns()) if reader else ()
    if problems or found is None or reader is None:
        raise DocumentError(problems)
    found._ignored = tuple(reader.ignored)
    return found, columns, document


@lru_cache(maxsize=1)
def _names_of_all_packs() -> frozenset[str]:
    """Returns the figures and metrics that profiles may state if all built-in packs are in use."""
    return frozenset(load_rulebook([], packs=list(built_in_packs())).catalogue.claimable)


class _MapReader:
    def __init__(self, table: TableMap, document: Document, catalogue: Catalogue, problems: list[Problem]) -> None:
        self.table, self.document, self.catalogue, self.problems = table, document, catalogue, problems
        self.ignored: list[str] = []
        self.seen: dict[str, str] = {}

    def bad(self, loc: ValuePath, what: str, hint: str = "", key: bool = False) -> None:
        self.problems.append(self.document.problem(loc, what, hint, key=key))

    def columns(self) -> Iterator[TableColumn]:
        """Yields the columns of the file, computed columns, and constants for all companies."""
        self._check_heads()
        if not self.table.columns:
            self.bad(["columns"], "names no column", "write HEADER: {figure: revenue}")
        for header, entry in _entries(self.table):
            if (column := self._column(header, entry)) is not None:
                yield from self._once(column, ["columns", header])
        for name, constant in self.table.stated.items():
            if (column := self._constant(name, constant)) is not None:
                yield from self._once(column, ["stated", name])

    def _check_heads(self) -> None:
        """Checks fixed texts and translations of the map once, instead of in each row."""
        notation = DayNotation(self.table.dates)
        checks = head_checks(self.catalogue.sectors, None, notation, self.table.calendar)
        for name, meta in self.table.metas():
            texts = [([name], meta.text)] if meta.text else []
            texts += [([name, "words", word], meaning) for word, meaning in meta.words.items()]
            for loc, text in texts:
                if name in checks and name != "id" and text.strip() not in NOTHING and meta.codes is None:
                    try:
                        checks[name](text)
                    except ValueError as error:
                        what, _, hint = str(error).partition("; ")
                        known = did_you_mean(text, self.catalogue.sectors, "see rules/catalog/sectors.yaml")
                        self.bad(loc, what, known if name == "sector" else hint)

    def _once(self, column: TableColumn, loc: ValuePath) -> Iterator[TableColumn]:
        if column.key in self.seen:
            what = f"is '{column.key}' as column '{clean(self.seen[column.key])}' is"
            self.bad(loc, what, "keep one, or give each its period", key=True)
        self.seen[column.key] = column.header
        yield column

    def _typed(self, loc: ValuePath, key: str) -> tuple[str, Figure] | None:
        """Returns name and entry of a figure or metric; None if it does not exist or is not defined by a pack in use."""
        name = self.catalogue.aliases.get(key, key)
        typed = self.catalogue.claimable.get(name)
        if typed is not None:
            return name, typed
        if name in _names_of_all_packs():
            self.ignored.append(name)
            return None
        known = [*self.catalogue.claimable, *self.catalogue.aliases]
        self.bad(loc, f"there is no figure or metric '{clean(key)}'", did_you_mean(key, known, "see rules/catalog"))
        return None

    def _column(self, header: str, entry: ColumnEntry) -> TableColumn | None:
        loc = ["columns", header]
        found = self._typed(loc, entry.name)
        if found is None:
            return None
        name, typed = found
        if (factor := _factor(entry, typed)) is None:
            self.bad([*loc, "unit"], f"'{clean(entry.unit or '')}' does not fit '{name}'", f"it is in {typed.unit}")
            return None
        self._check_times(loc, entry)
        if typed.unit not in NUMERIC and entry.scale != 1.0:
            self.bad([*loc, "scale"], f"'{name}' is not a number", "leave the scale out")
        if entry.stated and typed.unit != "truth":
            self.bad([*loc, "stated"], f"'{name}' is not a truth value", "name a figure whose unit is truth")
            return None
        if (entry.formula or entry.log) and typed.unit not in NUMERIC:
            self.bad(loc, f"'{name}' is not a number", "leave `formula` and `log` out")
            return None
        formula = self._formula(loc, entry)
        if entry.formula is not None and formula is None:
            return None
        return TableColumn(
            header=header,
            name=name,
            typed=typed,
            home=self._home(name),
            factor=factor,
            words=entry.words,
            period=entry.period,
            prior=entry.prior,
            source=entry.source or self._source,
            missing=entry.missing,
            presence=bool(entry.stated),
            negate=entry.negate,
            currency=entry.currency,
            log=None if entry.log is None else _BASES[entry.log],
            formula=formula,
        )

    def _check_times(self, loc: list[str], entry: ColumnEntry) -> None:
        if entry.period is not None and (wrong := self._wrong_period(entry.period)):
            self.bad([*loc, "period"], wrong)
        if entry.prior and self.table.period is None and self.table.shape.value == "rows":
            what = "is one period before the table's, and that is not given"
            self.bad([*loc, "prior"], what, "add period: 2024, or {column: …}")
        for named, at in ((entry.source, [*loc, "source"]), (self.table.source, ["source"])):
            if named is not None and named not in self.table.sources:
                hint = did_you_mean(named, self.table.sources, "add it under sources")
                problem = self.document.problem(at, f"there is no source '{clean(named)}'", hint)
                self.problems.extend([problem] if problem not in self.problems else [])

    def _formula(self, loc: list[str], entry: ColumnEntry) -> ColumnFormula | None:
        if entry.formula is None:
            return None
        try:
            return read_formula(entry.formula)
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            self.bad([*loc, "formula"], what, hint)
            return None

    def _constant(self, name: str, constant: Constant | Mapping[str, Constant]) -> TableColumn | None:
        loc = ["stated", name]
        found = self._typed(loc, name)
        if found is None:
            return None
        own, typed = found
        values: list[tuple[ValuePath, Constant]]
        if isinstance(constant, Mapping):
            values = [([*loc, period], value) for period, value in constant.items()]
        else:
            values = [(loc, constant)]
        for at, value in values:
            if not _fits(value, typed):
                self.bad(at, f"{value!r} does not fit '{own}'", f"it is in {typed.unit}")
        for period in constant if isinstance(constant, Mapping) else ():
            if wrong := self._wrong_period(period):
                self.bad([*loc, period], wrong, key=True)
        return TableColumn(
            header="", name=own, typed=typed, home=self._home(own), source=self._source, constant=constant
        )

    @property
    def _source(self) -> str:
        return self.table.source or next(iter(self.table.sources), "table")

    def _home(self, name: str) -> str:
        return "metrics" if name in self.catalogue.metrics else "figures"

    def _wrong_period(self, text: str) -> str:
        try:
            read_period(text, self.table.calendar)
        except ValueError as error:
            return str(error)
        return ""


def _fits(value: Any, typed: Figure) -> bool:
    """Whether a constant is a valid value of a figure."""
    if typed.unit in NUMERIC:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and typed.bounds.lo <= value <= typed.bounds.hi
    if typed.unit == "truth":
        return isinstance(value, bool)
    return isinstance(value, str) and (not typed.words or value in typed.words)


def _entries(table: TableMap) -> Iterator[tuple[str, ColumnEntry]]:
    """Yields the entries of a map by header; an entry with `stated` gives a second one for that figure."""
    for header, entry in table.columns.items():
        if entry.name:
            yield header, entry.model_copy(update={"stated": None})
        if entry.stated:
            update: dict[str, Any] = {
                "figure": entry.stated,
                "metric": None,
                "unit": None,
                "scale": 1.0,
                "words": {},
                "negate": False,
            }
            yield header, entry.model_copy(update={**update, "currency": None, "log": None})


def _factor(entry: ColumnEntry, typed: Figure) -> float | None:
    """Returns the factor for the numbers of a column; None if its unit does not fit the figure."""
    scale = SCALES[entry.scale] if isinstance(entry.scale, str) else float(entry.scale)
    if entry.unit in (None, typed.unit):
        return scale
    if entry.unit in SCALES and typed.unit in ("fraction", "multiple"):
        return scale * SCALES[entry.unit]
    both = TIMES.get((entry.unit or "", typed.unit))
    return None if both is None else scale * both
