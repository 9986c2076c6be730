"""A small catalogue for random rulebooks, and the steps from a random case to an engine's conclusions."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from screener.engine.search import SearchEngine
from screener.errors import Problem, RulesError
from screener.facts.builder import build
from screener.facts.metrics import Metric
from screener.facts.world import World
from screener.io.document import Document
from screener.profile.catalogue import Catalogue, Figure, Kind, Sector
from screener.profile.loader import read_profile
from screener.profile.model import Profile
from screener.rules.compiler import Program, compile_rules
from screener.rules.metric_reader import MetricFile, MetricReader
from screener.rules.rule import Rule
from screener.rules.rule_reader import RuleReader
from screener.text import Text

T = {"en": "t", "zh": "t"}
POSITIVE = {"unit": "money", "domain": [0, None], "title": T}
FIGURES = {
    "debt": POSITIVE,
    "income": {"unit": "money", "title": T},
    "share": {"unit": "fraction", "domain": [0, 1], "title": T},
    "staff": {"unit": "count", "domain": [0, None], "title": T},
    "listed": {"unit": "truth", "title": T, "means": "one_if(income > 0)"},
    "rate": {"unit": "fraction", "plausible": [-0.5, 3], "title": T},
    "total_costs": POSITIVE,
    "stage": {"unit": "word", "words": ["a", "b", "c"], "title": T},
}
_COMPANY = {"unit": "company", "title": T}
_TRUTH = {"unit": "truth", "title": T}
_WORD = {"unit": "word", "words": ["a", "b", "c"], "title": T}
_COUNT = {"unit": "count", "domain": [0, None], "title": T}
_MEMBER = {"party": _COMPANY, "amount": POSITIVE, "part": {"unit": "fraction", "domain": [0, 1], "title": T},
           "sure": _TRUTH, "what": _WORD, "note": {"unit": "text", "title": T},
           "certain": _TRUTH, "kind": _WORD, "of": _COMPANY, "id": _COUNT}  # names that the engine uses itself
KINDS = {
    "client": {"list": "clients", "title": T, "fields": _MEMBER},
    "source": {"list": "sources_", "title": T, "fields": {**_MEMBER, "gain": {"unit": "money", "title": T}}},
    "spare": {
        "list": "spares", "within": "source", "title": T,
        "fields": {"source": {**_COMPANY, "given": False}, "party": _COMPANY, "amount": POSITIVE, "sure": _TRUTH},
    },
    "flow": {
        "list": "flows", "title": T,
        "fields": {
            "from": {**_COMPANY, "required": True}, "to": {**_COMPANY, "required": True}, "what": _WORD,
            "amount": POSITIVE, "binding": _TRUTH, "party": {**_COMPANY, "given": False},
            "direction": {"unit": "word", "words": ["out", "in"], "given": False, "title": T},
        },
    },
    "loop": {
        "derived": True, "title": T,
        "fields": {"size": {**_COUNT, "domain": [2, None]}, "weakest": POSITIVE, "financing": POSITIVE, "binding": _TRUTH,
                   "members": {"unit": "text", "title": T}},
    },
    "conflict": {
        "derived": True, "title": T,
        "fields": {"figure": {"unit": "text", "title": T}, "gap": {**_COUNT, "unit": "fraction"}},
    },
    "slip": {
        "derived": True, "title": T,
        "fields": {"figure": {"unit": "text", "title": T}, "remark": {"unit": "text", "title": T},
                   "what": {"unit": "word", "words": ["unusual", "claims", "amounts"], "title": T}},
    },
    "link": {"concluded": True, "title": T,
             "fields": {"who": _COMPANY, "size": POSITIVE, "what": _WORD, "sure": _TRUTH}},
    "mark": {"concluded": True, "title": T, "fields": {"who": _COMPANY, "size": POSITIVE}},
}
METRICS = {
    "load": ("debt / income", "multiple"),
    "owed": ("sum(clients.amount, clients.sure)", "money"),
    "spread": ("sum(clients.part * clients.part, clients.sure)", "fraction"),
    "top": ("max(clients.part)", "fraction"),
    "least": ("min(sources_.gain, sources_.what == 'a')", "money"),
    "many": ("count(clients, clients.what != 'b')", "count"),
    "spared": ("sum(spares.amount)", "money"),
    "grown": ("debt - prior(debt)", "money"),
    "mixed": ("max(debt, owed) - abs(income)", "money"),
    "turned": ("one_if(income > 0 and prior(income) <= 0)", "count"),
    "bulk": ("ln(debt) + ln(max(clients.amount))", "number"),
    "size": ("ln(debt) - ln(prior(debt))", "number"),
    "chance": ("1 / (1 + exp(-(load + 2 * one_if(listed or stage == 'a'))))", "fraction"),
    "climbing": ("one_if(load > prior(load)) + one_if(grown > prior(grown))", "count"),
}
CURRENCIES = {"bulk": "USD"}
"""The currencies that metrics name."""
VALID = {"load": "income > 0", "climbing": "debt > 0"}
"""The domains of metrics."""
SECTORS = {"tech": {"title": T}, "chips": {"parent": "tech", "title": T}, "soft": {"parent": "tech", "title": T},
           "banks": {"title": T}}


@cache
def catalogue() -> Catalogue:
    return Catalogue(
        {k: Figure.model_validate(v) for k, v in FIGURES.items()},
        {k: Kind.model_validate(v) for k, v in KINDS.items()},
        {k: Sector.model_validate(v) for k, v in SECTORS.items()},
        {"leverage": Text.of("leverage")},
    )


@cache
def metrics() -> dict[str, Metric]:
    problems: list[Problem] = []
    files = {k: {"formula": f, "unit": u, "title": T, "currency": CURRENCIES.get(k), "valid": VALID.get(k)} for k, (f, u) in METRICS.items()}
    table = {name: MetricFile.model_validate(file) for name, file in files.items()}
    reader = MetricReader(catalogue(), problems)
    reader.read([(Document("metrics.json", "{}", {}), table)])
    assert not problems, problems
    return reader.metrics


def document(data: Any, name: str) -> Document:
    return Document(name, "{}", data)  # without the text, which is needed only to locate faults


class Circle(Exception):
    """Raised if the random rules depend on each other in a cycle through a negation; such a case is skipped."""


def read_rules(files: list[dict[str, Any]]) -> dict[str, Rule]:
    """Reads rules with the real reader. Raises Circle, or RulesError for a fault of the generator."""
    problems: list[Problem] = []
    reader = RuleReader(catalogue(), dict(metrics()), problems)
    for i, file in enumerate(files):
        reader.read(document({**_FRAME, **file}, f"{i}.json"))
    found = reader.finish()
    if any("cycle" in p.what for p in problems):
        raise Circle
    if problems:
        raise RulesError(problems)
    return found


_FRAME = {"flag": "red", "severity": "low", "category": "leverage", "title": "t", "says": "s", "why": "w",
          "clears": "c", "false_alarms": "f"}


def program(files: list[dict[str, Any]]) -> Program:
    return compile_rules(read_rules(files), catalogue(), metrics())


class _Engines:
    """The engines of the programs that were run last, so that each screens the unnamed company only once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, bool], tuple[Program, SearchEngine]] = {}

    def of(self, compiled: Program, everyone: bool = False) -> SearchEngine:
        key = id(compiled), everyone
        if key not in self._made:
            if len(self._made) >= 100:
                del self._made[next(iter(self._made))]
            self._made[key] = compiled, SearchEngine(compiled, everyone)
        return self._made[key][1]


search_engine = _Engines().of


def profile(data: dict[str, Any]) -> Profile:
    return read_profile(document({"name": "Main", "id": "main", **data}, "profile.json"), catalogue())


def world(compiled: Program, data: dict[str, Any]) -> World:
    return build(profile(data), catalogue(), metrics(), compiled.placeholders)


@dataclass(frozen=True)
class Shown:
    """Conclusions in a form that can be compared and printed."""

    decisions: dict[tuple[str, str], tuple[str, str, tuple[Any, ...]]]
    concluded: tuple[Any, ...]


def show(conclusions: Any, compiled: Program, of: World) -> Shown:
    """Returns every decision with its matches, and the concluded facts, independent of their order."""
    decisions = {}
    for rule in compiled.rules:
        for company in of.companies:
            d = conclusions.of(rule, company)
            matches = tuple((m.alternative, tuple((n, f.id) for n, f in m.facts)) for m in d.matches)
            decisions[rule, company] = (d.outcome.name, d.applicability.name, matches)
    concluded = sorted(
        (f.id, f.kind, f.of, f.certain, str(dict(f.fields)), str(f.companies)) for f in conclusions.concluded
    )
    return Shown(decisions, tuple(concluded))
