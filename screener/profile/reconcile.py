"""Which of several claims holds: by period, kind of source and date; and which claims disagree with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from screener.expression.interval import LARGEST, Interval, upper
from screener.expression.interval_ops import Value
from screener.profile.catalogue import Figure
from screener.profile.claims import Claim, Period, Source, read_period
from screener.profile.model import Profile, Relation, Subject
from screener.text import Text
from screener.vocabulary import ClaimKind

CONFLICT_GAP = 0.05  # a claim further away than this from the settled one is a conflict


class RankedClaim(NamedTuple):
    """A claim with its value, period and the kind of its source; `why_not` says why it does not hold."""

    claim: Claim
    value: Value
    period: Period | None
    kind: ClaimKind
    reason_unused: Text | None = None
    gap: float | None = None  # from the settled value, where that makes a conflict


class ReconciledFigure(NamedTuple):
    """What holds of one figure, and what was claimed beside it."""

    chosen: RankedClaim
    prior: RankedClaim | None
    others: tuple[RankedClaim, ...]

    def periods_back(self, periods: int) -> RankedClaim | None:
        """The claim so many periods before the held one, which is 0 back."""
        at: RankedClaim | None = self.chosen
        for _ in range(periods):
            later = at.period if at else None
            at = next(
                (w for w in (self.prior, *self.others) if w and later and w.period and w.period.precedes(later)), None
            )
        return at

    @property
    def conflicts(self) -> tuple[RankedClaim, ...]:
        """The claims that disagree with the held one."""
        return tuple(w for w in self.others if w.gap is not None)


def reconcile_figure(
    figure: Figure, claims: Sequence[Claim], profile: Profile
) -> tuple[ReconciledFigure | None, tuple[RankedClaim, ...]]:
    """The settled claim of a figure (None if none can hold), and the claims that were ignored, with the reason."""
    usable: list[RankedClaim] = []
    ignored: list[RankedClaim] = []
    for claim in claims:
        weighed = _weigh(figure, claim, profile)
        (usable if weighed.reason_unused is None else ignored).append(weighed)
    if not usable:
        return None, tuple(ignored)
    ranked = sorted(usable, key=lambda w: _rank(w, profile.sources))
    held = ranked[0]
    prior = next((w for w in ranked[1:] if held.period and w.period and w.period.precedes(held.period)), None)
    others = tuple(_beside(w, held) for w in ranked[1:] if w is not prior)
    return ReconciledFigure(held, prior, others), tuple(ignored)


def source_kind(claim: Claim, sources: Mapping[str, Source]) -> ClaimKind:
    """The kind of a claim's source, or 'unsourced'."""
    return sources[claim.source].kind if claim.source else ClaimKind.UNSOURCED


def _weigh(figure: Figure, claim: Claim, profile: Profile) -> RankedClaim:
    period = read_period(claim.period, profile.fiscal_year_end) if claim.period else None
    value = claim.value_in(figure.unit)
    why_not, horizon = None, profile.horizon
    if value is None:
        why_not = Text("says nothing", "没有内容")
    elif (late := _published_later(claim, profile)) is not None:
        why_not = late
    elif figure.over == "year" and period and not period.is_year:
        why_not = Text(f"{period.label} is not a year", f"{period.label} 不是一整年")
    elif horizon and period and period.end > horizon and source_kind(claim, profile.sources) is ClaimKind.FILED:
        why_not = Text(f"{period.label} ends after {horizon}", f"{period.label} 晚于 {horizon} 结束")
    if isinstance(value, Interval):
        value = value.clip(figure.bounds)
    return RankedClaim(claim, value, period, source_kind(claim, profile.sources), why_not)


def _published_later(claim: Claim, profile: Profile) -> Text | None:
    """Why a claim does not count yet: its source is dated after the profile's horizon."""
    source, horizon = profile.sources[claim.source] if claim.source else None, profile.horizon
    if source and source.date and horizon and source.date > horizon:
        return Text(f"published {source.date}, after {horizon}", f"发布于 {source.date},晚于 {horizon}")
    return None


def as_known(member: Relation, profile: Profile) -> tuple[Relation | None, dict[str, RankedClaim]]:
    """A member of a list without the claims that were published later (None if nothing is left), and those claims."""
    late = {name: why for name, claim in member.fields.items() if (why := _published_later(claim, profile)) is not None}
    if not late:
        return member, {}
    kept = {name: claim for name, claim in member.fields.items() if name not in late}
    ignored = {
        name: RankedClaim(
            member.fields[name],
            member.fields[name].written_value,
            None,
            source_kind(member.fields[name], profile.sources),
            why,
        )
        for name, why in late.items()
    }
    return (Relation(kept, member.nested, member.incomplete) if kept else None), ignored


def _rank(weighed: RankedClaim, sources: Mapping[str, Source]) -> tuple[int, int, int, int]:
    source = sources[weighed.claim.source] if weighed.claim.source else None
    published = source.date if source and source.date else date.min
    ends = weighed.period.end.toordinal() if weighed.period else 0
    return (weighed.period is None, -ends, weighed.kind.rank, -published.toordinal())


def _beside(weighed: RankedClaim, held: RankedClaim) -> RankedClaim:
    """A claim that does not hold, with the reason, and its gap where it conflicts with the one that does."""
    if weighed.period and held.period and not weighed.period.same(held.period):
        return RankedClaim(
            weighed.claim, weighed.value, weighed.period, weighed.kind, Text("another period", "另一期间")
        )
    gap = relative_gap(weighed.value, held.value)
    why = Text("another claim ranks first", "另有更优先的来源")
    return RankedClaim(
        weighed.claim, weighed.value, weighed.period, weighed.kind, why, gap if gap > upper(CONFLICT_GAP) else None
    )


def formula_conflict(claim: Claim, computed: Interval, held: RankedClaim) -> RankedClaim | None:
    """What the formula of a stated metric gives over figures, where that is a conflict: what is stated holds."""
    if (gap := relative_gap(computed, held.value)) <= upper(CONFLICT_GAP):
        return None
    return RankedClaim(
        claim, computed, None, ClaimKind.COMPUTED, Text("the stated value holds", "采用直接给出的数值"), gap
    )


def relative_gap(value: Value, settled: Value) -> float:
    """How far a value is from the settled one, relative to it (absolute where that is 0); 1 for words that differ."""
    if isinstance(value, Interval) and isinstance(settled, Interval):
        gap = max(value.lo - settled.hi, settled.lo - value.hi, 0.0)
        near = settled.hi if value.lo > settled.hi else settled.lo
        return min(gap / abs(near), LARGEST) if near else gap
    return 0.0 if value == settled else 1.0


def party_conflicts(
    figures: Mapping[str, Figure], party: Subject, profile: Profile, settled: Mapping[str, ReconciledFigure]
) -> Iterator[tuple[str, RankedClaim, RankedClaim]]:
    """Where a profile's words on another company conflict with that company's own: figure, own claim, profile's claim."""
    for name, ours, _ in reconcile_figures(figures, party.figures, profile):
        if ours is not None and name in settled:
            beside = _beside(ours.chosen, settled[name].chosen)
            if beside.gap is not None:
                yield name, settled[name].chosen, beside


def reconcile_figures(
    figures: Mapping[str, Figure], claims: Mapping[str, Sequence[Claim]], profile: Profile
) -> Iterator[tuple[str, ReconciledFigure | None, tuple[RankedClaim, ...]]]:
    """Every figure of a company, settled."""
    for name, said in claims.items():
        yield name, *reconcile_figure(figures[name], said, profile)
