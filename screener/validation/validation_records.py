"""The measures of a rulebook or a metric on a table of companies."""

from typing import NamedTuple

from screener.text import Text
from screener.validation.fitted_samples import FittedSample
from screener.validation.measures import Estimate, ScoreBand
from screener.validation.reliability import Reliability
from screener.vocabulary import Flag

SCHEMA = "screener/validation/1"


class RuleMeasures(NamedTuple):
    """The measures of one rule. Coverage is the share of companies for which it is decided; the other shares are of
    these.

    `hit_rate` is the share of failures for which it fired, `false_alarm_rate` that of survivors. Lift is the share of
    failures among the companies for which it fired, divided by that among all for which it is decided, with its
    interval.
    """

    rule: str
    title: Text
    flag: str
    coverage: float
    fired: int
    failed: int
    precision: Estimate
    recall: float
    lift: float
    lift_low: float
    lift_high: float
    hit_rate: float
    false_alarm_rate: float
    area: Estimate | None

    @property
    def points_the_wrong_way(self) -> bool:
        """Returns whether it is a red rule for companies that failed less often than others, or a green one for
        companies that failed more often."""
        return (self.flag == Flag.RED and self.lift < 1) or (self.flag == Flag.GREEN and self.lift > 1)


class VerdictMeasures(NamedTuple):
    """Companies with a verdict, and the quality of the warning if this verdict and all worse ones are taken as one."""

    verdict: str
    companies: int
    failed: int
    share: Estimate
    caught: int  # number of failures with a warning
    alarms: int  # number of survivors with a warning
    missed: int
    calm: int
    precision: float
    recall: float
    relative_risk: float  # the share that failed, divided by that of all companies


class LeadTime(NamedTuple):
    """Firms that failed, in one of the years before their last one: how many there are, and how many had a warning
    verdict."""

    years_before: int
    firms: int
    warned: int
    median_score: float


class PackTitle(NamedTuple):
    """The title of a pack, shown to readers instead of its name."""

    pack: str
    title: Text


class Validation(NamedTuple):
    """All measures. Curves consist of pairs of shares."""

    what: str  # the name of the rulebook or the metric
    version: str
    digest: str
    table: str
    label: str
    unit: str
    companies: int  # for firm-years: the number of years of firms
    firms: int
    failed: int
    left_out: int  # rows that can't be read, or have no label or, for a metric, no value
    lower_is_worse: bool  # for a metric: the direction that was measured
    distinct_scores: int
    area: Estimate
    resamples: int
    seed: int
    deciles: tuple[ScoreBand, ...]
    bands: tuple[ScoreBand, ...]
    verdicts: tuple[VerdictMeasures, ...]
    lead_times: tuple[LeadTime, ...]
    rules: tuple[RuleMeasures, ...]
    roc: tuple[tuple[float, float], ...]
    gains: tuple[tuple[float, float], ...]
    reliability: Reliability = Reliability((), ())
    title: Text = Text("", "")  # for the rulebook: those of its packs; for a metric: its own
    packs: tuple[PackTitle, ...] = ()
    fitted: tuple[FittedSample, ...] = ()  # samples on which packs were fitted and that the table may include
