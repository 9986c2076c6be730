"""Random refinements: steps that only add knowledge to a profile, and what must stay the same.

A case consists of rules, a profile and steps; `python -m tests.fuzz.reduce FILE tests.fuzz.refine` can leave out any of them.
"""

from collections.abc import Iterable
from random import Random
from typing import Any

from screener.engine.protocol import Conclusions, Decision
from screener.errors import ProfileError
from screener.expression.interval import Truth
from screener.facts.changed_world import KINDS_ON_FIGURES
from screener.facts.world import UNNAMED, World
from screener.rules.compiler import Program
from screener.rules.rule import patterns
from tests.fuzz.profiles import body, copied, member, value
from tests.fuzz.world import FIGURES, KINDS, SECTORS, program, search_engine, world

LISTS = {entry["list"]: kind for kind, entry in KINDS.items() if "list" in entry}
Step = dict[str, Any]


def steps(rnd: Random, data: dict[str, Any], many: int) -> list[Step]:
    """Returns refinements of a profile, some of which may be impossible after others."""
    found = [s for place, body_ in _bodies(data) for s in _of_body(rnd, [*place], body_, data.get("currency"))]
    for party in ("acme", "beta", "gone"):
        found.append({"at": ["parties", party], "do": "fill", "value": _agreeing(body(rnd, main=False))})
    return rnd.sample(found, min(len(found), many))


def _agreeing(data: dict[str, Any]) -> dict[str, Any]:
    """Returns a body in which no two claims can disagree, since a conflict of sources is more than knowledge."""
    figures = {k: v[:1] if isinstance(v, list) else v for k, v in data.get("figures", {}).items()}
    return {**data, "figures": figures}


def _bodies(data: dict[str, Any]) -> list[tuple[list[Any], dict[str, Any]]]:
    return [([], data), *((["parties", p], b) for p, b in data.get("parties", {}).items())]


def _currency(rnd: Random, of_the_profile: str | None) -> str:
    """Returns a currency to fill in. A party without one has that of the profile; another one would correct, not refine it."""
    drawn = rnd.choice(("USD", "EUR"))
    return of_the_profile or drawn


def _of_body(rnd: Random, at: list[Any], data: dict[str, Any], currency: str | None) -> list[Step]:
    found = [{"at": [*at, "sector"], "do": "sector", "value": rnd.choice(sorted(SECTORS))},
             {"at": [*at, "currency"], "do": "fill", "value": _currency(rnd, currency)}]
    for name, typed in FIGURES.items():
        found += _of_value(rnd, [*at, "figures", name], data.get("figures", {}).get(name), typed)
    for list_name, values in data.get("others", {}).items():
        for name, given in values.items():
            found += _narrower(rnd, [*at, "others", list_name, name], given)
    for list_name, kind in LISTS.items():
        if "within" not in KINDS[kind] and (kind != "flow" or not at):
            found += _of_list(rnd, at, list_name, kind, data)
    return found


def _of_list(rnd: Random, at: list[Any], list_name: str, kind: str, owner: dict[str, Any]) -> list[Step]:
    filled = [member(rnd, kind) for _ in range(rnd.choice((0, 1, 2)))]
    found = [{"at": [*at, list_name], "do": "fill", "value": filled},
             {"at": [*at, list_name], "do": "add", "value": member(rnd, kind)},
             {"at": [*at, list_name], "do": "close", "value": None}]
    for i, inner in enumerate(owner.get(list_name) or ()):
        place = [*at, list_name, i]
        for name, typed in KINDS[kind]["fields"].items():
            if typed.get("given", True):
                found += _of_value(rnd, [*place, name], inner.get(name), typed)
        for nested, nested_kind in LISTS.items():
            if KINDS[nested_kind].get("within") == kind:
                found += _of_list(rnd, place, nested, nested_kind, inner)
    return found


def _of_value(rnd: Random, at: list[Any], given: Any, typed: dict[str, Any]) -> list[Step]:
    if isinstance(given, list):  # claims: the first is used, an earlier one is the prior value
        periods = [claim.get("period") for claim in given]
        if len(given) == 1 or periods[0] == periods[1] or _interval(given[0]) is None:
            return []
        places = [([*at, i], claim) for i, claim in enumerate(given) if _interval(claim) is not None]
        return [s for place, claim in places for s in _narrower(rnd, place, claim)]
    if given is None:
        return [{"at": at, "do": "fill", "value": value(rnd, typed)}]
    return _narrower(rnd, at, given)


def _narrower(rnd: Random, at: list[Any], given: Any) -> list[Step]:
    span = _interval(given)
    if span is None or span[0] == span[1]:
        return []
    lo, hi = max(span[0], -2.0), min(span[1], 9.0)
    if lo > hi:
        return []
    a, b = sorted((rnd.uniform(lo, hi), rnd.choice((lo, hi, rnd.uniform(lo, hi)))))
    rest = {k: v for k, v in given.items() if k not in ("value", "low", "high")}
    return [{"at": at, "do": "narrow", "value": {**rest, "low": a, "high": b}}]


