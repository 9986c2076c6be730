"""Each row of a table has the values, domains, conflicts and slips of its company."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from screener.engine.columns import column_values as c
from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.column_values import IntervalColumn, SymbolColumn
from screener.engine.columns.company_columns import CompanyColumns, PartyColumns
from screener.engine.columns.company_rows import CompanyRows
from screener.engine.columns.fact_columns import fact_column
from screener.engine.columns.slip_columns import find_slips as find_slips_of_columns
from screener.engine.rule_context import parameter_value
from screener.engine.search import SearchEngine
from screener.errors import ProfileError
from screener.explain.finding_templates import outcome_of
from screener.expression.interval import INF, UNBOUNDED, Interval, Missing
from screener.facts.builder import build
from screener.facts.plausibility import find_slips
from screener.profile.loader import read_profile
from screener.rules.compiler import Program, compile_rules
from tests.fuzz.world import catalogue, document, metrics, read_rules

CATALOGUE = replace(catalogue(), metrics={name: metric.as_figure for name, metric in metrics().items()})

RULES: list[dict[str, Any]] = [
    {"rule": "owing", "when": [{"company": "debt > 5"}]},
    {"rule": "rated", "when": [{"company": "debt > params.p"}],
     "params": {"p": {"value": 1, "unit": "money", "by_sector": {"tech": {"value": 9}}}}},
    {"rule": "in-dollars", "when": [{"company": "debt > params.p"}], "params": {"p": {"value": 5, "unit": "money", "currency": "USD"}}},
    {"rule": "for-chips", "when": [{"company": "debt >= 0"}], "only_for": ["chips"], "applies": "stage != 'b'"},
    {"rule": "loaded", "when": [{"company": "load > 2 or climbing > 0"}]},
    {"rule": "contradicted", "when": [{"conflict": "gap > 0.5"}]},
    {"rule": "mistaken", "when": [{"slip": "what == 'unusual'"}, {"not flag": "owing"}]},
    {"rule": "has-clients", "when": [{"client": "true"}]},
    {"rule": "marking", "when": [{"company": "debt > 1"}], "concludes": {"mark": {"who": "company.id", "size": "company.debt"}}},
    {"rule": "marked", "when": [{"mark": "size > 6"}]},
    {"rule": "itself", "when": [{"company": "company.id == 'row-1'"}]},
]

COMPANIES: list[dict[str, Any]] = [
    {},
    {"debt": (9.0, 6.0), "income": (3.0, -1.0), "stage": "a", "listed": True, "sector": "chips", "currency": "USD"},
    {"debt": (9.0, 9.0), "income": (-3.0, 2.0), "stage": "b", "listed": True, "sector": "tech", "currency": "EUR"},
    {"debt": (0.0, 1.0), "income": (0.0, 1.0), "listed": False, "sector": "banks", "currency": "USD"},
    {"debt": (5.0, 5e-9), "income": (5e9, 5e6), "load": 2.0, "sector": "soft", "currency": "USD"},
    {"debt": (Interval(4.0, 9.0), None), "income": (2.0, None), "load": 4.5, "rate": 3.5, "share": 1.0, "stage": "c"},
    {"debt": (Interval(3.0, 7.0), 4.0), "income": (Interval(-INF, 1.0), 1.0), "load": Interval(1.0, 2.0), "rate": -0.5, "share": Interval(0.5, INF)},
    {"debt": (6.0, 2.0), "total_costs": 6e-4, "staff": (4e5, 1.0), "rate": 3.0, "load": 3.0, "income": (2.0, 1.0)},
    {"debt": (6.0, 0.0), "total_costs": 5.9, "staff": (399.0, 1.0), "rate": -0.75, "grown": 6.0, "listed": True},
    {"debt": (1e9, 1e9), "total_costs": 1e5, "income": (-1e9, 1e9), "chance": 0.25, "turned": 1.0, "many": 7.0},
]
"""Claims of the present, or with those of the period before; sector and currency."""


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    with c.numpy_warnings_off():
        yield


def pairs() -> Iterator[tuple[str, int]]:
    """Yields each figure and metric that some company states, with the number of periods ago."""
    for name, back in itertools.product(CATALOGUE.claimable, (0, 1)):
        if any(claimed(company, name, back) is not None for company in COMPANIES):
            yield name, back


def claimed(company: dict[str, Any], name: str, back: int) -> Any:
    claim = company.get(name)
    return (claim if isinstance(claim, tuple) else (claim, None))[back]


def as_claim(value: Any, back: int) -> dict[str, Any]:
    period = {"period": f"{2025 - back}-12-31"}
    if isinstance(value, Interval):
        low, high = value.finite()
        return {**period, **({"low": low} if low is not None else {}), **({"high": high} if high is not None else {})}
    return {**period, "value": value}


@pytest.fixture(scope="module")
def compiled() -> Program:
    return compile_rules(read_rules(RULES), CATALOGUE, metrics())


@pytest.fixture(scope="module")
def engine(compiled: Program) -> ColumnEngine:
    return ColumnEngine(compiled)


@pytest.fixture(scope="module")
def worlds(compiled: Program) -> list[Any]:
    found = []
    for i, company in enumerate(COMPANIES):
        stated: dict[str, dict[str, Any]] = {"figures": {}, "metrics": {}}
        for name, back in pairs():
            if (value := claimed(company, name, back)) is not None:
                stated["metrics" if name in CATALOGUE.metrics else "figures"].setdefault(name, []).append(as_claim(value, back))
        head = {key: company[key] for key in ("sector", "currency") if key in company}
        whole = {"id": f"row-{i}", "name": "Main", **head, **stated}
        read = read_profile(document(whole, "main.json"), CATALOGUE)
        found.append(build(read, CATALOGUE, metrics(), compiled.placeholders))
    return found


def as_table() -> CompanyColumns:
    columns: dict[str, Any] = {}
    for name, back in pairs():
        claims = [claimed(company, name, back) for company in COMPANIES]
        key = f"prior({name})" if back else name
        if CATALOGUE.claimable[name].unit in ("word", "truth"):
            columns[key] = claims
            continue
        ends = [value if isinstance(value, Interval) else Interval.point(np.nan if value is None else value) for value in claims]
        lo, hi = np.array([e.lo for e in ends]), np.array([e.hi for e in ends])
        columns[key] = lo if all(e.is_point or e.lo != e.lo for e in ends) else (lo, hi)
    ids = [f"row-{i}" for i in range(len(COMPANIES))]
    sectors, currencies = ([company.get(key) for company in COMPANIES] for key in ("sector", "currency"))
    return CompanyColumns.of(ids, sectors, columns, CATALOGUE, currencies)


@pytest.fixture(scope="module")
def rows(compiled: Program, engine: ColumnEngine) -> CompanyRows:
    return CompanyRows(as_table(), compiled, engine.empty_company)


def at(column: Any, i: int) -> Any:
    """Returns a value of a row in the form that it has for a single company."""
    if isinstance(column, SymbolColumn):
        return column.words[column.codes[i]] if column.codes[i] >= 0 else None
    if isinstance(column, IntervalColumn):
        ends = float(column.lo[i]), float(column.hi[i])
        return Interval(*ends)
    return Interval(column.lo, column.hi) if isinstance(column, Interval) else column


@pytest.mark.parametrize("back", [0, 1, 2])
@pytest.mark.parametrize("name", [*CATALOGUE.figures, *metrics()])
def test_values_and_domains(rows: CompanyRows, worlds: list[Any], name: str, back: int) -> None:
    if back == 2 and name in CATALOGUE.figures:
        return
    column, validity = rows.value(name, back), rows.validity(name, back)
    for i, world in enumerate(worlds):
        company = world.companies[f"row-{i}"]
        expected = company.value(name, back)
        if isinstance(expected, Interval):
            expected = Interval(expected.lo, expected.hi)
        if back and name in CATALOGUE.figures and (name, back) not in rows.table.values:
            continue  # of a figure that no row states for the period before, that of any company
        assert at(column, i) == expected, (name, back, i)
        if name in metrics():
            assert int(np.broadcast_to(validity, len(worlds))[i]) == int(company.validity(name, back)), (name, back, i)


def test_conflicts(rows: CompanyRows, worlds: list[Any]) -> None:
    found = {name: (gap, exists) for name, gap, exists in rows.conflicts()}
    assert found.keys() == {"listed", "load", "grown", "chance", "turned", "many"}
    for i, world in enumerate(worlds):
        facts = {fact.fields["figure"]: fact.fields["gap"].lo for fact in world.base.of(f"row-{i}", "conflict") if fact.certain}
        assert {name: float(gap.lo[i]) for name, (gap, exists) in found.items() if exists[i] == c.TRUE} == pytest.approx(facts), i
        assert all(exists[i] in (c.TRUE, c.FALSE) for _, exists in found.values())  # type: ignore[index]


def test_slips(rows: CompanyRows, worlds: list[Any]) -> None:
    columns = list(find_slips_of_columns(rows.table, CATALOGUE))
    for i, world in enumerate(worlds):
        expected = {(slip.figure, slip.what) for slip in find_slips(world.companies[f"row-{i}"].reconciled, CATALOGUE.claimable)}
        assert {(at(slip.figure, i), slip.what) for slip in columns if slip.exists[i]} == expected, i
    assert all(slip.exists.any() for slip in columns)
    assert {slip.what for slip in columns} == {"unusual", "claims", "amounts"}


def test_outcomes(compiled: Program, engine: ColumnEngine, worlds: list[Any]) -> None:
    codes = engine.run(as_table())
    search = SearchEngine(compiled)
    assert codes.shape == (len(RULES), len(COMPANIES))
    assert len(np.unique(codes)) == len(OUTCOMES)
    for i, world in enumerate(worlds):
        conclusions = search.run(world)
        for line, rule in zip(codes, compiled.rules, strict=True):
            assert OUTCOMES[line[i]] is outcome_of(conclusions.of(rule, f"row-{i}")), (rule, i)


def test_lists_that_are_known_to_be_empty(compiled: Program) -> None:
    place = list(compiled.rules).index("has-clients")
    assert set(ColumnEngine(compiled).run(as_table())[place]) == {c.UNKNOWN}
    assert set(ColumnEngine(compiled, empty=("clients",)).run(as_table())[place]) == {c.FALSE}


@pytest.mark.parametrize("rule", ["rated", "in-dollars"])
def test_parameters(compiled: Program, rows: CompanyRows, worlds: list[Any], rule: str) -> None:
    found = rows.parameter_value(compiled.rules[rule], "p")
    for i, world in enumerate(worlds):
        assert at(found, i) == parameter_value(compiled.rules[rule], "p", world.companies[f"row-{i}"], CATALOGUE), i


def test_rows_that_are_chosen() -> None:
    table = as_table()
    mask = np.isin(np.arange(len(table)), (2, 3, 4))
    for part in (table.slice_rows(2, 5), table.select(np.array([2, 3, 4])), table.select(mask)):
        assert list(part.ids) == ["row-2", "row-3", "row-4"]
        assert [at(part.sectors, i) for i in range(3)] == ["tech", "banks", "soft"]
        assert [at(part.currencies, i) for i in range(3)] == ["EUR", "USD", "USD"]
        assert [at(part.values["stage", 0], i) for i in range(3)] == ["b", None, None]
        assert [at(part.values["debt", 1], i) for i in range(3)] == [Interval.point(9.0), Interval.point(1.0), Interval.point(5e-9)]
        assert len(part) == 3
    assert table.with_only({"debt"}).values.keys() == {("debt", 0), ("debt", 1)}
    assert len(table.with_only(()).values) == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"dept": [1.0, 2.0]}, "there is no figure or metric 'dept' for a column"),
        ({"prior(dept)": [1.0, 2.0]}, "there is no figure or metric 'prior(dept)' for a column"),
        ({"debt": [1.0, -2.0]}, "debt of 'b' is outside its domain"),
        ({"share": [1.5, 2.0]}, "share of 'a' is outside its domain"),
        ({"prior(share)": ([0.5, 1.5], [0.75, 2.0])}, "prior(share) of 'b' is outside its domain"),
    ],
)
def test_columns_that_are_refused(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(ProfileError) as refused:
        CompanyColumns.of(["a", "b"], [None, None], columns, CATALOGUE)
    assert [problem.what for problem in refused.value.problems] == [message]


def test_columns_that_are_taken() -> None:
    table = CompanyColumns.of(["a", "b", "c"], ["tech", None, "tech"], {
        "share": [0.0, 1.0, np.nan], "prior(debt)": ([1.0, np.nan, -5.0], [2.0, 9.0, 3.0]), "income": [np.inf, -np.inf, 1.0],
    }, CATALOGUE)
    assert [at(table.values["share", 0], i) for i in range(3)] == [Interval.point(0.0), Interval.point(1.0), Interval(0.0, 1.0)]
    assert [at(table.values["debt", 1], i) for i in range(3)] == [Interval(1.0, 2.0), Interval(0.0, 9.0), Interval(0.0, 3.0)]
    assert [at(table.values["income", 0], i) for i in range(3)] == [UNBOUNDED, UNBOUNDED, Interval.point(1.0)]
    assert table.values["share", 0].claimed.tolist() == [True, True, False]  # type: ignore[union-attr]
    assert [at(table.currencies, i) for i in range(3)] == [None] * 3
    assert [at(table.sectors, i) for i in range(3)] == ["tech", None, "tech"]


def test_the_companies_that_rows_name() -> None:
    one = CompanyColumns.of(["a", "b"], ["tech", None], {"debt": [1.0, 2.0], "stage": ["a", None]}, CATALOGUE, ["USD", None])
    two = CompanyColumns.of(["c", "a"], [None, "banks"], {"debt": [3.0, 4.0], "stage": ["b", "c"]}, CATALOGUE)
    parties = PartyColumns([one, two], CATALOGUE)
    named = SymbolColumn(np.array([0, 1, -1, 2, 3]), ("c", "a", "nobody", "b"))
    found = parties.rows(named)
    assert list(found.ids) == ["c", "a", None, None, "b"]  # the first row of an id that occurs twice
    assert [at(found.values["debt", 0], i) for i in range(5)] == [
        Interval.point(3.0), Interval.point(1.0), Interval(0.0, INF), Interval(0.0, INF), Interval.point(2.0),
    ]
    assert found.values["debt", 0].claimed.tolist() == [True, True, False, False, True]  # type: ignore[union-attr]
    assert [at(found.values["stage", 0], i) for i in range(5)] == ["b", "a", None, None, None]
    assert [at(found.sectors, i) for i in range(5)] == [None, "tech", None, None, None]
    assert [at(found.currencies, i) for i in range(5)] == [None, "USD", None, None, None]


def test_facts_have_every_field() -> None:
    entry = CATALOGUE.kinds["link"]
    size, who = IntervalColumn(np.array([-1.0, 2.0]), np.array([1.0, 3.0])), SymbolColumn.of(["a", "b"])
    found = fact_column(entry, "link", "row", "at", {"size": size, "who": who, "sure": True}, c.TRUE)
    assert [at(found.fields["size"], i) for i in range(2)] == [Interval(0.0, 1.0), Interval(2.0, 3.0)]
    assert (found.fields["who"], found.fields["sure"], found.fields["what"]) == (who, True, None)
    assert (found.companies, found.id, found.twin, found.of, found.kind) == ({"who": "row"}, "at", "at", "row", "link")
    assert fact_column(entry, "link", "row", "at", {"who": "acme"}, c.TRUE).companies == {"who": "acme"}
    blank = fact_column(entry, "link", "row", "at", {}, c.UNKNOWN)
    assert (blank.companies, blank.exists) == ({"who": "?"}, c.UNKNOWN)
    assert blank.fields["size"] == Missing(0.0, INF)
