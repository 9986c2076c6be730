"""docs/templates.md describes every field of the view, and no others."""

import re
from pathlib import Path

import pytest

from screener.report.views.company_view import CompanyView
from screener.report.views.comparison_view import ComparisonView
from screener.report.views.index_view import IndexView
from screener.result.record_format import record_fields, records_in

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "templates.md").read_text("utf-8")
SHAPES = list(dict.fromkeys(shape for root in (CompanyView, IndexView, ComparisonView) for shape in records_in(root)))
SECTIONS = {part.split("\n", 1)[0].strip(): part for part in DOCS.split("\n### ")[1:]}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.__name__)
def test_every_field_has_its_meaning(shape: type) -> None:
    """Add a row `| `field` | what it is | meaning |` under the heading of the tuple."""
    rows = re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \|$", SECTIONS[shape.__name__], re.MULTILINE)
    assert [name for name, _ in rows] == [f.name for f in record_fields(shape)]
    assert all(len(meaning) > 3 for _, meaning in rows)


def test_nothing_else_is_reported() -> None:
    assert set(SECTIONS) == {shape.__name__ for shape in SHAPES}
