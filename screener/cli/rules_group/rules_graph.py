"""`screener rules graph`."""

import click

from screener.cli.output import TextOutput
from screener.cli.shared_options import RuleSelection, language_option, output_option, rule_options
from screener.errors import Problem, RulesError
from screener.text import Language, clean, did_you_mean


@click.command()
@click.argument("chosen", nargs=-1, metavar="[RULE]...")
@click.option("-k", "pattern", metavar="PATTERN", default="", help="Rules with this in their id.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["svg", "dot", "mermaid"]),
    help="How the output is written.  [default: by the name of --out, else svg]",
)
@output_option
@rule_options
@language_option
def graph(
    *,
    chosen: tuple[str, ...],
    pattern: str,
    form: str | None,
    out: TextOutput,
    selection: RuleSelection,
    language: Language,
) -> None:
    """Draw which figures are used by which metrics, rules and patterns, for all rules or for some and those that build on them.

    \b
    Examples:
      screener rules graph > ai-era.svg
      screener rules graph levered-on-a-loss-making-customer -o levered.svg
      screener rules graph -k customer --format mermaid
    """
    from screener.cli.rules_group.rules_show import rulebook_with
    from screener.report.rule_docs.graph_formats import graphviz, mermaid
    from screener.report.rule_docs.graph_picture import graph_svg
    from screener.report.wording import load_wording
    from screener.rules.dependency_graph import dependency_graph

    book = rulebook_with(chosen[0], selection) if chosen else selection.rulebook()
    for rule in chosen:
        if rule not in book.rules:
            hint = did_you_mean(rule, book.rules, "see screener rules list")
            raise RulesError(Problem(f"there is no rule '{clean(rule)}' in {book.name}", hint, code="bad-option"))
    wanted = [r for r in book.rules if r in chosen or (pattern and pattern in r)]
    if pattern and not wanted:
        what = f"no rule has '{clean(pattern)}' in its id"
        raise RulesError(Problem(what, "see screener rules list", code="bad-option"))
    found = dependency_graph(book, wanted)
    kinds = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
    form = form or kinds.get(out.path.suffix if out.path else "", "svg")
    wording = load_wording(language)
    title = wording("graph.of", name=clean(book.name), version=clean(book.version))
    text = (
        graph_svg(found, title, wording)
        if form == "svg"
        else graphviz(found, title, wording)
        if form == "dot"
        else mermaid(found, wording)
    )
    out.write_document(text)
    out.confirm(f"{clean(str(out.path))}: {len(found.nodes)} nodes, {len(found.edges)} lines")
