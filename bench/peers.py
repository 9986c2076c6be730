"""Runs the same rules on the same companies in several engines, compares the flags, and measures the speed.

    python bench/peers.py [--sizes 100,1000,10000] [--growth]

Each engine runs in a separate process. It is timed from prepared facts (a World, or flat facts) to the flags. The engines
take turns, so that the ratios are reliable on a busy machine.
"""

import argparse
import collections
import collections.abc
import gc
import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench import rules_of_peers as rules  # noqa: E402
from bench.memory import peak_megabytes  # noqa: E402

CHUNK = 250  # companies whose facts are prepared at the same time
CHUNKS = {"screener, on columns": 16_384}
LIMITS = {"experta": 200, "CLIPS, all in memory": 10_000}  # engines that run at most this number of companies
ENGINES = (
    "screener",
    "screener, on columns",
    "durable_rules alone",
    "CLIPS",
    "CLIPS, all in memory",
    "experta",
    "plain Python",
)
MODULES = {"CLIPS": "clips", "CLIPS, all in memory": "clips", "experta": "experta"}
"""Packages that the other engines require: `pip install -e .[bench]`."""
Prepare = Callable[[Sequence[rules.Company]], Any]
Run = Callable[[Any], Iterable[tuple[str, str]]]


def _program(tests: int) -> Any:
    """Compiles the rules for screener."""
    from screener.rules.compiler import compile_rules
    from screener.rules.rulebook_loader import load_rulebook

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "peers.yaml"
        file.write_text(rules.yaml_rules(tests), "utf-8")
        book = load_rulebook([str(file)], packs=[])
    return compile_rules(book.rules, book.catalogue, book.metrics)


def columns(tests: int) -> tuple[Prepare, Run]:
    """Whole columns, as in `screener market` with lists: three outcomes for every rule."""
    import numpy as np

    from screener.engine.columns.column_engine import OUTCOMES, ColumnEngine
    from screener.engine.columns.column_values import FALSE, IntervalColumn, SymbolColumn
    from screener.engine.columns.company_columns import CompanyColumns
    from screener.engine.columns.member_columns import MemberColumns, MemberSlot

    program = _program(tests)
    engine, catalogue = ColumnEngine(program), program.catalogue

    def field(values: Sequence[Any], typed: Any) -> Any:
        if typed.unit == "fraction":
            numbers = np.array(values, float)
            return IntervalColumn.of(numbers, numbers, typed.bounds)
        return SymbolColumn.of(values)

    def members(kind: str, given: Sequence[Sequence[dict[str, Any]]]) -> MemberColumns:
        places = []
        for k in range(max(map(len, given), default=0)):
            at_place = [company[k] if k < len(company) else {} for company in given]
            names = dict.fromkeys(name for company in at_place for name in company)
            typed = catalogue.kinds[kind].fields
            fields = {name: field([company.get(name) for company in at_place], typed[name]) for name in names}
            places.append(MemberSlot(np.array([bool(company) for company in at_place]), fields))
        return MemberColumns(tuple(places), FALSE)

    def prepare(companies: Sequence[rules.Company]) -> Any:
        profiles = [rules.profile(company) for company in companies]
        values = {}
        for name in rules.FIGURES:
            numbers = np.array([p["figures"][name] for p in profiles])
            values[name, 0] = IntervalColumn.of(numbers, numbers, catalogue.figures[name].bounds)
        lists = {
            kind: members(kind, [p[name] for p in profiles])
            for name, kind in catalogue.lists.items()
            if name in profiles[0]
        }
        ids = np.array([p["id"] for p in profiles], object)
        unknown = SymbolColumn.of([None] * len(ids))
        return [(CompanyColumns(ids, sectors=unknown, values=values, currencies=unknown), lists)]

    def run(universes: Any) -> Iterator[tuple[str, str]]:
        for universe, lists in universes:
            for rule, found in zip(program.rules, engine.run(universe, lists) == OUTCOMES.index("fired"), strict=True):
                yield from ((company, rule) for company in universe.ids[found])

    return prepare, run


