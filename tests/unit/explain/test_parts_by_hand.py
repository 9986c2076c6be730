"""Tables for the parts of explanations: gaps, turning points, deciding sets, measures, texts with counts of other matches."""

from types import SimpleNamespace
from typing import Any

import pytest

from screener.explain.critical_values import beyond, turning_point
from screener.explain.currency_texts import has_amount, missing_rate, threshold_notes
from screener.explain.deciding_sets import (
    MAX_KEPT,
    NEVER_DECIDED,
    OpenPart,
    all_parts,
    any_part,
    one_from_any,
    one_from_each,
    smallest,
)
from screener.explain.match_order import NO_OTHERS, OtherMatches, headline_with_others, sentence_with_others
from screener.explain.measures import measures
from screener.explain.pack_scope import most_wanted, scope_text
from screener.explain.rule_texts import money_text, value_text
from screener.explain.threshold_distances import gap_between
from screener.explain.unknown_inputs import where_to_look
from screener.explain.verdict_sentence import heaviest_flags, verdict_sentence
from screener.expression.interval import INF, UNBOUNDED, Interval, Missing
from screener.profile.currency import ExchangeRates
from screener.profile.loader import profile_from_data
from screener.result.model import FigureSeries, PeriodValue
from screener.result.verdict_records import PackCoverage
from screener.rules.rulebook import Rulebook
from screener.scoring.scope import PackReach, scope_of
from screener.scoring.score import ScoreStep
from screener.scoring.verdict import VerdictDecision
from screener.text import Text
from screener.vocabulary import ClaimKind, Verdict
from tests.conftest import ReadProfile


def interval(lo: float, hi: float | None = None) -> Interval:
    return Interval(lo, lo if hi is None else hi)


@pytest.mark.parametrize(
    ("value", "threshold", "size", "is_relative"),
    [
        (interval(12), interval(10), 0.2, True), (interval(8), interval(10), 0.2, True), (interval(10), interval(10), 0.0, True),
        (interval(-12), interval(-10), 0.2, True), (interval(3), interval(0), 3.0, False), (interval(-3), interval(0), 3.0, False),
        (interval(0), interval(0), 0.0, True), (interval(12, 20), interval(10), 0.2, True), (interval(1, 8), interval(10), 0.2, True),
        (interval(12, INF), interval(10), 0.2, True), (interval(-INF, 5), interval(10), 0.5, True), (interval(12), interval(8, 10), 0.2, True),
        (interval(6), interval(8, 10), 0.25, True), (interval(8), interval(10, INF), 0.2, True), (interval(0.5, 1), interval(0), 0.5, False),
    ],
)
def test_gaps(value: Interval, threshold: Interval, size: float, is_relative: bool) -> None:
    found = gap_between(value, threshold)
    assert found is not None
    assert (found.size, found.is_relative) == (pytest.approx(size), is_relative)


@pytest.mark.parametrize(
    ("value", "threshold"),
    [
        (interval(8, 12), interval(10)), (interval(9), interval(8, 10)), (UNBOUNDED, interval(10)), (interval(1, INF), interval(0, INF)),
        (interval(10, 12), interval(9, 11)),
    ],
)
def test_there_is_no_gap_where_both_may_meet(value: Interval, threshold: Interval) -> None:
    assert gap_between(value, threshold) is None


@pytest.mark.parametrize(
    ("difference", "near", "root"),
    [
        (lambda x: 2 * x - 6, 1.0, 3.0), (lambda x: 6 - 2 * x, 10.0, 3.0), (lambda x: x + 5, 2.0, -5.0), (lambda x: 12 / x - 3, 1.0, 4.0),
        (lambda x: (2 * x - 8) / (x + 1), 1.0, 4.0), (lambda x: 5.0, 1.0, None), (lambda x: x * x - 4, 1.0, None), (lambda x: None, 1.0, None),
        (lambda x: 1 / x, 1.0, None), (lambda x: None if x > 1.2 else x - 3, 1.0, None), (lambda x: 0.0, 1.0, None),
    ],
)
def test_turning_points(difference: Any, near: float, root: float | None) -> None:
    found = turning_point(difference, near)
    assert found == (None if root is None else pytest.approx(root))


