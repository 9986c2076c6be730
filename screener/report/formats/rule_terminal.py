"""A rule as text, for the terminal."""

from collections.abc import Iterable

from screener.report.formats.terminal_text import wrap
from screener.report.views.rule_view import RuleView
from screener.report.wording import Words


def rule_text(rule: RuleView, said: Words, width: int) -> str:
    """All that a rule says of itself, under fixed headings."""
    lines = [f"{rule.id}: {rule.title}", said("comma").join(rule.facts), rule.file]

    def section(head: str, parts: Iterable[str]) -> None:
        lines.extend(["", said.table[f"rule.{head}"]])
        for part in [p for p in parts if p] or [said("rule.none")]:
            text = part.lstrip(" ")
            indent = " " * (2 + len(part) - len(text))
            lines.extend(indent + ("" if i == 0 else "  ") + row
                         for i, row in enumerate(wrap(text, max(width - len(indent) - 2, 20))))  # fmt: skip

    section("says", [rule.says, said("rule.headline", text=rule.headline) if rule.headline else ""])
    section("why", [rule.why])
    conditions = [f"{'  ' * line.depth}- {line.text}" for line in rule.condition]
    conditions += [said("rule.applies", condition=rule.applies)] if rule.applies else []
    conditions += [said("rule.only_for", sectors=said("comma").join(rule.only_for))] if rule.only_for else []
    conditions += [said("rule.not_for", sectors=said("comma").join(rule.not_for))] if rule.not_for else []
    conditions += [said("rule.concludes", facts=rule.concludes)] if rule.concludes else []
    conditions += [said("rule.written"), *(f"  {text}" for text in rule.written)]
    conditions += [said("rule.reads"), *(f"  {i.name}: {i.title}" + (f" = {i.formula}" if i.formula else "")
                                         for i in rule.reads)] if rule.reads else []  # fmt: skip
    section("condition", conditions)
    section("params", [(said("rule.by_sector", name=p.name, sector=p.sector) if p.sector else p.name) + f" = {p.value}: {p.why}"
                       for p in rule.params])  # fmt: skip
    section("clears", [rule.clears])
    alarms = [rule.false_alarms]
    alarms += [said("rule.softens", rules=said("comma").join(rule.softens))] if rule.softens else []
    alarms += [said("rule.relieves", causes=said("comma").join(rule.relieves))] if rule.relieves else []
    section("false_alarms", alarms)
    section("examples", [part for e in rule.examples
                         for part in (said("rule.expects", name=e.name, outcome=e.outcome), f"  {e.profile}")])  # fmt: skip
    claims = [said("rule.claims", claims=said("comma").join(rule.claims))] if rule.claims else []
    section("references", [*rule.references, *claims])
    section("used_by", [said(f"rule.{u.relation}", rule=f"{u.rule}: {u.title}") for u in rule.used_by])
    return "\n".join(lines)
