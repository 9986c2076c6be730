"""The satisfiability check of conditions is sound on random conditions, and exact on those that people write."""

import random

import pytest

from screener.expression.interval import Interval, Truth
from screener.expression.interval_ops import truth
from screener.expression.parser import parse
from screener.expression.syntax_tree import Expression, negation_normal_form
from screener.rules.lint.satisfiability import FigureDomains, RemainingRange, SatisfiabilityChecker
from screener.rules.name_resolver import with_scope
from screener.rules.rulebook import Rulebook


def judged(book: Rulebook, text: str) -> str:
    rule = book.rules["leverage-versus-revenue"]
    possible = SatisfiabilityChecker(rule, FigureDomains(book.catalogue, book.metrics), {"company": "company"})
    node = negation_normal_form(with_scope(parse(text), "company"))
    if not possible.can_hold(node):
        return "never"
    return "open" if possible.can_hold(negation_normal_form(node, negated=True)) else "always"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("revenue < 0", "never"),
        ("revenue <= 0", "open"),
        ("revenue >= 0", "always"),
        ("net_income < 0", "open"),
        ("yield_rate > 2", "never"),
        ("yield_rate > 1", "never"),
        ("yield_rate >= 1", "open"),
        ("yield_rate <= 1", "always"),
        ("debt_to_revenue > params.most", "open"),
        ("revenue > 3 and revenue < 2", "never"),
        ("revenue > 3 and revenue < 3", "never"),
        ("revenue >= 3 and revenue <= 3", "open"),
        ("revenue >= 3 and revenue <= 3 and revenue != 3", "never"),
        ("revenue > 3 or revenue <= 3", "always"),
        ("revenue > 3 or revenue < 3", "open"),
        ("profitable or not profitable", "always"),
        ("profitable and not profitable", "never"),
        ("profitable and not (profitable and revenue > 1)", "open"),
        ("revenue > cash and revenue < cash", "never"),
        ("revenue > cash and cash > revenue", "never"),
        ("revenue > cash or cash >= revenue", "always"),
        ("revenue > revenue", "never"),
        ("total_debt + cash < 0", "never"),
        ("max(total_debt, cash) >= 0", "always"),
        ("3 < revenue < 2", "never"),
    ],
)
def test_conditions(book: Rulebook, text: str, verdict: str) -> None:
    assert judged(book, text) == verdict


def test_what_is_called_impossible_is_impossible(book: Rulebook) -> None:
    """Random conditions over two figures: one for which some pair of values decides otherwise is never condemned."""
    draw = random.Random(7)

    def condition(depth: int) -> str:
        if depth == 0 or draw.random() < 0.3:
            sides = [draw.choice(["cash", "revenue"]), draw.choice(["cash", "revenue", "0", "1", "2"])]
            draw.shuffle(sides)
            return f"{sides[0]} {draw.choice(['<', '<=', '>', '>=', '==', '!='])} {sides[1]}"
        parts = f"({condition(depth - 1)}) {draw.choice(['and', 'or'])} ({condition(depth - 1)})"
        return f"not ({parts})" if draw.random() < 0.2 else parts

    points = [(a / 2, b / 2) for a in range(7) for b in range(7)]
    counts = {"never": 0, "always": 0, "open": 0}
    for _ in range(400):
        text = condition(3)
        node = parse(text)
        outcomes = {_holds(node, a, b) for a, b in points}
        verdict = judged(book, text)
        counts[verdict] += 1
        assert verdict != "never" or outcomes == {Truth.FALSE}, text
        assert verdict != "always" or outcomes == {Truth.TRUE}, text
    assert min(counts.values()) > 10


def _holds(node: Expression, cash: float, revenue: float) -> Truth:
    return truth(node, lambda n: Interval.point(cash if n.field == "cash" else revenue))


def test_spans() -> None:
    assert RemainingRange(0, 1).restricted(">", 1).is_empty
    assert not RemainingRange(0, 1).restricted(">=", 1).is_empty
    assert RemainingRange(0, 1).restricted("==", 2).is_empty
    assert RemainingRange(0, 10).restricted(">", 4).is_within(RemainingRange(0, 10).restricted(">=", 4))
    assert not RemainingRange(0, 10).restricted(">=", 4).is_within(RemainingRange(0, 10).restricted(">", 4))
    assert not RemainingRange(0, 10).is_within(RemainingRange(0, 10).restricted("!=", 4))
