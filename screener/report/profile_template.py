"""Writes a profile to fill in: every figure and list that rules read, as comments, with the rules that use it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from screener.expression.interval import Truth
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure, formula_inputs
from screener.profile.catalogue import Catalogue, TypedEntry
from screener.profile.sector_scope import SectorScope, in_scope
from screener.report.terminal.text_layout import wrap
from screener.report.wording import Wording, load_wording
from screener.rules.compiler import rule_names
from screener.rules.rule import Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Language, clean

MAX_NAMES = 6  # greatest number of rules or metrics that are named; for more, their number is stated
COMMENT_WIDTH = 118
_CLAIM = "{value | low and/or high, period, source, quote}"
_SOURCE = '# report: {title: "Annual report", kind: filed, publisher: , date: , url: }'


class InputUse(NamedTuple):
    """The rules that read an input, and the metrics through which they read it; `packs` are those of the rules, in
    their order."""

    rules: tuple[str, ...]
    metrics: tuple[str, ...]
    packs: tuple[str, ...] = ()


def uses_by_input(book: Rulebook, rules: Iterable[Rule]) -> dict[str, InputUse]:
    """Returns the uses of each input, by the name of the figure or list."""
    rules_of: dict[str, dict[str, None]] = {}
    metrics_of: dict[str, dict[str, None]] = {}
    for rule in rules:
        for name in dict.fromkeys(n.field for n in rule_names(rule) if n.scope == COMPANY):
            for key in _inputs_behind(name, book):
                rules_of.setdefault(key, {})[rule.id] = None
                if name != key:
                    metrics_of.setdefault(key, {})[name] = None
        for pattern in patterns(rule.when):
            for key in _lists_of(pattern.kind, book.catalogue):
                rules_of.setdefault(key, {})[rule.id] = None
    return {
        key: InputUse(tuple(names), tuple(metrics_of.get(key, ())), tuple(book.rules[name].pack for name in names))
        for key, names in rules_of.items()
    }


def _inputs_behind(name: str, book: Rulebook) -> Iterator[str]:
    """Returns the figures and lists that a metric is computed from; for a figure, the figure itself."""
    for part in closure([name], book.metrics):
        if part in book.catalogue.figures:
            yield part
        if part in book.metrics:
            yield from formula_inputs(book.metrics[part].formula)[1]


def _lists_of(kind: str, catalogue: Catalogue) -> list[str]:
    """Returns the list in a profile whose members are facts of this kind."""
    if kind == "loop":  # loops are found among the flows
        return ["flows"]
    entry = catalogue.kinds.get(kind)
    return [entry.list_name] if entry and entry.list_name else []


def applicable_rules(book: Rulebook, sector: str | None) -> list[Rule]:
    """Returns the rules that may apply to a company of a sector."""
    return [
        rule
        for rule in book.rules.values()
        if in_scope(rule.only_for, rule.not_for, SectorScope(sector), book.catalogue) is not Truth.FALSE
    ]


def profile_template(name: str, own_id: str | None, sector: str | None, book: Rulebook, language: Language) -> str:
    """Returns a profile without figures, as YAML with comments; `own_id` is the company's id, or None to derive it from
    the name."""
    wording, catalogue = load_wording(language), book.catalogue
    uses = uses_by_input(book, applicable_rules(book, sector))
    lines = [*_comment(wording("template.first")), *_comment(wording("template.claims", claim=_CLAIM))]
    lines += [*_comment(wording("template.more")), f"name: {json.dumps(name, ensure_ascii=False)}"]
    lines += [f"id: {own_id}"] if own_id else []
    lines += [f"# as_of: 2026-12-31          # {wording('template.as_of')}", "# currency: USD", "# ticker:"]
    if sector:
        lines.append(f"sector: {sector}           # {clean(catalogue.sectors[sector].title.get(language))}")
    else:
        lines += _comment(f"sector: {wording('template.sector', names=', '.join(catalogue.sectors))}")
        lines.append("# sector:")
    lines += ["sources:", f"  # {wording('template.sources')}", f"  {_SOURCE}", ""]
    lines += ["figures:", f"  # {wording('template.figures')}"]
    figures = sorted(catalogue.figures, key=lambda f: -len(uses[f].rules) if f in uses else 1)
    for figure in (f for f in figures if f in uses):
        lines += _figure_lines(figure, catalogue, uses, wording)
    if unread := [f for f in figures if f not in uses]:
        lines += _comment(wording("template.unread", names=", ".join(unread)), "  ")
    lines += ["", *_comment(wording("template.lists", example="incomplete: [customers]"))]
    for list_name, kind in catalogue.lists.items():
        lines += _list_lines(list_name, kind, catalogue, uses, wording)
    parties = wording("template.parties", example="{id: {name: …, figures: {…}}}")
    return "\n".join([*lines, "", f"# {parties}", "# parties:"]) + "\n"


def _figure_lines(name: str, catalogue: Catalogue, uses: Mapping[str, InputUse], wording: Wording) -> Iterator[str]:
    figure = catalogue.figures[name]
    timed = figure.unit not in ("truth", "word")
    unit = _unit(figure) + (f", {wording('template.' + figure.over)}" if timed else "")
    title = clean(figure.title.get(wording.language))
    yield from _comment(f"{title} ({unit}): {_purpose(uses.get(name), wording)}", "  ")
    period = f"period: {'FY2025' if figure.over == 'year' else '2025-12-31'}, " if timed else ""
    yield f"  # {name}: [{{value: , {period}source: report}}]"


def _comment(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """Returns a comment wrapped to the width of an editor, with a `hanging` indent for all lines but the first."""
    rows = wrap(text, COMMENT_WIDTH - len(indent) - len(hanging) - 2)
    return [f"{indent}# {hanging if i else ''}{row}" for i, row in enumerate(rows)]


def _unit(typed: TypedEntry) -> str:
    return " | ".join(typed.words) if typed.words else "true | false" if typed.unit == "truth" else typed.unit


def _purpose(use: InputUse | None, wording: Wording) -> str:
    if use is None:
        return wording("template.unused")
    rules, metrics, packs = use
    read = wording.plural("template.read", len(rules), names=_names_by_pack(rules, packs))
    if not metrics:
        return read
    through = ", ".join(metrics) if len(metrics) <= MAX_NAMES else wording("template.metrics", n=len(metrics))
    return f"{read} {wording('template.through', names=through)}"


def _names_by_pack(rules: Sequence[str], packs: Sequence[str]) -> str:
    """Returns the first rules, preceded by the names of their packs, then how many more there are of each pack."""
    shown: dict[str, list[str]] = {}
    more: dict[str, int] = {}
    for i, (rule, pack) in enumerate(zip(rules, packs, strict=True)):
        if i < MAX_NAMES:
            shown.setdefault(pack, []).append(rule)
        else:
            more[pack] = more.get(pack, 0) + 1
    names = "; ".join(
        f"{pack}: {', '.join(of_pack)}" if pack else ", ".join(of_pack) for pack, of_pack in shown.items()
    )
    rest = ", ".join(f"{pack} +{count}" if pack else f"+{count}" for pack, count in more.items())
    return f"{names}; {rest}" if rest else names


def _list_lines(
    name: str, kind: str, catalogue: Catalogue, uses: Mapping[str, InputUse], wording: Wording
) -> Iterator[str]:
    entry = catalogue.kinds[kind]
    yield ""
    yield from _comment(f"{clean(entry.title.get(wording.language))}: {_purpose(uses.get(name), wording)}")
    for field, typed in entry.fields.items():
        if typed.given:
            yield f"#     {field}: {clean(typed.title.get(wording.language))} ({_unit(typed)})"
    for inner, below in catalogue.nested(kind).items():
        fields = ", ".join(f for f, typed in catalogue.kinds[below].fields.items() if typed.given)
        yield from _comment(f"    {inner}: [{{{fields}}}], {_purpose(uses.get(inner), wording)}", hanging="      ")
    yield f"# {name}: []"
