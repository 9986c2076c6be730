"""The measures of the companies of a table, with which other companies are compared."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from screener.engine.columns.column_values import IntervalColumn, numpy_warnings_off
from screener.engine.columns.company_columns import CompanyColumns
from screener.engine.columns.company_rows import CompanyRows
from screener.explain.figure_history import figure_history
from screener.explain.measures import measures
from screener.explain.peer_population import measure_key
from screener.expression.interval import Interval
from screener.facts.company import CompanyFacts
from screener.market.parquet_batch import RowBatch
from screener.market.result_tables import ScreenedRows
from screener.profile.model import Profile
from screener.result.peer_records import SCORE
from screener.screening import Screener
from screener.vocabulary import Verdict

MeasuredRow = tuple[str, str | None, list[tuple[str, float]]]
"""A company: its id, its sector, and its values by the keys of measures."""


def measured_rows(
    screener: Screener, empty_company: CompanyFacts, batch: RowBatch, screened: ScreenedRows
) -> Iterator[MeasuredRow]:
    """Yields the companies of a screened batch with their measures; `empty_company` is a company of which nothing is
    known."""
    columns = _measured_columns(screener, empty_company, batch.universe)
    single = {place: _single_values(screener, profile) for place, profile in batch.profiles.items()}
    for place, (id_, sector) in enumerate(zip(screened.ids, screened.sectors, strict=True)):
        values = single.get(place)
        if values is None:
            values = [(key, float(column[place])) for key, column in columns.items() if not np.isnan(column[place])]
        yield str(id_), sector, [*_score(screened, place), *values]


def _score(screened: ScreenedRows, place: int) -> Iterator[tuple[str, float]]:
    """Returns the score of a row; None if it is withheld."""
    if screened.scores.verdicts[place] != Verdict.INSUFFICIENT_DATA.rank:
        yield SCORE, float(screened.scores.value[place])


def _single_values(screener: Screener, profile: Profile) -> list[tuple[str, float]]:
    """Returns the measures of a company whose claims must be reconciled."""
    world = screener.world(profile)
    found = measures(figure_history(world, screener.program), screener.rulebook.catalogue)
    return [(measure_key(m.name, m.currency), m.value) for m in found if m.unit != "money" or m.currency is not None]


def _measured_columns(screener: Screener, empty_company: CompanyFacts, universe: CompanyColumns) -> Mapping[str, Any]:
    """Returns the measures of companies by their keys: floats, NaN if a value is not known exactly."""
    program = screener.program
    rows = CompanyRows(universe, program, empty_company)
    found: dict[str, Any] = {}
    with numpy_warnings_off():
        for name, entry in program.catalogue.compared.items():
            value = rows.value(name)
            if not isinstance(value, IntervalColumn | Interval):
                continue
            low, high = (np.broadcast_to(np.asarray(end, np.float64), len(universe)) for end in (value.lo, value.hi))
            exact = np.where(low == high, low, np.nan)
            if entry.unit != "money":
                found[name] = exact
                continue
            for code, currency in enumerate(universe.currencies.words):
                own = universe.currencies.codes == code
                found[measure_key(name, str(currency))] = np.where(own, exact, np.nan)
    return found
