"""Generates rulebooks of short rules that use one feature each, since random rules seldom show its faults."""

from random import Random
from typing import Any

from tests.fuzz.rulebooks import COMPARISONS, CONSTANTS, IDS
from tests.fuzz.world import METRICS


def rulebook(rnd: Random) -> list[dict[str, Any]]:
    """Returns two to five rules; the later ones depend on conclusions of the earlier ones."""
    count = rnd.randint(2, 5)
    files: list[dict[str, Any]] = []
    for i in range(count):
        file: dict[str, Any] = {"rule": f"r{i}", "when": _patterns(rnd, [f["rule"] for f in files])}
        party = next((key.split()[-1] for item in file["when"] for key in item if key.startswith("client as")), None)
        if party and i < count - 1 and rnd.random() < 0.7:
            file["concludes"] = {"mark": {"who": f"{party}.party", "size": f"{party}.amount"}}
        if rnd.random() < 0.1:
            file["not_for"] = [rnd.choice(("tech", "chips"))]
        files.append(file)
    return files


def _patterns(rnd: Random, earlier: list[str]) -> list[dict[str, Any]]:
    constant, company = rnd.choice(CONSTANTS[:8]), rnd.choice(IDS)
    op, truth = rnd.choice(COMPARISONS), rnd.choice(("sure", "not sure", "true"))
    flag = rnd.choice(earlier) if earlier else "r0"
    return rnd.choice(_SHAPES)(constant, company, op, truth, flag)


_SHAPES: list[Any] = [
    lambda n, c, op, t, f: [{"loop": f"weakest {op} {n}"}],
    lambda n, c, op, t, f: [{"loop": "binding" if t == "sure" else "not binding"}],
    lambda n, c, op, t, f: [{"not loop": f"weakest {op} {n}"}],
    lambda n, c, op, t, f: [{"flow": f"party == '{c}' and amount {op} {n}"}],
    lambda n, c, op, t, f: [{"company": f"company.id == '{c}'"}],
    lambda n, c, op, t, f: [{"company": f"{sorted(METRICS)[int(float(n)) % len(METRICS)]} {op} {n}"}],
    lambda n, c, op, t, f: [{"client as c": t}],
    lambda n, c, op, t, f: [{"client as c": f"amount {op} {n}"}],
    lambda n, c, op, t, f: [{"client as c": t}, {"flag of c.party": f}],
    lambda n, c, op, t, f: [{"client as c": t}, {"source": "party == c.party"}],
    lambda n, c, op, t, f: [{"client as a": t}, {"client as b": "party != a.party"}],
    lambda n, c, op, t, f: [{"client as c": t}, {"not source": "party == c.party"}],
    lambda n, c, op, t, f: [{"spare": f"source == '{c}'"}],
    lambda n, c, op, t, f: [{"client as c": "true"}, {"spare": "source == c.party"}],
    lambda n, c, op, t, f: [{"source as s": t}, {"not spare": "source == s.party"}],
    lambda n, c, op, t, f: [{"source as s": t}, {"spare as a": "source == s.party"}, {"flag of a.party": f}],
    lambda n, c, op, t, f: [{"mark": f"who == '{c}'"}],
    lambda n, c, op, t, f: [{"mark": f"size {op} {n}"}],
    lambda n, c, op, t, f: [{"not mark": f"size {op} {n}"}],
    lambda n, c, op, t, f: [{"mark as a": "true"}, {"mark as b": "who != a.who"}],
    lambda n, c, op, t, f: [{"client as c": t}, {"mark of c.party": f"who == '{c}'"}],
    lambda n, c, op, t, f: [{"any": [{"client as c": t}, {"flag": f}]}],
    lambda n, c, op, t, f: [{"company": f"debt {op} {n}"}, {"client as c": t}],
]
