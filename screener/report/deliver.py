"""What becomes of results: files in a folder or one text, and what the terminal says of them."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from screener.data import cache_folder, is_ours
from screener.report import export, files
from screener.text import Language
from screener.verdict.result import Result

if TYPE_CHECKING:
    from screener.report.house import House
    from screener.report.pdf import Printer
    from screener.report.view import Row


class Delivery:
    """Takes results one by one and writes them; `out` None collects one text instead.

    `templates` is a folder of a house's own look. Raises OutputError as soon as the folder can't be written, a template is wrong or
    no browser is found for PDF: before anything is written.
    """

    def __init__(
        self,
        out: Path | None,
        formats: Sequence[str],
        language: Language,
        stamp: str | None,
        templates: Path | None = None,
    ) -> None:
        self._house = _house(templates) if templates else None
        self._printer = _printer() if "pdf" in formats else None
        self._made = out is not None and not os.path.isdir(out)  # noqa: PTH112 (which never raises)
        self.out = files.folder(out) if out is not None else None
        self.formats, self.language, self.stamp = formats, language, stamp
        self.rows: list[Row] = []
        self.verdicts: list[str] = []
        self.main: Path | None = None
        self.printed: str | bytes = ""
        self._texts: list[str | bytes] = []
        self._held: list[Result] = []
        self._cache = _cache() if {"html", "pdf"} & set(formats) else None

    def add(self, result: Result) -> None:
        """Writes the reports of one company."""
        from screener.report.view import row_of

        self.verdicts.append(result.verdict.word)
        self.rows.append(row_of(result, self.language, f"{result.company.id}.html"))
        if "csv" in self.formats or not self._held:
            self._held.append(result)
        made = [(form, self._made_of(form, result)) for form in self.formats if form != "csv"]
        for form, content in made:  # all are made before the first is written
            if self.out is None:
                self._texts.append(content)
            else:
                self.main = self.out / f"{result.company.id}.{form}"
                files.write(self.main, content)

    def _made_of(self, form: str, result: Result) -> str | bytes:
        if form == "json":
            return export.to_json(result)
        if form == "md":
            return export.to_markdown(result, self.language)
        page = self._page(result)
        return self._printer.print(page, result.company.as_of) if form == "pdf" and self._printer else page

    def _page(self, result: Result) -> str:
        if self._house:
            return self._house.company_page(result, self.language, self.stamp)
        from screener.report.html import company_page

        return company_page(result, self.language, self.stamp, cache=self._cache)

    def _index(self, failed: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        if self._house:
            return self._house.index_pages(self.rows, self.language, self.stamp, failed=failed)
        from screener.report.html import index_pages

        return index_pages(self.rows, self.language, self.stamp, failed=failed, cache=self._cache)

    def finish(self, failed: Sequence[tuple[str, str]], several: bool) -> None:
        """Writes what speaks of all companies: the index, the table of findings. An empty folder is not left behind."""
        table = export.to_csv(self._held, self.language) if "csv" in self.formats else None
        if self.out is None:
            texts = [
                t.rstrip("\n") for t in (*self._texts, *([table] if table is not None else [])) if isinstance(t, str)
            ]
            self.printed = next((t for t in self._texts if isinstance(t, bytes)), "\n".join(texts))
            return
        if not self.rows and self._made:
            with suppress(OSError):
                self.out.rmdir()
        if table is not None and self.rows:
            self.main = self.out / "findings.csv"
            files.write(self.main, table)
        if "html" in self.formats and self.rows:
            self.main = self.out / f"{self._held[0].company.id}.html"
            if several:
                for name, page in self._index(failed):
                    files.write(self.out / name, page)
                self.main = self.out / "index.html"

    def summary(self, width: int, colour: bool, verbose: bool) -> str:
        """What the terminal says: one company in full, several as a table."""
        from screener.report import terminal

        where = str(self.main)
        if len(self.rows) == 1:
            return terminal.summary(
                self._held[0], self.language, width=width, colour=colour, verbose=verbose, where=where
            )
        return terminal.overview(self.rows, self.language, width=width, colour=colour, where=where)


def _house(templates: Path) -> "House":
    from screener.report.house import House

    house = House(templates)
    house.check()
    return house


def _printer() -> "Printer":
    from screener.report.pdf import Printer, find_browser

    return Printer(find_browser())


def _cache() -> Path | None:
    """Where compiled templates are kept, if that can be had."""
    found = cache_folder()
    if found is None:
        return None
    path = found / "templates"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        return path if is_ours(path) else None
    except OSError:
        return None
