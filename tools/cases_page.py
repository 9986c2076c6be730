"""Writes docs/cases.md by screening `cases/` with the default packs:

    python tools/cases_page.py
"""

from pathlib import Path

from screener.screening import Screener
from screener.validation.case_measures import measure_cases
from screener.validation.case_text import case_markdown

ROOT = Path(__file__).parents[1]
INTRODUCTION = """\
# Real cases

What the default packs say of real companies on the day of one of their annual reports, against what became of them. This page is
written by `tools/cases_page.py`; `screener validate cases/` prints the same, with `--format json`, `csv` or `md` and `--lang zh`.
[Its README](../cases/README.md) says what *failed* means, how the survivors were chosen, and where
the figures come from.

A case that came out wrong is no reason to change a rule: rules are measured on thousands of companies
([validation](validation.md)).

"""


def cases_page() -> str:
    """Returns the page as Markdown."""
    found = measure_cases(Screener.load(), str(ROOT / "cases"))
    return INTRODUCTION + case_markdown(found._replace(folder="cases/"))


if __name__ == "__main__":
    (ROOT / "docs" / "cases.md").write_text(cases_page(), "utf-8")
