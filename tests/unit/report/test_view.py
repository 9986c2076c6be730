"""The order of findings and other content in a view."""

import pytest

from screener.expression.interval import INF, Interval
from screener.report.views.figure_table import figure_table, relative_change
from screener.report.views.flag_views import is_favourable, top_reasons, undecided_rules
from screener.report.views.index_row import IndexRow, count_verdicts, worst_first
from screener.report.views.index_view import IndexPage, index_view
from screener.report.views.result_view import ResultView
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.model import FigureSeries, PeriodValue, ResultDocument, SourceLine
from screener.screening import Screener
from screener.text import Language, Text
from screener.vocabulary import ClaimKind, Flag, Outcome, Verdict
from tests.unit.report import sample
from tests.unit.report.changed import replace
from tests.unit.report.formats import row as index_row


def context(result: ResultDocument) -> ViewContext:
    return ViewContext(result, load_wording("en"))


def test_reasons_come_from_under_the_pattern_and_one_of_each_cause() -> None:
    base = sample.oracle()
    assert [f.rule for f in top_reasons(context(base))] == [
        "commitment-versus-revenue",
        "circular-financing",
        "leverage-versus-revenue",
    ]
    twin = replace(base.findings[1], rule="twin")  # of the same cause
    both = top_reasons(context(replace(base, findings=(twin, *base.findings))))
    assert len({f.cause for f in both}) == 3


def test_reasons_of_a_good_verdict_are_good() -> None:
    base = sample.oracle()
    watched = replace(base, verdict=replace(base.verdict, word=Verdict.WATCH, because=("backlog",)))
    assert top_reasons(context(watched), 1)[0].rule == "backlog"


def test_the_score_is_a_range_where_too_little_is_known() -> None:
    assert ResultView.of(sample.empty()).company.score == "0–99"
    assert ResultView.of(sample.oracle()).company.score == "67"


def test_thin_evidence_and_illustrations_are_named_on_the_card() -> None:
    base = sample.oracle()
    thin = replace(
        base,
        verdict=replace(base.verdict, word=Verdict.WATCH, thin=True, open_patterns=("loss-making",)),
        sources=(SourceLine("x", Text.of("A drawing"), ClaimKind.ILLUSTRATIVE, None, None, None, 1),),
    )
    view = ResultView.of(thin).company
    assert (view.thin_evidence, view.open_patterns) == ("on thin evidence", ("Loses money",))
    assert ResultView.of(replace(thin, verdict=replace(thin.verdict, thin=False))).company.open_patterns == ()
    assert view.illustrative == "Illustrative, not observed: A drawing"


def test_another_currency_is_named_and_ones_own_is_not() -> None:
    c = context(sample.oracle())
    assert c.value_text(Interval.point(5e9), "money", "x", "USD") == "5\u00a0bn"
    assert c.value_text(Interval.point(5e9), "money", "x", "EUR") == "5\u00a0bn EUR"


def test_whose_a_figure_is() -> None:
    c = context(sample.oracle())
    assert c.whose(Text("Oracle", "甲骨文")) == ""
    assert c.whose(Text.of("OpenAI")) == "OpenAI"
    assert c.whose(Text("Oracle", "甲骨文"), Text.of("OpenAI")) == "OpenAI"


def test_a_flag_is_linked_only_where_it_stands_on_the_page() -> None:
    c = context(sample.oracle())
    assert c.rule_link("circular-financing").href == "#f-circular-financing"
    assert c.rule_link("loss-making").href is None
    assert c.rule_link("<no rule>").text == "<no rule>"


def test_every_flag_is_on_one_line_with_its_weakest_source_and_its_points() -> None:
    base = sample.oracle()
    rows = {r.href: r for r in ResultView.of(base).company.why}
    fired = [f for f in base.findings if f.outcome is Outcome.FIRED]
    assert list(rows) == [f"#f-{f.rule}" for f in sorted(fired, key=lambda f: (f.flag is Flag.DATA, is_favourable(f)))]
    drawn = {s.rule for s in base.waterfall if s.start != s.end}
    assert {href for href, r in rows.items() if r.moves} == {f"#f-{rule}" for rule in drawn}
    for f in fired:
        kinds = [e.kind for e in f.evidence if e.kind != ClaimKind.COMPUTED]
        assert rows[f"#f-{f.rule}"].kind == (load_wording("en").label("kind", max(kinds)) if kinds else "")