def screener(tests: int) -> tuple[Prepare, Run]:
    """durable_rules as screener uses it: three outcomes for every rule, with the facts behind each."""
    from screener.engine.durable.engine import DurableEngine
    from screener.expression.interval import Truth
    from screener.facts.builder import build
    from screener.io.document import Document
    from screener.profile.loader import read_profile

    program = _program(tests)
    engine = DurableEngine(program)

    def prepare(companies: Sequence[rules.Company]) -> Any:
        worlds = []
        for company in companies:
            data = rules.profile(company)
            of = read_profile(Document(company["id"], "", data), program.catalogue)
            worlds.append(build(of, program.catalogue, program.metrics, program.placeholders))
            for name in program.fields:
                worlds[-1].companies[company["id"]].value(name)
        return worlds

    def run(worlds: Any) -> Iterator[tuple[str, str]]:
        for world in worlds:
            for (rule, company), decision in engine.run(world).decisions.items():
                if decision.outcome is Truth.TRUE and company == world.main:
                    yield company, rule

    return prepare, run


def durable(tests: int) -> tuple[Prepare, Run]:
    """The C layer of durable_rules alone, with two outcomes and no evidence: the same work as for CLIPS."""
    from screener.engine.durable.c_library import load_c_library
    from screener.engine.durable.encoding import dump

    c = load_c_library()
    sentinel = {"sentinel": {"all": [{"m": {"kind": "sentinel"}}]}}  # see docs/adr/0001-c-layer.md
    first, second = (
        c.create_ruleset(f"peers{i}", dump({**sentinel, **part})) for i, part in enumerate(rules.durable_rules(tests))
    )

    def prepare(companies: Sequence[rules.Company]) -> Any:
        return [
            [
                ",".join(f'"{name}":{dump(value)}' for name, value in {"kind": kind, **fields}.items())
                for kind, fields in facts
            ]
            for facts in flat(companies)
        ]

    def match(handle: int, batch: Sequence[str]) -> Iterator[str]:
        facts = ",".join(f'{{"id":"{i}","sid":"s",{text}}}' for i, text in enumerate(batch))
        _, offset = c.assert_facts(handle, f'[{{"id":"s0","sid":"s","kind":"sentinel"}},{facts}]')
        action = c.start_action_for_state(handle, offset)
        message = action and action[1]
        while message:
            rule = message[2 : message.index('"', 2)]
            if rule != "sentinel":
                yield rule
            message = c.complete_and_start_action(handle, offset)
        c.delete_state(handle, "s")

    def run(ready: Any) -> Iterator[tuple[str, str]]:
        for batch in ready:
            at = batch[-1].index('"of":"') + 6
            of = batch[-1][at : batch[-1].index('"', at)]
            found = set(match(first, batch))
            # rules on flags form the next stratum; the last flag depends on the one before
            while fresh := set(match(second, [f'"kind":"flag","rule":"{rule}"' for rule in found])) - found:
                found |= fresh
            yield from ((of, rule) for rule in found)

    return prepare, run


def flat(companies: Sequence[rules.Company]) -> Any:
    return [rules.facts(company, rules.ratios(company["figures"])) for company in companies]


