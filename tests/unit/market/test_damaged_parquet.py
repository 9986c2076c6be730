"""A damaged Parquet file is reported by name as unreadable, wherever the damage is."""

import re
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screener.errors import ScreenerError
from screener.importers.table.sheet_reader import read_sheet
from screener.importers.table.table_sheet import ReadOptions
from screener.market.parquet_reader import ParquetTable
from screener.rules.rulebook import Rulebook

ROWS = 5000
TAIL = 3000  # number of bytes at the end that contain the footer


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a.parquet"
    rnd = Random(1)
    table = {"id": [f"c{i}" for i in range(ROWS)], "revenue": [rnd.random() * 1e9 for _ in range(ROWS)]}
    pq.write_table(pa.table(table), path, row_group_size=500)
    return path.read_bytes()


def damaged(raw: bytes, where: str, seed: int) -> bytes:
    rnd, data = Random(seed), bytearray(raw)
    if where == "cut":
        return raw[: rnd.randrange(4, len(raw) - 1)]
    first, last = (4, len(raw) - TAIL) if where == "pages" else (len(raw) - TAIL, len(raw) - 8)
    for _ in range(40):
        data[rnd.randrange(first, last)] = rnd.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("where", ["pages", "footer", "cut"])
def test_it_is_named_wherever_the_damage_is(where: str, seed: int, whole: bytes, book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "damaged.parquet"
    path.write_bytes(damaged(whole, where, seed))

    def market() -> None:
        table = ParquetTable(str(path), book.catalogue)
        for raw in table.batches():
            table.read(raw)

    found = []
    for read in (market, lambda: read_sheet(str(path), ReadOptions())):
        try:
            read()
        except ScreenerError as error:
            found.append(error.problems[0])
    for problem in found:
        assert problem.file is None or problem.file == str(path)
        assert not re.search("writ(e|ten)(?! it again)", problem.what)
        assert not re.search("permission", problem.hint)
    if where == "cut":
        assert len(found) == 2
        assert all(problem.file == str(path) for problem in found)
