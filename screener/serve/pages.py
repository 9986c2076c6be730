"""The pages of the server, from results: what they say, and their forms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from screener.errors import Problem, ScreenerError
from screener.portfolio.holdings import equal_holdings
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.portfolio_page import PortfolioTables
from screener.profile.catalogue import Catalogue
from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.pages.html_pages import SERVED_PAGE
from screener.report.pages.html_pages import page as html_page
from screener.report.views.standing import StandingTexts
from screener.report.views.table_page import ReportTable, TableCell, translated_table
from screener.report.views.view_context import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.view_models import Link
from screener.report.wording import Wording
from screener.result.comparison import compare
from screener.result.model import Evidence, ResultDocument
from screener.rule_testing.trial import TrialResult
from screener.runs.store.history import Screening
from screener.serve.page_views import FormField, PageBlock, PageForm, ServedPage
from screener.serve.workspace import Workspace
from screener.text import Text
from screener.units import NUMERIC
from screener.vocabulary import ClaimKind, Flag, Outcome

MOST_FIELDS = 16  # of the what-if form
MOST_LOOKUPS = 12
MOST_DETAILED = 5  # companies of an uploaded file of which flags and look-ups are shown
CLAIM = "claim"  # in an address: the figure that the form of claims begins with
_SOURCE_KINDS = (ClaimKind.FILED, ClaimKind.REPORTED, ClaimKind.ESTIMATE)


class Pages:
    """Makes the pages of a workspace in one language, as HTML."""

    def __init__(self, workspace: Workspace, wording: Wording) -> None:
        self.workspace, self.wording = workspace, wording

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of figures."""
        return self.workspace.screener.rulebook.catalogue

    def companies(self) -> str:
        """The first page: the portfolio, with a link to each company."""
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
        return self._page(portfolio.heading, portfolio.lines, blocks=blocks, problems=problems)

    def company(
        self,
        company: str,
        facts: Mapping[str, str],
        notices: Sequence[str] = (),
        problems: Sequence[str] = (),
        *,
        claimed: str = "",
    ) -> str:
        """A company with the form of assumptions, its flags, what to look up, and the claim to add. Raises ScreenerError.

        `claimed` is the figure that the form of claims begins with.
        """
        t = self.wording
        stated = self.workspace.result(company)
        after = self.workspace.result(company, _facts(facts)) if facts else stated
        blocks = [
            PageBlock("standing", table=self._standing(stated, after if facts else None)),
            PageBlock("changed", table=self._changed(stated, after) if facts else None),
            PageBlock("what-if", form=self._what_if(stated, facts)),
            PageBlock("flags", table=self._flags(after)),
            PageBlock("look-ups", table=self._lookups(after, linked=self.workspace.writable)),
        ]
        if self.workspace.writable:
            blocks.append(PageBlock(CLAIM, form=self._claim_form(stated, claimed)))
        if len(self.workspace.profiles()) > 1:
            blocks.append(PageBlock("compare", form=self._compare_form(company)))
        query = f"?{urlencode(facts)}" if facts else ""
        links = [Link(t("serve.report"), f"/company/{company}/report{query}")]
        links.append(Link(t("serve.history"), f"/company/{company}/history"))
        lines = [self._text(after.verdict.sentence, 400), *notices]
        return self._page(self._name(stated), lines, blocks=blocks, links=links, problems=problems)

    def comparison(self, before: ResultDocument, after: ResultDocument) -> str:
        """Two companies beside each other: their standings, and the rules that end otherwise."""
        names = self._name(before), self._name(after)
        tables = [self._standing(before, after, names), self._changed(before, after, names)]
        links = [Link(self._name(r), f"/company/{r.company.id}") for r in (before, after)]
        return self._page(" → ".join(names), (), blocks=_numbered(tables), links=links)

    def history(self, company: str, screenings: Sequence[Screening]) -> str:
        """The stored results of a company, the latest first."""
        t = self.wording
        rows = [
            (
                TableCell(s.started),
                TableCell(t.label("verdict", s.verdict)),
                TableCell(numbers.score(s.score)),
                TableCell(numbers.score_range(s.low, s.high)),
                TableCell(f"{s.decided}/{s.total}"),
            )
            for s in screenings
        ]
        heads = ("serve.run", "portfolio.verdict", "portfolio.score_head", "portfolio.range", "portfolio.decided")
        note = "" if rows else "serve.no_history"
        table = translated_table(t, "serve.history", heads, (False, False, True, True, True), rows, note)
        name = self._name(self.workspace.result(company))
        return self._page(name, (), blocks=_numbered([table]), links=[Link(name, f"/company/{company}")])

    def add(self, problems: Sequence[str] = ()) -> str:
        """The form that takes a file."""
        t = self.wording
        fields = [FormField("file", t("serve.file"), "file")]
        if self.workspace.writable:
            fields.append(FormField("keep", t("serve.keep"), "checkbox"))
        form = PageForm(
            t("serve.add"), t("serve.file_note"), "/add", "post", t("serve.upload"), tuple(fields), upload=True
        )
        return self._page(t("serve.add"), (), blocks=[PageBlock("add", form=form)], problems=problems)

    def uploaded(self, results: Sequence[ResultDocument], notices: Sequence[str], problems: Sequence[str]) -> str:
        """What the profiles of a file came to."""
        tables = []
        for result in results:
            tables.append(self._standing(result, None)._replace(title=self._name(result)))
            if len(results) <= MOST_DETAILED:
                tables += [self._flags(result), self._lookups(result)]
        kept = self.workspace.profiles()
        links = [Link(self._name(r), f"/company/{r.company.id}") for r in results if notices and r.company.id in kept]
        return self._page(self.wording("serve.add"), notices, blocks=_numbered(tables), problems=problems, links=links)

    def rules(self, text: str = "", tried: TrialResult | None = None, problems: Sequence[str] = ()) -> str:
        """The form that tries the text of a rule file, with what became of it; and the rules in force."""
        t = self.wording
        fields = (FormField("text", t("serve.rule_text"), "textarea", text),)
        form = PageForm(
            t("serve.rule_text"), t("serve.rule_note"), "/rules", "post", t("serve.check"), fields, live=True
        )
        lines: list[str] = []
        if tried is not None:
            problems = [*problems, *map(_by_place, tried.checked.problems)]
            failed = sum(len(one.failed) for one in tried.tried)
            if not tried.checked.errors:
                count = len(tried.tried)
                lines = [t.plural("serve.valid", count) if not failed else t.plural("serve.failed_examples", failed)]
        ran = tried if tried is not None and tried.tried else None
        blocks = [
            PageBlock("rule", form=form),
            PageBlock("examples", table=self._examples(ran) if ran else None),
            PageBlock("outcomes", table=self._outcomes(ran) if ran else None),
            PageBlock("rules", table=self._rules()),
        ]
        return self._page(t("serve.rules"), lines, blocks=blocks, problems=problems)

    def _rules(self) -> ReportTable:
        t = self.wording
        rows = [
            (
                TableCell(self._text(rule.title, TITLE_LENGTH), "", f"/rules?rule={rule.id}"),
                TableCell(rule.id),
                TableCell(t.label("severity", rule.severity), rule.severity),
            )
            for rule in self.workspace.screener.rulebook.rules.values()
        ]
        heads = ("serve.title", "serve.rule", "portfolio.severity")
        return translated_table(t, "serve.rules", heads, (False,) * 3, rows, "serve.edit_note")

    def _examples(self, tried: TrialResult) -> ReportTable:
        t = self.wording
        rows = []
        for one in tried.tried:
            got = {name: came for name, _, came in one.failed}
            for example in one.rule.examples if one.examples else ():
                holds = example.name not in got
                came = example.expect if holds else got[example.name]
                rows.append(
                    (
                        TableCell(one.rule.id),
                        TableCell(tidy(example.name, NAME_LENGTH)),
                        TableCell(t.label("outcome", example.expect)),
                        TableCell(t.label("outcome", came), "clear" if holds else "critical"),
                    )
                )
        heads = ("serve.rule", "serve.example", "serve.expected", "serve.came")
        note = "" if rows else "serve.no_examples"
        return translated_table(t, "serve.examples", heads, (False,) * 4, rows, note)

    def _outcomes(self, tried: TrialResult) -> ReportTable:
        """The outcomes of tried rules for each company, beside those in force."""
        t, now = self.wording, self.workspace.results()
        rows = []
        for one in tried.tried:
            for result in tried.results:
                found = next((f for f in result.findings if f.rule == one.rule.id), None)
                in_force = now.get(result.company.id)
                before = next((f for f in in_force.findings if f.rule == one.rule.id), None) if in_force else None
                if found is not None:
                    css_class = found.severity if found.outcome == Outcome.FIRED and found.flag == Flag.RED else ""
                    rows.append(
                        (
                            TableCell(self._name(result), "", f"/company/{result.company.id}"),
                            TableCell(one.rule.id),
                            TableCell(t.label("outcome", before.outcome) if before else "–"),
                            TableCell(t.label("outcome", found.outcome), css_class),
                            TableCell(self._text(found.says, 300) or "–"),
                        )
                    )
        heads = ("portfolio.company", "serve.rule", "serve.in_force", "serve.came", "serve.says")
        return translated_table(t, "serve.outcomes", heads, (False,) * 5, rows)

    def failed(self, problems: Iterable[Problem]) -> str:
        """A page for what went wrong."""
        return self._page(self.wording("screen"), (), problems=[str(problem) for problem in problems])

    def _page(self, heading: str, lines: Iterable[str], **parts: Any) -> str:
        t = self.wording
        navigation = [Link(t("serve.companies"), "/"), Link(t("serve.add"), "/add"), Link(t("serve.rules"), "/rules")]
        view = ServedPage(
            heading=heading,
            label=t("serve.label"),
            navigation=tuple(navigation),
            lines=tuple(lines) if self.workspace.writable else (*lines, t("serve.read_only")),
            problems=tuple(tidy(problem, 400) for problem in parts.get("problems", ())),
            blocks=tuple(parts.get("blocks", ())),
            links=tuple(parts.get("links", ())),
        )
        return html_page(SERVED_PAGE, t.language, view=view)

    def _standing(
        self, first: ResultDocument, second: ResultDocument | None, names: tuple[str, str] | None = None
    ) -> ReportTable:
        t = self.wording
        labels = names or (t("serve.as_stated"), t("serve.assumed"))
        rows = []
        for label, result in zip(labels, (first, second), strict=True):
            if result is not None:
                texts = StandingTexts(result, t)
                badge = TableCell(texts.badge.label, texts.badge.css_class, is_badge=True)
                rows.append(
                    (TableCell(label), badge, *map(TableCell, (texts.score, texts.score_range, texts.coverage)))
                )
        heads = ("serve.standing", "portfolio.verdict", "portfolio.score_head", "portfolio.range", "portfolio.decided")
        return translated_table(t, "serve.standing", heads, (False, False, True, True, False), rows)

    def _changed(
        self, before: ResultDocument, after: ResultDocument, names: tuple[str, str] | None = None
    ) -> ReportTable:
        t = self.wording
        rows = [
            (
                TableCell(self._text(turn.title, TITLE_LENGTH)),
                TableCell(t.label("severity", turn.severity), turn.severity if turn.flag == "red" else ""),
                TableCell(t.label("outcome", turn.before or "–")),
                TableCell(t.label("outcome", turn.after or "–")),
            )
            for turn in compare(before, after).turns
            if turn.change != "numbers"
        ]
        heads = ("portfolio.flag", "portfolio.severity", "portfolio.before", "portfolio.after")
        note = "" if rows else "serve.none_changed"
        table = translated_table(t, "serve.changed", heads, (False,) * 4, rows, note)
        return table._replace(headers=(*table.headers[:2], *names)) if names else table

    def _flags(self, result: ResultDocument) -> ReportTable:
        """The rules that fired, the weightiest first."""
        t = self.wording
        fired = [f for f in result.findings if f.outcome == Outcome.FIRED]
        rows = [
            (
                TableCell(self._text(f.title, TITLE_LENGTH)),
                TableCell(t.label("flag", f.flag)),
                TableCell(t.label("severity", f.severity), f.severity if f.flag == Flag.RED else ""),
                TableCell(self._text(f.says, 300) or "–"),
            )
            for f in sorted(fired, key=lambda f: (f.flag.rank, -f.severity.rank, f.rule))
        ]
        heads = ("portfolio.flag", "serve.kind_of_flag", "portfolio.severity", "serve.says")
        return translated_table(t, "serve.flags", heads, (False,) * 4, rows, "" if rows else "serve.no_flags")

    def _lookups(self, result: ResultDocument, linked: bool = False) -> ReportTable:
        """What to look up; with `linked`, a figure leads to the form that adds a claim of it."""
        own = f"/company/{result.company.id}?{CLAIM}="
        titles = {f.rule: f.title for f in result.findings}
        rows = [
            (
                TableCell(
                    ": ".join(filter(None, (self._text(i.about, NAME_LENGTH), self._text(i.title, TITLE_LENGTH)))),
                    href=f"{own}{i.key}#{CLAIM}" if linked and i.key in self.catalogue.claimable else "",
                ),
                TableCell(self._text(i.company, NAME_LENGTH)),
                TableCell(
                    ", ".join(self._text(titles[rule], TITLE_LENGTH) for rule in i.settles[:3] if rule in titles)
                ),
            )
            for i in result.inputs[:MOST_LOOKUPS]
        ]
        heads = ("serve.figure", "portfolio.company", "serve.decides")
        return translated_table(self.wording, "serve.look_ups", heads, (False,) * 3, rows)

    def _what_if(self, stated: ResultDocument, facts: Mapping[str, str]) -> PageForm:
        t = self.wording
        known = {e.figure: e for e in reversed(stated.facts) if self._is_own_figure(e, stated)}  # the first is in use
        known = dict(reversed(known.items()))
        open_figures = [i.key for i in stated.inputs if i.key in self.catalogue.claimable]
        names = list(dict.fromkeys([*facts, *known, *open_figures]))[: max(MOST_FIELDS, len(facts))]
        fields = tuple(self._figure_field(name, known.get(name), facts.get(name, "")) for name in names)
        action = f"/company/{stated.company.id}"
        return PageForm(
            t("serve.what_if"), t("serve.what_if_note"), action, "get", t("serve.screen"), fields, live=True
        )

    def _is_own_figure(self, evidence: Evidence, result: ResultDocument) -> bool:
        own = evidence.company == result.company.name and evidence.about is None
        return own and evidence.unit in NUMERIC and evidence.figure in self.catalogue.claimable

    def _figure_field(self, name: str, known: Evidence | None, assumed: str) -> FormField:
        t, title = self.wording, self._text(self.catalogue.claimable[name].title, TITLE_LENGTH)
        hint = base = ""
        if known is not None:
            hint = t("serve.now", value=numbers.value(known.value, known.unit, t.language))
            point = getattr(known.value, "is_point", False)
            base = repr(float(known.value.lo)) if point and known.value.lo else ""  # type: ignore[union-attr]
        return FormField(name, title, "number", assumed, hint, slider_base=base)

    def _compare_form(self, company: str) -> PageForm:
        t = self.wording
        others = [(p.id, self._text(p.subject.name, NAME_LENGTH)) for p in self.workspace.profiles().values()]
        fields = (FormField("with", t("serve.compare"), "select", "", "", tuple(o for o in others if o[0] != company)),)
        return PageForm(
            t("serve.compare_button"), "", f"/company/{company}/compare", "get", t("serve.compare_button"), fields
        )

    def _claim_form(self, stated: ResultDocument, claimed: str) -> PageForm:
        t = self.wording
        missing = [i.key for i in stated.inputs if i.key in self.catalogue.claimable]
        names = [*missing, *(name for name in self.catalogue.claimable if name not in missing)]
        figures = tuple((name, self._text(self.catalogue.claimable[name].title, TITLE_LENGTH)) for name in names)
        kinds = tuple((str(kind), t.label("kind", kind)) for kind in _SOURCE_KINDS)
        fields = (
            FormField("figure", t("serve.figure"), "select", claimed, "", figures),
            FormField("value", t("serve.value"), hint=t("serve.value_hint")),
            FormField("title", t("serve.source_title")),
            FormField("kind", t("serve.kind"), "select", str(ClaimKind.REPORTED), "", kinds),
            FormField("date", t("serve.date"), "date"),
            FormField("url", t("serve.url"), "url"),
            FormField("original", t("serve.original"), "checkbox"),
        )
        action = f"/company/{stated.company.id}/claims"
        return PageForm(t("serve.claim"), t("serve.claim_note"), action, "post", t("serve.save"), fields)

    def _unread(self) -> list[str]:
        problems = self.workspace.problems
        return [self.wording("serve.unread"), *map(str, problems)] if problems else []

    def _name(self, result: ResultDocument) -> str:
        return self._text(result.company.name, NAME_LENGTH) or result.company.id

    def _text(self, text: Text | None, width: int) -> str:
        return tidy(text.get(self.wording.language), width) if text else ""


def _numbered(tables: Iterable[ReportTable]) -> list[PageBlock]:
    return [PageBlock(f"table-{n}", table=table) for n, table in enumerate(tables, 1)]


def _by_place(problem: Problem) -> str:
    """A problem of a text that is no file, by line and column."""
    place = f"{problem.line}:{problem.column}" if problem.line else ""
    return ": ".join(filter(None, (place, problem.what, problem.hint)))


def _facts(facts: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in facts.items()]
