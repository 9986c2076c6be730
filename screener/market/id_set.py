"""A set of the ids seen so far, at eight bytes each."""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.int64]


class IdSet:
    """A set of hashes that grows by batches, kept as sorted runs, each more than twice as long as the next."""

    def __init__(self) -> None:
        self.runs: list[Hashes] = []

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    def add(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Adds all hashes, and returns a mask of the new ones; of duplicates among them, the first is new."""
        order = np.argsort(hashes, kind="stable")
        wanted = hashes[order]
        fresh = np.ones(len(wanted), np.bool_)
        fresh[1:] = wanted[1:] != wanted[:-1]
        for run in self.runs:
            at = np.minimum(np.searchsorted(run, wanted), len(run) - 1)
            fresh &= run[at] != wanted
        if fresh.any():
            self.runs.append(wanted[fresh])
        while len(self.runs) > 1 and len(self.runs[-2]) <= 2 * len(self.runs[-1]):
            self.runs[-2:] = [np.sort(np.concatenate(self.runs[-2:]), kind="stable")]
        found = np.empty(len(hashes), np.bool_)
        found[order] = fresh
        return found
