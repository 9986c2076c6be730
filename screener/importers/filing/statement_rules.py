"""Defines the table of printed statements (`rules/filings/statements.yaml`): lines and schedule tags for each figure."""

import re
from functools import cached_property, lru_cache
from typing import Literal, get_args

from pydantic import Field

from screener.importers.filing.money_words import MoneyWords
from screener.importers.sec.filing_rule_files import read_filing_table
from screener.profile.strict_model import ListOf, Strict

StatementKind = Literal["balance", "income", "cash-flow"]

_NOTE = re.compile(r"\((?:see )?notes?\b[^)]*\)|\([a-z](?:,[a-z])*\)|\(\d{1,2}\)|\*+", re.IGNORECASE)
_APOSTROPHE = re.compile(r"['’‘`]")
_NO_WORD = re.compile(r"[^a-z0-9&]+")


@lru_cache(maxsize=4096)
def plain_label(text: str) -> str:
    """Returns a label in lower case, without notes in parentheses, apostrophes and punctuation."""
    return _NO_WORD.sub(" ", _APOSTROPHE.sub("", _NOTE.sub(" ", text)).lower()).strip()


class StatementLine(Strict):
    """The label of a figure in a printed statement; `label` is a pattern for the whole plain label."""

    figure: str
    statement: StatementKind
    label: str
    amount: Literal["signed", "expense"] = "signed"
    loss: str | None = None
    preferred: bool = Field(
        False, description="Whether its row is preferred to those of other lines of the same figure."
    )

    @cached_property
    def _label(self) -> re.Pattern[str]:
        return re.compile(self.label)

    def names(self, label: str) -> bool:
        """Whether a plain label matches this line."""
        return self._label.fullmatch(label) is not None

    def signed(self, value: float, label: str) -> float:
        """Returns the amount with the sign of the figure: expenses are positive, losses negative."""
        if self.amount == "expense" or (self.loss and re.fullmatch(self.loss, label)):
            return abs(value) if self.amount == "expense" else -abs(value)
        return value


class IdentityLabels(Strict):
    """The labels of lines that are needed to recognise a statement."""

    balance_end: str
    investing: str
    financing: str
    change: str
    debt: str
    cost: str


class StatementTable(Strict):
    """The whole table."""

    lines: ListOf[StatementLine]
    identities: IdentityLabels
    added: dict[str, str] = Field(
        {}, description="For a figure, labels of lines that are added if its own line does not name them as included."
    )
    money: MoneyWords
    schedules: dict[str, list[str]]

    @cached_property
    def _lines_of(self) -> dict[StatementKind, tuple[StatementLine, ...]]:
        return {kind: tuple(line for line in self.lines if line.statement == kind) for kind in get_args(StatementKind)}

    def line(self, label: str, kind: StatementKind) -> StatementLine | None:
        """Returns the line with a plain label; None if there is none or several."""
        found = [line for line in self._lines_of[kind] if line.names(label)]
        return found[0] if len(found) == 1 else None


def read_statement_table() -> StatementTable:
    """Reads the table. Raises DocumentError with all problems."""
    return read_filing_table(StatementTable, "statements.yaml")
