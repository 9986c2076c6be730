"""Converts the facts of reports without dimensions to a companyfacts document, which has an importer of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from screener.importers.filing.inline_facts import FactContext, InlineReport, NumericFact
from screener.importers.filing.report_document import ReportDocument
from screener.text import shorten

CLASS_AXIS = "us-gaap:StatementClassOfStockAxis"
SHARES_BY_CLASS = frozenset(
    (
        "dei:EntityCommonStockSharesOutstanding",
        "us-gaap:CommonStockSharesOutstanding",
        "us-gaap:CommonStockSharesIssued",
        "us-gaap:TreasuryStockCommonShares",
    )
)
"""Counts of shares that are stated by class and added up."""
PREFERRED = "Preferred"
"""Part of the names of classes that are not common stock."""

_Key = tuple[str, str, Any, Any]


def companyfacts_of(
    reports: Iterable[tuple[ReportDocument, str]], cik: int, name: str
) -> tuple[dict[str, Any], list[str]]:
    """Returns a companyfacts document for reports, and remarks on contradictions in them.

    Each report comes with its accession number.
    """
    taxonomies: dict[str, dict[str, Any]] = {}
    remarks: list[str] = []
    for report, accession in reports:
        filed = report.filed or report.period_end
        for concept, unit, context, value in plain_values(report.inline, remarks):
            if filed is None or (context.end > filed and not concept.startswith("dei:")):
                continue
            taxonomy, _, tag = concept.partition(":")
            stated = taxonomies.setdefault(taxonomy, {}).setdefault(tag, {"units": {}})["units"].setdefault(unit, [])
            start = {"start": context.start.isoformat()} if context.start else {}
            stated.append(
                {
                    **start,
                    "end": context.end.isoformat(),
                    "val": number(value),
                    "accn": accession,
                    "form": report.form,
                    "filed": filed.isoformat(),
                }
            )
    return {"cik": cik, "entityName": name, "facts": taxonomies}, remarks


def plain_values(inline: InlineReport, remarks: list[str]) -> Iterator[tuple[str, str, FactContext, Decimal]]:
    """Yields concept, unit, context and number of each fact without dimensions, once.

    If values contradict each other, each is yielded and a remark is added. Shares that are stated by class only are added up.
    """
    groups: dict[_Key, list[NumericFact]] = defaultdict(list)
    classes: dict[_Key, dict[str, NumericFact]] = defaultdict(dict)
    for fact in inline.numbers:
        key = (fact.concept, fact.unit, fact.context.start, fact.context.end)
        if not fact.context.dimensions:
            groups[key].append(fact)
        elif _is_a_class(fact):
            classes[key][fact.context.dimensions[CLASS_AXIS]] = fact
    for key, facts in groups.items():
        value = agreed_value(facts)
        if value is None:
            amounts = " and ".join(sorted({f"{number(fact.value):,}" for fact in facts}))
            remarks.append(shorten(f"{key[0]} of {key[3]} is stated as {amounts}", 200))
            yield from ((key[0], key[1], facts[0].context, other) for other in sorted({fact.value for fact in facts}))
        else:
            yield key[0], key[1], facts[0].context, value
    for key, by_class in classes.items():
        if key not in groups:
            fact = next(iter(by_class.values()))
            yield (
                key[0],
                key[1],
                fact.context._replace(dimensions={}),
                sum(f.value for f in by_class.values()) + Decimal(0),
            )


def _is_a_class(fact: NumericFact) -> bool:
    """Whether a fact is the number of common shares of one class."""
    dimensions = fact.context.dimensions
    return (
        fact.concept in SHARES_BY_CLASS and list(dimensions) == [CLASS_AXIS] and PREFERRED not in dimensions[CLASS_AXIS]
    )


def agreed_value(facts: Iterable[NumericFact]) -> Decimal | None:
    """Returns the most exact of several values for a fact, if the others are roundings of it; otherwise None."""
    listed = sorted(facts, key=lambda fact: (_exactness(fact), fact.value), reverse=True)
    best = listed[0]
    for other in listed[1:]:
        width = Decimal(0) if other.decimals is None else Decimal(1).scaleb(-other.decimals)
        own = Decimal(0) if best.decimals is None else Decimal(1).scaleb(-best.decimals)
        if abs(other.value - best.value) > max(width, own) * Decimal("0.51"):
            return None
    return best.value


def _exactness(fact: NumericFact) -> float:
    return float("inf") if fact.decimals is None else fact.decimals


def number(value: Decimal) -> int | float:
    """Returns a decimal as the nearest JSON number."""
    return int(value) if value == value.to_integral_value() else float(value)


def merged_facts(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Merges companyfacts documents of one company."""
    taxonomies: dict[str, dict[str, Any]] = {}
    head: Mapping[str, Any] = {}
    for document in documents:
        head = head or document
        for taxonomy, tags in document["facts"].items():
            for tag, concept in tags.items():
                units = taxonomies.setdefault(taxonomy, {}).setdefault(tag, {"units": {}})["units"]
                for unit, listed in concept.get("units", {}).items():
                    units.setdefault(unit, []).extend(listed)
    return {"cik": head.get("cik"), "entityName": head.get("entityName"), "facts": taxonomies}
