"""Columns and the engine say the same of a table; labels are read as they are written."""

from pathlib import Path

import numpy as np
import pytest

from screener.errors import DocumentError
from screener.importers.table.company_table import CompanyTable, read_table
from screener.market.market_run import screened_rows
from screener.market.sheet_batches import is_plain
from screener.screening import Screener
from screener.validation import validation

ROOT = Path(__file__).parents[3]
SAMPLE, MAP = str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml")
SCREENER = Screener.load(packs=["distress"])


def test_columns_and_the_engine_agree() -> None:
    table = read_table(SAMPLE, MAP, SCREENER.rulebook.catalogue)
    assert is_plain(SCREENER, table)
    rules = list(SCREENER.program.rules.values())
    expected = screened_rows([SCREENER.assess(profile) for profile in table.profiles()], rules)
    outcomes, value, verdicts = validation._judged(SCREENER, table)
    assert np.array_equal(outcomes, expected.outcomes)
    assert np.array_equal(value, expected.scores.value)
    assert np.array_equal(verdicts, expected.scores.verdicts)


def test_columns_of_several_periods_are_left_to_the_engine(tmp_path: Path) -> None:
    table = made(tmp_path, "a,1,0.2\nb,0,0.9\n", "  q: {metric: current_ratio, period: FY2020}\n")
    assert not is_plain(SCREENER, table)
    found = validation.validate_rules(SCREENER, table, "y", resamples=100)
    assert (found.companies, found.failed) == (2, 1)
    with pytest.raises(DocumentError, match="period"):
        validation.validate_rules(SCREENER, table, "y", "current_ratio", resamples=100)


def made(folder: Path, rows: str, more: str) -> CompanyTable:
    (folder / "t.csv").write_text(f"name,y,q\n{rows}", "utf-8")
    (folder / "m.yaml").write_text(f"name: {{column: name}}\nsector: industrials\ncolumns:\n{more}", "utf-8")
    return read_table(str(folder / "t.csv"), str(folder / "m.yaml"), SCREENER.rulebook.catalogue)


def test_labels_in_words_and_rows_without_one(tmp_path: Path) -> None:
    table = made(tmp_path, "a,yes,0.2\nb,No,0.9\nc,,0.5\nd,TRUE,0.1\n", "  q: {metric: current_ratio}\n")
    assert validation.failure_labels(table, "y") == [True, False, None, True]
    found = validation.validate_rules(SCREENER, table, "y", "current_ratio", resamples=100)
    assert (found.companies, found.failed, found.left_out) == (3, 2, 1)
    assert found.lower_is_worse
    assert found.area.value == 1.0


def test_one_fate_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    table = made(tmp_path, "a,1,0.2\nb,1,0.9\n", "  q: {metric: current_ratio}\n")
    with pytest.raises(DocumentError, match="nothing to tell apart"):
        validation.validate_rules(SCREENER, table, "y", resamples=100)
