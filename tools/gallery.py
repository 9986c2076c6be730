"""Writes every kind of page into a folder, for the browser tests, `bench/report.py` and the pictures.

    python tools/gallery.py FOLDER

makes FOLDER/en and FOLDER/zh with the reports of the fixtures and their index, `only-a-name.html`, `hostile.html`,
`thirty.html` (thirty flows), pages of a portfolio, a shock, a market, histories and the server, `validation.html`,
`compared.html` and `compared-hostile.html`, and FOLDER/*/hundred with the index of a hundred invented companies.
"""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.universe import profiles
from screener.errors import ScreenerError
from screener.expression.interval import Interval
from screener.importers.table.company_table import read_table
from screener.io.document import Document
from screener.market.market_page import MarketDigest, MarketTables
from screener.market.market_run import MarketSummary, open_table, screen_table
from screener.market.result_tables import COMPANY_SCHEMA
from screener.market.table_writer import table_writer
from screener.portfolio.holdings import Holdings
from screener.portfolio.portfolio import build_portfolio
from screener.portfolio.portfolio_page import PortfolioTables
from screener.portfolio.shock import read_shocks
from screener.portfolio.shock_page import ShockTables
from screener.portfolio.shock_run import run_shocks
from screener.profile.loader import read_profile
from screener.report.database_record import result_record
from screener.report.pages.html_pages import company_page, comparison_page, page
from screener.report.rendering import RenderOptions
from screener.report.report_writer import ReportsInMemory, ReportWriter
from screener.report.run_reports import RunReports
from screener.report.wording import load_wording
from screener.result.comparison import compare
from screener.result.detail import Detail
from screener.result.model import ResultDocument
from screener.runs.store.company_list import StoredCompany, company_list_page, stored_companies
from screener.runs.store.database import ResultDatabase, RunIdentity
from screener.runs.store.history import CompanyHistory, company_history
from screener.runs.store.history_page import HistoryTables
from screener.screening import Screener
from screener.serve.pages import Pages
from screener.serve.rule_editing import RuleEditing
from screener.serve.workspace import Workspace
from screener.text import LANGUAGES, Language
from screener.validation import validation_report as show
from screener.validation.validation import Plan, validate_rules
from screener.validation.validation_records import Validation

ROOT = Path(__file__).resolve().parents[1]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>{{7*7}}\"'`&\u202e\u2066\u200b\x07"
PAGES = (
    "oracle",
    "nvidia",
    "only-a-name",
    "index",
    "hundred/index",
    "validation",
    "compared",
)  # pages that readers see
TABLES = (
    "portfolio",
    "shock",
    "history",
    "companies",
    "market",
    "served-companies",
    "served-company",
    "served-rules",
)  # pages of tables and forms
ODD = ("hostile", "thirty", "compared-hostile", "history-hostile")  # further pages


def gallery(folder: Path, languages: Iterable[Language] = LANGUAGES, hundred: int = 100) -> Path:
    """Writes all pages below `folder` and returns the folder."""
    screener = Screener.load()
    nine = [screener.assess(screener.profile(str(p))) for p in sorted((ROOT / "fixtures").glob("*.json"))]
    many = _results(screener, profiles(screener.rulebook.catalogue, hundred), Detail.OUTCOMES)  # the index shows no more
    lone = _results(screener, ({"name": {"en": "Only a name", "zh": "仅有名称"}}, hostile(), thirty()))
    validation = _validation()
    with tempfile.TemporaryDirectory() as temporary:
        histories, stored = _histories(screener, Path(temporary) / "results.sqlite")
    for language in languages:
        own = folder / language
        (own / "hundred").mkdir(parents=True, exist_ok=True)
        _write(own, nine, language)
        failed = [(f"{EVIL}.json", f"$.figures: {EVIL}"), ("empty.json", "`name` is missing")]
        _write(own / "hundred", many, language, failed)
        for result in lone:
            (own / f"{result.company.id}.html").write_text(company_page(result, language), "utf-8")
        (own / "validation.html").write_text(show.validation_page([validation], language=language), "utf-8")
        known = {r.company.id: r for r in (*nine, *lone)}
        for name, then, now in (("compared", "oracle", "nvidia"), ("compared-hostile", "hostile", "thirty")):
            (own / f"{name}.html").write_text(comparison_page(compare(known[then], known[now]), language), "utf-8")
        wording = load_wording(language)
        stories = {name: HistoryTables(found, wording).page() for name, found in histories.items()}
        for name, view in {**stories, "companies": company_list_page(stored, wording)}.items():
            (own / f"{name}.html").write_text(page("tables.html.jinja", language, view=view), "utf-8")
        for name, text in _table_pages(screener, language).items():
            (own / f"{name}.html").write_text(text, "utf-8")
    return folder


