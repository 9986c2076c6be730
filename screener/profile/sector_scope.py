"""The sector of a company: the stated one, and those that its statements leave possible."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import Field, model_validator

from screener.expression.interval import Interval, Truth
from screener.profile.catalogue import Catalogue
from screener.profile.strict_model import ListOf, Strict
from screener.text import Text, clean, did_you_mean

NOT_IN_CATALOGUE = ""
"""Represents, among possible sectors, one that the catalogue does not name."""


class SectorEvidence(Strict):
    """What the form of a company's statements shows about its sector: sectors to which it must or cannot belong."""

    within: str | None = Field(None, description="The sector, or a parent of it.")
    outside: ListOf[str] = Field(
        (), description="Sectors, including their subsectors, to which the company does not belong."
    )
    source: str | None = Field(None, description="A key of `sources`.")
    note: str = Field(description="The evidence for it in the statements.")

    @model_validator(mode="after")
    def _says_something(self) -> "SectorEvidence":
        if self.within is None and not self.outside:
            raise ValueError("needs `within` or `outside`")
        return self

    def sectors(self) -> Iterator[str]:
        """Yields all sectors that the evidence names."""
        yield from (*((self.within,) if self.within else ()), *self.outside)


class SectorScope(NamedTuple):
    """The stated sector, if any, and the sectors that evidence leaves possible (None: no evidence)."""

    stated: str | None = None
    possible: frozenset[str] | None = None


def possible_sectors(evidence: Iterable[SectorEvidence], catalogue: Catalogue) -> frozenset[str] | None:
    """Returns the sectors that all evidence leaves possible; None if there is no evidence or it contradicts itself."""
    possible: frozenset[str] | None = None
    for item in evidence:
        if possible is None:
            possible = frozenset((*catalogue.sectors, NOT_IN_CATALOGUE))
        if item.within is not None:
            possible &= catalogue.below(item.within)
        possible = possible.difference(*map(catalogue.below, item.outside))
    return possible or None


def sector_scope(stated: str | None, evidence: Iterable[SectorEvidence], catalogue: Catalogue) -> SectorScope:
    """Combines a stated sector with evidence. The stated sector takes precedence; evidence that contradicts it does not count."""
    possible = possible_sectors(evidence, catalogue)
    if stated is not None and possible is not None:
        possible = possible & catalogue.below(stated) or None
    return SectorScope(stated, possible)


def narrowest_sector(scope: SectorScope, catalogue: Catalogue) -> str | None:
    """Returns the stated sector, or the smallest one that contains every possible sector; None if there is none."""
    if scope.stated is not None or scope.possible is None:
        return scope.stated
    around = [sector for sector in catalogue.sectors if scope.possible <= catalogue.below(sector)]
    return min(around, key=lambda sector: (len(catalogue.below(sector)), sector), default=None)


def in_scope(only_for: frozenset[str], not_for: frozenset[str], scope: SectorScope, catalogue: Catalogue) -> Truth:
    """Whether a rule that names sectors applies to a company of this scope; a name covers all sectors below it.

    The stated sector is taken literally: a rule that excludes only a part of it applies; for a rule that is limited to a part
    of it the answer is unknown until a narrower sector is stated. Where the stated sector leaves this unknown, or none is
    stated, evidence may decide: the rule applies if it applies to every possible sector, and does not if it applies to none.
    """
    if not only_for and not not_for:
        return Truth.TRUE
    found = Truth.UNKNOWN if scope.stated is None else _in_stated(only_for, not_for, scope.stated, catalogue)
    if found is not Truth.UNKNOWN or scope.possible is None:
        return found
    included = scope.possible.difference(*map(catalogue.below, not_for))
    if only_for:
        included &= frozenset[str]().union(*map(catalogue.below, only_for))
    if not included:
        return Truth.FALSE
    return Truth.TRUE if included == scope.possible else Truth.UNKNOWN


def _in_stated(only_for: frozenset[str], not_for: frozenset[str], stated: str, catalogue: Catalogue) -> Truth:
    own = catalogue.ancestry(stated)
    if not_for.intersection(own):
        return Truth.FALSE
    if not only_for or only_for.intersection(own):
        return Truth.TRUE
    return Truth.UNKNOWN if only_for.intersection(catalogue.below(stated)) else Truth.FALSE


