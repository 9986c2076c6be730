"""A pack is reported as possibly fitted on companies of a table unless this can be excluded."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from screener.engine.columns.column_engine import OUTCOMES as OUTCOME_CODES
from screener.importers.table.company_table import read_table
from screener.report.wording import load_wording
from screener.screening import Screener
from screener.validation.firm_years import Unit, firm_years
from screener.validation.fitted_samples import FittedSample, fitted_samples
from screener.validation.validation import Plan, judge_rows, validate_rules
from screener.validation.validation_report import validation_workbook
from screener.validation.validation_texts import heading_lines
from screener.vocabulary import Outcome

ROOT = Path(__file__).parents[3]
SAMPLE, MAP = str(ROOT / "tests/data/polish-sample.arff"), str(ROOT / "rules/maps/polish.yaml")
SCREENER = Screener.load(packs=["distress", "distress-us", "classic"])
TABLE = read_table(SAMPLE, MAP, SCREENER.rulebook.catalogue)
OUTCOMES = judge_rows(SCREENER, TABLE, firm_years(TABLE)).outcomes
ALL = np.ones(len(TABLE), np.bool_)
FAILED = np.arange(len(TABLE)) < 40


def samples(unit: Unit = Unit.FIRM, outcomes: Any = OUTCOMES, **calibration: Any) -> tuple[FittedSample, ...]:
    """Returns the samples of the Polish table, with other values in the calibration of the pack distress."""

    def changed(pack: Any) -> Any:
        if pack.name != "distress":
            return pack
        return pack.model_copy(update={"calibration": pack.calibration.model_copy(update=calibration)})

    book = replace(SCREENER.rulebook, packs=tuple(map(changed, SCREENER.rulebook.packs)))
    changed_screener: Any = SimpleNamespace(rulebook=book, program=SCREENER.program)
    return fitted_samples(changed_screener, TABLE, outcomes, FAILED, ALL, unit)


def test_only_packs_whose_population_fits_the_rows() -> None:
    assert [(one.pack, one.same_counts) for one in samples()] == [("distress", False)]


@pytest.mark.parametrize("other", [{"currencies": ("USD",)}, {"sectors": ("banks",)}])
def test_a_sample_of_other_companies_is_excluded(other: dict[str, Any]) -> None:
    assert not samples(**other)


def test_a_pack_that_decides_nothing_is_excluded() -> None:
    assert not samples(outcomes=np.full_like(OUTCOMES, OUTCOME_CODES.index(Outcome.UNKNOWN)))


def test_as_many_rows_and_failures_are_taken_for_the_sample_itself() -> None:
    bands = SCREENER.rulebook.packs[0].calibration.bands  # type: ignore[union-attr]
    counts = ((160, 0), (40, 40))
    same = tuple(
        band.model_copy(update={"companies": many, "failed": failed})
        for band, (many, failed) in zip(bands, counts, strict=False)
    )
    assert [one.same_counts for one in samples(bands=same)] == [True]
    assert [one.same_counts for one in samples(Unit.FIRM_YEAR, bands=same)] == [False]


def test_what_is_stated_of_it_in_both_languages() -> None:
    found = validate_rules(SCREENER, TABLE, Plan("class", resamples=20))
    for language, words in (("en", ("optimistic", "as many rows")), ("zh", ("偏于乐观", "行数和失败数"))):
        w = load_wording(language)  # type: ignore[arg-type]
        (sentence,) = [line for line in heading_lines(found, w) if words[0] in line]
        population = found.fitted[0].population.get(w.language)
        assert population in sentence
        assert words[1] not in sentence
        same = found._replace(fitted=(found.fitted[0]._replace(same_counts=True),))
        assert any(words[1] in line and population in line for line in heading_lines(same, w))
        assert not any(words[0] in line for line in heading_lines(found._replace(fitted=()), w))
    assert validation_workbook([found])[:2] == b"PK"


def test_a_pack_without_calibration_may_say_what_it_was_fitted_on() -> None:
    packs = {pack.name: pack for pack in Screener.load(packs=["distress-us-private", "classic"]).rulebook.packs}
    sample = packs["distress-us-private"].sample
    assert sample is not None
    assert sample.en.startswith("US listed companies")
    assert packs["classic"].sample is None
