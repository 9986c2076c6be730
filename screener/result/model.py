"""The result of screening one company: a document of its own, from which every output is rendered.

Named tuples with JSON-able fields: ten times quicker to import than frozen dataclasses (docs/adr/0003-start-up.md).
`to_dict` gives the documented form `screener/result/1` (docs/result.md).
Numbers that are not exactly known are intervals; in JSON a point is a number, anything else `{"low": …, "high": …}`.
"""

from typing import Annotated, Any, Literal, NamedTuple

from screener.expression.interval import Interval
from screener.result.peer_records import Measure, PeerComparison
from screener.result.record_format import Between, Matching, OneOf
from screener.text import Text
from screener.units import UNITS
from screener.vocabulary import ClaimKind, Flag, Outcome, PatternVerdict, RuleStatus, Severity, Verdict

SCHEMA = "screener/result/1"

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


class Evidence(NamedTuple):
    """One input of a finding: a settled figure, a metric, a statement, or a field of a relation."""

    figure: Annotated[str, "name in the catalogue, such as total_debt or customers.commitment"]
    title: Annotated[Text, "title of the figure"]
    value: Annotated[Value, "null: unknown"]
    unit: UnitName
    company: Annotated[Text, "the company whose figure it is"]
    about: Annotated[Text | None, "the relation it belongs to, such as the name of the customer"]
    currency: Annotated[str | None, "of an amount of money"]
    period: Annotated[str | None, "the period of the value, as the profile writes it"]
    source: Annotated[str | None, "key in `sources`; null: computed, or no source given"]
    kind: Annotated[ClaimKind, "kind of the source, or what takes its place"]
    quote: Annotated[str | Text | None, "the passage of the source; with a translation a text in two languages"]
    note: Annotated[str | Text | None, "a remark of the profile, such as section 6"]
    formula: Annotated[str | None, "the formula of a computed value"]


class Distance(NamedTuple):
    """How far one comparison is from its threshold."""

    title: Annotated[Text, "what is compared"]
    value: Annotated[Interval, "the value that is compared"]
    op: Annotated[Operator, "the comparison with the threshold"]
    threshold: Annotated[Interval, "the threshold as it applies to the company"]
    unit: Annotated[UnitName, "unit of value and threshold"]
    currency: Annotated[str | None, "of an amount of money"]
    relative: Annotated[
        float | None,
        "|value - threshold| / |threshold|, absolute if the threshold is 0; null if it may be 0",
    ]
    holds: Annotated[Answer, "whether the comparison holds"]
    why: Annotated[Text | None, "the reason for the threshold"]
    param: Annotated[str | None, "rule.param, where the threshold is a parameter"]


class AppliedWaiver(NamedTuple):
    """Why a flag is out of the score for now: somebody accepts it until a day."""

    until: Annotated[str, "the last day of the waiver"]
    reason: Annotated[str, "why the flag is accepted"]
    by: Annotated[str, "who accepted it"]


class AppliedParam(NamedTuple):
    """A parameter of a rule as it holds for the company."""

    name: Annotated[str, "name of the parameter"]
    value: Annotated[Value, "an interval over all sectors if the sector of the company is unknown"]
    unit: Annotated[UnitName, "unit of the parameter"]


class ConditionTerm(NamedTuple):
    """One part of the condition of a rule, as it stands for the company."""

    depth: Annotated[int, "0: all parts of this depth must hold; n: belongs to the last part of depth n - 1"]
    kind: Annotated[TermKind, "all-of, one-of: of the parts below; fact, no-fact: there is such a fact, or none"]
    text: Annotated[Text, "the part in words, with its values"]
    holds: Annotated[Answer, "whether it holds"]
    rule: Annotated[str | None, "the rule whose flag it asks for"]


