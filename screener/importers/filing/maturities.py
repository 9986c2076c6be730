"""Reads debt by year of maturity, from the amounts of single notes and loans whose names state the year."""

import re
from collections.abc import Mapping
from typing import Any

from screener.importers.filing.dimension_rules import MaturityRow
from screener.importers.filing.inline_facts import NumericFact
from screener.importers.filing.relations import member_name
from screener.importers.filing.report_document import ReportDocument
from screener.importers.filing.tagged_figures import agreed_value, number

TOLERANCE = 0.02
"""Greatest relative difference of single notes from the debt on the balance sheet, which is net of discounts and costs."""
_LOCAL = re.compile(r"(?:Member)?\Z")


def maturities_of(
    report: ReportDocument, row: MaturityRow, figures: Mapping[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Returns the members of the list `maturities` if they cover all debt at the end of the period; otherwise an empty list.

    They cover all debt if each amount has a year and their sum is total debt (`figures`: the claims of the profile).
    """
    end = report.period_end
    debt = None if end is None else _debt_at(str(end), figures)
    if end is None or not debt:
        return []
    by_member: dict[str, list[NumericFact]] = {}
    for fact in report.inline.numbers:
        names = [_LOCAL.sub("", m.rpartition(":")[2]) for a, m in fact.context.dimensions.items() if a in row.axes]
        of_row = fact.concept in row.concepts and {*row.axes, *row.allowed}.issuperset(fact.context.dimensions)
        if of_row and len(names) == 1 and fact.context.start is None and abs((fact.context.end - end).days) <= 7:
            by_member.setdefault(names[0], []).append(fact)
    found, total = [], 0.0
    for member, facts in by_member.items():
        same = [fact for fact in facts if fact.concept == facts[0].concept]
        value = agreed_value(same)
        if value is None:
            return []
        if value <= 0:
            continue
        year = next((m["year"] for pattern in row.due if (m := re.search(pattern, member))), None)
        if year is None or int(year) < end.year:
            return []
        total += float(value)
        note = f"{facts[0].concept} of {member}"
        amount = {"value": number(value), "period": f"{facts[0].context.end}", "note": note}
        found.append({"what": member_name(member), "amount": amount, "due": year})
    return sorted(found, key=lambda m: (m["due"], m["what"])) if abs(total - debt) <= TOLERANCE * debt else []


def _debt_at(end: str, figures: Mapping[str, list[dict[str, Any]]]) -> float | None:
    """Returns total debt on a day from the claims; None if there is none, or only bounds."""

    def value(figure: str) -> float | None:
        claims = [c for c in figures.get(figure, ()) if c.get("period") == end]
        return claims[0].get("value") if len(claims) == 1 else None

    total, long, short = (value(figure) for figure in ("total_debt", "long_term_debt", "short_term_debt"))
    if total is not None:
        return total
    return None if long is None or short is None else long + short
