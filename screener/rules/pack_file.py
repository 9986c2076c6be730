"""Reads the `pack.yaml` of a rule pack, and checks its requirements."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from screener import __version__
from screener.errors import Problem
from screener.io.document import Document
from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import ListOf, Strict, validate
from screener.rules.calibration_table import Calibration
from screener.text import Text, clean, is_slug


class PackFile(Strict):
    """The `pack.yaml` of a rule pack."""

    name: str = Field(description="The name of the pack, as in --pack.")
    version: str = Field(
        description="The version (semantic versioning). A changed threshold requires at least a new minor version."
    )
    title: Bilingual = Field(description="The title shown to readers.")
    label: Bilingual | None = Field(None, description="A short title for verdicts and tables; the name, if omitted.")
    about: Bilingual | None = Field(None, description="What the pack is about.")
    languages: ListOf[Literal["en", "zh"]] = Field(
        ("en", "zh"),
        description="The languages of its texts. `screener rules check` requires each text in all of them.",
    )
    needs: ListOf[str] = Field(
        (), description="Required versions of screener and of other packs, such as screener>=0.1."
    )
    fitted_on: Bilingual | None = Field(
        None,
        description="The companies on which thresholds and points were fitted; those of `calibration`, if omitted.",
    )
    calibration: Calibration | None = Field(
        None, description="Failure rates by score, and the companies to which they apply."
    )

    @property
    def short_title(self) -> Text:
        """The title for verdicts and tables: the label, else the name."""
        return self.label or Text.of(self.name)

    @property
    def sample(self) -> Text | None:
        """The companies that its thresholds and points were fitted on, or that it was calibrated on; None if on none."""
        return self.fitted_on or (self.calibration.population if self.calibration else None)


def packs_by_folder(documents: Iterable[Document]) -> dict[Path, str]:
    """The names of packs by the folders of their `pack.yaml` files, as messages name these."""
    return {Path(document.name).parent: str(document.data["name"]) for document in documents}


def pack_of_file(file: str, folders: Mapping[Path, str]) -> str:
    """The name of the pack in whose folder a rule file lies; empty if it lies in none of them."""
    return next((folders[folder] for folder in Path(file).parents if folder in folders), "")


def read_pack_files(documents: Iterable[Document], problems: list[Problem]) -> tuple[PackFile, ...]:
    """The packs of their `pack.yaml` files; adds to `problems` what is wrong and which needs are not met."""
    found = []
    for document in documents:
        pack = validate(PackFile, document.data, document, [], problems)
        if pack is not None and is_slug(pack.name):
            found.append((document, pack))
        elif pack is not None:
            what = f"'{clean(pack.name)}' is not a name of a pack"
            problems.append(document.problem(["name"], what, "use lower-case letters, digits and hyphens"))
    versions = {"screener": __version__, **{pack.name: pack.version for _, pack in found}}
    for document, pack in found:
        for i, need in enumerate(pack.needs):
            if unmet := _unmet_need(need, versions):
                problems.append(document.problem(["needs", i], unmet.what, unmet.hint, code="unmet-need"))
    return tuple(pack for _, pack in found)


def _unmet_need(need: str, versions: Mapping[str, str]) -> Problem | None:
    """The problem with an unmet requirement of a pack; `versions` contains what is available."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(need)
    except InvalidRequirement:
        return Problem(f"'{clean(need)}' is not a name with a version", "write a name, or for example screener>=0.2")
    version = versions.get(requirement.name)
    if version is None:
        return Problem(f"needs the pack '{clean(requirement.name)}'", f"add --pack {clean(requirement.name)}")
    if not requirement.specifier.contains(version, prereleases=True):
        return Problem(f"needs {clean(need)}; {requirement.name} is {version}", "install a version that fits")
    return None
