"""Counts the verdicts on companyfacts documents, and how much each pack decides of them.

    python bench/verdicts.py FOLDER [--sub SUB.csv] [--sector NAME] [--pack NAME] [--most 200] [--list]

FOLDER contains companyfacts documents. SUB gives the industry code of each filer (columns cik, sic), which determines the sector;
--sector sets one for all documents. Financial companies are counted separately. Prints how often each verdict is given, the
median share of the applicable rules that each pack decides, and how often it is assessed; with --list one line per company.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from screener.errors import ScreenerError
from screener.importers.sec.companyfacts import read_companyfacts
from screener.importers.sec.filer_profile import profile_document
from screener.importers.sec.industry_codes import sector_of
from screener.importers.sec.tags import read_forms, read_tags
from screener.io.document import Document
from screener.profile.loader import read_profile
from screener.result.model import ResultDocument
from screener.screening import Screener
from screener.vocabulary import Verdict


def screened(
    paths: list[Path], screener: Screener, codes: dict[int, str], sector: str | None
) -> Iterator[ResultDocument]:
    """Yields the results of the documents that can be read."""
    catalogue, tags, forms = screener.rulebook.catalogue, read_tags(), read_forms()
    for path in paths:
        try:
            company = read_companyfacts(str(path), tags.wanted(), forms)
        except ScreenerError as error:
            print(f"{path.name}: {error}")
            continue
        of_company = sector or sector_of(codes.get(company.cik))
        made = profile_document(company, tags, catalogue, head={"sector": of_company} if of_company else {})
        yield screener.assess(read_profile(Document(path.name, "", made.document), catalogue))


def print_group(title: str, results: list[ResultDocument]) -> None:
    """Prints the verdicts of some results, and how much each pack decides of them."""
    if not results:
        return
    verdicts = Counter(r.verdict.word for r in results)
    given = sum(n for word, n in verdicts.items() if word is not Verdict.INSUFFICIENT_DATA)
    print(f"{title}: {len(results)} companies, {given / len(results):.1%} with a verdict")
    print("  " + ", ".join(f"{verdicts[word]} {word}" for word in Verdict if verdicts[word]))
    together = [
        sum(p.decided for p in r.coverage.packs if p.name in ("core", "classic"))
        / max(sum(p.total for p in r.coverage.packs if p.name in ("core", "classic")), 1)
        for r in results
    ]
    print(f"  core and classic together: median {median(together):.1%} decided")
    for i, pack in enumerate(results[0].coverage.packs):
        packs = [r.coverage.packs[i] for r in results]
        shares = [p.decided / p.total for p in packs if p.total]
        assessed = sum(p.assessed for p in packs)
        decided = f"median {median(shares):.1%} decided" if shares else "no rule applies"
        print(f"  {pack.name}: {decided}, assessed of {assessed}")


def main() -> None:
    """Imports and screens all documents, and prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sub", type=Path)
    parser.add_argument("--sector")
    parser.add_argument("--pack", action="append")
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    codes = {int(r["cik"]): r["sic"] for r in csv.DictReader(given.sub.open(encoding="utf-8"))} if given.sub else {}
    screener = Screener.load(packs=given.pack)
    paths = sorted(given.folder.glob("CIK*.json"))[: given.most]
    results = list(screened(paths, screener, codes, given.sector))
    if given.list:
        for r in results:
            packs = ", ".join(f"{p.name} {p.decided}/{p.total}" for p in r.coverage.packs)
            print(f"{r.verdict.word:17} {r.score.value:5.1f} {r.company.sector or '-':20} {r.company.name.en[:40]:40} {packs}")
    catalogue = screener.rulebook.catalogue
    financial = [r for r in results if r.company.sector and "financials" in catalogue.ancestry(r.company.sector)]
    print_group("non-financial", [r for r in results if r not in financial])
    print_group("financial", financial)


if __name__ == "__main__":
    main()
