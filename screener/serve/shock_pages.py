"""The page of shocks: a form that states shocks, and their effect on the companies of the folder."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from screener.errors import Problem, ProfileError
from screener.portfolio.payment_network import names_of, payments_between
from screener.portfolio.shock import PaymentStop, read_pass_through, read_shocks
from screener.portfolio.shock_page import ShockTables
from screener.portfolio.shock_run import run_shocks
from screener.report.views.display_text import NAME_LENGTH
from screener.report.views.table_page import TablePage
from screener.report.views.view_models import Link
from screener.serve.page_maker import PageMaker
from screener.serve.page_views import FormField, PageBlock, PageForm

SHOCK, ROUNDS, PASS_THROUGH = "if", "rounds", "pass_through"
"""The fields of the form, and the parameters of the address."""
MOST_COMPANIES = 200  # number of companies that are screened again within one request
MOST_SUGGESTED = 6
MOST_ROUNDS = 10
DEFAULTS: Mapping[str, str] = {ROUNDS: "3", PASS_THROUGH: "0..1"}
TABLES = 5  # greatest number on the page of a shock


class ShockPages(PageMaker):
    """Makes the page of shocks."""

    def shock(self, lines: Sequence[str], form: Mapping[str, str]) -> str:
        """Returns the form, filled with `lines` (a shock each) and `given`, and below it the effect of these shocks, if
        any.

        A line that cannot be read is reported above the form. Raises ProfileError if the folder has too many companies.
        """
        options = {name: form.get(name, "").strip() or default for name, default in DEFAULTS.items()}
        found, problems = None, list[str]()
        if lines:
            try:
                found = self._run(lines, options)
            except ProfileError as error:
                problems = [str(problem) for problem in error.problems]
        tables = (*(found.tables if found else ()), *([None] * TABLES))[:TABLES]
        blocks = [
            PageBlock(SHOCK, form=self._form(lines, options)),
            PageBlock("network", chart=found.chart if found else None, chart_note=found.chart_note if found else ""),
            *(PageBlock(f"table-{n}", table=table) for n, table in enumerate(tables, 1)),
        ]
        says = (found.heading, *found.lines) if found else ()
        heading = self.wording("serve.shock")
        return self.page(heading, says, blocks=blocks, problems=problems, links=() if lines else self._suggested())

    def _run(self, lines: Sequence[str], options: Mapping[str, str]) -> TablePage:
        screener, profiles = self.workspace.screener, list(self.workspace.profiles().values())
        if len(profiles) > MOST_COMPANIES:
            what = f"the folder has {len(profiles):,} companies, of which this page screens at most {MOST_COMPANIES}"
            raise ProfileError(Problem(what, "run `screener shock` on the folder"))
        rounds = options[ROUNDS]
        if not rounds.isascii() or not rounds.isdigit() or len(rounds) > 2 or int(rounds) > MOST_ROUNDS:
            raise ProfileError(Problem(f"rounds are a number from 0 to {MOST_ROUNDS}", "choose one of the list"))
        try:
            pass_through = read_pass_through(options[PASS_THROUGH])
        except ValueError as error:
            raise ProfileError(Problem(str(error), "write 0..1 if it is not known")) from None
        shocks = read_shocks(lines, screener.rulebook.catalogue, self.wording("serve.shocks"))
        result = run_shocks(screener, profiles, shocks, rounds=int(rounds), pass_through=pass_through)
        addresses = {profile.id: f"/company/{profile.id}" for profile in profiles}
        return ShockTables(result, pass_through, self.wording, addresses=addresses).page()

    def _form(self, lines: Sequence[str], options: Mapping[str, str]) -> PageForm:
        t = self.wording
        counts = tuple((str(n), str(n)) for n in range(MOST_ROUNDS + 1))
        fields = (
            FormField(SHOCK, t("serve.shock_lines"), "textarea", "\n".join(lines), rows=4),
            FormField(ROUNDS, t("serve.rounds"), "select", options[ROUNDS], t("serve.rounds_hint"), counts),
            FormField(
                PASS_THROUGH, t("serve.pass_through"), "text", options[PASS_THROUGH], t("serve.pass_through_hint")
            ),
        )
        return PageForm(t("serve.shocks"), t("serve.shock_note"), "/shock", "get", t("serve.screen"), fields, live=True)

    def _suggested(self) -> list[Link]:
        """Returns links to the shocks with the widest effect: to payers of companies in the folder, those in loops and
        with large amounts first."""
        results = list(self.workspace.results().values())
        names = dict(names_of(results))
        payers = dict.fromkeys(p.payer for p in payments_between(results) if p.payee in self.workspace.profiles())
        return [
            Link(
                self.wording(
                    "serve.stops_paying", name=self.text(names[payer], NAME_LENGTH) if payer in names else payer
                ),
                f"/shock?{urlencode({SHOCK: str(PaymentStop(payer))})}",
            )
            for payer in list(payers)[:MOST_SUGGESTED]
        ]
