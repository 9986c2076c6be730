"""HTML pages per second in a pool of two processes; consecutive pages always differ.

    python bench/pages.py [PAGES]

Renders the nine fixtures in turn, as they are and with their amounts times 0.8, 1.1 and 1.7; then the four variants of Oracle.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]


FACTORS = (1, 0.8, 1.1, 1.7)


def altered(value: Any, factor: float) -> Any:
    """Returns the profile with every amount (each number above a million) multiplied by a factor."""
    if isinstance(value, dict):
        return {k: altered(v, factor) for k, v in value.items()}
    if isinstance(value, list):
        return [altered(v, factor) for v in value]
    large = isinstance(value, int | float) and abs(value) > 1e6
    return value * factor if large else value


@lru_cache(maxsize=1)
def results() -> Any:
    """Screens all fixtures, as they are and with changed amounts."""
    from screener.screening import Screener

    screener = Screener.load()
    paths = sorted((ROOT / "fixtures").glob("*.json"))
    made = [(str(p), json.dumps(altered(json.loads(p.read_text("utf-8")), f))) for f in FACTORS for p in paths]
    return [screener.assess(screener.profile(path, text)) for path, text in made]


def make(pages: int) -> tuple[float, float]:
    """Returns the CPU seconds per page, for all companies in turn and for those of Oracle's size."""
    from screener.report.pages.html_pages import company_page

    oracles = [r for r in results() if r.company.id == "oracle"]
    for result in results():
        company_page(result)

    def seconds(what: Any) -> float:
        start = time.process_time()
        for result in islice(cycle(what), pages):
            company_page(result)
        return (time.process_time() - start) / pages

    return seconds(results()), seconds(oracles)


def measure(pages: int = 1000) -> dict[str, float]:
    """Returns pages per second of CPU time on two processors: `processor` for all, `oracle` for Oracle's size."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(make, [1, 1]))
        done = list(pool.map(make, [pages // 2] * 2))
    mean, oracle = (sum(column) / len(done) for column in zip(*done, strict=True))
    return {"processor": 2 / mean, "oracle": 2 / oracle}


if __name__ == "__main__":
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    for name, what in (
        ("processor", "36 results in turn, nine companies"),
        ("oracle", "four of Oracle's size in turn"),
    ):
        print(
            f"{found[name]:,.0f} pages/s on two processors by processor time, {2e3 / found[name]:.2f} ms a page: {what}"
        )
