"""What an editor with the YAML language server shows for rule files, packs, settings and profiles.

It needs node and the npm package (`make node_modules/.ready`); with SCREENER_EDITOR=required, as in CI, no test is skipped.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import FIXTURES, ROOT
from language_server import Editor, editor, missing

pytestmark = pytest.mark.slow

RULE = (ROOT / "rules/ai-era/leverage-versus-revenue.yaml").read_text("utf-8")
HEAD = "# yaml-language-server: $schema=../../docs/schema/rule.json\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Editor]:
    if reason := missing():
        if os.environ.get("SCREENER_EDITOR") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with editor() as session:
        yield session


@pytest.fixture
def file(request: pytest.FixtureRequest) -> Path:
    """Returns a different name for each test, in the folder of a pack; nothing is written there."""
    return ROOT / "rules/ai-era" / f"unsaved-{abs(hash(request.node.name))}.yaml"


def test_good_files_are_quiet(server: Editor) -> None:
    shipped = ["rules/ai-era/leverage-versus-revenue.yaml", "rules/ai-era/levered-on-a-loss-making-customer.yaml", "rules/ai-era/pack.yaml",
               "rules/classic/metrics.yaml", "rules/distress/pack.yaml", "rules/distress/liquid-ratio.yaml",
               "examples/my-rules/capital-intensity.yaml", "examples/team-settings/screener.yaml"]
    for name in shipped:
        assert server.open(ROOT / name, (ROOT / name).read_text("utf-8")) == [], name


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("flag: red", "flag: rad", 'Valid values: "pattern"'),
        ("severity: medium", "severity: strong", "Value is not accepted"),
        ("cause: debt-load", "causes: debt-load", "causes is not allowed"),
        ("not_for: [banks", "not_for: [bank", "Value is not accepted"),
        ("revenue: 57.4e9", "revenue: a lot", "Incorrect type"),
        ("- company: 'debt", "- companies as c: 3\n    company: 'debt", "Incorrect type"),
        ("why:", "because:", "because is not allowed"),
    ],
)
def test_a_mistake_is_underlined(server: Editor, file: Path, right: str, wrong: str, message: str) -> None:
    assert right in RULE
    text = RULE.replace(right, wrong, 1)
    found = server.open(file, text)
    line = text[: text.index(wrong.partition("\n")[0])].count("\n")
    assert any(message in f["message"] and abs(f["range"]["start"]["line"] - line) <= 1 for f in found), found


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("\n", {"rule", "metrics", "figures", "set"}),
        ("rule: x\nse\n", {"severity", "when", "false_alarms"}),
        ("rule: x\nflag: \n", {"red", "green", "data", "pattern"}),
        ("rule: x\ncategory: \n", {"leverage", "thesis"}),
        ("rule: x\nwhen:\n  - \n", {"company", "customer", "not supplier", "flag", "any"}),
        ("rule: x\nwhen:\n  - flag: \n", {"circular-financing", "altman-z-distress"}),
        ("rule: x\nexamples:\n  fires:\n    figures:\n      re\n", {"revenue", "receivables"}),
        ("rule: x\nexamples:\n  fires:\n    customers:\n      - sh\n", {"share_of_revenue", "dominant"}),
        ("rule: x\nnot_for:\n  - \n", {"banks", "insurers"}),
    ],
)
def test_names_are_completed(server: Editor, file: Path, text: str, offered: set[str]) -> None:
    lines = (HEAD + text).splitlines()
    found = server.complete(file, HEAD + text, len(lines) - 1, len(lines[-1]))
    assert offered <= set(found)


def test_a_key_is_explained(server: Editor, file: Path) -> None:
    line = next(i for i, row in enumerate(RULE.splitlines()) if row.startswith("not_for"))
    assert "Sectors, including their subsectors" in server.hover(file, RULE, line, 2)


def test_settings_and_packs(server: Editor) -> None:
    folder = ROOT / "examples/team-settings"
    head = "# yaml-language-server: $schema=../../docs/schema/settings.json\n"
    text = head + "params:\n  leverage-versus-revenue:\n    \n"
    assert set(server.complete(folder / "one.yaml", text, 3, 4)) >= {"most"}
    found = server.open(folder / "two.yaml", head + "waivers:\n- {rule: circular-financing, company: Acme Corp, until: soon}\n")
    assert {f["range"]["start"]["line"] for f in found} == {2}
    assert len(found) >= 3
    found = server.open(folder / "three.yaml", "# yaml-language-server: $schema=../../docs/schema/pack.json\nname: x\nversoin: 1\n")
    assert any("versoin" in f["message"] for f in found)


def test_profiles(server: Editor) -> None:
    """A profile in JSON is YAML too; its `$schema` names the schema."""
    text = (FIXTURES / "oracle.json").read_text("utf-8")
    assert json.loads(text)["$schema"]
    head = "# yaml-language-server: $schema=../docs/schema/profile.json\n"
    assert server.open(FIXTURES / "oracle.yaml", head + text) == []
    (first, *_) = server.open(FIXTURES / "wrong.yaml", head + "name: A\nfigures: {revenu: 5}\n")
    assert "revenu" in first["message"]