def clips(tests: int, at_once: bool = False) -> tuple[Prepare, Run]:
    """CLIPS, with one working memory for each company or one for all companies."""
    import clips as engine

    environment = engine.Environment()
    for construct in rules.clips_rules(tests):
        environment.build(construct)

    def prepare(companies: Sequence[rules.Company]) -> Any:
        symbols = {"of", "party", "what"}
        return [
            [(kind, {k.replace("_", "-"): engine.Symbol(v) if k in symbols else v for k, v in fields.items()})
             for kind, fields in facts]
            for facts in flat(companies)
        ]

    templates = {name: environment.find_template(name) for name in ("company", "customer", "supplier", "rival", "funding",
                                                                    "moat", "flag")}

    def flags() -> Iterator[tuple[str, str]]:
        for fact in templates["flag"].facts():
            yield str(fact["of"]), str(fact["rule"])

    def run(ready: Any) -> Iterator[tuple[str, str]]:
        if not at_once:
            for facts in ready:
                environment.reset()
                for kind, fields in facts:
                    templates[kind].assert_fact(**fields)
                environment.run()
                yield from flags()
            return
        for facts in ready:
            for kind, fields in facts:
                templates[kind].assert_fact(**fields)
        environment.run()

    run.rest = flags if at_once else None  # type: ignore[attr-defined]
    return prepare, run


def experta(tests: int) -> tuple[Prepare, Run]:
    """experta, with one working memory for each company: one for all takes minutes for a hundred companies."""
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]  # its frozendict is older than Python 3.10
    from experta import MATCH, NOT, TEST, Fact, KnowledgeEngine, Rule

    named = ("company", "customer", "supplier", "rival", "funding", "moat", "flag")
    kinds: dict[str, Any] = {kind: type(kind.title(), (Fact,), {}) for kind in named}
    company, customer, supplier, rival, funding, moat, flag = kinds.values()
    compare = {">": lambda limit: lambda x: x > limit, "<": lambda limit: lambda x: x < limit}
    body: dict[str, Any] = {}

    def rule(name: str, *when: Any) -> None:
        def act(self: Any, **_: Any) -> None:
            self.declare(flag(rule=name))

        act.__name__ = name.replace("-", "_")
        body[act.__name__] = Rule(*when)(act)

    for t in rules.compared(tests):
        test = compare[t.op](t.limit)
        rule(t.rule, company(**{t.ratio: MATCH.x}), TEST(eval("lambda x: test(x)", {"test": test})))
    rule("vendor-supplier", funding(party=MATCH.p, what="vendor"), supplier(party=MATCH.p))
    rule("customer-rival", customer(party=MATCH.p), rival(party=MATCH.p))
    rule("supplier-rival", supplier(party=MATCH.p), rival(party=MATCH.p))
    rule("two-big-customers", customer(party=MATCH.p, share=MATCH.a), customer(party=MATCH.q, share=MATCH.b),
         TEST(lambda p, q, a, b: p != q and a > 0.25 and b > 0.25))
    rule("customer-supplier", customer(party=MATCH.p), supplier(party=MATCH.p))
    rule("no-moat", company(gross_margin=MATCH.x), TEST(lambda x: x < 0.5), NOT(moat(what="ecosystem")))
    rule("fragile", flag(rule="test-0"), flag(rule="two-big-customers"))
    rule("doomed", flag(rule="fragile"), flag(rule="no-moat"))
    engine = type("Peers", (KnowledgeEngine,), body)()

    def run(ready: Any) -> Iterator[tuple[str, str]]:
        for facts in ready:
            engine.reset()
            for kind, fields in facts:
                engine.declare(kinds[kind](**fields))
            engine.run()
            for fact in engine.facts.values():
                if isinstance(fact, flag):
                    yield facts[-1][1]["of"], fact["rule"]

    return flat, run


def python(tests: int) -> tuple[Prepare, Run]:
    """The rules as a plain Python function."""
    judge = rules.plain(tests)

    def run(ready: Any) -> Iterator[tuple[str, str]]:
        for company, ratio in ready:
            for rule in judge(company, ratio):
                yield company["id"], rule

    return lambda companies: [(company, rules.ratios(company["figures"])) for company in companies], run


MAKE = {"screener": screener, "screener, on columns": columns, "durable_rules alone": durable, "CLIPS": clips,
        "CLIPS, all in memory": lambda n: clips(n, True), "experta": experta, "plain Python": python}


