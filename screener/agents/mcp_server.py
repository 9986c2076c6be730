"""The tools as a Model Context Protocol server, built on the official SDK (the extra `mcp`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp.types import ToolAnnotations

from screener import __version__
from screener.agents.tools import AgentTools
from screener.errors import ScreenerError

F = TypeVar("F", bound=Callable[..., Any])

INSTRUCTIONS = (
    "Screens companies for investment risk with published rules. Every rule ends as fired, clear or unknown: a missing figure "
    "is never a pass, so report what is unknown and the sources beside each verdict. The tools read files of one folder "
    "and write nothing."
)


def build_server(tools: AgentTools) -> MCPServer:
    """Returns a server with all tools."""
    found: list[Tool] = []

    def tool(function: F) -> F:
        annotations = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        found.append(_without_other_arguments(Tool.from_function(_reporting(function), annotations=annotations)))
        return function

    @tool
    def screen(profile: str | dict[str, Any], facts: list[str] | None = None) -> dict[str, Any]:
        """Screen a company: verdict, score with range, flags with sources, and what is unknown.

        profile: the path of a profile below the served folder, or the profile itself as an object.
        facts: figures to assume, as NAME=VALUE, such as "total_debt=60e9".
        """
        return tools.screen(profile, facts or ())

    @tool
    def explain(profile: str | dict[str, Any], rule: str) -> dict[str, Any]:
        """Why a rule fired for a company, why not, or what is missing, with evidence, thresholds and sources."""
        return tools.explain(profile, rule)

    @tool
    def what_if(profile: str | dict[str, Any], facts: list[str]) -> dict[str, Any]:
        """How the verdict and the rules of a company would change if figures were others, given as NAME=VALUE."""
        return tools.what_if(profile, facts)

    @tool
    def import_filing(files: list[str], sector: str | None = None, name: str | None = None) -> dict[str, Any]:
        """Make a profile from the reports (10-K, 10-Q, 20-F …) of one company in the served folder; it is returned, not stored."""
        return tools.import_filing(files, sector, name)

    @tool
    def list_rules(text: str = "") -> list[dict[str, Any]]:
        """The rules in force, or those whose id, title or category contains a text."""
        return tools.list_rules(text)

    @tool
    def validate_rule(text: str) -> dict[str, Any]:
        """Check the YAML text of a rule file and run its examples."""
        return tools.validate_rule(text)

    return MCPServer("screener", version=__version__, instructions=INSTRUCTIONS, tools=found)


def _without_other_arguments(tool: Tool) -> Tool:
    """Makes a tool refuse unknown arguments, since a caller would assume that an ignored one had been applied."""
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool


def _reporting(function: F) -> F:
    """Wraps a function so that its ScreenerErrors become answers that say what is wrong and what to do."""

    @wraps(function)
    def reporting(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ScreenerError as error:
            raise ToolError("\n".join(map(str, error.problems))) from None

    return cast(F, reporting)
