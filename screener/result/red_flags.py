"""Which red flags count against a company: one meaning for results, stored runs and the database of results."""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from screener.vocabulary import Flag, Outcome, Severity

_COUNTED_RED: Mapping[str, object] = {"outcome": Outcome.FIRED, "flag": Flag.RED, "scored": True}
COUNTED_CRITICAL: Mapping[str, object] = {**_COUNTED_RED, "severity": Severity.CRITICAL}
"""What a critical red flag that counts has in the fields of a finding, and in the columns of a database of results."""

_fields_of_red, _fields_of_critical = attrgetter(*_COUNTED_RED), attrgetter(*COUNTED_CRITICAL)
_VALUES_OF_RED, _VALUES_OF_CRITICAL = tuple(_COUNTED_RED.values()), tuple(COUNTED_CRITICAL.values())


def is_counted_red(finding: object) -> bool:
    """Whether a finding, or a flag of a stored run, is a red flag that fired and counts in the score."""
    return bool(_fields_of_red(finding) == _VALUES_OF_RED)


def has_critical_flag(findings: Iterable[object]) -> bool:
    """Whether a red flag that is critical fired and counts in the score."""
    return any(_fields_of_critical(finding) == _VALUES_OF_CRITICAL for finding in findings)