@pytest.mark.parametrize(
    ("root", "now", "value"),
    [
        (100.0, 50.0, 101.0), (100.0, 150.0, 99.0), (100.0, 100.0, 101.0), (123.4, 50.0, 124.0), (123.4, 200.0, 123.0), (0.5, 0.1, 0.501),
        (0.5, 0.9, 0.499), (-100.0, 50.0, -101.0), (-100.0, -200.0, -99.0), (0.0, 50.0, -0.05), (0.0, -50.0, 0.05), (999.9, 1.0, 1000.0),
        (1e9, 5e8, 1.01e9), (0.3, 0.1, 0.301), (1e-15, 2.0, -0.002), (1e-15, 0.0, 0.01),
    ],
)
def test_values_beyond_a_turning_point(root: float, now: float, value: float) -> None:
    assert beyond(root, now, 10.0) == pytest.approx(value, rel=1e-12)


A, B, C, D = 1, 2, 4, 8


@pytest.mark.parametrize(
    ("sets", "kept"),
    [
        ([], ()), ([A], (A,)), ([A | B, A], (A,)), ([B, A], (A, B)), ([A | B | C, D, A | B], (D, A | B)), ([A, A], (A,)), ([0, A], (0,)),
    ],
)
def test_sets_that_contain_no_other(sets: list[int], kept: tuple[int, ...]) -> None:
    assert smallest(sets) == kept
    assert one_from_any([tuple(sets), ()]) == kept


def test_unions_of_one_set_of_each() -> None:
    assert one_from_each([]) == (0,)
    assert one_from_each([(A, B), (C,)]) == (A | C, B | C)
    assert one_from_each([(A, B), (A, C)]) == (A, B | C)
    assert one_from_each([(A | B, C), (D, A)]) == (A | B, A | C, C | D)  # A | B | D contains the first
    assert one_from_each([(A,), (B,), (C,)]) == (A | B | C,)
    assert one_from_each([(A,), (B,), (C,), (D,)]) == ()  # more inputs than a set may have
    assert one_from_each([(A,), ()]) == ()
    assert len(smallest(1 << i for i in range(MAX_KEPT + 5))) == MAX_KEPT


def test_parts_of_conditions() -> None:
    one, other = OpenPart.of(A), OpenPart.of(B | C)
    assert one == ((A,), (A,), A)
    assert OpenPart.of(0) == NEVER_DECIDED == ((), (), 0)
    assert all_parts([one, other]) == ((A | B | C,), (A, B | C), A | B | C)
    assert any_part([one, other]) == ((A, B | C), (A | B | C,), A | B | C)
    assert OpenPart((A,), (B,), A | B).negated == ((B,), (A,), A | B)
    assert any_part([]) == ((), (0,), 0)


def series(figure: str, *values: Any) -> FigureSeries:
    periods = tuple(
        PeriodValue(period=f"FY{2025 - i}", end=None, value=v if isinstance(v, Interval) else interval(v), kind=ClaimKind.FILED, source=None)
        for i, v in enumerate(values)
    )
    return FigureSeries(figure=figure, title=Text.of(figure), unit="fraction", currency=None, periods=periods)


@pytest.mark.parametrize(
    ("figure", "values", "years", "rank"),
    [
        ("net_margin", (0.1, 0.2, 0.3), 3, 1), ("net_margin", (0.3, 0.2, 0.1), 3, 3), ("net_margin", (0.2, 0.2, 0.1), 3, 2),
        ("net_margin", (0.1, 0.2), 2, None), ("debt_to_revenue", (3.0, 2.0, 1.0), 3, 1), ("debt_to_revenue", (1.0, 2.0, 3.0), 3, 3),
        ("net_margin", (0.1, interval(0.1, 0.2), 0.3), 1, None), ("net_margin", (0.1, 0.2, 0.3, interval(0, 1)), 3, 1),
    ],
)
def test_the_place_among_earlier_years(book: Rulebook, figure: str, values: Any, years: int, rank: int | None) -> None:
    (found,) = measures([series(figure, *values)], book.catalogue)
    assert (found.value, found.years, found.own_rank, found.period) == (values[0], years, rank, "FY2025")


def test_what_is_no_measure(book: Rulebook) -> None:
    assert list(measures([series("net_margin", interval(0, 1)), series("net_margin"), series("cash_burn_unheard_of", 1.0)], book.catalogue)) == []


def test_others_beside_a_match() -> None:
    text = Text("Acme owes.", "Acme 负债。")
    assert headline_with_others(text, NO_OTHERS) is text
    assert sentence_with_others(text, NO_OTHERS, "USD") is text
    one = OtherMatches(1, None)
    assert headline_with_others(text, one) == Text("Acme owes. (and 1 more)", "Acme 负债。（另有 1 项）")
    assert sentence_with_others(text, one, "USD") == Text("Acme owes. And 1 more.", "Acme 负债。另有 1 项。")
    two = sentence_with_others(text, OtherMatches(2, interval(3e9)), "USD")
    assert two == Text("Acme owes. And 2 more, USD 3 bn in total.", "Acme 负债。另有 2 项，合计 30 亿美元。")


