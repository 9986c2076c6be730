"""What changed between two results, and the cause of each change."""

from pathlib import Path
from typing import Any

import pytest

from screener.expression.interval import Interval
from screener.report.views.comparison_view import comparison_view
from screener.report.wording import load_wording
from screener.result.comparison import ResultComparison, Turn, compare
from screener.result.model import ResultDocument
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_loader import load_rulebook
from screener.screening import Screener
from screener.text import Text
from tests.conftest import profile_of

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
BN = 1e9


@pytest.fixture(scope="module")
def classic() -> Screener:
    return Screener.load(packs=["classic"])


def turned(c: ResultComparison) -> dict[str, str]:
    """Returns the change of outcome by rule."""
    return {t.rule: t.change for t in c.turns}


def turn(c: ResultComparison, rule: str) -> Turn:
    (found,) = (t for t in c.turns if t.rule == rule)
    return found


def causes(c: ResultComparison, rule: str) -> list[tuple[str, str]]:
    """Returns kind and name of the causes of a rule's change."""
    return [(c.changes[n].kind, c.changes[n].key) for n in turn(c, rule).causes]


# Nvidia, by hand from the verified figures: fiscal 2025 (to 26 January 2025) and 2026 (to 25 January 2026), in billions

CHANGED = {
    "revenue": (130.497, 215.938), "net_income": (72.880, 120.067), "operating_cash_flow": (64.089, 102.718),
    "capital_expenditure": (3.236, 6.042), "total_debt": (8.463, 8.468), "equity": (79.327, 157.293),
    "total_assets": (111.601, 206.803), "total_liabilities": (32.274, 49.510),
}
AGED = {**{name: then for name, (then, _) in CHANGED.items()}}  # fiscal 2025 is the year before now


def nvidia(screener: Screener) -> ResultComparison:
    before, after = (screener.assess(screener.profile(str(FIXTURES / name))) for name in ("nvidia.json", "later/nvidia-2026-03.json"))
    return compare(before, after)


@pytest.fixture(scope="module")
def ai(book: Rulebook) -> ResultComparison:
    return nvidia(Screener.load(packs=["ai-era"]))


def test_nvidia_figures(ai: ResultComparison) -> None:
    changes = {(c.kind, c.key): c for c in ai.changes}
    for name, (then, now) in CHANGED.items():
        change = changes.pop(("changed", name))
        assert change.before
        assert change.after
        assert change.before.value == Interval.point(round(then * BN))
        assert change.after.value == Interval.point(round(now * BN))
        assert change.before.source
        assert change.after.source
        assert change.before.source.en.startswith("Form 10-K, fiscal 2025")
        assert change.after.source.en.startswith("Form 10-K, fiscal 2026")
        assert (change.before.kind, change.after.kind) == ("filed", "filed")
    for name, value in AGED.items():
        change = changes.pop(("aged", name))
        assert change.after
        assert change.after.value == Interval.point(round(value * BN))
        assert change.title.en.endswith(", one period before")
    cash, operating_income = changes.pop(("known", "cash")), changes.pop(("lost", "operating_income"))
    assert cash.before is None
    assert cash.after
    assert cash.after.value == Interval(10.605 * BN, float("inf"))
    assert operating_income.after is None
    assert operating_income.before
    assert operating_income.before.value == Interval.point(81.453 * BN)
    assert not changes, "nothing else is otherwise: the relations of both profiles are the same"


def test_nvidia_by_the_rules_of_the_article(ai: ResultComparison) -> None:
    """Both years are profitable and bring in cash, debt is small against revenue: only debt over EBITDA is not known any more."""
    assert (ai.before.verdict.word, ai.after.verdict.word) == ("watch", "watch")
    assert (ai.before.score.value, ai.before.score.low) == (ai.after.score.value, ai.after.score.low)
    assert turned(ai) == {"moderate-leverage": "gone", "cash-generative": "numbers", "profitable": "numbers"}
    margin = turn(ai, "cash-generative")
    assert [h.en if h else None for h in margin.headlines] == ["49.1 % of revenue", "47.6 % of revenue"]  # 64.089/130.497, 102.718/215.938
    assert sorted(causes(ai, "cash-generative")) == [("changed", "capital_expenditure"), ("changed", "operating_cash_flow"), ("changed", "revenue")]
    assert causes(ai, "profitable") == [("changed", "net_income")]


