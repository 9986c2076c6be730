"""Selects for each figure the claim to use, the claim of the period before, and the claims that conflict.

Claims that do not count on the day of the profile have already been removed (`screener.profile.knowledge`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from screener.expression.interval import LARGEST, Interval, upper
from screener.expression.interval_ops import Value
from screener.profile.catalogue import Figure
from screener.profile.claims import ASSUMED, Claim, Period, Source, read_period
from screener.profile.model import Profile
from screener.text import Text
from screener.vocabulary import ClaimKind

CONFLICT_GAP = 0.05  # relative difference from the claim in use beyond which a claim conflicts with it
FURTHEST = timedelta(548)  # eighteen months: greatest distance in time between figures that are combined


class RankedClaim(NamedTuple):
    """A claim with its value, period, and the kind and date of its source; `reason_unused` says why it is not used."""

    claim: Claim
    value: Value
    period: Period | None
    kind: ClaimKind
    published: date | None = None
    reason_unused: Text | None = None
    gap: float | None = None  # relative difference from the claim in use, if it is a conflict

    @property
    def as_claim(self) -> Claim:
        """A claim with the ranked value, which may be wider than the one originally stated."""
        if self.value == self.claim.value_in("number") or self.value == self.claim.value:
            return self.claim
        low, high = self.value.finite() if isinstance(self.value, Interval) else (None, None)
        return self.claim.model_copy(update={"value": None, "low": low, "high": high})


class ReconciledFigure(NamedTuple):
    """The claim in use for a figure, that of the period before, and all others in order of preference."""

    chosen: RankedClaim
    prior: RankedClaim | None
    others: tuple[RankedClaim, ...]

    def ranked(self) -> tuple[RankedClaim, ...]:
        """Returns all claims: the one in use, then the others with the latest period first."""
        rest = (self.prior, *self.others) if self.prior else self.others
        return (self.chosen, *sorted(rest, key=lambda c: _recent_first(c.period)))

    def before(self, claim: RankedClaim) -> RankedClaim | None:
        """Returns the claim of the period of the same length just before that of a claim; None if there is none."""
        period = claim.period
        if claim is self.chosen or period is None:
            return self.prior if period else None
        return next((c for c in self.ranked() if c.period and c.period.precedes(period)), None)

    @property
    def conflicts(self) -> tuple[RankedClaim, ...]:
        """The claims that conflict with the one in use."""
        return tuple(c for c in self.others if c.gap is not None)


def read_claim(figure: Figure, claim: Claim, profile: Profile) -> RankedClaim:
    """Reads a claim in the figure's unit; for figures at a date the period is its last day."""
    value = claim.value_in(figure.unit)
    source = profile.sources[claim.source] if claim.source and claim.source != ASSUMED else None
    return RankedClaim(
        claim=claim,
        value=value.clip(figure.bounds) if isinstance(value, Interval) else value,
        period=period_of(figure, claim, profile),
        kind=source_kind(claim, profile.sources),
        published=source.date if source else None,
    )


def period_of(figure: Figure, claim: Claim, profile: Profile) -> Period | None:
    """Returns the period of a claim on a figure; None if it states no period."""
    if claim.period is None:
        return None
    period = read_period(claim.period, profile.fiscal_calendar)
    return period.last_day if figure.over in ("instant", "market") else period


def source_kind(claim: Claim, sources: Mapping[str, Source]) -> ClaimKind:
    """Returns the kind of a claim's source, or that it is assumed or without a source."""
    if claim.source == ASSUMED:
        return ClaimKind.ASSUMED
    return sources[claim.source].kind if claim.source else ClaimKind.UNSOURCED


def reconcile_figure(
    figure: Figure, claims: Iterable[RankedClaim]
) -> tuple[ReconciledFigure | None, tuple[RankedClaim, ...]]:
    """Returns the reconciled figure (None if no claim can be used) and the claims that were ignored, with the reason.

    Assumed values come first; then the latest period; within one period (fiscal calendars may differ by days) the better kind
    of source; then the later source. Claims of equal rank that differ are combined into one that allows all of their values,
    and are a conflict. The order of the claims does not matter.
    """
    usable: list[RankedClaim] = []
    ignored: list[RankedClaim] = []
    for claim in claims:
        reason = _reason_to_ignore(figure, claim)
        if claim.reason_unused is not reason:
            claim = claim._replace(reason_unused=reason)
        (ignored if reason else usable).append(claim)
    if not usable:
        return None, tuple(ignored)
    ranked = _ranked(usable)
    chosen, original = _widened(ranked, 0), ranked[0]
    prior = None
    if chosen.period:
        at = next((i for i, c in enumerate(ranked) if i and c.period and c.period.precedes(chosen.period)), None)
        prior = None if at is None else _widened(ranked, at)
        ranked = [c for i, c in enumerate(ranked) if i != at]
    others = tuple(_unused(claim, original) for claim in ranked[1:])
    return ReconciledFigure(chosen, prior, others), tuple(ignored)


