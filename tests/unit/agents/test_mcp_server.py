"""The server over standard input and output, started as by an assistant, with the client of the SDK."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp.server.mcpserver", reason="the extra mcp is not installed")

from mcp import Client, StdioServerParameters

ROOT = Path(__file__).parents[3]
SERVER = StdioServerParameters(command=sys.executable, args=["-I", "-m", "screener", "mcp", str(ROOT / "fixtures"), "--pack", "ai-era"])


async def answers(*calls: tuple[str, dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    async with Client(SERVER) as client:
        tools = (await client.list_tools()).tools
        return tools, [await client.call_tool(name, arguments) for name, arguments in calls]


def test_a_conversation() -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("screen", {"profile": "oracle.json"}),
        ("screen", {"profile": {"name": "Somebody"}}),
        ("what_if", {"profile": "oracle.json", "facts": ["total_debt=10e9"]}),
        ("screen", {"profile": "../README.md"}),
        ("explain", {"profile": "oracle.json", "rule": "circular-financing"}),
        ("screen", {"profile": "oracle.json", "fact": ["total_debt=0"]}),
    ]
    tools, (oracle, somebody, what_if, refused, explained, mistyped) = asyncio.run(answers(*calls))
    assert {tool.name for tool in tools} == {"screen", "explain", "what_if", "import_filing", "list_rules", "validate_rule"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert json.loads(oracle.content[0].text)["verdict"] == "avoid"
    assert json.loads(somebody.content[0].text)["verdict"] == "insufficient-data"
    assert json.loads(what_if.content[0].text)["after"]["company"] == "oracle"
    assert json.loads(explained.content[0].text)["finding"]["outcome"] == "fired"
    assert json.loads(somebody.content[0].text)["score"] is None
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)
    assert mistyped.is_error, "an argument that no tool has is not ignored"
    assert "fact" in mistyped.content[0].text
    assert refused.is_error
    assert "there is no file '../README.md'" in refused.content[0].text
