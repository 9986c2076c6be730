"""Runs random cases through both engines in a separate process, since a fault of the C layer would end it.

`python -m tests.fuzz.worker --seed 1 --cases 500 --report FILE` writes each case to FILE before it is run, so that after a crash
FILE contains the case that caused it. `--case FILE` runs such a case again; `tests/fuzz/reduce.py FILE` makes it smaller.
"""

import argparse
import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from screener.engine.durable.engine import DurableEngine
from screener.engine.search import SearchEngine
from screener.errors import EngineError, RulesError
from screener.rules.compiler import Program
from tests.fuzz import templates
from tests.fuzz.profiles import profile
from tests.fuzz.rulebooks import rulebook
from tests.fuzz.world import Circle, program, show, world

PROFILES = 3  # profiles per rulebook, since compiling takes longer than running


def differences(case: dict[str, Any], tally: Counter[str] | None = None, compiled: Program | None = None) -> list[str]:
    """Returns the differences of the engines for a case (rules, profiles); `compiled` are its rules if already compiled."""
    compiled = compiled or program(case["rules"])
    durable, plain = DurableEngine(compiled, everyone=True), SearchEngine(compiled, everyone=True)
    narrow = DurableEngine(compiled)  # which judges of others what it is asked for
    found = []
    try:
        for i, data in enumerate(case["profiles"]):
            of = world(compiled, data)
            try:
                a = show(durable.run(of), compiled, of)
            except EngineError as error:
                if "sets of facts" not in str(error):
                    raise
                continue  # a cross product larger than real lists give; it is refused with a message
            b = show(plain.run(of), compiled, of)
            c = show(narrow.run(of), compiled, of)
            for key, right in b.decisions.items():
                if c.decisions[key] != right and (key[1] == of.main or key[0] in compiled.counterparty_rules):
                    found.append(f"profile {i}, {' of '.join(key)}:\n  narrow {c.decisions[key]}\n  plain  {right}")
                if a.decisions[key] != right:
                    found.append(f"profile {i}, {' of '.join(key)}:\n  durable {a.decisions[key]}\n  plain   {right}")
                if tally is not None:
                    tally[right[0] if right[1] != "FALSE" else "NOT APPLICABLE"] += 1
            if a.concluded != b.concluded:
                found.append(f"profile {i}, concluded:\n  durable {a.concluded}\n  plain   {b.concluded}")
    finally:
        durable.close()
        narrow.close()
    return found


def cases(seed: int, many: int) -> Iterator[tuple[Program | None, dict[str, Any]]]:
    """Yields `many` (rulebook, profile) pairs from a seed, `PROFILES` per rulebook, which is compiled once for all."""
    made, i = 0, 0
    while made < many:
        rnd = Random(f"{seed}/{i}")
        i += 1
        rules = templates.rulebook(rnd) if rnd.random() < 0.25 else rulebook(rnd)
        case = {"seed": f"{seed}/{i - 1}", "rules": rules, "profiles": [profile(rnd) for _ in range(PROFILES)]}
        try:
            compiled = program(case["rules"])
        except Circle:
            continue
        except RulesError as error:
            if any(word in str(error) for word in ("alternatives", "patterns that", "ways", "too long")):
                continue
            raise
        made += PROFILES
        yield compiled, case


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--case", type=Path)
    given = parser.parse_args()
    gc.set_threshold(50_000, 20, 100)  # most objects stay, and collecting them takes a tenth of the time
    tally: Counter[str] = Counter()
    many = [(None, json.loads(given.case.read_text("utf-8")))] if given.case else cases(given.seed, given.cases)
    done = 0
    for compiled, case in many:
        if given.report:
            given.report.write_text(json.dumps(case, ensure_ascii=False, indent=1), "utf-8")
        if found := differences(case, tally, compiled):
            print(f"case {case.get('seed')}: the engines disagree\n" + "\n".join(found))
            return 1
        done += len(case["profiles"])
    print(json.dumps({"cases": done, **tally}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
