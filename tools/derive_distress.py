"""Derives the rule pack `distress` from companies of which it is known whether they failed.

    python tools/derive_distress.py 1year.arff --cv 5            # measured: rules derived anew in each fold
    python tools/derive_distress.py 1year.arff --write           # rules/distress/*.yaml from all companies
    python tools/derive_distress.py 1year.arff --cv 5 --compare  # beside Altman's Z'', logistic regression, boosted trees

The data: Polish companies bankruptcy data (Zięba, Tomczak, Tomczak 2016), UCI no. 365. Needs scikit-learn.
How it works is told in docs/validation.md; the ratios, and which way each is worse, are in tools/distress/ratios.yaml.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

sys.path.insert(0, str(Path(__file__).parent))

from distress.compare import monotone, rivals
from distress.data import not_stated, read_arff, read_ratios, worked_out
from distress.fit import How, derive, score
from distress.write import write

ROOT = Path(__file__).parent.parent
BANDS = (0, 15, 30, 35, 40, 45, 50)


def main() -> None:
    """Reads the command line, and does as it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("arff")
    parser.add_argument(
        "--cv", type=int, default=0, metavar="FOLDS", help="measure with rules derived anew in each fold"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    parser.add_argument("--compare", action="store_true", help="measure others in the same folds")
    parser.add_argument("--without-omissions", action="store_true", help="what a filing leaves out is no evidence")
    parser.add_argument("--write", action="store_true", help="write rules/distress")
    given = parser.parse_args()
    frame, failed = read_arff(given.arff)
    ratios = read_ratios()
    values, omitted = worked_out(frame, ratios), not_stated(frame)
    how = How(omissions=not given.without_omissions)
    print(f"{len(failed):,} companies, {failed.sum()} failed; {len(values.columns)} ratios to choose from")
    if given.cv:
        folds = list(StratifiedKFold(given.cv, shuffle=True, random_state=given.seed).split(values, failed))
        scores = np.zeros(len(failed))
        for train, test in folds:
            rules = derive(values.iloc[train], omitted.iloc[train], failed[train], ratios, how)
            scores[test] = score(rules, values.iloc[test], omitted.iloc[test], ratios)
            print(f"  {len(rules)} rules: AUC {roc_auc_score(failed[test], scores[test]):.3f}")
        print(f"rules, derived anew in each of {given.cv} folds: AUC {roc_auc_score(failed, scores):.4f}")
        bands = pd.cut(scores, [*BANDS, 101], right=False)
        for band, part in pd.Series(failed).groupby(bands, observed=True):
            print(f"    - {{at_least: {band.left:g}, companies: {len(part)}, failed: {part.sum()}}}")
        if given.compare:
            for name, auc in (*rivals(frame, failed, folds), *monotone(values, omitted, ratios, failed, folds)):
                print(f"{name}: AUC {auc:.4f}")
    rules = derive(values, omitted, failed, ratios, how)
    print(
        f"all companies: {len(rules)} rules, AUC {roc_auc_score(failed, score(rules, values, omitted, ratios)):.4f} (fitted)"
    )
    if given.write:
        write(
            ROOT / "rules/distress",
            rules,
            values,
            omitted,
            pd.Series(failed),
            ratios,
            ROOT / "rules/catalog/metrics.yaml",
        )


if __name__ == "__main__":
    main()