class Finding(NamedTuple):
    """What one rule says of the company."""

    rule: Annotated[str, "id of the rule"]
    flag: Annotated[Flag, "what the rule is for"]
    outcome: Annotated[Outcome, "what the rule came to"]
    severity: Annotated[Severity, "severity of a red, data or pattern rule; strength of a green one"]
    category: Annotated[str, "id of the category"]
    category_title: Annotated[Text, "title of the category"]
    cause: Annotated[str | None, "flags of one cause count once"]
    verdict: Annotated[PatternVerdict | None, "of a pattern"]
    title: Annotated[Text, "title of the rule"]
    headline: Annotated[Text | None, "the short number beside the title, such as 5.2×; only if fired"]
    says: Annotated[Text | None, "one sentence with the numbers; only if fired"]
    why: Annotated[Text, "why it matters"]
    clears: Annotated[Text, "what the company would have to show"]
    false_alarms: Annotated[Text, "when the rule is known to be wrong"]
    references: Annotated[tuple[str, ...], "where the rule comes from"]
    claims: Annotated[tuple[str, ...], "numbers of claims in the seeds of the pack"]
    evidence: Annotated[tuple[Evidence, ...], "the inputs that the outcome rests on"]
    matches: Annotated[int, "number of sets of facts that match"]
    distances: Annotated[tuple[Distance, ...], "the comparisons with thresholds, that of the headline first"]
    because: Annotated[tuple[str, ...], "rules that led to it, in the order of the chain"]
    missing: Annotated[tuple[str, ...], "keys in `inputs` of everything undecided; only if unknown"]
    could_settle: Annotated[tuple[tuple[str, ...], ...], "smallest sets of those keys that could decide the rule"]
    softened_by: Annotated[tuple[str, ...], "rules that fired and soften this one by name, or relieve its cause"]
    points: Annotated[float, "by how much the finding moves the score (signed)"]
    status: Annotated[RuleStatus, "life cycle of the rule"] = RuleStatus.STABLE
    waived: Annotated[
        AppliedWaiver | None, "the waiver of a flag that is accepted: shown, but not in score and verdict"
    ] = None
    scored: Annotated[bool, "false for a waived flag, and for a preview rule that does not count"] = True
    when: Annotated[tuple[str, ...], "the conditions as written, and the sectors to which the rule does not apply"] = ()
    params: Annotated[tuple[AppliedParam, ...], "the parameters of the rule as they apply"] = ()
    reads: Annotated[tuple[str, ...], "rules whose flags the conditions read"] = ()
    weight: Annotated[Share | None, "weight of a red or green flag in the score, a probability"] = None
    replaced_by: Annotated[str | None, "of a deprecated rule: its successor"] = None
    others: Annotated[int, "further facts that match, beside the one that headline and sentence describe"] = 0
    terms: Annotated[
        tuple[ConditionTerm, ...], "the condition of the rule, part by part; empty if it does not apply"
    ] = ()
    total: Annotated[Interval | None, "sum of the amounts of all these facts, if the headline shows money"] = None


class OpenInput(NamedTuple):
    """A figure, a field of a relation or a list that some rule waits for."""

    key: Annotated[str, "unique in the result"]
    title: Annotated[Text, "what is missing"]
    unit: InputUnit
    company: Annotated[Text, "the company whose input it is"]
    about: Annotated[Text | None, "the relation it belongs to"]
    settles: Annotated[tuple[str, ...], "rules that this input alone could decide"]
    waits: Annotated[tuple[str, ...], "rules that miss it"]
    low: Annotated[float, "lowest score if all rules that it could settle were decided"]
    high: Annotated[float, "highest score if all rules that it could settle were decided"]
    narrows: Annotated[float, "by how much, at most, it narrows the range of the score"] = 0.0
    look_at: Annotated[Text | None, "a quote that is about it and states no value, with where it stands"] = None


class ClaimLine(NamedTuple):
    """One claim beside the others of the same figure."""

    value: Annotated[Value, "what is claimed; null: nothing"]
    period: Annotated[str | None, "the period of the claim"]
    source: Annotated[str | None, "key in `sources`"]
    kind: Annotated[ClaimKind, "kind of the source"]
    quote: Annotated[str | Text | None, "the passage of the source; with a translation a text in two languages"]
    note: Annotated[str | Text | None, "a remark of the profile"]
    used: Annotated[bool, "whether this claim is used"]
    why_not: Annotated[Text | None, "why it is not used"]


