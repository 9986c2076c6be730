"""The routes of the server, as a Starlette application."""

import asyncio
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from screener.errors import DocumentError, Problem, ScreenerError
from screener.importers.filing.filing_import import import_filing
from screener.importers.filing_options import FilingOptions
from screener.io.document import parse_documents
from screener.io.file_text import read_text
from screener.io.paths import TABLE_SUFFIXES, table_suffix
from screener.profile.loader import SUFFIXES
from screener.report.pages.html_pages import company_page
from screener.report.wording import Wording
from screener.result.model import ResultDocument
from screener.serve.company_forms import CLAIM
from screener.serve.pages import Pages
from screener.serve.rule_editing import RuleEditing
from screener.serve.security import Guard
from screener.serve.shock_pages import SHOCK, ShockPages
from screener.serve.workspace import Workspace
from screener.text import clean, shorten

MOST_UPLOAD_BYTES = 64 * 2**20
MOST_UPLOADED_COMPANIES = 100
_FILING_SUFFIXES = (".htm", ".html", ".xhtml", ".txt", ".xml")


class Server:
    """The pages and actions of one workspace. One thread handles all requests, one after the other."""

    def __init__(self, workspace: Workspace, wording: Wording, database: Path | None = None) -> None:
        self.workspace, self.wording, self.database = workspace, wording, database
        self.pages, self.rule_editing = Pages(workspace, wording), RuleEditing(workspace, wording)
        self.shock_pages = ShockPages(workspace, wording)
        self._thread = ThreadPoolExecutor(1)

    def application(self, token: str, hosts: frozenset[str]) -> Starlette:
        """Returns the application, which answers requests for `hosts` that have the token."""
        routes = [
            Route("/", self._get(lambda _: self.pages.companies())),
            Route("/shock", self._get(self._shock)),
            Route("/add", self._get(lambda _: self.pages.add())),
            Route("/add", self._add, methods=["POST"]),
            Route("/rules", self._get(self._rules)),
            Route("/rules", self._check_rule, methods=["POST"]),
            Route("/company/{company}", self._get(self._company)),
            Route("/company/{company}/report", self._get(self._report)),
            Route("/company/{company}/compare", self._get(self._compare)),
            Route("/company/{company}/history", self._get(self._history)),
            Route("/company/{company}/claims", self._add_claim, methods=["POST"]),
        ]
        guard = Middleware(Guard, token=token, hosts=hosts, most_bytes=MOST_UPLOAD_BYTES)
        return Starlette(routes=routes, middleware=[guard], exception_handlers={OSError: self._system_error})

    async def _system_error(self, _: Request, error: Exception) -> Response:
        """Returns the page for an error of the system, such as a full disk or no folder for temporary files."""
        assert isinstance(error, OSError)
        reason = (error.strerror or str(error)).lower()
        problem = Problem(reason, "correct this, then send the request again", str(error.filename or "the system"))
        return HTMLResponse(await self._work(self.pages.failed, [problem]), 500)

    async def _work(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *arguments))

    def _get(self, page: Callable[[Request], str]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                return HTMLResponse(await self._work(page, request))
            except ScreenerError as error:
                return HTMLResponse(await self._work(self.pages.failed, error.problems), 400)

        return answer

    def _company(self, request: Request) -> str:
        claimed = request.query_params.get(CLAIM, "")
        return self.pages.company(request.path_params["company"], _assumptions(request), claimed=claimed)

    def _shock(self, request: Request) -> str:
        given = request.query_params
        lines = [line.strip() for text in given.getlist(SHOCK) for line in text.splitlines() if line.strip()]
        return self.shock_pages.shock(lines, given)

    def _rules(self, request: Request) -> str:
        rule = request.query_params.get("rule", "")
        if not rule:
            return self.rule_editing.rules()
        text = self.workspace.rule_text(rule)
        return self.rule_editing.rules(text, self.workspace.try_rules(text))

    def _report(self, request: Request) -> str:
        facts = [f"{name}={value}" for name, value in _assumptions(request).items()]
        result = self.workspace.result(request.path_params["company"], facts, explained=True)
        return company_page(result, self.wording.language)

    def _compare(self, request: Request) -> str:
        other = request.query_params.get("with", "")
        return self.pages.comparison(
            self.workspace.result(request.path_params["company"]), self.workspace.result(other)
        )

    def _history(self, request: Request) -> str:
        from screener.runs.store.history import find_history

        company = request.path_params["company"]
        self.workspace.profile(company)
        stored = find_history(self.database, company) if self.database and self.database.exists() else None
        return self.pages.history(company, stored)

    async def _add_claim(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=20)
        company, given = request.path_params["company"], {k: v for k, v in form.items() if isinstance(v, str)}

        def add() -> str:
            source = {name: given.get(name, "").strip() for name in ("title", "kind", "date", "url")}
            if not source["title"]:
                raise DocumentError(Problem("the claim has no source", "name where the value is stated"))
            path = self.workspace.add_claim(
                company, given.get("figure", ""), given.get("value", ""), source, given.get("original") == "yes"
            )
            return self.wording("serve.written", file=path.name)

        try:
            notice = await self._work(add)
        except ScreenerError as error:
            page = partial(self.pages.company, problems=[str(problem) for problem in error.problems])
            return await self._or_failed(page, company, {})
        return await self._or_failed(self.pages.company, company, {}, [notice], status=200)

    async def _or_failed(self, page: Callable[..., str], *arguments: Any, status: int = 400) -> Response:
        try:
            return HTMLResponse(await self._work(page, *arguments), status)
        except ScreenerError as error:
            return HTMLResponse(await self._work(self.pages.failed, error.problems), 400)

    async def _check_rule(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        text = form.get("text", "")
        text = text if isinstance(text, str) else ""

        def check() -> str:
            try:
                return self.rule_editing.rules(text, self.workspace.try_rules(text) if text.strip() else None)
            except ScreenerError as error:
                return self.rule_editing.rules(text, problems=[str(problem) for problem in error.problems])

        return await self._or_failed(check, status=200)

    async def _add(self, request: Request) -> Response:
        form = await request.form(max_files=1, max_fields=5)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return RedirectResponse("/add", 303)
        content, keep = await file.read(), form.get("keep") == "yes"
        return await self._or_failed(self._uploaded, Path(file.filename).name, content, keep, status=200)

    def _uploaded(self, name: str, content: bytes, keep: bool) -> str:
        notices: list[str] = []
        results: list[ResultDocument] = []
        problems: list[str] = []
        for data in self._profiles_in(name, content):
            if len(results) == MOST_UPLOADED_COMPANIES:
                break
            try:
                results.append(self.workspace.screener.screen(data).document)
                if keep:
                    notices.append(self.wording("serve.written", file=self.workspace.add_profile(data).name))
            except ScreenerError as error:
                problems += map(str, error.problems)
        return self.pages.uploaded(results, notices, problems)

    def _profiles_in(self, name: str, content: bytes) -> list[dict[str, Any]]:
        """Returns the profiles in a file, whose type follows from its name. Raises ScreenerError."""
        suffix, shown = table_suffix(name), clean(shorten(name, 80))
        if suffix not in (*SUFFIXES, *TABLE_SUFFIXES, *_FILING_SUFFIXES):
            what = f"'{shown}' is neither a profile nor a filing nor a spreadsheet"
            hint = "choose a file whose name ends with .json, .yaml, .htm, .txt, .csv or .xlsx"
            raise DocumentError(Problem(what, hint))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"upload{suffix}"
            path.write_bytes(content)
            try:
                return self._profiles_of_file(path, suffix)
            except ScreenerError as error:
                problems = (p.located(file=p.file and p.file.replace(str(path), shown)) for p in error.problems)
                raise DocumentError(problems) from error

    def _profiles_of_file(self, path: Path, suffix: str) -> list[dict[str, Any]]:
        if suffix in TABLE_SUFFIXES:
            return self._profiles_of_table(path)
        if suffix in _FILING_SUFFIXES:
            catalogue = self.workspace.screener.rulebook.catalogue
            return [import_filing([str(path)], catalogue, FilingOptions()).document]
        found = [document.data for document in parse_documents(read_text(path), str(path))]
        if all(isinstance(data, dict) for data in found):
            return found
        raise DocumentError(Problem("is not a profile", "start with `name` and `figures`", str(path)))

    def _profiles_of_table(self, path: Path) -> list[dict[str, Any]]:
        """Returns the first companies of a table, read with a map that is guessed from its headers and cells."""
        from screener.importers.table.company_table import read_table
        from screener.importers.table.map_proposal import propose_map

        catalogue = self.workspace.screener.rulebook.catalogue
        found = propose_map(str(path), catalogue, None)
        if not found.columns:
            what = f"nothing was recognised as a figure ({found.recognised})"
            raise DocumentError(Problem(what, "write a map; see screener import table --help", str(path)))
        table_map = path.with_suffix(".map.yaml")
        table_map.write_text(found.text, "utf-8")
        table = read_table(str(path), str(table_map), catalogue, None)
        return [data for _, data in islice(table.documents(), MOST_UPLOADED_COMPANIES)]


def _assumptions(request: Request) -> dict[str, str]:
    given = request.query_params.items()
    return {name: value.strip() for name, value in given if value.strip() and name != CLAIM}
