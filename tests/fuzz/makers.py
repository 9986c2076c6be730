"""Hostile inputs for every reader: valid, almost valid, and nonsense. Each maker takes a Random and returns the bytes of a file."""

import copy
import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz import rulebooks, surface_makers, templates
from tests.fuzz.damage import changed_bytes, changed_data, rubbish, written

ROOT = Path(__file__).parents[2]
@cache
def _fixtures() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(p.read_text("utf-8")) for p in sorted((ROOT / "fixtures").glob("*.json")))


def profiles(rnd: Random) -> bytes:
    """Makes a profile: random in the real catalogue, a damaged fixture, or nonsense."""
    roll = rnd.random()
    if roll < 0.35:
        return written(rnd, _profile(rnd))
    if roll < 0.7:
        return written(rnd, changed_data(rnd, _small(rnd)))
    if roll < 0.92:
        return changed_bytes(rnd, written(rnd, _small(rnd)))
    return rubbish(rnd)


def _small(rnd: Random) -> dict[str, Any]:
    """Returns a part of a fixture, so that most changes have an effect."""
    whole = rnd.choice(_fixtures())
    return {k: v for k, v in whole.items() if k in ("name", "id", "sources") or rnd.random() < 0.6}


@cache
def catalogue() -> Any:
    """Returns the built-in catalogue."""
    from screener.rules.rulebook_loader import load_rulebook

    return load_rulebook(packs=[]).catalogue


_NUMBERS = (0, -0.0, 1, 2.5, 1e9, 57.4e9, 1e24, -1e24, 1e-12, 5e-324, -3e9, 0.3, 0.30000000000000004, 2**53 + 1)
_IDS = ("main", "acme", "beta", "gone", "a-b")


def _value(rnd: Random, typed: Any) -> Any:
    if typed.unit == "truth":
        return rnd.random() < 0.5
    if typed.unit == "company":
        return rnd.choice(_IDS)
    if typed.words:
        return rnd.choice(typed.words)
    if typed.unit in ("text", "word"):
        return rnd.choice(("a", "", "=1+1", "<b>", "\u202ex", "公司 🙂", "x" * 3000, "\x1b[0m", "{{1}}"))
    fits = [n for n in _NUMBERS if typed.bounds.lo <= n <= typed.bounds.hi] or [typed.bounds.lo]
    a, b = sorted((rnd.choice(fits), rnd.choice(fits)))
    return rnd.choice((a, a, a, {"low": a, "high": b}, {"low": a}, {"high": b}))


def _claims(rnd: Random, typed: Any) -> Any:
    claims = []
    for _ in range(rnd.choice((1, 1, 2, 4))):
        value = _value(rnd, typed)
        claim = value if isinstance(value, dict) else {"value": value}
        if rnd.random() < 0.6:
            claim["period"] = rnd.choice(("2024", "2025", "FY2025", "2025-Q1", "2025-Q2", "2025-12-31", "2024-12-31"))
        if rnd.random() < 0.6:
            claim["source"] = rnd.choice("st")
        if rnd.random() < 0.2:
            claim["quote"] = rnd.choice(("<script>alert(1)</script>", "\u202e", "x" * 2000, "=1"))
        claims.append(claim)
    return claims


def _member(rnd: Random, kind: str) -> dict[str, Any]:
    fields = catalogue().kinds[kind].fields
    found = {n: _value(rnd, f) for n, f in fields.items() if f.given and (f.required or rnd.random() < 0.6)}
    for name, nested in catalogue().nested(kind).items():
        if rnd.random() < 0.5:
            found[name] = [_member(rnd, nested) for _ in range(rnd.randint(0, 3))]
    return found


def _body(rnd: Random, main: bool) -> dict[str, Any]:
    figures, lists = catalogue().figures, catalogue().lists
    found: dict[str, Any] = {}
    if rnd.random() < 0.5:
        found["sector"] = rnd.choice(list(catalogue().sectors))
    if rnd.random() < 0.8:
        found["currency"] = rnd.choice(("USD", "EUR"))
    found["figures"] = {n: _claims(rnd, figures[n]) for n in rnd.sample(list(figures), rnd.randint(0, min(14, len(figures))))}
    for name, kind in lists.items():
        if rnd.random() < 0.35 and (main or name != "flows"):
            found[name] = [_member(rnd, kind) for _ in range(rnd.choice((0, 1, 2, 4)))]
    if rnd.random() < 0.2:
        found["incomplete"] = [rnd.choice(list(lists))]
    return found


