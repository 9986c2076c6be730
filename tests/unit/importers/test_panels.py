"""Tables with one row per company and period: one profile with the claims of all its rows, as of the latest."""

from pathlib import Path

import pytest

from screener.importers.table.company_table import CompanyTable, read_table
from screener.profile.catalogue import Catalogue

MAP = "name: {column: Company}\nperiod: {column: Year}\ncolumns: {Revenue: revenue, Total debt: total_debt}\n"


def read(folder: Path, catalogue: Catalogue, text: str, map_text: str = MAP) -> CompanyTable:
    (folder / "panel.csv").write_text("Company,Year,Revenue,Total debt\n" + text, "utf-8")
    (folder / "map.yaml").write_text(map_text, "utf-8")
    return read_table(str(folder / "panel.csv"), str(folder / "map.yaml"), catalogue)


def test_rows_of_one_company_are_one_profile(tmp_path: Path, catalogue: Catalogue) -> None:
    found = read(tmp_path, catalogue, "Alder,2023,950,150\nBirch,2024,5,6\nAlder,2024,1000,200\nAlder,2022,900,100\n")
    assert (len(found), found.dropped, found.problems) == (2, 0, ())
    assert found.frame.loc[4].to_list() == [1000.0, 200.0]
    alder, birch = (profile.subject.figures["revenue"] for profile in found.profiles())
    assert [(c.period, c.value, c.note) for c in alder] == [
        ("2024", 1000.0, "row 4, column Revenue"),
        ("2023", 950.0, "row 2, column Revenue"),
        ("2022", 900.0, "row 5, column Revenue"),
    ]
    assert [c.value for c in birch] == [5.0]


def test_each_year_is_judged_with_the_years_before_it(tmp_path: Path, catalogue: Catalogue) -> None:
    found = read(tmp_path, catalogue, "Alder,2023,950,150\nAlder,2024,1000,200\nAlder,2022,900,100\n").each_year()
    assert [(row, len(data["figures"]["revenue"])) for row, data in found.documents()] == [(2, 2), (3, 3), (4, 1)]


def test_a_year_that_stands_twice_is_reported(tmp_path: Path, catalogue: Catalogue) -> None:
    found = read(tmp_path, catalogue, "Alder,2023,950,150\nAlder,2024,1000,200\nAlder,FY2024,1,2\nAlder,,1,2\n")
    assert (len(found), found.dropped) == (1, 2)
    assert [(p.path, p.what) for p in found.problems] == [
        ("row 4, column 'Company'", "the id 'alder' is also that of row 3, for FY2024"),
        ("row 5, column 'Company'", "the id 'alder' is also that of row 2, and the row has no period"),
    ]


def test_years_in_another_currency_are_left_out(tmp_path: Path, catalogue: Catalogue) -> None:
    own = MAP.replace("period:", "currency: {column: Total debt}\nperiod:").replace(", Total debt: total_debt", "")
    found = read(tmp_path, catalogue, "Alder,2022,950,EUR\nAlder,2023,900,USD\nAlder,2024,1000,USD\n", own)
    ((_, data),) = found.documents()
    assert [claim["period"] for claim in data["figures"]["revenue"]] == ["2024", "2023"]
    assert [p.what for p in found.problems] == ["is in EUR, the company's latest row in USD"]
    assert found.dropped == 1


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024", "2024"),
        ("FY24", "FY2024"),
        ("2024A", "2024"),
        ("2024-12-31", "2024-01-01/2024-12-31"),
        ("2024-12-31 00:00:00", "2024-01-01/2024-12-31"),
        ("31/12/2024", "2024-01-01/2024-12-31"),
        ("12/31/2024", "2024-01-01/2024-12-31"),
        ("31.12.2024", "2024-01-01/2024-12-31"),
        ("31-Dec-2024", "2024-01-01/2024-12-31"),
        ("Dec-24", "2024-01-01/2024-12-31"),
        ("2024-06", "2023-07-01/2024-06-30"),
        ("45657", "2024-01-01/2024-12-31"),
        ("2023/24", "FY2024"),
        ("Q3 2024", "2024-Q3"),
        ("FY 2024", "FY2024"),
    ],
)
def test_ways_to_write_a_period(tmp_path: Path, catalogue: Catalogue, text: str, period: str) -> None:
    found = read(tmp_path, catalogue, f"Alder,{text},950,150\n")
    assert not found.problems
    ((_, data),) = found.documents()
    assert data["figures"]["revenue"][0]["period"] == period


def test_days_that_may_be_two_are_asked_for(tmp_path: Path, catalogue: Catalogue) -> None:
    own = MAP.replace("period:", "as_of:")
    found = read(tmp_path, catalogue, "Alder,03/04/2025,1,1\nBirch,05/06/2025,1,1\n", own)
    assert [p.what for p in found.problems] == ["'03/04/2025' may be two days", "'05/06/2025' may be two days"]
    assert "dates: dmy" in found.problems[0].hint
    assert len(found) == 2
    found = read(tmp_path, catalogue, "Alder,03/04/2025,1,1\nBirch,05/06/2025,1,1\n", "dates: mdy\n" + own)
    assert found.meta["as_of"].to_list() == ["2025-03-04", "2025-05-06"]
    found = read(tmp_path, catalogue, "Alder,03/04/2025,1,1\nBirch,25/06/2025,1,1\n", own)
    assert found.meta["as_of"].to_list() == ["2025-04-03", "2025-06-25"]
