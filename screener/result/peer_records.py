"""The parts of a result that compare a company with others, and with its own earlier years."""

from typing import Annotated, Literal, NamedTuple

from screener.profile.catalogue import Worse
from screener.result.record_format import Between, OneOf
from screener.text import Text
from screener.units import UNITS
from screener.vocabulary import Verdict

SCORE = "score"
"""The measure that is the risk score."""

MeasureUnit = Annotated[str, OneOf(UNITS)]


class Measure(NamedTuple):
    """A figure or ratio that is compared with peers and with the company's earlier years. It is known exactly, or not at all."""

    name: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure or metric"]
    unit: Annotated[MeasureUnit, "unit of the values"]
    currency: Annotated[str | None, "currency of an amount of money"]
    worse: Annotated[Worse, "which value is the worse one"]
    value: Annotated[float, "the latest value"]
    period: Annotated[str | None, "its period, as the profile writes it"]
    years: Annotated[int, "number of years of which the value is known, with the latest; at most five"]
    own_rank: Annotated[
        int | None,
        "place of the latest value among those years, 1 for the worst (where neither is worse: the highest); "
        "null where fewer than three are known",
    ]


class PeerStanding(NamedTuple):
    """The rank of one value of the company among those of its peers, which do not include the company itself."""

    measure: Annotated[str, "name of the measure; score: the risk score"]
    sector: Annotated[str | None, "id of the sector of the peers; null: all of them"]
    sector_title: Annotated[Text | None, "title of that sector"]
    peers: Annotated[int, "number of peers of which the value is known"]
    rank: Annotated[int, "1: no peer has a worse value (where neither is worse: a higher one)"]
    percentile: Annotated[
        float, Between(0, 100), "share of the peers with a better value, in per cent; ties count half"
    ]
    low: Annotated[float, "first quartile of the peers"]
    median: Annotated[float, "median of the peers"]
    high: Annotated[float, "third quartile of the peers"]


class NamedPeer(NamedTuple):
    """A peer by name, with those of its values that are known."""

    id: Annotated[str, "company id"]
    name: Annotated[Text, "name of the company"]
    ticker: Annotated[str | None, "ticker of the company"]
    values: Annotated[tuple[tuple[str, float], ...], "measure and value"]


class RelatedCompany(NamedTuple):
    """A company of the same run on which this one depends, with its verdict."""

    id: Annotated[str, "company id"]
    name: Annotated[Text, "name of the company"]
    how: Annotated[tuple[str, ...], "customer, supplier, channel, funder, payer"]
    verdict: Annotated[Verdict, "verdict on the company"]
    critical: Annotated[bool, "whether a critical red flag counts against it"] = False


class PeerComparison(NamedTuple):
    """The comparison of the company with its peers."""

    of: Annotated[Literal["run", "table"], "run: the companies that were screened together; table: those of a table"]
    table: Annotated[str | None, "name of the table"]
    companies: Annotated[int, "number of other companies"]
    standings: Annotated[
        tuple[PeerStanding, ...],
        "among all peers, and among those of the sector; only where at least five peers have a known value",
    ]
    named: Annotated[tuple[NamedPeer, ...], "peers that are shown by name, the nearest first"]
    related: Annotated[
        tuple[RelatedCompany, ...], "companies of the run that it depends on, the worst verdicts first"
    ] = ()
