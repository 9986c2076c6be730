"""Relative risk of failure for a score, as measured for a calibrated pack, or the reason why it does not apply.

The score is that of the calibrated pack by itself, whatever other packs judge beside it. A relative risk is the share that
failed in a band of the score over the share of all that were measured. Its interval holds the spread between populations and
years where the pack states it, else the sampling error alone (Wilson 1927).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from screener.profile.catalogue import Catalogue
from screener.result.verdict_records import FailureRate
from screener.rules.calibration_table import Calibration, CalibrationBand, CalibrationUnit
from screener.rules.pack_file import PackFile
from screener.rules.rulebook import Rulebook
from screener.scoring.score import CompanyScore, ScoredRule, ScoreRange, coverage_counts
from screener.text import Text

_Z = 1.959963984540054  # of 95 %
_UNITS: dict[CalibrationUnit, Text] = {
    "firm": Text("companies", "家公司"),
    "firm-year": Text("firm-years", "个公司年度"),
}


class CompanyTraits(NamedTuple):
    """The properties that decide whether a company belongs to a calibrated population."""

    sector: str | None
    currency: str | None
    listed: bool | None  # None: not stated


class RelativeRisk(NamedTuple):
    """How often companies of a band failed, as a multiple of the average, with its interval."""

    times: float
    low: float
    high: float


def wilson_interval(hits: float, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, zz = hits / of, _Z * _Z
    middle = (share + zz / (2 * of)) / (1 + zz / of)
    half = _Z / (1 + zz / of) * (share * (1 - share) / of + zz / (4 * of * of)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def relative_risk(calibration: Calibration, band: CalibrationBand) -> RelativeRisk:
    """The relative risk of a band: with the interval that the pack states, else with that of sampling."""
    times = calibration.times(band)
    if band.low is not None and band.high is not None:
        return RelativeRisk(times, band.low, band.high)
    base = calibration.failed / calibration.companies
    low, high = wilson_interval(band.failed, band.companies)
    return RelativeRisk(times, low / base, high / base)


def times_text(times: float) -> str:
    """A multiple of the average, in two digits where that is enough."""
    return f"{times:.1f}" if times >= 0.95 or times == 0 else f"{times:.2f}"


def failure_rate(rulebook: Rulebook, scored: Sequence[ScoredRule], traits: CompanyTraits) -> FailureRate | None:
    """How often companies with such a score failed, by the first calibrated pack that applies, otherwise why none applies.

    `scored` are the red and green rules with their outcomes. None if no pack of the rulebook is calibrated.
    """
    found = [_of_pack(rulebook, pack, pack.calibration, scored, traits) for pack in rulebook.packs if pack.calibration]
    return next((rate for rate in found if rate.times is not None), found[0] if found else None)


def _of_pack(
    rulebook: Rulebook, pack: PackFile, calibration: Calibration, scored: Sequence[ScoredRule], traits: CompanyTraits
) -> FailureRate:
    own = [r for r in scored if r.rule.pack == pack.name]
    score = CompanyScore(own, rulebook.table).range
    rate = FailureRate(
        share=None,
        low=None,
        high=None,
        failed=None,
        companies=None,
        outcome=calibration.outcome,
        population=calibration.population,
        source=calibration.source,
        says=Text("", ""),
        pack=pack.name,
    )
    reason = next(_reasons_not_to_apply(calibration, rulebook, score, coverage_counts(own), traits), None)
    label = pack.short_title
    if reason is not None:
        says = Text(
            f"No failure rate is given by {label.en}: {reason.en}.",
            f"{label.zh}未给出同类公司的破产频率：{reason.zh}。",
        )
        return rate._replace(says=says)
    band = calibration.band_of(score.value)
    low, high = wilson_interval(band.failed, band.companies)
    risk = relative_risk(calibration, band)
    return rate._replace(
        share=band.failed / band.companies,
        low=low,
        high=high,
        failed=band.failed,
        companies=band.companies,
        says=_sentence(calibration, band, risk, label),
        score=score.value,
        times=risk.times,
        times_low=risk.low,
        times_high=risk.high,
        measured=calibration.companies,
    )


def _sentence(calibration: Calibration, band: CalibrationBand, risk: RelativeRisk, label: Text) -> Text:
    times, low, high = map(times_text, risk)
    outcome, population, unit = calibration.outcome, calibration.population, _UNITS[calibration.unit]
    spread = band.low is not None
    error = Text("with the spread between populations and years", "含不同总体与年份间的差异")
    sampling = Text("sampling error only", "仅含抽样误差")
    kind = error if spread else sampling
    return Text(
        f"Companies with this score of {label.en} {outcome.en} {times} times as often as the average ({low}–{high}, {kind.en}), "
        f"measured on {calibration.companies:,} {unit.en}: {population.en}.",
        f"{label.zh}得分与此相当的公司{outcome.zh}的频率为平均水平的 {times} 倍（{low}–{high}，{kind.zh}），"
        f"依据 {calibration.companies:,} {unit.zh}：{population.zh}。",
    )


def _reasons_not_to_apply(
    calibration: Calibration,
    rulebook: Rulebook,
    score: ScoreRange,
    coverage: tuple[int, int],
    traits: CompanyTraits,
) -> Iterator[Text]:
    """Why the calibration does not apply to this company, the most important reason first."""
    if rulebook.altered:
        yield Text(
            "it was measured on the rules as they are, and rules or parameters were added, changed or waived",
            "它只针对原样的规则，而此次增加、更改或豁免了规则或参数",
        )
    yield from _outside_of_population(calibration, rulebook.catalogue, traits)
    decided, total = coverage
    if decided < calibration.coverage_at_least * total or not total:
        share = f"{calibration.coverage_at_least * 100:.0f}"
        yield Text(
            f"{decided} of its {total} rules are decided, and at least {share} % are needed",
            f"该包 {total} 条规则中仅 {decided} 条可判定，至少须达 {share}%",
        )
    if score.high - score.value > calibration.open_at_most:
        yield Text(
            f"unknown inputs may raise its score from {score.value:g} to {score.high:g}",
            f"未知信息可能使该包分数由 {score.value:g} 升至 {score.high:g}",
        )


def _outside_of_population(calibration: Calibration, catalogue: Catalogue, traits: CompanyTraits) -> Iterator[Text]:
    """The properties in which the company differs from those that were measured."""
    if traits.sector is None:
        yield Text("the company's sector is not stated", "未给出公司所属行业")
    elif not is_of_sectors(calibration, catalogue, traits.sector):
        own = _sector_title(catalogue, traits.sector)
        titles = _titles(_sector_title(catalogue, sector) for sector in calibration.sectors)
        yield Text(
            f"{own.en} is not among the sectors of the calibration sample ({titles.en})",
            f"{own.zh}不在统计范围内（{titles.zh}）",
        )
    if calibration.currencies and traits.currency not in calibration.currencies:
        currencies = ", ".join(calibration.currencies)
        own = Text.of(traits.currency) if traits.currency else Text("a currency that is not stated", "未给出的币种")
        yield Text(
            f"the companies measured report in {currencies}, this one in {own.en}",
            f"统计的公司以 {currencies} 列报，该公司以{own.zh}列报",
        )
    if calibration.listed is not None and traits.listed is (not calibration.listed):
        yield (
            Text("the companies measured are listed, this one is not", "统计的是上市公司，而该公司未上市")
            if calibration.listed
            else Text("the companies measured are not listed, this one is", "统计的是非上市公司，而该公司已上市")
        )


def is_of_sectors(calibration: Calibration, catalogue: Catalogue, sector: str | None) -> bool:
    """Whether a sector, or one above it, is among those that were measured."""
    return sector is not None and not set(calibration.sectors).isdisjoint(catalogue.ancestry(sector))


def _titles(texts: Iterable[Text]) -> Text:
    found = list(texts)
    return Text(", ".join(t.en for t in found), "、".join(t.zh for t in found))


def _sector_title(catalogue: Catalogue, sector: str) -> Text:
    entry = catalogue.sectors.get(sector)
    return entry.title if entry else Text.of(sector)
