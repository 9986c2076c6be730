"""Reduces a profile to what was known on a day: later claims, forecasts, and claims without a date may not count.

Claims without a date are left out only on days before the profile's own day. This is decided once, before any fact is built,
and for all companies of a run by the day of the screened company.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from screener.profile.catalogue import Catalogue, Kind, RelationField
from screener.profile.claims import ASSUMED, Claim, may_have_ended, read_event_date, read_period
from screener.profile.model import Profile, Relation, Subject
from screener.profile.reconcile import RankedClaim, ReconciledFigure, read_claim, reconcile_figure, source_kind
from screener.text import Text
from screener.vocabulary import ClaimKind

LeftOut = tuple[str, RankedClaim]
"""The figure or member field (`customers[0].share_of_revenue`) and a claim on it that does not count, with the reason."""


class KnownProfile(NamedTuple):
    """A profile reduced to what was known on a day.

    A figure about which nothing was known has no claims; a list that lost a member is incomplete. `undated` counts the claims
    in use that have no publication date, `undated_left_out` those that are left out because they have none.
    `taken_to_have_ended` names fiscal years that are used although they may end after the day, since the profile does not
    state when fiscal years end.
    """

    profile: Profile
    left_out: Mapping[str, tuple[LeftOut, ...]]  # by company
    undated: int
    undated_left_out: int
    taken_to_have_ended: tuple[str, ...] = ()

    def remarks(self, day: date | None) -> Iterator[Text]:
        """Yields a remark on the fiscal years for which the profile should state the end."""
        if self.taken_to_have_ended:
            years = ", ".join(self.taken_to_have_ended)
            yield Text(
                f"{years} is taken to have ended by {day}: state fiscal_year_end.",
                f"视 {years} 在 {day} 之前已结束：请注明 fiscal_year_end。",
            )


def known_on(profile: Profile, day: date | None, catalogue: Catalogue) -> KnownProfile:
    """Returns the profile as it was known on a day; with None, regardless of the dates of its claims."""
    reader = _KnowledgeReader(profile, day, catalogue)
    subject = reader.subject(profile.subject)
    parties = {key: reader.subject(party) for key, party in profile.parties.items()}
    rates = tuple(rate for rate in profile.rates if not reader.reason(rate.claim, forecast=False))
    known = profile._replace(subject=subject, parties=parties, rates=rates)
    left_out = {company: tuple(found) for company, found in reader.left_out.items()}
    return KnownProfile(
        profile=known,
        left_out=left_out,
        undated=reader.undated,
        undated_left_out=reader.undated_left_out,
        taken_to_have_ended=tuple(sorted(reader.taken_to_have_ended)),
    )


def filed_only(profile: Profile, catalogue: Catalogue) -> Profile:
    """Returns the profile with claims from filings only.

    A list that loses a member becomes incomplete, and an empty list unknown.
    """
    reader = _FiledReader(profile, profile.day, catalogue)
    parties = {key: reader.subject(party) for key, party in profile.parties.items()}
    return profile._replace(subject=reader.subject(profile.subject), parties=parties)


def figures_known(subject: Subject, profile: Profile, catalogue: Catalogue) -> dict[str, ReconciledFigure]:
    """Reconciles the figures of one company of a profile as they were known on the profile's day."""
    known = known_on(profile._replace(subject=subject, parties={}), profile.day, catalogue).profile
    found = {}
    for name, claims in known.subject.figures.items():
        figure = catalogue.claimable[name]
        reconciled, _ = reconcile_figure(figure, (read_claim(figure, claim, known) for claim in claims))
        if reconciled is not None:
            found[name] = reconciled
    return found


