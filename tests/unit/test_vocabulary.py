"""The closed vocabularies: their order, and the code that uses it."""

import itertools
import json
import pickle

import numpy as np
import pytest

from screener.cli.report_options import exit_code
from screener.cli.run_command import run as run_command
from screener.report.views.index_row import index_order_of
from screener.rules.rule_file import RuleFile
from screener.vocabulary import Flag, OrderedWord, Outcome, Severity, Verdict

VERDICTS = ["avoid", "caution", "insufficient-data", "open", "clear", "watch"]


def test_verdicts_run_from_the_worst_to_the_best() -> None:
    assert [verdict.value for verdict in Verdict] == VERDICTS
    for (i, a), (j, b) in itertools.product(enumerate(Verdict), repeat=2):
        assert (a < b, a <= b, a > b, a >= b, a == b) == (i < j, i <= j, i > j, i >= j, i == j)
    assert sorted({*VERDICTS}, key=Verdict) == VERDICTS
    assert [verdict for verdict in Verdict if verdict.is_favourable] == ["clear", "watch"]


@pytest.mark.parametrize("vocabulary", [Verdict, Outcome, Flag, Severity])
def test_a_member_finds_what_its_word_stands_for(vocabulary: type[OrderedWord]) -> None:
    for word in vocabulary:
        assert {word.value: 1}[word] == {word: 1}[word.value] == 1


def test_the_index_and_fail_on_use_the_same_order() -> None:
    assert sorted({*VERDICTS}, key=lambda word: index_order_of(word, 0, 0, "", "")) == VERDICTS
    thresholds = next(p for p in run_command.params if p.name == "fail_on").type.choices  # type: ignore[attr-defined]
    assert list(thresholds) == [v for v in VERDICTS if not Verdict(v).is_favourable]
    for threshold, verdict in itertools.product(thresholds, VERDICTS):
        expected = int(VERDICTS.index(verdict) <= VERDICTS.index(threshold))
        assert exit_code([verdict], False, threshold) == expected, (threshold, verdict)


def test_each_flag_has_its_severities() -> None:
    assert Flag.GREEN.severities == ("weak", "moderate", "strong")
    for flag in (Flag.RED, Flag.DATA, Flag.PATTERN):
        assert flag.severities == ("low", "medium", "high", "critical")
    assert [flag for flag in Flag if flag.scores] == ["red", "green"]
    assert max(Flag.GREEN.severities) < min(Flag.RED.severities)


@pytest.mark.parametrize("word", [*Verdict, *Outcome, *Flag, *Severity])
def test_a_member_is_its_word_wherever_it_is_written(word: str) -> None:
    plain = str.__str__(word)
    assert (f"{word}", str(word), f"{word:>20}", json.dumps(word)) == (plain, plain, f"{plain:>20}", json.dumps(plain))
    assert np.array([word]).tolist() == [plain]
    assert {word: 1}[plain] == 1
    assert pickle.loads(pickle.dumps(word)) is word


def test_a_word_of_another_vocabulary_is_not_compared() -> None:
    with pytest.raises(ValueError, match="not a valid Severity"):
        _ = Severity.HIGH < Outcome.FIRED


def test_a_model_reads_members_and_its_schema_lists_their_words() -> None:
    schema = RuleFile.model_json_schema()
    assert schema["properties"]["flag"]["enum"] == [flag.value for flag in Flag]
    assert schema["properties"]["severity"]["enum"] == [severity.value for severity in Severity]
    assert "Flag" not in schema["$defs"]


def test_verdicts_that_warn_and_those_that_withhold_the_score() -> None:
    assert [v for v in Verdict if v.is_warning] == [Verdict.AVOID, Verdict.CAUTION]
    assert [v for v in Verdict if v.withholds_score] == [Verdict.INSUFFICIENT_DATA]