def test_nvidia_by_the_classic_rules(classic: Screener) -> None:
    """Cash of at least 10.605 exceeds debt of 8.468, so net debt is negative. Without operating income, EBITDA is
    unknown."""
    c = nvidia(classic)
    assert turned(c) == {"more-cash-than-debt": "new", "debt-above-six-ebitda": "otherwise", "leveraged-borrower": "otherwise",
                         "piotroski-accrual": "numbers"}
    new = turn(c, "more-cash-than-debt")
    assert (new.before, new.after) == ("unknown", "fired")
    flows = [("changed", "capital_expenditure"), ("changed", "operating_cash_flow")]
    assert sorted(causes(c, "more-cash-than-debt")) == [*flows, ("changed", "total_debt"), ("known", "cash")]
    _, net_debt = new.crossings
    assert net_debt.before
    assert net_debt.after
    assert (net_debt.before.holds, net_debt.after.holds) == ("unknown", "yes")
    assert net_debt.after.value.hi == pytest.approx((8.468 - 10.605) * BN)
    for rule in ("debt-above-six-ebitda", "leveraged-borrower"):
        assert (turn(c, rule).before, turn(c, rule).after) == ("clear", "unknown")
        assert ("lost", "operating_income") in causes(c, rule)
    assert turn(c, "debt-above-six-ebitda").crossings[0].before.value.hi == pytest.approx(8.463 / 81.453)  # type: ignore[union-attr]
    assert (c.before.coverage.decided, c.after.coverage.decided) == (10, 9)
    assert c.judged_otherwise


# Other causes, on small profiles


class Both:
    """Two profiles, or one profile under two rulebooks."""

    def __init__(self, book: Rulebook) -> None:
        self.screener = Screener(book)

    def __call__(self, before: dict[str, Any], after: dict[str, Any], other: Rulebook | None = None) -> ResultComparison:
        return compare(self.result(before), self.result(after, other))

    def result(self, data: dict[str, Any], other: Rulebook | None = None) -> ResultDocument:
        screener = Screener(other) if other else self.screener
        return screener.assess(profile_of(screener.rulebook.catalogue, **data))


@pytest.fixture(scope="module")
def both(book: Rulebook) -> Both:
    return Both(book)


LEVERED = {"figures": {"revenue": 100, "total_debt": 160}, "sector": "semiconductors"}
LESS = {"figures": {"revenue": 100, "total_debt": 140}, "sector": "semiconductors"}
NO_DEBT = {"figures": {"revenue": 100}, "sector": "semiconductors"}


def test_two_alike(both: Both) -> None:
    c = both(LEVERED, LEVERED)
    assert (c.turns, c.changes, c.shifts) == ((), (), ())


def test_a_figure_changed(both: Both) -> None:
    c = both(LESS, LEVERED)
    assert turned(c) == {"leverage-versus-revenue": "new"}
    assert causes(c, "leverage-versus-revenue") == [("changed", "total_debt")]
    assert turn(c, "leverage-versus-revenue").points == (0.0, 10.0)
    back = both(LEVERED, LESS)
    assert turned(back) == {"leverage-versus-revenue": "gone"}


def test_a_figure_became_known_and_was_lost(both: Both) -> None:
    c = both(NO_DEBT, LEVERED)
    assert ("known", "total_debt") in causes(c, "leverage-versus-revenue")
    assert turn(c, "leverage-versus-revenue").before == "unknown"
    c = both(LEVERED, NO_DEBT)
    assert turned(c)["leverage-versus-revenue"] == "gone"
    assert causes(c, "leverage-versus-revenue") == [("lost", "total_debt")]


def test_the_same_value_of_another_source_is_no_cause(both: Both) -> None:
    sources = {"a": {"title": "A", "kind": "filed"}, "b": {"title": "B", "kind": "reported"}}
    profiles = [{"sources": sources, "figures": {"revenue": 100, "total_debt": {"value": 160, "source": s}}} for s in "ab"]
    c = both(*profiles)
    (change,) = (x for x in c.changes if x.key == "total_debt")
    assert change.kind == "source"
    assert change.before
    assert change.before.source == Text("A", "A")
    assert change.after
    assert change.after.kind == "reported"
    assert all(t.change == "numbers" or not t.causes for t in c.turns)


