"""The numbers from which charts are drawn."""

import math

import pytest

from screener.report.charts import bars
from screener.report.charts.bars import ScorePosition
from screener.report.charts.curves import ChartBox, bent_curve, between_boxes, point_on
from screener.report.charts.flow_chart import MAX_ARROWS, PaymentArrow, flow_chart
from screener.report.charts.shapes import Caption, Chart, Dot, Label, Rect, fit_text, px, text_width

NAMES = ("clear", "caution", "avoid")
CAPTION = Caption("t", "d")


def test_the_scale_has_three_bands_a_range_and_a_mark() -> None:
    chart = bars.score_scale(ScorePosition(82, 74, 91), (35, 60), NAMES, "critical", CAPTION)
    assert chart.rects == (
        Rect(0, 12, 34.5, 8, 4, "clear soft"),
        Rect(35, 12, 24.5, 8, 4, "medium soft"),
        Rect(60, 12, 39.5, 8, 4, "critical soft"),
        Rect(74, 8, 17, 16, 8, "critical range"),
    )
    assert chart.dots == (Dot(82, 16, 8, "critical mark"),)
    assert [(lb.x, lb.text) for lb in chart.labels] == [
        (0, "0 clear"),
        (35, "35 caution"),
        (60, "60 avoid"),
        (100, "100"),
    ]


def test_a_scale_without_a_score_shows_its_range_only() -> None:
    assert bars.score_scale(ScorePosition(None, 0, 100), (35, 60), NAMES, "unknown", CAPTION).dots == ()


def test_labels_of_bands_that_are_too_narrow_are_left_out() -> None:
    chart = bars.score_scale(ScorePosition(50, 40, 60), (5, 10), NAMES, "high", CAPTION)
    assert [lb.text for lb in chart.labels] == ["0 clear", "100"]


def ring() -> Chart:
    arrows = [
        PaymentArrow(1, 2, "invests 100 bn", "not binding", 0.8, True, True),
        PaymentArrow(2, 0, "commits 300 bn", "", 1.0, False, True),
        PaymentArrow(0, 1, "buys", "amount unknown", None, False, True),
        PaymentArrow(3, 0, "lends 92.6 bn", "", 0.7, False, False),
    ]
    return flow_chart(["Oracle", "Nvidia", "OpenAI", "Lenders"], 0, [[1, 2, 0]], arrows, CAPTION)


def test_a_loop_is_a_ring_with_the_judged_company_below() -> None:
    chart = ring()
    boxes = {label.text: box for label, box in zip(chart.labels, chart.rects, strict=False)}
    oracle = boxes["Oracle"]
    assert oracle.css_class == "subject"
    assert all(oracle.y >= box.y for box in boxes.values())
    assert [boxes[n].css_class for n in ("Nvidia", "OpenAI", "Lenders")] == ["looped", "looped", "node"]
    lines = [p for p in chart.paths if p.css_class.startswith("line")]
    assert [p.css_class for p in lines] == ["line pays", "line loop dashed", "line loop", "line loop"]
    assert min(p.width for p in lines if "loop" in p.css_class) >= 3


def star(n: int) -> Chart:
    arrows = [PaymentArrow(i, 0, f"commits {i} bn", "", 0.5, False, False) for i in range(1, n + 1)]
    arrows += [PaymentArrow(0, i, f"buys {i} bn", "", 0.5, i % 2 == 0, False) for i in range(n + 1, 2 * n + 1)]
    return flow_chart([f"Company number {i} with a long name" for i in range(2 * n + 1)], 0, [], arrows, CAPTION)


def boxes_of(chart: Chart) -> list[ChartBox]:
    return [ChartBox(r.x, r.y, r.width, r.height) for r in chart.rects]


def label_box(label: Label) -> ChartBox:
    wide = text_width(label.text, 12.5)
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return ChartBox(left, label.y - 10, wide, 12)


@pytest.mark.parametrize("n", [4, 9, 15])
def test_many_companies_stand_in_columns_and_nothing_overlaps(n: int) -> None:
    chart = star(n)
    boxes = boxes_of(chart)
    assert len({b.x for b in boxes}) == 3
    assert all(a.overlap_area(b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
    labels = [label_box(lb) for lb in chart.labels if "halo" in lb.css_class]
    assert len(labels) == 2 * n
    assert all(a.overlap_area(b) == 0 for i, a in enumerate(labels) for b in [*labels[:i], *boxes])
    assert all(b.x >= 0 and b.x + b.width <= chart.width for b in [*boxes, *labels])


def test_names_fit_their_boxes() -> None:
    for chart in (ring(), star(9)):
        for label in chart.labels:
            if label.css_class.endswith("-name"):
                assert text_width(label.text, 13) <= 138


def test_no_more_arrows_than_can_be_read() -> None:
    chart = star(40)
    assert len([p for p in chart.paths if p.css_class.startswith("line")]) == MAX_ARROWS


def test_strange_flows_are_drawn_too() -> None:
    itself = PaymentArrow(0, 0, "buys", "", 1.0, False, False)
    twice = [PaymentArrow(0, 1, "buys 1 bn", "", 0.2, False, False), PaymentArrow(0, 1, "lends 1 bn", "", 0.2, False, False)]
    apart = PaymentArrow(2, 3, "buys", "", None, False, False)
    for arrows in ([itself], twice, [*twice, apart], [apart] * 12):
        chart = flow_chart(["a", "b", "c", "d"], 0, [], arrows, CAPTION)
        assert chart.height > 0
        assert all(math.isfinite(r.x) and math.isfinite(r.y) for r in chart.rects)
        assert "nan" not in " ".join(p.d for p in chart.paths)


def test_curves_begin_and_end_outside_their_boxes() -> None:
    a, b = ChartBox(0, 0, 100, 40), ChartBox(300, 100, 100, 40)
    curve = between_boxes(bent_curve(a.middle, b.middle, 40), a, b)
    assert not a.contains(curve[0], 2)
    assert not b.contains(curve[3], 2)
    middle = point_on(curve, 0.5)
    assert middle[1] < (a.middle[1] + b.middle[1]) / 2  # to the left of the direction is up


def test_text_is_cut_to_its_room() -> None:
    assert fit_text("short", 100) == "short"
    assert fit_text("a name that is far too long", 60) == "a name…"
    assert fit_text("名称相当长的公司", 60) == "名称相当…"
    assert px(-0.04) == 0
    assert str(px(35.0)) == "35"
