"""`screener import`: makes profiles from filings and tables."""

from collections.abc import Mapping

import click

from screener.cli.lazy_group import LazyGroup

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "filing": (
        "import_group.import_filing",
        "filing",
        "From reports of one company (10-K, 10-Q, 20-F …) in inline XBRL, HTML or text, offline.",
    ),
    "sec": (
        "import_group.import_sec",
        "sec",
        "From the SEC's companyfacts or data sets, as files or by number or ticker.",
    ),
    "table": (
        "import_group.import_table",
        "table",
        "From a table of companies: CSV, Excel, OpenDocument, Parquet or ARFF.",
    ),
}


@click.group("import", cls=LazyGroup, lazy=COMMANDS)
def imports() -> None:
    """Make profiles from filings and tables.

    \b
    Examples:
      screener import filing 10-k.htm --sector semiconductors -o nvidia.json
      screener import sec CIK0001045810.json --as-of 2026-02-06 -o nvidia.json
      screener import table universe.csv --guess > columns.yaml
      screener import table universe.csv --map columns.yaml -o universe/
    """
