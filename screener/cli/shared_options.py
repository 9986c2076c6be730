"""Options that several commands share."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from screener.io.paths import is_folder
from screener.text import clean

if TYPE_CHECKING:
    from datetime import date

    from screener.rules.rulebook import Rulebook
    from screener.screening import Screener

F = TypeVar("F", bound=Callable[..., Any])


class RuleSelection(NamedTuple):
    """What judges: packs, rule files, parameters, what is left out, and where the settings are."""

    rules: tuple[str, ...]
    settings: tuple[str, ...]
    disabled: tuple[str, ...]
    packs: tuple[str, ...]
    config: str | None
    preview: bool
    facts: tuple[str, ...] = ()
    as_of: "date | None" = None

    def settings_file(self, profiles: Iterable[str] = ()) -> Path | None:
        """The screener.yaml that holds: the one of --config, else the nearest above the profiles."""
        if self.config == "none":
            return None
        if self.config is not None:
            if is_folder(self.config):
                raise click.BadParameter(f"{self.config} is a folder; name a file", param_hint="--config")
            return Path(self.config)
        from screener.rules.settings import find_settings

        return find_settings(profiles)

    def screener(self, profiles: Iterable[str] = ()) -> "Screener":
        """A screener for profiles at these paths. Raises RulesError or DocumentError with all problems."""
        from screener.screening import Screener

        return Screener.load(
            self.rules,
            self.settings,
            self.disabled,
            self.packs or None,
            self.settings_file(profiles),
            self.preview,
            self.facts,
            self.as_of,
        )

    def rulebook(self) -> "Rulebook":
        """The rulebook where there are no profiles: settings are those of the current folder."""
        from screener.rules.rulebook_loader import load_rulebook

        return load_rulebook(
            self.rules, self.settings, self.disabled, self.packs or None, self.settings_file(["-"]), self.preview
        )


def rule_options(command: F) -> F:
    """--pack, --rules, --set, --disable, --config and --preview: what judges, as the argument `selection`."""

    @functools.wraps(command)
    def with_selection(*args: Any, **options: Any) -> Any:
        chosen = {name: options.pop(name) for name in RuleSelection._fields if name in options}
        return command(*args, selection=RuleSelection(**chosen), **options)

    found: Any = with_selection
    for option in (
        click.option("--preview", is_flag=True, help="Let preview rules count in score and verdict."),
        click.option(
            "--config", metavar="FILE|none", help="Settings; else the nearest screener.yaml above the profiles."
        ),
        click.option("--disable", "disabled", multiple=True, metavar="RULE", help="Leave a rule out. Repeatable."),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="RULE.PARAM=VALUE",
            help="Change a parameter; RULE.PARAM.SECTOR=VALUE for one sector. Repeatable.",
        ),
        click.option(
            "--rules", "rules", multiple=True, metavar="FILE|DIR", help="Rule files to add to the packs. Repeatable."
        ),
        click.option(
            "--pack", "packs", multiple=True, metavar="NAME|DIR", help="A rule pack, instead of ai-era. Repeatable."
        ),
    ):
        found = option(found)
    return cast(F, found)


def what_if_options(command: F) -> F:
    """--fact and --as-of, beneath `rule_options`: what is assumed of a profile, part of `selection`."""
    for option in (
        click.option(
            "--as-of",
            metavar="DATE",
            callback=_day,
            help="Screen as on this day: what was published later does not count, and waivers may have ended.",
        ),
        click.option(
            "--fact",
            "facts",
            multiple=True,
            metavar="NAME=VALUE",
            help="What if: a figure assumed instead of what the profile claims, such as revenue=60e9 or "
            "revenue=50e9..60e9; PARTY.NAME=VALUE of another company. Repeatable.",
        ),
    ):
        command = option(command)
    return command


def day_option(help_: str) -> Callable[[F], F]:
    """--as-of."""
    return click.option("--as-of", metavar="DATE", callback=_day, help=help_)


def _day(_: click.Context, __: click.Parameter, value: str | None) -> "date | None":
    from datetime import date

    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"'{clean(value or '')}' is not a day such as 2026-02-06") from None


def language_option(command: F) -> F:
    """--lang."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(["en", "zh"]),
        default="en",
        show_default=True,
        help="Language of the output.",
    )(command)
