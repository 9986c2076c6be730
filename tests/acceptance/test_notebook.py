"""The example notebook runs to its end with the expected outputs."""

from pathlib import Path

import pytest
from commands import ROOT

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")


@pytest.mark.slow
def test_the_example_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(ROOT / "examples/screening.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # outputs are not kept in the repository
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    card = outputs[0][0]["data"]["text/html"]
    assert "Oracle" in card
    assert "Avoid" in card
    assert "circular-financing" not in card  # titles, not ids
    assert "<table" in outputs[3][0]["data"]["text/html"]
    assert "".join(part["text"] for part in outputs[4]).splitlines()[-1].split()[:3] == ["120", "bn", "avoid"]
