"""`screener version`."""

import platform

import click

from screener import __version__
from screener.cli.output import print_text


@click.command()
def version() -> None:
    """Versions of screener, its rules, its engine and Python."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook()
    try:
        engine = installed("durable_rules")
    except PackageNotFoundError:
        engine = "not installed"
    print_text(f"screener {__version__}")
    print_text(f"rules {book.name} {book.version} ({len(book.rules)} rules, digest {book.digest})")
    print_text(f"durable_rules {engine}, Python {platform.python_version()}")
