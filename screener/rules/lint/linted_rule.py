"""The input of lints: a rule with its document, and the context in which names are looked up."""

from dataclasses import dataclass, field

from screener.errors import Problem
from screener.io.document import Document, ValuePath
from screener.profile.catalogue import Catalogue
from screener.rules.lint.satisfiability import FigureDomains, SatisfiabilityChecker
from screener.rules.rule import Rule, patterns


@dataclass(frozen=True)
class LintContext:
    """The rulebook in which lints look up names, and the languages that texts must have."""

    domains: FigureDomains
    languages: tuple[str, ...] = ("en", "zh")

    @property
    def catalogue(self) -> Catalogue:
        """The figures, kinds and sectors that exist."""
        return self.domains.catalogue

    def satisfiability(self, rule: Rule, sector: tuple[str, str] | None = None) -> SatisfiabilityChecker:
        """Judges conditions of a rule; `sector` is a parameter and the sector whose value of it counts."""
        return SatisfiabilityChecker(rule, self.domains, kinds_by_name(rule), sector)


@dataclass(frozen=True)
class LintedRule:
    """A rule with the document that it stands in."""

    rule: Rule
    document: Document
    context: LintContext
    satisfiability: SatisfiabilityChecker = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "satisfiability", self.context.satisfiability(self.rule))

    def warning(
        self, path: ValuePath, code: str, what: str, hint: str, *, offset: int = 0, key: bool = False
    ) -> Problem:
        """A warning at a value of the document (or its key), `offset` characters into it."""
        return self.document.problem(path, what, hint, offset, key, code).located(level="warning")

    def error(self, path: ValuePath, code: str, what: str, hint: str, *, offset: int = 0, key: bool = False) -> Problem:
        """An error at a value of the document (or its key), `offset` characters into it."""
        return self.document.problem(path, what, hint, offset, key, code)


def kinds_by_name(rule: Rule) -> dict[str, str]:
    """Pattern name -> kind, for all that a rule binds."""
    return {p.name: p.kind for p in patterns(rule.when)}
