"""Fetches companyfacts, submissions, tickers and documents from the SEC over HTTP, with a cache on disk.

Follows https://www.sec.gov/search-filings/edgar-search-assistance/accessing-edgar-data: requests name the user in the
User-Agent, and there are at most ten a second. No other module imports httpx.
"""

import functools
import hashlib
import json
import re
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from screener import __version__
from screener.errors import DocumentError, OutputError, Problem
from screener.io.atomic import open_private
from screener.text import clean, did_you_mean, shorten

SERVERS = {"data": "https://data.sec.gov", "www": "https://www.sec.gov"}
FRESH = 24 * 3600.0  # seconds for which a cached answer is used without a request
GAP = 0.11  # seconds between requests, so at most nine a second
TRIES = 5
_AGAIN = (429, 500, 502, 503, 504)
_LONGEST_WAIT = 60.0
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_LOST = "check the connection, or name a file that was downloaded before"


class Answer(NamedTuple):
    """A document from the SEC; `old` is the date of a cached copy that is used because the SEC cannot be reached."""

    text: str
    data: Any
    url: str
    old: str | None = None


class Edgar:
    """A client of the SEC's server; `contact` is an address at which the SEC can reach the user.

    `cache` is a folder, or None for no cache; `server` replaces both hosts. All failures raise DocumentError.
    """

    def __init__(
        self,
        contact: str | None,
        cache: Path | None,
        server: str | None = None,
        refresh: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not contact or not contact.isascii() or not contact.isprintable() or not _CONTACT.search(contact):
            what = (
                "the SEC requires the address of who sends requests"
                if not contact
                else f"'{clean(contact)}' holds no address of a person"
            )
            hint = "give --contact 'Name name@example.com', or set SCREENER_CONTACT"
            raise DocumentError(Problem(what, hint))
        self.cache, self.refresh, self.sleep, self.clock = cache, refresh, sleep, clock
        self.servers = dict.fromkeys(SERVERS, server.rstrip("/")) if server else SERVERS
        self._last = -GAP
        self._http = httpx.Client(
            headers={"User-Agent": f"screener/{__version__} {contact}", "Accept-Encoding": "gzip, deflate"},
            timeout=httpx.Timeout(30.0, connect=10.0),
            follow_redirects=True,
            verify=_certificates(),
        )

    def __enter__(self) -> "Edgar":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def companyfacts(self, cik: int) -> Answer:
        """Fetches everything that a company has filed in XBRL."""
        return self._get(
            "data",
            f"/api/xbrl/companyfacts/CIK{cik:010d}.json",
            f"the SEC has no figures of CIK {cik}",
            "check the number; funds, and companies that filed before 2009 only, have none",
        )

    def submissions(self, cik: int) -> Answer:
        """Fetches the SEC's data on a filer: industry, tickers, exchanges, filings."""
        return self._get("data", f"/submissions/CIK{cik:010d}.json", f"the SEC knows no CIK {cik}", "check the number")

    def document(self, cik: int, accession: str, name: str) -> bytes:
        """Fetches a document of a filing by its name, or the whole submission if the name is empty."""
        folder = f"/Archives/edgar/data/{cik}/{accession.replace('-', '')}"
        answer = self._get(
            "www",
            f"{folder}/{name or f'{accession}.txt'}",
            f"the SEC has no document '{clean(shorten(name or accession, 80))}' of CIK {cik}",
            "check --accession and the filer",
            _as_bytes,
        )
        return str(answer.data).encode("latin-1")

    def cik_of(self, ticker: str) -> int:
        """Returns the number (CIK) of the company with a ticker."""
        answer = self._get("www", "/files/company_tickers.json", "the SEC's list of tickers is not there", "name --cik")
        listed = answer.data.values() if isinstance(answer.data, dict) else ()
        known = {
            str(row["ticker"]).upper(): row["cik_str"] for row in listed if isinstance(row, dict) and row.keys() >= _ROW
        }
        wanted = ticker.strip().upper().replace(".", "-").replace("/", "-")
        if not isinstance(found := known.get(wanted), int):
            hint = did_you_mean(wanted, known, "name --cik")
            raise DocumentError(Problem(f"the SEC lists no ticker '{clean(shorten(ticker, 20))}'", hint, answer.url))
        return found

    def _get(
        self, server: str, path: str, absent: str, hint: str, json_of: "Callable[[bytes], str] | None" = None
    ) -> Answer:
        """Fetches an answer in JSON; `json_of` converts content that is not JSON."""
        url = self.servers[server] + path
        kept = _CachedAnswer.read(self.cache, url)
        if kept is not None and not self.refresh and 0 <= self.clock() - kept.requested_at < FRESH:
            return Answer(kept.text, kept.data, url)
        try:
            response = self._ask(url, {} if kept is None else kept.conditions())
        except httpx.HTTPError as error:
            if kept is not None:
                return Answer(kept.text, kept.data, url, kept.day())
            raise DocumentError(Problem(f"can't be reached: {_error_text(error)}", _LOST, url)) from error
        if response.status_code == 304 and kept is not None:
            _CachedAnswer.write(self.cache, url, kept.text, kept.tags, self.clock())
            return Answer(kept.text, kept.data, url)
        if response.status_code in _AGAIN and kept is not None:
            return Answer(kept.text, kept.data, url, kept.day())
        self._refuse(response, url, absent, hint)
        try:
            text = json_of(response.content) if json_of else response.content.decode("utf-8")
            data = json.loads(text)
        except ValueError as error:
            raise DocumentError(Problem("the answer is not JSON", "try again later", url)) from error
        tags = {name: value for name in ("etag", "last-modified") if (value := response.headers.get(name))}
        _CachedAnswer.write(self.cache, url, text, tags, self.clock())
        return Answer(text, data, url)

    def _ask(self, url: str, conditions: dict[str, str]) -> httpx.Response:
        """Sends a request, with retries where they may help: after half a second, then twice as long each time."""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            wait = 0.5 * 2**attempt
            self.sleep(max(0.0, self._last + GAP - time.monotonic()))
            self._last = time.monotonic()
            try:
                response = self._http.get(url, headers=conditions)
            except httpx.TransportError:
                if last:
                    raise
            else:
                if response.status_code not in _AGAIN or last:
                    return response
                retry_after = response.headers.get("retry-after", "")
                wait = max(wait, float(retry_after)) if retry_after.isdecimal() else wait
            self.sleep(min(wait, _LONGEST_WAIT))
        raise AssertionError("unreachable")

    @staticmethod
    def _refuse(response: httpx.Response, url: str, absent: str, hint: str) -> None:
        status = response.status_code
        if status == 404:
            raise DocumentError(Problem(absent, hint, url))
        if status == 403:
            what = "the SEC refuses (403)"
            raise DocumentError(
                Problem(what, "name a real address with --contact, and wait ten minutes if you sent many requests", url)
            )
        if status != 200:
            raise DocumentError(Problem(f"the SEC answers {status}", "try again later, or name a file", url))


def _as_bytes(content: bytes) -> str:
    """Encodes bytes as a JSON string with one character for each byte."""
    return json.dumps(content.decode("latin-1"))


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Returns the trusted certificates. Cached, since loading them takes a fifth of a second."""
    return httpx.create_ssl_context()


_ROW = frozenset(("ticker", "cik_str"))


class _CachedAnswer(NamedTuple):
    """A cached answer: a file with a line of metadata, then the text. A truncated, altered or foreign file is ignored."""

    text: str
    data: Any
    tags: dict[str, str]
    requested_at: float

    @classmethod
    def read(cls, cache: Path | None, url: str) -> "_CachedAnswer | None":
        if cache is None:
            return None
        try:
            head, _, text = _path(cache, url).read_bytes().decode().partition("\n")
            about = json.loads(head)
            if about["url"] != url or about["sha256"] != hashlib.sha256(text.encode()).hexdigest():
                return None
            tags = {str(k): str(v) for k, v in about["tags"].items()}
            return cls(text, json.loads(text), tags, float(about["asked"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    @staticmethod
    def write(cache: Path | None, url: str, text: str, tags: dict[str, str], now: float) -> None:
        """Writes an answer to the cache; failures are ignored.

        The file is replaced atomically, so several processes may write.
        """
        if cache is None:
            return
        digest = hashlib.sha256(text.encode()).hexdigest()
        about = json.dumps({"url": url, "sha256": digest, "asked": now, "tags": tags})
        try:
            path = _path(cache, url)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open_private(path) as file:
                file.write(f"{about}\n{text}".encode())
        except (OSError, OutputError):
            return

    def conditions(self) -> dict[str, str]:
        """Returns the headers that request the document only if it has changed."""
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {names[tag]: value for tag, value in self.tags.items() if tag in names}

    def day(self) -> str:
        """Returns the day of the last request."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.requested_at))


def _path(cache: Path, url: str) -> Path:
    return cache / "sec" / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def _error_text(error: httpx.HTTPError) -> str:
    return clean(shorten(str(error) or type(error).__name__, 200)).lower()
