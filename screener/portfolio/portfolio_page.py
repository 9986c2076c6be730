"""A portfolio as sentences and tables, for the terminal and the page."""

from collections.abc import Collection, Iterable, Mapping

from screener.portfolio.movements import Movement, MovementsSince
from screener.portfolio.portfolio import Exposure, Portfolio
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.table_page import ReportTable, TableCell, TablePage, translated_table
from screener.report.views.view_context import NAME_LENGTH, TITLE_LENGTH, verdict_badge
from screener.report.wording import Wording
from screener.text import Text
from screener.vocabulary import Verdict

MOST_ROWS = 100  # of the shared counterparties and causes
MOST_NAMES = 6  # of companies in a cell


class PortfolioTables:
    """Makes the page of a portfolio; `addresses` are those of the companies that have a page."""

    def __init__(self, portfolio: Portfolio, wording: Wording, addresses: Mapping[str, str] | None = None) -> None:
        self.portfolio, self.wording, self.addresses = portfolio, wording, addresses or {}
        self._names = {line.company: self._text(line.name, NAME_LENGTH) for line in portfolio.lines}

    def page(self, moved: MovementsSince | None = None) -> TablePage:
        """The whole page, with what moved where an earlier run is stored."""
        t = self.wording
        tables = [self._holdings(), self._by_verdict(), self._counterparties(), self._causes()]
        if moved is not None:
            tables.insert(0, self.movements_table(moved))
        heading = t.plural("portfolio.heading", len(self.portfolio.lines))
        return TablePage(t("portfolio.label"), heading, tuple(self._lines()), tuple(tables))

    def digest(self, moved: MovementsSince) -> TablePage:
        """Only what moved."""
        t = self.wording
        worse = sum(m.is_worse for m in moved.movements)
        lines = (t.plural("portfolio.worse", worse),) if worse else ()
        return TablePage(t("portfolio.label"), t("portfolio.movements"), lines, (self.movements_table(moved),))

    def _lines(self) -> Iterable[str]:
        p, t = self.portfolio, self.wording
        if p.equal:
            yield t("portfolio.equal")
        elif p.currency:
            yield t("portfolio.total", amount=f"{p.currency} {self._amount(p.total)}")
        score, low, high = (numbers.score(x) for x in (p.score, p.score_low, p.score_high))
        yield t("portfolio.score", score=score, low=low, high=high)
        index = f"{p.concentration * 10_000:,.0f}"
        yield t("portfolio.concentration", largest=self._share(p.largest), five=self._share(p.top_five), index=index)
        absent = [line.company for line in p.lines if not line.exposure.amount]
        if absent:
            yield t.plural("portfolio.no_exposure", len(absent), names=self._companies(absent))

    def _by_verdict(self) -> ReportTable:
        heads = ("portfolio.verdict", "portfolio.companies", "portfolio.exposure", "portfolio.share", "portfolio.names")
        rows = [
            (
                self._verdict(verdict),
                TableCell(f"{len(exposure.companies):,}"),
                *self._exposure(exposure),
                TableCell(self._companies(exposure.companies)),
            )
            for verdict, exposure in self.portfolio.verdicts
        ]
        return translated_table(self.wording, "portfolio.by_verdict", heads, (False, True, True, True, False), rows)

    def _holdings(self) -> ReportTable:
        heads = (
            "portfolio.company",
            "portfolio.verdict",
            "portfolio.score_head",
            "portfolio.range",
            "portfolio.decided",
            "portfolio.exposure",
            "portfolio.share",
            "portfolio.worst",
        )
        rows = [
            (
                TableCell(self._names[x.company], "", self.addresses.get(x.company, "")),
                self._verdict(x.verdict),
                TableCell(numbers.score(x.score)),
                TableCell(numbers.score_range(x.low, x.high)),
                TableCell(f"{x.decided}/{x.rules}"),
                *self._exposure(x.exposure),
                TableCell(self._text(x.worst, TITLE_LENGTH) if x.worst else "–", x.worst_severity or ""),
            )
            for x in self.portfolio.lines
        ]
        return translated_table(
            self.wording, "portfolio.holdings", heads, (False, False, True, True, True, True, True, False), rows
        )

    def _counterparties(self) -> ReportTable:
        heads = (
            "portfolio.counterparty",
            "portfolio.how",
            "portfolio.companies",
            "portfolio.exposure",
            "portfolio.share",
            "portfolio.names",
        )
        rows = [
            (
                TableCell(tidy(x.name, NAME_LENGTH * 2)),
                TableCell(", ".join(self.wording.label("how", how) for how in x.how)),
                TableCell(f"{len(x.exposure.companies):,}"),
                *self._exposure(x.exposure),
                TableCell(self._companies(x.exposure.companies)),
            )
            for x in self.portfolio.counterparties[:MOST_ROWS]
        ]
        note = "portfolio.counterparties_note" if rows else "portfolio.no_counterparties"
        return translated_table(
            self.wording, "portfolio.counterparties", heads, (False, False, True, True, True, False), rows, note
        )

    def _causes(self) -> ReportTable:
        heads = (
            "portfolio.flag",
            "portfolio.severity",
            "portfolio.companies",
            "portfolio.exposure",
            "portfolio.share",
            "portfolio.names",
        )
        rows = [
            (
                TableCell(self._text(x.title, TITLE_LENGTH)),
                TableCell(self.wording.label("severity", x.severity), x.severity),
                TableCell(f"{len(x.exposure.companies):,}"),
                *self._exposure(x.exposure),
                TableCell(self._companies(x.exposure.companies)),
            )
            for x in self.portfolio.causes[:MOST_ROWS]
        ]
        note = "portfolio.causes_note" if rows else "portfolio.no_causes"
        return translated_table(
            self.wording, "portfolio.causes", heads, (False, False, True, True, True, False), rows, note
        )

    def movements_table(self, moved: MovementsSince) -> ReportTable:
        """What moved, the worst first."""
        t = self.wording
        heads = (
            "portfolio.company",
            "portfolio.before",
            "portfolio.after",
            "portfolio.what",
            "portfolio.because",
            "portfolio.since",
        )
        rows = [self._movement_row(m) for m in moved.movements]
        note = "" if rows else t("portfolio.no_movements")
        if moved.new_companies:
            new = t.plural(
                "portfolio.new_companies", len(moved.new_companies), names=self._companies(moved.new_companies)
            )
            known = len(moved.new_companies) < len(self.portfolio.lines)
            note = " ".join(filter(None, (note if known else t("portfolio.no_last_run"), new if known else "")))
        table = translated_table(self.wording, "portfolio.movements", heads, (False,) * 6, rows)
        return table._replace(note=note)

    def _movement_row(self, m: Movement) -> tuple[TableCell, ...]:
        t = self.wording
        lists = (("new_flag", m.new_flags), ("gone_flag", m.gone_flags), ("known", m.became_known))
        what = [t(f"portfolio.{key}", names=self._titles(titles)) for key, titles in lists if titles]
        sides = [
            TableCell(f"{verdict_badge(verdict, t).label} {numbers.score(score)}", verdict_badge(verdict, t).css_class)
            for verdict, score in zip(m.verdicts, m.scores, strict=True)
        ]
        because = ", ".join(t(f"portfolio.cause_{cause}") for cause in m.because)
        name = TableCell(self._text(m.name, NAME_LENGTH), "critical" if m.is_worse else "")
        return (name, *sides, TableCell("; ".join(what) or "–"), TableCell(because), TableCell(m.since))

    def _titles(self, titles: Collection[Text]) -> str:
        shown = [self._text(title, TITLE_LENGTH) for title in titles][:MOST_NAMES]
        more = len(titles) - len(shown)
        return ", ".join(shown) + (" " + self.wording.plural("unknown.more", more) if more > 0 else "")

    def _verdict(self, verdict: Verdict) -> TableCell:
        badge = verdict_badge(verdict, self.wording)
        return TableCell(badge.label, badge.css_class, is_badge=True)

    def _exposure(self, exposure: Exposure) -> tuple[TableCell, TableCell]:
        amount = "–" if self.portfolio.equal else self._amount(exposure.amount)
        return TableCell(amount), TableCell(self._share(exposure.share))

    def _amount(self, value: float) -> str:
        return numbers.amount(value, "number" if value < 1000 else "money", self.wording.language)

    def _share(self, share: float) -> str:
        return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"

    def _companies(self, companies: Collection[str]) -> str:
        shown = [self._names.get(c) or tidy(c, NAME_LENGTH) for c in companies][:MOST_NAMES]
        more = len(companies) - len(shown)
        return ", ".join(shown) + (" " + self.wording.plural("unknown.more", more) if more > 0 else "")

    def _text(self, text: Text, width: int) -> str:
        return tidy(text.get(self.wording.language), width)
