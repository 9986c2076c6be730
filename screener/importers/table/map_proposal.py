"""Proposes a map for a table from its headers and cells; the user should check it."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from screener.errors import DocumentError
from screener.importers.sec.industry_codes import SECTOR_OF_CODE
from screener.importers.table.cell_units import CURRENCY_COLUMN
from screener.importers.table.column_map import MISSING, Shape
from screener.importers.table.estimate_words import is_estimate
from screener.importers.table.header import Header, plain, read_header
from screener.importers.table.known_names import KnownNames, unit_in_title
from screener.importers.table.sample_cells import SampleCells
from screener.importers.table.shape_proposal import SAMPLE, ShapeProposal, propose_shape
from screener.importers.table.sheet_reader import WORKBOOK_SUFFIXES, open_workbook
from screener.importers.table.table_sheet import SHEET_COLUMN, Dialect, ReadOptions
from screener.importers.table.transposed_table import COMPANY_COLUMN, PERIOD_COLUMN
from screener.importers.table.unit_words import CURRENCY_OF, RATIO_SCALES, SCALES
from screener.io.paths import table_suffix
from screener.profile.catalogue import Catalogue
from screener.text import clean, shorten, slug

_NAMES = frozenset(("id", "name", "ticker"))
_MADE_COLUMNS = (PERIOD_COLUMN, SHEET_COLUMN, COMPANY_COLUMN, CURRENCY_COLUMN)
MOST_COMPARED = 200
"""Number of unknown headers for which similar names are searched: a comparison with all names takes milliseconds."""
_AGAIN = re.compile(r"(.*) \(column \d+\)", re.DOTALL)
_FAILED = re.compile(r"\b(?:failed|failure|bankrupt(?:cy)?|default(?:ed)?|insolven(?:t|cy))\b")
_ONCE = "# Guessed from the headers and the first rows. Read it before you use it: units, scales, periods, the source."


class ColumnProposal(NamedTuple):
    """The proposal for one column: `entry` is its entry in the map; `note` becomes a comment."""

    header: str
    entry: dict[str, Any]
    currency: str | None
    note: str = ""


class MapProposal(NamedTuple):
    """The text of a map, a sentence on what was recognised, and the number of figures and metrics in the map."""

    text: str
    recognised: str
    columns: int


def propose_map(path: str, catalogue: Catalogue, sheet: str | None = None) -> MapProposal:
    """Proposes a map for the table in a file. Raises DocumentError if there is no table."""
    names = KnownNames(catalogue)

    def of_sheet(name: str | None) -> MapProposal:
        shape = propose_shape(path, ReadOptions(MISSING, sheet=name, as_texts=True), names)
        return _MapProposer(shape, names).proposal(path)

    found = of_sheet(sheet)
    if found.columns or sheet is not None or table_suffix(path) not in WORKBOOK_SUFFIXES:
        return found
    for other in open_workbook(path, every=True).visible[1:]:  # the first sheet may be a cover
        with suppress(DocumentError):
            if (proposal := of_sheet(other)).columns:
                return proposal
    return found


class _MapProposer:
    def __init__(self, shape: ShapeProposal, names: KnownNames) -> None:
        self.shape, self.sheet, self.known, self.catalogue = shape, shape.sheet, names, names.catalogue
        sheet = shape.sheet
        self.frame = frame = sheet.frame.head(SAMPLE)
        self.sector_titles = {
            plain(t): key for key, entry in self.catalogue.sectors.items() for t in (entry.title.en, entry.title.zh)
        }
        self.unit = unit_in_title((*sheet.titles, shape.item or ""))
        self.cells = SampleCells(frame, sheet.dialect.delimiter if sheet.dialect else None)

    def proposal(self, path: str) -> MapProposal:
        """Returns the map: properties, notation, columns, and comments on unknown columns."""
        heads, guesses, rest = self._sort()
        recognised = self._recognised(heads, len(guesses), len(rest))
        lines = [_ONCE, f"# Recognised: {recognised}.", f"#   screener run {clean(path)} --map MAP.yaml"]
        lines += self._shape_lines()
        lines += [f"{key}: {entry}" for key, entry in self._heads(heads, guesses)]
        dialect = self.sheet.dialect or Dialect()
        lines += [
            f"{key}: {value if isinstance(value, int) else _quoted(value)}"
            for key, value in dialect._asdict().items()
            if value is not None
        ]
        lines += [f"decimal: {_quoted(self.cells.notation.decimal)}"] if self.cells.notation.decimal != "." else []
        lines += [f"thousands: {_quoted(self.cells.notation.thousands)}"] if self.cells.notation.thousands else []
        lines += [
            "sources:",
            "  table:",
            f"    title: {_quoted(clean(path.replace(chr(92), '/').rpartition('/')[2]))}",
            "    kind: reported   # or filed, estimate, illustrative",
            "columns:" if guesses else "columns: {}",
        ]
        for guess in guesses:
            note = f"   # {guess.note}" if guess.note else ""
            lines.append(f"  {_quoted(guess.header)}: {_flow(guess.entry)}{note}")
        lines += [f"# not known: {_quoted(header)}{f'; {why}' if why else ''}" for header, why in rest]
        return MapProposal("\n".join(lines) + "\n", recognised, len(guesses))

    def _shape_lines(self) -> list[str]:
        shape = self.shape
        given = (("item", shape.item), ("value", shape.value), ("unit", shape.unit))
        lines = [f"{key}: {_quoted(value)}" for key, value in given if value]
        return lines if shape.shape is Shape.ROWS else [f"shape: {shape.shape.value}", *lines]

    def _recognised(self, heads: dict[str, str], known: int, unknown: int) -> str:
        """Describes the shape of the table, and how many of its columns or items are known."""
        what = {
            Shape.YEARS_ACROSS: "items down, years across" + ("" if heads.keys() & _NAMES else ", one company a sheet"),
            Shape.COMPANIES_ACROSS: f"items down, companies{self._and_years()} across",
            Shape.LONG: "a row for each value of an item",
            Shape.ROWS: "a row for each company and period" if self._is_panel(heads) else "a row for each company",
        }[self.shape.shape]
        items = "columns" if self.shape.shape is Shape.ROWS else "items"
        return f"{what}; {known} of {known + unknown} {items} are figures or metrics"

    def _and_years(self) -> str:
        return " and years" if PERIOD_COLUMN in self.frame.columns else ""

    def _is_panel(self, heads: dict[str, str]) -> bool:
        column = heads.get("id") or heads.get("name") or heads.get("ticker")
        return column is not None and "period" in heads and bool(self.frame[column].dropna().duplicated().any())

    def _sort(self) -> tuple[dict[str, str], list[ColumnProposal], list[tuple[str, str]]]:
        """Sorts columns into properties by key, figures and metrics, and others with the reason."""
        heads: dict[str, str] = {}
        guesses: dict[str, ColumnProposal] = {}
        rest: list[tuple[str, str]] = []
        headers = [
            str(header) for header in self.frame.columns if header not in _MADE_COLUMNS and header != self.shape.unit
        ]
        if self.shape.period:
            heads["period"] = self.shape.period
        if self.shape.corner:
            named = {self.known.heads.get(plain(header)) for header in headers}
            heads["id" if self.shape.corner == "name" and "name" in named else self.shape.corner] = COMPANY_COLUMN
        again = {found[1] for header in headers if (found := _AGAIN.match(header))}
        for header in headers:
            parsed = read_header(header)
            if header in again:
                rest.append((header, "two columns are called so: rename one"))
                continue
            if is_estimate(header) and plain(header) not in self.known.figures:
                rest.append((header, "of estimates, which nobody has reported"))
                continue
            key = self.known.heads.get(plain(header)) or self.known.heads.get(parsed.words)
            name = self.known.figures.get(parsed.words)
            if key and key not in heads and not (name and self.cells.is_numeric(header) and key != "period"):
                heads[key] = header
            elif name:
                guess = self._figure(header, parsed, name)
                at = f"{name}@{guess.entry.get('period', '')}{guess.entry.get('prior', '')}"
                if at in guesses:
                    rest.append((header, f"{name} like {_quoted(guesses[at].header)}"))
                else:
                    guesses[at] = guess
            elif parsed.words in self.known.labels or _FAILED.search(parsed.words):
                rest.append((header, "of companies that failed? then screener validate --label takes it"))
            else:
                few = len(rest) < MOST_COMPARED
                near = difflib.get_close_matches(parsed.words, self.known.figures, n=1, cutoff=0.8) if few else []
                rest.append((header, f"{self.known.figures[near[0]]}?" if near else ""))
        return heads, list(guesses.values()), rest

    def _figure(self, header: str, parsed: Header, name: str) -> ColumnProposal:
        typed = self.catalogue.claimable[name]
        home = "figure" if name in self.catalogue.figures else "metric"
        entry: dict[str, Any] = {home: name}
        note = ""
        if typed.unit == "money" and parsed.scale is None and parsed.currency is None and self.unit[0]:
            entry["scale"], note = self.unit[0], "of the title"
        elif typed.unit == "money" or (typed.unit == "count" and parsed.scale not in RATIO_SCALES):
            if parsed.scale in SCALES and parsed.scale not in RATIO_SCALES:
                entry["scale"] = parsed.scale
        elif typed.unit in ("fraction", "multiple"):
            if parsed.scale in RATIO_SCALES:
                entry["unit"] = parsed.scale
                if parsed.scale == "percent" and self.cells.looks_fraction(header):
                    note = "the header says percent, all cells are below 1; if they are fractions, leave the unit out"
            elif typed.unit == "fraction" and self.cells.looks_percent(header):
                entry["unit"], note = "percent", "the cells look like percentages; if they are not, leave the unit out"
        if typed.bounds.lo == 0 and self.cells.is_negative(header):
            entry["negate"], note = True, "all numbers are below 0, as outflows are written"
        if parsed.period:
            entry["period"] = parsed.period
        elif parsed.prior:
            entry["prior"] = True
        return ColumnProposal(header, entry, parsed.currency if typed.unit == "money" else None, note)

    def _heads(self, heads: dict[str, str], guesses: Iterable[ColumnProposal]) -> list[tuple[str, str]]:
        """Returns the map's lines on names, dates and periods."""
        found: list[tuple[str, str]] = []
        period = PERIOD_COLUMN if PERIOD_COLUMN in self.frame.columns else heads.get("period")
        by_name = (
            self.cells.tells_rows_apart(heads.get("name"), period)
            or self.shape.by_sheet
            or self.shape.company is not None
        )
        unique = "id" in heads or "ticker" in heads or by_name
        if "id" in heads or ("ticker" in heads and not by_name):
            found.append(("id", _origin(heads.get("id") or heads["ticker"])))
        elif not unique:
            panel = period is not None and self.cells.tells_companies_apart(heads.get("name"), period)
            found.append(("id", _origin(heads["name"]) if panel else "'company-{row}'"))
        found.append(("name", _origin(heads["name"]) if "name" in heads else self._stand_in(heads)))
        found += [(key, _origin(heads[key])) for key in ("ticker", "as_of") if key in heads]
        found += self._currency_line(heads, guesses)
        if "sector" in heads:
            found.append(
                ("sector", f"{{column: {_quoted(heads['sector'])}{self._words(heads['sector'], self._sector)}}}")
            )
            odd = [w for w in self.cells.distinct(heads["sector"]) if self._sector(w) is None]
            if odd:
                shown = shorten(", ".join(map(_quoted, odd)), 200)
                found[-1] = (f"# {found[-1][0]}", f"{found[-1][1]}   # translate these, too: {shown}")
        elif codes := next((system for system in SECTOR_OF_CODE if system in heads), None):
            found.append(("sector", f"{{column: {_quoted(heads[codes])}, codes: {codes}}}"))
        else:
            found.append(
                ("# sector", "industrials   # no column names it; rules that are not for all sectors wait for it")
            )
        if "period" in heads:
            found.append(("period", f"{{column: {_quoted(heads['period'])}}}"))
        elif PERIOD_COLUMN in self.frame.columns:
            pass
        elif years := sorted((g.entry["period"] for g in guesses if "period" in g.entry), key=lambda p: p[-4:]):
            found.append(("period", f"{_quoted(years[-1])}   # the latest in the headers"))
        elif any(g.entry.get("prior") for g in guesses):
            found.append(("period", "FY2025   # of the columns without one: correct it"))
        return found

    def _currency_line(self, heads: dict[str, str], guesses: Iterable[ColumnProposal]) -> Iterator[tuple[str, str]]:
        """Yields the map's line on the currency; if rows may have others, currencies in headers go to their columns."""
        guesses = tuple(guesses)
        currencies = sorted({guess.currency for guess in guesses if guess.currency} | self.shape.currencies)
        if "currency" in heads or len(currencies) > 1:
            for guess in guesses:
                if guess.currency:
                    guess.entry["currency"] = guess.currency
        if "currency" in heads:
            column = heads["currency"]
            yield "currency", f"{{column: {_quoted(column)}{self._words(column, _currency)}}}"
        elif not currencies and self.unit[1]:
            yield "currency", f"{self.unit[1]}   # of the title"
        elif len(currencies) == 1:
            yield "currency", currencies[0]
        elif currencies and CURRENCY_COLUMN not in self.frame.columns:
            yield "# currency", f"several in the headers ({', '.join(currencies)}): a map has one"

    def _stand_in(self, heads: dict[str, str]) -> str:
        if self.shape.company is not None:
            return _quoted(self.shape.company)
        if self.shape.by_sheet:
            return "{sheet: true}"
        key = heads.get("ticker") or heads.get("id")
        return _origin(key) if key else "'Company {row}'"

    def _words(self, header: str, meaning: Any) -> str:
        """Returns translations for the texts in a column that differ from the words of maps."""
        found = {w: m for w in self.cells.distinct(header) if (m := meaning(w)) is not None and m != w}
        return f", words: {_flow(found)}" if found else ""

    def _sector(self, text: str) -> str | None:
        return slug(text) if slug(text) in self.catalogue.sectors else self.sector_titles.get(plain(text))


def _origin(header: str) -> str:
    """Returns the origin of a row text as a map writes it."""
    return "{header: true}" if header == COMPANY_COLUMN else f"{{column: {_quoted(header)}}}"


def _currency(text: str) -> str | None:
    return CURRENCY_OF.get(text.strip().lower())


def _quoted(text: str) -> str:
    """Quotes a text for YAML, unless it is safe without quotes."""
    plain_enough = re.fullmatch(r"[A-Za-z][\w.-]*(?: [\w.-]+)*", text) and text.lower() not in ("true", "false", "null")
    return text if plain_enough else json.dumps(text, ensure_ascii=False)


def _flow(entry: dict[str, Any]) -> str:
    def yaml_text(value: Any) -> str:
        return "true" if value is True else _quoted(str(value))

    return "{" + ", ".join(f"{_quoted(key)}: {yaml_text(value)}" for key, value in entry.items()) + "}"
