"""Runs all benchmarks, prints the results and writes bench/RESULTS.md.

    python bench/all.py [--peers 100,1000,10000] [--rows 100000] [--memory 10000,100000,1000000] [--equal 3000] [--many 900]

Each figure is shown beside its goal. Ratios are measured within the run; absolute figures depend on the machine.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench import many, market, pages, peers, start_up, stream  # noqa: E402


class Report:
    """A Markdown report that is printed while it grows."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, *lines: str) -> None:
        self.lines += lines
        print("\n".join(lines), flush=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        rule = "|".join("---" if i == 0 else "--:" for i in range(len(heads)))
        self.add("", "| " + " | ".join(heads) + " |", f"|{rule}|")
        for row in rows:
            self.add("| " + " | ".join(map(str, row)) + " |")
        self.add("")


def n(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


def goal(value: float, least: float, missed: str = "") -> str:
    return f"**{value:.1f}×** (goal {least:g}×)" + ("" if value >= least else f": missed. {missed}")


def of_peers(report: Report, sizes: Sequence[int]) -> None:
    report.add("## The same rules in other engines", "",
               "The rules are twenty tests on figures, five joins, a negation and a chain of flags; the companies have all figures "
               "and some lists (`bench/rules_of_peers.py`). The processor time from facts in memory to the flags is measured.")
    rows, wrong = peers.table(sizes)
    report.table(["companies", "engine", "companies/s", "peak MB", "flags"],
                 [[f"{r['asked']:,}" + (f" (ran {r['size']:,})" if r["size"] < r["asked"] else ""), r["engine"], n(r["rate"]),
                   n(r["peak"]), f"{r['flags']:,}"] for r in rows])
    report.add("All engines find the same flags." if not wrong else "The engines find DIFFERENT flags: " + "; ".join(wrong), "")
    most = {engine: max(r["rate"] for r in rows if r["engine"] == engine) for engine in peers.ENGINES}
    best_clips = max(most["CLIPS"], most["CLIPS, all in memory"])
    alone, whole, wide = most["durable_rules alone"], most["screener"], most["screener, on columns"]
    limits = "Its C layer stores at most 64 matched tests at a time; for more than about 50 rules it needs the groups of screener."
    why = "`screener` decides three outcomes, stores the facts of every match, and reads them in Python."
    heads = ["ratio", "durable_rules alone (two outcomes)", "screener (three outcomes, evidence)",
             "screener, on columns (three outcomes)"]
    report.table(heads, [
        ["CLIPS, the faster of its two variants", goal(alone / best_clips, 3, limits), goal(whole / best_clips, 3, why),
         goal(wide / best_clips, 3)],
        ["CLIPS at the largest size, all in memory", f"{alone / _last(rows, 'CLIPS, all in memory'):.1f}×",
         f"{whole / _last(rows, 'CLIPS, all in memory'):.1f}×", f"{wide / _last(rows, 'CLIPS, all in memory'):.1f}×"],
        ["experta", goal(alone / most["experta"], 20), goal(whole / most["experta"], 20, why), goal(wide / most["experta"], 20)],
        ["hand-written rules in Python", *(f"{rate / most['plain Python']:.3f}×" for rate in (alone, whole, wide))],
    ])
    report.add("### Growth with the number of rules and of facts per company", "")
    grown = peers.growth()
    report.table(["rules", "customers", "engine", "companies/s", "relative to its first row"], [
        [r["tests"] + 8, r["members"], r["engine"], n(r["rate"]),
         f"{r['rate'] / next(g['rate'] for g in grown if g['engine'] == r['engine']):.2f}"] for r in grown
    ])


def _last(rows: Sequence[dict[str, Any]], engine: str) -> float:
    return [float(r["rate"]) for r in rows if r["engine"] == engine][-1]


def of_start(report: Report) -> None:
    found = start_up.measure(7)
    report.add("## Cold start", "")
    report.table(["", "ms", "ratio", "goal"], [
        ["`screener run oracle.json`, whole process", n(found["report"]), f"{found['ratio']:.2f} × its imports", "1.50"],
        ["import of its dependencies", n(found["imports"]), "", ""],
        ["`screener --help`, without the start of Python", n(found["help"]), "", "100 ms"],
    ])


def of_market(report: Report, rows: int, equal: int, memory: Sequence[int]) -> None:
    report.add("## The columnar engine: `screener market`, from Parquet to one row per company", "",
               f"The input is {rows:,} generated companies, some of whose figures are missing (`bench/universe.py`). The rate by "
               "processor time is that of two cores on which nothing else runs.")
    found, made = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for packs in (("ai-era",), ("classic",), ("distress",), ("ai-era", "classic")):
            path = Path(folder) / f"{'-'.join(packs)}.parquet"
            market.write_universe(rows, path, packs)
            made[packs] = path
            for findings in (False, True) if packs == ("ai-era",) else (False,):
                r = market.apart(path, packs, findings=findings)
                found.append([" + ".join(packs) + (", and one row per finding" if findings else ""), r["rules"], n(r["wall"]),
                              n(r["processor"]), n(r["peak"]), "100,000"])
        report.table(["packs", "rules", "companies/s, wall", "by processor time, two cores", "peak MB", "goal"], found)
        report.add("### With relations: `--list`", "", "The same with ten lists in addition to the table (customers, products, "
                   "channels, rivals and others); reading them is included.")
        found = []
        for packs in (("ai-era",), ("ai-era", "classic")):
            members = market.write_lists(made[packs], packs)
            r = market.apart(made[packs], packs)
            found.append(
                [" + ".join(packs), f"{members / rows:.1f}", n(r["wall"]), n(r["processor"]), n(r["peak"]), "10,000"]
            )
        report.table(
            ["packs", "members per company", "companies/s, wall", "by processor time, two cores", "peak MB", "goal"],
            found,
        )
        peaks = []
        for many in memory:
            path = Path(folder) / f"{many}.parquet"
            market.write_universe(many, path, ("ai-era",))
            r = market.apart(path, ("ai-era",))
            peaks.append([f"{many:,}", n(r["peak"]), n(r["wall"])])
            path.unlink()
        report.add("### Memory", "")
        report.table(["companies", "peak MB", "companies/s, wall"], peaks)
    alone, listed = (market.differences(equal, ("ai-era", "classic"), lists) for lists in (False, True))
    report.add(f"All outcomes of the rules of ai-era and classic on {equal:,} generated companies were compared with those of the "
               f"default engine: **{alone} differ**. On as many companies with relations, **{listed} differ**.", "")


def of_memory(report: Report, sizes: Sequence[int]) -> None:
    report.add("## Memory of the engine: a stream of companies through one compiled ruleset", "")
    report.table(["companies so far", "resident MB", "companies/s"],
                 [[f"{many:,}", f"{resident:.1f}", n(rate)] for many, resident, rate in stream.measure(sizes)])


def of_many(report: Report, count: int) -> None:
    report.add(f"## `screener run`: {count:,} profiles with relations, to HTML pages and a table", "",
               "The profiles are copies of the fixtures, screened with the pack ai-era and all explanations. Equal digests mean "
               "that all files have the same bytes.")
    rows = list(many.measure(count, "ai-era", dask=True))
    report.table(["", "companies/s, wall", "processor ms per company", "peak MB of a process", "digest"],
                 [[way, n(rate), f"{ms:.1f}", n(peak), digest] for way, rate, ms, peak, digest in rows])
    same = len({digest for *_, digest in rows if digest}) == 1
    report.add("All variants write the same bytes." if same else "The variants write DIFFERENT bytes.", "")


def of_pages(report: Report, many: int) -> None:
    found = pages.measure(many)
    report.add("## HTML pages, in two processes, by processor time", "")
    rows = [["nine companies and their variants in turn", n(found["processor"]), "1,000"],
            ["variants of Oracle in turn", n(found["oracle"]), "1,000"]]
    report.table(["", "pages/s", "goal"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default="100,1000,10000")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--memory", default="10000,100000,1000000")
    parser.add_argument("--stream", default="10000,50000,100000", help="numbers of companies; 1000000 takes about ten minutes more")
    parser.add_argument("--equal", type=int, default=3000)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--many", type=int, default=900)
    parser.add_argument("--out", default=str(ROOT / "bench/RESULTS.md"))
    given = parser.parse_args()
    report = Report()
    where = (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load at the start {os.getloadavg()[0]:.1f}."
    )
    report.add("# Benchmarks", "", "`make bench` writes this file. All figures are from one run; goals are stated beside them.",
               "", where, "")
    of_start(report)
    of_pages(report, given.pages)
    of_many(report, given.many)
    of_market(report, given.rows, given.equal, _numbers(given.memory))
    of_peers(report, _numbers(given.peers))
    of_memory(report, _numbers(given.stream))
    report.add(f"Load at the end: {os.getloadavg()[0]:.1f}.")
    Path(given.out).write_text("\n".join(report.lines) + "\n", "utf-8")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


if __name__ == "__main__":
    main()
