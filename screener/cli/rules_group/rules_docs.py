"""`screener rules docs`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_notice, print_text
from screener.cli.shared_options import RuleSelection, force_option, language_option, quiet_option, rule_options
from screener.io.atomic import is_stream, output_folder, write_in_folder
from screener.io.replacing import ReplacePolicy
from screener.text import Language, clean, file_stem, slug

if TYPE_CHECKING:
    from screener.report.wording import Wording
    from screener.rules.rulebook import Rulebook


@click.command()
@click.option(
    "-o",
    "--out",
    metavar="DIR|-",
    default="docs/rules",
    show_default=True,
    help="The folder of the pages; '-', a pipe or a device takes them as one text, without pictures.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a page is not current.")
@rule_options
@language_option
@force_option
@quiet_option
@click.pass_context
def docs(
    ctx: click.Context, *, out: str, check: bool, selection: RuleSelection, language: Language, force: bool, quiet: bool
) -> None:
    """Write a page for each rule in force, an index, and a picture of each pack.

    Pages of rules that are gone are removed; files that were not written by this command are left alone.

    \b
    Examples:
      screener rules docs
      screener rules docs --pack ai-era --pack classic --out pages/
      screener rules docs --pack ai-era --pack classic --pack core --pack distress --pack distress-us \\
        --pack distress-us-private --check
    """
    if not out:
        raise click.BadParameter("the name is empty", param_hint="--out")
    from screener.report.rule_docs.rule_pages import outdated
    from screener.report.wording import load_wording

    folder, pages = Path(out), _pages(selection.rulebook(), load_wording(language))
    if out == "-" or is_stream(folder):
        if check:
            raise click.UsageError("--check compares the pages in a folder; name one with --out")
        text = "\n".join(page for name, page in pages.items() if name.endswith(".md"))
        TextOutput(None if out == "-" else folder).write_document(text)
        return
    changed = outdated(folder, pages)
    if check:
        for name in changed:
            print_notice(f"{folder / name}: is not current; run screener rules docs")
        ctx.exit(1 if changed else 0)
    if changed:
        output_folder(folder)
    for name in changed:
        if name in pages:
            write_in_folder(folder, name, pages[name], policy=ReplacePolicy(force))
        else:
            (folder / name).unlink()
    if not quiet:
        print_text(f"{clean(str(folder))}: {len(pages)} files, {len(changed)} of them changed or removed")


def _pages(book: "Rulebook", wording: "Wording") -> dict[str, str]:
    from screener.report.rule_docs.graph_picture import graph_svg
    from screener.report.rule_docs.rule_pages import INDEX_NAME, PackPages, rule_page, rules_index
    from screener.report.views.rule_view import rule_view
    from screener.rules.dependency_graph import dependency_graph

    packs = {pack.name: pack for pack in book.packs}
    folders: dict[str, list[str]] = {}
    for rule in book.rules.values():
        folders.setdefault(Path(rule.file).parent.name, []).append(rule.id)
    order = sorted(folders, key=lambda f: (list(packs).index(f) if f in packs else len(packs), f))
    shelves, pages = [], {}
    known = frozenset(book.rules)
    for folder in order:
        sheets = tuple(rule_view(book.rules[r], book, wording) for r in folders[folder])
        name, pack = clean(folder) or "rules", packs.get(folder)
        title = clean(pack.title.get(wording.language)) if pack else name
        about = clean(pack.about.get(wording.language)) if pack and pack.about else ""
        drawn = f"graph-{slug(name) or 'rules'}.svg"
        shelves.append(PackPages(name, title, about, drawn, sheets))
        pages[drawn] = graph_svg(
            dependency_graph(book, folders[folder]),
            wording("graph.of", name=name, version=pack.version if pack else ""),
            wording,
        )
        pages.update({f"{file_stem(s.id)}.md": rule_page(s, wording, known) for s in sheets})
    return {INDEX_NAME: rules_index(shelves, wording), **pages}
