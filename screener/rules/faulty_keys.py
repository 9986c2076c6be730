"""Removes faulty keys from a rule file, so that one mistake does not hide the next."""

from collections.abc import Iterable
from typing import Any

_NEEDED: dict[str, Any] = {
    "rule": "broken",
    "flag": "red",
    "severity": "low",
    "category": "",
    "title": "",
    "when": [{"company": True}],
    "says": "",
    "why": "",
    "clears": "",
    "false_alarms": "",
}
_TEXTS = ("clear_title", "headline", "says", "why", "clears", "false_alarms")
"""Texts speak of params and of what `when` binds: without those nothing can be said of them."""


def replace_faulty_keys(data: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """`data` without the keys that `paths` (figures.revenue[0]) lead into, with what a rule needs filled in."""
    bad = {path.split(".")[0].split("[")[0] for path in paths}
    if bad & {"when", "params"}:
        bad |= {"when", "applies", "concludes", *_TEXTS}
    if bad & {"flag", "severity"}:
        bad |= {"flag", "severity", "softens", "verdict"}
    return {**_NEEDED, **{k: v for k, v in data.items() if k not in bad}}
