"""Which sector a Standard Industrial Classification code means: the table `rules/filings/sic.yaml`."""

from typing import Any

from screener.importers.sec.tag_terms import FOLDER
from screener.io.document import read_documents


def sector_of(code: Any) -> str | None:
    """The sector of a Standard Industrial Classification code, such as "7372"; None where the table has none."""
    if not isinstance(code, str | int) or not str(code).isdecimal():
        return None
    rows = read_documents(FOLDER / "sic.yaml")[0].data
    return next((row["sector"] for row in rows if row["from"] <= int(code) <= row["to"]), None)
