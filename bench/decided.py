"""Counts how many rules are decided on profiles that are imported from companyfacts documents.

    python bench/decided.py FOLDER [--sub SUB.csv] [--pack core --pack classic] [--most 200] [--rules] [--figures]

FOLDER contains companyfacts documents. SUB gives the industry code of each filer (columns cik, sic), which determines the sector;
without it the sector is unknown. Prints the median share of the applicable rules that are decided; with --rules how often each
rule is decided; with --figures how often each figure is stated and which inputs would decide the unknown rules.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path
from statistics import median

from screener.errors import ScreenerError
from screener.importers.sec.companyfacts import read_companyfacts
from screener.importers.sec.filer_profile import profile_document
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.tags import read_forms, read_tags
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.screening import Screener
from screener.vocabulary import Outcome


def main() -> None:
    """Imports and screens all documents, and prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sub", type=Path)
    parser.add_argument("--pack", action="append", default=[])
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--figures", action="store_true")
    given = parser.parse_args()
    codes = {int(r["cik"]): r["sic"] for r in csv.DictReader(given.sub.open(encoding="utf-8"))} if given.sub else {}
    screener = Screener.load(packs=given.pack or ["core", "classic"])
    catalogue, tags, forms = screener.rulebook.catalogue, read_tags(), read_forms()
    shares, figures, waits = list[float](), Counter[str](), Counter[str]()
    decided, applicable = Counter[str](), Counter[str]()
    for path in sorted(given.folder.glob("CIK*.json"))[: given.most]:
        try:
            company = read_companyfacts(str(path), tags.wanted(), forms)
        except ScreenerError as error:
            print(f"{path.name}: {error}")
            continue
        sector = sector_of(codes.get(company.cik))
        made = profile_document(company, tags, catalogue, head={"sector": sector} if sector else {})
        figures.update(list(made.document["figures"]))
        result = screener.assess(read_profile(Document(path.name, "", made.document), catalogue))
        considered = [f for f in result.findings if f.outcome is not Outcome.NOT_APPLICABLE]
        done = [f for f in considered if f.outcome is not Outcome.UNKNOWN]
        applicable.update(f.rule for f in considered)
        decided.update(f.rule for f in done)
        waits.update(key for f in considered if f.outcome is Outcome.UNKNOWN for key in f.missing)
        shares.append(len(done) / max(len(considered), 1))
    low, middle, high = min(shares), median(shares), max(shares)
    print(f"{len(shares)} profiles: of the applicable rules a median of {middle:.1%} is decided ({low:.1%} to {high:.1%})")
    if given.rules:
        for rule, n in sorted(applicable.items(), key=lambda r: decided[r[0]] / r[1]):
            print(f"  {rule:36} {decided[rule]:4} of {n:4}")
    if given.figures:
        for name, n in figures.most_common():
            print(f"  {name:36} {n:4}")
        for name, n in waits.most_common(60):
            print(f"  waits for {name:50} {n:4}")


if __name__ == "__main__":
    main()
