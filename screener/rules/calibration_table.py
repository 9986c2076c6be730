"""The calibration of a pack: how often companies failed by band of the score, relative to the average, and where it applies."""

from typing import Literal

from pydantic import Field, model_validator

from screener.profile.catalogue import Bilingual
from screener.profile.strict_model import ListOf, Strict

CalibrationUnit = Literal["firm", "firm-year"]
"""What was counted: each company once, or each of its years."""


class CalibrationBand(Strict):
    """Companies whose score was at least this, up to the next band's, and how often they failed against the average."""

    at_least: float = Field(ge=0, le=100, description="The score from which the band begins.")
    companies: int = Field(gt=0, description="The number of companies in the band.")
    failed: int = Field(ge=0, description="The number of these companies that failed.")
    low: float | None = Field(
        None,
        ge=0,
        description="The lower end of the relative risk, including the spread between populations and years.",
    )
    high: float | None = Field(None, ge=0, description="The upper end of the relative risk.")

    @model_validator(mode="after")
    def _counts(self) -> "CalibrationBand":
        if self.failed > self.companies:
            raise ValueError("more failed than there are companies")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has both ends, or none")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the interval is turned round")
        return self


class Calibration(Strict):
    """The `calibration` of a pack.yaml."""

    outcome: Bilingual = Field(description="The event that counts as failure.")
    population: Bilingual = Field(description="The companies that were counted.")
    source: str = Field(description="The source of the counts.")
    unit: CalibrationUnit = Field("firm", description="The unit that was counted.")
    sectors: ListOf[str] = Field(
        min_length=1, description="The sectors, including their subsectors, to which the calibration applies."
    )
    currencies: ListOf[str] = Field((), description="The reporting currencies to which it applies; all, if omitted.")
    listed: bool | None = Field(
        None, description="Whether it applies to listed or to unlisted companies; to both, if omitted."
    )
    coverage_at_least: float = Field(ge=0, le=1, description="The coverage of the pack from which it applies.")
    open_at_most: float = Field(ge=0, le=100, description="The most points by which unknown rules may raise the score.")
    spread: float | None = Field(
        None, ge=0, description="The difference of the relative risk between populations and years, as a share of it."
    )
    bands: ListOf[CalibrationBand] = Field(
        min_length=2, description="Counts by band of the score of the pack. The first band begins at 0."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Calibration":
        starts = [band.at_least for band in self.bands]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("bands begin at 0 and rise")
        if not 0 < self.failed < self.companies:
            raise ValueError("there must be companies that failed, and others")
        for band in self.bands:
            if band.low is not None and band.high is not None and not band.low <= self.times(band) <= band.high:
                raise ValueError(f"the relative risk of the band from {band.at_least:g} lies outside of its interval")
        return self

    @property
    def companies(self) -> int:
        """How many were counted in all."""
        return sum(band.companies for band in self.bands)

    @property
    def failed(self) -> int:
        """How many of all failed."""
        return sum(band.failed for band in self.bands)

    def times(self, band: CalibrationBand) -> float:
        """The relative risk of a band: the share that failed over that of all that were counted."""
        return band.failed / band.companies / (self.failed / self.companies)

    def band_of(self, score: float) -> CalibrationBand:
        """The band that a score from 0 to 100 lies in."""
        return max((band for band in self.bands if band.at_least <= score), key=lambda band: band.at_least)
