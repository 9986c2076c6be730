"""Options that several commands share, each defined once."""

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from screener.cli.output import TextOutput, output_path, print_notice
from screener.io.paths import is_folder
from screener.io.replacing import ReplacePolicy
from screener.text import LANGUAGES, clean

if TYPE_CHECKING:
    from screener.engine.selection import EngineName
    from screener.profile.catalogue import Catalogue
    from screener.rules.rulebook import Rulebook
    from screener.screening import Screener

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class RuleSelection:
    """The rules to apply with their parameters and settings, and the assumptions about the profile."""

    packs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    config: str | None = None
    preview: bool = False
    facts: tuple[str, ...] = ()
    as_of: date | None = None
    engine: "EngineName | None" = None
    counterfactuals: bool = False

    def settings_file(self, profiles: Iterable[str] = ()) -> Path | None:
        """Returns the screener.yaml that applies: that of --config, else the nearest one above the profiles."""
        if self.config == "none":
            return None
        if self.config is not None:
            if is_folder(self.config):
                raise click.BadParameter(f"{self.config} is a folder; name a file", param_hint="--config")
            return Path(self.config)
        from screener.rules.settings import find_settings

        return find_settings(profiles)

    def screener(self, profiles: Iterable[str] = ()) -> "Screener":
        """Returns a screener for profiles at these paths. Announces settings that were found rather than named, even
        with --quiet.

        Raises RulesError or DocumentError with all problems.
        """
        from screener.screening import Screener

        book = self.rulebook(profiles)
        if self.config is None:
            _announce_settings(book)
        return Screener(book, self.facts, self.as_of, self.engine, self.counterfactuals)

    def rulebook(self, profiles: Iterable[str] = ("-",)) -> "Rulebook":
        """Returns the rulebook for profiles at these paths; without paths, the settings of the current folder apply.

        Raises RulesError or DocumentError with all problems.
        """
        from screener.rules.rulebook_loader import load_rulebook

        return load_rulebook(
            rules=self.rules,
            settings=self.settings,
            disabled=self.disabled,
            packs=self.packs or None,
            config=self.settings_file(profiles),
            preview=self.preview,
        )


def _announce_settings(book: "Rulebook") -> None:
    """Reports on standard error which settings file, found beside the profiles or above them, changes the rules."""
    for file in (origin for origin in book.origins if origin.part == "settings"):
        folders = [f"{origin.name} in {origin.path}" for origin in book.origins if origin.origin == "folder"]
        packs = f", with the pack {', '.join(folders)}" if folders else ""
        print_notice(f"{file.path} changes the rules{packs}; --config none ignores it")


def gather_options(record: type, argument: str) -> Callable[[F], F]:
    """Returns a decorator that passes the options named like the fields of the dataclass `record` as one argument."""
    names = [field.name for field in fields(record)]

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def with_record(*args: Any, **options: Any) -> Any:
            given = {name: options.pop(name) for name in names if name in options}
            return command(*args, **{argument: record(**given)}, **options)

        return cast(F, with_record)

    return decorate


