"""The pages of the server: their content, made from results, and their forms."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from screener.errors import Problem, ScreenerError
from screener.portfolio.holdings import equal_holdings
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.portfolio_page import PortfolioTables
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.standing import StandingTexts
from screener.report.views.table_page import ReportTable, TableCell, badge_cell, translated_table
from screener.report.views.view_models import Link
from screener.result.comparison import compare
from screener.result.model import ResultDocument
from screener.runs.store.history import CompanyHistory
from screener.runs.store.history_page import HistoryTables
from screener.serve.company_forms import CLAIM, CompanyForms
from screener.serve.page_maker import PageMaker
from screener.serve.page_views import FormField, PageBlock, PageForm
from screener.vocabulary import Flag, Outcome

MOST_LOOKUPS = 12
MOST_DETAILED = 5  # number of companies of an uploaded file whose flags and look-ups are shown


class Pages(PageMaker):
    """Makes the pages of the portfolio, of companies, comparisons, history, and added files."""

    def companies(self) -> str:
        """Returns the first page: the portfolio, with a link to each company."""
        t = self.wording
        results = list(self.workspace.results().values())
        profiles = list(self.workspace.profiles().values())
        addresses = {r.company.id: f"/company/{r.company.id}" for r in results}
        problems = self._unread()
        try:
            holdings = self.workspace.holdings()
        except ScreenerError as error:
            holdings, problems = equal_holdings(profiles), [*problems, *map(str, error.problems)]
        portfolio = PortfolioTables(build_portfolio(results, holdings), t, addresses).page()
        blocks = _numbered(portfolio.tables)
        if portfolio.chart is not None:
            blocks.insert(1, PageBlock("network", chart=portfolio.chart, chart_note=portfolio.chart_note))
        return self.page(portfolio.heading, portfolio.lines, blocks=blocks, problems=problems)

    def company(
        self,
        company: str,
        facts: Mapping[str, str],
        notices: Sequence[str] = (),
        problems: Sequence[str] = (),
        *,
        claimed: str = "",
    ) -> str:
        """Returns the page of a company: the form of assumptions, its flags, what to look up, and the form that adds a
        claim. Raises ScreenerError.

        `claimed` is the figure that the claim form is pre-filled with.
        """
        t, forms = self.wording, CompanyForms(self.workspace, self.wording)
        stated = self.workspace.result(company)
        after = self.workspace.result(company, _facts(facts)) if facts else stated
        blocks = [
            PageBlock("standing", table=self._standing(stated, after if facts else None)),
            PageBlock("changed", table=self._changed(stated, after) if facts else None),
            PageBlock("what-if", form=forms.what_if(stated, facts)),
            PageBlock("flags", table=self._flags(after)),
            PageBlock("look-ups", table=self._lookups(after, linked=self.workspace.writable)),
        ]
        if self.workspace.writable:
            blocks.append(PageBlock(CLAIM, form=forms.claim(stated, claimed)))
        if len(self.workspace.profiles()) > 1:
            blocks.append(PageBlock("compare", form=forms.compare(company)))
        query = f"?{urlencode(facts)}" if facts else ""
        links = [Link(t("serve.report"), f"/company/{company}/report{query}")]
        links.append(Link(t("serve.history"), f"/company/{company}/history"))
        lines = [self.text(after.verdict.sentence, 400), *notices]
        return self.page(self.name(stated), lines, blocks=blocks, links=links, problems=problems)

    def comparison(self, before: ResultDocument, after: ResultDocument) -> str:
        """Returns the comparison of two companies: verdict and score of each, and the rules with different outcomes."""
        names = self.name(before), self.name(after)
        tables = [self._standing(before, after, names), self._changed(before, after, names)]
        links = [Link(self.name(r), f"/company/{r.company.id}") for r in (before, after)]
        return self.page(" → ".join(names), (), blocks=_numbered(tables), links=links)

    def history(self, company: str, stored: CompanyHistory | None) -> str:
        """Returns the stored results of a company by the day they are as of, and what changed from one to the next."""
        name = self.name(self.workspace.result(company))
        links = [Link(name, f"/company/{company}")]
        if stored is None:
            return self.page(name, [self.wording("serve.no_history")], links=links)
        found = HistoryTables(stored, self.wording).page()
        chart = PageBlock("chart", chart=found.chart, chart_note=found.chart_note)
        return self.page(found.heading, found.lines, blocks=[chart, *_numbered(found.tables)], links=links)

    def add(self, problems: Sequence[str] = ()) -> str:
        """Returns the page with the form that uploads a file."""
        t = self.wording
        fields = [FormField("file", t("serve.file"), "file")]
        if self.workspace.writable:
            fields.append(FormField("keep", t("serve.keep"), "checkbox"))
        form = PageForm(
            t("serve.add"), t("serve.file_note"), "/add", "post", t("serve.upload"), tuple(fields), upload=True
        )
        return self.page(t("serve.add"), (), blocks=[PageBlock("add", form=form)], problems=problems)

    def uploaded(self, results: Sequence[ResultDocument], notices: Sequence[str], problems: Sequence[str]) -> str:
        """Returns the page of results for the profiles of an uploaded file."""
        tables = []
        for result in results:
            tables.append(self._standing(result, None)._replace(title=self.name(result)))
            if len(results) <= MOST_DETAILED:
                tables += [self._flags(result), self._lookups(result)]
        kept = self.workspace.profiles()
        links = [Link(self.name(r), f"/company/{r.company.id}") for r in results if notices and r.company.id in kept]
        return self.page(self.wording("serve.add"), notices, blocks=_numbered(tables), problems=problems, links=links)

    def failed(self, problems: Iterable[Problem]) -> str:
        """Returns the page of an error."""
        return self.page(self.wording("screen"), (), problems=[str(problem) for problem in problems])

    def _standing(
        self, first: ResultDocument, second: ResultDocument | None, names: tuple[str, str] | None = None
    ) -> ReportTable:
        t = self.wording
        labels = names or (t("serve.as_stated"), t("serve.assumed"))
        rows = []
        for label, result in zip(labels, (first, second), strict=True):
            if result is not None:
                texts = StandingTexts(result, t)
                rows.append((label, badge_cell(texts.badge), texts.score, texts.score_range, texts.coverage))
        heads = ("serve.standing", "portfolio.verdict", "portfolio.score_head", "portfolio.range", "portfolio.decided")
        return translated_table(t, "serve.standing", heads, (False, False, True, True, False), rows)

    def _changed(
        self, before: ResultDocument, after: ResultDocument, names: tuple[str, str] | None = None
    ) -> ReportTable:
        t = self.wording
        rows = [
            (
                self.text(turn.title, TITLE_LENGTH),
                TableCell(t.label("severity", turn.severity), turn.severity if turn.flag == "red" else ""),
                t.label("outcome", turn.before or "–"),
                t.label("outcome", turn.after or "–"),
            )
            for turn in compare(before, after).turns
            if turn.change != "numbers"
        ]
        heads = ("portfolio.flag", "portfolio.severity", "portfolio.before", "portfolio.after")
        note = "" if rows else "serve.none_changed"
        table = translated_table(t, "serve.changed", heads, (False,) * 4, rows, note)
        return table._replace(headers=(*table.headers[:2], *names)) if names else table

    def _flags(self, result: ResultDocument) -> ReportTable:
        """Returns the rules that fired, those of the greatest weight first."""
        t = self.wording
        fired = [f for f in result.findings if f.outcome == Outcome.FIRED]
        rows = [
            (
                self.text(f.title, TITLE_LENGTH),
                t.label("flag", f.flag),
                TableCell(t.label("severity", f.severity), f.severity if f.flag == Flag.RED else ""),
                self.text(f.says, 300) or "–",
            )
            for f in sorted(fired, key=lambda f: (f.flag.rank, -f.severity.rank, f.rule))
        ]
        heads = ("portfolio.flag", "serve.kind_of_flag", "portfolio.severity", "serve.says")
        return translated_table(t, "serve.flags", heads, (False,) * 4, rows, "" if rows else "serve.no_flags")

    def _lookups(self, result: ResultDocument, linked: bool = False) -> ReportTable:
        """Returns what to look up; with `linked`, each figure links to the form that adds a claim of it."""
        own = f"/company/{result.company.id}?{CLAIM}="
        titles = {f.rule: f.title for f in result.findings}
        rows = [
            (
                TableCell(
                    ": ".join(filter(None, (self.text(i.about, NAME_LENGTH), self.text(i.title, TITLE_LENGTH)))),
                    href=f"{own}{i.key}#{CLAIM}" if linked and i.key in self.catalogue.claimable else "",
                ),
                self.text(i.company, NAME_LENGTH),
                self.wording.enumerate(
                    self.text(titles[rule], TITLE_LENGTH) for rule in i.settles[:3] if rule in titles
                ),
            )
            for i in result.inputs[:MOST_LOOKUPS]
        ]
        heads = ("serve.figure", "portfolio.company", "serve.decides")
        return translated_table(self.wording, "serve.look_ups", heads, (False,) * 3, rows)

    def _unread(self) -> list[str]:
        problems = self.workspace.problems
        return [self.wording("serve.unread"), *map(str, problems)] if problems else []


def _numbered(tables: Iterable[ReportTable]) -> list[PageBlock]:
    return [PageBlock(f"table-{n}", table=table) for n, table in enumerate(tables, 1)]


def _facts(facts: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in facts.items()]
