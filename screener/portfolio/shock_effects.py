"""The effects of shocks on the facts of profiles.

The model is deliberately simple, and the report names each of its steps as an effect:

- A figure that a shock changes is assumed (as with `run --fact`), wherever a profile states it of that company.
- Payments that stop are no longer among the flows of money, nor among the funding of the company that received them.
- A company that loses a customer loses that customer's share of revenue. If the share is not stated, it lies between 0
and what the other customers leave: revenue becomes a range.
- Lost revenue lowers the results and cash flows of the year by a part of it, `pass_through`: by all of it if no cost
can be saved.
- A company that stops all payments is in default: its profile gets that event.

Not modelled are prices, replacement of customers, bankruptcy law, accounting for losses on receivables, and time.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.expression.interval import Interval
from screener.portfolio.shock import FigureShock, PaymentStop, Shock
from screener.profile.catalogue import Catalogue
from screener.profile.claims import ASSUMED, Claim
from screener.profile.knowledge import figures_known
from screener.profile.model import Profile, Relation, Subject
from screener.profile.what_if import ASSUMED_SOURCE, assume
from screener.text import LANGUAGES, Text
from screener.units import show_interval

NO_COST_SAVED_TO_ALL = Interval(0.0, 1.0)  # the part of lost revenue that lowers results and cash flows
RESULTS = ("gross_profit", "ebitda", "operating_income", "net_income", "operating_cash_flow", "free_cash_flow")
"""Figures that lost revenue lowers."""
STATEMENTS = ("profitable", "real_renewals")
"""Statements that become unknown once revenue is lost."""
_DEFAULT = "default"


class Effect(NamedTuple):
    """A change by a shock to the facts of a company; `fact` is the name of a figure or of a list of relations."""

    company: str
    shock: Shock
    fact: str
    says: Text


class ShockedProfile(NamedTuple):
    """A profile after shocks, and the changes that they made."""

    profile: Profile
    effects: tuple[Effect, ...]


def shocked(
    profile: Profile, shocks: Sequence[Shock], catalogue: Catalogue, pass_through: Interval = NO_COST_SAVED_TO_ALL
) -> ShockedProfile:
    """Returns the profile after shocks, whose order does not matter. Raises ProfileError if a figure can't be assumed."""
    changed, effects = _with_payments_stopped(profile, [s for s in shocks if isinstance(s, PaymentStop)])
    facts: dict[str, Interval] = {}
    opened: set[tuple[str, str]] = set()
    for key, subject in _subjects(profile):
        known = _known_numbers(subject, profile, catalogue)
        for shock in sorted((s for s in shocks if isinstance(s, FigureShock)), key=str):
            if shock.company == subject.id and (after := shock.applied_to(known.get(shock.figure))) is not None:
                facts[f"{key}{shock.figure}"] = known[shock.figure] = after
                effects.append(Effect(subject.id, shock, shock.figure, _figure_says(shock.figure, after, catalogue)))
        lost, because = _lost_share(subject, shocks)
        if because is None:
            continue
        for name, after in _after_losing(lost, known, pass_through):
            facts[f"{key}{name}"] = after
            effects.append(Effect(subject.id, because, name, _figure_says(name, after, catalogue)))
        opened.update((key, name) for name in STATEMENTS if name in subject.figures)
    changed = _without_statements(changed, opened)
    if facts:
        changed = assume(changed, [f"{name}={_written(value)}" for name, value in sorted(facts.items())], catalogue)
    return ShockedProfile(changed, tuple(effects))


def _subjects(profile: Profile) -> Iterator[tuple[str, Subject]]:
    """Yields the companies of a profile, each with the prefix that its figures have in assumptions."""
    yield "", profile.subject
    for key, party in profile.parties.items():
        if party.id != profile.id:
            yield f"{key}.", party


def _known_numbers(subject: Subject, profile: Profile, catalogue: Catalogue) -> dict[str, Interval]:
    found = {}
    for name, figure in figures_known(subject, profile, catalogue).items():
        value = figure.chosen.value
        if isinstance(value, Interval):
            found[name] = value
    return found


def _lost_share(subject: Subject, shocks: Sequence[Shock]) -> tuple[Interval, PaymentStop | None]:
    """Returns the share of revenue of the customers that stop paying a company, and the first of these shocks, if any."""
    shares = [(_customer(member), _share(member)) for member in subject.relations.get("customers", ())]
    stops = {customer: stop for customer, _ in shares if customer and (stop := _stop(customer, subject.id, shocks))}
    if not stops:
        return Interval.point(0.0), None
    others = sum(share.lo for customer, share in shares if customer not in stops)
    low = sum(share.lo for customer, share in shares if customer in stops)
    high = sum(share.hi for customer, share in shares if customer in stops)
    most = max(min(high, 1.0 - others, 1.0), 0.0)
    return Interval(min(low, most), most), min(stops.values(), key=str)


