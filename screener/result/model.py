"""The result of screening one company: a document of its own, from which every output is rendered.

Named tuples with JSON-able fields: ten times quicker to import than frozen dataclasses (docs/adr/0003-start-up.md).
`to_dict` gives the documented form `screener/result/1` (docs/result.md).
Numbers that are not exactly known are intervals; in JSON a point is a number, anything else `{"low": …, "high": …}`.
"""

from typing import Annotated, Any, Literal, NamedTuple

from screener.expression.interval import Interval
from screener.result.field_types import CompanyId, UnitName, Value
from screener.result.finding_records import ClaimLine, Conflict, Evidence, Finding, OpenInput
from screener.result.peer_records import Measure, PeerComparison
from screener.result.verdict_records import (
    CompanyVerdict,
    Counterfactuals,
    Coverage,
    FailureRate,
    Score,
    VerdictBasis,
    WaterfallStep,
)
from screener.text import Text
from screener.vocabulary import ClaimKind

SCHEMA = "screener/result/1"


class FlowLine(NamedTuple):
    """A payment from one company to another."""

    payer: Annotated[str, "company id"]
    payee: Annotated[str, "company id"]
    what: Annotated[str, "invests, lends, commits or buys; empty if unknown"]
    amount: Annotated[Interval | None, "amount; null if unknown"]
    binding: Annotated[bool | None, "whether it is binding; null if unknown"]
    loop: Annotated[bool, "whether it is part of a loop"]
    source: Annotated[str | None, "key in `sources`"]


class LoopLine(NamedTuple):
    """A loop of money: company ids in the order of payment, and its weakest link."""

    members: Annotated[tuple[str, ...], "company ids in the order of payment"]
    weakest: Annotated[int, "index in `members`: the link from that member to the next"]


class CompanyDependency(NamedTuple):
    """Another company on which the screened one depends, and in which role."""

    party: Annotated[str, "company id"]
    how: Annotated[
        str, "customer, supplier, channel, funder; payer: pays the company without being listed as customer or funder"
    ]


class SourceLine(NamedTuple):
    """A source that the profile names."""

    key: Annotated[str, "key of the source"]
    title: Annotated[Text, "title of the source"]
    kind: Annotated[ClaimKind, "kind of the source"]
    publisher: Annotated[str | None, "who published it"]
    date: Annotated[str | None, "day of publication"]
    url: Annotated[str | None, "address"]
    figures: Annotated[int, "number of figures and relation fields taken from it"]


class Company(NamedTuple):
    """The screened company."""

    id: CompanyId
    name: Annotated[Text, "name of the company"]
    ticker: Annotated[str | None, "ticker"]
    sector: Annotated[str | None, "id of the sector"]
    sector_title: Annotated[Text | None, "title of the sector"]
    as_of: Annotated[str | None, "the day of the profile"]
    currency: Annotated[str | None, "currency of amounts"]
    summary: Annotated[Text | None, "what the company does"]
    aliases: Annotated[tuple[str, ...], "other names"]


class RuleSource(NamedTuple):
    """Where a part of the rules comes from."""

    part: Annotated[Literal["pack", "rules", "settings"], "a pack, a file that was added to the packs, or settings"]
    name: Annotated[str, "name of the pack or file"]
    origin: Annotated[
        Literal["built-in", "installed", "folder", "file"], "where it was found; installed: in a Python package"
    ]
    path: Annotated[str | None, "path of the folder or file; null for others"]


class Pack(NamedTuple):
    """The rules that were used; the digest covers rules, catalogue, verdict table and parameters."""

    name: Annotated[str, "names of the packs"]
    version: Annotated[str, "their versions"]
    digest: Annotated[str, "digest of rules, catalogue, verdict table and parameters"]
    rules: Annotated[int, "number of rules"]
    origins: Annotated[tuple[RuleSource, ...], "where they come from: packs, added files, settings"] = ()