def test_a_flag_whose_cause_counts_already_says_so() -> None:
    base = sample.oracle()
    first = next(f for f in base.findings if f.points > 0)
    twin = replace(first, rule="twin", points=0.0)
    same = replace(base, findings=(twin, *(replace(f, cause="c") if f is first else f for f in base.findings)))
    rows = {r.href: r for r in ResultView.of(same).company.why}
    assert rows["#f-twin"].points == "0"  # no cause
    caused = replace(same, findings=(replace(twin, cause="c"), *same.findings[1:]))
    rows = {r.href: r for r in ResultView.of(caused).company.why}
    assert (rows["#f-twin"].points, rows["#f-twin"].moves, rows["#f-twin"].is_brief) == ("same cause", None, True)


def test_further_matches_and_their_sum_stand_beside_a_flag() -> None:
    base = sample.oracle()
    many = replace(
        base.findings[1],
        others=2,
        total=Interval.point(8.1e9),
        headline=Text("2 bn (and 2 more)", "20 亿（另有 2 项）"),
    )
    row = ResultView.of(replace(base, findings=(many,))).company.why[0]
    assert "+2 more, 8.1\u00a0bn in total" in row.details
    assert "more" not in row.figure


def test_the_number_of_further_matches_is_not_cut() -> None:
    """For any length of the number and of the threshold."""
    base = sample.oracle()
    sentence = "USD 123 bn against revenue of USD 57.4 bn and debt of USD 92.6 bn (and 2,900 more)"
    many = replace(base.findings[1], headline=Text(sentence, sentence))
    figure = ResultView.of(replace(base, findings=(many,))).company.flags[0].figure
    assert figure is not None
    assert figure.after.replace("\u00a0", " ").endswith("(and 2,900 more)")


@pytest.mark.parametrize(("language", "long", "short"), [("en", "a loss of at least 5\u00a0bn", "loss ≥ 5\u00a0bn"),
                                                         ("zh", "亏损至少 50\u00a0亿", "亏损 ≥ 50\u00a0亿")])
def test_a_loss_of_which_the_least_is_known_is_a_loss(language: Language, long: str, short: str) -> None:
    c = ViewContext(sample.oracle(), load_wording(language))
    assert c.value_text(Interval(-INF, -5e9), "money", "net_income", "USD") == long
    assert c.value_text(Interval(-INF, -5e9), "money", "net_income", "EUR") == f"{long} EUR"
    other = c.value_text(Interval(-INF, -5e9), "money", "free_cash_flow", "USD")
    assert other not in (long, short)


def row(word: str, value: float, name: str = "x") -> IndexRow:
    base = sample.oracle()
    named = replace(base, company=replace(base.company, id=name, name=Text.of(name)))
    word_and_score = {"verdict": replace(base.verdict, word=Verdict(word)), "score": replace(base.score, value=value)}
    return index_row(replace(named, **word_and_score))


def test_rows_stand_worst_first() -> None:
    rows = [row("watch", 5), row("avoid", 40), row("avoid", 80), row("caution", 90), row("insufficient-data", 0)]
    assert [(r.verdict_word, r.score_value) for r in worst_first(rows)] == [
        ("avoid", 80),
        ("avoid", 40),
        ("caution", 90),
        ("insufficient-data", 0),
        ("watch", 5),
    ]


def test_a_row_is_small_and_holds_what_the_heat_map_needs() -> None:
    import pickle

    made = index_row(sample.oracle())
    assert len(pickle.dumps(made)) < 3000
    states = {rule: state for rule, _, state in made.rule_states}
    assert states["circular-financing"] == "critical"
    assert states["short-runway"] == "unknown"
    assert states["unproven-yield"] == "not-applicable"
    assert "loss-making" not in states  # clear
    assert states["backlog"] == "moderate"


@pytest.mark.parametrize(("language", "letter"), [("en", "C"), ("zh", "严")])
def test_the_heat_map_shows_rules_that_fired_somewhere(language: Language, letter: str) -> None:
    rows = [index_row(sample.oracle(), language), index_row(sample.empty(), language)]
    view = index_view(IndexPage(rows, count_verdicts(rows)), load_wording(language))
    assert len(view.heat_columns) == 5
    assert view.entries[0].cells[0][:2] == ("critical", letter)
    assert view.heat_omitted


def test_a_good_verdict_hides_no_red_flag() -> None:
    """The index names the most severe red flag beside every verdict, with a link to it."""
    result = Screener.load().screen("fixtures/nvidia.json").document
    row = ResultView.of(result).index_row
    assert row.verdict_word == "watch"
    assert row.worst_flag is not None
    assert row.worst_flag.badge.css_class == "critical"
    assert row.worst_flag.href == "nvidia.html#f-circular-financing"
    assert (row.details, row.as_of) == ("NVDA · Semiconductors", "2026-02-06")


