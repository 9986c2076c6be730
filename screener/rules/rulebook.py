"""A rulebook: rules, metrics, catalogue and verdict table, checked and ready to compile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pydantic import Field

from screener.errors import Problem
from screener.facts.metrics import Metric
from screener.profile.catalogue import Catalogue
from screener.profile.strict_model import Strict
from screener.rules.pack_file import PackFile
from screener.rules.rule import Rule
from screener.rules.settings import Waiver
from screener.vocabulary import LeastVerdict, Severity


class FileText(NamedTuple):
    """A file that was read: its role, its name in messages, and its text."""

    part: str  # figures, kinds, sectors, categories, metrics, verdict, pack, evidence, rules, settings
    name: str
    text: str


@dataclass(frozen=True)
class Overrides:
    """The changes of the command line to the rules: RULE.PARAM=VALUE texts, rules to leave out, whether preview counts."""

    settings: Sequence[str] = ()
    disabled: Sequence[str] = ()
    preview: bool = False

    def __bool__(self) -> bool:
        return bool(self.settings or self.disabled or self.preview)


NO_OVERRIDES = Overrides()


class RuleOrigin(NamedTuple):
    """Where a part of a rulebook comes from: a pack, a rule file that was added, or a settings file."""

    part: Literal["pack", "rules", "settings"]
    name: str
    origin: Literal["built-in", "installed", "folder", "file"]
    path: str | None  # of a folder or file, or of an installed pack


class Severities(Strict):
    """Weights of red and green flags by severity, as probabilities."""

    red: dict[str, float]
    green: dict[str, float]


class Bands(Strict):
    """The scores from which the verdict is caution, and avoid."""

    caution: float = Field(ge=0, le=100)
    avoid: float = Field(ge=0, le=100)


class VerdictTable(Strict):
    """How findings become a score and a verdict (rules/verdict.yaml)."""

    severity: Severities
    severity_at_least: dict[Severity, LeastVerdict] = Field(
        {}, description="The least verdict while a red flag of a severity fires that nothing softens by name."
    )
    relief_at_most: float = Field(ge=0, le=1)
    bands: Bands
    coverage_at_least: float = Field(ge=0, le=1)


class LoadedParts(NamedTuple):
    """The parts of a rulebook that engines run, as they were loaded from files, and the key of these files in caches."""

    key: str
    rules: Mapping[str, Rule]
    catalogue: Catalogue
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class Rulebook:
    """Rules with the catalogue and metrics that they read, the verdict table, and where all of it came from."""

    name: str
    version: str
    digest: str
    catalogue: Catalogue
    metrics: Mapping[str, Metric]
    rules: Mapping[str, Rule]
    table: VerdictTable
    warnings: tuple[Problem, ...] = field(default=())
    packs: tuple[PackFile, ...] = field(default=())
    waivers: tuple[Waiver, ...] = field(default=())
    preview: bool = False  # whether preview rules count
    altered: bool = False  # whether anything was added to the packs or changed in them
    origins: tuple[RuleOrigin, ...] = field(default=())
    loaded: LoadedParts | None = field(default=None, compare=False, repr=False)

    @property
    def cache_key(self) -> str | None:
        """The cache key of rules, catalogue and metrics; None if one of them was changed after loading."""
        parts = self.loaded
        if parts is None or self.rules is not parts.rules or self.catalogue is not parts.catalogue:
            return None
        return parts.key if self.metrics is parts.metrics else None

    @property
    def is_users(self) -> bool:
        """Whether the user changed or chose rules: by packs that do not come with screener, files, parameters or settings."""
        return self.altered or any(o.part == "settings" or o.origin != "built-in" for o in self.origins)
