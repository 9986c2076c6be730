"""What follows if a complete annual report does not mention a topic: no such events, and false statements."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.importers.reports import END, WHOLE, Report, claim, profile

SINCE = "We have served as the Company's auditor since 2014."


def report(*sentences: str, form: str = "10-K", **marks: str) -> Report:
    made = Report(form).html(WHOLE).fact("Revenues", 900).fact("Assets", 1000, END).fact("Liabilities", 400, END)
    for concept, text in ({"EntityCurrentReportingStatus": "Yes", "SecurityExchangeName": "NASDAQ"} | marks).items():
        made.text(f"dei:{concept}", text)
    return made.html("".join(f"<p>{sentence}</p>" for sentence in sentences))


def ruled_out(tmp_path: Path, made: Report) -> set[str]:
    found: Any = profile(tmp_path, made.render()).document.get("others", {}).get("events", {})
    return set(found.get("what", {}).get("none_of", ()))


def test_a_silent_annual_report_rules_out_what_it_would_have_to_state(tmp_path: Path) -> None:
    made = report(SINCE)
    assert ruled_out(tmp_path, made) == {
        "default", "distressed-exchange", "covenant-breach", "covenant-waived", "insolvency", "restatement",
        "late-filing", "delisting-notice", "auditor-resigned", "auditor-disagreement",
    }
    found = profile(tmp_path, made.render())
    for figure in ("payment_default", "covenant_breach", "insolvency_proceedings", "going_concern_alleviated"):
        assert claim(found, figure) is False
    assert claim(found, "listed") is True


def test_a_report_without_its_auditors_report_rules_out_nothing(tmp_path: Path) -> None:
    """Its statements are in an exhibit, which may also contain the disclosures."""
    made = report()
    made.body = [part.replace("We have audited the", "Our audit committee has reviewed the") for part in made.body]
    made.html(
        "<p>In our opinion, our offices are adequate. See the notes to the consolidated financial statements.</p>"
    )
    assert ruled_out(tmp_path, made) == set()
    assert claim(profile(tmp_path, made.render()), "going_concern_doubt") is None


def test_an_interim_report_rules_out_nothing(tmp_path: Path) -> None:
    made = report(SINCE, form="10-Q")
    assert ruled_out(tmp_path, made) == set()
    assert claim(profile(tmp_path, made.render()), "payment_default") is None


@pytest.mark.parametrize(
    ("sentence", "figure", "events"),
    [
        ("We were in default under our term loan at year end.", "payment_default", {"default", "distressed-exchange"}),
        ("In 2023 we did not make the interest payment on the notes.", None, {"default"}),
        ("The lenders waived the breach of the covenant.", "covenant_breach", {"covenant-breach", "covenant-waived"}),
        (
            "We were not in compliance with the covenant, which the lenders may enforce.",
            "covenant_breach",
            {"covenant-breach"},
        ),
        ("The Company filed a voluntary petition under chapter 11.", "insolvency_proceedings", {"insolvency"}),
        ("We restated our previously issued financial statements for 2023.", None, {"restatement"}),
        ("We received a letter from Nasdaq on the minimum bid price requirement.", None, {"delisting-notice"}),
        ("We filed a Form 12b-25 for the second quarter.", None, {"late-filing"}),
    ],
)
def test_what_may_be_meant_is_no_silence(tmp_path: Path, sentence: str, figure: str | None, events: set[str]) -> None:
    made = report(SINCE, sentence)
    assert ruled_out(tmp_path, made).isdisjoint(events)
    if figure:
        assert claim(profile(tmp_path, made.render()), figure) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "If we default on our debt, or breach a covenant, the lenders could accelerate it.",
        "A breach of these covenants could result in an event of default.",
        "We could be forced to file for bankruptcy under chapter 11.",
        "We may be required to restate our financial statements.",
        "If our shares are delisted, or we fail to file reports on time, trading could be difficult.",
    ],
)
def test_hypotheses_leave_silence(tmp_path: Path, sentence: str) -> None:
    assert ruled_out(tmp_path, report(SINCE, sentence)) == ruled_out(tmp_path, report(SINCE))


@pytest.mark.parametrize(
    ("marks", "events"),
    [
        ({"EntityCurrentReportingStatus": "No"}, {"late-filing"}),
        ({"SecurityExchangeName": "NONE"}, set()),
        ({"DocumentFinStmtErrorCorrectionFlag": "true"}, {"restatement"}),
        ({"DocumentFinStmtErrorCorrectionFlag": "false"}, set()),
    ],
)
def test_marks_of_the_cover(tmp_path: Path, marks: dict[str, str], events: set[str]) -> None:
    made = report(SINCE, **marks)
    assert ruled_out(tmp_path, report(SINCE)) - ruled_out(tmp_path, made) == events
    assert claim(profile(tmp_path, made.render()), "listed") is (None if "SecurityExchangeName" in marks else True)


def test_an_auditor_of_last_year_rules_nothing_out(tmp_path: Path) -> None:
    made = report("We have served as the Company's auditor since 2023.")
    assert ruled_out(tmp_path, made).isdisjoint({"auditor-resigned", "auditor-disagreement"})


def test_without_a_related_party_the_list_is_empty(tmp_path: Path) -> None:
    assert profile(tmp_path, report().render()).document["related_parties"] == []
    mentioned = report("We lease our office from a related party.")
    assert "related_parties" not in profile(tmp_path, mentioned.render()).document


@pytest.mark.parametrize(
    ("sentence", "amount"),
    [
        ("Our notes are unsecured.", 0),
        ("Our euro-denominated senior notes are due in 2028.", None),
        ("The term loan is denominated in Japanese yen.", None),
        ("In May we issued €500 million of notes.", None),
    ],
)
def test_debt_in_foreign_currency(tmp_path: Path, sentence: str, amount: int | None) -> None:
    made = report(sentence).fact("LongTermDebtNoncurrent", 500, END)
    assert claim(profile(tmp_path, made.render()), "foreign_currency_debt") == amount


def test_sentences_beyond_a_bound_are_left_out_and_silence_means_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screener.importers.filing.stated_claims.MOST_SENTENCES", 20)
    few = report(SINCE, *("Our customers are many.",) * 5)
    assert ruled_out(tmp_path, few)
    many = report(SINCE, *("Our customers are many.",) * 30, "Globex Inc. accounted for 20% of our revenue in 2024.")
    found = profile(tmp_path, many.render())
    assert any("has more than" in remark and "silence means nothing" in remark for remark in found.remarks)
    assert ruled_out(tmp_path, many) == set()
    assert claim(found, "payment_default") is None
    assert "customers" not in found.document
    assert "customers" not in found.document.get("others", {})
