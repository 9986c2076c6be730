"""The SEC's data sets: a quarter of all filers as profiles and in `market`, with errors reported by line."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from screener.cli import group
from screener.errors import DocumentError
from screener.importers.dataset import dataset_facts, dataset_files
from screener.importers.dataset.dataset_profiles import DatasetImport
from screener.importers.filing_options import FilingOptions
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener

CATALOGUE = load_rulebook(packs=[]).catalogue
SUB = "adsh\tcik\tname\tsic\tfye\tform\tperiod\tfiled"
NUM = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote"
ONE, TWO, OLD = "0000000001-25-000001", "0000000002-25-000001", "0000000001-24-000001"


def row(
    accession: str, tag: str, value: object, end: str = "20241231", quarters: int = 4, unit: str = "USD", **more: str
) -> str:
    version, segments, other = more.get("version", "us-gaap/2024"), more.get("segments", ""), more.get("coreg", "")
    return "\t".join((accession, tag, version, end, str(quarters), unit, segments, other, str(value), ""))


FACTS = [
    row(TWO, "Revenues", "500.0000"), row(ONE, "Revenues", "1000.0000"), row(ONE, "Revenues", 900, "20231231"),
    row(ONE, "Assets", 2000, quarters=0), row(ONE, "NetIncomeLoss", -50), row(TWO, "Assets", 700, quarters=0),
    row(ONE, "Revenues", 250, quarters=1), row(ONE, "Revenues", 400, segments="BusinessSegments=Cloud;"),
    row(ONE, "Revenues", 70, coreg="SubsidiaryCo"), row(ONE, "Assets", "", "20231231", 0),
    row(TWO, "LongTermDebtNoncurrent", 100, quarters=0), row(TWO, "LoansAndNotesPayable", 40, quarters=0, version=TWO),
]
FILINGS = [
    f"{ONE}\t1\tAcme Inc.\t7372\t1231\t10-K\t20241231\t20250220", f"{TWO}\t2\tBeta Corp\t\t1231\t10-K\t20241231\t20250301",
    "0000000003-25-000001\t3\tGamma Fund\t6726\t1231\tN-CSR\t20241231\t20250301",
]


def write(folder: Path, facts: list[str], filings: list[str] = FILINGS, **tables: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, lines in {"num": [NUM, *facts], "sub": [SUB, *filings], **tables}.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def profiles(*paths: Path, **options: Any) -> dict[str, dict[str, Any]]:
    with DatasetImport([str(p) for p in paths], CATALOGUE, FilingOptions(**options)).staged() as documents:
        return {document["id"]: document for document in documents}


def screener(*words: object) -> Result:
    return CliRunner().invoke(group, list(map(str, words)))


def test_each_filer_is_a_profile_of_its_plain_facts(tmp_path: Path) -> None:
    made = profiles(write(tmp_path / "q", FACTS))
    assert list(made) == ["cik-1", "cik-2"]
    acme = made["cik-1"]
    assert (acme["name"], acme["sector"], acme["currency"], acme["as_of"]) == (
        "Acme Inc.",
        "software",
        "USD",
        "2025-02-20",
    )
    assert [(c["value"], c["period"]) for c in acme["figures"]["revenue"]] == [
        (1000, "2024-01-01/2024-12-31"), (900, "2023-01-01/2023-12-31")]
    assert [c["value"] for c in acme["figures"]["total_assets"]] == [2000]
    assert "sector" not in made["cik-2"]
    debt = made["cik-2"]["figures"]["total_debt"][0]
    assert (debt["low"], debt["high"]) == (100, 140)  # the line under the company's own tag
    for document in made.values():
        assert read_profile(Document("p.json", json.dumps(document), document), CATALOGUE).id == document["id"]


def test_profiles_do_not_depend_on_the_size_of_groups_or_the_order_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = profiles(write(tmp_path / "q", FACTS))
    monkeypatch.setattr(dataset_facts, "GROUP", 1)
    assert profiles(write(tmp_path / "r", FACTS[::-1])) == made


def test_a_folder_a_zip_file_and_the_tables_by_name_are_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "q", FACTS)
    with zipfile.ZipFile(tmp_path / "2025q1.zip", "w") as archive:
        for name in ("num.txt", "sub.txt"):
            archive.write(folder / name, name)
    made = profiles(folder)
    assert profiles(tmp_path / "2025q1.zip") == made
    assert profiles(folder / "sub.txt", folder / "num.txt") == made


def test_several_quarters_of_a_filer_go_together(tmp_path: Path) -> None:
    quarter = f"{OLD}\t1\tAcme Inc.\t7372\t1231\t10-Q\t20250331\t20250505"
    later = write(
        tmp_path / "q2", [row(OLD, "Revenues", 300, "20250331", 1), row(OLD, "Revenues", 200, "20240331", 1)], [quarter]
    )
    made = profiles(write(tmp_path / "q1", FACTS), later, basis="ttm")
    first = made["cik-1"]["figures"]["revenue"][0]
    assert (first["value"], first["period"]) == (1100, "2024-04-01/2025-03-31")
    assert "revenue" in profiles(tmp_path / "q1", later, as_of=dataset_facts.date(2025, 2, 25))["cik-1"]["figures"]


SHARE = "ConcentrationRiskByBenchmark={};ConcentrationRiskByType=CustomerConcentrationRisk;MajorCustomers={};"
CUSTOMERS = [
    row(
        ONE, "ConcentrationRiskPercentage1", 0.27, unit="pure", segments=SHARE.format("SalesRevenueNet", "CustomerOne")
    ),
    row(ONE, "ConcentrationRiskPercentage1", 0.14, unit="pure", segments=SHARE.format("SalesRevenueNet", "DellInc")),
    row(
        ONE,
        "ConcentrationRiskPercentage1",
        0.31,
        "20231231",
        unit="pure",
        segments=SHARE.format("SalesRevenueNet", "CustomerOne"),
    ),
    row(
        ONE,
        "ConcentrationRiskPercentage1",
        0.25,
        unit="pure",
        segments=SHARE.format("AccountsReceivable", "CustomerTwo"),
    ),
    row(
        ONE, "ConcentrationRiskPercentage1", 0.6, unit="pure", segments=SHARE.format("SalesRevenueNet", "TwoCustomers")
    ),
    row(
        ONE,
        "ConcentrationRiskPercentage1",
        0.56,
        unit="pure",
        segments="ConcentrationRiskByBenchmark=SalesRevenueNet;Geographical=NonUs;",
    ),
]


def shares(document: dict[str, Any]) -> list[tuple[str, float]]:
    return [(c["party"], c["share_of_revenue"]["value"]) for c in document.get("customers", ())]


def test_customers_have_the_shares_of_the_latest_year(tmp_path: Path) -> None:
    acme = profiles(write(tmp_path / "q", [*FACTS, *CUSTOMERS]))["cik-1"]
    assert shares(acme) == [("cik-1-2025-02-20-customer-one", 0.27), ("dell-inc", 0.14)]
    assert "incomplete" not in acme
    assert acme["others"]["customers"]["share_of_revenue"]["high"] < 0.1
    assert acme["customers"][0]["source"] in acme["sources"]
    assert read_profile(Document("p.json", json.dumps(acme), acme), CATALOGUE).id == "cik-1"


def test_full_names_of_axes_and_members_are_read_too(tmp_path: Path) -> None:
    long = "srt:MajorCustomersAxis/acme:DellIncMember;us-gaap:ConcentrationRiskByBenchmarkAxis/us-gaap:SalesRevenueNetMember"
    facts = [*FACTS, row(ONE, "ConcentrationRiskPercentage", 0.14, unit="pure", segments=long)]
    assert shares(profiles(write(tmp_path / "q", facts))["cik-1"]) == [("dell-inc", 0.14)]


def test_the_sets_with_notes_name_dimensions_by_a_hash(tmp_path: Path) -> None:
    header = "adsh\ttag\tversion\tddate\tqtrs\tuom\tdimh\tiprx\tvalue"
    facts = [
        f"{ONE}\tRevenues\tus-gaap/2024\t20241231\t4\tUSD\t0x00000000\t0\t1000",
        f"{ONE}\tRevenues\tus-gaap/2024\t20241231\t4\tUSD\t0x00000000\t1\t999",
        f"{ONE}\tConcentrationRiskPercentage1\tus-gaap/2024\t20241231\t4\tpure\t0xab\t0\t0.27",
    ]
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "num.tsv").write_text("\n".join([header, *facts]) + "\n", "utf-8")
    (folder / "sub.tsv").write_text("\n".join([SUB, *FILINGS]) + "\n", "utf-8")
    segments = SHARE.format("SalesRevenueNet", "DellInc")
    (folder / "dim.tsv").write_text(f"dimhash\tsegments\tsegt\n0xab\t{segments}\t0\n", "utf-8")
    acme = profiles(folder)["cik-1"]
    assert [c["value"] for c in acme["figures"]["revenue"]] == [1000]
    assert shares(acme) == [("dell-inc", 0.14 + 0.13)]


def test_rows_that_can_not_be_read_are_reported_with_their_line_and_left_out(tmp_path: Path) -> None:
    bad = [
        row(ONE, "Liabilities", "many", quarters=0),
        f"{ONE}\tLiabilities",
        row(ONE, "Liabilities", 5, "20241350", 0),
    ]
    folder = write(tmp_path / "q", [*bad, *FACTS], [*FILINGS, "x\tnobody\tName\t1\t1231\t10-K\t20241231\tsoon"])
    done = screener("import", "sec", "--dataset", folder, "-o", tmp_path / "out.jsonl")
    assert done.exit_code == 3
    for line, what in ((2, "'many'"), (3, "has 2 cells, not 10"), (4, "'20241350'")):
        assert f"num.txt:{line}:1: " in done.output
        assert what in done.output
    assert "sub.txt:5:1: is not a filing" in done.output
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(("end", "quarters"), [("00010101", "4"), ("20241231", "9" * 5000), ("20241231", "\u00b2"), ("20241231", "-1")])
def test_spans_outside_the_calendar_are_no_facts(end: str, quarters: str, tmp_path: Path) -> None:
    bad = row(ONE, "Revenues", 1, end).replace("\t4\t", f"\t{quarters}\t")
    assert bad.split("\t")[3:5] == [end, quarters]
    with DatasetImport([str(write(tmp_path / "q", [*FACTS, bad]))], CATALOGUE, FilingOptions()).staged() as documents:
        assert {document["id"] for document in documents} == {"cik-1", "cik-2"}


def test_one_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_files, "LINE_BYTES", 1 << 12)
    folder = write(tmp_path / "q", [*FACTS, "x" * 5000])
    with pytest.raises(DocumentError, match=r"num\.txt:14:1: has more than"):
        profiles(folder)


def test_a_device_is_no_data_set() -> None:
    """It has no end, which is needed to recognise an archive."""
    with pytest.raises(DocumentError, match="/dev/zero:1:1: is not a table of a data set"):
        profiles(Path("/dev/zero"))


def test_a_damaged_zip_file_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "q", FACTS * 50)
    with zipfile.ZipFile(tmp_path / "q.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    content = bytearray((tmp_path / "q.zip").read_bytes())
    for place in range(60, len(content) // 2):
        content[place] ^= 0xFF
    (tmp_path / "q.zip").write_bytes(bytes(content))
    with pytest.raises(DocumentError):
        profiles(tmp_path / "q.zip")


@pytest.mark.parametrize(("broken", "what"), [
    ("num.txt", "holds no num.txt"), ("sub.txt", "holds no sub.txt"),
])
def test_a_folder_without_a_table_is_refused(tmp_path: Path, broken: str, what: str) -> None:
    folder = write(tmp_path / "q", FACTS)
    (folder / broken).unlink()
    with pytest.raises(DocumentError, match=what):
        profiles(folder)


def test_a_table_without_a_column_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "q", FACTS)
    (folder / "num.txt").write_text(NUM.replace("ddate", "date") + "\n", "utf-8")
    with pytest.raises(DocumentError, match=r"num.txt:1:1: has no column 'ddate'"):
        profiles(folder)
    (folder / "other.txt").write_text("a\tb\n", "utf-8")
    with pytest.raises(DocumentError, match="is not a table of a data set"):
        profiles(folder / "other.txt", folder / "sub.txt")
    (folder / "x.zip").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DocumentError, match="is not a table of a data set"):
        profiles(folder / "x.zip")


def test_a_table_of_tags_says_which_of_a_company_are_money(tmp_path: Path) -> None:
    tags = ["tag\tversion\tcustom\tabstract\tdatatype", f"LoansAndNotesPayable\t{TWO}\t1\t0\tshares"]
    made = profiles(write(tmp_path / "q", FACTS, tag=tags))
    assert made["cik-2"]["figures"]["total_debt"][0]["value"] == 100


def test_import_and_market_on_the_command_line(tmp_path: Path) -> None:
    folder = write(tmp_path / "q", [*FACTS, *CUSTOMERS])
    done = screener("import", "sec", "--dataset", folder / "num.txt", folder / "sub.txt", "-o", tmp_path / "all")
    assert (done.exit_code, sorted(p.name for p in (tmp_path / "all").iterdir())) == (0, ["cik-1.json", "cik-2.json"])
    assert "2 profiles of 2 filers" in done.output
    done = screener("market", "--dataset", folder, "--pack", "core", "--pack", "classic", "-o", tmp_path / "r.csv")
    assert done.exit_code == 0, done.output
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {r["company"]: r for r in csv.DictReader(file)}
    assert list(rows) == ["cik-1", "cik-2"]
    judge = Screener.load(packs=["core", "classic"])
    for own, found in rows.items():
        document = json.loads((tmp_path / "all" / f"{own}.json").read_text("utf-8"))
        result = judge.assess(
            read_profile(Document("p.json", json.dumps(document), document), judge.rulebook.catalogue)
        )
        assert found["verdict"] == result.verdict.word
        assert int(found["decided"]) == result.coverage.decided


def test_wrong_usage_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "q", FACTS)
    for words in (("import", "sec", "--dataset"), ("import", "sec", "--dataset", folder, "--cik", 5), ("market",),
                  ("market", "t.csv", "--dataset", folder), ("market", "--dataset", folder, "--map", "m.yaml")):
        assert screener(*words).exit_code == 2, words
    assert isinstance(screener("market", "--dataset", tmp_path / "nowhere").exception, DocumentError)