def test_a_relation_appeared(both: Both) -> None:
    parties = {"x": {"name": "X", "figures": {"net_income": -5}}}
    c = both({**LEVERED, "customers": [], "parties": parties},
             {**LEVERED, "customers": [{"party": "x", "share_of_revenue": 0.5}], "parties": parties})
    assert turned(c)["single-customer-dependence"] == "new"
    assert turn(c, "single-customer-dependence").before == "clear"
    assert ("relation-new", "customers") in causes(c, "single-customer-dependence")
    (change,) = (x for x in c.changes if x.kind == "relation-new")
    assert change.about == Text("X", "X")
    assert [t.en for t, _ in change.fields] == ["Share of revenue"]
    assert ("relation-new", "customers") in causes(c, "loss-making-customer")


def test_a_list_was_closed(both: Both) -> None:
    c = both({"incomplete": ["customers"], "customers": []}, {"customers": []})
    assert turn(c, "single-customer-dependence").before == "unknown"
    assert turn(c, "single-customer-dependence").after == "clear"
    assert causes(c, "single-customer-dependence") == [("list", "customers")]


def test_a_flow_appeared(both: Both) -> None:
    flows = [{"from": a, "to": b, "what": "lends", "amount": 5} for a, b in (("main", "x"), ("x", "y"), ("y", "main"))]
    figures = {"revenue": 10}
    parties = {"x": {"name": "X"}, "y": {"name": "Y"}}
    c = both({"figures": figures, "flows": flows[:2], "parties": parties}, {"figures": figures, "flows": flows, "parties": parties})
    assert turned(c)["circular-financing"] == "new"
    assert causes(c, "circular-financing") == [("relation-new", "flows")]
    (change,) = (x for x in c.changes if x.key == "flows")
    assert change.title.en == "Y → Main, lends"


def test_a_counterparty_lost_money(both: Both) -> None:
    def of(income: float) -> dict[str, Any]:
        return {"customers": [{"party": "x", "share_of_revenue": 0.6}], "parties": {"x": {"name": "X", "figures": {"net_income": income}}}}

    c = both(of(5), of(-5))
    assert turned(c)["loss-making-customer"] == "new"
    (change,) = (c.changes[n] for n in turn(c, "loss-making-customer").causes)
    assert (change.kind, change.key, change.company) == ("changed", "net_income", Text("X", "X"))


def test_a_pattern_rests_on_the_rules_below_it(both: Both) -> None:
    moat = {"moats": [{"what": "ecosystem", "switching_cost": 20}]}
    c = both({**moat, "figures": {"net_income": -5, "operating_cash_flow": -5}}, {**moat, "figures": {"net_income": 5, "operating_cash_flow": -5}})
    assert turned(c)["ecosystem-moat"] == "new"
    assert turn(c, "ecosystem-moat").rests_on == ("profitable",)
    assert c.after.patterns == ("ecosystem-moat",)


def test_another_threshold(both: Both, book: Rulebook) -> None:
    c = both(LEVERED, LEVERED, load_rulebook(settings=["leverage-versus-revenue.most=2"]))
    assert turned(c) == {"leverage-versus-revenue": "gone"}
    assert causes(c, "leverage-versus-revenue") == [("param", "leverage-versus-revenue.most")]
    (crossing,) = turn(c, "leverage-versus-revenue").crossings
    assert crossing.before
    assert crossing.after
    assert (crossing.before.threshold, crossing.after.threshold) == (Interval.point(1.5), Interval.point(2))


def test_another_sector_another_threshold(both: Both) -> None:
    c = both({**LEVERED, "sector": "semiconductors"}, {**LEVERED, "sector": "utilities"})
    assert turned(c)["leverage-versus-revenue"] == "gone"
    assert causes(c, "leverage-versus-revenue") == [("param", "leverage-versus-revenue.most")]
    assert next(x.kind for x in c.changes) == "sector"


def test_a_rule_came_and_went(both: Both) -> None:
    c = both(LEVERED, LEVERED, load_rulebook(disabled=["leverage-versus-revenue", "levered-on-a-loss-making-customer"]))
    assert turned(c) == {"leverage-versus-revenue": "gone"}
    assert causes(c, "leverage-versus-revenue") == [("rule-gone", "leverage-versus-revenue")]
    assert ("rule-gone", "levered-on-a-loss-making-customer") in [(x.kind, x.key) for x in c.changes]


RULE = """
rule: thin-margin
flag: red
severity: SEVERITY
category: profitability
title: {en: T, zh: 题}
when: [company: 'net_income < LIMIT * revenue']
says: {en: S, zh: 说}
why: {en: W, zh: 因}
clears: {en: C, zh: 消}
false_alarms: {en: F, zh: 误}
references: ["R"]
"""


