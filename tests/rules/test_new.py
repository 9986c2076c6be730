"""`screener rules new`: its output passes all checks, and after an error nothing is written."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from commands import Done, built_in, screener

from screener.cli.output import TextOutput
from screener.errors import OutputError, Problem, RulesError
from screener.io.document import read_documents
from screener.rule_testing.draft_check import check_draft, draft_file
from screener.rules.draft_condition import read_condition
from screener.rules.scaffold import RuleDraft


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def passes(file: str, examples: int, warnings: str = "") -> None:
    done = screener("rules", "check", file)
    assert (done.code, done.out, done.err) == (0, f"1 rule in 1 file: no errors{warnings}\n", "")
    done = screener("rules", "test", file, "--mutate")
    assert done.code == 0
    assert f"{examples} passed" in done.out
    assert "(100.0 %)" in done.out


def test_what_is_written_passes(here: Path) -> None:
    done = screener("rules", "new", "thin-margin")
    assert (done.code, done.err) == (0, "")
    passes("thin-margin.yaml", 4)
    assert Path("thin-margin.yaml").read_text("utf-8").count("#") >= 15
    assert sorted(p.name for p in here.iterdir()) == ["rule.schema.json", "thin-margin.yaml"]
    schema = json.loads(Path("rule.schema.json").read_text("utf-8"))
    assert jsonschema.Draft202012Validator(schema).is_valid(read_documents("thin-margin.yaml")[0].data)
    (here / "below").mkdir()
    assert screener("rules", "new", "other", "--out", "below").code == 0
    assert [p.name for p in (here / "below").iterdir()] == ["other.yaml"]
    assert Path("below/other.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=../rule.schema.json\n")
    assert screener("run", str(here)).err.startswith(f"{here}/thin-margin.yaml")  # the schema is not a profile


CONDITIONS = [
    ["customer_count >= 10"], ["not real_renewals"], ["yield_rate > 0.999"], ["net_income <= -5e9"], ["net_margin > 0"],
    ["goodwill / equity > 0.5 and revenue_growth < 0"], ["short_term_debt > cash"], ["0.2 > gross_margin"],
    ["customer: share_of_revenue > 0.2"], ["not flag: loss-making", "gross_margin < 0.2"], ["flag: loss-making"],
    ["customer as c: 'share_of_revenue > 0.2'", "flag of c.party: loss-making"],
]


@pytest.mark.slow
def test_any_condition(here: Path) -> None:
    """The examples are so close to the thresholds that they notice each mutation."""
    book = built_in().rulebook
    for i, condition in enumerate(CONDITIONS):
        name = f"r{i}.yaml"
        text = draft_file(RuleDraft(f"r{i}", read_condition(condition, book), "green"), book)
        # only the author can state the meaning of the ratio in that case
        expected = ["negative-divisor"] if "/ equity" in condition[0] else []
        assert [problem.code for problem in check_draft(name, text)] == expected, condition
        (here / name).write_text(text, "utf-8")
    done = screener("rules", "check", str(here))
    assert done.out.startswith(f"{len(CONDITIONS)} rules in {len(CONDITIONS)} files: no errors")
    assert "(100.0 %)" in screener("rules", "test", str(here), "--mutate").out


@pytest.mark.parametrize(
    "condition",
    ["any: [{company: 'revenue < 5e6'}, {flag: loss-making}]", "not supplier: critical and share_of_costs > 0.4",
     "event: what == 'default' and months_ago < 24", "net_income <= -5e9 or cash < 1e6"],
)
def test_what_examples_cannot_show_in_full_is_a_rule_without_errors_too(here: Path, condition: str) -> None:
    assert screener("rules", "new", "mine", "--when", condition).code == 0
    assert screener("rules", "check", "mine.yaml").code == 0
    assert screener("rules", "test", "mine.yaml").code == 0


def test_numbers_become_parameters_with_the_unit_of_what_they_are_compared_with() -> None:
    found = read_condition(["-5e9 >= net_income and 0 < total_debt / revenue <= 4", "customer: share_of_revenue > .2"], built_in().rulebook)
    assert {name: (p.value, p.unit) for name, p in found.params.items()} == {
        "least_net_income": (-5e9, "money"),
        "least_revenue": (4, "multiple"),
        "most": (0.2, "fraction"),
    }


def test_what_is_wrong_is_seen() -> None:
    book = built_in().rulebook
    text = draft_file(RuleDraft("mine", read_condition(["gross_margin < 0.2"], book)), book)
    assert [p.what for p in check_draft("mine.yaml", text.replace("0.199", "0.3"))] == ["the example fires is clear, not fired"]


def refused(done: Done, code: int, *messages: str) -> None:
    assert done.code == code
    assert all(s in done.err for s in messages), done.err
    assert "Traceback" not in done.err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [("gros_margin < 1", "did you mean 'gross_margin'?"), ("debt > 5", "write 'total_debt'"),
     ("revenue > total_employees", "no figure"), ("revenue", "is a money"), ("listed > 1", "truth"), ("a b", "can't be read"),
     ("gross_margin > 20%", "0.30 for 30 %"), ("c.share > 1", "'c' is not bound"), ("", "is empty"),
     ("customr: dominant", "did you mean 'customer'?"), ("customer: profitable", "not a field of customer"),
     ("flag: los-making", "did you mean 'loss-making'?"), ("flag of c.party: loss-making", "does not name a company"),
     ("customer as c: x.y", "'x' is not bound")],
)
def test_a_condition_that_says_nothing(condition: str, message: str) -> None:
    with pytest.raises(RulesError, match=re.escape(message)):
        read_condition([condition], built_in().rulebook)


def test_a_condition_that_says_nothing_writes_nothing() -> None:
    refused(screener("rules", "new", "mine", "--when", "gros_margin < 1"), 3, "did you mean 'gross_margin'?")
    refused(screener("rules", "new", "mine", "--when", "yield_rate > 1"), 3, "can never hold", "nothing was written")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My Rule", "write my-rule"),
        ("../evil", "write evil"),
        ("利润", "thin-margin"),
        ("a" * 81, "at most 80"),
        ("a--b", "write a-b"),
    ],
)
def test_a_bad_id_is_a_usage_error(name: str, message: str) -> None:
    refused(screener("rules", "new", name), 2, "is not an id", message)


@pytest.mark.parametrize("name", ["circular-financing", "altman-z-distress"])
def test_an_id_of_a_built_in_rule_is_taken(name: str) -> None:
    refused(screener("rules", "new", name), 3, "exists already in rules/", "choose another id")


def test_nothing_is_overwritten(here: Path) -> None:
    (here / "mine.yaml").write_text("precious")
    (here / "link.yaml").symlink_to("nowhere.yaml")
    for name in ("mine", "link"):
        done = screener("rules", "new", name)
        assert (done.code, done.err) == (3, f"{name}.yaml: exists already; choose another id, or another place with --out\n")
    assert (here / "mine.yaml").read_text() == "precious"
    done = screener("rules", "new", "other", "--out", "no/such")
    assert (done.code, done.err) == (3, "no/such: there is no such folder; create it, or choose another with --out\n")


@pytest.mark.parametrize(("name", "kind"), [("screener", "a settings file"), ("pack", "a pack's desc"), ("evidence", "a pack's ev")])
def test_a_file_that_would_be_taken_for_something_else(name: str, kind: str, here: Path) -> None:
    for words in ((name,), ("thin-margin", "-o", f"{name}.yml")):
        done = screener("rules", "new", *words)
        assert (done.code, f"is the name of {kind}" in done.err) == (3, True), done
    assert list(here.iterdir()) == []


def test_a_rule_that_can_not_be_written_leaves_no_schema(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that the second file fills."""
    real, written = TextOutput.write_document, []

    def write(self: TextOutput, text: str | bytes) -> None:
        if written:
            raise OutputError(Problem("can't be written: no space left on device", "", str(self.path)))
        real(self, text)
        written.append(self.path)

    monkeypatch.setattr(TextOutput, "write_document", write)
    assert screener("rules", "new", "thin-margin").code == 3
    assert len(written) == 1
    assert list(here.iterdir()) == []


