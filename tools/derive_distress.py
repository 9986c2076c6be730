"""Derives the rule pack `distress` from companies that are known to have failed or survived.

    python tools/derive_distress.py 1year.arff --us 1999-2011.csv 2012-2014.csv --cv 5            # measured
    python tools/derive_distress.py 1year.arff --us 1999-2011.csv 2012-2014.csv --cv 5 --write    # and rules/distress/*.yaml
    python tools/derive_distress.py 1year.arff --us 1999-2011.csv 2012-2014.csv --cv 5 --compare  # beside fitted models

With --cv the rules are derived again in each fold; with --us US firms beyond a threshold must also fail more often. The data:
Polish companies bankruptcy data (Zięba, Tomczak, Tomczak 2016), UCI no. 365. Requires scikit-learn. docs/validation.md describes
the method; tools/distress/ratios.yaml contains the ratios and the direction in which each is worse.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

sys.path.insert(0, str(Path(__file__).parent))

from tools.distress.calibrate import risk_bands
from tools.distress.compare import monotone, rivals
from tools.distress.data import ON_RECORD, STATED, not_stated, read_arff, read_ratios, worked_out
from tools.distress.elsewhere import read_elsewhere, right_way
from tools.distress.fit import How, derive, score
from tools.distress.write import write, write_calibration

ROOT = Path(__file__).parent.parent
BANDS = (0, 10, 20, 30, 35, 40)
"""The scores from which bands of the calibration begin."""

VARIANTS = {
    "all rules": (*STATED, ON_RECORD),
    "without omissions": (ON_RECORD,),
    "without omissions and record": (),
}
"""The statements that rules may use, by the name of the variant."""


def main() -> None:
    """Reads the command line, measures, and writes the rules if requested."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("arff")
    parser.add_argument("--us", nargs="*", default=[], metavar="CSV", help="US firm-years, to check the direction of rules")
    parser.add_argument(
        "--cv", type=int, default=0, metavar="FOLDS", help="measure with rules derived anew in each fold"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    parser.add_argument("--compare", action="store_true", help="measure others in the same folds")
    parser.add_argument("--without-omissions", action="store_true", help="what a filing leaves out is no evidence")
    parser.add_argument("--write", action="store_true", help="write rules/distress; with --cv its calibration, too")
    given = parser.parse_args()
    frame, failed = read_arff(given.arff)
    ratios = read_ratios()
    values, omitted = worked_out(frame, ratios), not_stated(frame)
    elsewhere = right_way(read_elsewhere(given.us, ratios))
    print(f"{len(failed):,} companies, {failed.sum()} failed; {len(values.columns)} ratios to choose from")
    variants = {"without omissions": VARIANTS["without omissions"]} if given.without_omissions else VARIANTS
    how = How(statements=next(iter(variants.values())))
    if given.cv:
        folds = list(StratifiedKFold(given.cv, shuffle=True, random_state=given.seed).split(values, failed))
        for name, statements in variants.items():
            scores, sizes = np.zeros(len(failed)), []
            for train, test in folds:
                rules = derive(
                    values.iloc[train], omitted.iloc[train], failed[train], ratios, How(statements=statements), elsewhere
                )
                scores[test] = score(rules, values.iloc[test], omitted.iloc[test], ratios)
                sizes.append(len(rules))
            areas = ", ".join(f"{roc_auc_score(failed[test], scores[test]):.3f}" for _, test in folds)
            print(
                f"{name}, derived anew in each of {given.cv} folds ({min(sizes)} to {max(sizes)} rules): "
                f"AUC {roc_auc_score(failed, scores):.4f} ({areas})"
            )
            if statements == how.statements:
                _calibrate(scores, failed == 1, given.write)
        if given.compare:
            for name, auc in (*rivals(frame, failed, folds), *monotone(values, omitted, ratios, failed, folds)):
                print(f"{name}: AUC {auc:.4f}")
    rules = derive(values, omitted, failed, ratios, how, elsewhere)
    fitted = score(rules, values, omitted, ratios)
    print(f"all companies: {len(rules)} rules, AUC {roc_auc_score(failed, fitted):.4f} (fitted)")
    if given.write:
        folder, catalogue = ROOT / "rules/distress", ROOT / "rules/catalog/metrics.yaml"
        write(folder, rules, values, omitted, pd.Series(failed), ratios, catalogue)


def _calibrate(
    scores: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    failed: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    to_file: bool,
) -> None:
    """Prints the calibration of scores from cross-validation, and writes it into pack.yaml.

    The table has one year only and so shows no spread between years; the spread between the US years is used instead.
    """
    spread = yaml.safe_load((ROOT / "rules/distress-us/pack.yaml").read_text("utf-8"))["calibration"]["spread"]
    bands = risk_bands(scores, failed, BANDS, spread)
    for band in bands:
        times = band.failed / band.companies / failed.mean()
        print(f"    - {band.yaml}  # {times:.2f} times")

    if to_file:
        write_calibration(ROOT / "rules/distress/pack.yaml", bands, spread)


if __name__ == "__main__":
    main()
