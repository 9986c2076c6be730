"""`screener validate` on 200 real companies."""

import html
import json
import re
from pathlib import Path

import pytest
from commands import ROOT, screener

SAMPLE = ROOT / "tests/data/polish-sample.arff"
MAP = ROOT / "rules/maps/polish.yaml"
GIVEN = ("validate", str(SAMPLE), "--map", str(MAP), "--label", "class", "--pack", "distress")


def test_text_json_and_html_say_the_same(tmp_path: Path) -> None:
    text = screener(*GIVEN).out
    assert "200 companies, 40 failed (20.0 %)" in text
    found = json.loads(screener(*GIVEN, "--format", "json").out)
    assert found["schema"] == "screener/validation/1"
    assert f"{found['area']['value']:.3f} ({found['area']['low']:.3f}–{found['area']['high']:.3f})" in text
    assert found["area"]["value"] > 0.85
    assert sum(v["companies"] for v in found["verdicts"]) == 200
    assert sum(d["failed"] for d in found["deciles"]) == 40
    assert len(found["rules"]) == len({r["rule"] for r in found["rules"]}) == text.count(" red ")
    for row in found["verdicts"]:
        assert row["caught"] + row["missed"] == 40
        assert row["alarms"] + row["calm"] == 160
    page = tmp_path / "v.html"
    screener(*GIVEN, "--format", "html", "-o", str(page))
    content = page.read_text("utf-8")
    assert content.count("<svg") == 3
    for rule in found["rules"]:
        assert f'{html.escape(rule["title"]["en"])} <small>{rule["rule"]}</small>' in content
        assert f"[{rule['rule']}]" in text


def test_a_pack_that_may_be_fitted_on_the_same_companies_says_so() -> None:
    sample = "was fitted or calibrated on Polish manufacturers"
    for more in ((), ("--format", "html")):
        output = " ".join(screener(*GIVEN, *more).out.split())
        assert sample in output
        assert "figures on the same companies are optimistic" in output
    found = json.loads(screener(*GIVEN, "--format", "json").out)["fitted"]
    assert [(one["pack"], one["same_counts"]) for one in found] == [("distress", False)]
    alone = screener(*GIVEN, "--score", "liabilities_to_assets")
    assert "fitted or calibrated" not in alone.out


# Ids, names of files, columns and options, and terms that Chinese texts write in Latin letters.
_KEPT = re.compile(r"\[[a-z0-9-]+\]|polish-sample\.arff|class|ROC|EBITDA|EBIT|--[a-z-]+")


@pytest.mark.parametrize("more", [(), ("--score", "liabilities_to_assets"), ("--unit", "firm")])
def test_in_chinese_no_word_is_english(more: tuple[str, ...]) -> None:
    text = screener(*GIVEN, *more, "--lang", "zh").out
    assert "ROC 曲线下面积" in text
    assert re.findall(r"[A-Za-z]{2,}", _KEPT.sub("", text)) == []
    page = screener(*GIVEN, *more, "--lang", "zh", "--format", "html").out
    assert '<html lang="zh' in page
    body = re.sub(r"<script>.*?</script>|<small>[a-z0-9-]+</small>", "", page[page.index("<body>") :], flags=re.S)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", body))
    assert re.findall(r"[A-Za-z]{2,}", _KEPT.sub("", shown)) == []


def test_the_direction_of_a_metric_is_stated_and_never_turned_silently() -> None:
    at = ("validate", str(SAMPLE), "--map", str(ROOT / "examples/tables/polish-map.yaml"), "--label", "class")
    at = (*at, "--pack", "classic", "--score", "altman_z_double_prime")
    higher, lower = screener(*at), screener(*at, "--lower-is-riskier")
    assert "with --lower-is-riskier the area is" in higher.out
    assert "Lower is riskier, as stated" in lower.out
    assert "By rule" not in lower.out
    assert higher.code == lower.code == (3 if "rows left out" in lower.out else 0)


def test_several_tables_stand_side_by_side(tmp_path: Path) -> None:
    other = tmp_path / "other.arff"
    other.write_text(SAMPLE.read_text("utf-8"), "utf-8")
    both = ("validate", str(SAMPLE), str(other), *GIVEN[2:])
    text = screener(*both).out
    assert text.startswith("Populations\n")
    assert " ".join(text.split()).count("200 companies, 40 failed") == 2
    found = json.loads(screener(*both, "--format", "json").out)
    assert found["schema"] == "screener/validations/1"
    assert [one["table"] for one in found["populations"]] == ["polish-sample.arff", "other.arff"]
    page = screener(*both, "--format", "html").out
    assert page.count("<svg") == 6
    assert "other.arff: By rule" in page


def test_rows_left_out_make_the_exit_code_3(tmp_path: Path) -> None:
    rows = SAMPLE.read_text("utf-8").splitlines()
    rows[-1] = rows[-1].rsplit(",", 1)[0] + ",?"
    (tmp_path / "t.arff").write_text("\n".join(rows) + "\n", "utf-8")
    done = screener("validate", str(tmp_path / "t.arff"), *GIVEN[2:])
    assert done.code == 3
    assert "1 rows left out" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--score", "nonsense"), "there is no metric"),
        (("--score", "interest_covr"), "did you mean 'interest_cover'"),
        (("--score", "current_ratio"), "of 0 companies"),
    ],
)
def test_what_can_not_be_measured(more: tuple[str, ...], message: str) -> None:
    done = screener(*GIVEN, *more)
    assert done.code == 3
    assert message in done.err
    assert not done.out


@pytest.mark.parametrize(
    ("label", "message"),
    [("clas", "did you mean 'class'"), ("Attr1", "does not say whether the company failed")],
)
def test_a_label_that_says_nothing(label: str, message: str) -> None:
    done = screener("validate", str(SAMPLE), "--map", str(MAP), "--label", label, "--pack", "distress")
    assert done.code == 3
    assert message in done.err
    assert not done.out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--label", "class"), "given 2 times for 1 tables"),
        (("--lower-is-riskier",), "is for --score"),
    ],
)
def test_options_that_do_not_fit(more: tuple[str, ...], message: str) -> None:
    done = screener(*GIVEN, *more)
    assert done.code == 2
    assert message in done.err
