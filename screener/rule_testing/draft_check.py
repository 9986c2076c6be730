"""A first draft is checked and its examples are run before it is written: what a user starts from is right."""

import tempfile
from pathlib import Path

from screener.errors import Problem
from screener.rule_testing.examples import run_examples
from screener.rules.lint.checks import check_rule_files
from screener.screening import Screener


def check_draft(name: str, text: str) -> tuple[Problem, ...]:
    """What is wrong with a rule file of this name and text beside the built-in rules; examples that do not hold, too."""
    with tempfile.TemporaryDirectory(prefix="screener-") as folder:
        path = Path(folder) / name
        path.write_text(text, "utf-8")
        found = check_rule_files([str(path)], [str(path)])
        told = tuple(p.located(file=name) for p in found.problems)
        if found.errors:
            return told
        screener = Screener.load([str(path)])
        failed = [p for p in run_examples(screener, [screener.rulebook.rules[path.stem]]) if not p.holds]
    return (
        *told,
        *(
            Problem(
                f"the example {p.example.name} is {p.got or p.error}, not {p.example.expect}",
                "choose another threshold",
                name,
            )
            for p in failed
        ),
    )
