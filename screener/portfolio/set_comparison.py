"""Compares two sets of results company by company: companies that are new or missing, and changed verdicts and flags
with the causes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from screener.portfolio.holdings import Holdings
from screener.portfolio.movements import Movement, MovementsSince, movements_between
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.portfolio_page import PortfolioTables
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import result_badge
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.table_page import ReportTable, TableCell, TablePage, translated_table
from screener.report.wording import Wording
from screener.result.model import ResultDocument, plain

SCHEMA = "comparison-of-sets"


class SetComparison(NamedTuple):
    """The differences between two sets of results, each with at most one result of a company, by its id."""

    before: tuple[ResultDocument, ...]
    after: tuple[ResultDocument, ...]
    movements: tuple[Movement, ...]  # movements of companies in both sets, those that became worse first

    @property
    def came(self) -> tuple[ResultDocument, ...]:
        """Returns the companies of the later set that the earlier one does not have."""
        known = {result.company.id for result in self.before}
        return tuple(result for result in self.after if result.company.id not in known)

    @property
    def went(self) -> tuple[ResultDocument, ...]:
        """Returns the companies of the earlier set that the later one does not have."""
        known = {result.company.id for result in self.after}
        return tuple(result for result in self.before if result.company.id not in known)

    @property
    def is_changed(self) -> bool:
        """Returns whether a company is new, missing, or has a changed result."""
        return bool(self.movements or self.came or self.went)

    @property
    def is_worse(self) -> bool:
        """Returns whether a verdict is worse, or a red flag is new."""
        return any(movement.is_worse for movement in self.movements)


def compare_sets(before: Sequence[ResultDocument], after: Sequence[ResultDocument], since: str) -> SetComparison:
    """Returns the comparison of two sets of results; `since` names the earlier one."""
    return SetComparison(tuple(before), tuple(after), movements_between(before, after, since).movements)


def set_comparison_page(found: SetComparison, wording: Wording) -> TablePage:
    """Returns the comparison as sentences and tables."""
    exposures = Holdings({result.company.id: 1.0 for result in found.after})
    tables = PortfolioTables(build_portfolio(found.after, exposures), wording)
    moved: tuple[ReportTable, ...] = ()
    if found.movements:
        first, *others = tables.digest(MovementsSince(found.movements, ())).tables
        moved = (first._replace(title=wording("compare.moved")), *others)
    verdicts = [movement.verdicts for movement in found.movements]
    counts = (
        ("compare.sets_came", len(found.came)),
        ("compare.sets_went", len(found.went)),
        ("compare.sets_worse", sum(after < before for before, after in verdicts)),
        ("compare.sets_better", sum(after > before for before, after in verdicts)),
    )
    parts = [wording.plural(key, n) for key, n in counts if n] or [wording("compare.sets_same")]
    sizes = wording("compare.sets_sizes", before=f"{len(found.before):,}", after=f"{len(found.after):,}")
    lines = (f"{sizes} {wording.enumerate(parts)}.",)
    listed = [_company_table(found.came, "compare.came", wording), _company_table(found.went, "compare.went", wording)]
    return TablePage(
        label=wording("compare.report"),
        heading=wording("compare.sets_title"),
        lines=lines,
        tables=tuple(table for table in (*moved, *listed) if table.rows),
    )


def _company_table(results: Sequence[ResultDocument], title: str, wording: Wording) -> ReportTable:
    heads = ("company", "verdict.label", "score.label", "score.range")
    rows = []
    for result in results:
        badge, score = result_badge(result, wording), result.score
        value = "–" if result.verdict.word.withholds_score else numbers.score(score.value, score)
        rows.append(
            (
                tidy(result.company.name.get(wording.language), NAME_LENGTH),
                TableCell(badge.label, badge.css_class),
                value,
                numbers.score_range(score.low, score.high),
            )
        )
    return translated_table(wording, title, heads, (False, False, True, True), rows)


def to_dict(found: SetComparison) -> dict[str, Any]:
    """Returns the comparison as data for JSON."""

    def standing(result: ResultDocument) -> dict[str, Any]:
        score = None if result.verdict.word.withholds_score else round(result.score.value, 4)
        return {
            "company": result.company.id,
            "name": plain(result.company.name),
            "verdict": result.verdict.word,
            "score": score,
            "low": result.score.low,
            "high": result.score.high,
        }

    return {
        "before": len(found.before),
        "after": len(found.after),
        "came": [standing(result) for result in found.came],
        "went": [standing(result) for result in found.went],
        "moved": [plain(movement) for movement in found.movements],
    }
