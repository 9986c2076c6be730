"""`screener rules new`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from screener.cli.new_file import new_file_option, new_file_path
from screener.cli.output import TextOutput, print_notice, print_problems
from screener.cli.shared_options import quiet_option
from screener.errors import Problem, RulesError, ScreenerError
from screener.io.atomic import is_stream
from screener.io.paths import SETTINGS_FILE, real_path
from screener.rules.packs import EVIDENCE_FILE, PACK_FILE
from screener.text import clean, is_slug, slug
from screener.vocabulary import Flag

if TYPE_CHECKING:
    from screener.rules.rulebook import Rulebook
    from screener.rules.scaffold import RuleDraft

T = TypeVar("T")
SCHEMA = "rule.schema.json"
_RESERVED = {SETTINGS_FILE: "a settings file", PACK_FILE: "a pack's description", EVIDENCE_FILE: "a pack's evidence"}


@click.command()
@click.argument("rule", metavar="ID")
@click.option(
    "--when",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="A condition on the company's figures, or KIND: CONDITION as in a rule file. Repeatable: all must hold.",
)
@click.option("--flag", type=click.Choice(["red", "green"]), default="red", show_default=True)
@new_file_option
@click.option("--no-schema", is_flag=True, help=f"Write no {SCHEMA} for editors.")
@click.option("-i", "--interactive", is_flag=True, help="Ask for each part of the rule.")
@quiet_option
def new(
    *, rule: str, conditions: tuple[str, ...], flag: str, out: str, no_schema: bool, interactive: bool, quiet: bool
) -> None:
    """Write the first draft of a rule, with comments, and with examples that pass already.

    An existing file is never overwritten. The JSON Schema rule.schema.json lets an editor with the YAML language server complete
    and check the rule; it is written beside the rule unless a folder above has one.

    \b
    Examples:
      screener rules new thin-margin
      screener rules new many-customers --when 'customer_count >= 10' --flag green
      screener rules new weak-renewals --when 'not real_renewals' -o my-rules/
      screener rules new short-of-cash --when 'cash < short_term_debt'
      screener rules new large-customer --when 'customer: share_of_revenue >= 0.2'
    """
    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook()
    _check_id(rule, book)
    path = new_file_path(out, rule, _RESERVED, "another id, or another place with --out")
    from screener.rule_testing.draft_check import check_draft, draft_file
    from screener.rules.draft_condition import DEFAULT_CONDITION, read_condition
    from screener.rules.scaffold import RuleDraft

    conditions = conditions or (DEFAULT_CONDITION,)
    draft = (
        _ask(rule, conditions, flag, book) if interactive else RuleDraft(rule, read_condition(conditions, book), flag)
    )
    schema = None if no_schema or path is None or is_stream(path) else _schema_file(path)
    text = draft_file(draft, book, os.path.relpath(schema, real_path(path.parent)) if schema and path else "")
    name = str(path or f"{rule}.yaml")
    problems = [p.located(file=name) for p in check_draft(f"{rule}.yaml", text)]
    print_problems(problems)
    if any(p.level == "error" for p in problems):
        raise RulesError(Problem("nothing was written", "correct what is reported above", name))
    output = TextOutput(path, quiet=quiet)
    with _new_schema(schema) as is_new:
        output.write_document(text)
    if is_new:
        output.confirm(f"{SCHEMA} is written beside it: editors use it to complete and check rules.")
    shown = clean(str(path))
    output.confirm(f"{shown} is written: {text.count(chr(10))} lines, and its examples pass.")
    output.confirm(f"Edit it, then: screener rules check {shown}; screener rules test {shown}")


@contextmanager
def _new_schema(schema: Path | None) -> Iterator[bool]:
    """Writes the schema if there is none, and yields whether it did; removes it again if the rule can't be written."""
    if schema is None or os.path.lexists(schema):
        yield False
        return
    from screener.cli.rules_group.rules_schema import schema_text

    TextOutput(schema).write_document(schema_text("rule"))
    try:
        yield True
    except BaseException:
        schema.unlink(missing_ok=True)
        raise


def _check_id(rule: str, book: "Rulebook") -> None:
    """Checks the id of a new rule. Raises BadParameter if it is not a valid id, RulesError if it is taken."""
    from screener.rules.packs import built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    if not is_slug(rule):
        near = slug(rule)
        hint = f"write {near}" if near else "write for example thin-margin"
        what = f"'{clean(rule)}' is not an id: lower-case letters, digits and single hyphens, at most 80; {hint}"
        raise click.BadParameter(what, param_hint="ID")
    books = (book, *(load_rulebook(packs=[p]) for p in built_in_packs() if p not in {x.name for x in book.packs}))
    for existing in (b.rules[rule] for b in books if rule in b.rules):
        hint = f"choose another id; to see it: screener rules show {rule}"
        raise RulesError(Problem(f"the rule '{rule}' exists already in {existing.file}", hint))


def _schema_file(path: Path) -> Path:
    """Returns the path of the schema for a new file: the nearest one in its folder or above, else a new one in its
    folder."""
    folder = real_path(path.parent)
    return next((p / SCHEMA for p in (folder, *folder.parents) if (p / SCHEMA).is_file()), folder / SCHEMA)


def _ask(rule: str, conditions: tuple[str, ...], flag: str, book: "Rulebook") -> "RuleDraft":
    """Asks for the parts of a rule and returns a draft; Enter accepts the default in brackets. A text that is given in
    one language only leaves the other to be written."""
    from screener.rules import scaffold as draft
    from screener.rules.draft_condition import read_condition

    first, *more = conditions
    when = _until(
        lambda answer: read_condition([answer, *more], book),
        "When does it fire? A condition on figures, or KIND: CONDITION",
        first,
    )
    flag = _one_of("Does it speak against a company (red) or for it (green)?", ("red", "green"), flag)
    severity = _one_of("How much does it weigh?", Flag(flag).severities, Flag(flag).severities[1])
    category = _one_of("What does it speak about?", tuple(book.catalogue.categories), draft.draft_category(when, book))
    blank = draft.RuleDraft(rule, when)
    title = draft.draft_title(when, book)
    return draft.RuleDraft(
        id=rule,
        condition=when,
        flag=flag,
        severity=severity,
        category=category,
        title=draft.merge_languages(_text("Title", title.en), title),
        why=draft.merge_languages(_text("Why does it matter?", ""), blank.why),
        clears=draft.merge_languages(_text("What would the company have to show to clear it?", ""), blank.clears),
        false_alarms=draft.merge_languages(_text("When is this rule wrong?", ""), blank.false_alarms),
        reference=_text("Reference, or that it is a judgement", blank.reference),
    )


def _until(read: Callable[[str], T], question: str, default: str) -> T:
    """Asks until `read` accepts the answer."""
    while True:
        try:
            return read(_text(question, default))
        except ScreenerError as error:
            for problem in error.problems:
                print_notice(str(problem))


def _one_of(question: str, known: tuple[str, ...], default: str) -> str:
    from screener.text import did_you_mean

    def read(answer: str) -> str:
        if answer not in known:
            raise RulesError(
                Problem(f"'{clean(answer)}' is not one of them", did_you_mean(answer, known, "see the list"))
            )
        return answer

    return _until(read, f"{question} ({', '.join(known)})", default)


def _text(question: str, default: str) -> str:
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=not sys.stdout.isatty())
    return answer
