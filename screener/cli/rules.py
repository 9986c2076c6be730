"""`screener rules`: list, show, check and test rules."""

import json
from pathlib import Path
from typing import Any

import click

from screener import data
from screener.cli.options import complain, language_option, rule_options, say, terminal_width
from screener.errors import Problem, RulesError, ScreenerError
from screener.pipeline import Screener
from screener.proof import Proof, prove
from screener.rulebook.load import load, rule_files
from screener.rulebook.rule import FLAGS, Rule
from screener.text import clean, did_you_mean


@click.group()
def rules() -> None:
    """List, show, check and test rules."""


@rules.command("list")
@rule_options
@click.option("--flag", type=click.Choice(FLAGS), help="Only rules of this flag.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
def list_rules(rules: tuple[str, ...], settings: tuple[str, ...], disabled: tuple[str, ...], flag: str | None, form: str,
               language: Any) -> None:  # fmt: skip
    """List the rules in force.

    \b
    Examples:
      screener rules list
      screener rules list --flag green --lang zh
    """
    book = load(rules, settings, disabled)
    found = [r for f in FLAGS for r in book.rules.values() if r.flag == f and flag in (None, f)]
    if form == "json":
        rows = [{"rule": r.id, "flag": r.flag, "severity": r.severity, "category": r.category, "cause": r.cause,
                 "title": {"en": r.title.en, "zh": r.title.zh}, "file": r.file} for r in found]  # fmt: skip
        say(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(r.id) for r in found), default=0)
    for rule in found:
        say(f"{rule.flag:8}{rule.severity:10}{rule.id:{width}}  {clean(rule.title.get(language))}")
    say(f"{len(found)} rules; {book.name} {book.version}, digest {book.digest}")


@rules.command()
@click.argument("rule")
@rule_options
@language_option
def show(
    rule: str, rules: tuple[str, ...], settings: tuple[str, ...], disabled: tuple[str, ...], language: Any
) -> None:
    """Show one rule: what it says, why, when it is wrong, its parameters and examples.

    \b
    Example:
      screener rules show leverage-versus-revenue
    """
    book = load(rules, settings, disabled)
    if rule not in book.rules:
        raise RulesError(
            Problem(f"there is no rule '{clean(rule)}'", did_you_mean(rule, book.rules, "see screener rules list"))
        )
    from screener.report.rules import rule_text

    say(rule_text(book.rules[rule], book, language, terminal_width()))


@rules.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...]) -> None:
    """Check rule files: all that is wrong, as path:line:column; without a path the built-in rules.

    \b
    Examples:
      screener rules check my-rules/
      screener rules check one-rule.yaml
    """
    own = _own(paths)
    try:
        screener = Screener.load(own)
        _ = screener.engine
    except ScreenerError as error:
        complain(error)
        errors = sum(p.level == "error" for p in error.problems)
        click.echo(f"{errors} error{'s' if errors != 1 else ''}", err=True)
        ctx.exit(3)
    if screener.rulebook.warnings:
        complain(RulesError(screener.rulebook.warnings))
    checked = _chosen(screener, own)
    files = len({r.file for r in checked})
    say(f"{len(checked)} rule{'s' if len(checked) != 1 else ''} in {files} file{'s' if files != 1 else ''}: no errors")


@rules.command()
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]...")
@click.option("-v", "--verbose", is_flag=True, help="Print every example, not only those that fail.")
@click.pass_context
def test(ctx: click.Context, paths: tuple[str, ...], verbose: bool) -> None:
    """Run the examples inside rules; without a path those of the built-in rules.

    \b
    Examples:
      screener rules test my-rules/
      screener rules test --verbose
    """
    own = _own(paths)
    screener = Screener.load(own)
    failed = passed = 0
    for proof in prove(screener, _chosen(screener, own)):
        if proof.holds:
            passed += 1
            if verbose:
                say(f"ok      {proof.rule.id} {proof.example.name}: {proof.got}")
        else:
            failed += 1
            _say_failure(proof)
    say(f"{passed} passed, {failed} failed")
    ctx.exit(3 if failed else 0)


def _say_failure(proof: Proof) -> None:
    say(f"FAILED  {proof.rule.id} {proof.example.name}: expected {proof.example.expect}, got {proof.got or 'an error'}")
    say(f"        {proof.rule.file}")
    if proof.error:
        say(f"        {proof.error}")
    if proof.finding is not None:
        for condition in proof.rule.conditions:
            say(f"        - {clean(condition)}")
        for distance in proof.finding.distances:
            low, high = distance.value.finite()
            value = f"{low:g}" if low is not None and low == high else f"{low} to {high}"
            say(f"        {distance.title.en}: {value} {distance.op} {distance.threshold.lo:g} is {distance.holds}")
        if proof.finding.missing:
            say(f"        missing: {', '.join(proof.finding.missing)}")


def _own(paths: tuple[str, ...]) -> list[str]:
    """The paths that are not the built-in rules themselves: those are always loaded."""
    return [p for p in paths if data.RULES.resolve() not in (Path(p).resolve(), *Path(p).resolve().parents)]


def _chosen(screener: Screener, own: list[str]) -> list[Rule]:
    """The rules of the given files; all of them where none is given."""
    files = {str(f) for f in rule_files(own)}
    return [r for r in screener.rulebook.rules.values() if not own or r.file in files]
