"""The US data set, one row per firm-year, and the ratios of ratios_us.yaml computed from it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

_FORMULA = re.compile(r"[a-z_0-9 ()+*/<>.-]+")


@dataclass(frozen=True)
class PanelRatio:
    """A candidate ratio: its name, 1 if higher is worse, else -1, and its entry in ratios_us.yaml."""

    name: str
    sign: int
    words: dict[str, object] = field(hash=False)

    @property
    def metric(self) -> str:
        """The metric or figure that the rules compare."""
        return str(self.words.get("metric", self.name))

    @property
    def second_condition(self) -> str:
        """The second condition of the rules in rule syntax, or an empty text."""
        return str(self.words.get("and", ""))


class FirmYears(NamedTuple):
    """Firm-years: ratios by name (NaN if unknown), whether the firm failed in the year after, firm, year."""

    values: pd.DataFrame
    failed: npt.NDArray[np.bool_]
    firms: npt.NDArray[np.int64]
    years: npt.NDArray[np.int64]
    last: npt.NDArray[np.bool_]  # the firm's last year

    def select(self, rows: npt.NDArray[np.bool_]) -> "FirmYears":
        """Returns the selected rows."""
        values = self.values[rows].reset_index(drop=True)
        return FirmYears(values, self.failed[rows], self.firms[rows], self.years[rows], self.last[rows])


def read_panel_ratios(market: bool) -> list[PanelRatio]:
    """Reads the ratios of ratios_us.yaml, with those on the market value or with their substitutes."""
    found = yaml.safe_load((Path(__file__).parent / "ratios_us.yaml").read_text("utf-8"))
    return [
        PanelRatio(name, 1 if entry["worse"] == "high" else -1, entry)
        for name, entry in found.items()
        if entry.get("market", market) == market
    ]


def read_table(path: str) -> pd.DataFrame:
    """Reads the table, sorted by company and year."""
    return pd.read_csv(path).sort_values(["company", "fyear"], kind="stable").reset_index(drop=True)


def firm_year_columns(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Returns the columns of the table, and as `before_X` those of the year before (NaN if there is none)."""
    earlier = table.groupby("company").shift(1)
    earlier[earlier["fyear"] != table["fyear"] - 1] = np.nan
    return {**{c: table[c] for c in table}, **{f"before_{c}": earlier[c] for c in earlier}}


def read_firm_years(path: str, ratios: list[PanelRatio]) -> FirmYears:
    """Reads the table as ratios; in a formula `before_X` is column X of the year before."""
    table = read_table(path)
    columns = firm_year_columns(table)
    values = {}
    for ratio in ratios:
        value = formula_value(str(ratio.words["us"]), columns)
        if "us_and" in ratio.words:
            value = value.where(formula_value(str(ratio.words["us_and"]), columns))
        values[ratio.name] = value
    return FirmYears(
        pd.DataFrame(values),
        table["failed_next_year"].to_numpy() == 1,
        pd.factorize(table["company"])[0],
        table["fyear"].to_numpy(),
        ~table["company"].duplicated(keep="last").to_numpy(),
    )


def formula_value(formula: str, columns: dict[str, pd.Series]) -> pd.Series:
    """Evaluates a formula of columns; raises ValueError for anything but names, numbers and operators."""
    if not _FORMULA.fullmatch(formula):
        raise ValueError(f"'{formula}' is not a formula of columns")
    return eval(formula, {"__builtins__": {}}, columns)
