"""Compares whole reports with stored ones. SCREENER_UPDATE=1 writes them again; read the difference before committing it.

Parts that change with every edit of a rule (digests; in JSON also the texts copied from the rule) or of the style (sheets,
scripts and their hashes) are left out.
"""

import difflib
import json
import re
from pathlib import Path

import pytest
from commands import FIXTURES, UPDATE, screener

HERE = Path(__file__).parent
PROFILES = {"oracle": FIXTURES / "oracle.json", "only-a-name": HERE / "only-a-name.json"}
CASES = [(name, form, language) for name in PROFILES for form in ("html", "md", "json") for language in ("en", "zh")
         if form != "json" or language == "en"]
PACKS = {"json": ["--pack", "ai-era"]}  # one pack holds every field of the format; three would be half a megabyte each
COPIED = ("title", "clear_title", "category_title", "why", "clears", "false_alarms", "references", "claims")


def settled(text: str) -> str:
    """Returns a report without style, script, digests and copied texts."""
    if text.startswith("{"):
        result = json.loads(text)
        result["findings"] = [{k: v for k, v in f.items() if k not in COPIED} for f in result["findings"]]
        text = json.dumps(result, ensure_ascii=False, indent=1)
    text = re.sub(r"(<(style|script)[^>]*>).*?(</\2>)", r"\1…\3", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[A-Za-z0-9+/]+=*", "sha256-…", text)
    text = re.sub(r"\b[0-9a-f]{16}(?:[0-9a-f]{48})?\b", "…", text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.mark.parametrize(("name", "form", "language"), CASES, ids=str)
def test_report(name: str, form: str, language: str) -> None:
    done = screener("run", str(PROFILES[name]), "--format", form, "--lang", language, "--out", "-", *PACKS.get(form, ()))
    assert (done.code, done.err) == (0, "")
    found = settled(done.out)
    path = HERE / "expected" / (f"{name}.json" if form == "json" else f"{name}.{language}.{form}")
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
    expected = path.read_text("utf-8")
    if found != expected:
        lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="", n=1)
        shown = [line[:200] for line in lines][:60]
        pytest.fail("\n".join(["if this is meant: SCREENER_UPDATE=1 pytest tests/golden", *shown]), pytrace=False)


def test_nothing_else_is_kept() -> None:
    """Every file in expected/ belongs to a case."""
    wanted = {f"{name}.json" if form == "json" else f"{name}.{language}.{form}" for name, form, language in CASES}
    assert {p.name for p in (HERE / "expected").iterdir()} == wanted


@pytest.mark.parametrize("text", [
    "<style>a{}</style><script nonce>x()</script>", "script-src 'sha256-abc+/012='", "digest 0123456789abcdef",
    "0123456789abcdef" * 4,
])
def test_what_is_left_out(text: str) -> None:
    assert "…" in settled(text)


@pytest.mark.parametrize("text", ["57.4 bn", "0123456789abcde", "abc <b>style</b> script"])
def test_what_is_kept(text: str) -> None:
    assert settled(text) == text + "\n"