def _profile(rnd: Random) -> dict[str, Any]:
    named: dict[str, Any] = {"name": rnd.choice(("Main", {"en": "Main <b>", "zh": "主"}, "=1+1 \u202e|x|")), "id": "main"}
    source = {"title": "T [x](javascript:1)", "kind": rnd.choice(("filed", "reported", "estimate", "illustrative"))}
    named["sources"] = {"s": source, "t": {**source, "date": "2025-12-31", "url": "https://example.org/<x>"}}
    if rnd.random() < 0.5:
        named["as_of"] = rnd.choice(("2026-01-01", "2020-01-01"))
    found = {**named, **_body(rnd, True)}
    if rnd.random() < 0.5:
        found["parties"] = {p: _body(rnd, False) for p in rnd.sample(_IDS[1:], 2)}
    if rnd.random() < 0.3:
        ring = ["main", *rnd.sample(_IDS[1:], 2)]
        found["flows"] = [{**_member(rnd, "flow"), "from": a, "to": b} for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
    return found


@cache
def _rule_texts() -> tuple[bytes, ...]:
    folders = ("rules", "tests/rules/broken", "examples")
    files = (p for folder in folders for p in sorted((ROOT / folder).rglob("*.yaml")) if p.parent.name != "catalog")
    return tuple(p.read_bytes() for p in files if b"rule:" in p.read_bytes() and p.stat().st_size < 6000)


@cache
def _rule_data() -> tuple[Any, ...]:
    from screener.io.document import parse_recovering

    return tuple(d.data for text in _rule_texts() for d in parse_recovering(text.decode("utf-8", "replace"), "a.yaml", []))


_FRAME = {"flag": "red", "severity": "low", "category": "leverage", "title": "t", "says": "s", "why": "w", "clears": "c",
          "false_alarms": "f"}


def rules(rnd: Random) -> bytes:
    """Makes a rule file: damaged text, damaged data, or nonsense."""
    roll = rnd.random()
    if roll < 0.4:
        return changed_bytes(rnd, rnd.choice(_rule_texts()))
    if roll < 0.75:
        return json.dumps(changed_data(rnd, rnd.choice(_rule_data()))).encode()
    if roll < 0.92:
        rule = copy.deepcopy(rnd.choice(_rule_data()))
        if isinstance(rule, dict) and isinstance(rule.get("when"), list):
            rule["when"] = [{"company": expressions(rnd).decode("utf-8", "replace")} for _ in range(rnd.choice((1, 1, 2)))]
        return json.dumps(rule).encode()
    return rubbish(rnd)


def small_rules(rnd: Random) -> bytes:
    """Makes rules of the small catalogue that are valid or almost valid."""
    book = templates.rulebook(rnd) if rnd.random() < 0.3 else rulebooks.rulebook(rnd, 3)
    book = [{**_FRAME, **rule} for rule in book]
    return json.dumps(book if rnd.random() < 0.6 else changed_data(rnd, book)).encode()


def expressions(rnd: Random) -> bytes:
    """Makes a condition of the small catalogue, damaged or not, or a deeply nested one."""
    roll = rnd.random()
    if roll < 0.5:
        text = rulebooks.condition(rnd, rulebooks.Scope({}, "company", {"p": "money"}), rnd.choice((0, 1, 2, 3)))
        return text.encode() if rnd.random() < 0.4 else changed_bytes(rnd, text.encode())
    if roll < 0.65:
        n, word = rnd.choice((5, 31, 90, 240, 499, 5000)), rnd.choice(("(", "not ", "-", "abs(", "debt+", "debt or ", "1<", "9", "[", "{"))
        return (word * n + "debt" + (")" * n if word[-1] == "(" else "")).encode()
    if roll < 0.8:
        words = ("debt", "income", "1", "1e309", "0x1F", "1j", "'a'", '"b"', "f'{x}'", "lambda:0", "x if y else z", "(", ")", "**", "//",
                 "+", "-", "and", "or", "not", "<", ">=", "==", "is", "in", "params.p", "company.id", "__import__('os')", "a.b.c", "a[0]",
                 "*a", ":=", "...", "sum(", "prior(", "known(", "'\\d'", "“x”", "≥", "，", "\u202e", "é", "1if 1else 1")
        return " ".join(rnd.choice(words) for _ in range(rnd.choice((1, 3, 8, 30)))).encode()
    return rubbish(rnd)


_MAP = """
id: {column: Ticker}
name: {column: Company}
currency: USD
period: {column: Year}
columns:
  Revenue: {figure: revenue, scale: thousands}
  Debt: {figure: total_debt, unit: money}
  Margin: {metric: net_margin, unit: percent}
"""
_CELLS = ("A1", "Acme", "2024", "1500", "12.5", "?", "", "-0", "1e400", "1e308", "nan", "inf", "(5)", "5 %", "1,000", '"', "'x'", "=1+1",
          "\x1b[3m", "公司", "９", "1_000", "0x10", " 7 ", "−3", "1e5", "FY2024", "2024-12-31", "true", "x" * 4000)


def _rows(rnd: Random) -> list[list[str]]:
    return [[rnd.choice(_CELLS) for _ in range(5)] for _ in range(rnd.choice((0, 1, 3, 12)))]


HEADER = ["Ticker", "Company", "Year", "Revenue", "Debt", "Margin"]


def tables(rnd: Random) -> bytes:
    """Makes a table preceded by its map (and a line with its length): CSV, ARFF, Excel or Parquet, valid or damaged."""
    suffix = rnd.choice((b"csv", b"csv", b"csv", b"arff", b"xlsx", b"parquet"))
    rows = [[f"T{i}", f"Company {i}", "2024", *row[:3]] for i, row in enumerate(_rows(rnd))]
    if suffix == b"csv":
        table = "\n".join(rnd.choice((",", ",", ";")).join(r) for r in [HEADER, *rows]).encode("utf-8", "replace")
    elif suffix == b"arff":
        table = ("@relation x\n" + "".join(f"@attribute {h} {'string' if h in HEADER[:3] else 'numeric'}\n" for h in HEADER)
                 + "@data\n" + "\n".join(",".join(r) for r in rows)).encode()
    else:
        table = _excel(rnd) if suffix == b"xlsx" else _parquet()
    if suffix == b"parquet" or rnd.random() < 0.5:
        table = changed_bytes(rnd, table)
    described = _MAP.encode() if rnd.random() < 0.6 else changed_bytes(rnd, _MAP.encode())
    return suffix + b"\n" + str(len(described)).encode() + b"\n" + described + table


@cache
def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (HEADER, ["A1", "Acme", 2024, 1500, 20, 12.5], ["B2", "Bolt", 2024, "?", 1e300, "=1+1"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _excel(rnd: Random) -> bytes:
    """Makes a workbook, sometimes with a damaged part inside its archive."""
    if rnd.random() < 0.3:
        return _workbook()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        victim = rnd.choice(old.namelist())
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, changed_bytes(rnd, text) if name == victim else text)
    return out.getvalue()


@cache
def _parquet() -> bytes:
    import pandas as pd

    frame = pd.DataFrame({"Ticker": ["A1", "B2"], "Company": ["Acme", "Bolt"], "Year": ["2024", "2024"], "Revenue": [1.0, 2.0],
                          "Debt": [1, 2], "Margin": [0.5, None]})
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


@cache
def _filings() -> dict[str, Any]:
    """Returns a small companyfacts document: the first facts of each tag of a real one."""
    whole = json.loads(min((ROOT / "tests/data/sec").glob("CIK*.json"), key=lambda p: p.stat().st_size).read_text("utf-8"))
    for tags in whole["facts"].values():
        for name in list(tags)[60:]:
            del tags[name]
        for concept in tags.values():
            for unit in concept["units"]:
                concept["units"][unit] = concept["units"][unit][-4:]
    return whole


def filings(rnd: Random) -> bytes:
    """Makes a response of the SEC: damaged data, damaged text, or nonsense."""
    roll = rnd.random()
    if roll < 0.6:
        return json.dumps(changed_data(rnd, _filings(), rnd.choice((0, 1, 3, 12)))).encode()
    return changed_bytes(rnd, json.dumps(_filings()).encode()) if roll < 0.95 else rubbish(rnd)


@cache
def _reports() -> tuple[bytes, ...]:
    """Returns small reports of every kind."""
    from tests.unit.importers import test_reports as texts
    from tests.unit.importers.reports import END, annual

    tagged = annual(texts.DOUBT, "One customer accounted for 14% of revenue in 2024.").fact("PurchaseObligation", "5", END, scale=6)
    tagged.customer("acme:DellIncMember", 19).fact("dei:EntityCommonStockSharesOutstanding", 42, "2025-02-03", "shares")
    page = f"<html><body><p>FORM 10-K</p><table><tr><td>Cash</td><td>5</td></tr></table><pre>{texts.TEXT_REPORT}</pre></body></html>"
    return tagged.render(), texts.TEXT_REPORT.encode(), (texts.HEADER + texts.TEXT_REPORT + "</TEXT>").encode(), page.encode()


def reports(rnd: Random) -> bytes:
    """Makes a report: complete, damaged, cut, repeated or nonsense."""
    roll, raw = rnd.random(), rnd.choice(_reports())
    if roll < 0.1:
        return raw
    if roll < 0.2:
        return raw[: rnd.randrange(len(raw))]
    if roll < 0.3:
        part = raw[rnd.randrange(len(raw)) :][: rnd.randrange(1, 200)]
        return raw.replace(part, part * rnd.choice((2, 50, 2000)), 1)
    return changed_bytes(rnd, raw) if roll < 0.95 else rubbish(rnd)


BETWEEN_TABLES = b"\n===\n"  # two tables of a data set in one input


@cache
def _dataset() -> bytes:
    """Returns two filers with facts of several kinds."""
    sub = "adsh\tcik\tname\tsic\tform\tfiled\n" + "".join(
        f"000000000{n}-25-000001\t{n}\tFiler {n}\t7372\t{form}\t20250220\n" for n, form in ((1, "10-K"), (2, "10-Q"))
    )
    customer = "ConcentrationRiskByBenchmark=SalesRevenueNet;MajorCustomers=CustomerA;"
    facts = [("Revenues", 4, "USD", "", "100"), ("Assets", 0, "USD", "", "90"), ("LongTermDebt", 0, "USD", "", "30.5"),
             ("Own", 0, "USD", "", "4"), ("ConcentrationRiskPercentage1", 4, "pure", customer, "0.27")]
    num = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tvalue\n" + "".join(
        f"000000000{n}-25-000001\t{tag}\tus-gaap/2024\t20241231\t{quarters}\t{unit}\t{segments}\t{value}\n"
        for n in (1, 2) for tag, quarters, unit, segments, value in facts
    )
    return sub.encode() + BETWEEN_TABLES + num.encode()


def datasets(rnd: Random) -> bytes:
    """Makes tables of a data set: valid, damaged, or nonsense."""
    roll = rnd.random()
    return _dataset() if roll < 0.05 else changed_bytes(rnd, _dataset()) if roll < 0.95 else rubbish(rnd)


_BITS = ("{{ view.name }}", "{{ view }}", "{{ view.flags }}", "{% for f in view.flags %}{{ f.title }}{% endfor %}", "{{ t.x }}",
         "{{ ''.__class__.__mro__ }}", "{{ view.__class__ }}", "{{ self.__init__.__globals__ }}", "{{ range(10**9)|list }}",
         "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}", "{{ 'x' * 10**9 }}", "{{ lipsum }}",
         "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% include 'company.html.jinja' %}", "{% include '/etc/passwd' %}",
         "{% extends 'x' %}", "{% import 'os' as os %}{{ os }}", "{{ cycler.__init__.__globals__.os }}", "{{ '%s' | format(view) }}",
         "{{ '{0.__class__}'.format(view) }}", "{{ view | attr('__class__') }}", "{{ view | pprint }}", "{{ 1 / 0 }}", "{{ x }}", "{% raw %}",
         "{% endfor %}", "{{", "}}", "{% set x = [] %}{% for i in range(9) %}{% do x.append(x) %}{% endfor %}", "{{ namespace(a=1).a }}",
         "{% block body %}{{ super() }}{% endblock %}", "{{ view.name | safe }}", "{{ caller() }}", "{{ joiner }}", "{# \u202e #}", "<b>")


_SOUND_BITS = ("{{ view.name }}", "{{ view.flags }}", "{% for f in view.flags %}{{ f.title }}{% endfor %}", "<b>")


def page_templates(rnd: Random) -> bytes:
    """Makes a custom template: valid, wrong or hostile."""
    roll = rnd.random()
    if roll < 0.3:
        return "\n".join(rnd.choices(_SOUND_BITS, k=rnd.choice((1, 2, 4)))).encode()
    if roll < 0.85:
        text = "\n".join(rnd.choice(_BITS) for _ in range(rnd.choice((1, 1, 2, 4)))).encode()
        return text if rnd.random() < 0.6 else changed_bytes(rnd, text)
    return changed_bytes(rnd, (ROOT / "templates/company.html.jinja").read_bytes())


MAKERS: dict[str, tuple[Callable[[Random], bytes], float]] = {
    "profile": (profiles, 0.3), "rules": (rules, 0.12), "small-rules": (small_rules, 0.08), "expression": (expressions, 0.31),
    "table": (tables, 0.07), "filings": (filings, 0.08), "report": (reports, 0.03), "template": (page_templates, 0.01),
    "dataset": (datasets, 0.01), **surface_makers.MAKERS,
}
"""The maker of inputs for each reader, and its share of all inputs."""
