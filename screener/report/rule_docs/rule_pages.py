"""Writes rules as Markdown pages: one per rule with fixed headings, and an index. No text in them is interpreted as
markup."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.report.formats.markdown_format import markdown_escape
from screener.report.views.rule_view import CONDITION_NOTES, RuleView, parameter_name, rule_notes
from screener.report.wording import Wording
from screener.text import file_stem

GENERATED_MARK = "<!-- screener rules docs -->"
GENERATED_IMAGE_MARK = "<!-- Drawn by screener rules graph -->"
"""One of the two marks is in the first lines of every generated page and picture, which may be overwritten or removed."""
INDEX_NAME = "README.md"
MOST_PAGE_BYTES = 1 << 24
"""The greatest size of a page or picture, in bytes."""


class PackPages(NamedTuple):
    """The rules of one pack, with its name, title and description, and the name of its picture."""

    name: str
    title: str
    about: str
    picture: str
    rules: tuple[RuleView, ...]


def rule_page(rule: RuleView, wording: Wording, pages: frozenset[str] = frozenset()) -> str:
    """Returns the page of a rule; `pages` are the rules that have one, for links."""
    lines = [
        GENERATED_MARK,
        f"# {markdown_escape(rule.title)}",
        "",
        f"`{rule.id}` · {markdown_escape(' · '.join(rule.attributes))} · {_code(rule.file)}",
    ]

    def section(head: str, rows: Iterable[str]) -> None:
        lines.extend(["", f"## {wording.table[f'rule.{head}']}", *(list(rows) or [wording("rule.none")])])

    def link(other: str) -> str:
        return f"[{other}]({file_stem(other)}.md)" if other in pages else f"`{other}`"

    def notes(*names: str) -> list[str]:
        return [line for note in rule_notes(rule, wording, *names) for line in ("", markdown_escape(note))]

    section("says", [markdown_escape(rule.sentence), *notes("headline", "clear_title")])
    section("why", [markdown_escape(rule.why)])
    section("condition", _condition(rule, wording))
    section("params", _params(rule, wording))
    section("clears", [markdown_escape(rule.clears)])
    linked = wording("comma").join(map(link, rule.softens))
    softens = ["", wording("rule.softens", value=linked)] if linked else []
    section("false_alarms", [markdown_escape(rule.false_alarms), *softens, *notes("relieves")])
    section("examples", _examples(rule, wording))
    references = [*rule.references, *rule_notes(rule, wording, "claims")]
    section("references", [f"- {markdown_escape(reference)}" for reference in references])
    uses = [(wording(f"rule.{use.relation}", rule=link(use.rule)), markdown_escape(use.title)) for use in rule.used_by]
    section("used_by", [f"- {use}: {title}" for use, title in uses])
    return "\n".join(lines) + "\n"


def _condition(rule: RuleView, wording: Wording) -> Iterable[str]:
    yield wording("rule.all_of_these")
    yield ""
    for line in rule.condition:
        yield f"{'  ' * line.depth}- {markdown_escape(line.text)}"
    for note in rule_notes(rule, wording, *CONDITION_NOTES):
        yield from ("", markdown_escape(note))
    yield from ("", wording("rule.written"), *_fenced("", (f"- {text}" for text in rule.source_conditions)))
    if rule.reads:
        yield from ("", wording("rule.reads"), "")
        for i in rule.reads:
            yield f"- {_code(i.name)}: {markdown_escape(i.title)}" + (f" = {_code(i.formula)}" if i.formula else "")


def _params(rule: RuleView, wording: Wording) -> Iterable[str]:
    if rule.params:
        yield f"| {wording('rule.param')} | {wording('rule.value')} | {wording('rule.reason')} |"
        yield "|---|---:|---|"
    for p in rule.params:
        yield f"| {markdown_escape(parameter_name(p, wording))} | {markdown_escape(p.value)} | {markdown_escape(p.why)} |"


def _examples(rule: RuleView, wording: Wording) -> Iterable[str]:
    if rule.examples:
        texts = [f"# {wording('rule.expects', name=e.name, outcome=e.outcome)}\n{e.profile}" for e in rule.examples]
        yield from _fenced("yaml", "\n".join(texts).splitlines())


def _fenced(language: str, rows: Iterable[str]) -> list[str]:
    """Returns a fenced block whose fence is longer than any run of backticks inside."""
    text = "\n".join(rows)
    fence = "`" * max(3, 1 + max((len(run) for run in _backtick_runs(text)), default=0))
    return ["", f"{fence}{language}", *text.splitlines(), fence]


def _backtick_runs(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(c if c == "`" else " " for c in text).split()]


def _code(text: str) -> str:
    """Returns code within a line; plain text if it contains a backtick."""
    return markdown_escape(text) if "`" in text else f"`{text}`"


def rules_index(packs: Sequence[PackPages], wording: Wording) -> str:
    """Returns the index of the pages: a table of rules for each pack."""
    lines = [GENERATED_MARK, f"# {wording('rule.pages')}", "", wording("rule.written_by")]
    heads = (wording(f"rule.{k}") for k in ("rule", "flag", "severity", "title"))
    table_head = [f"| {' | '.join(heads)} |", "|---|---|---|---|"]
    for pack in packs:
        count = wording.plural("rule.count", len(pack.rules))
        image = f"[![{wording('rule.picture')}]({pack.picture})]({pack.picture})"
        lines += ["", f"## {markdown_escape(pack.title)}", ""]
        lines += [markdown_escape(pack.about), ""] if pack.about else []
        lines += [f"{_code(pack.name)}{wording('comma')}{count}{wording('rule.stop')} {image}", "", *table_head]
        for rule in pack.rules:
            flag, severity = map(markdown_escape, rule.attributes[:2])
            lines.append(
                f"| [{rule.id}]({file_stem(rule.id)}.md) | {flag} | {severity} | {markdown_escape(rule.title)} |"
            )
    return "\n".join(lines) + "\n"


def outdated(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Returns the names of pages that are missing, differ, or are of a rule that no longer exists."""
    changed = [name for name, text in wanted.items() if _text_or_none(folder / name) != text]
    existing = sorted([*folder.glob("*.md"), *folder.glob("graph-*.svg")])
    obsolete = [p.name for p in existing if p.name not in wanted and is_generated(p)]
    return changed + obsolete


def is_generated(path: Path) -> bool:
    """Returns whether a page or picture was generated."""
    begin = (_text_or_none(path) or "")[:600]
    return begin.startswith(GENERATED_MARK) or GENERATED_IMAGE_MARK in begin


def _text_or_none(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > MOST_PAGE_BYTES:  # reading a pipe might never end
            return None
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
