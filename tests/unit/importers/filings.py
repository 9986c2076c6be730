"""Makes small companyfacts documents for tests."""

from datetime import date
from typing import Any

from screener.importers.sec.companyfacts import filed_facts
from screener.importers.sec.filer_profile import Imported, profile_document
from screener.importers.sec.tags import read_forms, read_tags
from screener.io.document import Document
from screener.rules.rulebook_loader import load_rulebook

TAGS, FORMS = read_tags(), read_forms()
CATALOGUE = load_rulebook(packs=[]).catalogue


def fact(tag: str, value: float, period: str, filed: str, form: str = "10-K", unit: str = "USD", n: int = 1) -> Any:
    """Returns one fact: the tag, its unit, and the rest as the SEC writes it; `n` distinguishes filings of one day."""
    start, _, end = period.rpartition("/")
    entry = {
        "end": end,
        "val": value,
        "accn": f"0000000009-{filed[2:4]}-{filed[5:7]}{filed[8:]}{n:02}",
        "form": form,
        "filed": filed,
    }
    return tag if ":" in tag else f"us-gaap:{tag}", unit, {"start": start, **entry} if start else entry


def document(*facts: Any, **changed: Any) -> Document:
    found: dict[str, Any] = {}
    for tag, unit, entry in facts:
        taxonomy, _, name = tag.partition(":")
        found.setdefault(taxonomy, {}).setdefault(name, {"units": {}})["units"].setdefault(unit, []).append(entry)
    return Document("facts.json", "", {"cik": 9, "entityName": "Acme Inc.", "facts": found, **changed})


def imported(*facts: Any, as_of: str | None = None, **options: Any) -> Imported:
    day = date.fromisoformat(as_of) if as_of else None
    company = filed_facts(document(*facts), TAGS.wanted(), FORMS, day)
    return profile_document(company, TAGS, CATALOGUE, as_of=day, **options)


def claims(made: Imported, figure: str) -> list[tuple[Any, str, str]]:
    """Returns the value (or bounds), period and note of each claim of a figure."""
    return [
        (c.get("value", (c.get("low"), c.get("high"))), c["period"], c["note"])
        for c in made.document["figures"].get(figure, ())
    ]
