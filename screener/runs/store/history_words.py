"""The texts about changes in a history, in one language, for the terminal and for pages."""

from collections.abc import Iterable

from screener.report import number_format as numbers
from screener.report.number_format import tidy
from screener.report.views.badges import SEVERITY_CLASSES
from screener.report.views.display_text import NAME_LENGTH, TITLE_LENGTH
from screener.report.views.view_models import Badge
from screener.report.wording import Wording
from screener.runs.store.history import FlagState, Screening, ScreeningChange, screening_change
from screener.vocabulary import Flag, Severity, Verdict

_CAUSES = ("day", "profile", "rules", "otherwise")


def change_causes(change: ScreeningChange, wording: Wording) -> str:
    """Returns what differs from the previous screening and may therefore have changed the result."""
    return wording("comma").join(wording(f"history.{name}") for name in _CAUSES if getattr(change, name))


def change_sentence(now: Screening, before: Screening, wording: Wording) -> str:
    """Returns what differs from the previous screening and the change of the score, or its range if one of them has no
    score."""
    change = screening_change(now, before)
    if Verdict.INSUFFICIENT_DATA in (now.verdict, before.verdict):
        ranges = [numbers.score_range(s.low, s.high) for s in (before, now)]
        key = "history.same_range" if ranges[0] == ranges[1] else "history.other_range"
        moved = wording(key, before=ranges[0], now=ranges[1])
    elif round(change.score):
        moved = wording("history.moved", points=f"{change.score:+.0f}".replace("-", "−"))
    else:
        moved = wording("history.same_score")
    return wording("history.change", causes=change_causes(change, wording), moved=moved)


def moved_flags(change: ScreeningChange) -> Iterable[tuple[FlagState, str | None]]:
    """Returns the flags that changed, with the outcome before: those that fire now first, in descending order of
    weight."""
    return sorted(change.flags, key=lambda pair: (pair[0].outcome != "fired", flag_order(pair[0])))


def flag_order(f: FlagState) -> tuple[bool, int, str]:
    """Returns the sort key of a flag: red flags by severity, then mitigants."""
    return f.flag == Flag.GREEN, -Severity(f.severity).rank, f.rule


def stored_flag_badge(f: FlagState, wording: Wording) -> Badge:
    """Returns the badge of a flag: its severity, or that it is a mitigant, or a pattern for or against the company."""
    if f.flag == Flag.GREEN:
        return Badge("clear", wording("mark.relief"))
    if f.flag == Flag.PATTERN:
        return Badge("", wording("history.pattern"))
    return Badge(SEVERITY_CLASSES.get(f.severity, ""), wording.label("severity", f.severity))


def flag_title(f: FlagState, wording: Wording) -> str:
    """Returns the title of the rule."""
    return tidy(f.title.get(wording.language), TITLE_LENGTH)


def flag_headline(f: FlagState, wording: Wording) -> str:
    """Returns the main figure of a flag that fired; else an empty text."""
    return tidy(f.headline.get(wording.language), NAME_LENGTH) if f.headline and f.outcome == "fired" else ""


def flag_note(f: FlagState, before: str | None, wording: Wording) -> str:
    """Returns the previous outcome of a flag that fires, or the present one of a flag that fired before."""
    if f.outcome == "gone":
        return wording("history.now", outcome=wording("history.no_rule_now"))
    if f.outcome != "fired":
        return wording("history.now", outcome=wording.label("outcome", f.outcome))
    if before is None:
        return wording("history.no_rule")
    return wording("history.was", outcome=wording.label("outcome", before))


def run_words(s: Screening) -> str:
    """Returns the number of the run, or of the first and the last run that found the same."""
    return f"{s.run}" if s.run == s.last else f"{s.run}–{s.last}"


def pack_words(s: Screening) -> str:
    """Returns the rule packs with their versions, and the beginning of the digest of the rules."""
    packs = zip(s.pack.split(" + "), s.pack_version.split(" + "), strict=False)
    return f"{', '.join(map(' '.join, packs))}, {s.pack_digest[:8]}"


def score_words(verdict: str, score: float) -> str:
    """Returns the score, or a dash if too little is known for one."""
    return "–" if verdict == Verdict.INSUFFICIENT_DATA else numbers.score(score)


def short_score(s: Screening) -> str:
    """Returns the score of a screening, or its range if too little is known for one number."""
    return numbers.score_range(s.low, s.high) if s.verdict == Verdict.INSUFFICIENT_DATA else numbers.score(s.score)


def score_with_range(s: Screening) -> str:
    """Returns the score of a screening with its range; only the range if there is no score, only the score if the range
    is a point."""
    score, extent = short_score(s), numbers.score_range(s.low, s.high)
    return extent if score == extent else f"{score} ({extent})"
