"""Lists of relations, each in its own table with one row per member; the column `company` is the id of the company that
has the member."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from screener.engine.columns.column_values import FALSE, UNKNOWN, IntervalColumn, SymbolColumn
from screener.engine.columns.member_columns import MemberColumns, MemberSlot
from screener.errors import DocumentError, Problem
from screener.expression.interval import Interval
from screener.importers.table.cell_values import BadCell
from screener.importers.table.column_map import TableColumn
from screener.importers.table.number_notation import NumberNotation
from screener.io.paths import unreadable
from screener.io.read_files import note_read
from screener.limits import PLACES, PROBLEMS
from screener.market.arrow_cells import CellReader
from screener.profile.catalogue import Catalogue, Kind, RelationField
from screener.profile.identity import is_without_name
from screener.text import clean, did_you_mean, is_slug, slug
from screener.units import NUMERIC

OWNER = "company"


class RelationTables:
    """Lists by name, read into memory as a whole. Raises DocumentError if one can't be used at all."""

    def __init__(
        self, files: Mapping[str, str], complete: Iterable[str], catalogue: Catalogue, others: Iterable[str] = ()
    ) -> None:
        """`files` are by list; `complete` lists name all members; `others` are bounds LIST.FIELD=LOW..HIGH for members
        that are not named."""
        fit = {name: kind for name, kind in catalogue.lists.items() if name != "flows" and not catalogue.nested(kind)}
        problems = [_unknown(name, fit, catalogue) for name in dict.fromkeys((*files, *complete)) if name not in fit]
        problems += [
            Problem(f"no table is given for the list '{name}'", f"--list {name}=FILE")
            for name in complete
            if name in fit and name not in files
        ]
        if problems:
            raise DocumentError(problems)
        whole = set(complete)
        self.lists = [
            _List(name, fit[name], path, catalogue.kinds[fit[name]], name in whole) for name, path in files.items()
        ]
        for text in others:
            name, field, bounds = _bounds_of_others(text, files, fit, catalogue)
            next(relation_list for relation_list in self.lists if relation_list.name == name).others[field] = bounds

    def of(self, ids: npt.NDArray[np.object_]) -> dict[str, MemberColumns]:
        """Returns the members of the lists of these companies, by kind."""
        return {relation_list.kind: relation_list.of(ids) for relation_list in self.lists}

    def parties(self) -> frozenset[str]:
        """Returns the ids of all companies that members name, without placeholders such as customer-a, which have no
        row."""
        found: set[str] = set()
        for relation_list in self.lists:
            for name in relation_list.companies:
                words = map(str, relation_list.fields[name].words)  # type: ignore[union-attr]
                found.update(word for word in words if not is_without_name(word))
        return frozenset(found)

    def problems(self) -> tuple[list[Problem], int]:
        """Returns the problems of members, and how many members are left out, including those of companies that were
        not requested."""
        found = [problem for relation_list in self.lists for problem in relation_list.problems()]
        return found, sum(relation_list.dropped + relation_list.strays for relation_list in self.lists)


def _unknown(name: str, fit: Mapping[str, str], catalogue: Catalogue) -> Problem:
    if name in catalogue.lists:
        why = "makes loops of money" if name == "flows" else "holds lists itself"
        return Problem(
            f"the list '{name}' can't be given as a table: it {why}", "write profiles, and use `screener run`"
        )
    return Problem(f"there is no list '{clean(name)}'", did_you_mean(name, fit, "known are " + ", ".join(fit)))


def _bounds_of_others(
    text: str, files: Mapping[str, str], fit: Mapping[str, str], catalogue: Catalogue
) -> tuple[str, str, Interval]:
    """Returns list, field and bounds of a text such as customers.share_of_revenue=0..0.0999. Raises DocumentError."""
    place, _, written = text.partition("=")
    name, _, field = place.partition(".")
    example = "write --others customers.share_of_revenue=0..0.0999"
    if name not in files:
        raise DocumentError(Problem(f"no table is given for the list '{clean(name)}'", f"--list {clean(name)}=FILE"))
    numeric = {n: f for n, f in catalogue.kinds[fit[name]].bounded_fields.items() if f.unit in NUMERIC}
    if field not in numeric:
        hint = did_you_mean(field, numeric, "known are " + ", ".join(numeric))
        raise DocumentError(Problem(f"'{clean(field)}' can't be stated of other {name}", hint))
    low, dots, high = written.partition("..")
    try:
        bounds = Interval(float(low), float(high) if dots else float(low))
    except ValueError:
        raise DocumentError(Problem(f"'{clean(written)}' is not LOW..HIGH", example)) from None
    domain = numeric[field].bounds
    if not domain.lo <= bounds.lo <= bounds.hi <= domain.hi:
        raise DocumentError(Problem(f"{clean(written)} is not within {domain.lo:g}..{domain.hi:g}", example))
    return name, field, bounds


