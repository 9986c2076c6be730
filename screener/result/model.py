"""The result of screening one company: a document of its own, from which every output is rendered.

Named tuples with JSON-able fields: ten times quicker to import than frozen dataclasses (docs/adr/0003-start-up.md).
`to_dict` gives the documented form `screener/result/1` (docs/result.md).
Numbers that are not exactly known are intervals; in JSON a point is a number, anything else `{"low": …, "high": …}`.
"""

from typing import Any, NamedTuple

from screener.expression.interval import Interval
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag, Outcome, PatternVerdict, RuleStatus, Severity, Verdict

SCHEMA = "screener/result/1"

Value = Interval | str | bool | None


class Evidence(NamedTuple):
    """One input of a finding: a settled figure, a metric, a statement, or a field of a relation."""

    figure: str  # name in the catalogue, e.g. "total_debt", "customers.commitment"
    title: Text
    value: Value  # None: unknown
    unit: str  # money, fraction, multiple, count, months, hours, years, truth, word, text, company
    company: Text  # whose figure it is
    about: Text | None  # which relation, e.g. the customer's name
    currency: str | None  # of money
    period: str | None
    source: str | None  # key of Result.sources; None: computed, or no source given
    kind: ClaimKind
    quote: str | None
    note: str | None  # e.g. "section 6"
    formula: str | None  # of a computed value


class Distance(NamedTuple):
    """How far one comparison is from its threshold."""

    title: Text  # of what is compared
    value: Interval
    op: str  # ">", ">=", "<", "<=", "==", "!="
    threshold: Interval
    unit: str
    currency: str | None
    relative: float | None  # |value - threshold| / |threshold|; absolute where that is 0; None where value is unbounded
    holds: str  # "yes", "no", "unknown": whether the comparison holds now
    why: Text | None  # the reason for the threshold
    param: str | None  # "rule.param" where the threshold is a parameter


class AppliedWaiver(NamedTuple):
    """Why a flag is out of the score for now: somebody accepts it until a day."""

    until: str
    reason: str
    by: str


class AppliedParam(NamedTuple):
    """A parameter of a rule as it holds for the company."""

    name: str
    value: Value  # an interval over all sectors where the company's is not known
    unit: str


class Finding(NamedTuple):
    """What one rule says of the company."""

    rule: str
    flag: Flag
    outcome: Outcome
    severity: Severity
    category: str
    category_title: Text
    cause: str | None
    verdict: PatternVerdict | None  # of a pattern: avoid or watch
    title: Text
    headline: Text | None  # the short number beside the title, e.g. "5.2×"; only when fired
    says: Text | None  # one sentence with the numbers; only when fired
    why: Text
    clears: Text
    false_alarms: Text
    references: tuple[str, ...]
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    matches: int  # how many sets of facts match
    distances: tuple[Distance, ...]  # the headline one first
    because: tuple[str, ...]  # rule ids that led here, in order of the chain
    missing: tuple[str, ...]  # keys of Result.inputs: all that is undecided (unknown only)
    could_settle: tuple[tuple[str, ...], ...]  # smallest sets of those keys that could decide it
    softened_by: tuple[str, ...]  # green rules that fired and relieve this one
    points: float  # by how much this finding moves the score as it stands (signed); 0 if it does not
    status: RuleStatus = RuleStatus.STABLE
    waived: AppliedWaiver | None = None  # of a flag that somebody accepts: visible, but out of score and verdict
    scored: bool = True  # false of a preview rule that is not asked to count, and of a waived flag
    when: tuple[str, ...] = ()  # the rule's conditions as they are written, and for whom it is not
    params: tuple[AppliedParam, ...] = ()  # that the conditions may read
    reads: tuple[str, ...] = ()  # rules whose flags the conditions ask for
    weight: float | None = None  # of a red or green flag: what it weighs in the score, as a probability
    replaced_by: str | None = None  # of a deprecated rule: the one that stands for it


class OpenInput(NamedTuple):
    """A figure, a field of a relation or a list that some rule waits for."""

    key: str
    title: Text
    unit: str
    company: Text
    about: Text | None
    settles: tuple[str, ...]  # rules that this input alone could decide
    waits: tuple[str, ...]  # rules that miss it
    low: float  # the range of the score if all the rules it could settle were decided, either way
    high: float
    narrows: float = 0.0  # by how much, at most, the range of the score shrinks once it is known


class ClaimLine(NamedTuple):
    """One claim beside the others of the same figure."""

    value: Value
    period: str | None
    source: str | None
    kind: ClaimKind
    quote: str | None
    note: str | None
    used: bool
    why_not: Text | None  # why it was not used


class Conflict(NamedTuple):
    """A figure whose sources disagree by more than 5 %."""

    figure: str
    title: Text
    unit: str
    currency: str | None
    company: Text
    gap: float | None  # relative distance; None for statements
    claims: tuple[ClaimLine, ...]  # the settled one first


