"""`screener version`."""

import platform

import click

from screener import __version__
from screener.cli.output import TextOutput
from screener.cli.shared_options import format_option, output_option
from screener.errors import EngineError


@click.command()
@format_option("text", "json")
@output_option
def version(*, form: str, out: TextOutput) -> None:
    """Versions of screener, its rules and Python, and the engine that evaluates rules.

    \b
    Examples:
      screener version
      screener version --format json
    """
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
    data = {
        "screener": __version__,
        "rules": {"name": book.name, "version": book.version, "count": len(book.rules), "digest": book.digest},
        "engine": engine,
        "python": platform.python_version(),
    }
    if form == "json":
        out.write_json(data, "version")
        return
    rules = f"{book.name} {book.version} ({len(book.rules)} rules, digest {book.digest})"
    out.write_text(f"screener {__version__}\nrules {rules}\nengine {engine}, Python {platform.python_version()}")
