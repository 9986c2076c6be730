"""Defines the catalogue, which is data: the figures, kinds of relation and sectors, with their units and domains."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from screener.expression.checker import ExpressionType
from screener.expression.interval import INF, Interval, Missing
from screener.expression.syntax_tree import Expression
from screener.profile.strict_model import ListOf, Strict
from screener.text import Text
from screener.units import NUMERIC, Unit


def read_bilingual(value: Any) -> Any:
    """Reads a `Text` from a string, {en: …, zh: …} or a Text. Raises ValueError with what to write instead."""
    if isinstance(value, str) or (
        isinstance(value, dict)
        and value
        and set(value) <= {"en", "zh"}
        and all(isinstance(v, str) for v in value.values())
    ):
        return Text.of(value)
    if isinstance(value, Text):
        return value
    if value is None:
        raise ValueError("nothing is written here; write a text, in quotes where it begins with a sign such as #")
    if isinstance(value, dict) and (other := [str(k) for k in value if k not in ("en", "zh")]):
        raise ValueError(f"'{other[0]}' is not one of the languages; write en and zh")
    raise ValueError("expected a text; put it in quotes, or write {en: …, zh: …}")


Bilingual = Annotated[Text, BeforeValidator(read_bilingual)]
"""A text that a document gives in one language or in two."""


class CatalogueEntry(Strict):
    """An entry of the catalogue, with a title in one or two languages."""

    title: Bilingual = Field(description="The title shown to readers.")
    about: Annotated[Text | None, BeforeValidator(read_bilingual)] = Field(None, description="A definition of it.")


Worse = Literal["high", "low", "neither"]
"""Which value of a measure is the worse one. Figures and metrics that state it are compared with peers and earlier years."""
PLAUSIBLE_DESCRIPTION = "The smallest and the largest usual value. A value outside is reported as a possible error."
WORSE_DESCRIPTION = (
    "Whether high or low values are worse, or neither. If it is given, the value is compared with those of peers."
)


class TypedEntry(CatalogueEntry):
    """An entry with a unit: a figure or a field of a relation."""

    unit: Unit = Field(
        description="The unit: money, fraction (0.30), multiple, count, months, hours, years, number, truth, word, text or company."
    )
    words: ListOf[str] = Field((), description="The words that are allowed, if the unit is `word`.")
    domain: tuple[float | None, float | None] = Field(
        (None, None),
        strict=False,
        description="The smallest and the largest possible value; null where there is no bound.",
    )

    @model_validator(mode="after")
    def _fits(self) -> "TypedEntry":
        if (self.unit == "word") != bool(self.words):
            raise ValueError("`words` lists what a word may be; give it with unit: word, and only there")
        low, high = self.bounds.lo, self.bounds.hi
        if low > high or (self.unit not in NUMERIC and self.domain != (None, None)):
            raise ValueError("`domain` is [least, greatest] of a number; null where there is no bound")
        return self

    @cached_property
    def bounds(self) -> Interval:
        """The interval of possible values of a number."""
        low, high = self.domain
        return Interval(-INF if low is None else float(low), INF if high is None else float(high))

    @cached_property
    def missing(self) -> Missing | None:
        """The value that represents a missing one: the whole domain for a number, otherwise None."""
        return Missing(self.bounds.lo, self.bounds.hi) if self.unit in NUMERIC else None

    @property
    def type(self) -> ExpressionType:
        """The type in expressions."""
        return ExpressionType(self.unit, self.words)


class Figure(TypedEntry):
    """A figure or statement that a profile may give of a company."""

    over: Literal["year", "instant", "market", "any"] = Field(
        "instant",
        description="year: a flow over about a year. instant: a balance sheet item. market: a market price. any: see its period.",
    )
    formula: str | None = Field(None, description="The formula that computes it where a profile does not state it.")
    means: str | None = Field(
        None,
        description="For a statement: a formula that is 1 if figures show it to be true, and 0 if they show it to be false.",
    )
    plausible: tuple[float, float] | None = Field(
        None,
        strict=False,
        description=PLAUSIBLE_DESCRIPTION,
    )
    worse: Worse | None = Field(None, description=WORSE_DESCRIPTION)
    aliases: ListOf[str] = Field((), description="Other names that profiles may use for it.")

    @model_validator(mode="after")
    def _is_statement(self) -> "Figure":
        if self.means is not None and self.unit != "truth":
            raise ValueError(
                "`means` is what a statement comes to in figures; give it with unit: truth, and only there"
            )
        return self

    @cached_property
    def meaning(self) -> Expression | None:
        """The formula in `means`. Raises ExpressionError if it cannot be parsed."""
        if self.means is None:
            return None
        from screener.expression.parser import parse  # imported here, since a rulebook from the cache has it parsed

        return parse(self.means)

    @property
    def plausible_bounds(self) -> Interval | None:
        """The usual range, if one is stated."""
        return None if self.plausible is None else Interval(*map(float, self.plausible))


class RelationField(TypedEntry):
    """A field of a relation; `given: false` marks fields that screener fills in itself.

    A field in months may count from a field with a date: `since` up to the day of the profile, `until` from it.
    `forecast: true`: its values may refer to the future, so that claims for later periods count.
    """

    required: bool = Field(False, description="Whether each member of the list must state it.")
    given: bool = Field(True, description="Whether profiles state it; if false, screener fills it in.")
    since: str | None = Field(
        None,
        description="For a field in months: the field with the date from which months are counted, up to the day of the profile.",
    )
    until: str | None = Field(
        None,
        description="For a field in months: the field with the date up to which months are counted, from the day of the profile.",
    )
    forecast: bool = Field(False, description="Whether it may refer to the future, as a commitment does.")
    outsider: bool = Field(
        False, description="Whether the company that it names is always another than the company of the profile."
    )
    of_whole: bool = Field(
        False, description="Whether the values of all members are shares of one total, which their sum does not exceed."
    )

    @cached_property
    def as_figure(self) -> Figure:
        """The field as a figure, so that its claims can be reconciled."""
        return Figure.model_construct(
            title=self.title, unit=self.unit, words=self.words, domain=self.domain, over="any"
        )


class Kind(CatalogueEntry):
    """A kind of fact: a list in the profile, one nested in another, one that is derived, or one that rules conclude."""

    list_name: str | None = Field(None, alias="list", description="The key of the list in a profile.")
    within: str | None = Field(None, description="The kind whose members contain this list.")
    derived: bool = Field(False, description="Whether screener derives these facts from others.")
    concluded: bool = Field(False, description="Whether rules conclude these facts.")
    forecast: bool = Field(False, description="Whether all its fields may refer to the future, as those of a plan do.")
    fields: dict[str, RelationField] = Field({}, description="The fields of a member.")

    @cached_property
    def given_fields(self) -> dict[str, RelationField]:
        """The fields that profiles state; screener fills in the others."""
        return {name: field for name, field in self.fields.items() if field.given}

    @model_validator(mode="after")
    def _dates(self) -> "Kind":
        for name, typed in self.fields.items():
            for date in filter(None, (typed.since, typed.until)):
                if typed.unit != "months" or typed.given or date not in self.fields or self.fields[date].unit != "date":
                    raise ValueError(
                        f"'{name}' counts from '{date}': give it unit: months, given: false, and a field with a date"
                    )
        return self

    @model_validator(mode="after")
    def _one_origin(self) -> "Kind":
        if bool(self.list_name) + self.derived + self.concluded != 1:
            raise ValueError("a kind has either `list: NAME`, `derived: true` or `concluded: true`")
        return self

    @cached_property
    def bounded_fields(self) -> dict[str, RelationField]:
        """The fields that `others` of a profile may state for members outside of a list."""
        apart = ("company", "date", "text")
        return {n: f for n, f in self.fields.items() if f.given and not f.required and f.unit not in apart}


class Sector(CatalogueEntry):
    """A sector; a rule that does not apply to its parent does not apply to it."""

    parent: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """The catalogue: all figures, metrics, kinds, sectors and categories to which names may refer."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    sectors: Mapping[str, Sector] = field(default_factory=dict)
    categories: Mapping[str, Text] = field(default_factory=dict)
    metrics: Mapping[str, Figure] = field(default_factory=dict)  # those that a profile may state
    fiscal_year_named: Literal["start", "end"] = "end"  # for profiles that do not state it

    @cached_property
    def claimable(self) -> dict[str, Figure]:
        """The figures and metrics that a profile may state. Their names do not overlap."""
        return {**self.figures, **self.metrics}

    def is_price(self, name: str) -> bool:
        """Whether a figure has a date of its own (`over: market`) rather than the period of the accounts."""
        figure = self.figures.get(name)
        return figure is not None and figure.over == "market"

    @cached_property
    def compared(self) -> dict[str, Figure]:
        """The figures and metrics that are compared with peers and with earlier years."""
        return {name: entry for name, entry in self.claimable.items() if entry.worse is not None}

    @cached_property
    def lists(self) -> dict[str, str]:
        """Top-level list name -> kind."""
        return {k.list_name: name for name, k in self.kinds.items() if k.list_name and not k.within}

    @cached_property
    def all_lists(self) -> dict[str, str]:
        """List name -> kind, including nested lists."""
        return {k.list_name: name for name, k in self.kinds.items() if k.list_name}

    def nested(self, kind: str) -> dict[str, str]:
        """List name -> kind, for the lists inside a member of `kind`."""
        return self._nested.get(kind, {})

    @cached_property
    def _nested(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, kind in self.kinds.items():
            if kind.list_name and kind.within:
                found.setdefault(kind.within, {})[kind.list_name] = name
        return found

    @cached_property
    def unknown_fields(self) -> dict[str, dict[str, Missing | None]]:
        """Kind -> its fields, all of them unknown. The objects are shared and must not be changed."""
        return {name: {f: typed.missing for f, typed in kind.fields.items()} for name, kind in self.kinds.items()}

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Alias -> name of the figure."""
        return {a: name for name, f in self.figures.items() for a in f.aliases}

    def ancestry(self, sector: str) -> tuple[str, ...]:
        """Returns the sector itself, its parent, and so on to the top."""
        found = [sector]
        while (entry := self.sectors.get(found[-1])) and entry.parent and entry.parent not in found:
            found.append(entry.parent)
        return tuple(found)

    @cached_property
    def _under(self) -> dict[str, frozenset[str]]:
        above = {s: self.ancestry(s) for s in self.sectors}
        return {sector: frozenset(s for s in above if sector in above[s]) for sector in self.sectors}

    def below(self, sector: str) -> frozenset[str]:
        """Returns the sector and all sectors below it."""
        return self._under.get(sector, frozenset())
