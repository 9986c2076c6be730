"""What a history says of a change, in the words of one language: for the terminal and for pages."""

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
    """What differs from the screening before and so may have changed the result."""
    return wording("comma").join(wording(f"history.{name}") for name in _CAUSES if getattr(change, name))


def change_sentence(now: Screening, before: Screening, wording: Wording) -> str:
    """What differs from the screening before, and by how much the score moved; its range where one of them has no score."""
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
    """The flags that changed, with the outcome before: those that fire now first, the weightiest first."""
    return sorted(change.flags, key=lambda pair: (pair[0].outcome != "fired", flag_order(pair[0])))


def flag_order(f: FlagState) -> tuple[bool, int, str]:
    """Sorts flags: red ones by severity, then mitigants."""
    return f.flag == Flag.GREEN, -Severity(f.severity).rank, f.rule


def stored_flag_badge(f: FlagState, wording: Wording) -> Badge:
    """The severity of a flag, that it is a mitigant, or that it is a pattern, which may be for or against the company."""
    if f.flag == Flag.GREEN:
        return Badge("clear", wording("mark.relief"))
    if f.flag == Flag.PATTERN:
        return Badge("", wording("history.pattern"))
    return Badge(SEVERITY_CLASSES.get(f.severity, ""), wording.label("severity", f.severity))


def flag_title(f: FlagState, wording: Wording) -> str:
    """The title of the rule."""
    return tidy(f.title.get(wording.language), TITLE_LENGTH)


def flag_headline(f: FlagState, wording: Wording) -> str:
    """The main figure of a flag that fired; else an empty text."""
    return tidy(f.headline.get(wording.language), NAME_LENGTH) if f.headline and f.outcome == "fired" else ""


def flag_note(f: FlagState, before: str | None, wording: Wording) -> str:
    """What a flag that fires was before, or what one that fired is now."""
    if f.outcome == "gone":
        return wording("history.now", outcome=wording("history.no_rule_now"))
    if f.outcome != "fired":
        return wording("history.now", outcome=wording.label("outcome", f.outcome))
    if before is None:
        return wording("history.no_rule")
    return wording("history.was", outcome=wording.label("outcome", before))


def run_words(s: Screening) -> str:
    """The number of a run, or of the first and the last that found the same."""
    return f"{s.run}" if s.run == s.last else f"{s.run}–{s.last}"


def pack_words(s: Screening) -> str:
    """The rule packs with their versions, and the beginning of the digest of the rules."""
    packs = zip(s.pack.split(" + "), s.pack_version.split(" + "), strict=False)
    return f"{', '.join(map(' '.join, packs))}, {s.pack_digest[:8]}"


def score_words(verdict: str, score: float) -> str:
    """A score, or a dash where too little is known for one."""
    return "–" if verdict == Verdict.INSUFFICIENT_DATA else numbers.score(score)


def short_score(s: Screening) -> str:
    """The score of a screening, or its range where too little is known for one number."""
    return numbers.score_range(s.low, s.high) if s.verdict == Verdict.INSUFFICIENT_DATA else numbers.score(s.score)


def score_with_range(s: Screening) -> str:
    """The score of a screening and its range, which stands alone where it is all that is known, or the score itself."""
    score, extent = short_score(s), numbers.score_range(s.low, s.high)
    return extent if score == extent else f"{score} ({extent})"
