"""Finds values that are possible but probably wrong: percentages as whole numbers, amounts in the wrong scale."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from screener.expression.interval import INF, Interval
from screener.facts.fact import Fact
from screener.profile.catalogue import Figure, Kind
from screener.profile.reconcile import RankedClaim, ReconciledFigure
from screener.text import Text
from screener.units import significant
from screener.vocabulary import ClaimKind

SLIP = "slip"
"""The kind of fact that holds a probably mistaken value."""
PLAUSIBLE_FRACTION = Interval(-10.0, 10.0)  # 1,000 %: a larger number was probably meant in per cent
FAR_APART = 1e4  # size amounts of one company rarely differ by a larger factor
SCALES = {1e3: Text("thousands", "千"), 1e6: Text("millions", "百万"), 1e9: Text("billions", "十亿")}
NEAR_SCALE = 2.5  # factor by which a figure may have changed within a year, in addition to a scale error
ROUNDING = 0.005  # rounding of a share, half a per cent
SIZES = ("revenue", "total_assets", "market_value", "total_costs")
"""The amounts that indicate the size of a company."""


class Slip(NamedTuple):
    """A value that is probably wrong: its figure, the reason (a value of `slip.what`), and the remark on it."""

    figure: str
    what: str
    remark: Text


def find_slips(figures: Mapping[str, ReconciledFigure], table: Mapping[str, Figure]) -> Iterator[Slip]:
    """Finds the stated values of one company that are probably wrong; remarks suggest what may be meant.

    Only single numbers are considered, not ranges: those of the period in use, of the period before, and of other sources.
    """
    amounts: dict[str, float] = {}
    for name, found in figures.items():
        figure = table[name]
        for claim in (found.chosen, found.prior):
            if claim is not None and (size := _size(claim)) is not None and (remark := _implausible(figure, size)):
                yield Slip(name, "unusual", remark)
        if figure.unit == "money" and (size := _size(found.chosen)):
            amounts[name] = size
        for remark in _scale_between_claims(figure, found):
            yield Slip(name, "claims", remark)
    smallest = _smallest_size_of_company(amounts)
    if smallest is not None:
        largest = max(amounts, key=lambda name: (abs(amounts[name]), name))
        if abs(amounts[largest]) >= FAR_APART * amounts[smallest]:
            pair = (table[largest].title, amounts[largest]), (table[smallest].title, amounts[smallest])
            yield Slip(largest, "amounts", _far_apart(*pair))


def find_days_for_years(
    ignored: Sequence[tuple[str, RankedClaim]], used: Mapping[str, ReconciledFigure], table: Mapping[str, Figure]
) -> Iterator[Text]:
    """Yields a remark on figures over a year that are stated for a single day and so do not count.

    The year to that day may be meant. `ignored` are the unused claims of one company with the names of their figures; `used`
    are the reconciled figures. There is no remark on a figure for which a later year is used.
    """
    days: dict[str, str] = {}
    for name, claim in ignored:
        if (day := claim.period) is None or day.start is not None or table[name].over != "year":
            continue
        year = used[name].chosen.period if name in used else None
        if year is None or year.end < day.end:
            days.setdefault(name, day.label)
    if not days:
        return
    title, more, shown = table[min(days)].title, len(days) - 1, days[min(days)]
    yield Text(
        f"{title.en}{f' (and {more} more)' if more else ''}: does not count, since {shown} is a day and no year; "
        "write 2025, FY2025 or 2025-01-01/2025-12-31",
        f"{title.zh}{f'（另有 {more} 项）' if more else ''}：{shown} 是单日而非年度，故不计入；"
        "请写作 2025、FY2025 或 2025-01-01/2025-12-31",
    )


def find_member_slips(kind: Kind, members: Sequence[Fact]) -> Iterator[Text]:
    """Yields remarks on list members of one company: unusual numbers, and shares of one total that exceed the total.

    Each share may be rounded by half a per cent.
    """
    members = [member for member in members if member.certain]
    if not members:
        return
    for name, field in kind.fields.items():
        values = [value for member in members if isinstance(value := member.fields.get(name), Interval)]
        for value in values:
            if value.is_point and abs(value.lo) < INF and (remark := _implausible(field.as_figure, value.lo)):
                yield Text(f"{kind.title.en}, {remark.en}", f"{kind.title.zh}，{remark.zh}")
        total = math.fsum(value.lo for value in values) if field.of_whole else 0.0
        if total > 1 + ROUNDING * len(values):
            shown = significant(total * 100)
            yield Text(
                f"{kind.list_name}: {field.title.en} is {shown} % in all, more than 100 %: does one member contain another?",
                f"{kind.list_name}：{field.title.zh}合计 {shown}%，超过 100%：是否有成员相互包含？",
            )


def usual_values(figure: Figure) -> Interval | None:
    """Returns the range of a figure or metric outside of which a slip is likely; None if any value is usual."""
    if figure.plausible_bounds is not None:
        return figure.plausible_bounds
    return PLAUSIBLE_FRACTION if figure.unit == "fraction" else None


def _size(claim: RankedClaim) -> float | None:
    """Returns the number that a claim states; None for a range or a value that is not a number."""
    value = claim.value
    return value.lo if isinstance(value, Interval) and value.is_point and abs(value.lo) < INF else None


def _implausible(figure: Figure, value: float) -> Text | None:
    bounds = usual_values(figure)
    if bounds is None or bounds.lo <= value <= bounds.hi:
        return None
    shown, meant = significant(value), significant(value / 100)
    is_percent = figure.unit in ("fraction", "multiple") and bounds.lo <= value / 100 <= bounds.hi
    if figure.unit == "fraction" and is_percent:
        return Text(
            f"{figure.title.en}: {shown} is {significant(value * 100)} %; did you mean {meant}?",
            f"{figure.title.zh}：{shown} 即 {significant(value * 100)}%；是否应为 {meant}？",
        )
    low, high = significant(bounds.lo), significant(bounds.hi)
    advice = (
        Text(f"; did you mean {meant}?", f"；是否应为 {meant}？") if is_percent else Text(": check it.", "：请核对。")
    )
    return Text(
        f"{figure.title.en}: {shown} is outside of what is usual, {low} to {high}{advice.en}",
        f"{figure.title.zh}：{shown} 超出常见范围 {low} 至 {high}{advice.zh}",
    )


def _scale_between_claims(figure: Figure, found: ReconciledFigure) -> Iterator[Text]:
    """Yields remarks on claims of one amount that differ by a factor of about a thousand, a million or a billion."""
    used = _size(found.chosen)
    if figure.unit not in ("money", "count") or not used:
        return
    for claim in filter(None, (found.prior, *found.others)):
        if claim.kind is ClaimKind.COMPUTED:  # a difference from a computed value is a conflict, not a slip
            continue
        other = _size(claim)
        if not other or (other > 0) != (used > 0):
            continue
        ratio = max(used / other, other / used)
        for scale, words in SCALES.items():
            if scale / NEAR_SCALE <= ratio <= scale * NEAR_SCALE:
                when = claim.period.label if claim.period else "–"
                yield Text(
                    f"{figure.title.en}: {significant(used)} and {significant(other)} ({when}) differ by about "
                    f"{scale:,.0f} times; is one of them in {words.en}?",
                    f"{figure.title.zh}：{significant(used)} 与 {significant(other)}（{when}）相差约 {scale:,.0f} 倍；"
                    f"其中之一是否以{words.zh}计？",
                )


def _smallest_size_of_company(amounts: Mapping[str, float]) -> str | None:
    """Returns the name of the smallest of the company's size amounts (`SIZES`); None if none is positive."""
    sizes = [name for name in SIZES if amounts.get(name, 0) > 0]
    return min(sizes, key=lambda name: amounts[name], default=None)


def _far_apart(large: tuple[Text, float], small: tuple[Text, float]) -> Text:
    (title, value), (other, least) = large, small
    times = significant(abs(value) / least)
    return Text(
        f"{title.en} ({significant(value)}) is {times} times {other.en} ({significant(least)}): are both in whole units?",
        f"{title.zh}（{significant(value)}）是{other.zh}（{significant(least)}）的 {times} 倍：两者是否均以元为单位？",
    )
