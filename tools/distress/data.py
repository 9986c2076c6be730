"""The Polish data set, and the ratios of ratios.yaml computed from it."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

Floats = npt.NDArray[np.float64]

STATED = {
    "financial_expenses_stated": "X27",
    "profit_before_financial_expenses_stated": "X11",
}
"""Statements on omissions of a filing: the name, and the column that is blank in that case."""

ON_RECORD = "earlier_profit_on_record"
"""Whether the two years before show a profit or a loss: their sum, X24 less X18, is exactly 0 if they do not."""

NOT_A_FIGURE = ("X22", "X27", "X42")
"""Columns in which exactly 0 means that operating profit was not stated: it is 0 in 608 rows, in all three together."""


@dataclass(frozen=True)
class Ratio:
    """A candidate ratio: its name, its formula in the data set, and 1 if higher is worse, else -1."""

    name: str
    polish: str
    sign: int
    words: dict[str, object]


def read_ratios() -> list[Ratio]:
    """Reads the ratios of ratios.yaml."""
    found = yaml.safe_load((Path(__file__).parent / "ratios.yaml").read_text("utf-8"))
    return [Ratio(n, str(r["polish"]), 1 if r["worse"] == "high" else -1, r) for n, r in found.items()]


def read_arff(path: str) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Returns the columns X1 to X64, with NaN for '?', and 1 for each company that failed, else 0."""
    rows = Path(path).read_text("utf-8").split("@data", 1)[1].split()
    cells = np.array([[np.nan if c == "?" else float(c) for c in row.split(",")] for row in rows])
    frame = pd.DataFrame(cells[:, :64], columns=[f"X{i}" for i in range(1, 65)])
    return frame, cells[:, 64].astype(int)


def worked_out(frame: pd.DataFrame, ratios: list[Ratio]) -> pd.DataFrame:
    """Returns one column per ratio, with NaN where it is unknown."""
    columns = {name: frame[name] for name in frame}
    for name in NOT_A_FIGURE:
        columns[name] = columns[name].where(columns[name] != 0)
    found = {}
    for ratio in ratios:
        if ratio.polish == "-":
            continue
        if not re.fullmatch(r"[X0-9 ()+*-]+", ratio.polish):
            raise ValueError(f"{ratio.name}: '{ratio.polish}' is not a sum or product of columns")
        value = eval(ratio.polish, {"__builtins__": {}}, columns)
        if "needs" in ratio.words:
            value = value.where(frame[str(ratio.words["needs"])].notna())
        if "not_a_figure" in ratio.words:
            value = value.where(value != ratio.words["not_a_figure"])
        found[ratio.name] = value
    return pd.DataFrame(found)


def not_stated(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns 1 where a filing omits the items of STATED, or the years before are not on record."""
    found = {name: frame[column].isna().astype(float) for name, column in STATED.items()}
    return pd.DataFrame({**found, ON_RECORD: (frame["X24"] == frame["X18"]).astype(float)})
