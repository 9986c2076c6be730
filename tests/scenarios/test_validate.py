"""`screener validate` on 200 real companies."""

import json
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
    said = page.read_text("utf-8")
    assert said.count("<svg") == 3
    assert all(f">{r['rule']}<" in said for r in found["rules"])


def test_a_metric_alone_finds_its_own_direction() -> None:
    at = ("validate", str(SAMPLE), "--map", str(ROOT / "examples/tables/polish-map.yaml"), "--label", "class")
    text = screener(*at, "--pack", "classic", "--score", "altman_z_double_prime").out
    assert "Lower is riskier" in text
    assert "By rule" not in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--label", "clas"), "did you mean 'class'"),
        (("--label", "Attr1"), "does not say whether the company failed"),
        (("--score", "interest_covr"), "did you mean 'interest_cover'"),
        (("--score", "current_ratio"), "of 0 companies"),
    ],
)
def test_what_can_not_be_measured(more: tuple[str, ...], said: str) -> None:
    done = screener(*GIVEN, *more)
    assert done.code == 3
    assert said in done.err
    assert not done.out
