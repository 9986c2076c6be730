"""A rule as text, for the terminal."""

from collections.abc import Iterable

from screener.report.terminal.text_layout import wrap
from screener.report.views.rule_view import RuleView
from screener.report.wording import Wording


def rule_text(rule: RuleView, wording: Wording, width: int) -> str:
    """All that a rule says of itself, under fixed headings."""
    lines = [f"{rule.id}: {rule.title}", wording("comma").join(rule.attributes), rule.file]

    def section(head: str, parts: Iterable[str]) -> None:
        lines.extend(["", wording.table[f"rule.{head}"]])
        for part in [p for p in parts if p] or [wording("rule.none")]:
            text = part.lstrip(" ")
            indent = " " * (2 + len(part) - len(text))
            lines.extend(indent + ("" if i == 0 else "  ") + row
                         for i, row in enumerate(wrap(text, max(width - len(indent) - 2, 20))))  # fmt: skip

    section("says", [rule.sentence, wording("rule.headline", text=rule.headline) if rule.headline else ""])
    section("why", [rule.why])
    conditions = [f"{'  ' * line.depth}- {line.text}" for line in rule.condition]
    conditions += [wording("rule.applies", condition=rule.applies)] if rule.applies else []
    conditions += [wording("rule.only_for", sectors=wording("comma").join(rule.only_for))] if rule.only_for else []
    conditions += [wording("rule.not_for", sectors=wording("comma").join(rule.not_for))] if rule.not_for else []
    conditions += [wording("rule.concludes", facts=rule.concludes)] if rule.concludes else []
    conditions += [wording("rule.written"), *(f"  {text}" for text in rule.source_conditions)]
    conditions += [wording("rule.reads"), *(f"  {i.name}: {i.title}" + (f" = {i.formula}" if i.formula else "")
                                         for i in rule.reads)] if rule.reads else []  # fmt: skip
    section("condition", conditions)
    section("params", [(wording("rule.by_sector", name=p.name, sector=p.sector) if p.sector else p.name) + f" = {p.value}: {p.why}"
                       for p in rule.params])  # fmt: skip
    section("clears", [rule.clears])
    alarms = [rule.false_alarms]
    alarms += [wording("rule.softens", rules=wording("comma").join(rule.softens))] if rule.softens else []
    alarms += [wording("rule.relieves", causes=wording("comma").join(rule.relieves))] if rule.relieves else []
    section("false_alarms", alarms)
    section("examples", [part for e in rule.examples
                         for part in (wording("rule.expects", name=e.name, outcome=e.outcome), f"  {e.profile}")])  # fmt: skip
    claims = [wording("rule.claims", claims=wording("comma").join(rule.claims))] if rule.claims else []
    section("references", [*rule.references, *claims])
    section("used_by", [wording(f"rule.{u.relation}", rule=f"{u.rule}: {u.title}") for u in rule.used_by])
    return "\n".join(lines)