def _table_pages(screener: Screener, language: Language) -> dict[str, str]:
    """Returns the pages of a portfolio, of a shock and of the server, by name."""
    wording = load_wording(language)
    workspace = Workspace(ROOT / "fixtures", screener, writable=True)
    profiles = list(workspace.profiles().values())
    holdings = Holdings({profile.id: 1e6 * n for n, profile in enumerate(profiles, 1)}, "USD")
    portfolio = build_portfolio(list(workspace.results().values()), holdings)
    shock = run_shocks(screener, profiles, read_shocks(["openai: stops paying"], screener.rulebook.catalogue))
    served = Pages(workspace, wording)
    tables = PortfolioTables(portfolio, wording).page()
    digest, found = _market(screener)
    rule = workspace.rule_text("circular-financing")
    return {
        "portfolio": page("tables.html.jinja", language, view=tables),
        "shock": page("tables.html.jinja", language, view=ShockTables(shock, Interval(0.0, 1.0), wording).page()),
        "market": page(
            "tables.html.jinja",
            language,
            view=MarketTables(digest, found, screener.rulebook, wording).page(["market.csv"]),
        ),
        "served-companies": served.companies(),
        "served-company": served.company("oracle", {"total_debt": "10e9"}),
        "served-rules": RuleEditing(workspace, wording).rules(rule, workspace.try_rules(rule)),
    }


def _market(screener: Screener) -> tuple[MarketDigest, MarketSummary]:
    """Screens a table of two hundred companies."""
    digest, source = MarketDigest(), str(ROOT / "tests/data/polish-sample.arff")
    with tempfile.TemporaryDirectory() as temporary:
        table = open_table(screener, source, str(ROOT / "rules/maps/polish.yaml"))
        writer = table_writer(Path(temporary) / "market.csv", COMPANY_SCHEMA)
        return digest, screen_table(screener, table, writer, written=digest.add)


def _histories(screener: Screener, file: Path) -> tuple[dict[str, CompanyHistory], tuple[StoredCompany, ...]]:
    """Returns the histories of Nvidia and a hostile company over three days and two rule sets, and the list of companies."""
    days = (date(2025, 3, 31), date(2025, 11, 30), date(2026, 2, 6))
    later = replace(Screener.load(packs=["ai-era"]), as_of=days[-1])
    for run in (*(replace(screener, as_of=day) for day in days), later):
        database = ResultDatabase(file, RunIdentity(run.rulebook, f"{run.rulebook.digest}{run.as_of}"))
        odd = read_profile(Document("made-up.json", "{}", hostile()), run.rulebook.catalogue)
        files = sorted((ROOT / "fixtures").glob("*.json")) if run is later else [ROOT / "fixtures/nvidia.json"]
        for profile in (*run.profiles(map(str, files)), ("made-up.json", odd)):
            assert not isinstance(profile[1], ScreenerError)
            database.add(result_record(run.assess(profile[1])))
        database.finish()
        database.close()
    names = {"history": "nvidia", "history-hostile": "hostile"}
    return {name: company_history(file, company) for name, company in names.items()}, stored_companies(file)


def _results(screener: Screener, many: Iterable[dict[str, Any]], detail: Detail = Detail.FULL) -> list[ResultDocument]:
    documents = (Document("made-up.json", "{}", data) for data in many)
    return [screener.assess(read_profile(one, screener.rulebook.catalogue), detail=detail) for one in documents]