def _interval(given: Any) -> tuple[float, float] | None:
    """Returns the claim of a number as an interval; None if it states nothing or is not a number."""
    if isinstance(given, dict):
        low, high, point = given.get("low"), given.get("high"), given.get("value")
        if point is not None:
            return _interval(point)
        if low is None and high is None:
            return None
        return (float("-inf") if low is None else low, float("inf") if high is None else high)
    return None if given is None or isinstance(given, bool | str) else (given, given)


def refined(data: dict[str, Any], many: list[Step]) -> dict[str, Any]:
    """Returns the profile after all steps that are refinements of its content."""
    new = copied(data)
    for step in many:
        *path, key = step["at"]
        at: Any = new
        for part in path:
            if isinstance(at, dict) and part in ("parties", "figures"):
                at = at.setdefault(part, {})
            elif isinstance(at, dict):
                at = at.get(part)
            else:
                at = at[part] if isinstance(at, list) and part < len(at) else None
        if isinstance(at, dict) or (isinstance(at, list) and isinstance(key, int) and key < len(at)):
            _apply(at, key, step["do"], copied(step["value"]))
    return new


def _apply(at: Any, key: Any, do: str, given: Any) -> None:
    value = at.get(key) if isinstance(at, dict) else at[key]
    if do == "fill" and value is None and not (isinstance(at, dict) and key in at.get("others", ())):
        at[key] = given
    elif do == "narrow":
        old, new = _interval(value), _interval(given)
        if old and new and old[0] <= new[0] and new[1] <= old[1]:
            at[key] = given
    elif isinstance(at, dict) and key in at.get("others", ()):
        return  # an added member may contradict the statement on unlisted members
    elif do == "sector" and value is None:
        at[key] = given
    elif key in at.get("incomplete", ()):
        if do == "add" and value is not None:
            value.append(given)
        elif do == "close":
            at["incomplete"] = [n for n in at["incomplete"] if n != key]


def outcome(decision: Decision) -> str:
    """Returns fired, clear, unknown or not-applicable."""
    if decision.applicability is Truth.FALSE:
        return "not-applicable"
    return {Truth.TRUE: "fired", Truth.UNKNOWN: "unknown", Truth.FALSE: "clear"}[decision.outcome]


def run(compiled: Program, data: dict[str, Any]) -> Conclusions:
    return search_engine(compiled, everyone=True).run(world(compiled, data))


def differences(case: dict[str, Any], compiled: Program | None = None) -> list[str]:
    """Returns the decided outcomes that a refinement changed; `compiled` are the rules of the case if already compiled."""
    compiled = compiled or program(case["rules"])
    engine, before_steps = search_engine(compiled, everyone=True), world(compiled, case["profile"])
    first = engine.run(before_steps)
    try:
        after_steps = world(compiled, refined(case["profile"], case["steps"]))
    except ProfileError:  # such as a supplier named twice
        return []
    then = engine.run(after_steps)
    if read_conflicts(compiled, before_steps) != read_conflicts(compiled, after_steps):
        return []  # a statement that figures contradict is a conflict, which is more than knowledge
    found = []
    for (rule, company), decision in first.decisions.items():
        before, after = outcome(decision), outcome(then.of(rule, company))
        if company == UNNAMED or before in ("unknown", after):
            continue
        if before == "clear" and after == "not-applicable" and decision.applicability is Truth.UNKNOWN:
            continue  # it was clear whether or not it applies, and now it is known not to apply
        found.append(f"{rule} of {company}: {before} became {after}")
    return found


def read_conflicts(compiled: Program, found: World) -> set[str]:
    """Returns the conflicts and slips of a world if some rule uses any, since a new one is more than added knowledge."""
    read = {p.kind for rule in compiled.rules.values() for p in patterns(rule.when)} & KINDS_ON_FIGURES
    return {f"{fact.kind} {fact.id}" for fact in found.base if fact.kind in read}


def shuffled(rnd: Random, data: Any) -> Any:
    """Returns the profile with its keys, lists and claims in another order."""
    if isinstance(data, dict):
        return {k: shuffled(rnd, v) for k, v in _in_any_order(rnd, data.items())}
    if isinstance(data, list):
        return [shuffled(rnd, v) for v in _in_any_order(rnd, data)]
    return data


def _in_any_order(rnd: Random, members: Iterable[Any]) -> list[Any]:
    found = list(members)
    if len(found) > 1:  # most have one
        rnd.shuffle(found)
    return found


def outcomes(compiled: Program, data: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Returns the outcome of every rule for every company."""
    return {key: outcome(d) for key, d in run(compiled, data).decisions.items()}
