"""The result of screening one company, for Python programs (docs/python.md), and how a stored one is read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from screener.errors import Problem, ResultError, ScreenerError
from screener.result.finding_records import Finding
from screener.result.model import Company, ResultDocument, to_dict
from screener.result.verdict_records import Coverage
from screener.text import Language
from screener.vocabulary import Verdict

if TYPE_CHECKING:
    from pandas import DataFrame

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The result of screening one company.

    The properties give what most programs need; `document` has every field of the result format (docs/result.md), and
    `to_dict` the same as plain data.
    """

    document: ResultDocument

    @property
    def company(self) -> Company:
        """The company that was screened: `id`, `name`, `sector`, `as_of` and others."""
        return self.document.company

    @property
    def verdict(self) -> Verdict:
        """The verdict, which is also its word: `result.verdict == "avoid"`. Verdicts are ordered from the worst to the best."""
        return self.document.verdict.word

    @property
    def score(self) -> float | None:
        """The risk score, from 0 (no flag counts) to 100; None where too little is known for one number."""
        return None if self.verdict.withholds_score else self.document.score.value

    @property
    def score_range(self) -> tuple[float, float]:
        """The lowest and the highest score that are possible once everything unknown is known."""
        return self.document.score.low, self.document.score.high

    @property
    def coverage(self) -> Coverage:
        """How many of the applicable red and green rules are decided: `decided`, `total`."""
        return self.document.coverage

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each rule: fired ones first, the most severe first; then unknown, clear and not applicable."""
        return self.document.findings

    def to_dict(self) -> dict[str, Any]:
        """The result as data that `json.dumps` takes, in the format `screener/result/1` (docs/result.md)."""
        return to_dict(self.document)

    def to_html(self, language: Language = "en") -> str:
        """The report as one HTML document that loads nothing from elsewhere; `language` is "en" or "zh"."""
        from screener.report.pages.html_pages import company_page

        return company_page(self.document, language)

    def to_frame(self, language: Language = "en") -> "DataFrame":
        """The findings as a pandas data frame with a row for each rule; the columns are those of `--format csv`."""
        from screener.report.frames import findings_frame

        return findings_frame(self.document, language)

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict, the score, and the flags that fired."""
        from screener.report.pages.html_pages import notebook_card

        return notebook_card(self.document)

    def __repr__(self) -> str:
        low, high = self.score_range
        score = f"{low:g} to {high:g}" if self.score is None else f"{self.score:g}"
        return f"<Result {self.company.id}: {self.verdict}, score {score}>"


def load_result(source: AnyPath | Mapping[str, Any]) -> Result:
    """The stored result in a JSON file ('-': standard input), or in data that `Result.to_dict` returned.

    Raises DocumentError if the file cannot be read; ResultError if it does not contain exactly one result, or contains
    one in a version of the format that this version of screener does not read.
    """
    from screener.result.codec import from_dict, read_results

    if isinstance(source, Mapping):
        return Result(from_dict(dict(source)))
    path = os.fspath(source)
    documents = []
    for found in islice(read_results(path), 2):
        if isinstance(found, ScreenerError):
            raise found
        documents.append(found)
    if len(documents) > 1:
        raise ResultError(Problem("holds more than one result", "store each result in a file of its own", path))
    return Result(documents[0])
