"""A library of cases (cases.yaml): companies that are known to have failed or survived, each with a profile of an
earlier day."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from screener.errors import DocumentError, Problem
from screener.io.document import Document, read_documents
from screener.io.paths import CASES_FILE
from screener.profile.catalogue import Bilingual
from screener.profile.claims import IsoDay
from screener.profile.strict_model import ListOf, Strict, validate

CaseOutcome = Literal["failed", "survived"]


class Case(Strict):
    """A company, whether it failed, and the source of that."""

    profile: str = Field(description="The path of the profile, relative to the folder of this file.")
    outcome: CaseOutcome = Field(description="Whether the company failed.")
    on: IsoDay = Field(
        description="The day on which the company failed; for a survivor, a day on which it had not failed."
    )
    event: Bilingual = Field(description="What happened.")
    reference: str = Field(min_length=1, description="The document that reports the event.")
    peer_of: str | None = Field(
        None, description="For a survivor: the profile of the failed company that it is compared with."
    )
    cik: int | None = Field(
        None, description="The number of the company with the SEC (CIK), for the script that makes profiles."
    )


class CaseFile(Strict):
    """The content of cases.yaml."""

    cases: ListOf[Case] = Field(min_length=1, description="The cases.")


def read_cases(folder: str | Path) -> tuple[Case, ...]:
    """Reads the cases of a folder. Raises DocumentError with all problems, such as a failure before the day of the
    profile."""
    path = Path(folder, CASES_FILE)
    if not path.is_file():
        hint = "name a folder of cases (docs/cases.md), or a table with --label and --map"
        raise DocumentError(Problem(f"holds no {CASES_FILE}", hint, str(folder)))
    documents = read_documents(path)
    if len(documents) != 1:
        raise DocumentError(Problem(f"holds {len(documents)} documents; cases are one", "join them", str(path)))
    problems: list[Problem] = []
    found = validate(CaseFile, documents[0].data, documents[0], [], problems)
    if found is None or (problems := _cross_problems(found.cases, documents[0], Path(folder))):
        raise DocumentError(problems)
    return found.cases


def _cross_problems(cases: tuple[Case, ...], document: Document, folder: Path) -> list[Problem]:
    """Yields problems between cases: profiles that are missing or named twice, and `peer_of` that names no failure."""
    problems, seen = [], set[str]()
    failures = {case.profile for case in cases if case.outcome == "failed"}
    for i, case in enumerate(cases):
        if case.profile in seen:
            problems.append(document.problem(("cases", i, "profile"), "is named twice", "keep one of the two"))
        elif not (folder / case.profile).is_file():
            problems.append(document.problem(("cases", i, "profile"), "there is no such file", f"make it in {folder}"))
        seen.add(case.profile)
        if case.peer_of is not None and case.peer_of not in failures:
            hint = "name the profile of a case with the outcome failed"
            problems.append(document.problem(("cases", i, "peer_of"), "is no failure", hint))
    return problems


def months_until(day: date, later: date) -> int:
    """Returns the whole months from one day to a later one."""
    return (later.year - day.year) * 12 + later.month - day.month - (later.day < day.day)
