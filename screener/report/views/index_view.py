"""The index page as named tuples: one row a company, small enough that results need not be held."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import flag_views as flags
from screener.report.views.company_view import CompanyView, company_view
from screener.report.views.shared_exposure import IndexedCompany, SharedExposure, company_dependencies, shared_exposure
from screener.report.views.view_context import NAME_LENGTH, TITLE_LENGTH, ViewContext, split_number, verdict_badge
from screener.report.views.view_models import Badge, NumberText
from screener.report.wording import Wording, load_wording
from screener.result.model import ResultDocument
from screener.text import Language
from screener.vocabulary import Flag, Verdict

__all__ = [
    "CompanyView",
    "IndexEntry",
    "IndexOrder",
    "IndexRow",
    "IndexView",
    "VerdictCounts",
    "company_view",
    "count_verdicts",
    "index_order",
    "index_order_of",
    "index_row",
    "index_view",
    "verdict_counts",
    "worst_first",
]  # fmt: skip

_HEAT_WEIGHTS: dict[str, float] = {
    **{severity: float(weight) for weight, severity in enumerate(Flag.RED.severities, 1)},
    **{strength: weight * 1e-6 for weight, strength in enumerate(Flag.GREEN.severities, 1)},
}
MAX_HEAT_COLUMNS = 40  # of the heat map
MAX_PAGE_LINKS = 40  # to pages; of more, the first, the last and those near by

IndexOrder = tuple[int, float, float, str, str]
VerdictCounts = Mapping[str, tuple[Badge, int]]
"""Of each verdict that occurs its pill and how often it does."""


class IndexRow(NamedTuple):
    """One company on the index: small, so that results need not be held. Made by `row_of`."""

    id: str
    name: str
    href: str  # a file name beside the index
    verdict_word: str  # of the verdict: avoid, caution, …
    verdict: Badge
    score: str
    score_value: float
    low: float
    high: float
    range: str
    coverage: str
    decided_share: float  # of the rules that are decided
    reason: str
    figure: NumberText | None
    rule_states: tuple[
        tuple[str, str, str], ...
    ]  # of red and green rules: id, title, severity if fired, else unknown or not-applicable
    dependencies: tuple[tuple[str, str, str], ...] = ()  # what it depends on: key, name, as what; of a loop the members


class IndexEntry(NamedTuple):
    """A row of the index with its drawing and its cells of the heat map (class, letter)."""

    row: IndexRow
    chart: Chart
    cells: tuple[tuple[str, str], ...]


class IndexView(NamedTuple):
    """The index page."""

    heading: str
    meta: tuple[str, ...]
    verdicts: tuple[tuple[str, Badge], ...]  # those that occur: word and pill
    entries: tuple[IndexEntry, ...]
    heat_columns: tuple[str, ...]  # of the heat map
    heat_omitted: str
    all_results: tuple[str, str] | None  # where all companies are, those too that are not on the index; its address
    shared_exposure: SharedExposure | None
    failed: tuple[tuple[str, str], ...]  # file, message
    failed_note: str
    page_links: tuple[tuple[str, str | None], ...]  # word, address; None for this page


def index_row(result: ResultDocument, language: Language, href: str) -> IndexRow:
    """A result as a row of the index. `href` is the file name of its page."""
    c = ViewContext(result, load_wording(language))
    s, k = result.score, result.coverage
    first = next(iter(flags.top_reasons(c, 1)), None)
    cells = tuple(
        (f.rule, c.text(f.title, NAME_LENGTH), f.severity if f.outcome == "fired" else f.outcome)
        for f in result.findings
        if f.flag in ("red", "green") and f.outcome != "clear"
    )
    return IndexRow(
        id=result.company.id,
        name=c.text(result.company.name, NAME_LENGTH) or result.company.id,
        href=href,
        verdict_word=result.verdict.word,
        verdict=c.verdict_badge(),
        score=numbers.headline_score(s, result.verdict.word != "insufficient-data"),
        score_value=s.value,
        low=s.low,
        high=s.high,
        range=numbers.score_range(s.low, s.high),
        coverage=f"{k.decided}/{k.total}",
        decided_share=k.decided / k.total if k.total else 0.0,
        reason=c.text(first.title, TITLE_LENGTH) if first else c.text(result.verdict.sentence, 120),
        figure=split_number(c.text(first.headline, 40)) if first and first.headline else None,
        rule_states=tuple(sorted(cells)),
        dependencies=company_dependencies(c),
    )


def index_order(row: IndexRow) -> IndexOrder:
    """Where a row stands on the index: by verdict, then by score from the highest, then by name."""
    return index_order_of(row.verdict_word, row.score_value, row.high, row.name, row.id)


def index_order_of(word: str, value: float, high: float, name: str, id_: str) -> IndexOrder:
    """The same of a company of which there is no row."""
    return Verdict(word).rank, -value, -high, name, id_


def worst_first(rows: Iterable[IndexRow]) -> list[IndexRow]:
    """Rows in the order of the index."""
    return sorted(rows, key=index_order)


def count_verdicts(rows: Iterable[IndexRow]) -> VerdictCounts:
    """How many rows have each verdict."""
    found: dict[str, tuple[Badge, int]] = {}
    for row in rows:
        found[row.verdict_word] = row.verdict, found.get(row.verdict_word, (None, 0))[1] + 1
    return found


def verdict_counts(verdicts: Mapping[str, int], language: Language) -> VerdictCounts:
    """A tally from counts by verdict."""
    wording = load_wording(language)
    return {word: (verdict_badge(word, wording), many) for word, many in verdicts.items()}


def index_view(
    rows: Sequence[IndexRow],
    wording: Wording,
    failed: Sequence[tuple[str, str]] = (),
    pages: Sequence[str] = (),
    page: int = 0,
    tally: "VerdictCounts | None" = None,
    unlisted: int = 0,
    elsewhere: str = "",
) -> IndexView:
    """The index of the rows of one page, in their order.

    `failed` are file names and messages, `unlisted` how many more there are, `pages` the file names of all pages, `page` the number
    of this one from 0, `tally` counts the rows of all pages, where these are not all; `elsewhere` is the file that has those, too,
    that no page lists.
    """
    titles, weight = _heat_columns(rows)
    kept = sorted(weight, key=lambda r: (-weight[r], titles[r]))[:MAX_HEAT_COLUMNS]
    rest = len(titles) - len(kept)
    tally = count_verdicts(rows) if tally is None else tally
    words_of = sorted(tally, key=Verdict)
    count = sum(n for _, n in tally.values())
    meta = [f"{wording.label('verdict', w)} {tally[w][1]:,}" for w in words_of]
    shown = [(tidy(f, 120), tidy(m, 600)) for f, m in failed]
    if unlisted:
        shown.append(("…", wording.plural("term.more", unlisted)))
    return IndexView(
        heading=wording.plural("index.heading", count) if count else wording("index.none"),
        meta=tuple(meta),
        verdicts=tuple((w, tally[w][0]) for w in words_of),
        entries=tuple(_index_entry(r, kept, wording) for r in rows),
        heat_columns=tuple(titles[r] for r in kept),
        heat_omitted=wording.plural("index.heat_rest", rest) if rest else "",
        all_results=(wording.plural("index.elsewhere", count), elsewhere) if elsewhere else None,
        shared_exposure=shared_exposure(
            [IndexedCompany(r.id, r.name, r.href, r.verdict.css_class, r.dependencies) for r in rows], wording
        ),
        failed=tuple(shown),
        failed_note=wording.plural("index.failed_note", len(failed) + unlisted),
        page_links=tuple(
            (wording("index.page", n=f"{i + 1:,}"), None if i == page else pages[i])
            for i in _linked_pages(page, len(pages))
        ),
    )


def _linked_pages(page: int, count: int) -> list[int]:
    """The pages that a page links to."""
    if count <= MAX_PAGE_LINKS:
        return list(range(count))
    around = range(max(page - MAX_PAGE_LINKS // 4, 0), min(page + MAX_PAGE_LINKS // 4 + 1, count))
    return sorted({0, *around, count - 1})


def _heat_columns(rows: Sequence[IndexRow]) -> tuple[dict[str, str], dict[str, float]]:
    """Titles of all rules that are not clear everywhere, and the weight of those that fired somewhere; green ones weigh least."""
    titles: dict[str, str] = {}
    weight: dict[str, float] = {}
    for row in rows:
        for rule, title, state in row.rule_states:
            titles[rule] = title
            if state in _HEAT_WEIGHTS:
                weight[rule] = weight.get(rule, 0) + _HEAT_WEIGHTS[state]
    return titles, weight


def _index_entry(row: IndexRow, columns: Sequence[str], wording: Wording) -> IndexEntry:
    states = {rule: state for rule, _, state in row.rule_states}
    cells = []
    for rule in columns:
        state = states.get(rule, "")
        if _HEAT_WEIGHTS.get(state, 0) >= 1:
            cells.append((state, wording.label("letter", state)))
        elif state in _HEAT_WEIGHTS:
            cells.append(("clear", wording("letter.green")))
        elif state == "unknown":
            cells.append(("hatch", wording("letter.unknown")))
        else:
            cells.append(("", wording("letter.none") if state else ""))
    title = wording("score.chart", score=row.score, range=row.range)
    value = row.score_value if row.verdict_word != "insufficient-data" else None
    chart = bars.score_bar((value, row.low, row.high), row.verdict.css_class, title, row.name)
    return IndexEntry(row, chart, tuple(cells))
