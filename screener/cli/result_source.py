"""Results to compare: read from files and folders, or made by screening the profiles in them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli.shared_options import RuleSelection
from screener.errors import Problem, ResultError, ScreenerError

if TYPE_CHECKING:
    from screener.result.model import ResultDocument
    from screener.screening import Screener


class ResultSource:
    """A source of results: reads them from files, or screens the profile in a file."""

    def __init__(self, selection: RuleSelection, context: tuple[str, ...]) -> None:
        self._selection, self._context = selection, context
        self._texts: dict[str, str] = {}
        self._screeners: dict[tuple[str, date | None], Screener] = {}

    def _screener(self, folder: str, path: str, day: date | None) -> "Screener":
        """Returns a screener as of a day, for the profiles in a folder."""
        if (folder, day) not in self._screeners:
            self._screeners[folder, day] = replace(self._selection, as_of=day).screener([path])
        return self._screeners[folder, day]

    def results(self, folder: str, day: date | None) -> Iterator["ResultDocument | ScreenerError"]:
        """Returns the results in a folder and those of its profiles as of a day, or the errors of files that can't be
        read.

        A second result of a company is an error as well. Raises ProfileError or DocumentError if the folder can't be
        read.
        """
        from screener.profile.loader import find_profiles

        owners: dict[str, str] = {}
        for path in find_profiles([folder]):
            try:
                found = self.result(path, day)
            except ScreenerError as error:
                yield error
                continue
            if (owner := owners.setdefault(found.company.id, path)) == path:
                yield found
            else:
                what = f"'{found.company.id}' has a result in {owner} already"
                yield ResultError(Problem(what, "keep one of the two in the folder", path))

    def result(self, path: str, day: date | None) -> "ResultDocument":
        """Returns the one result in a file, or that of the profile in it as of a day."""
        from screener.io.file_text import read_text
        from screener.result.codec import MAX_BYTES

        if path not in self._texts:
            self._texts[path] = read_text(path, MAX_BYTES)
        text = self._texts[path]
        if not _is_result(text):
            return self._screened(path, text, day)
        found = list(_results(path, text))
        if len(found) != 1:
            what = f"has {len(found)} results"
            raise ResultError(Problem(what, "write the one to compare to a file of its own", path))
        return found[0]

    def _screened(self, path: str, text: str, day: date | None) -> "ResultDocument":
        from screener.profile.loader import find_profiles

        screener = self._screener(str(Path(path).parent), path, day)
        return screener.assess(screener.profile(path, text), screener.context(find_profiles(self._context)))


def _results(path: str, text: str) -> Iterator["ResultDocument"]:
    from screener.result.codec import results_in

    for found in results_in(text, path):
        if isinstance(found, Exception):
            raise found
        yield found


def _is_result(text: str) -> bool:
    """Returns whether a text begins like a result, even an incomplete one."""
    head = text[:200].lstrip("\ufeff \t\r\n")
    return head.startswith("{") and '"schema"' in head and '"screener/' in head
