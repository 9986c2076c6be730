"""Columns and the engine agree on a table; labels are read as written."""

import json
from pathlib import Path

import numpy as np
import pytest

from screener.errors import DocumentError
from screener.importers.table.company_table import CompanyTable, read_table
from screener.io.document import Document
from screener.market.market_run import screened_rows
from screener.market.sheet_batches import screenable_columns
from screener.profile.loader import read_profile
from screener.report.wording import load_wording
from screener.result.detail import Detail
from screener.screening import Screener
from screener.validation import validation
from screener.validation.firm_years import Unit, firm_years
from screener.validation.labels import LabelWords, failure_labels
from screener.validation.validation import Plan
from screener.validation.validation_texts import reverse_hint, warning_lines

ROOT = Path(__file__).parents[3]
SAMPLE, MAP = str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml")
SCREENER = Screener.load(packs=["distress"])
EN = load_wording("en")


def test_columns_and_the_engine_agree() -> None:
    table = read_table(SAMPLE, MAP, SCREENER.rulebook.catalogue)
    assert screenable_columns(SCREENER, table).plain.all()
    rules = list(SCREENER.program.rules.values())
    expected = screened_rows([SCREENER.assess(profile, detail=Detail.OUTCOMES) for profile in table.profiles()], rules)
    found = validation.judge_rows(SCREENER, table, firm_years(table))
    assert np.array_equal(found.outcomes, expected.outcomes)
    assert np.array_equal(found.scores, expected.scores.value)
    assert np.array_equal(found.verdicts, expected.scores.verdicts)


def test_columns_of_one_period_are_columns_of_their_figures(tmp_path: Path) -> None:
    table = made(tmp_path, "a,1,0.2\nb,0,0.9\n", "  q: {metric: current_ratio, period: FY2020}\n")
    assert screenable_columns(SCREENER, table).plain.all()
    found = validation.validate_rules(SCREENER, table, Plan("y", resamples=100))
    assert (found.companies, found.failed) == (2, 1)
    found = validation.validate_rules(SCREENER, table, Plan("y", metric="current_ratio", resamples=100))
    assert found.companies == 2


def made(folder: Path, rows: str, more: str) -> CompanyTable:
    (folder / "t.csv").write_text(f"name,y,q\n{rows}", "utf-8")
    (folder / "m.yaml").write_text(f"name: {{column: name}}\nsector: industrials\ncolumns:\n{more}", "utf-8")
    return read_table(str(folder / "t.csv"), str(folder / "m.yaml"), SCREENER.rulebook.catalogue)


def test_labels_in_words_and_rows_without_one(tmp_path: Path) -> None:
    table = made(tmp_path, "a,yes,0.2\nb,No,0.9\nc,,0.5\nd,TRUE,0.1\n", "  q: {metric: current_ratio}\n")
    assert failure_labels(table, "y") == [True, False, None, True]
    found = validation.validate_rules(SCREENER, table, Plan("y", metric="current_ratio", resamples=100))
    assert (found.companies, found.failed, found.left_out) == (3, 2, 1)
    assert found.area.value == 0.0
    assert "0.000" not in (reverse_hint(found, EN) or "")
    lower = validation.validate_rules(
        SCREENER, table, Plan("y", metric="current_ratio", lower_is_worse=True, resamples=100)
    )
    assert lower.area.value == 1.0
    assert reverse_hint(lower, EN) is None


def test_words_of_a_label_may_be_named(tmp_path: Path) -> None:
    table = made(tmp_path, "a,alive,0.2\nb,FAILED,0.9\nc,struck off,0.5\n", "  q: {metric: current_ratio}\n")
    with pytest.raises(DocumentError, match="struck off"):
        failure_labels(table, "y")
    assert failure_labels(table, "y", LabelWords(failed=("Struck off",))) == [False, True, True]
    assert failure_labels(table, "y", LabelWords(("struck off", "alive"), ("failed",))) == [True, False, True]


def test_one_fate_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    table = made(tmp_path, "a,1,0.2\nb,1,0.9\n", "  q: {metric: current_ratio}\n")
    with pytest.raises(DocumentError, match="nothing to tell apart"):
        validation.validate_rules(SCREENER, table, Plan("y", resamples=100))


