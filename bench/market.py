"""`screener market`: companies per second from a Parquet file to a written table, memory, and agreement with the other engine.

python bench/market.py [ROWS] [--lists] [--packs ai-era,classic] [--equal COMPANIES]
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
    """Writes generated companies in parts, so that memory does not grow with their number."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from bench.universe import columns
    from screener.screening import Screener

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


def write_lists(path: Path, packs: tuple[str, ...], seed: int = 1) -> int:
    """Writes the members of each list into a file beside the table of companies; returns how many there are."""
    import pandas as pd

    from bench.universe import lists
    from screener.screening import Screener

    catalogue = Screener.load(packs=list(packs)).rulebook.catalogue
    made = lists(catalogue, pd.read_parquet(path, columns=["id"]).id.to_numpy(), seed)
    for name, members in made.items():
        pd.DataFrame(members).to_parquet(path.with_suffix(f".{name}.parquet"), index=False)
    return sum(len(members["company"]) for members in made.values())


def measure_one(path: str, packs: list[str], jobs: int, findings: bool) -> dict[str, Any]:
    """Screens a table once in this process, with the lists beside it; reading them is part of the time."""
    from bench.memory import peak_megabytes
    from bench.universe import COMPLETE, LISTS
    from screener.market.market_run import open_table, screen_table
    from screener.market.relation_tables import RelationTables
    from screener.market.result_tables import COMPANY_SCHEMA, FINDING_SCHEMA
    from screener.market.table_writer import table_writer
    from screener.screening import Screener

    screener = Screener.load(packs=packs)
    assert screener.program is not None
    files = {name: file for name in LISTS if (file := Path(path).with_suffix(f".{name}.parquet")).exists()}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.parquet"
        also = Path(folder) / "findings.parquet" if findings else None
        start, processor = time.perf_counter(), time.process_time()
        lists = (
            RelationTables({n: str(f) for n, f in files.items()}, COMPLETE, screener.rulebook.catalogue)
            if files
            else None
        )
        writers = (table_writer(out, COMPANY_SCHEMA), table_writer(also, FINDING_SCHEMA) if also else None)
        found = screen_table(screener, open_table(screener, path, None), *writers, jobs=jobs, lists=lists)
        wall, spent = time.perf_counter() - start, time.process_time() - processor
        size = out.stat().st_size
    return {"companies": found.companies, "wall": found.companies / wall, "processor": 2 * found.companies / spent,
            "peak": peak_megabytes(), "bytes": size, "rules": len(screener.program.rules)}


def apart(path: Path, packs: tuple[str, ...], jobs: int = 2, findings: bool = False) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", str(path), "--packs", ",".join(packs), "--jobs", str(jobs)]
    done = subprocess.run([*command, *(["--findings"] if findings else [])], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def differences(companies: int, packs: tuple[str, ...], listed: bool = False) -> int:
    """Returns for how many companies the columns and the engine disagree on any rule; `listed` adds relations."""
    import pandas as pd

    from bench.universe import COMPLETE, columns, lists
    from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
    from screener.engine.columns.company_columns import CompanyColumns, PartyColumns
    from screener.explain.finding_templates import outcome_of
    from screener.io.document import Document
    from screener.market.relation_tables import RelationTables
    from screener.profile.loader import read_profile
    from screener.screening import Screener

    screener = Screener.load(packs=list(packs))
    book, program = screener.rulebook, screener.program
    wrong = 0
    for start in range(0, companies, 1000):
        made = columns(book.catalogue, min(1000, companies - start), start + 7)
        ids, sectors = made.pop("id"), made.pop("sector")
        universe = CompanyColumns.of(ids, sectors, made, book.catalogue)
        members: dict[str, dict[str, list[dict[str, Any]]]] = {}
        beside: dict[str, Any] = {}
        if listed:
            with tempfile.TemporaryDirectory() as folder:
                files = {}
                for name, given in lists(book.catalogue, ids, start + 7).items():
                    files[name] = str(Path(folder) / f"{name}.parquet")
                    pd.DataFrame(given).to_parquet(files[name], index=False)
                    members[name] = _by_company(given)
                relations = RelationTables(files, COMPLETE, book.catalogue)
                beside = {"lists": relations.of(ids), "others": PartyColumns([universe], book.catalogue)}
        outcomes = ColumnEngine(program).run(universe, **beside)
        claims = [_claims(row, sectors, made, book.catalogue) for row in range(len(ids))]
        by_id = dict(zip(ids, claims, strict=True))
        for row, own in enumerate(ids):
            data: dict[str, Any] = {**claims[row], "id": own}
            data |= {name: given.get(own, []) for name, given in members.items()}
            data["incomplete"] = [name for name in members if name not in COMPLETE]
            named = {m["party"] for name in members for m in data[name] if "party" in m} - {own}
            data["parties"] = {party: {**by_id[party], "name": party} for party in named}
            world = screener.world(read_profile(Document("row", "", data), book.catalogue))
            found = screener.engine.run(world)
            words = [outcome_of(found.of(rule, world.main)) for rule in program.rules]
            wrong += [OUTCOMES[code] for code in outcomes[:, row]] != words
    return wrong


def _claims(row: int, sectors: Any, columns: dict[str, Any], catalogue: Any) -> dict[str, Any]:
    """Returns the claims of a company in the form of a profile."""
    data: dict[str, Any] = {"name": f"company {row}", "figures": {}, "metrics": {}}
    if sectors[row] is not None:
        data["sector"] = sectors[row]
    for name, values in columns.items():
        value = _plain(values[row])
        if value is not None:
            plain = name[6:-1] if name.startswith("prior(") else name
            home = "figures" if plain in catalogue.figures else "metrics"
            claim = {"value": value, "period": "2025" if plain == name else "2024"}
            data[home].setdefault(plain, []).append(claim)
    return data


def _by_company(columns: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Groups the members by company, in the form of a profile."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row, owner in enumerate(columns["company"]):
        claims = {name: _plain(values[row]) for name, values in columns.items() if name != "company"}
        found.setdefault(owner, []).append({name: value for name, value in claims.items() if value is not None})
    return found


def _plain(value: Any) -> Any:
    """Returns a cell as a plain Python value, None if it is empty."""
    if value is None or value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--equal", type=int, default=0)
    parser.add_argument("--one")
    parser.add_argument("--packs", default="ai-era,classic")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--findings", action="store_true")
    parser.add_argument("--lists", action="store_true", help="with relations")
    given = parser.parse_args()
    packs = tuple(given.packs.split(","))
    if given.one:
        print(json.dumps(measure_one(given.one, list(packs), given.jobs, given.findings)))
        return
    if given.equal:
        wrong = differences(given.equal, packs, given.lists)
        print(f"{wrong} of {given.equal:,} companies judged otherwise by the engine ({', '.join(packs)})")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "universe.parquet"
        write_universe(given.rows, path, packs)
        if given.lists:
            print(f"{write_lists(path, packs):,} members of lists")
        print(json.dumps(apart(path, packs)))


if __name__ == "__main__":
    main()
