"""A history as text for the terminal and as data."""

from typing import Any

from screener.report import number_format as numbers
from screener.report.formats.markdown_format import markdown_escape, markdown_table
from screener.report.terminal.text_layout import Line, cell_width, pad_to, paragraph, render_lines, truncate, wrap
from screener.report.views.badges import VERDICT_CLASSES
from screener.report.wording import Wording, load_wording
from screener.result.model import plain
from screener.runs.store.history import CompanyHistory, FlagState, Screening, ScreeningChange, screening_change
from screener.runs.store.history_words import (
    change_sentence,
    flag_headline,
    flag_note,
    flag_order,
    flag_title,
    moved_flags,
    pack_words,
    run_words,
    score_with_range,
    score_words,
    stored_flag_badge,
)
from screener.text import Language


def history_text(history: CompanyHistory, language: Language = "en", width: int = 80, colour: bool = False) -> str:
    """Returns the runs as a table, the latest first, each with its score and the changes since the previous one."""
    wording, width = load_wording(language), max(width, 40)
    lines: list[Line] = [
        [
            (truncate(history.name.get(language), width - 2), "bold"),
            ("  " + wording.plural("history.runs", history.runs), "muted"),
        ],
        (),
    ]
    for now, before in history.steps:
        lines += _screening(now, wording, width)
        lines += _changes(now, before, wording, width) if before is not None else _first(now, wording, width)
        lines.append(())
    return render_lines(lines[:-1], colour, width)


def _screening(s: Screening, wording: Wording, width: int) -> list[Line]:
    runs = (
        wording("history.run", n=s.run)
        if s.run == s.last
        else wording("history.runs_from_to", first=s.run, last=s.last)
    )
    head = f"{runs} · {s.started} UTC" + ("" if s.finished else f" · {wording('history.unfinished')}")
    as_of = numbers.date(s.as_of, wording.language)
    dated = wording("as_of", date=as_of) if as_of else wording("undated")
    word = wording.label("verdict", s.verdict)
    score = f"{wording('score.label')} {score_with_range(s)}"
    shown = f"{score} · {wording('term.coverage')} {s.decided}/{s.total} · {dated}"
    verdict = (word.upper(), VERDICT_CLASSES.get(s.verdict, ""))
    space = width - cell_width(word) - 2
    first, *others = wrap(shown, space)
    return [
        *paragraph(head, width, style="muted"),
        [verdict, (f"  {first}", "")],
        *([(" " * (width - space) + line, "")] for line in others),
        *paragraph(pack_words(s), width, style="muted"),
    ]


def _first(s: Screening, wording: Wording, width: int) -> list[Line]:
    return [line for f in sorted(s.fired, key=flag_order) for line in _flag(f, " ", "", wording, width)]


def _changes(now: Screening, before: Screening, wording: Wording, width: int) -> list[Line]:
    """Returns the changes and their possible causes."""
    lines: list[Line] = [[(x, "")] for x in wrap(change_sentence(now, before, wording), width, 3)]
    for f, was in moved_flags(screening_change(now, before)):
        lines += _flag(f, "+" if f.outcome == "fired" else "−", flag_note(f, was, wording), wording, width)
    return lines


def _flag(f: FlagState, sign: str, note: str, wording: Wording, width: int) -> list[Line]:
    look, label = stored_flag_badge(f, wording)
    title = flag_title(f, wording)
    tail = " · ".join(x for x in (flag_headline(f, wording), note) if x)
    first, *others = wrap(title + (f"  ({tail})" if tail else ""), width - 14)
    head: Line = [(f"{sign} ", look if sign != " " else ""), (pad_to(label, 10) + "  ", look), (first, "")]
    return [head, *([(" " * 14 + line, "")] for line in others)]


def history_markdown(history: CompanyHistory, language: Language = "en") -> str:
    """Returns the runs as a table in Markdown, the latest first, with the changes since the previous one."""
    wording = load_wording(language)
    keys = ("history.day_head", "history.run_head", "verdict.label", "score.label", "score.range", "term.coverage")
    heads = (*map(wording, keys), wording("history.changed"))
    rows = []
    for now, before in history.steps:
        flags = screening_change(now, before).flags if before else [(f, None) for f in now.fired]
        signs = [f"{'+' if f.outcome == 'fired' else '−'} {f.title.get(language)}" for f, _ in flags]
        rows.append(
            (
                numbers.date(now.as_of, language) or wording("undated"),
                run_words(now),
                wording.label("verdict", now.verdict),
                score_words(now.verdict, now.score),
                numbers.score_range(now.low, now.high),
                f"{now.decided}/{now.total}",
                "; ".join(signs) or "–",
            )
        )
    table = markdown_table(heads, (False, False, False, True, True, True, False), rows)
    return "\n".join([f"# {markdown_escape(history.name.get(language))}", "", *table, ""])


def history_data(history: CompanyHistory) -> dict[str, Any]:
    """Returns the history as data for JSON, the latest first; `since` is the comparison with the next entry in the
    list."""
    return {
        "company": history.company,
        "name": plain(history.name),
        "runs": history.runs,
        "screenings": [_screening_data(now, before) for now, before in history.steps],
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
        "flags": [{name: value for name, value in plain(f).items() if name != "outcome"} for f in s.fired],
        "unknown": [f.rule for f in s.flags if f.outcome == "unknown"],
        "since": _change_data(screening_change(s, before)) if before is not None else None,
    }


def _change_data(c: ScreeningChange) -> dict[str, Any]:
    flags = [
        {"rule": f.rule, "before": before, "now": None if f.outcome == "gone" else f.outcome} for f, before in c.flags
    ]
    return {**c._asdict(), "flags": flags}
