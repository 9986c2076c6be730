"""Memory of the engine while many companies pass through one compiled ruleset, each state deleted after use.

python bench/stream.py [10000,100000,1000000]
"""

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench import peers  # noqa: E402
from bench import rules_of_peers as rules  # noqa: E402
from bench.memory import megabytes  # noqa: E402


def measure(sizes: Sequence[int]) -> Iterator[tuple[int, float, float]]:
    """Yields, after this many companies, the memory of the process and the companies per second of CPU time so far."""
    prepare, run = peers.screener(20)
    kept = [rules.company(i) for i in range(500)]  # the same companies again, each time as new facts
    done, spent = 0, 0.0
    for size in sorted(sizes):
        while done < size:
            worlds = prepare(kept[: min(500, size - done)])
            start = time.process_time()
            for _ in run(worlds):
                pass
            spent += time.process_time() - start
            done += len(worlds)
        del worlds
        gc.collect()
        yield done, megabytes(), done / spent


if __name__ == "__main__":
    for many, resident, rate in measure([int(s) for s in (sys.argv[1] if len(sys.argv) > 1 else "1000,10000").split(",")]):
        print(f"{many:>10,} companies  {resident:8.1f} MB  {rate:8,.0f} companies/s", flush=True)
