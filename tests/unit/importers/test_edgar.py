"""Downloads from the SEC, simulated by a local server: the SEC's rules, errors, and the cache."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from screener.cli import group
from screener.errors import DocumentError
from screener.importers.filing.filing_download import download_report
from screener.importers.sec.edgar import FRESH, GAP, TRIES, Edgar
from screener.importers.sec.filer import fetch_filer
from screener.importers.sec.industry_codes import sector_of
from tests.unit.importers.reports import Report

SEC = Path(__file__).parents[2] / "data" / "sec"
NVIDIA = "/api/xbrl/companyfacts/CIK0001045810.json"
ABOUT = "/submissions/CIK0001045810.json"
TICKERS = "/files/company_tickers.json"
SMALL = {
    "cik": 1045810,
    "entityName": "NVIDIA CORP",
    "facts": {"us-gaap": {"Revenues": {"units": {"USD": [{"val": 130497000000}]}}}},
}
WHO = "Jane Doe jane@example.com"


@dataclass
class Played:
    """A simulated server: bodies by path, statuses to return first, and the requests received."""

    url: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.requests]


@pytest.fixture
def server() -> Iterator[Played]:
    played = Played(bodies={
        NVIDIA: json.dumps(SMALL).encode(),
        ABOUT: json.dumps({"cik": "1045810", "sic": "3674", "tickers": ["NVDA"], "exchanges": ["Nasdaq"]}).encode(),
        TICKERS: json.dumps({"0": {"cik_str": 1045810, "ticker": "NVDA", "title": "NVIDIA CORP"},
                             "1": {"cik_str": 1067983, "ticker": "BRK-B", "title": "BERKSHIRE"}, "2": "odd"}).encode(),
    })

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            played.requests.append((self.path, dict(self.headers), played.clock()))
            status, headers = played.first.pop(0) if played.first else (200, {})
            body = played.bodies.get(self.path)
            if status == 200 and body is None:
                status = 404
            if status == 200 and self.headers.get("If-None-Match") == '"v1"':
                status = 304
            self.send_response(status)
            for name, value in {"ETag": '"v1"', **headers}.items():
                self.send_header(name, value)
            sent = body if status == 200 and body else b""
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    played.url = f"http://127.0.0.1:{http.server_address[1]}"
    yield played
    http.shutdown()
    http.server_close()


Ask = Callable[..., Edgar]


@pytest.fixture
def ask(server: Played, tmp_path: Path) -> Ask:
    """Returns a client of the server that does not wait between attempts."""

    def make(waits: list[float] | None = None, now: float = 1e9, **options: Any) -> Edgar:
        waited = waits if waits is not None else []
        return Edgar(WHO, options.pop("cache", tmp_path), server.url, sleep=waited.append, clock=lambda: now, **options)

    return make


def test_a_filer_comes_with_its_ticker_and_sector_and_says_who_asks(server: Played, ask: Ask) -> None:
    server.bodies[NVIDIA] = (SEC / "CIK0001045810.json").read_bytes()
    with ask() as edgar:
        found = fetch_filer(edgar, edgar.cik_of("nvda"))
    assert found.facts.data["entityName"] == "NVIDIA CORP"
    assert found.head == {"ticker": "NVDA", "sector": "semiconductors"}
    assert found.remarks == ()
    assert server.paths() == [TICKERS, NVIDIA, ABOUT]
    for _, headers, _ in server.requests:
        assert headers["User-Agent"].startswith("screener/")
        assert headers["User-Agent"].endswith(WHO)


@pytest.mark.parametrize("contact", [None, "", "Jane Doe", "a@b", "x\r\nX-Evil: 1 a@b.cc", "Jän jane@example.com"])
def test_nobody_asks_without_an_address(contact: str | None) -> None:
    with pytest.raises(DocumentError, match="--contact"):
        Edgar(contact, None)


@pytest.mark.parametrize("takes", [0.0, 0.03, 0.2])
def test_at_most_ten_requests_a_second(server: Played, takes: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a simulated clock that includes the waits and the time that each request `takes`."""
    now = 1000.0

    def go_on(seconds: float) -> None:
        nonlocal now
        now += seconds

    def clock() -> float:
        last_request = now
        go_on(takes)
        return last_request

    server.clock = clock
    monkeypatch.setattr("screener.importers.sec.edgar.time", SimpleNamespace(monotonic=lambda: now))
    with Edgar(WHO, None, server.url, sleep=go_on, clock=lambda: 1e9) as edgar:
        for _ in range(4):
            edgar.submissions(1045810)
    gaps = [later - earlier for (_, _, earlier), (_, _, later) in itertools.pairwise(server.requests)]
    assert gaps == pytest.approx([max(takes, GAP)] * 3)
    assert min(gaps) >= 0.1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_it_asks_again_where_that_may_help_and_waits_longer_each_time(server: Played, ask: Ask, status: int) -> None:
    server.first = [(status, {}), (status, {"Retry-After": "7"}), (status, {})]
    waits: list[float] = []
    with ask(waits) as edgar:
        assert edgar.companyfacts(1045810).data["cik"] == 1045810
    assert [w for w in waits if w >= 0.5] == [0.5, 7.0, 2.0]
    assert len(server.requests) == 4


