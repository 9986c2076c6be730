"""Direct dependencies are few and documented with reasons; checks the components of an installation."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPILED = {"durable-rules"}


def direct() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (block,) = re.findall(r"^dependencies = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    return set(re.findall(r'"([a-z0-9-]+)>=', block))


def test_each_direct_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    explained = {name for row in re.findall(r"^\| (`.*?) \|", page.partition("| extra |")[0], re.MULTILINE) for name in re.findall(r"`([a-z0-9-]+)`", row)}
    assert explained == direct()


def test_each_extra_has_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    (table,) = re.findall(r"^\| extra \|.*\n\|---.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    (block,) = re.findall(r"^\[project.optional-dependencies\]\n(.*?)^\[", text, re.DOTALL | re.MULTILINE)
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == re.findall(r"^(\w+) = \[", block, re.MULTILINE)


def test_a_plain_installation_compiles_nothing() -> None:
    """durable_rules is published as source only, so as a dependency it would fail without a compiler."""
    assert not direct() & COMPILED


def test_every_direct_dependency_is_held_to_a_version() -> None:
    pinned = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert direct() | COMPILED <= pinned


def test_no_text_names_the_distribution_of_another_project() -> None:
    """The distribution is `risk-screener`; `screener` is another project's."""
    texts = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "Makefile", ROOT / ".ci/run"]
    for folder, suffix in (("docs", "md"), ("screener", "py"), ("rules", "md"), ("examples", "md")):
        texts += (ROOT / folder).rglob(f"*.{suffix}")
    wrong = re.compile(r"(?<!un)install\s+(?:-\S+\s+)*[`'\"]*screener\b", re.IGNORECASE)
    assert [(str(p.relative_to(ROOT)), m.group()) for p in texts for m in wrong.finditer(p.read_text("utf-8"))] == []
    assert re.search(r'^name = "risk-screener"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)


def test_the_bill_of_materials() -> None:
    made = [subprocess.run([sys.executable, "tools/sbom.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert made[0] == made[1]
    bill = json.loads(made[0])
    names = {c["name"] for c in bill["components"]}
    assert direct() | COMPILED <= names
    assert "pytest" not in names
    assert bill["metadata"]["component"]["name"] == "risk-screener"
    refs = {c["bom-ref"] for c in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert refs == {d["ref"] for d in bill["dependencies"]}
    assert refs >= {ref for d in bill["dependencies"] for ref in d["dependsOn"]}
