"""Results as Markdown: a memo of a company for mail and pull requests."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat, utf8

if TYPE_CHECKING:
    from screener.report.views.company_view import CompanyView
    from screener.report.views.result_view import ResultView
    from screener.report.wording import Wording

MAX_EVIDENCE, MAX_LOOKUPS = 8, 8  # greatest number of evidence lines of a flag; of look-ups in a memo
_ESCAPES = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>()#|~$!^&="})


class MarkdownFormat(OutputFormat):
    """One memo per company; no text in it is interpreted as markup."""

    name, suffix = "md", ".md"

    def render(self, view: "ResultView") -> bytes:
        """Returns verdict, flags with their evidence, unknown inputs, and sources that disagree."""
        return utf8(company_markdown(view))


_ACTIVE = re.compile(
    r"[\\`*|~@]|<[\w/!?]|://|\bwww\.|"  # markup, HTML, links, mentions
    r"(?<![^\W_])_|_(?![^\W_])|"  # emphasis: an underscore that does not join two letters or digits
    r"\][(\[:]|\[[\^ xX]|!\[|\[\]|"  # links, footnotes, boxes to tick, images
    r"#\w|\$.*\$|&#?\w+;",  # references to issues, formulas, entities
    re.IGNORECASE,
)
_ACTIVE_AT_FIRST = re.compile(r"[-+=#>]|\d+[.)](?:\s|$)|\s")  # headings, lists, quotations, code
"""Beginnings of lines that CommonMark or code hosts could interpret as markup."""


def markdown_escape(text: str, *, begins_line: bool = True) -> str:
    """Returns a text that Markdown shows unchanged: without markup, HTML, links, mentions or references to issues.

    A text without special characters of Markdown is returned unchanged, so that it can be pasted elsewhere.
    `begins_line`: whether it may be at the beginning of a line.
    """
    if not _ACTIVE.search(text) and not (begins_line and _ACTIVE_AT_FIRST.match(text)):
        return text
    text = text.translate(_ESCAPES).replace("://", ":\u2060//").replace("@", "@\u2060").replace("\\#", "\\#\u2060")
    text = re.sub(r"\b(www)\.", "\\1\u2060.", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def markdown_table(headers: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns a table of texts, with numbers aligned to the right."""

    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(markdown_escape(cell, begins_line=False) for cell in cells) + " |"

    return [row(headers), "|" + "|".join("---:" if n else "---" for n in numeric) + "|", *map(row, rows)]


def company_markdown(view: "ResultView") -> str:
    """Returns the memo of a company."""
    from screener.report.number_format import score_range

    v, wording, score = view.company, view.wording, view.result.score
    score_text = f"{v.score} ({score_range(score.low, score.high)})"
    thin = f" ({markdown_escape(v.thin_evidence)})" if v.thin_evidence else ""
    verdict = f"**{markdown_escape(v.verdict.label)}**{thin}"
    lines = [f"# {markdown_escape(v.name)}", "", markdown_escape(" · ".join((*v.meta, v.day))), ""]
    lines += [f"{verdict} · {wording('score.label')} **{score_text}** · {markdown_escape(v.coverage)}", ""]
    lines += [markdown_escape(v.sentence), ""] if v.sentence else []
    for line in v.stands:
        text = "".join(link.text for link in line.text)
        lines.append(f"- {f'**{markdown_escape(line.strong)}** ' if line.strong else ''}{markdown_escape(text)}")
    lines += [""] if v.stands else []
    lines += [markdown_escape(v.scope), ""] if v.scope else []
    lines += [markdown_escape(" · ".join(v.packs)), ""] if v.packs else []
    lines += [markdown_escape(v.calibration), ""] if v.calibration else []
    lines += _why_table(v, wording) + _figure_tables(v, wording) + _payment_table(v, wording)
    lines += _flag_list(v, wording) + _lookup_list(v, wording) + _dispute_list(v, wording)
    lines += [f"{wording('passed.title')}: {len(v.passed)}", ""] if v.passed else []
    lines += [f"{markdown_escape(' · '.join(v.versions))}. {wording('method.advice')}"]
    return "\n".join(lines) + "\n"


def _why_table(v: "CompanyView", wording: "Wording") -> list[str]:
    """Returns a table with a line for each flag: its number and limit, its weakest source and its points."""
    if not v.why:
        return []
    keys = ("rule.severity", "why.flag", "why.figure", "source", "why.points")
    rows = [
        (
            row.badge.label,
            row.title + (f" ({row.details})" if row.details else ""),
            " · ".join(filter(None, (row.figure, row.limit))),
            row.kind,
            row.points,
        )
        for row in v.why
    ]
    table = markdown_table([wording(key) for key in keys], (False, False, True, False, True), rows)
    return [f"## {wording('why.title')}", "", *table, ""]


