"""A profile to fill in: every figure and list that rules read, commented, with what each is for."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from screener.expression.interval import Truth
from screener.facts.company import in_scope
from screener.facts.fact import COMPANY
from screener.facts.metrics import closure, formula_inputs
from screener.profile.catalogue import Catalogue, TypedEntry
from screener.report.terminal.text_layout import wrap
from screener.report.wording import Wording, load_wording
from screener.rules.compiler import rule_names
from screener.rules.rule import Rule, patterns
from screener.rules.rulebook import Rulebook
from screener.text import Language, clean

MOST_NAMED = 6  # rules or metrics that are named; of more how many they are

WIDTH = 118  # of a line of comment
_CLAIM = "{value | low and/or high, period, source, quote}"


class InputUse(NamedTuple):
    """Which rules read something, and through which metrics."""

    rules: tuple[str, ...]
    metrics: tuple[str, ...]


def uses_by_input(book: Rulebook, rules: Iterable[Rule]) -> dict[str, InputUse]:
    """What rules read, by the name of the figure or list."""
    catalogue, found = book.catalogue, dict[str, tuple[dict[str, None], dict[str, None]]]()
    for rule in rules:
        read = [n.field for n in rule_names(rule) if n.scope == COMPANY]
        for name in dict.fromkeys(read):
            for below in closure([name], book.metrics):
                own = below in catalogue.figures
                lists = formula_inputs(book.metrics[below].formula)[1] if below in book.metrics else []
                for key in [*([below] if own else []), *lists]:
                    of_rules, of_metrics = found.setdefault(key, ({}, {}))
                    of_rules[rule.id] = None
                    if name != key:
                        of_metrics[name] = None
        for pattern in patterns(rule.when):
            for key in _lists_of(pattern.kind, catalogue):
                found.setdefault(key, ({}, {}))[0][rule.id] = None
    return {key: InputUse(tuple(r), tuple(m)) for key, (r, m) in found.items()}


def _lists_of(kind: str, catalogue: Catalogue) -> list[str]:
    """The list in a profile whose members are such facts."""
    if kind == "loop":  # found among the flows
        return ["flows"]
    entry = catalogue.kinds.get(kind)
    return [entry.list_name] if entry and entry.list_name else []


def applicable_rules(book: Rulebook, sector: str | None) -> list[Rule]:
    """The rules that may apply to a company of a sector."""
    return [
        rule
        for rule in book.rules.values()
        if in_scope(rule.only_for, rule.not_for, sector, book.catalogue) is not Truth.FALSE
    ]


def profile_template(name: str, own: str | None, sector: str | None, book: Rulebook, language: Language) -> str:
    """A profile of a company of which nothing is said yet, as YAML with comments; `own` is its id where the name gives none."""
    wording, catalogue = load_wording(language), book.catalogue
    used = uses_by_input(book, applicable_rules(book, sector))
    lines = [
        row
        for text in (wording("blank.first"), wording("blank.claims", claim=_CLAIM), wording("blank.more"))
        for row in _comment_lines(text)
    ]
    lines += [f"name: {json.dumps(name, ensure_ascii=False)}", *([f"id: {own}"] if own else [])]
    lines += [f"# as_of: 2026-12-31          # {wording('blank.as_of')}", "# currency: USD", "# ticker:"]
    if sector:
        lines.append(f"sector: {sector}           # {clean(catalogue.sectors[sector].title.get(language))}")
    else:
        lines += [
            *_comment_lines(f"sector: {wording('blank.sector', names=', '.join(catalogue.sectors))}"),
            "# sector:",
        ]
    lines += ["sources:", f"  # {wording('blank.sources')}"]
    lines += ['  # report: {title: "Annual report", kind: filed, publisher: , date: , url: }', ""]
    lines += ["figures:", f"  # {wording('blank.figures')}"]
    ordered = sorted(catalogue.figures, key=lambda f: -len(used[f].rules) if f in used else 1)
    for figure in (f for f in ordered if f in used):
        lines += _figure_lines(figure, catalogue, used, wording)
    unread = ", ".join(f for f in ordered if f not in used)
    lines += _comment_lines(wording("blank.unread", names=unread), "  ") if unread else []
    lines += ["", *_comment_lines(wording("blank.lists", example="incomplete: [customers]"))]
    for list_name, kind in catalogue.lists.items():
        lines += _list_lines(list_name, kind, catalogue, used, wording)
    return (
        "\n".join([*lines, "", f"# {wording('blank.parties', example='{id: {name: …, figures: {…}}}')}", "# parties:"])
        + "\n"
    )


def _figure_lines(name: str, catalogue: Catalogue, used: Mapping[str, InputUse], wording: Wording) -> Iterator[str]:
    figure = catalogue.figures[name]
    timed = figure.unit not in ("truth", "word")
    over = f", {wording('blank.' + figure.over)}" if timed else ""
    yield from _comment_lines(
        f"{clean(figure.title.get(wording.language))} ({_unit(figure)}{over}): {_purpose(used.get(name), wording)}",
        "  ",
    )
    when = f"period: {'FY2025' if figure.over == 'year' else '2025-12-31'}, " if timed else ""
    yield f"  # {name}: [{{value: , {when}source: report}}]"


def _comment_lines(text: str, indent: str = "", more: str = "") -> list[str]:
    """A comment in lines that an editor shows whole."""
    return [
        f"{indent}# {more if i else ''}{row}" for i, row in enumerate(wrap(text, WIDTH - len(indent) - len(more) - 2))
    ]


def _unit(typed: TypedEntry) -> str:
    return " | ".join(typed.words) if typed.words else "true | false" if typed.unit == "truth" else typed.unit


def _purpose(use: InputUse | None, wording: Wording) -> str:
    if use is None:
        return wording("blank.unused")
    told = ", ".join(use.rules[:MOST_NAMED]) + (" …" if len(use.rules) > MOST_NAMED else "")
    read = wording.plural("blank.read", len(use.rules), names=told)
    if not use.metrics:
        return read
    few = len(use.metrics) <= MOST_NAMED
    return (
        read
        + " "
        + wording(
            "blank.through", names=", ".join(use.metrics) if few else wording("blank.metrics", n=len(use.metrics))
        )
    )


def _list_lines(
    name: str, kind: str, catalogue: Catalogue, used: Mapping[str, InputUse], wording: Wording
) -> Iterator[str]:
    entry = catalogue.kinds[kind]
    yield ""
    yield from _comment_lines(f"{clean(entry.title.get(wording.language))}: {_purpose(used.get(name), wording)}")
    for field, typed in entry.fields.items():
        if typed.given:
            yield f"#     {field}: {clean(typed.title.get(wording.language))} ({_unit(typed)})"
    for inner, below in catalogue.nested(kind).items():
        fields = ", ".join(f for f, typed in catalogue.kinds[below].fields.items() if typed.given)
        yield from _comment_lines(f"    {inner}: [{{{fields}}}], {_purpose(used.get(inner), wording)}", more="      ")
    yield f"# {name}: []"
