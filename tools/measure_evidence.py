"""Measures every rule of the built-in packs on companies known to have failed or survived; writes rules/PACK/evidence.yaml.

    python tools/measure_evidence.py --us 1999-2011.csv 2012-2014.csv --polish 1year.arff

The US tables are one population, measured in firm-years with the earlier years known; intervals come from resampling companies.
A rule counts as measured if it is decided for half of the companies, and fired and was clear for at least 20 each: the shares of
a rule that has only one outcome are not informative. Only counts are written, no rows of the data.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from screener.importers.table.company_table import read_table
from screener.rules.packs import built_in_packs
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from screener.validation.firm_years import firm_years
from screener.validation.labels import failure_labels
from screener.validation.measures import RuleCounts, rule_counts
from screener.validation.resampling import Resampler
from screener.validation.validation import judge_rows
from screener.vocabulary import Flag

ROOT = Path(__file__).parent.parent
LEAST, COVERAGE = 20, 0.5
HEAD = "# yaml-language-server: $schema=../../docs/schema/evidence.json\n"
HEAD += "# What the rules of this pack did on companies that failed and on others. Written by tools/measure_evidence.py."


class Population(NamedTuple):
    """Tables that are measured as one population: its name, the map, and the column with the label."""

    name: str
    title: str  # as YAML
    tables: Sequence[str]
    map_path: str
    label: str


def measure(pack: str, population: Population) -> dict[str, RuleCounts]:
    """Returns the counts of those rules of a pack that could be measured, by rule id."""
    screener = Screener.load(packs=[pack])
    outcomes, failed, firms = [], [], []
    for number, path in enumerate(population.tables):
        table = read_table(path, population.map_path, screener.rulebook.catalogue, several_periods=True)
        years = firm_years(table)
        outcomes.append(judge_rows(screener, table, years).outcomes)
        failed.append(np.array([fate is True for fate in failure_labels(table, population.label)]))
        firms.append(years.firms + number * 10_000_000)
    codes, fates = np.concatenate(outcomes, axis=1), np.concatenate(failed)
    fired, decided = codes == 2, (codes == 2) | (codes == 0)
    resampler = Resampler(fates, 1000, 0, np.concatenate(firms))
    counted = rule_counts(fired, decided, fates, resampler)
    found = {}
    for rule, n in zip(screener.program.rules, counted, strict=True):
        both_ways = min(n.fired, n.decided - n.fired) >= LEAST and n.decided >= COVERAGE * len(fates)
        if both_ways and n.lift is not None and n.failed_decided:
            found[rule] = n
    return found


def evidence_text(book: Rulebook, measured: dict[Population, dict[str, RuleCounts]]) -> str:
    """Returns the text of a pack's evidence file."""
    lines = [HEAD, "populations:" if measured else "populations: {}"]
    lines += [f"  {population.name}: {population.title}" for population in measured]
    names = [rule for rule in book.rules if any(rule in counts for counts in measured.values())]
    lines += ["rules:"] if names else ["rules: {}"]
    for rule in names:
        lines.append(f"  {rule}:")
        for population, counts in measured.items():
            if (n := counts.get(rule)) is not None and n.lift is not None:
                survivors, alarms = n.decided - n.failed_decided, n.fired - n.failed_fired
                lines.append(
                    f"    {population.name}: {{fired_failures: {n.failed_fired}, failures: {n.failed_decided}, "
                    f"fired_survivors: {alarms}, survivors: {survivors}, "
                    f"lift: {n.lift.value:.3f}, low: {n.lift.low:.3f}, high: {n.lift.high:.3f}}}"
                )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Reads the command line, measures, and writes the evidence files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--us", nargs="+", default=[], metavar="CSV")
    parser.add_argument("--polish", metavar="ARFF")
    given = parser.parse_args()
    us_map = ROOT / "rules/maps/us.yaml"
    private_map = Path(tempfile.mkdtemp()) / "us-private.yaml"
    private_map.write_text(us_map.read_text("utf-8").replace("listed: true", "listed: false"), "utf-8")
    us_title = '{en: "US listed companies 1999–2014", zh: "1999–2014 年美国上市公司"}'
    polish_title = '{en: "Polish manufacturers 2000–2013", zh: "2000–2013 年波兰制造业公司"}'
    for pack in built_in_packs():
        own_map = private_map if pack == "distress-us-private" else us_map
        polish_map = ROOT / ("examples/tables/polish-map.yaml" if pack == "classic" else "rules/maps/polish.yaml")
        populations = []
        if given.us:
            populations.append(Population("us", us_title, tuple(given.us), str(own_map), "failed_next_year"))
        if given.polish and pack in ("distress", "classic"):
            populations.append(Population("polish", polish_title, (given.polish,), str(polish_map), "class"))
        measured = {population: measure(pack, population) for population in populations}
        measured = {population: counts for population, counts in measured.items() if counts}
        book = Screener.load(packs=[pack]).rulebook
        (ROOT / "rules" / pack / "evidence.yaml").write_text(evidence_text(book, measured), "utf-8")
        reds = [rule.id for rule in book.rules.values() if rule.flag is Flag.RED]
        known = sum(any(rule in counts for counts in measured.values()) for rule in reds)
        print(f"{pack}: {known} of {len(reds)} red rules measured")
        for population, counts in measured.items():
            for rule, n in counts.items():
                if n.lift is not None and n.lift.high < 1 and rule in reds:
                    print(
                        f"  {rule}: lift {n.lift.value:.2f} ({n.lift.low:.2f}–{n.lift.high:.2f}), {population.name}",
                        file=sys.stderr,
                    )


if __name__ == "__main__":
    main()
