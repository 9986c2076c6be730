"""The effects of shocks on companies, as sentences and tables, for the terminal and the page."""

from collections.abc import Iterable, Mapping, Sequence

from screener.expression.interval import Interval
from screener.portfolio.payment_network import names_of, network_chart, network_note, payments_between
from screener.portfolio.shock_run import ShockedCompany, ShockResult
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import result_badge, verdict_with_score
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.table_page import Cell, ReportTable, TableCell, TablePage, translated_table
from screener.report.wording import Wording
from screener.result.comparison import Turn
from screener.result.model import ResultDocument
from screener.text import Text
from screener.vocabulary import Outcome

MOST_SHOCKS_NAMED = 3
STEP_LENGTH = 240  # greatest length of a step from a shock to a rule


class ShockTables:
    """Makes the page of a shock; `addresses` has the pages of companies by their ids, if there are any."""

    def __init__(
        self,
        result: ShockResult,
        pass_through: Interval,
        wording: Wording,
        scenario: str = "",
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.result, self.pass_through, self.wording, self.scenario = result, pass_through, wording, scenario
        self.addresses = addresses or {}

    def page(self) -> TablePage:
        """Returns the whole page."""
        t, shocks = self.wording, [tidy(str(s), 80) for s in self.result.shocks]
        named = t.enumerate(shocks[:MOST_SHOCKS_NAMED]) + (" …" if len(shocks) > MOST_SHOCKS_NAMED else "")
        tables = [self._verdicts(), self._flips(), *self._opened(), self._effects()]
        if self.result.chain:
            tables.insert(1, self._chain())
        results = [company.before for company in self.result.companies]
        payments = payments_between(results, self.result.applied)
        names = {company: name.get(t.language) for company, name in names_of(results)}
        verdicts = {c.after.company.id: result_badge(c.after, t) for c in self.result.companies}
        return TablePage(
            label=t("shock.label"),
            heading=t("shock.heading", shocks=named),
            lines=tuple(self._lines()),
            tables=tuple(tables),
            chart=network_chart(payments, names, verdicts, t),
            chart_note=network_note(payments, t, "network.note_shock"),
        )

    def _lines(self) -> Iterable[str]:
        t, companies = self.wording, self.result.companies
        if self.scenario:
            yield t("shock.scenario", name=tidy(self.scenario, TITLE_LENGTH))
        changed = sum(c.is_changed for c in companies)
        yield t.plural("shock.summary", changed, total=f"{len(companies):,}")
        if self.result.chain:
            names = t.enumerate(self._text(link.name, NAME_LENGTH) for link in self.result.chain)
            yield t.plural("shock.rounds", len(self.result.chain), names=names)
        lifted = [self._text(c.after.company.name, NAME_LENGTH) for c in companies if c.is_lifted]
        if lifted:
            yield t.plural("shock.lifted", len(lifted), names=t.enumerate(lifted))
        if self.result.unreached:
            yield t("shock.unreached", shocks=t.enumerate(tidy(str(s), 80) for s in self.result.unreached))
        low, high = (numbers.share(end, t.language) for end in (self.pass_through.lo, self.pass_through.hi))
        part = low if low == high else t("shock.between", low=low, high=high)
        yield t("shock.model", part=part)

    def _verdicts(self) -> ReportTable:
        rows = [(self._name(c), *self._standing(c.before), *self._standing(c.after)) for c in self.result.companies]
        heads = ("portfolio.company", "portfolio.before", "portfolio.range", "portfolio.after", "portfolio.range")
        return translated_table(self.wording, "shock.verdicts", heads, (False, False, True, False, True), rows)

    def _standing(self, result: ResultDocument) -> tuple[Cell, Cell]:
        badge = result_badge(result, self.wording)
        value, low, high = result.score[:3]
        verdict = verdict_with_score(result.verdict.word, value, self.wording)
        return TableCell(verdict, badge.css_class, is_badge=True), numbers.score_range(low, high)

    def _chain(self) -> ReportTable:
        rows = [
            (
                self._text(link.name, NAME_LENGTH),
                f"{link.round}",
                self.wording.series(tidy(b, 80) for b in link.because),
            )
            for link in self.result.chain
        ]
        return translated_table(
            self.wording,
            "shock.chain",
            ("portfolio.company", "shock.round", "portfolio.because"),
            (False, True, False),
            rows,
        )

    def _flips(self) -> ReportTable:
        rows = [
            (
                self._name(c),
                self.wording(f"shock.changes.{'open' if turn.after == Outcome.UNKNOWN else turn.change}"),
                TableCell(self._text(turn.title, TITLE_LENGTH), turn.severity if turn.flag == "red" else ""),
                self._outcomes(turn),
                self._way(steps),
            )
            for c in self.result.companies
            for turn, steps in c.flips
            if not _is_opened(turn)
        ]
        heads = ("portfolio.company", "portfolio.what", "portfolio.flag", "portfolio.after", "shock.through")
        return translated_table(
            self.wording, "shock.flips", heads, (False,) * 5, rows, "" if rows else "shock.no_flips"
        )

    def _opened(self) -> Iterable[ReportTable]:
        """Returns the rules that had not fired and are unknown now; those of a company with the same causes share a
        line."""
        ways: dict[tuple[TableCell, str], list[str]] = {}
        for company in self.result.companies:
            for turn, steps in company.flips:
                if _is_opened(turn):
                    titles = ways.setdefault((self._name(company), self._way(steps)), [])
                    titles.append(self._text(turn.title, TITLE_LENGTH))
        heads = ("portfolio.company", "shock.through", "shock.rules", "portfolio.flag")
        rows = [(name, way, f"{len(titles)}", self.wording.series(titles)) for (name, way), titles in ways.items()]
        if rows:
            yield translated_table(self.wording, "shock.opened", heads, (False, False, True, False), rows)

    def _way(self, steps: Sequence[Text]) -> str:
        """Returns the steps from the shock to a rule as text."""
        return " → ".join(self._text(step, STEP_LENGTH) for step in steps) or "–"

    def _outcomes(self, turn: Turn) -> str:
        sides = [self.wording.label("outcome", side) if side else "–" for side in (turn.before, turn.after)]
        return " → ".join(sides)

    def _effects(self) -> ReportTable:
        rows = [
            (self._name(c), tidy(str(e.shock), 80), self._text(e.says, TITLE_LENGTH))
            for c in self.result.companies
            for e in c.effects
        ]
        heads = ("portfolio.company", "shock.shock", "portfolio.what")
        return translated_table(
            self.wording, "shock.effects", heads, (False,) * 3, rows, "" if rows else "shock.no_effects"
        )

    def _name(self, company: ShockedCompany) -> TableCell:
        about = company.after.company
        return TableCell(self._text(about.name, NAME_LENGTH), href=self.addresses.get(about.id, ""))

    def _text(self, text: Text, width: int) -> str:
        return tidy(text.get(self.wording.language), width)


def _is_opened(turn: Turn) -> bool:
    return turn.after == Outcome.UNKNOWN and turn.before != Outcome.FIRED
