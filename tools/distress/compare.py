"""Other models on the same companies in the same folds, for comparison."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from tools.distress.data import Ratio

Folds: TypeAlias = list[tuple[Any, Any]]
"""Indices of the training and the test companies of each fold."""


def rivals(frame: pd.DataFrame, failed: npt.NDArray[np.int64], folds: Folds) -> Iterator[tuple[str, float]]:
    """Yields the area under the curve of each other model, by name."""
    z = 6.56 * frame["X3"] + 3.26 * frame["X6"] + 6.72 * frame["X7"] + 1.05 * frame["X8"]
    known = z.notna()
    yield "Altman's Z'' (1995)", roc_auc_score(failed[known], -z[known])
    single = {c: roc_auc_score(failed[frame[c].notna()], frame[c].dropna()) for c in frame}
    best = max(single, key=lambda c: abs(single[c] - 0.5))
    yield f"best single ratio ({best})", max(single[best], 1 - single[best])
    models = {
        "logistic regression": make_pipeline(
            SimpleImputer(strategy="median"), QuantileTransformer(output_distribution="normal", random_state=0),
            LogisticRegression(C=0.1, max_iter=2000)),
        "gradient boosting": HistGradientBoostingClassifier(max_iter=300, learning_rate=0.05, max_depth=4, random_state=0),
    }
    for name, model in models.items():
        chance = np.zeros(len(failed))
        for train, test in folds:
            chance[test] = model.fit(frame.iloc[train], failed[train]).predict_proba(frame.iloc[test])[:, 1]
        yield name, roc_auc_score(failed, chance)


def monotone(values: pd.DataFrame, omitted: pd.DataFrame, ratios: list[Ratio], failed: npt.NDArray[np.int64],
             folds: Folds) -> Iterator[tuple[str, float]]:
    """Boosted trees on the same ratios and omissions, monotone in the direction of each; unknown counts as the best value."""
    signs = {r.name: r.sign for r in ratios if r.name in values}
    best = {n: values[n].min() - 1 if sign > 0 else values[n].max() + 1 for n, sign in signs.items()}
    frame = values[list(signs)].fillna(best).join(omitted)
    ways = [*signs.values(), *[1] * omitted.shape[1]]
    for depth, rounds, pace in ((1, 150, 0.1), (2, 150, 0.07), (3, 120, 0.06)):
        chance = np.zeros(len(failed))
        for train, test in folds:
            model = HistGradientBoostingClassifier(max_depth=depth, max_leaf_nodes=2**depth, max_iter=rounds, learning_rate=pace,
                                                   monotonic_cst=ways, random_state=0)
            chance[test] = model.fit(frame.iloc[train], failed[train]).predict_proba(frame.iloc[test])[:, 1]
        yield f"monotone trees of depth {depth}, same ratios", roc_auc_score(failed, chance)
