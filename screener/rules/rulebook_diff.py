"""The differences between two rulebooks, as changes that can be reverted one at a time."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, NamedTuple

from screener.facts.metrics import Metric
from screener.profile.catalogue import Figure
from screener.rules.rule import Example, Rule, RuleParam
from screener.rules.rulebook import Rulebook
from screener.rules.settings import Waiver

TEXTS = (
    "title",
    "clear_title",
    "headline",
    "says",
    "why",
    "clears",
    "false_alarms",
    "references",
    "claims",
    "examples",
    "since",
    "replaced_by",
)
_PLACE = re.compile(r",? ?\boffset=\d+")  # where an expression stood in its text


class RulebookChange(NamedTuple):
    """One difference of the new rulebook."""

    part: str  # rule, metric, figure, kind, sector, verdict table, waiver, settings
    name: str
    what: str  # added, removed, or what of it changed: "param most", "condition", "severity"
    before: str | None = None
    after: str | None = None
    decides: bool = True  # whether it can move an outcome or a score; texts can't

    def __str__(self) -> str:
        text = f"{self.part} {self.name}: {self.what}" if self.name else f"{self.part}: {self.what}"
        return text if self.before is self.after is None else f"{text} {_or_none(self.before)} → {_or_none(self.after)}"


def rulebook_changes(old: Rulebook, new: Rulebook) -> tuple[RulebookChange, ...]:
    """All changes from `old` to `new`, by part and name."""
    return (*_rules(old, new), *_metrics(old, new), *_catalogue(old, new), *_table(old, new), *_waivers(old, new))


def revert_change(change: RulebookChange, old: Rulebook, new: Rulebook) -> Rulebook:
    """`new` with this one change reverted."""
    digest = f"{new.digest}-{abs(hash(change)):x}"
    if change.part == "rule":
        rules = dict(new.rules)
        if change.what == "added":
            del rules[change.name]
        elif change.what == "removed":
            rules[change.name] = old.rules[change.name]
        else:
            rules[change.name] = _taken_back(change.what, old.rules[change.name], rules[change.name])
        return replace(new, rules=rules, digest=digest)
    if change.part == "metric":
        metrics = {k: v for k, v in new.metrics.items() if k != change.name}
        if change.name in old.metrics:
            metrics[change.name] = old.metrics[change.name]
        return replace(new, metrics=metrics, digest=digest)
    if change.part == "waiver":
        kept = [w for w in new.waivers if _waiver(w) != change.name]
        kept += [w for w in old.waivers if _waiver(w) == change.name]
        return replace(new, waivers=tuple(kept), digest=digest)
    if change.part == "settings":
        return replace(new, preview=old.preview, digest=digest)
    if change.part == "verdict table":
        return replace(
            new, table=new.table.model_copy(update={change.what: getattr(old.table, change.what)}), digest=digest
        )
    entries = {k: v for k, v in getattr(new.catalogue, change.part + "s").items() if k != change.name}
    if change.name in (before := getattr(old.catalogue, change.part + "s")):
        entries[change.name] = before[change.name]
    tables: dict[str, Any] = {change.part + "s": entries}
    return replace(new, catalogue=replace(new.catalogue, **tables), digest=digest)


def _taken_back(what: str, old: Rule, new: Rule) -> Rule:
    kind, _, name = what.partition(" ")
    if kind == "param":
        params = {k: v for k, v in new.params.items() if k != name}
        return replace(new, params={**params, **({name: old.params[name]} if name in old.params else {})})
    if kind == "condition":  # reads its own parameters, which may be others than those of the new one
        return replace(new, when=old.when, conditions=old.conditions, params={**old.params, **new.params})
    return replace(new, **{_FIELDS.get(what, what): getattr(old, _FIELDS.get(what, what))})


_FIELDS = {
    "only for": "only_for",
    "not for": "not_for",
    "at least": "at_least",
    "clear title": "clear_title",
    "false alarms": "false_alarms",
    "replaced by": "replaced_by",
}


def _rules(old: Rulebook, new: Rulebook) -> Iterator[RulebookChange]:
    for name in sorted({*old.rules, *new.rules}):
        if name not in old.rules:
            yield RulebookChange("rule", name, "added")
        elif name not in new.rules:
            yield RulebookChange("rule", name, "removed")
        else:
            yield from _rule(old.rules[name], new.rules[name])


def _rule(old: Rule, new: Rule) -> Iterator[RulebookChange]:
    for name in dict.fromkeys([*old.params, *new.params]):
        was, now = (r.params.get(name) for r in (old, new))
        if _param(was) != _param(now):
            alike = was is not None and now is not None and was.sectors == now.sectors
            yield RulebookChange("rule", new.id, f"param {name}", _param(was, not alike), _param(now, not alike))
    if _plain(old.when) != _plain(new.when):
        yield RulebookChange("rule", new.id, "condition", "; ".join(old.conditions), "; ".join(new.conditions))
    if _plain(old.applies) != _plain(new.applies):
        yield RulebookChange("rule", new.id, "applies")
    for field in fields(Rule):
        name = field.name
        if name in ("id", "params", "when", "applies", "conditions", "file", "index"):
            continue
        before, after = (_compared(getattr(r, name)) for r in (old, new))
        if before != after:
            field_name = next((k for k, v in _FIELDS.items() if v == name), name)
            change = RulebookChange("rule", new.id, field_name, decides=name not in TEXTS)
            if change.decides and name != "concludes":
                change = change._replace(before=_shown(getattr(old, name)), after=_shown(getattr(new, name)))
            yield change


def _compared(value: Any) -> str:
    """A field of a rule without where it was written."""
    return _plain(
        [replace(x, path=()) if isinstance(x, Example) else x for x in value] if isinstance(value, tuple) else value
    )


def _metrics(old: Rulebook, new: Rulebook) -> Iterator[RulebookChange]:
    for name in sorted({*old.metrics, *new.metrics}):
        before, after = (b.metrics.get(name) for b in (old, new))
        if before is None or after is None:
            yield RulebookChange("metric", name, "removed" if after is None else "added", decides=after is not None)
        elif _plain(before.formula) != _plain(after.formula) or before.unit != after.unit:
            yield RulebookChange("metric", name, "formula", _formula(before), _formula(after))


def _catalogue(old: Rulebook, new: Rulebook) -> Iterator[RulebookChange]:
    for part in ("figure", "kind", "sector"):
        entries: list[dict[str, Any]] = [dict(getattr(b.catalogue, part + "s")) for b in (old, new)]
        for name in sorted({*entries[0], *entries[1]}):
            before, after = (_decisive(e.get(name)) for e in entries)
            if before != after:
                what = "added" if name not in entries[0] else "removed" if name not in entries[1] else "definition"
                yield RulebookChange(part, name, what)


def _decisive(entry: Any) -> str:
    return repr(entry.model_copy(update={"title": None})) if isinstance(entry, Figure) else repr(entry)


def _table(old: Rulebook, new: Rulebook) -> Iterator[RulebookChange]:
    for what in type(new.table).model_fields:
        before, after = getattr(old.table, what), getattr(new.table, what)
        if before != after:
            yield RulebookChange("verdict table", "", what, _shown(before), _shown(after))


def _waivers(old: Rulebook, new: Rulebook) -> Iterator[RulebookChange]:
    was, now = ({_waiver(w): w for w in b.waivers} for b in (old, new))
    for name in sorted({*was, *now}):
        before, after = (x[name].until.isoformat() if name in x else None for x in (was, now))
        if before != after:
            yield RulebookChange("waiver", name, "until", before, after)
    if old.preview != new.preview:
        yield RulebookChange("settings", "", "preview rules count", _shown(old.preview), _shown(new.preview))


def _waiver(waiver: Waiver) -> str:
    return f"{waiver.rule} of {waiver.company}"


def _param(param: RuleParam | None, by_sector: bool = True) -> str | None:
    if param is None:
        return None
    sectors = ", ".join(f"{s} {_shown(v)}" for s, v in sorted(param.sectors.items()) if by_sector)
    return f"{_shown(param.value)} {param.unit}" + (f" ({sectors})" if sectors else "")


def _formula(metric: Metric) -> str:
    return f"{metric.text} [{metric.unit}]"


def _plain(value: Any) -> str:
    return _PLACE.sub("", repr(sorted(value) if isinstance(value, frozenset) else value))


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (tuple, frozenset, list)):
        return ", ".join(sorted(map(str, value))) or "none"
    return str(value)


def _or_none(text: str | None) -> str:
    return "none" if text is None else text
