"""`screener rules graph`."""

from pathlib import Path
from typing import Any

import click

from screener.cli.output import print_document, print_text
from screener.cli.shared_options import RuleSelection, language_option, rule_options
from screener.errors import Problem, RulesError
from screener.text import clean, did_you_mean


@click.command()
@click.argument("chosen", nargs=-1, metavar="[RULE]...")
@click.option("-k", "pattern", metavar="PATTERN", default="", help="Rules with this in their id.")
@click.option("--format", "form", type=click.Choice(["svg", "dot", "mermaid"]), help="Else told by --out; svg.")
@click.option("-o", "--out", metavar="FILE", help="Write to a file instead of standard output.")
@rule_options
@language_option
def graph(
    chosen: tuple[str, ...], pattern: str, form: str | None, out: str | None, selection: RuleSelection, language: Any
) -> None:
    """Draw which figures feed which metrics, which rules, which patterns: of all rules, or of some with what rests on them.

    \b
    Examples:
      screener rules graph > ai-era.svg
      screener rules graph levered-on-a-loss-making-customer -o levered.svg
      screener rules graph -k customer --format mermaid
    """
    from screener.cli.rules_group.rules_show import holder
    from screener.report.rule_docs.graph_formats import graph_svg, graphviz, mermaid
    from screener.report.wording import load_wording
    from screener.rules.dependency_graph import dependency_graph as drawn

    book = holder(chosen[0], selection) if chosen else selection.rulebook()
    for rule in chosen:
        if rule not in book.rules:
            hint = did_you_mean(rule, book.rules, "see screener rules list")
            raise RulesError(Problem(f"there is no rule '{clean(rule)}' in {book.name}", hint))
    wanted = [r for r in book.rules if r in chosen or (pattern and pattern in r)]
    if pattern and not wanted:
        raise RulesError(Problem(f"no rule has '{clean(pattern)}' in its id", "see screener rules list"))
    found = drawn(book, wanted)
    kinds = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
    form = form or kinds.get(Path(out or "").suffix, "svg")
    wording = load_wording(language)
    title = wording("graph.of", name=clean(book.name), version=clean(book.version))
    text = (
        graph_svg(found, title, wording)
        if form == "svg"
        else graphviz(found, title, language)
        if form == "dot"
        else mermaid(found, language)
    )
    if out is None:
        print_document(text)
        return
    from screener.io.atomic import write_file

    write_file(Path(out), text)
    print_text(f"{clean(out)}: {len(found.nodes)} nodes, {len(found.edges)} lines")
