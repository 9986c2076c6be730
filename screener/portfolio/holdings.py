"""Holdings: the exposure to each company, read from a spreadsheet, a YAML or a JSON file."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import DocumentError, Problem, ProblemList, ScreenerError
from screener.importers.table.cell_kinds import ShownNumber
from screener.importers.table.cell_text import short_text
from screener.importers.table.number_cells import CellNumber, cell_number, is_nothing
from screener.importers.table.number_notation import NumberNotation
from screener.importers.table.sample_cells import notation_of
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_sheet import ReadOptions
from screener.io.document import read_documents
from screener.io.paths import TABLE_SUFFIXES, is_table
from screener.profile.identity import spelling_key
from screener.profile.model import Profile
from screener.text import clean, did_you_mean, shorten, slug

COMPANY_COLUMNS = ("company", "id", "ticker", "name")
EXPOSURE_COLUMNS = ("exposure", "weight", "amount", "value", "market value", "position", "notional")
CURRENCY_COLUMN = "currency"
MOST_PROBLEMS = 20


class Holdings(NamedTuple):
    """The exposure to each company: an amount in `currency`, or a weight if that is None. `equal`: no exposures were
    given."""

    exposures: Mapping[str, float]
    currency: str | None = None
    equal: bool = False

    @property
    def total(self) -> float:
        """Returns the sum of all exposures."""
        return math.fsum(self.exposures.values())

    def share(self, companies: Iterable[str]) -> float:
        """Returns the share of some companies in the total exposure, 0 to 1."""
        total = self.total
        return math.fsum(self.exposures.get(company, 0.0) for company in companies) / total if total else 0.0


class _Row(NamedTuple):
    company: str
    exposure: object  # a cell
    currency: str
    place: str
    notation: NumberNotation = NumberNotation(thousands=",")


class _Amount(NamedTuple):
    """A number of at least 0, its possible currencies (none: not stated), and whether it is a percentage."""

    value: float
    currencies: frozenset[str] = frozenset()
    is_percentage: bool = False


HOLDINGS_NAMES = ("holdings", "portfolio")
_MAPPINGS = (".json", ".yaml", ".yml")


def find_holdings(folder: Path) -> Path | None:
    """Returns the file of holdings in a folder of profiles: a table named holdings, or YAML or JSON named portfolio or
    holdings."""
    names = [f"{HOLDINGS_NAMES[0]}{suffix}" for suffix in TABLE_SUFFIXES]
    names += [f"{stem}{suffix}" for stem in HOLDINGS_NAMES for suffix in _MAPPINGS]
    return next((path for name in names if is_holdings(path := folder / name)), None)


def is_holdings(path: Path) -> bool:
    """Returns whether a file has holdings instead of a profile: it is a table, or a mapping with `holdings`."""
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
    """Returns holdings with the same weight for each company."""
    return Holdings({profile.id: 1.0 for profile in profiles}, equal=True)


def read_holdings(path: Path, profiles: Sequence[Profile]) -> Holdings:
    """Reads the holdings in a file, of companies that have profiles. Raises DocumentError with all problems.

    A spreadsheet (CSV, Excel, Parquet) has a column `company` (its id, name, ticker or alias) and a column `exposure` or
    `weight`, and may have `currency`. A YAML or JSON file has `holdings`, a mapping of companies to exposures, and may have
    `currency`. A cell may also state its currency, or be a percentage if all are. Exposures to one company are added up.
    """
    rows = list(_table_rows(path) if is_table(str(path)) else _mapping_rows(path))
    if not rows:
        raise DocumentError(Problem("has no holdings", "give it a line for each company", str(path)))
    known = _names(profiles)
    exposures: dict[str, float] = {}
    amounts: list[_Amount] = []
    problems = ProblemList(MOST_PROBLEMS)
    for row in rows:
        company = known.get(slug(row.company)) or known.get(spelling_key(slug(row.company)))
        if company is None:
            hint = did_you_mean(slug(row.company), known, "give its profile, too, or remove the line")
            problems.append(Problem(f"no profile is of '{clean(shorten(row.company, 60))}'", hint, row.place))
            continue
        try:
            amounts.append(_amount(row))
        except ValueError as error:
            problems.append(Problem(str(error), "write a number of at least 0, such as 1250000 or 0.04", row.place))
        else:
            exposures[company] = exposures.get(company, 0.0) + amounts[-1].value
    currency = _common_currency(amounts, problems, str(path))
    if len({amount.is_percentage for amount in amounts}) > 1:
        problems.append(Problem("some exposures are percentages, others are not", "write all in one way", str(path)))
    if not problems and not math.fsum(exposures.values()):
        problems.append(Problem("all exposures are 0", "give an amount or a weight", str(path)))
    if problems:
        raise DocumentError(problems)
    return Holdings(exposures, currency)


def _common_currency(amounts: Sequence[_Amount], problems: ProblemList, place: str) -> str | None:
    """Returns the currency of all amounts; None if none is stated. Amounts in several currencies, or only some with
    one, are a problem."""
    stated = list(dict.fromkeys(amount.currencies for amount in amounts))
    if not any(stated):
        return None
    common = frozenset.intersection(*stated)
    if not common:
        shown = ", ".join("/".join(map(clean, sorted(currencies))) or "none" for currencies in stated)
        problems.append(Problem(f"exposures are in several currencies: {shown}", "convert them to one", place))
        return None
    if len(common) > 1:
        hint = f"add a column {CURRENCY_COLUMN}"
        problems.append(Problem(f"the currency may be any of {', '.join(sorted(common))}", hint, place))
    return min(common)


def _names(profiles: Sequence[Profile]) -> dict[str, str]:
    """Returns the names by which a line may refer to a company: the id first, then the name, an alias, another
    spelling."""
    found: dict[str, str] = {}
    for profile in profiles:
        for name in (*profile.aliases, profile.ticker or "", profile.subject.name.zh, profile.subject.name.en):
            if slug(name):
                found[slug(name)] = profile.id
    found.update({profile.id: profile.id for profile in profiles})
    spelled: dict[str, set[str]] = {}
    for name, company in found.items():
        spelled.setdefault(spelling_key(name), set()).add(company)
    return {**{key: next(iter(ids)) for key, ids in spelled.items() if len(ids) == 1}, **found}


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
    notation = notation_of(sheet.frame[[exposure]], sheet.dialect.delimiter if sheet.dialect else None)
    notation = notation._replace(thousands=notation.thousands or (None if notation.decimal == "," else ","))
    for row, cells in sheet.frame.iterrows():
        yield _Row(
            company=_text(cells[company]),
            exposure=cells[exposure],
            currency=_text(cells[currency]) if currency is not None else "",
            place=f"{path}:{row}",
            notation=notation,
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


def _amount(row: _Row) -> _Amount:
    """Returns the exposure that a line states. Raises ValueError if it is not a number of at least 0."""
    cell = row.exposure
    if cell is None or cell != cell or is_nothing(cell):  # NaN is not itself
        raise ValueError("there is no exposure")
    is_percentage = (isinstance(cell, ShownNumber) and cell.percent) or str(cell).rstrip().endswith(("%", "％"))
    try:
        number = cell_number(cell, row.notation, "fraction" if is_percentage else "money")
    except ValueError:
        number = CellNumber(math.nan)
    if not (math.isfinite(number.value) and number.value >= 0):
        raise ValueError(f"'{clean(short_text(cell))}' is not an exposure")
    stated = row.currency.strip().upper()
    currencies = frozenset(number.currencies)
    if stated and currencies and stated not in currencies:
        raise ValueError(f"'{clean(short_text(cell))}' is not in {clean(shorten(stated, 20))}")
    return _Amount(number.value, frozenset([stated]) if stated else currencies, is_percentage)
