"""Measures how often the sector evidence of `rules/filings/sectors.yaml` agrees with the industry codes of the filers.

    python tools/measure_sectors.py DATASET.zip … [--companyfacts FOLDER --sub SUB.csv]

DATASET.zip is one of the SEC's Financial Statement Data Sets; FOLDER contains companyfacts documents, SUB.csv the industry codes
of their filers (columns cik, sic). Prints for each row of the table how many filers it applies to, how many of these have an
industry code that agrees, and the filers that disagree. Filers whose code has no sector are left out.
"""

import argparse
import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.sector_evidence import SectorRow, read_sector_table
from screener.profile.catalogue import Catalogue
from screener.screening import Screener

Facts = dict[str, dict[tuple[date | None, date], float]]


def main() -> None:
    """Reads the filers, applies every row to each, and prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", type=Path)
    parser.add_argument("--companyfacts", type=Path)
    parser.add_argument("--sub", type=Path)
    given = parser.parse_args()
    catalogue, table = Screener.load().rulebook.catalogue, read_sector_table()
    filers: dict[int, tuple[str, str, Facts]] = {}
    for cik, code, name, facts in _filers(given):
        known = filers.setdefault(cik, (code, name, defaultdict(dict)))
        for tag, spans in facts.items():
            known[2].setdefault(tag, {}).update(spans)
    judged = [(sector, name, facts) for code, name, facts in filers.values() if (sector := sector_of(code))]
    print(f"{len(judged):,} filers with a sector, of {len(filers):,}")
    for row in table.tagged["us-gaap"].rows:
        holds = [
            (sector, name)
            for sector, name, facts in judged
            if table.tagged["us-gaap"].holds(row, facts, "us-gaap")
        ]
        wrong = [f"{name} ({sector})" for sector, name in holds if not _agrees(row, sector, catalogue)]
        share = 1 - len(wrong) / max(len(holds), 1)
        print(f"{row.shown()}: {len(holds) - len(wrong)} of {len(holds)} ({share:.1%}) {'; '.join(wrong)}")


def _agrees(row: SectorRow, sector: str, catalogue: Catalogue) -> bool:
    own = catalogue.ancestry(sector)
    return (row.within is None or row.within in own) and not set(row.outside).intersection(own)


def _filers(given: argparse.Namespace) -> Iterator[tuple[int, str, str, Facts]]:
    for path in given.datasets:
        with zipfile.ZipFile(path) as archive:
            subs = {row["adsh"]: row for row in _rows(archive, "sub.txt")}
            found: dict[str, Facts] = defaultdict(lambda: defaultdict(dict))
            for row in _rows(archive, "num.txt"):
                if not row.get("coreg") and row["value"]:
                    end = date(int(row["ddate"][:4]), int(row["ddate"][4:6]), int(row["ddate"][6:8]))
                    start = date.min if row["qtrs"] != "0" else None
                    found[row["adsh"]][f"us-gaap:{row['tag']}"][(start, end)] = float(row["value"])
        for accession, facts in found.items():
            sub = subs[accession]
            yield int(sub["cik"]), sub["sic"], sub["name"], facts
    if given.companyfacts and given.sub:
        codes = {int(row["cik"]): row["sic"] for row in csv.DictReader(given.sub.open(encoding="utf-8"))}
        for path in sorted(given.companyfacts.glob("CIK*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            yield int(data["cik"]), codes.get(int(data["cik"]), ""), data["entityName"], _facts(data["facts"])


def _facts(taxonomies: Mapping[str, Mapping[str, Mapping[str, Mapping[str, list[dict[str, str | float]]]]]]) -> Facts:
    found: Facts = defaultdict(dict)
    for taxonomy, tags in taxonomies.items():
        for tag, concept in tags.items():
            for facts in concept.get("units", {}).values():
                for fact in facts:
                    start = date.fromisoformat(str(fact["start"])) if "start" in fact else None
                    found[f"{taxonomy}:{tag}"][(start, date.fromisoformat(str(fact["end"])))] = float(fact["val"])
    return found


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    with archive.open(name) as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8"), delimiter="\t")


if __name__ == "__main__":
    main()
