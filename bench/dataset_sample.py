"""Generates samples of invented data, of any size, in the format of the SEC's Financial Statement Data Sets.

    python bench/dataset_sample.py FILERS FOLDER [SEED] [--notes]

Writes num.txt (with the column `segments`), sub.txt and tag.txt; with --notes num.tsv, sub.tsv and dim.tsv, as in the sets with
notes. Each filer has one annual report of 2024 with statements of two or three years and, like real reports, some 330 facts, a
third of them with dimensions; every fifth states customers with their shares of revenue. The rows of different filers are mixed,
as they are in the SEC's files. Assets are the sum of liabilities and equity. The same seed gives the same sample.
"""

import argparse
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

INSTANTS = [
    "Assets",
    "LiabilitiesAndStockholdersEquity",
    "Liabilities",
    "StockholdersEquity",
    "AssetsCurrent",
    "LiabilitiesCurrent",
    "InventoryNet",
    "CashAndCashEquivalentsAtCarryingValue",
    "AccountsReceivableNetCurrent",
    "PropertyPlantAndEquipmentNet",
    "Goodwill",
    "RetainedEarningsAccumulatedDeficit",
    "LongTermDebtNoncurrent",
    "LongTermDebtCurrent",
    "AccountsPayableCurrent",
    "OtherAssetsNoncurrent",
    "OperatingLeaseLiability",
    "OperatingLeaseLiabilityCurrent",
    "OperatingLeaseLiabilityNoncurrent",
    "AccruedLiabilitiesCurrent",
    "CommonStockValue",
    "AdditionalPaidInCapital",
    "IntangibleAssetsNetExcludingGoodwill",
    "DeferredIncomeTaxLiabilitiesNet",
]
YEARS = [
    "Revenues",
    "CostOfRevenue",
    "GrossProfit",
    "OperatingIncomeLoss",
    "NetIncomeLoss",
    "InterestExpense",
    "IncomeTaxExpenseBenefit",
    "NetCashProvidedByUsedInOperatingActivities",
    "PaymentsToAcquirePropertyPlantAndEquipment",
    "DepreciationDepletionAndAmortization",
    "SellingGeneralAndAdministrativeExpense",
    "ResearchAndDevelopmentExpense",
    "ShareBasedCompensation",
    "PaymentsOfDividends",
    "NetCashProvidedByUsedInInvestingActivities",
    "NetCashProvidedByUsedInFinancingActivities",
    "OperatingExpenses",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
    "IncomeTaxesPaidNet",
    "PaymentsForRepurchaseOfCommonStock",
    "ProceedsFromIssuanceOfLongTermDebt",
    "RepaymentsOfLongTermDebt",
    "OtherNonoperatingIncomeExpense",
]
SHARE_OF = {  # share of assets or, for figures over a year, of revenue
    "Assets": 1.0, "LiabilitiesAndStockholdersEquity": 1.0, "Liabilities": 0.6, "StockholdersEquity": 0.4, "AssetsCurrent": 0.4,
    "LiabilitiesCurrent": 0.25, "LongTermDebtNoncurrent": 0.2, "LongTermDebtCurrent": 0.02, "Revenues": 1.0, "CostOfRevenue": 0.7,
    "GrossProfit": 0.3, "OperatingIncomeLoss": 0.1, "NetIncomeLoss": 0.06, "InterestExpense": 0.02,
    "NetCashProvidedByUsedInOperatingActivities": 0.11, "PaymentsToAcquirePropertyPlantAndEquipment": 0.05,
}
CONCENTRATION = "ConcentrationRiskByBenchmark=SalesRevenueNet;ConcentrationRiskByType=CustomerConcentrationRisk;"
MIXED = 20_000  # number of facts whose rows are shuffled together
PARTS = 110  # number of facts with dimensions for each filer
CODES = (2834, 3674, 7372, 5812, 4911, 6022, 3711, 5411, 1311, 6798, 3559, 8742)
SUB = [
    "adsh",
    "cik",
    "name",
    "sic",
    "countryba",
    "fye",
    "form",
    "period",
    "fy",
    "fp",
    "filed",
    "accepted",
    "prevrpt",
    "detail",
    "instance",
    "nciks",
    "aciks",
]
NUM = ["adsh", "tag", "version", "ddate", "qtrs", "uom", "segments", "coreg", "value", "footnote"]
NOTES_NUM = [
    "adsh",
    "tag",
    "version",
    "ddate",
    "qtrs",
    "uom",
    "dimh",
    "iprx",
    "value",
    "footnote",
    "footlen",
    "dimn",
    "coreg",
    "durp",
    "datp",
    "dcml",
]


