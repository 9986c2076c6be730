"""A case library as text, as rows of a table and as Markdown, in one language."""

from collections.abc import Iterator, Sequence

from screener.report import number_format as numbers
from screener.report.formats.csv_format import csv_lines
from screener.report.formats.markdown_format import markdown_escape
from screener.report.wording import Wording, load_wording
from screener.result.model import plain
from screener.text import Language, clean
from screener.units import show_number
from screener.validation.case_measures import SCHEMA, CaseMeasures, CaseResult, NearRule, RuleName

MOST_RULES = 6  # greatest number named in a line
COLUMNS = (*CaseResult._fields, "right")


def case_data(found: CaseMeasures) -> dict[str, object]:
    """Returns the measures as data for JSON."""
    return {"schema": SCHEMA, **plain(found)}


def case_csv(found: CaseMeasures, language: Language) -> bytes:
    """Returns CSV with one row per case; several rules in one cell are separated by semicolons."""
    rows: list[Sequence[object]] = [COLUMNS]
    for case in found.cases:
        joined = {name: "; ".join(r.rule for r in getattr(case, name)) for name in ("flags", "undecided", "nearest")}
        texts = {name: clean(getattr(case, name).get(language)) for name in ("company", "event")}
        cells = {**case._asdict(), **joined, **texts, "right": case.is_right}
        rows.append([cells[name] for name in COLUMNS])
    return csv_lines(rows)


def case_text(found: CaseMeasures, language: Language) -> str:
    """Returns the text for a terminal: the measures of all cases, then a block for each case."""
    w = load_wording(language)
    blocks = ["\n".join(summary_lines(found, w))]
    for case in found.cases:
        head, *rest = case_lines(case, w)
        blocks.append("\n".join([head, *(f"  {line}" for line in rest)]))
    return "\n\n".join(blocks)


def summary_lines(found: CaseMeasures, w: Wording) -> list[str]:
    """Returns the lines with the measures of all cases."""
    lines = [
        w(
            "cases.head",
            failures=found.failures,
            survivors=found.survivors,
            folder=clean(found.folder),
            packs=w.enumerate(map(clean, found.packs)),
        ),
        w(
            "cases.caught",
            warned=found.failures_warned,
            failures=found.failures,
            alarms=found.survivors_warned,
            survivors=found.survivors,
            clear=found.failures_clear,
        ),
    ]
    for horizon in found.horizons:
        key = "horizon_first" if not horizon.months_from else "horizon" if horizon.months_to else "horizon_last"
        values = {"from_": horizon.months_from, "to": horizon.months_to}
        lines.append(w(f"cases.{key}", warned=horizon.warned, failures=horizon.failures, **values))
    return [*lines, w("cases.scatter", cases=len(found.cases))]


def case_lines(case: CaseResult, w: Wording) -> Iterator[str]:
    """Returns the lines of one case: verdict and outcome, score, what happened, flags, and the rules that could have
    changed the verdict."""
    mark = "" if case.is_right else f" [{w('cases.missed' if case.outcome == 'failed' else 'cases.alarm')}]"
    fate = w(f"cases.{case.outcome}", on=case.on, months=case.months)
    company = clean(case.company.get(w.language))
    yield f"{w.label('verdict', case.verdict)}{mark}  {w('cases.line', company=company, judged=case.judged, fate=fate)}"
    score = "–" if case.score is None else numbers.score(case.score)
    span = numbers.score_range(case.low, case.high)
    yield w("cases.standing", score=score, range=span, decided=case.decided, total=case.total)
    yield w("cases.event", event=clean(case.event.get(w.language)), reference=clean(case.reference))
    yield w("cases.flags", rules=_named(case.flags, w)) if case.flags else w("cases.no_flags")
    if case.outcome == "failed" and not case.is_right:
        if case.undecided:
            yield w("cases.undecided", rules=_named(case.undecided, w))
        if case.nearest:
            yield w("cases.nearest", rules=w.enumerate(_near(near, w) for near in case.nearest))


def _named(rules: Sequence[RuleName], w: Wording) -> str:
    shown = w.enumerate(clean(rule.title.get(w.language)) for rule in rules[:MOST_RULES])
    return w("cases.more", rules=shown, n=len(rules) - MOST_RULES) if len(rules) > MOST_RULES else shown


def _near(near: NearRule, w: Wording) -> str:
    gap = show_number(near.relative, "fraction", w.language)
    title, compared = clean(near.title.get(w.language)), clean(near.compared.get(w.language))
    return w("cases.near", rule=title, compared=compared, gap=gap)


def case_markdown(found: CaseMeasures, language: Language = "en") -> str:
    """Returns the lines of `case_text` in Markdown, for a page of the documentation."""
    w = load_wording(language)
    parts = [f"- {markdown_escape(line)}" for line in summary_lines(found, w)]
    for case in found.cases:
        head, *rest = case_lines(case, w)
        parts += ["", f"**{markdown_escape(head)}**", "", *(f"- {markdown_escape(line)}" for line in rest)]
    return "\n".join(parts) + "\n"
