"""The changes between the results of a portfolio and earlier ones in a database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.expression.interval import INF, Interval
from screener.profile.model import Profile
from screener.report.database_record import FigureRecord, figure_records, result_record
from screener.report.number_format import NOTABLE_POINTS, interval
from screener.result.finding_records import Finding
from screener.result.model import ResultDocument
from screener.result.red_flags import is_counted_red
from screener.runs.run_identity import result_identity
from screener.runs.store.database import DIGEST_LENGTH, ResultDatabase, RunIdentity
from screener.runs.store.history import FlagState, Screening, stored_screenings
from screener.screening import Screener
from screener.text import LANGUAGES, Language, Text
from screener.units import show_truth, unknown
from screener.vocabulary import Outcome, Severity, Verdict


class MovedFlag(NamedTuple):
    """A rule whose outcome changed; `because` are the changed figures that it reads, as far as they are stored."""

    rule: str
    title: Text
    severity: Severity
    because: tuple[Text, ...]


class Movement(NamedTuple):
    """The differences of a company's result from an earlier one, and their cause: the profile, the rules, or something
    else."""

    company: str
    name: Text
    since: str  # when the earlier run started
    verdicts: tuple[Verdict, Verdict]
    scores: tuple[float, float]
    new_flags: tuple[MovedFlag, ...]
    gone_flags: tuple[MovedFlag, ...]
    became_known: tuple[MovedFlag, ...]  # rules that were unknown and are decided
    became_unknown: tuple[MovedFlag, ...]  # rules that were decided and are unknown
    because: tuple[str, ...]  # some of: profile, rules, otherwise
    figures: tuple[Text, ...]  # figures that are different or new

    @property
    def is_worse(self) -> bool:
        """Returns whether the verdict is worse, or a red flag is new."""
        return self.verdicts[1] < self.verdicts[0] or bool(self.new_flags)


class MovementsSince(NamedTuple):
    """The movements of a portfolio, and the companies that had no earlier result."""

    movements: tuple[Movement, ...]
    new_companies: tuple[str, ...]


def movements_since(file: Path, results: Sequence[ResultDocument], since: str | None = None) -> MovementsSince:
    """Returns the differences from the last stored result of each company, or (with `since`, a day) from the last
    before that day.

    Raises DocumentError if the file is not a database of results.
    """
    stored = stored_screenings(file, [result.company.id for result in results]) if file.exists() else {}
    return _movements(
        results, lambda company: next((s for s in stored.get(company, ()) if since is None or s.started < since), None)
    )


def _movements(results: Sequence[ResultDocument], earlier: Callable[[str], Screening | None]) -> MovementsSince:
    found, new = [], []
    for result in results:
        before = earlier(result.company.id)
        if before is None:
            new.append(result.company.id)
        elif (movement := movement_between(before, result)) is not None:
            found.append(movement)
    found.sort(key=lambda m: (not m.is_worse, m.verdicts[1].rank, m.company))
    return MovementsSince(tuple(found), tuple(sorted(new)))


def as_screening(result: ResultDocument, started: str) -> Screening:
    """Returns a result in the form in which a database stores it, to compare a later one with it."""
    record, pack = result_record(result), result.pack
    findings = {f.rule: f for f in result.findings}
    return Screening(
        run=0,
        last=0,
        started=started,
        screener=result.version,
        pack=pack.name,
        pack_version=pack.version,
        pack_digest=pack.digest,
        profile_digest=record.profile_digest[:DIGEST_LENGTH],
        judged="",
        finished=True,
        as_of=record.as_of,
        verdict=record.verdict,
        score=record.score,
        low=record.score_low,
        high=record.score_high,
        decided=record.decided,
        total=record.total,
        flags=tuple(
            FlagState(
                rule=f.rule,
                flag=findings[f.rule].flag,
                severity=findings[f.rule].severity,
                title=findings[f.rule].title,
                outcome=f.outcome,
                headline=None,
                points=f.points,
                scored=f.scored,
            )
            for f in record.findings
        ),
        figures=record.figures,
    )


def movements_between(before: Sequence[ResultDocument], after: Sequence[ResultDocument], since: str) -> MovementsSince:
    """Returns the differences between results of companies and earlier ones; `since` states the time of the earlier
    ones."""
    earlier = {result.company.id: as_screening(result, since) for result in before}
    return _movements(after, lambda company: earlier.get(company))


def store_results(
    file: Path,
    screener: Screener,
    profiles: Sequence[Profile],
    results: Sequence[ResultDocument],
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Stores the results of profiles that were screened together as one run. Raises OutputError or DocumentError."""
    context = tuple(sorted(profiles, key=lambda profile: profile.id))
    identity = RunIdentity(screener.rulebook, result_identity(screener, context))
    database = ResultDatabase(file, identity, waiting=waiting)
    try:
        for result in results:
            if database.has(result.company.id, result.profile_digest):
                database.add_stored(result.company.id, result.profile_digest)
            else:
                database.add(result_record(result))
        database.finish()
    finally:
        database.close()


