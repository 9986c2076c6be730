"""A blank cell states nothing about the figure, but may state something about the filing."""

from pathlib import Path

import pytest

from screener.errors import DocumentError
from screener.importers.table.company_table import CompanyTable, read_table
from screener.rules.rulebook_loader import load_rulebook

CATALOGUE = load_rulebook(packs=["distress"]).catalogue


def table(folder: Path, entry: str, cells: str = "1.5\n0\n\n") -> CompanyTable:
    (folder / "t.csv").write_text("name,cover\n" + "".join(f"c{i},{c}\n" for i, c in enumerate(cells.split("\n")[:-1])))
    (folder / "m.yaml").write_text(f"name: {{column: name}}\ncolumns:\n  cover: {entry}\n")
    return read_table(str(folder / "t.csv"), str(folder / "m.yaml"), CATALOGUE)


def test_a_blank_becomes_a_statement_beside_the_figure(tmp_path: Path) -> None:
    found = table(tmp_path, "{metric: interest_cover, stated: financial_expenses_stated}")
    assert found.frame["financial_expenses_stated"].tolist() == [True, True, False]
    assert found.frame["interest_cover"].isna().tolist() == [False, False, True]
    claims = [data["figures"]["financial_expenses_stated"][0]["value"] for _, data in found.documents()]
    assert claims == [True, True, False]


def test_a_filler_stands_for_nothing_in_its_column_only(tmp_path: Path) -> None:
    found = table(tmp_path, "{metric: interest_cover, missing: [0], stated: financial_expenses_stated}")
    assert found.frame["interest_cover"].isna().tolist() == [False, True, True]
    assert found.frame["financial_expenses_stated"].tolist() == [True, False, False]


def test_a_statement_alone(tmp_path: Path) -> None:
    found = table(tmp_path, "{stated: financial_expenses_stated}")
    assert list(found.frame) == ["financial_expenses_stated"]


def test_a_number_is_no_statement(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is not a truth value"):
        table(tmp_path, "{metric: interest_cover, stated: revenue}")
