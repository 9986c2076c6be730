"""A fixed set of hostile inputs for every reader; `make fuzz` tries many more (tests/fuzz/hammer.py).

Cases that failed in the past are in cases/, in the form that hammer writes: the reader's name on a line, then the input.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.fuzz import makers, targets
from tests.waiting import within

CASES = sorted((Path(__file__).parent / "cases").iterdir())
EXAMPLES = {"profile": 60, "rules": 40, "small-rules": 40, "expression": 150, "table": 40, "filings": 50, "report": 60,
            "template": 10, "dataset": 60, "spreadsheet": 40, "settings": 25, "portfolio": 40, "shock": 15, "serve": 40}
SECONDS = 2.0  # of computing, as in hammer.py; the first input of each reader warms it up

quick = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                 phases=[Phase.explicit, Phase.generate])


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_what_failed_once(case: Path) -> None:
    name, _, data = case.read_bytes().partition(b"\n")
    targets.run(name.decode(), data)


@pytest.mark.parametrize("name", makers.MAKERS)
def test_made_up_inputs(name: str) -> None:
    seen: set[str] = set()
    make = makers.MAKERS[name][0]
    targets.run(name, make(Random(0)))

    @settings(quick, max_examples=EXAMPLES[name])
    @given(st.integers(0, 2**40))
    def tried(seed: int) -> None:
        seen.add(within(SECONDS, lambda: targets.run(name, make(Random(seed)))))

    tried()
    assert len(seen) > 1, f"the inputs of {name} all were {seen}: they test one path only"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12,
)
_KEYS = st.sampled_from(["name", "id", "figures", "metrics", "sources", "customers", "flows", "parties", "as_of", "incomplete", "currency"])


@settings(quick, max_examples=80)
@given(st.dictionaries(_KEYS, _JSON, max_size=6) | _JSON)
def test_any_json_as_a_profile(data: Any) -> None:
    targets.run("profile", json.dumps(data).encode())


@settings(quick, max_examples=150)
@given(st.text(max_size=60) | st.text("debt()+-*/<>=!.,'\"0123456789 eandornt\\", max_size=60))
@example("'\\d' == stage")
@example("debt" + " + debt" * 120)
@example("-" * 900 + "debt")
def test_any_text_as_an_expression(text: str) -> None:
    targets.run("expression", text.encode("utf-8", "surrogatepass"))


@settings(quick, max_examples=60)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_as_files(raw: bytes) -> None:
    targets.run("profile", raw)
    targets.run("rules", raw)
    targets.run("filings", raw)
    targets.run("report", raw)
    targets.run("dataset", raw)
