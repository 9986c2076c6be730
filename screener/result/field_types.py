"""The types of fields that several records of a result share; the JSON Schema takes its limits from them."""

from typing import Annotated, Literal

from screener.expression.interval import Interval
from screener.result.record_format import Between, Matching, OneOf
from screener.units import UNITS

Value = Interval | str | bool | None
UnitName = Annotated[str, OneOf(UNITS)]
InputUnit = Annotated[str, OneOf((*UNITS, "list"))]
Operator = Annotated[str, OneOf((">", ">=", "<", "<=", "==", "!="))]
Answer = Literal["yes", "no", "unknown"]
TermKind = Literal["all-of", "one-of", "fact", "no-fact", "flag", "no-flag", "term"]
Points = Annotated[float, Between(0, 100)]
Share = Annotated[float, Between(0, 1)]
CompanyId = Annotated[
    str, Matching("^[a-z0-9]+(-[a-z0-9]+)*$", "lower-case letters and digits in groups joined by hyphens")
]
"""The id of a company names the files of its reports."""
