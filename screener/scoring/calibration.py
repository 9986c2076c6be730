"""From a score to the share of companies like it that failed, as the pack counted them; or why that can't be said."""

from collections.abc import Iterable

from screener.profile.catalogue import Catalogue
from screener.result.model import Calibrated
from screener.rules.calibration_table import Calibration
from screener.rules.rulebook import Rulebook
from screener.scoring.score import Range
from screener.text import Text

_Z = 1.959963984540054  # of 95 %


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, zz = hits / of, _Z * _Z
    middle = (share + zz / (2 * of)) / (1 + zz / of)
    half = _Z / (1 + zz / of) * (share * (1 - share) / of + zz / (4 * of * of)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def calibrated(rulebook: Rulebook, score: Range, coverage: tuple[int, int], sector: str | None) -> Calibrated | None:
    """What the pack's calibration says of a score; None where the rulebook is no calibrated pack."""
    found = [pack.calibration for pack in rulebook.packs if pack.calibration is not None]
    if not found:
        return None
    held = found[0]
    if (why := next(iter(_reasons(held, rulebook, score, coverage, sector)), None)) is not None:
        says = Text(
            f"How many companies like this failed is not said: {why.en}.", f"未给出同类公司的破产比例：{why.zh}。"
        )
        return Calibrated(None, None, None, None, None, held.outcome, held.population, held.source, says)
    band = max((b for b in held.bands if b.at_least <= score.value), key=lambda b: b.at_least)
    share, (low, high) = band.failed / band.companies, wilson(band.failed, band.companies)
    figure, ends = f"{share * 100:.1f}", f"{low * 100:.1f}–{high * 100:.1f}"
    says = Text(
        f"Of companies like this, {figure} % {held.outcome.en} ({ends} % with 95 % confidence; {band.failed:,} of "
        f"{band.companies:,} with a score in this band). Population: {held.population.en}.",
        f"同类公司中有 {figure}% {held.outcome.zh}（95% 置信区间 {ends}%；该分数段 {band.companies:,} 家中有 {band.failed:,} 家）。"
        f"总体：{held.population.zh}。",
    )
    return Calibrated(share, low, high, band.failed, band.companies, held.outcome, held.population, held.source, says)


def _reasons(held: Calibration, rulebook: Rulebook, score: Range, coverage: tuple[int, int], sector: str | None
             ) -> Iterable[Text]:  # fmt: skip
    """Why the calibration does not hold here, the weightiest reason first."""
    if rulebook.altered or len(rulebook.packs) > 1:
        yield Text("it was measured on the pack alone, and packs, rules or parameters were added, changed or waived",
                   "它只针对原样的规则包，而此次增加、更改或豁免了规则包、规则或参数")  # fmt: skip
    if sector is None:
        yield Text("the company's sector is not given", "未给出公司所属行业")
    elif not set(held.sectors).intersection(rulebook.catalogue.ancestry(sector)):
        titles = [_title(rulebook.catalogue, s) for s in held.sectors]
        yield Text(f"{_title(rulebook.catalogue, sector).en} is outside of what was measured ({', '.join(t.en for t in titles)})",
                   f"{_title(rulebook.catalogue, sector).zh}不在统计范围内（{'、'.join(t.zh for t in titles)}）")  # fmt: skip
    decided, total = coverage
    if decided < held.coverage_at_least * total or not total:
        share = f"{held.coverage_at_least * 100:.0f}"
        yield Text(f"{decided} of {total} rules are decided, and at least {share} % must be",
                   f"{total} 条规则中仅 {decided} 条可判定，至少须达 {share}%")  # fmt: skip
    if score.high - score.value > held.open_at_most:
        yield Text(f"what is unknown may raise the score from {score.value:g} to {score.high:g}",
                   f"未知信息可能使分数由 {score.value:g} 升至 {score.high:g}")  # fmt: skip


def _title(catalogue: Catalogue, sector: str) -> Text:
    entry = catalogue.sectors.get(sector)
    return entry.title if entry else Text.of(sector)
