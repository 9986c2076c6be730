"""Holds the profile that is built up while reports are read."""

from dataclasses import dataclass, field
from typing import Any

from screener.importers.filing.relations import UNDISCLOSED
from screener.importers.filing.report_document import ReportDocument
from screener.text import slug


@dataclass(slots=True)
class ProfileDraft:
    """The profile as read so far, with remarks for the user."""

    document: dict[str, Any]
    remarks: list[str] = field(default_factory=list)
    events_spoken_of: set[str] = field(default_factory=set)  # kinds of events that some report may mention

    def add_claim(self, figure: str, claim: dict[str, Any]) -> None:
        """Adds a claim after the existing ones of a figure."""
        self.document["figures"].setdefault(figure, []).append(claim)

    def bound_other_customers(self, source: str, stated: dict[str, str]) -> None:
        """States that the shares of unlisted customers are below the limit of disclosure; `stated` is the evidence."""
        share = {"high": UNDISCLOSED, "source": source, **stated}
        self.document.setdefault("customers", [])
        self.document.setdefault("others", {})["customers"] = {"share_of_revenue": share}

    def open_customers(self) -> None:
        """Marks customers as unknown: some may have a share that accounts must disclose."""
        self.document.get("others", {}).pop("customers", None)
        if not self.document.get("others"):
            self.document.pop("others", None)
        if not self.document.get("customers"):
            self.document.pop("customers", None)

    def replace_bounds(self, figure: str, claim: dict[str, Any]) -> None:
        """Replaces bounds for the same time by a claim; an existing value is kept."""
        claims = self.document["figures"].get(figure, [])
        same = [c for c in claims if c.get("period", "")[-10:] == claim["period"][-10:]]
        if not any("value" in c for c in same):
            kept = [c for c in claims if c not in same]
            self.document["figures"][figure] = sorted(
                [*kept, claim], key=lambda c: str(c.get("period", ""))[-10:], reverse=True
            )


def report_key(report: ReportDocument) -> str:
    """Returns the key of a report among the sources of a profile: 10-k-2025-01-26."""
    form = (report.form or "report").lower().replace("/", "-")
    return "-".join(filter(None, (slug(form) or "report", str(report.period_end or ""))))
