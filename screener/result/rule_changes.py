"""Differences between the rules of two results: added, removed or changed rules, and the verdict table."""

from collections.abc import Iterator

from screener.expression.interval import Interval
from screener.result.finding_records import Finding
from screener.result.input_changes import InputChange, StatedValue
from screener.result.model import ResultDocument
from screener.text import Text
from screener.vocabulary import RuleStatus


def rules(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    """The added, removed and changed rules, and changes of the verdict table."""
    was, now = ({f.rule: f for f in r.findings} for r in (before, after))
    found = []
    for rule in dict.fromkeys([*now, *was]):
        old, new = was.get(rule), now.get(rule)
        if old is None or new is None:
            kind = "rule-new" if old is None else "rule-gone"
            found.append(InputChange(kind, rule, (new or old).title))  # type: ignore[union-attr]
        else:
            found += _rule(old, new)
    found += _table(before, after)
    yield from found
    if before.pack.digest != after.pack.digest and not found:
        stated = [StatedValue(f"{r.pack.name} {r.pack.version}, {r.pack.digest[:8]}", "text") for r in (before, after)]
        yield InputChange("pack", "pack", Text("Rule pack", "规则包"), before=stated[0], after=stated[1])


def _rule(old: Finding, new: Finding) -> Iterator[InputChange]:
    def change(kind: str, key: str, before: StatedValue | None, after: StatedValue | None) -> InputChange:
        return InputChange(kind, key, new.title, before=before, after=after)

    has_conditions = bool(old.when and new.when)  # earlier results say nothing of conditions
    if has_conditions and old.when != new.when:
        yield change("condition", new.rule, *(StatedValue("; ".join(f.when), "text") for f in (old, new)))
    was, now = ({p.name: StatedValue(p.value, p.unit) for p in f.params} for f in (old, new))
    for name in dict.fromkeys([*was, *now]) if has_conditions else ():
        if was.get(name) != now.get(name):
            yield change("param", f"{new.rule}.{name}", was.get(name), now.get(name))
    formulas = [{e.figure: (e.title, e.formula) for e in f.evidence if e.formula} for f in (old, new)]
    for figure, (title, formula) in formulas[1].items():
        before = formulas[0].get(figure)
        if before and before[1] != formula:
            stated = [StatedValue(text, "text") for text in (before[1], formula)]
            yield InputChange("formula", f"{new.rule}.{figure}", title, before=stated[0], after=stated[1])
    if old.weight is not None and new.weight is not None and old.weight != new.weight:
        weights = (old.weight, new.weight)
        yield change("weight", new.rule, *(StatedValue(Interval.point(weight), "number") for weight in weights))
    elif old.severity != new.severity:
        yield change("severity", new.rule, *(StatedValue(f.severity, "severity") for f in (old, new)))
    if (old.scored, old.waived, old.status) != (new.scored, new.waived, new.status):
        yield change("counts", new.rule, *(StatedValue(_counts(f), "counts") for f in (old, new)))


def _counts(f: Finding) -> str:
    if f.waived:
        return "waived"
    if f.status is not RuleStatus.STABLE:
        return f.status
    return "scored" if f.scored else "not-scored"


def _table(before: ResultDocument, after: ResultDocument) -> Iterator[InputChange]:
    titles = {
        "caution_from": Text("Caution from a score of", "自此分数起需谨慎"),
        "avoid_from": Text("Avoid from a score of", "自此分数起应回避"),
        "relief_at_most": Text("Relief at most", "缓解上限"),
        "at_least": Text("Coverage at least", "覆盖率下限"),
    }
    sides = [{**r.score._asdict(), **r.coverage._asdict()} for r in (before, after)]
    for name, title in titles.items():
        old, new = (s[name] for s in sides)
        if old is not None and new is not None and old != new:
            unit = "number" if name.endswith("from") else "fraction"
            stated = [StatedValue(Interval.point(x), unit) for x in (old, new)]
            yield InputChange("table", name, title, before=stated[0], after=stated[1])
