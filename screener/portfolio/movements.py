"""What moved between the results of a portfolio and those that a database keeps of earlier runs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.portfolio.portfolio import is_red
from screener.profile.model import Profile
from screener.report.database_record import result_record
from screener.result.model import ResultDocument
from screener.runs.run_identity import result_identity
from screener.runs.store.database import DIGEST_LENGTH, ResultDatabase, RunIdentity
from screener.runs.store.history import Screening, stored_screenings
from screener.screening import Screener
from screener.text import Text
from screener.vocabulary import Flag, Outcome, Verdict


class Movement(NamedTuple):
    """What is different in the result of a company from an earlier one, and why: its profile, the rules, or something else."""

    company: str
    name: Text
    since: str  # when the earlier run started
    verdicts: tuple[Verdict, Verdict]
    scores: tuple[float, float]
    new_flags: tuple[Text, ...]
    gone_flags: tuple[Text, ...]
    became_known: tuple[Text, ...]  # rules that were unknown and are decided
    because: tuple[str, ...]  # of: profile, rules, otherwise

    @property
    def is_worse(self) -> bool:
        """Whether the verdict is worse, or a red flag is new."""
        return self.verdicts[1] < self.verdicts[0] or bool(self.new_flags)


class MovementsSince(NamedTuple):
    """The movements of a portfolio, and the companies that had no earlier result."""

    movements: tuple[Movement, ...]
    new_companies: tuple[str, ...]


def movements_since(file: Path, results: Sequence[ResultDocument], since: str | None = None) -> MovementsSince:
    """What is different from the last stored result of each company, or (with `since`, a day) from the last before that day.

    Raises DocumentError where the file is no database of results.
    """
    stored = stored_screenings(file, [result.company.id for result in results]) if file.exists() else {}
    found, new = [], []
    for result in results:
        screenings = stored.get(result.company.id, ())
        before = next((s for s in screenings if since is None or s.started < since), None)
        if before is None:
            new.append(result.company.id)
        elif (movement := _movement(before, result)) is not None:
            found.append(movement)
    found.sort(key=lambda m: (not m.is_worse, m.verdicts[1].rank, m.company))
    return MovementsSince(tuple(found), tuple(sorted(new)))


def store_results(
    file: Path,
    screener: Screener,
    profiles: Sequence[Profile],
    results: Sequence[ResultDocument],
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Adds the results of profiles that were screened together as a run of their own. Raises OutputError or DocumentError."""
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


def _movement(before: Screening, now: ResultDocument) -> Movement | None:
    was = {flag.rule: flag for flag in before.flags}
    red = {f.rule: f for f in now.findings if is_red(f)}
    was_red = {r: f for r, f in was.items() if f.flag == Flag.RED and f.outcome == Outcome.FIRED and f.scored}
    known = [
        f
        for f in now.findings
        if f.outcome in (Outcome.FIRED, Outcome.CLEAR) and f.rule in was and was[f.rule].outcome == Outcome.UNKNOWN
    ]
    movement = Movement(
        company=now.company.id,
        name=now.company.name,
        since=before.started,
        verdicts=(Verdict(before.verdict), now.verdict.word),
        scores=(before.score, round(now.score.value, 4)),
        new_flags=tuple(f.title for rule, f in red.items() if rule not in was_red),
        gone_flags=tuple(f.title for rule, f in was_red.items() if rule not in red),
        became_known=tuple(f.title for f in known),
        because=_causes(before, now),
    )
    changed = movement.verdicts[0] is not movement.verdicts[1] or abs(movement.scores[0] - movement.scores[1]) >= 0.05
    return movement if changed or movement.new_flags or movement.gone_flags or known else None


def _causes(before: Screening, now: ResultDocument) -> tuple[str, ...]:
    profile = before.profile_digest != now.profile_digest[:DIGEST_LENGTH]
    rules = before.pack_digest != now.pack.digest
    return tuple(filter(None, ("profile" if profile else "", "rules" if rules else ""))) or ("otherwise",)
