"""The filers of the SEC's data sets in batches: each is a profile whose claims must be reconciled."""

from collections.abc import Container, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from screener.engine.columns.company_columns import CompanyColumns
from screener.importers.dataset.dataset_profiles import DatasetImport
from screener.io.document import Document
from screener.market.parquet_batch import RowBatch
from screener.profile.loader import read_profile
from screener.screening import Screener

FILERS = 64
"""Number of filers in a batch; the progress bar moves after each batch."""


class DatasetBatches:
    """The filers of data sets whose facts are staged, in batches."""

    takes_lists = False
    notes: tuple[str, ...] = ()

    def __init__(
        self, screener: Screener, source: DatasetImport, documents: Iterator[dict[str, Any]], path: str
    ) -> None:
        self.path, self.rows = path, source.filers
        self.documents, self.catalogue = documents, screener.rulebook.catalogue

    def only(self, names: Container[str]) -> "DatasetBatches":
        """Returns the same filers: data sets are not read by columns."""
        return self

    def batches(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Yields the number of the first filer, and the profiles as documents; at least one batch."""
        first = 1
        while (documents := list(islice(self.documents, FILERS))) or first == 1:
            yield first, documents
            first += max(len(documents), 1)

    def read(self, raw: tuple[int, list[dict[str, Any]]]) -> RowBatch:
        """Returns the profiles of a batch."""
        first, documents = raw
        profiles = [read_profile(Document(f"{d['id']}.json", "", d), self.catalogue) for d in documents]
        ids, sectors = [d["id"] for d in documents], [d.get("sector") for d in documents]
        universe = CompanyColumns.of(ids, sectors, {}, self.catalogue)
        names = pa.array([d["name"] for d in documents], pa.string())
        return RowBatch(universe, names, np.arange(first, first + len(documents)), profiles=dict(enumerate(profiles)))
