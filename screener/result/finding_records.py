"""Records of findings: their evidence, missing inputs, and sources that disagree."""

from typing import Annotated, NamedTuple

from screener.expression.interval import Interval
from screener.result.field_types import Answer, InputUnit, Operator, Share, TermKind, UnitName, Value
from screener.text import Text
from screener.vocabulary import ClaimKind, Flag, Outcome, PatternVerdict, RuleStatus, Severity


class Evidence(NamedTuple):
    """One input of a finding: a settled figure, a metric, a statement, or a field of a relation."""

    figure: Annotated[str, "name in the catalogue, such as total_debt or customers.commitment"]
    title: Annotated[Text, "title of the figure"]
    value: Annotated[Value, "null: unknown"]
    unit: UnitName
    company: Annotated[Text, "the company whose figure it is"]
    about: Annotated[Text | None, "the relation it belongs to, such as the name of the customer"]
    currency: Annotated[str | None, "currency of an amount of money"]
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
    currency: Annotated[str | None, "currency of an amount of money"]
    relative: Annotated[
        float | None,
        "|value - threshold| / |threshold|, absolute if the threshold is 0; null if it may be 0",
    ]
    holds: Annotated[Answer, "whether the comparison holds"]
    why: Annotated[Text | None, "the reason for the threshold"]
    param: Annotated[str | None, "rule.param, where the threshold is a parameter"]


class AppliedWaiver(NamedTuple):
    """A waiver that applies: somebody accepts the flag until a day, so that it does not count."""

    until: Annotated[str, "the last day of the waiver"]
    reason: Annotated[str, "why the flag is accepted"]
    by: Annotated[str, "who accepted it"]


class AppliedParam(NamedTuple):
    """A parameter of a rule with its value for the company."""

    name: Annotated[str, "name of the parameter"]
    value: Annotated[Value, "an interval over all sectors if the sector of the company is unknown"]
    unit: Annotated[UnitName, "unit of the parameter"]


class ConditionTerm(NamedTuple):
    """One part of the condition of a rule, with its result for the company."""

    depth: Annotated[int, "0: all parts of this depth must hold; n: belongs to the last part of depth n - 1"]
    kind: Annotated[
        TermKind, "all-of, one-of: all or one of the parts below; fact, no-fact: there is such a fact, or none"
    ]
    text: Annotated[Text, "the part in words, with its values"]
    holds: Annotated[Answer, "whether it holds"]
    rule: Annotated[str | None, "the rule whose flag it asks for"]


class Finding(NamedTuple):
    """The result of one rule for the company."""

    rule: Annotated[str, "id of the rule"]
    flag: Annotated[Flag, "what the rule is for"]
    outcome: Annotated[Outcome, "what the rule came to"]
    severity: Annotated[Severity, "severity of a red, data or pattern rule; strength of a green one"]
    category: Annotated[str, "id of the category"]
    category_title: Annotated[Text, "title of the category"]
    cause: Annotated[str | None, "flags of one cause count once"]
    verdict: Annotated[PatternVerdict | None, "the verdict that a pattern decides; null for other rules"]
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
    replaced_by: Annotated[str | None, "the successor of a deprecated rule"] = None
    others: Annotated[int, "further facts that match, beside the one that headline and sentence describe"] = 0
    terms: Annotated[
        tuple[ConditionTerm, ...], "the condition of the rule, part by part; empty if it does not apply"
    ] = ()
    total: Annotated[Interval | None, "sum of the amounts of all these facts, if the headline shows money"] = None
    clear_title: Annotated[Text | None, "title of the clear state, where the rule has one; only if clear"] = None


class OpenInput(NamedTuple):
    """A missing figure, field of a relation, or list that could decide a rule."""

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
    """One of several claims of the same figure."""

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
    currency: Annotated[str | None, "currency of an amount of money"]
    company: Annotated[Text, "the company whose figure it is"]
    gap: Annotated[float | None, "relative distance; null for statements"]
    claims: Annotated[tuple[ClaimLine, ...], "the claim that is used first"]
