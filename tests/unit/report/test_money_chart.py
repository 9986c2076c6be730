"""The drawing of payments: the texts of its boxes, none of them cut."""

import pytest

from screener.report.charts.flow_chart import PaymentArrow, Remark, flow_chart
from screener.report.charts.shapes import Caption, text_width, wrap_text
from screener.report.views.company_sections import money_flows
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.screening import Screener
from screener.text import Language
from tests.scenarios.commands import ROOT

CAPTION = Caption("t", "d")


def assess(name: str, language: Language = "en") -> ViewContext:
    screener = Screener.load()
    return ViewContext(screener.assess(screener.profile(str(ROOT / f"fixtures/{name}.json"))), load_wording(language))


@pytest.mark.parametrize(
    ("language", "revenue", "loss"), [("en", "revenue 3 bn", "loss-making"), ("zh", "营收 30 亿", "亏损")]
)
def test_boxes_have_the_revenue_and_say_who_loses_money(language: Language, revenue: str, loss: str) -> None:
    flows = money_flows(assess("oracle", language))
    assert flows is not None
    labels = {label.text.replace("\u00a0", " "): label for label in flows.chart.labels}
    assert revenue in labels
    assert labels[loss].css_class.startswith("critical")
    openai, line = labels["OpenAI"], labels[loss]
    assert openai.x == line.x
    assert openai.y < labels[revenue].y < line.y


def test_texts_lie_within_their_boxes_and_the_drawing() -> None:
    """A long name in two lines with two remarks; payments back over the top of many columns, whose labels are not cut."""
    names = ["Oracle", *(f"Customer number {i} of many" for i in range(4)), *(f"supplier-{i}" for i in range(4))]
    arrows = [PaymentArrow(i, 0, "buys 1 bn", "", 0.5, False, False) for i in range(1, 5)]
    arrows += [PaymentArrow(0, i, "buys 1 bn", "", 0.5, False, False) for i in range(5, 9)]
    arrows += [PaymentArrow(i + 4, i, "invests 1 bn", "", 0.5, False, True) for i in range(1, 4)]
    remarks = {1: [Remark("revenue 3 bn"), Remark("loss-making", "critical")]}
    chart = flow_chart(names, 0, [], arrows, CAPTION, remarks=remarks)
    assert min(label.y - 12 for label in chart.labels) >= chart.top
    first = chart.labels[1:5]
    assert [label.text for label in first] == ["Customer number", "0 of many", "revenue 3 bn", "loss-making"]
    box = next(r for r in chart.rects if abs(r.x + r.width / 2 - first[0].x) < 1 and r.y < first[0].y < r.y + r.height)
    assert all(box.y + 10 <= label.y <= box.y + box.height - 3 for label in first)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Oracle", ["Oracle"]),
        ("Northwind Grid Materials", ["Northwind Grid", "Materials"]),
        ("W" * 60, None),
        ("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f", None),
        ("", [""]),
    ],
)
def test_names_are_broken_between_words_before_they_are_cut(text: str, lines: list[str] | None) -> None:
    found = wrap_text(text, 122, 14)
    assert lines is None or found == lines
    assert len(found) <= 2
    assert all(text_width(line, 14) <= 122 for line in found)
