"""The model of rule files."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator, model_validator

from screener import limits
from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import ListOf, Strict
from screener.rules.rule import RuleParam, misplaced
from screener.text import is_slug, slug
from screener.vocabulary import Flag, LeastVerdict, PatternVerdict, RuleStatus, Severity, Verdict

Names = Annotated[ListOf[str], Field(max_length=limits.MEMBERS)]


class Weight(Strict):
    """The weight of one flag in the score, a probability, instead of the weight of its severity."""

    value: float = Field(gt=0, lt=1, description="The weight, above 0 and below 1.")
    why: Bilingual | None = Field(None, description="The reason for this weight.")


class RuleFile(Strict):
    """A rule as written in a file."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("metrics", "figures", "kinds", "set", "disable"), "put it above the rule, with a line --- between"
        ),
        "<<": "there are no merge keys here; write the keys out",
    }

    rule: str = Field(
        description="The id of the rule, in lower-case letters, digits and hyphens. The file has the same name."
    )
    flag: Flag = Field(
        description="red: a risk. green: a strength. data: a problem in the data of the profile. pattern: decides the verdict."
    )
    severity: Severity = Field(
        description="The severity: low, medium, high or critical for red, data and pattern; weak, moderate or strong for green."
    )
    category: str = Field(description="The subject of the rule, by which reports group rules.")
    cause: str | None = Field(
        None,
        description="The cause that flags of the same problem share. Only the flag with the highest weight counts.",
    )
    title: Bilingual = Field(description="The title shown to readers, in a few words.")
    clear_title: Bilingual | None = Field(
        None,
        description="The title shown if the rule is clear, such as 'Debt at most {params.most} EBITDA'.",
    )
    params: dict[str, RuleParam] = Field(
        {},
        max_length=limits.MEMBERS,
        description="Thresholds by name, each with its unit and reason. Conditions refer to them as params.NAME.",
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
        description="One sentence with the numbers, shown if it fired. {company.NAME}, {params.NAME} and {c.FIELD} are replaced."
    )
    why: Bilingual = Field(description="Why the finding matters.")
    clears: Bilingual = Field(description="What the company would have to show to clear the flag.")
    false_alarms: Bilingual = Field(description="Known cases in which the rule fires without a problem.")
    only_for: Names = Field((), description="The only sectors, including their subsectors, to which the rule applies.")
    not_for: Names = Field((), description="Sectors, including their subsectors, to which the rule does not apply.")
    applies: str | None = Field(
        None, description="A condition on the company's own figures. If it is not met, the rule does not apply."
    )
    softens: Names = Field(
        (),
        description="For green rules and watch patterns: the red flags that it softens. Their `at_least` then no longer applies.",
    )
    relieves: Names = Field(
        (),
        description="For green rules: the causes that it relieves. A rule that names neither flags nor causes relieves all.",
    )
    at_least: LeastVerdict | None = Field(
        None,
        description="For red rules: the mildest verdict possible while it fires, whatever score and coverage are, unless softened.",
    )
    verdict: PatternVerdict | None = Field(None, description="For patterns: the verdict that it decides.")
    concludes: dict[str, dict[str, str | float | bool]] = Field(
        {}, description="Facts that other rules can use, in the form KIND: {FIELD: NAME.FIELD or a constant}."
    )
    references: Names = Field((), description="Where the rule comes from; state if it is a judgement.")
    claims: Names = Field((), description="The numbers of its claims in seeds/claims.yaml.")
    examples: dict[str, dict[str, Any]] = Field(
        {},
        max_length=limits.MEMBERS,
        description="Small profiles with the outcome that each must have. `screener rules test` runs them.",
    )
    replaces: str | None = Field(None, description="The id of the rule that this one replaces.")
    weight: Weight | None = Field(
        None, description="A weight (a probability) that replaces the one of the severity, for scorecards."
    )
    status: RuleStatus = Field(
        RuleStatus.STABLE,
        description="preview: the flag is shown, but scored only with --preview. deprecated: the rule will be removed.",
    )
    since: str | None = Field(None, description="The first version of the pack that contains the rule.")
    replaced_by: str | None = Field(None, description="The successor of a deprecated rule.")

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
