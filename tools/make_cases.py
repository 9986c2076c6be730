"""Makes the profiles of `cases/` from filings, and shows which survivor is matched to each failure.

    python tools/make_cases.py FOLDER [--match]

FOLDER contains the annual reports of fiscal 2009 as companyfacts documents (CIK##########.json) and sub.csv, with the columns cik,
name, sic, form, filed of the SEC's Financial Statement Data Sets. `cases/cases.yaml` names the filers. Each profile is imported
from the report as by `screener import sec`, with two years, as of the day of filing; the industry code determines the sector.
The same folder gives the same files.

--match only prints the survivor matched to each failure, without screening: of the filers whose industry codes share the most
digits (four, three, two, or else the sector) and whose total assets are within a factor of MOST_APART, the one with the nearest
total assets. Each survivor is used once, the closest pairs first. LEFT_OUT lists filers that are not candidates, with the reasons.
"""

import argparse
import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from screener.importers.sec.companyfacts import read_companyfacts
from screener.importers.sec.filer_profile import profile_document
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.tags import read_forms, read_tags
from screener.profile.catalogue import Catalogue
from screener.rules.rulebook_loader import load_rulebook

CASES = Path(__file__).parents[1] / "cases"
YEARS = 2
MOST_APART = 4.0
LEFT_OUT = {
    37748: "Massey Energy: bought in 2011 by Alpha Natural Resources, which failed",
    1010775: "Mirant: merged in 2010 with RRI Energy, which failed",
    895648: "General Growth Properties: in chapter 11 already when it filed the report",
    310522: "Fannie Mae: in conservatorship already when it filed the report",
    5272: "American International Group: rescued by the state before it filed the report",
}


class Filer(NamedTuple):
    """A filer of an annual report; `total_assets` is in its own currency, or None if not stated."""

    cik: int
    sic: str
    sector: str | None
    document: dict[str, Any]
    total_assets: float | None


def filers(folder: Path, catalogue: Catalogue, only: frozenset[int] | None = None) -> Iterator[Filer]:
    """Yields the filers of annual reports on form 10-K, all or only some."""
    tags, forms = read_tags(), read_forms()
    with (folder / "sub.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            cik, path = int(row["cik"]), folder / f"CIK{int(row['cik']):010d}.json"
            if row["form"] != "10-K" or not path.exists() or (only is not None and cik not in only):
                continue
            sector = sector_of(row["sic"])
            company = read_companyfacts(str(path), tags.wanted(), forms)
            head = {"sector": sector} if sector else {}
            document = profile_document(company, tags, catalogue, years=YEARS, head=head).document
            stated = document["figures"].get("total_assets", [{}])[0].get("value")
            yield Filer(cik, row["sic"], sector, document, stated)


def likeness(one: Filer, other: Filer, catalogue: Catalogue) -> int:
    """Returns how many leading digits two industry codes share; 1 for the same sector, else 0."""
    shared = next((n for n in (4, 3, 2) if one.sic[:n] == other.sic[:n]), 0)
    sectors = [catalogue.ancestry(filer.sector) for filer in (one, other) if filer.sector]
    return shared or int(len(sectors) == 2 and sectors[0][-1] == sectors[1][-1])


def matches(failures: list[Filer], candidates: list[Filer], catalogue: Catalogue) -> Iterator[tuple[Filer, Filer]]:
    """Yields a survivor for each failure, the closest pairs first."""
    pairs = sorted(
        (-likeness(failed, other, catalogue), apart, failed.cik, other.cik, failed, other)
        for failed in failures
        for other in candidates
        if failed.total_assets and other.total_assets and likeness(failed, other, catalogue)
        if (apart := abs(math.log(other.total_assets / failed.total_assets))) <= math.log(MOST_APART)
    )
    used = set[int]()
    for _, _, failed_cik, other_cik, failed, other in pairs:
        if failed_cik not in used and other_cik not in used:
            used |= {failed_cik, other_cik}
            yield failed, other


def write_profile(path: Path, document: dict[str, Any]) -> None:
    """Writes a profile as YAML, one claim per line."""
    lines = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=200, default_flow_style=None)
    path.write_text("# Made by tools/make_cases.py from a filing (see cases/README.md).\n" + lines, "utf-8")


def main() -> None:
    """Writes the profiles, or prints the pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--match", action="store_true")
    given = parser.parse_args()
    catalogue = load_rulebook().catalogue
    entries = yaml.safe_load((CASES / "cases.yaml").read_text("utf-8"))["cases"]
    if given.match:
        failed = frozenset(entry["cik"] for entry in entries if entry["outcome"] == "failed")
        every = list(filers(given.folder, catalogue))
        others = [filer for filer in every if filer.cik not in failed and filer.cik not in LEFT_OUT]
        for one, other in matches([filer for filer in every if filer.cik in failed], others, catalogue):
            print(f"{one.document['name']} ({one.cik}): {other.document['name']} ({other.cik})")
        return
    path_of = {entry["cik"]: CASES / entry["profile"] for entry in entries}
    for filer in filers(given.folder, catalogue, frozenset(path_of)):
        write_profile(path_of[filer.cik], filer.document)
        print(path_of[filer.cik].relative_to(CASES.parent))


if __name__ == "__main__":
    main()
