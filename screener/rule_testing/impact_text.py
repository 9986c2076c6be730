"""The differences between the outcomes of two rulebooks, as text and as data."""

from collections.abc import Sequence
from typing import Any

from screener.result.model import plain
from screener.rule_testing.impact import CompanyImpact, OutcomeChange, RulebookComparison, VerdictAndScore
from screener.rules.rulebook import Rulebook
from screener.rules.rulebook_diff import RulebookChange
from screener.text import Language, clean, counted


def changes_text(comparison: RulebookComparison) -> str:
    """What the new rulebook says differently: a line a change; texts of a rule in one line."""
    old, new = comparison.old.rulebook, comparison.new.rulebook
    changes = comparison.changes
    head = f"{counted(len(changes), 'change')} from {_named(old)} to {_named(new)}"
    lines = [f"  {clean(str(c))}" for c in changes if c.decides]
    texts: dict[tuple[str, str], list[str]] = {}
    for c in changes:
        if not c.decides:
            texts.setdefault((c.part, c.name), []).append(c.what)
    lines += [f"  {part} {name}: {', '.join(what)} (decides nothing)" for (part, name), what in sorted(texts.items())]
    return "\n".join([head + (":" if lines else ""), *lines])


def company_impact_text(shift: CompanyImpact, language: Language) -> str:
    """A company with another result: verdict and score before and after, then each changed outcome with its cause."""
    lines = [f"{clean(shift.name.get(language))} ({shift.company}): {_stands(shift.before)} → {_stands(shift.after)}"]
    wide = max((len(m.rule) for m in shift.moved), default=0)
    for m in shift.moved:
        lines.append(f"  {m.rule:{wide}}  {m.before or 'not there'} → {m.after or 'not there'}: {_why(m)}")
    lines += [f"  moves the score: {clean(str(c))}" for c in shift.scored]
    return "\n".join(lines)


def summary_text(companies: int, shifts: Sequence[CompanyImpact]) -> str:
    """The number of companies with another result, and how many of them have another verdict."""
    screened = counted(companies, "company", "companies")
    verdicts = sum(s.before.verdict != s.after.verdict for s in shifts)
    if not shifts:
        return f"{screened}, none judged otherwise"
    return f"{screened}, {len(shifts)} judged otherwise, {verdicts} with another verdict"


def impact_data(comparison: RulebookComparison, shifts: Sequence[CompanyImpact], companies: int) -> dict[str, Any]:
    """All of it, JSON-able."""
    return {
        "old": _book(comparison.old.rulebook),
        "new": _book(comparison.new.rulebook),
        "changes": plain(comparison.changes),
        "companies": companies,
        "shifts": plain(tuple(shifts)),
    }


def _why(moved: OutcomeChange) -> str:
    texts = [clean(_short(c, moved.rule)) for c in moved.causes]
    if moved.rests_on:
        texts.append("rests on " + ", ".join(moved.rests_on))
    return "; ".join(texts) or "the facts that rules read changed"


def _short(change: RulebookChange, rule: str) -> str:
    """A change, without the name of the rule that it concerns."""
    return str(change).removeprefix(f"rule {rule}: ")


def _stands(s: VerdictAndScore) -> str:
    return f"{s.verdict} {s.score:.1f} ({s.low:.1f}–{s.high:.1f})"


def _named(book: Rulebook) -> str:
    return f"{clean(book.name)} {clean(book.version)} (digest {book.digest})"


def _book(book: Rulebook) -> dict[str, Any]:
    return {"name": book.name, "version": book.version, "digest": book.digest, "rules": len(book.rules)}