class Conflict(NamedTuple):
    """A figure whose sources disagree by more than 5 %."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    unit: Annotated[UnitName, "unit of the figure"]
    currency: Annotated[str | None, "of an amount of money"]
    company: Annotated[Text, "the company whose figure it is"]
    gap: Annotated[float | None, "relative distance; null for statements"]
    claims: Annotated[tuple[ClaimLine, ...], "the claim that is used first"]


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
    """Another company that the judged one depends on, and as what."""

    party: Annotated[str, "company id"]
    how: Annotated[
        str, "customer, supplier, channel, funder; payer: pays the company without being listed as customer or funder"
    ]


class WaterfallStep(NamedTuple):
    """One step of the score's waterfall."""

    rule: Annotated[str, "id of the rule"]
    title: Annotated[Text, "title of the rule"]
    flag: Annotated[Flag, "what the rule is for"]
    severity: Annotated[Severity, "its severity or strength"]
    start: Annotated[Points, "score before this step"]
    end: Annotated[Points, "score after this step"]


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
    """Who is judged."""

    id: CompanyId
    name: Annotated[Text, "name of the company"]
    ticker: Annotated[str | None, "ticker"]
    sector: Annotated[str | None, "id of the sector"]
    sector_title: Annotated[Text | None, "title of the sector"]
    as_of: Annotated[str | None, "the day of the profile"]
    currency: Annotated[str | None, "currency of amounts"]
    summary: Annotated[Text | None, "what the company does"]
    aliases: Annotated[tuple[str, ...], "other names"]


class CompanyVerdict(NamedTuple):
    """The word and what it rests on."""

    word: Annotated[Verdict, "the verdict"]
    because: Annotated[tuple[str, ...], "the patterns that decided it, or the flags with the highest weight"]
    also: Annotated[tuple[str, ...], "patterns that fired and did not decide"]
    thin: Annotated[bool, "a verdict although no pack reaches its bar: a pattern or a flag demands it"]
    open_patterns: Annotated[tuple[str, ...], "avoid patterns that are unknown"]
    sentence: Annotated[Text, "one sentence with the reason"]
    scope: Annotated[Text | None, "which packs the verdict covers, if there are several"] = None
    own_sector: Annotated[
        Text | None, "which decisive rules for the company's own sector could not be decided; null if none"
    ] = None


class Score(NamedTuple):
    """Risk 0…100 with the range it may take once the unknowns are known, and the bands of the verdict table."""

    value: Annotated[Points, "the score; null in JSON where too little is known for one number"]
    low: Annotated[Points, "its lowest value once the unknown rules are decided"]
    high: Annotated[Points, "its highest value once the unknown rules are decided"]
    caution_from: Annotated[Points, "score from which the verdict is caution"]
    avoid_from: Annotated[Points, "score from which the verdict is avoid"]
    relief_at_most: Annotated[Share | None, "the share of the score that green flags can take away"] = None


class PackCoverage(NamedTuple):
    """How many of the red and green rules of one pack that apply are decided."""

    name: Annotated[str, "name of the pack; empty: rules that were added to the packs"]
    label: Annotated[Text, "its short title"]
    decided: Annotated[int, "number of rules decided"]
    total: Annotated[int, "number of rules that apply"]
    weight: Annotated[Share, "decided share by weight in the score"]
    assessed: Annotated[bool, "whether the verdict covers it: it reaches its bar, or something of it fired"]
    needs: Annotated[
        tuple[Text, ...], "of a pack that is not assessed: the inputs that most of its rules wait for"
    ] = ()


class Coverage(NamedTuple):
    """How many of the red and green rules that apply are decided."""

    decided: Annotated[int, "number of rules decided"]
    total: Annotated[int, "number of rules that apply"]
    at_least: Annotated[Share | None, "the bar: the share of a pack's rules from which it counts as assessed"] = None
    packs: Annotated[tuple[PackCoverage, ...], "the same of each pack"] = ()