class _List:
    def __init__(self, name: str, kind: str, path: str, entry: Kind, complete: bool) -> None:
        self.name, self.kind, self.path, self.complete = name, kind, path, complete
        self.others: dict[str, Interval] = {}
        self.domains = {name: field.bounds for name, field in entry.fields.items()}
        table = _table(path)
        headers = [str(header) for header in table.schema.names]
        given = {field: typed for field, typed in entry.fields.items() if typed.given}
        problems = []
        if OWNER not in headers:
            problems.append(Problem(f"has no column '{OWNER}'", "it names the id of whose member the row is", path))
        for header in headers:
            if header != OWNER and header not in given:
                hint = did_you_mean(header, given, "known are " + ", ".join(given))
                problems.append(Problem(f"its column '{clean(header)}' is not a field of {name}", hint, path))
        twice = [header for header in dict.fromkeys(headers) if headers.count(header) > 1]
        problems += [
            Problem(f"has the column '{clean(header)}' twice", "name one of them otherwise", path) for header in twice
        ]
        if problems:
            raise DocumentError(problems)
        cells = CellReader(table, 1, NumberNotation(), path)
        fields: dict[str, IntervalColumn | SymbolColumn] = {}
        try:
            owners = _ids(cells, OWNER, needed=True)
            for header in headers:
                if header != OWNER:
                    fields[header] = _field(cells, header, given[header])
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise _unusable(error, path) from error
        hint = "correct the cell, or leave it empty"  # there is no map that could be extended
        cell_problems = (
            replace(p, hint=hint) if "in the map" in p.hint else p
            for _, p in sorted(cells.problems, key=lambda p: p[0])
        )
        self.dropped = len(cells.good) - int(cells.good.sum())
        self.companies = [header for header in fields if given[header].unit == "company"]
        self.found = list(islice(cell_problems, PROBLEMS))
        if len(cells.problems) > PROBLEMS:
            more = f"{self.dropped:,} of its rows can't be used; {PROBLEMS} of the reasons are told above"
            self.found.append(Problem(more, "correct those first", path))
        own = np.zeros(len(cells.good), np.bool_)
        for header in self.companies:
            if given[header].outsider:
                own |= _words(fields[header]) == _words(owners)  # type: ignore[arg-type]
        if own.any():
            what = f"{int(own.sum()):,} of its members name their own company, as '{_words(owners)[own][0]}'"
            self.found.append(Problem(what, "these are left out, and the list of the company is incomplete", path))
        self.dropped += int((own & cells.good).sum())
        good = np.flatnonzero(cells.good & ~own)
        codes, known = pd.factorize(owners.codes[good])
        counts = np.bincount(codes, minlength=len(known))
        self.index = pd.Index(np.array(owners.words, object)[known])
        self.counts, self.starts = counts, np.cumsum(counts) - counts
        order = good[np.argsort(codes, kind="stable")]
        self.fields = {header: field.select(order) for header, field in fields.items()}
        self.met = np.zeros(len(known), np.bool_)
        self.short = frozenset(_words(owners)[own])  # companies of which a member is left out
        self.dropped += int(np.maximum(counts - PLACES, 0).sum())

    def of(self, ids: npt.NDArray[np.object_]) -> MemberColumns:
        """Returns the members of these companies."""
        at = self.index.get_indexer(ids)
        listed = at >= 0
        self.met[at[listed]] = True
        count, start = np.zeros((2, len(ids)), np.int64)
        count[listed], start[listed] = self.counts[at[listed]], self.starts[at[listed]]
        places = []
        for k in range(min(int(count.max(initial=0)), PLACES)):
            filled = count > k
            found = {name: field.select(np.where(filled, start + k, 0)) for name, field in self.fields.items()}
            places.append(
                MemberSlot(
                    filled,
                    {n: f.without_unused_words() if isinstance(f, SymbolColumn) else f for n, f in found.items()},
                )
            )
        short = np.fromiter((company in self.short for company in ids), np.bool_, len(ids))
        lost = (
            count > PLACES
        ) | short  # there are named members beyond those read, to which bounds for others do not apply
        more = np.where(lost | (not self.complete), UNKNOWN, FALSE).astype(np.int8)
        others = {
            name: IntervalColumn(
                np.where(lost, self.domains[name].lo, bounds.lo), np.where(lost, self.domains[name].hi, bounds.hi)
            )
            for name, bounds in self.others.items()
        }
        return MemberColumns(tuple(places), more, others)

    @property
    def strays(self) -> int:
        """Returns the number of members of companies that were never requested."""
        return int(np.minimum(self.counts, PLACES)[~self.met].sum())

    def problems(self) -> list[Problem]:
        """Returns the problems of members."""
        found = list(self.found)
        long = np.flatnonzero(self.counts > PLACES)
        for i in long[:PROBLEMS]:
            what = f"'{self.index[i]}' has {self.counts[i]:,} {self.name}: {PLACES} are looked at, others may be"
            found.append(Problem(what, "use `screener run` for it", self.path))
        if len(long) > PROBLEMS:
            found.append(Problem(f"so have {len(long) - PROBLEMS:,} other companies", "as above", self.path))
        if self.strays:
            example = self.index[int(np.flatnonzero(~self.met)[0])]
            what = f"{self.strays:,} of its members are of companies that the table does not have, as '{example}'"
            found.append(Problem(what, f"its column '{OWNER}' is the table's `id`", self.path))
        return found