def movement_between(before: Screening, now: ResultDocument) -> Movement | None:
    """Returns the differences between a result and a stored one; None if there are none that are reported."""
    was = {flag.rule: flag for flag in before.flags}
    red = {f.rule: f for f in now.findings if is_counted_red(f)}
    was_red = {r: f for r, f in was.items() if is_counted_red(f)}
    changed = _changed_figures(before, now)

    def moved(findings: Iterable[Finding]) -> tuple[MovedFlag, ...]:
        found = [MovedFlag(f.rule, f.title, f.severity, _read_by(f, now, changed)) for f in findings]
        return tuple(sorted(found, key=lambda flag: (-flag.severity.rank, flag.rule)))

    movement = Movement(
        company=now.company.id,
        name=now.company.name,
        since=before.started,
        verdicts=(Verdict(before.verdict), now.verdict.word),
        scores=(before.score, round(now.score.value, 4)),
        new_flags=moved(f for rule, f in red.items() if rule not in was_red),
        gone_flags=moved(f for f in now.findings if f.rule in was_red and f.rule not in red)
        + tuple(
            MovedFlag(rule, f.title, Severity(f.severity), ())
            for rule, f in was_red.items()
            if rule not in {finding.rule for finding in now.findings}
        ),
        became_known=moved(f for f in now.findings if _outcomes(f, was) in _KNOWN),
        became_unknown=moved(f for f in now.findings if _outcomes(f, was) in _LOST),
        because=_causes(before, now),
        figures=tuple(changed.values()),
    )
    other = (
        movement.verdicts[0] is not movement.verdicts[1]
        or abs(movement.scores[0] - movement.scores[1]) >= NOTABLE_POINTS
    )
    flags = (movement.new_flags, movement.gone_flags, movement.became_known, movement.became_unknown)
    return movement if other or any(flags) else None


_DECIDED = (Outcome.FIRED, Outcome.CLEAR)
_KNOWN = {(Outcome.UNKNOWN, outcome) for outcome in _DECIDED}
_LOST = {(outcome, Outcome.UNKNOWN) for outcome in _DECIDED}


def _outcomes(finding: Finding, was: Mapping[str, FlagState]) -> tuple[Outcome | None, Outcome]:
    """Returns the previous outcome of a rule, if there was one, and the present one."""
    before = was.get(finding.rule)
    return (Outcome(before.outcome) if before else None), finding.outcome


def _changed_figures(before: Screening, now: ResultDocument) -> dict[tuple[str, str, str], Text]:
    """Returns the changed figures, as texts by their keys; none if the earlier result was stored without figures."""
    was = {figure.key: figure for figure in before.figures}
    found = {}
    for figure in figure_records(now) if was else ():
        earlier = was.get(figure.key)
        if earlier is None or earlier.stated != figure.stated:
            found[figure.key] = Text(*(_says(earlier, figure, language) for language in LANGUAGES))
    return found


def _says(earlier: FigureRecord | None, now: FigureRecord, language: Language) -> str:
    title = now.title_zh if language == "zh" else now.title_en
    of = ", ".join(filter(None, (now.party, now.about)))
    sides = [_value(figure, language) for figure in (earlier, now) if figure is not None]
    return f"{f'{of}: ' if of else ''}{title} {' → '.join(sides)}"


def _value(figure: FigureRecord, language: Language) -> str:
    if figure.word is not None:
        return show_truth(figure.word == "true", language) if figure.word in ("true", "false") else figure.word
    if figure.low is None and figure.high is None:
        return unknown(language)
    low, high = (-INF if figure.low is None else figure.low), (INF if figure.high is None else figure.high)
    return interval(Interval(low, high), figure.unit, language)


def _read_by(finding: Finding, now: ResultDocument, changed: Mapping[tuple[str, str, str], Text]) -> tuple[Text, ...]:
    """Returns the changed figures among the evidence of a finding and of the rules that led to it."""
    own, led = now.company.name, {finding.rule, *finding.because}
    read = [e for f in (finding, *(f for f in now.findings if f.rule in led)) for e in f.evidence]
    keys = [(e.figure, "" if e.company == own else e.company.en, e.about.en if e.about else "") for e in read]
    return tuple(dict.fromkeys(changed[key] for key in keys if key in changed))


def _causes(before: Screening, now: ResultDocument) -> tuple[str, ...]:
    profile = before.profile_digest != now.profile_digest[:DIGEST_LENGTH]
    rules = before.pack_digest != now.pack.digest
    return tuple(filter(None, ("profile" if profile else "", "rules" if rules else ""))) or ("otherwise",)