def test_it_gives_up_after_some_tries(server: Played, ask: Ask) -> None:
    server.first = [(503, {})] * 20
    with ask() as edgar, pytest.raises(DocumentError, match="the SEC answers 503; try again later"):
        edgar.companyfacts(1045810)
    assert len(server.requests) == TRIES


@pytest.mark.parametrize(
    ("status", "message"), [(404, "the SEC has no figures of CIK 1045810"), (403, "the SEC refuses"), (418, "answers 418")]
)
def test_it_does_not_ask_again_where_that_can_not_help(server: Played, ask: Ask, status: int, message: str) -> None:
    server.first = [(status, {})]
    with ask() as edgar, pytest.raises(DocumentError, match=message):
        edgar.companyfacts(1045810)
    assert len(server.requests) == 1


def test_an_answer_is_kept_for_a_day_and_then_asked_for_only_if_it_changed(server: Played, ask: Ask) -> None:
    for now, count in ((1e9, 1), (1e9 + FRESH - 1, 1), (1e9 + FRESH + 1, 2), (1e9 + FRESH + 2, 2)):
        with ask(now=now) as edgar:
            assert edgar.companyfacts(1045810).data["cik"] == 1045810
        assert len(server.requests) == count
    assert server.requests[1][1]["If-None-Match"] == '"v1"'
    with ask(now=1e9 + FRESH + 3, refresh=True) as edgar:
        edgar.companyfacts(1045810)
    assert len(server.requests) == 3


