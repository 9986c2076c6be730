"""The results of examples as text: progress dots, failures with their trace, and a summary."""

from collections.abc import Sequence

from screener.io.document import Document
from screener.result.finding_records import Distance
from screener.rule_testing.examples import ExampleRun, rule_document
from screener.rule_testing.mutation_run import MutationOutcome
from screener.text import clean
from screener.units import show_interval

_UNDECIDED = {"yes": "holds", "no": "does not hold", "unknown": "undecided"}


def failure_text(proof: ExampleRun, width: int = 80) -> str:
    """Why an example failed: expected and got, the condition, each comparison with its value, what is missing."""
    rows = [f" {proof.rule.id} {proof.example.name} ".center(width, "_"), position_text(proof)]
    rows += [f"  expected  {proof.example.expect}", f"  got       {proof.outcome or 'an error'}"]
    if proof.error:
        rows += [f"  error     {clean(proof.error)}"]
    if proof.finding is not None:
        rows += _labelled("when", [clean(c) for c in proof.rule.conditions])
        trace = [_comparison(d) for d in proof.finding.distances]
        trace += [f"flag: {flag} is {outcome}" for flag, outcome in proof.rests]
        rows += _labelled("trace", trace)
        rows += _labelled("missing", [clean(name) for name in proof.finding.missing])
    return "\n".join(rows)


def position_text(proof: ExampleRun) -> str:
    """path:line:column of an example."""
    document = rule_document(proof.rule)
    return _place(document, proof.rule.file, proof.example.path)


def _place(document: Document | None, file: str, loc: Sequence[str | int]) -> str:
    line, column = document.place(loc, key=True) if document else (None, None)
    return f"{file}:{line}:{column}" if line is not None else file


def _labelled(label: str, rows: Sequence[str]) -> list[str]:
    return [f"  {label if i == 0 else '':10}{row}" for i, row in enumerate(rows)]


def _comparison(found: Distance) -> str:
    value = show_interval(found.value.lo, found.value.hi, found.unit, "en")
    threshold = show_interval(found.threshold.lo, found.threshold.hi, found.unit, "en")
    return f"{found.title.en}: {value} {found.op} {threshold} {_UNDECIDED[found.holds]}"


def unnoticed_text(tried: MutationOutcome) -> str:
    """`path:line:column: mutation … not noticed; add an example that …`."""
    rule = tried.mutant.rule
    where = f"{rule.file}:{tried.line}:{tried.column}" if tried.line is not None else rule.file
    return f"{where}: {rule.id}: mutation {clean(tried.mutant.what)} not noticed; add an example that {tried.mutant.example}"
