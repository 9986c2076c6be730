"""Terminal output is short and aligned, and texts of a profile cannot disturb it."""

import io
import subprocess
import sys
from typing import Any

import pytest

from screener.io.package_data import TEMPLATES_FOLDER
from screener.report.terminal.company_text import companies_text, company_text
from screener.report.terminal.finding_text import finding_text
from screener.report.terminal.text_layout import cell_width, pad_to, takes_colour, truncate, wrap
from screener.report.terminal.text_table import table_lines
from screener.report.views.result_view import ResultView
from screener.result.model import ResultDocument
from screener.text import LANGUAGES, Language, Text
from screener.vocabulary import Severity
from tests.unit.report import sample
from tests.unit.report.changed import replace
from tests.unit.report.formats import row

RESULTS = {"oracle": sample.oracle(), "empty": sample.empty(), "hostile": sample.hostile()}


def shown(result: ResultDocument, language: Language = "en", **options: Any) -> str:
    return company_text(ResultView.of(result, language).context, **options)


def heavy_flags(result: ResultDocument) -> int:
    """Returns how many flags must have a line: critical and high ones against the company."""
    return sum(
        f.outcome == "fired" and f.flag in ("red", "pattern") and f.severity in ("critical", "high") for f in result.findings
    )


def test_no_critical_or_high_flag_stands_behind_a_mitigant_or_is_left_out() -> None:
    base = sample.oracle()
    many = tuple(
        replace(base.findings[1], rule=f"r{n}", severity=severity, title=Text(f"{severity} flag {n}", ""))
        for n, severity in enumerate([Severity.CRITICAL] * 4 + [Severity.HIGH] * 9 + [Severity.MEDIUM] * 9)
    )
    lines = shown(replace(base, findings=(*many, *base.findings))).splitlines()
    places = [next(n for n, line in enumerate(lines) if f.title.en in line) for f in many[:13]]
    assert places == sorted(places)
    assert max(places) < next(n for n, line in enumerate(lines) if line.startswith("Mitigant"))


def test_a_higher_terminal_shows_more_flags_and_look_ups() -> None:
    low, high = (shown(sample.oracle(), height=height) for height in (25, 49))
    assert len(low.splitlines()) <= 25 <= len(high.splitlines()) <= 49 or " more: " not in low
    assert " more: " not in high


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(RESULTS))
@pytest.mark.parametrize("width", [80, 40, 200])
def test_a_summary_is_short_and_narrow(name: str, language: Language, width: int) -> None:
    text = shown(RESULTS[name], language, width=width, report="reports/x.html")
    lines = text.splitlines()
    assert len(lines) <= max(25, 19 + heavy_flags(RESULTS[name]))
    assert max(map(cell_width, lines)) <= width
    assert lines[-1].endswith("reports/x.html")
    assert not any(c in text for c in "\x1b\x00\u202e\r\t")


def test_a_summary_says_what_matters() -> None:
    text = shown(sample.oracle())
    wanted = [
        "AVOID",
        "67 (62–81)",
        "33/38",
        "Levered on one loss-making customer",
        "5.23× of revenue",
        "Mitigant",
        "5 rules undecided",
    ]
    wanted += ["Share of revenue (OpenAI)", "settles 1 rule, score then 67–76", "disagree: Revenue"]
    for part in wanted:
        assert part in text
    bar = text.splitlines()[2]
    assert bar.index("●") / len(bar) == pytest.approx(0.67, abs=0.05)


def test_too_little_data_gives_no_score_of_zero() -> None:
    text = shown(sample.empty())
    assert "NOT ENOUGH DATA  Risk score 0–99" in text
    assert "●" not in text


def test_verbose_leaves_nothing_out() -> None:
    base = sample.oracle()
    many = tuple(replace(base.findings[1], rule=f"r{n}", severity=Severity.MEDIUM) for n in range(30))
    result = replace(base, findings=many)
    few, all_of_it = shown(result), shown(result, verbose=True)
    assert " more: " in few
    assert " more: " not in all_of_it
    assert len(all_of_it.splitlines()) >= 30


def test_relief_is_never_crowded_out() -> None:
    base = sample.oracle()
    many = tuple(replace(base.findings[1], rule=f"r{n}") for n in range(20))
    text = shown(replace(base, findings=(*many, *base.findings)))
    assert "Mitigant" in text


def test_several_results_are_a_table_worst_first() -> None:
    text = companies_text([row(sample.empty()), row(sample.oracle())], width=120)
    head, first, second = text.splitlines()
    assert head.startswith("Company")
    assert first.startswith("Oracle Corporation")
    assert second.startswith("Blank Holdings")
    assert "0–99 (" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_tables_keep_their_width(language: Language, width: int) -> None:
    rows = [row(r, language) for r in RESULTS.values()]
    assert max(map(cell_width, companies_text(rows, language, width=width).splitlines())) <= width