PANEL_MAP = """
name: {column: name}
period: {column: year}
currency: USD
sector: industrials
columns:
  income: {figure: net_income}
"""


def panel(folder: Path, rows: str) -> CompanyTable:
    (folder / "p.csv").write_text(f"name,year,income,y\n{rows}", "utf-8")
    (folder / "p.yaml").write_text(PANEL_MAP, "utf-8")
    catalogue = CLASSIC.rulebook.catalogue
    return read_table(str(folder / "p.csv"), str(folder / "p.yaml"), catalogue, several_periods=True)


CLASSIC = Screener.load(packs=["classic"])
ROWS_OF_FIRMS = "a,2010,-1,0\nb,2010,5,0\na,2012,-3,1\na,2011,-2,0\nb,2011,-5,0\nc,2009,-1,0\nc,2011,-1,0\n"


def test_each_year_is_judged_with_the_earlier_ones_known(tmp_path: Path) -> None:
    """Losses in two consecutive years: a in 2011 and 2012; for c the year between is missing, so that the rule stays unknown."""
    table = panel(tmp_path, ROWS_OF_FIRMS)
    years = firm_years(table)
    found = validation.judge_rows(CLASSIC, table, years)
    losses = list(CLASSIC.program.rules).index("recurring-losses")
    assert found.outcomes[losses].tolist() == [1, 0, 2, 2, 0, 1, 1]
    assert years.last.tolist() == [False, False, True, False, True, False, True]
    assert years.years_left.tolist() == [2, 1, 0, 1, 0, 1, 0]


def test_a_panel_gives_what_profiles_with_the_same_history_give(tmp_path: Path) -> None:
    table = panel(tmp_path, ROWS_OF_FIRMS)
    found = validation.judge_rows(CLASSIC, table, firm_years(table))
    rules = list(CLASSIC.program.rules.values())
    incomes = {("a", 2010): -1, ("b", 2010): 5, ("a", 2012): -3, ("a", 2011): -2, ("b", 2011): -5, ("c", 2009): -1, ("c", 2011): -1}
    for place, (name, year) in enumerate(incomes):
        claims = [{"value": v, "period": f"{y}"} for (n, y), v in incomes.items() if n == name and y <= year]
        data = {"name": name, "sector": "industrials", "currency": "USD", "figures": {"net_income": claims}}
        expected = screened_rows([CLASSIC.assess(read_profile(Document("p", json.dumps(data), data), CLASSIC.rulebook.catalogue))], rules)
        assert found.outcomes[:, place].tolist() == expected.outcomes[:, 0].tolist()


def test_units_and_lead_time(tmp_path: Path) -> None:
    table = panel(tmp_path, ROWS_OF_FIRMS)
    firm = validation.validate_rules(CLASSIC, table, Plan("y", resamples=100))
    assert (firm.companies, firm.firms, firm.failed) == (3, 3, 1)
    years = validation.validate_rules(CLASSIC, table, Plan("y", Unit.FIRM_YEAR, resamples=100))
    assert (years.companies, years.firms, years.failed) == (7, 3, 1)
    assert [(t.years_before, t.firms) for t in years.lead_times] == [(0, 1), (1, 1), (2, 1)]
    assert firm.lead_times == years.lead_times


def test_firm_years_need_periods(tmp_path: Path) -> None:
    table = made(tmp_path, "a,1,0.2\nb,0,0.9\n", "  q: {metric: current_ratio}\n")
    with pytest.raises(DocumentError, match="no periods"):
        validation.validate_rules(SCREENER, table, Plan("y", Unit.FIRM_YEAR, resamples=100))


def test_a_red_rule_whose_lift_is_below_1_points_the_wrong_way(tmp_path: Path) -> None:
    rows = "".join(f"s{i},2010,-1,0\ns{i},2011,-1,0\n" for i in range(6)) + "f,2010,4,0\nf,2011,4,1\n"
    found = validation.validate_rules(CLASSIC, panel(tmp_path, rows), Plan("y", resamples=100))
    losses = next(rule for rule in found.rules if rule.rule == "recurring-losses")
    assert (losses.lift, losses.hit_rate, losses.false_alarm_rate) == (0, 0, 1)
    assert losses.points_the_wrong_way
    assert f"{CLASSIC.rulebook.rules['recurring-losses'].title.en} 0.00" in warning_lines(found, EN)[1]
