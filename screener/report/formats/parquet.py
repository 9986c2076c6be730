"""Results as Parquet: one row a company, and one row a finding with the columns of the CSV table.

Each process turns its companies into rows, as JSON; the tables are made of them at the end, some at a time. The only place
in reports that imports pyarrow.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from screener.io.atomic import open_in_folder
from screener.report.formats import export
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.model import ResultDocument
from screener.text import Language
from screener.vocabulary import Flag

COMPANIES, FINDINGS = "companies.parquet", "findings.parquet"
COLUMNS = (
    "company", "name", "sector", "as_of", "verdict", "thin", "score", "score_low", "score_high", "decided", "total", *Flag,
    "unknown", "sentence", "currency", "pack", "pack_version", "pack_digest", "profile_digest",
)  # fmt: skip
ROWS = 20_000  # findings of a row group
_NUMBERS = (
    "score",
    "score_low",
    "score_high",
    "points",
    "value_low",
    "value_high",
    "threshold_low",
    "threshold_high",
    "relative",
)
_COUNTS = ("decided", "total", "matches", "unknown")
_TRUTHS = ("thin", "scored")


def rows_of(result: ResultDocument, language: Language) -> bytes:
    """A result as the rows of both tables."""
    c = ViewContext(result, load_wording(language))
    r, s, k, p = result, result.score, result.coverage, result.pack
    fired = {flag: " ".join(f.rule for f in r.findings if f.outcome == "fired" and f.flag == flag) for flag in Flag}
    company = [
        r.company.id, c.text(r.company.name, 400), r.company.sector, r.company.as_of, r.verdict.word, r.verdict.thin,
        round(s.value, 4), round(s.low, 4), round(s.high, 4), k.decided, k.total, *fired.values(),
        sum(f.outcome == "unknown" for f in r.findings), c.text(r.verdict.sentence, 400), r.company.currency,
        p.name, p.version, p.digest, r.profile_digest,
    ]  # fmt: skip
    findings = [export.finding_values(c, f) for f in r.findings]
    return json.dumps([company, findings]).encode()


def write(parts: Iterable[bytes], out: Path, beside: Path | None) -> None:
    """Both tables, from the rows of all companies. Raises OutputError."""
    import pyarrow.parquet as pq

    with ExitStack() as stack:
        tables: list[tuple[Any, Any]] = []
        for name, columns in ((COMPANIES, COLUMNS), (FINDINGS, export.COLUMNS)):
            file = stack.enter_context(open_in_folder(out, name, beside))
            schema = _schema(columns)
            tables.append((stack.enter_context(pq.ParquetWriter(file, schema, compression="zstd")), schema))
        for group in _groups(parts):
            for (writer, schema), rows in zip(tables, group, strict=True):
                writer.write_table(_table(rows, schema))


def _groups(parts: Iterable[bytes]) -> Iterator[tuple[list[list[Any]], list[list[Any]]]]:
    companies: list[list[Any]] = []
    findings: list[list[Any]] = []
    for part in parts:
        company, found = json.loads(part)
        companies.append(company)
        findings += found
        if len(findings) >= ROWS:
            yield companies, findings
            companies, findings = [], []
    if companies:
        yield companies, findings


def _schema(columns: Iterable[str]) -> Any:
    import pyarrow as pa

    def kind(name: str) -> Any:
        return (pa.float64() if name in _NUMBERS else pa.int32() if name in _COUNTS
                else pa.bool_() if name in _TRUTHS else pa.string())  # fmt: skip

    return pa.schema([(name, kind(name)) for name in columns])


def _table(rows: list[list[Any]], schema: Any) -> Any:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    return pa.Table.from_arrays(
        [pa.array(_typed(values, field.type), field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _typed(values: Iterable[Any], kind: Any) -> list[Any]:
    """Values as a column takes them: texts without what UTF-8 can't hold, numbers as such."""
    if str(kind) == "string":
        return [None if v is None else str(v).encode("utf-8", "replace").decode() for v in values]
    return [float(v) if str(kind) == "double" and v is not None else v for v in values]
