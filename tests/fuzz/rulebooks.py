"""Generates random rulebooks whose names and units are valid, so that the rule reader accepts them."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.world import FIGURES, KINDS, METRICS, SECTORS

CONSTANTS = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "0.5",
    "0.1",
    "0.3",
    "-1",
    "0.30000000000000004",
    "1e24",
    "1e-12",
    "5e-324",
    "-1e200",
)
COMPARISONS = (">", ">=", "<", "<=", "==", "!=")
MONEY, PURE = "money", "pure"
IDS = ("main", "acme", "beta", "gone")
_DIMENSION = {"money": MONEY, "fraction": PURE, "count": PURE, "multiple": PURE, "number": PURE}


@dataclass
class Scope:
    """The names that a condition may use: bound names with their kinds (`own` is this pattern's fact), and parameters."""

    names: dict[str, str] = field(default_factory=dict)
    own: str = ""
    params: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # also names that are out of scope
    plain: bool = False  # short conditions, so that rules hold or fail more often

    def terms(self, *units: str) -> list[str]:
        """Returns all names with these units."""
        found = []
        for name, kind in self.names.items():
            prefix = "" if name == self.own else f"{name}."
            found += [f"{prefix}{f}" for f, d in KINDS[kind]["fields"].items() if d["unit"] in units]
        prefix = "" if self.own == "company" else "company."
        found += [f"{prefix}{f}" for f, d in FIGURES.items() if d["unit"] in units]
        found += [f"{prefix}{m}" for m, (_, unit) in METRICS.items() if unit in units]
        return found + [f"params.{p}" for p, unit in self.params.items() if unit in units]

    def companies(self) -> list[str]:
        """Returns all names of fields of other patterns that contain a company."""
        return [f"{n}.{f}" for n, kind in self.names.items() for f, d in KINDS[kind]["fields"].items()
                if d["unit"] == "company" and n != self.own]

    def mine(self, units: tuple[str, ...]) -> list[str]:
        """Returns the names with these units in this pattern's own fact."""
        if self.own == "company":
            return [f for f, d in FIGURES.items() if d["unit"] in units] + [
                m for m, (_, u) in METRICS.items() if u in units
            ]
        fields = KINDS[self.names[self.own]]["fields"] if self.own in self.names else {}
        return [f for f, d in fields.items() if d["unit"] in units]


def _units(dimension: str) -> tuple[str, ...]:
    return tuple(u for u, d in _DIMENSION.items() if d == dimension)


def number(rnd: Random, scope: Scope, dimension: str, depth: int) -> str:
    """Returns a formula of a given dimension."""
    roll = rnd.random()
    if dimension == PURE and depth > 0 and rnd.random() < 0.12:
        return _function(rnd, scope, depth - 1)
    mine = scope.mine(_units(dimension))
    if depth <= 0 or roll < 0.55:
        if mine and rnd.random() < 0.6:
            return rnd.choice(mine)
        terms = scope.terms(*_units(dimension))
        return rnd.choice(terms) if terms and rnd.random() < 0.5 else rnd.choice(CONSTANTS)
    a, b = number(rnd, scope, dimension, depth - 1), number(rnd, scope, dimension, depth - 1)
    if roll < 0.75:
        return f"({a} {rnd.choice('+-')} {b})"
    if roll < 0.85:
        return f"({rnd.choice(scope.terms(*_units(dimension)))} * {number(rnd, scope, PURE, 0)})"
    if roll < 0.92 and dimension == PURE:
        top, bottom = number(rnd, scope, MONEY, 0), rnd.choice(scope.terms("money"))
        return f"({top} / {bottom})" if not _bare(top) else f"({bottom} / {bottom})"
    return f"{rnd.choice(('min', 'max'))}({a}, {b})" if roll < 0.97 else f"abs({a})"


def _function(rnd: Random, scope: Scope, depth: int) -> str:
    if (roll := rnd.random()) < 0.5:
        return f"one_if({condition(rnd, scope, depth)})"
    if roll < 0.75:
        return f"exp({number(rnd, scope, PURE, depth)})"
    return f"ln({number(rnd, scope, rnd.choice((MONEY, PURE)), depth)})"


def _bare(text: str) -> bool:
    return not any(c.isalpha() and c != "e" for c in text)


def condition(rnd: Random, scope: Scope, depth: int) -> str:
    """Returns a condition on this pattern's fact, sometimes compared with others."""
    roll = rnd.random()
    if scope.plain:
        return rnd.choice((_constant, _truth, _word, _company, _simple))(rnd, scope)
    if depth > 0 and roll < 0.35:
        parts = [condition(rnd, scope, depth - 1) for _ in range(rnd.choice((2, 2, 2, 3, 3, 9)))]
        return "(" + rnd.choice((" and ", " or ")).join(parts) + ")"
    if depth > 0 and roll < 0.42:
        return f"(not {condition(rnd, scope, depth - 1)})"
    return rnd.choice((_constant, _truth, _word, _company, _company, _compare, _compare, _compare, _chain))(rnd, scope)


def _constant(rnd: Random, scope: Scope) -> str:
    return "true" if rnd.random() < 0.8 else "false"


def _truth(rnd: Random, scope: Scope) -> str:
    terms = scope.mine(("truth",)) or scope.terms("truth")
    if rnd.random() < 0.3:
        terms = scope.terms("truth")
    one = rnd.choice(terms)
    return rnd.choice((one, one, f"not {one}", f"{one} == {rnd.choice(terms)}", f"{one} != true", f"false == {one}"))


def _word(rnd: Random, scope: Scope) -> str:
    terms = scope.terms("word", "text") if rnd.random() < 0.4 else scope.mine(("word",)) or scope.terms("word")
    one = rnd.choice(terms)
    other = rnd.choice(terms) if rnd.random() < 0.3 else f"'{rnd.choice('abc')}'"
    if one.endswith(("direction", "note", "figure", "members")):
        other = "'out'" if "direction" in one else "'a\"\\\\é'" if rnd.random() < 0.3 else "'debt'"
    if other.endswith("direction") or rnd.random() < 0.1:
        one = other
    if other.startswith("'") and (words := _known_words(one, scope)):
        other = f"'{words[ord(other[1]) % len(words)]}'"
    return f"{one} {rnd.choice(('==', '==', '!='))} {other}"


def _known_words(term: str, scope: Scope) -> list[str]:
    """Returns the words that a field of a slip may have; none for other terms."""
    owner, _, name = term.rpartition(".")
    kind = scope.names.get(owner or scope.own or "")
    words: list[str] = KINDS[kind]["fields"].get(name, {}).get("words", []) if kind else []
    return words if kind == "slip" else []


def _company(rnd: Random, scope: Scope) -> str:
    mine = scope.mine(("company",))
    others = [*scope.companies(), "company.id", f"'{rnd.choice(IDS)}'"]
    if not mine:
        mine = scope.companies() or ["company.id"]
    one, other = rnd.choice(mine), rnd.choice([*others[:-2], *others])
    if rnd.random() < 0.3:
        one, other = other, one
    return f"{one} {rnd.choice(('==', '==', '==', '!='))} {other}"


def _compare(rnd: Random, scope: Scope) -> str:
    dimension = rnd.choice((MONEY, PURE))
    left = number(rnd, scope, dimension, rnd.choice((0, 0, 1, 2)))
    right = rnd.choice(CONSTANTS) if rnd.random() < 0.5 else number(rnd, scope, dimension, rnd.choice((0, 0, 1)))
    return f"{left} {rnd.choice(COMPARISONS)} {right}"


def _simple(rnd: Random, scope: Scope) -> str:
    own = scope.mine(("money", "fraction", "count"))
    return f"{rnd.choice(own or scope.terms('money'))} {rnd.choice(COMPARISONS)} {rnd.choice(CONSTANTS[:6])}"


def _chain(rnd: Random, scope: Scope) -> str:
    op = rnd.choice(("<", "<=", ">", ">="))
    middle = number(rnd, scope, rnd.choice((MONEY, PURE)), 0)
    return f"{rnd.choice(CONSTANTS)} {op} {middle} {op} {rnd.choice(CONSTANTS)}"


@dataclass
class Book:
    """The ids of the rules so far, and the kinds that they conclude."""

    ids: list[str]
    at: int = 0
    concluded: set[str] = field(default_factory=set)


def _kinds(book: Book) -> list[str]:
    given = ["client", "client", "source", "source", "spare", "flow", "loop"]
    return given + sorted(book.concluded) * 3 + (["conflict", "slip"] if book.at % 3 == 0 else [])


def when(rnd: Random, scope: Scope, book: Book, depth: int, most: int) -> list[Any]:
    """Returns a list of patterns; `scope.names` then contains the names bound in it."""
    return [_item(rnd, scope, book, depth) for _ in range(rnd.randint(1, most))]


def _item(rnd: Random, scope: Scope, book: Book, depth: int) -> dict[str, Any]:
    roll = rnd.random()
    if depth > 0 and roll < 0.14:
        branches = []
        for _ in range(rnd.choice((1, 2, 2, 3))):
            inside = Scope(dict(scope.names), "", scope.params, scope.used, scope.plain)
            many = when(rnd, inside, book, depth - 1, 2)
            branches.append(many[0] if len(many) == 1 and rnd.random() < 0.6 else many)
        return {"any": branches}
    if roll < 0.34:
        return {"company": condition(rnd, Scope(scope.names, "company", scope.params, plain=scope.plain), 2)}
    if roll < 0.48:
        return _flag(rnd, scope, book)
    return _fact(rnd, scope, book, negated=roll > 0.80)


def _flag(rnd: Random, scope: Scope, book: Book) -> dict[str, Any]:
    negated = rnd.random() < 0.35
    earlier = book.ids[: book.at]
    if negated and not earlier:
        negated = False
    known = earlier if negated or (earlier and rnd.random() < 0.6) else book.ids
    key = "flag"
    if (owners := scope.companies()) and rnd.random() < 0.5:
        key += f" of {rnd.choice(owners)}"
    return {("not " if negated else "") + key: rnd.choice(known)}


def _fact(rnd: Random, scope: Scope, book: Book, negated: bool) -> dict[str, Any]:
    kind = rnd.choice(_kinds(book))
    key = ("not " if negated else "") + kind
    if (owners := [*scope.companies(), "company.id"]) and rnd.random() < 0.35:
        key += f" of {rnd.choice(owners)}"
    free = [n for n in (kind, "c0", "m", "n0", "sid", "x", "y") if n not in scope.used]
    name = rnd.choice(free) if free and rnd.random() < 0.5 else f"x{len(scope.used)}"
    inside = Scope({**scope.names, name: kind}, name, scope.params, plain=scope.plain)
    text = condition(rnd, inside, rnd.choice((0, 1, 1, 2)))
    if rnd.random() < 0.65:
        key += f" as {name}"
        scope.used.add(name)
        if not negated:
            scope.names[name] = kind
    return {key: text if text not in ("true", "false") or rnd.random() < 0.5 else text == "true"}


def _params(rnd: Random) -> tuple[dict[str, Any], dict[str, str]]:
    params: dict[str, Any] = {}
    for name in rnd.sample(("p", "q", "r", "s"), rnd.choice((0, 0, 1, 2))):
        unit = rnd.choice(("money", "fraction", "count", "truth", "word"))
        value: Any = {"truth": rnd.random() < 0.5, "word": rnd.choice("abc")}.get(unit, float(rnd.choice(CONSTANTS)))
        params[name] = {"value": value, "unit": unit}
        if unit == "money" and rnd.random() < 0.4:
            params[name]["currency"] = rnd.choice(("USD", "USD", "EUR"))
        if isinstance(value, float) and rnd.random() < 0.4:
            sectors = rnd.sample(sorted(SECTORS), rnd.choice((1, 2)))
            params[name]["by_sector"] = {s: {"value": float(rnd.choice(CONSTANTS))} for s in sectors}
    return params, {n: p["unit"] for n, p in params.items()}


def _concludes(rnd: Random, scope: Scope) -> dict[str, Any]:
    kind = rnd.choice(("link", "mark"))
    fields: dict[str, Any] = {}
    inside = Scope(dict(scope.names), "", {})
    for name, typed in KINDS[kind]["fields"].items():
        terms = [t for t in inside.terms(typed["unit"]) if not t.startswith("params.")]
        if typed["unit"] == "company":
            terms += ["company.id"]
        if terms and rnd.random() < 0.8:
            fields[name] = rnd.choice(terms)
        elif typed["unit"] == "money":
            fields[name] = float(rnd.choice(CONSTANTS))
    return {kind: fields}


def rulebook(rnd: Random, most_rules: int = 5) -> list[dict[str, Any]]:
    """Returns rules as in a file, without their texts."""
    ids = [f"r{i}" for i in range(rnd.randint(1, most_rules))]
    book = Book(ids)
    files = []
    plain = rnd.random() < 0.5
    for i, rule in enumerate(ids):
        book.at = i
        params, units = _params(rnd)
        scope = Scope({}, "", units, plain=plain)
        file: dict[str, Any] = {"rule": rule, "when": when(rnd, scope, book, 1 if plain else 2, 2 if plain else 4)}
        if params:
            file["params"] = params
        if rnd.random() < 0.1:
            file["only_for"] = rnd.sample(sorted(SECTORS), rnd.choice((1, 2)))
        if rnd.random() < 0.15:
            file["not_for"] = rnd.sample(sorted(SECTORS), rnd.choice((1, 2)))
        if rnd.random() < 0.15:
            file["applies"] = condition(rnd, Scope({}, "company", units), 1)
        if rnd.random() < 0.35:
            file["concludes"] = _concludes(rnd, scope)
            book.concluded |= file["concludes"].keys()
        files.append(file)
    return files
