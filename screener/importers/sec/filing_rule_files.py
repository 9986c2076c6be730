"""Reads the files of `rules/filings`: tables on what filings state, each checked against its model."""

from typing import TypeVar

from screener.errors import DocumentError, Problem
from screener.io import package_data as data
from screener.io.document import Document, read_documents
from screener.profile.strict_model import Strict, validate

T = TypeVar("T", bound=Strict)


def filing_document(name: str) -> Document:
    """Returns the document in a file of this name. Raises DocumentError."""
    return read_documents(data.RULES_FOLDER / "filings" / name)[0]


def read_filing_table(model: type[T], name: str) -> T:
    """Returns the table in a file of this name. Raises DocumentError with all problems."""
    document, problems = filing_document(name), list[Problem]()
    found = validate(model, document.data, document, [], problems)
    if found is None:
        raise DocumentError(problems)
    return found
