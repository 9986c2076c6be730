"""The server as a process: acknowledged changes survive a kill, and refusals arrive over the network."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

pytest.importorskip("uvicorn", reason="the extra serve is not installed")

from screener.io.package_data import TEMPLATES_FOLDER
from tests.waiting import PATIENCE

ROOT = TEMPLATES_FOLDER.parent
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("nvidia", "openai", "oracle"):
        shutil.copy(ROOT / f"fixtures/{name}.json", tmp_path)
    return tmp_path


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Yields a server for the folder and a client with its token; the server is killed at the end."""
    words = [sys.executable, "-m", "screener", "serve", str(folder), "--write", "--pack", "ai-era"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    assert process.stdout is not None
    try:
        address = re.findall(r"(http://[^/]+)(/\S*)", process.stdout.readline())[0]
        with httpx.Client(base_url=address[0], headers={"origin": address[0]}, timeout=PATIENCE, follow_redirects=True) as client:
            assert client.get(address[1]).status_code == 200
            yield process, client
    finally:
        process.kill()
        process.communicate()


def claim(client: httpx.Client, company: str, n: int) -> int:
    data = {"figure": "cash", "value": f"{n}e9", "title": f"Report {n}", "kind": "filed", "date": "", "url": ""}
    return client.post(f"/company/{company}/claims", data=data).status_code


def test_what_was_acknowledged_survives_a_kill(folder: Path) -> None:
    acknowledged: list[str] = []
    with serving(folder) as (process, client), ThreadPoolExecutor(8) as pool:

        def write(n: int) -> None:
            try:
                if claim(client, "oracle", n) == 200:
                    acknowledged.append(f"Report {n}")
            except httpx.HTTPError:
                return
            if len(acknowledged) >= 5:
                process.kill()

        list(pool.map(write, range(1, 40)))
    assert len(acknowledged) >= 5
    edited = json.loads((folder / "edited/oracle.json").read_text("utf-8"))
    assert set(acknowledged) <= {source["title"] for source in edited["sources"].values() if isinstance(source["title"], str)}
    with serving(folder) as (_, client):
        page = client.get("/")
        assert page.status_code == 200
        assert "could not be read" not in page.text
        assert claim(client, "oracle", 99) == 200


def test_fifty_clients_and_what_is_refused_over_the_wire(folder: Path) -> None:
    with serving(folder) as (_, client):
        with ThreadPoolExecutor(50) as pool:
            codes = set(pool.map(lambda n: client.get(f"/company/oracle?total_debt={n}e9").status_code, range(1, 101)))
        assert codes == {200}
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421
        assert client.get("/", headers={"origin": "http://evil.example"}).status_code == 403
        assert client.get("/company/..%2f..%2f..%2fetc%2fpasswd").status_code in (400, 404)
        try:
            refused = client.post("/add", files={"file": ("large.csv", b"a" * 100_000_000)}).status_code
        except httpx.WriteError:  # the server has responded and closed the connection before everything was sent
            refused = 413
        assert refused == 413
        assert client.get("/").status_code == 200