@pytest.mark.parametrize("damage", [
    lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: raw.replace(b"130497000000", b"130497000001"),
    lambda raw: b"\xff\xfe" + raw, lambda raw: b"{}\n{}", lambda raw: b"[]\n" + raw, lambda raw: raw.partition(b"\n")[2],
])
def test_what_is_damaged_in_the_cache_is_asked_for_anew(
    server: Played, ask: Ask, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    with ask() as edgar:
        whole = edgar.companyfacts(1045810).text
    (kept,) = (tmp_path / "sec").iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    with ask() as edgar:
        assert edgar.companyfacts(1045810).text == whole
    assert len(server.requests) == 2
    assert "If-None-Match" not in server.requests[1][1]


def test_an_answer_for_another_address_is_not_taken(server: Played, ask: Ask, tmp_path: Path) -> None:
    with ask() as edgar:
        edgar.submissions(1045810)
        (kept,) = (tmp_path / "sec").iterdir()
        edgar.companyfacts(1045810)
        for path in (tmp_path / "sec").iterdir():
            path.write_bytes(kept.read_bytes())
        assert "facts" in edgar.companyfacts(1045810).data


def test_without_the_sec_the_last_answer_is_used_and_that_is_stated(server: Played, ask: Ask) -> None:
    with ask() as edgar:
        fetch_filer(edgar, 1045810)
    server.first = [(503, {})] * 20
    with ask(now=1e9 + 10 * FRESH) as edgar:
        found = fetch_filer(edgar, 1045810)
    assert found.facts.data["cik"] == 1045810
    assert found.remarks == ("the SEC could not be reached: this is its document of 2001-09-09",)


def test_where_nobody_answers_that_is_stated(tmp_path: Path) -> None:
    with (
        Edgar(WHO, tmp_path, "http://127.0.0.1:9", sleep=lambda _: None) as edgar,
        pytest.raises(DocumentError, match="can't be reached"),
    ):
        edgar.companyfacts(1)


def test_a_page_that_is_no_json_is_not_kept(server: Played, ask: Ask, tmp_path: Path) -> None:
    server.bodies[NVIDIA] = b"<html>Your Request Originates from an Undeclared Automated Tool</html>"
    with ask() as edgar, pytest.raises(DocumentError, match="the answer is not JSON"):
        edgar.companyfacts(1045810)
    assert not (tmp_path / "sec").exists()


def test_a_cache_that_can_not_be_written_hinders_nobody(server: Played, ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "sec").write_text("a file where the folder should be")
    with ask() as edgar:
        assert edgar.companyfacts(1045810).data["cik"] == 1045810
    with ask(cache=None) as edgar:
        assert edgar.companyfacts(1045810).data["cik"] == 1045810


def test_tickers(server: Played, ask: Ask) -> None:
    with ask() as edgar:
        assert edgar.cik_of("brk.b") == 1067983
        with pytest.raises(DocumentError, match=r"the SEC lists no ticker 'NVDS'; did you mean 'NVDA'\?"):
            edgar.cik_of("NVDS")


def test_a_filer_of_whom_only_the_figures_are_known(server: Played, ask: Ask) -> None:
    del server.bodies[ABOUT]
    with ask() as edgar:
        found = fetch_filer(edgar, 1045810)
    assert found.head == {}
    assert "ticker and sector are unknown" in found.remarks[0]


@pytest.mark.parametrize(("code", "sector"), [("3674", "semiconductors"), ("7372", "software"), ("6022", "banks"), ("6798", "reits"), ("6552", "property-developers"), ("3559", "manufacturing"), ("3663", "telecom-equipment"), ("5812", "restaurants"),
                                              ("2836", "biotech"), ("4911", "utilities"), ("0", None), ("", None), (None, None), ("7²", None)])
def test_industry_codes_are_sectors_of_the_catalogue(code: str | None, sector: str | None) -> None:
    assert sector_of(code) == sector


FOLDER = "/Archives/edgar/data/1045810"
LISTED = {
    "accessionNumber": ["0001045810-25-000023", "0001045810-24-000029", "0001045810-25-000100", "odd"],
    "form": ["10-K", "10-K", "10-Q", "10-K"],
    "filingDate": ["2025-02-26", "2024-02-21", "2025-05-28", "2026-01-01"],
    "primaryDocument": ["nvda.htm", "nvda-24.htm", "q.htm", "../../etc"],
}


def offered(server: Played) -> None:
    server.bodies[ABOUT] = json.dumps(
        {"cik": "1045810", "sic": "3674", "tickers": ["NVDA"], "filings": {"recent": LISTED}}
    ).encode()
    report = (
        Report(end="2025-01-26", name="NVIDIA CORP", cik="0001045810")
        .html("<p>caf\xe9</p>")
        .fact("Assets", 5, "2025-01-26")
    )
    server.bodies[f"{FOLDER}/000104581025000023/nvda.htm"] = report.render()
    text = "<DOCUMENT>\n<TYPE>10-K\n<TEXT>\nFORM 10-K\nFor the fiscal year ended January 31, 1999\n"
    server.bodies[f"{FOLDER}/000104581099000001/0001045810-99-000001.txt"] = text.encode()


def test_the_latest_report_of_a_form(server: Played, ask: Ask) -> None:
    offered(server)
    for _ in range(2):  # the second time from the cache
        with ask() as edgar:
            report = download_report(edgar, 1045810, "10-K", None, None)
        assert (report.name, report.accession, str(report.filed), report.filed_exactly) == (
            "NVIDIA CORP",
            "0001045810-25-000023",
            "2025-02-26",
            True,
        )
        assert report.industry_code == "3674"
        assert any("café" in block.text for block in report.blocks)
    assert server.paths() == [ABOUT, f"{FOLDER}/000104581025000023/nvda.htm"]
    with ask() as edgar, pytest.raises(DocumentError, match=r"lists no 40-F.*10-K, 10-Q"):
        download_report(edgar, 1045810, "40-F", None, None)
    with ask() as edgar, pytest.raises(DocumentError, match=r"has no document 'nvda-24\.htm'"):
        download_report(edgar, 1045810, "10-K", None, date(2024, 12, 31))


def test_a_report_by_its_accession_number(server: Played, ask: Ask) -> None:
    offered(server)
    with ask() as edgar:
        report = download_report(edgar, 1045810, "10-K", "0001045810-99-000001", None)
    assert (report.form, str(report.period_end), report.accession) == ("10-K", "1999-01-31", "0001045810-99-000001")


def test_the_command_downloads_a_report(server: Played, tmp_path: Path) -> None:
    offered(server)
    arguments = ["import", "filing", "--ticker", "NVDA", "--contact", WHO, "--server", server.url]
    done = CliRunner().invoke(group, arguments, env={"SCREENER_CACHE": str(tmp_path)})
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert made["sector"] == "semiconductors"
    source = made["sources"]["10-k-2025-01-26"]
    assert source["date"] == "2025-02-26"
    assert source["url"].endswith("/1045810/000104581025000023/0001045810-25-000023-index.htm")
    for wrong in (
        ["--accession", "0001045810-25-000023"],
        ["--cik", "1", "--ticker", "X"],
        ["--cik", "1", "--accession", "5"],
        [],
    ):
        assert CliRunner().invoke(group, ["import", "filing", *wrong]).exit_code == 2, wrong
