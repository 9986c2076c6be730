"""The index page as named tuples: one row a company, small enough that results need not be held."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screener.report import number_format as numbers
from screener.report.charts import bars
from screener.report.charts.shapes import Chart
from screener.report.number_format import tidy
from screener.report.views import flags
from screener.report.views.company_view import CompanyView, company_view
from screener.report.views.parts import Mark, NumberText
from screener.report.views.shared_exposure import Exposure, Tied, exposure, ties
from screener.report.views.view_context import NAME, TITLE, Context, set_off, verdict_mark
from screener.report.wording import Words, words
from screener.result.model import ResultDocument
from screener.text import Language

__all__ = [
    "CompanyView",
    "IndexLine",
    "IndexPlace",
    "IndexView",
    "Row",
    "Tally",
    "company_view",
    "index_view",
    "place",
    "placed",
    "row_of",
    "tally_by",
    "tally_of",
    "worst_first",
]  # fmt: skip

_WORST = {"avoid": 0, "caution": 1, "insufficient-data": 2, "clear": 3, "watch": 4}
_SEVERITY = {"critical": 4, "high": 3, "medium": 2, "low": 1, "strong": 3e-6, "moderate": 2e-6, "weak": 1e-6}
MOST_COLUMNS = 40  # of the heat map
MOST_LINKS = 40  # to pages; of more, the first, the last and those near by

IndexPlace = tuple[int, float, float, str, str]
Tally = Mapping[str, tuple[Mark, int]]
"""Of each verdict that occurs its pill and how often it does."""


class Row(NamedTuple):
    """One company on the index: small, so that results need not be held. Made by `row_of`."""

    id: str
    name: str
    href: str  # a file name beside the index
    word: str  # of the verdict: avoid, caution, …
    verdict: Mark
    score: str
    value: float
    low: float
    high: float
    range: str
    coverage: str
    share: float  # of the rules that are decided
    reason: str
    figure: NumberText | None
    cells: tuple[
        tuple[str, str, str], ...
    ]  # of red and green rules: id, title, severity if fired, else unknown or not-applicable
    ties: tuple[tuple[str, str, str], ...] = ()  # what it depends on: key, name, as what; of a loop the members


class IndexLine(NamedTuple):
    """A row of the index with its drawing and its cells of the heat map (class, letter)."""

    row: Row
    chart: Chart
    cells: tuple[tuple[str, str], ...]


class IndexView(NamedTuple):
    """The index page."""

    heading: str
    meta: tuple[str, ...]
    verdicts: tuple[tuple[str, Mark], ...]  # those that occur: word and pill
    lines: tuple[IndexLine, ...]
    columns: tuple[str, ...]  # of the heat map
    heat_rest: str
    elsewhere: tuple[str, str] | None  # where all companies are, those too that are not on the index; its address
    exposure: Exposure | None
    failed: tuple[tuple[str, str], ...]  # file, message
    failed_note: str
    pages: tuple[tuple[str, str | None], ...]  # word, address; None for this page


def row_of(result: ResultDocument, language: Language, href: str) -> Row:
    """A result as a row of the index. `href` is the file name of its page."""
    c = Context(result, words(language))
    s, k = result.score, result.coverage
    first = next(iter(flags.top_reasons(c, 1)), None)
    cells = tuple(
        (f.rule, c.text(f.title, NAME), f.severity if f.outcome == "fired" else f.outcome)
        for f in result.findings
        if f.flag in ("red", "green") and f.outcome != "clear"
    )
    return Row(
        id=result.company.id,
        name=c.text(result.company.name, NAME) or result.company.id,
        href=href,
        word=result.verdict.word,
        verdict=c.verdict_mark(),
        score=numbers.headline_score(s, result.verdict.word != "insufficient-data"),
        value=s.value,
        low=s.low,
        high=s.high,
        range=numbers.score_range(s.low, s.high),
        coverage=f"{k.decided}/{k.total}",
        share=k.decided / k.total if k.total else 0.0,
        reason=c.text(first.title, TITLE) if first else c.text(result.verdict.sentence, 120),
        figure=set_off(c.text(first.headline, 40)) if first and first.headline else None,
        cells=tuple(sorted(cells)),
        ties=ties(c),
    )


def place(row: Row) -> IndexPlace:
    """Where a row stands on the index: by verdict, then by score from the highest, then by name."""
    return placed(row.word, row.value, row.high, row.name, row.id)


def placed(word: str, value: float, high: float, name: str, id_: str) -> IndexPlace:
    """The same of a company of which there is no row."""
    return _WORST.get(word, 5), -value, -high, name, id_


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of the index."""
    return sorted(rows, key=place)


