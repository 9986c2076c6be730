"""Results as Markdown: a memo of a company for mail and pull requests."""

import re
from typing import TYPE_CHECKING

from screener.report.formats.output_format import OutputFormat, utf8

if TYPE_CHECKING:
    from screener.report.views.company_view import CompanyView
    from screener.report.views.result_view import ResultView
    from screener.report.wording import Wording

MAX_EVIDENCE, MAX_LOOKUPS = 8, 8  # of a flag; of the memo
_ESCAPES = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>()#|~$!^&="})


class MarkdownFormat(OutputFormat):
    """One memo a company; every text in it is inert."""

    name, suffix = "md", ".md"

    def render(self, view: "ResultView") -> bytes:
        """Verdict, flags with their evidence, what is unknown, sources that disagree."""
        return utf8(company_markdown(view))


def markdown_escape(text: str) -> str:
    """A text that Markdown shows as it is: no markup, HTML, links, mentions or references to issues."""
    text = text.translate(_ESCAPES).replace("://", ":\u2060//").replace("@", "@\u2060").replace("\\#", "\\#\u2060")
    text = re.sub(r"\b(www)\.", "\\1\u2060.", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def company_markdown(view: "ResultView") -> str:
    """The memo of a company."""
    from screener.report.number_format import score_range

    v, wording, score = view.company, view.wording, view.result.score
    score_text = f"{v.score} ({score_range(score.low, score.high)})"
    thin = f" ({markdown_escape(v.thin_evidence)})" if v.thin_evidence else ""
    verdict = f"**{markdown_escape(v.verdict.label)}**{thin}"
    lines = [f"# {markdown_escape(v.name)}", "", markdown_escape(" · ".join((*v.meta, v.day))), ""]
    lines += [f"{verdict} · {wording('score.label')} **{score_text}** · {markdown_escape(v.coverage)}", ""]
    lines += [markdown_escape(v.sentence), ""] if v.sentence else []
    lines += [markdown_escape(v.scope), ""] if v.scope else []
    lines += [markdown_escape(" · ".join(v.packs)), ""] if v.packs else []
    lines += [markdown_escape(v.calibration), ""] if v.calibration else []
    lines += _flag_list(v, wording) + _lookup_table(v, wording) + _dispute_list(v, wording)
    lines += [f"{wording('passed.title')}: {len(v.passed)}", ""] if v.passed else []
    lines += [f"{markdown_escape(' · '.join(v.versions))}. {wording('method.advice')}"]
    return "\n".join(lines) + "\n"


def _flag_list(v: "CompanyView", wording: "Wording") -> list[str]:
    if not v.flags:
        return [markdown_escape(v.no_flags), ""]
    lines = [f"## {wording('flags.title')}", ""]
    for f in v.flags:
        figure = f" ({markdown_escape(f.figure.text)})" if f.figure else ""
        sentence = f". {markdown_escape(f.sentence)}" if f.sentence else ""
        lines.append(f"- **{markdown_escape(f.badge.label)}: {markdown_escape(f.title)}**{figure}{sentence}")
        for e in f.evidence[:MAX_EVIDENCE]:
            source = ", ".join(t for t in (e.source.kind, e.source.link.text) if t)
            lines.append(f"  - {markdown_escape(f'{_title_with_owner(e.title, e.whose)}: {e.value} [{source}]')}")
    return [*lines, ""]


def _lookup_table(v: "CompanyView", wording: "Wording") -> list[str]:
    if not v.lookups:
        return []
    heads = (wording("unknown.find"), wording("unknown.settles"), wording("unknown.then"))
    lines = [f"## {wording('unknown.title')}", "", f"| {' | '.join(heads)} |", "|---|---|---:|"]
    for i in v.lookups[:MAX_LOOKUPS]:
        title = markdown_escape(" · ".join(filter(None, (_title_with_owner(i.title, i.whose), i.look_at))))
        decides = wording.enumerate([*i.decides, *([i.more] if i.more else [])])
        lines.append(f"| {title} | {markdown_escape(decides)} | {i.score_after} |")
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
