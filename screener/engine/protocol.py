"""The protocol of engines, which give for each rule and company an outcome with the matched facts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

from screener.errors import EngineError, Problem
from screener.expression.interval import Truth
from screener.expression.interval_ops import NoneOf
from screener.facts.fact import FLAG, Fact, FactBase
from screener.facts.world import UNNAMED, World
from screener.limits import MATCHES
from screener.text import Text

Binding = Mapping[str, Fact]


class Match(NamedTuple):
    """The facts that one alternative of a rule bound, by pattern name in the order of the patterns."""

    alternative: int
    facts: tuple[tuple[str, Fact], ...]

    @property
    def binding(self) -> dict[str, Fact]:
        """Returns the facts by pattern name."""
        return dict(self.facts)

    @property
    def key(self) -> tuple[str, ...]:
        """Returns the identity of the match: the set of its facts, whichever patterns bound them."""
        return tuple(sorted(fact.id for _, fact in self.facts))


class Decision(NamedTuple):
    """The outcome of one rule for one company: not applicable if `applicability` is FALSE; else fired if `outcome` is
    TRUE, clear if FALSE."""

    outcome: Truth
    applicability: Truth
    matches: tuple[Match, ...]  # for a fired rule the certain matches, for an unknown one the possible ones
    ways: tuple[tuple[Match, bool], ...] = ()  # if facts are concluded: each way to bind, and whether it is certain


CLEAR = Decision(Truth.FALSE, Truth.TRUE, ())
CLEAR_BY_APPLICABILITY = {guard: Decision(Truth.FALSE, guard, ()) for guard in Truth}
"""The decision if nothing matched, by whether the rule applies."""


class Conclusions(NamedTuple):
    """All decisions by (rule, company), and the facts that rules concluded."""

    decisions: Mapping[tuple[str, str], Decision]
    concluded: tuple[Fact, ...]
    note: Text | None = None  # the name of the engine, if it is not the default one

    def of(self, rule: str, company: str) -> Decision:
        """Returns one decision; clear if nothing matched."""
        return self.decisions.get((rule, company), CLEAR)


class TooManyRules(EngineError):
    """Raised if one stratum of a program has more alternatives of rules than a ruleset of the C library can have."""


def too_many_matches(rule: str) -> EngineError:
    """Returns the error for a world in which a rule, or the rules of a stratum, match more than MATCHES sets of facts."""
    what = f"the rules match more than {MATCHES:,} sets of facts, last '{rule}'"
    return EngineError(Problem(what, "join its patterns by equality, or shorten the lists"))


def unnamed_only(world: World) -> World:
    """Returns the world of only the company that represents all unnamed ones, which is the same in every world."""
    base = FactBase()
    for fact in world.base:
        if fact.of == UNNAMED:
            base.add(fact)
    return replace(world, main=UNNAMED, companies={UNNAMED: world.companies[UNNAMED]}, base=base)


class Engine(Protocol):
    """Draws all conclusions of a program over a world."""

    def run(self, world: World) -> Conclusions:
        """Decides every rule for every company of the world."""
        ...

    def close(self) -> None:
        """Frees the resources that the engine has outside of Python."""
        ...


def decide(
    certain: Iterable[Match], possible: Iterable[Match], applicability: Truth, concludes: bool = False
) -> Decision:
    """Returns the outcome from the matches of the strict and of the possible form, and from the guard.

    `concludes`: facts are concluded from the matches, so each way to bind their facts is kept.
    """
    if applicability is Truth.FALSE:
        return Decision(Truth.FALSE, applicability, ())
    strict = list(certain)
    sure = unique_matches(strict)
    if sure and applicability is Truth.TRUE and not concludes:
        return Decision(Truth.TRUE, applicability, sure)
    wide = list(possible)
    ways: tuple[tuple[Match, bool], ...] = ()
    if concludes:
        firm = set(map(_order, strict)) if applicability is Truth.TRUE else set()
        every = {_order(match): match for match in (*wide, *strict)}
        ways = tuple((every[key], key in firm) for key in sorted(every))
    if sure and applicability is Truth.TRUE:
        return Decision(Truth.TRUE, applicability, sure, ways)
    if maybe := unique_matches(wide) or sure:
        return Decision(Truth.UNKNOWN, applicability, maybe, ways)
    return Decision(Truth.FALSE, applicability, ())


def unique_matches(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Returns each match once, however its facts were bound, in a fixed order.

    Of several ways to bind the same facts, the first by the content of the facts is kept, not by their places in the
    profile.
    """
    given = list(matches)
    if len(given) < 2:
        return tuple(given)
    best: dict[tuple[int, tuple[str, ...]], Match] = {}
    texts = _FactTexts()
    for match in given:
        key = (match.alternative, match.key)
        if key not in best or texts.is_before(match, best[key]):
            best[key] = match
    return tuple(sorted(best.values(), key=_order))


class _FactTexts:
    """Compares matches by the content of their facts: their fields and, if these are equal, their claims, as texts."""

    def __init__(self) -> None:
        self._claims: dict[str, str] = {}

    def is_before(self, match: Match, other: Match) -> bool:
        """Returns whether a match comes before another; both bind facts to the same patterns."""
        for (_, a), (_, b) in zip(match.facts, other.facts, strict=True):
            if a is not b:
                texts = _different_fields(a, b) or (self._claims_of(a), self._claims_of(b))
                if texts[0] != texts[1]:
                    return texts[0] < texts[1]
        return _order(match) < _order(other)

    def _claims_of(self, fact: Fact) -> str:
        if fact.id not in self._claims:
            self._claims[fact.id] = repr(_claim_texts(fact))
        return self._claims[fact.id]


def _different_fields(a: Fact, b: Fact) -> tuple[str, str] | None:
    """Returns the texts of the first field, by name, in which two facts differ; None if there is none."""
    if a.fields.keys() != b.fields.keys():
        texts = repr(_field_texts(a)), repr(_field_texts(b))
        return texts if texts[0] != texts[1] else None
    for name in sorted(a.fields):
        one, other = a.fields[name], b.fields[name]
        if one is not other:
            found = repr(repr(one)), repr(repr(other))
            if found[0] != found[1]:
                return found
    return None


def _order(match: Match) -> tuple[int, tuple[str, ...]]:
    return (match.alternative, tuple(fact.id for _, fact in match.facts))


def what_it_says(fact: Fact) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Returns the fields and claims of a fact as texts that do not depend on its place in its list."""
    return _field_texts(fact), _claim_texts(fact)


def _field_texts(fact: Fact) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in fact.fields.items() if not isinstance(value, NoneOf))


def _claim_texts(fact: Fact) -> list[tuple[str, str]]:
    return sorted((name, repr(claim)) for name, claim in fact.claims.items())


def flag_fact(rule: str, company: str) -> Fact:
    """Returns the fact that a rule fired, or may have fired, for a company."""
    return Fact(f"{FLAG}:{rule}:{company}", FLAG, company, {"rule": rule})
