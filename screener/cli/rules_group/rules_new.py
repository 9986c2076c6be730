"""`screener rules new`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from screener.cli.output import print_text, printable
from screener.errors import OutputError, Problem, RulesError, ScreenerError
from screener.text import clean, is_slug, slug
from screener.vocabulary import Flag

if TYPE_CHECKING:
    from screener.rules.rulebook import Rulebook
    from screener.rules.scaffold import RuleDraft

T = TypeVar("T")
SCHEMA = "rule.schema.json"


@click.command()
@click.argument("rule", metavar="ID")
@click.option("--when", "condition", metavar="CONDITION", help="The condition: NAME > NUMBER, or a statement.")
@click.option("--flag", type=click.Choice(["red", "green"]), default="red", show_default=True)
@click.option("-o", "--out", metavar="FILE|DIR", default=".", help="Where to write, instead of ID.yaml here.")
@click.option("--no-schema", is_flag=True, help=f"Write no {SCHEMA} for editors.")
@click.option("-i", "--interactive", is_flag=True, help="Ask what the rule says.")
def new(rule: str, condition: str | None, flag: str, out: str, no_schema: bool, interactive: bool) -> None:
    """Write the first draft of a rule, with comments, and with examples that pass already.

    A file that exists is left alone. Beside the rule, or above it, stands rule.schema.json, by which an editor with the YAML
    language server completes and checks; it is written where there is none.

    \b
    Examples:
      screener rules new thin-margin
      screener rules new many-customers --when 'customer_count >= 10' --flag green
      screener rules new weak-renewals --when 'not real_renewals' -o my-rules/
    """
    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook()
    path = _target(rule, out, book)
    from screener.io.atomic import write_file
    from screener.rule_testing.draft_check import check_draft
    from screener.rules import scaffold as draft

    if interactive:
        said = _ask(rule, condition, flag, book)
    else:
        said = draft.RuleDraft(rule, draft.read_condition(condition or draft.DEFAULT_CONDITION, book), flag)
    schema = None if no_schema else _schema(path)
    text = draft.rule_draft_yaml(said, book, os.path.relpath(schema, path.parent.resolve()) if schema else "")
    found = check_draft(path.name, text)
    for problem in found:
        click.echo(printable(str(problem)), err=True)
    if any(p.level == "error" for p in found):
        raise RulesError(Problem("nothing was written", "mend what is said above", str(path)))
    write_file(path, text)
    if schema and not schema.exists():
        from screener.cli.rules_group.rules_schema import schema_text

        write_file(schema, schema_text("rule"))
        print_text(f"{SCHEMA} beside it lets an editor complete and check.")
    print_text(f"{clean(str(path))} is there: {text.count(chr(10))} lines, and its examples pass.")
    print_text(f"Change it, then: screener rules check {clean(str(path))}; screener rules test {clean(str(path))}")


def _target(rule: str, out: str, book: "Rulebook") -> Path:
    """Where the rule goes. Raises a usage error for a bad id, RulesError for one that is taken, OutputError for a file."""
    from screener.rules.packs import built_in_packs
    from screener.rules.rulebook_loader import load_rulebook

    if not is_slug(rule):
        near = slug(rule)
        hint = f"write {near}" if near else "write for example thin-margin"
        what = f"'{clean(rule)}' is no id: lower-case letters, digits and single hyphens, at most 80; {hint}"
        raise click.BadParameter(what, param_hint="ID")
    books = (book, *(load_rulebook(packs=[p]) for p in built_in_packs() if p not in {x.name for x in book.packs}))
    for taken in (b.rules[rule] for b in books if rule in b.rules):
        hint = f"choose another id; to see it: screener rules show {rule}"
        raise RulesError(Problem(f"the rule '{rule}' exists already in {taken.file}", hint))
    path = Path(out)
    if path.is_dir() or path.suffix not in (".yaml", ".yml"):
        path /= f"{rule}.yaml"
    if os.path.lexists(path):
        raise OutputError(Problem("exists already", "choose another id, or another place with --out", str(path)))
    if not path.parent.is_dir():
        raise OutputError(Problem("there is no such folder", "make it, or choose another with --out", str(path.parent)))
    return path


def _schema(path: Path) -> Path:
    """The schema that holds for a new file: the nearest one above it, else one to be written beside it."""
    folder = path.parent.resolve()
    return next((p / SCHEMA for p in (folder, *folder.parents) if (p / SCHEMA).is_file()), folder / SCHEMA)


def _ask(rule: str, condition: str | None, flag: str, book: "Rulebook") -> "RuleDraft":
    """A draft from answers; Enter takes what stands in brackets. A text in one language leaves the other to be written."""
    from screener.rules import scaffold as draft

    when = _until(
        lambda said: draft.read_condition(said, book),
        "When does it fire? NAME > NUMBER, or a statement",
        condition or draft.DEFAULT_CONDITION,
    )
    flag = _one_of("Does it speak against a company (red) or for it (green)?", ("red", "green"), flag)
    severity = _one_of("How much does it weigh?", Flag(flag).severities, Flag(flag).severities[1])
    category = _one_of("What does it speak about?", tuple(book.catalogue.categories), draft.draft_category(when, book))
    blank = draft.RuleDraft(rule, when)
    title = draft.draft_title(when)
    return draft.RuleDraft(
        rule,
        when,
        flag,
        severity,
        category,
        draft.merge_languages(_text("Title", title.en), title),
        draft.merge_languages(_text("Why does it matter?", ""), blank.why),
        draft.merge_languages(_text("What would the company have to show to clear it?", ""), blank.clears),
        draft.merge_languages(_text("When is this rule wrong?", ""), blank.false_alarms),
        _text("Reference, or that it is a judgement", blank.reference),
    )


def _until(read: Callable[[str], T], question: str, default: str) -> T:
    """Asks again until an answer can be read."""
    while True:
        try:
            return read(_text(question, default))
        except ScreenerError as error:
            for problem in error.problems:
                click.echo(printable(str(problem)), err=True)


def _one_of(question: str, known: tuple[str, ...], default: str) -> str:
    from screener.text import did_you_mean

    def read(said: str) -> str:
        if said not in known:
            raise RulesError(Problem(f"'{clean(said)}' is none of them", did_you_mean(said, known, "see the list")))
        return said

    return _until(read, f"{question} ({', '.join(known)})", default)


def _text(question: str, default: str) -> str:
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=not sys.stdout.isatty())
    return answer
