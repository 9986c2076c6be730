"""Hostile inputs for readers beyond single profiles: spreadsheets of every shape, settings, holdings, shocks, requests."""

import io
import json
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote

from tests.fuzz.damage import NASTY, changed_bytes, changed_data, rubbish, written

COMPANIES = ("oracle", "openai", "nvidia")
ITEMS = ("Revenue", "Net income", "Total debt", "Cash", "Total assets", "EBITDA margin", "Shares outstanding", "Note", "Revenue (USD m)")
HEADS = ("Ticker", "Company", "Name", "Year", "Fiscal year", "Sector", "Currency", "failed", "Item", "Value", "")
YEARS = ("2023", "2024", "FY2024", "2024A", "2023/24", "31/12/2024", "2024-Q3", "Dec 2024", "TTM", "45657", "9999", "")
CELLS = ("1,234.5", "1.234,5", "(5)", "5-", "-", "—", "n/a", "#REF!", "#DIV/0!", "12 %", "$1.2bn", "1e400", "9" * 400, "nan", "inf", "TRUE",
         "1,23,456", "１２", "=A1+1", "\u200b7", "x" * 3000, "\x1b[31m", "5 000", "3'000", "", "", "7", "-3.5", 12, -4.5, 1e300, True)
NAMES = ("Acme", "CON", "Aux", "Index", "公司", "=cmd", "", "a" * 200, "Acme", "Bolt & Söhne", "../x", "＝1")


def _grid(rnd: Random) -> list[list[Any]]:
    """Returns a table in one of the usual shapes, with cells of all kinds."""
    shape = rnd.choice(("company", "panel", "across", "long", "titled", "ragged"))
    items = rnd.sample(ITEMS, rnd.randrange(1, len(ITEMS)))
    years, names = rnd.sample(YEARS, 3), rnd.sample(NAMES, rnd.randrange(1, 5))

    def cell() -> Any:
        return rnd.choice(CELLS) if rnd.random() < 0.5 else round(rnd.uniform(-1e6, 1e9), 2)

    if shape == "across":
        return [["", *years], *([item, *(cell() for _ in years)] for item in items)]
    if shape == "long":
        return [["Company", "Item", "Year", "Value"], *([n, i, y, cell()] for n in names for i in items for y in years)]
    heads = rnd.sample(HEADS, rnd.randrange(1, 5))
    rows = [[*(rnd.choice(NAMES) for _ in heads), *(cell() for _ in items)] for _ in range(rnd.choice((0, 1, 4, 12)))]
    if shape == "panel":
        heads = ["Company", "Year"]
        rows = [[n, y, *(cell() for _ in items)] for n in names for y in years]
    table = [[*heads, *items], *rows]
    if shape == "titled":
        return [["Peer group"], [], ["USD in millions", ""], *table, [], ["Source: annual reports"]]
    if shape == "ragged":
        return [row[: rnd.randrange(len(row) + 1)] if rnd.random() < 0.3 else [*row, *row[:1]] for row in table]
    return table


def spreadsheets(rnd: Random) -> bytes:
    """Makes a table for which to guess a map: a line with its suffix, then the file."""
    grid, suffix = _grid(rnd), rnd.choice((b"csv", b"csv", b"tsv", b"xlsx", b"xlsm"))
    if suffix in (b"xlsx", b"xlsm"):
        table = _workbook(rnd, [grid, *(_grid(rnd) for _ in range(rnd.choice((0, 0, 1, 3))))])
    else:
        sign = "\t" if suffix == b"tsv" else rnd.choice(",,;|\t")
        lines = [sign.join(f'"{c}"' if sign in str(c) and rnd.random() < 0.8 else str(c) for c in row) for row in grid]
        text = rnd.choice(("", "", "sep=;\n", "\ufeff")) + rnd.choice(("\n", "\r\n", "\r")).join(lines)
        table = text.encode(rnd.choice(("utf-8", "utf-8", "utf-16", "cp1252", "gb18030")), "replace")
    return suffix + b"\n" + (changed_bytes(rnd, table) if rnd.random() < 0.3 else table)


