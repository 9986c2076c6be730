"""The page on which rules are edited: problems, examples, and the outcome of each rule for each company."""

from collections.abc import Sequence

from screener.errors import Problem
from screener.report.number_format import tidy
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.table_page import ReportTable, TableCell, translated_table
from screener.rule_testing.trial import TrialResult
from screener.serve.page_maker import PageMaker
from screener.serve.page_views import FormField, PageBlock, PageForm
from screener.vocabulary import Flag, Outcome


class RuleEditing(PageMaker):
    """Makes the page on which rules are edited."""

    def rules(self, text: str = "", tried: TrialResult | None = None, problems: Sequence[str] = ()) -> str:
        """Returns the page with the form that tries the text of a rule file, the results of trying it, and the rules in
        force."""
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
        return self.page(t("serve.rules"), lines, blocks=blocks, problems=problems)

    def _rules(self) -> ReportTable:
        t = self.wording
        rows = [
            (
                TableCell(self.text(rule.title, TITLE_LENGTH), "", f"/rules?rule={rule.id}"),
                rule.id,
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
                        one.rule.id,
                        tidy(example.name, NAME_LENGTH),
                        t.label("outcome", example.expect),
                        TableCell(t.label("outcome", came), "clear" if holds else "critical"),
                    )
                )
        heads = ("serve.rule", "serve.example", "serve.expected", "serve.came")
        note = "" if rows else "serve.no_examples"
        return translated_table(t, "serve.examples", heads, (False,) * 4, rows, note)

    def _outcomes(self, tried: TrialResult) -> ReportTable:
        """Returns the outcomes of the tried rules for each company, beside those of the rules in force."""
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
                            TableCell(self.name(result), "", f"/company/{result.company.id}"),
                            one.rule.id,
                            t.label("outcome", before.outcome) if before else "–",
                            TableCell(t.label("outcome", found.outcome), css_class),
                            self.text(found.says, 300) or "–",
                        )
                    )
        heads = ("portfolio.company", "serve.rule", "serve.in_force", "serve.came", "serve.says")
        return translated_table(t, "serve.outcomes", heads, (False,) * 5, rows)


def _by_place(problem: Problem) -> str:
    """Returns a problem of the edited text, with its line and column instead of a file name."""
    place = f"{problem.line}:{problem.column}" if problem.line else ""
    return ": ".join(filter(None, (place, problem.what, problem.hint)))
