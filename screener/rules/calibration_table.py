"""What a pack says of how often companies with a score came to grief: counts by band of the score, and whom they hold for."""

from pydantic import ConfigDict, Field, model_validator

from screener.profile.strict_model import Strict
from screener.rules.rule import Bilingual


class CalibrationBand(Strict):
    """Companies whose score was at least this, up to the next band's, and how many of them failed."""

    at_least: float = Field(ge=0, le=100)
    companies: int = Field(gt=0)
    failed: int = Field(ge=0)

    @model_validator(mode="after")
    def _counts(self) -> "CalibrationBand":
        if self.failed > self.companies:
            raise ValueError("more failed than there are companies")
        return self


class Calibration(Strict):
    """The `calibration` of a pack.yaml."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    outcome: Bilingual
    population: Bilingual
    source: str
    sectors: tuple[str, ...] = Field(min_length=1, strict=False, description="for which, with all below them, it holds")
    coverage_at_least: float = Field(ge=0, le=1)
    open_at_most: float = Field(ge=0, le=100, description="points by which what is unknown may raise the score")
    bands: tuple[CalibrationBand, ...] = Field(min_length=2, strict=False)

    @model_validator(mode="after")
    def _in_order(self) -> "Calibration":
        starts = [band.at_least for band in self.bands]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("bands begin at 0 and rise")
        return self
