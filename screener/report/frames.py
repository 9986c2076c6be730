"""Results as pandas data frames, for programs and notebooks."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from screener.report.formats.table_columns import (
    COMPANY_COLUMNS,
    FINDING_COLUMNS,
    ColumnType,
    company_row,
    finding_rows,
)
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.text import Language

if TYPE_CHECKING:
    from pandas import DataFrame

_TYPES: Mapping[ColumnType, str] = {"text": "object", "number": "float64", "count": "Int64", "truth": "boolean"}


def findings_frame(result: ResultDocument, language: Language = "en") -> "DataFrame":
    """Returns a data frame with a row for each rule and the columns of findings.csv."""
    rows = finding_rows(ResultView.of(result, language).context)
    return _frame(rows, FINDING_COLUMNS)


def companies_frame(results: Iterable[tuple[str, ResultDocument | str]], language: Language = "en") -> "DataFrame":
    """Returns a data frame with a row for each file: `file`, the columns of companies.csv, and `error` if there is a
    message instead of a result."""
    rows: list[dict[str, object]] = []
    for file, result in results:
        if isinstance(result, str):
            rows.append({"file": file, "error": result})
        else:
            rows.append({"file": file, **company_row(ResultView.of(result, language).context)})
    return _frame(rows, {"file": "text", **COMPANY_COLUMNS, "error": "text"})


def _frame(rows: Iterable[Mapping[str, object]], columns: Mapping[str, ColumnType]) -> "DataFrame":
    import pandas

    given = list(rows)
    series: dict[str, Any] = {
        name: pandas.Series([_plain(row.get(name)) for row in given], dtype=_TYPES[kind])
        for name, kind in columns.items()
    }
    return pandas.DataFrame(series)


def _plain(value: object) -> object:
    """Returns the members of vocabularies as their words."""
    return str(value) if isinstance(value, str) else value