def test_another_condition_and_severity(tmp_path: Path) -> None:
    books = []
    for n, (severity, limit) in enumerate((("high", "0.1"), ("high", "0.01"), ("low", "0.1"))):
        file = tmp_path / f"{n}.yaml"
        file.write_text(RULE.replace("SEVERITY", severity).replace("LIMIT", limit), "utf-8")
        books.append(load_rulebook([str(file)], packs=[]))
    both = Both(books[0])
    data = {"figures": {"revenue": 100, "net_income": 5}}
    c = both(data, data, books[1])
    assert turned(c) == {"thin-margin": "gone"}
    assert causes(c, "thin-margin") == [("condition", "thin-margin")]
    (change,) = c.changes
    assert change.before
    assert change.after
    assert change.before.value == "company: net_income < 0.1 * revenue"
    c = both(data, data, books[2])
    assert [(x.kind, x.key) for x in c.changes] == [("weight", "thin-margin")]
    assert [(s.rule, s.points) for s in c.shifts] == [("thin-margin", (20.0, 4.0))]
    assert c.judged_otherwise


def test_results_that_do_not_know_their_facts(both: Both) -> None:
    """Results of earlier versions contain no facts and conditions, but the changes in their evidence are still reported."""
    before, after = (both.result(d)._replace(facts=()) for d in (LESS, LEVERED))
    before = before._replace(findings=tuple(f._replace(when=(), params=()) for f in before.findings))
    c = compare(before, after)
    assert causes(c, "leverage-versus-revenue") == [("changed", "total_debt")]
    assert not [x for x in c.changes if x.kind in ("condition", "param", "list")]


def test_a_waived_flag_is_gone(book: Rulebook, both: Both, tmp_path: Path) -> None:
    settings = tmp_path / "screener.yaml"
    settings.write_text("waivers: [{rule: leverage-versus-revenue, company: main, until: 2030-01-01, reason: known, by: Me}]\n")
    data = {**LEVERED, "as_of": "2026-01-01"}
    c = both(data, data, load_rulebook(config=settings))
    assert turned(c) == {"leverage-versus-revenue": "gone"}
    assert turn(c, "leverage-versus-revenue").after == "fired, not scored"
    assert causes(c, "leverage-versus-revenue") == [("counts", "leverage-versus-revenue")]


def test_numbers_say_by_how_much_they_changed_and_a_lack_of_data_what_is_needed() -> None:
    """In per cent, of shares in percentage points; the bar of the packs where too little is decided."""
    screener = Screener.load()

    def result(**figures: Any) -> Any:
        claims = {name: {"value": value, "period": "FY2025"} for name, value in figures.items()}
        return screener.screen({"id": "acme", "name": "Acme", "currency": "USD", "figures": claims}).document

    view = comparison_view(
        compare(result(revenue=100, total_debt=60, net_income=-5), result(revenue=165, total_debt=30, net_income=5)),
        load_wording("en"),
    )
    moved = {row.title: row.moved for row in view.inputs}
    assert (moved["Revenue"], moved["Debt"]) == ("+65 %", "−50 %")
    assert moved["Net income"] == ""  # it changed its sign
    assert [t.sentence for g in view.groups if g.change == "gone" for t in g.turns if t.sentence.startswith("Before: ")]
    oracle = screener.screen("fixtures/oracle.json").document
    lost = comparison_view(compare(oracle, result(revenue=1)), load_wording("en"))
    assert "35 % of a pack is needed" in lost.verdict
    assert "went from" not in lost.verdict.partition(":")[2]


def test_both_sides_have_the_colours_and_periods_of_the_pages() -> None:
    """A good verdict beside a critical flag is amber; periods are in the words of the language."""
    screener = Screener.load()
    before, after = (screener.screen(f"fixtures/{name}").document for name in ("nvidia.json", "later/nvidia-2026-03.json"))
    plain = screener.screen("fixtures/microsoft.json").document
    views = [comparison_view(compare(before, other), load_wording("en")) for other in (after, plain)]
    assert [v.after.verdict.css_class for v in views] == ["medium eye", "clear eye"]
    periods = {side.period for row in views[0].inputs for side in (row.before, row.after)}
    assert "year to 25 January 2026" in periods
    assert not any("/" in period for period in periods)
