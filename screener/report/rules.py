"""A rule as text, for the terminal."""

import textwrap

from screener.rulebook.rule import Rule, patterns
from screener.rulebook.rulebook import Rulebook
from screener.text import Language, Text, clean
from screener.units import show_number

_HEADS = {
    "says": Text("Says", "结论"), "why": Text("Why it matters", "为何重要"), "when": Text("When", "条件"),
    "params": Text("Parameters", "参数"), "clears": Text("What would clear it", "如何消除"),
    "false_alarms": Text("When it is wrong", "何时误报"), "not_for": Text("Not for", "不适用于"),
    "softens": Text("Softens", "缓解"), "used": Text("Used by", "被引用于"), "references": Text("References", "参考"),
    "claims": Text("Claims", "论点"), "examples": Text("Examples", "示例"),
}  # fmt: skip


def rule_text(rule: Rule, book: Rulebook, language: Language, width: int) -> str:
    """All that a rule says of itself, under fixed headings."""
    lines = [f"{rule.id}: {clean(rule.title.get(language))}",
             f"{rule.flag}, {rule.severity}, {book.catalogue.categories[rule.category].get(language)}"
             + (f", cause {rule.cause}" if rule.cause else "") + (f", verdict {rule.verdict}" if rule.verdict else ""),
             clean(rule.file)]  # fmt: skip

    def section(head: str, parts: list[str]) -> None:
        if parts:
            lines.extend(["", _HEADS[head].get(language)])
            for part in parts:
                lines.extend(textwrap.wrap(clean(part), width, initial_indent="  ", subsequent_indent="    "))

    section("says", [rule.says.get(language)])
    section("why", [rule.why.get(language)])
    section("when", [f"- {c}" for c in rule.conditions])
    params = []
    for name, param in rule.params.items():
        value = param.value
        shown = str(value) if isinstance(value, bool | str) else show_number(value, param.unit, language)
        sectors = "".join(f"; {s}: {show_number(v, param.unit, language)}" for s, v in param.sectors.items())
        params.append(f"{name} = {shown}{sectors}" + (f": {param.why.get(language)}" if param.why else ""))
    section("params", params)
    section("clears", [rule.clears.get(language)])
    section("false_alarms", [rule.false_alarms.get(language)])
    section("not_for", [book.catalogue.sectors[s].title.get(language) for s in sorted(rule.not_for)])
    section("softens", list(rule.softens))
    section("used", [r.id for r in book.rules.values() if rule.id in _rests_on(r)])
    section("references", list(rule.references))
    section("claims", [", ".join(rule.claims)] if rule.claims else [])
    section("examples", [f"{e.name}: {e.expect}" for e in rule.examples])
    return "\n".join(lines)


def _rests_on(rule: Rule) -> set[str | None]:
    return {p.flag for p in patterns(rule.when)} | set(rule.softens)
