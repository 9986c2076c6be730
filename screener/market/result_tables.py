"""Results of many companies as Arrow tables: one row per company, or one row per finding."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screener.engine.columns.column_engine import OUTCOMES
from screener.result.model import ResultDocument
from screener.rules.rule import Rule
from screener.scoring.column_score import ColumnScores
from screener.vocabulary import Flag, Outcome, Verdict

_FIRED, _UNKNOWN, _OUTSIDE = (OUTCOMES.index(o) for o in (Outcome.FIRED, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE))

COMPANY_SCHEMA = pa.schema(
    [
        ("company", pa.string()),
        ("name", pa.string()),
        ("sector", pa.string()),
        ("verdict", pa.string()),
        ("thin", pa.bool_()),
        ("score", pa.float64()),
        ("score_low", pa.float64()),
        ("score_high", pa.float64()),
        ("decided", pa.int32()),
        ("total", pa.int32()),
        *((flag.value, pa.string()) for flag in Flag),
        ("unknown", pa.int32()),
    ]
)
"""One row per company. `pattern`, `red`, `green` and `data` contain the ids of rules that fired, in their order,
separated by spaces; `thin`: there is a verdict although no pack has the required coverage; `decided` of `total` applicable red
and green rules; `unknown` counts all rules."""

_WORD = pa.dictionary(pa.int8(), pa.string())
_RULE = pa.dictionary(pa.int16(), pa.string())
FINDING_SCHEMA = pa.schema(
    [
        ("company", pa.string()),
        ("rule", _RULE),
        ("flag", _WORD),
        ("outcome", _WORD),
        ("severity", _WORD),
        ("category", _RULE),
        ("scored", pa.bool_()),
    ]
)
"""One row per rule and company; `scored`: whether the rule counts in the score."""


class ScreenedRows(NamedTuple):
    """Companies with their results: `outcomes` is an array of shape (rules, companies) with codes of OUTCOMES."""

    ids: npt.NDArray[np.object_]
    names: Any  # an Arrow array of texts
    sectors: Sequence[str | None]
    outcomes: npt.NDArray[np.int8]
    scores: ColumnScores
    results: Mapping[int, ResultDocument] = {}  # by place: results of the companies that were screened individually

    def with_rows(self, places: Sequence[int], other: "ScreenedRows") -> "ScreenedRows":
        """Returns these rows with the outcomes and scores at some places replaced by those of `other`."""
        outcomes = self.outcomes.copy()
        outcomes[:, places] = other.outcomes
        scores: list[Any] = []
        for mine, new in zip(self.scores, other.scores, strict=True):
            column: Any = np.array(mine)
            column[places] = new
            scores.append(column)
        return self._replace(outcomes=outcomes, scores=ColumnScores(*scores))


class ResultTables:
    """Makes tables of results for one list of rules; rules `left_out` are decided but do not count."""

    def __init__(self, rules: Iterable[Rule], left_out: frozenset[str] = frozenset()) -> None:
        self.rules = list(rules)
        order = sorted(range(len(self.rules)), key=lambda i: self.rules[i].id)
        self.ids = pa.array([rule.id for rule in self.rules])
        self.order = {flag: [i for i in order if self.rules[i].flag == flag] for flag in Flag}
        self.counted = np.array([r.id not in left_out and r.flag.scores for r in self.rules], np.bool_)

    def companies(self, found: ScreenedRows) -> pa.Table:
        """Returns a table with one row per company."""
        scores = found.scores
        columns = [
            pa.array(found.ids, pa.string()),
            found.names,
            pa.array(found.sectors, pa.string()),
            _words(scores.verdicts, tuple(Verdict)).cast(pa.string()),
            pa.array(scores.thin),
            pa.array(scores.value, mask=scores.verdicts == Verdict.INSUFFICIENT_DATA.rank),
            pa.array(scores.low),
            pa.array(scores.high),
            pa.array(scores.decided, pa.int32()),
            pa.array(scores.total, pa.int32()),
            *(self._fired(found.outcomes, self.order[flag]) for flag in Flag),
            pa.array((found.outcomes == _UNKNOWN).sum(0, dtype=np.int32)),
        ]
        return pa.Table.from_arrays(columns, schema=COMPANY_SCHEMA)

    def _fired(self, outcomes: npt.NDArray[np.int8], lines: list[int]) -> Any:
        """Returns for each company the ids of the rules in these lines that fired."""
        fired = outcomes[lines].T == _FIRED
        _, places = np.nonzero(fired)
        offsets = np.concatenate([[0], np.cumsum(fired.sum(1))]).astype(np.int32)
        ids = self.ids.take(pa.array(np.array(lines, np.int64)[places]))
        return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), ids), " ")

    def findings(self, found: ScreenedRows) -> pa.Table:
        """Returns a table with one row per rule and company; the rules of a company are in the program's order."""
        many, rules = len(found.ids), self.rules
        severities = tuple(dict.fromkeys(r.severity for r in rules))
        categories = tuple(dict.fromkeys(r.category for r in rules))

        def each(codes: list[int], words: Sequence[str], kind: Any) -> Any:
            return pa.DictionaryArray.from_arrays(pa.array(np.tile(codes, many), kind), pa.array(words))

        flags = each([r.flag.rank for r in rules], tuple(Flag), pa.int8())
        columns = [
            pa.array(found.ids, pa.string()).take(pa.array(np.repeat(np.arange(many), len(rules)))),
            each(list(range(len(rules))), [r.id for r in rules], pa.int16()),
            flags,
            _words(found.outcomes.T.ravel(), OUTCOMES),
            each([severities.index(r.severity) for r in rules], severities, pa.int8()),
            each([categories.index(r.category) for r in rules], categories, pa.int16()),
            pa.array(np.tile(self.counted, many)),
        ]
        return pa.Table.from_arrays(columns, schema=FINDING_SCHEMA)


def _words(codes: Any, words: Sequence[str]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words))
