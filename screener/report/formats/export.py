"""Results for programs and documents: JSON, CSV, Markdown."""

import csv
import io
import json
import re
from collections.abc import Iterable

from screener.expression.interval import Interval
from screener.report import number_format as numbers
from screener.report.views.company_view import CompanyView, company_view
from screener.report.views.view_context import ViewContext
from screener.report.wording import Wording, load_wording
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


def result_json(result: ResultDocument) -> str:
    """The result in its documented form (`screener/result/1`), in the order of its fields, with a final newline.

    Halves of characters are left out, as they are on the pages: read back, it gives the same pages.
    Raises ValueError for a number that is not finite outside an interval.
    """
    text = json.dumps(to_dict(result), ensure_ascii=False, indent=2, allow_nan=False)
    return _SURROGATE.sub("", text) + "\n"


def findings_csv(results: Iterable[ResultDocument], language: Language = "en") -> str:
    """One row a finding, RFC 4180 with LF; an empty cell is unknown or unbounded. No cell is a formula to a spreadsheet."""
    return csv_header() + "".join(csv_rows(result, language) for result in results)


def csv_header() -> str:
    """The names of the columns."""
    return ",".join(COLUMNS) + "\n"


def csv_rows(result: ResultDocument, language: Language = "en") -> str:
    """The rows of one company, without the names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    context = ViewContext(result, load_wording(language))
    writer.writerows([_cell(v) for v in finding_values(context, finding)] for finding in result.findings)
    return out.getvalue()


def finding_values(c: ViewContext, f: Finding) -> list[object]:
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


def markdown_escape(text: str) -> str:
    """A text that Markdown shows as it is: no markup, HTML, links, mentions or references to issues."""
    text = _MARKS.sub(r"\\\1", text)
    text = text.replace("://", ":\u2060//").replace("@", "@\u2060").replace("\\#", "\\#\u2060")
    text = re.sub(r"\b(www)\.", "\\1\u2060.", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def company_markdown(result: ResultDocument, language: Language = "en") -> str:
    """A memo: verdict, flags with their evidence, what is unknown, sources that disagree. Every text in it is inert."""
    wording = load_wording(language)
    v = company_view(result, wording)
    shown = f"{v.score} ({numbers.score_range(result.score.low, result.score.high)})"
    thin = f" ({markdown_escape(v.thin_evidence)})" if v.thin_evidence else ""
    lines = [f"# {markdown_escape(v.name)}", "", markdown_escape(" · ".join(v.meta)), ""]
    lines += [
        f"**{markdown_escape(v.verdict.label)}**{thin} · {wording('score.label')} **{shown}** · {markdown_escape(v.coverage)}",
        "",
    ]
    lines += [markdown_escape(v.sentence), ""] if v.sentence else []
    lines += [markdown_escape(v.calibration), ""] if v.calibration else []
    lines += _flag_list(v, wording) + _lookup_table(v, wording) + _dispute_list(v, wording)
    lines += [f"{wording('passed.title')}: {len(v.passed)}", ""] if v.passed else []
    lines += [f"{markdown_escape(' · '.join(v.versions))}. {wording('method.advice')}"]
    return "\n".join(lines) + "\n"


def _flag_list(v: CompanyView, wording: Wording) -> list[str]:
    if not v.flags:
        return [markdown_escape(v.no_flags), ""]
    lines = [f"## {wording('flags.title')}", ""]
    for f in v.flags:
        number = " ".join(t for t in (f.figure.before, f.figure.number, f.figure.after) if t) if f.figure else ""
        head = f"- **{markdown_escape(f.badge.label)}: {markdown_escape(f.title)}**" + (
            f" ({markdown_escape(number)})" if number else ""
        )
        lines.append(head + (f". {markdown_escape(f.sentence)}" if f.sentence else ""))
        for e in f.evidence[:8]:
            source = ", ".join(t for t in (e.source.kind, e.source.link.text) if t)
            lines.append(f"  - {markdown_escape(f'{_title_with_owner(e.title, e.whose)}: {e.value} [{source}]')}")
    return [*lines, ""]


def _lookup_table(v: CompanyView, wording: Wording) -> list[str]:
    if not v.lookups:
        return []
    heads = (wording("unknown.find"), wording("unknown.settles"), wording("unknown.then"))
    lines = [f"## {wording('unknown.title')}", "", f"| {' | '.join(heads)} |", "|---|---|---:|"]
    for i in v.lookups[:8]:
        settles = numbers.comma_list([*i.decides, *([i.more] if i.more else [])], wording.language)
        lines.append(
            f"| {markdown_escape(_title_with_owner(i.title, i.whose))} | {markdown_escape(settles)} | {i.score_after} |"
        )
    return [*lines, "", *([markdown_escape(v.more_lookups), ""] if v.more_lookups else [])]


def _dispute_list(v: CompanyView, wording: Wording) -> list[str]:
    if not v.disputed_figures:
        return []
    lines = [f"## {wording('conflicts.title')}", ""]
    for d in v.disputed_figures:
        values = numbers.comma_list([f"{s.value} ({s.source.kind})" for s in d.claims], wording.language)
        lines.append(f"- **{markdown_escape(_title_with_owner(d.title, d.whose))}**: {markdown_escape(values)}")
    return [*lines, ""]


def _title_with_owner(title: str, whose: str) -> str:
    return f"{title} ({whose})" if whose else title