def measure_one(engine: str, size: int, tests: int, members: int) -> dict[str, Any]:
    """Runs one engine in this process; returns seconds, peak memory, and a digest of the flags of the first companies."""
    prepare, run = MAKE[engine](tests)
    seconds, digest, count = 0.0, hashlib.sha256(), 0
    found: list[tuple[str, str]] = []
    before = peak_megabytes()
    list(run(prepare([rules.company(-1, members=members)])))  # warm up
    chunk = CHUNKS.get(engine, CHUNK)
    for start in range(0, size, chunk):
        companies = [rules.company(i, members=members) for i in range(start, min(start + chunk, size))]
        ready = prepare(companies)
        gc.collect()  # so that no engine is charged for the preparation of facts
        began = time.process_time()
        found += run(ready)
        seconds += time.process_time() - began
    rest = getattr(run, "rest", None)
    if rest is not None:
        began = time.process_time()
        found = list(rest())
        seconds += time.process_time() - began
    flags = sorted({(c, r) for c, r in found if c != "c-1"})
    count = len(flags)
    digest.update(json.dumps(flags).encode())
    return {"engine": engine, "size": size, "seconds": seconds, "rate": size / seconds, "flags": count,
            "digest": digest.hexdigest()[:12], "peak": peak_megabytes(), "before": before}


def apart(engine: str, size: int, tests: int = 20, members: int = 3) -> dict[str, Any]:
    """Does the same as `measure_one` in a separate process."""
    command = [
        sys.executable,
        __file__,
        "--one",
        engine,
        "--sizes",
        str(size),
        "--tests",
        str(tests),
        "--members",
        str(members),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def installed() -> list[str]:
    """Returns the engines that can run on this machine."""
    return [engine for engine in ENGINES if engine not in MODULES or importlib.util.find_spec(MODULES[engine])]


def table(sizes: Sequence[int]) -> tuple[list[dict[str, Any]], list[str]]:
    """Runs all installed engines at all sizes; also reports where their flags differ."""
    rows, wrong = [], []
    engines = installed()
    if missing := [engine for engine in ENGINES if engine not in engines]:
        print(f"not installed (see the extra `bench`): {', '.join(missing)}", flush=True)
    for size in sizes:
        expected: dict[int, str] = {}
        for engine in reversed(engines):
            measured_size = min(size, LIMITS.get(engine, size))
            row = {**apart(engine, measured_size), "asked": size}
            rows.append(row)
            if expected.setdefault(measured_size, row["digest"]) != row["digest"]:
                wrong.append(f"{engine} at {measured_size}: {row['flags']} flags, not the same as those of plain Python")
            less = f"  (of {measured_size:,})" if measured_size < size else ""
            print(f"{size:>8,}  {engine:<22} {row['rate']:>12,.0f} companies/s  {row['peak']:>6,.0f} MB  "
                  f"{row['flags']:>7,} flags {row['digest']}{less}", flush=True)
    return rows, wrong


def growth(size: int = 500) -> list[dict[str, Any]]:
    """Measures how the time for each company grows with the number of rules and of facts."""
    rows = []
    for tests, members in ((20, 3), (40, 3), (80, 3), (160, 3), (20, 6), (20, 12), (20, 24)):
        # durable_rules alone accepts only about 50 tests
        for engine in ("screener", "screener, on columns", "CLIPS", "plain Python"):
            row = {**apart(engine, size, tests, members), "tests": tests, "members": members}
            rows.append(row)
            print(
                f"{tests + 8:>4} rules, {members:>3} customers  {engine:<14} {row['rate']:>12,.0f} companies/s",
                flush=True,
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--one", choices=ENGINES)
    parser.add_argument("--tests", type=int, default=20)
    parser.add_argument("--members", type=int, default=3)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    if given.one:
        print(json.dumps(measure_one(given.one, sizes[0], given.tests, given.members)))
        return
    _, wrong = table(sizes)
    if given.growth:
        growth()
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
