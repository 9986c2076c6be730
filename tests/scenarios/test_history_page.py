"""The history of a company as a page, and the list of all companies of a database."""

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from commands import ROOT, screener
from hypothesis import given
from hypothesis import strategies as st

from screener.report.charts.bars import ScorePosition
from screener.report.charts.history_chart import HistoryPoint, history_chart
from screener.report.charts.shapes import Caption, text_width

LATER, EARLIER = "2026-03-15", "2025-09-30"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture
def database(here: Path) -> Path:
    """Results of two days, the later one stored first; then with other rules."""
    for words in (("--as-of", LATER), ("--as-of", EARLIER), ("--as-of", LATER, "--pack", "ai-era")):
        done = screener(
            "run", str(ROOT / "fixtures/nvidia.json"), *words, "--db", "r.sqlite", "--out", "o", "-q", "--force"
        )
        assert (done.code, done.err) == (0, "")
    return here / "r.sqlite"


def page(*words: str) -> str:
    done = screener("history", *words, "--db", "r.sqlite", "--format", "html", "-o", "h.html", "--force")
    assert (done.code, done.err) == (0, "")
    return Path("h.html").read_text("utf-8")


def test_results_are_in_the_order_of_the_day_judged(database: Path) -> None:
    text = page("nvidia")
    assert re.findall(r"<h2>(.* · Run \d)</h2>", text) == [
        "15 March 2026 · Run 3",
        "15 March 2026 · Run 1",
        "30 September 2025 · Run 2",
    ]
    (chart,) = re.findall(r'<svg class="chart over-time".*?</svg>', text, re.DOTALL)
    assert chart.count("<circle") == 2  # too little was known on the first day: only a range
    assert chart.count('range"/>') == 3
    assert "Not enough data" in chart
    assert "30 September 2025" in chart
    assert chart.index("30 September 2025") < chart.index("15 March 2026")


def test_each_step_says_what_changed_and_why(database: Path) -> None:
    text = unescape(page("nvidia"))
    data = json.loads(screener("history", "nvidia", "--db", "r.sqlite", "--format", "json").out)
    assert "Changed: the rules; score " in text
    assert "Changed: the date of the profile, the profile; " in text
    assert "The first result · " in text
    assert re.search(r"the profile; range [\d–]+ after [\d–]+ ·", text), "the first day has no score"
    assert (
        text.count("now without its rule") == sum(f["now"] is None for f in data["screenings"][0]["since"]["flags"]) > 0
    )
    for shown in data["screenings"]:
        assert f"{shown['coverage']['decided']}/{shown['coverage']['total']}" in text


def test_the_page_loads_nothing_and_is_in_both_languages(database: Path) -> None:
    text = page("nvidia", "--lang", "zh")
    assert '<html lang="zh' in text
    assert "default-src 'none'" in unescape(text)
    for word in ("各判断日期的风险分", "2025 年 9 月 30 日", "英伟达", "首个结果", "变化："):
        assert word in text
    assert not re.search(r"History|Changed|Run \d|The first", text)
    assert "公司" in page("--lang", "zh")


def test_a_hostile_database_is_escaped(database: Path) -> None:
    db = sqlite3.connect(database)
    db.execute(
        "update result set name_en = ?, as_of = ? || as_of, verdict = ? where id = 1",
        (EVIL * 50 + "\u202e\x1b", EVIL, EVIL),
    )
    db.execute("update rule set title_en = ?", (EVIL * 9,))
    db.execute("update finding set headline_en = ? where headline_en is not null", (EVIL * 9,))
    db.execute("update run set started = ?, pack = ?, pack_version = ?, pack_digest = pack_digest", (EVIL, EVIL, EVIL))
    db.commit()
    db.close()
    for text in (page("nvidia"), page()):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert "\x1b" not in text
    assert "1 result without a day is only in the table." in page("nvidia")


