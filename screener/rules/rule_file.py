"""The model of rule files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from screener import limits
from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import Strict
from screener.rules.rule import RuleParam, misplaced
from screener.text import is_slug, slug
from screener.vocabulary import Flag, LeastVerdict, PatternVerdict, RuleStatus, Severity, Verdict


class Weight(Strict):
    """The weight of one flag in the score, a probability, instead of the weight of its severity."""

    value: float = Field(gt=0, lt=1, description="Above 0 and below 1.")
    why: Bilingual | None = Field(None, description="The reason for it.")


class RuleFile(Strict):
    """A rule as written in a file."""

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
            raise misplaced("severity", what, f"not '{self.severity}'")
        if (self.flag is Flag.PATTERN) != (self.verdict is not None):
            what = "a pattern says `verdict: avoid` or `verdict: watch`"
            raise misplaced("verdict" if self.verdict else "flag", what, "other rules say none")
        if self.softens and self.flag not in (Flag.GREEN, Flag.PATTERN):
            raise misplaced(
                "softens", "only a green rule or a pattern softens others", "drop `softens` or make it green"
            )
        if self.softens and self.verdict is Verdict.AVOID:
            raise misplaced("softens", "a pattern that decides `avoid` softens nothing", "drop `softens`")
        if self.relieves and self.flag != "green":
            raise misplaced("relieves", "only a green rule relieves causes", "drop `relieves` or make it green")
        if self.at_least and self.flag is not Flag.RED:
            raise misplaced("at_least", "only a red rule sets the least verdict", "drop `at_least` or make it red")
        if self.weight and not self.flag.scores:
            raise misplaced("weight", f"a {self.flag} rule does not score", "drop `weight`")
        if self.replaced_by and self.status is not RuleStatus.DEPRECATED:
            raise misplaced("replaced_by", "only a deprecated rule is replaced by another", "write status: deprecated")
        return self
