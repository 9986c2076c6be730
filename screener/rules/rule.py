"""A rule that has been checked, with its patterns, parameters and examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from screener import limits
from screener.expression.syntax_tree import Expression, Name
from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import Strict
from screener.records import PickledByValues
from screener.text import Text
from screener.units import CURRENCY_PATTERN, Unit
from screener.vocabulary import Flag, LeastVerdict, Outcome, PatternVerdict, RuleStatus, Severity

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
"""What stands for a value in a rule's texts: {scope.field} or {scope.field:form}."""

EXAMPLE_OUTCOMES = {
    "fires": Outcome.FIRED,
    "boundary": Outcome.CLEAR,
    "clear": Outcome.CLEAR,
    "unknown": Outcome.UNKNOWN,
}
"""The outcomes that the usual names of examples stand for."""

KeyPath = tuple[str | int, ...]
"""Keys and indexes that lead to a value in a document."""


def misplaced(key: str, what: str, hint: str) -> PydanticCustomError:
    """The error for keys of a model that do not fit each other, at the key that is most likely wrong."""
    return PydanticCustomError("misplaced", "{what}", {"what": what, "hint": hint, "at": (key,)})


class SectorValue(Strict):
    """A parameter's value in one sector, with its reason."""

    value: float = Field(description="The threshold in this sector.")
    why: Bilingual | None = Field(None, description="The reason for this threshold.")


class RuleParam(Strict):
    """A threshold of a rule, with its unit and reason."""

    value: float | bool | str = Field(description="The threshold. A fraction of 30 % is 0.30.")
    unit: Unit = Field(description="The unit; conditions compare only values of the same unit.")
    why: Bilingual | None = Field(
        None, description="The reason for the threshold, with a reference; state if it is a judgement."
    )
    currency: str | None = Field(
        None,
        pattern=CURRENCY_PATTERN,
        description="The currency of a threshold in money. Amounts in others are converted at rates of the profile, else unknown.",
    )
    by_sector: dict[str, SectorValue] = Field(
        {}, max_length=limits.MEMBERS, description="Different values for some sectors, each with its reason."
    )

    @model_validator(mode="after")
    def _money(self) -> "RuleParam":
        if self.currency is not None and self.unit != "money":
            raise misplaced("currency", "only an amount of money has a currency", "write unit: money, or leave it out")
        return self

    @property
    def sectors(self) -> dict[str, float]:
        """Sector -> value."""
        return {sector: sector_value.value for sector, sector_value in self.by_sector.items()}


@dataclass(frozen=True, slots=True)
class Pattern(PickledByValues):
    """`KIND [of OWNER] [as NAME]: condition`, perhaps negated. Names in the condition are all scoped."""

    kind: str
    name: str
    owner: Name | None
    condition: Expression
    negated: bool = False
    flag: str | None = None  # the rule, where the kind is flag
    path: KeyPath = field(default=(), compare=False, repr=False)  # in the document of the rule


@dataclass(frozen=True, slots=True)
class AnyOf(PickledByValues):
    """An alternative of which at least one branch must hold, with all of its patterns."""

    branches: "tuple[tuple[Item, ...], ...]"


Item = Pattern | AnyOf


def patterns(items: tuple[Item, ...]) -> Iterator[Pattern]:
    """All patterns, those inside `any` too."""
    for item in items:
        if isinstance(item, Pattern):
            yield item
        else:
            for branch in item.branches:
                yield from patterns(branch)


@dataclass(frozen=True, slots=True)
class Example(PickledByValues):
    """A small profile and the outcome it must have."""

    name: str
    expect: Outcome
    profile: dict[str, Any]
    path: KeyPath = ()  # in the document of the rule


@dataclass(frozen=True, slots=True)
class Rule(PickledByValues):
    """A rule that has been checked: names resolved, expressions in negation normal form."""

    id: str
    flag: Flag
    severity: Severity
    category: str
    cause: str | None
    title: Text
    clear_title: Text | None
    params: dict[str, RuleParam]
    when: tuple[Item, ...]
    headline: Text | None
    says: Text
    why: Text
    clears: Text
    false_alarms: Text
    only_for: frozenset[str]
    not_for: frozenset[str]
    applies: Expression | None
    softens: tuple[str, ...]
    relieves: tuple[str, ...]  # causes; of a green rule without any: all of them
    at_least: LeastVerdict | None  # the least verdict while it fires and no green rule softens it by name
    verdict: PatternVerdict | None
    concludes: dict[str, dict[str, Expression]]
    references: tuple[str, ...]
    claims: tuple[str, ...]
    examples: tuple[Example, ...]
    file: str
    conditions: tuple[str, ...]  # the patterns as they were written
    index: int = 0  # which document of the file
    weight: float | None = None  # instead of the severity's
    status: RuleStatus = RuleStatus.STABLE
    since: str | None = None
    replaced_by: str | None = None
    pack: str = ""  # the name of its pack; empty: added to the packs
    rests_on: tuple[str, ...] = ()  # metrics with a domain that each way to hold compares; outside it does not apply

    @property
    def names_sectors(self) -> bool:
        """Whether the rule applies to some sectors only."""
        return bool(self.only_for or self.not_for)

    @property
    def has_guard(self) -> bool:
        """Whether the rule can be not applicable."""
        return self.names_sectors or self.applies is not None or bool(self.rests_on)