def test_without_a_company_all_are_listed(database: Path) -> None:
    screener("run", str(ROOT / "fixtures/oracle.json"), "--db", "r.sqlite", "--out", "o", "-q", "--force")
    (oracle, nvidia) = json.loads(screener("history", "--db", "r.sqlite", "--format", "json").out)["companies"]
    newest, before, _ = json.loads(screener("history", "nvidia", "--db", "r.sqlite", "--format", "json").out)[
        "screenings"
    ]
    assert (nvidia["company"], nvidia["runs"], nvidia["as_of"], nvidia["verdict"]) == (
        "nvidia",
        3,
        LATER,
        newest["verdict"],
    )
    assert nvidia["score"] == newest["score"]
    assert nvidia["before"] == {"verdict": before["verdict"], "score": before["score"]["value"]}
    assert (oracle["company"], oracle["before"]) == ("oracle", None)
    output = screener("history", "--db", "r.sqlite").out
    assert output.startswith("2 companies\n")
    assert output.index("Oracle") < output.index("Nvidia")
    assert "| Oracle | oracle |" in screener("history", "--db", "r.sqlite", "--format", "md").out


def test_a_change_of_the_verdict_is_listed(database: Path) -> None:
    db = sqlite3.connect(database)
    db.execute("update result set verdict = 'avoid', score = 90 where id = 3")
    db.execute("update result set score = 40.5 where id = 1")
    db.commit()
    db.close()
    assert "+49.5, was Worth following" in screener("history", "--db", "r.sqlite").out


def test_last_needs_a_company(database: Path) -> None:
    done = screener("history", "--last", "2", "--db", "r.sqlite")
    assert done.code == 2
    assert "name it before --last" in done.err


def point(day: date, value: float | None, low: float, high: float) -> HistoryPoint:
    return HistoryPoint(day, day.isoformat(), "Worth following", "50", ScorePosition(value, low, high), "clear")


SCORES = st.one_of(st.none(), st.floats(-10, 110))


@given(st.lists(st.tuples(st.integers(0, 4000), SCORES, st.floats(0, 50), st.floats(50, 100)), min_size=1, max_size=40))
def test_a_chart_keeps_within_its_box_and_its_texts_apart(
    drawn: Sequence[tuple[int, float | None, float, float]],
) -> None:
    points = [point(date(2020, 1, 1) + timedelta(n), *score) for n, *score in sorted(drawn, key=lambda item: item[0])]
    chart = history_chart(points, Caption("t", "d"))
    assert len(chart.dots) == sum(p.score.value is not None for p in points)
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= chart.height for dot in chart.dots)
    assert [dot.x for dot in chart.dots] == sorted(dot.x for dot in chart.dots)
    assert all(rect.x >= 0 and rect.x + rect.width <= 100.1 and rect.height > 0 for rect in chart.rects)
    assert all(0 < label.y <= chart.height for label in chart.labels)
    spans = []
    for label in (label for label in chart.labels if label.text == "Worth following"):
        width = text_width(label.text) / 320 * 100
        spans.append(label.x - {"start": 0, "middle": width / 2, "end": width}[label.anchor])
    spans.sort()
    assert all(b - a >= width for a, b in pairwise(spans))


def test_a_good_verdict_beside_a_critical_flag_has_one_colour_everywhere(database: Path) -> None:
    """Amber as on the company page, in history, list of companies, portfolio with its drawing, and shock."""
    nvidia, oracle = (str(ROOT / f"fixtures/{name}.json") for name in ("nvidia", "oracle"))
    company = Path("o/nvidia.html").read_text("utf-8")
    assert 'class="card medium eye"' in company
    written = [page("nvidia"), page()]
    for words in (("portfolio", nvidia, oracle), ("shock", nvidia, oracle, "--if", "openai: stops paying")):
        done = screener(*words, "--format", "html", "-o", "p.html", "--force")
        assert (done.code, done.err) == (0, "")
        written.append(Path("p.html").read_text("utf-8"))
    for text in written:
        assert '<span class="i pill medium eye">' in text
        assert '<span class="i pill clear eye">Worth following</span></td><td class="n">32' not in text
    assert 'class="medium node"' in written[2] or 'class="node medium"' in written[2]
