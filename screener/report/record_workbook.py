"""Writes records as a workbook: a sheet for each kind, a column for each field, numbers as numbers."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from screener.expression.interval import Interval
from screener.report.workbook import Column, Kind, WorkbookWriter
from screener.text import Language, Text

_WRAPS_FROM, _LONG_FROM = 24, 60  # greatest length of a text
_SHARES = ("share", "coverage", "precision", "recall", "rate", "gap", "distance")


def records_workbook(sheets: Mapping[str, Sequence[Any]], language: Language = "en") -> bytes:
    """Returns a workbook of named tuples, by sheet; a sheet without records is left out."""
    file = io.BytesIO()
    with WorkbookWriter(file) as book:
        for name, records in sheets.items():
            rows = [flat_record(record, language) for record in records]
            names = list(dict.fromkeys(field for row in rows for field in row))
            if not names:
                continue
            columns = [_column(field, [row.get(field) for row in rows]) for field in names]
            sheet = book.sheet(name, columns)
            for row in rows:
                sheet.row([row.get(field) for field in names])
    return file.getvalue()


def flat_record(record: Any, language: Language = "en") -> dict[str, object]:
    """Returns the fields of a named tuple, those of nested named tuples as `field value`; texts are in one language."""
    found: dict[str, object] = {}
    for field, value in zip(record._fields, record, strict=True):
        name = field.replace("_", " ")
        if hasattr(value, "_fields"):
            found |= {f"{name} {inner}": cell for inner, cell in flat_record(value, language).items()}
        elif isinstance(value, Interval):
            low, high = value.finite()
            found |= {f"{name} at least": low, f"{name} at most": high}
        else:
            found[name] = _cell(value, language)
    return found


def _cell(value: Any, language: Language) -> object:
    if isinstance(value, Text):
        return value.get(language)
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, Interval):
        low, high = value.finite()
        return low if low == high else f"{'' if low is None else low} … {'' if high is None else high}"
    if hasattr(value, "_fields"):
        return "; ".join(f"{k}: {v}" for k, v in flat_record(value, language).items() if v not in (None, ""))
    if isinstance(value, Iterable):
        return "; ".join(str(cell) for item in value if (cell := _cell(item, language)) not in (None, ""))
    return str(value)


def _column(name: str, cells: Sequence[object]) -> Column:
    """Returns how a field is shown, by its name and its values."""
    given = [cell for cell in cells if cell is not None]
    kind: Kind = "text"
    if given and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in given):
        if any(word in name.split() for word in _SHARES):
            kind = "percent"
        else:
            kind = "count" if all(isinstance(cell, int) for cell in given) else "number"
    else:
        longest = max((len(str(cell)) for cell in given), default=0)
        kind = "long" if longest > _LONG_FROM else "wide" if longest > _WRAPS_FROM else "text"
    return Column(name[:1].upper() + name[1:], kind)