class FlowLine(NamedTuple):
    """A payment from one company to another."""

    payer: str  # company id
    payee: str
    what: str  # invests, lends, commits, buys, or "" if unknown
    amount: Interval | None
    binding: bool | None
    loop: bool  # part of a loop
    source: str | None


class LoopLine(NamedTuple):
    """A loop of money: company ids in the order of payment, and its weakest link."""

    members: tuple[str, ...]
    weakest: int  # index into members: the link from members[weakest] to the next


class CompanyDependency(NamedTuple):
    """Another company that the judged one depends on, and as what."""

    party: str  # company id
    how: str  # customer, supplier, channel, funder; payer: pays it without being named a customer or funder


class WaterfallStep(NamedTuple):
    """One step of the score's waterfall."""

    rule: str
    title: Text
    flag: Flag
    severity: Severity
    start: float
    end: float


class SourceLine(NamedTuple):
    """A source that the profile names."""

    key: str
    title: Text
    kind: ClaimKind
    publisher: str | None
    date: str | None
    url: str | None
    figures: int  # settled figures and relation fields that rest on it


class Company(NamedTuple):
    """Who is judged."""

    id: str
    name: Text
    ticker: str | None
    sector: str | None
    sector_title: Text | None
    as_of: str | None
    currency: str | None
    summary: Text | None
    aliases: tuple[str, ...]


class CompanyVerdict(NamedTuple):
    """The word and what it rests on."""

    word: Verdict
    because: tuple[str, ...]  # pattern rules that decided, or the flags that weigh most
    also: tuple[str, ...]  # patterns that fired and did not decide
    thin: bool  # a watch verdict on little coverage
    open_patterns: tuple[str, ...]  # avoid patterns that are still unknown
    sentence: Text  # one sentence that says why


class Score(NamedTuple):
    """Risk 0…100 with the range it may take once the unknowns are known, and the bands of the verdict table."""

    value: float
    low: float
    high: float
    caution_from: float
    avoid_from: float
    relief_at_most: float | None = None  # the share of the score that green flags can take away


class Coverage(NamedTuple):
    """How many of the red and green rules that apply are decided."""

    decided: int
    total: int
    at_least: float | None = None  # the share below which there is no verdict


class Pack(NamedTuple):
    """Which rules judged; the digest covers rules, catalogue, verdict table and parameters."""

    name: str
    version: str
    digest: str
    rules: int


class FailureRate(NamedTuple):
    """How many companies with such a score failed, as the pack counted them; no figures where it refuses, `says` why."""

    share: float | None
    low: float | None  # of the share, with 95 % confidence
    high: float | None
    failed: int | None
    companies: int | None
    outcome: Text  # what is meant by failed, and within which time
    population: Text
    source: str
    says: Text


class Assumption(NamedTuple):
    """A figure that stands in place of what is claimed: what if."""

    figure: str
    title: Text
    value: Value
    unit: str
    currency: str | None
    company: Text


class GivenList(NamedTuple):
    """A list of relations that the profile gives."""

    list: str  # customers, flows …
    title: Text
    company: Text  # whose list
    members: int
    complete: bool  # false: there are further members


class ResultDocument(NamedTuple):
    """Everything that is known of one company after screening."""

    company: Company
    verdict: CompanyVerdict
    score: Score
    coverage: Coverage
    findings: tuple[Finding, ...]  # fired first, worst first; then unknown, clear, not applicable
    inputs: tuple[OpenInput, ...]  # what to find out, most useful first
    conflicts: tuple[Conflict, ...]
    flows: tuple[FlowLine, ...]
    loops: tuple[LoopLine, ...]
    companies: tuple[tuple[str, Text], ...]  # id -> name of every company named above
    waterfall: tuple[WaterfallStep, ...]
    sources: tuple[SourceLine, ...]
    kinds: tuple[tuple[ClaimKind, int], ...]  # how many settled figures and fields are filed, reported, …
    ignored: tuple[tuple[str, ClaimLine], ...]  # figure -> claim that does not count, and why
    notes: tuple[Text, ...]  # e.g. "undated", "no currency given"
    pack: Pack
    profile_digest: str
    version: str  # of screener
    calibration: FailureRate | None = None  # of a pack that has one
    assumed: tuple[Assumption, ...] = ()  # what was assumed on the command line
    facts: tuple[Evidence, ...] = ()  # all that holds of the company and those it names, whether a rule reads it or not
    lists: tuple[GivenList, ...] = ()  # the lists of relations that are given
    ties: tuple[CompanyDependency, ...] = ()  # whom the company depends on, by name of kind and id


def to_dict(result: ResultDocument) -> dict[str, Any]:
    """The result as JSON-able data in the documented form."""
    return {"schema": SCHEMA, **plain(result)}


def plain(value: Any) -> Any:
    """Tuples, texts and intervals as JSON-able data."""
    if isinstance(value, Interval):
        low, high = value.finite()
        return low if low == high and low is not None else {"low": low, "high": high}
    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        return {n: plain(v) for n, v in zip(names, value, strict=True)} if names else [plain(v) for v in value]
    return value
