"""The page of a market: verdicts, spread of the scores, sectors, the worst companies, the rules that fired most often.

Its size does not depend on the number of companies; the table beside it lists all of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from screener.report import number_format as numbers
from screener.report.charts.score_spread import BINS, score_spread
from screener.report.charts.shapes import Caption
from screener.report.number_format import tidy
from screener.report.views.badges import flag_badge, verdict_badge
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.index_row import index_order_of, packs_with_versions
from screener.report.views.table_page import Cell, ReportTable, TableCell, TablePage, badge_cell, translated_table
from screener.report.wording import Wording
from screener.rules.rule import Rule
from screener.rules.rulebook import Rulebook
from screener.vocabulary import Verdict

if TYPE_CHECKING:
    from screener.market.market_run import MarketSummary

MOST_COMPANIES, MOST_SECTORS, MOST_RULES = 100, 20, 20  # number listed on the page


class ListedCompany(NamedTuple):
    """The fields of a row of results that the page shows."""

    id: str
    name: str
    sector: str | None
    verdict: str
    score: float | None
    low: float
    high: float
    decided: int
    total: int
    red: tuple[str, ...]  # rules

    @property
    def order(self) -> tuple[int, float, float, str, str]:
        """Returns the sort key: the worst company first, as on the index of a run."""
        return index_order_of(self.verdict, self.score, self.high, self.name, self.id)


class MarketDigest:
    """The content of the page, accumulated from batches of the table of results (COMPANY_SCHEMA)."""

    def __init__(self) -> None:
        self.worst: list[ListedCompany] = []
        self.score_counts = [0] * BINS
        self.verdicts_of_sector: Counter[tuple[str | None, str]] = Counter()

    def add(self, companies: pa.Table) -> None:
        """Adds a batch of results."""
        words = companies["verdict"].to_pylist()
        self.verdicts_of_sector.update(zip(companies["sector"].to_pylist(), words, strict=True))
        scores = np.array(companies["score"].to_numpy(zero_copy_only=False), np.float64)
        known = scores[~np.isnan(scores)]
        bins = np.minimum((known * BINS / 100).astype(np.int64), BINS - 1)
        for n, count in enumerate(np.bincount(bins, minlength=BINS)):
            self.score_counts[n] += int(count)
        ranks = np.array([Verdict(word).rank for word in words], np.int64)
        high = np.array(companies["score_high"].to_numpy(zero_copy_only=False), np.float64)
        first = np.lexsort((-high, -np.nan_to_num(scores), ranks))[:MOST_COMPANIES]
        found = map(_listed, companies.take(pa.array(first)).to_pylist())
        self.worst = sorted(chain(self.worst, found), key=lambda c: c.order)[:MOST_COMPANIES]


def _listed(row: Mapping[str, Any]) -> ListedCompany:
    return ListedCompany(
        id=row["company"],
        name=row["name"] or row["company"],
        sector=row["sector"],
        verdict=row["verdict"],
        score=row["score"],
        low=row["score_low"],
        high=row["score_high"],
        decided=row["decided"],
        total=row["total"],
        red=tuple((row["red"] or "").split()),
    )


class MarketTables:
    """Makes the page of a market as sentences, a drawing and tables."""

    def __init__(self, digest: MarketDigest, summary: "MarketSummary", book: Rulebook, wording: Wording) -> None:
        self.digest, self.summary, self.book, self.wording = digest, summary, book, wording

    def page(self, files: Sequence[str]) -> TablePage:
        """Returns the page; `files` are the names of the tables beside it, that of all companies first."""
        t, companies = self.wording, self.summary.companies
        scored = sum(self.digest.score_counts)
        packs = packs_with_versions(self.book.name, self.book.version)
        caption = Caption(t("market.spread"), t("market.spread_desc", counts=t.enumerate(self._spread())))
        return TablePage(
            label=t("market.label"),
            heading=t.plural("index.heading", companies) if companies else t("index.none"),
            lines=(t("index.packs", packs=packs), t("market.all_in", file=tidy(files[0], NAME_LENGTH))),
            tables=tuple(self._tables(files)),
            chart=score_spread(self.digest.score_counts, caption) if scored else None,
            chart_note=t("market.without_score", n=f"{companies - scored:,}"),
        )

    def _spread(self) -> list[str]:
        return [f"{n * 10}–{n * 10 + 10}: {count:,}" for n, count in enumerate(self.digest.score_counts)]

    def _tables(self, files: Sequence[str]) -> Iterator[ReportTable]:
        t, counts = self.wording, self.summary.verdicts
        heads = ("verdict.label", "market.companies", "market.share")
        rows = [(self._verdict(word), *self._count(many)) for word, many in counts.items()]
        yield translated_table(t, "market.by_verdict", heads, (False, True, True), rows)
        yield self._worst()
        heads = ("market.rule", "market.companies", "market.share")
        rows = [
            (self._rule(self.book.rules[rule]), *self._count(many))
            for rule, many in list(self.summary.fired.items())[:MOST_RULES]
            if rule in self.book.rules
        ]
        yield translated_table(t, "term.fired_most", heads, (False, True, True), rows, "" if rows else "flags.none")
        if any(sector for sector, _ in self.digest.verdicts_of_sector):
            yield self._sectors()
        links = [(TableCell(tidy(file, NAME_LENGTH), href=file),) for file in files]
        yield translated_table(t, "market.files", ("index.file",), (False,), links)

    def _count(self, many: int) -> tuple[Cell, Cell]:
        share = many / self.summary.companies if self.summary.companies else 0.0
        return f"{many:,}", numbers.in_column(share, "fraction", self.wording.language)

    def _verdict(self, word: str) -> TableCell:
        return badge_cell(verdict_badge(word, self.wording))

    def _rule(self, rule: Rule) -> TableCell:
        badge = flag_badge(rule.flag, rule.severity, rule.verdict, self.wording)
        return TableCell(tidy(rule.title.get(self.wording.language), TITLE_LENGTH), badge.css_class)

    def _sector(self, sector: str | None) -> str:
        if sector is None:
            return "–"
        known = self.book.catalogue.sectors.get(sector)
        return tidy(known.title.get(self.wording.language) if known else sector, NAME_LENGTH)

    def _worst(self) -> ReportTable:
        heads = ("company", "market.sector", "verdict.label", "score.label", "score.range", "coverage.label")
        rows = [tuple(self._company(company)) for company in self.digest.worst]
        numeric = (False, False, False, True, True, True, False, True)
        note = "market.worst_note" if self.summary.companies > len(rows) else ""
        return translated_table(
            self.wording, "market.worst", (*heads, "index.worst", "market.red_flags"), numeric, rows, note
        )

    def _company(self, company: ListedCompany) -> Iterator[Cell]:
        yield tidy(company.name, NAME_LENGTH)
        yield self._sector(company.sector)
        yield self._verdict(company.verdict)
        yield "–" if company.score is None else numbers.score(company.score)
        yield numbers.score_range(company.low, company.high)
        yield f"{company.decided}/{company.total}"
        red = [self.book.rules[rule] for rule in company.red if rule in self.book.rules]
        worst = max(red, key=lambda rule: rule.severity.rank, default=None)
        yield self._rule(worst) if worst else "–"
        yield f"{len(company.red):,}"

    def _sectors(self) -> ReportTable:
        counts, words = self.digest.verdicts_of_sector, (Verdict.AVOID, Verdict.CAUTION)
        sizes: Counter[str | None] = Counter()
        for (sector, _), many in counts.items():
            sizes[sector] += many
        largest = sorted(sizes, key=lambda sector: (-sizes[sector], sector or ""))[:MOST_SECTORS]
        rows = [(self._sector(s), f"{sizes[s]:,}", *(f"{counts[s, word]:,}" for word in words)) for s in largest]
        heads = ("market.sector", "market.companies", *(f"verdict.{word}" for word in words))
        return translated_table(self.wording, "market.by_sector", heads, (False, True, True, True), rows)
