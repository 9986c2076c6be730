"""Industry codes of both systems, and the options and maps that accept them."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from screener.importers.sec.industry_codes import sector_named, sector_of, sector_of_naics
from screener.io.package_data import RULES_FOLDER
from screener.profile.catalogue import Catalogue
from tests.scenarios.commands import screener

TABLE = yaml.safe_load((RULES_FOLDER / "filings/naics.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("code", "sector"), [
    ("513210", "software"), ("511210", "software"), (334413, "semiconductors"), ("522110", "banks"), ("522320", "payments"), ("52", None), ("523940", "asset-managers"),
    ("524126", "property-insurers"), ("524113", "life-insurers"), ("524114", "health-insurers"), ("524210", "insurance-brokers"), ("5241", "insurers"),
    ("722511", "restaurants"), ("532111", "car-rental"), ("236115", "homebuilders"), ("237210", "property-developers"), ("212115", "energy"),
    ("211120", "oil-and-gas"), ("481111", "airlines"), ("334210", "telecom-equipment"), ("423690", "technology"), ("441110", "retail"), ("611310", "education"),
    ("336411", "defence"), ("336110", "automotive"), ("325412", "pharmaceuticals"), ("112", None), ("9", None), ("", None), (None, None), ("5132¹", None), (5.1, None),
])
def test_sectors_of_naics_codes(code: object, sector: str | None) -> None:
    assert sector_of_naics(code) == sector


def test_the_table_names_sectors_of_the_catalogue(catalogue: Catalogue) -> None:
    assert all(isinstance(code, str) and code.isdecimal() and 2 <= len(code) <= 6 for code in TABLE)
    assert set(TABLE.values()) <= catalogue.sectors.keys()
    assert {"banks", "insurers", "software", "semiconductors", "retail", "utilities", "biotech"} <= set(TABLE.values())


@pytest.mark.parametrize(("sic", "naics"), [("3674", "334413"), ("6022", "522110"), ("4911", "221112"), ("5812", "722511"), ("7372", "513210"), ("1221", "212114"), ("1311", "211120"),
                                            ("4512", "481111"), ("6311", "524113"), ("2834", "325412"), ("5311", "455110"), ("8062", "622110"), ("3711", "336110"), ("7514", "532111")])
def test_both_systems_mean_the_same(sic: str, naics: str) -> None:
    assert sector_of(sic) == sector_of_naics(naics) is not None


@given(st.from_regex(r"[0-9]{2,6}", fullmatch=True))
def test_more_digits_only_narrow(code: str) -> None:
    """A code without its own line has the meaning of the code above it."""
    if code not in TABLE and len(code) > 2:
        assert sector_of_naics(code) == sector_of_naics(code[:-1])


def test_a_sector_is_named_or_follows_from_a_code(catalogue: Catalogue) -> None:
    assert [sector_named(text, catalogue) for text in ("banks", "naics:522110", "sic:6022")] == ["banks"] * 3
    for text, message in (
        ("naics:99", "no sector has the NAICS code '99'"),
        ("bank", "there is no sector 'bank'"),
        ("isic:6411", "there is no sector"),
    ):
        with pytest.raises(ValueError, match=message):
            sector_named(text, catalogue)


def test_a_column_of_codes(tmp_path: Path) -> None:
    table, columns = tmp_path / "t.csv", tmp_path / "map.yaml"
    table.write_text("Company,NAICS code,Revenue\nA,522110,5\nB,334413,6\nC,9999,7\nD,farming,8\n")
    columns.write_text(
        "name: {column: Company}\nsector: {column: NAICS code, codes: naics, words: {farming: consumer-goods}}\ncurrency: USD\ncolumns: {Revenue: revenue}\n"
    )
    done = screener("import", "table", str(table), "--map", str(columns), "--out", str(tmp_path / "out.jsonl"))
    assert "no sector has the NAICS code '9999'" in done.err
    made = (tmp_path / "out.jsonl").read_text("utf-8")
    assert [word in made for word in ('"banks"', '"semiconductors"', '"consumer-goods"')] == [True] * 3


def test_codes_are_for_the_sector_alone(tmp_path: Path) -> None:
    columns = tmp_path / "map.yaml"
    columns.write_text("name: {column: Company, codes: sic}\ncolumns: {Revenue: revenue}\n")
    (tmp_path / "t.csv").write_text("Company,Revenue\nA,5\n")
    assert (
        "has `codes`, which are for the sector"
        in screener("import", "table", str(tmp_path / "t.csv"), "--map", str(columns)).err
    )


@pytest.mark.parametrize(("header", "code", "system"), [("NAICS Code", "522110", "naics"), ("SIC", "6022", "sic")])
def test_a_guess_recognises_columns_of_codes(tmp_path: Path, header: str, code: str, system: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"Company,{header},Revenue\nA,{code},5\nB,{code},6\n")
    assert f"codes: {system}" in screener("import", "table", str(table), "--guess").out


def test_an_option_takes_a_code(tmp_path: Path) -> None:
    done = screener("profile", "new", "Example Inc", "--sector", "naics:522110", "-o", str(tmp_path / "p.yaml"))
    assert done.code == 0
    assert "sector: banks" in (tmp_path / "p.yaml").read_text("utf-8")
    assert "no sector has the NAICS code" in " ".join(
        screener("profile", "new", "Example Inc", "--sector", "naics:99").err.split()
    )
