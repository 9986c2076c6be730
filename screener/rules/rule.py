"""The models of rule files: what a rule may say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from screener import limits
from screener.expression.syntax_tree import Expression, Name
from screener.profile.catalogue import read_text
from screener.profile.strict_model import Strict
from screener.text import Text, is_slug, slug
from screener.units import Unit
from screener.vocabulary import Flag, Outcome, PatternVerdict, RuleStatus, Severity, Verdict

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
"""What stands for a value in a rule's texts: {scope.field} or {scope.field:form}."""

EXAMPLE_OUTCOMES = {
    "fires": Outcome.FIRED,
    "boundary": Outcome.CLEAR,
    "clear": Outcome.CLEAR,
    "unknown": Outcome.UNKNOWN,
}
"""The outcomes that the usual names of examples stand for."""

Bilingual = Annotated[Text, BeforeValidator(read_text)]


def _at(key: str, what: str, hint: str) -> PydanticCustomError:
    """What is wrong between keys, at the one that is most likely meant."""
    return PydanticCustomError("misplaced", "{what}", {"what": what, "hint": hint, "at": (key,)})


class _Bilingual(Strict):
    model_config = ConfigDict(arbitrary_types_allowed=True)


class SectorValue(_Bilingual):
    """A parameter's value in one sector, with its reason."""

    value: float
    why: Bilingual | None = None


class RuleParam(_Bilingual):
    """A threshold of a rule, with its unit and reason."""

    value: float | bool | str
    unit: Unit
    why: Bilingual | None = None
    by_sector: dict[str, SectorValue] = Field({}, max_length=limits.MEMBERS)

    @property
    def sectors(self) -> dict[str, float]:
        """Sector -> value."""
        return {sector: held.value for sector, held in self.by_sector.items()}


class Weight(_Bilingual):
    """What one flag weighs by itself in the score, instead of its severity's weight; as a probability."""

    value: float = Field(gt=0, lt=1)
    why: Bilingual | None = None


class RuleFile(_Bilingual):
    """A rule as it is written down."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("metrics", "figures", "kinds", "set", "disable"), "put it above the rule, with a line --- between"
        ),
        "<<": "there are no merge keys here; write the keys out",
    }

    rule: str
    flag: Flag
    severity: Severity
    category: str
    cause: str | None = None
    title: Bilingual
    params: dict[str, RuleParam] = Field({}, max_length=limits.MEMBERS)
    when: list[dict[str, Any]] = Field(
        min_length=1, max_length=limits.MEMBERS, description="a list of patterns, each as an item: - KIND: 'expression'"
    )
    headline: Bilingual | None = None
    says: Bilingual
    why: Bilingual
    clears: Bilingual
    false_alarms: Bilingual
    only_for: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    not_for: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    applies: str | None = None
    softens: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    relieves: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    at_least: Literal["caution", "avoid"] | None = None
    verdict: PatternVerdict | None = None
    concludes: dict[str, dict[str, str | float | bool]] = {}
    references: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    claims: tuple[str, ...] = Field((), strict=False, max_length=limits.MEMBERS)
    examples: dict[str, dict[str, Any]] = Field({}, max_length=limits.MEMBERS)
    replaces: str | None = None
    weight: Weight | None = None
    status: RuleStatus = RuleStatus.STABLE
    since: str | None = None
    replaced_by: str | None = None

    @field_validator("rule")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not is_slug(value):
            hint = f"write '{slug(value)}'" if slug(value) else "use lower-case letters, digits and hyphens"
            raise ValueError(f"'{value}' is not a slug; {hint}")
        return value

    @model_validator(mode="after")
    def _fits(self) -> "RuleFile":
        if self.severity not in self.flag.severities:
            what = f"a {self.flag} rule's severity is one of {', '.join(self.flag.severities)}"
            raise _at("severity", what, f"not '{self.severity}'")
        if (self.flag is Flag.PATTERN) != (self.verdict is not None):
            what = "a pattern says `verdict: avoid` or `verdict: watch`"
            raise _at("verdict" if self.verdict else "flag", what, "other rules say none")
        if self.softens and self.flag not in (Flag.GREEN, Flag.PATTERN):
            raise _at("softens", "only a green rule or a pattern softens others", "drop `softens` or make it green")
        if self.softens and self.verdict is Verdict.AVOID:
            raise _at("softens", "a pattern that decides `avoid` softens nothing", "drop `softens`")
        if self.relieves and self.flag != "green":
            raise _at("relieves", "only a green rule relieves causes", "drop `relieves` or make it green")
        if self.at_least and self.flag != "red":
            raise _at("at_least", "only a red rule sets the least verdict", "drop `at_least` or make it red")
        if self.weight and not self.flag.scores:
            raise _at("weight", f"a {self.flag} rule does not score", "drop `weight`")
        if self.replaced_by and self.status is not RuleStatus.DEPRECATED:
            raise _at("replaced_by", "only a deprecated rule is replaced by another", "write status: deprecated")
        return self


@dataclass(frozen=True, slots=True)
class Pattern:
    """`KIND [of OWNER] [as NAME]: condition`, perhaps negated. Names in the condition are all scoped."""

    kind: str
    name: str
    owner: Name | None
    condition: Expression
    negated: bool = False
    flag: str | None = None  # the rule, where the kind is flag


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the branches holds; all patterns of a branch must."""

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
class Example:
    """A small profile and the outcome it must have."""

    name: str
    expect: Outcome
    profile: dict[str, Any]
    loc: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has been checked: names resolved, expressions in negation normal form."""

    id: str
    flag: Flag
    severity: Severity
    category: str
    cause: str | None
    title: Text
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
    at_least: str | None  # the least verdict while it fires and no green rule softens it by name
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

    @property
    def names_sectors(self) -> bool:
        """Whether it is for some sectors and not for others."""
        return bool(self.only_for or self.not_for)

    @property
    def has_guard(self) -> bool:
        """Whether it may be not applicable."""
        return self.names_sectors or self.applies is not None
