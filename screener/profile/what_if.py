"""Assumes values of figures in a profile without changing its file."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from screener.errors import Problem, ProfileError
from screener.profile.catalogue import Catalogue, Figure
from screener.profile.claims import ASSUMED, Claim, Source
from screener.profile.knowledge import figures_known
from screener.profile.model import Profile, Subject
from screener.profile.reconcile import FURTHEST, RankedClaim, period_of
from screener.text import Text, clean, did_you_mean, shorten
from screener.units import NUMERIC
from screener.vocabulary import ClaimKind

ASSUMED_SOURCE = Source.model_construct(
    title=Text("Assumed: what if", "假设"), kind=ClaimKind.ASSUMED, publisher=None, date=None, url=None
)


def assume(profile: Profile, facts: Sequence[str], catalogue: Catalogue, as_of: date | None = None) -> Profile:
    """Returns the profile in which NAME=VALUE, or PARTY.NAME=VALUE, replaces the claims for the same period.

    NAME is a figure, statement or metric; VALUE a number, LOW..HIGH, true, false or a word. Claims for earlier years stay, so
    that growth can be computed. With `as_of` the profile is read as of that day: later publications do not count. Raises
    ProfileError with all problems.
    """
    if as_of is not None:
        profile = profile.on(as_of)
    problems: list[Problem] = []
    for fact in facts:
        try:
            profile = _with_fact(profile, fact, catalogue)
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            problems.append(Problem(what, hint, f"--fact {clean(shorten(fact, 80))}"))
    if problems:
        raise ProfileError(problems)
    return profile._replace(digest=digest_with(profile.digest, facts, as_of))


def figure_by_name(name: str, catalogue: Catalogue) -> tuple[str, Figure]:
    """Finds a figure by its name or an alias; returns its name in the catalogue with it.

    Raises ValueError with the error and what to do.
    """
    name = catalogue.aliases.get(name, name)
    figure = catalogue.claimable.get(name)
    if figure is None:
        hint = did_you_mean(name, [*catalogue.claimable, *catalogue.aliases], "see rules/catalog/figures.yaml")
        raise ValueError(f"unknown figure '{clean(name)}'; {hint}")
    return name, figure


def digest_with(digest: str, facts: Sequence[str], as_of: date | None = None) -> str:
    """Returns the digest of a profile with assumptions, computed from the profile's own digest."""
    parts = [digest, *facts, *([as_of.isoformat()] if as_of else ())]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def assumed_figures(subject: Subject) -> list[str]:
    """Returns the names of a company's assumed figures."""
    return [name for name, claims in subject.figures.items() if any(c.source == ASSUMED for c in claims)]


def _with_fact(profile: Profile, fact: str, catalogue: Catalogue) -> Profile:
    left, sign, written = fact.partition("=")
    party, dot, name = left.strip().rpartition(".")
    if not sign:
        raise ValueError("is not NAME=VALUE; for example revenue=60e9")
    subject = profile.parties.get(party) if dot and party != profile.id else profile.subject
    if subject is None:
        raise ValueError(
            f"there is no party '{party}'; {did_you_mean(party, profile.parties, 'name one of the profile')}"
        )
    name, figure = figure_by_name(name, catalogue)
    if any(c.source == ASSUMED for c in subject.figures.get(name, ())):
        raise ValueError(f"'{name}' is assumed twice; give it once")
    place = place_of_assumption(profile, subject, name, catalogue)
    return with_assumed(profile, subject, name, _claim(written.strip(), figure, place.period), place)


class AssumptionPlace(NamedTuple):
    """The claims that an assumption leaves in place, and the period of the claim that it replaces."""

    period: str | None
    earlier: tuple[Claim, ...]


def place_of_assumption(
    profile: Profile,
    subject: Subject,
    name: str,
    catalogue: Catalogue,
    used: Mapping[str, RankedClaim] | None = None,
) -> AssumptionPlace:
    """Determines which claims of a company an assumed value of a figure replaces.

    `used` maps figures to the company's claims in use, if they are already known.
    """
    if used is None:
        used = {other: known.chosen for other, known in figures_known(subject, profile, catalogue).items()}
    figure, replaced = catalogue.claimable[name], _replaced(used, name, catalogue)
    if replaced is None:
        return AssumptionPlace(None, ())
    earlier = tuple(
        c
        for c in subject.figures.get(name, ())
        if replaced.period and (period := period_of(figure, c, profile)) and not period.same(replaced.period)
    )
    return AssumptionPlace(replaced.claim.period, earlier)


def with_assumed(profile: Profile, subject: Subject, name: str, claim: Claim, place: AssumptionPlace) -> Profile:
    """Returns the profile with an assumed claim on a figure of one of its companies; its digest is not changed."""
    changed = subject._replace(figures={**subject.figures, name: (claim, *place.earlier)})
    sources = {**profile.sources, ASSUMED: ASSUMED_SOURCE}
    if subject is profile.subject:
        return profile._replace(subject=changed, sources=sources)
    party = next(key for key, found in profile.parties.items() if found is subject)
    return profile._replace(parties={**profile.parties, party: changed}, sources=sources)


def _replaced(used: Mapping[str, RankedClaim], name: str, catalogue: Catalogue) -> RankedClaim | None:
    """Returns the claim that an assumption replaces; None if there is none, or if it is much older than other figures."""
    latest = max((c.period.end for n, c in used.items() if c.period and not catalogue.is_price(n)), default=None)
    claim = used.get(name)
    stale = claim and claim.period and latest and latest - claim.period.end > FURTHEST
    return None if stale else claim


def _claim(written: str, figure: Figure, period: str | None) -> Claim:
    if not written.strip("."):
        raise ValueError("has no value; for example revenue=60e9")
    given: dict[str, object] = {"value": written}
    if figure.unit in NUMERIC:
        low, dots, high = written.partition("..")
        given = {"low": _number(low), "high": _number(high)} if dots else {"value": _number(written)}
    elif figure.unit == "truth" and written in ("true", "false"):
        given = {"value": written == "true"}
    try:
        claim = Claim(**given, period=period, source=ASSUMED)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
    if wrong := claim.mismatch(figure.unit, figure.words, figure.bounds):
        hint = did_you_mean(written, figure.words, "write a number, LOW..HIGH, true, false or a word")
        raise ValueError(f"{wrong}; {hint}")
    return claim


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        if math.isfinite(number := float(text)):
            return number
        raise ValueError
    except ValueError:
        raise ValueError(f"'{clean(text)}' is not a number; write plain units, such as 60e9 or 0.4") from None
