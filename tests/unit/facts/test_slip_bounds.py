"""The limits beyond which a value counts as a probable slip: each is tested on both sides."""

from typing import Any

import pytest

from screener.expression.interval import INF, Interval
from screener.facts.fact import Fact
from screener.facts.plausibility import find_days_for_years, find_member_slips, find_slips, usual_values
from screener.profile.catalogue import Figure, Kind
from screener.profile.claims import Claim, Period, read_period
from screener.profile.reconcile import RankedClaim, ReconciledFigure
from screener.vocabulary import ClaimKind

PLAIN = {"en": "t", "zh": "z"}


def figure(unit: str, **more: Any) -> Figure:
    return Figure.model_validate({"title": PLAIN, "unit": unit, **more})


def claim(value: Any, period: str | Period | None = None, kind: ClaimKind = ClaimKind.FILED) -> RankedClaim:
    when = read_period(period) if isinstance(period, str) else period
    return RankedClaim(Claim(value=1), Interval.point(value) if isinstance(value, float) else value, when, kind)


def settled(*values: Any) -> ReconciledFigure:
    """Returns a figure with its present value, that of the year before (None: none), and others."""
    chosen, prior, *others = (v if isinstance(v, RankedClaim) or v is None else claim(v) for v in (*values, None)[: max(2, len(values))])
    assert chosen is not None
    return ReconciledFigure(chosen, prior, tuple(o for o in others if o is not None))


TABLE = {
    "debt": figure("money"), "revenue": figure("money"), "total_assets": figure("money"), "market_value": figure("money"),
    "total_costs": figure("money"), "staff": figure("count"), "share": figure("fraction"),
    "rate": figure("fraction", plausible=(-0.5, 3)), "ratio": figure("multiple", plausible=(0, 50)),
    "months": figure("months", plausible=(0, 600)), "any": figure("multiple"),
}


def slips(**values: ReconciledFigure) -> list[tuple[str, str]]:
    return [(slip.figure, slip.what) for slip in find_slips(values, TABLE)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("share", 10.0, []), ("share", 10.5, ["unusual"]), ("share", -10.0, []), ("share", -10.5, ["unusual"]),
        ("rate", 3.0, []), ("rate", 3.5, ["unusual"]), ("rate", -0.5, []), ("rate", -0.75, ["unusual"]),
        ("ratio", 50.0, []), ("ratio", 50.5, ["unusual"]), ("ratio", 0.0, []), ("ratio", -0.5, ["unusual"]),
        ("any", 1e9, []), ("share", Interval(20.0, 30.0), []), ("share", Interval(INF, INF), []), ("share", "x", []),
    ],
)
def test_where_a_value_is_unusual(name: str, value: Any, expected: list[str]) -> None:
    assert slips(**{name: settled(value)}) == [(name, what) for what in expected]
    assert slips(**{name: settled(claim(None), value)}) == [(name, what) for what in expected]  # of the year before


@pytest.mark.parametrize(
    ("name", "value", "remark"),
    [
        ("share", 950.0, "t: 950 is 95,000 %; did you mean 9.5?"),
        ("share", 2000.0, "t: 2,000 is outside of what is usual, −10 to 10: check it."),
        ("ratio", 5000.0, "t: 5,000 is outside of what is usual, 0 to 50; did you mean 50?"),
        ("ratio", 5100.0, "t: 5,100 is outside of what is usual, 0 to 50: check it."),
        ("months", 601.0, "t: 601 is outside of what is usual, 0 to 600: check it."),  # never per cent
    ],
)
def test_what_may_be_meant_in_place_of_an_unusual_value(name: str, value: float, remark: str) -> None:
    assert [slip.remark.en for slip in find_slips({name: settled(value)}, TABLE)] == [remark]


def test_remarks_in_chinese() -> None:
    found = find_slips({"share": settled(950.0), "ratio": settled(5000.0), "months": settled(601.0)}, TABLE)
    assert [slip.remark.zh for slip in found] == [
        "z：950 即 95,000%；是否应为 9.5？", "z：5,000 超出常见范围 0 至 50；是否应为 50？", "z：601 超出常见范围 0 至 600：请核对。",
    ]
    apart = next(find_slips({"revenue": settled(1.0), "debt": settled(1e4)}, TABLE)).remark
    assert apart.en == "t (10,000) is 10,000 times t (1): are both in whole units?"
    assert apart.zh == "z（10,000）是z（1）的 10,000 倍：两者是否均以元为单位？"
    scaled = next(find_slips({"staff": settled(4e6, claim(2.0, "2024"))}, TABLE)).remark
    assert scaled.en == "t: 4,000,000 and 2 (2024) differ by about 1,000,000 times; is one of them in millions?"
    assert scaled.zh == "z：4,000,000 与 2（2024）相差约 1,000,000 倍；其中之一是否以百万计？"
    assert "(–)" in next(find_slips({"staff": settled(4e6, 2.0)}, TABLE)).remark.en


def test_usual_values() -> None:
    assert usual_values(TABLE["rate"]) == Interval(-0.5, 3.0)
    assert usual_values(TABLE["share"]) == Interval(-10.0, 10.0)
    assert usual_values(TABLE["debt"]) is None


