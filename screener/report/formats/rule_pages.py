"""Rules as pages in Markdown: one a rule with fixed headings, and an index. Every text in them is inert."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from screener.report.formats.export import inert
from screener.report.views.rule_view import RuleView
from screener.report.wording import Words

MARK = "<!-- screener rules docs -->"
DRAWN = "<!-- Drawn by screener rules graph -->"
"""In the first lines of every page and picture: what carries one may be written again, or removed."""
INDEX = "README.md"


class PackPages(NamedTuple):
    """The rules of one pack: its name, title and what it is about, the name of its picture, its rules."""

    name: str
    title: str
    about: str
    picture: str
    sheets: tuple[RuleView, ...]


def rule_page(rule: RuleView, said: Words, pages: frozenset[str] = frozenset()) -> str:
    """The page of a rule; `pages` are the rules that have one, for links."""
    lines = [MARK, f"# {inert(rule.title)}", "", f"`{rule.id}` · {inert(' · '.join(rule.facts))} · {_code(rule.file)}"]

    def section(head: str, rows: Iterable[str]) -> None:
        lines.extend(["", f"## {said.table[f'rule.{head}']}", *(list(rows) or [said("rule.none")])])

    def link(other: str) -> str:
        return f"[{other}]({other}.md)" if other in pages else f"`{other}`"

    headline = ["", inert(said("rule.headline", text=rule.headline))] if rule.headline else []
    section("says", [inert(rule.says), *headline])
    section("why", [inert(rule.why)])
    section("condition", _condition(rule, said))
    section("params", _params(rule, said))
    section("clears", [inert(rule.clears)])
    softens = ["", said("rule.softens", rules=said("comma").join(map(link, rule.softens)))] if rule.softens else []
    relieves = ["", inert(said("rule.relieves", causes=said("comma").join(rule.relieves)))] if rule.relieves else []
    section("false_alarms", [inert(rule.false_alarms), *softens, *relieves])
    section("examples", _examples(rule, said))
    claims = [f"- {inert(said('rule.claims', claims=said('comma').join(rule.claims)))}"] if rule.claims else []
    section("references", [*(f"- {inert(r)}" for r in rule.references), *claims])
    section("used_by", [f"- {said(f'rule.{u.relation}', rule=link(u.rule))}: {inert(u.title)}" for u in rule.used_by])
    return "\n".join(lines) + "\n"


def _condition(rule: RuleView, said: Words) -> Iterable[str]:
    yield said("rule.all_of_these")
    yield ""
    for line in rule.condition:
        yield f"{'  ' * line.depth}- {inert(line.text)}"
    for text in (
        said("rule.applies", condition=rule.applies) if rule.applies else "",
        said("rule.only_for", sectors=said("comma").join(rule.only_for)) if rule.only_for else "",
        said("rule.not_for", sectors=said("comma").join(rule.not_for)) if rule.not_for else "",
        said("rule.concludes", facts=rule.concludes) if rule.concludes else "",
    ):
        if text:
            yield ""
            yield inert(text)
    yield from ("", said("rule.written"), *_block("", (f"- {text}" for text in rule.written)))
    if rule.reads:
        yield from ("", said("rule.reads"), "")
        for i in rule.reads:
            yield f"- {_code(i.name)}: {inert(i.title)}" + (f" = {_code(i.formula)}" if i.formula else "")


def _params(rule: RuleView, said: Words) -> Iterable[str]:
    if rule.params:
        yield f"| {said('rule.param')} | {said('rule.value')} | {said('rule.reason')} |"
        yield "|---|---:|---|"
    for p in rule.params:
        name = said("rule.by_sector", name=p.name, sector=p.sector) if p.sector else p.name
        yield f"| {inert(name)} | {inert(p.value)} | {inert(p.why)} |"


def _examples(rule: RuleView, said: Words) -> Iterable[str]:
    if rule.examples:
        texts = [f"# {said('rule.expects', name=e.name, outcome=e.outcome)}\n{e.profile}" for e in rule.examples]
        yield from _block("yaml", "\n".join(texts).splitlines())


def _block(language: str, rows: Iterable[str]) -> list[str]:
    """A fenced block whose fence is longer than any run of backticks inside."""
    text = "\n".join(rows)
    fence = "`" * max(3, 1 + max((len(run) for run in _ticks(text)), default=0))
    return ["", f"{fence}{language}", *text.splitlines(), fence]


def _ticks(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(c if c == "`" else " " for c in text).split()]


def _code(text: str) -> str:
    """Code within a line; what holds a backtick is shown as plain text."""
    return inert(text) if "`" in text else f"`{text}`"


def index_page(shelves: Sequence[PackPages], said: Words) -> str:
    """The index of the pages: a table of rules for each pack."""
    lines = [MARK, f"# {said('rule.pages')}", "", said("rule.written_by")]
    for shelf in shelves:
        lines += ["", f"## {inert(shelf.title)}", ""]
        lines += [inert(shelf.about), ""] if shelf.about else []
        lines += [f"{_code(shelf.name)}{said('comma')}{said.count('rule.count', len(shelf.sheets))}{said('rule.stop')} "
                  f"[![{said('rule.picture')}]({shelf.picture})]({shelf.picture})", ""]  # fmt: skip
        lines += [
            "| " + " | ".join(said(f"rule.{k}") for k in ("rule", "flag", "severity", "title")) + " |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| [{s.id}]({s.id}.md) | {inert(s.facts[0])} | {inert(s.facts[1])} | {inert(s.title)} |"
            for s in shelf.sheets
        ]
    return "\n".join(lines) + "\n"


def outdated(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """The names of pages that are not what they should be: missing, changed, or of a rule that is gone."""
    changed = [name for name, text in wanted.items() if _text(folder / name) != text]
    there = sorted([*folder.glob("*.md"), *folder.glob("graph-*.svg")])
    gone = [p.name for p in there if p.name not in wanted and is_ours(p)]
    return changed + gone


def is_ours(path: Path) -> bool:
    """Whether a page or picture was written here."""
    begin = (_text(path) or "")[:600]
    return begin.startswith(MARK) or DRAWN in begin


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
