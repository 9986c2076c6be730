"""`screener rules test`."""

import click

from screener.cli.options import say
from screener.cli.rules.chosen import chosen, own_paths
from screener.pipeline import Screener
from screener.proof import Proof, prove
from screener.text import clean


@click.command()
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
    own = own_paths(paths)
    screener = Screener.load(own)
    failed = passed = 0
    for proof in prove(screener, chosen(screener, own)):
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
