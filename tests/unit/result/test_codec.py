"""Results are read back as they were written; errors in a file are reported with place and cause."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from screener.errors import ResultError, ScreenerError
from screener.report.formats.json_format import result_json
from screener.report.formats.table_columns import company_row
from screener.report.pages import html_pages as html
from screener.report.terminal.company_text import company_text
from screener.report.views.result_view import ResultView
from screener.report.views.view_context import ViewContext
from screener.report.wording import load_wording
from screener.result.codec import from_dict, read_results, result_schema
from screener.result.model import ResultDocument, to_dict
from screener.rules.rulebook import Rulebook
from screener.screening import Screener
from tests.unit.report import sample
from tests.unit.report.formats import streamed

ROOT = Path(__file__).resolve().parents[3]
PROFILES = sorted([*ROOT.glob("fixtures/*.json"), *ROOT.glob("fixtures/later/*.json")])
HOSTILE = sample.hostile()._replace(loops=())  # a loop that the reader refuses
SAMPLES = {"oracle": sample.oracle(), "empty": sample.empty(), "hostile": HOSTILE}


def stored(result: ResultDocument) -> dict[str, Any]:
    """Returns a result as read from a file."""
    data: dict[str, Any] = json.loads(result_json(result))
    return data


@pytest.fixture(scope="module")
def screener(book: Rulebook) -> Screener:
    return Screener(book)


def strict(shape: Any) -> Any:
    """Returns a schema that allows no fields other than those that it names."""
    if isinstance(shape, dict):
        closed = {"additionalProperties": False} if "properties" in shape else {}
        return {k: strict(v) for k, v in shape.items()} | closed
    return [strict(s) for s in shape] if isinstance(shape, list) else shape


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_every_fixture_validates_and_comes_back_as_it_was(path: Path, screener: Screener) -> None:
    result = screener.assess(screener.profile(str(path)))
    data = stored(result)
    jsonschema.Draft202012Validator(strict(result_schema())).validate(data)
    assert to_dict(from_dict(data)) == to_dict(result) == data


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_whatever_the_texts_hold(name: str) -> None:
    result = SAMPLES[name]
    data = stored(result)
    jsonschema.validate(data, result_schema())
    back = from_dict(data)
    assert result_json(back) == result_json(result)
    assert html.company_page(back) == html.company_page(result)
    assert streamed("md", [back]) == streamed("md", [result])
    assert streamed("csv", [back]) == streamed("csv", [result])


def test_the_schema_is_the_one_in_docs() -> None:
    """`make docs` writes it again."""
    assert json.loads((ROOT / "docs/schema/result.json").read_text("utf-8")) == result_schema()


def test_the_schema_describes_every_field() -> None:
    schema = result_schema()
    for name, definition in schema["$defs"].items():
        assert definition.get("description") or name == "text", name
    for name, definition in {"ResultDocument": schema, **schema["$defs"]}.items():
        for field, shape in definition.get("properties", {}).items():
            refers = [shape, *shape.get("anyOf", ())]
            described = "description" in shape or any("$ref" in s or "enum" in s or "const" in s for s in refers)
            assert described or name == "text" or field == "id", (name, field)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(result_schema())
    data = stored(SAMPLES["oracle"])
    for change in ({"verdict": {**data["verdict"], "word": "buy"}}, {"company": {**data["company"], "id": "../x"}}, {"score": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**data, **change}, result_schema())
        with pytest.raises(ResultError):
            from_dict({**data, **change})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"value": 1.0}, "score.value"),
        ({"value": 100.0, "high": 99.0}, "score.value"),
        ({"low": 90.0, "high": 20.0}, "score.low"),
        ({"caution_from": 70.0, "avoid_from": 60.0}, "score.caution_from"),
    ],
)
def test_a_score_that_contradicts_itself(change: dict[str, float], path: str) -> None:
    data = stored(SAMPLES["oracle"])
    data["score"] |= change
    with pytest.raises(ResultError) as refused:
        from_dict(data)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_a_withheld_score_is_within_its_range_too() -> None:
    data = stored(SAMPLES["oracle"])
    data["score"] |= {"value": None, "low": 90.0, "high": 95.0}
    data["waterfall"][-1]["end"] = 1.0
    with pytest.raises(ResultError, match="outside its range"):
        from_dict(data)


def test_what_a_later_screener_adds_is_passed_over() -> None:
    data = stored(SAMPLES["oracle"])
    data["mood"] = "new"
    data["score"]["colour"] = {"x": 1}
    assert to_dict(from_dict(data)) == to_dict(SAMPLES["oracle"])


def test_what_an_earlier_screener_did_not_write_has_its_default() -> None:
    data = stored(SAMPLES["oracle"])
    del data["assumed"], data["facts"], data["calibration"]
    for finding in data["findings"]:
        del finding["status"], finding["waived"], finding["scored"], finding["when"]
    assert to_dict(from_dict(data)) == to_dict(SAMPLES["oracle"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "screener/result/0"}, "is in schema version 0; this screener reads 1; screen the profile again"),
        ({"schema": "screener/result/2"}, "is in schema version 2; this screener reads 1; install a newer screener"),
        ({"schema": "screener/validation/1"}, "is not a result: its schema is 'screener/validation/1'"),
        ({"schema": 5}, "is not a result of screener"),
        ({"score": 63}, "score: expected an object, got 63"),
        ({"findings": {}}, "findings: expected a list, got {}"),
        ({"findings": [{}]}, "findings[0].rule: is missing"),
        ({"companies": [["nvidia"]]}, 'companies[0]: expected a list, got ["nvidia"]'),
        ({"loops": [{"members": ["a"], "weakest": 1}]}, "loops[0].weakest: is not the index of a member of the loop"),
    ],
)
def test_not_a_result(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ResultError) as caught:
        from_dict({**stored(SAMPLES["oracle"]), **change})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("company", "id"), "../../etc/passwd", "company.id: expected lower-case letters and digits"),
        (("company", "name"), "Oracle", 'company.name: expected {en, zh}, got "Oracle"'),
        (("score", "value"), 101, "score.value: expected a number from 0 to 100, got 101"),
        (("score", "value"), True, "score.value: expected a number from 0 to 100, got true"),
        (("score", "low"), 10**400, "score.low: expected a number from 0 to 100"),
        (("verdict", "word"), "buy", "verdict.word: expected one of avoid, caution"),
        (("findings", 0, "evidence", 0, "value"), {"low": 2, "high": 1}, "findings[0].evidence[0].value: expected"),
        (("findings", 0, "evidence", 0, "unit"), "furlongs", "findings[0].evidence[0].unit: expected one of money"),
        (("coverage", "decided"), 1.5, "coverage.decided: expected a whole number, got 1.5"),
        (("verdict", "thin"), 1, "verdict.thin: expected true or false, got 1"),
    ],
)
def test_a_damaged_result(path: tuple[Any, ...], value: Any, message: str) -> None:
    data = stored(SAMPLES["oracle"])
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(ResultError) as caught:
        from_dict(data)
    assert message in str(caught.value)


def found_in(text: str, folder: Path) -> list[ResultDocument | ScreenerError]:
    file = folder / "r.json"
    file.write_text(text, "utf-8")
    return list(read_results(str(file)))


def test_several_in_one_file(tmp_path: Path) -> None:
    one, other = result_json(SAMPLES["oracle"]).decode(), result_json(SAMPLES["empty"]).decode()
    lines = [json.dumps(json.loads(t)) for t in (one, other)]
    for text in (one + other, "\n".join(lines), "\ufeff" + one + "\n\n" + other + "\n"):
        assert [r.company.id for r in found_in(text, tmp_path) if isinstance(r, ResultDocument)] == ["oracle", "blank-holdings"]


def test_a_bad_one_among_several_is_distinguished(tmp_path: Path) -> None:
    one = result_json(SAMPLES["oracle"]).decode()
    first, second, third = found_in(one + '{"name": "A profile"}\n' + one, tmp_path)
    assert isinstance(first, ResultDocument)
    assert isinstance(third, ResultDocument)
    assert str(second).startswith(f"{tmp_path}/r.json (2nd result): is not a result of screener; it looks like a profile")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999, 0])  # 0: inside a literal
def test_a_file_that_was_cut_off(share: float, tmp_path: Path) -> None:
    text = result_json(SAMPLES["oracle"]).decode()
    end = int(len(text) * share) if share else text.rindex("null") + 2
    (error,) = found_in(text[:end], tmp_path)
    assert "ends in the middle of a result; it was cut off" in str(error)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello", "is not JSON"),
        ("[" * 100_000, "is nested too deep"),
        ('{"schema": NaN}', "NaN is not a number"),
        ("  \n ", "is empty"),
        ("[]", "is not a result of screener"),
        ("\x00\x01", "is binary"),
    ],
)
def test_files_of_other_kinds(text: str, message: str, tmp_path: Path) -> None:
    (error,) = found_in(text, tmp_path)
    assert message in str(error)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


WRONG: list[Any] = [None, True, False, 0, -1, 99, 1e308, -1e-320, 10**400, "", "x" * 5000, "\u202e<script>", "nvidia", [], [[]], {},
                    {"low": None, "high": None}, {"low": -1e300, "high": None}, {"en": "", "zh": ""}, {"en": "=1", "zh": "\x1b[0m"}]


@pytest.mark.parametrize("seed", range(2))
def test_any_damage_is_reported_or_renders(seed: int) -> None:
    """Every output can show whatever the reader accepts."""
    chance, shown = random.Random(seed), 0
    whole = stored(SAMPLES["oracle"])
    every = list(places(whole))[1:]
    for _ in range(50):
        data = copy.deepcopy(whole)
        for path in chance.sample(every, 2):
            at = data
            for key in path[:-1]:
                at = at[key] if (isinstance(at, dict) and key in at) or (isinstance(at, list) and isinstance(key, int) and key < len(at)) else {}
            old = at.get(path[-1]) if isinstance(at, dict) else at[path[-1]] if path[-1] in range(len(at)) else None
            alike = [w for w in WRONG if type(w) is type(old)] + [w for w in WRONG if old is None]
            if isinstance(at, dict) or path[-1] in range(len(at)):
                at[path[-1]] = copy.deepcopy(chance.choice(alike or WRONG))
        try:
            result = from_dict(data)
        except ResultError:
            continue
        shown += 1
        html.company_page(result)
        streamed("md", [result], "zh")
        streamed("csv", [result])
        company_text(ResultView.of(result).context, verbose=True)
    assert shown > 10


def test_no_single_score_is_written_where_there_is_no_verdict() -> None:
    """So nothing is sorted by a number that the page does not show; reading the document restores the score."""
    result = Screener.load().screen({"name": "Hardly known", "figures": {"total_debt": 90e9, "revenue": 10e9}, "sector": "software"})
    assert result.verdict == "insufficient-data"
    data = result.to_dict()
    assert (data["score"]["value"], data["score"]["high"]) == (None, result.document.score.high)
    assert (result.score, result.document.score.value > 0) == (None, True)
    assert from_dict(json.loads(json.dumps(data))).score == result.document.score
    row = company_row(ViewContext(result.document, load_wording("en")))
    assert (row["score"], row["score_high"]) == (None, result.document.score.high)


def test_descriptions_are_the_same_in_every_version_of_python() -> None:
    """Python 3.13 removes the indentation of docstrings; earlier versions keep it."""
    assert not [d for d in result_schema()["$defs"].values() if "\n" in d.get("description", "")]