def _figure_tables(v: "CompanyView", wording: "Wording") -> list[str]:
    """Returns the figures over their periods, and the ratios with their limits; as lists if there is only one value of
    each."""
    lines: list[str] = []
    if v.figures and v.figures.rows:
        f = v.figures
        head = " ".join(filter(None, (wording("figures.title"), f.unit)))
        found = (*f.rows, *f.more_rows)
        if len(f.periods) > 1:
            heads = (head, *f.periods, wording("figures.change"))
            rows = [(row.title, *(value or "–" for value in row.values), row.change) for row in found]
            table = markdown_table(heads, (False, *(True for _ in heads[1:])), rows)
        else:
            about = " · ".join(filter(None, (f.unit, *f.periods)))
            table = [markdown_escape(about) + ":", ""] if about else []
            table += [f"- {markdown_escape(': '.join((row.title, *row.values)))}" for row in found]
        lines += [f"## {wording('figures.title')}", "", *table, ""]
    if any(row.before for row in v.ratios):
        keys = ("figures.ratio", "figures.latest", "figures.before", "figures.limit")
        cells = [(row.title, row.value, row.before, row.limit) for row in v.ratios]
        lines += [*markdown_table([wording(key) for key in keys], (False, True, True, True), cells), ""]
    elif v.ratios:
        for row in v.ratios:
            limit = f" ({wording('figures.limit')} {row.limit})" if row.limit else ""
            lines.append(f"- {markdown_escape(f'{row.title}: {row.value}{limit}')}")
        lines.append("")
    return lines


def _payment_table(v: "CompanyView", wording: "Wording") -> list[str]:
    if v.money_flows is None:
        return []
    keys = ("money.way", "money.what", "money.amount", "money.binding", "source")
    rows = [
        (
            f"{p.payer} → {p.payee}",
            p.kind,
            p.amount + (f" ({p.against})" if p.against else ""),
            p.binding,
            p.source.text,
        )
        for p in v.money_flows.payments
    ]
    table = markdown_table([wording(key) for key in keys], (False, False, True, False, False), rows)
    loops = [line for loop in v.money_flows.loops for line in (markdown_escape(loop), "")]
    return [f"## {wording('money.title')}", "", *table, "", *loops]


def _flag_list(v: "CompanyView", wording: "Wording") -> list[str]:
    if not v.flags:
        return [markdown_escape(v.no_flags), ""]
    lines = [f"## {wording('flags.title')}", ""]
    for f in v.flags:
        figure = f" ({markdown_escape(f.figure.text)})" if f.figure else ""
        sentence = f". {markdown_escape(f.sentence)}" if f.sentence else ""
        lines.append(f"- **{markdown_escape(f.badge.label)}: {markdown_escape(f.title)}**{figure}{sentence}")
        for e in f.evidence[:MAX_EVIDENCE]:
            source = wording("comma").join(filter(None, (e.source.kind, e.source.link.text)))
            lines.append(f"  - {markdown_escape(f'{_title_with_owner(e.title, e.whose)}: {e.value} [{source}]')}")
    return [*lines, ""]


def _lookup_list(v: "CompanyView", wording: "Wording") -> list[str]:
    """Returns what to look up, with the rules that it decides and the resulting range of the score."""
    if not v.lookups:
        return []
    lines = [f"## {wording('unknown.title')}", ""]
    for i in v.lookups[:MAX_LOOKUPS]:
        title = " · ".join(filter(None, (_title_with_owner(i.title, i.whose), i.look_at)))
        labelled_texts = (
            (wording("unknown.settles"), wording.enumerate([*i.decides, *([i.more] if i.more else [])])),
            (wording("unknown.then"), i.score_after),
        )
        details = [markdown_escape(f"{label}: {text}") for label, text in labelled_texts if text]
        lines.append(" · ".join((f"- **{markdown_escape(title)}**", *details)))
    return [*lines, "", *([markdown_escape(v.more_lookups), ""] if v.more_lookups else [])]


def _dispute_list(v: "CompanyView", wording: "Wording") -> list[str]:
    if not v.disputed_figures:
        return []
    lines = [f"## {wording('conflicts.title')}", ""]
    for d in v.disputed_figures:
        values = wording.enumerate([f"{c.value} ({c.source.kind})" for c in d.claims])
        lines.append(f"- **{markdown_escape(_title_with_owner(d.title, d.whose))}**: {markdown_escape(values)}")
    return [*lines, ""]


def _title_with_owner(title: str, whose: str) -> str:
    return f"{title} ({whose})" if whose else title
