"""A company as a row of the index, small enough that a run need not keep whole results; and the order of rows."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views import flag_views as flags
from screener.report.views.badges import flag_anchor, severity_rank, verdict_badge
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH, split_number
from screener.report.views.shared_exposure import company_dependencies
from screener.report.views.view_context import ViewContext
from screener.report.views.view_models import Badge, NumberText
from screener.report.wording import load_wording
from screener.result.red_flags import is_counted_red
from screener.text import Language
from screener.vocabulary import Verdict

IndexOrder = tuple[int, float, float, str, str]
VerdictCounts = Mapping[str, tuple[Badge, int]]
"""The badge and the number of occurrences of each verdict."""


class WorstFlag(NamedTuple):
    """The most severe red flag of a company that counts."""

    badge: Badge
    title: str
    href: str  # address of the flag on the page of the company
    weight: float  # sort key of flags


class IndexRow(NamedTuple):
    """One company on the index; see `index_row`."""

    id: str
    name: str
    href: str  # a file name beside the index
    verdict_word: str  # word of the verdict: avoid, caution, …
    verdict: Badge
    score: str
    score_value: float
    low: float
    high: float
    range: str
    coverage: str
    decided_share: float  # share of the rules that are decided
    reason: str
    figure: NumberText | None
    rule_states: tuple[
        tuple[str, str, str], ...
    ]  # for red and green rules: id, title, and severity if fired, else unknown or not-applicable
    dependencies: tuple[tuple[str, str, str], ...] = ()  # dependencies: key, name, relation; for a loop its members
    details: str = ""  # ticker and sector
    sector: str = ""  # id
    as_of: str = ""  # the day, as an ISO date
    pack: str = ""  # the rule packs with their versions
    worst_flag: WorstFlag | None = None
    thin_evidence: str = ""  # a note that too few rules are decided for a verdict without a pattern, or ""


def index_row(context: ViewContext, href: str) -> IndexRow:
    """Returns a result as a row of the index; `href` is the file name of its page."""
    result = context.result
    score, coverage = result.score, result.coverage
    reason = next(iter(flags.top_reasons(context, 1)), None)
    company = result.company
    details = (tidy(company.ticker, 12), context.text(company.sector_title, NAME_LENGTH))
    states = (
        (f.rule, context.text(f.title, NAME_LENGTH), f.severity if f.outcome == "fired" else f.outcome)
        for f in result.findings
        if f.flag in ("red", "green") and f.outcome != "clear"
    )
    return IndexRow(
        id=result.company.id,
        name=context.text(result.company.name, NAME_LENGTH) or result.company.id,
        href=href,
        verdict_word=result.verdict.word,
        verdict=context.verdict_badge(),
        score=numbers.headline_score(score, not result.verdict.word.withholds_score),
        score_value=score.value,
        low=score.low,
        high=score.high,
        range=numbers.score_range(score.low, score.high),
        coverage=f"{coverage.decided}/{coverage.total}",
        decided_share=coverage.decided / coverage.total if coverage.total else 0.0,
        reason=context.text(reason.title, TITLE_LENGTH) if reason else context.text(result.verdict.sentence, 120),
        figure=split_number(context.text(reason.headline, 40)) if reason and reason.headline else None,
        rule_states=tuple(sorted(states)),
        dependencies=company_dependencies(context),
        details=" · ".join(part for part in details if part),
        sector=company.sector or "",
        as_of=company.as_of or "",
        pack=packs_with_versions(result.pack.name, result.pack.version),
        worst_flag=_worst_flag(context, href),
        thin_evidence=context.wording("verdict.thin") if result.verdict.thin else "",
    )


def packs_with_versions(name: str, version: str) -> str:
    """Returns each rule pack of a rulebook with its version, from the name and version of the rulebook."""
    names, versions = name.split(" + "), version.split(" + ")
    if len(names) != len(versions):
        names, versions = [name], [version]
    return ", ".join(f"{tidy(name, 40)} {tidy(version, 20)}" for name, version in zip(names, versions, strict=True))


def _worst_flag(context: ViewContext, href: str) -> WorstFlag | None:
    """Returns the red flag of the greatest weight, by severity and then by points."""
    red = filter(is_counted_red, context.result.findings)
    worst = min(red, key=severity_rank, default=None)
    if worst is None:
        return None
    title = context.text(worst.title, TITLE_LENGTH)
    weight = worst.severity.rank + min(abs(worst.points), 99) / 100
    return WorstFlag(context.badge(worst), title, f"{href}#{flag_anchor(worst.rule)}", weight)


def index_order(row: IndexRow) -> IndexOrder:
    """Returns the sort key of a row of the index: by verdict, then by score from the highest, then by name."""
    return index_order_of(row.verdict_word, row.score_value, row.high, row.name, row.id)


def index_order_of(word: str, value: float | None, high: float, name: str, id_: str) -> IndexOrder:
    """Returns the sort key of a company without a row; without a verdict, the score is ignored."""
    verdict = Verdict(word)
    counted = 0.0 if value is None or verdict.withholds_score else value
    return verdict.rank, -counted, -high, name, id_


def worst_first(rows: Iterable[IndexRow]) -> list[IndexRow]:
    """Returns rows in the order of the index."""
    return sorted(rows, key=index_order)


def count_verdicts(rows: Iterable[IndexRow]) -> VerdictCounts:
    """Returns how many rows have each verdict."""
    found: dict[str, tuple[Badge, int]] = {}
    for row in rows:
        found[row.verdict_word] = row.verdict, found.get(row.verdict_word, (None, 0))[1] + 1
    return found


def verdict_counts(verdicts: Mapping[str, int], language: Language) -> VerdictCounts:
    """Returns counts by verdict, with badges."""
    wording = load_wording(language)
    return {word: (verdict_badge(word, wording), many) for word, many in verdicts.items()}
