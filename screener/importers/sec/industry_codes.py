"""Which sector a Standard Industrial Classification code means: the table `rules/filings/sic.yaml`."""

from functools import cache
from typing import Any

from screener.importers.sec.tag_terms import FOLDER
from screener.io.document import read_documents


def sector_of(code: Any) -> str | None:
    """The sector of a Standard Industrial Classification code, such as "7372"; None where the table has none."""
    if not isinstance(code, str | int) or not str(code).isdecimal():
        return None
    return next((sector for first, last, sector in _rows() if first <= int(code) <= last), None)


@cache
def _rows() -> tuple[tuple[int, int, str], ...]:
    """From code, to code, sector: the lines of the table."""
    return tuple((row["from"], row["to"], row["sector"]) for row in read_documents(FOLDER / "sic.yaml")[0].data)
