"""Measures how often the importer's total debt agrees with the debt lines on printed balance sheets.

    python tools/measure_debt.py --facts FOLDER --sub SUB.csv --pre PRE [--show]
    python tools/measure_debt.py --dataset FOLDER [--show]

FACTS is a folder of companyfacts documents; SUB names the filing to use of each (columns cik, adsh, sic, period); PRE is pre.txt
(or the same as Parquet) of the SEC's Financial Statement Data Sets, which lists the lines of each balance sheet with their
printed labels. DATASET is a folder with num.txt, pre.txt and sub.txt of one quarter, which also contain the values of lines
under a company's own tags.

The reference value is the sum of the lines between total assets and equity whose label names debt (borrowings, and finance leases
shown there), without subtotals. The importer uses the facts only: tags and amounts, neither labels nor order. Financial companies
(SIC 6000 to 6799) are excluded. Lines under a company's own tag have no value in companyfacts; such filings are counted
separately ("own tag"). Labels are matched by regular expressions, so the shares are accurate to one or two per cent.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from screener.importers.sec.debt import reconcile_debt
from screener.importers.sec.debt_lines import DebtLines
from screener.importers.sec.tags import read_tags

LIKE = re.compile(
    r"debt|borrowing|\b(notes?|loans?|bonds?|mortgages?|debentures?) (and (loans|mortgages|debentures) )?payable"
    r"|\b(senior|consumer|bank|mortgage|capital|exchangeable|convertible|subordinated|secured|unsecured)\b.*\b(notes?|loans?|bonds?|debentures?)\b"
    r"|\bdebentures?\b|\bterm (a |b )?loan|short.term (loans?|obligations|notes)|commercial paper|credit facilit|line of credit"
    r"|(capital|capitali[sz]ed|finance) leases?|lease financing|indebtedness|long.term obligations|recovery bonds|note payable"
    r"|^(convertible )?(notes|loans|bonds|mortgages)\b",
    re.I,
)
UNLIKE = re.compile(
    r"retirement|pension|benefit|program rights|deferred|removal|reclamation|receivable|securities|investment|equity|\bstock"
    r"|accrued|accounts payable|trade (notes|payable|loans)|derivative|interest payable|guarant|collateral |environmental|overdraft"
    r"|issu(e|ance) cost|preferred|minority|noncontrolling|\btax|customer deposits|allowance|commitment|asbestos"
    r"|other long.term obligations"
    r"|income|liabilit(y|ies)$|wholesale",
    re.I,
)
NOTE = re.compile(r"\(?\b(see )?notes? \d.*$|\((see )?notes?\b.*?\)|\(including.*?\)|\(estimated.*?\)", re.I)
SUBTOTAL = 0.001
WITHIN = 0.02


class Sheet(NamedTuple):
    """A printed balance sheet: its debt lines in order (tag, label), and all amounts of its day by TAXONOMY:TAG."""

    filing: str
    name: str
    lines: list[tuple[str, str]]
    amounts: dict[str, float]
    year: int


def debt_lines(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Returns the debt lines between total assets and equity of the first balance sheet in a filing."""
    ordered = sorted(rows, key=lambda r: (int(r["report"]), int(r["line"])))
    inside = False
    found: list[tuple[str, str]] = []
    for row in ordered:
        tag, label = row["tag"], row["plabel"] or ""
        if tag == "Assets":
            if inside or found:
                break
            inside = True
        elif tag.startswith(("StockholdersEquity", "LiabilitiesAndStockholdersEquity", "CommonStockValue")):
            if inside:
                break
        elif inside and tag not in ("LiabilitiesNoncurrent", "LiabilitiesCurrent") and is_debt(label):
            name = tag if str(row["version"]).startswith("us-gaap") else f"own:{tag}"
            if name not in [t for t, _ in found]:
                found.append((name, label))
    return found


def is_debt(label: str) -> bool:
    """Whether a printed label names debt."""
    text = NOTE.sub("", label).strip(" ,")
    return bool(LIKE.search(text)) and not UNLIKE.search(text)


def printed_total(sheet: Sheet) -> float | None:
    """Returns the sum of the printed debt lines without subtotals, or None if an amount is not known."""
    kept: list[float] = []
    for tag, _ in sheet.lines:
        value = sheet.amounts.get(tag if ":" in tag else f"us-gaap:{tag}")
        if value is None:
            if tag.startswith("own:"):
                return None
            continue
        subtotal = any(len(kept) >= k and abs(value - sum(kept[-k:])) <= SUBTOTAL * abs(value) for k in range(2, 6))
        if value > 0 and not subtotal:
            kept.append(value)
    return sum(kept)