@pytest.mark.parametrize(
    ("value", "unit", "currency", "en", "zh"),
    [
        (interval(3e9), "money", "USD", "USD 3 bn", "30 亿美元"), (interval(3e9), "money", None, "3 bn", "30 亿"),
        (interval(0.25), "fraction", None, "25 %", "25%"), (Missing(0.0, 1.0), "fraction", None, "unknown", "未知"),
        (UNBOUNDED, "money", None, "unknown", "未知"), (None, "text", None, "unknown", "未知"), (None, "truth", None, "unknown", "未知"),
        (True, "truth", None, "yes", "是"), (False, "truth", None, "no", "否"), ("a note", "text", None, "a note", "a note"),
    ],
)
def test_values_in_words(value: Any, unit: str, currency: str | None, en: str, zh: str) -> None:
    assert (value_text(value, unit, "en", None, currency), value_text(value, unit, "zh", None, currency)) == (en, zh)


def test_amounts_in_words() -> None:
    assert money_text(interval(1e9, 2e9), "EUR", "en").startswith("EUR ")
    assert money_text(interval(1e9), None, "en") == "1 bn"


def company_of(read: ReadProfile, **data: Any) -> Any:
    profile = read(**data)
    return SimpleNamespace(subject=profile.subject, rates=ExchangeRates(profile.rates))


def test_which_rate_is_missing(read: ReadProfile) -> None:
    own = company_of(read, currency="EUR", rates={"EUR": {"USD": 1.25}})
    assert missing_rate("EUR", own, "USD") is None
    assert missing_rate("USD", own, "USD") is None
    unknown = missing_rate("EUR", own, "JPY")
    assert unknown == ("rates.EUR.JPY", Text("Exchange rate: 1 EUR in JPY", "汇率：1 EUR 合多少 JPY"))
    for given, wanted in ((None, "USD"), ("USD", None)):
        assert missing_rate(given, own, wanted) == ("currency", Text("Currency of its amounts", "金额所用货币"))


def param(value: Any, currency: str | None = "USD", **sectors: float) -> Any:
    return SimpleNamespace(value=value, currency=currency, sectors=sectors)


def test_notes_on_thresholds_in_another_currency(read: ReadProfile) -> None:
    assert [has_amount(p) for p in (param(1), param(0), param(1, None), param(0, "USD", banks=2))] == [True, False, False, True]
    thresholds = [param(1e9), param(0), param(2e9, None), param(1e9, "EUR")]

    def notes(**data: Any) -> list[Text]:
        return list(threshold_notes(iter(thresholds), company_of(read, **data)))  # type: ignore[arg-type]

    assert notes(currency="EUR") == [
        Text("The threshold is USD 1 bn; no rate between EUR and USD is stated.", "门槛为 USD 10 亿；未给出 EUR 与 USD 之间的汇率。"),
    ]
    assert notes(currency="EUR", rates={"EUR": {"USD": 1.25}}) == [
        Text("The threshold is USD 1 bn, compared at EUR 1 = USD 1.25.", "门槛为 USD 10 亿，按 1 EUR = USD 1.25 换算。"),
    ]
    assert [note.en for note in notes()] == [
        "The threshold is USD 1 bn; the currency of the company's amounts is not stated.",
        "The threshold is EUR 1 bn; the currency of the company's amounts is not stated.",
    ]


def pack(name: str, assessed: bool, decided: int = 1, total: int = 9, *needs: str) -> PackCoverage:
    return PackCoverage(name=name, label=Text(name.title(), f"{name}包"), decided=decided, total=total, weight=0.0, assessed=assessed,
                        needs=tuple(map(Text.of, needs)))


@pytest.mark.parametrize(
    ("packs", "en", "zh"),
    [
        ([pack("a", True), pack("b", True)], "Covers A and B.", "依据：a包、b包。"),
        ([pack("a", True), pack("b", True), pack("c", True)], "Covers A, B and C.", "依据：a包、b包、c包。"),
        ([pack("a", True), pack("b", False, 2, 9)], "Covers A. B not assessed: 2 of 9 rules decided.", "依据：a包。b包未评估：9 条规则中仅判定 2 条。"),
        ([pack("a", False, 2, 9, "Revenue", "Cash"), pack("b", False, 0, 0)],
         "No pack is assessed. A not assessed: 2 of 9 rules decided; it needs revenue; cash. B: no rule applies to this company.",
         "没有任何规则包可供评估。a包未评估：9 条规则中仅判定 2 条；尚需：Revenue、Cash。b包：没有适用于该公司的规则。"),
    ],
)
def test_what_a_verdict_covers(packs: list[PackCoverage], en: str, zh: str) -> None:
    assert scope_text(packs) == Text(en, zh)
    assert scope_text(packs[:1]) is None


