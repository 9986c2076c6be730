"""The set of ids that occurred already."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from screener.market.id_set import IdSet

FEW = st.lists(st.lists(st.integers(-20, 20), max_size=12), max_size=20)
ENDS = st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1])


@given(FEW | st.lists(st.lists(ENDS, max_size=4), max_size=6))
def test_as_a_set_has_it(batches: list[list[int]]) -> None:
    seen, known = IdSet(), set[int]()
    for batch in batches:
        wanted = []
        for one in batch:
            wanted.append(one not in known)
            known.add(one)
        assert seen.add(np.array(batch, np.int64)).tolist() == wanted
        assert len(seen) == len(known)


def test_runs_stay_few() -> None:
    seen = IdSet()
    for start in range(0, 100_000, 100):
        assert seen.add(np.arange(start, start + 100, dtype=np.int64)).all()
    assert len(seen) == 100_000
    assert len(seen.runs) < 12
    assert sum(run.nbytes for run in seen.runs) == 800_000
