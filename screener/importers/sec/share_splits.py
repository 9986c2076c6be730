"""Converts counts of shares from before a split, which is no issue of shares.

After a split, later reports restate the shares of earlier years. If the weighted shares of one year are stated before and
after, their ratio is the split; if they are equal, shares were really issued or bought back. If nothing is restated, a whole
multiple on an almost unchanged balance sheet is taken for a split, and the earlier count is left out.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from screener.importers.sec.amount_text import number, plain
from screener.importers.sec.companyfacts import Filing
from screener.importers.sec.reported_figures import source_key

RESTATED = 1.2  # ratio of restated weighted shares, up or down, from which a split is assumed
JUMP = 1.4  # change of the count, up or down, from which a split is considered
WHOLE = 0.04  # greatest relative difference from a whole multiple
STEADY = 1.5  # ratio, up or down, within which a balance sheet counts as almost unchanged
MULTIPLES = (1.5, *range(2, 11), 12, 15, 16, 18, 20, 24, 25, 30, 35, 40, 50, 60, 75, 80, 100, 150, 200, 250, 500, 1000)
WEIGHTED = (
    "us-gaap:WeightedAverageNumberOfSharesOutstandingBasic",
    "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding",
    "ifrs-full:WeightedAverageShares",
    "ifrs-full:AdjustedWeightedAverageShares",
)
SIZES = (
    "us-gaap:Assets",
    "us-gaap:StockholdersEquity",
    "ifrs-full:Assets",
    "ifrs-full:EquityAttributableToOwnersOfParent",
)


class _Split(NamedTuple):
    ratio: float  # later count over earlier count
    restated: bool  # whether the weighted shares of one year show it

    @property
    def words(self) -> str:
        """The split in words: 20 for 1, or 1 for 20."""
        return f"{self.ratio:g} for 1" if self.ratio > 1 else f"1 for {1 / self.ratio:g}"


def on_one_basis(claims: Sequence[dict[str, Any]], filings: Sequence[Filing]) -> tuple[list[dict[str, Any]], list[str]]:
    """Converts claims on shares (the one to use first) to the basis of the latest one; also returns remarks."""
    by_source = {source_key(filing): filing for filing in filings}
    kept: list[dict[str, Any]] = []
    met: dict[_Split, list[str]] = {}
    for claim in claims:
        newest = next((c for c in kept if c["period"] != claim["period"] and "value" in c), None)
        split = None
        if newest is not None and "value" in claim and not _restated_at(claim, kept):
            split = _split(newest, claim, by_source)
        if split is None:
            kept.append(claim)
            continue
        met.setdefault(split, []).append(f"{claim['period']} ({number(claim['value'])})")
        if split.restated:
            value = claim["value"] * split.ratio
            note = f"{claim['note']}: {number(claim['value'])}, restated for a split of {split.words} as weighted shares are"
            kept.append({**claim, "value": plain(float(round(value))), "note": note})
    return kept, [_remark(split, times) for split, times in met.items()]


def _remark(split: _Split, times: Sequence[str]) -> str:
    more = f" and {len(times) - 1} earlier" if len(times) > 1 else ""
    why = "as restated weighted shares show: restated"
    if not split.restated:
        why = "to judge by an unchanged balance sheet: left out"
    return f"shares_outstanding of {times[0]}{more}: before a split of {split.words}, {why}"


def _restated_at(claim: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a later filing states the shares of the same date, so that this is an earlier version of that count."""
    return any(c["period"] == claim["period"] for c in kept)


def _split(newest: Mapping[str, Any], claim: Mapping[str, Any], by_source: Mapping[str, Filing]) -> _Split | None:
    later, earlier = by_source[newest["source"]], by_source[claim["source"]]
    if later is earlier or not claim["value"] or not newest["value"]:
        return None
    jump, chain = newest["value"] / claim["value"], _restatement(later, earlier, by_source)
    if chain is not None:
        shown = not 1 / RESTATED < chain < RESTATED and abs(math.log(jump / chain)) < abs(math.log(jump))
        return _Split(_whole(chain) or chain, restated=True) if shown else None
    whole = None if 1 / JUMP < jump < JUMP else _whole(jump)
    return _Split(whole, restated=False) if whole and _steady(later, earlier) else None


def _restatement(later: Filing, earlier: Filing, by_source: Mapping[str, Filing]) -> float | None:
    """Returns the product of all restatements of weighted shares between two filings; None if no year is stated twice."""
    ordered = sorted(by_source.values(), key=lambda f: (f.filed, f.accession))
    between = [f for f in ordered if earlier.filed <= f.filed <= later.filed and f.part == "annual"]
    total, found, before = 1.0, False, earlier
    for filing in between:
        ratio = _ratio(filing, before)
        if filing is not before and ratio is not None:
            total, found, before = total * ratio, True, filing
    return total if found else None


def _ratio(later: Filing, earlier: Filing) -> float | None:
    for tag in WEIGHTED:
        restated, before = later.values.get(tag, {}), earlier.values.get(tag, {})
        both = [span for span in restated if before.get(span) and restated[span]]
        if both:
            span = max(both, key=lambda s: s[1])
            return restated[span] / before[span]
    return None


def _whole(ratio: float) -> float | None:
    """Returns the multiple of shares that is close to a ratio (below 1 for a reverse split); None if there is none."""
    up = max(ratio, 1 / ratio)
    found = next((m for m in MULTIPLES if abs(up / m - 1) <= WHOLE), None)
    return None if found is None else found if ratio > 1 else 1 / found


def _steady(later: Filing, earlier: Filing) -> bool:
    """Whether the balance sheets of two filings, equity included, are of similar size."""
    for tag in SIZES:
        sizes = [_newest(filing, tag) for filing in (later, earlier)]
        if all(sizes) and not 1 / STEADY <= (sizes[0] or 1) / (sizes[1] or 1) <= STEADY:
            return False
    return True


def _newest(filing: Filing, tag: str) -> float | None:
    amounts = filing.values.get(tag, {})
    days = [span for span in amounts if span[0] is None and span[1] <= filing.filed]
    return amounts[max(days, key=lambda s: s[1])] if days else None
