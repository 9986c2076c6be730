"""The measured performance of a pack's rules on known failures and survivors (`evidence.yaml` beside `pack.yaml`)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import Field, model_validator

from screener.errors import Problem
from screener.io.document import Document
from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import Strict, validate
from screener.rules.rule import Rule
from screener.text import Text, did_you_mean
from screener.vocabulary import Flag

NOT_MEASURED = Text("Not measured on known failures.", "未经已知破产案检验。")


class RuleRecord(Strict):
    """The performance of one rule on one population: failures and survivors for which it fired and is decided."""

    fired_failures: int = Field(ge=0, description="The number of failures for which the rule fired.")
    failures: int = Field(gt=0, description="The number of failures for which the rule is decided.")
    fired_survivors: int = Field(ge=0, description="The number of survivors for which the rule fired.")
    survivors: int = Field(gt=0, description="The number of survivors for which the rule is decided.")
    lift: float = Field(ge=0, description="The failure rate where the rule fired, divided by that of all companies.")
    low: float = Field(ge=0, description="The lower end of the 95 % interval of the lift.")
    high: float = Field(ge=0, description="The upper end of the 95 % interval of the lift.")

    @model_validator(mode="after")
    def _counts(self) -> "RuleRecord":
        if self.fired_failures > self.failures or self.fired_survivors > self.survivors or not self.low <= self.high:
            raise ValueError("a count is larger than the whole, or an interval is turned round")
        return self

    def text(self, population: Text) -> Text:
        """The record as a sentence."""
        hits, alarms = (
            f"{fired / of * 100:.0f} %"
            for fired, of in ((self.fired_failures, self.failures), (self.fired_survivors, self.survivors))
        )
        lift = f"{self.lift:.2f}"
        ends = f"{self.low:.2f}–{self.high:.2f}"
        return Text(
            f"Fired for {hits} of failures and {alarms} of survivors, {population.en} (lift {lift}, {ends}).",
            f"在 {hits} 的破产公司和 {alarms} 的存续公司中触发，{population.zh}（提升度 {lift}，{ends}）。",
        )


class EvidenceFile(Strict):
    """The `evidence.yaml` of a pack. A rule that it does not name was not measured."""

    populations: dict[str, Bilingual] = Field(description="The titles of the populations by their short names.")
    rules: dict[str, dict[str, RuleRecord]] = Field(
        {}, description="The counts of rules, in the form RULE: {POPULATION: counts}."
    )


def with_evidence(
    rules: Mapping[str, Rule], documents: Iterable[Document], changed: frozenset[str], problems: list[Problem]
) -> dict[str, Rule]:
    """The rules with their measured performance added to their false alarms.

    For a red rule of a pack with an evidence file that was not measured, or whose parameters were `changed`, the text
    states that.
    """
    found = dict(rules)
    folders = {name: frozenset(Path(rule.file).parents) for name, rule in rules.items()}
    for document in documents:
        evidence = validate(EvidenceFile, document.data, document, [], problems)
        if evidence is None:
            continue
        folder = Path(document.name).parent
        own = {name for name, above in folders.items() if folder in above}
        for name, records in evidence.rules.items():
            for population in records:
                if population not in evidence.populations:
                    hint = did_you_mean(population, evidence.populations, "name it under populations")
                    what = f"there is no population '{population}'"
                    problems.append(document.problem(["rules", name, population], what, hint))
        for name in own:
            found[name] = _with_record(rules[name], evidence, name in changed)
    return found


def _with_record(rule: Rule, evidence: EvidenceFile, changed: bool) -> Rule:
    records = {} if changed else evidence.rules.get(rule.id, {})
    sentences = [r.text(evidence.populations[p]) for p, r in records.items() if p in evidence.populations]
    if not sentences and rule.flag is not Flag.RED:
        return rule
    sentences = sentences or [NOT_MEASURED]
    alarms = rule.false_alarms
    text = Text(
        " ".join([alarms.en, *(s.en for s in sentences)]),
        "".join([alarms.zh, *(s.zh for s in sentences)]),
    )
    return replace(rule, false_alarms=text)
