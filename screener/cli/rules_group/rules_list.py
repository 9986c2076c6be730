"""`screener rules list` and `screener rules packs`."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.output import TextOutput, print_problems
from screener.cli.shared_options import RuleSelection, format_option, language_option, output_option, rule_options
from screener.errors import ScreenerError
from screener.report.terminal.text_layout import Line, Span, paragraph, render_lines
from screener.report.terminal.text_table import table_lines
from screener.text import Language, clean
from screener.vocabulary import Flag

if TYPE_CHECKING:
    from screener.rules.packs import PackLocation
    from screener.rules.rulebook import Rulebook


@click.command("list")
@rule_options
@click.option("--flag", type=click.Choice([flag.value for flag in Flag]), help="Only rules of this flag.")
@format_option("text", "json")
@output_option
@language_option
def list_rules(*, selection: RuleSelection, flag: str | None, form: str, out: TextOutput, language: Language) -> None:
    """List the rules in force.

    \b
    Examples:
      screener rules list
      screener rules list --flag green --lang zh
      screener rules list --pack ai-era
    """
    book = selection.rulebook()
    found = [r for f in Flag for r in book.rules.values() if r.flag == f and flag in (None, f)]
    if form == "json":
        rows = [
            {
                "rule": r.id,
                "flag": r.flag,
                "severity": r.severity,
                "category": r.category,
                "cause": r.cause,
                "title": {"en": r.title.en, "zh": r.title.zh},
                "status": r.status,
                "since": r.since,
                "replaced_by": r.replaced_by,
                "file": r.file,
            }
            for r in found
        ]
        out.write_json(rows)
        return
    from screener.report.views.badges import flag_badge
    from screener.report.wording import load_wording

    wording = load_wording(language)
    table: list[list[Span]] = []
    for rule in found:
        also = f", {wording('rule.replaced_by', rule=rule.replaced_by)}" if rule.replaced_by else ""
        mark = "" if rule.status == "stable" else f" ({wording(f'state.{rule.status}')}{also})"
        style = flag_badge(rule.flag, rule.severity, rule.verdict, wording).css_class
        labels = (wording.label("flag", rule.flag), wording.label("severity", rule.severity))
        title = clean(rule.title.get(language)) + mark
        table.append([(labels[0], style), (labels[1], style), (title, "bold"), (rule.id, "muted")])
    lines: list[Line] = [*table_lines(("", "", "", ""), table, (False,) * 4, out.width)]
    count = f"{wording.plural('rule.count', len(found))}; {book.name} {book.version}, digest {book.digest}"
    out.write_text(render_lines([*lines, *paragraph(count, out.width, style="muted")], out.colour, out.width))


@click.command()
@format_option("text", "json")
@output_option
@language_option
@click.pass_context
def packs(ctx: click.Context, *, form: str, out: TextOutput, language: Language) -> None:
    """List the packs that --pack knows: built-in ones and those of installed Python packages.

    Exit code 3 if one of them can't be loaded; the others are listed all the same.

    \b
    Example:
      screener rules packs
    """
    from screener.rules.packs import DEFAULT_PACKS, built_in_packs, installed_packs
    from screener.rules.rulebook_loader import load_rulebook, message_name

    rows: list[tuple[PackLocation, Rulebook]] = []
    failed = 0
    places: list[Callable[[], PackLocation]] = [
        *((lambda p=p: p) for p in built_in_packs().values()),
        *installed_packs().values(),
    ]
    for place_of in places:
        try:
            place = place_of()
            rows.append((place, load_rulebook(packs=[*_needed(place), str(place.folder)])))
        except ScreenerError as error:
            print_problems(error)
            failed += 1
    table: list[list[Span]] = []
    data = []
    for place, book in rows:
        pack = book.packs[-1]
        rules = sum(Path(r.file).is_relative_to(message_name(place.folder)) for r in book.rules.values())
        is_default = place.name in DEFAULT_PACKS
        origin, title = place.origin + (", default" if is_default else ""), clean(pack.title.get(language))
        table.append([(place.name, "bold"), (pack.version, ""), (f"{rules} rules", ""), (origin, "muted"), (title, "")])
        data.append(
            {
                "name": place.name,
                "version": pack.version,
                "rules": rules,
                "origin": place.origin,
                "default": is_default,
                "title": {"en": pack.title.en, "zh": pack.title.zh},
            }
        )
    if form == "json":
        out.write_json(data)
    else:
        lines = table_lines(("",) * 5, table, (False, False, True, False, False), out.width)
        out.write_text(render_lines(lines, out.colour, out.width))
    ctx.exit(3 if failed else 0)


def _needed(place: "PackLocation") -> list[str]:
    """Returns the known packs that a pack requires. Whether their versions fit is checked when the pack is loaded."""
    from packaging.requirements import InvalidRequirement, Requirement

    from screener.io.document import read_documents
    from screener.rules.packs import PACK_FILE, built_in_packs, installed_packs

    data = read_documents(place.folder / PACK_FILE)[0].data
    found = []
    for need in data.get("needs") or () if isinstance(data, dict) else ():
        with suppress(InvalidRequirement, TypeError):
            found.append(Requirement(need).name)
    return [name for name in found if name in built_in_packs() or name in installed_packs()]
