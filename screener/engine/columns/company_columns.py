"""A table of companies: columns of figures, stated metrics and statements, and the rows of companies that others name."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from screener.engine.columns.column_values import BoolArray, FloatArray, IndexArray, IntervalColumn, SymbolColumn
from screener.errors import Problem, ProfileError
from screener.expression.interval import Interval
from screener.profile.catalogue import Catalogue
from screener.text import clean, did_you_mean
from screener.units import NUMERIC


@dataclass(frozen=True)
class CompanyColumns:
    """Companies, one in each row: `values` has the claims, by name and number of periods ago."""

    ids: npt.NDArray[np.object_]
    sectors: SymbolColumn
    values: Mapping[tuple[str, int], IntervalColumn | SymbolColumn]
    currencies: SymbolColumn  # currencies of amounts

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        sectors: Sequence[str | None],
        columns: Mapping[str, Any],
        catalogue: Catalogue,
        currencies: Sequence[str | None] | None = None,
    ) -> "CompanyColumns":
        """Makes a table from columns called NAME or prior(NAME): floats (NaN: missing), a pair of them (low, high), or
        objects (None: missing).

        `currencies` are those of each company's amounts; None if none is known.

        Raises ProfileError for an unknown name and for numbers outside their domain.
        """
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        problems = []
        for name, data in columns.items():
            plain = name[6:-1] if name.startswith("prior(") else name
            figure = catalogue.claimable.get(plain)
            if figure is None or figure.unit == "company":
                what = f"there is no figure or metric '{clean(name)}' for a column"
                problems.append(Problem(what, did_you_mean(plain, catalogue.claimable)))
            elif figure.unit in NUMERIC:
                lo, hi = map(_floats, data) if isinstance(data, tuple) else (_floats(data),) * 2
                bounds = figure.bounds
                if (wrong := (hi < bounds.lo) | (lo > bounds.hi)).any():
                    first = ids[int(wrong.argmax())]
                    problems.append(Problem(f"{clean(name)} of '{first}' is outside its domain", "correct the table"))
                values[plain, int(name != plain)] = IntervalColumn.of(lo, hi, bounds)
            else:
                values[plain, int(name != plain)] = SymbolColumn.of(data)
        if problems:
            raise ProfileError(problems)
        return cls(
            ids=np.asarray(ids, object),
            sectors=SymbolColumn.of(sectors),
            values=values,
            currencies=SymbolColumn.of(currencies) if currencies is not None else no_symbols(len(ids)),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, mask: BoolArray | IndexArray) -> "CompanyColumns":
        """Returns the rows that a mask marks, or those at the given places."""
        values = {key: value.select(mask) for key, value in self.values.items()}
        return CompanyColumns(self.ids[mask], self.sectors.select(mask), values, self.currencies.select(mask))

    def slice_rows(self, start: int, stop: int) -> "CompanyColumns":
        """Returns the rows from `start` to `stop`."""
        values = {key: value.slice_rows(start, stop) for key, value in self.values.items()}
        sectors, currencies = (column.slice_rows(start, stop) for column in (self.sectors, self.currencies))
        return CompanyColumns(self.ids[start:stop], sectors, values, currencies)

    def with_only(self, names: Container[str]) -> "CompanyColumns":
        """Returns the table restricted to these figures and metrics."""
        values = {key: v for key, v in self.values.items() if key[0] in names}
        return CompanyColumns(self.ids, self.sectors, values, self.currencies)


class PartyColumns:
    """Companies by their ids, to look up the company that each row of another table names."""

    def __init__(self, parts: Sequence[CompanyColumns], catalogue: Catalogue) -> None:
        ids = np.concatenate([np.array([], object), *(part.ids for part in parts)])
        self.row_of_id = {
            own: place for place, own in reversed(list(enumerate(ids)))
        }  # of a duplicate id, the first row
        # a last row without data represents all companies that are not here
        values: dict[tuple[str, int], IntervalColumn | SymbolColumn] = {}
        for key in dict.fromkeys(key for part in parts for key in part.values):
            found = [part.values[key] for part in parts]
            if isinstance(found[0], SymbolColumn):
                values[key] = _words(found)  # type: ignore[arg-type]
            else:
                values[key] = _numbers(found, catalogue.claimable[key[0]].bounds)  # type: ignore[arg-type]
        self.table = CompanyColumns(
            ids=np.concatenate([ids, np.array([None], object)]),
            sectors=_words([part.sectors for part in parts]),
            values=values,
            currencies=_words([part.currencies for part in parts]),
        )

    def rows(self, named: SymbolColumn) -> CompanyColumns:
        """Returns the company named on each row; a company without data if none is named or the named one is not here."""
        places = np.array([*(self.row_of_id.get(word, -1) for word in named.words), -1])
        return self.table.select(places[named.codes] % len(self.table))


def _words(parts: Sequence[SymbolColumn]) -> SymbolColumn:
    """Returns the parts one below the other, and a last row without data."""
    return SymbolColumn.of(
        [word for part in parts for word in np.array([*part.words, None], object)[part.codes]] + [None]
    )


def _numbers(parts: Sequence[IntervalColumn], domain: Interval) -> IntervalColumn:
    """Returns the parts one below the other, and a last row without data."""
    missing = np.concatenate([*(~part.claimed for part in parts), [True]])
    lo = np.concatenate([*(part.lo for part in parts), [domain.lo]])
    hi = np.concatenate([*(part.hi for part in parts), [domain.hi]])
    return IntervalColumn(lo, hi, missing)


def no_symbols(rows: int) -> SymbolColumn:
    """Returns a column without statements."""
    return SymbolColumn(np.full(rows, -1), ())


def _floats(values: Any) -> FloatArray:
    """Returns the numbers, with NaN for infinite ones, since a claim is finite."""
    found = np.asarray(values, np.float64)
    return np.where(np.isinf(found), np.nan, found) if np.isinf(found).any() else found
