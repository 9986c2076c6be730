"""Derives the rule packs `distress-us` and `distress-us-private` from US listed companies known to have failed or survived.

    python tools/derive_distress_us.py 1999-2011.csv 2012-2014.csv            # measured
    python tools/derive_distress_us.py 1999-2011.csv 2012-2014.csv --write    # rules/distress-us*/*.yaml

Rules are fitted on the firm-years of the first table and selected on the second: a rule is dropped if the companies for which it
fires fail less often there than the average. The data: American bankruptcy data of Lombardo and others (2022); no row of it is
part of the project. docs/validation.md describes the method; tools/distress/ratios_us.yaml contains the ratios and the direction
in which each is worse.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from screener.validation.measures import roc_area
from tools.distress.panel_fit import derive_scorecard
from tools.distress.us_data import read_firm_years, read_panel_ratios
from tools.distress.write_us import LISTED, PRIVATE, write_pack

RULES = Path(__file__).parent.parent / "rules"


def main() -> None:
    """Reads the command line, measures, and writes the packs if requested."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", help="firm-years to fit on")
    parser.add_argument("later", help="firm-years to choose on")
    parser.add_argument("--write", action="store_true", help="write the packs")
    given = parser.parse_args()
    for variant in (LISTED, PRIVATE):
        ratios = read_panel_ratios(market=variant is LISTED)
        train, later = (read_firm_years(path, ratios) for path in (given.train, given.later))
        card = derive_scorecard(train, later, ratios)
        starts = ", ".join(f"{band} from {start} points" for band, start in card.bands.items())
        print(f"{variant.folder}: {len(card.steps)} rules and {len(card.bands)} on their points; {starts}")
        for name, data in (("fitted", train), ("chosen on", later)):
            points = card.points(data.values)
            years, firms = roc_area(points, data.failed), roc_area(points[data.last], data.failed[data.last])
            print(f"  {name}: area under the curve {years:.3f} of firm-years, {firms:.3f} of firms")
            for band, start in card.bands.items():
                hit = points >= start
                caught, alarms = hit[data.failed].mean(), hit[~data.failed].mean()
                risk = data.failed[hit].mean() / data.failed.mean()
                print(f"    {band} or worse: {caught:.0%} of failures, {alarms:.0%} of survivors, {risk:.1f} times the average")
        if given.write:
            write_pack(RULES, variant, card, train, later)


if __name__ == "__main__":
    main()
