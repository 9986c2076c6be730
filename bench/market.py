"""`screener market`: companies a second from a Parquet file to a written table, its memory, and whether the engine agrees.

    python bench/market.py [ROWS] [--equal COMPANIES]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

PACKS = ("ai-era", "classic", "distress")
PART = 100_000


def write_universe(rows: int, path: Path, packs: tuple[str, ...], seed: int = 1) -> None:
    """A universe in parts, so that a million companies need no more memory than the first hundred thousand."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from universe import columns

    from screener.pipeline import Screener

    catalogue = Screener.load(packs=list(packs)).rulebook.catalogue
    writer = None
    for start in range(0, rows, PART):
        made = columns(catalogue, min(PART, rows - start), seed + start)
        made["id"] = [f"c{start + i:09d}" for i in range(len(made["id"]))]
        table = pa.Table.from_pandas(pd.DataFrame(made), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


def one(path: str, packs: list[str], jobs: int, findings: bool) -> dict[str, Any]:
    """One run in this process, after a warm one on its own first rows."""
    from memory import peak_megabytes

    from screener.market.screen import open_table, screen
    from screener.pipeline import Screener

    screener = Screener.load(packs=packs)
    assert screener.program is not None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.parquet"
        also = Path(folder) / "findings.parquet" if findings else None
        start, processor = time.perf_counter(), time.process_time()
        found = screen(screener, open_table(screener, path, None), out, also, jobs)
        wall, spent = time.perf_counter() - start, time.process_time() - processor
        size = out.stat().st_size
    return {"companies": found.companies, "wall": found.companies / wall, "processor": 2 * found.companies / spent,
            "peak": peak_megabytes(), "bytes": size, "rules": len(screener.program.rules)}  # fmt: skip


def apart(path: Path, packs: tuple[str, ...], jobs: int = 2, findings: bool = False) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", str(path), "--packs", ",".join(packs), "--jobs", str(jobs)]
    done = subprocess.run([*command, *(["--findings"] if findings else [])], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def differences(companies: int, packs: tuple[str, ...]) -> int:
    """On how many of so many companies the columns and the engine disagree about any rule."""
    import numpy as np
    from universe import columns

    from screener.columnar.engine import OUTCOMES, ColumnEngine
    from screener.columnar.universe import Universe
    from screener.document import Document
    from screener.model.load import read_profile
    from screener.pipeline import Screener
    from screener.verdict.finding import outcome_word

    screener = Screener.load(packs=list(packs))
    book, program = screener.rulebook, screener.program
    wrong = 0
    for start in range(0, companies, 1000):
        made = columns(book.catalogue, min(1000, companies - start), start + 7)
        ids, sectors = made.pop("id"), made.pop("sector")
        outcomes = ColumnEngine(program).run(Universe.of(ids, sectors, made, book.catalogue))
        for row, own in enumerate(ids):
            data: dict[str, Any] = {"id": own, "name": own, "figures": {}, "metrics": {}}
            if sectors[row] is not None:
                data["sector"] = sectors[row]
            for name, values in made.items():
                value = values[row]
                if value is None or value != value:
                    continue
                plain = name[6:-1] if name.startswith("prior(") else name
                home = "figures" if plain in book.catalogue.figures else "metrics"
                said = value.item() if isinstance(value, np.generic) else value
                data[home].setdefault(plain, []).append({"value": said, "period": "2025" if plain == name else "2024"})
            world = screener.world(read_profile(Document("row", "", data), book.catalogue))
            found = screener.engine.run(world)
            words = [outcome_word(found.of(rule, world.main)) for rule in program.rules]
            wrong += [OUTCOMES[code] for code in outcomes[:, row]] != words
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--equal", type=int, default=0)
    parser.add_argument("--one")
    parser.add_argument("--packs", default="ai-era,classic")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--findings", action="store_true")
    given = parser.parse_args()
    packs = tuple(given.packs.split(","))
    if given.one:
        print(json.dumps(one(given.one, list(packs), given.jobs, given.findings)))
        return
    if given.equal:
        print(f"{differences(given.equal, packs)} of {given.equal:,} companies judged otherwise by the engine ({', '.join(packs)})")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "universe.parquet"
        write_universe(given.rows, path, packs)
        print(json.dumps(apart(path, packs)))


if __name__ == "__main__":
    main()
