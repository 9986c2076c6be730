"""The facts of a data set, filer by filer: streamed once into files of some filers each, then read back one file at a time.

num.txt holds the facts of all filers in any order, and may be larger than memory. Filers are put into groups by their number;
the facts that profiles need go into one temporary file a group, of which each is read as a whole.
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
from screener.importers.sec.tags import Forms
from screener.text import clean, shorten, whole_number

GROUP = 200  # filers of which the facts are in memory together
MOST_GROUPS = 200  # files that are open at once
_TAXONOMIES = {"ifrs": "ifrs-full"}
_NOTHING = ("", "0x00000000")
_FIRST_YEAR = 1900  # of a fact


class SubmittedFiling(NamedTuple):
    """One row of sub.txt."""

    accession: str
    cik: int
    name: str
    form: str
    filed: date
    sic: str


class ShareFact(NamedTuple):
    """A fraction with dimensions: axis -> member, both without prefix."""

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
    """Which facts are kept: TAXONOMY:TAG of plain ones, tags (without taxonomy) and the axis of fractions with dimensions."""

    plain: Container[str]
    fractions: frozenset[str]
    axis: str


class DatasetReader:
    """The filers of data sets. `problems` holds the rows that could not be read, once they are staged."""

    def __init__(self, datasets: Sequence[DatasetFiles], forms: Forms, as_of: date | None = None) -> None:
        self.datasets, self.forms, self.as_of = datasets, forms, as_of
        self.problems = DatasetProblems()
        self.filings: dict[str, SubmittedFiling] = {}
        for files in datasets:
            self._read_filings(files)
        self.ciks = sorted({filing.cik for filing in self.filings.values()})

    @property
    def bytes(self) -> int:
        """The size of all facts."""
        return sum(files.num.size for files in self.datasets)

    def _read_filings(self, files: DatasetFiles) -> None:
        for line, (accession, cik, name, form, filed, sic) in rows(files.sub, "sub", ("sic",), self.problems):
            day = _day(filed)
            if whole_number(cik) is None or day is None or not accession:
                what = (
                    f"is no filing: '{shorten(clean(accession), 30)}' of '{clean(cik)[:20]}' on '{clean(filed)[:20]}'"
                )
                self.problems.add(Problem(what, "adsh, cik and filed (YYYYMMDD) are needed", files.sub.name, line))
            elif self.forms.part(form) is not None and (self.as_of is None or day <= self.as_of):
                self.filings[accession] = SubmittedFiling(
                    accession=accession, cik=int(cik), name=clean(name), form=form, filed=day, sic=sic.partition(".")[0]
                )

    @contextmanager
    def staged(
        self, wanted: WantedFacts, progress: Callable[[int], None] = lambda amount: None
    ) -> Iterator[Iterator[DatasetFiler]]:
        """Reads all facts once, and yields the filers that state something, by their number.

        `progress` is called with the bytes of facts that are read. The temporary files are gone at the end.
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
        """The filing and the line of each fact that is kept."""
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
                    what = f"is no fact: value '{clean(value)[:30]}', ddate '{clean(end)[:20]}', qtrs '{clean(quarters)[:10]}'"
                    hint = "value is a number, ddate a day YYYYMMDD, qtrs a number of quarters"
                    self.problems.add(Problem(what, hint, files.num.name, place))

    @staticmethod
    def _is_fact(end: str, quarters: str, value: str) -> bool:
        try:
            number = float(value)
        except ValueError:
            return False
        day, many = _day(end), whole_number(quarters)
        return day is not None and day.year >= _FIRST_YEAR and many is not None and many <= 40 and abs(number) < 1e30

    def _group(self, path: Path) -> Iterator[DatasetFiler]:
        """The filers of one group."""
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
    """The companies' own tags of amounts of money, where the table of tags is there."""
    if files.tag is None:
        return None
    listed = rows(files.tag, "tag", (), problems)
    return frozenset(tag for _, (tag, _, custom, kind) in listed if custom == "1" and kind in ("monetary", ""))


def _dimensions(files: DatasetFiles, axis: str, problems: DatasetProblems) -> dict[str, str]:
    """Hash -> segments, of dimensions with an axis."""
    if files.dim is None:
        return {}
    return {key: text for _, (key, text) in rows(files.dim, "dim", (), problems) if axis in text}


def _axes(segments: str) -> tuple[tuple[str, str], ...]:
    """Axis and member of each part of a text such as MajorCustomers=DellInc;ConcentrationRiskByBenchmark=SalesRevenueNet."""
    found = []
    for part in segments.replace(",", ";").split(";"):
        axis, _, member = part.replace("=", "/", 1).partition("/")
        if member:
            found.append((local_name(axis, "Axis"), local_name(member, "Member")))
    return tuple(found)


def local_name(name: str, ending: str) -> str:
    """The name of an axis or a member without its prefix and its ending."""
    return name.strip().rpartition(":")[2].removesuffix(ending)


def _day(text: str) -> date | None:
    """The day that YYYYMMDD names."""
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _span(end: str, quarters: int) -> Span:
    """The span of so many quarters that ends with a day; days are rounded to ends of months in the data sets."""
    last = date(int(end[:4]), int(end[4:6]), int(end[6:]))
    if not quarters:
        return None, last
    months = last.year * 12 + last.month - 1 - 3 * quarters
    year, month = divmod(months, 12)
    day = min(last.day, calendar.monthrange(year, month + 1)[1])
    if last.day == calendar.monthrange(last.year, last.month)[1]:
        day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, day) + timedelta(1), last
