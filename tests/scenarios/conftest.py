"""An isolated working folder for commands: a separate cache, eighty columns, with links to fixtures and examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ROOT


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCREENER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("COLUMNS", "80")
        patch.delenv("NO_COLOR", raising=False)
        yield


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes an empty folder with links to fixtures and examples the current one."""
    for name in ("fixtures", "examples", "rules"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
