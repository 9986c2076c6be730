"""Writes docs/validation.md, with all figures measured from a folder of data.

    python tools/validation_page.py DATA     # measures, and writes tools/validation/figures.yaml and the page
    python tools/validation_page.py          # writes the page from the figures of the last measurement

DATA contains polish/1year.arff, us/1999-2011.csv and us/2012-2014.csv; no row of it is written. The template of the page is
tools/validation/page.md.jinja; facts on rules and calibrations are read from the packs. Measuring requires scikit-learn.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import jinja2
import yaml

from screener.importers.table.company_table import read_table
from screener.rules.packs import built_in_packs
from screener.rules.rulebook_loader import load_rulebook
from screener.scoring.calibration import relative_risk, times_text
from screener.screening import Screener
from screener.validation.firm_years import Unit
from screener.validation.validation import Plan, validate_rules
from screener.validation.validation_records import Validation
from screener.vocabulary import Flag

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tools/validation"
FIGURES, PAGE = FOLDER / "figures.yaml", ROOT / "docs/validation.md"
DEFAULTS = ("core", "classic", "ai-era")
SCORECARDS = ("distress", "distress-us", "distress-us-private")
FOLDS, SEEDS = 5, (0, 1, 2)

sys.path.insert(0, str(ROOT / "tools"))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # several threads of boosted trees wait for each other and are slower than one


def main() -> None:
    """Reads the command line, measures if data is given, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    given = parser.parse_args()
    if given.data is not None:
        found = {"versions": versions(), "polish": measure_polish(given.data), "us": measure_us(given.data)}
        head = "# The figures of docs/validation.md. Written by tools/validation_page.py.\n"
        FIGURES.write_text(head + yaml.safe_dump(found, sort_keys=False, width=120), "utf-8")
    PAGE.write_text(page(yaml.safe_load(FIGURES.read_text("utf-8"))), "utf-8")


def versions() -> dict[str, str]:
    """Returns the version of each scorecard; figures of other versions are out of date."""
    return {pack: load_rulebook(packs=[pack]).version for pack in SCORECARDS}


def page(figures: dict[str, Any]) -> str:
    """Renders the page from the measured figures and the packs."""
    loader = jinja2.FileSystemLoader(FOLDER)
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"percent": _percent, "area": "{:.3f}".format, "n": "{:,}".format, "times": times_text}
    template = environment.get_template("page.md.jinja")
    return template.render(**figures, packs={pack: pack_facts(pack) for pack in built_in_packs()})


def _percent(share: float, digits: int = 0) -> str:
    return f"{share * 100:.{digits}f} %"


def pack_facts(pack: str) -> dict[str, Any]:
    """Reads facts of a pack from its files: number of red rules, number with evidence, calibration."""
    book = load_rulebook(packs=[pack])
    reds = {rule.id for rule in book.rules.values() if rule.flag is Flag.RED}
    evidence = yaml.safe_load((ROOT / "rules" / pack / "evidence.yaml").read_text("utf-8"))
    calibration = book.packs[0].calibration
    bands = [] if calibration is None else [(band, relative_risk(calibration, band)) for band in calibration.bands]
    lifts = [record["lift"] for rule in reds & evidence["rules"].keys() for record in evidence["rules"][rule].values()]
    return {
        "rules": len(book.rules),
        "reds": len(reds),
        "measured": len(reds & evidence["rules"].keys()),
        "least_lift": min(lifts, default=None),
        "calibration": calibration,
        "bands": bands,
    }


def measure_polish(data: Path) -> dict[str, Any]:
    """Measures the Polish table: sizes, AUC in cross-validation of the pack and of other models, blanks."""
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    from tools.derive_distress import VARIANTS
    from tools.distress.compare import monotone, rivals
    from tools.distress.data import not_stated, read_arff, read_ratios, worked_out
    from tools.distress.elsewhere import read_elsewhere, right_way
    from tools.distress.fit import How, derive, score

    path, ratios = str(data / "polish/1year.arff"), read_ratios()
    frame, failed = read_arff(path)
    values, omitted = worked_out(frame, ratios), not_stated(frame)
    elsewhere = right_way(read_elsewhere(us_tables(data), ratios))
    areas: dict[str, list[float]] = {name: [] for name in VARIANTS}
    subsets: dict[str, Any] = {}
    on_record = frame["X24"].notna() & (frame["X24"] != frame["X18"])
    for seed in SEEDS:
        print(f"Polish companies, folds of seed {seed}", file=sys.stderr)
        folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(values, failed))
        for name, statements in VARIANTS.items():
            scores, how = np.zeros(len(failed)), How(statements=statements)
            for train, test in folds:
                rules = derive(values.iloc[train], omitted.iloc[train], failed[train], ratios, how, elsewhere)
                scores[test] = score(rules, values.iloc[test], omitted.iloc[test], ratios)
            areas[name].append(_rounded(roc_auc_score(failed, scores)))
            if seed == SEEDS[0] and name == "all rules":
                for subset, rows in (("stated", frame["X27"].notna()), ("on_record", on_record)):
                    area = roc_auc_score(failed[rows], scores[rows])
                    subsets[subset] = {"failed": int(failed[rows].sum()), "area": _rounded(area)}
        if seed == SEEDS[0]:
            others = {n: _rounded(a) for n, a in (*rivals(frame, failed, folds), *monotone(values, omitted, ratios, failed, folds))}
    blanks = {
        "financial_expenses": frame["X27"].isna(),
        "profit_before_financial_expenses": frame["X11"].isna(),
        "no_record": frame["X24"] == frame["X18"],
        "no_record_but_sales": (frame["X24"] == frame["X18"]) & frame["X21"].notna(),
        "earlier_loss": frame["X24"] < frame["X18"],
        "earlier_profit": frame["X24"] > frame["X18"],
        "nil_operating_profit": frame["X22"] == 0,
    }
    fitted = validated(path, ROOT / "rules/maps/polish.yaml", "class", Unit.FIRM, ("distress",))
    return {
        "companies": len(failed),
        "failed": int(failed.sum()),
        "ratios": len(values.columns),
        "areas": areas,
        "others": others,
        "fitted": _rounded(fitted.area.value),
        "subsets": subsets,
        "blanks": {name: {"companies": int(rows.sum()), "failed": int(failed[rows].sum())} for name, rows in blanks.items()},
        "verdicts": _verdicts(fitted),
    }