def test_the_inputs_that_most_rules_wait_for() -> None:
    texts = [Text.of(letter) for letter in "abcde"]
    waiting = [(-1, 0, texts[0]), (-3, 1, texts[1]), (-3, 2, texts[2]), (-2, 3, texts[1]), (-2, 4, texts[3]), (-1, 5, texts[4])]
    assert [t.en for t in most_wanted(waiting)] == ["b", "c", "d"]
    assert most_wanted([]) == ()


def decision(word: Verdict, **more: Any) -> VerdictDecision:
    return VerdictDecision(**{"word": word, "because": (), "also": (), "thin": False, "open_patterns": (), **more})


def test_the_reason_of_a_verdict(book: Rulebook) -> None:
    names = ("leverage-versus-revenue", "few-customers", "vendor-financing", "circular-financing", "net-cash")
    high, *_ = rules = [book.rules[name] for name in names]
    steps = [ScoreStep(rule, float(i), float(i + (i != 1))) for i, rule in enumerate(rules)]
    scope = scope_of({"p": PackReach(3, 8, 0, 0, True), "q": PackReach(0, 9, 0, 0, False)}, book.table)
    titles = [rule.title.en for rule in rules]
    reds = [rule.id for rule in rules if rule.flag.value == "red"]
    raised = tuple(name for name in reds if name != "few-customers")[:3]
    assert heaviest_flags(steps) == raised

    def sentence_of(found: VerdictDecision, decided_by: Text | None = None, of: Any = steps) -> Text:
        return verdict_sentence(found, decided_by, of, book.rules, scope)

    given = Text("So it is.", "如此。")
    assert sentence_of(decision(Verdict.AVOID), given) is given
    assert sentence_of(decision(Verdict.WATCH), given, ()) == given
    worst = min((rule for rule in rules if rule.flag.value == "red"), key=lambda rule: (-rule.severity.rank, rule.id))
    assert sentence_of(decision(Verdict.WATCH), given) == Text(f"So it is. Worst red flag: {worst.title.en}.", f"如此。最重的预警信号：{worst.title.zh}。")
    assert sentence_of(decision(Verdict.CLEAR), None, ()) == Text("No red flag fired.", "没有触发任何预警信号。")
    assert sentence_of(decision(Verdict.CAUTION)).en == "What weighs most: " + "; ".join(book.rules[name].title.en for name in raised) + "."
    assert sentence_of(decision(Verdict.OPEN)).en == "Nothing of weight so far: 3 of 8 rules are decided, and the others could still change that."
    assert sentence_of(decision(Verdict.OPEN), None, ()).zh == "目前没有触发任何预警信号：8 条规则中已判定 3 条，其余仍可能改变结论。"
    some = sentence_of(decision(Verdict.OPEN, open_demands=names[:4]), None, ())
    assert some.en == f"No red flag so far: 3 of 8 rules are decided. Open: {'; '.join(titles[:3])}; 1 more."
    assert some.zh.endswith("，另有 1 条。")
    assert "more" not in sentence_of(decision(Verdict.OPEN, open_demands=names[:3])).en
    assert high.title.en in some.en


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([{"quote": "about 5 bn", "note": "page 3"}], Text("page 3: “about 5 bn”", "page 3: “about 5 bn”")),
        ([{"quote": "about 5 bn"}], Text("“about 5 bn”", "“about 5 bn”")),
        ([{"value": 5, "quote": "about 5 bn"}], None), ([], None),
        ([{"value": 5}, {"quote": "q"}], Text("“q”", "“q”")),
    ],
)
def test_where_to_look(book: Rulebook, claims: list[Any], expected: Text | None) -> None:
    subject = profile_from_data({"name": "Main", "figures": {"revenue": claims}} if claims else {"name": "Main"}, book.catalogue).subject
    company = SimpleNamespace(subject=subject)
    assert where_to_look(company, "revenue") == expected  # type: ignore[arg-type]
    assert where_to_look(company, "acme.revenue") == expected  # type: ignore[arg-type]
    assert where_to_look(company, "cash") is None  # type: ignore[arg-type]
