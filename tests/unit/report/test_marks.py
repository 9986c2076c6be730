"""Marks of flags that are waived, belong to preview rules, or depend on assumed values."""

from screener.expression.interval import Interval
from screener.report.pages.html_pages import company_page
from screener.report.terminal.company_text import company_text
from screener.report.views.result_view import ResultView
from screener.result.finding_records import AppliedWaiver
from screener.result.model import Assumption, ResultDocument
from screener.text import Text
from screener.vocabulary import RuleStatus
from tests.unit.report import sample


def waived() -> ResultDocument:
    result = sample.oracle()
    first = next(f for f in result.findings if f.outcome == "fired" and f.flag == "red")
    mine = first._replace(scored=False, waived=AppliedWaiver("2026-06-30", "Guaranteed <by> the parent", "Committee"))
    return result._replace(findings=tuple(mine if f is first else f for f in result.findings))


def test_a_waived_flag_is_marked_folded_and_counted_apart() -> None:
    before, view = (ResultView.of(r).company for r in (sample.oracle(), waived()))
    (flag,) = [f for f in view.flags if f.state]
    assert flag.state == "waived"
    assert flag.state_note == (
        "Waived until 30 June 2026 by Committee: Guaranteed <by> the parent. It does not count in score and verdict."
    )
    assert "1 not counted" in view.other_tally
    assert next(r for r in view.why if r.href == f"#{flag.anchor}").points == "waived"
    assert before.tally[0] != view.tally[0]
    assert "Guaranteed &lt;by&gt; the parent" in company_page(waived())
    assert "(waived)" in company_text(ResultView.of(waived()).context)
    assert "(已豁免)" in company_text(ResultView.of(waived(), "zh").context).replace("（", "(").replace("）", ")")


def test_preview_and_deprecated_rules() -> None:
    result = sample.oracle()
    findings = [f._replace(status=RuleStatus.PREVIEW, scored=False) if f.outcome == "fired" else f for f in result.findings]
    view = ResultView.of(result._replace(findings=tuple(findings))).company
    assert {f.state_note for f in view.flags} == {"A preview rule: shown, but it does not count in score and verdict."}
    assert {r.points for r in view.why} == {"preview"}


def test_what_was_assumed_is_stated_at_the_top() -> None:
    assumption = Assumption("revenue", Text("Revenue", "营收"), Interval(50e9, 60e9), "money", "USD", Text("OpenAI", "OpenAI"))
    result = sample.oracle()._replace(assumed=(assumption,))
    note = "What if: Revenue (OpenAI) 50–60 bn; assumed, not observed."
    assert note in company_page(result).replace("\N{NO-BREAK SPACE}", " ")
    assert note in " ".join(company_text(ResultView.of(result).context).split())
