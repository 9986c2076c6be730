"""The built-in rules on a table: outcomes, scores and verdicts equal those of `screener run` for each company."""

from typing import Any

import numpy as np
import pytest

from bench.universe import columns
from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
from screener.engine.columns.company_columns import CompanyColumns
from screener.errors import ProfileError
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.result.detail import Detail
from screener.scoring.column_score import score_columns
from screener.screening import Screener
from screener.vocabulary import Verdict

ROWS = 40


@pytest.fixture(scope="module", params=["ai-era", "classic"])
def screener(request: pytest.FixtureRequest) -> Screener:
    return Screener.load(packs=[request.param])


HEADS = ("id", "sector", "currency")


@pytest.fixture(scope="module")
def table(screener: Screener) -> dict[str, Any]:
    found = columns(screener.rulebook.catalogue, ROWS, seed=7)
    absent = np.arange(ROWS) % 8 == 0  # of some companies little is known
    for name, values in found.items():
        if name not in HEADS:
            values[absent] = None if values.dtype == object else np.nan
    found["currency"] = np.array([("USD", "USD", "EUR", None)[i % 4] for i in range(ROWS)], object)
    found["debt_to_revenue"] = np.where(np.arange(ROWS) % 3 == 0, 2.0, np.nan)  # a metric that is given
    return found


def universe(screener: Screener, table: dict[str, Any]) -> CompanyColumns:
    data = {name: values for name, values in table.items() if name not in HEADS}
    return CompanyColumns.of(table["id"], table["sector"], data, screener.rulebook.catalogue, table["currency"].tolist())


def profile(screener: Screener, table: dict[str, Any], row: int) -> Any:
    found: dict[str, Any] = {"id": table["id"][row], "name": table["id"][row], "sector": table["sector"][row]}
    for name, values in table.items():
        value = values[row]
        if name in HEADS or value is None or value != value:
            continue
        plain = name[6:-1] if name.startswith("prior(") else name
        home = "metrics" if plain in screener.rulebook.catalogue.metrics else "figures"
        claim = {"value": value if isinstance(value, bool | str) else float(value)}
        claim["period"] = "2024" if name != plain else "2025"
        found.setdefault(home, {}).setdefault(plain, []).append(claim)
    found["currency"] = table["currency"][row]
    if not found["sector"]:
        del found["sector"]
    return read_profile(Document("row.json", "{}", found), screener.rulebook.catalogue)


def test_each_row_is_judged_as_its_profile(screener: Screener, table: dict[str, Any]) -> None:
    rules = list(screener.program.rules.values())
    outcomes = ColumnEngine(screener.program).run(universe(screener, table))
    scores = score_columns(rules, outcomes, screener.rulebook.table)
    for row in range(ROWS):
        result = screener.assess(profile(screener, table, row), detail=Detail.OUTCOMES)
        expected = {f.rule: f.outcome for f in result.findings}
        assert {r.id: OUTCOMES[code] for r, code in zip(rules, outcomes[:, row], strict=True)} == expected
        assert tuple(s[row] for s in scores[2:5]) == (result.score.value, result.score.low, result.score.high)
        assert (scores.decided[row], scores.total[row]) == (result.coverage.decided, result.coverage.total)
        assert (tuple(Verdict)[scores.verdicts[row]], bool(scores.thin[row])) == (result.verdict.word, result.verdict.thin)
    assert len(set(scores.verdicts.tolist())) > 1
    assert (outcomes == OUTCOMES.index("fired")).any()


def test_parts_of_a_table_give_the_same(screener: Screener, table: dict[str, Any]) -> None:
    whole, engine = universe(screener, table), ColumnEngine(screener.program)
    parts = [engine.run(whole.slice_rows(start, start + 7)) for start in range(0, ROWS, 7)]
    assert np.array_equal(np.concatenate(parts, axis=1), engine.run(whole))


def test_what_does_not_fit_is_reported(screener: Screener, table: dict[str, Any]) -> None:
    catalogue = screener.rulebook.catalogue
    with pytest.raises(ProfileError, match="revenue of 'a' is outside its domain"):
        CompanyColumns.of(["a"], [None], {"revenue": np.array([-1.0])}, catalogue)
    with pytest.raises(ProfileError, match="did you mean 'revenue'"):
        CompanyColumns.of(["a"], [None], {"revenu": np.array([1.0])}, catalogue)
