"""HTML pages a second of results of the size of Oracle's, in a pool of two processes.

    python bench/pages.py [PAGES]
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]


@lru_cache(maxsize=1)
def results() -> Any:
    """All fixtures as results; the pages of a run are not all the same."""
    from screener.pipeline import Screener

    screener = Screener.load()
    return [screener.screen(screener.profile(str(path))) for path in sorted((ROOT / "fixtures").glob("*.json"))]


def make(pages: int) -> tuple[float, int]:
    """Seconds of this processor for so many pages of Oracle, and characters of one."""
    from screener.report.html import company_page

    oracle = next(r for r in results() if r.company.id == "oracle")
    for result in results():
        company_page(result)
    start = time.process_time()
    for _ in range(pages):
        page = company_page(oracle)
    return time.process_time() - start, len(page)


def measure(pages: int = 1000) -> dict[str, float]:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(make, [1, 1]))
        start = time.perf_counter()
        done = list(pool.map(make, [pages // 2] * 2))
        wall = time.perf_counter() - start
    return {"wall": pages / wall, "processor": 2 * pages / sum(s for s, _ in done), "characters": done[0][1]}


if __name__ == "__main__":
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    print(f"{found['wall']:,.0f} pages/s in two processes, {found['processor']:,.0f} by processor time")
