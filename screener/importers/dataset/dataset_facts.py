"""Reads the facts of data sets filer by filer, in bounded memory.

num.txt holds the facts of all filers in any order, and may be larger than memory. Filers are put into groups by their number
(CIK); the facts that profiles need are written to one temporary file for each group, and these are read back one at a time.
"""

import calendar
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from screener.errors import Problem
from screener.importers.dataset.dataset_files import DatasetFiles, DatasetProblems, rows
from screener.importers.sec.companyfacts import CURRENCY, SHARES, Span, TaggedFact
from screener.importers.sec.filing_days import filing_day
from screener.importers.sec.tags import Forms
from screener.text import clean, shorten, whole_number

GROUP = 200  # number of filers whose facts are in memory together
MOST_GROUPS = 200  # number of temporary files that are open at once
_TAXONOMIES = {"ifrs": "ifrs-full"}
_NOTHING = ("", "0x00000000")


class SubmittedFiling(NamedTuple):
    """One row of sub.txt: a filing that was submitted to the SEC."""

    accession: str
    cik: int
    name: str
    form: str
    filed: date
    sic: str


class ShareFact(NamedTuple):
    """A fraction with dimensions (axis -> member, both without prefix), such as a customer's share of revenue."""

    concept: str
    span: Span
    value: float
    dimensions: tuple[tuple[str, str], ...]


class DatasetFiler(NamedTuple):
    """A filer with its filings, and their facts by accession number."""

    cik: int
    filings: tuple[SubmittedFiling, ...]
    facts: dict[str, list[TaggedFact]]
    shares: dict[str, list[ShareFact]]


class WantedFacts(NamedTuple):
    """Selects the facts to keep.

    `plain` holds TAXONOMY:TAG of facts without dimensions; `fractions` the tags (without taxonomy), and `axis` the axis, of
    fractions with dimensions.
    """

    plain: Container[str]
    fractions: frozenset[str]
    axis: str