@pytest.mark.parametrize("unit", ["debt", "staff"])
@pytest.mark.parametrize(
    ("used", "other", "is_slip"),
    [
        (400.0, 1.0, True), (399.0, 1.0, False), (2500.0, 1.0, True), (2501.0, 1.0, False), (1.0, 1000.0, True),
        (4e5, 1.0, True), (3.9e5, 1.0, False), (2.5e6, 1.0, True), (2.6e6, 1.0, False),
        (4e8, 1.0, True), (2.5e9, 1.0, True), (2.6e9, 1.0, False),
        (-1000.0, -1.0, True), (-500.0, -0.5, True), (-0.5, -500.0, True), (500.0, 0.5, True), (-1000.0, 1.0, False), (1000.0, -1.0, False), (1000.0, 0.0, False), (0.0, 1000.0, False),
        (1000.0, Interval(1.0, 1.5), False), (Interval(1.0, 1.5), 1000.0, False),
    ],
)
def test_where_two_claims_differ_by_a_scale(unit: str, used: Any, other: Any, is_slip: bool) -> None:
    expected = [(unit, "claims")] if is_slip else []
    assert slips(**{unit: settled(used, other)}) == expected
    assert slips(**{unit: settled(used, None, other)}) == expected
    assert slips(any=settled(used, other)) == []  # neither an amount nor a count


def test_what_a_formula_gives_is_no_slip_of_scale() -> None:
    assert slips(debt=settled(1000.0, None, claim(1.0, None, ClaimKind.COMPUTED))) == []
    found = slips(debt=settled(1000.0, None, claim(1.0, None, ClaimKind.COMPUTED), 1.0))
    assert found == [("debt", "claims")]  # the next claim is still checked


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"revenue": 1.0, "debt": 1e4}, ["debt"]), ({"revenue": 1.0, "debt": 9999.0}, []), ({"revenue": 1.0, "debt": -1e4}, ["debt"]),
        ({"revenue": 0.0, "debt": 1e9}, []), ({"revenue": -1.0, "debt": 1e9}, []), ({"debt": 1e9}, []),
        ({"total_assets": 1.0, "debt": 1e4}, ["debt"]), ({"market_value": 1.0, "debt": 1e4}, ["debt"]),
        ({"total_costs": 1.0, "debt": 1e4}, ["debt"]), ({"revenue": 1e4, "total_costs": 1.0}, ["revenue"]),
        ({"revenue": 1.0, "total_costs": 1e6, "total_assets": 1e6}, ["total_costs"]),  # of equal ones the last by name
        ({"revenue": 1.0, "staff": 1e9}, []),
    ],
)
def test_where_amounts_lie_far_apart(values: dict[str, float], expected: list[str]) -> None:
    assert slips(**{name: settled(value) for name, value in values.items()}) == [(name, "amounts") for name in expected]


def member(certain: bool = True, **fields: Any) -> Fact:
    values = {name: Interval.point(v) if isinstance(v, float) else v for name, v in fields.items()}
    return Fact("m", "k", "main", values, certain=certain)


KIND = Kind.model_validate({
    "list": "holders", "title": {"en": "Holder", "zh": "持有人"},
    "fields": {"share": {"unit": "fraction", "of_whole": True, "title": PLAIN}, "other": {"unit": "fraction", "title": PLAIN}},
})


@pytest.mark.parametrize(
    ("shares", "remarks"),
    [
        ([0.5, 0.5], []),
        ([0.5, 0.51], []),  # each may be rounded by half a per cent
        ([0.5, 0.515], ["holders: t is 102 % in all, more than 100 %: does one member contain another?"]),
        ([Interval(0.5, 0.9), 0.5], []),
        ([Interval(0.6, 0.9), 0.5], ["holders: t is 110 % in all, more than 100 %: does one member contain another?"]),
        ([20.0], ["Holder, t: 20 is 2,000 %; did you mean 0.2?", "holders: t is 2,000 % in all, more than 100 %: does one member contain another?"]),
        ([None, "x"], []),
    ],
)
def test_shares_of_members(shares: list[Any], remarks: list[str]) -> None:
    assert [remark.en for remark in find_member_slips(KIND, [member(share=share) for share in shares])] == remarks
    assert list(find_member_slips(KIND, [member(certain=False, share=share) for share in shares])) == []
    assert list(find_member_slips(KIND, [member(other=share) for share in shares if share != 20.0])) == []


def test_shares_of_members_in_chinese() -> None:
    assert [remark.zh for remark in find_member_slips(KIND, [member(share=20.0)])] == [
        "持有人，z：20 即 2,000%；是否应为 0.2？", "holders：z合计 2,000%，超过 100%：是否有成员相互包含？",
    ]


YEARLY = {"a": figure("money", over="year"), "b": figure("money", over="year"), "c": figure("money")}
DAY, YEAR = "2025-12-31", "FY2025"


@pytest.mark.parametrize(
    ("ignored", "used", "start"),
    [
        ([("b", DAY)], {}, "t: does not count"),
        ([("b", DAY), ("a", DAY)], {}, "t (and 1 more): does not count"),
        ([("b", DAY), ("a", DAY), ("b", "2024-12-31")], {}, "t (and 1 more): does not count, since 2025-12-31 is"),
        ([("b", YEAR)], {}, None), ([("b", None)], {}, None), ([("c", DAY)], {}, None),
        ([("b", DAY)], {"b": "FY2024"}, "t: does not count"),
        ([("b", DAY)], {"b": YEAR}, None),  # a year that ends on the day is used: nothing is lost
        ([("b", DAY)], {"b": None}, "t: does not count"),
        ([("c", DAY), ("b", DAY)], {}, "t: does not count"),
    ],
)
def test_figures_of_years_that_are_stated_for_a_day(ignored: list[Any], used: dict[str, Any], start: str | None) -> None:
    claims = [(name, claim(1.0, period)) for name, period in ignored]
    found = [r.en for r in find_days_for_years(claims, {n: settled(claim(1.0, p)) for n, p in used.items()}, YEARLY)]
    assert len(found) == (start is not None)
    assert start is None or found[0].startswith(start)