def read_evidence(
    evidence: Iterable[SectorEvidence], catalogue: Catalogue, sources: Collection[str], bad: Callable[..., None]
) -> tuple[SectorEvidence, ...]:
    """Returns the valid evidence of a profile; `bad` is called for names of sectors or sources that do not exist."""
    good = []
    for i, item in enumerate(evidence):
        wrong = [sector for sector in item.sectors() if sector not in catalogue.sectors]
        for sector in wrong:
            hint = did_you_mean(sector, catalogue.sectors, "see rules/catalog/sectors.yaml")
            bad(["sector_evidence", i], f"unknown sector '{clean(sector)}'", hint)
        if item.source is not None and item.source not in sources:
            hint = did_you_mean(item.source, tuple(sources), "add it under sources")
            bad(["sector_evidence", i, "source"], f"there is no source '{clean(item.source)}'", hint)
        if not wrong:
            good.append(item)
    return tuple(good)


def contradictions(stated: str | None, evidence: Iterable[SectorEvidence], catalogue: Catalogue) -> Iterator[Text]:
    """Yields a remark on each piece of evidence that contradicts the stated sector or the pieces before it."""
    if stated is not None and stated not in catalogue.sectors:
        return
    before: list[SectorEvidence] = []
    for item in evidence:
        if stated is not None and possible_sectors([item], catalogue) is not None:
            if sector_scope(stated, [item], catalogue).possible is None:
                title = catalogue.sectors[stated].title
                yield Text(
                    f"The stated sector, {title.en}, contradicts the statements ({item.note}); the stated one is used.",
                    f"所填行业（{title.zh}）与报表形式不符（{item.note}）；以所填行业为准。",
                )
        elif stated is None and possible_sectors([*before, item], catalogue) is None:
            yield Text(
                f"What the statements show of the sector contradicts itself ({item.note}); none of it is used.",
                f"报表所示的行业特征相互矛盾（{item.note}）；均不采用。",
            )
        before.append(item)


def evidence_remarks(stated: str | None, evidence: Iterable[SectorEvidence], catalogue: Catalogue) -> Iterator[Text]:
    """Yields remarks on what the statements show about a sector that is not stated, and on contradictions."""
    items = tuple(evidence)
    if stated is None and possible_sectors(items, catalogue) is not None:
        yield from (_shown(item, catalogue) for item in items)
    yield from contradictions(stated, items, catalogue)


def _shown(item: SectorEvidence, catalogue: Catalogue) -> Text:
    outside = [catalogue.sectors[sector].title for sector in item.outside]
    within = catalogue.sectors[item.within].title if item.within else None
    en = [
        *([f"within {within.en}"] if within else ()),
        *([f"outside {', '.join(t.en for t in outside)}"] if outside else ()),
    ]
    zh = [
        *([f"属于{within.zh}"] if within else ()),
        *([f"不属于{'、'.join(t.zh for t in outside)}"] if outside else ()),
    ]
    return Text(
        f"The sector is not stated; the statements show that it is {' and '.join(en)}: {item.note}.",
        f"未注明行业；报表显示其{'，'.join(zh)}：{item.note}。",
    )


def parameter_for_sector(
    default: float, values: Mapping[str, float], scope: SectorScope, catalogue: Catalogue
) -> Interval:
    """Returns a parameter for a company's sector: that of the nearest sector upward.

    Without a stated sector it is the range of the values of all possible sectors.
    """
    if scope.stated is not None:
        return Interval.point(_nearest(default, values, scope.stated, catalogue))
    if scope.possible is None:
        found = {default, *values.values()}
    else:
        found = {_nearest(default, values, sector, catalogue) for sector in scope.possible}
    return Interval(min(found), max(found))


def _nearest(default: float, values: Mapping[str, float], sector: str, catalogue: Catalogue) -> float:
    return next((values[s] for s in catalogue.ancestry(sector) if s in values), default)
