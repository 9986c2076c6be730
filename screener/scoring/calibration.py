"""From a score to the share of companies with such a score that failed, as measured for a pack; or why no share is given."""

from collections.abc import Iterator

from screener.profile.catalogue import Catalogue
from screener.result.model import FailureRate
from screener.rules.calibration_table import Calibration
from screener.rules.rulebook import Rulebook
from screener.scoring.score import ScoreRange
from screener.text import Text

_Z = 1.959963984540054  # of 95 %


def wilson_interval(hits: float, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, zz = hits / of, _Z * _Z
    middle = (share + zz / (2 * of)) / (1 + zz / of)
    half = _Z / (1 + zz / of) * (share * (1 - share) / of + zz / (4 * of * of)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def failure_rate(
    rulebook: Rulebook, score: ScoreRange, coverage: tuple[int, int], sector: str | None
) -> FailureRate | None:
    """The failure rate of companies with such a score; without figures where the calibration does not apply.

    `coverage` is the number of rules that are decided, and of those that apply. None if no pack of the rulebook is calibrated.
    """
    calibration = next((pack.calibration for pack in rulebook.packs if pack.calibration is not None), None)
    if calibration is None:
        return None
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
    )
    reason = next(_reasons_not_to_apply(calibration, rulebook, score, coverage, sector), None)
    if reason is not None:
        says = Text(f"No failure rate is given: {reason.en}.", f"未给出同类公司的破产比例：{reason.zh}。")
        return rate._replace(says=says)
    band = max((b for b in calibration.bands if b.at_least <= score.value), key=lambda b: b.at_least)
    share, (low, high) = band.failed / band.companies, wilson_interval(band.failed, band.companies)
    figure, ends = f"{share * 100:.1f}", f"{low * 100:.1f}–{high * 100:.1f}"
    says = Text(
        f"Of companies like this, {figure} % {calibration.outcome.en} ({ends} % with 95 % confidence; {band.failed:,} of "
        f"{band.companies:,} with a score in this band). Population: {calibration.population.en}.",
        f"同类公司中有 {figure}% {calibration.outcome.zh}（95% 置信区间 {ends}%；"
        f"该分数段 {band.companies:,} 家中有 {band.failed:,} 家）。总体：{calibration.population.zh}。",
    )
    return rate._replace(share=share, low=low, high=high, failed=band.failed, companies=band.companies, says=says)


def _reasons_not_to_apply(
    calibration: Calibration, rulebook: Rulebook, score: ScoreRange, coverage: tuple[int, int], sector: str | None
) -> Iterator[Text]:
    """Why the calibration does not apply to this company, the most important reason first."""
    if rulebook.altered or len(rulebook.packs) > 1:
        yield Text(
            "the calibration was measured on the pack alone, and packs, rules or parameters were added, changed or waived",
            "它只针对原样的规则包，而此次增加、更改或豁免了规则包、规则或参数",
        )
    if sector is None:
        yield Text("the company's sector is not stated", "未给出公司所属行业")
    elif not set(calibration.sectors).intersection(rulebook.catalogue.ancestry(sector)):
        own = _sector_title(rulebook.catalogue, sector)
        titles = [_sector_title(rulebook.catalogue, s) for s in calibration.sectors]
        yield Text(
            f"{own.en} is not among the sectors of the calibration sample ({', '.join(t.en for t in titles)})",
            f"{own.zh}不在统计范围内（{'、'.join(t.zh for t in titles)}）",
        )
    decided, total = coverage
    if decided < calibration.coverage_at_least * total or not total:
        share = f"{calibration.coverage_at_least * 100:.0f}"
        yield Text(
            f"{decided} of {total} rules are decided, and at least {share} % are needed",
            f"{total} 条规则中仅 {decided} 条可判定，至少须达 {share}%",
        )
    if score.high - score.value > calibration.open_at_most:
        yield Text(
            f"unknown inputs may raise the score from {score.value:g} to {score.high:g}",
            f"未知信息可能使分数由 {score.value:g} 升至 {score.high:g}",
        )


def _sector_title(catalogue: Catalogue, sector: str) -> Text:
    entry = catalogue.sectors.get(sector)
    return entry.title if entry else Text.of(sector)