def us_tables(data: Path) -> list[str]:
    """Reads the tables of US firm-years, the earlier years first."""
    return [str(data / f"us/{years}.csv") for years in ("1999-2011", "2012-2014")]


def measure_us(data: Path) -> dict[str, Any]:
    """Measures the US tables: sizes, AUC and verdicts by set of packs, reliability, lead time."""
    train, later = us_tables(data)
    us_map = ROOT / "rules/maps/us.yaml"
    private_map = us_map.read_text("utf-8").replace("listed: true", "listed: false")
    packs = {
        "classic": ("classic",),
        "defaults": DEFAULTS,
        "distress": ("distress",),
        "distress-us": ("distress-us",),
        "defaults and distress-us": (*DEFAULTS, "distress-us"),
    }
    areas: dict[str, dict[str, float]] = {}
    found: dict[str, Validation] = {}
    metric = {"altman_z": True, "market_value_to_liabilities": True}
    for unit in Unit:
        for name, lower in metric.items():
            plan = Plan("failed_next_year", unit, metric=name, lower_is_worse=lower)
            areas.setdefault(name, {})[unit.value] = _area(validated(later, us_map, plan.label, unit, ("classic",), plan))
        for name, of in packs.items():
            print(f"US companies, {name}, by {unit.value}", file=sys.stderr)
            found[f"{name} {unit.value}"] = one = validated(later, us_map, "failed_next_year", unit, of)
            areas.setdefault(name, {})[unit.value] = _area(one)
        one = validated(later, private_map, "failed_next_year", unit, ("distress-us-private",))
        areas.setdefault("distress-us-private", {})[unit.value] = _area(one)
    fitted = validated(train, us_map, "failed_next_year", Unit.FIRM_YEAR, ("distress-us",))
    alone = found["distress-us firm-year"]
    return {
        "train": {"firms": fitted.firms, "firm_years": fitted.companies, "failed": fitted.failed},
        "later": {"firms": alone.firms, "firm_years": alone.companies, "failed": alone.failed},
        "areas": areas,
        "verdicts": _verdicts(found["defaults and distress-us firm-year"]),
        "verdicts_alone": _verdicts(alone),
        "score_bands": [
            {"from": band.low, "companies": band.companies, "failed": int(band.failed),
             "times": _rounded(band.share.value * alone.companies / alone.failed)}
            for band in found["defaults firm-year"].bands
        ],
        "reliability": [
            {"from": band.at_least, "companies": band.companies, "failed": band.failed, "observed": _rounded(band.observed.value),
             "stated": [_rounded(end) for end in band.stated], "within": band.holds}
            for band in alone.reliability.bands
        ],
        "lead": [{"years": t.years_before + 1, "firms": t.firms, "warned": t.warned} for t in alone.lead_times],
    }


def validated(
    path: str, table_map: Path | str, label: str, unit: Unit, packs: tuple[str, ...], plan: Plan | None = None
) -> Validation:
    """Validates one table; the map is a file, or the text of a map."""
    screener = Screener.load(packs=list(packs))
    with tempfile.TemporaryDirectory() as folder:
        map_path = table_map
        if isinstance(table_map, str):
            map_path = Path(folder) / "map.yaml"
            map_path.write_text(table_map, "utf-8")
        table = read_table(path, str(map_path), screener.rulebook.catalogue, several_periods=True)
    return validate_rules(screener, table, plan or Plan(label, unit))


def _area(found: Validation) -> float:
    return _rounded(found.area.value)


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _verdicts(found: Validation) -> list[dict[str, Any]]:
    return [
        {"word": "".join(v.verdict), "companies": v.companies, "failed": v.failed, "times": _rounded(v.relative_risk),
         "caught": v.caught, "alarms": v.alarms, "all_failed": found.failed, "survivors": found.companies - found.failed}
        for v in found.verdicts
    ]


if __name__ == "__main__":
    main()
