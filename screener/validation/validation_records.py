"""What is measured of a rulebook or a metric on a table of companies."""

from typing import NamedTuple

from screener.text import Text
from screener.validation.fitted_samples import FittedSample
from screener.validation.measures import Estimate, ScoreBand
from screener.validation.reliability import Reliability
from screener.vocabulary import Flag

SCHEMA = "screener/validation/1"


class RuleMeasures(NamedTuple):
    """How one rule did. Coverage: the share of companies for which it is decided; the other shares are of these.

    `hit_rate` is the share of failures for which it fired, `false_alarm_rate` that of survivors. Lift: the share of failures
    among those for which it fired, over that among all for which it is decided, with its interval.
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
        """Whether it speaks against companies that failed less often than others, or for ones that failed more often."""
        return (self.flag == Flag.RED and self.lift < 1) or (self.flag == Flag.GREEN and self.lift > 1)


class VerdictMeasures(NamedTuple):
    """Companies with a verdict; and, if this verdict and all worse ones are a warning, how good the warning is."""

    verdict: str
    companies: int
    failed: int
    share: Estimate
    caught: int  # failed, warned of
    alarms: int  # survived, warned of
    missed: int
    calm: int
    precision: float
    recall: float
    relative_risk: float  # the share that failed over that of all companies


class LeadTime(NamedTuple):
    """Firms that failed, so many years before their last one: how many there are, and how many had a warning verdict."""

    years_before: int
    firms: int
    warned: int
    median_score: float


class PackTitle(NamedTuple):
    """What readers see in place of the name of a pack."""

    pack: str
    title: Text


class Validation(NamedTuple):
    """All that was measured. Curves hold pairs of shares."""

    what: str  # the rulebook, or the metric
    version: str
    digest: str
    table: str
    label: str
    unit: str
    companies: int  # of firm-years: how many years of firms
    firms: int
    failed: int
    left_out: int  # rows that can't be read, have no label, or (of a metric) no value
    lower_is_worse: bool  # of a metric: the direction that was measured
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
    title: Text = Text("", "")  # of the rulebook: those of its packs; of the metric: its own
    packs: tuple[PackTitle, ...] = ()
    fitted: tuple[FittedSample, ...] = ()  # samples that packs were fitted on and that the table may have
