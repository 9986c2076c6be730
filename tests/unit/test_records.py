"""Records pickled by their values are restored completely, with their own class."""

import pickle

import pytest

from screener.expression.interval import Interval, Missing
from screener.expression.parser import parse
from screener.records import PickledByValues
from screener.rules.rulebook import Rulebook
from screener.text import Text


@pytest.mark.parametrize("record", [Interval(-1.5, float("inf")), Missing(0.0, 1.0), Text("Debt", "债务")])
def test_a_record_comes_back(record: PickledByValues) -> None:
    found = pickle.loads(pickle.dumps(record))
    assert (type(found), found) == (type(record), record)


def test_expressions_and_rules_come_back(book: Rulebook) -> None:
    for text in ("not (a > 1 and b == 'x') or c.d == 'y'", "ln(max(a, -b)) / 2", "one_if(true)"):
        tree = parse(text)
        assert pickle.loads(pickle.dumps(tree)) == tree
    assert pickle.loads(pickle.dumps(dict(book.rules))) == book.rules


def test_a_record_is_pickled_as_a_call() -> None:
    """The default of `dataclass(slots=True)` looks up the names of all fields for each record that is read."""
    assert Interval(1.0, 2.0).__reduce__() == (Interval, (1.0, 2.0))