def _workbook(rnd: Random, grids: Sequence[list[list[Any]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for i, grid in enumerate(grids):
        sheet = book.create_sheet(rnd.choice(("Income", "Acme", "数据", "CON", "a" * 29)) + str(i) if i else "Data")
        sheet.sheet_state = "hidden" if rnd.random() < 0.15 else "visible"
        for row in grid:
            sheet.append([c if not isinstance(c, str) else "".join(x for x in c if x >= " ")[:300] for c in row])
        for cells in sheet.iter_rows():
            for cell in cells:
                if rnd.random() < 0.1:
                    cell.number_format = rnd.choice(('0.0%', '#,##0,"k"', '[$€-2] #,##0', "yyyy-mm-dd", "0.00E+00", '"x', "[", "@"))
    if all(sheet.sheet_state == "hidden" for sheet in book.worksheets):
        book.worksheets[0].sheet_state = "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SETTINGS: dict[str, Any] = {
    "packs": ["ai-era"],
    "params": {"leverage-versus-revenue": {"most": 2}, "single-customer-dependence": {"most": {"value": 0.3, "why": "ours"}}},
    "sector_params": {"software": {"leverage-versus-revenue": {"most": 5}}},
    "preview": True,
    "disable": ["circular-financing"],
    "waivers": [{"rule": "leverage-versus-revenue", "company": "oracle", "until": "2027-01-01", "reason": "known", "by": "me"}],
    "rules": [],
    "fiscal_year_named": "start",
}


def settings(rnd: Random) -> bytes:
    """Makes a screener.yaml: valid, damaged, or nonsense."""
    roll = rnd.random()
    data = {key: value for key, value in SETTINGS.items() if rnd.random() < 0.7}
    if roll < 0.7:
        return written(rnd, changed_data(rnd, data) if data and roll > 0.1 else data)
    return changed_bytes(rnd, written(rnd, data)) if roll < 0.95 else rubbish(rnd)


def holdings(rnd: Random) -> bytes:
    """Makes holdings as a table or a mapping: a line with the suffix, then the file."""
    odd = rnd.random() < 0.5

    def amount() -> Any:
        return rnd.randrange(9) if not odd else rnd.choice((1250000, 0.04, 5, "7", 0, -1, 1e300, "1e400", "12 %", "(5)", "1,000", "$5m", "nan", "", "?", rnd.choice(NASTY)))

    known = (*COMPANIES, "Oracle", "NVDA")
    companies = [rnd.choice(known if rnd.random() < 0.9 else ("nobody", *NAMES)) for _ in range(rnd.randrange(0, 6))]
    if rnd.random() < 0.5:
        data: dict[str, Any] = {"holdings": {c: amount() for c in companies}, "currency": rnd.choice(("USD", "usd", "", 5, None))}
        return b"yaml\n" + written(rnd, changed_data(rnd, data) if rnd.random() < 0.4 else data)
    heads = rnd.choice((("company", "exposure"), ("Ticker", "Weight", "currency"), ("name", "value"), ("x", "y"), ("company",)))
    if rnd.random() < 0.3:
        return b"xlsx\n" + _workbook(rnd, [[list(heads), *([c, str(amount())[:200], "USD"][: len(heads)] for c in companies)]])
    lines = [",".join(heads), *(",".join((c, str(amount())[:200], rnd.choice(("USD", "EUR")))[: len(heads)]) for c in companies)]
    table = "\n".join(lines).encode("utf-8", "replace")
    return b"csv\n" + (changed_bytes(rnd, table) if rnd.random() < 0.3 else table)


SHOCKS = ("openai: stops paying", "oracle: loses openai", "nvidia.revenue: -30%", "oracle.total_debt: 120e9",
          "oracle.revenue: 20e9..30e9", "openai.cash: 0", "nvidia: stops paying oracle")
ODD_SHOCKS = ("oracle.revenue: +1e308%", "oracle.revenue: -200%", "oracle.profitable: false", "nobody: stops paying", "oracle.x: 1", ":",
              "a.b.c: 1", "oracle.revenue: ..", "oracle.revenue: nan", "oracle.revenue: 5..1", "oracle.sector: bank", "oracle.revenue: 1e400",
              "oracle.total_debt: 1e24", "oracle.revenue: -1e24..1e24")


def shocks(rnd: Random) -> bytes:
    """Makes a scenario with valid and invalid shocks, in a file that may be damaged."""
    data: Any = {"shocks": [rnd.choice(SHOCKS if rnd.random() < 0.8 else ODD_SHOCKS) for _ in range(rnd.choice((0, 1, 2, 5)))], "name": "Crunch"}
    if rnd.random() < 0.3:
        data = changed_data(rnd, data)
    raw = written(rnd, data)
    return changed_bytes(rnd, raw) if rnd.random() < 0.2 else raw


PATHS = ("/", "/add", "/rules", "/company/oracle", "/company/oracle/report", "/company/oracle/compare", "/company/oracle/history",
         "/company/oracle/claims", "/company/nobody", "/company/..%2f..%2fetc%2fpasswd", "/company/%00", "/company/" + "a" * 300, "/x")
FIELDS = ("total_debt", "revenue", "with", "figure", "value", "title", "kind", "date", "url", "original", "text", "file", "keep", "token", "customers")
VALUES = ("10e9", "", "much", "1e400", "oracle", "openai", "../x", "<script>", "yes", "reported", "2025-01-01", "9999-99-99", "javascript:alert(1)",
          "x" * 5000, "\x00", "公司", "\ud83d\ude00", "rule: x\nwhen: []", "total_debt", "revenue", "0.3", "-1", "true")


@cache
def _uploads() -> tuple[tuple[str, bytes], ...]:
    profile = json.dumps({"name": "Up", "figures": {"revenue": {"value": 1e9}}}).encode()
    return (("a.json", profile), ("a.csv", b"company,revenue\nA,5\n"), ("a.htm", b"<html><body>FORM 10-K</body></html>"), ("a.exe", b"MZ"),
            ("../../a.json", profile), ("a.yaml", b"name: [\n"), ("a.xlsx", b"PK\x03\x04"), ("", b""), ("\u202ea.json", profile))


def requests(rnd: Random) -> bytes:
    """Makes a request to the server as a JSON document: method, path with query, headers, form and upload."""
    fields = {rnd.choice(FIELDS): rnd.choice(VALUES) for _ in range(rnd.randrange(0, 6))}
    query = "&".join(f"{quote(k)}={quote(v.encode('utf-8', 'replace'))}" for k, v in fields.items()) if rnd.random() < 0.6 else ""
    name, content = rnd.choice(_uploads())
    request = {
        "method": rnd.choice(("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")),
        "path": rnd.choice(PATHS) + (f"?{query}" if query else ""),
        "origin": rnd.random() < 0.8,
        "form": fields if rnd.random() < 0.7 else None,
        "file": [name, (changed_bytes(rnd, content) if rnd.random() < 0.4 else content).hex()] if rnd.random() < 0.3 else None,
        "raw": rubbish(rnd).hex() if rnd.random() < 0.15 else None,
        "type": rnd.choice(("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "")),
    }
    return json.dumps(request).encode()


MAKERS: dict[str, tuple[Callable[[Random], bytes], float]] = {
    "spreadsheet": (spreadsheets, 0.06), "settings": (settings, 0.05), "portfolio": (holdings, 0.05), "shock": (shocks, 0.02),
    "serve": (requests, 0.03),
}
"""The maker of inputs for each reader, and its share of all inputs."""
