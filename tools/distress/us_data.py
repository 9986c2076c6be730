"""The US data set, a row a firm-year, and the ratios of ratios_us.yaml worked out from it."""

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
    """A ratio that may become rules: its name, 1 where higher is worse, else -1, and its entry in ratios_us.yaml."""

    name: str
    sign: int
    words: dict[str, object] = field(hash=False)

    @property
    def metric(self) -> str:
        """The metric or figure that rules compare."""
        return str(self.words.get("metric", self.name))

    @property
    def second_condition(self) -> str:
        """What must hold as well, as a rule writes it; empty where nothing must."""
        return str(self.words.get("and", ""))


class FirmYears(NamedTuple):
    """Firm-years: the values of ratios by name (NaN: unknown), whether the firm failed in the year after, firm, year."""

    values: pd.DataFrame
    failed: npt.NDArray[np.bool_]
    firms: npt.NDArray[np.int64]
    years: npt.NDArray[np.int64]
    last: npt.NDArray[np.bool_]  # the firm's last year

    def select(self, rows: npt.NDArray[np.bool_]) -> "FirmYears":
        """Some of the rows."""
        values = self.values[rows].reset_index(drop=True)
        return FirmYears(values, self.failed[rows], self.firms[rows], self.years[rows], self.last[rows])


def read_panel_ratios(market: bool) -> list[PanelRatio]:
    """The ratios of ratios_us.yaml, with those of a market value or with those in their stead."""
    found = yaml.safe_load((Path(__file__).parent / "ratios_us.yaml").read_text("utf-8"))
    return [
        PanelRatio(name, 1 if entry["worse"] == "high" else -1, entry)
        for name, entry in found.items()
        if entry.get("market", market) == market
    ]


def read_table(path: str) -> pd.DataFrame:
    """The table in the order of companies and years."""
    return pd.read_csv(path).sort_values(["company", "fyear"], kind="stable").reset_index(drop=True)


def firm_year_columns(table: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns of the table, and as `before_X` those of the year before (NaN where there is none)."""
    earlier = table.groupby("company").shift(1)
    earlier[earlier["fyear"] != table["fyear"] - 1] = np.nan
    return {**{c: table[c] for c in table}, **{f"before_{c}": earlier[c] for c in earlier}}


def read_firm_years(path: str, ratios: list[PanelRatio]) -> FirmYears:
    """The table as ratios; `before_X` of a formula is column X of the year before."""
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
    """A formula of columns, evaluated. Raises ValueError if it has anything but names, numbers and operators."""
    if not _FORMULA.fullmatch(formula):
        raise ValueError(f"'{formula}' is not a formula of columns")
    return eval(formula, {"__builtins__": {}}, columns)
