"""Bootstrap resamples (Efron 1979) of rows that belong to firms: whole firms are drawn, never single years of one firm."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float32]
_CELLS = 4_000_000  # size of a block of resamples


class Resampler:
    """Draws firms with replacement; the numbers of failed and other firms stay the same.

    `clusters` names the firm of each row; rows of one firm are drawn together. Without it, each row is a firm.
    """

    def __init__(self, failed: Mask, resamples: int, seed: int, clusters: npt.NDArray[Any] | None = None) -> None:
        rows = len(failed)
        of_row = np.arange(rows) if clusters is None else np.unique(clusters, return_inverse=True)[1]
        self._of_row, self.resamples, self.seed = of_row, resamples, seed
        failed_firms = np.zeros(int(of_row.max(initial=-1)) + 1, np.bool_)
        failed_firms[of_row[failed]] = True
        self._strata = [np.flatnonzero(failed_firms), np.flatnonzero(~failed_firms)]
        self.firms, self.rows = len(failed_firms), rows

    def weights(self) -> Iterator[Weights]:
        """Yields blocks of resamples: how often each row was drawn, as arrays of shape (resamples, rows)."""
        random = np.random.default_rng(self.seed)
        block = max(1, min(self.resamples, _CELLS // max(self.rows, 1)))
        for done in range(0, self.resamples, block):
            many = min(block, self.resamples - done)
            counts = np.zeros((many, self.firms), np.float32)
            for firms in self._strata:
                if len(firms):
                    drawn = random.integers(len(firms), size=(many, len(firms)))
                    flat = drawn + np.arange(many)[:, None] * len(firms)
                    counts[:, firms] = np.bincount(flat.ravel(), minlength=drawn.size).reshape(many, -1)
            yield counts[:, self._of_row]
