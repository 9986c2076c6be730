"""A portfolio as sentences and tables, for the terminal and the page."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from screener.portfolio.movements import Movement, MovementsSince
from screener.portfolio.payment_network import network_chart, network_note
from screener.portfolio.portfolio import Exposure, HoldingLine, Portfolio
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import verdict_badge, verdict_with_score
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.table_page import Cell, ReportTable, TableCell, TablePage, badge_cell, translated_table
from screener.report.views.view_models import Badge
from screener.report.wording import Wording
from screener.text import Text
from screener.vocabulary import Severity

MOST_ROWS = 100  # greatest number of shared counterparties and causes
MOST_NAMES = 6  # greatest number of companies or rules in a cell
MOST_FLAGS = 20  # greatest number of changed flags of a company by kind of change
MOST_FIGURES = 3  # greatest number of changed figures in a cell
_STAKE = ("portfolio.companies", "portfolio.exposure", "portfolio.share", "portfolio.names")


class PortfolioTables:
    """Makes the page of a portfolio; `addresses` are those of companies' pages."""

    def __init__(self, portfolio: Portfolio, wording: Wording, addresses: Mapping[str, str] | None = None) -> None:
        self.portfolio, self.wording, self.addresses = portfolio, wording, addresses or {}
        self._names = {line.company: self._text(line.name, NAME_LENGTH) for line in portfolio.lines}

    def page(self, moved: MovementsSince | None = None) -> TablePage:
        """Returns the whole page, with the movements if an earlier run is stored."""
        t = self.wording
        tables = [self._holdings(), self._by_verdict(), self._counterparties(), self._causes()]
        if moved is not None:
            tables = [*self._movement_tables(moved), *tables]
        payments = self.portfolio.payments
        verdicts = {line.company: self._line_badge(line) for line in self.portfolio.lines}
        names = {company: name.get(t.language) for company, name in self.portfolio.names}
        return TablePage(
            label=t("portfolio.label"),
            heading=t.plural("portfolio.heading", len(self.portfolio.lines)),
            lines=tuple(self._lines()),
            tables=tuple(tables),
            chart=network_chart(payments, names, verdicts, t),
            chart_note=network_note(payments, t, "network.note"),
        )

    def digest(self, moved: MovementsSince) -> TablePage:
        """Returns a page with the movements only."""
        t = self.wording
        worse = sum(m.is_worse for m in moved.movements)
        lines = (t.plural("portfolio.worse", worse),) if worse else ()
        return TablePage(t("portfolio.label"), t("portfolio.movements"), lines, tuple(self._movement_tables(moved)))

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
        verdicts = self.portfolio.verdicts
        rows = [(badge_cell(verdict_badge(verdict, self.wording)), *self._stake(stake)) for verdict, stake in verdicts]
        heads = ("portfolio.verdict", *_STAKE)
        return translated_table(self.wording, "portfolio.by_verdict", heads, (False, True, True, True, False), rows)

    def _holdings(self) -> ReportTable:
        standing = ("portfolio.verdict", "portfolio.score_head", "portfolio.range", "portfolio.decided")
        heads = ("portfolio.company", *standing, "portfolio.exposure", "portfolio.share", "portfolio.worst")
        rows = [
            (
                TableCell(self._names[x.company], "", self.addresses.get(x.company, "")),
                badge_cell(self._line_badge(x)),
                "–" if x.verdict.withholds_score else numbers.score(x.score),
                numbers.score_range(x.low, x.high),
                f"{x.decided}/{x.rules}",
                *self._exposure(x.exposure),
                TableCell(self._text(x.worst, TITLE_LENGTH) if x.worst else "–", x.worst_severity or ""),
            )
            for x in self.portfolio.lines
        ]
        return translated_table(
            self.wording, "portfolio.holdings", heads, (False, False, True, True, True, True, True, False), rows
        )

    def _counterparties(self) -> ReportTable:
        rows = [
            (
                self._text(x.name, NAME_LENGTH * 2),
                self.wording.enumerate(self.wording.label("how", how) for how in x.how),
                *self._stake(x.exposure),
            )
            for x in self.portfolio.counterparties[:MOST_ROWS]
        ]
        return self._stakes("counterparties", ("portfolio.counterparty", "portfolio.how"), rows)

    def _causes(self) -> ReportTable:
        rows = [
            (
                self._text(x.title, TITLE_LENGTH),
                TableCell(self.wording.label("severity", x.severity), x.severity),
                *self._stake(x.exposure),
            )
            for x in self.portfolio.causes[:MOST_ROWS]
        ]
        return self._stakes("causes", ("portfolio.flag", "portfolio.severity"), rows)

    def _stakes(self, name: str, heads: tuple[str, ...], rows: Sequence[tuple[Cell, ...]]) -> ReportTable:
        """Returns a table of what several companies share, with the exposure to them."""
        note = f"portfolio.{name}_note" if rows else f"portfolio.no_{name}"
        numeric = (False, False, True, True, True, False)
        return translated_table(self.wording, f"portfolio.{name}", (*heads, *_STAKE), numeric, rows, note)

    def _movement_tables(self, moved: MovementsSince) -> list[ReportTable]:
        """Returns tables of the companies that moved, the worst first, and of their changed outcomes with the causes."""
        t = self.wording
        heads = ("portfolio.company", "portfolio.before", "portfolio.after", "portfolio.because", "portfolio.since")
        rows = [self._movement_row(m) for m in moved.movements]
        note = "" if rows else t("portfolio.no_movements")
        if moved.new_companies:
            new = t.plural(
                "portfolio.new_companies", len(moved.new_companies), names=self._companies(moved.new_companies)
            )
            known = len(moved.new_companies) < len(self.portfolio.lines)
            note = " ".join(filter(None, (note if known else t("portfolio.no_last_run"), new if known else "")))
        tables = [translated_table(t, "portfolio.movements", heads, (False,) * 5, rows)._replace(note=note)]
        flags = [row for m in moved.movements for row in self._flag_rows(m)]
        if flags:
            heads = ("portfolio.company", "portfolio.what", "portfolio.flag", "portfolio.severity", "portfolio.because")
            tables.append(translated_table(t, "portfolio.moved_flags", heads, (False,) * 5, flags))
        return tables

    def _movement_row(self, m: Movement) -> tuple[Cell, ...]:
        t = self.wording
        sides = [
            TableCell(verdict_with_score(verdict, score, t), verdict_badge(verdict, t).css_class)
            for verdict, score in zip(m.verdicts, m.scores, strict=True)
        ]
        causes = [t(f"portfolio.cause_{cause}") for cause in m.because if cause != "profile" or not m.figures]
        because = t.series(filter(None, (self._texts(m.figures), *causes)))
        name = TableCell(self._text(m.name, NAME_LENGTH), "critical" if m.is_worse else "")
        return (name, *sides, because, m.since)

    def _flag_rows(self, m: Movement) -> Iterable[tuple[Cell, ...]]:
        """Returns rows of the rules whose outcome changed for one company; of many, the most severe of each kind of
        change."""
        lists = (("new", m.new_flags), ("gone", m.gone_flags), ("known", m.became_known), ("lost", m.became_unknown))
        for change, flags in lists:
            for n, flag in enumerate(flags[:MOST_FLAGS], 1):
                more = len(flags) - n if n == MOST_FLAGS else 0
                yield (
                    self._text(m.name, NAME_LENGTH),
                    self.wording(f"portfolio.moved.{change}"),
                    self._with_more([self._text(flag.title, TITLE_LENGTH)], 1 + more),
                    TableCell(self.wording.label("severity", flag.severity), flag.severity if change == "new" else ""),
                    self._texts(flag.because) or "–",
                )

    def _texts(self, texts: Sequence[Text]) -> str:
        return self._with_more([self._text(text, TITLE_LENGTH) for text in texts[:MOST_FIGURES]], len(texts))

    def _with_more(self, shown: Sequence[str], total: int) -> str:
        more = total - len(shown)
        return self.wording.enumerate(shown) + (" " + self.wording.plural("unknown.more", more) if more > 0 else "")

    def _line_badge(self, line: HoldingLine) -> Badge:
        return verdict_badge(line.verdict, self.wording, critical=line.worst_severity is Severity.CRITICAL)

    def _stake(self, exposure: Exposure) -> tuple[Cell, ...]:
        """Returns the cells below `_STAKE`."""
        companies = exposure.companies
        return f"{len(companies):,}", *self._exposure(exposure), self._companies(companies)

    def _exposure(self, exposure: Exposure) -> tuple[Cell, Cell]:
        amount = "–" if self.portfolio.equal else self._amount(exposure.amount)
        return amount, self._share(exposure.share)

    def _amount(self, value: float) -> str:
        return numbers.amount(value, "number" if value < 1000 else "money", self.wording.language)

    def _share(self, share: float) -> str:
        return numbers.share(share, self.wording.language, 1 if share < 0.0995 else 0)

    def _companies(self, companies: Collection[str]) -> str:
        shown = [self._names.get(c) or tidy(c, NAME_LENGTH) for c in companies][:MOST_NAMES]
        return self._with_more(shown, len(companies))

    def _text(self, text: Text, width: int) -> str:
        return tidy(text.get(self.wording.language), width)
