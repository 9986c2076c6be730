"""Measures the report pages in Chromium and compares them with the limits on size and time.

    python bench/report.py [RUNS]          prints the table (times: median of RUNS, 9 unless given)
    python bench/report.py --write [RUNS]  also writes it to bench/RESULTS-report.md

Needs chromium, Playwright and axe-core (`make node_modules/axe-core/axe.min.js`).
"""

import gzip
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from screener.report.pages.html_pages import company_page
from screener.screening import Screener
from tools.gallery import ROOT, gallery

COMPANIES = ("oracle", "nvidia", "openai", "microsoft", "adobe", "only-a-name", "thirty")
COMPANY_BUDGETS = {"raw": 100_000, "gzipped": 20_000, "css": 12_000, "nodes": 1500}
"""Limits on a company page: bytes raw and compressed, bytes of its style, number of elements."""
INDEX_NODES = 8000  # elements in an index of a hundred companies
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations.length"
PAINT = """() => new Promise((done) => { const of = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    const wait = () => of() ? done(of()) : setTimeout(wait, 5); wait(); })"""


class Measured(NamedTuple):
    """The measurements of one page."""

    raw: int  # bytes
    gzipped: int
    css: int
    script: int
    requests: int
    nodes: int
    paint: float  # ms
    throttled: float
    axe: int


def measure(browser: Any, path: Path, runs: int) -> Measured:
    data = path.read_bytes()
    css, script = (len(re.search(f"<{t}>(.*?)</{t}>".encode(), data, re.DOTALL)[1]) for t in ("style", "script"))  # type: ignore[index]
    requested: list[str] = []
    paints = {1: [], 4: []}  # type: dict[int, list[float]]
    for rate in paints:
        for _ in range(runs + 1):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.on("request", lambda r: None if r.is_navigation_request() else requested.append(r.url))
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
            page.goto(path.as_uri())
            paints[rate].append(page.evaluate(PAINT))
            context.close()
    plain, slow = (statistics.median(paints[rate][1:]) for rate in (1, 4))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    nodes = page.evaluate("document.querySelectorAll('*').length")
    page.evaluate(AXE.read_text("utf-8"))
    found = 0
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"color_scheme": "light", "media": "print"}):
        page.emulate_media(**look)
        found += page.evaluate(RUN)
    page.close()
    return Measured(len(data), len(gzip.compress(data)), css, script, len(requested), nodes, plain, slow, found)


def rendering(runs: int) -> dict[str, float]:
    """Returns the median time in milliseconds from a result to its page, after a first page to warm up."""
    screener, times = Screener.load(), {}
    for name in ("oracle", "nvidia", "openai"):
        result = screener.assess(screener.profile(str(ROOT / f"fixtures/{name}.json")))
        found = []
        for _ in range(runs + 1):
            start = time.perf_counter()
            company_page(result)
            found.append((time.perf_counter() - start) * 1e3)
        times[name] = statistics.median(found[1:])
    return times


def table(pages: dict[str, Measured], render: dict[str, float]) -> list[tuple[str, str, float, float, str]]:
    """Returns for each limit the page that is nearest to it, its value, the limit and the unit."""
    rows: list[tuple[str, str, float, float, str]] = []

    def add(what: str, names: list[str], field: str, limit: float, unit: str, scale: float = 1) -> None:
        worst = max(names, key=lambda n: (getattr(pages[n], field), n))
        rows.append((what, worst, getattr(pages[worst], field) / scale, limit, unit))

    companies = [n for n in pages if "index" not in n]
    every = list(pages)
    add("company page, raw", companies, "raw", COMPANY_BUDGETS["raw"] / 1e3, "kB", 1e3)
    add("company page, gzipped", companies, "gzipped", COMPANY_BUDGETS["gzipped"] / 1e3, "kB", 1e3)
    add("style, company page", companies, "css", COMPANY_BUDGETS["css"] / 1e3, "kB", 1e3)
    add("style, other pages", [n for n in every if n not in companies], "css", 8, "kB", 1e3)
    add("script", every, "script", 3, "kB", 1e3)
    add("requests", every, "requests", 0, "")
    add("nodes, company page", companies, "nodes", COMPANY_BUDGETS["nodes"], "")
    add("nodes, index of 100", [n for n in every if "hundred" in n], "nodes", INDEX_NODES, "")
    add("first contentful paint", every, "paint", 250, "ms")
    add("first contentful paint, CPU throttled 4×", every, "throttled", 600, "ms")
    add("axe violations (light, dark and print)", every, "axe", 0, "")
    slowest = max(render, key=lambda n: render[n])
    rows.append(("rendering, after a first page", slowest, render[slowest], 20, "ms"))
    return rows


def text(pages: dict[str, Measured], rows: list[tuple[str, str, float, float, str]], runs: int, browser: str) -> str:
    def shown(value: float) -> str:
        return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"

    lines = ["# Report pages and their limits", "",
             f"`python bench/report.py` measured these pages with Chromium {browser} and Python {platform.python_version()}, on "
             f"{os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}; times are medians of {runs} runs. Each row "
             "shows the page that is nearest to the limit, in English or Chinese.", "",
             "| measure | page | measured | limit | |", "|---|---|---:|---:|---|"]
    for what, page, value, limit, unit in rows:
        met = "met" if value <= limit else "**missed**"
        lines.append(f"| {what} | {page} | {shown(value)} {unit} | {shown(limit)} {unit} | {met} |")
    lines += ["", "| page | raw kB | gzip kB | style kB | script kB | nodes | paint ms | throttled ms | axe |",
              "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for name, m in pages.items():
        kilo = " | ".join(f"{b / 1e3:.1f}" for b in (m.raw, m.gzipped, m.css, m.script))
        lines.append(f"| {name} | {kilo} | {m.nodes:,} | {m.paint:.0f} | {m.throttled:.0f} | {m.axe} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    words = [w for w in sys.argv[1:] if w != "--write"]
    runs = int(words[0]) if words else 9
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program or not AXE.is_file():
        print(
            "This needs chromium (apt-get install chromium) and axe-core (make node_modules/axe-core/axe.min.js).",
            file=sys.stderr,
        )
        return 2
    names = [f"{language}/{n}" for language in ("en", "zh") for n in (*COMPANIES, "index", "hundred/index")]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        gallery(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu", "--disable-quic"])
        pages = {}
        for n, name in enumerate(names, 1):
            print(f"\r{n}/{len(names)} {name:<24}", end="", file=sys.stderr, flush=True)
            pages[name] = measure(browser, Path(folder) / f"{name}.html", runs)
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
        rows = table(pages, rendering(runs))
        shown = text(pages, rows, runs, browser.version)
        browser.close()
    print(shown, end="")
    if "--write" in sys.argv:
        (ROOT / "bench/RESULTS-report.md").write_text(shown, "utf-8")
    return 0 if all(value <= limit for *_, value, limit, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
