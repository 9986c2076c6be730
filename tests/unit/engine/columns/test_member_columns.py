"""Aggregates over complete and open lists on columns agree with those of single companies in each row."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.columns.column_ops import COLUMNS
from screener.engine.columns.column_values import FALSE, UNKNOWN, IntervalColumn, SymbolColumn, numpy_warnings_off
from screener.engine.columns.member_columns import MemberColumns, MemberSlot
from screener.expression.interval import INF, Interval, Missing, Truth
from screener.expression.interval_ops import INTERVALS
from screener.expression.list_aggregates import aggregate
from screener.expression.parser import parse
from screener.expression.syntax_tree import Call
from screener.profile.catalogue import Kind

TITLE = {"en": "t", "zh": "t"}
KIND = Kind.model_validate({"list": "clients", "title": TITLE, "fields": {
    "share": {"unit": "fraction", "domain": [0, 1], "title": TITLE},
    "gain": {"unit": "money", "title": TITLE},
    "sure": {"unit": "truth", "title": TITLE}}})
DOMAINS = {"share": Interval(0, 1), "gain": Interval(-INF, INF), "clients": Interval(1, 1)}
Member = dict[str, Any] | None


def numbers(ends: list[tuple[float, float] | None], domain: Interval) -> IntervalColumn:
    lo, hi = (np.array([np.nan if e is None else e[i] for e in ends]) for i in (0, 1))
    return IntervalColumn.of(lo, hi, domain)


def on_columns(text: str, rows: list[tuple[list[Member], bool]]) -> list[Interval]:
    """Returns the aggregate in every row, from its members (None: no such member) and whether the list is complete."""
    most = max(len(members) for members, _ in rows)
    places = []
    for k in range(most):
        at = [members[k] if k < len(members) else None for members, _ in rows]
        exists = np.array([m is not None for m in at])
        fields: dict[str, IntervalColumn | SymbolColumn] = {
            name: numbers([m.get(name) if m else None for m in at], DOMAINS[name]) for name in ("share", "gain")
        }
        fields["sure"] = SymbolColumn.of([m.get("sure") if m else None for m in at])
        places.append(MemberSlot(exists, fields))
    more = np.array([FALSE if complete else UNKNOWN for _, complete in rows], np.int8)
    call = parse(text)
    assert isinstance(call, Call)
    with numpy_warnings_off():
        found = MemberColumns(tuple(places), more).aggregate(call, KIND, _domain(text))
    if isinstance(found, Interval):
        return [found] * len(rows)
    missing = found.missing if found.missing is not None else np.zeros(len(rows), bool)
    return [(Missing if is_missing else Interval)(float(lo), float(hi)) for lo, hi, is_missing in zip(found.lo, found.hi, missing, strict=True)]


def on_one(text: str, members: list[Member], complete: bool) -> Interval:
    call = parse(text)
    assert isinstance(call, Call)

    def look(member: dict[str, Any]) -> Any:
        def find(name: Any) -> Any:
            value = member.get(name.field)
            if name.field == "sure":
                return value
            return Interval(*value) if value is not None else Missing(DOMAINS[name.field].lo, DOMAINS[name.field].hi)

        return find

    given_members = ((Truth.TRUE, look(m)) for m in members if m is not None)
    return aggregate(INTERVALS, call, _domain(text), given_members, Truth.of(complete))


def _domain(text: str) -> Interval:
    return next(domain for name, domain in DOMAINS.items() if name in text.partition(",")[0])


A, B, OPEN = {"share": (0.2, 0.2), "sure": True}, {"share": (0.1, 0.4), "sure": None}, {"sure": True}


@pytest.mark.parametrize(
    ("text", "complete", "open_"),
    [
        ("max(clients.share)", Interval(0.2, 0.4), Interval(0.2, 1.0)),
        ("min(clients.share)", Interval(0.1, 0.2), Interval(0.0, 0.2)),
        ("sum(clients.share)", Interval(0.2 + 0.1, 0.2 + 0.4), Interval(0.2 + 0.1, INF)),
        ("count(clients)", Interval(2, 2), Interval(2, INF)),
        ("max(clients.share, clients.sure)", Interval(0.2, 0.4), Interval(0.2, 1.0)),
        ("min(clients.share, clients.sure)", Interval(0.1, 0.2), Interval(0.0, 0.2)),
        ("sum(clients.share, clients.sure)", Interval(0.2, 0.2 + 0.4), Interval(0.2, INF)),
        ("count(clients, clients.sure)", Interval(1, 2), Interval(1, INF)),
        ("max(clients.share, not clients.sure)", Missing(0, 1), Missing(0, 1)),
        ("min(clients.share, not clients.sure)", Missing(0, 1), Missing(0, 1)),
    ],
)
def test_open_lists_beside_complete_ones(text: str, complete: Interval, open_: Interval) -> None:
    assert on_columns(text, [([A, B], True), ([A, B], False)]) == [complete, open_]


def test_a_list_that_may_lose_as_well_as_gain_is_open_on_both_sides() -> None:
    member = {"gain": (-2.0, 3.0)}
    assert on_columns("sum(clients.gain)", [([member], True), ([member], False)]) == [Interval(-2, 3), Interval(-INF, INF)]


def test_lists_without_members() -> None:
    rows: list[tuple[list[Member], bool]] = [([None], True), ([None], False), ([A], True)]
    assert on_columns("sum(clients.share)", rows) == [Interval(0, 0), Interval(0, INF), Interval(0.2, 0.2)]
    assert on_columns("max(clients.share)", rows) == [Missing(0, 1), Missing(0, 1), Interval(0.2, 0.2)]


ENDS = st.none() | st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]), st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0])).map(
    lambda pair: (min(pair), max(pair))
)
MEMBERS = st.lists(st.none() | st.fixed_dictionaries({"share": ENDS, "gain": ENDS, "sure": st.sampled_from([True, False, None])}), max_size=3)


@pytest.mark.parametrize("text", [
    "count(clients)", "count(clients, clients.sure)", "sum(clients.share)", "sum(clients.gain, clients.sure or clients.share > 0.3)",
    "max(clients.share)", "max(clients.gain, clients.sure)", "min(clients.share, not clients.sure)", "min(clients.gain)",
])
@given(rows=st.lists(st.tuples(MEMBERS, st.booleans()), min_size=1, max_size=5))
def test_each_row_is_what_one_company_gives(text: str, rows: list[tuple[list[Member], bool]]) -> None:
    expected = [on_one(text, members, complete) for members, complete in rows]
    assert [(i.lo, i.hi) for i in on_columns(text, rows)] == [(i.lo, i.hi) for i in expected]
    if text.startswith(("max", "min")):
        missing = [isinstance(i, Missing) for i in on_columns(text, rows)]
        assert missing == [isinstance(i, Missing) for i in expected]


def test_a_backend_selects_row_by_row() -> None:
    truth = np.array([2, 1, 0], np.int8)
    picked = COLUMNS.select(truth, Interval(1, 1), lambda: Missing(0, 9), Interval(3, 3))
    assert isinstance(picked, IntervalColumn)
    assert picked.lo.tolist() == [1, 0, 3]
    assert picked.hi.tolist() == [1, 9, 3]
    assert picked.missing is not None
    assert picked.missing.tolist() == [False, True, False]