def test_colour_only_when_asked_for_and_the_words_stay_the_same() -> None:
    plain, coloured = shown(sample.oracle()), shown(sample.oracle(), colour=True)
    assert "\x1b[" in coloured
    import re

    stripped = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert [x.rstrip() for x in stripped.splitlines()] == plain.splitlines()
    hostile = re.sub("\x1b\\[[0-9;]*m", "", shown(sample.hostile(), colour=True))
    assert "\x1b" not in hostile


def test_rich_is_imported_only_for_colour() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/unit/report'); import sample; from screener.report.terminal.company_text import company_text\n"
        "from screener.report.views.result_view import ResultView; oracle = ResultView.of(sample.oracle()).context\n"
        "company_text(oracle); a = 'rich' in sys.modules; company_text(oracle, colour=True)\n"
        "print(a, 'rich' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TEMPLATES_FOLDER.parent)
    assert run.stdout == "False True\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_who_wants_colour() -> None:
    assert takes_colour(Terminal(), {})
    assert takes_colour(Terminal(), {"NO_COLOR": ""})
    assert not takes_colour(Terminal(), {"NO_COLOR": "1"})
    assert not takes_colour(Terminal(), {"TERM": "dumb"})
    assert not takes_colour(io.StringIO(), {})


def test_explain_follows_the_chain_with_its_facts() -> None:
    text = finding_text(sample.oracle(), "levered-on-a-loss-making-customer")
    for shown in ("FIRED", "at least 1.67×", "-net_income / revenue", "典型如甲骨文", "Follows from", "Debt outgrows revenue",
                  "92.6 bn (31 May 2025)", "Form 10-K", "Would clear it", "Known false alarms"):
        assert shown.replace(" ", "\u00a0" if shown[0].isdigit() else " ") in text or shown in text.replace(
            "\u00a0", " "
        )


def test_explain_says_what_is_missing_and_what_would_settle_it() -> None:
    text = finding_text(sample.oracle(), "interest-cover")
    assert "UNKNOWN" in text
    assert "→ Cash and short-term investments" in text
    assert "→ Interest expense" in text
    assert "holds if < 2×" in text


def test_explain_ends_where_rules_lead_to_each_other() -> None:
    base = sample.oracle()
    a, b = (
        replace(base.findings[1], rule="a", because=("b",)),
        replace(base.findings[3], rule="b", because=("a", "nowhere")),
    )
    text = finding_text(replace(base, findings=(a, b)), "a")
    assert text.count("↑ ") == 1
    assert text.count("fired: ") == 1
    assert "nowhere" in text


def test_explain_cleans_what_it_shows() -> None:
    text = finding_text(sample.hostile(), "evil-0", "zh")
    assert not any(c in text for c in "\x1b\x00\u202e")
    assert max(map(cell_width, text.splitlines())) <= 80


def test_explain_of_a_rule_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(KeyError, match="circular-financing"):
        finding_text(sample.oracle(), "circular-finacing")


def test_cells() -> None:
    assert cell_width("甲骨文 ab") == 9
    assert truncate("甲骨文公司", 5) == "甲骨…"
    assert pad_to("甲骨文公司", 8) == "甲骨文… "
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("高杠杆押注单一亏损客户", 10) == ["高杠杆押注", "单一亏损客", "户"]
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("one two three four", 7, 2) == ["one two", "three…"]
    assert wrap("", 10) == [""]
    assert wrap("survived it", 8) == ["survived", "it"]
    assert wrap("甲骨文，英伟达", 6) == ["甲骨", "文，英", "伟达"]


def test_numbers_stand_to_the_right_and_the_words_of_a_row_stay_whole() -> None:
    body = [[("short-id", ""), ("7", ""), ("a text of several words", "")], [("a-longer-identifier", ""), ("1,000", ""), ("b", "")]]
    assert ["".join(t for t, _ in line).rstrip() for line in table_lines(("id", "n", "text"), body, (False, True, False), 40)] == [
        "id                       n  text",
        "short-id                 7  a text of",
        "                            several",
        "                            words",
        "a-longer-identifier  1,000  b",
    ]


def test_columns_that_do_not_fit_follow_below_behind_the_name_of_the_row() -> None:
    body = [[("oracle", ""), *((f"{n:,}", "") for n in (1_000_000, 2_000_000, 3_000_000))]]
    lines = table_lines(("company", "first", "second", "third"), body, (False, True, True, True), 30)
    assert ["".join(t for t, _ in line).rstrip() for line in lines] == [
        "company      first     second",
        "oracle   1,000,000  2,000,000",
        "",
        "company      third",
        "oracle   3,000,000",
    ]
