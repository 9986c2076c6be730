"""The Python interface: its arguments, results and errors, and that it does not change the calling process."""

import json
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import screener
from screener.errors import DocumentError, ProfileError, ResultError, RulesError

ROOT = Path(__file__).resolve().parents[2]
ORACLE = ROOT / "fixtures/oracle.json"
LEVERED = {"name": "Example", "sector": "software", "figures": {"total_debt": 18e9, "revenue": 10e9}}


@pytest.fixture(scope="module")
def ready() -> screener.Screener:
    return screener.Screener.load()


@pytest.fixture(scope="module")
def oracle(ready: screener.Screener) -> screener.Result:
    return ready.screen(ORACLE)


def fired(result: screener.Result) -> set[str]:
    return {f.rule for f in result.findings if f.outcome == "fired"}


def run(program: str) -> str:
    """Returns the output of a program in a separate process."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# The names


def test_the_names_of_the_package() -> None:
    assert {name for name in screener.__all__ if getattr(screener, name, None) is None} == set()
    assert set(screener.__all__) <= set(dir(screener))
    with pytest.raises(AttributeError, match="no attribute 'Screaner'"):
        screener.Screaner  # type: ignore[attr-defined]  # noqa: B018


def test_the_names_are_imported_when_they_are_used() -> None:
    program = "import sys, screener; screener.ScreenerError; print(*sorted(m for m in sys.modules if m.startswith('screener.')))"
    assert run(program) == "screener.errors\n"


# Arguments


def test_a_path_a_text_data_and_a_profile_give_the_same(ready: screener.Screener, oracle: screener.Result) -> None:
    data = json.loads(ORACLE.read_text("utf-8"))
    given = [str(ORACLE), data, {**data, "as_of": date.fromisoformat(data["as_of"])}, ready.profile(ORACLE)]
    expected = {**oracle.to_dict(), "profile_digest": None}
    assert [{**ready.screen(each).to_dict(), "profile_digest": None} == expected for each in given] == [True] * 4


def test_the_same_data_has_the_same_digest(ready: screener.Screener) -> None:
    digests = [ready.screen(data).document.profile_digest for data in (LEVERED, dict(LEVERED), {**LEVERED, "name": "Other"})]
    assert digests[0] == digests[1] != digests[2]


def test_rules_settings_and_assumptions(tmp_path: Path) -> None:
    assert "leverage-versus-revenue" in fired(screener.screen(LEVERED))
    assert "leverage-versus-revenue" not in fired(screener.screen(LEVERED, settings=["leverage-versus-revenue.most=2"]))
    assert "leverage-versus-revenue" not in fired(screener.screen(LEVERED, facts=["total_debt=1e9"]))
    disabled = screener.screen(LEVERED, disabled=["market-reaction"])
    assert "market-reaction" not in {f.rule for f in disabled.findings}
    added = screener.screen(LEVERED, rules=[ROOT / "examples/my-rules"])
    assert "capex-exceeds-cash-flow" in {f.rule for f in added.findings}
    (tmp_path / "screener.yaml").write_text("packs: [classic]\n")
    assert screener.screen(LEVERED, config=tmp_path / "screener.yaml").document.pack.name == "classic"
    assert screener.screen(ORACLE, as_of=date(2020, 1, 1)).company.as_of == "2020-01-01"


def test_context_gives_facts(ready: screener.Screener) -> None:
    main = {"name": "Main", "customers": [{"party": "big", "dominant": True}]}
    other = {"name": "Big", "figures": {"net_income": -5e9}}
    assert "loss-making-customer" not in fired(ready.screen(main))
    assert "loss-making-customer" in fired(ready.screen(main, context=[other]))
    assert "loss-making-customer" in fired(ready.screen(main, context=[ready.profile(other)]))


def test_a_screener_can_be_sent_to_another_process(ready: screener.Screener, oracle: screener.Result) -> None:
    assert pickle.loads(pickle.dumps(ready)).screen(ORACLE).to_dict() == oracle.to_dict()


# Results


def test_the_parts_of_a_result(oracle: screener.Result) -> None:
    data = oracle.to_dict()
    assert str(oracle.verdict) == data["verdict"]["word"] == "avoid"
    assert oracle.verdict == "avoid"
    assert oracle.verdict is screener.Verdict.AVOID
    assert screener.load_result(data).verdict is screener.Verdict.AVOID
    assert (oracle.score, oracle.score_range) == (data["score"]["value"], (data["score"]["low"], data["score"]["high"]))
    assert oracle.coverage.decided == sum(pack.decided for pack in oracle.coverage.packs)
    assert [pack.name for pack in oracle.coverage.packs] == ["core", "classic", "ai-era"]
    assert oracle.company.id == "oracle"
    assert [f.rule for f in oracle.findings] == [f["rule"] for f in data["findings"]]
    assert all(isinstance(f, screener.Finding) for f in oracle.findings)
    assert repr(oracle) == "<Result oracle: avoid, score 69.7>"


def test_printing_the_verdict_gives_its_word() -> None:
    assert run("import screener; print(screener.screen('fixtures/oracle.json').verdict)") == "avoid\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documents_are_those_of_the_command(oracle: screener.Result, language: Any, tmp_path: Path) -> None:
    run(f"import sys; sys.argv[1:] = ['run', 'fixtures/oracle.json', '-q', '--lang', '{language}', '--format', 'html,json', "
        f"'--out', {str(tmp_path)!r}]; from screener.cli import main; main()")
    assert oracle.to_html(language) == (tmp_path / "oracle.html").read_text("utf-8")
    assert oracle.to_dict() == json.loads((tmp_path / "oracle.json").read_text("utf-8"))


def test_results_are_read_back(oracle: screener.Result, tmp_path: Path) -> None:
    file = tmp_path / "oracle.json"
    file.write_text(json.dumps(oracle.to_dict()), "utf-8")
    for source in (file, str(file), oracle.to_dict()):
        stored = screener.load_result(source)
        assert stored.to_dict() == oracle.to_dict()
        assert stored.to_html() == oracle.to_html()


# Errors


@pytest.mark.parametrize(
    ("profile", "path", "what"),
    [
        ({"name": "A", "figures": {"revenu": 5}}, "figures.revenu", "unknown figure 'revenu'"),
        ({}, "name", "is missing"),
        ({"name": "A", "figures": {"revenue": float("nan")}}, "", "can't be written as JSON"),
        ({"name": "A", "figures": {"revenue": object()}}, "", "object is not a JSON type"),
        ({"name": "\ud800"}, "", "not a character"),
    ],
)
def test_problems_of_data_have_their_path(ready: screener.Screener, profile: dict[str, Any], path: str, what: str) -> None:
    with pytest.raises(ProfileError) as caught:
        ready.screen(profile)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column, problem.path) == (None, None, None, path)
    assert what in problem.what
    assert isinstance(caught.value, screener.ScreenerError)


def test_data_that_contains_itself(ready: screener.Screener) -> None:
    data: dict[str, Any] = {"name": "A"}
    data["figures"] = data
    with pytest.raises(ProfileError, match="can't be written as JSON"):
        ready.screen(data)


def test_errors_of_files(ready: screener.Screener, oracle: screener.Result, tmp_path: Path) -> None:
    with pytest.raises(DocumentError):
        ready.screen(tmp_path / "none.json")
    with pytest.raises(DocumentError):
        ready.screen(LEVERED, context=[tmp_path / "none.json"])
    with pytest.raises(RulesError):
        screener.screen(LEVERED, packs=["none"])
    with pytest.raises(DocumentError):
        screener.load_result(tmp_path / "none.json")
    with pytest.raises(ResultError, match="not a result"):
        screener.load_result(LEVERED)
    two = tmp_path / "two.json"
    two.write_text(2 * json.dumps(oracle.to_dict()), "utf-8")
    with pytest.raises(ResultError, match=r"two\.json: holds more than one result"):
        screener.load_result(two)


# Side effects


def test_the_process_is_not_changed() -> None:
    program = """
