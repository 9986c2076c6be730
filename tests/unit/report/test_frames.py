"""Results as data frames: the columns of the CSV files, with types, and a row for each profile that cannot be read."""

from pathlib import Path

import pandas
import pytest

import screener
from screener.report.formats.table_columns import COMPANY_COLUMNS, FINDING_COLUMNS

FIXTURES = Path(__file__).parents[3] / "fixtures"


def test_findings() -> None:
    result = screener.screen(FIXTURES / "oracle.json", packs=["ai-era"])
    frame = result.to_frame()
    assert list(frame.columns) == list(FINDING_COLUMNS)
    assert list(frame.rule) == [finding.rule for finding in result.findings]
    assert frame.score.dtype == "float64"
    assert frame.scored.dtype == "boolean"
    assert set(frame.outcome) <= {"fired", "clear", "unknown", "not-applicable"}
    assert result.to_frame("zh").title[0] != frame.title[0]


def test_many_with_one_that_can_not_be_read(tmp_path: Path) -> None:
    for name in ("nvidia", "oracle"):
        (tmp_path / f"{name}.json").write_text((FIXTURES / f"{name}.json").read_text("utf-8"), "utf-8")
    (tmp_path / "broken.json").write_text('{"name": "Broken", "figures": {"revenu": 1}}', "utf-8")
    frame = screener.screen_many(tmp_path, packs=["ai-era"])
    assert list(frame.columns) == ["file", *COMPANY_COLUMNS, "error"]
    assert [Path(file).stem for file in frame.file] == ["broken", "nvidia", "oracle"]
    assert list(frame.verdict[1:]) == ["watch", "avoid"]
    assert pandas.isna(frame.score[0])
    assert "did you mean 'revenue'" in frame.error[0]
    assert frame.error[1:].isna().all()
    with pytest.raises(screener.ScreenerError, match="no such file"):
        screener.screen_many([tmp_path / "absent"])


def test_the_card_of_a_notebook_escapes_what_profiles_say() -> None:
    card = screener.screen({"name": "<script>alert(1)</script>", "id": "x"}, packs=["ai-era"])._repr_html_()
    assert "<script" not in card
    assert "&lt;script&gt;" in card
