"""Compares each statement on the pages of real companies with the result behind it."""

from functools import lru_cache

import pytest

from screener.report import number_format as numbers
from screener.report.views.company_view import CompanyView
from screener.report.views.flag_views import fired_flags
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.screening import Screener
from screener.vocabulary import Flag, Outcome
from tests.scenarios.commands import ROOT

COMPANIES = sorted(path.stem for path in (ROOT / "fixtures").glob("*.json"))


@lru_cache
def assessed(name: str) -> ResultDocument:
    screener = Screener.load()
    return screener.assess(screener.profile(str(ROOT / f"fixtures/{name}.json")))


@lru_cache
def page(name: str) -> CompanyView:
    return ResultView.of(assessed(name), "en").company


@pytest.mark.parametrize("name", COMPANIES)
def test_points_have_their_sign_and_a_drawing_without_text(name: str) -> None:
    """A relief of −11.4 was once struck through, and read as +11.4."""
    points = {f.rule: f.points for f in assessed(name).findings if f.outcome is Outcome.FIRED}
    for row in page(name).why:
        moved = points[next(rule for rule in points if row.href == f"#f-{rule}")]
        if abs(moved) >= 0.05:
            assert row.points == numbers.signed(moved)
            assert row.points[0] == ("+" if moved > 0 else "−")


@pytest.mark.parametrize("name", COMPANIES)
def test_a_verdict_on_few_rules_says_so(name: str) -> None:
    result, view = assessed(name), page(name)
    bar = result.coverage.at_least
    assert bar is not None
    below = all(pack.decided < bar * pack.total for pack in result.coverage.packs if pack.total)
    assert bool(view.below_bar) == below
    assert bool(view.thin_evidence) == result.verdict.thin
    assert bool(ResultView.of(result, "en").index_row.thin_evidence) == result.verdict.thin


@pytest.mark.parametrize("name", COMPANIES)
def test_the_heaviest_red_flag_is_among_the_first_rows(name: str) -> None:
    red = [f for f in assessed(name).findings if f.outcome is Outcome.FIRED and f.flag is Flag.RED and f.scored]
    if red:
        heaviest = max(red, key=lambda f: f.points)
        assert f"#f-{heaviest.rule}" in [row.href for row in page(name).why[:3]]


@pytest.mark.parametrize("name", COMPANIES)
def test_rows_and_flags_have_the_same_mark(name: str) -> None:
    """A flag has the same mark in the list of reasons and in its full section."""
    flags = {f"#{flag.anchor}": flag.badge for flag in page(name).flags}
    assert {row.href: row.badge for row in page(name).why} == flags


def test_the_parts_of_a_condition_stand_under_all_of_or_one_of() -> None:
    """(debt OR planned debt) AND a customer that loses money is not a plain sequence."""
    context = ResultView.of(assessed("oracle"), "en").context
    flag = next(f for f in fired_flags(context) if f.anchor == "f-levered-on-a-loss-making-customer")
    alternatives = next(c for c in flag.conditions if c.parts)
    assert alternatives.text == "At least one of:"
    assert {part.answer for part in alternatives.parts} <= {"yes", "no", "unknown"}
    assert any(not c.parts for c in flag.conditions) or len(flag.conditions) > 1


def test_what_clears_a_flag_says_whether_the_verdict_changes() -> None:
    """For Oracle, debt below its limit changes nothing, but a customer without losses changes the verdict."""
    result, flags = assessed("oracle"), {flag.anchor: flag for flag in page("oracle").flags}
    for basis in result.basis.without if result.basis else ():
        flag = flags.get(f"f-{basis.rule}")
        if flag is not None and flag.clears:
            assert flag.alone, basis.rule


@pytest.mark.parametrize("name", COMPANIES)
def test_relief_that_was_not_earned_is_not_passed(name: str) -> None:
    clear = [f for f in assessed(name).findings if f.outcome is Outcome.CLEAR]
    view = page(name)
    counted = [[f.title.en for f in clear if f.scored and f.flag is flag] for flag in (Flag.RED, Flag.GREEN)]
    shown = [len(view.passed), len(view.not_earned)]
    assert shown == [len(titles) for titles in counted]
    assert len(view.other_clear) == len(clear) - sum(shown)


@pytest.mark.parametrize("name", COMPANIES)
def test_look_ups_have_the_range_now_and_then(name: str) -> None:
    result, view = assessed(name), page(name)
    now = numbers.score_range(result.score.low, result.score.high)
    assert now in view.lookup_note
    for group in view.lookup_groups:
        span, then = group.chart.rects
        assert then.x >= span.x - 1 or then.x + then.width <= span.x + span.width + 1
        low, _, high = group.score_after.partition("–")
        assert float(low) == pytest.approx(then.x, abs=0.6)
        assert float(high or low) == pytest.approx(then.x + then.width, abs=2.2)  # a bar is drawn at least 1.5 wide


@pytest.mark.parametrize("name", COMPANIES)
def test_a_distance_is_relative_only_to_a_threshold_that_is_not_0(name: str) -> None:
    """An amount cannot be a multiple of 0; 2,593,000,000 was once listed among ratios."""
    for f in assessed(name).findings:
        for d in f.distances:
            if d.threshold.is_point and d.threshold.lo == 0:
                assert d.relative is None, f.rule