def test_the_file_may_have_another_name_than_the_rule(here: Path) -> None:
    assert screener("rules", "new", "thin-margin", "--out", "mine.yaml", "-q") == Done(0, "", "")
    assert read_documents(here / "mine.yaml")[0].data["rule"] == "thin-margin"
    assert screener("rules", "check", "mine.yaml").code == 0


def test_answers_become_a_rule() -> None:
    """A name that does not exist is requested again; a Chinese text becomes the Chinese version."""
    answers = [
        "gros_margin < 0.1",
        "gross_margin < 0.1",
        "blue",
        "red",
        "high",
        "",
        "薄利",
        'It says: "no" \\ {x',
        "",
        "",
        "A, 2026",
    ]
    done = screener("rules", "new", "mine", "--interactive", stdin="\n".join([*answers, ""]))
    assert done.code == 3
    assert "brace" in done.err
    answers[7] = 'It says: "no" \\'
    done = screener("rules", "new", "mine", "--interactive", stdin="\n".join([*answers, ""]))
    assert done.code == 0, done.err
    assert "did you mean 'gross_margin'?" in done.err
    passes("mine.yaml", 4)
    shown = screener("rules", "show", "mine", "--rules", "mine.yaml", "--lang", "zh").out
    assert "薄利" in shown
    shown = screener("rules", "show", "mine", "--rules", "mine.yaml").out
    assert "red, high, Profitability" in shown
    assert 'It says: "no" \\' in shown


def test_answers_that_end_too_soon_write_nothing(here: Path) -> None:
    done = screener("rules", "new", "mine", "-i", stdin="gross_margin < 0.1\n")
    assert done.code == 130
    assert list(here.iterdir()) == []
