"""The errors of the package. Each carries a list of problems with the place, the fault, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an input: its place (file, line and column from 1, path in the document), the fault, and what to do."""

    what: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str = ""
    level: Literal["error", "warning"] = "error"
    code: str = ""  # a short stable name of what is wrong (docs/checks.md)

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where += f":{self.line}:{self.column or 1}"
        head = f"{where}: " if where else ""
        if self.level == "warning":
            head += "warning: "
        if self.path:
            head += f"{self.path}: "
        return head + self.what + (f"; {self.hint}" if self.hint else "")

    def located(self, **where: object) -> "Problem":
        """The same problem with a place filled in."""
        return replace(self, **where)  # type: ignore[arg-type]


class ScreenerError(Exception):
    """Base of all errors that a user can correct; `problems` holds at least one."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class TooManyProblems(ScreenerError):
    """There are so many problems that the rest of the input is not checked."""


class ProblemList(list[Problem]):
    """A list of problems with a maximum length, since searching for similar names takes time. Raises TooManyProblems beyond it."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def append(self, problem: Problem) -> None:
        """Adds a problem."""
        super().append(problem)
        if len(self) >= self.most:
            raise TooManyProblems([*self, Problem("there may be more", "correct those above first", problem.file)])

    def extend(self, problems: Iterable[Problem]) -> None:
        """Adds problems one by one."""
        for problem in problems:
            self.append(problem)


class DocumentError(ScreenerError):
    """A file can't be read, or is not JSON or YAML."""


class ProfileError(ScreenerError):
    """A profile does not follow the format."""


class RulesError(ScreenerError):
    """A rule file, the catalogue or an override is wrong."""


class ExpressionError(ScreenerError):
    """An expression can't be read, or its units don't fit."""


class EngineError(ScreenerError):
    """The rule engine cannot be loaded, or refused its input."""


class ResultError(ScreenerError):
    """A stored result is damaged, has another version of the schema, or is not a result."""


class UnavailableError(ScreenerError):
    """Something that the work needs is not available: memory, or a Dask scheduler with workers."""


class OutputError(ScreenerError):
    """A report can't be written."""
