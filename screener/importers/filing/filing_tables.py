"""Reads the tables of `rules/filings` that reports need."""

from typing import NamedTuple

from screener.importers.filing.dimension_rules import DimensionTable, read_dimension_table
from screener.importers.filing.sentence_rules import SentenceTable, read_sentence_table
from screener.importers.filing.statement_rules import StatementTable, read_statement_table
from screener.importers.sec.tags import Forms, Tags, read_forms, read_tags


class FilingTables(NamedTuple):
    """The tables that are needed to read reports."""

    tags: Tags
    forms: Forms
    sentences: SentenceTable
    dimensions: DimensionTable
    statements: StatementTable


def read_filing_tables() -> FilingTables:
    """Reads all tables of `rules/filings`. Raises DocumentError."""
    return FilingTables(
        read_tags(), read_forms(), read_sentence_table(), read_dimension_table(), read_statement_table()
    )
