"""A critical red flag counts if it fired, is red, is critical and scores; each of these is required."""

import pytest

from screener.portfolio.movements import FlagState
from screener.result.red_flags import has_critical_flag, is_counted_red
from screener.text import Text

FLAG = FlagState(
    rule="r", flag="red", severity="critical", title=Text.of("R"), outcome="fired", headline=None, points=9.0, scored=True
)


def test_a_critical_red_flag_that_fired_and_scores_counts() -> None:
    assert is_counted_red(FLAG)
    assert has_critical_flag([FLAG._replace(outcome="clear"), FLAG])


@pytest.mark.parametrize("change", [{"flag": "data"}, {"outcome": "unknown"}, {"scored": False}])
def test_other_flags_do_not_count(change: dict[str, object]) -> None:
    other = FLAG._replace(**change)  # type: ignore[arg-type]
    assert not is_counted_red(other)
    assert not has_critical_flag([other])


def test_a_lighter_red_flag_counts_and_is_not_critical() -> None:
    lighter = FLAG._replace(severity="high")
    assert is_counted_red(lighter)
    assert not has_critical_flag([lighter])
