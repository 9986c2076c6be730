"""`screener mcp`: serves the tools for assistants over standard input and output."""

from pathlib import Path

import click

from screener.cli.shared_options import pack_option, rules_option
from screener.errors import Problem, UnavailableError


@click.command()
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(exists=True, file_okay=False, path_type=Path))
@pack_option
@rules_option
def mcp(*, folder: Path, packs: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Serve tools to an assistant over the Model Context Protocol, on standard input and output.

    The tools are screen, explain, what_if, import_filing, list_rules and validate_rule. They read files below DIR (the current
    folder by default) and write nothing. The settings of the assistant name this command; see docs/agents.md.

    \b
    Examples:
      screener mcp
      screener mcp profiles/ --pack core --pack classic
    """
    from screener.agents.tools import AgentTools

    tools = AgentTools(folder, packs or None, rules)
    try:
        from screener.agents.mcp_server import build_server
    except ModuleNotFoundError as error:
        hint = "install the extra `mcp` of risk-screener, or the package mcp"
        raise UnavailableError(Problem(f"the package {error.name} is not installed", hint)) from error
    tools.screener.program  # noqa: B018 (rules that are wrong are reported before an assistant asks)
    build_server(tools).run("stdio")
