"""A client for the YAML language server of npm, which talks to it as an editor does: JSON-RPC over standard input and output."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

from commands import ROOT

from tests.waiting import PATIENCE

SERVER = ROOT / "node_modules/yaml-language-server/bin/yaml-language-server"
SETTINGS = {"yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}}


def missing() -> str | None:
    """Returns the reason why no language server is available."""
    if shutil.which("node") is None:
        return "node is not here"
    return None if SERVER.is_file() else "the npm package yaml-language-server is not here: make node_modules/.ready"


class Editor:
    """One session with the language server."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process, self.messages, self.count = process, Queue(), 0  # type: ignore[var-annotated]
        threading.Thread(target=self._listen, daemon=True).start()
        self.ask("initialize", {"processId": os.getpid(), "rootUri": ROOT.as_uri(), "capabilities": {
            "workspace": {"configuration": True}, "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def _listen(self) -> None:
        out = self.process.stdout
        assert out is not None
        while line := out.readline():
            length = int(line.split(b":")[1])
            while out.readline().strip():
                pass
            self.messages.put(json.loads(out.read(length)))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        self.count += 1
        self._send({"id": self.count, "method": method, "params": params})
        return next(m["result"] for m in self._messages() if m.get("id") == self.count and "method" not in m)

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Yields the messages of the server, and responds to its requests."""
        while True:
            message = self.messages.get(timeout=PATIENCE)
            if "method" in message and "id" in message:
                items = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
                answer = [SETTINGS.get(i["section"], {}) for i in items] if message["method"] == "workspace/configuration" else None
                self._send({"id": message["id"], "result": answer})
            else:
                yield message

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        """Returns the problems that the server reports in a file with this text."""
        uri = path.as_uri()
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        for message in self._messages():
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]  # type: ignore[no-any-return]
        raise AssertionError

    def complete(self, path: Path, text: str, line: int, column: int) -> dict[str, str]:
        """Returns the completions at a position (counted from 0): label and description."""
        self.open(path, text)
        where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        found = self.ask("textDocument/completion", where)
        items = found["items"] if isinstance(found, dict) else found or []
        return {i["label"]: _plain(i.get("documentation")) for i in items}

    def hover(self, path: Path, text: str, line: int, column: int) -> str:
        """Returns the description shown at a position."""
        self.open(path, text)
        where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        found = self.ask("textDocument/hover", where)
        return _plain(found["contents"]) if found else ""


def _plain(content: Any) -> str:
    return content["value"] if isinstance(content, dict) else content or ""


@contextmanager
def editor() -> Iterator[Editor]:
    """Starts an editor's session with the server."""
    process = subprocess.Popen(["node", str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        yield Editor(process)
    finally:
        process.kill()
        process.wait()
