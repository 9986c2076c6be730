"""The profile that grows while reports are read."""

from dataclasses import dataclass, field
from typing import Any

from screener.importers.filing.relations import UNDISCLOSED
from screener.importers.filing.report_document import ReportDocument
from screener.text import slug


@dataclass(slots=True)
class ProfileDraft:
    """The profile as far as it was read, with remarks for whoever imports it."""

    document: dict[str, Any]
    remarks: list[str] = field(default_factory=list)
    events_spoken_of: set[str] = field(default_factory=set)  # kinds of events of which a report may speak

    def add_claim(self, figure: str, claim: dict[str, Any]) -> None:
        """Adds a claim after those that a figure has."""
        self.document["figures"].setdefault(figure, []).append(claim)

    def bound_other_customers(self, source: str, stated: dict[str, str]) -> None:
        """That no customer that is not listed has a share of revenue which accounts must disclose; `stated`: where."""
        share = {"high": UNDISCLOSED, "source": source, **stated}
        self.document.setdefault("customers", [])
        self.document.setdefault("others", {})["customers"] = {"share_of_revenue": share}

    def open_customers(self) -> None:
        """That customers are not known: some may have a share that accounts must disclose."""
        self.document.get("others", {}).pop("customers", None)
        if not self.document.get("others"):
            self.document.pop("others", None)
        if not self.document.get("customers"):
            self.document.pop("customers", None)

    def replace_bounds(self, figure: str, claim: dict[str, Any]) -> None:
        """Adds a claim in place of bounds for the same time; a value that is stated stays as it is."""
        claims = self.document["figures"].get(figure, [])
        same = [c for c in claims if c.get("period", "")[-10:] == claim["period"][-10:]]
        if not any("value" in c for c in same):
            kept = [c for c in claims if c not in same]
            self.document["figures"][figure] = sorted(
                [*kept, claim], key=lambda c: str(c.get("period", ""))[-10:], reverse=True
            )


def report_key(report: ReportDocument) -> str:
    """What a profile calls a report: 10-k-2025-01-26."""
    form = (report.form or "report").lower().replace("/", "-")
    return "-".join(filter(None, (slug(form) or "report", str(report.period_end or ""))))