def apply_options(command: Any, *options: Callable[[Any], Any]) -> Any:
    """Returns the command with the options, listed in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command


def packs_option(help_text: str) -> Callable[[F], F]:
    """Returns the option --pack, as the argument `packs`."""
    return click.option("--pack", "packs", multiple=True, metavar="NAME|DIR", help=help_text)


def rule_files_option(help_text: str) -> Callable[[F], F]:
    """Returns the option --rules, as the argument `rules`."""
    return click.option("--rules", "rules", multiple=True, metavar="FILE|DIR", help=help_text)


pack_option = packs_option("A rule pack, instead of core, classic and ai-era. Repeatable.")
rules_option = rule_files_option("Rule files to add to the packs. Repeatable.")
context_option = click.option(
    "--with",
    "context",
    multiple=True,
    metavar="FILE|DIR",
    help="Profiles of other companies to read as context; they are not reported on. Repeatable.",
)
language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the output.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["durable", "search"]),
    help="The engine that evaluates the rules; by default durable if durable_rules can be loaded, "
    "otherwise search. Both give the same outcomes.",
)
force_option = click.option("--force", is_flag=True, help="Replace an existing file even if screener did not write it.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")


def rule_options(command: F) -> F:
    """Adds --pack, --rules, --set, --disable, --config and --preview, as the argument `selection`."""
    options = (
        pack_option,
        rules_option,
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="RULE.PARAM=VALUE",
            help="Change a parameter; RULE.PARAM.SECTOR=VALUE for one sector. Repeatable.",
        ),
        click.option("--disable", "disabled", multiple=True, metavar="RULE", help="Leave a rule out. Repeatable."),
        click.option(
            "--config",
            metavar="FILE|none",
            help="Settings to apply; by default the nearest screener.yaml above the profiles.",
        ),
        click.option("--preview", is_flag=True, help="Let preview rules count in score and verdict."),
    )
    return cast(F, apply_options(gather_options(RuleSelection, "selection")(command), *options))


def _named_values(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"'{clean(value)}' is not NAME=VALUE; for example revenue=60e9")
    return values


def what_if_options(command: F) -> F:
    """Adds --fact and --as-of, the assumptions about a profile, to `selection`. Applied below `rule_options`."""
    options = (
        click.option(
            "--fact",
            "facts",
            multiple=True,
            metavar="NAME=VALUE",
            callback=_named_values,
            help="What if: a figure assumed instead of what the profile claims, such as revenue=60e9 or "
            "revenue=50e9..60e9; PARTY.NAME=VALUE of another company. Repeatable.",
        ),
        as_of_option("Screen as on this day: what was published later does not count, and waivers may have ended."),
    )
    return cast(F, apply_options(command, *options))


def as_of_option(help_text: str) -> Callable[[F], F]:
    """Returns the option --as-of, a day."""

    def read(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
        return None if value is None else read_day(value)

    return click.option("--as-of", metavar="DATE", callback=read, help=help_text)


def chosen_sector(text: str | None, catalogue: "Catalogue") -> str | None:
    """Returns the sector that --sector names, by its name or an industry code. Raises BadParameter."""
    from screener.importers.sec.industry_codes import sector_named

    try:
        return None if text is None else sector_named(text, catalogue)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--sector") from None


def read_day(text: str) -> date:
    """Returns the day that an option gives. Raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"'{clean(text)}' is not a day such as 2026-02-06") from None


def format_option(*formats: str, help_text: str = "How the output is written.") -> Callable[[F], F]:
    """Returns the option --format, as the argument `form`; the first format is the default."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help=help_text
    )


def output_option(command: F) -> F:
    """Adds -o/--out FILE, --force and -q/--quiet, as the argument `out`, a TextOutput."""

    @functools.wraps(command)
    def with_output(*args: Any, out: str | None, force: bool, quiet: bool, **options: Any) -> Any:
        policy = ReplacePolicy(force, named_files(options))
        return command(*args, out=TextOutput(output_path(out), policy, quiet), **options)

    help_text = "Write to this file, pipe or device instead of standard output."
    out_option = click.option("-o", "--out", metavar="FILE", help=help_text)
    return cast(F, apply_options(with_output, out_option, force_option, quiet_option))


def fail_on_option(*conditions: str, help_text: str) -> Callable[[F], F]:
    """Returns the option --fail-on CONDITION, as the argument `fail_on`, and its deprecated form --exit-code, which
    means the first condition."""

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def with_condition(*args: Any, fail_on: str | None, exit_code: bool, **options: Any) -> Any:
            if exit_code:
                print_notice(f"--exit-code is deprecated: write --fail-on {conditions[0]}")
            return command(*args, fail_on=fail_on or (conditions[0] if exit_code else None), **options)

        return cast(
            F,
            apply_options(
                with_condition,
                click.option("--fail-on", type=click.Choice(conditions), help=help_text),
                click.option("--exit-code", is_flag=True, hidden=True),
            ),
        )

    return decorate


def named_files(options: object) -> list[str]:
    """Returns all texts and paths among the options and arguments of a command. They include the paths of the files it
    reads."""
    if isinstance(options, str | Path):
        return [str(options)]
    if isinstance(options, RuleSelection):
        return named_files((options.packs, options.rules, options.config))
    if isinstance(options, dict):
        options = tuple(options.values())
    return [name for value in options for name in named_files(value)] if isinstance(options, list | tuple) else []


def json_text(data: object) -> str:
    """Returns data as JSON text."""
    return json.dumps(data, ensure_ascii=False, indent=1)
