"""The models of rule files: what a rule may say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from screener import limits
from screener.expression.syntax_tree import Expression, Name
from screener.profile.catalogue import read_text
from screener.profile.currency import CURRENCY_PATTERN
from screener.profile.strict_model import Strict
from screener.text import Text, is_slug, slug
from screener.units import Unit
from screener.vocabulary import Flag, LeastVerdict, Outcome, PatternVerdict, RuleStatus, Severity, Verdict

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

Bilingual = Annotated[Text, BeforeValidator(read_text)]


def _at(key: str, what: str, hint: str) -> PydanticCustomError:
    """What is wrong between keys, at the one that is most likely meant."""
    return PydanticCustomError("misplaced", "{what}", {"what": what, "hint": hint, "at": (key,)})


class _Bilingual(Strict):
    model_config = ConfigDict(arbitrary_types_allowed=True)


class SectorValue(_Bilingual):
    """A parameter's value in one sector, with its reason."""

    value: float = Field(description="The threshold in this sector.")
    why: Bilingual | None = Field(None, description="The reason for it.")


class RuleParam(_Bilingual):
    """A threshold of a rule, with its unit and reason."""

    value: float | bool | str = Field(description="The threshold. A fraction of 30 % is 0.30.")
    unit: Unit = Field(description="The unit; conditions compare only values of the same unit.")
    why: Bilingual | None = Field(None, description="The reason for it, with a reference; or that it is a judgement.")
    currency: str | None = Field(
        None,
        pattern=CURRENCY_PATTERN,
        description="With unit money: the currency. Amounts in another one are compared by a rate of the profile, else unknown.",
    )
    by_sector: dict[str, SectorValue] = Field(
        {}, max_length=limits.MEMBERS, description="Other values in some sectors, each with its reason."
    )

    @model_validator(mode="after")
    def _money(self) -> "RuleParam":
        if self.currency is not None and self.unit != "money":
            raise _at("currency", "only an amount of money has a currency", "write unit: money, or leave it out")
        return self

    @property
    def sectors(self) -> dict[str, float]:
        """Sector -> value."""
        return {sector: held.value for sector, held in self.by_sector.items()}


class Weight(_Bilingual):
    """What one flag weighs by itself in the score, instead of its severity's weight; as a probability."""

    value: float = Field(gt=0, lt=1, description="Above 0 and below 1.")
    why: Bilingual | None = Field(None, description="The reason for it.")


class RuleFile(_Bilingual):
    """A rule as it is written down."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("metrics", "figures", "kinds", "set", "disable"), "put it above the rule, with a line --- between"
        ),
        "<<": "there are no merge keys here; write the keys out",
    }

    rule: str = Field(description="The id: lower-case letters, digits and hyphens; also the name of the file.")
    flag: Flag = Field(
        description="red: against the company; green: for it; data: about the data of the profile; pattern: decides the verdict."
    )
    severity: Severity = Field(
        description="How much it weighs. red, data, pattern: low, medium, high, critical; green: weak, moderate, strong."
    )
    category: str = Field(description="The subject; reports group rules by it.")
    cause: str | None = Field(
        None, description="Flags of the same trouble share a cause; only the heaviest of them counts."
    )
    title: Bilingual = Field(description="The title shown to readers, in a few words.")
    clear_title: Bilingual | None = Field(
        None,
        description="The title for a company of which the rule is clear, such as 'Debt at most {params.most} EBITDA'.",
    )
    params: dict[str, RuleParam] = Field(
        {},
        max_length=limits.MEMBERS,
        description="Thresholds by name, each with its unit and reason; conditions read them as params.NAME.",
    )
    when: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=limits.MEMBERS,
        description="a list of patterns, all of which must hold, each as an item: - KIND: 'expression'",
    )
    headline: Bilingual | None = Field(
        None, description="The short number shown beside the title, such as {company.debt_to_revenue} of revenue."
    )
    says: Bilingual = Field(
        description="One sentence with the numbers, shown if it fired; {company.NAME}, {params.NAME} or {c.FIELD} are replaced."
    )
    why: Bilingual = Field(description="Why it matters.")
    clears: Bilingual = Field(description="What the company would have to show.")
    false_alarms: Bilingual = Field(description="When this rule is known to be wrong.")
    only_for: tuple[str, ...] = Field(
        (),
        strict=False,
        max_length=limits.MEMBERS,
        description="Sectors, with all below them, for which alone it holds; for others it is not applicable.",
    )
    not_for: tuple[str, ...] = Field(
        (),
        strict=False,
        max_length=limits.MEMBERS,
        description="Sectors, with all below them, for which it does not hold.",
    )
    applies: str | None = Field(
        None, description="A condition on the company's own figures; the rule is not applicable if it is not met."
    )
    softens: tuple[str, ...] = Field(
        (),
        strict=False,
        max_length=limits.MEMBERS,
        description="Only green and watch patterns: the red flags that it relieves by name; their at_least no longer holds.",
    )
    relieves: tuple[str, ...] = Field(
        (),
        strict=False,
        max_length=limits.MEMBERS,
        description="Only green: the causes that it relieves; a green rule that names neither flags nor causes relieves all.",
    )
    at_least: LeastVerdict | None = Field(
        None,
        description="Only red: the least verdict while it fires, whatever the score and the coverage; lifted by what softens it.",
    )
    verdict: PatternVerdict | None = Field(None, description="Only pattern: what it decides.")
    concludes: dict[str, dict[str, str | float | bool]] = Field(
        {}, description="Facts that other rules can read, kind: {field: name.field or a constant}."
    )
    references: tuple[str, ...] = Field(
        (),
        strict=False,
        max_length=limits.MEMBERS,
        description="Where the rule comes from; if it is a judgement, say so.",
    )
    claims: tuple[str, ...] = Field(
        (), strict=False, max_length=limits.MEMBERS, description="Numbers of claims in seeds/claims.yaml."
    )
    examples: dict[str, dict[str, Any]] = Field(
        {},
        max_length=limits.MEMBERS,
        description="Small profiles and the outcome that each must have; screener rules test runs them.",
    )
    replaces: str | None = Field(None, description="The id of the rule that this one replaces.")
    weight: Weight | None = Field(
        None, description="A weight of its own in place of the severity's, a probability; for scorecards."
    )
    status: RuleStatus = Field(
        RuleStatus.STABLE,
        description="preview: shown, but counted in the score only with --preview. deprecated: will be removed.",
    )
    since: str | None = Field(None, description="The first version of the pack that had the rule.")
    replaced_by: str | None = Field(None, description="Of a deprecated rule: its successor.")

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
        if self.at_least and self.flag is not Flag.RED:
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
    path: KeyPath = field(default=(), compare=False, repr=False)  # in the document of the rule


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
    path: KeyPath = ()  # in the document of the rule


@dataclass(frozen=True, slots=True)
class Rule:
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
        """Whether it is for some sectors and not for others."""
        return bool(self.only_for or self.not_for)

    @property
    def has_guard(self) -> bool:
        """Whether it may be not applicable."""
        return self.names_sectors or self.applies is not None or bool(self.rests_on)
