"""Completes a first draft of a rule with examples, and checks it before it is written."""

import tempfile
from pathlib import Path

from screener.errors import Problem
from screener.io.document import parse_documents
from screener.rule_testing.example_search import find_examples
from screener.rule_testing.examples import run_examples
from screener.rules.lint.checks import check_rule_files
from screener.rules.rule_reader import RuleReader
from screener.rules.rulebook import Rulebook
from screener.rules.scaffold import RuleDraft, rule_draft_yaml
from screener.screening import Screener


def draft_file(draft: RuleDraft, book: Rulebook, schema: str = "") -> str:
    """The text of a draft's file, with examples that pass; `schema` as in `rule_draft_yaml`."""
    text = rule_draft_yaml(draft, book, {}, schema)
    reader = RuleReader(book.catalogue, dict(book.metrics), [])
    (document,) = parse_documents(text.replace("\nexamples:", "\nexamples: {}"), f"{draft.id}.yaml")
    reader.read(document)
    rule = reader.rules.get(draft.id)
    return rule_draft_yaml(draft, book, find_examples(book, rule) if rule else {}, schema)


def check_draft(name: str, text: str) -> tuple[Problem, ...]:
    """The problems of a rule file with this name and text, including examples that fail."""
    with tempfile.TemporaryDirectory(prefix="screener-") as folder:
        path = Path(folder) / name
        path.write_text(text, "utf-8")
        report = check_rule_files([str(path)], [str(path)])
        problems = tuple(p.located(file=name) for p in report.problems)
        if report.errors:
            return problems
        screener = Screener.load([str(path)])
        failed = [run for run in run_examples(screener, [screener.rulebook.rules[path.stem]]) if not run.holds]
    hint = "choose another threshold"
    return (
        *problems,
        *(
            Problem(f"the example {f.example.name} is {f.outcome or f.error}, not {f.example.expect}", hint, name)
            for f in failed
        ),
    )
