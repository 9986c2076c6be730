"""Which tags of a taxonomy state which figure, and which forms count: the tables of `rules/filings`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import Field, field_validator, model_validator

from screener.errors import DocumentError, Problem
from screener.io import package_data as data
from screener.io.document import Document, read_documents
from screener.profile.strict_model import Strict, validate

FOLDER = data.RULES_FOLDER / "filings"
Term = tuple[str, ...]  # tags (TAXONOMY:TAG) or figures: the first that is there


class TagChoice(Strict):
    """One way to state a figure: synonyms, a sum, or bounds."""

    tags: dict[str, str] = Field({}, description="tag -> why it means the figure")
    sum: tuple[Term, ...] = Field((), strict=False)
    less: tuple[Term, ...] = Field((), strict=False)
    low: Term | None = Field(None, strict=False)
    high: Term | None = Field(None, strict=False)
    why: str | None = None

    @field_validator("sum", "less", mode="before")
    @classmethod
    def _terms(cls, value: Any) -> Any:
        return [_term(v) for v in value] if isinstance(value, list) else value

    @field_validator("low", "high", mode="before")
    @classmethod
    def _one_term(cls, value: Any) -> Any:
        return _term(value)

    @model_validator(mode="after")
    def _one_form(self) -> "TagChoice":
        if bool(self.tags) + bool(self.sum) + (self.low is not None or self.high is not None) != 1:
            raise ValueError("needs one of `tags`, `sum`, and `low` and/or `high`")
        if not self.tags and not self.why:
            raise ValueError("needs a `why`")
        return self

    def terms(self) -> Iterator[str]:
        """All that it names."""
        yield from self.tags
        for term in (*self.sum, *self.less, self.low or (), self.high or ()):
            yield from term

    def within(self, taxonomy: str) -> "TagChoice":
        """The same with its tags as TAXONOMY:TAG."""

        def full(name: str) -> str:
            return name if ":" in name or name[:1].islower() else f"{taxonomy}:{name}"

        def each(term: Sequence[str] | None) -> Term | None:
            return None if term is None else tuple(full(name) for name in term)

        return self.model_copy(
            update={
                "tags": {full(tag): why for tag, why in self.tags.items()},
                "low": each(self.low),
                "high": each(self.high),
                "sum": tuple(each(t) for t in self.sum),
                "less": tuple(each(t) for t in self.less),
            }
        )


def _term(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


class Tags(NamedTuple):
    """Taxonomy -> figure -> choices, the best first."""

    choices: Mapping[str, Mapping[str, tuple[TagChoice, ...]]]

    def wanted(self) -> frozenset[str]:
        """Every TAXONOMY:TAG that some choice names."""
        every = (c for figures in self.choices.values() for choices in figures.values() for c in choices)
        return frozenset(name for choice in every for name in choice.terms() if ":" in name)

    def figures(self) -> list[str]:
        """The figures that some taxonomy states."""
        return list(dict.fromkeys(name for figures in self.choices.values() for name in figures))


class Forms(Strict):
    """Which forms count; an amendment (`/A`) counts as its form does."""

    annual: tuple[str, ...] = Field(strict=False)
    interim: tuple[str, ...] = Field(strict=False)
    other: tuple[str, ...] = Field(strict=False)

    @cached_property
    def _parts(self) -> dict[str, str]:
        return {form: part for part in ("annual", "interim", "other") for form in getattr(self, part)}

    def part(self, form: str) -> str | None:
        """annual, interim or other; None for a form that does not count."""
        return self._parts.get(form.removesuffix("/A"))


def read_tags() -> Tags:
    """The table of tags. Raises DocumentError with all that is wrong with it."""
    document, problems = _document("tags.yaml"), list[Problem]()
    found: dict[str, dict[str, tuple[TagChoice, ...]]] = {}
    for taxonomy, figures in document.data.items():
        for name, listed in figures.items():
            read_ = [
                validate(TagChoice, said, document, [taxonomy, name, i], problems) for i, said in enumerate(listed)
            ]
            found.setdefault(taxonomy, {})[name] = tuple(c.within(taxonomy) for c in read_ if c is not None)
    if problems:
        raise DocumentError(problems)
    return Tags(found)


def read_forms() -> Forms:
    """The table of forms. Raises DocumentError."""
    document, problems = _document("forms.yaml"), list[Problem]()
    found = validate(Forms, document.data, document, [], problems)
    if found is None:
        raise DocumentError(problems)
    return found


def _document(name: str) -> Document:
    return read_documents(FOLDER / name)[0]
