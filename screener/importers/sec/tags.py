"""Defines which tags of a taxonomy state a figure, and which forms count: the tables of `rules/filings`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from screener.errors import DocumentError, Problem
from screener.importers.sec.debt_lines import DebtLines
from screener.importers.sec.filing_rule_files import filing_document, read_filing_table
from screener.importers.sec.sector_evidence import SectorTable, read_sector_table
from screener.importers.sec.statement_checks import StatementCheck
from screener.importers.sec.tag_terms import NEGATED, Term
from screener.profile.strict_model import ListOf, Strict, validate

COMPARED = frozenset(  # used for comparison with counts of shares only, not for figures
    {
        "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic",
        "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding",
        "ifrs-full:WeightedAverageShares",
        "ifrs-full:AdjustedWeightedAverageShares",
    }
)


class TagChoice(Strict):
    """One way to derive a figure: synonyms, alternative totals, a sum, parts, bounds, reconciled debt, or a truth value."""

    tags: dict[str, str] = Field(
        {}, description="Tags, each with the reason why it means the figure. The first that is stated is used."
    )
    largest: dict[str, str] = Field(
        {}, description="Tags, each with a reason. The one that `agrees` confirms is used, or else the largest."
    )
    agrees: ListOf[Term] = Field((), description="Sums of figures that confirm one of the tags in `largest`.")
    beside: Term = Field((), description="Lines that may be stated in addition; they raise the upper bound.")
    sum: ListOf[Term] = ()
    less: ListOf[Term] = ()
    plus_any: ListOf[Term] = Field((), description="Lines that are added where they are stated.")
    less_any: ListOf[Term] = Field((), description="Lines that are subtracted where they are stated.")
    margin: float = Field(
        0.0,
        ge=0,
        le=1,
        description="The relative error that a sum may have; above 0, the sum gives bounds and no exact value.",
    )
    parts: ListOf[Term] = Field((), description="Lines of which those that are stated are added up.")
    low: Term | None = None
    high: Term | None = None
    debt: Literal["total", "current", "noncurrent"] | None = Field(
        None, description="The part of debt that debt.yaml reconciles."
    )
    least: dict[str, str] = Field(
        {}, description="Tags, each with a reason. The largest of these amounts is a lower bound."
    )
    truth: dict[str, str] = Field(
        {}, description="Tags, each with a reason. The statement is true where an amount above 0 is stated."
    )
    plausible_by: Term = Field(
        (), description="Amounts of the filing, of any period. The figure must be at least a tenth of one of them."
    )
    needs: Term = Field((), description="Tags of which one must be stated for the same period.")
    why: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "TagChoice":
        bounds = self.low is not None or self.high is not None
        forms = (self.tags, self.largest, self.least, self.sum, self.parts, self.debt, self.truth, bounds)
        if sum(map(bool, forms)) != 1:
            raise ValueError(
                "needs one of `tags`, `largest`, `least`, `sum`, `parts`, `debt`, `truth`, and `low` and/or `high`"
            )
        if not (self.tags or self.largest or self.truth) and not self.why:
            raise ValueError("needs a `why`")
        return self

    def terms(self) -> Iterator[str]:
        """Yields all names in the choice."""
        yield from (*self.tags, *self.largest, *self.least, *self.truth, *self.beside, *self.needs, *self.plausible_by)
        lists = (self.sum, self.less, self.plus_any, self.less_any, self.parts, self.agrees)
        for term in (*(t for terms in lists for t in terms), self.low or (), self.high or ()):
            yield from (name.removeprefix(NEGATED) for name in term)

    def within(self, taxonomy: str) -> "TagChoice":
        """Returns the choice with its tags as TAXONOMY:TAG."""

        def full(name: str) -> str:
            if name.startswith(NEGATED):
                return NEGATED + full(name.removeprefix(NEGATED))
            return name if ":" in name or name[:1].islower() else f"{taxonomy}:{name}"

        def each(term: Sequence[str] | None) -> Term | None:
            return None if term is None else tuple(full(name) for name in term)

        named = {
            key: {full(t): why for t, why in getattr(self, key).items()}
            for key in ("tags", "largest", "least", "truth")
        }
        terms = {key: each(getattr(self, key)) for key in ("low", "high", "needs", "beside", "plausible_by")}
        lists = {key: tuple(each(t) for t in getattr(self, key)) for key in _LISTS}
        return self.model_copy(update={**named, **terms, **lists})


_LISTS = ("sum", "less", "plus_any", "less_any", "parts", "agrees")


@dataclass(frozen=True)
class WantedTags:
    """The TAXONOMY:TAG to read: those in some choice, and companies' own tags that may state debt."""

    named: frozenset[str]
    debt: DebtLines

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.named or self.debt.is_own(name))


class Tags(NamedTuple):
    """The table of tags: for each taxonomy and figure the choices, the best first; with debt lines, checks and sectors."""

    choices: Mapping[str, Mapping[str, tuple[TagChoice, ...]]]
    debt: DebtLines
    checks: Mapping[str, tuple[StatementCheck, ...]]
    sectors: SectorTable

    def wanted(self) -> WantedTags:
        """Returns every TAXONOMY:TAG to read."""
        every = (c for figures in self.choices.values() for choices in figures.values() for c in choices)
        named = frozenset(name for choice in every for name in choice.terms() if ":" in name)
        checked = frozenset(
            f"{t}:{tag}" for t, checks in self.checks.items() for check in checks for tag in check.tags()
        )
        return WantedTags(named | checked | self.debt.names | self.sectors.tags() | COMPARED, self.debt)

    def figures(self) -> list[str]:
        """Returns the figures that some taxonomy states."""
        return list(dict.fromkeys(name for figures in self.choices.values() for name in figures))


class Forms(Strict):
    """The forms that count; an amendment (`/A`) counts like its form."""

    annual: ListOf[str]
    interim: ListOf[str]
    other: ListOf[str]

    @cached_property
    def _parts(self) -> dict[str, str]:
        return {form: part for part in ("annual", "interim", "other") for form in getattr(self, part)}

    def part(self, form: str) -> str | None:
        """Returns annual, interim or other; None for a form that does not count."""
        return self._parts.get(form.removesuffix("/A"))


def read_tags() -> Tags:
    """Reads the table of tags. Raises DocumentError with all problems."""
    document, problems = filing_document("tags.yaml"), list[Problem]()
    found: dict[str, dict[str, tuple[TagChoice, ...]]] = {}
    for taxonomy, figures in document.data.items():
        for name, listed in figures.items():
            read_ = [
                validate(TagChoice, choice, document, [taxonomy, name, i], problems) for i, choice in enumerate(listed)
            ]
            found.setdefault(taxonomy, {})[name] = tuple(c.within(taxonomy) for c in read_ if c is not None)
    lines = filing_document("debt.yaml")
    debt = validate(DebtLines, lines.data, lines, [], problems)
    checks = _read_checks(problems)
    if problems or debt is None:
        raise DocumentError(problems)
    return Tags(found, debt, checks, read_sector_table())


def _read_checks(problems: list[Problem]) -> dict[str, tuple[StatementCheck, ...]]:
    document = filing_document("checks.yaml")
    return {
        taxonomy: tuple(
            check
            for i, entry in enumerate(listed)
            if (check := validate(StatementCheck, entry, document, [taxonomy, i], problems)) is not None
        )
        for taxonomy, listed in document.data.items()
    }


def read_forms() -> Forms:
    """Reads the table of forms. Raises DocumentError."""
    return read_filing_table(Forms, "forms.yaml")