class DatasetReader:
    """Reads the filers of data sets. `problems` holds the invalid rows once `staged` has read all facts."""

    def __init__(self, datasets: Sequence[DatasetFiles], forms: Forms, as_of: date | None = None) -> None:
        self.datasets, self.forms, self.as_of = datasets, forms, as_of
        self.problems = DatasetProblems()
        self.filings: dict[str, SubmittedFiling] = {}
        for files in datasets:
            self._read_filings(files)
        self.ciks = sorted({filing.cik for filing in self.filings.values()})

    @property
    def bytes(self) -> int:
        """The size of all tables of facts in bytes, unpacked."""
        return sum(files.num.size for files in self.datasets)

    def _read_filings(self, files: DatasetFiles) -> None:
        for line, (accession, cik, name, form, filed, sic) in rows(files.sub, "sub", ("sic",), self.problems):
            day = _day(filed)
            if whole_number(cik) is None or day is None or not accession:
                what = f"is not a filing: '{shorten(clean(accession), 30)}' of '{clean(cik)[:20]}' on '{clean(filed)[:20]}'"
                self.problems.add(Problem(what, "adsh, cik and filed (YYYYMMDD) are needed", files.sub.name, line))
            elif self.forms.part(form) is not None and (self.as_of is None or day <= self.as_of):
                self.filings[accession] = SubmittedFiling(
                    accession=accession, cik=int(cik), name=clean(name), form=form, filed=day, sic=sic.partition(".")[0]
                )

    @contextmanager
    def staged(
        self, wanted: WantedFacts, progress: Callable[[int], None] = lambda amount: None
    ) -> Iterator[Iterator[DatasetFiler]]:
        """Reads all facts once, and yields the filers with at least one fact in the order of their numbers (CIK).

        `progress` is called with the number of bytes that were read since its last call. Temporary files are removed at the
        end.
        """
        size = max(GROUP, -(-len(self.ciks) // MOST_GROUPS))
        group_of = {cik: place // size for place, cik in enumerate(self.ciks)}
        with TemporaryDirectory(prefix="screener-") as folder:
            paths = [Path(folder) / f"{n}" for n in range(len(set(group_of.values())))]
            with ExitStack() as stack:
                files = [stack.enter_context(path.open("w", encoding="utf-8", newline="\n")) for path in paths]
                for dataset in self.datasets:
                    for filing, line in self._kept(dataset, wanted, progress):
                        files[group_of[filing.cik]].write(line)
            yield (filer for path in paths for filer in self._group(path))

    def _kept(
        self, files: DatasetFiles, wanted: WantedFacts, progress: Callable[[int], None]
    ) -> Iterator[tuple[SubmittedFiling, str]]:
        """Yields each fact to keep, as its filing and its line of the temporary file."""
        custom = _custom_numbers(files, self.problems)
        dimensions = _dimensions(files, wanted.axis, self.problems)
        optional = ("segments", "coreg", "dimh", "iprx")
        for place, cells in rows(files.num, "num", optional, self.problems, progress):
            accession, tag, version, end, quarters, unit, value, segments, coregistrant, dimension, repeat = cells
            filing = self.filings.get(accession)
            if filing is None or coregistrant or repeat not in ("", "0") or not value:
                continue
            taxonomy = version.partition("/")[0]
            own = version == accession
            name = f"{'own' if own else _TAXONOMIES.get(taxonomy, taxonomy)}:{tag}"
            plain = not segments and dimension in _NOTHING
            if plain:
                if name not in wanted.plain or (own and custom is not None and tag not in custom):
                    continue
            elif tag not in wanted.fractions or not (segments := segments or dimensions.get(dimension, "")):
                continue
            if plain or wanted.axis in segments:
                if self._is_fact(end, quarters, value):
                    yield filing, "\t".join((accession, name, unit, end, quarters, value, segments)) + "\n"
                else:
                    what = f"is not a fact: value '{clean(value)[:30]}', ddate '{clean(end)[:20]}', qtrs '{clean(quarters)[:10]}'"
                    hint = "value is a number, ddate a day YYYYMMDD, qtrs a number of quarters"
                    self.problems.add(Problem(what, hint, files.num.name, place))

    @staticmethod
    def _is_fact(end: str, quarters: str, value: str) -> bool:
        try:
            number = float(value)
        except ValueError:
            return False
        day, many = _day(end), whole_number(quarters)
        return day is not None and many is not None and many <= 40 and abs(number) < 1e30

    def _group(self, path: Path) -> Iterator[DatasetFiler]:
        """Yields the filers of one temporary file."""
        facts: dict[str, list[TaggedFact]] = {}
        shares: dict[str, list[ShareFact]] = {}
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                accession, name, unit, end, quarters, value, segments = line.rstrip("\n").split("\t")
                span = _span(end, int(quarters))
                if segments:
                    stated = ShareFact(name.partition(":")[2], span, float(value), _axes(segments))
                    shares.setdefault(accession, []).append(stated)
                elif unit == SHARES or CURRENCY.match(unit):
                    facts.setdefault(accession, []).append(TaggedFact(name, unit, span, float(value)))
        filings = sorted((self.filings[a] for a in facts), key=lambda f: (f.cik, f.filed, f.accession))
        for cik, own in groupby(filings, key=lambda f: f.cik):
            yield DatasetFiler(cik, tuple(own), facts, shares)


def _custom_numbers(files: DatasetFiles, problems: DatasetProblems) -> frozenset[str] | None:
    """Returns the companies' own tags for amounts of money; None if there is no table of tags."""
    if files.tag is None:
        return None
    listed = rows(files.tag, "tag", (), problems)
    return frozenset(tag for _, (tag, _, custom, kind) in listed if custom == "1" and kind in ("monetary", ""))


def _dimensions(files: DatasetFiles, axis: str, problems: DatasetProblems) -> dict[str, str]:
    """Returns hash -> segments for the dimensions that contain an axis."""
    if files.dim is None:
        return {}
    return {key: text for _, (key, text) in rows(files.dim, "dim", (), problems) if axis in text}


def _axes(segments: str) -> tuple[tuple[str, str], ...]:
    """Splits segments such as MajorCustomers=DellInc;ConcentrationRiskByBenchmark=SalesRevenueNet into axes and members."""
    found = []
    for part in segments.replace(",", ";").split(";"):
        axis, _, member = part.replace("=", "/", 1).partition("/")
        if member:
            found.append((local_name(axis, "Axis"), local_name(member, "Member")))
    return tuple(found)


def local_name(name: str, ending: str) -> str:
    """Returns the name of an axis or a member without its prefix and a given ending."""
    return name.strip().rpartition(":")[2].removesuffix(ending)


def _day(text: str) -> date | None:
    """Reads a day from YYYYMMDD; None if it is invalid."""
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return filing_day(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return None


def _span(end: str, quarters: int) -> Span:
    """Returns the span of a number of quarters that ends on a day; 0 gives an instant.

    Data sets round days to the ends of months.
    """
    last = date(int(end[:4]), int(end[4:6]), int(end[6:]))
    if not quarters:
        return None, last
    months = last.year * 12 + last.month - 1 - 3 * quarters
    year, month = divmod(months, 12)
    day = min(last.day, calendar.monthrange(year, month + 1)[1])
    if last.day == calendar.monthrange(last.year, last.month)[1]:
        day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, day) + timedelta(1), last
