"""Compares two results of a company, and finds the cause of each change as far as the results record it.

Inputs and rules are compared first; each rule with another outcome is then assigned the changes among its inputs. A
change is listed once, however many rules depend on it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from screener.result.finding_records import Distance, Finding
from screener.result.input_changes import RULES, InputChange, ResultSide, inputs
from screener.result.model import Company, Pack, ResultDocument
from screener.result.red_flags import has_critical_flag
from screener.result.rule_changes import rules
from screener.result.verdict_records import CompanyVerdict, Coverage, Score
from screener.text import Text
from screener.vocabulary import Flag, Outcome, Severity, Verdict

SCHEMA = "screener/comparison/1"


class Crossing(NamedTuple):
    """A comparison with its threshold, before and after."""

    title: Text
    before: Distance | None
    after: Distance | None


class Turn(NamedTuple):
    """A rule with another outcome, or one that fired both times with other numbers."""

    rule: str
    title: Text
    flag: Flag
    severity: Severity
    verdict: Verdict | None
    change: str  # new, gone, otherwise, numbers
    before: str | None  # outcome, with ", not scored" where it does not count; None: there was no such rule
    after: str | None
    headlines: tuple[Text | None, Text | None]
    says: tuple[Text | None, Text | None]
    points: tuple[float, float]
    crossings: tuple[Crossing, ...]
    causes: tuple[int, ...]  # indexes into Comparison.changes
    rests_on: tuple[str, ...]  # rules below that turned, too


class PointsShift(NamedTuple):
    """A flag that fired both times with another contribution to the score, because other flags appeared or disappeared."""

    rule: str
    title: Text
    points: tuple[float, float]


class CompanyStanding(NamedTuple):
    """Verdict, score and coverage of the company in one of the results."""

    company: Company
    verdict: CompanyVerdict
    score: Score
    coverage: Coverage
    pack: Pack
    patterns: tuple[str, ...]  # that decided the verdict
    has_critical_flag: bool  # whether a critical red flag counts against it
    profile_digest: str
    version: str


class ResultComparison(NamedTuple):
    """Two results of a company beside each other."""

    before: CompanyStanding
    after: CompanyStanding
    turns: tuple[Turn, ...]  # new flags, gone ones, other outcomes, other numbers; the worst first
    changes: tuple[InputChange, ...]
    shifts: tuple[PointsShift, ...]

    @property
    def judged_otherwise(self) -> bool:
        """Whether the verdict, the score, its range or the outcome of a rule differs."""
        was, now = self.before, self.after
        stands = [(s.verdict.word, *(round(x, 1) for x in s.score[:3])) for s in (was, now)]
        return stands[0] != stands[1] or any(t.change != "numbers" for t in self.turns)

    @property
    def is_worse(self) -> bool:
        """Whether the verdict is worse, or a red flag is new."""
        new = any(t.change == "new" and t.flag is Flag.RED for t in self.turns)
        return new or self.after.verdict.word < self.before.verdict.word


def compare(before: ResultDocument, after: ResultDocument) -> ResultComparison:
    """The changes from one result to the other."""
    changes = (*inputs(before, after), *rules(before, after))
    turns = tuple(sorted(_turns(before, after, changes), key=_order))
    return ResultComparison(_standing(before), _standing(after), turns, changes, tuple(_shifts(before, after, turns)))


def to_dict(comparison: ResultComparison) -> dict[str, Any]:
    """The comparison as JSON-able data."""
    from screener.result.model import plain

    return {"schema": SCHEMA, **plain(comparison)}


def _standing(r: ResultDocument) -> CompanyStanding:
    patterns = {f.rule for f in r.findings if f.flag is Flag.PATTERN}
    decided = tuple(b for b in r.verdict.because if b in patterns)
    return CompanyStanding(
        company=r.company,
        verdict=r.verdict,
        score=r.score,
        coverage=r.coverage,
        pack=r.pack,
        patterns=decided,
        has_critical_flag=has_critical_flag(r.findings),
        profile_digest=r.profile_digest,
        version=r.version,
    )


_CHANGES = ("new", "gone", "otherwise", "numbers")


def _order(turn: Turn) -> tuple[int, bool, bool, int, str]:
    good = turn.flag is Flag.GREEN or turn.verdict is Verdict.WATCH
    return (
        _CHANGES.index(turn.change),
        good,
        turn.flag is not Flag.PATTERN,
        0 if turn.flag is Flag.PATTERN else -turn.severity.rank,
        turn.rule,
    )


def _turns(before: ResultDocument, after: ResultDocument, changes: Sequence[InputChange]) -> Iterator[Turn]:
    was, now = ResultSide(before), ResultSide(after)
    ended = [{f.rule: _ended(f) for f in r.findings} for r in (before, after)]
    turned = {r for r in {*ended[0], *ended[1]} if ended[0].get(r) != ended[1].get(r)}
    for rule in dict.fromkeys([*now.findings, *was.findings]):
        old, new = was.findings.get(rule), now.findings.get(rule)
        change = _turned(old, new)
        if change is None:
            continue
        f = new or old
        assert f is not None
        below = (
            ()
            if old is None or new is None
            else tuple(
                r for r in dict.fromkeys([*(new.reads if new else ()), *(old.reads if old else ())]) if r in turned
            )
        )
        yield Turn(
            rule=rule,
            title=f.title,
            flag=f.flag,
            severity=f.severity,
            verdict=f.verdict,
            change=change,
            before=ended[0].get(rule),
            after=ended[1].get(rule),
            headlines=_both(old, new, "headline"),
            says=_both(old, new, "says"),
            points=(old.points if old else 0.0, new.points if new else 0.0),
            crossings=tuple(_crossings(old, new)),
            causes=tuple(_causes(old, new, was, now, changes)),
            rests_on=below,
        )


def _shifts(before: ResultDocument, after: ResultDocument, turns: Sequence[Turn]) -> Iterator[PointsShift]:
    turned = {t.rule for t in turns if t.points[0] != t.points[1]}
    was = {f.rule: f for f in before.findings}
    for f in after.findings:
        old = was.get(f.rule)
        if old is not None and f.rule not in turned and round(old.points, 1) != round(f.points, 1):
            yield PointsShift(f.rule, f.title, (old.points, f.points))


def _both(old: Finding | None, new: Finding | None, field: str) -> tuple[Any, Any]:
    return (getattr(old, field) if old else None, getattr(new, field) if new else None)


def _ended(f: Finding) -> str:
    return f.outcome if f.scored else f"{f.outcome}, not scored"


def _turned(old: Finding | None, new: Finding | None) -> str | None:
    was, now = (bool(f and f.outcome is Outcome.FIRED and f.scored) for f in (old, new))
    if was != now:
        return "new" if now else "gone"
    if old is None or new is None:
        return None  # a rule that came or went and speaks of nothing is told among the rules
    if _ended(old) != _ended(new):
        return "otherwise"
    if now and (old.headline != new.headline or old.says != new.says):
        return "numbers"
    return None


def _crossings(old: Finding | None, new: Finding | None) -> Iterator[Crossing]:
    """The comparisons whose value, threshold or result differs."""
    was, now = ({(d.title.en, d.op): d for d in (f.distances if f else ())} for f in (old, new))
    for key in dict.fromkeys([*now, *was]):
        a, b = was.get(key), now.get(key)
        if a is None or b is None or (a.value, a.threshold, a.holds) != (b.value, b.threshold, b.holds):
            yield Crossing((b or a).title, a, b)  # type: ignore[union-attr]


def _causes(
    old: Finding | None, new: Finding | None, was: ResultSide, now: ResultSide, changes: Sequence[InputChange]
) -> Iterator[int]:
    """The changes that concern a rule: of the rule itself, of its evidence, and of its missing inputs."""
    rule = (new or old).rule  # type: ignore[union-attr]
    read: set[tuple[str, str, str, str]] = set()
    lists: set[tuple[str, str]] = set()
    for f, side in ((old, was), (new, now)):
        if f is None:
            continue
        for e in f.evidence:
            read.add((e.figure, e.title.en, side.whose(e.company), e.about.en if e.about else ""))
        missing: Iterable[Any] = (side.inputs[k] for k in f.missing if k in side.inputs)
        for i in missing:
            whose = side.whose(i.company)
            if i.unit == "list":
                lists.add((i.key.rpartition(".")[2], whose))
            read.add((_figure_of(i.key), i.title.en, whose, i.about.en if i.about else ""))
    for n, change in enumerate(changes):
        if _is_read(change, rule, read, lists, now):
            yield n


def _figure_of(key: str) -> str:
    """The name in evidence of an open input: `customers[0].prepaid` is `customers.prepaid` there."""
    return re.sub(r"\[[^\]]*\]", "", key.rpartition("/")[2])


def _is_read(
    change: InputChange, rule: str, read: set[tuple[str, str, str, str]], lists: set[tuple[str, str]], now: ResultSide
) -> bool:
    if change.kind in RULES:
        return change.key.partition(".")[0] == rule or change.kind == "pack"
    if change.kind in ("source", "sector"):
        return False
    company, about = change.company.en if change.company else "", change.about.en if change.about else ""
    if change.key == "flows":
        return ("flows", company) in lists or any(_is_flow(change.title.en, r, now) for r in read)
    if change.kind == "list" or change.kind.startswith("relation"):
        listed = any((figure.partition(".")[0], c, a) == (change.key, company, about) for figure, _, c, a in read)
        return listed or (change.key, company) in lists
    return any(
        figure in (change.key, change.key.rpartition(".")[2])
        and title == change.title.en
        and (c, a) == (company, about)
        for figure, title, c, a in read
    )


def _is_flow(title: str, read: tuple[str, str, str, str], now: ResultSide) -> bool:
    """Whether evidence is of a flow, by its title `payer → payee, what`, or by the names of both."""
    figure, named, company, about = read
    whose = {company} if company else now.own
    return (figure == "flows" and named == title) or (
        figure.startswith("flows.") and about in title and any(name in title for name in whose)
    )