class RuleSource(NamedTuple):
    """Where a part of the rules comes from."""

    part: Annotated[Literal["pack", "rules", "settings"], "a pack, a file that was added to the packs, or settings"]
    name: Annotated[str, "of the pack or file"]
    origin: Annotated[Literal["built-in", "installed", "folder", "file"], "installed: with a Python package"]
    path: Annotated[str | None, "of a folder or file"]


class Pack(NamedTuple):
    """Which rules judged; the digest covers rules, catalogue, verdict table and parameters."""

    name: Annotated[str, "names of the packs"]
    version: Annotated[str, "their versions"]
    digest: Annotated[str, "of rules, catalogue, verdict table and parameters"]
    rules: Annotated[int, "number of rules"]
    origins: Annotated[tuple[RuleSource, ...], "where they come from: packs, added files, settings"] = ()


class FailureRate(NamedTuple):
    """How often companies with such a score failed, as a pack measured it; no figures where it refuses, `says` why.

    Only the relative risk (`times`) carries over to other years: shares depend on how many failures a sample holds.
    """

    share: Annotated[float | None, "share of the sample that failed"]
    low: Annotated[float | None, "lower end of the share, with 95 % confidence"]
    high: Annotated[float | None, "upper end of the share"]
    failed: Annotated[int | None, "number that failed"]
    companies: Annotated[int | None, "number of companies with a score in this band"]
    outcome: Annotated[Text, "what counts as failed, and within which time"]
    population: Annotated[Text, "the companies that were counted"]
    source: Annotated[str, "where the numbers come from"]
    says: Annotated[Text, "a sentence with the numbers, or the reason why there are none"]
    pack: Annotated[str, "the pack that was measured"] = ""
    score: Annotated[float | None, "the score of that pack by itself"] = None
    times: Annotated[float | None, "relative risk: the share that failed over that of all that were measured"] = None
    times_low: Annotated[
        float | None, "lower end of the relative risk, with the spread between populations and years"
    ] = None
    times_high: Annotated[float | None, "upper end of the relative risk"] = None
    measured: Annotated[int | None, "number of companies, or of their years, that were measured in all"] = None


class Assumption(NamedTuple):
    """A figure that stands in place of what is claimed: what if."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    value: Annotated[Value, "the assumed value"]
    unit: Annotated[UnitName, "unit of the figure"]
    currency: Annotated[str | None, "of an amount of money"]
    company: Annotated[Text, "the company whose figure it is"]


class GivenList(NamedTuple):
    """A list of relations that the profile gives."""

    list: Annotated[str, "customers, flows and so on"]
    title: Annotated[Text, "title of its members"]
    company: Annotated[Text, "the company whose list it is"]
    members: Annotated[int, "number of members"]
    complete: Annotated[bool, "false: there are further members"]


class VerdictIf(NamedTuple):
    """The verdict under other circumstances."""

    word: Annotated[Verdict, "the verdict"]
    score: Annotated[Points, "the score"]
    low: Annotated[Points, "lower end of its range"]
    high: Annotated[Points, "upper end of its range"]
    decided: Annotated[int, "red and green rules that are decided"]
    total: Annotated[int, "red and green rules that apply"]


class FigureChange(NamedTuple):
    """Another value of a single figure, all else being as it is, and what it changes."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    unit: Annotated[UnitName, "unit of the figure"]
    currency: Annotated[str | None, "of an amount of money"]
    now: Annotated[float, "its present value"]
    to: Annotated[float, "the other value"]
    change: Annotated[float | None, "relative change; null where the present value is 0"]
    verdict: Annotated[Verdict, "the verdict with this value"]
    rules: Annotated[tuple[str, ...], "the rules whose outcomes differ with this value"]


class RuleTurn(NamedTuple):
    """The nearest value of a single figure with which a rule has another outcome."""

    rule: Annotated[str, "the rule"]
    outcome: Annotated[Outcome, "its outcome with that value"]
    change: FigureChange


class OpenInfluence(NamedTuple):
    """An unknown input whose value alone could change the verdict."""

    key: Annotated[str, "key of the input"]
    best: Annotated[Verdict, "the verdict if the rules that it settles turn out for the best"]
    worst: Annotated[Verdict, "the verdict if they turn out for the worst"]


