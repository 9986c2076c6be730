"""Compares a company with others: ranks, percentiles and quartiles of the score, key figures and ratios.

Only values that are known exactly are compared; money is compared with amounts in the same currency. The order in which
companies are added does not matter.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple

from screener.profile.catalogue import Catalogue
from screener.result.model import ResultDocument
from screener.result.peer_records import SCORE, Measure, NamedPeer, PeerComparison, PeerStanding, RelatedCompany
from screener.result.red_flags import has_critical_flag
from screener.text import Text
from screener.vocabulary import Verdict

LEAST_PEERS = 5  # least number of companies with a known value for a rank among them
MOST_NAMED = 3  # greatest number of peers shown by name


class PeerRecord(NamedTuple):
    """The values of a company that comparisons need; `values` are by measure key (`measure_key`)."""

    id: str
    name: Text
    ticker: str | None
    sector: str | None
    values: tuple[tuple[str, float], ...]
    verdict: Verdict = Verdict.INSUFFICIENT_DATA
    ties: tuple[tuple[str, str], ...] = ()  # the companies that it depends on, and the kinds of dependency
    critical: bool = False  # whether a critical red flag counts against it


def peer_record(result: ResultDocument) -> PeerRecord:
    """Returns the record of a result. A withheld score counts as missing."""
    company, score = result.company, result.score.value
    known = [] if result.verdict.word.withholds_score else [(SCORE, score)]
    known += [(measure_key(m.name, m.currency), m.value) for m in result.measures if _is_comparable(m)]
    return PeerRecord(
        id=company.id,
        name=company.name,
        ticker=company.ticker,
        sector=company.sector,
        values=tuple(known),
        verdict=result.verdict.word,
        ties=tuple((tie.party, tie.how) for tie in result.ties),
        critical=has_critical_flag(result.findings),
    )


def measure_key(name: str, currency: str | None) -> str:
    """Returns the key under which values are compared; amounts have one key for each currency."""
    return f"{name} {currency}" if currency else name


def _is_comparable(measure: Measure) -> bool:
    return measure.unit != "money" or measure.currency is not None


class PeerPopulation:
    """Companies to compare others with: those of a run, or of a `table` with this name, identified by the `digest` of
    its content."""

    def __init__(self, catalogue: Catalogue, table: str | None = None, digest: str = "") -> None:
        self.catalogue, self.table, self.digest = catalogue, table, digest
        self._places: dict[str, int] = {}  # id -> place
        self._sectors: list[str | None] = []
        self._columns: dict[str, array[float]] = {}  # by key, one value per company; NaN if unknown
        self._named: dict[str, PeerRecord] = {}
        self._of_sector: defaultdict[str | None, list[tuple[str, int]]] = defaultdict(list)  # id, ratios as bits
        self._bits: dict[str, int] = {}  # by ratio
        self._sorted: dict[tuple[str, str | None], array[float]] = {}

    def __len__(self) -> int:
        return len(self._sectors)

    def add(self, record: PeerRecord) -> None:
        """Adds a company; of several with the same id, the first is used."""
        if record.id in self._places:
            return
        if self.table is None:
            self._named[record.id] = record
            self._of_sector[record.sector].append((record.id, self._ratio_bits(record)))
        self.add_row(record.id, record.sector, record.values)

    def add_row(self, id_: str, sector: str | None, values: Iterable[tuple[str, float]]) -> None:
        """Adds a company that is never shown by name."""
        if id_ in self._places:
            return
        place = self._places[id_] = len(self._sectors)
        self._sectors.append(sector)
        for key, value in values:
            column = self._columns.setdefault(key, array("d"))
            column.extend([math.nan] * (place - len(column)))
            column.append(value)
        self._sorted.clear()

    def compare(self, own: PeerRecord) -> PeerComparison | None:
        """Returns the comparison of a company with all others of the population; None if there are no others."""
        place = self._places.get(own.id)
        others = len(self) - (place is not None)
        if not others:
            return None
        standings = []
        for key, value in own.values:
            for sector in self._groups(own.sector, key, place):
                standings.append(self._standing(key, value, sector, self._others(key, sector, place)))
        return PeerComparison(
            of="run" if self.table is None else "table",
            table=self.table,
            companies=others,
            standings=tuple(standings),
            named=tuple(self._nearest(own)),
            related=self._related(own),
        )

    def _related(self, own: PeerRecord) -> tuple[RelatedCompany, ...]:
        """Returns the companies of the run that a company depends on, the worst verdicts first."""
        roles: dict[str, list[str]] = {}
        for party, how in own.ties:
            if party in self._named and party != own.id:
                roles.setdefault(party, []).append(how)
        found = [(self._named[party], tuple(how)) for party, how in roles.items()]
        found.sort(key=lambda f: (f[0].verdict.rank, f[0].id))
        return tuple(RelatedCompany(peer.id, peer.name, how, peer.verdict, peer.critical) for peer, how in found)

    def _groups(self, sector: str | None, key: str, place: int | None) -> Iterator[str | None]:
        """Yields the groups with enough peers: all companies (None), and the narrowest sector of the company, unless it
        contains all."""
        everybody = len(self._others(key, None, place))
        if everybody >= LEAST_PEERS:
            yield None
        for wider in self.catalogue.ancestry(sector) if sector is not None else ():
            if everybody > len(self._others(key, wider, place)) >= LEAST_PEERS:
                yield wider
                return

    def _others(self, key: str, sector: str | None, place: int | None) -> "_OtherValues":
        """Returns the known values of a group, without that of the company itself."""
        if (key, sector) not in self._sorted:
            within = None if sector is None else self.catalogue.below(sector)
            column = self._columns.get(key, ())
            known = (
                value
                for value, own in zip(column, self._sectors, strict=False)
                if not math.isnan(value) and (within is None or own in within)
            )
            self._sorted[key, sector] = array("d", sorted(known))
        values = self._sorted[key, sector]
        column = self._columns.get(key, array("d"))
        own_value = column[place] if place is not None and place < len(column) else math.nan
        if place is None or math.isnan(own_value):
            return _OtherValues(values, None)
        if sector is not None and self._sectors[place] not in self.catalogue.below(sector):
            return _OtherValues(values, None)
        return _OtherValues(values, bisect_left(values, own_value))

    def _standing(self, key: str, value: float, sector: str | None, others: "_OtherValues") -> PeerStanding:
        name = key.partition(" ")[0]
        worse = "high" if name == SCORE else self.catalogue.claimable[name].worse
        less, equal = others.below(value), others.equal_to(value)
        count = len(others)
        better = count - less - equal if worse == "low" else less
        return PeerStanding(
            measure=name,
            sector=sector,
            sector_title=self.catalogue.sectors[sector].title if sector is not None else None,
            peers=count,
            rank=1 + count - better - equal,
            percentile=round(100 * (better + equal / 2) / count, 1),
            low=others.quantile(0.25),
            median=others.quantile(0.5),
            high=others.quantile(0.75),
        )

    def _nearest(self, own: PeerRecord) -> Iterator[NamedPeer]:
        """Returns the peers of the nearest sectors; among these, those that share most ratios with the company."""
        line = self.catalogue.ancestry(own.sector) if own.sector is not None else ()

        def distance(sector: str | None) -> int:
            above = self.catalogue.ancestry(sector) if sector is not None else ()
            return next((steps for steps, wider in enumerate(line) if wider in above), len(line))

        at_distance: defaultdict[int, list[str | None]] = defaultdict(list)
        for sector in self._of_sector:
            at_distance[distance(sector)].append(sector)
        ratios = self._ratio_bits(own)
        found: list[str] = []
        for _, sectors in sorted(at_distance.items(), key=itemgetter(0)):
            sharing = (
                (-(ratios & bits).bit_count(), id_)
                for sector in sectors
                for id_, bits in self._of_sector[sector]
                if ratios & bits and id_ != own.id
            )
            found += (id_ for _, id_ in nsmallest(MOST_NAMED - len(found), sharing))
            if len(found) == MOST_NAMED:
                break
        shown = {SCORE, *(key for key, _ in own.values if _is_ratio(key))}
        for id_ in found:
            peer = self._named[id_]
            kept = tuple((key, value) for key, value in sorted(peer.values) if key in shown)
            yield NamedPeer(peer.id, peer.name, peer.ticker, kept)

    def _ratio_bits(self, record: PeerRecord) -> int:
        """Returns the ratios for which a company has a value, as a bit mask."""
        found = 0
        for key, _ in record.values:
            if _is_ratio(key):
                found |= self._bits.setdefault(key, 1 << len(self._bits))
        return found


def _is_ratio(key: str) -> bool:
    """Returns whether a value is neither the score nor an amount in a currency."""
    return key != SCORE and " " not in key


class _OtherValues(NamedTuple):
    """Sorted values, of which the one at the place `own` (None: none) is ignored."""

    values: Sequence[float]
    own: int | None

    def __len__(self) -> int:
        return len(self.values) - (self.own is not None)

    def below(self, value: float) -> int:
        """Returns the number of values below a value."""
        found = bisect_left(self.values, value)
        return found - (self.own is not None and self.own < found)

    def equal_to(self, value: float) -> int:
        """Returns the number of values equal to a value."""
        start, end = bisect_left(self.values, value), bisect_right(self.values, value)
        return end - start - (self.own is not None and start <= self.own < end)

    def quantile(self, share: float) -> float:
        """Returns the interpolated quantile: the value below which a share of the values lies."""
        at = share * (len(self) - 1)
        low, part = int(at), at - int(at)
        first = self._at(low)
        return first if not part else first + (self._at(low + 1) - first) * part

    def _at(self, place: int) -> float:
        return self.values[place + (self.own is not None and place >= self.own)]
