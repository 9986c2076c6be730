"""Verdict, score and coverage of a company, how often such companies failed, and what would change the verdict."""

from typing import Annotated, NamedTuple

from screener.result.field_types import Points, Share, UnitName
from screener.text import Text
from screener.vocabulary import Flag, Outcome, Severity, Verdict


class WaterfallStep(NamedTuple):
    """One step of the score's waterfall."""

    rule: Annotated[str, "id of the rule"]
    title: Annotated[Text, "title of the rule"]
    flag: Annotated[Flag, "what the rule is for"]
    severity: Annotated[Severity, "severity or strength of the flag"]
    start: Annotated[Points, "score before this step"]
    end: Annotated[Points, "score after this step"]


class CompanyVerdict(NamedTuple):
    """The verdict and the flags that decided it."""

    word: Annotated[Verdict, "the verdict"]
    because: Annotated[tuple[str, ...], "the patterns that decided it, or the flags with the highest weight"]
    also: Annotated[tuple[str, ...], "patterns that fired and did not decide"]
    thin: Annotated[bool, "whether a pattern or flag requires the verdict although no pack has the required coverage"]
    open_patterns: Annotated[tuple[str, ...], "avoid patterns that are unknown"]
    sentence: Annotated[Text, "one sentence with the reason"]
    scope: Annotated[Text | None, "which packs the verdict covers, if there are several"] = None
    own_sector: Annotated[
        Text | None,
        "which rules for the company's own sector could not be decided and what would decide them: decisive ones, or any "
        "where there is no verdict; null if none",
    ] = None


class Score(NamedTuple):
    """The risk score from 0 to 100 with its range once the unknowns are known, and the bands of the verdict table."""

    value: Annotated[Points, "the score; null in JSON where too little is known for one number"]
    low: Annotated[Points, "its lowest value once the unknown rules are decided"]
    high: Annotated[Points, "its highest value once the unknown rules are decided"]
    caution_from: Annotated[Points, "score from which the verdict is caution"]
    avoid_from: Annotated[Points, "score from which the verdict is avoid"]
    relief_at_most: Annotated[Share | None, "the share of the score that green flags can take away"] = None


class PackCoverage(NamedTuple):
    """How many of the red and green rules of one pack that apply are decided."""

    name: Annotated[str, "name of the pack; empty: rules that were added to the packs"]
    label: Annotated[Text, "short title of the pack"]
    decided: Annotated[int, "number of rules decided"]
    total: Annotated[int, "number of rules that apply"]
    weight: Annotated[Share, "decided share by weight in the score"]
    assessed: Annotated[bool, "whether the verdict covers it: it has the required coverage, or one of its rules fired"]
    needs: Annotated[tuple[Text, ...], "for a pack that is not assessed: the inputs that most of its rules need"] = ()


class Coverage(NamedTuple):
    """How many of the red and green rules that apply are decided."""

    decided: Annotated[int, "number of rules decided"]
    total: Annotated[int, "number of rules that apply"]
    at_least: Annotated[
        Share | None, "required coverage: the share of a pack's rules from which it counts as assessed"
    ] = None
    packs: Annotated[tuple[PackCoverage, ...], "the same of each pack"] = ()


class FailureRate(NamedTuple):
    """How often companies with such a score failed, as measured for a pack; without figures if it does not apply (`says` why).

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


class VerdictIf(NamedTuple):
    """The verdict under other circumstances."""

    word: Annotated[Verdict, "the verdict"]
    score: Annotated[Points, "the score"]
    low: Annotated[Points, "lower end of its range"]
    high: Annotated[Points, "upper end of its range"]
    decided: Annotated[int, "red and green rules that are decided"]
    total: Annotated[int, "red and green rules that apply"]


class FigureChange(NamedTuple):
    """Another value of a single figure, with all others unchanged, and what it changes."""

    figure: Annotated[str, "name in the catalogue"]
    title: Annotated[Text, "title of the figure"]
    unit: Annotated[UnitName, "unit of the figure"]
    currency: Annotated[str | None, "currency of an amount of money"]
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
    """What the verdict depends on and what would change it."""

    filed_alone: Annotated[VerdictIf, "the verdict on what filings claim alone"]
    without: Annotated[
        tuple[tuple[str, ...], ...], "the smallest sets of fired flags without which the verdict is another one"
    ]
    changes: Annotated[tuple[FigureChange, ...], "the nearest changes of single figures that change the verdict"]
    turns: Annotated[tuple[RuleTurn, ...], "for each fired flag, the nearest change of a single figure that clears it"]
    open: Annotated[tuple[OpenInfluence, ...], "the unknown inputs that could change the verdict by themselves"]


class WithoutFlag(NamedTuple):
    """The verdict without one fired flag, and without those that build on it."""

    rule: Annotated[str, "the flag"]
    then: VerdictIf


class VerdictBasis(NamedTuple):
    """What the verdict depends on, as far as it follows from the outcomes of the rules."""

    filed_alone: Annotated[VerdictIf, "the verdict on what filings claim alone"]
    without: Annotated[tuple[WithoutFlag, ...], "for each fired flag that counts, the verdict without it"]
    best: Annotated[VerdictIf, "the verdict if every unknown rule turned out for the best"]
    worst: Annotated[VerdictIf, "the verdict if every unknown rule turned out for the worst"]
