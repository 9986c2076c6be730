"""The index page as named tuples, from the rows of its companies."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts.bars import ScorePosition, score_bar
from screener.report.charts.shapes import Caption, Chart
from screener.report.number_format import tidy
from screener.report.run_reports import RunReports
from screener.report.views.badges import flag_anchor
from screener.report.views.index_row import IndexRow, VerdictCounts
from screener.report.views.movement import EarlierStanding, movement_text, points_moved
from screener.report.views.shared_exposure import IndexedCompany, SharedExposure, shared_exposure
from screener.report.views.view_models import INDEX_PAGE, Badge
from screener.report.wording import Wording
from screener.vocabulary import Flag, Verdict

_HEAT_WEIGHTS: dict[str, float] = {
    **{severity: float(weight) for weight, severity in enumerate(Flag.RED.severities, 1)},
    **{strength: weight * 1e-6 for weight, strength in enumerate(Flag.GREEN.severities, 1)},
}
ROWS_PER_PAGE = 100  # rows of a page; larger pages open slowly
MAX_HEAT_COLUMNS = 40  # greatest number of columns of the heat map
MAX_PAGE_LINKS = 40  # links to pages; with more pages only to the first, the last and those nearby


class IndexEntry(NamedTuple):
    """A row of the index with its chart, its cells of the heat map (class, letter, address of the flag) and its change."""

    row: IndexRow
    chart: Chart
    cells: tuple[tuple[str, str, str], ...]
    change: str = ""  # the change since the previous run
    change_value: float = 0.0  # sort key of changes


class IndexView(NamedTuple):
    """The index page."""

    heading: str
    meta: tuple[str, ...]
    verdicts: tuple[tuple[str, Badge], ...]  # verdicts that occur: word and badge
    entries: tuple[IndexEntry, ...]
    heat_columns: tuple[str, ...]  # titles of the columns of the heat map
    heat_omitted: str
    all_results: (
        tuple[str, str] | None
    )  # a text on the file with all companies, if the index does not have all; its address
    shared_exposure: SharedExposure | None
    failed: tuple[tuple[str, str], ...]  # file, message
    failed_note: str
    page_links: tuple[tuple[str, str | None], ...]  # word, address; None for this page
    has_changes: bool = False  # whether a previous run is known, so that entries have their change since then


class IndexPage(NamedTuple):
    """The contents of one page of the index."""

    rows: Sequence[IndexRow]  # in their order
    verdict_counts: VerdictCounts  # of the rows of all pages
    failures: Sequence[tuple[str, str]] = ()  # file and message
    more_failures: int = 0  # beyond those
    page_names: Sequence[str] = ()  # the files of all pages; empty for a single one
    number: int = 0  # of this page, from 0
    all_results: str = ""  # the file with all companies, where not all have a row
    earlier: Mapping[str, EarlierStanding] | None = None  # by id, from the previous run


def index_pages(run: RunReports) -> Iterator[tuple[str, IndexPage]]:
    """Yields the pages of the index: `index.html`, `index-2.html` …; failures are on the first. Only the rows of one
    page are in memory."""
    counts = run.collected.tally()
    companies = sum(n for _, n in counts.values())
    reported = companies if run.reported is None else run.reported
    page_count = -(-reported // ROWS_PER_PAGE) or 1
    names = [INDEX_PAGE, *(f"index-{n}.html" for n in range(2, page_count + 1))]
    rows = run.collected.rows()
    for number, name in enumerate(names):
        of_page = list(islice(rows, ROWS_PER_PAGE))
        yield (
            name,
            IndexPage(
                rows=of_page,
                verdict_counts=counts,
                failures=() if number else run.failures,
                more_failures=0 if number else run.more_failures,
                page_names=names if page_count > 1 else (),
                number=number,
                all_results=run.all_results if reported < companies else "",
                earlier=run.earlier([row.id for row in of_page]) if run.earlier is not None else None,
            ),
        )


def index_view(page: IndexPage, wording: Wording) -> IndexView:
    """Returns a page of the index as final texts."""
    rows, counts = page.rows, page.verdict_counts
    titles, fired, weights = _heat_columns(rows)
    order = sorted(weights, key=lambda rule: (weights[rule] < 1, -fired[rule], -weights[rule], titles[rule]))
    shown = order[:MAX_HEAT_COLUMNS]
    omitted = len(titles) - len(shown)
    verdicts = sorted(counts, key=Verdict)
    companies = sum(n for _, n in counts.values())
    failures = [(tidy(file, 120), tidy(message, 600)) for file, message in page.failures]
    if page.more_failures:
        failures.append(("…", wording.plural("term.more", page.more_failures)))
    all_results = (wording.plural("index.elsewhere", companies), page.all_results) if page.all_results else None
    return IndexView(
        heading=wording.plural("index.heading", companies) if companies else wording("index.none"),
        meta=(
            *(f"{wording.label('verdict', word)} {counts[word][1]:,}" for word in verdicts),
            *_coverage_of_page(rows, wording),
        ),
        verdicts=tuple((word, counts[word][0]) for word in verdicts),
        entries=tuple(_with_change(_index_entry(row, shown, wording), page.earlier, wording) for row in rows),
        heat_columns=tuple(titles[rule] for rule in shown),
        heat_omitted=wording.plural("index.heat_rest", omitted) if omitted else "",
        all_results=all_results,
        shared_exposure=shared_exposure(
            [IndexedCompany(r.id, r.name, r.href, r.verdict.css_class, r.dependencies) for r in rows], wording
        ),
        failed=tuple(failures),
        failed_note=wording.plural("index.failed_note", len(page.failures) + page.more_failures),
        page_links=tuple(
            (wording("index.page", n=f"{i + 1:,}"), None if i == page.number else page.page_names[i])
            for i in _linked_pages(page.number, len(page.page_names))
        ),
        has_changes=bool(page.earlier),
    )


def _coverage_of_page(rows: Sequence[IndexRow], wording: Wording) -> Iterator[str]:
    """Returns the days and sectors of the companies of a page, and the rule packs used."""
    days = sorted({row.as_of for row in rows if row.as_of})
    dates = [numbers.date(day, wording.language) or day for day in dict.fromkeys((*days[:1], *days[-1:]))]
    if dates:
        yield wording("as_of", date=" – ".join(dates))
    sectors = len({row.sector for row in rows if row.sector})
    if sectors:
        yield wording.plural("index.sectors", sectors)
    for pack in sorted({row.pack for row in rows if row.pack.strip()}):
        yield wording("index.packs", packs=pack)


def _linked_pages(page: int, count: int) -> list[int]:
    if count <= MAX_PAGE_LINKS:
        return list(range(count))
    around = range(max(page - MAX_PAGE_LINKS // 4, 0), min(page + MAX_PAGE_LINKS // 4 + 1, count))
    return sorted({0, *around, count - 1})


def _heat_columns(rows: Sequence[IndexRow]) -> tuple[dict[str, str], dict[str, int], dict[str, float]]:
    """Returns the titles of all rules that are not clear for every company, how often they fired, and their weights.

    Green rules have the least weight.
    """
    titles: dict[str, str] = {}
    fired: dict[str, int] = {}
    weight: dict[str, float] = {}
    for row in rows:
        for rule, title, state in row.rule_states:
            titles[rule] = title
            if state in _HEAT_WEIGHTS:
                fired[rule] = fired.get(rule, 0) + 1
                weight[rule] = weight.get(rule, 0) + _HEAT_WEIGHTS[state]
    return titles, fired, weight


def _with_change(entry: IndexEntry, earlier: Mapping[str, EarlierStanding] | None, wording: Wording) -> IndexEntry:
    """Returns the entry with the change since the previous run; a company that was not in that run is new."""
    if not earlier:
        return entry
    row, before = entry.row, earlier.get(entry.row.id)
    change = movement_text(row.verdict_word, row.score_value, before, wording) if before else wording("index.new")
    moved = points_moved(row.verdict_word, row.score_value, before)
    return entry._replace(change=change or "–", change_value=moved or 0.0)


def _index_entry(row: IndexRow, columns: Sequence[str], wording: Wording) -> IndexEntry:
    states = {rule: state for rule, _, state in row.rule_states}
    cells = []
    for rule in columns:
        state = states.get(rule, "")
        address = f"{row.href}#{flag_anchor(rule)}"
        if _HEAT_WEIGHTS.get(state, 0) >= 1:
            cells.append((state, wording.label("letter", state), address))
        elif state in _HEAT_WEIGHTS:
            cells.append(("clear", wording("letter.green"), address))
        elif state == "unknown":
            cells.append(("unknown", wording("letter.unknown"), ""))
        else:
            cells.append(("", wording("letter.none") if state else "", ""))
    caption = Caption(wording("score.chart", score=row.score, range=row.range), row.name)
    value = None if Verdict(row.verdict_word).withholds_score else row.score_value
    chart = score_bar(ScorePosition(value, row.low, row.high), row.verdict.css_class, caption)
    return IndexEntry(row, chart, tuple(cells))
