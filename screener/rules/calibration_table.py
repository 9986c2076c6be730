"""What a pack says of how often companies with a score came to grief: counts by band of the score, and whom they hold for."""

from pydantic import ConfigDict, Field, model_validator

from screener.profile.strict_model import Strict
from screener.rules.rule import Bilingual


class CalibrationBand(Strict):
    """Companies whose score was at least this, up to the next band's, and how many of them failed."""

    at_least: float = Field(ge=0, le=100, description="The score from which the band begins.")
    companies: int = Field(gt=0, description="How many there were.")
    failed: int = Field(ge=0, description="How many of them failed.")

    @model_validator(mode="after")
    def _counts(self) -> "CalibrationBand":
        if self.failed > self.companies:
            raise ValueError("more failed than there are companies")
        return self


class Calibration(Strict):
    """The `calibration` of a pack.yaml."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    outcome: Bilingual = Field(description="What counts as failed.")
    population: Bilingual = Field(description="Which companies were counted.")
    source: str = Field(description="Where the counts come from.")
    sectors: tuple[str, ...] = Field(
        min_length=1, strict=False, description="For which sectors, with all below them, it holds."
    )
    coverage_at_least: float = Field(ge=0, le=1, description="The coverage from which it holds.")
    open_at_most: float = Field(ge=0, le=100, description="Points by which what is unknown may raise the score.")
    bands: tuple[CalibrationBand, ...] = Field(
        min_length=2, strict=False, description="Counts by band of the score; the first begins at 0."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Calibration":
        starts = [band.at_least for band in self.bands]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("bands begin at 0 and rise")
        return self
