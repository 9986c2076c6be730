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

This page compares the verdicts of the default packs on real companies, on the day of one of their annual reports, with what
happened to these companies later. `tools/cases_page.py` writes the page. `screener validate cases/` prints the same tables, also
with `--format json`, `csv` or `md`, and in Chinese (`--lang zh`). The [README of the cases](../cases/README.md) defines *failed*,
and states how the survivors were selected and where the figures come from.

A single wrong verdict is no reason to change a rule: rules are measured on thousands of companies ([validation](validation.md)).

"""


def cases_page() -> str:
    """Returns the page as Markdown."""
    found = measure_cases(Screener.load(), str(ROOT / "cases"))
    return INTRODUCTION + case_markdown(found._replace(folder="cases/"))


if __name__ == "__main__":
    (ROOT / "docs" / "cases.md").write_text(cases_page(), "utf-8")
