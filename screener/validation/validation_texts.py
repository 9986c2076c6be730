"""The sentences of a validation, and its estimates as texts with their intervals."""

import math

from screener.report import number_format as numbers
from screener.report.wording import Wording
from screener.scoring.calibration import times_text
from screener.text import clean
from screener.validation.firm_years import Unit
from screener.validation.measures import Estimate
from screener.validation.validation_records import RuleMeasures, Validation


def percent_text(share: float, w: Wording) -> str:
    """Returns a share in percent; a dash if there is none."""
    return numbers.share(share, w.language, 1) if math.isfinite(share) else "–"


def area_text(e: Estimate | None) -> str:
    """Returns an area with its interval."""
    return f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f})" if e else "–"


def share_text(e: Estimate, w: Wording) -> str:
    """Returns a share with its interval."""
    return f"{percent_text(e.value, w)} ({e.low * 100:.1f}–{e.high * 100:.1f})" if math.isfinite(e.value) else "–"


def lift_text(rule: RuleMeasures) -> str:
    """Returns a lift with its interval."""
    if not math.isfinite(rule.lift):
        return "–"
    return f"{rule.lift:.2f} ({rule.lift_low:.2f}–{rule.lift_high:.2f})"


def times_interval_text(e: Estimate) -> str:
    """Returns a multiple of the average with its interval."""
    return f"{times_text(e.value)} ({times_text(e.low)}–{times_text(e.high)})"


def heading_lines(found: Validation, w: Wording) -> list[str]:
    """Returns the lines that say what was measured, on which companies, and which packs may have been fitted on some of
    them."""
    whom = w("validation.companies", companies=f"{found.companies:,}")
    if found.unit == Unit.FIRM_YEAR.value:
        whom = w("validation.firm_years", companies=f"{found.companies:,}", firms=f"{found.firms:,}")
    lines = [
        w(
            "validation.measured",
            what=title_text(found, w),
            version=found.version,
            table=clean(found.table),
            whom=whom,
            failed=f"{found.failed:,}",
            share=percent_text(found.failed / found.companies, w),
            label=clean(found.label),
        )
    ]
    if found.left_out:
        lines.append(w("validation.left_out", n=f"{found.left_out:,}"))
    if found.lower_is_worse:
        lines.append(w("validation.lower"))
    auc = w(
        "validation.auc",
        area=area_text(found.area),
        resamples=f"{found.resamples:,}",
        seed=found.seed,
        scores=f"{found.distinct_scores:,}",
    )
    hint = reverse_hint(found, w)
    return [(" " if w.language == "en" else "").join(lines), auc, *([hint] if hint else []), *_fitted_lines(found, w)]


def title_text(found: Validation, w: Wording) -> str:
    """Returns the title of what was measured."""
    return clean(found.title.get(w.language)) or clean(found.what)


def _fitted_lines(found: Validation, w: Wording) -> list[str]:
    return [
        w(
            "validation.fitted_same" if sample.same_counts else "validation.fitted_maybe",
            pack=clean(sample.title.get(w.language)),
            population=clean(sample.population.get(w.language)),
        )
        for sample in found.fitted
    ]


def reverse_hint(found: Validation, w: Wording) -> str | None:
    """Returns the hint for a metric that was measured in the direction in which it ranks worse than chance; None for
    others."""
    if found.area.value >= 0.5:
        return None
    key = "validation.reverse_lower" if found.lower_is_worse else "validation.reverse_higher"
    return w(key, area=f"{1 - found.area.value:.3f}")


def note_lines(found: Validation, w: Wording) -> list[str]:
    """Returns the notes on rows or packs whose calibration was not compared."""
    return [
        w(f"validation.note_{note.kind}", pack=pack_text(found, note.pack, w), n=f"{note.rows:,}")
        for note in found.reliability.notes
    ]


def warning_lines(found: Validation, w: Wording) -> list[str]:
    """Returns warnings of rules that point the wrong way on this population, and the notes on calibrations that were
    not compared."""
    lines = note_lines(found, w)
    wrong = sorted((rule for rule in found.rules if rule.points_the_wrong_way), key=lambda rule: rule.lift)
    if wrong:
        names = w.enumerate(
            w("validation.rule_lift", rule=clean(rule.title.get(w.language)), lift=lift_text(rule)) for rule in wrong
        )
        lines.append(w("validation.wrong_way", rules=names))
    return ["", *lines] if lines else []


def pack_text(found: Validation, name: str, w: Wording) -> str:
    """Returns the title of a pack; its name if it has no title."""
    return next((clean(pack.title.get(w.language)) for pack in found.packs if pack.pack == name), clean(name))