def test_the_index_says_of_when_and_by_which_rules() -> None:
    screener = Screener.load()
    rows = [ResultView.of(screener.screen(f"fixtures/{name}.json").document).index_row for name in ("oracle", "adobe")]
    view = index_view(IndexPage(rows, count_verdicts(rows)), load_wording("en"))
    assert "as of 6 February 2026" in view.meta
    assert "2 sectors" in view.meta
    assert any(part.startswith("rules: core ") and " + " not in part for part in view.meta)
    fired = [cell for entry in view.entries for cell in entry.cells if cell[2]]
    assert all(href.startswith(("oracle.html#f-", "adobe.html#f-")) for _, _, href in fired)
    assert {letter for css_class, letter, _ in fired} >= {"C", "G"}


def test_the_heat_map_has_what_fired_most_often_first() -> None:
    screener = Screener.load()
    names = ("oracle", "adobe", "nvidia", "openai")
    rows = [ResultView.of(screener.screen(f"fixtures/{name}.json").document).index_row for name in names]
    view = index_view(IndexPage(rows, count_verdicts(rows)), load_wording("en"))
    counts = [
        sum(entry.cells[i][0] not in ("", "unknown", "clear") for entry in view.entries)
        for i in range(len(view.heat_columns))
    ]
    red = [count for count in counts if count]
    assert red == sorted(red, reverse=True)


def test_the_column_of_figures_names_currency_and_scale_once() -> None:
    periods = tuple(
        PeriodValue(f"FY{y}", f"{y}-12-31", Interval.point(v), ClaimKind.FILED, "10k-2025")
        for y, v in ((2025, -1e9), (2024, 5e9))
    )
    series = FigureSeries("net_income", Text("Net income", "净利润"), "money", "USD", periods)
    result = replace(sample.oracle(), history=(series,))
    (table, zh) = (ResultView.of(result, language).company.figures for language in ("en", "zh"))
    assert table is not None
    assert zh is not None
    assert (table.unit, zh.unit) == ("USD bn", "亿美元")
    assert (table.periods, table.rows[0].values, table.rows[0].change) == (
        ("FY2024", "FY2025"),
        ("5", "−1"),
        "to negative",
    )
    assert table.rows[0].chart is not None
    assert len(table.rows[0].chart.rects) == 2


@pytest.mark.parametrize(
    ("old", "new", "shown"), [(100, 108, "+8.0 %"), (6.87, 21.2, "+209 %"), (-5, -8, "−60 %"), (1, 30, "30×")]
)
def test_changes_of_figures(old: float, new: float, shown: str) -> None:
    assert relative_change(old, new, "en") == shown


@pytest.mark.parametrize(
    ("values", "unit", "shown"),
    [
        ((57.4e9, -0.394e9), "USD bn", ("57.4", "−0.39")),
        ((5.273e9, 6.7e6), "USD m", ("5,273", "6.7")),
        ((5e12, 1e3), "USD tn", ("5", "< 0.01")),  # no scale is readable for both
        ((0.0, 0.0), "USD", ("0", "0")),
    ],
)
def test_the_scale_of_a_table_leaves_a_digit_of_each_amount(
    values: tuple[float, float], unit: str, shown: tuple[str, str]
) -> None:
    figures = ("revenue", "net_income")
    history = tuple(
        FigureSeries(
            name,
            Text(name, name),
            "money",
            "USD",
            (PeriodValue("FY2025", "2025-05-31", Interval.point(value), ClaimKind.FILED, None),),
        )
        for name, value in zip(figures, values, strict=True)
    )
    table = figure_table(context(replace(sample.oracle(), history=history)))
    assert table is not None
    assert (table.unit, tuple(row.values[0] for row in table.rows)) == (unit, shown)


def test_rules_that_wait_for_the_same_stand_together() -> None:
    result = sample.oracle()
    waiting = [f for f in result.findings if f.outcome is Outcome.UNKNOWN]
    same = [
        replace(f, rule=f"{f.rule}-{n}", title=Text(f"Rule {n}", f"规则 {n}")) for n in range(2) for f in waiting[:1]
    ]
    found = undecided_rules(context(replace(result, findings=(*result.findings, *same))))
    assert len(found) == len(undecided_rules(context(result)))
    assert any("Rule 0 · Rule 1" in rule.title for rule in found)
