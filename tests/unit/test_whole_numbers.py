"""The texts that count as whole numbers."""

import pytest

from screener.errors import ResultError
from screener.result.codec import from_dict
from screener.text import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1_0", " 1", "\u00b2", "\u0663", "\uff11", "9" * 19, "9" * 5000])
def test_other_texts(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("version", ["\u00b2", "9" * 5000, "-1", "x"])
def test_a_version_that_is_no_number(version: str) -> None:
    with pytest.raises(ResultError, match="is in schema version"):
        from_dict({"schema": f"screener/result/{version}"})