class _KnowledgeReader:
    def __init__(self, profile: Profile, day: date | None, catalogue: Catalogue) -> None:
        self.profile, self.day, self.catalogue = profile, day, catalogue
        own_day = profile.own_day
        self.before_own_day = day is not None and own_day is not None and day < own_day
        self.left_out: dict[str, list[LeftOut]] = {}
        self.undated = self.undated_left_out = 0
        self.taken_to_have_ended: set[str] = set()

    def subject(self, subject: Subject) -> Subject:
        left_out = self.left_out.setdefault(subject.id, [])
        figures = {}
        for name, claims in subject.figures.items():
            figure = self.catalogue.claimable[name]
            counted = []
            for claim in claims:
                if reason := self.reason(claim, forecast=False):
                    left_out.append((name, read_claim(figure, claim, self.profile)._replace(reason_unused=reason)))
                else:
                    counted.append(claim)
            figures[name] = tuple(counted)
        relations, incomplete = {}, set(subject.incomplete)
        for list_name, members in subject.relations.items():
            if not members and self.before_own_day:
                continue  # an empty list is a statement without a date
            found = self._members(self.catalogue.lists[list_name], list_name, members, left_out)
            relations[list_name] = found
            if len(found) < len(members):
                incomplete.add(list_name)
        lost = [name for name, members in subject.relations.items() if len(relations.get(name, ())) < len(members)]
        others = {
            list_name: self._claims_on_others(list_name, claims, left_out)
            for list_name, claims in subject.others.items()
            if list_name
            not in lost  # a removed member now counts as unlisted, so claims on unlisted members may not hold for it
        }
        return subject._replace(figures=figures, relations=relations, incomplete=frozenset(incomplete), others=others)

    def _claims_on_others(
        self, list_name: str, claims: Mapping[str, Claim], left_out: list[LeftOut]
    ) -> dict[str, Claim]:
        """Returns the claims about unlisted members that count."""
        entry = self.catalogue.kinds[self.catalogue.lists[list_name]]
        counted = {}
        for name, claim in claims.items():
            typed = entry.fields[name]
            if reason := self.reason(claim, forecast=entry.forecast or typed.forecast):
                left_out.append((f"others.{list_name}.{name}", self._unused(typed, claim, reason)))
            else:
                counted[name] = claim
        return counted

    def _members(
        self, kind: str, path: str, members: tuple[Relation, ...], left_out: list[LeftOut]
    ) -> tuple[Relation, ...]:
        found = (self._member(kind, f"{path}[{member.place}]", member, left_out) for member in members)
        return tuple(member for member in found if member is not None)

    def _member(self, kind: str, path: str, member: Relation, left_out: list[LeftOut]) -> Relation | None:
        """Returns the member with the claims that count; None if none are left, or if a required field is lost."""
        entry = self.catalogue.kinds[kind]
        if (name := self._future_date(entry, member)) is not None:
            claim = member.fields[name]
            later = Text(f"{claim.value} is after {self.day}", f"{claim.value} 晚于 {self.day}")
            left_out.append((f"{path}.{name}", self._unused(entry.fields[name], claim, later)))
            return None
        fields = {}
        for name, claim in member.fields.items():
            typed = entry.fields[name]
            if reason := self.reason(claim, forecast=entry.forecast or typed.forecast):
                left_out.append((f"{path}.{name}", self._unused(typed, claim, reason)))
            else:
                fields[name] = claim
        if (member.fields and not fields) or any(
            entry.fields[n].required for n in member.fields.keys() - fields.keys()
        ):
            return None
        nested: dict[str, tuple[Relation, ...] | None] = {}
        incomplete = set(member.incomplete)
        for inner, members in member.nested.items():
            if members is None or (not members and self.before_own_day):
                nested[inner] = None
                continue
            list_name = self.catalogue.kinds[inner].list_name
            nested[inner] = kept = self._members(inner, f"{path}.{list_name}", members, left_out)
            if len(kept) < len(members):
                incomplete.add(inner)
        return member._replace(fields=fields, nested=nested, incomplete=frozenset(incomplete))

    def _future_date(self, entry: Kind, member: Relation) -> str | None:
        """Returns the field with the date of an event after the day; None if the member has none."""
        if self.day is None or entry.forecast:
            return None
        dates = (typed.since for typed in entry.fields.values() if typed.since in member.fields)
        for name in filter(None, dates):
            value = member.fields[name].value
            if isinstance(value, str) and (time := read_event_date(value)) and (time.start or time.end) > self.day:
                return name
        return None

    def _unused(self, typed: RelationField, claim: Claim, reason: Text) -> RankedClaim:
        """Returns a claim on a member's field with the reason why it is not used."""
        return read_claim(typed.as_figure, claim, self.profile)._replace(reason_unused=reason)

    def reason(self, claim: Claim, forecast: bool) -> Text | None:
        """Says why a claim does not count, None if it does. With `forecast` its period may lie in the future."""
        if claim.is_empty or claim.source == ASSUMED:
            return None
        source = self.profile.sources[claim.source] if claim.source else None
        published, day = source.date if source else None, self.day
        if published is None and self.before_own_day:
            self.undated_left_out += 1
            return Text(f"undated: it may have been published after {day}", f"未注明日期：可能在 {day} 之后才发布")
        if published is not None and day is not None and published > day:
            return Text(f"published {published}, after {day}", f"发布于 {published},晚于 {day}")
        if day is not None and claim.period is not None and not forecast:
            calendar = self.profile.fiscal_calendar
            period = read_period(claim.period, calendar)
            is_estimate = source is not None and source.kind in (ClaimKind.ESTIMATE, ClaimKind.ILLUSTRATIVE)
            if period.end > day and not is_estimate and may_have_ended(claim.period, calendar, day):
                self.taken_to_have_ended.add(period.label)
            elif period.end > day:
                return Text(f"a forecast: {period.label} ends after {day}", f"预测值：{period.label} 晚于 {day} 结束")
        self.undated += published is None
        return None


class _FiledReader(_KnowledgeReader):
    """Removes claims that are not from filings, and empty lists, for which no source is recorded."""

    def __init__(self, profile: Profile, day: date | None, catalogue: Catalogue) -> None:
        super().__init__(profile, day, catalogue)
        self.before_own_day = True  # drops empty lists, as on a day before the profile's own day

    def reason(self, claim: Claim, forecast: bool) -> Text | None:
        """Says why a claim does not count; None if it does."""
        if claim.is_empty or source_kind(claim, self.profile.sources) is ClaimKind.FILED:
            return None
        return Text("not from a filing", "并非来自申报文件")
