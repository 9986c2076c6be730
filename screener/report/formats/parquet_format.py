"""Results as Parquet: one row per company, and one row per finding with the columns of the CSV file.

Each process converts its companies to rows, as JSON, from which the tables are made in batches at the end. This is the
only module of reports that imports pyarrow.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from screener.io.replacing import COMMENT_MARK
from screener.report.formats.output_format import OutputFormat

if TYPE_CHECKING:
    from screener.report.run_reports import ReportFolder, RunReports
    from screener.report.views.result_view import ResultView

FINDINGS = "findings.parquet"
ROW_GROUP = 20_000  # number of findings in a row group

Rows = list[list[Any]]


class ParquetFormat(OutputFormat):
    """Two tables for all companies of a run, companies.parquet and findings.parquet."""

    name, overview, shared, needs_folder = "parquet", "companies.parquet", True, True

    def render(self, view: "ResultView") -> bytes:
        """Returns a company as the rows of both tables."""
        from screener.report.formats.table_columns import company_row, finding_rows

        findings = [list(row.values()) for row in finding_rows(view.context)]
        return json.dumps([list(company_row(view.context).values()), findings]).encode()

    def write_overview(self, run: "RunReports", folder: "ReportFolder") -> None:
        """Writes both tables."""
        import pyarrow.parquet as pq

        from screener.report.formats.table_columns import COMPANY_COLUMNS, FINDING_COLUMNS

        with ExitStack() as stack:
            tables: list[tuple[Any, Any]] = []
            for name, columns in ((self.overview, COMPANY_COLUMNS), (FINDINGS, FINDING_COLUMNS)):
                schema = _schema(columns)
                file = stack.enter_context(folder.open(name))
                tables.append((stack.enter_context(pq.ParquetWriter(file, schema, compression="zstd")), schema))
            for group in _row_groups(run.collected.table_rows(self.name)):
                for (writer, schema), rows in zip(tables, group, strict=True):
                    writer.write_table(_table(rows, schema))


def _row_groups(parts: Iterable[bytes]) -> Iterator[tuple[Rows, Rows]]:
    """Yields rows of companies and of findings, in batches of companies."""
    companies: Rows = []
    findings: Rows = []
    for part in parts:
        company, found = json.loads(part)
        companies.append(company)
        findings += found
        if len(findings) >= ROW_GROUP:
            yield companies, findings
            companies, findings = [], []
    if companies:
        yield companies, findings


def _schema(columns: Mapping[str, str]) -> Any:
    import pyarrow as pa

    types = {"number": pa.float64(), "count": pa.int32(), "truth": pa.bool_(), "text": pa.string()}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()], metadata={"note": COMMENT_MARK})


def _table(rows: Rows, schema: Any) -> Any:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    arrays = [pa.array(_typed(values, field.type), field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _typed(values: Iterable[Any], kind: Any) -> list[Any]:
    """Returns values in the type of a column; characters that UTF-8 can't represent are replaced in texts."""
    if str(kind) == "string":
        return [None if v is None else str(v).encode("utf-8", "replace").decode() for v in values]
    return [float(v) if str(kind) == "double" and v is not None else v for v in values]