def _write(
    folder: Path, results: Sequence[ResultDocument], language: Language, failures: Sequence[tuple[str, str]] = ()
) -> None:
    """Writes a page for each result, and the index of all results."""
    writer, collected = ReportWriter(folder, RenderOptions(("html",), language), lambda _: None), ReportsInMemory()
    for result in results:
        report = writer.renderer.render(result)
        writer.write(report)
        collected.add(report)
    writer.finish(RunReports(collected, failures=failures))


def _validation() -> Validation:
    """Validates the pack `distress` on two hundred real companies."""
    screener = Screener.load(packs=["distress"])
    table = read_table(str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml"),
                       screener.rulebook.catalogue)
    return validate_rules(screener, table, Plan("class", resamples=100))


def thirty() -> dict[str, Any]:
    """Returns a profile with thirty flows, three loops among them."""
    what = ("buys", "invests", "lends", "commits")
    flows: list[dict[str, Any]] = []
    for i in range(9):
        flows.append({"from": f"customer-{i}", "to": "thirty", "what": what[i % 4], "amount": 3e8 * 1.7**i})
        flows.append({"from": "thirty", "to": f"supplier-{i}", "what": "buys", "amount": 2e8 * 1.8**i,
                      **({"binding": False} if i % 3 == 0 else {})})
    flows += [{"from": f"supplier-{i}", "to": f"customer-{i}", "what": "invests", "amount": 1e9} for i in (2, 5, 8)]
    flows += [{"from": "bank", "to": f"customer-{i}", "what": "lends"} for i in range(9)]
    return {"id": "thirty", "name": {"en": "Thirty flows", "zh": "三十笔资金流"}, "as_of": "2026-02-06", "currency": "USD",
            "flows": flows,
            "parties": {"customer-3": {"name": "Customer with a name that is rather long for a box"}}}


def hostile() -> dict[str, Any]:
    """Returns a hostile profile: markup and control characters in every text, scripts as addresses, a name of 10,000
    characters, 500 flows, absurd numbers."""
    long = f"{EVIL} " + "W" * 10_000
    flows = [{"from": "hostile" if i % 3 else f"p{i}", "to": f"p{i + 1}" if i % 2 else f"p{i // 7}", "what": "lends",
              "amount": 10.0 ** (i % 25), "quote": EVIL, "source": "s"} for i in range(500)]
    names = {str(p) for f in flows for p in (f["from"], f["to"])} - {"hostile"}
    return {
        "id": "hostile", "name": long, "aliases": [EVIL, long], "ticker": EVIL, "summary": long, "as_of": "2026-02-06",
        "currency": "USD", "sector": "software",
        "sources": {"s": {"title": long, "kind": "filed", "publisher": EVIL, "date": "2025-12-31",
                          "url": "javascript:alert(4)"},
                    "</script><script>alert(5)</script>": {"title": EVIL, "kind": "reported",
                                                           "url": "https://evil.test/\"onmouseover=\"alert(6)"}},
        "figures": {
            "revenue": [{"value": 1e-9, "source": "s", "quote": long, "note": EVIL},
                        {"value": 1e24, "source": "</script><script>alert(5)</script>"}],
            "total_debt": {"value": 9.99e23, "source": "s", "quote": EVIL},
            "net_income": {"low": -1e24, "high": -1e-300, "source": "s"},
            "cash": {"value": 0, "source": "s"},
        },
        "customers": [{"party": "p1", "dominant": True, "commitment": 1e24, "source": "s", "quote": long}],
        "suppliers": [{"party": f"p{i}", "what": long, "critical": True, "note": EVIL} for i in range(40)],
        "flows": flows,
        "products": [{"what": EVIL}],
        "parties": {p: {"name": f"{EVIL}{p} {'M' * 200}"} for p in sorted(names)},
    }


def main() -> None:
    """Reads the command line and writes the pages."""
    gallery(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
