"""Shocks: changes to the facts of a set of companies, each written as one line of text.

openai: stops paying             OpenAI pays nobody any more
openai: stops paying oracle      OpenAI no longer pays Oracle
oracle: loses openai             the same, from Oracle's side
nvidia.revenue: -30%             a figure is 30 % lower
nvidia.total_debt: 20e9          a figure is 20 bn; a range is LOW..HIGH
"""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError, Problem, ProfileError
from screener.expression.interval import INF, Interval
from screener.io.document import read_documents
from screener.profile.catalogue import Catalogue
from screener.profile.what_if import figure_by_name
from screener.text import clean, shorten, slug
from screener.units import NUMERIC

EXAMPLES = "write 'openai: stops paying', 'oracle: loses openai', 'nvidia.revenue: -30%' or 'nvidia.total_debt: 20e9'"
MOST_SHOCKS = 100
_RELATIVE = re.compile(r"([+\-−])\s*(\d+(?:\.\d+)?)\s*%\Z")
_STOPS = re.compile(r"stops paying(?:\s+(?P<payee>\S.*))?\Z", re.IGNORECASE)
_LOSES = re.compile(r"loses\s+(?P<payer>\S.*)\Z", re.IGNORECASE)


class PaymentStop(NamedTuple):
    """A company stops paying another one, or all others if `payee` is None: it is then in default."""

    payer: str
    payee: str | None = None

    def __str__(self) -> str:
        return f"{self.payer}: stops paying" + (f" {self.payee}" if self.payee else "")


class FigureShock(NamedTuple):
    """A figure of a company changes: by a `factor`, or to a `value`."""

    company: str
    figure: str
    factor: float | None
    value: Interval | None
    text: str

    def __str__(self) -> str:
        return self.text

    def applied_to(self, known: Interval | None) -> Interval | None:
        """Returns the figure after the shock; None for a relative change of an unknown figure."""
        if self.factor is None:
            return self.value
        if known is None:
            return None
        ends = sorted(end * self.factor if math.isfinite(end) else end for end in (known.lo, known.hi))
        return Interval(ends[0], ends[1])


Shock = PaymentStop | FigureShock


class Scenario(NamedTuple):
    """Shocks that happen together."""

    name: str
    shocks: tuple[Shock, ...]


def read_shocks(texts: Sequence[str], catalogue: Catalogue, place: str = "--if") -> tuple[Shock, ...]:
    """Reads the shocks in several lines. Raises ProfileError with all problems."""
    found: list[Shock] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found.append(_read_shock(text, catalogue))
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            problems.append(Problem(what, hint, f"{place} {clean(shorten(text, 80))}"))
    if len(texts) > MOST_SHOCKS:
        problems.append(Problem(f"there are {len(texts)} shocks", f"give at most {MOST_SHOCKS}", place))
    problems += _given_twice(found, place)
    if problems:
        raise ProfileError(problems)
    return tuple(found)


def read_pass_through(text: str) -> Interval:
    """Reads the part of lost revenue that lowers results: a share between 0 and 1, or a range such as 0.3..1. Raises
    ValueError."""
    low, dots, high = text.partition("..")
    try:
        ends = float(low), float(high if dots else low)
    except ValueError:
        ends = (1.0, 0.0)
    if not 0 <= ends[0] <= ends[1] <= 1:
        raise ValueError(f"'{clean(shorten(text, 40))}' is not a share between 0 and 1, or a range such as 0.3..1")
    return Interval(*ends)


def read_scenario(path: Path, catalogue: Catalogue) -> Scenario:
    """Reads the scenario in a YAML or JSON
    file: `name`, and `shocks`, a list of lines. Raises DocumentError or ProfileError."""
    documents = read_documents(path)
    data = documents[0].data if len(documents) == 1 else None
    shocks = data.get("shocks") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(shocks, list) or not shocks or set(data) - {"name", "shocks"}:
        what = "is not a scenario"
        raise DocumentError(Problem(what, "give it `shocks`, a list of lines, and a `name` if you like", str(path)))
    lines = [_line(entry) for entry in shocks]
    return Scenario(str(data.get("name") or path.stem), read_shocks(lines, catalogue, str(path)))


def _line(entry: object) -> str:
    """Returns a line of a list as text, since YAML reads `a: b` as a mapping of one entry."""
    if isinstance(entry, dict) and len(entry) == 1:
        ((left, right),) = entry.items()
        return f"{left}: {right}"
    return str(entry)


def _read_shock(text: str, catalogue: Catalogue) -> Shock:
    left, colon, right = (part.strip() for part in text.partition(":"))
    if not colon or not left or not right:
        raise ValueError(f"is not a shock; {EXAMPLES}")
    company, _, figure = left.rpartition(".")
    if company:
        return _figure_shock(slug(company), figure, right, text, catalogue)
    if stops := _STOPS.match(right):
        return PaymentStop(slug(left), slug(stops["payee"]) if stops["payee"] else None)
    if loses := _LOSES.match(right):
        return PaymentStop(slug(loses["payer"]), slug(left))
    raise ValueError(f"'{clean(shorten(right, 60))}' is not a change; {EXAMPLES}")


def _figure_shock(company: str, name: str, change: str, text: str, catalogue: Catalogue) -> FigureShock:
    name, figure = figure_by_name(name, catalogue)
    if figure.unit not in NUMERIC:
        raise ValueError(f"'{name}' is not a number; shocks change numbers only")
    shown = f"{company}.{name}: {change}"
    if relative := _RELATIVE.match(change):
        share = float(relative[2]) / 100
        return FigureShock(company, name, 1 + share if relative[1] == "+" else 1 - share, None, shown)
    return FigureShock(company, name, None, _value(change), shown)


def _value(text: str) -> Interval:
    low, dots, high = text.partition("..")
    ends = [_number(low, -INF), _number(high, INF)] if dots else [_number(text, math.nan)] * 2
    if any(map(math.isnan, ends)) or ends[0] > ends[1] or ends == [-INF, INF]:
        raise ValueError(f"'{clean(text)}' is not a number; write plain units such as 20e9, LOW..HIGH, or -30%")
    return Interval(*ends)


def _number(text: str, missing: float) -> float:
    try:
        found = float(text) if text.strip() else missing
    except ValueError:
        return math.nan
    return found if found == missing or math.isfinite(found) else math.nan


def _given_twice(shocks: Iterable[Shock], place: str) -> list[Problem]:
    seen: set[tuple[str, str]] = set()
    problems = []
    for shock in shocks:
        if isinstance(shock, FigureShock):
            key = (shock.company, shock.figure)
            if key in seen:
                what = f"{shock.company}.{shock.figure} is changed twice"
                problems.append(Problem(what, "change each figure once", place))
            seen.add(key)
    return problems
