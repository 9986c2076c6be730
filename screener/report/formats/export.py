"""Results for programs and documents: JSON, CSV, Markdown."""

import csv
import io
import json
import re
from collections.abc import Iterable

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.views.company_view import CompanyView, company_view
from screener.report.views.view_context import Context
from screener.report.wording import Words, words
from screener.result.model import Finding, ResultDocument, to_dict
from screener.text import Language

COLUMNS = (
    "company", "name", "as_of", "verdict", "score", "score_low", "score_high", "decided", "total", "rule", "flag", "outcome",
    "severity", "category", "cause", "title", "headline", "says", "points", "matches", "compared", "value_low", "value_high",
    "op", "threshold_low", "threshold_high", "unit", "relative", "because", "missing", "softened_by", "sources", "references",
    "status", "scored", "waived_until",
)  # fmt: skip
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#|~$!^&=])")


def to_json(result: ResultDocument) -> str:
    """The result in its documented form (`screener/result/1`), in the order of its fields, with a final newline.

    Halves of characters are left out, as they are on the pages: read back, it gives the same pages.
    Raises ValueError for a number that is not finite outside an interval.
    """
    text = json.dumps(to_dict(result), ensure_ascii=False, indent=2, allow_nan=False)
    return _SURROGATE.sub("", text) + "\n"


def to_csv(results: Iterable[ResultDocument], language: Language = "en") -> str:
    """One row a finding, RFC 4180 with LF; an empty cell is unknown or unbounded. No cell is a formula to a spreadsheet."""
    return csv_head() + "".join(csv_rows(result, language) for result in results)


def csv_head() -> str:
    """The names of the columns."""
    return ",".join(COLUMNS) + "\n"


def csv_rows(result: ResultDocument, language: Language = "en") -> str:
    """The rows of one company, without the names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    context = Context(result, words(language))
    writer.writerows([_cell(v) for v in values(context, finding)] for finding in result.findings)
    return out.getvalue()


def values(c: Context, f: Finding) -> list[object]:
    """The cells of a finding, as they are: numbers, texts, truth values; None where there is nothing."""
    r = c.result
    near = f.distances[0] if f.distances else None
    low, high = _ends(near.value if near else None)
    least, most = _ends(near.threshold if near else None)
    used = dict.fromkeys(e.source for e in f.evidence if e.source)
    return [
        r.company.id, c.text(r.company.name, 400), r.company.as_of, r.verdict.word,
        round(r.score.value, 4), round(r.score.low, 4), round(r.score.high, 4), r.coverage.decided, r.coverage.total,
        f.rule, f.flag, f.outcome, f.severity, f.category, f.cause, c.text(f.title, 400), c.text(f.headline, 400),
        c.text(f.says, 2000), round(f.points, 4), f.matches, c.text(near.title, 400) if near else None, low, high,
        near.op if near else None, least, most, near.unit if near else None, near.relative if near else None,
        " ".join(f.because), " ".join(f.missing), " ".join(f.softened_by), " ".join(used), " ; ".join(f.references),
        f.status, f.scored, f.waived.until if f.waived else None,
    ]  # fmt: skip


def _ends(value: Interval | None) -> tuple[float | None, float | None]:
    return value.finite() if value else (None, None)


def _cell(value: object) -> str:
    """A cell's text; what a spreadsheet might take for a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, ".12g") if abs(value) < 1e15 else repr(value)
    text = numbers.tidy(str(value), 4000)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") and not _NUMBER.match(text) else text


def inert(text: str) -> str:
    """A text that Markdown shows as it is: no markup, HTML, links, mentions or references to issues."""
    text = _MARKS.sub(r"\\\1", text)
    text = text.replace("://", ":\u2060//").replace("@", "@\u2060").replace("\\#", "\\#\u2060")
    text = re.sub(r"\b(www)\.", "\\1\u2060.", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def to_markdown(result: ResultDocument, language: Language = "en") -> str:
    """A memo: verdict, flags with their evidence, what is unknown, sources that disagree. Every text in it is inert."""
    said = words(language)
    v = company_view(result, said)
    shown = f"{v.score} ({numbers.score_range(result.score.low, result.score.high)})"
    thin = f" ({inert(v.thin)})" if v.thin else ""
    lines = [f"# {inert(v.name)}", "", inert(" · ".join(v.meta)), ""]
    lines += [f"**{inert(v.verdict.word)}**{thin} · {said('score.label')} **{shown}** · {inert(v.coverage)}", ""]
    lines += [inert(v.sentence), ""] if v.sentence else []
    lines += [inert(v.calibration), ""] if v.calibration else []
    lines += _flag_list(v, said) + _lookup_table(v, said) + _dispute_list(v, said)
    lines += [f"{said('passed.title')}: {len(v.passed)}", ""] if v.passed else []
    lines += [f"{inert(' · '.join(v.versions))}. {said('method.advice')}"]
    return "\n".join(lines) + "\n"


def _flag_list(v: CompanyView, said: Words) -> list[str]:
    if not v.flags:
        return [inert(v.no_flags), ""]
    lines = [f"## {said('flags.title')}", ""]
    for f in v.flags:
        number = " ".join(t for t in (f.figure.before, f.figure.number, f.figure.after) if t) if f.figure else ""
        head = f"- **{inert(f.mark.word)}: {inert(f.title)}**" + (f" ({inert(number)})" if number else "")
        lines.append(head + (f". {inert(f.says)}" if f.says else ""))
        for e in f.facts[:8]:
            source = ", ".join(t for t in (e.source.kind, e.source.link.text) if t)
            lines.append(f"  - {inert(f'{_of(e.title, e.whose)}: {e.value} [{source}]')}")
    return [*lines, ""]


def _lookup_table(v: CompanyView, said: Words) -> list[str]:
    if not v.lookups:
        return []
    heads = (said("unknown.find"), said("unknown.settles"), said("unknown.then"))
    lines = [f"## {said('unknown.title')}", "", f"| {' | '.join(heads)} |", "|---|---|---:|"]
    for i in v.lookups[:8]:
        settles = numbers.listed([*i.settles, *([i.more] if i.more else [])], said.language)
        lines.append(f"| {inert(_of(i.title, i.whose))} | {inert(settles)} | {i.then} |")
    return [*lines, "", *([inert(v.lookups_rest), ""] if v.lookups_rest else [])]


def _dispute_list(v: CompanyView, said: Words) -> list[str]:
    if not v.disputes:
        return []
    lines = [f"## {said('conflicts.title')}", ""]
    for d in v.disputes:
        values = numbers.listed([f"{s.value} ({s.source.kind})" for s in d.sayings], said.language)
        lines.append(f"- **{inert(_of(d.title, d.whose))}**: {inert(values)}")
    return [*lines, ""]


def _of(title: str, whose: str) -> str:
    return f"{title} ({whose})" if whose else title
