"""`screener version`."""

import platform

import click

from screener import __version__
from screener.cli.output import print_text
from screener.errors import EngineError


@click.command()
def version() -> None:
    """Versions of screener, its rules and Python, and the engine that evaluates rules."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    from screener.engine.durable.c_library import load_c_library
    from screener.rules.rulebook_loader import load_rulebook

    book = load_rulebook()
    try:
        durable = f"durable_rules {installed('durable_rules')}"
        load_c_library()
        engine = f"durable ({durable})"
    except PackageNotFoundError:
        engine = "search (durable_rules is not installed)"
    except EngineError:
        engine = f"search ({durable} can't be loaded)"
    print_text(f"screener {__version__}")
    print_text(f"rules {book.name} {book.version} ({len(book.rules)} rules, digest {book.digest})")
    print_text(f"engine {engine}, Python {platform.python_version()}")
