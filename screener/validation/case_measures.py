"""Screens the companies of a case library as of the day of their profiles, and compares the results with what happened
later."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.errors import Problem, ProfileError
from screener.profile.model import Profile
from screener.result.detail import Detail
from screener.result.finding_records import Distance, Finding
from screener.result.model import ResultDocument
from screener.rules.rule import Rule
from screener.screening import Screener
from screener.text import Text
from screener.validation.case_library import Case, CaseOutcome, months_until, read_cases
from screener.vocabulary import Flag, Outcome, Severity, Verdict

SCHEMA = "screener/cases/1"
HORIZONS = (36, 72)  # months of lead time: up to three years, up to six, and more
MOST_NEAR = 3  # number of clear rules that are named as the nearest to firing
FURTHEST = 0.5  # greatest relative distance of these from their thresholds


class RuleName(NamedTuple):
    """A rule with its title."""

    rule: str
    title: Text


class NearRule(NamedTuple):
    """A red rule that is clear, with the one comparison that keeps it clear and its distance from the threshold."""

    rule: str
    title: Text
    compared: Text
    relative: float


class CaseResult(NamedTuple):
    """One case: the data available, the verdict, and whether the company failed."""

    profile: str
    company: Text
    sector: str | None
    outcome: CaseOutcome
    judged: str  # the day of the profile
    on: str  # the day of the failure; for a survivor, a day on which it had not failed
    months: int  # lead time from the day of the screening
    event: Text
    reference: str
    peer_of: str | None
    verdict: Verdict
    thin: bool
    score: float | None  # None if too little is known for one number
    low: float
    high: float
    decided: int
    total: int
    flags: tuple[RuleName, ...]  # red flags and patterns that fired
    undecided: tuple[RuleName, ...]  # unknown rules that would by themselves lead to avoid or caution
    nearest: tuple[NearRule, ...]

    @property
    def warned(self) -> bool:
        """Returns whether the verdict is avoid or caution."""
        return self.verdict.is_warning

    @property
    def is_right(self) -> bool:
        """Returns whether there was a warning for a failure, or none for a survivor."""
        return self.warned is (self.outcome == "failed")


class HorizonCount(NamedTuple):
    """The failures within a range of months, and for how many of them there was a warning."""

    months_from: int
    months_to: int | None
    failures: int
    warned: int


class CaseMeasures(NamedTuple):
    """All cases, with the measures of all together."""

    folder: str
    packs: tuple[str, ...]
    failures: int
    failures_warned: int
    failures_clear: int  # clear or better, the most favourable verdicts
    survivors: int
    survivors_warned: int
    horizons: tuple[HorizonCount, ...]
    cases: tuple[CaseResult, ...]


def measure_cases(screener: Screener, folder: str) -> CaseMeasures:
    """Screens all profiles of a case library. Failures come before their peers, and those with the shortest lead time
    first.

    Raises DocumentError or ProfileError if a file can't be read, or a profile has no day before the known outcome.
    """
    cases = read_cases(folder)
    results = tuple(_judged(screener, Path(folder), case) for case in cases)
    failed = [r for r in results if r.outcome == "failed"]
    survived = [r for r in results if r.outcome == "survived"]
    return CaseMeasures(
        folder=folder,
        packs=tuple(f"{pack.name} {pack.version}" for pack in screener.rulebook.packs),
        failures=len(failed),
        failures_warned=sum(r.warned for r in failed),
        failures_clear=sum(r.verdict >= Verdict.CLEAR for r in failed),
        survivors=len(survived),
        survivors_warned=sum(r.warned for r in survived),
        horizons=tuple(_horizons(failed)),
        cases=tuple(sorted(results, key=_place(results))),
    )


def _place(results: Sequence[CaseResult]) -> Callable[[CaseResult], tuple[tuple[int, str], bool, str]]:
    """Returns the sort key of each case: a failure before its peers, the shortest lead time first."""
    days = {r.profile: (r.months, r.profile) for r in results if r.outcome == "failed"}
    return lambda r: (days.get(r.peer_of or r.profile, (0, "")), r.outcome != "failed", r.profile)


def _horizons(failed: Sequence[CaseResult]) -> Iterator[HorizonCount]:
    start = 0
    for end in (*HORIZONS, None):
        within = [r for r in failed if start <= r.months and (end is None or r.months < end)]
        yield HorizonCount(start, end, len(within), sum(r.warned for r in within))
        start = end or start


def _judged(screener: Screener, folder: Path, case: Case) -> CaseResult:
    path = str(folder / case.profile)
    profile: Profile = screener.profile(path)
    if profile.day is None or profile.day >= case.on:
        what = f"the day of the profile is {profile.day or 'not stated'}, not before {case.on}"
        raise ProfileError(Problem(what, "state an earlier as_of: a case is judged before its outcome", path))
    result = screener.assess(profile, detail=Detail.DISTANCES)
    enough = not result.verdict.word.withholds_score
    return CaseResult(
        profile=case.profile,
        company=result.company.name,
        sector=result.company.sector,
        outcome=case.outcome,
        judged=profile.day.isoformat(),
        on=case.on.isoformat(),
        months=months_until(profile.day, case.on),
        event=case.event,
        reference=case.reference,
        peer_of=case.peer_of,
        verdict=result.verdict.word,
        thin=result.verdict.thin,
        score=result.score.value if enough else None,
        low=result.score.low,
        high=result.score.high,
        decided=result.coverage.decided,
        total=result.coverage.total,
        flags=tuple(_names(f for f in result.findings if _is_red(f) and f.outcome is Outcome.FIRED)),
        undecided=tuple(_names(_undecided(result, screener.rulebook.rules))),
        nearest=tuple(_nearest(result)),
    )


def _is_red(finding: Finding) -> bool:
    return finding.flag is Flag.RED or (finding.flag is Flag.PATTERN and finding.verdict == Verdict.AVOID)


def _names(findings: Iterable[Finding]) -> Iterator[RuleName]:
    for finding in findings:
        yield RuleName(finding.rule, finding.title)


def _undecided(result: ResultDocument, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Returns the unknown rules that would by themselves lead to avoid or caution, those that lead to avoid first."""
    found = [
        (least, finding.rule, finding)
        for finding in result.findings
        if finding.outcome is Outcome.UNKNOWN and (least := rules[finding.rule].at_least) and least.is_warning
    ]
    return (finding for _, _, finding in sorted(found, key=lambda entry: entry[:2]))


def _nearest(result: ResultDocument) -> Iterator[NearRule]:
    """Returns the clear red rules of at least medium severity that a single comparison keeps clear, the nearest to
    firing first."""
    found = []
    for finding in result.findings:
        if not (_is_red(finding) and finding.outcome is Outcome.CLEAR and finding.severity >= Severity.MEDIUM):
            continue
        failing = [distance for distance in finding.distances if distance.holds == "no"]
        if len(failing) == 1 and (gap := _relative(failing[0])) is not None and gap <= FURTHEST:
            found.append(NearRule(finding.rule, finding.title, failing[0].title, gap))
    yield from sorted(found, key=lambda near: (near.relative, near.rule))[:MOST_NEAR]


def _relative(distance: Distance) -> float | None:
    """Returns the distance relative to the threshold; None if the threshold is 0 or not exactly known."""
    at_zero = distance.threshold.lo == 0 or distance.threshold.hi == 0
    return None if distance.relative is None or at_zero else round(distance.relative, 4)
