"""Checks the placeholders in the texts of rules."""

import re
from collections.abc import Iterator

from screener.errors import ExpressionError, Problem
from screener.expression.checker import TypeOf
from screener.expression.syntax_tree import Name
from screener.facts.fact import COMPANY
from screener.io.document import Document
from screener.rules.rule import PLACEHOLDER
from screener.text import Text, did_you_mean
from screener.units import NUMERIC

FORMS = (*NUMERIC, "percent")


def check_text(text: Text, loc: list[str | int], document: Document, type_of: TypeOf) -> Iterator[Problem]:
    """The problems with the placeholders of a text, in each language."""
    same = text.en == text.zh
    for language, written in (("en", text.en), *([] if same else [("zh", text.zh)])):
        at = loc if same else [*loc, language]
        for found, what, hint, code in _faults(written, type_of):
            offset = found.start() if document.reads(at, found.start(), found[0]) else 0
            yield document.problem(at, what, hint, offset, code=code)


def _faults(written: str, type_of: TypeOf) -> Iterator[tuple[re.Match[str], str, str, str]]:
    for found in PLACEHOLDER.finditer(written):
        scope, field, form = found.groups()
        if form is not None and form not in FORMS:
            hint = did_you_mean(form, FORMS, "known are " + ", ".join(FORMS))
            yield found, f"'{form}' is not a form of numbers", hint, "bad-placeholder"
        if (scope, field) == (COMPANY, "name"):
            continue
        try:
            type_of(Name(scope, field))
        except ExpressionError as error:
            problem = error.problems[0]
            yield found, f"{found[0]}: {problem.what}", problem.hint, problem.code
    rest = PLACEHOLDER.sub(lambda m: " " * len(m[0]), written)
    if brace := re.search("[{}]", rest):
        bare = re.compile(r"\{+\s*(?:company\.)?([a-z_][a-z0-9_]*)\s*\}+").match(written, brace.start())
        hint = (
            f"write {{company.{bare[1]}}}, or the name of a pattern before the point"
            if bare
            else "write {company.revenue} or {c.party}"
        )
        yield brace, "a brace that is not a placeholder", hint, "bad-placeholder"
