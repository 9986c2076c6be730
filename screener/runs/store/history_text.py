"""A history as text for the terminal and as data."""

from itertools import pairwise
from typing import Any

from screener.report import number_format as numbers
from screener.report.formats.terminal_text import Line, cells, cut, pad, paint, wrap
from screener.report.views.view_context import SEVERITY_LOOK, VERDICT_LOOK
from screener.report.wording import Words, words
from screener.runs.store.history import FlagState, History, Screening, ScreeningChange, change
from screener.text import Language, Text


def text(history: History, language: Language = "en", width: int = 80, colour: bool = False) -> str:
    """The runs as a table, the latest first, each with its score and what changed since the one before."""
    said, width = words(language), max(width, 40)
    lines: list[Line] = [
        [
            (cut(history.name.get(language), width - 2), "bold"),
            ("  " + said.count("history.runs", history.runs), "muted"),
        ],
        (),
    ]
    following = [*pairwise(history.screenings), *((s, None) for s in history.screenings[-1:])]
    for now, before in following:
        lines += _screening(now, said, width)
        lines += _changes(change(now, before), said, width) if before is not None else _first(now, said, width)
        lines.append(())
    return paint(lines[:-1], colour, width)


def _screening(s: Screening, said: Words, width: int) -> list[Line]:
    runs = said("history.run", n=s.run) if s.run == s.last else said("history.runs_from_to", first=s.run, last=s.last)
    head = f"{runs} · {s.started} UTC" + ("" if s.finished else f" · {said('history.unfinished')}")
    pack = f"{s.pack} {s.pack_version} {s.pack_digest[:8]}"
    as_of = numbers.date(s.as_of, said.language)
    dated = said("as_of", date=as_of) if as_of else said("undated")
    word = said.of("verdict", s.verdict)
    score = numbers.score_range(s.low, s.high)
    if s.verdict != "insufficient-data":
        score = f"{numbers.score(s.score)} ({score})"
    told = f"{said('score.label')} {score} · {said('term.coverage')} {s.decided}/{s.total}"
    return [
        [(cut(head, width), "muted")],
        [(word.upper(), VERDICT_LOOK.get(s.verdict, "")), (cut(f"  {told} · {dated}", width - cells(word)), "")],
        [(cut(pack, width), "muted")],
    ]


def _first(s: Screening, said: Words, width: int) -> list[Line]:
    return [_flag(f, " ", "", said, width) for f in sorted(s.fired, key=_order)]


def _changes(c: ScreeningChange, said: Words, width: int) -> list[Line]:
    """What changed, and why it may have."""
    causes = [said(f"history.{name}") for name in ("profile", "rules", "otherwise") if getattr(c, name)]
    moved = (
        said("history.moved", points=f"{c.score:+.0f}".replace("-", "−"))
        if round(c.score)
        else said("history.same_score")
    )
    lines: list[Line] = [
        [(x, "")] for x in wrap(f"{said('history.changed')}: {said('comma').join(causes)}; {moved}", width, 3)
    ]
    for f, before in sorted(c.flags, key=lambda pair: (pair[0].outcome != "fired", _order(pair[0]))):
        if f.outcome == "fired":
            note = (
                said("history.no_rule") if before is None else said("history.was", outcome=said.of("outcome", before))
            )
            lines.append(_flag(f, "+", note, said, width))
        else:
            outcome = said("history.no_rule_now") if f.outcome == "gone" else said.of("outcome", f.outcome)
            lines.append(_flag(f, "−", said("history.now", outcome=outcome), said, width))
    return lines


def _flag(f: FlagState, sign: str, note: str, said: Words, width: int) -> Line:
    look = "clear" if f.flag == "green" else SEVERITY_LOOK.get(f.severity, "")
    label = said("mark.relief") if f.flag == "green" else said.of("severity", f.severity)
    title = f.title.get(said.language)
    headline = f.headline.get(said.language) if f.headline and f.outcome == "fired" else ""
    tail = " · ".join(x for x in (headline, note) if x)
    room = width - 14
    shown = title + (f"  ({tail})" if tail else "")
    return [(f"{sign} ", look if sign != " " else ""), (pad(label, 10) + "  ", look), (cut(shown, room), "")]


def _order(f: FlagState) -> tuple[bool, int, str]:
    order = ("critical", "high", "strong", "medium", "moderate", "low", "weak")
    return f.flag == "green", order.index(f.severity) if f.severity in order else 9, f.rule


def to_dict(history: History) -> dict[str, Any]:
    """The history as JSON-able data, the latest first; `since` compares with the screening after it in the list."""
    following = [*pairwise(history.screenings), *((s, None) for s in history.screenings[-1:])]
    return {
        "company": history.company,
        "name": _both(history.name),
        "runs": history.runs,
        "screenings": [_screening_data(now, before) for now, before in following],
    }


def _screening_data(s: Screening, before: Screening | None) -> dict[str, Any]:
    return {
        "run": s.run,
        "last_run": s.last,
        "started": s.started,
        "finished": s.finished,
        "screener": s.screener,
        "pack": {"name": s.pack, "version": s.pack_version, "digest": s.pack_digest},
        "profile_digest": s.profile_digest,
        "as_of": s.as_of,
        "verdict": s.verdict,
        "score": {"value": s.score, "low": s.low, "high": s.high},
        "coverage": {"decided": s.decided, "total": s.total},
        "flags": [_flag_data(f) for f in s.fired],
        "unknown": [f.rule for f in s.flags if f.outcome == "unknown"],
        "since": _change_data(change(s, before)) if before is not None else None,
    }


def _flag_data(f: FlagState) -> dict[str, Any]:
    headline = _both(f.headline) if f.headline else None
    return {
        "rule": f.rule,
        "flag": f.flag,
        "severity": f.severity,
        "title": _both(f.title),
        "headline": headline,
        "points": f.points,
        "scored": f.scored,
    }


def _change_data(c: ScreeningChange) -> dict[str, Any]:
    flags = [
        {"rule": f.rule, "before": before, "now": None if f.outcome == "gone" else f.outcome} for f, before in c.flags
    ]
    return {"profile": c.profile, "rules": c.rules, "otherwise": c.otherwise, "score": c.score, "flags": flags}


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
