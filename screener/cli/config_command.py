"""`screener config`: the settings that apply, and what they change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from screener.cli.output import TextOutput
from screener.cli.profile_arguments import read_profiles
from screener.cli.shared_options import format_option, language_option, output_option
from screener.io.paths import shown_path
from screener.profile.loader import find_profiles
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_diff import RulebookChange, rulebook_changes
from screener.rules.rulebook_loader import load_rulebook, settings_packs
from screener.rules.settings import find_settings as nearest
from screener.rules.settings import read_settings
from screener.text import Language, clean, did_you_mean

_HEAD_WIDTH = 10  # terminal columns for the label of a line


@click.command()
@click.argument("profiles", nargs=-1, metavar="[PROFILE|DIR]...")
@click.option(
    "--config", metavar="FILE", help="Settings to apply; by default the nearest screener.yaml above the profiles."
)
@format_option("text", "json")
@output_option
@language_option
def config(*, profiles: tuple[str, ...], config: str | None, form: str, out: TextOutput, language: Language) -> None:
    """Print the settings that apply to profiles (by default, in this folder): where they were found, and what they change.

    With profiles, waivers for companies that are not among them are marked. docs/packs.md lists the settings.

    \b
    Examples:
      screener config
      screener config fixtures/
      screener config --config examples/team-settings/screener.yaml --format json
    """
    from screener.screening import Screener

    paths = find_profiles(profiles) if profiles else []
    file = Path(config) if config else nearest(paths or ["-"])
    screener = Screener.load(config=file)
    companies = None
    if paths:
        companies = [p.id for _, p in read_profiles(screener, paths) if not isinstance(p, Exception)]
    if form == "json":
        out.write_json(_data(screener.rulebook, file), "config")
    else:
        from screener.report.terminal.text_layout import paragraph, render_lines

        rows = _rows(screener.rulebook, file, companies, language)
        lines = [line for head, text in rows for line in paragraph(text, out.width, mark=f"{head:<{_HEAD_WIDTH}}")]
        out.write_text(render_lines(lines, out.colour, out.width))


def _data(book: Rulebook, file: Path | None) -> dict[str, Any]:
    return {
        "settings": shown_path(file) if file else None,
        "packs": [{"name": p.name, "version": p.version} for p in book.packs],
        "rules": len(book.rules),
        "digest": book.digest,
        "preview": book.preview,
        "changes": [c._asdict() for c in _changes(book, file)],
        "waivers": [{**w.model_dump(), "until": w.until.isoformat()} for w in book.waivers],
    }


def _rows(
    book: Rulebook, file: Path | None, companies: list[str] | None, language: Language
) -> Iterator[tuple[str, str]]:
    """Returns each line of the output with its label."""
    none = "none found; screener.yaml beside the profiles or above them"
    yield "settings", clean(shown_path(file)) if file else none
    for p in book.packs:
        yield "pack", f"{clean(p.name)} {clean(p.version)}: {clean(p.title.get(language))}"
    yield "rules", f"{len(book.rules)}, digest {book.digest}"
    yield "preview", "counts" if book.preview else "shown, does not count"
    for c in _changes(book, file):
        yield "changes", f"{clean(str(c))}{_reason(c, book, language)}"
    for w in book.waivers:
        line = f"{w.rule} of {clean(w.company)} until {w.until}, by {clean(w.by)}: {clean(w.reason)}"
        if companies is not None and w.company not in companies:
            line += f" (not among these profiles; {did_you_mean(w.company, companies, 'a waiver names the id')})"
        yield "waiver", line


def _changes(book: Rulebook, file: Path | None) -> list[RulebookChange]:
    """Returns what the settings change in the packs that they choose, apart from texts."""
    if file is None:
        return []
    bare = load_rulebook(packs=settings_packs(read_settings(file), file))
    return [c for c in rulebook_changes(bare, book) if c.decides and c.part not in ("waiver", "settings")]


def _reason(change: RulebookChange, book: Rulebook, language: Language) -> str:
    """Returns the reason that the settings give for a changed parameter."""
    kind, _, name = change.what.partition(" ")
    param = book.rules[change.name].params.get(name) if change.part == "rule" and kind == "param" else None
    if param is None:
        return ""
    given = [
        param.why,
        *(value.why for sector, value in param.by_sector.items() if f"{sector} " in (change.after or "")),
    ]
    reasons = dict.fromkeys(clean(why.get(language)) for why in given if why)
    return f": {'; '.join(reasons)}" if reasons else ""