def _after_losing(
    share: Interval, known: dict[str, Interval], pass_through: Interval
) -> Iterator[tuple[str, Interval]]:
    revenue = known.get("revenue")
    if revenue is None or revenue.lo < 0:
        return
    lost = Interval(revenue.lo * share.lo, revenue.hi * share.hi)
    yield "revenue", Interval(revenue.lo * (1 - share.hi), revenue.hi * (1 - share.lo))
    for name in RESULTS:
        if name in known:
            value = known[name]
            yield name, Interval(value.lo - lost.hi * pass_through.hi, value.hi - lost.lo * pass_through.lo)


def _with_payments_stopped(profile: Profile, stops: Sequence[PaymentStop]) -> tuple[Profile, list[Effect]]:
    """Returns the profile without the payments that stop, and with the default of each company that stops all payments."""
    effects: list[Effect] = []
    if not stops:
        return profile, effects

    def remaining(subject: Subject) -> Subject:
        relations, incomplete = dict(subject.relations), subject.incomplete
        for list_name in ("flows", "funding"):
            members = relations.get(list_name, ())
            stopped = {i for i, m in enumerate(members) if (stop := _stop(*_ends(list_name, m, subject), stops))}
            for i in sorted(stopped):
                payer, payee = _ends(list_name, members[i], subject)
                stop = _stop(payer, payee, stops)
                assert stop is not None
                effects.append(Effect(payee, stop, list_name, _payment_says(list_name, payer, payee, profile)))
            if stopped:
                relations[list_name] = tuple(m for i, m in enumerate(members) if i not in stopped)
        if (default := next((s for s in stops if s.payer == subject.id and s.payee is None), None)) is not None:
            if "events" not in relations:
                incomplete |= {"events"}  # one event is known now; whether there are others is as unknown as before
            relations["events"] = (*relations.get("events", ()), _default_event(profile, relations))
            effects.append(Effect(subject.id, default, "events", Text("in default", "违约")))
        return subject._replace(relations=relations, incomplete=incomplete)

    parties = {key: remaining(party) for key, party in profile.parties.items()}
    changed = profile._replace(subject=remaining(profile.subject), parties=parties)
    if effects:
        changed = changed._replace(sources={**profile.sources, ASSUMED: ASSUMED_SOURCE})
    return changed, effects


def _default_event(profile: Profile, relations: dict[str, tuple[Relation, ...]]) -> Relation:
    fields = {"what": Claim(value=_DEFAULT, source=ASSUMED)}
    if profile.day is not None:
        fields["date"] = Claim(value=profile.day.isoformat(), source=ASSUMED)
    return Relation(fields, place=1 + max((m.place for m in relations.get("events", ())), default=-1))


def _ends(list_name: str, member: Relation, subject: Subject) -> tuple[str, str]:
    """Returns the payer and the payee of a flow, or a funder and the company that it funds."""
    if list_name == "flows":
        return _company(member, "from"), _company(member, "to")
    return _company(member, "party"), subject.id


def _company(member: Relation, field: str) -> str:
    claim = member.fields.get(field)
    return str(claim.value) if claim and claim.value is not None else ""


def _customer(member: Relation) -> str:
    return _company(member, "party")


def _share(member: Relation) -> Interval:
    claim = member.fields.get("share_of_revenue")
    value = claim.value_in("fraction") if claim else None
    return Interval(max(value.lo, 0.0), min(value.hi, 1.0)) if isinstance(value, Interval) else Interval(0.0, 1.0)


def _stop(payer: str, payee: str, shocks: Iterable[Shock]) -> PaymentStop | None:
    """Returns the shock that ends payments from one company to another, if any."""
    found = [s for s in shocks if isinstance(s, PaymentStop) and s.payer == payer and s.payee in (None, payee)]
    return min(found, key=str) if found and payer else None


def _without_statements(profile: Profile, opened: set[tuple[str, str]]) -> Profile:
    if not opened:
        return profile

    def remaining(key: str, subject: Subject) -> Subject:
        figures = {name: claims for name, claims in subject.figures.items() if (key, name) not in opened}
        return subject._replace(figures=figures)

    parties = {key: remaining(f"{key}.", party) for key, party in profile.parties.items()}
    return profile._replace(subject=remaining("", profile.subject), parties=parties)


def _written(value: Interval) -> str:
    low, high = value.finite()
    return repr(low) if value.is_point else f"{'' if low is None else repr(low)}..{'' if high is None else repr(high)}"


def _figure_says(name: str, after: Interval, catalogue: Catalogue) -> Text:
    figure = catalogue.claimable[name]
    en, zh = (show_interval(after.lo, after.hi, figure.unit, language) for language in LANGUAGES)
    return Text(f"{figure.title.en}: {en}", f"{figure.title.zh}：{zh}")


def _payment_says(list_name: str, payer: str, payee: str, profile: Profile) -> Text:
    what = Text("payment", "付款") if list_name == "flows" else Text("funding", "融资")
    known = {subject.id: subject.name for _, subject in _subjects(profile)}
    names = [known.get(company, Text(company, company)) for company in (payer, payee)]
    ends = Text(" → ".join(name.en for name in names), " → ".join(name.zh for name in names))
    return Text(f"{what.en} {ends.en} stops", f"{ends.zh} 的{what.zh}中止")
