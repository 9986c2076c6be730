"""Commands that compute less detail print and write the same as with all details."""

from pathlib import Path
from typing import Any

import pytest

from screener.result.detail import Detail
from screener.screening import Screener
from tests.scenarios.commands import FIXTURES, ROOT, Done, screener

TABLE = "n,now,before,in_2022\nA,10,5,0\nB,10,5,\n"  # two statements of one figure: A is screened by itself
MAP = """\
name: {column: n}
period: '2023'
columns: {now: revenue, before: {figure: revenue, prior: true}, in_2022: {figure: revenue, period: '2022'}}
"""
ORACLE = str(FIXTURES / "oracle.json")
COMMANDS = [
    (("rules", "coverage", ORACLE, "--format", "json"), Detail.OUTCOMES),
    (("rules", "diff", "ai-era", str(ROOT / "examples/team-settings/screener.yaml"), ORACLE), Detail.OUTCOMES),
    (("validate", "cases", "--format", "json"), Detail.DISTANCES),
    (("market", "table.csv", "--map", "map.yaml", "-o", "out/market.xlsx"), Detail.OUTCOMES),
    (("run", "table.csv", "--map", "map.yaml", "--format", "csv", "-o", "out"), Detail.DISTANCES),
]


@pytest.mark.parametrize(("words", "detail"), COMMANDS, ids=lambda part: " ".join(part[:2]) if isinstance(part, tuple) else "")
def test_no_more_is_found_than_is_shown(
    words: tuple[str, ...], detail: Detail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess, seen = Screener.assess, []

    def noted(self: Screener, *profiles: Any, **options: Any) -> Any:
        seen.append(options.get("detail", Detail.FULL))
        return assess(self, *profiles, **options)

    def whole(self: Screener, *profiles: Any, **options: Any) -> Any:
        return assess(self, *profiles, **{**options, "detail": Detail.FULL})

    found = []
    for instead in (noted, whole):
        folder = tmp_path / instead.__name__
        (folder / "out").mkdir(parents=True)
        (folder / "table.csv").write_text(TABLE, "utf-8")
        (folder / "map.yaml").write_text(MAP, "utf-8")
        (folder / "cases").symlink_to(ROOT / "cases")
        monkeypatch.chdir(folder)
        monkeypatch.setattr(Screener, "assess", instead)
        done: Done = screener(*words)
        assert done.code in (0, 1), done.err
        found.append((done.out, {path.name: path.read_bytes() for path in (folder / "out").iterdir() if path.is_file()}))
    assert found[0] == found[1]
    assert max(seen) is detail
