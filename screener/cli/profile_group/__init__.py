"""`screener profile`: writes profiles to fill in, checks profiles, and prints their schema."""

from collections.abc import Mapping

import click

from screener.cli.lazy_group import LazyGroup

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "check": (
        "profile_group.profile_check",
        "check",
        "Check profiles: errors, which claim is used for each figure, and why.",
    ),
    "new": ("profile_group.profile_new", "new", "Write a profile to fill in, with the use of each figure."),
    "schema": ("profile_group.profile_check", "schema", "Print the JSON Schema of profiles, for editors."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def profile() -> None:
    """Write profiles to fill in; check them; print their JSON Schema."""