class Assumption(NamedTuple):
    """A figure that was assumed instead of the claims (what if)."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    value: Annotated[Value, "the assumed value"]
    unit: Annotated[UnitName, "unit of the figure"]
    currency: Annotated[str | None, "currency of an amount of money"]
    company: Annotated[Text, "the company whose figure it is"]


class GivenList(NamedTuple):
    """A list of relations that the profile gives."""

    list: Annotated[str, "customers, flows and so on"]
    title: Annotated[Text, "title of its members"]
    company: Annotated[Text, "the company whose list it is"]
    members: Annotated[int, "number of members"]
    complete: Annotated[bool, "whether these are all members"]


class PeriodValue(NamedTuple):
    """A figure in one period."""

    period: Annotated[str | None, "the period, as the profile writes it"]
    end: Annotated[str | None, "its last day; null where no period is named"]
    value: Value
    kind: Annotated[ClaimKind, "kind of the source; computed: by a formula"]
    source: Annotated[str | None, "key in `sources`"]


class FigureSeries(NamedTuple):
    """A figure or ratio of the company over its latest periods."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    unit: UnitName
    currency: Annotated[str | None, "currency of an amount of money"]
    periods: Annotated[tuple[PeriodValue, ...], "the latest first; periods of the same length, without gaps"]


class ResultDocument(NamedTuple):
    """The complete result of screening one company."""

    company: Company
    verdict: CompanyVerdict
    score: Score
    coverage: Coverage
    findings: Annotated[tuple[Finding, ...], "one for each rule: fired ones first, the worst first"]
    inputs: Annotated[tuple[OpenInput, ...], "what to find out, the most useful first"]
    conflicts: Annotated[tuple[Conflict, ...], "figures whose sources disagree"]
    flows: Annotated[tuple[FlowLine, ...], "payments between companies"]
    loops: Annotated[tuple[LoopLine, ...], "loops of payments that the company is part of"]
    companies: Annotated[tuple[tuple[str, Text], ...], "id and name of every company named in the result"]
    waterfall: Annotated[tuple[WaterfallStep, ...], "the steps from 0 to the score"]
    sources: Annotated[tuple[SourceLine, ...], "the sources of the profile"]
    kinds: Annotated[tuple[tuple[ClaimKind, int], ...], "number of figures and fields by kind of source"]
    ignored: Annotated[
        tuple[tuple[str, ClaimLine], ...], "claims that are not used, each with its figure and the reason"
    ]
    notes: Annotated[tuple[Text, ...], "remarks for the reader, such as a missing date or currency"]
    pack: Annotated[Pack, "the rules that were used"]
    profile_digest: Annotated[str, "digest of the text of the profile"]
    version: Annotated[str, "version of screener"]
    calibration: Annotated[
        FailureRate | None, "failure rate of companies with such a score, from a pack with a calibration"
    ] = None
    assumed: Annotated[tuple[Assumption, ...], "figures assumed on the command line"] = ()
    facts: Annotated[
        tuple[Evidence, ...],
        "everything that is known of the company and of those that its profile names",
    ] = ()
    lists: Annotated[tuple[GivenList, ...], "the lists of relations in the profile"] = ()
    ties: Annotated[tuple[CompanyDependency, ...], "the companies that it depends on, sorted"] = ()
    counterfactuals: Annotated[
        Counterfactuals | None, "what the verdict depends on and what would change it; null unless requested"
    ] = None
    basis: Annotated[VerdictBasis | None, "what the verdict depends on; null in results of earlier versions"] = None
    history: Annotated[
        tuple[FigureSeries, ...], "the numbers of the company that are known, over up to five periods"
    ] = ()
    measures: Annotated[
        tuple[Measure, ...], "key figures and ratios that are known of the company, as they are compared with others"
    ] = ()
    peers: Annotated[PeerComparison | None, "comparison with other companies; null if there is none"] = None
    doubts: Annotated[
        tuple[Text, ...],
        "the notes on values that are probably errors, and on parts of the profile that are not used",
    ] = ()


def to_dict(result: ResultDocument) -> dict[str, Any]:
    """The result as JSON-able data in the documented form."""
    return {"schema": SCHEMA, **plain(result)}


_SCALARS = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """Tuples, texts and intervals as JSON-able data."""
    kind = type(value)
    if kind in _SCALARS:  # most of the values of a result, then texts and tuples
        return value
    if kind is Text:
        return {"en": value.en, "zh": value.zh}
    if kind is tuple:
        return [v if type(v) in _SCALARS else plain(v) for v in value]
    if isinstance(value, Interval):
        low, high = value.finite()
        return low if low == high and low is not None else {"low": low, "high": high}
    if isinstance(value, tuple):
        data = {n: v if type(v) in _SCALARS else plain(v) for n, v in zip(kind._fields, value, strict=True)}
        verdict, score = getattr(value, "verdict", None), getattr(value, "score", None)
        if isinstance(verdict, CompanyVerdict) and isinstance(score, Score) and verdict.word.withholds_score:
            data["score"]["value"] = None
        return data
    return value