def sheets_of_facts(folder: Path, sub: Path, pre: Path) -> Iterator[Sheet]:
    """Yields the balance sheets of annual reports whose facts are in companyfacts documents."""
    meant = {r["adsh"]: r for r in csv.DictReader(sub.open(encoding="utf-8"))}
    printed = printed_rows(pre, meant)
    for adsh, row in meant.items():
        path = folder / f"CIK{int(row['cik']):010d}.json"
        if (
            adsh in printed
            and row["form"].startswith(("10-K", "20-F", "40-F"))
            and path.exists()
            and not financial(row)
        ):
            facts = json.loads(path.read_text(encoding="utf-8"))["facts"]
            listed = [
                (f"{taxonomy}:{tag}", f)
                for taxonomy, tags in facts.items()
                for tag, concept in tags.items()
                for units in concept["units"].values()
                for f in units
                if f["accn"] == adsh and "start" not in f
            ]
            ends = Counter(f["end"] for _, f in listed)
            day = max(end for end, n in ends.items() if 2 * n >= max(ends.values()))
            amounts = {tag: float(f["val"]) for tag, f in listed if f["end"] == day}
            yield Sheet(adsh, row["name"], debt_lines(printed[adsh]), amounts, int(row["period"][:4]))


def sheets_of_dataset(folder: Path) -> Iterator[Sheet]:
    """Yields the balance sheets of all reports in one quarter of the data sets."""
    meant = {r["adsh"]: r for r in rows_of(folder / "sub.txt") if not financial(r)}
    printed = printed_rows(folder / "pre.txt", meant)
    amounts: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows_of(folder / "num.txt"):
        about = meant.get(row["adsh"])
        plain = not row["coreg"] and not row.get("segments") and row["qtrs"] == "0" and row["value"]
        if about and plain and row["ddate"] == about["period"]:
            own = "us-gaap" if row["version"].startswith("us-gaap") else "own"
            amounts[row["adsh"]][f"{own}:{row['tag']}"] = float(row["value"])
    for adsh, row in meant.items():
        if adsh in printed:
            yield Sheet(adsh, row["name"], debt_lines(printed[adsh]), amounts[adsh], int(row["period"][:4]))


def printed_rows(path: Path, meant: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Returns the printed rows of balance sheets by filing."""
    found = defaultdict(list)
    for row in rows_of(path):
        if row["adsh"] in meant and row["stmt"] == "BS" and str(row["inpth"]) == "0":
            found[row["adsh"]].append(row)
    return found


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Reads the rows of a table of the data sets, from text or Parquet."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield from pq.read_table(path).to_pylist()
    else:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def financial(row: dict[str, Any]) -> bool:
    """Whether a filer is a financial company."""
    return str(row["sic"]).isdecimal() and 6000 <= int(row["sic"]) <= 6799


def outcome(sheet: Sheet, truth: float, lines: DebtLines, own: bool) -> tuple[str, float, float]:
    """Returns right, range, wrong, wrong range or none, and the bounds that the importer gives."""
    wanted = {t: v for t, v in sheet.amounts.items() if t in lines.names or (own and lines.is_own(t))}
    found = reconcile_debt(wanted, lines, with_notes=sheet.year >= 2011).total
    if found is None:
        return "none", 0.0, 0.0
    low, high = found.low, max(found.low, min(found.high, sheet.amounts.get("us-gaap:Liabilities", found.high)))
    if low == high:
        return ("right" if abs(low - truth) <= WITHIN * truth else "wrong"), low, high
    holds = low * (1 - WITHIN) <= truth <= high * (1 + WITHIN)
    return ("range" if holds else "wrong range"), low, high


def main() -> None:
    """Counts the outcomes and prints them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=Path)
    parser.add_argument("--sub", type=Path)
    parser.add_argument("--pre", type=Path)
    parser.add_argument("--dataset", type=Path)
    parser.add_argument("--own", action="store_true", help="read a company's own tags, too, as from a document")
    parser.add_argument("--show", action="store_true", help="list what is not right")
    given = parser.parse_args()
    if given.dataset:
        sheets = sheets_of_dataset(given.dataset)
    elif given.facts and given.sub and given.pre:
        sheets = sheets_of_facts(given.facts, given.sub, given.pre)
    else:
        parser.error("name --dataset, or --facts, --sub and --pre")
    lines, counted, widths, unknown = read_tags().debt, Counter[str](), list[float](), 0
    for sheet in sheets:
        truth = printed_total(sheet)
        if truth is None:
            unknown += 1
        elif truth > 0:
            what, low, high = outcome(sheet, truth, lines, given.own)
            counted[what] += 1
            if what in ("range", "wrong range"):
                widths.append((high - low) / truth)
            if given.show and what != "right":
                print(f"{what:12} {sheet.name[:34]:34} {truth:>18,.0f} [{low:,.0f} – {high:,.0f}]")
                print(
                    "".join(
                        f"      {t:70} {label[:40]:40} {sheet.amounts.get(t if ':' in t else 'us-gaap:' + t)}\n"
                        for t, label in sheet.lines
                    )
                )
    total = sum(counted.values())
    for what in ("right", "range", "wrong", "wrong range", "none"):
        print(f"{what:12} {counted[what]:5} {counted[what] / max(total, 1):6.1%}")
    print(f"of {total} filings that print debt; {unknown} more print it under an own tag without a value")
    if widths:
        print(f"median width of a range over the debt: {median(widths):.2f}")


if __name__ == "__main__":
    main()