class Counterfactuals(NamedTuple):
    """What the verdict stands on."""

    filed_alone: Annotated[VerdictIf, "the verdict on what filings claim alone"]
    without: Annotated[
        tuple[tuple[str, ...], ...], "the smallest sets of fired flags without which the verdict is another one"
    ]
    changes: Annotated[tuple[FigureChange, ...], "the nearest changes of single figures that change the verdict"]
    turns: Annotated[tuple[RuleTurn, ...], "of each fired flag, the nearest change of a single figure that clears it"]
    open: Annotated[tuple[OpenInfluence, ...], "the unknown inputs that could change the verdict by themselves"]


class WithoutFlag(NamedTuple):
    """The verdict without one fired flag, and without those that rest on it."""

    rule: Annotated[str, "the flag"]
    then: VerdictIf


class VerdictBasis(NamedTuple):
    """What the verdict rests on, as far as the outcomes of the rules decide it."""

    filed_alone: Annotated[VerdictIf, "the verdict on what filings claim alone"]
    without: Annotated[tuple[WithoutFlag, ...], "of each fired flag that counts, the verdict without it"]
    best: Annotated[VerdictIf, "the verdict if every unknown rule turned out for the best"]
    worst: Annotated[VerdictIf, "the verdict if every unknown rule turned out for the worst"]


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
    currency: Annotated[str | None, "of an amount of money"]
    periods: Annotated[tuple[PeriodValue, ...], "the latest first; periods of the same length, without gaps"]


class ResultDocument(NamedTuple):
    """Everything that is known of one company after screening."""

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
    waterfall: Annotated[tuple[WaterfallStep, ...], "how the score comes about"]
    sources: Annotated[tuple[SourceLine, ...], "the sources of the profile"]
    kinds: Annotated[tuple[tuple[ClaimKind, int], ...], "number of figures and fields by kind of source"]
    ignored: Annotated[tuple[tuple[str, ClaimLine], ...], "figure and claim that is not used, with the reason"]
    notes: Annotated[tuple[Text, ...], "remarks for the reader: undated, no currency and others"]
    pack: Annotated[Pack, "the rules that were used"]
    profile_digest: Annotated[str, "of the text of the profile"]
    version: Annotated[str, "of screener"]
    calibration: Annotated[FailureRate | None, "of a pack that has one"] = None
    assumed: Annotated[tuple[Assumption, ...], "figures assumed on the command line"] = ()
    facts: Annotated[
        tuple[Evidence, ...],
        "everything known of the company and of those its profile names",
    ] = ()
    lists: Annotated[tuple[GivenList, ...], "the lists of relations in the profile"] = ()
    ties: Annotated[tuple[CompanyDependency, ...], "the companies that it depends on, sorted"] = ()
    counterfactuals: Annotated[Counterfactuals | None, "what the verdict stands on; null unless asked for"] = None
    basis: Annotated[VerdictBasis | None, "what the verdict rests on; null in results of earlier versions"] = None
    history: Annotated[
        tuple[FigureSeries, ...], "the numbers of the company that are known, over up to five periods"
    ] = ()
    measures: Annotated[
        tuple[Measure, ...], "key figures and ratios that are known of the company, as they are compared with others"
    ] = ()
    peers: Annotated[PeerComparison | None, "where the company stands among others; null: not compared"] = None
    doubts: Annotated[
        tuple[Text, ...], "those of the notes that say what the profile hardly means, or what is left out of it"
    ] = ()


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
        if not names:
            return [plain(v) for v in value]
        data = {n: plain(v) for n, v in zip(names, value, strict=True)}
        verdict, score = getattr(value, "verdict", None), getattr(value, "score", None)
        if isinstance(verdict, CompanyVerdict) and isinstance(score, Score) and is_score_withheld(verdict.word):
            data["score"]["value"] = None
        return data
    return value


def is_score_withheld(verdict: Verdict) -> bool:
    """Whether too little is known for one number: outputs give the range of the score only, so that nothing is sorted by it."""
    return verdict is Verdict.INSUFFICIENT_DATA
