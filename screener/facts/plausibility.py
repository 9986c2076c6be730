"""Values that are possible but probably not meant: per cent written as whole numbers, amounts in thousands or millions."""

from collections.abc import Iterator, Mapping

from screener.expression.interval import INF, Interval
from screener.profile.catalogue import Figure
from screener.profile.reconcile import RankedClaim, ReconciledFigure
from screener.text import Text
from screener.units import significant

PLAUSIBLE_FRACTION = Interval(-10.0, 10.0)  # 1,000 %: whoever states more means per cent
FAR_APART = 1e4  # amounts of one company hardly differ by more
SCALES = {1e3: Text("thousands", "千"), 1e6: Text("millions", "百万"), 1e9: Text("billions", "十亿")}
_NEAR = 2.5  # a figure may grow by this much from one year to another beside a slip of scale


def doubts(figures: Mapping[str, ReconciledFigure], table: Mapping[str, Figure]) -> Iterator[Text]:
    """Remarks on stated values of one company that are probably not meant, each with what may be meant instead."""
    amounts: dict[str, float] = {}
    for name, found in figures.items():
        figure = table[name]
        for claim in (found.chosen, found.prior):
            if claim is not None and (size := _size(claim)) is not None:
                yield from _implausible(figure, size)
        if figure.unit == "money" and (size := _size(found.chosen)):
            amounts[name] = size
        yield from _scale_between_claims(figure, found)
    if amounts:
        largest, smallest = max(amounts, key=lambda n: abs(amounts[n])), _smallest_size_of_company(amounts)
        if smallest and abs(amounts[largest]) >= FAR_APART * amounts[smallest]:
            yield _far_apart((table[largest].title, amounts[largest]), (table[smallest].title, amounts[smallest]))


def _size(claim: RankedClaim) -> float | None:
    """The number that a claim states; None for a range or what is no number."""
    value = claim.value
    return value.lo if isinstance(value, Interval) and value.is_point and abs(value.lo) < INF else None


def _implausible(figure: Figure, value: float) -> Iterator[Text]:
    bounds = figure.plausible_bounds
    if bounds is None and figure.unit == "fraction":
        bounds = PLAUSIBLE_FRACTION
    if bounds is None or bounds.lo <= value <= bounds.hi:
        return
    shown, meant = significant(value), significant(value / 100)
    if figure.unit == "fraction":
        yield Text(
            f"{figure.title.en}: {shown} is {significant(value * 100)} %; did you mean {meant}?",
            f"{figure.title.zh}：{shown} 即 {significant(value * 100)}%；是否应为 {meant}？",
        )
    else:
        low, high = significant(bounds.lo), significant(bounds.hi)
        yield Text(
            f"{figure.title.en}: {shown} is outside of what is usual, {low} to {high}: check it.",
            f"{figure.title.zh}：{shown} 超出常见范围 {low} 至 {high}：请核对。",
        )


def _scale_between_claims(figure: Figure, found: ReconciledFigure) -> Iterator[Text]:
    """Claims of one amount that differ by about a thousand, a million or a billion times."""
    used = _size(found.chosen)
    if figure.unit not in ("money", "count") or not used:
        return
    for claim in filter(None, (found.prior, *found.others)):
        other = _size(claim)
        if not other or (other > 0) != (used > 0):
            continue
        ratio = max(used / other, other / used)
        for scale, words in SCALES.items():
            if scale / _NEAR <= ratio <= scale * _NEAR:
                when = claim.period.label if claim.period else "–"
                yield Text(
                    f"{figure.title.en}: {significant(used)} and {significant(other)} ({when}) differ by about "
                    f"{scale:,.0f} times; is one of them in {words.en}?",
                    f"{figure.title.zh}：{significant(used)} 与 {significant(other)}（{when}）相差约 {scale:,.0f} 倍；"
                    f"其中之一是否以{words.zh}计？",
                )


def _smallest_size_of_company(amounts: Mapping[str, float]) -> str | None:
    """The smallest of the amounts that are as large as the company is."""
    sizes = [n for n in ("revenue", "total_assets", "market_value", "total_costs") if amounts.get(n, 0) > 0]
    return min(sizes, key=lambda n: amounts[n], default=None)


def _far_apart(large: tuple[Text, float], small: tuple[Text, float]) -> Text:
    (title, value), (other, least) = large, small
    times = significant(abs(value) / least)
    return Text(
        f"{title.en} ({significant(value)}) is {times} times {other.en} ({significant(least)}): are both in whole units?",
        f"{title.zh}（{significant(value)}）是{other.zh}（{significant(least)}）的 {times} 倍：两者是否均以元为单位？",
    )