def tally_of(rows: Iterable[Row]) -> Tally:
    """How many rows have each verdict."""
    found: dict[str, tuple[Mark, int]] = {}
    for row in rows:
        found[row.word] = row.verdict, found.get(row.word, (None, 0))[1] + 1
    return found


def tally_by(verdicts: Mapping[str, int], language: Language) -> Tally:
    """A tally from counts by verdict."""
    said = words(language)
    return {word: (verdict_mark(word, said), many) for word, many in verdicts.items()}


def index_view(
    rows: Sequence[Row],
    said: Words,
    failed: Sequence[tuple[str, str]] = (),
    pages: Sequence[str] = (),
    page: int = 0,
    tally: "Tally | None" = None,
    unlisted: int = 0,
    elsewhere: str = "",
) -> IndexView:
    """The index of the rows of one page, in their order.

    `failed` are file names and messages, `unlisted` how many more there are, `pages` the file names of all pages, `page` the number
    of this one from 0, `tally` counts the rows of all pages, where these are not all; `elsewhere` is the file that has those, too,
    that no page lists.
    """
    titles, weight = _heat(rows)
    kept = sorted(weight, key=lambda r: (-weight[r], titles[r]))[:MOST_COLUMNS]
    rest = len(titles) - len(kept)
    tally = tally_of(rows) if tally is None else tally
    words_of = sorted(tally, key=lambda w: _WORST.get(w, 5))
    count = sum(n for _, n in tally.values())
    meta = [f"{said.of('verdict', w)} {tally[w][1]:,}" for w in words_of]
    shown = [(tidy(f, 120), tidy(m, 600)) for f, m in failed]
    if unlisted:
        shown.append(("…", said.count("term.more", unlisted)))
    return IndexView(
        heading=said.count("index.heading", count) if count else said("index.none"),
        meta=tuple(meta),
        verdicts=tuple((w, tally[w][0]) for w in words_of),
        lines=tuple(_line(r, kept, said) for r in rows),
        columns=tuple(titles[r] for r in kept),
        heat_rest=said.count("index.heat_rest", rest) if rest else "",
        elsewhere=(said.count("index.elsewhere", count), elsewhere) if elsewhere else None,
        exposure=exposure([Tied(r.id, r.name, r.href, r.verdict.look, r.ties) for r in rows], said),
        failed=tuple(shown),
        failed_note=said.count("index.failed_note", len(failed) + unlisted),
        pages=tuple(
            (said("index.page", n=f"{i + 1:,}"), None if i == page else pages[i]) for i in _near(page, len(pages))
        ),
    )


def _near(page: int, count: int) -> list[int]:
    """The pages that a page links to."""
    if count <= MOST_LINKS:
        return list(range(count))
    around = range(max(page - MOST_LINKS // 4, 0), min(page + MOST_LINKS // 4 + 1, count))
    return sorted({0, *around, count - 1})


def _heat(rows: Sequence[Row]) -> tuple[dict[str, str], dict[str, float]]:
    """Titles of all rules that are not clear everywhere, and the weight of those that fired somewhere; green ones weigh least."""
    titles: dict[str, str] = {}
    weight: dict[str, float] = {}
    for row in rows:
        for rule, title, state in row.cells:
            titles[rule] = title
            if state in _SEVERITY:
                weight[rule] = weight.get(rule, 0) + _SEVERITY[state]
    return titles, weight


def _line(row: Row, columns: Sequence[str], said: Words) -> IndexLine:
    states = {rule: state for rule, _, state in row.cells}
    cells = []
    for rule in columns:
        state = states.get(rule, "")
        if _SEVERITY.get(state, 0) >= 1:
            cells.append((state, said.of("letter", state)))
        elif state in _SEVERITY:
            cells.append(("clear", said("letter.green")))
        elif state == "unknown":
            cells.append(("hatch", said("letter.unknown")))
        else:
            cells.append(("", said("letter.none") if state else ""))
    title = said("score.chart", score=row.score, range=row.range)
    value = row.value if row.word != "insufficient-data" else None
    chart = bars.mini((value, row.low, row.high), row.verdict.look, title, row.name)
    return IndexLine(row, chart, tuple(cells))