def _table(path: str) -> pa.RecordBatch:
    note_read(path)
    try:
        with Path(path).open("rb"):  # its errors are more specific than those of Arrow
            if path.lower().endswith(".parquet"):
                return _encoded(pq.read_table(path))
            if path.lower().endswith(".csv"):
                options = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
                return _encoded(pyarrow.csv.read_csv(path, convert_options=options))
    except OSError as error:
        raise unreadable(error, path) from error
    except (pa.ArrowException, ValueError) as error:
        raise _unusable(error, path) from error
    raise DocumentError(
        Problem("is not a table of members by its name", "name a file that ends in .parquet or .csv", path)
    )


def _unusable(error: Exception, path: str) -> DocumentError:
    what = (str(error).splitlines() or ["?"])[0]
    hint = "CSV is UTF-8, with commas between columns" if path.lower().endswith(".csv") else "check the file"
    return DocumentError(Problem(f"can't be read: {clean(what)}", hint, path))


def _encoded(table: pa.Table) -> pa.RecordBatch:
    """Returns the table in one chunk, with texts encoded as dictionaries."""
    columns = [(c.dictionary_encode() if pa.types.is_string(c.type) else c).combine_chunks() for c in table.columns]
    return pa.RecordBatch.from_arrays(columns, names=table.column_names)


def _words(column: SymbolColumn) -> npt.NDArray[np.object_]:
    """Returns the words of a column; None for a missing one."""
    return np.array([*column.words, None], object)[column.codes]


def _field(cells: CellReader, header: str, typed: RelationField) -> IntervalColumn | SymbolColumn:
    if typed.unit == "company":
        return _ids(cells, header, needed=False)
    return cells.column(TableColumn(header=header, name=header, typed=typed, home="figures", source=""))


def _ids(cells: CellReader, header: str, needed: bool) -> SymbolColumn:
    column = cells.cells.column(header)
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    names = [None if text is None else clean(text) for text in column.dictionary.to_pylist()]
    ids = [None if not text or text == "?" else text if is_slug(text) else slug(text) or None for text in names]
    found = SymbolColumn.of_codes(np.asarray(column.indices.fill_null(-1)), ids)
    if needed:
        what = "it names no company", "every row needs the id of one"
        cells.bad(header, [BadCell(int(row), *what) for row in cells.numbers[found.codes < 0]])
    return found
