"""One set of rules for several engines (screener, durable_rules, CLIPS, experta, plain Python), and companies to run it on.

It consists of twenty tests on figures (more on request), five joins over relations, a negation, and a chain of three flags.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

Company = Mapping[str, Any]
"""A company: its id, figures by name, and lists of mappings by kind."""

FIGURES = (
    "revenue", "net_income", "operating_income", "total_debt", "cash", "total_assets", "current_assets",
    "current_liabilities", "interest_expense", "gross_profit",
)
RATIOS: Mapping[str, tuple[str, str]] = {
    "debt_to_revenue": ("total_debt", "revenue"), "net_margin": ("net_income", "revenue"),
    "gross_margin": ("gross_profit", "revenue"), "operating_margin": ("operating_income", "revenue"),
    "current_ratio": ("current_assets", "current_liabilities"), "cash_to_debt": ("cash", "total_debt"),
    "interest_cover": ("operating_income", "interest_expense"), "revenue_to_assets": ("revenue", "total_assets"),
    "net_income_to_assets": ("net_income", "total_assets"), "ebit_to_assets": ("operating_income", "total_assets"),
}


class Compared(NamedTuple):
    """A rule that compares one ratio with a constant."""

    rule: str
    ratio: str
    op: str
    limit: float


def compared(many: int) -> list[Compared]:
    """Returns this many such rules, spread over the ratios and their ranges."""
    centre = {"debt_to_revenue": 0.6, "net_margin": 0.02, "gross_margin": 0.3, "operating_margin": 0.05, "current_ratio": 1.2,
              "cash_to_debt": 0.4, "interest_cover": 2.0, "revenue_to_assets": 0.8, "net_income_to_assets": 0.02,
              "ebit_to_assets": 0.04}
    names = list(centre)
    found = []
    for i in range(many):
        ratio = names[i % len(names)]
        op = ">" if ratio == "debt_to_revenue" else "<"
        found.append(Compared(f"test-{i}", ratio, op, round(centre[ratio] * (1 + (i // len(names)) * 0.37), 6)))
    return found


JOINS = ("vendor-supplier", "customer-rival", "supplier-rival", "two-big-customers", "customer-supplier")
OTHERS = ("no-moat", "fragile", "doomed")


def company(i: int, seed: int = 1, members: int = 3) -> Company:
    """Makes a company with all figures and about this many members in each list."""
    rnd = Random(f"{seed}/{i}")
    revenue = rnd.lognormvariate(19, 1.5)
    figures = {
        "revenue": revenue, "net_income": revenue * rnd.gauss(0.04, 0.1), "operating_income": revenue * rnd.gauss(0.07, 0.1),
        "total_debt": revenue * rnd.lognormvariate(-0.8, 0.8), "cash": revenue * rnd.lognormvariate(-2, 0.8),
        "total_assets": revenue * rnd.lognormvariate(0.2, 0.5), "current_assets": revenue * rnd.lognormvariate(-0.9, 0.5),
        "current_liabilities": revenue * rnd.lognormvariate(-1.2, 0.5),
        "interest_expense": revenue * rnd.lognormvariate(-4, 0.8), "gross_profit": revenue * rnd.uniform(0.05, 0.7),
    }

    def parties(many: int) -> list[str]:
        return rnd.sample([f"p{n}" for n in range(12 + 4 * members)], many)

    customers = [{"party": p, "share": round(rnd.random() * 0.5, 4)} for p in parties(members)]
    suppliers = [{"party": p} for p in parties(max(members - 1, 1))]
    rivals = [{"party": p} for p in parties(max(members - 1, 1))]
    funding = [{"party": p, "what": rnd.choice(["equity", "debt", "vendor"])} for p in parties(max(members // 2, 1))]
    moats = [{"what": w} for w in rnd.sample(["ecosystem", "identity"], rnd.randint(0, 2))]
    return {"id": f"c{i}", "figures": {k: round(v, 2) for k, v in figures.items()}, "customers": customers,
            "suppliers": suppliers, "rivals": rivals, "funding": funding, "moats": moats}


def ratios(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: figures[a] / figures[b] for name, (a, b) in RATIOS.items()}


def yaml_rules(many: int = 20) -> str:
    """Returns the rules in the YAML form of screener."""
    head = "flag: {flag}\nseverity: low\ncategory: leverage\ntitle: T\nsays: T\nwhy: T\nclears: T\nfalse_alarms: T\n"
    red, pattern = head.format(flag="red"), head.format(flag="pattern") + "verdict: watch\n"
    when: dict[str, list[str]] = {t.rule: [f"company: '{t.ratio} {t.op} {t.limit!r}'"] for t in compared(many)}
    when["vendor-supplier"] = ["funding as f: \"what == 'vendor'\"", "supplier as s: 'party == f.party'"]
    when["customer-rival"] = ["customer as c: 'true'", "rival as r: 'party == c.party'"]
    when["supplier-rival"] = ["supplier as c: 'true'", "rival as r: 'party == c.party'"]
    when["two-big-customers"] = ["customer as a: 'share_of_revenue > 0.25'", "customer as b: 'share_of_revenue > 0.25'"]
    when["customer-supplier"] = ["customer as c: 'true'", "supplier as s: 'party == c.party'"]
    when["no-moat"] = ["company: 'gross_margin < 0.5'", "not moat: \"what == 'ecosystem'\""]
    when["fragile"] = ["flag: test-0", "flag: two-big-customers"]
    when["doomed"] = ["flag: fragile", "flag: no-moat"]
    return "\n---\n".join(
        f"rule: {rule}\n{pattern if rule == 'doomed' else red}when:\n" + "".join(f"  - {item}\n" for item in items)
        for rule, items in when.items()
    )


def profile(one: Company) -> dict[str, Any]:
    """Returns the company as a profile."""
    lists: dict[str, Any] = {
        "customers": [{"party": c["party"], "share_of_revenue": c["share"]} for c in one["customers"]],
        "suppliers": [{"party": c["party"]} for c in one["suppliers"]],
        "rivals": [{"party": c["party"]} for c in one["rivals"]],
        "funding": [{"party": c["party"], "what": c["what"]} for c in one["funding"]],
        "moats": [{"what": m["what"]} for m in one["moats"]],
    }
    return {"id": one["id"], "name": one["id"], "figures": dict(one["figures"]), **lists}


def plain(many: int = 20) -> Callable[[Company, Mapping[str, float]], list[str]]:
    """Returns the rules as a Python function, as one would write them by hand."""
    body = ["def judge(one, r):", " found = []", " add = found.append"]
    body += [f" if r[{t.ratio!r}] {t.op} {t.limit!r}: add({t.rule!r})" for t in compared(many)]
    body += [
        " customers = {c['party'] for c in one['customers']}",
        " suppliers = {s['party'] for s in one['suppliers']}",
        " rivals = {s['party'] for s in one['rivals']}",
        " vendors = {f['party'] for f in one['funding'] if f['what'] == 'vendor'}",
        " if vendors & suppliers: add('vendor-supplier')",
        " if customers & rivals: add('customer-rival')",
        " if suppliers & rivals: add('supplier-rival')",
        " big = sum(c['share'] > 0.25 for c in one['customers']) > 1",
        " if big: add('two-big-customers')",
        " if customers & suppliers: add('customer-supplier')",
        " bare = r['gross_margin'] < 0.5 and not any(m['what'] == 'ecosystem' for m in one['moats'])",
        " if bare: add('no-moat')",
        " fragile = big and 'test-0' in found",
        " if fragile: add('fragile')",
        " if fragile and bare: add('doomed')",
        " return found",
    ]
    space: dict[str, Any] = {}
    exec("\n".join(body), space)  # generated code, so that no rule is looked up at run time
    return space["judge"]  # type: ignore[no-any-return]


def clips_rules(many: int = 20) -> list[str]:
    """Returns the rules as CLIPS constructs."""
    slots = " ".join(f"(slot {name} (type FLOAT))" for name in (r.replace("_", "-") for r in RATIOS))
    found = [
        f"(deftemplate company (slot of) {slots})",
        "(deftemplate customer (slot of) (slot party) (slot share (type FLOAT)))",
        "(deftemplate supplier (slot of) (slot party))",
        "(deftemplate rival (slot of) (slot party))",
        "(deftemplate funding (slot of) (slot party) (slot what))",
        "(deftemplate moat (slot of) (slot what))",
        "(deftemplate flag (slot rule) (slot of))",
    ]

    def rule(name: str, when: str, salience: int = 0) -> None:
        found.append(
            f"(defrule {name} (declare (salience {salience})) {when} => (assert (flag (rule {name}) (of ?o))))"
        )

    for t in compared(many):
        rule(t.rule, f"(company (of ?o) ({t.ratio.replace('_', '-')} ?x&:({t.op} ?x {t.limit!r})))")
    rule("vendor-supplier", "(funding (of ?o) (party ?p) (what vendor)) (supplier (of ?o) (party ?p))")
    rule("customer-rival", "(customer (of ?o) (party ?p)) (rival (of ?o) (party ?p))")
    rule("supplier-rival", "(supplier (of ?o) (party ?p)) (rival (of ?o) (party ?p))")
    rule("two-big-customers", "(customer (of ?o) (party ?p) (share ?a&:(> ?a 0.25))) "
                              "(customer (of ?o) (party ?q&~?p) (share ?b&:(> ?b 0.25)))")
    rule("customer-supplier", "(customer (of ?o) (party ?p)) (supplier (of ?o) (party ?p))")
    rule("no-moat", "(company (of ?o) (gross-margin ?x&:(< ?x 0.5))) (not (moat (of ?o) (what ecosystem)))", -1)
    rule("fragile", "(flag (rule test-0) (of ?o)) (flag (rule two-big-customers) (of ?o))")
    rule("doomed", "(flag (rule fragile) (of ?o)) (flag (rule no-moat) (of ?o))")
    return found


def facts(one: Company, ratio: Mapping[str, float]) -> Sequence[tuple[str, dict[str, Any]]]:
    """Returns the company as flat facts: a kind and its fields."""
    of = one["id"]
    return [
        *(("moat", {"of": of, **m}) for m in one["moats"]),  # first, so that a negation does not fire too early
        ("company", {"of": of, **ratio}),
        *(("customer", {"of": of, **c}) for c in one["customers"]),
        *(("supplier", {"of": of, **c}) for c in one["suppliers"]),
        *(("rival", {"of": of, **c}) for c in one["rivals"]),
        *(("funding", {"of": of, **c}) for c in one["funding"]),
    ]


def durable_rules(many: int = 20) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the rules for durable_rules: those on facts, and those on flags."""
    ops = {">": "$gt", "<": "$lt"}

    def rule(*patterns: dict[str, list[Any]]) -> dict[str, Any]:
        return {"all": [{name: {"$and": tests}} for p in patterns for name, tests in p.items()]}

    def pair(a: str, b: str) -> dict[str, Any]:
        return rule({"a": [{"kind": a}]}, {"b": [{"kind": b}, {"party": {"a": "party"}}]})

    found = {t.rule: rule({"a": [{"kind": "company"}, {ops[t.op]: {t.ratio: t.limit}}]}) for t in compared(many)}
    found["vendor-supplier"] = rule({"a": [{"kind": "funding"}, {"what": "vendor"}]},
                                    {"b": [{"kind": "supplier"}, {"party": {"a": "party"}}]})
    found |= {"customer-rival": pair("customer", "rival"), "supplier-rival": pair("supplier", "rival"),
              "customer-supplier": pair("customer", "supplier")}
    big = [{"kind": "customer"}, {"$gt": {"share": 0.25}}]
    found["two-big-customers"] = rule({"a": big}, {"b": big})
    found["no-moat"] = rule({"a": [{"kind": "company"}, {"$lt": {"gross_margin": 0.5}}]},
                            {"b$not": [{"kind": "moat"}, {"what": "ecosystem"}]})

    def flags(one: str, other: str) -> dict[str, Any]:
        return rule({"a": [{"kind": "flag"}, {"rule": one}]}, {"b": [{"kind": "flag"}, {"rule": other}]})

    return found, {"fragile": flags("test-0", "two-big-customers"), "doomed": flags("fragile", "no-moat")}
