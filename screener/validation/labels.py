"""Reads from a column of a table whether each company failed: numbers, truth values or words."""

from typing import NamedTuple

from screener.errors import DocumentError, Problem
from screener.importers.table.cell_text import cell_text
from screener.importers.table.company_table import CompanyTable
from screener.text import clean, did_you_mean, shorten

FAILED = ("1", "true", "yes", "failed", "failure", "fail", "bankrupt", "defaulted", "default", "insolvent", "dead")
SURVIVED = ("0", "false", "no", "survived", "survivor", "alive", "active", "healthy", "solvent", "sound", "ok")
"""Words of a label that are recognized by default, in lower case."""


class LabelWords(NamedTuple):
    """Further words of the label; they take precedence over the default ones."""

    failed: tuple[str, ...] = ()
    survived: tuple[str, ...] = ()

    def fates(self) -> dict[str, bool]:
        """Returns for each word whether it means that the company failed."""
        usual = {**dict.fromkeys(FAILED, True), **dict.fromkeys(SURVIVED, False)}
        own = {**dict.fromkeys(self.failed, True), **dict.fromkeys(self.survived, False)}
        return {**usual, **{word.strip().lower(): fate for word, fate in own.items()}}


USUAL_WORDS = LabelWords()


def failure_labels(table: CompanyTable, label: str, words: LabelWords = USUAL_WORDS) -> list[bool | None]:
    """Returns whether each company failed; None for an empty cell. Raises DocumentError."""
    known = [str(c) for c in table.raw.columns]
    if label not in known:
        hint = did_you_mean(label, known, "its columns are " + shorten(", ".join(map(clean, known)), 200))
        raise DocumentError(Problem(f"has no column '{clean(label)}'", hint, table.path))
    named = table.map.label
    by_map = named.words if named is not None and named.column == label else {}
    fates = {**words.fates(), **{word.strip().lower(): fate for word, fate in by_map.items()}}
    found: list[bool | None] = []
    for row, cell, is_given in zip(table.raw.index, table.raw[label], table.raw[label].notna(), strict=True):
        text = cell_text(cell) if is_given else None
        if text is not None and text.lower() not in fates:
            what = f"'{shorten(clean(text), 40)}' does not say whether the company failed"
            hint = "write 1 for failed and 0 for not, or name the word with --failed or --survived"
            place = f"row {row}, column '{clean(label)}'"
            raise DocumentError(Problem(what, hint, table.path, path=place))
        found.append(None if text is None else fates[text.lower()])
    return found