import gc, locale, logging, os, signal, sys, warnings

def state():
    handlers = [signal.getsignal(s) for s in signal.valid_signals() if s not in (signal.SIGKILL, signal.SIGSTOP)]
    return [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.get_debug(), handlers, signal.getitimer(signal.ITIMER_PROF),
            locale.setlocale(locale.LC_ALL), os.getcwd(), dict(os.environ), sys.getrecursionlimit(), sys.excepthook,
            list(warnings.filters), list(logging.root.handlers), (sys.stdin, sys.stdout, sys.stderr)]

before = state()
import screener
ready = screener.Screener.load()
for name in ("oracle", "nvidia"):
    result = ready.screen(f"fixtures/{name}.json")
    screener.load_result(result.to_dict()).to_html()
assert len(list(ready.profiles(["fixtures/oracle.json", "fixtures/nvidia.json", "fixtures/groq.json"]))) == 3
print([(a, b) for a, b in zip(before, state(), strict=True) if a != b])
"""
    assert run(program) == "[]\n"


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
@pytest.mark.parametrize("argument", ["rules", "packs", "config"])
def test_a_name_that_no_file_can_have_is_an_error_of_screener(name: str, argument: str) -> None:
    with pytest.raises(screener.ScreenerError):
        screener.Screener.load(**{argument: name if argument == "config" else [name]})  # type: ignore[arg-type]
    with pytest.raises(screener.ScreenerError):
        screener.screen(name, packs=[])