def _reason_to_ignore(figure: Figure, claim: RankedClaim) -> Text | None:
    if claim.value is None:
        return Text("says nothing", "没有内容")
    if figure.over == "year" and claim.period and not claim.period.is_year:
        return Text(f"{claim.period.label} is not a year", f"{claim.period.label} 不是一整年")
    return None


def _recent_first(period: Period | None) -> tuple[bool, int, int]:
    return (period is None, -period.end.toordinal() if period else 0, -period.days if period else 0)


def _ranked(claims: Sequence[RankedClaim]) -> list[RankedClaim]:
    """Sorts claims by preference: period, kind of source, date of the source, end of the period."""
    if len(claims) == 1:
        return list(claims)
    latest: list[Period] = []  # the latest period of each group
    keyed = []
    for claim in sorted(claims, key=lambda c: (_recent_first(c.period), _content(c))):
        group = (
            0 if claim.period is None else next((i for i, p in enumerate(latest) if claim.period.same(p)), len(latest))
        )
        if claim.period is not None and group == len(latest):
            latest.append(claim.period)
        keyed.append(((claim.kind is not ClaimKind.ASSUMED, claim.period is None, group, *_preference(claim)), claim))
    return [claim for _, claim in sorted(keyed, key=lambda pair: pair[0])]


def _preference(claim: RankedClaim) -> tuple[int, int, int]:
    """Returns the sort key for claims of the same period."""
    published, period = claim.published or date.min, claim.period
    return (claim.kind.rank, -published.toordinal(), -period.end.toordinal() if period else 0)


def _content(claim: RankedClaim) -> str:
    """Returns a sort key for claims of equal rank that does not depend on their order in the document."""
    return f"{claim.claim.value!r} {claim.claim.low!r} {claim.claim.high!r} {claim.claim.source} {claim.claim.note}"


def _widened(ranked: Sequence[RankedClaim], at: int) -> RankedClaim:
    """Combines claims of equal rank: numbers into the range of their values; other values are unknown if they differ."""
    claim = ranked[at]
    equals = [c for c in ranked[at + 1 :] if _rank_alike(c, claim)]
    value = claim.value
    for other in equals:
        if isinstance(value, Interval) and isinstance(other.value, Interval):
            value = value.hull(other.value)
        elif other.value != value:
            value = None
    return claim._replace(value=value) if equals else claim


def _rank_alike(claim: RankedClaim, other: RankedClaim) -> bool:
    days = [c.period.days if c.period else None for c in (claim, other)]
    return _preference(claim) == _preference(other) and days[0] == days[1]


def _unused(claim: RankedClaim, chosen: RankedClaim) -> RankedClaim:
    """Returns a claim that is not used with the reason, and with its gap if it conflicts with the one in use."""
    if claim.period and chosen.period and not claim.period.same(chosen.period):
        return claim._replace(reason_unused=Text("another period", "另一期间"))
    gap = relative_gap(claim.value, chosen.value)
    why = Text("another claim ranks first", "另有更优先的来源")
    return claim._replace(reason_unused=why, gap=gap if gap > upper(CONFLICT_GAP) else None)


def formula_conflict(claim: Claim, computed: Value, chosen: RankedClaim) -> RankedClaim | None:
    """Returns the formula's result as a conflict if it differs from the stated value, which stays in use; otherwise None."""
    if computed is None or chosen.value is None:
        return None
    if (gap := relative_gap(computed, chosen.value)) <= upper(CONFLICT_GAP):
        return None
    why = Text("the stated value is used", "采用直接给出的数值")
    return RankedClaim(claim=claim, value=computed, period=None, kind=ClaimKind.COMPUTED, reason_unused=why, gap=gap)


def relative_gap(value: Value, chosen: Value) -> float:
    """Returns the relative difference of a value from the one in use.

    It is 1 for words that differ, and at most 1 if the value in use is 0.
    """
    if isinstance(value, Interval) and isinstance(chosen, Interval):
        gap = max(value.lo - chosen.hi, chosen.lo - value.hi, 0.0)
        near = chosen.hi if value.lo > chosen.hi else chosen.lo
        return min(gap / abs(near), LARGEST) if near else min(gap, 1.0)
    return 0.0 if value == chosen else 1.0


def conflict_with(claim: RankedClaim, chosen: RankedClaim) -> RankedClaim | None:
    """Returns a claim as a conflict if it has the period of the one in use and differs from it; otherwise None."""
    found = _unused(claim, chosen)
    return found if found.gap is not None else None
