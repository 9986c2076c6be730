"""The readers for the inputs of `surface_makers`: spreadsheets, settings, portfolios, shocks, requests."""

import json
import shutil
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from screener.errors import ScreenerError
from screener.profile.model import Profile
from screener.screening import Screener
from tests.fuzz.input_folder import folder, input_file
from tests.fuzz.surface_makers import COMPANIES

ROOT = Path(__file__).parents[2]
MOST_ASSESSED = 3  # companies of a table; a fault in any of them also shows in the first ones
PAGES = frozenset((200, 303, 307, 400, 401, 403, 404, 405, 411, 413, 421))


@cache
def ai_era() -> Screener:
    """Returns the rules of one pack that has joins between companies."""
    return Screener.load(packs=["ai-era"])


@cache
def companies() -> tuple[Profile, ...]:
    """Returns profiles that name each other."""
    return tuple(ai_era().profile(str(ROOT / f"fixtures/{name}.json")) for name in COMPANIES)


def _with_suffix(data: bytes, name: str, known: tuple[str, ...]) -> Path:
    """Returns the file of an input whose first line is a suffix."""
    suffix, _, raw = data.partition(b"\n")
    text = suffix.decode("ascii", "ignore")
    return Path(input_file(f"{name}.{text if text in known else known[0]}", raw))


def spreadsheet(data: bytes) -> str:
    """Guesses a map, reads the table with it, and screens its first companies."""
    from screener.importers.table.company_table import read_table
    from screener.importers.table.map_proposal import propose_map

    catalogue = ai_era().rulebook.catalogue
    path = _with_suffix(data, "sheet", ("csv", "tsv", "xlsx", "xlsm"))
    found = propose_map(str(path), catalogue, None)
    if not found.columns:
        return "nothing recognised"
    table = read_table(str(path), input_file("guessed.yaml", found.text.encode()), catalogue, None)
    for problem in table.problems:
        str(problem)
    for profile in islice(table.profiles(), MOST_ASSESSED):
        ai_era().assess(profile)
    return "read"


def settings(data: bytes) -> str:
    """Reads settings, applies them, and shows them in a result."""
    path = Path(input_file("screener.yaml", data))
    try:
        mine = Screener.load(config=path)
    finally:
        path.unlink()
    result = mine.assess(companies()[0])
    mine.engine.close()  # type: ignore[attr-defined]
    return "changed" if result.notes else "run"


def portfolio(data: bytes) -> str:
    """Builds a portfolio from holdings of known companies, as a page and as text."""
    from screener.portfolio.holdings import read_holdings
    from screener.portfolio.portfolio import build_portfolio
    from screener.portfolio.portfolio_page import PortfolioTables
    from screener.report.pages.html_pages import page
    from screener.report.terminal.table_text import table_page_text
    from screener.report.wording import load_wording
    from screener.result.model import plain

    given = read_holdings(_with_suffix(data, "holdings", ("csv", "yaml", "xlsx")), companies())
    built = build_portfolio(list(_screened().values()), given)
    json.dumps(plain(built), allow_nan=False)
    tables = PortfolioTables(built, load_wording("en")).page()
    assert "<script>alert" not in page("tables.html.jinja", "en", view=tables)
    table_page_text(tables, width=80, colour=False)
    return "read"


@cache
def _screened() -> dict[str, Any]:
    from screener.portfolio.screening_set import screen_together

    return dict(screen_together(ai_era(), companies()))


def shock(data: bytes) -> str:
    """Reads and runs a scenario."""
    from screener.portfolio.shock import read_scenario
    from screener.portfolio.shock_run import run_shocks, to_dict

    scenario = read_scenario(Path(input_file("scenario.yaml", data)), ai_era().rulebook.catalogue)
    json.dumps(to_dict(run_shocks(ai_era(), companies(), scenario.shocks)), allow_nan=False)
    return "run"


@cache
def _client() -> Any:
    from starlette.testclient import TestClient

    from screener.report.wording import load_wording
    from screener.serve.app import Server
    from screener.serve.workspace import Workspace

    served, host = folder() / "served", "127.0.0.1:8000"
    served.mkdir(exist_ok=True)
    for name in COMPANIES:
        shutil.copy(ROOT / f"fixtures/{name}.json", served)
    server = Server(Workspace(served, ai_era()), load_wording("en"))
    client = TestClient(server.application("secret", frozenset({host})), base_url=f"http://{host}")
    client.get("/?token=secret")
    return client


def serve(data: bytes) -> str:
    """Sends a request, which gets a page or a refusal; nothing is written."""
    request = json.loads(data)
    before = sorted(path.name for path in (folder() / "served").iterdir()) if _client() else []
    given: dict[str, Any] = {"headers": {"origin": "http://127.0.0.1:8000"} if request["origin"] else {}, "follow_redirects": False}
    if request["raw"] is not None:
        given["content"] = bytes.fromhex(request["raw"])
        given["headers"]["content-type"] = request["type"]
    elif request["form"] is not None:
        given["data"] = {k: v.encode("utf-8", "replace").decode() for k, v in request["form"].items()}
    if request["file"] is not None and request["raw"] is None:
        name, content = request["file"]
        given["files"] = {"file": (name, bytes.fromhex(content))}
    answer = _client().request(request["method"], request["path"], **given)
    assert answer.status_code in PAGES, (answer.status_code, answer.text[:300])
    assert "root:x:" not in answer.text
    assert "<script>alert" not in answer.text
    assert sorted(path.name for path in (folder() / "served").iterdir()) == before
    if answer.status_code >= 400:
        raise ScreenerErrorInPage.of(answer.status_code)
    return "answered"


class ScreenerErrorInPage(ScreenerError):
    """A refusal shown on a page."""

    @classmethod
    def of(cls, status: int) -> "ScreenerErrorInPage":
        """Returns the refusal with a status."""
        from screener.errors import Problem

        return cls(Problem(f"answered with {status}"))
