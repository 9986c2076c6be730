"""The page of a market: of limited size, with the same numbers as the table beside it."""

import csv
import html
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from screener.market.market_page import MOST_COMPANIES, MarketDigest, MarketTables
from screener.market.market_run import MarketSummary
from screener.market.result_tables import COMPANY_SCHEMA
from screener.report.charts.score_spread import BINS
from screener.report.wording import load_wording
from screener.screening import Screener
from screener.text import LANGUAGES, Language
from screener.vocabulary import Verdict
from tests.scenarios.commands import ROOT, screener

TABLE = ["market", str(ROOT / "tests/data/polish-sample.arff"), "--map", str(ROOT / "rules/maps/polish.yaml")]


def batch(first: int, count: int) -> pa.Table:
    """Returns companies of every verdict, with scores from 0 to 100."""
    words = [tuple(Verdict)[i % len(Verdict)] for i in range(first, first + count)]
    data: dict[str, list[Any]] = {
        "company": [f"c{i}" for i in range(first, first + count)],
        "name": [f"<b>Company {i}</b>" if i % 2 else None for i in range(first, first + count)],
        "sector": ["banks" if i % 3 else None for i in range(first, first + count)],
        "verdict": [str(word) for word in words],
        "thin": [False] * count,
        "score": [None if w is Verdict.INSUFFICIENT_DATA else (i * 7) % 101 * 1.0 for i, w in enumerate(words, first)],
        "score_low": [0.0] * count,
        "score_high": [100.0] * count,
        "decided": [1] * count,
        "total": [2] * count,
        "pattern": [""] * count,
        "red": ["circular-financing loss-making no-such-rule"] * count,
        "green": [""] * count,
        "data": [""] * count,
        "unknown": [0] * count,
    }
    return pa.table(data, schema=COMPANY_SCHEMA)


def digest_of(*sizes: int) -> MarketDigest:
    digest, first = MarketDigest(), 0
    for size in sizes:
        digest.add(batch(first, size))
        first += size
    return digest


def test_batches_do_not_matter_and_the_worst_come_first() -> None:
    whole, parts = digest_of(700), digest_of(1, 0, 299, 400)
    assert whole.worst == parts.worst
    assert whole.score_counts == parts.score_counts
    assert len(whole.worst) == MOST_COMPANIES
    assert whole.worst == sorted(whole.worst, key=lambda company: company.order)
    assert {company.verdict for company in whole.worst} == {"avoid"}
    known = [row for row in batch(0, 700)["score"].to_pylist() if row is not None]
    assert sum(whole.score_counts) == len(known)
    assert whole.score_counts[BINS - 1] == sum(score >= 90 for score in known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_does_not_grow_with_the_market(language: Language) -> None:
    book = Screener.load().rulebook

    def cells(companies: int) -> int:
        fired = dict.fromkeys(book.rules, companies)
        summary = MarketSummary(companies, {"avoid": companies}, fired, (), 0)
        page = MarketTables(digest_of(companies), summary, book, load_wording(language)).page(["all.csv"])
        return sum(len(row) for table in page.tables for row in table.rows)

    assert cells(400) == cells(4000) < 1000


def test_an_empty_market_has_a_page() -> None:
    summary = MarketSummary(0, {}, {}, (), 0)
    page = MarketTables(digest_of(0), summary, Screener.load().rulebook, load_wording("en")).page(["all.csv"])
    assert page.chart is None
    assert page.heading == "No company was screened."


@pytest.mark.parametrize(("words", "name"), [(["--out", "m.html"], "m"), (["--format", "html", "--out", "r.parquet"], "r")])
def test_the_command_writes_the_page_and_the_table_beside_it(words: list[str], name: str, tmp_path: Path) -> None:
    done = screener(*TABLE, *words[:-1], str(tmp_path / words[-1]), "--lang", "zh")
    assert done.code == 0, done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.csv", f"{name}.html"]
    assert f"page: {tmp_path / name}.html" in done.out
    page = (tmp_path / f"{name}.html").read_text("utf-8")
    assert f'<a href="{name}.csv">' in page
    assert '<html lang="zh' in page
    rows = list(csv.DictReader((tmp_path / f"{name}.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 200
    shown = html.unescape(re.sub(r"<[^>]+>", " ", page))
    for word in {row["verdict"] for row in rows}:
        count = sum(row["verdict"] == word for row in rows)
        assert re.search(rf"{load_wording('zh').label('verdict', word)}\s+{count}\s", shown)


def test_a_page_needs_a_file() -> None:
    done = screener(*TABLE, "--format", "html", "--out", "-")
    assert done.code == 2
    assert "name a file with --out" in done.err
