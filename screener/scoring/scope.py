"""Determines which packs a verdict covers: those with enough decided rules, or with a fired flag.

A pack below the required coverage (`coverage_at_least` of rules/verdict.yaml) of which no red flag and no pattern
fired is *not assessed*: its unknown rules neither widen the range of the score nor prevent a verdict, and the verdict
names its scope. What fired always counts. If no pack is assessed, all of them are in the scope, so that the range
shows how little is known. Rules that were added to packs are a group of their own that is always in the scope; alone
they never make enough known, unless there is no pack beside them. The same arithmetic serves one company (numbers)
and many (columns of numpy).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from screener.rules.rule import Rule
from screener.rules.rulebook import VerdictTable
from screener.scoring.score import ScoredRule, flag_weight
from screener.vocabulary import Flag, Outcome

Amount = Any
"""A number, or a column of numbers with one for each company."""

Condition = Any
"""A bool, or a column of them."""

ADDED = ""
"""The group of rules that belong to no pack."""


class PackReach(NamedTuple):
    """How far the rules of a pack are decided; the weights are those of the red and green flags in the score."""

    decided: Amount  # red and green rules
    total: Amount  # those that apply
    weight_decided: Amount
    weight_total: Amount
    raised: Condition  # a red flag or a pattern fired

    def reaches(self, at_least: float) -> Condition:
        """Whether enough of the rules are decided; never of a pack none of whose rules apply."""
        return (self.total > 0) & (self.decided / (self.total + (self.total == 0)) >= at_least)

    @property
    def weight_share(self) -> Amount:
        """The decided share of the rules that apply, by weight; 0 where none applies."""
        return self.weight_decided / (self.weight_total + (self.weight_total == 0))


class Scope(NamedTuple):
    """Which packs are assessed, which rules may still count, and whether enough is known for a verdict."""

    packs: Mapping[str, PackReach]
    assessed: Mapping[str, Condition]
    included: Mapping[str, Condition]  # packs whose unknown rules count
    enough: Condition


class PackMember(NamedTuple):
    """The contribution of a rule to the reach of its pack."""

    rule: str  # its id
    raises: bool  # whether it brings the pack into the scope where it fires
    weight: float | None  # of a red or green flag; None: it does not score


PackMembers = Mapping[str, Sequence[PackMember]]
"""The rules of each pack, in their order."""


def pack_members(rules: Iterable[Rule], table: VerdictTable) -> PackMembers:
    """The contributions of rules to the reach of their packs, in the order of the rules."""
    found: dict[str, list[PackMember]] = {}
    for rule in rules:
        raises = rule.flag is Flag.RED or rule.flag is Flag.PATTERN
        weight = flag_weight(rule, table) if rule.flag.scores else None
        found.setdefault(rule.pack, []).append(PackMember(rule.id, raises, weight))
    return found


def pack_reach(
    packs: PackMembers,
    decided: Callable[[str], Amount],
    unknown: Callable[[str], Amount],
    fired: Callable[[str], Condition],
) -> dict[str, PackReach]:
    """The decided share of each pack; the functions return the state of a rule by its id."""
    return {pack: _reach(members, decided, unknown, fired) for pack, members in packs.items()}


def _reach(
    members: Sequence[PackMember],
    decided: Callable[[str], Amount],
    unknown: Callable[[str], Amount],
    fired: Callable[[str], Condition],
) -> PackReach:
    """What is decided of one pack, from its rules."""
    number: Amount = 0
    total: Amount = 0
    weight_decided: Amount = 0.0
    weight_total: Amount = 0.0
    raised: Condition = False
    for name, raises, weight in members:
        if raises:
            raised = raised | fired(name)
        if weight is not None:
            known, missing = decided(name), unknown(name)
            number = number + known
            total = total + known + missing
            weight_decided = weight_decided + weight * known
            weight_total = weight_total + weight * (known + missing)
    return PackReach(
        decided=number, total=total, weight_decided=weight_decided, weight_total=weight_total, raised=raised
    )


def raised_by(packs: PackMembers, reach: Mapping[str, PackReach], fired: Set[str]) -> dict[str, PackReach]:
    """What is decided of each pack where as many rules are decided as before, and these have fired."""
    return {
        pack: reach[pack]._replace(raised=any(member.raises and member.rule in fired for member in members))
        for pack, members in packs.items()
    }


def scope_of(packs: Mapping[str, PackReach], table: VerdictTable) -> Scope:
    """Which of the packs are assessed, and whether one of them has the required coverage."""
    counted = [pack for pack in packs if pack != ADDED] or list(packs)
    reached = {pack: packs[pack].reaches(table.coverage_at_least) for pack in counted}
    assessed: dict[str, Condition] = {pack: reached[pack] | packs[pack].raised for pack in counted}
    enough: Condition = False
    some: Condition = False
    for pack in counted:
        enough, some = enough | reached[pack], some | assessed[pack]
    included = {pack: assessed[pack] | (True ^ some) for pack in counted}
    if ADDED in packs and ADDED not in included:
        assessed[ADDED] = included[ADDED] = True
    return Scope(packs, assessed, included, enough)


def company_scope(
    rules: Sequence[tuple[Rule, Outcome]], table: VerdictTable, packs: PackMembers | None = None
) -> Scope:
    """The scope of one company, from its rules that count and their outcomes; `packs` are those of these rules."""
    decided, unknown, fired = set[str](), set[str](), set[str]()
    for rule, found in rules:
        if found is Outcome.UNKNOWN:
            unknown.add(rule.id)
        elif found is not Outcome.NOT_APPLICABLE:
            decided.add(rule.id)
            if found is Outcome.FIRED:
                fired.add(rule.id)
    members = pack_members((rule for rule, _ in rules), table) if packs is None else packs
    return scope_of(pack_reach(members, decided.__contains__, unknown.__contains__, fired.__contains__), table)


def within(rules: Iterable[ScoredRule], scope: Scope) -> list[ScoredRule]:
    """The rules without those that are unknown and whose pack is not in the scope."""
    return [r for r in rules if r.outcome is not Outcome.UNKNOWN or scope.included[r.rule.pack]]