class _Sample:
    """Generates the rows for the facts of one sample."""

    def __init__(self, seed: int, notes: bool) -> None:
        self.chance, self.notes = random.Random(seed), notes
        self.hashes: dict[str, str] = {}  # hash by segments, for the data sets with notes

    def facts(self, accession: str) -> Iterator[list[str]]:
        """Yields the facts of one annual report of 2024."""
        size = 10 ** self.chance.uniform(7, 11)
        for year in (2024, 2023, 2022):
            factor = size * 1.05 ** (year - 2024)
            for tag in INSTANTS if year > 2022 else ():
                if tag in SHARE_OF or self.chance.random() > 0.25:
                    amount = factor * SHARE_OF.get(tag, self.chance.uniform(0.01, 0.3))
                    yield self.fact(accession, tag, (year, 0), amount)
            for tag in YEARS:
                if tag in SHARE_OF or self.chance.random() > 0.25:
                    amount = factor * 0.9 * SHARE_OF.get(tag, self.chance.uniform(0.005, 0.1))
                    yield self.fact(accession, tag, (year, 4), amount)
        for n in range(PARTS):
            axis = self.chance.choice(("BusinessSegments", "Geographical", "ProductOrService", "EquityComponents"))
            yield self.fact(accession, "Revenues", (2024 - n % 3, 4), size * self.chance.random(), f"{axis}=Part{n};")
        if self.chance.random() < 0.2:
            for name in ("CustomerA", "CustomerB"):
                segments = f"{CONCENTRATION}MajorCustomers={name};"
                share = round(self.chance.uniform(0.1, 0.4), 2)
                yield self.fact(accession, "ConcentrationRiskPercentage1", (2024, 4), share, segments)
        yield self.fact(accession, "EntityCommonStockSharesOutstanding", (2024, 0), size / 10)

    def fact(self, accession: str, tag: str, time: tuple[int, int], value: float, segments: str = "") -> list[str]:
        """Returns one row; `time` is a year and the number of quarters that end with it."""
        (year, quarters), shares, share = time, tag.startswith("Entity"), tag.startswith("Concentration")
        unit = "shares" if shares else "pure" if share else "USD"
        head = [accession, tag, "dei/2024" if shares else "us-gaap/2024", f"{year}1231", str(quarters), unit]
        amount = f"{value:.2f}" if share else f"{round(value)}.0000"
        if not self.notes:
            return [*head, segments, "", amount, ""]
        key = self.hashes.setdefault(segments, f"0x{len(self.hashes) + 1:08x}") if segments else "0x00000000"
        return [*head, key, "0", amount, "", "0", str(segments.count("=")), "", "0.0", "0.0", "-3"]


def write_dataset(folder: Path, filers: int, seed: int = 1, notes: bool = False) -> None:
    """Writes the tables into an existing folder."""
    ending, sample = "tsv" if notes else "txt", _Sample(seed, notes)
    with ExitStack() as stack:
        sub, num = (
            stack.enter_context((folder / f"{name}.{ending}").open("w", encoding="utf-8")) for name in ("sub", "num")
        )
        _row(sub, SUB)
        _row(num, NOTES_NUM if notes else NUM)
        waiting: list[list[str]] = []
        for n in range(filers):
            accession, code = f"{2_000_000 + n:010d}-25-{n % 1_000_000:06d}", str(sample.chance.choice(CODES))
            about = [accession, str(1_000_000 + 7 * n), f"COMPANY {n:05d} INC", code, "US", "1231", "10-K", "20241231"]
            filed = f"202502{1 + n % 28:02d}"
            _row(sub, [*about, "2024", "FY", filed, "2025-02-20 16:05:00.0", "0", "1", f"c{n}.xml", "1", ""])
            waiting.extend(sample.facts(accession))
            if len(waiting) > MIXED or n == filers - 1:
                sample.chance.shuffle(waiting)
                for row in waiting:
                    _row(num, row)
                waiting = []
    if notes:
        with (folder / "dim.tsv").open("w", encoding="utf-8") as dim:
            _row(dim, ["dimhash", "segments", "segt"])
            for segments, key in sample.hashes.items():
                _row(dim, [key, segments, "0"])
    else:
        with (folder / "tag.txt").open("w", encoding="utf-8") as tag:
            _row(tag, ["tag", "version", "custom", "abstract", "datatype", "iord", "crdr", "tlabel", "doc"])
            for name in (*INSTANTS, *YEARS):
                _row(tag, [name, "us-gaap/2024", "0", "0", "monetary", "I" if name in INSTANTS else "D", "", name, ""])


def _row(file: TextIO, cells: list[str]) -> None:
    file.write("\t".join(cells) + "\n")


def main() -> None:
    """Reads the command line and writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filers", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--notes", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    write_dataset(given.folder, given.filers, given.seed, given.notes)


if __name__ == "__main__":
    main()
