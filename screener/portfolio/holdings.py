"""Holdings: how much is at stake with each company, from a spreadsheet, a YAML or a JSON file."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError, Problem, ProblemList, ScreenerError
from screener.importers.table.number_cells import NumberNotation, cell_number
from screener.importers.table.sheet_reader import ReadOptions, read_sheet
from screener.io.document import read_documents
from screener.io.paths import TABLE_SUFFIXES, is_table
from screener.profile.model import Profile
from screener.text import clean, did_you_mean, shorten, slug

COMPANY_COLUMNS = ("company", "id", "ticker", "name")
EXPOSURE_COLUMNS = ("exposure", "weight", "amount", "value")
CURRENCY_COLUMN = "currency"
MOST_PROBLEMS = 20


class Holdings(NamedTuple):
    """The exposure of each company: an amount in `currency`, or a weight where that is None. `equal`: none were given."""

    exposures: Mapping[str, float]
    currency: str | None = None
    equal: bool = False

    @property
    def total(self) -> float:
        """The sum of all exposures."""
        return math.fsum(self.exposures.values())

    def share(self, companies: Iterable[str]) -> float:
        """The share of the total that is at stake with some companies, 0 to 1."""
        total = self.total
        return math.fsum(self.exposures.get(company, 0.0) for company in companies) / total if total else 0.0


class _Row(NamedTuple):
    company: str
    exposure: object  # a cell
    currency: str
    place: str


HOLDINGS_NAMES = ("holdings", "portfolio")
_MAPPINGS = (".json", ".yaml", ".yml")


def find_holdings(folder: Path) -> Path | None:
    """The file of holdings in a folder of profiles: a table named holdings, or YAML or JSON named portfolio or holdings."""
    names = [f"{HOLDINGS_NAMES[0]}{suffix}" for suffix in TABLE_SUFFIXES]
    names += [f"{stem}{suffix}" for stem in HOLDINGS_NAMES for suffix in _MAPPINGS]
    return next((path for name in names if is_holdings(path := folder / name)), None)


def is_holdings(path: Path) -> bool:
    """Whether a file has holdings instead of a profile: a table, or a mapping with `holdings`."""
    if not path.is_file():
        return False
    if is_table(str(path)):
        return True
    try:
        documents = read_documents(path) if path.suffix.lower() in _MAPPINGS else []
    except ScreenerError:
        return False
    return len(documents) == 1 and isinstance(documents[0].data, dict) and "holdings" in documents[0].data


def equal_holdings(profiles: Sequence[Profile]) -> Holdings:
    """The same weight for each company."""
    return Holdings({profile.id: 1.0 for profile in profiles}, equal=True)


def read_holdings(path: Path, profiles: Sequence[Profile]) -> Holdings:
    """The holdings in a file, of companies that have profiles. Raises DocumentError with all problems.

    A spreadsheet (CSV, Excel, Parquet) has a column `company` (its id, name, ticker or alias) and a column `exposure` or
    `weight`, and may have `currency`. A YAML or JSON file has `holdings`, a mapping of companies to exposures, and may have
    `currency`. Exposures to one company are added up.
    """
    rows = list(_table_rows(path) if is_table(str(path)) else _mapping_rows(path))
    if not rows:
        raise DocumentError(Problem("has no holdings", "give it a line for each company", str(path)))
    known = _names(profiles)
    exposures: dict[str, float] = {}
    currencies: dict[str, str] = {}
    problems = ProblemList(MOST_PROBLEMS)
    for row in rows:
        company = known.get(slug(row.company))
        amount = _amount(row.exposure)
        if company is None:
            hint = did_you_mean(slug(row.company), known, "give its profile, too, or remove the line")
            problems.append(Problem(f"no profile is of '{clean(shorten(row.company, 60))}'", hint, row.place))
        elif amount is None:
            what = f"'{clean(shorten(str(row.exposure), 40))}' is not an exposure"
            problems.append(Problem(what, "write a number of at least 0, such as 1250000 or 0.04", row.place))
        else:
            exposures[company] = exposures.get(company, 0.0) + amount
        currencies.setdefault(row.currency.strip().upper(), row.place)
    if len(currencies) > 1:
        what = f"exposures are in several currencies: {', '.join(clean(c) or 'none' for c in currencies)}"
        problems.append(Problem(what, "convert them to one", str(path)))
    if not problems and not math.fsum(exposures.values()):
        problems.append(Problem("all exposures are 0", "give an amount or a weight", str(path)))
    if problems:
        raise DocumentError(problems)
    return Holdings(exposures, next(iter(currencies)) or None)


def _names(profiles: Sequence[Profile]) -> dict[str, str]:
    """What a line may call a company; an id goes before a name, a name before an alias."""
    found: dict[str, str] = {}
    for profile in profiles:
        for name in (*profile.aliases, profile.ticker or "", profile.subject.name.zh, profile.subject.name.en):
            if slug(name):
                found[slug(name)] = profile.id
    return {**found, **{profile.id: profile.id for profile in profiles}}


def _table_rows(path: Path) -> Iterator[_Row]:
    wanted = frozenset((*COMPANY_COLUMNS, *EXPOSURE_COLUMNS))
    sheet = read_sheet(str(path), ReadOptions(as_texts=True, wanted=wanted))
    if sheet.problems:
        raise DocumentError(sheet.problems)
    columns = {str(name).strip().lower(): name for name in sheet.frame.columns}
    company = next((columns[c] for c in COMPANY_COLUMNS if c in columns), None)
    exposure = next((columns[c] for c in EXPOSURE_COLUMNS if c in columns), None)
    if company is None or exposure is None:
        missing = "company" if company is None else "exposure"
        names = COMPANY_COLUMNS if company is None else EXPOSURE_COLUMNS
        what = f"has no column '{missing}'; its columns are: {', '.join(map(clean, columns)) or 'none'}"
        raise DocumentError(Problem(what, f"name one of them {' or '.join(names)}", str(path)))
    currency = columns.get(CURRENCY_COLUMN)
    for row, cells in sheet.frame.iterrows():
        yield _Row(
            company=_text(cells[company]),
            exposure=cells[exposure],
            currency=_text(cells[currency]) if currency is not None else "",
            place=f"{path}:{row}",
        )


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else str(cell)  # NaN is not itself


def _mapping_rows(path: Path) -> Iterator[_Row]:
    documents = read_documents(path)
    data = documents[0].data if len(documents) == 1 else None
    holdings = data.get("holdings") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(holdings, dict) or set(data) - {"holdings", CURRENCY_COLUMN}:
        hint = "write `holdings:` and below it a line `company: exposure` for each, and `currency:` if they are amounts"
        raise DocumentError(Problem("is not a list of holdings", hint, str(path)))
    for company, exposure in holdings.items():
        yield _Row(str(company), exposure, str(data.get(CURRENCY_COLUMN) or ""), str(path))


def _amount(cell: object) -> float | None:
    """A number of at least 0, as a table may write it; None for anything else."""
    try:
        number = cell_number(cell, NumberNotation(thousands=","), "number").value
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
